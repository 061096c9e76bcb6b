/* fields.c - the field catalogue: everything a rule can ask for, one row each, in the words of rules.md 3.6. */
#include "org/topic.h"
#include "rules/facts.h"
#include "rules/value.h"

static const char *const words_route[] = {"remove/api",    "remove/console", "leave/api",
                                          "leave/console", "transfer",       NULL};
static const char *const words_family[] = {"remove", "leave", "transfer", NULL};
static const char *const words_state[] = {"PENDING_ACTIVATION", "ACTIVE", "SUSPENDED",
                                          "PENDING_CLOSURE",    "CLOSED", NULL};
static const char *const words_joined[] = {"INVITED", "CREATED", NULL};
static const char *const words_feature_set[] = {"ALL", "CONSOLIDATED_BILLING", NULL};
static const char *const words_payment_kind[] = {"card", "bank", "invoice", "other", NULL};
static const char *const words_tax[] = {"OptIn", "OptOut", NULL};

/* A row: name, type, function (NULL: not read yet), where it comes from. */
#define ROW(n, t, g, d)      {.name = (n), .type = TYPE_##t, .get = (g), .doc = (d)},
#define GROWING(n, g, d)     {.name = (n), .type = TYPE_DURATION, .get = (g), .doc = (d), .grows = true},
#define BY_ROUTE(n, t, g, d) {.name = (n), .type = TYPE_##t, .get = (g), .doc = (d), .by_route = true},
#define EVIDENCE(n, g, d)    {.name = (n), .type = TYPE_BOOL, .get = (g), .doc = (d), .never_false = true},
#define ROUTE_EVIDENCE(n, g, d)                                                                                        \
    {.name = (n), .type = TYPE_BOOL, .get = (g), .doc = (d), .by_route = true, .never_false = true},
#define WORD(n, w, g, d)       {.name = (n), .type = TYPE_ENUM, .words = (w), .get = (g), .doc = (d)},
#define ROUTE_WORD(n, w, g, d) {.name = (n), .type = TYPE_ENUM, .words = (w), .get = (g), .doc = (d), .by_route = true},
#define TEXTS(n, g, d)         {.name = (n), .type = TYPE_LIST, .item = TYPE_STRING, .get = (g), .doc = (d)},
#define ROUTE_TEXTS(n, g, d)                                                                                           \
    {.name = (n), .type = TYPE_LIST, .item = TYPE_STRING, .get = (g), .doc = (d), .by_route = true},
#define RECORDS(n, g, d) {.name = (n), .type = TYPE_LIST, .item = TYPE_LIST, .get = (g), .doc = (d)},
#define ROUTE_RECORDS(n, g, d)                                                                                         \
    {.name = (n), .type = TYPE_LIST, .item = TYPE_LIST, .get = (g), .doc = (d), .by_route = true},
#define ELEMENT(list, n, t, d) {.name = (n), .type = TYPE_##t, .of = (list), .doc = (d)},

#define STATEMENT_ELEMENTS(list)                                                                                       \
    ELEMENT(list, "statement.policy", STRING, "id of the policy")                                                      \
    ELEMENT(list, "statement.level", STRING, "id of the root, OU or account that it is attached to")                   \
    ELEMENT(list, "statement.sid", STRING, "Sid; absent: it has none")                                                 \
    ELEMENT(list, "statement.file", STRING, "the capture that holds the policy")

#define REFERENCE_ELEMENTS(list)                                                                                       \
    ELEMENT(list, "reference.file", STRING, "the capture that holds the policy")                                       \
    ELEMENT(list, "reference.key", STRING, "the condition key that names the organization")                            \
    ELEMENT(list, "reference.change", STRING, "how the decision changes: allow to none, none to deny, deny to none")

