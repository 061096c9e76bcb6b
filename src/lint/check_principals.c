/* check_principals.c - Principal in resource and trust policies (IAM User Guide, "AWS JSON policy elements:
 * Principal"). */
#include "lint/run.h"

#define O KIND_BIT(KIND_RESOURCE)
#define R KIND_BIT(KIND_RCP)
#define T KIND_BIT(KIND_TRUST)

/* Each name that stands under `type`; NULL: of every type. */
typedef void name_fn(struct lint *l, const struct lint_statement *s, const node *v, str name);

static void each_name(struct lint *l, const struct lint_statement *s, const char *type, name_fn *check)
{
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL))
        if (!type || str_is(node_key(by_type), type))
            for (const node *v = values_first(by_type); v; v = values_next(by_type, v))
                if (node_is_string(v))
                    check(l, s, v, node_text(v));
}

static void principal_format(struct lint *l, const struct lint_statement *s)
{
    if (!s->principal || node_is_object(s->principal) || str_is(node_text(s->principal), "*"))
        return;
    lint_report(l, s->principal, "\"%.*s\" is %s; expected \"*\" or an object such as {\"AWS\": …}",
                STR_ARG(node_key(s->principal)),
                node_is_string(s->principal) ? "a text" : node_kind_name(s->principal));
}

static void principal_key(struct lint *l, const struct lint_statement *s)
{
    static const char *const keys[] = {"AWS", "Service", "Federated", "CanonicalUser"};
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL)) {
        str key = node_key(by_type), near = {0};
        size_t best = 3;
        for (size_t i = 0; i < 4; i++) {
            size_t by = str_is(key, keys[i]) ? 0 : 1 + str_distance(key, str_from(keys[i]), 1);
            if (by < best) {
                best = by;
                near = str_from(keys[i]);
            }
        }
        if (!best)
            continue;
        struct lint_finding *f =
            lint_report_key(l, by_type, "there is no kind of principal \"%.*s\"", STR_ARG(lint_shown(key)));
        if (near.len)
            f->help = lint_did_you_mean(l, near);
    }
}

/* AIDA… and AROA…: what is left of a principal that was deleted; principal-unique-id tells of them. */
static bool is_unique_id(str name)
{
    if (name.len < 16 || (!str_starts(name, STR("AIDA")) && !str_starts(name, STR("AROA"))))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!ascii_is_digit(name.ptr[i]) && (name.ptr[i] < 'A' || name.ptr[i] > 'Z'))
            return false;
    return true;
}

static bool is_principal_resource(str service, str resource)
{
    static const char *const iam[] = {"root", "user/?*", "role/?*"};
    static const char *const sts[] = {"assumed-role/?*", "federated-user/?*", "self"};
    bool of_sts = str_is(service, "sts");
    for (size_t i = 0; i < 3; i++)
        if (glob_match(GLOB(str_from(of_sts ? sts[i] : iam[i])), resource) == TRI_YES)
            return true;
    return false;
}

static void check_aws_name(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    struct arn_parts parts;
    (void)s;
    if (str_is(name, "*") || str_is_account_id(name) || is_unique_id(name) || pattern_is_wild(name) ||
        lint_has_variable(name))
        return;
    bool arn = arn_split(name, &parts) && str_is(parts.at[ARN_PREFIX], "arn");
    bool of_iam = arn && (str_is(parts.at[ARN_SERVICE], "iam") || str_is(parts.at[ARN_SERVICE], "sts"));
    bool account = arn && (str_is_account_id(parts.at[ARN_ACCOUNT]) || str_is(parts.at[ARN_ACCOUNT], "cloudfront"));
    if (of_iam && account && is_principal_resource(parts.at[ARN_SERVICE], parts.at[ARN_RESOURCE]))
        return;
    bool group = of_iam && str_starts(parts.at[ARN_RESOURCE], STR("group/"));
    struct lint_finding *f =
        lint_report(l, v, group ? "a group is never a principal: \"%.*s\"" : "\"%.*s\" is no principal of an account",
                    STR_ARG(lint_shown(name)));
    if (group)
        f->help = STR("name the users, or a role that they assume");
}

static void principal_arn(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_aws_name);
}

static void check_wildcard(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    (void)s;
    if (pattern_is_wild(name) && !str_is(name, "*") && !lint_has_variable(name))
        lint_report(l, v, "a principal may hold no wildcard: \"%.*s\"", STR_ARG(lint_shown(name)));
}

