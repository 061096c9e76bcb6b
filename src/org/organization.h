/*
 * organization.h - the organization as the captures show it: tree, accounts, policies and where they are attached,
 * delegated administrators, trusted services. Loaded once, then read only by all threads.
 */
#ifndef ORGEXIT_ORG_ORGANIZATION_H
#define ORGEXIT_ORG_ORGANIZATION_H

#include "base/finding.h"
#include "base/tri.h"
#include "org/snapshot.h"
#include "policy/policy.h"

/* Where a fact stands. */
struct place {
    const source *source; /* NULL: nowhere */
    const node *node;
};

typedef enum { POLICY_SCP, POLICY_RCP, POLICY_TYPE_COUNT } policy_type;
extern const char *const policy_type_names[POLICY_TYPE_COUNT]; /* "SERVICE_CONTROL_POLICY", ... */

struct org_policy {
    str id, name, type;
    tri aws_managed;
    const struct policy *policy; /* NULL: its text was not captured */
    str why;                     /* then: why not */
    bool listed;                 /* list-policies shows it */
    str text_path;               /* "organizations/describe-policy/p-1" */
    struct place text;           /* the node of Content */
};

/* What is attached to one root, OU or account, of one type. */
struct attachment {
    const struct org_policy **items;
    size_t count;
    bool complete; /* nothing else is attached */
    str why;       /* not complete: one clause */
};

/* A root or organizational unit. */
struct unit {
    str id, name; /* name empty: not captured */
    bool is_root;
    struct unit *parent;           /* NULL: a root, or not known */
    bool anchored;                 /* the way up to a root is known */
    bool in_list;                  /* list-roots, or the list of its parent's OUs, shows it */
    str named_by;                  /* the file that is named for it; empty: not asked, as a list shows it */
    str ous_whole, accounts_whole; /* the capture that lists all of its OUs, of its accounts; empty: none does */
    size_t depth;                  /* of a root: 0 */
    str path;                      /* "/Root/Prod"; an OU without a name by its id */
    struct attachment attached[POLICY_TYPE_COUNT];
    struct place place;
};

typedef enum {
    STATE_UNKNOWN,
    STATE_PENDING_ACTIVATION,
    STATE_ACTIVE,
    STATE_SUSPENDED,
    STATE_PENDING_CLOSURE,
    STATE_CLOSED
} account_state;
extern const char
    *const account_state_names[]; /* NULL-terminated, in the order of the enum from PENDING_ACTIVATION on */

/* One account as the organization's captures show it. */
struct org_account {
    str id, arn, name, email;
    str state_word, status_word;   /* as captured; empty: not there */
    str other_state, other_status; /* of a second capture, where they differ */
    str joined_method;
    bool has_joined_at;
    instant joined_at;
    bool in_list_accounts;
    bool in_list_of_parent; /* list-accounts-for-parent shows it */
    struct unit *parent;    /* NULL: not known */
    struct place place, parent_place;
    struct attachment attached[POLICY_TYPE_COUNT];
    bool is_delegated_administrator; /* seen in the list */
    struct place delegated;
    VEC(struct input_error) contradictions; /* captures that disagree about this account */
};

struct create_status {
    str account_id, state, failure_reason;
    struct place place;
};

struct organization {
    struct snapshot *snapshot;
    struct read_list read;

    tri in_use; /* NO: AWSOrganizationsNotInUseException */
    str id, arn, management_account, feature_set;
    struct place id_place, management_place, feature_place;
    struct capture_doc describe;

    struct unit **units; /* parents before children where the tree is known */
    size_t unit_count;
    struct map units_by_id;
    struct capture_doc roots;
    tri types_enabled[POLICY_TYPE_COUNT];
    struct place types_place;

    struct org_account **accounts; /* in the order of list-accounts, then those seen elsewhere */
    size_t account_count;
    struct map accounts_by_id;
    struct capture_doc list_accounts; /* WHOLE: who is not in it is no member */

    struct org_policy **policies;
    size_t policy_count;
    struct map policies_by_id;

    struct capture_doc delegated_administrators, service_access, create_statuses;
    str *services; /* trusted service principals */
    size_t service_count;
    VEC(struct create_status) creations;

    tri one_organization; /* YES: every ARN names organization `id`, in one partition. Else UNKNOWN */
    str mixed_why;
    struct place mixed_place;
    str partition; /* of capture.json, else of the organization's ARN; empty: unknown */
};

/* Loads it all into `a`. False: an organization-wide capture is malformed, or two contradict each other. */
struct organization *organization_load(arena *a, struct snapshot *s, error *e);

struct org_account *organization_account(const struct organization *o, str id); /* NULL: not seen */

/* Units from the root down to `u`, `u` included; *known false when the way up is not known. */
const struct unit **unit_chain(arena *a, const struct unit *u, size_t *count, bool *known);

/* Whether the account stands in that OU or below: by path "/Root/Prod" or by id. */
bool account_in_ou(const struct org_account *account, str ou);

struct input_error input_error_from(arena *a, const error *e);

#endif
