/* guard_run.h - shared by guard*.c; not for others. */
#ifndef ORGEXIT_RULES_GUARD_RUN_H
#define ORGEXIT_RULES_GUARD_RUN_H

#include "iam/anyone.h"
#include "rules/guard.h"
#include "text/source.h"

/* What is claimed of the principals that are meant. */
typedef enum { CLAIM_NOBODY_MAY, CLAIM_CAN, CLAIM_CANNOT } claim_kind;

/* An OU by path or id, or an account. */
struct claim_place {
    str text;
    const node *node;
};

/* One claim of an expect file, checked. */
struct expected {
    const node *node, *principal_node;
    str name;
    claim_kind kind;
    const struct claim_place *in;
    size_t in_count;
    str principal;        /* of can, cannot: as it is written */
    str pattern;          /* the same as an ARN pattern */
    bool wild;            /* it may mean several */
    bool is_root;         /* it means the root user */
    const str *but;       /* ARN patterns */
    const str *but_words; /* the same as they are written */
    size_t but_count;
    const str *actions;
    size_t action_count;
    const struct context_key *with;
    size_t with_count;
};

struct expectations {
    const source *source;
    const struct expected *claims;
    size_t count;
};

bool expectations_read(arena *a, str path, struct expectations *out, error *e);

/* Reads a strict YAML file of ours: a mapping with `version: 1`. NULL: *e. */
source *guard_read_yaml(arena *a, str path, const char *what, error *e);

/* Whether the object has no key but these (NULL-terminated), and no key without a value. */
bool guard_closed(arena *a, const source *s, const node *object, const char *what, const char *const *known, error *e);

/* "; did you mean "Prod"?", or empty. */
str guard_near(arena *a, str word, const str *known, size_t count);

/* ---- what comes of a claim ---- */

/* The claims as they will be told; each gets its cases. */
struct guarding {
    arena *arena; /* of the result */
    const struct expectations *expect;
    struct guarded {
        VEC(struct guard_case) cases;
        VEC(str) doubts;
    } * claims; /* one for each of `expect` */
    VEC(str) doubts, notes;
    VEC(struct input_error) errors;
};

void guarding_open(struct guarding *g, arena *a, const struct expectations *expect);

/* Keeps a copy of the case, whose memory is another arena's. */
void guarding_add(struct guarding *g, size_t claim, const struct guard_case *c);

/* Sums up; with doubts nothing holds. */
void guarding_close(struct guarding *g, struct guard_result *out);

#endif
