/*
 * check_leave.c - what RCPs may hold, and what bears on leaving the organization: whether an SCP denies
 * organizations:LeaveOrganization, on purpose, by accident, or not although it says so.
 */
#include "lint/run.h"

#define S KIND_BIT(KIND_SCP)
#define R KIND_BIT(KIND_RCP)

#define LEAVE STR("organizations:LeaveOrganization")

/* Organizations is served from us-east-1 (AWS General Reference, "AWS Organizations endpoints and quotas"). */
#define LEAVE_REGION STR("us-east-1")

/* ---- RCPs (Organizations User Guide, "RCP syntax") ---- */

/* RCPFullAWSAccess, which AWS attaches itself: the one that may allow. */
static bool is_full_access(const struct lint *l)
{
    const struct lint_statement *s = l->statements;
    return l->count == 1 && s->effect == EFFECT_ALLOW && !s->condition_count && s->action_count == 1 &&
           s->actions[0].all && !s->not_action && s->resource_count == 1 && s->resources[0].all && !s->not_resource;
}

static void rcp_allow(struct lint *l, const struct lint_statement *s)
{
    if (s->effect == EFFECT_ALLOW && !is_full_access(l))
        lint_report(l, s->effect_node, "an RCP cannot allow");
}

static void rcp_principal(struct lint *l, const struct lint_statement *s)
{
    if (s->principal && (s->not_principal || !str_is(node_text(s->principal), "*")))
        lint_report_key(l, s->principal, "an RCP is about everyone: \"Principal\": \"*\"");
}

static void rcp_not_action(struct lint *l, const struct lint_statement *s)
{
    if (s->not_action)
        lint_report_key(l, s->action, "an RCP has no \"NotAction\"");
}

static void rcp_action(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    if (s->not_action || is_full_access(l))
        return;
    if (a->all)
        lint_report(l, a->node, "an RCP names the services: \"*\" alone is refused");
    else if (a->service_known && !catalog_service_has_rcps(a->service))
        lint_report(l, a->node, "RCPs do not cover the service \"%.*s\"", STR_ARG(a->service))->note =
            lint_facts_note(l);
}

/* A Deny of all whose key is not among the values: requests that lack the key are hit too. */
static const struct lint_condition *denies_others_by(const struct lint_statement *s, const char *const *keys,
                                                     size_t count)
{
    for (size_t i = 0; i < s->condition_count && s->effect == EFFECT_DENY; i++)
        for (size_t k = 0; k < count; k++)
            if (s->conditions[i].op && s->conditions[i].op->negated && key_is(s->conditions[i].key, keys[k]))
                return &s->conditions[i];
    return NULL;
}

static void rcp_service_principal(struct lint *l, const struct lint_statement *s)
{
    static const char *const keys[] = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount",
                                       "aws:PrincipalArn"};
    const struct lint_condition *c = denies_others_by(s, keys, 4);
    if (!c || lint_tests_key(s, "aws:PrincipalIsAWSService"))
        return;
    struct lint_finding *f =
        lint_report_key(l, c->node, "this also denies AWS services, which have no %.*s", STR_ARG(c->key));
    if (key_is(c->key, "aws:PrincipalArn"))
        f->severity = LINT_SUGGESTION; /* sparing a few roles: mostly actions that no service takes */
}

static void rcp_source_key(struct lint *l, const struct lint_statement *s)
{
    static const char *const keys[] = {"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount"};
    const struct lint_condition *c = denies_others_by(s, keys, 3);
    if (c && !lint_tests_key(s, "aws:PrincipalIsAWSService"))
        lint_report_key(l, c->node, "this also denies callers that are no AWS service: they have no %.*s",
                        STR_ARG(c->key));
}

/* Organizations User Guide, "Tasks and entities not restricted by SCPs". */
static void scp_service_linked_role(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                                    const node *v)
{
    if (s->effect == EFFECT_DENY && c->op && c->op->negated && key_is(c->key, "aws:PrincipalArn") &&
        str_find(node_text(v), STR(":role/aws-service-role/")) != SIZE_MAX)
        lint_report(l, v, "service-linked roles need no exemption: SCPs do not bind them");
}

/* ---- what a Deny does to LeaveOrganization ---- */

/* The worst holds: in the order of the list. */
typedef enum {
    HOLDS,   /* for every request to leave */
    EXEMPTS, /* for all but some principals */
    DEPENDS, /* on what the request brings along */
    BOUND,   /* for some principals only */
    NEVER    /* for none */
} reach;

