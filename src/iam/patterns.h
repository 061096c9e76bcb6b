/* patterns.h - a text for each way in which string patterns can overlap. Inside src/iam. */
#ifndef ORGEXIT_IAM_PATTERNS_H
#define ORGEXIT_IAM_PATTERNS_H

#include "base/arena.h"
#include "policy/glob.h"

struct text_pattern {
    struct glob glob;
    bool wildcards, folds, arn; /* arn: no wildcard leaves its component */
};

typedef VEC(str) str_list;

/*
 * Adds texts to *out such that each set of patterns which some text matches, and no other, is matched by one of them.
 * All patterns are run at once as one automaton over the characters that they name and one that they do not.
 * False: beyond the bounds; then *out has likely texts only.
 */
bool patterns_texts(arena *a, const struct text_pattern *patterns, size_t count, str_list *out);

#endif