static void principal_wildcard(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_wildcard);
    each_name(l, s, "Service", check_wildcard);
}

/* "name.amazonaws.com", "name.eu-west-1.amazonaws.com.cn", … */
static void check_service(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    static const char *const tails[] = {".amazonaws.com", ".amazonaws.com.cn", ".aws.internal",  ".amazonaws.eu",
                                        ".amazon.com",    ".c2s.ic.gov",       ".sc2s.sgov.gov", ".aws.dev"};
    (void)s;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (str_ends(name, str_from(tails[i])) && name.len > strlen(tails[i]) && str_find_char(name, '/') == SIZE_MAX &&
            str_find_char(name, ' ') == SIZE_MAX)
            return;
    if (!pattern_is_wild(name) && !lint_has_variable(name))
        lint_report(l, v, "\"%.*s\" is no service principal", STR_ARG(lint_shown(name)));
}

static void principal_service(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Service", check_service);
}

typedef enum { PROVIDER_NONE, PROVIDER_DOMAIN, PROVIDER_OIDC, PROVIDER_SAML } provider;

static provider provider_of(str name)
{
    struct arn_parts parts;
    if (arn_split(name, &parts)) {
        if (!str_is(parts.at[ARN_PREFIX], "arn") || !str_is(parts.at[ARN_SERVICE], "iam"))
            return PROVIDER_NONE;
        return str_starts(parts.at[ARN_RESOURCE], STR("oidc-provider/"))   ? PROVIDER_OIDC
               : str_starts(parts.at[ARN_RESOURCE], STR("saml-provider/")) ? PROVIDER_SAML
                                                                           : PROVIDER_NONE;
    }
    bool dot = str_find_char(name, '.') != SIZE_MAX, colon = str_find_char(name, ':') != SIZE_MAX;
    return dot && !colon && str_find_char(name, ' ') == SIZE_MAX ? PROVIDER_DOMAIN : PROVIDER_NONE;
}

static void check_federated(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    (void)s;
    if (!lint_has_variable(name) && !str_is(name, "*") && provider_of(name) == PROVIDER_NONE)
        lint_report(l, v, "\"%.*s\" is no identity provider", STR_ARG(lint_shown(name)));
}

static void principal_federated(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Federated", check_federated);
}

static void principal_federated_unsupported(struct lint *l, const struct lint_statement *s)
{
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL))
        if (str_is(node_key(by_type), "Federated"))
            lint_report_key(l, by_type, "identity providers are principals of trust policies alone");
}

/* ---- who gets in ---- */

static void check_unique_id(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    (void)s;
    if (is_unique_id(name))
        lint_report(l, v, "\"%.*s\" is what is left of a %s that was deleted", STR_ARG(lint_shown(name)),
                    name.ptr[1] == 'I' ? "user" : "role");
}

static void principal_unique_id(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_unique_id);
}

/* The node that says "everyone"; NULL: none does. */
static const node *everyone(const struct lint_statement *s)
{
    if (node_is_string(s->principal) && str_is(node_text(s->principal), "*"))
        return s->principal;
    const node *aws = node_get(s->principal, "AWS");
    for (const node *v = values_first(aws); v; v = values_next(aws, v))
        if (node_is_string(v) && str_is(node_text(v), "*"))
            return v;
    return NULL;
}

/* Keys by which AWS tells who calls, from where, or on whose behalf. */
static bool narrows(const struct lint_condition *c)
{
    static const char *const keys[] = {"aws:PrincipalOrgID",
                                       "aws:PrincipalOrgPaths",
                                       "aws:PrincipalAccount",
                                       "aws:PrincipalArn",
                                       "aws:PrincipalTag/?*",
                                       "aws:SourceArn",
                                       "aws:SourceAccount",
                                       "aws:SourceOwner",
                                       "aws:SourceOrgID",
                                       "aws:SourceOrgPaths",
                                       "aws:SourceVpc*",
                                       "aws:SourceIp",
                                       "aws:VpcSourceIp",
                                       "aws:Vpce*",
                                       "aws:userid",
                                       "aws:username",
                                       "aws:PrincipalServiceName*",
                                       "aws:PrincipalIsAWSService",
                                       "aws:FederatedProvider",
                                       "*:CallerAccount",
                                       "*:DataAccessPointA*",
                                       "*:SourceAccount",
                                       "elasticfilesystem:AccessedViaMountTarget",
                                       "lambda:FunctionUrlAuthType",
                                       "sts:ExternalId",
                                       "*.*:*"};
    bool positive = c->op && c->op->type != OPERAND_NULL && !c->op->negated && c->set != SET_FOR_ALL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && positive; i++)
        if (glob_match_nocase(GLOB(str_from(keys[i])), c->key) == TRI_YES)
            return true;
    return false;
}

