/* decide.h - from matching statements to a decision: shared by the evaluation and by its small model. Inside src/iam.
 */
#ifndef ORGEXIT_IAM_DECIDE_H
#define ORGEXIT_IAM_DECIDE_H

#include "iam/match.h"

/* A statement (or a policy that is not known) that matches or may match. */
struct record {
    layer layer;
    bool allows, denies; /* both: its effect is not known */
    size_t level;        /* of SCPs and RCPs */
    const struct policy_ref *policy;
    const struct statement *statement;
    tri matches;
    struct named named; /* of the resource policy */
};

/* Whose policies the grant comes from. */
typedef enum { GRANT_SAME_ACCOUNT, GRANT_CROSS_ACCOUNT, GRANT_ALONE } grant_kind;

struct decider {
    struct eval ev;
    const struct layers *layers;
    grant_kind grant;
    bool is_root;   /* the caller */
    bool explicit;  /* key policies and trust policies: the resource's policy must allow */
    tri scps, rcps; /* whether they apply */
    VEC(struct record) records;
    /* What is decided already, apart from the records. */
    tri *level_allows; /* of each SCP level */
    tri boundary, session;
};

/* A request made ready: which layers apply, whose policies grant. No record is collected yet. */
void decider_open(struct decider *d, arena *a, const struct request *r, const struct layers *layers);
tri layer_applies(const struct decider *d, layer l);
document_kind layer_document(layer l);

struct outcome {
    decision decision;
    tri denied, guardrails, granted;
    layer missing; /* what an implicit denial lacks */
    size_t level;
};

/* Where one matching Allow decides for the record's layer or level, and no report names it; else NULL. */
tri *decided_allow(struct decider *d, const struct record *r);

/* Reads the records as they stand now. */
struct outcome decide(const struct decider *d);

/* The statement of a record matched anew, for instance after the overlay has changed. */
void record_match(const struct decider *d, struct record *r);

/* The same but for the statement's conditions: the record matches when this and all of them hold. */
tri record_without_conditions(const struct decider *d, const struct record *r);

/* When the outcome is open, tries all that the unknown keys may be and makes it as sharp as that shows; fills
 * out->decision, depends_on, residual and the witnesses. */
void model_sharpen(struct decider *d, struct outcome *o, struct verdict_trace *out);

/* Keys in a list, each once, at most `room` (then full is set). */
struct key_list {
    arena *arena;
    VEC(str) keys;
};
void key_list_add(void *list, str key); /* void *: for statement_open_keys */
void key_list_sort(struct key_list *l);

#endif
