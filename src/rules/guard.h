/*
 * guard.h - claims on who may make an account leave, decided for every account under an OU: with a snapshot, or with
 * the policy files of a repository and a map that says which of them stand where.
 */
#ifndef ORGEXIT_RULES_GUARD_H
#define ORGEXIT_RULES_GUARD_H

#include "base/guard.h"
#include "rules/check.h"

/* Fill *out, memory of `a`; the exit code too. False: *e; files of the snapshot are named by their path in it. */
bool guard_snapshot(arena *a, const struct check_options *check, str expect, struct guard_result *out, error *e);

/* `policies`: the folder that paths of `map` start from. */
struct guard_files {
    str policies, map, expect;
    int64_t as_of; /* seconds since 1970, UTC */
};
bool guard_policies(arena *a, const struct guard_files *files, struct guard_result *out, error *e);

#endif
