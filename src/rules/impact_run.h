/* impact_run.h - shared by impact*.c; not for others. */
#ifndef ORGEXIT_RULES_IMPACT_RUN_H
#define ORGEXIT_RULES_IMPACT_RUN_H

#include "iam/reference.h"
#include "rules/check_run.h"
#include "rules/impact.h"
#include "rules/policies.h"

/* What one account brings, while it is visited. */
struct impacting {
    arena *arena; /* what it needs ends with the visit */
    const struct impact_options *options;
    struct check *check;
    const struct visit *visit;
    struct facts *facts; /* of the account whose policies are looked through */
    str account;         /* that leaves */
    VEC(struct impact_item) items;
    bool doubtful;   /* the captures as a whole are not to be relied on: nothing is certain */
    struct map seen; /* statement and what changes -> its item's index + 1 */
};

/* A new item; the severity is the rule's. The address holds until the next one. */
struct impact_item *impact_add(struct impacting *m, impact_kind kind, str rule, certainty sure);
void impact_mark(struct impacting *m, struct impact_item *i, const struct mark *at);
void impact_need(struct impacting *m, struct impact_item *i, struct need n);
void impact_fix(struct impacting *m, struct impact_item *i, str text);
struct impact_item impact_keep(arena *a, const struct impact_item *from); /* a copy of all of it */

/* Something that is not at hand, told once for all that it hides. */
struct gaps {
    struct impacting *impacting;
    VEC(struct mark) marks;
    VEC(struct need) needs;
    str why; /* the first, one clause */
    size_t count;
};
enum { GAP_LIMIT = 20 };
void gaps_add(struct gaps *g, const struct capture_doc *doc, str file, str why); /* doc NULL: it is a part of `file` */
void gaps_tell(struct impacting *m, const struct gaps *g, impact_kind kind, const char *rule, str now);

bool impact_leaves(const struct impacting *m, str account); /* it itself, or one of --with */

/* ---- one policy, asked in one scene (impact_scenes.c) ---- */

/* Whose organization a key is about. HOME: of the account that the policy stands in. */
typedef enum { WHO_NOBODY, WHO_LEAVES, WHO_STAYS, WHO_HOME } scene_who;
struct scene_row {
    bool own;      /* of a policy in the account that leaves, else in another one */
    unsigned uses; /* 1 << policy_use */
    scene_who who[PARTY_COUNT];
    const char *words;     /* "for its own principals"; "%s": the account that leaves */
    bool through_endpoint; /* about calls through a VPC endpoint alone */
};

/* A policy, and what else decides beside it. */
struct asked_policy {
    struct policy_ref ref;
    layer layer;
    bool endpoint; /* in the place of a resource's policy, but it only narrows */
    str owner;     /* the account that it stands in; empty: some account of the organization */
    str holder;    /* ARN of the role or user whose it is; empty: callers are thought up */
    str resource;  /* of a trust policy: the role */
    const struct policy_set *identity, *boundary; /* of the holder; NULL: none */
    const char *rule;
    str label; /* "inline policy read of role DataReader" */
    str level, level_path;
};
void impact_ask(struct impacting *m, const struct asked_policy *p, const struct scene_row *row);

str statement_words(arena *a, const struct statement *s); /* "Allow s3:GetObject, s3:PutObject and 2 more" */

/* ---- the parts of a departure ---- */

void impact_own_policies(struct impacting *m);
bool impact_other_policies(struct impacting *m, error *e);
void impact_guardrails(struct impacting *m); /* SCPs and RCPs */
void impact_trust(struct impacting *m);      /* who may still come in, and who no longer does */
void impact_named_elsewhere(struct impacting *m, const struct entity *role, str label); /* a role of another account */
void impact_members_named(struct impacting *m, const struct met_policy *p, str label);  /* an own resource's policy */
void impact_services(struct impacting *m);                                              /* trusted access */
void impact_rules(struct impacting *m);                                                 /* what rules tell */

#endif
