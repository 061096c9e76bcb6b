/*
 * reference.h - statements that decide otherwise once the organization's keys are gone from the request (IAM User
 * Guide, "AWS global condition context keys": present only for members of an organization). Everything else in the
 * request is taken to be as the statement likes: what is told is that some request is decided otherwise.
 */
#ifndef ORGEXIT_IAM_REFERENCE_H
#define ORGEXIT_IAM_REFERENCE_H

#include "base/arena.h"
#include "policy/policy.h"

typedef enum {
    CHANGE_UNKNOWN,
    CHANGE_ALLOW_ENDS,
    CHANGE_DENY_BEGINS,
    CHANGE_DENY_ENDS,
    CHANGE_ALLOW_BEGINS
} org_change;
const char *org_change_name(org_change c); /* "allow to none", "none to deny", ...; UNKNOWN: "not known" */

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

/* Statements whose decision changes, or may change, when the keys are absent. *out in `a`; gives how many. */
size_t org_references(arena *a, const struct policy *p, const struct org_place *today,
                      const struct org_reference **out);

#endif
