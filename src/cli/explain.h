/* explain.h - what explain and simulate share: one request in a snapshot. */
#ifndef ORGEXIT_CLI_EXPLAIN_H
#define ORGEXIT_CLI_EXPLAIN_H

#include "cli/request.h"
#include "rules/explain.h"

/* Gives the exit code; -1 with *e. */
int explain_one(arena *a, const struct arguments *args, const char *command, const char *schema, error *e);

int explain_error(arena *a, const struct arguments *args, error *e);

#endif