static bool tells_who(str key)
{
    return key_begins(key, "aws:Principal") || key_begins(key, "aws:userid") || key_begins(key, "aws:username") ||
           key_begins(key, "aws:FederatedProvider");
}

/* Keys of resources, of tags to be set and of calling services: a request to leave has none of them, and no key that
 * belongs to a service. */
static bool is_absent(str key)
{
    struct catalog_key known;
    return !catalog_global_key_find(key, &known) || key_begins(key, "aws:ResourceTag/") ||
           key_begins(key, "aws:RequestTag/") || key_begins(key, "aws:TagKeys") || key_begins(key, "aws:SourceArn") ||
           key_begins(key, "aws:SourceAccount") || key_begins(key, "aws:SourceOrg");
}

static bool lists_region(const struct lint_condition *c)
{
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v)) {
        str text = node_text(v);
        if (lint_has_variable(text) || str_eq_nocase(text, LEAVE_REGION) ||
            (c->op->wildcards && glob_match(GLOB(text), LEAVE_REGION) == TRI_YES))
            return true;
    }
    return false;
}

static reach reach_of_condition(const struct lint_condition *c)
{
    if (!c->op)
        return DEPENDS;
    if (c->op->type == OPERAND_NULL) {
        bool absent;
        const node *value = values_first(c->node);
        if (!is_absent(c->key) || !value || !bool_read(value_text(value), &absent))
            return DEPENDS;
        return absent ? HOLDS : NEVER;
    }
    if (c->op->type == OPERAND_STRING && key_is(c->key, "aws:RequestedRegion"))
        return lists_region(c) != c->op->negated ? HOLDS : NEVER;
    if (is_absent(c->key))
        return c->op->negated || c->if_exists || c->set == SET_FOR_ALL ? HOLDS : NEVER;
    if (tells_who(c->key) && c->op->type != OPERAND_BOOL)
        return c->op->negated ? EXEMPTS : BOUND;
    return DEPENDS;
}

static reach reach_of(const struct lint_statement *s)
{
    reach worst = HOLDS;
    for (size_t i = 0; i < s->condition_count; i++) {
        reach r = reach_of_condition(&s->conditions[i]);
        worst = r > worst ? r : worst;
    }
    return worst;
}

/* LeaveOrganization has no resource but "*". */
static bool covers_every_resource(const struct lint_statement *s)
{
    bool all = false;
    for (size_t i = 0; i < s->resource_count; i++)
        all |= s->resources[i].all;
    return s->resource && all != s->not_resource;
}

/* The entry of Action that speaks of organizations, or of everything at once. NULL: none does. */
static const struct lint_action *named_by(const struct lint_statement *s)
{
    for (size_t i = 0; i < s->action_count && !s->not_action; i++) {
        const struct lint_action *a = &s->actions[i];
        if (lint_action_covers(a, LEAVE) && (a->all || !a->service_wild))
            return a;
    }
    return NULL;
}

static bool tests_region(const struct lint_statement *s)
{
    return lint_tests_key(s, "aws:RequestedRegion");
}

typedef enum { LEAVE_OPEN, LEAVE_DENIED, LEAVE_DENIED_BY_ACCIDENT } leave_effect;

static leave_effect effect_on_leaving(const struct lint_statement *s)
{
    const struct lint_action *named = named_by(s);
    if (s->effect != EFFECT_DENY || !lint_statement_covers(s, LEAVE) || !covers_every_resource(s) ||
        reach_of(s) > EXEMPTS)
        return LEAVE_OPEN;
    return named && !(named->all && tests_region(s)) ? LEAVE_DENIED : LEAVE_DENIED_BY_ACCIDENT;
}

static void leave_denied(struct lint *l, const struct lint_statement *s)
{
    if (effect_on_leaving(s) != LEAVE_DENIED)
        return;
    bool exempts = reach_of(s) == EXEMPTS;
    lint_report(l, named_by(s)->node,
                exempts ? "this SCP lets only exempted principals leave the organization"
                        : "this SCP lets nobody leave the organization");
}

static void leave_denied_by_accident(struct lint *l, const struct lint_statement *s)
{
    if (effect_on_leaving(s) != LEAVE_DENIED_BY_ACCIDENT)
        return;
    struct lint_finding *f =
        lint_report(l, s->action, "this Deny covers organizations:LeaveOrganization without naming it");
    if (tests_region(s))
        f->note = STR("AWS Organizations is served from us-east-1: a lock to other Regions shuts it off.");
    f->help = s->not_action ? STR("add \"organizations:LeaveOrganization\" to NotAction, if accounts are to leave")
                            : STR("list us-east-1, or use NotAction for the services that have no Region");
}

