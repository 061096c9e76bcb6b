/* simulate.h - orgexit simulate: many cases from a stream, or one request. */
#ifndef ORGEXIT_CLI_SIMULATE_H
#define ORGEXIT_CLI_SIMULATE_H

#include "cli/request.h"

/* Give the exit code; -1 with *e. */
int simulate_cases(arena *a, const struct arguments *args, error *e);
int simulate_files(arena *a, const struct arguments *args, error *e);

/* The policies given as files, each option a layer of its own. */
bool layers_read(arena *a, const struct arguments *args, struct layers *out, error *e);

#endif
