/* captures.c - the one table of calls. Sources: AWS CLI command reference, botocore service models. */
#include "org/captures.h"

#include <stdio.h>

#define ORGANIZATIONS "organizations"

const struct capture captures[CAPTURE_COUNT] = {
    [CAPTURE_DESCRIBE_ORGANIZATION] = {ORGANIZATIONS, "describe-organization", "", "organizations:DescribeOrganization",
                                       "Organization", NODE_OBJECT, "AWSOrganizationsNotInUseException", false,
                                       SIDE_MANAGEMENT, ARGUMENT_NONE, "organization id, management account, features"},
    [CAPTURE_LIST_ROOTS] = {ORGANIZATIONS, "list-roots", "", "organizations:ListRoots", "Roots", NODE_LIST, NULL, false,
                            SIDE_MANAGEMENT, ARGUMENT_NONE, "the root and which policy types are enabled"},
    [CAPTURE_LIST_ACCOUNTS] = {ORGANIZATIONS, "list-accounts", "", "organizations:ListAccounts", "Accounts", NODE_LIST,
                               NULL, false, SIDE_MANAGEMENT, ARGUMENT_NONE, "members, their state and age"},
    [CAPTURE_LIST_OUS_FOR_PARENT] = {ORGANIZATIONS, "list-organizational-units-for-parent", "--parent-id %s",
                                     "organizations:ListOrganizationalUnitsForParent", "OrganizationalUnits", NODE_LIST,
                                     NULL, false, SIDE_MANAGEMENT, ARGUMENT_PARENT, "the tree of OUs"},
    [CAPTURE_LIST_ACCOUNTS_FOR_PARENT] = {ORGANIZATIONS, "list-accounts-for-parent", "--parent-id %s",
                                          "organizations:ListAccountsForParent", "Accounts", NODE_LIST, NULL, false,
                                          SIDE_MANAGEMENT, ARGUMENT_PARENT, "where each account stands"},
    [CAPTURE_LIST_PARENTS] = {ORGANIZATIONS, "list-parents", "--child-id %s", "organizations:ListParents", "Parents",
                              NODE_LIST, NULL, false, SIDE_MANAGEMENT, ARGUMENT_CHILD,
                              "the same for one account or OU"},
    [CAPTURE_LIST_POLICIES] = {ORGANIZATIONS, "list-policies", "--filter %s", "organizations:ListPolicies", "Policies",
                               NODE_LIST, NULL, false, SIDE_MANAGEMENT, ARGUMENT_POLICY_TYPE,
                               "which policies of a type there are"},
    [CAPTURE_DESCRIBE_POLICY] = {ORGANIZATIONS, "describe-policy", "--policy-id %s", "organizations:DescribePolicy",
                                 "Policy", NODE_OBJECT, NULL, false, SIDE_MANAGEMENT, ARGUMENT_POLICY,
                                 "the text of a policy"},
    [CAPTURE_LIST_TARGETS_FOR_POLICY] = {ORGANIZATIONS, "list-targets-for-policy", "--policy-id %s",
                                         "organizations:ListTargetsForPolicy", "Targets", NODE_LIST, NULL, false,
                                         SIDE_MANAGEMENT, ARGUMENT_POLICY, "where a policy is attached"},
    [CAPTURE_LIST_POLICIES_FOR_TARGET] = {ORGANIZATIONS, "list-policies-for-target", "--target-id %s --filter %s",
                                          "organizations:ListPoliciesForTarget", "Policies", NODE_LIST, NULL, false,
                                          SIDE_MANAGEMENT, ARGUMENT_TARGET_TYPE, "what is attached to one target"},
    [CAPTURE_LIST_DELEGATED_ADMINISTRATORS] = {ORGANIZATIONS, "list-delegated-administrators", "",
                                               "organizations:ListDelegatedAdministrators", "DelegatedAdministrators",
                                               NODE_LIST, NULL, false, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                               "delegated administrators cannot leave"},
    [CAPTURE_LIST_DELEGATED_SERVICES] = {ORGANIZATIONS, "list-delegated-services-for-account", "--account-id %s",
                                         "organizations:ListDelegatedServicesForAccount", "DelegatedServices",
                                         NODE_LIST, "AccountNotRegisteredException", false, SIDE_MANAGEMENT,
                                         ARGUMENT_ACCOUNT, "for which services"},
    [CAPTURE_LIST_SERVICE_ACCESS] = {ORGANIZATIONS, "list-aws-service-access-for-organization", "",
                                     "organizations:ListAWSServiceAccessForOrganization", "EnabledServicePrincipals",
                                     NODE_LIST, NULL, false, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                     "trusted services of the organization"},
    [CAPTURE_DESCRIBE_RESOURCE_POLICY] = {ORGANIZATIONS, "describe-resource-policy", "",
                                          "organizations:DescribeResourcePolicy", "ResourcePolicy", NODE_OBJECT,
                                          "ResourcePolicyNotFoundException", false, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                          "delegation of policy management"},
    [CAPTURE_LIST_TAGS_FOR_RESOURCE] = {ORGANIZATIONS, "list-tags-for-resource", "--resource-id %s",
                                        "organizations:ListTagsForResource", "Tags", NODE_LIST, NULL, false,
                                        SIDE_MANAGEMENT, ARGUMENT_ACCOUNT,
                                        "tags of the account: policies may test them"},
    [CAPTURE_LIST_CREATE_ACCOUNT_STATUS] = {ORGANIZATIONS, "list-create-account-status", "",
                                            "organizations:ListCreateAccountStatus", "CreateAccountStatuses", NODE_LIST,
                                            NULL, false, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                            "accounts still being created"},
    [CAPTURE_GET_CALLER_IDENTITY] = {"sts", "get-caller-identity", "", NULL, "Account", NODE_STRING, NULL, true,
                                     SIDE_BOTH, ARGUMENT_NONE, "proves whose captures these are"},
    [CAPTURE_MEMBER_DESCRIBE_ORGANIZATION] = {ORGANIZATIONS, "describe-organization", "",
                                              "organizations:DescribeOrganization", "Organization", NODE_OBJECT,
                                              "AWSOrganizationsNotInUseException", true, SIDE_MEMBER, ARGUMENT_NONE,
                                              "the organization as the member sees it"},
    [CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS] = {"iam", "get-account-authorization-details", "",
                                                   "iam:GetAccountAuthorizationDetails", "RoleDetailList", NODE_LIST,
                                                   NULL, true, SIDE_BOTH, ARGUMENT_NONE,
                                                   "users, groups, roles and their policies"},
    [CAPTURE_GET_ACCOUNT_SUMMARY] = {"iam", "get-account-summary", "", "iam:GetAccountSummary", "SummaryMap",
                                     NODE_OBJECT, NULL, true, SIDE_BOTH, ARGUMENT_NONE,
                                     "root credentials; counts that prove the lists whole"},
    [CAPTURE_GET_CONTACT_INFORMATION] = {"account", "get-contact-information", "", "account:GetContactInformation",
                                         "ContactInformation", NODE_OBJECT, "ResourceNotFoundException", true,
                                         SIDE_BOTH, ARGUMENT_NONE, "contact information of the account"},
    [CAPTURE_GET_ALTERNATE_CONTACT] = {"account", "get-alternate-contact", "--alternate-contact-type %s",
                                       "account:GetAlternateContact", "AlternateContact", NODE_OBJECT,
                                       "ResourceNotFoundException", true, SIDE_BOTH, ARGUMENT_CONTACT,
                                       "who gets mail about billing, operations, security"},
    [CAPTURE_GET_ACCOUNT_INFORMATION] = {"account", "get-account-information", "", "account:GetAccountInformation",
                                         "AccountId", NODE_STRING, NULL, true, SIDE_BOTH, ARGUMENT_NONE,
                                         "when the account was created, its state"},
    [CAPTURE_LIST_ORGANIZATIONS_FEATURES] = {"iam", "list-organizations-features", "", "iam:ListOrganizationsFeatures",
                                             "EnabledFeatures", NODE_LIST,
                                             "ServiceAccessNotEnabledException "
                                             "OrganizationNotInAllFeaturesModeException",
                                             true, SIDE_MANAGEMENT, ARGUMENT_NONE, "central management of root users"},
    [CAPTURE_LIST_HANDSHAKES_FOR_ACCOUNT] = {ORGANIZATIONS, "list-handshakes-for-account", "",
                                             "organizations:ListHandshakesForAccount", "Handshakes", NODE_LIST, NULL,
                                             true, SIDE_MEMBER, ARGUMENT_NONE, "invitations (route transfer)"},
};

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii_is_digit(c) || c == '.' || c == '_' || c == '-';
}