static void principal_public(struct lint *l, const struct lint_statement *s)
{
    const node *by = everyone(s);
    if (!by || s->not_principal || s->effect != EFFECT_ALLOW || is_endpoint_policy(l->source->file))
        return;
    for (size_t i = 0; i < s->condition_count; i++)
        if (narrows(&s->conditions[i]))
            return;
    lint_report(l, by, "everyone in the world is allowed");
}

/* Services that tell on whose behalf they call (their own guides, "confused deputy"). */
static void check_service_source(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    static const char *const services[] = {
        "sns",           "s3",         "events",     "cloudwatch", "cloudtrail", "config",  "logs",
        "delivery.logs", "apigateway", "cloudfront", "ses",        "iot",        "budgets", "codestar-notifications",
        "lambda"};
    static const char *const keys[] = {"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths",
                                       "aws:SourceOwner"};
    if (s->effect != EFFECT_ALLOW || s->not_principal || !str_ends(name, STR(".amazonaws.com")))
        return;
    for (size_t i = 0; i < s->condition_count; i++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            if (key_is(s->conditions[i].key, keys[k]))
                return;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_is(str_head(name, name.len - strlen(".amazonaws.com")), services[i]))
            lint_report(l, v, "%.*s is let in on anyone's behalf", STR_ARG(name));
}

static void principal_service_no_source(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Service", check_service_source);
}

static void check_redundant(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    const node *aws = node_get(s->principal, "AWS");
    for (const node *o = values_first(aws); o; o = values_next(aws, o)) {
        str other = node_text(o);
        struct arn_parts parts;
        bool root = str_is_account_id(other) && arn_split(name, &parts) && str_is(parts.at[ARN_RESOURCE], "root") &&
                    str_eq(parts.at[ARN_ACCOUNT], other);
        if (!lint_may_compare(l, other.len))
            return;
        if (o == v || !node_is_string(o))
            continue;
        if (root || (str_is(other, "*") && !str_is(name, "*"))) {
            lint_report(l, v, "covered by \"%.*s\"", STR_ARG(lint_shown(other)));
            return;
        }
    }
}

static void principal_redundant(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_redundant);
}

static void deny_not_principal(struct lint *l, const struct lint_statement *s)
{
    if (s->effect == EFFECT_DENY && s->not_principal)
        lint_report_key(l, s->principal, "Deny with NotPrincipal hits sessions of the roles that it lists");
}

/* ---- trust policies ---- */

static void trust_resource(struct lint *l, const struct lint_statement *s)
{
    if (s->resource)
        lint_report_key(l, s->resource, "a trust policy has no \"%.*s\"", STR_ARG(node_key(s->resource)));
}

static void trust_not_principal(struct lint *l, const struct lint_statement *s)
{
    if (s->not_principal)
        lint_report_key(l, s->principal, "a trust policy has no \"NotPrincipal\"");
}

static void trust_wildcard(struct lint *l, const struct lint_statement *s)
{
    if (node_is_string(s->principal) && str_is(node_text(s->principal), "*") && !s->not_principal)
        lint_report(l, s->principal, "a trust policy takes no \"Principal\": \"*\"");
}

static const char *const trust_actions[] = {"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity",
                                            "sts:TagSession", "sts:SetSourceIdentity",  "sts:SetContext"};

static void trust_action(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    (void)s;
    for (size_t i = 0; i < sizeof trust_actions / sizeof *trust_actions; i++)
        if (lint_action_covers(a, str_from(trust_actions[i])))
            return;
    if (a->formed && !s->not_action)
        lint_report(l, a->node, "\"%.*s\" is no action of a trust policy", STR_ARG(lint_shown(a->text)));
}

/* Which way to assume a role a principal has; the others never happen. */
static bool covers_any_other(const struct lint_statement *s, const char *action)
{
    for (size_t i = 0; i < 3; i++)
        if (lint_statement_covers(s, str_from(trust_actions[i])) && strcmp(trust_actions[i], action) != 0)
            return true;
    return false;
}

static void check_way(struct lint *l, const struct lint_statement *s, const node *by_type, const char *way)
{
    if (!lint_statement_covers(s, str_from(way)) && covers_any_other(s, way))
        lint_report_key(l, by_type, "these principals assume a role by %s, which the statement does not list", way);
}

