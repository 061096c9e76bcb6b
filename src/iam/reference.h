/*
 * reference.h - statements that decide otherwise once the organization's keys have changed (IAM User Guide, "AWS global
 * condition context keys": present only for members of an organization). A key is about the account of one party of the
 * request; whose account leaves and whose stays makes a scene.
 */
#ifndef ORGEXIT_IAM_REFERENCE_H
#define ORGEXIT_IAM_REFERENCE_H

#include "iam/context.h"
#include "policy/policy.h"

typedef enum {
    CHANGE_UNKNOWN,
    CHANGE_ALLOW_ENDS,
    CHANGE_DENY_BEGINS,
    CHANGE_DENY_ENDS,
    CHANGE_ALLOW_BEGINS
} org_change;
const char *org_change_name(org_change c); /* "allow to none", "none to deny", ...; UNKNOWN: "not known" */

/* Whom a key is about: aws:PrincipalOrgID, aws:ResourceOrgID, aws:SourceOrgID, aws:VpceOrgID and their like. */
typedef enum { PARTY_PRINCIPAL, PARTY_RESOURCE, PARTY_SOURCE, PARTY_VPCE } org_party;
enum { PARTY_COUNT = 4 };

/* In which organization the account of a party stands. Zeroed: not known. */
struct org_standing {
    tri in;   /* NO: in none, so the keys are absent */
    str id;   /* "o-..."; empty: not known */
    str path; /* "o-.../r-.../ou-.../"; empty: not known */
};

/* A request as it is today and as it is afterwards. */
struct org_scene {
    struct org_standing before[PARTY_COUNT], after[PARTY_COUNT];
};

struct org_reference {
    const struct statement *statement;
    str key; /* the condition key, as written */
    org_change change;
};

/* Where the caller and the resource stand today. */
struct org_place {
    str id;   /* "o-..." */
    str path; /* "o-.../r-.../ou-.../"; empty: not known */
};

/*
 * Statements whose answer changes, or may change, in that scene. Everything that is no key of the organization is taken
 * to be as the statement likes: what is told is that some request meets another answer of this statement. *out in `a`;
 * gives how many.
 */
size_t org_changes(arena *a, const struct policy *p, const struct org_scene *scene, const struct org_reference **out);

/* The same when the keys of all parties, that are of one account today, are absent afterwards. */
size_t org_references(arena *a, const struct policy *p, const struct org_place *today,
                      const struct org_reference **out);

/* The organization's keys of a request of which the parties stand so; *out in `a`. */
size_t org_context(arena *a, const struct org_standing *parties, const struct context_key **out);

#endif