/* formats.md 1: several arguments are joined by ',' (those of list-policies-for-target by '/'); other characters are
 * percent-encoded. */
static str encode_argument(arena *a, capture_kind kind, str argument)
{
    char joint = kind == CAPTURE_LIST_POLICIES_FOR_TARGET ? '/' : ',';
    char *out = arena_alloc(a, 3 * argument.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < argument.len; i++) {
        char c = argument.ptr[i];
        if (is_plain(c) || c == ',')
            out[len++] = c == ',' ? joint : c;
        else
            len += (size_t)snprintf(out + len, 4, "%%%02X", (unsigned char)c);
    }
    out[len] = '\0';
    return (str){out, len};
}

str call_path(arena *a, const struct call *c)
{
    const struct capture *row = &captures[c->kind];
    str argument = encode_argument(a, c->kind, c->argument);
    const char *slash = argument.len ? "/" : "";
    if (!row->of_account)
        return arena_printf(a, "%s/%s%s%.*s", row->service, row->operation, slash, STR_ARG(argument));
    return arena_printf(a, "accounts/%.*s/%s%.*s%s%s/%s%s%.*s", STR_ARG(c->account), c->region.len ? "regions/" : "",
                        STR_ARG(c->region), c->region.len ? "/" : "", row->service, row->operation, slash,
                        STR_ARG(argument));
}

str call_command(arena *a, const struct call *c)
{
    const struct capture *row = &captures[c->kind];
    str rest = c->argument, options = str_from(row->options), text = {0};
    while (options.len) {
        size_t hole = str_find(options, STR("%s"));
        str head = str_head(options, hole);
        str filled = hole == SIZE_MAX ? (str){0} : str_cut(&rest, ',');
        text = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(text), STR_ARG(head), STR_ARG(filled));
        options = hole == SIZE_MAX ? (str){0} : str_from_index(options, hole + 2);
    }
    return arena_printf(a, "aws %s %s%s%.*s", row->service, row->operation, text.len ? " " : "", STR_ARG(text));
}

bool capture_code_is_none(capture_kind kind, str code)
{
    str codes = str_from(captures[kind].none);
    while (codes.len)
        if (str_eq(str_cut(&codes, ' '), code))
            return true;
    return false;
}