/* An allow list: some Allow, and none that covers it. */
static void leave_not_allowed(struct lint *l)
{
    const struct lint_statement *first = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const struct lint_statement *s = &l->statements[i];
        if (s->effect != EFFECT_ALLOW || !s->action)
            continue;
        if (lint_statement_covers(s, LEAVE))
            return;
        first = first ? first : s;
    }
    if (!first)
        return;
    l->statement = first;
    struct lint_finding *f =
        lint_report(l, first->action, "this allow list leaves organizations:LeaveOrganization implicitly denied");
    f->note =
        STR("Root, OUs and account each need an Allow; this holds where FullAWSAccess is not attached beside it.");
    f->help = STR("add \"organizations:LeaveOrganization\", or attach FullAWSAccess beside it");
    l->statement = NULL;
}

/* ---- a Deny that says so and does not ---- */

enum { NEAR = 6 }; /* letters by which it may differ, before the catalogue is asked */

/* The entry that means LeaveOrganization, be it misspelt. */
static const struct lint_action *meant_by(struct lint *l, const struct lint_statement *s, bool *misspelt)
{
    for (size_t i = 0; i < s->action_count && !s->not_action; i++) {
        const struct lint_action *a = &s->actions[i];
        bool literal = !a->all && !a->service_wild && a->name.len >= 5 && key_begins(a->name, "leave");
        *misspelt = a->formed && !a->wild && a->index == CATALOG_NONE && str_distance(a->text, LEAVE, NEAR) <= NEAR &&
                    str_eq(lint_near_action(l, a->text), LEAVE);
        if (*misspelt || (literal && lint_action_covers(a, LEAVE)))
            return a;
    }
    return NULL;
}

static void leave_deny_ineffective(struct lint *l, const struct lint_statement *s)
{
    bool misspelt = false;
    const struct lint_action *meant = s->effect == EFFECT_DENY ? meant_by(l, s, &misspelt) : NULL;
    if (!meant)
        return;
    if (misspelt && !lint_statement_covers(s, LEAVE)) {
        lint_report(l, meant->node, "this Deny does not keep accounts from leaving: the action is misspelt")->help =
            STR("write \"organizations:LeaveOrganization\"");
        return;
    }
    if (!covers_every_resource(s) && s->resource) {
        lint_report(l, s->resource,
                    "this Deny does not keep accounts from leaving: the action has no resource but \"*\"")
            ->help = STR("write \"Resource\": \"*\"");
        return;
    }
    for (size_t i = 0; i < s->condition_count; i++)
        if (reach_of_condition(&s->conditions[i]) == NEVER) {
            lint_report_key(l, s->conditions[i].node,
                            "this Deny does not keep accounts from leaving: the condition never holds for it");
            return;
        }
}

/* ---- region locks ---- */

/* Served from one Region (AWS General Reference, "Service endpoints"). */
static const char *const global_services[] = {"account", "cloudfront", "iam", "organizations", "route53", "support"};

static bool lists_service(const struct lint_statement *s, const char *service)
{
    for (size_t i = 0; i < s->action_count; i++)
        if (s->actions[i].all || glob_match_nocase(GLOB(s->actions[i].service), str_from(service)) == TRI_YES)
            return true;
    return false;
}

static bool is_region_lock(const struct lint_condition *c)
{
    return c->op && c->op->negated && c->op->type == OPERAND_STRING && key_is(c->key, "aws:RequestedRegion");
}

static void region_deny_global(struct lint *l, const struct lint_statement *s, const struct lint_condition *c)
{
    if (s->effect != EFFECT_DENY || !s->not_action || !is_region_lock(c) || lists_region(c) ||
        !covers_every_resource(s))
        return;
    str missing = {0};
    for (size_t i = 0; i < sizeof global_services / sizeof *global_services; i++)
        if (!lists_service(s, global_services[i]))
            missing = arena_printf(l->arena, "%.*s%s%s", STR_ARG(missing), missing.len ? ", " : "", global_services[i]);
    if (missing.len && !str_is(missing, "organizations")) /* of that leave-denied-by-accident tells */
        lint_report(l, s->action, "this Region lock shuts off global services: %.*s", STR_ARG(missing));
}

/* ---- conditions that turn on the organization ---- */