/* attested.TOPIC and what is said beside the value. Attestations are read by topic and part: no function. */
#define ATTESTED_BOOL(words_) .type = TYPE_BOOL
#define ATTESTED_WORD(words_) .type = TYPE_ENUM, .words = (words_)
#define ATTESTED_TEXT(words_) .type = TYPE_STRING
#define ATTESTED_LIST(words_) .type = TYPE_LIST, .item = TYPE_STRING
#define ATTESTED_PART(topic_, suffix, part_, t, d)                                                                     \
    {.name = "attested." #topic_ suffix,                                                                               \
     .type = TYPE_##t,                                                                                                 \
     .doc = (d),                                                                                                       \
     .topic = &topic_table[TOPIC_AT_##topic_],                                                                         \
     .part = (part_)},
#define ATTESTED(topic_, kind_, words_, doc_)                                                                          \
    {.name = "attested." #topic_,                                                                                      \
     ATTESTED_##kind_(words_),                                                                                         \
     .doc = (doc_),                                                                                                    \
     .topic = &topic_table[TOPIC_AT_##topic_],                                                                         \
     .part = PART_VALUE},                                                                                              \
        ATTESTED_PART(topic_, ".by", PART_BY, STRING, "who attested it")                                               \
            ATTESTED_PART(topic_, ".evidence", PART_EVIDENCE, STRING, "what it rests on; absent: not given")           \
                ATTESTED_PART(topic_, ".date", PART_DATE, TIME, "when it was attested") ATTESTED_PART(                 \
                    topic_, ".valid_until", PART_VALID_UNTIL, TIME, "until when it holds; absent: not given")          \
                    ATTESTED_PART(topic_, ".time_left", PART_TIME_LEFT, DURATION,                                      \
                                  "to valid_until, else to date + attestation_max_age")

#define TOPIC_AT(name, kind, words, doc) TOPIC_AT_##name,
enum { TOPICS(TOPIC_AT) };

#define CONTACT(head, g1, g2, g3, g4, g5, g6, g7, whose)                                                               \
    ROW(head ".full_name", STRING, g1, "get-contact-information " whose ": FullName")                                  \
    ROW(head ".address_line1", STRING, g2, "get-contact-information " whose ": AddressLine1")                          \
    ROW(head ".city", STRING, g3, "get-contact-information " whose ": City")                                           \
    ROW(head ".state_or_region", STRING, g4, "get-contact-information " whose ": StateOrRegion")                       \
    ROW(head ".postal_code", STRING, g5, "get-contact-information " whose ": PostalCode")                              \
    ROW(head ".country_code", STRING, g6, "get-contact-information " whose ": CountryCode")                            \
    ROW(head ".phone_number", STRING, g7, "get-contact-information " whose ": PhoneNumber")

/* clang-format off */
const struct field field_catalogue[] = {
    ROUTE_WORD("run.route", words_route, fact_run_route, "the route being judged")
    ROUTE_WORD("run.family", words_family, fact_run_family, "remove, leave or transfer")
    ROW("run.profile", STRING, fact_run_profile, "--profile, orgexit.yaml")
    ROW("run.account_count", INT, fact_run_account_count, "accounts selected")

    BY_ROUTE("actor.arn", STRING, fact_actor_arn, "who acts on the route: --caller, --principal, capture.json, or chosen among the captured principals")
    BY_ROUTE("actor.is_root", BOOL, fact_actor_is_root, "the actor is the root user")
    BY_ROUTE("actor.in_right_account", BOOL, fact_actor_in_right_account, "the actor belongs to the management account (remove) or the member (leave, transfer)")
    BY_ROUTE("actor.identity_allows", BOOL, fact_actor_identity_allows, "the route's action by identity policies, boundary and session alone; true for root")
    BY_ROUTE("actor.allow_covers_star", BOOL, fact_actor_allow_covers_star, "at least one matching Allow has a resource that covers *; true for root and for remove")
    ROUTE_RECORDS("actor.scp_denies", fact_actor_scp_denies, "SCP statements that deny the route's action to the actor and do not test aws:RequestedRegion")
    STATEMENT_ELEMENTS("actor.scp_denies")
    ROUTE_RECORDS("actor.scp_region_denies", fact_actor_scp_region_denies, "those that do test it, with the Region in which Organizations answers")
    STATEMENT_ELEMENTS("actor.scp_region_denies")
    ROUTE_TEXTS("actor.scp_closed_levels", fact_actor_scp_closed_levels, "root, OUs, account whose SCPs together do not allow the route's action")

    ROW("account.id", STRING, fact_account_id, "as asked")
    ROW("account.arn", STRING, fact_account_arn, "arn:PARTITION:organizations::MANAGEMENT:account/ORGANIZATION/ID")
    ROW("account.listed", BOOL, fact_account_listed, "organizations/list-accounts holds it")
    ROW("account.name", STRING, fact_account_name, "organizations/list-accounts")
    ROW("account.email", STRING, fact_account_email, "organizations/list-accounts")
    ROW("account.is_management", BOOL, fact_account_is_management, "organizations/describe-organization: MasterAccountId")
    WORD("account.state", words_state, fact_account_state, "State, else Status, of list-accounts; AccountState of get-account-information")
    WORD("account.joined_method", words_joined, fact_account_joined_method, "organizations/list-accounts")
    ROW("account.joined_at", TIME, fact_account_joined_at, "organizations/list-accounts: JoinedTimestamp")
    ROW("account.created_at", TIME, fact_account_created_at, "account/get-account-information: AccountCreatedDate")
    GROWING("account.age", fact_account_age, "since created_at; without it, if CREATED, since joined_at")
    GROWING("account.time_in_org", fact_account_time_in_org, "since joined_at")
    ROW("account.creation_pending", BOOL, fact_account_creation_pending, "organizations/list-create-account-status: an item with State IN_PROGRESS")
    TEXTS("account.creation_failures", fact_account_creation_failures, "organizations/list-create-account-status: FailureReason")
    ROW("account.is_delegated_administrator", BOOL, fact_account_is_delegated_administrator, "organizations/list-delegated-administrators")
    TEXTS("account.delegated_services", fact_account_delegated_services, "organizations/list-delegated-services-for-account (detail only)")
    ROW("account.parent_id", STRING, fact_account_parent_id, "the tree of roots and OUs")
    ROW("account.path", STRING, fact_account_path, "the tree: /Root/Prod")
    TEXTS("account.path_ids", fact_account_path_ids, "the tree, root first")
    RECORDS("account.tags", fact_account_tags, "organizations/list-tags-for-resource")
    ELEMENT("account.tags", "tag.key", STRING, "Key")
    ELEMENT("account.tags", "tag.value", STRING, "Value")
    RECORDS("account.policies_in_effect", fact_account_policies_in_effect, "SCPs and RCPs attached from the root to the account")
    ELEMENT("account.policies_in_effect", "policy.id", STRING, "Id")
    ELEMENT("account.policies_in_effect", "policy.name", STRING, "Name")
    ELEMENT("account.policies_in_effect", "policy.type", STRING, "SERVICE_CONTROL_POLICY, ...")
    ELEMENT("account.policies_in_effect", "policy.level", STRING, "id of the root, OU or account that it is attached to")
    ELEMENT("account.policies_in_effect", "policy.aws_managed", BOOL, "AwsManaged")
    RECORDS("account.users", fact_account_users, "iam/get-account-authorization-details")
    ELEMENT("account.users", "user.name", STRING, "UserName")
    ELEMENT("account.users", "user.arn", STRING, "Arn")
    ELEMENT("account.users", "user.path", STRING, "Path")
    ELEMENT("account.users", "user.is_admin", BOOL, "iam:CreateRole on * is Allowed by identity policies and boundary")
    RECORDS("account.roles", fact_account_roles, "iam/get-account-authorization-details")
    ELEMENT("account.roles", "role.name", STRING, "RoleName")
    ELEMENT("account.roles", "role.arn", STRING, "Arn")
    ELEMENT("account.roles", "role.path", STRING, "Path")
    ELEMENT("account.roles", "role.is_admin", BOOL, "iam:CreateRole on * is Allowed by identity policies and boundary")
    ELEMENT("account.roles", "role.service_linked", BOOL, "under /aws-service-role/")
    ELEMENT("account.roles", "role.trusts_management", BOOL, "the trust policy admits the management account")
    ELEMENT("account.roles", "role.trusts_members", BOOL, "the trust policy admits other accounts of the organization")
    ELEMENT("account.roles", "role.trust_needs_org", BOOL, "nobody is admitted any more once the organization keys are absent")
    TEXTS("account.independent_admins", fact_account_independent_admins, "users with administrator rights, and such roles that somebody can still enter without the organization")
    ROW("account.has_organizations_role", BOOL, fact_account_has_organizations_role, "iam/get-account-authorization-details: role AWSServiceRoleForOrganizations")
    ROW("account.organizations_role_deletable", BOOL, fact_account_organizations_role_deletable, "for one principal at least no SCP and no boundary stands against iam:DeleteServiceLinkedRole on it")
    ROW("account.root_password", BOOL, fact_account_root_password, "iam/get-account-summary: AccountPasswordPresent")
    ROW("account.root_contradicted", BOOL, fact_account_root_contradicted, "that one and attested.root_access say different things")
    ROW("account.root_mfa", BOOL, fact_account_root_mfa, "iam/get-account-summary: AccountMFAEnabled")
    ROW("account.root_keys", BOOL, fact_account_root_keys, "iam/get-account-summary: AccountAccessKeysPresent")
    RECORDS("account.stack_instances", fact_account_stack_instances, "cloudformation/list-stack-sets, list-stack-instances")
    ELEMENT("account.stack_instances", "stack.set", STRING, "StackSetName")
    ELEMENT("account.stack_instances", "stack.service_managed", BOOL, "PermissionModel is SERVICE_MANAGED")
    ELEMENT("account.stack_instances", "stack.auto_deployment", BOOL, "AutoDeployment.Enabled")
    ELEMENT("account.stack_instances", "stack.retained", BOOL, "AutoDeployment.RetainStacksOnAccountRemoval")
    TEXTS("account.permission_sets", fact_account_permission_sets, "sso-admin/list-permission-sets-provisioned-to-account")

    CONTACT("contact", fact_contact_full_name, fact_contact_address_line1, fact_contact_city,
            fact_contact_state_or_region, fact_contact_postal_code, fact_contact_country_code,
            fact_contact_phone_number, "of the account")
    CONTACT("management_contact", fact_management_contact_full_name, fact_management_contact_address_line1, fact_management_contact_city,
            fact_management_contact_state_or_region, fact_management_contact_postal_code, fact_management_contact_country_code,
            fact_management_contact_phone_number, "of the management account")
    ROW("alternate_contact.billing", STRING, fact_alternate_contact_billing, "account/get-alternate-contact/BILLING: EmailAddress")
    ROW("alternate_contact.operations", STRING, fact_alternate_contact_operations, "account/get-alternate-contact/OPERATIONS: EmailAddress")
    ROW("alternate_contact.security", STRING, fact_alternate_contact_security, "account/get-alternate-contact/SECURITY: EmailAddress")

    TOPICS(ATTESTED)
    {.name = "attested.payment_method.kind", .type = TYPE_ENUM, .words = words_payment_kind,
     .doc = "kind of the payment method; absent: not given", .topic = &topic_table[TOPIC_AT_payment_method],
     .part = PART_KIND},
    ATTESTED_PART(payment_method, ".supported", PART_SUPPORTED, BOOL, "false: of a kind that AWS does not take; absent: not given")

    ROW("org.in_use", BOOL, fact_org_in_use, "organizations/describe-organization; false: AWSOrganizationsNotInUseException")
    ROW("org.id", STRING, fact_org_id, "organizations/describe-organization")
    ROW("org.management_account", STRING, fact_org_management_account, "organizations/describe-organization: MasterAccountId")
    ROW("org.partition", STRING, fact_org_partition, "capture.json, ARNs")
    WORD("org.feature_set", words_feature_set, fact_org_feature_set, "organizations/describe-organization")
    ROW("org.scps_enabled", BOOL, fact_org_scps_enabled, "organizations/list-roots: PolicyTypes; feature_set")
    TEXTS("org.service_access", fact_org_service_access, "organizations/list-aws-service-access-for-organization")
    TEXTS("org.unreviewed_services", fact_org_unreviewed_services, "those of service_access that attested.reviewed_services lacks")
    ROW("org.resource_policy_names_account", BOOL, fact_org_resource_policy_names_account, "organizations/describe-resource-policy")
    ROW("org.central_root", BOOL, fact_org_central_root, "iam/list-organizations-features: RootCredentialsManagement")
    TEXTS("org.billing_transfers", fact_org_billing_transfers, "organizations/list-inbound-responsibility-transfers, list-outbound-...")

    ROW("effective.declarative_ec2", BOOL, fact_effective_declarative_ec2, "organizations/describe-effective-policy/DECLARATIVE_POLICY_EC2")
    ROW("effective.backup", BOOL, fact_effective_backup, "organizations/describe-effective-policy/BACKUP_POLICY")
    ROW("effective.tag", BOOL, fact_effective_tag, "organizations/describe-effective-policy/TAG_POLICY")
    ROW("effective.ai_opt_out", BOOL, fact_effective_ai_opt_out, "organizations/describe-effective-policy/AISERVICES_OPT_OUT_POLICY")
    ROW("effective.chatbot", BOOL, fact_effective_chatbot, "organizations/describe-effective-policy/CHATBOT_POLICY")
    ROW("effective.security_services", BOOL, fact_effective_security_services, "organizations/describe-effective-policy of the security services' types")

    ROW("invitation.open", BOOL, fact_invitation_open, "organizations/list-handshakes-for-account: INVITE, OPEN, not expired, of another organization")
    ROW("invitation.same_partition", BOOL, fact_invitation_same_partition, "the same: partition of the ARN")
    ROW("invitation.arn", STRING, fact_invitation_arn, "the same; absent: none open")
    ROW("invitation.organization", STRING, fact_invitation_organization, "the same; absent: none open")
    ROW("invitation.time_left", DURATION, fact_invitation_time_left, "the same: to ExpirationTimestamp; absent: none open")

    RECORDS("references.own", fact_references_own, "policies of the account whose decision changes")
    REFERENCE_ELEMENTS("references.own")
    RECORDS("references.others", fact_references_others, "policies of other accounts whose decision changes")
    REFERENCE_ELEMENTS("references.others")
    RECORDS("references.endpoints", fact_references_endpoints, "policies of VPC endpoints whose decision changes")
    REFERENCE_ELEMENTS("references.endpoints")

    RECORDS("ram.consumed", fact_ram_consumed, "ram/get-resource-shares OTHER-ACCOUNTS, get-resource-share-associations")
    ELEMENT("ram.consumed", "share.arn", STRING, "resourceShareArn")
    ELEMENT("ram.consumed", "share.owner_in_org", BOOL, "owningAccountId is of the organization")
    ELEMENT("ram.consumed", "share.retained", BOOL, "retainSharingOnAccountLeaveOrganization")
    ELEMENT("ram.consumed", "share.direct", BOOL, "the account itself is a principal of the share")
    RECORDS("ram.owned", fact_ram_owned, "ram/get-resource-shares SELF, get-resource-share-associations")
    ELEMENT("ram.owned", "share.arn", STRING, "resourceShareArn")
    ELEMENT("ram.owned", "share.org_principals", BOOL, "a principal is the organization or an OU")
    ELEMENT("ram.owned", "share.external_allowed", BOOL, "allowExternalPrincipals")

    TEXTS("service.administrators", fact_service_administrators, "GuardDuty, Security Hub, Macie, Inspector, Detective: those with an administrator")
    ROW("service.firewall_manager", BOOL, fact_service_firewall_manager, "trusted access, and fms/get-admin-account or the service's own role in the account")
    ROW("service.ipam", BOOL, fact_service_ipam, "trusted access, and the service's own role in the account")
    ROW("service.network_manager", BOOL, fact_service_network_manager, "trusted access, and the service's own role in the account")
    ROW("service.license_manager", BOOL, fact_service_license_manager, "trusted access, and the service's own role in the account")
    ROW("service.marketplace", BOOL, fact_service_marketplace, "trusted access, and license-manager/list-received-licenses shows licences")
    TEXTS("service.config_aggregators", fact_service_config_aggregators, "config/describe-configuration-aggregators of the management account and delegated administrators: of the organization")
    TEXTS("service.config_org_rules", fact_service_config_org_rules, "config/describe-organization-config-rules, conformance packs")
    TEXTS("service.own_trails", fact_service_own_trails, "cloudtrail/describe-trails: not of the organization")
    TEXTS("service.portfolios", fact_service_portfolios, "servicecatalog/list-accepted-portfolio-shares AWS_ORGANIZATIONS")
    TEXTS("service.control_tower_baselines", fact_service_control_tower_baselines, "controltower/list-enabled-baselines")
    TEXTS("billing.commitments", fact_billing_commitments, "savingsplans/describe-savings-plans, ec2/describe-reserved-instances")
    WORD("billing.tax_inheritance", words_tax, fact_billing_tax_inheritance, "taxsettings/get-tax-inheritance")
    TEXTS("legal.organization_agreements", fact_legal_organization_agreements, "artifact/list-customer-agreements: ACTIVE, with organizationArn")
    ROW("partition.govcloud_account", STRING, fact_partition_govcloud_account, "account/get-gov-cloud-account-information")

    EVIDENCE("capture.fresh", fact_capture_fresh, "capture.json: captured_at within max_age; true or unknown")
    EVIDENCE("capture.finished", fact_capture_finished, "capture.json: completed_at, at most 6 hours later; true or unknown")
    EVIDENCE("capture.one_organization", fact_capture_one_organization, "all captures name one Organization.Id; true or unknown")
    EVIDENCE("capture.right_account", fact_capture_right_account, "get-caller-identity names the folder's account; true or unknown")
    EVIDENCE("capture.consistent", fact_capture_consistent, "no two captures disagree; true or unknown")
    ROUTE_EVIDENCE("capture.complete", fact_capture_complete, "no capture that a blocker of the route reads is cut off or failed; true or unknown")
    ROW("capture.age", DURATION, fact_capture_age, "since captured_at")
    ROW("capture.state_known", BOOL, fact_capture_state_known, "State or Status is present in list-accounts")
};
/* clang-format on */
const size_t field_catalogue_count = sizeof field_catalogue / sizeof *field_catalogue;

const char *value_type_name(value_type t)
{
    switch (t) {
    case TYPE_BOOL: return "bool";
    case TYPE_STRING: return "string";
    case TYPE_ENUM: return "enum";
    case TYPE_INT: return "int";
    case TYPE_DURATION: return "duration";
    case TYPE_TIME: return "time";
    case TYPE_LIST: return "list";
    }
    return "bool";
}

/* A walk over some 230 rows: only packs ask, while they are loaded. */
const struct field *field_find(str name)
{
    for (size_t i = 0; i < field_catalogue_count; i++)
        if (str_is(name, field_catalogue[i].name))
            return &field_catalogue[i];
    return NULL;
}

/* By address, so that a field of a pack's topic, which is no element of the array, may be asked for as well. */
size_t field_index(const struct field *f)
{
    uintptr_t at = (uintptr_t)f - (uintptr_t)field_catalogue;
    return at < sizeof field_catalogue ? at / sizeof *f : SIZE_MAX;
}

static bool is_element_of(const struct field *f, const struct field *list)
{
    return f < field_catalogue + field_catalogue_count && f->of && str_is(str_from(f->of), list->name);
}

const struct field *field_element(const struct field *list, str name)
{
    if (list->topic) /* texts only */
        return NULL;
    for (const struct field *f = list + 1; is_element_of(f, list); f++)
        if (str_is(name, f->name))
            return f;
    return NULL;
}

size_t field_member_index(const struct field *element)
{
    const struct field *first = element;
    while (first[-1].of && (first[-1].of == element->of || strcmp(first[-1].of, element->of) == 0))
        first--;
    return (size_t)(element - first);
}

size_t field_member_count(const struct field *list)
{
    size_t n = 0;
    while (!list->topic && is_element_of(list + 1 + n, list))
        n++;
    return n;
}
