/* captures.c - the one table of calls. Sources: AWS CLI command reference, botocore service models. */
#include "org/captures.h"

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
    /* ---- the second set ---- */
    [CAPTURE_LIST_INBOUND_TRANSFERS] = {ORGANIZATIONS, "list-inbound-responsibility-transfers", "--type %s",
                                        "organizations:ListInboundResponsibilityTransfers", "ResponsibilityTransfers",
                                        NODE_LIST, NULL, false, SIDE_MANAGEMENT, ARGUMENT_WORDS,
                                        "who else's bill this organization pays", .words = "BILLING"},
    [CAPTURE_LIST_OUTBOUND_TRANSFERS] = {ORGANIZATIONS, "list-outbound-responsibility-transfers", "--type %s",
                                         "organizations:ListOutboundResponsibilityTransfers",
                                         "ResponsibilityTransfers", NODE_LIST, NULL, false, SIDE_MANAGEMENT,
                                         ARGUMENT_WORDS, "who else pays this organization's bill", .words = "BILLING"},
    [CAPTURE_DESCRIBE_EFFECTIVE_POLICY] = {ORGANIZATIONS, "describe-effective-policy", "--policy-type %s",
                                           "organizations:DescribeEffectivePolicy", "EffectivePolicy", NODE_OBJECT,
                                           "EffectivePolicyNotFoundException", true, SIDE_MEMBER, ARGUMENT_WORDS,
                                           "management policies whose effect ends",
                                           .words = "DECLARATIVE_POLICY_EC2 BACKUP_POLICY TAG_POLICY "
                                                    "AISERVICES_OPT_OUT_POLICY CHATBOT_POLICY " SECURITY_POLICY_TYPES},
    [CAPTURE_LIST_REGIONS] = {"account", "list-regions", "", "account:ListRegions", "Regions", NODE_LIST, NULL, true,
                              SIDE_BOTH, ARGUMENT_NONE, "which Regions the account uses"},
    [CAPTURE_GET_GOVCLOUD_ACCOUNT] = {"account", "get-gov-cloud-account-information", "",
                                      "account:GetGovCloudAccountInformation", "GovCloudAccountId", NODE_STRING,
                                      "ResourceNotFoundException", true, SIDE_BOTH, ARGUMENT_NONE,
                                      "a linked GovCloud account"},
    [CAPTURE_LIST_STACK_SETS] = {"cloudformation", "list-stack-sets", "--status ACTIVE",
                                 "cloudformation:ListStackSets", "Summaries", NODE_LIST, NULL, true, SIDE_MANAGEMENT,
                                 ARGUMENT_NONE, "StackSets, and whether they keep stacks of accounts that leave",
                                 .regional = true},
    [CAPTURE_LIST_STACK_INSTANCES] = {"cloudformation", "list-stack-instances",
                                      "--stack-set-name %s --stack-instance-account %s",
                                      "cloudformation:ListStackInstances", "Summaries", NODE_LIST, NULL, true,
                                      SIDE_MANAGEMENT, ARGUMENT_LISTED_ACCOUNT, "stacks of a StackSet in the account",
                                      .regional = true, .listed_by = CAPTURE_LIST_STACK_SETS,
                                      .listed_as = "StackSetName"},
    [CAPTURE_LIST_SSO_INSTANCES] = {"sso-admin", "list-instances", "", "sso:ListInstances", "Instances", NODE_LIST,
                                    NULL, true, SIDE_MANAGEMENT, ARGUMENT_NONE, "IAM Identity Center",
                                    .regional = true},
    [CAPTURE_LIST_PERMISSION_SETS] = {"sso-admin", "list-permission-sets-provisioned-to-account",
                                      "--instance-arn %s --account-id %s", "sso:ListPermissionSetsProvisionedToAccount",
                                      "PermissionSets", NODE_LIST, NULL, true, SIDE_MANAGEMENT,
                                      ARGUMENT_LISTED_ACCOUNT, "permission sets that people use in the account",
                                      .regional = true, .listed_by = CAPTURE_LIST_SSO_INSTANCES,
                                      .listed_as = "InstanceArn"},
    [CAPTURE_LIST_ENABLED_BASELINES] = {"controltower", "list-enabled-baselines", "",
                                        "controltower:ListEnabledBaselines", "enabledBaselines", NODE_LIST, NULL, true,
                                        SIDE_MANAGEMENT, ARGUMENT_NONE, "what Control Tower manages",
                                        .regional = true},
    [CAPTURE_DESCRIBE_AGGREGATORS] = {"config", "describe-configuration-aggregators", "",
                                      "config:DescribeConfigurationAggregators", "ConfigurationAggregators", NODE_LIST,
                                      NULL, true, SIDE_BOTH, ARGUMENT_NONE, "Config aggregators of the organization",
                                      .regional = true},
    [CAPTURE_DESCRIBE_ORG_CONFIG_RULES] = {"config", "describe-organization-config-rules", "",
                                           "config:DescribeOrganizationConfigRules", "OrganizationConfigRules",
                                           NODE_LIST, NULL, true, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                           "Config rules of the organization", .regional = true},
    [CAPTURE_DESCRIBE_ORG_CONFORMANCE_PACKS] = {"config", "describe-organization-conformance-packs", "",
                                                "config:DescribeOrganizationConformancePacks",
                                                "OrganizationConformancePacks", NODE_LIST, NULL, true, SIDE_MANAGEMENT,
                                                ARGUMENT_NONE, "conformance packs of the organization",
                                                .regional = true},
    [CAPTURE_GET_TAX_INHERITANCE] = {"taxsettings", "get-tax-inheritance", "", "tax:GetTaxInheritance",
                                     "heritageStatus", NODE_STRING, NULL, true, SIDE_MANAGEMENT, ARGUMENT_NONE,
                                     "whether members inherit the tax registration of the payer"},
    [CAPTURE_GET_RESOURCE_SHARES] = {"ram", "get-resource-shares", "--resource-owner %s", "ram:GetResourceShares",
                                     "resourceShares", NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_WORDS,
                                     "resources shared by and with the account", .regional = true,
                                     .words = "SELF OTHER-ACCOUNTS"},
    [CAPTURE_GET_SHARE_PRINCIPALS] = {"ram", "get-resource-share-associations", "--association-type %s",
                                      "ram:GetResourceShareAssociations", "resourceShareAssociations", NODE_LIST, NULL,
                                      true, SIDE_MEMBER, ARGUMENT_WORDS, "with whom resources are shared",
                                      .regional = true, .words = "PRINCIPAL"},
    [CAPTURE_LIST_DETECTORS] = {"guardduty", "list-detectors", "", "guardduty:ListDetectors", "DetectorIds", NODE_LIST,
                                NULL, true, SIDE_MEMBER, ARGUMENT_NONE, "GuardDuty of the account", .regional = true},
    [CAPTURE_GUARDDUTY_ADMINISTRATOR] = {"guardduty", "get-administrator-account", "--detector-id %s",
                                         "guardduty:GetAdministratorAccount", "Administrator", NODE_OBJECT, NULL, true,
                                         SIDE_MEMBER, ARGUMENT_LISTED, "who administers its GuardDuty",
                                         .regional = true, .listed_by = CAPTURE_LIST_DETECTORS},
    [CAPTURE_SECURITYHUB_ADMINISTRATOR] = {"securityhub", "get-administrator-account", "",
                                           "securityhub:GetAdministratorAccount", "Administrator", NODE_OBJECT,
                                           "ResourceNotFoundException", true, SIDE_MEMBER, ARGUMENT_NONE,
                                           "who administers its Security Hub", .regional = true},
    [CAPTURE_MACIE_ADMINISTRATOR] = {"macie2", "get-administrator-account", "", "macie2:GetAdministratorAccount",
                                     "administrator", NODE_OBJECT, "ResourceNotFoundException", true, SIDE_MEMBER,
                                     ARGUMENT_NONE, "who administers its Macie", .regional = true},
    [CAPTURE_INSPECTOR_ADMINISTRATOR] = {"inspector2", "get-delegated-admin-account", "",
                                         "inspector2:GetDelegatedAdminAccount", "delegatedAdmin", NODE_OBJECT,
                                         "ResourceNotFoundException", true, SIDE_MEMBER, ARGUMENT_NONE,
                                         "who administers its Inspector", .regional = true},
    [CAPTURE_DETECTIVE_INVITATIONS] = {"detective", "list-invitations", "", "detective:ListInvitations", "Invitations",
                                       NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_NONE,
                                       "who administers its Detective", .regional = true},
    [CAPTURE_FMS_ADMINISTRATOR] = {"fms", "get-admin-account", "", "fms:GetAdminAccount", "AdminAccount", NODE_STRING,
                                   "ResourceNotFoundException", true, SIDE_MEMBER, ARGUMENT_NONE,
                                   "who administers its Firewall Manager"},
    [CAPTURE_LIST_RECEIVED_LICENSES] = {"license-manager", "list-received-licenses", "",
                                        "license-manager:ListReceivedLicenses", "Licenses", NODE_LIST, NULL, true,
                                        SIDE_MEMBER, ARGUMENT_NONE, "licences granted to the account",
                                        .regional = true},
    [CAPTURE_LIST_ACCEPTED_PORTFOLIOS] = {"servicecatalog", "list-accepted-portfolio-shares",
                                          "--portfolio-share-type %s", "servicecatalog:ListAcceptedPortfolioShares",
                                          "PortfolioDetails", NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_WORDS,
                                          "Service Catalog portfolios of the organization", .regional = true,
                                          .words = "AWS_ORGANIZATIONS"},
    [CAPTURE_DESCRIBE_TRAILS] = {"cloudtrail", "describe-trails", "", "cloudtrail:DescribeTrails", "trailList",
                                 NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_NONE, "trails, its own or not",
                                 .regional = true},
    [CAPTURE_DESCRIBE_SAVINGS_PLANS] = {"savingsplans", "describe-savings-plans", "",
                                        "savingsplans:DescribeSavingsPlans", "savingsPlans", NODE_LIST, NULL, true,
                                        SIDE_MEMBER, ARGUMENT_NONE, "Savings Plans that the account owns"},
    [CAPTURE_DESCRIBE_RESERVED_INSTANCES] = {"ec2", "describe-reserved-instances", "",
                                             "ec2:DescribeReservedInstances", "ReservedInstances", NODE_LIST, NULL,
                                             true, SIDE_MEMBER, ARGUMENT_NONE,
                                             "Reserved Instances that the account owns", .regional = true},
    [CAPTURE_LIST_CUSTOMER_AGREEMENTS] = {"artifact", "list-customer-agreements", "",
                                          "artifact:ListCustomerAgreements", "customerAgreements", NODE_LIST, NULL,
                                          true, SIDE_MEMBER, ARGUMENT_NONE, "agreements made by the organization"},
    [CAPTURE_DESCRIBE_VPC_ENDPOINTS] = {"ec2", "describe-vpc-endpoints", "", "ec2:DescribeVpcEndpoints",
                                        "VpcEndpoints", NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_NONE,
                                        "policies of VPC endpoints", .regional = true},
    [CAPTURE_LIST_EVENT_BUSES] = {"events", "list-event-buses", "", "events:ListEventBuses", "EventBuses", NODE_LIST,
                                  NULL, true, SIDE_MEMBER, ARGUMENT_NONE, "policies of event buses", .regional = true},
    [CAPTURE_LIST_BUCKETS] = {"s3api", "list-buckets", "", "s3:ListAllMyBuckets", "Buckets", NODE_LIST, NULL, true,
                              SIDE_MEMBER, ARGUMENT_NONE, "which buckets there are"},
    [CAPTURE_GET_BUCKET_POLICY] = {"s3api", "get-bucket-policy", "--bucket %s", "s3:GetBucketPolicy", "Policy",
                                   NODE_STRING, "NoSuchBucketPolicy", true, SIDE_MEMBER, ARGUMENT_LISTED,
                                   "policies of buckets", .listed_by = CAPTURE_LIST_BUCKETS, .listed_as = "Name"},
    [CAPTURE_LIST_KEYS] = {"kms", "list-keys", "", "kms:ListKeys", "Keys", NODE_LIST, NULL, true, SIDE_MEMBER,
                           ARGUMENT_NONE, "which keys there are", .regional = true},
    [CAPTURE_GET_KEY_POLICY] = {"kms", "get-key-policy", "--policy-name default --key-id %s", "kms:GetKeyPolicy",
                                "Policy", NODE_STRING, NULL, true, SIDE_MEMBER, ARGUMENT_LISTED, "policies of keys",
                                .regional = true, .listed_by = CAPTURE_LIST_KEYS, .listed_as = "KeyId"},
    [CAPTURE_LIST_QUEUES] = {"sqs", "list-queues", "", "sqs:ListQueues", "QueueUrls", NODE_LIST, NULL, true,
                             SIDE_MEMBER, ARGUMENT_NONE, "which queues there are", .regional = true},
    [CAPTURE_GET_QUEUE_POLICY] = {"sqs", "get-queue-attributes", "--attribute-names Policy --queue-url %s",
                                  "sqs:GetQueueAttributes", "Attributes", NODE_OBJECT, NULL, true, SIDE_MEMBER,
                                  ARGUMENT_LISTED, "policies of queues", .regional = true,
                                  .listed_by = CAPTURE_LIST_QUEUES},
    [CAPTURE_LIST_TOPICS] = {"sns", "list-topics", "", "sns:ListTopics", "Topics", NODE_LIST, NULL, true, SIDE_MEMBER,
                             ARGUMENT_NONE, "which topics there are", .regional = true},
    [CAPTURE_GET_TOPIC_ATTRIBUTES] = {"sns", "get-topic-attributes", "--topic-arn %s", "sns:GetTopicAttributes",
                                      "Attributes", NODE_OBJECT, NULL, true, SIDE_MEMBER, ARGUMENT_LISTED,
                                      "policies of topics", .regional = true, .listed_by = CAPTURE_LIST_TOPICS,
                                      .listed_as = "TopicArn"},
    [CAPTURE_LIST_FUNCTIONS] = {"lambda", "list-functions", "", "lambda:ListFunctions", "Functions", NODE_LIST, NULL,
                                true, SIDE_MEMBER, ARGUMENT_NONE, "which functions there are", .regional = true},
    [CAPTURE_GET_FUNCTION_POLICY] = {"lambda", "get-policy", "--function-name %s", "lambda:GetPolicy", "Policy",
                                     NODE_STRING, "ResourceNotFoundException", true, SIDE_MEMBER, ARGUMENT_LISTED,
                                     "policies of functions", .regional = true, .listed_by = CAPTURE_LIST_FUNCTIONS,
                                     .listed_as = "FunctionName"},
    [CAPTURE_LIST_SECRETS] = {"secretsmanager", "list-secrets", "", "secretsmanager:ListSecrets", "SecretList",
                              NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_NONE, "which secrets there are",
                              .regional = true},
    [CAPTURE_GET_SECRET_POLICY] = {"secretsmanager", "get-resource-policy", "--secret-id %s",
                                   "secretsmanager:GetResourcePolicy", "ARN", NODE_STRING, NULL, true, SIDE_MEMBER,
                                   ARGUMENT_LISTED, "policies of secrets", .regional = true,
                                   .listed_by = CAPTURE_LIST_SECRETS, .listed_as = "ARN"},
    [CAPTURE_DESCRIBE_REPOSITORIES] = {"ecr", "describe-repositories", "", "ecr:DescribeRepositories", "repositories",
                                       NODE_LIST, NULL, true, SIDE_MEMBER, ARGUMENT_NONE,
                                       "which image repositories there are", .regional = true},
    [CAPTURE_GET_REPOSITORY_POLICY] = {"ecr", "get-repository-policy", "--repository-name %s",
                                       "ecr:GetRepositoryPolicy", "policyText", NODE_STRING,
                                       "RepositoryPolicyNotFoundException", true, SIDE_MEMBER, ARGUMENT_LISTED,
                                       "policies of image repositories", .regional = true,
                                       .listed_by = CAPTURE_DESCRIBE_REPOSITORIES, .listed_as = "repositoryName"},
};

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii_is_digit(c) || c == '.' || c == '_' || c == '-';
}

