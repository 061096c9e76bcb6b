/*
 * pattern.h - the algebra of patterns with "*" and "?": which texts two of them share. Variables of a policy are taken
 * as "*" (pattern_flat), so that what holds for every value of theirs is never missed.
 */
#ifndef ORGEXIT_LINT_PATTERN_H
#define ORGEXIT_LINT_PATTERN_H

#include "base/arena.h"
#include "base/tri.h"

/* The pattern with each "${...}" replaced by "*"; the text itself when there is none. `${*}`, `${?}`, `${$}` too. */
str pattern_flat(arena *a, str pattern);

bool pattern_is_wild(str p);
bool pattern_is_all(str p); /* nothing but "*", at least one */

enum { PATTERN_LIMIT = 4096 }; /* bytes; beyond it the answer is UNKNOWN */

/* Whether some text is in both. */
tri pattern_intersects(str p, str q);
tri pattern_intersects_nocase(str p, str q);

/* The same for two that stand for ARNs: field by field where both have six, as no field but the last holds a colon. */
tri pattern_intersects_arn(str p, str q);

/* YES: every text of q is in p. NO: not shown; q may still lie in p where only wildcards in a row differ. */
bool pattern_covers(str p, str q);
bool pattern_covers_nocase(str p, str q);

#endif
