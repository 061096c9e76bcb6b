/*
 * explain.h - tells one decision layer by layer and statement by statement, and finds what would change it.
 */
#ifndef ORGEXIT_IAM_EXPLAIN_H
#define ORGEXIT_IAM_EXPLAIN_H

#include "base/explanation.h"
#include "iam/evaluate.h"

/* What the caller knows beside the policies. Zeroed: nothing. */
struct explain_how {
    void *self;
    /* Why a policy's text, or what else is attached (ref NULL), is not known: one clause; may be NULL. */
    str (*why_unknown)(void *self, layer l, const struct level *level, const struct policy_ref *ref);
    str (*why_not_applied)(void *self, layer l); /* why the SCPs or RCPs do not apply; may be NULL */
    bool tells_absent; /* keys that are not named were taken as absent: list those that policies ask for */
};

/*
 * Fills what follows from the request and the layers; schema, version, snapshot, account and exit code are the
 * caller's. Memory of `a`; keeps pointers into the policies' sources. Each change was evaluated: its decision is what
 * evaluate() gives once all of its steps are done.
 */
void explain(arena *a, const struct request *request, const struct layers *layers, const struct explain_how *how,
             struct explanation *out);

/* Who decided, in one clause: "statement DenyLeaving of SCP guard-rails (p-1) at /Root denies it". */
str explain_summary(arena *a, const struct request *request, const struct verdict_trace *t);

/* The witnesses of a trace as keys to print; NULL stays NULL. */
const struct explained_key *explain_keys(arena *a, const struct context_key *keys, size_t count);

#endif