/* A path in the making: its parts are short and asked for often. */
struct path {
    char *text;
    size_t len;
};

static void add(struct path *p, str part)
{
    if (part.len)
        memcpy(p->text + p->len, part.ptr, part.len);
    p->len += part.len;
}

/* formats.md 1: several arguments are joined by ',' (those of list-policies-for-target by '/'); other characters are
 * percent-encoded. */
static void add_encoded(struct path *p, capture_kind kind, str argument)
{
    static const char hex[] = "0123456789ABCDEF";
    char joint = kind == CAPTURE_LIST_POLICIES_FOR_TARGET ? '/' : ',';
    for (size_t i = 0; i < argument.len; i++) {
        unsigned char c = (unsigned char)argument.ptr[i];
        if (is_plain((char)c)) {
            p->text[p->len++] = (char)c;
        } else if (c == ',') {
            p->text[p->len++] = joint;
        } else {
            const char escape[] = {'%', hex[c >> 4], hex[c & 15]};
            add(p, (str){escape, 3});
        }
    }
}

str call_path(arena *a, const struct call *c)
{
    const struct capture *row = &captures[c->kind];
    str service = str_from(row->service), operation = str_from(row->operation);
    struct path p = {.text = arena_alloc(a, c->account.len + service.len + operation.len + 3 * (c->region.len + c->argument.len) + 32)};
    if (row->of_account) {
        add(&p, STR("accounts/"));
        add(&p, c->account);
        add(&p, STR("/"));
    }
    if (row->of_account && c->region.len) {
        add(&p, STR("regions/"));
        add_encoded(&p, c->kind, c->region);
        add(&p, STR("/"));
    }
    add(&p, service);
    add(&p, STR("/"));
    add(&p, operation);
    if (c->argument.len)
        add(&p, STR("/"));
    add_encoded(&p, c->kind, c->argument);
    p.text[p.len] = '\0';
    return (str){p.text, p.len};
}

