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
    /* The second set: what stops working (warnings). Fetched only when a fact asks for one: see shelf.h. */
    CAPTURE_LIST_INBOUND_TRANSFERS,
    CAPTURE_LIST_OUTBOUND_TRANSFERS,
    CAPTURE_DESCRIBE_EFFECTIVE_POLICY,
    CAPTURE_LIST_REGIONS,
    CAPTURE_GET_GOVCLOUD_ACCOUNT,
    CAPTURE_LIST_STACK_SETS,
    CAPTURE_LIST_STACK_INSTANCES,
    CAPTURE_LIST_SSO_INSTANCES,
    CAPTURE_LIST_PERMISSION_SETS,
    CAPTURE_LIST_ENABLED_BASELINES,
    CAPTURE_DESCRIBE_AGGREGATORS,
    CAPTURE_DESCRIBE_ORG_CONFIG_RULES,
    CAPTURE_DESCRIBE_ORG_CONFORMANCE_PACKS,
    CAPTURE_GET_TAX_INHERITANCE,
    CAPTURE_GET_RESOURCE_SHARES,
    CAPTURE_GET_SHARE_PRINCIPALS,
    CAPTURE_LIST_DETECTORS,
    CAPTURE_GUARDDUTY_ADMINISTRATOR,
    CAPTURE_SECURITYHUB_ADMINISTRATOR,
    CAPTURE_MACIE_ADMINISTRATOR,
    CAPTURE_INSPECTOR_ADMINISTRATOR,
    CAPTURE_DETECTIVE_INVITATIONS,
    CAPTURE_FMS_ADMINISTRATOR,
    CAPTURE_LIST_RECEIVED_LICENSES,
    CAPTURE_LIST_ACCEPTED_PORTFOLIOS,
    CAPTURE_DESCRIBE_TRAILS,
    CAPTURE_DESCRIBE_SAVINGS_PLANS,
    CAPTURE_DESCRIBE_RESERVED_INSTANCES,
    CAPTURE_LIST_CUSTOMER_AGREEMENTS,
    CAPTURE_DESCRIBE_VPC_ENDPOINTS,
    CAPTURE_LIST_EVENT_BUSES,
    CAPTURE_LIST_BUCKETS,
    CAPTURE_GET_BUCKET_POLICY,
    CAPTURE_LIST_KEYS,
    CAPTURE_GET_KEY_POLICY,
    CAPTURE_LIST_QUEUES,
    CAPTURE_GET_QUEUE_POLICY,
    CAPTURE_LIST_TOPICS,
    CAPTURE_GET_TOPIC_ATTRIBUTES,
    CAPTURE_LIST_FUNCTIONS,
    CAPTURE_GET_FUNCTION_POLICY,
    CAPTURE_LIST_SECRETS,
    CAPTURE_GET_SECRET_POLICY,
    CAPTURE_DESCRIBE_REPOSITORIES,
    CAPTURE_GET_REPOSITORY_POLICY,
    CAPTURE_COUNT
} capture_kind;

typedef enum { SIDE_MANAGEMENT, SIDE_MEMBER, SIDE_BOTH } capture_side;

/* What the argument of a call ranges over when everything is captured. */
typedef enum {
    ARGUMENT_NONE,
    ARGUMENT_PARENT,         /* root and OU ids */
    ARGUMENT_CHILD,          /* account and OU ids; an equivalent capture, not collected */
    ARGUMENT_POLICY_TYPE,    /* enabled policy types */
    ARGUMENT_POLICY,         /* policy ids */
    ARGUMENT_TARGET_TYPE,    /* target id, policy type; equivalent, not collected */
    ARGUMENT_ACCOUNT,        /* account ids */
    ARGUMENT_CONTACT,        /* BILLING, OPERATIONS, SECURITY */
    ARGUMENT_WORDS,          /* each of `words` */
    ARGUMENT_LISTED,         /* what the answer of `listed_by` lists, in the same account and Region */
    ARGUMENT_LISTED_ACCOUNT, /* each of those, and each account id of the organization: "LISTED,ACCOUNT" */
} capture_argument;

struct capture {
    const char *service, *operation; /* as the AWS CLI spells them; the path */
    const char *options; /* options of the CLI call; %s stands for the argument (the second %s for its second part) */
    const char *action;  /* the IAM action that it needs; NULL: none */
    const char *member;  /* the member that every answer has; without it nothing was captured */
    node_kind kind;      /* of that member */
    const char *none;    /* error codes that mean "none", separated by blanks; NULL: no code does */
    bool of_account;     /* below accounts/ID/ */
    capture_side side;   /* whose credentials make it */
    capture_argument argument;
    const char *why;        /* one line: what it is for */
    bool regional;          /* below accounts/ID/regions/REGION/, once for each Region that the account uses */
    const char *words;      /* ARGUMENT_WORDS: separated by blanks */
    capture_kind listed_by; /* ARGUMENT_LISTED...: its `member` is the list */
    const char *listed_as;  /* the member of an item that is the argument; NULL: the items are texts themselves */
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

/* The call whose capture stands at "accounts/ID/iam/get-account-summary[.json]". False: none does. */
bool call_of_path(arena *a, str path, struct call *out);

/* organizations, list-policies, --filter, ...: what stands behind "aws", word by word. */
const str *call_words(arena *a, const struct call *c, size_t *count);

/* "aws organizations list-roots": the command that captures it, for hints. */
str call_command(arena *a, const struct call *c);

/* Effective policy types of the security services and others that impact.security-service-policies speaks of. */
#define SECURITY_POLICY_TYPES                                                                                          \
    "SECURITYHUB_POLICY SECURITYHUB_CSPM_POLICY INSPECTOR_POLICY GUARDDUTY_POLICY BEDROCK_POLICY S3_POLICY "           \
    "UPGRADE_ROLLOUT_POLICY NETWORK_SECURITY_DIRECTOR_POLICY"

/* Whether the error `code` of that call means "there is none" (readiness.md 3.2). */
bool capture_code_is_none(capture_kind kind, str code);

#endif
