/*
 * evaluate.h - decides one request against every policy layer (IAM User Guide, "Policy evaluation logic"; our
 * evaluation.md) in three values, and tells which statement of which policy at which level decided.
 */
#ifndef ORGEXIT_IAM_EVALUATE_H
#define ORGEXIT_IAM_EVALUATE_H

#include "base/arena.h"
#include "base/tri.h"
#include "iam/context.h"
#include "policy/policy.h"

/* In the order in which attribution names an explicit deny. */
typedef enum { LAYER_NONE, LAYER_SCP, LAYER_RCP, LAYER_BOUNDARY, LAYER_SESSION, LAYER_RESOURCE, LAYER_IDENTITY } layer;
const char *layer_name(layer l); /* "scp", "rcp", "boundary", "session", "resource", "identity"; LAYER_NONE: "" */

typedef enum { DECISION_UNKNOWN, DECISION_ALLOWED, DECISION_EXPLICITLY_DENIED, DECISION_IMPLICITLY_DENIED } decision;
const char *decision_name(decision d); /* "Unknown", "Allowed", "ExplicitlyDenied", "ImplicitlyDenied" */

/* A root, OU or account with what is attached to it. */
struct level {
    str id;   /* r-..., ou-..., 12 digits */
    str path; /* "/Root/Prod"; may be empty */
    struct policy_set set;
};

/* The layers that apply to a request. Zeroed: none; that allows nothing but the root user. */
struct layers {
    tri scps_apply; /* NO: management account, service-linked role, type not enabled. UNKNOWN: they may, or may not */
    const struct level *scps; /* root first */
    size_t scp_count;
    tri rcps_apply;
    const struct level *rcps; /* RCPFullAWSAccess is understood at every level */
    size_t rcp_count;
    const struct policy_set *identity; /* own, attached and the groups'; NULL: none */
    const struct policy_set *boundary; /* NULL: the principal has none */
    const struct policy_set *session;  /* NULL: none */
    const struct policy_ref *resource; /* NULL: none */
};

struct request {
    str principal;        /* ARN: of the role or user, the root user, or a session (sts) */
    str action;           /* "organizations:LeaveOrganization" */
    str resource;         /* a literal ARN, or "*" for an action without resource types */
    str resource_account; /* 12 digits; empty: that of the resource's ARN, else the principal's */
    const struct context *context;
};

/* A statement that matches, or may match, the request. */
struct match {
    layer layer;
    const struct level *level; /* of SCPs and RCPs, else NULL */
    const struct policy_ref *policy;
    const struct statement *statement; /* NULL: the whole policy is not known, or more may be attached (policy NULL) */
    tri matches;                       /* YES, or UNKNOWN */
    const str *depends_on;             /* the context keys it turns on, when UNKNOWN; sorted */
    size_t depends_on_count;
};

struct verdict_trace {
    decision decision;
    layer layer; /* that decided a denial (LAYER_IDENTITY: nothing grants); LAYER_NONE: allowed or unknown */
    const struct level *level;
    const struct match *decided_by; /* the deny named, or the allow of the grant; NULL: none */
    const struct match *denies;     /* every deny that matches or may match, in the order of attribution */
    size_t deny_count;
    const struct match *allows; /* matching allows of the grant (identity, resource), surely or maybe */
    size_t allow_count;
    const tri *scp_level_allows; /* one for each level of layers.scps; NULL when SCPs do not apply */
    tri denied;                  /* D: some deny matches */
    tri guardrails;              /* G: every SCP and RCP level allows */
    tri granted;                 /* A: identity, boundary, session, resource together */
    const str *depends_on;       /* context keys on which an Unknown turns; sorted, each once */
    size_t depends_on_count;
    str residual; /* for Unknown: the condition in words; empty when it cannot be said */
    /* For Unknown, where known: values of the keys above under which it is allowed, and such under which it is not. */
    const struct context_key *allowed_when, *denied_when;
    size_t allowed_when_count, denied_when_count;
};

/* Fills *out with memory of `a`. Reads its inputs, keeps pointers into them (policies, levels), so they must live as
 * long as *out. */
void evaluate(arena *a, const struct request *request, const struct layers *layers, struct verdict_trace *out);

/* The decision by Kleene's logic alone, without the small model and without telling why: where it is not Unknown it
 * is what evaluate says, but that a denial may be explicit there and implicit here. For looking through many callers.
 */
decision evaluate_at_a_glance(arena *a, const struct request *request, const struct layers *layers);

/* Of a statement of a match: for evidence. */
str statement_sid(const struct statement *s);   /* ptr NULL: it has none */
int statement_index(const struct statement *s); /* from 0 */
effect statement_effect(const struct statement *s);
const source *policy_source(const struct policy *p);

/* Whether the statement's conditions test `key` (without regard to case): "aws:RequestedRegion". */
bool statement_tests_key(const struct statement *s, str key);

/* The node of the element that matched the action ("Action" entry) of a deny, for the caret; else the statement. */
const node *match_action_node(const struct match *m, str action);

/* Whether an Allow of the match has a Resource entry that covers "*" (an action without resource types). */
bool statement_covers_star(const struct statement *s);

#endif