static capture_kind kind_of(str service, str operation, bool of_account)
{
    for (int k = 0; k < CAPTURE_COUNT; k++)
        if (captures[k].of_account == of_account && str_is(service, captures[k].service) &&
            str_is(operation, captures[k].operation))
            return (capture_kind)k;
    return CAPTURE_COUNT;
}

static int hex_digit(char c)
{
    c = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* What add_encoded did, undone. */
static str decoded(arena *a, str text)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' && i + 2 < text.len) {
            c = (char)(hex_digit(text.ptr[i + 1]) << 4 | hex_digit(text.ptr[i + 2]));
            i += 2;
        } else if (c == '/') {
            c = ',';
        }
        out[len++] = c;
    }
    out[len] = '\0';
    return (str){out, len};
}

bool call_of_path(arena *a, str path, struct call *out)
{
    *out = (struct call){0};
    if (str_ends(path, STR(".json")))
        path = str_head(path, path.len - 5);
    bool of_account = str_starts(path, STR("accounts/"));
    if (of_account) {
        (void)str_cut(&path, '/');
        out->account = str_cut(&path, '/');
    }
    if (of_account && str_starts(path, STR("regions/"))) {
        (void)str_cut(&path, '/');
        out->region = decoded(a, str_cut(&path, '/'));
    }
    str service = str_cut(&path, '/'), operation = str_cut(&path, '/');
    out->kind = kind_of(service, operation, of_account);
    out->argument = path.len ? decoded(a, path) : (str){0};
    return out->kind != CAPTURE_COUNT;
}