static void trust_principal_action(struct lint *l, const struct lint_statement *s)
{
    if (s->not_action || s->not_principal)
        return;
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL)) {
        str type = node_key(by_type);
        if (str_is(type, "AWS") || str_is(type, "Service")) {
            check_way(l, s, by_type, "sts:AssumeRole");
            continue;
        }
        const node *first = values_first(by_type);
        provider p = str_is(type, "Federated") && node_is_string(first) ? provider_of(node_text(first)) : PROVIDER_NONE;
        if (p == PROVIDER_SAML)
            check_way(l, s, by_type, "sts:AssumeRoleWithSAML");
        else if (p == PROVIDER_OIDC || p == PROVIDER_DOMAIN)
            check_way(l, s, by_type, "sts:AssumeRoleWithWebIdentity");
    }
}

static void check_roles_anywhere(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    static const char *const needed[] = {"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"};
    if (!str_is(name, "rolesanywhere.amazonaws.com") || s->effect != EFFECT_ALLOW)
        return;
    for (size_t i = 0; i < 3; i++) {
        bool allowed = false;
        for (size_t k = 0; k < l->count && !allowed; k++)
            allowed = l->statements[k].effect == EFFECT_ALLOW &&
                      lint_statement_covers(&l->statements[k], str_from(needed[i]));
        if (!allowed)
            lint_report(l, v, "IAM Roles Anywhere needs %s too", needed[i]);
    }
}

static void trust_roles_anywhere(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Service", check_roles_anywhere);
}

/* ---- trust in providers of identities ---- */

/* The host and path of an OIDC provider, by which its keys begin; empty: it is none. */
static str issuer_of(str name)
{
    struct arn_parts parts;
    if (arn_split(name, &parts))
        return str_starts(parts.at[ARN_RESOURCE], STR("oidc-provider/"))
                   ? str_from_index(parts.at[ARN_RESOURCE], strlen("oidc-provider/"))
                   : (str){0};
    return provider_of(name) == PROVIDER_DOMAIN ? name : (str){0};
}

/* The condition on `issuer`:`claim`; claim NULL: on any claim. Positive ones only. */
static const struct lint_condition *find_claim(const struct lint_statement *s, str issuer, const char *claim)
{
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct lint_condition *c = &s->conditions[i];
        bool of = c->key.len > issuer.len && c->key.ptr[issuer.len] == ':' &&
                  str_eq_nocase(str_head(c->key, issuer.len), issuer);
        bool positive = c->op && !c->op->negated && c->op->type != OPERAND_NULL;
        if (of && positive && (!claim || str_eq_nocase(str_from_index(c->key, issuer.len + 1), str_from(claim))))
            return c;
    }
    return NULL;
}

#define GITHUB STR("token.actions.githubusercontent.com")

static void check_oidc(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    str issuer = issuer_of(name);
    if (issuer.len && s->effect == EFFECT_ALLOW && !find_claim(s, issuer, NULL))
        lint_report(l, v, "anyone who signs in at %.*s may assume the role", STR_ARG(lint_shown(issuer)));
}

static void trust_oidc_no_condition(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Federated", check_oidc);
}

static void check_github(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    static const char *const claims[] = {
        "sub", "repository", "repository_id", "repository_owner_id", "job_workflow_ref", "enterprise_id"};
    if (!str_eq_nocase(issuer_of(name), GITHUB) || s->effect != EFFECT_ALLOW || !find_claim(s, GITHUB, NULL))
        return;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (find_claim(s, GITHUB, claims[i]))
            return;
    lint_report(l, v, "workflows of any repository on GitHub may assume the role");
}

static void trust_github_sub(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Federated", check_github);
}

/* repo:OWNER/REPOSITORY:...; anything that leaves owner or repository open. */
static void trust_github_wildcard(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                                  const node *v)
{
    str rest = node_text(v);
    if (!str_eq_nocase(c->key, STR("token.actions.githubusercontent.com:sub")) || s->effect != EFFECT_ALLOW || !c->op ||
        !c->op->wildcards || c->op->negated)
        return;
    bool repo = str_starts(rest, STR("repo:"));
    (void)str_cut(&rest, ':');
    str name = str_cut(&rest, ':'), owner = str_cut(&name, '/');
    if (pattern_is_wild(node_text(v)) && (!repo || pattern_is_wild(owner) || !name.len || pattern_is_wild(name)))
        lint_report(l, v, "\"%.*s\" leaves the repository open", STR_ARG(lint_shown(node_text(v))));
}

