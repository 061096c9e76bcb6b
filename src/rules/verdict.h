/*
 * verdict.h - the one place in the program that says READY. It says so only when each blocker that is expected has
 * answered; everything else may only take it back.
 */
#ifndef ORGEXIT_RULES_VERDICT_H
#define ORGEXIT_RULES_VERDICT_H

#include "base/finding.h"

/* What one blocker said of one account on one route. */
struct verdict_record {
    str rule; /* id */
    outcome outcome;
};

/*
 * The verdict of one account on one route. `expected`: the ids of all blockers of the route (ruleset_blockers);
 * `records`: what they said, in any order.
 *   READY         something is expected, each of it has exactly one record, each record passed, was waived or did not
 *                 apply, and one at least passed
 *   NOT READY     some record failed, expected or not
 *   UNDETERMINED  all else: nothing expected, a record missing or there twice, an outcome that is not known
 */
verdict verdict_of(const str *expected, size_t expected_count, const struct verdict_record *records,
                   size_t record_count);

/* Over the selected routes: READY if one is, else UNDETERMINED if one is, else NOT READY; UNDETERMINED without routes.
 * *by (may be NULL): the first route with that verdict, when it is READY; else -1. */
verdict verdict_over(const verdict by_route[ROUTE_COUNT], unsigned routes, int *by);

#endif
