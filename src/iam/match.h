/* match.h - one statement against one request, in three values. Inside src/iam only. */
#ifndef ORGEXIT_IAM_MATCH_H
#define ORGEXIT_IAM_MATCH_H

#include "iam/evaluate.h"
#include "policy/arn.h"

/* A request made ready for many statements. */
struct eval {
    arena *arena;
    const struct context *context;
    struct action_name action;
    struct principal_name caller;
    str role_arn;      /* of a session: aws:PrincipalArn when known; else empty */
    str user_id;       /* aws:userid when known; else empty */
    tri user_id_known; /* NO: the key is absent */
    str resource;
    bool has_boundary;
    /* Keys that the small model tries a value for; they hide those of the context. */
    const struct context_key *overlay;
    size_t overlay_count;
};

key_state eval_key(const struct eval *ev, str name, const struct context_key **out);

/* How a Principal element names the caller: decides what limits a grant (IAM User Guide, "Policy evaluation logic"). */
typedef enum {
    VIA_DIRECT,   /* exactly the user, the session or the federated user */
    VIA_ROLE,     /* the role of the session, the user who federated */
    VIA_EVERYONE, /* "*" */
    VIA_ACCOUNT,  /* the account: it only delegates */
    VIA_ALONE,    /* a service or provider, which has no policies of its own */
    VIA_COUNT
} via;

struct named {
    tri by[VIA_COUNT];
};

tri action_of_statement(const struct eval *ev, const struct statement *s);
tri resource_of_statement(const struct eval *ev, const struct statement *s);
tri condition_holds(const struct eval *ev, policy_version version, const struct condition *c);
tri conditions_hold(const struct eval *ev, const struct statement *s);

/* Whether Principal or NotPrincipal covers the caller; *named tells by what (NotPrincipal: as VIA_EVERYONE). */
tri principal_of_statement(const struct eval *ev, const struct statement *s, struct named *named);

/* Which elements a kind of policy has. */
typedef enum { DOCUMENT_IDENTITY, DOCUMENT_SCP, DOCUMENT_RCP, DOCUMENT_RESOURCE } document_kind;

/* All of the statement but its conditions. *named is filled for policies with principals. */
tri statement_is_about(const struct eval *ev, const struct statement *s, document_kind kind, struct named *named);

/* The whole statement. */
tri statement_matches(const struct eval *ev, const struct statement *s, document_kind kind, struct named *named);

/* Calls `add` for each context key that is not known and that an open element of the statement reads. */
void statement_open_keys(const struct eval *ev, const struct statement *s, void (*add)(void *to, str key), void *to);

/* One value of a policy against one value of the request, variables filled in. */
tri value_matches(const struct eval *ev, policy_version version, const struct condition_operator *op, str wanted,
                  str value);

#endif
