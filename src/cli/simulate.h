/* simulate.h - orgexit simulate: many cases from a stream. */
#ifndef ORGEXIT_CLI_SIMULATE_H
#define ORGEXIT_CLI_SIMULATE_H

#include "cli/cli.h"

/* Gives the exit code; -1 with *e. */
int simulate_cases(arena *a, const struct arguments *args, error *e);

#endif