const str *call_words(arena *a, const struct call *c, size_t *count)
{
    const struct capture *row = &captures[c->kind];
    str rest = c->argument, options = str_from(row->options);
    VEC(str) words = {0};
    *VEC_PUSH(a, &words) = str_from(row->service);
    *VEC_PUSH(a, &words) = str_from(row->operation);
    while (options.len) {
        str word = str_cut(&options, ' ');
        bool last = str_find(options, STR("%s")) == SIZE_MAX;
        *VEC_PUSH(a, &words) = !str_is(word, "%s") ? word : last ? rest : str_cut(&rest, ',');
    }
    if (c->region.len) {
        *VEC_PUSH(a, &words) = STR("--region");
        *VEC_PUSH(a, &words) = c->region;
    }
    *count = words.count;
    return words.items;
}

str call_command(arena *a, const struct call *c)
{
    size_t count;
    const str *words = call_words(a, c, &count);
    str text = STR("aws");
    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%.*s %.*s", STR_ARG(text), STR_ARG(arena_shell_word(a, words[i])));
    return text;
}

bool capture_code_is_none(capture_kind kind, str code)
{
    str codes = str_from(captures[kind].none);
    while (codes.len)
        if (str_eq(str_cut(&codes, ' '), code))
            return true;
    return false;
}
