/* simulate.c - orgexit simulate: one request, or many. */
#include "cli/simulate.h"

int run_simulate(arena *a, const struct arguments *args, error *e)
{
    return has_option(args, OPTION_CASES) ? simulate_cases(a, args, e) : simulate_files(a, args, e);
}