static void check_audience(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    str issuer = issuer_of(name);
    if (issuer.len && s->effect == EFFECT_ALLOW && find_claim(s, issuer, "sub") && !find_claim(s, issuer, "aud"))
        lint_report(l, v, "the audience of the token is not tested");
}

static void trust_audience(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "Federated", check_audience);
}

/* ---- trust in other accounts ---- */

static bool is_root_of_other(const struct lint *l, str name)
{
    struct principal_name n = principal_name_of(name);
    return n.kind == NAMES_ROOT && str_is_account_id(n.account) && !str_eq(n.account, l->options->account);
}

static void check_cross_account(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    static const char *const keys[] = {"sts:ExternalId",   "aws:PrincipalOrgID",         "aws:PrincipalOrgPaths",
                                       "aws:PrincipalArn", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"};
    if (!l->options->account.len || s->effect != EFFECT_ALLOW || !is_root_of_other(l, name))
        return;
    for (size_t i = 0; i < s->condition_count; i++)
        if (KEY_IS_ONE_OF(s->conditions[i].key, keys))
            return;
    lint_report(l, v, "everyone whom account %.*s lets may assume this role", STR_ARG(principal_name_of(name).account));
}

static void trust_cross_account(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_cross_account);
}

/* Roles that Organizations and Control Tower make for the management account, by their names. */
static bool is_access_role(str path)
{
    return str_find(path, STR("OrganizationAccountAccessRole")) != SIZE_MAX ||
           str_find(path, STR("AWSControlTowerExecution")) != SIZE_MAX;
}

static void check_access_role(struct lint *l, const struct lint_statement *s, const node *v, str name)
{
    str account = principal_name_of(name).account, management = l->options->management_account;
    bool of_management = management.len && str_eq(account, management) && !str_eq(management, l->options->account);
    if (s->effect != EFFECT_ALLOW ||
        (!of_management &&
         !((is_access_role(l->source->file) || is_access_role(l->name)) && is_root_of_other(l, name))))
        return;
    lint_report(l, v, "the management account %.*s gets in here, also once this account has left its organization",
                STR_ARG(account));
}

static void org_access_role(struct lint *l, const struct lint_statement *s)
{
    each_name(l, s, "AWS", check_access_role);
}

#define REFUSED "AWS refuses the policy (IAM User Guide, \"AWS JSON policy elements: Principal\")."

