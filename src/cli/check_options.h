/* check_options.h - what `check` and those commands share that judge accounts, or know rules, as it does. */
#ifndef ORGEXIT_CLI_CHECK_OPTIONS_H
#define ORGEXIT_CLI_CHECK_OPTIONS_H

#include "cli/config.h"
#include "rules/check.h"

/* Options and orgexit.yaml to a check of `snapshot`. False: *e. */
bool check_options_read(arena *a, const struct arguments *args, str snapshot, struct check_options *o,
                        struct config *config, error *e);

/* --as-of, else SOURCE_DATE_EPOCH, else the clock. `from` may be NULL. False: *e. */
bool as_of_read(arena *a, const struct arguments *args, int64_t *as_of, time_origin *from, error *e);

/* --output: none may stand in the snapshot or at the place of an earlier one; none may be a file that is read. `index`
 * and `path`: of the one looked at. False: *e. */
bool output_place_check(arena *a, const struct arguments *args, size_t index, str path, error *e);
/* Its part about earlier ones alone: `path` is none of the first `index` of --output. */
bool outputs_differ(arena *a, const struct arguments *args, size_t index, str path, error *e);
/* All of --output of a command whose formats `knows` tells, before any work is done. `example`: "json:plan.json". */
bool outputs_check(arena *a, const struct arguments *args, bool (*knows)(arena *a, str format, error *e),
                   const char *example, error *e);
bool output_inputs_check(arena *a, const struct arguments *args, const struct check_run *run,
                         const struct check_options *o, const struct config *config, error *e);

/* The rules of --rules, --profile and the orgexit.yaml nearest to `near`. NULL: *e; faults of packs are printed. */
const struct ruleset *rules_read(arena *a, const struct arguments *args, str near, error *e);

#endif