static void org_condition(struct lint *l, const struct lint_statement *s, const struct lint_condition *c)
{
    static const char *const keys[] = {"aws:PrincipalOrgID",   "aws:PrincipalOrgPaths", "aws:ResourceOrgID",
                                       "aws:ResourceOrgPaths", "aws:SourceOrgID",       "aws:SourceOrgPaths",
                                       "aws:VpceOrgID",        "aws:VpceOrgPaths"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!key_is(c->key, keys[i]) || !c->op)
            continue;
        bool allow = s->effect == EFFECT_ALLOW, negated = c->op->negated;
        lint_report_key(l, c->node, "once an account has left, this %s %s for it", allow ? "Allow" : "Deny",
                        allow != negated ? "no longer holds" : "begins to hold");
        return;
    }
}

#define ACROSS     (KIND_BIT(KIND_IDENTITY) | KIND_BIT(KIND_BOUNDARY) | KIND_BIT(KIND_RESOURCE) | KIND_BIT(KIND_TRUST))
#define RCP_SYNTAX "AWS refuses the policy (Organizations User Guide, \"RCP syntax\")."

/* clang-format off */
static const struct lint_check rows[] = {
    {"rcp-allow", LINT_ERROR, R,
     "An RCP that allows",
     RCP_SYNTAX " RCPFullAWSAccess alone does.",
     "write \"Deny\" and turn the condition round",
     .statement = rcp_allow},
    {"rcp-principal", LINT_ERROR, R,
     "An RCP for some principals",
     RCP_SYNTAX,
     "write \"Principal\": \"*\" and test aws:PrincipalArn or aws:PrincipalAccount in Condition",
     .statement = rcp_principal},
    {"rcp-not-action", LINT_ERROR, R,
     "NotAction in an RCP",
     RCP_SYNTAX,
     "list the actions",
     .statement = rcp_not_action},
    {"rcp-action", LINT_ERROR, R,
     "An action that RCPs do not cover",
     RCP_SYNTAX " RCPs cover some services only.",
     "name services that RCPs cover, such as \"s3:*\"",
     .action = rcp_action},
    {"rcp-service-principal", LINT_WARNING, R,
     "A Deny that also hits AWS services",
     "A service that calls on its own behalf has no principal of an account: logs, events and backups stop.",
     "add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}",
     .statement = rcp_service_principal},
    {"rcp-source-key", LINT_WARNING, R,
     "A Deny of services that also hits everyone else",
     "Only requests of AWS services have the key: a negated operator holds for all others.",
     "add \"Bool\": {\"aws:PrincipalIsAWSService\": \"true\"} and \"Null\": {\"aws:SourceAccount\": \"false\"}",
     .statement = rcp_source_key},
    {"scp-service-linked-role", LINT_SUGGESTION, S,
     "An exemption that is not needed",
     "SCPs do not restrict service-linked roles (Organizations User Guide, \"Service control policies\").",
     "remove the value",
     .value = scp_service_linked_role},
    {"leave-denied", LINT_SUGGESTION, S,
     "The SCP denies leaving the organization",
     "Usually meant. Where it is attached, the routes leave/api and leave/console are closed; the management account "
     "can still remove the account.",
     "to let an account leave, detach it there or exempt the role that leaves",
     .statement = leave_denied},
    {"leave-denied-by-accident", LINT_WARNING, S,
     "The SCP denies leaving without naming it",
     "Accounts below cannot leave by themselves, though nobody wrote so.",
     "name organizations:LeaveOrganization where it belongs",
     .document = leave_not_allowed, .statement = leave_denied_by_accident},
    {"leave-deny-ineffective", LINT_SECURITY_WARNING, S,
     "A Deny of leaving that does not deny it",
     "The statement names organizations:LeaveOrganization and never applies to it.",
     "correct what never matches",
     .silences = "deny-never-matches action-needs-star", .statement = leave_deny_ineffective},
    {"region-deny-global", LINT_WARNING, S,
     "A Region lock that shuts off global services",
     "They are served from us-east-1 and have no other Region: every call to them is denied.",
     "add them to NotAction, or list us-east-1",
     .condition = region_deny_global},
    {"org-condition", LINT_SUGGESTION, ACROSS,
     "A condition that turns on the organization",
     "It changes its meaning on the day the account leaves: an Allow by it stops, a Deny with a negated operator "
     "begins.",
     "before an account leaves, test the account ids that are to have access instead",
     .condition = org_condition},
};
/* clang-format on */
const struct check_table leave_checks = {rows, sizeof rows / sizeof *rows};
