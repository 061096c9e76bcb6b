/* check_options.h - what `check` and those commands share that judge accounts, or know rules, as it does. */
#ifndef ORGEXIT_CLI_CHECK_OPTIONS_H
#define ORGEXIT_CLI_CHECK_OPTIONS_H

#include "cli/config.h"
#include "rules/check.h"

/* Options and orgexit.yaml to a check of `snapshot`. False: *e. */
bool check_options_read(arena *a, const struct arguments *args, str snapshot, struct check_options *o,
                        struct config *config, error *e);

/* The rules of --rules, --profile and the orgexit.yaml nearest to `near`. NULL: *e; faults of packs are printed. */
const struct ruleset *rules_read(arena *a, const struct arguments *args, str near, error *e);

#endif
