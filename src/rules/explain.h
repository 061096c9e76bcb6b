/*
 * explain.h - one request by a principal of an account of a snapshot, explained; or the same for everybody in it. The
 * request context and the layers are those that `check` judges with.
 */
#ifndef ORGEXIT_RULES_EXPLAIN_H
#define ORGEXIT_RULES_EXPLAIN_H

#include "base/explanation.h"
#include "iam/evaluate.h"
#include "rules/check.h"

/* Texts are borrowed. Zeroed members: the defaults. */
struct explain_options {
    const struct check_options *check; /* snapshot, as_of, max_age, captured_at, caller, context */
    str command;                       /* "explain" or "simulate": for commands that ask again */
    str account;                       /* 12 digits */
    str principal;                     /* empty: who would leave, or remove; else the root user */
    str action;                        /* empty: organizations:LeaveOrganization */
    str resource;                      /* empty: what the action is called on */
    const str *repeat; /* words of options that a command which asks again must hold: --as-of TIME, ... */
    size_t repeat_count;
    /* What no capture holds: */
    const struct policy_set *session;
    const struct policy_ref *resource_policy;
};

/* Fill all but schema; memory of `a`. False: *e; files of the snapshot are named by their path in it. */
bool explain_request(arena *a, const struct explain_options *o, struct explanation *out, error *e);
bool explain_people(arena *a, const struct explain_options *o, struct explained_people *out, error *e);

#endif
