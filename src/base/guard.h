/*
 * guard.h - claims on who may make an account leave, and what came of them. Made by src/rules/guard*.c, printed by
 * src/report/guard*.c; all of it text and numbers in one arena.
 */
#ifndef ORGEXIT_BASE_GUARD_H
#define ORGEXIT_BASE_GUARD_H

#include "base/explanation.h"

/* A statement on which it rests that the SCPs let somebody through. */
struct guard_statement {
    bool denies;        /* a Deny that would stop the call and does not, for a condition; else an Allow of its level */
    struct evidence at; /* `text`: why */
};

/* Somebody who speaks for or against a claim. */
struct guard_person {
    str arn;
    const char *kind; /* "root user", "user", "role", "federated user", "service-linked role" */
    bool captured;    /* one of the account; else an example of those that there could be */
    tri may;
    str action;
    str who;                          /* not captured: which principals are meant, in words; empty: all of the kind */
    str why;                          /* what decides it, or why it is not known: one clause */
    const struct explained_key *keys; /* that the call must carry */
    size_t key_count;
    const struct guard_statement *through;
    size_t through_count;
};

struct guard_answers {
    const struct guard_person *items;
    size_t count;
};

/* A claim in one account, or (policies alone) in one OU. */
struct guard_case {
    str id, name, path; /* id empty: any account of the OU `path` */
    tri holds;
    str why;                     /* not held, and nobody in `people` says it: one clause; else empty */
    struct guard_answers people; /* who speak against it, or of whom it is not known */
};

struct guard_claim {
    str name;
    str text;     /* what is claimed, in our words */
    bool several; /* of more than one action */
    str file;     /* where it stands */
    uint32_t line, column;
    tri holds;
    const struct guard_case *cases;
    size_t case_count, held, violated, unknown;
    const str *doubts; /* why it does not hold, though it does in each account that is seen */
    size_t doubt_count;
};

struct guard_result {
    str version;
    str snapshot; /* as the user named it; empty: policies alone */
    str policies, map;
    str expect;
    int64_t as_of; /* seconds since 1970, UTC */
    const struct guard_claim *claims;
    size_t claim_count, held, violated, unknown;
    const str *doubts, *notes; /* doubts: for which nothing holds */
    size_t doubt_count, note_count;
    const struct input_error *errors; /* captures of accounts that could not be read */
    size_t error_count;
    int exit_code;
};

#endif
