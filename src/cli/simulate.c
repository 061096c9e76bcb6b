/* simulate.c - orgexit simulate. */
#include "cli/simulate.h"

int run_simulate(arena *a, const struct arguments *args, error *e)
{
    return simulate_cases(a, args, e);
}