/* clang-format off */
static const struct lint_check rows[] = {
    {"principal-format", LINT_ERROR, O | R | T,
     "Principal is neither \"*\" nor an object",
     REFUSED,
     "write \"*\", or {\"AWS\": …}, {\"Service\": …}, {\"Federated\": …}",
     .statement = principal_format},
    {"principal-key", LINT_ERROR, O | T,
     "A kind of principal that does not exist",
     REFUSED,
     "write AWS, Service, Federated or CanonicalUser",
     .statement = principal_key},
    {"principal-arn", LINT_ERROR, O | T,
     "An AWS principal that is none",
     REFUSED,
     "write \"*\", 12 digits, or the ARN of a root, user, role or session",
     .statement = principal_arn},
    {"principal-wildcard", LINT_ERROR, O | T,
     "A wildcard in a principal",
     "AWS refuses it: \"*\" stands alone, a part of a name it does not match.",
     "write {\"AWS\": \"*\"} and test aws:PrincipalArn with ArnLike in Condition",
     .statement = principal_wildcard},
    {"principal-service", LINT_ERROR, O | T,
     "A service principal that is none",
     REFUSED,
     "write the name that the service documents, such as ec2.amazonaws.com",
     .statement = principal_service},
    {"principal-federated", LINT_ERROR, T,
     "An identity provider that is none",
     REFUSED,
     "write the ARN of the OIDC or SAML provider in IAM, or its domain",
     .statement = principal_federated},
    {"principal-federated-unsupported", LINT_ERROR, O,
     "An identity provider outside of a trust policy",
     "Sessions of a provider reach resources as the role that they assumed.",
     "name the role",
     .statement = principal_federated_unsupported},
    {"principal-unique-id", LINT_WARNING, O | T,
     "A principal that was deleted",
     "AWS shows the id in place of the ARN of a user or role that is gone; nobody has it, and a new one of the same "
     "name has another.",
     "remove it, or write the ARN of the new one",
     .statement = principal_unique_id},
    {"principal-public", LINT_SECURITY_WARNING, O | T,
     "Everyone is allowed",
     "\"*\" is every account and, in resource policies, every stranger; no condition says who.",
     "name the principals, or test aws:PrincipalOrgID, aws:SourceArn or alike",
     .statement = principal_public},
    {"principal-service-no-source", LINT_SECURITY_WARNING, O,
     "A service that may act on anyone's behalf",
     "Other customers can have the service call this resource (IAM User Guide, \"The confused deputy problem\").",
     "test aws:SourceArn or aws:SourceAccount",
     .statement = principal_service_no_source},
    {"principal-redundant", LINT_SUGGESTION, O | T,
     "A principal that another one covers",
     "It says nothing that the list does not say already.",
     "remove it",
     .statement = principal_redundant},
    {"deny-not-principal", LINT_WARNING, O,
     "Deny with NotPrincipal",
     "AWS advises against it: to spare a role, its account and each of its sessions must be listed too.",
     "write \"Principal\": \"*\" and test aws:PrincipalArn with ArnNotLike",
     .statement = deny_not_principal},
    {"trust-oidc-no-condition", LINT_SECURITY_WARNING, T,
     "Trust in every user of a provider",
     "Without a condition on the token, its subject or audience, everyone who has an account there gets in.",
     "test the provider's :sub and :aud",
     .silences = "trust-github-sub", .statement = trust_oidc_no_condition},
    {"trust-github-sub", LINT_SECURITY_WARNING, T,
     "Trust in every repository on GitHub",
     "The audience is the same for all of them.",
     "test token.actions.githubusercontent.com:sub, such as repo:OWNER/REPOSITORY:ref:refs/heads/main",
     .statement = trust_github_sub},
    {"trust-github-wildcard", LINT_WARNING, T,
     "Trust in repositories that nobody named",
     "Any repository that the pattern matches, one made tomorrow too, may assume the role.",
     "write owner and repository out: repo:OWNER/REPOSITORY:*",
     .value = trust_github_wildcard},
    {"trust-audience", LINT_SUGGESTION, T,
     "A token whose audience is not tested",
     "A token that was issued for another service is accepted too.",
     "test the provider's :aud, such as sts.amazonaws.com",
     .statement = trust_audience},
    {"trust-cross-account", LINT_SUGGESTION, T,
     "Trust in a whole other account",
     "Each principal whom that account allows to may assume the role. Needs --own-account.",
     "name the role there, or test sts:ExternalId or aws:PrincipalOrgID",
     .statement = trust_cross_account},
    {"org-access-role", LINT_SUGGESTION, T,
     "Trust in the management account",
     "The role lets the old organization in after the account has left it. Known by --management-account, or by the name "
     "of the role in the path.",
     "remove the trust before the account leaves, or keep it on purpose",
     .statement = org_access_role},
    {"trust-resource", LINT_ERROR, T,
     "Resource in a trust policy",
     "The resource is the role itself; AWS refuses it.",
     "remove it",
     .statement = trust_resource},
    {"trust-not-principal", LINT_ERROR, T,
     "NotPrincipal in a trust policy",
     "AWS refuses it.",
     "name the principals, or test aws:PrincipalArn in Condition",
     .statement = trust_not_principal},
    {"trust-wildcard", LINT_ERROR, T,
     "\"Principal\": \"*\" in a trust policy",
     "AWS refuses it.",
     "name the principals; for any of AWS: {\"AWS\": \"*\"} with a condition",
     .statement = trust_wildcard},
    {"trust-action", LINT_ERROR, T,
     "An action that no trust policy has",
     "A trust policy says who may assume the role: AWS refuses actions other than those of sts that do so.",
     "write sts:AssumeRole, sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity, sts:TagSession, "
     "sts:SetSourceIdentity or sts:SetContext",
     .action = trust_action},
    {"trust-principal-action", LINT_ERROR, T,
     "A principal that cannot assume the role this way",
     "Accounts and services use sts:AssumeRole, SAML providers AssumeRoleWithSAML, OIDC providers "
     "AssumeRoleWithWebIdentity: the statement allows nothing.",
     "list the action that these principals use",
     .statement = trust_principal_action},
    {"trust-roles-anywhere", LINT_ERROR, T,
     "IAM Roles Anywhere without the actions that it needs",
     "It assumes roles with sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession together.",
     "allow the three actions",
     .statement = trust_roles_anywhere},
};
/* clang-format on */
const struct check_table principal_checks = {rows, sizeof rows / sizeof *rows};
