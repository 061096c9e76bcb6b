/*
 * context.h - the request context: what is known of each condition key. One function fills it for every caller.
 * Key names are compared without regard to ASCII case (IAM User Guide, "Condition").
 */
#ifndef ORGEXIT_IAM_CONTEXT_H
#define ORGEXIT_IAM_CONTEXT_H

#include "base/arena.h"
#include "base/tri.h"

typedef enum { KEY_UNKNOWN, KEY_ABSENT, KEY_PRESENT } key_state;

struct context_key {
    str name;
    key_state state;
    bool multivalued;  /* present as a set, even with one value or none */
    const str *values; /* when present */
    size_t count;
};

/* `rest` is what holds for every key that is not listed: unknown for a check, absent for simulate's cases. */
struct context {
    const struct context_key *keys;
    size_t count;
    key_state rest;
    key_state principal_tags, resource_tags; /* aws:PrincipalTag/K and aws:ResourceTag/K that are not listed */
    str service;       /* of the action; not empty: keys that only other services' requests carry are absent */
    bool from_session; /* the caller's credentials may carry keys of the service that issued them */
};

/* The listed key, or NULL: then `rest` holds. */
const struct context_key *context_find(const struct context *c, str name);

/* What is known of a key that may not be listed. *out: the listed key, or NULL when there is none. */
key_state context_state(const struct context *c, str name, const struct context_key **out);

struct tag {
    str key, value;
};

/* Who calls, as far as files can tell (evaluation.md 5, readiness.md 5.3.1). Texts are borrowed. */
struct caller {
    str arn;                             /* IAM ARN: arn:P:iam::I:root, user/..., role/... (with its path) */
    str account;                         /* 12 digits */
    str name;                            /* of the user; empty for roles and root */
    str id;                              /* AIDA..., AROA...; empty: unknown */
    bool is_root, is_role, is_federated; /* federated: of sts:GetFederationToken */
    const struct tag *tags;
    size_t tag_count;
    tri tags_certain; /* YES: a tag that is not listed is absent. Else an unlisted tag, and a listed one, is unknown */
    str org_id;       /* empty: unknown, unless in_organization is NO */
    tri in_organization;
    str org_path; /* "o-.../r-.../ou-.../" ending in "/"; empty: unknown */
};

struct context_facts {
    const struct caller *caller;
    str partition;                         /* "aws", "aws-cn", "aws-us-gov"; empty: unknown */
    int64_t as_of;                         /* seconds since 1970, UTC: the moment of the call */
    str service;                           /* of the action, lower case: "organizations", "iam" */
    str resource_account, resource_org_id; /* of the resource acted on; empty: no such key known */
    const struct tag *resource_tags;       /* aws:ResourceTag/K */
    size_t resource_tag_count;
    tri resource_tags_certain;       /* YES: complete; NO: the resource has no tags at all */
    const struct context_key *given; /* --context and `with`: fill what is unknown, for every caller alike */
    size_t given_count;
};

/* Every key that is not filled is unknown (rest = KEY_UNKNOWN). */
struct context context_fill(arena *a, const struct context_facts *facts);

/* For a request whose policies are given as files: what follows from the principal's ARN, over it what is given (a key
 * given as unknown stays so), and every other key absent. */
struct context context_of_principal(arena *a, str principal, const struct context_key *given, size_t count);

/* The Region in which the partition's Organizations endpoint answers ("us-east-1"); empty for an unknown partition. */
str organizations_region(str partition);

#endif
