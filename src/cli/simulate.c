/* simulate.c - orgexit simulate: one request with policies from files or a snapshot, or many requests. */
#include "cli/simulate.h"

#include "cli/explain.h"

int run_simulate(arena *a, const struct arguments *args, error *e)
{
    if (has_option(args, OPTION_CASES))
        return simulate_cases(a, args, e);
    return args->operand_count ? explain_one(a, args, "simulate", "orgexit/simulate/1", e) : simulate_files(a, args, e);
}
