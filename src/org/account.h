/*
 * account.h - one account as its own captures show it: who is in it, which policies hold for whom, what AWS knows of
 * its contacts and age. A unit of work: everything lives in the account's arena.
 */
#ifndef ORGEXIT_ORG_ACCOUNT_H
#define ORGEXIT_ORG_ACCOUNT_H

#include "org/organization.h"

typedef enum { ENTITY_USER, ENTITY_ROLE } entity_kind;

struct entity_tag {
    str key, value;
};

/* A user or role. Policies named but not captured are refs without a policy. */
struct entity {
    entity_kind kind;
    str arn, name, path, id;
    const struct entity_tag *tags;
    size_t tag_count;
    bool tags_known;
    struct policy_set identity; /* inline, attached and the groups' */
    bool has_boundary;
    struct policy_set boundary;
    const struct policy *trust; /* of a role; NULL: not captured, or not readable */
    const node *node;           /* in the authorization details */
};

/* The seven parts of contact information that rules read; ptr NULL: absent. */
struct contact {
    str full_name, address_line1, city, state_or_region, postal_code, country_code, phone_number;
};

struct account {
    const struct organization *org;
    str id;
    const struct org_account *listed; /* NULL: no organization capture shows it */
    struct read_list *read;

    struct capture_doc identity, authorization, summary, contact_doc, information, handshakes, own_organization;
    struct capture_doc delegated_services, tags, features, alternate[3]; /* BILLING, OPERATIONS, SECURITY */

    str identity_account; /* of get-caller-identity */

    const struct entity *roles, *users;
    size_t role_count, user_count;
    bool roles_complete, users_complete;
    str people_why; /* why one of them is not: one clause */

    bool has_password_flag, has_mfa_flag, has_keys_flag;
    int64_t password_present, mfa_enabled, keys_present;

    struct contact contact; /* meaningful when contact_doc is WHOLE */
    str alternate_email[3];

    bool has_created_at;
    instant created_at;
    str information_state;

    VEC(struct input_error) errors; /* malformed captures and contradictions: the account is UNDETERMINED */
};

/* The members of get-account-authorization-details that are policies: what a known_store of accounts is opened with. */
extern const char *const account_document_keys[];
extern const size_t account_document_key_count;

/* Loads the account; `known` (may be NULL): documents that other accounts had too. Errors of its captures are kept in
 * account->errors; only running out of memory leaves. */
struct account *account_load(arena *a, const struct organization *o, str id, struct known_store *known);

/* Which of its calls are read, beside those that shelf_files shows: for listing inputs beforehand. */
extern const struct account_call {
    capture_kind kind;
    const char *argument; /* NULL: none; "ID": the account's id */
} account_calls[];
extern const size_t account_call_count;

/* The role or user of that IAM or session ARN; NULL: not among the captured ones. */
const struct entity *account_find_entity(const struct account *account, str text);

#endif
