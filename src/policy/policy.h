/*
 * policy.h - a policy document, parsed once, then read only. Every element remembers the node it came from.
 */
#ifndef ORGEXIT_POLICY_POLICY_H
#define ORGEXIT_POLICY_POLICY_H

#include "base/arena.h"
#include "base/error.h"
#include "text/source.h"

typedef enum { EFFECT_UNKNOWN, EFFECT_ALLOW, EFFECT_DENY } effect;

struct policy;
struct statement;

/*
 * Makes the model of `document` (an object with "Statement") in `a`, which must be the arena of `s` or outlive it.
 * What it does not understand inside a statement (an unknown element, operator, effect, a value of a wrong type) makes
 * that statement unknown, never absent. A document that is no object, or has no Statement, is ERR_INPUT with position.
 */
const struct policy *policy_parse(arena *a, const source *s, const node *document, error *e);

/* A policy as it is attached. `policy` NULL: attached, but its text was not captured: may deny, may allow. */
struct policy_ref {
    const struct policy *policy;
    str id;   /* id, name or ARN by which reports name it */
    str name; /* a person's name for it; may be empty */
};

/* What is attached in one place. complete = false: there may be more policies than these. */
struct policy_set {
    const struct policy_ref *items;
    size_t count;
    bool complete;
};

#endif
