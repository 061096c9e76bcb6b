/*
 * plan.h - runbooks: which steps of the rule packs each account still needs, on which route, and what the verdict is
 * once they are done. The last is no guess: the steps' changes are laid over the snapshot and it is checked again.
 */
#ifndef ORGEXIT_RULES_PLAN_H
#define ORGEXIT_RULES_PLAN_H

#include "base/plan.h"
#include "rules/check.h"

/*
 * Plans for the accounts that the options select. False: *e, or *faults when rule packs have them. `full`: steps that
 * are done already are told too. options->from is not read. All of *out is in `a`.
 */
bool plan_make(arena *a, const struct check_options *options, bool full, struct plan *out, struct rule_errors *faults,
               error *e);

/* What must be true of the accounts in `after`, a snapshot made once they have left. It must be of the organization of
 * options->snapshot, made no earlier, and the accounts must have been members there: ERR_INPUT else. */
bool plan_after(arena *a, const struct check_options *options, str after, struct after_plan *out,
                struct rule_errors *faults, error *e);

/* The least IAM policy for the steps that `actor` does, as a JSON document; empty: none of them asks for a permission.
 */
str plan_policy(arena *a, const struct plan *plan, plan_actor actor);

#endif
