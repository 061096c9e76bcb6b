/*
 * captures.h - the table of captures: every AWS CLI call that orgexit can read, where its output stands in a snapshot,
 * what it needs and what its answers mean. check, collect, "capture this" hints and the collecting IAM policies come
 * from it. Shapes and codes: readiness.md 3 (botocore service models, AWS API references).
 */
#ifndef ORGEXIT_ORG_CAPTURES_H
#define ORGEXIT_ORG_CAPTURES_H

#include "base/arena.h"
#include "text/node.h"

typedef enum {
    CAPTURE_DESCRIBE_ORGANIZATION,
    CAPTURE_LIST_ROOTS,
    CAPTURE_LIST_ACCOUNTS,
    CAPTURE_LIST_OUS_FOR_PARENT,
    CAPTURE_LIST_ACCOUNTS_FOR_PARENT,
    CAPTURE_LIST_PARENTS,
    CAPTURE_LIST_POLICIES,
    CAPTURE_DESCRIBE_POLICY,
    CAPTURE_LIST_TARGETS_FOR_POLICY,
    CAPTURE_LIST_POLICIES_FOR_TARGET,
    CAPTURE_LIST_DELEGATED_ADMINISTRATORS,
    CAPTURE_LIST_DELEGATED_SERVICES,
    CAPTURE_LIST_SERVICE_ACCESS,
    CAPTURE_DESCRIBE_RESOURCE_POLICY,
    CAPTURE_LIST_TAGS_FOR_RESOURCE,
    CAPTURE_LIST_CREATE_ACCOUNT_STATUS,
    CAPTURE_GET_CALLER_IDENTITY,
    CAPTURE_MEMBER_DESCRIBE_ORGANIZATION,
    CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS,
    CAPTURE_GET_ACCOUNT_SUMMARY,
    CAPTURE_GET_CONTACT_INFORMATION,
    CAPTURE_GET_ALTERNATE_CONTACT,
    CAPTURE_GET_ACCOUNT_INFORMATION,
    CAPTURE_LIST_ORGANIZATIONS_FEATURES,
    CAPTURE_LIST_HANDSHAKES_FOR_ACCOUNT,
    CAPTURE_COUNT
} capture_kind;

typedef enum { SIDE_MANAGEMENT, SIDE_MEMBER, SIDE_BOTH } capture_side;

/* What the argument of a call ranges over when everything is captured. */
typedef enum {
    ARGUMENT_NONE,
    ARGUMENT_PARENT,      /* root and OU ids */
    ARGUMENT_CHILD,       /* account and OU ids; an equivalent capture, not collected */
    ARGUMENT_POLICY_TYPE, /* enabled policy types */
    ARGUMENT_POLICY,      /* policy ids */
    ARGUMENT_TARGET_TYPE, /* target id, policy type; equivalent, not collected */
    ARGUMENT_ACCOUNT,     /* account ids */
    ARGUMENT_CONTACT,     /* BILLING, OPERATIONS, SECURITY */
} capture_argument;

struct capture {
    const char *service, *operation; /* as the AWS CLI spells them; the path */
    const char *options;             /* options of the CLI call; %s stands for the argument (the second %s for its second part) */
    const char *action;              /* the IAM action that it needs; NULL: none */
    const char *member;              /* the member that every answer has; without it nothing was captured */
    node_kind kind;                  /* of that member */
    const char *none;                /* error codes that mean "none", separated by blanks; NULL: no code does */
    bool of_account;                 /* below accounts/ID/ */
    capture_side side;               /* whose credentials make it */
    capture_argument argument;
    const char *why; /* one line: what it is for */
};
extern const struct capture captures[CAPTURE_COUNT];

/* One call: a row with what it is asked for. `argument` is not encoded; two parts are joined by ','. */
struct call {
    capture_kind kind;
    str account;  /* of_account rows: 12 digits */
    str region;   /* empty: the call is of no Region */
    str argument; /* empty: none */
};

/* "accounts/ID/iam/get-account-summary": the path below the snapshot without ".json". Argument percent-encoded. */
str call_path(arena *a, const struct call *c);

/* "aws organizations list-roots": the command that captures it, for hints. */
str call_command(arena *a, const struct call *c);

/* Whether the error `code` of that call means "there is none" (readiness.md 3.2). */
bool capture_code_is_none(capture_kind kind, str code);

#endif
