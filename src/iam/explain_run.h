/* explain_run.h - shared by explain.c, explain_why.c and explain_change.c; not for others. */
#ifndef ORGEXIT_IAM_EXPLAIN_RUN_H
#define ORGEXIT_IAM_EXPLAIN_RUN_H

#include "iam/decide.h"
#include "iam/explain.h"

struct explaining {
    arena *arena;
    const struct request *request;
    const struct layers *layers;
    const struct explain_how *how;
    struct decider decider;
    struct verdict_trace trace;
    struct explanation *out;
};

/* What the statement says to the request: what matched, what did not, or what it turns on. *at: the element meant. */
str statement_why(const struct eval *ev, const struct statement *s, layer l, tri matches, const node **at);

/* The place of a node in a policy, with the policy's and the statement's names. `level` NULL: not of a level. */
struct evidence explain_evidence(arena *a, const struct policy_ref *ref, const struct statement *s,
                                 const struct level *level, const node *at);

/* Fills out->changes. */
void explain_changes(struct explaining *x);

str level_label(const struct level *level);   /* its path, else its id */
str policy_label(const struct policy_ref *p); /* its name, else its id */
bool is_aws_managed(const struct policy_ref *p);

#endif
