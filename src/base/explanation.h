/*
 * explanation.h - how one request was decided, layer by layer, and what would change that. Made by src/iam/explain.c,
 * completed by src/rules/explain.c, printed by src/report/explain_*.c; all of it text and numbers in one arena.
 */
#ifndef ORGEXIT_BASE_EXPLANATION_H
#define ORGEXIT_BASE_EXPLANATION_H

#include "base/finding.h"
#include "base/tri.h"

/* A statement as the request met it. */
struct explained_statement {
    str effect;         /* "Allow", "Deny"; "?": neither is understood */
    tri matches;        /* UNKNOWN: it may */
    bool decides;       /* the decision rests on it */
    struct evidence at; /* its place and names; `text`: what matched, what did not, what it turns on */
};

struct explained_policy {
    str id, name; /* both empty: whatever else may be attached */
    str why;      /* nothing is known of its statements: why; else empty */
    struct explained_statement *statements;
    size_t count;
};

/* What is attached in one place; SCPs and RCPs once for each level. */
struct explained_layer {
    str layer;          /* "scp", "rcp", "boundary", "session", "identity", "resource" */
    str level, path;    /* of SCPs and RCPs: id, "/Root/Prod" */
    tri applies;        /* NO: it does not restrict this request */
    tri allows, denies; /* some statement of it does */
    bool decides;
    str note; /* why it does not apply, or what holds without a policy: one clause; may be empty */
    struct explained_policy *policies;
    size_t count;
};

/* A context key as a call may carry it. */
struct explained_key {
    str name;
    bool absent, list; /* list: a multivalued key */
    const str *values;
    size_t count;
};

/* One edit. Which members mean something depends on the kind:
 *   "remove-statement"  the statement at `at`, wherever its policy is attached
 *   "add-condition"     `document` (an object) joined to the Condition of the statement at `at`
 *   "add-statement"     `document` (a statement) joined to the policy at `at`
 *   "detach-policy"     `policy` off `level`, or off the principal
 *   "attach-policy"     `policy` (its text: `document`) to `level`
 *   "add-policy"        a new policy (`document`) to `level`, the principal or the resource
 *   "context"           the call is made with `keys` as told */
struct change_step {
    const char *kind;
    str layer, level, level_path;
    str policy, policy_name;
    struct evidence at;
    str document;
    const struct explained_key *keys;
    size_t key_count;
    str text;     /* what to do, one line */
    str note;     /* what else it touches; may be empty */
    str *command; /* argument vector; NULL: none */
    size_t command_len;
};

/* Edits that together lead to a decision: evaluated, not guessed. */
struct change {
    str decision;
    tri allowed;
    struct change_step *steps;
    size_t count;
};

struct explanation {
    const char *schema; /* "orgexit/explain/1", "orgexit/simulate/1" */
    str version;        /* of orgexit */
    str snapshot;       /* as the user named it; empty: policies were given as files */
    bool has_as_of;
    int64_t as_of;      /* seconds since 1970, UTC: the moment of the call */
    const str *assumed; /* changes that were assumed (--assume), as given */
    size_t assumed_count;
    str account, account_name, account_path; /* may be empty */
    str principal, action, resource;         /* of the request */
    str decision;                            /* "Allowed", "ExplicitlyDenied", "ImplicitlyDenied", "Unknown" */
    tri allowed;                             /* the same in three values */
    str summary;                             /* who decided, one clause */
    str layer, level, level_path;            /* that decided a denial; else empty */
    str policy, policy_name, sid;            /* of the statement that decided; empty: none. sid.ptr NULL: no Sid */
    int statement;                           /* its index; -1: none */
    struct explained_layer *layers;          /* from the root down, then what is the principal's and the resource's */
    size_t layer_count;
    const str *depends_on; /* of an Unknown: context keys; sorted */
    size_t depends_on_count;
    str residual; /* of an Unknown: "allowed only if ..."; may be empty */
    /* Of an Unknown: a call that is allowed, one that is denied; NULL: not known. */
    const struct explained_key *allowed_when, *denied_when;
    size_t allowed_when_count, denied_when_count;
    const str *absent; /* keys that policies ask for and that were taken as absent because nobody named them */
    size_t absent_count;
    struct need *needs; /* what would settle an Unknown */
    size_t need_count;
    const str *doubts; /* why the captures may not show what is: one clause each; the exit code is then 3 */
    size_t doubt_count;
    const str *notes; /* remarks for the reader */
    size_t note_count;
    struct change *changes; /* the ways to another decision, the least first */
    size_t change_count;
    int exit_code;
};

/* One principal of an account. */
struct explained_person {
    str arn;
    const char *kind;       /* "root", "user", "role", "service role", "service-linked role" */
    bool of_services_alone; /* the last two: no person can be it */
    str decision;
    tri allowed;
    str summary; /* who decided, one clause */
    str residual;
    const str *depends_on;
    size_t depends_on_count;
    str note; /* a role: who may assume it, where that matters; may be empty */
};

struct explained_people {
    str version, snapshot;
    int64_t as_of;
    const str *assumed; /* as above */
    size_t assumed_count;
    str account, account_name, account_path;
    str action, resource;
    const struct explained_person *items;
    size_t count;
    size_t allowed, denied, unknown;
    bool complete;             /* nobody else is in the account */
    str why;                   /* not complete: one clause */
    const str *doubts, *notes; /* as above */
    size_t doubt_count, note_count;
    int exit_code;
};

#endif
