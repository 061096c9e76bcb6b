/* check_keys.c - conditions that do not ask what their author thinks: by the type and the number of values of a key, by
 * who sends it, by what the rest of the statement says. */
#include "base/clock.h"
#include "lint/run.h"
#include "policy/scalar.h"

#define ON_CONDITION struct lint *l, const struct lint_statement *s, const struct lint_condition *c
#define ON_VALUE     ON_CONDITION, const node *v

#define I KIND_BIT(KIND_IDENTITY)
#define O KIND_BIT(KIND_RESOURCE)
#define R KIND_BIT(KIND_RCP)
#define T KIND_BIT(KIND_TRUST)

/* It asks for a value, and an absent key does not do. */
static bool is_positive(const struct lint_condition *c)
{
    return c->op && c->op->type != OPERAND_NULL && !c->op->negated && !c->if_exists && c->set != SET_FOR_ALL;
}

static bool is_null_test(const struct lint_condition *c, bool absent)
{
    bool value;
    const node *first = values_first(c->node);
    return c->op && c->op->type == OPERAND_NULL && first && bool_read(value_text(first), &value) && value == absent;
}

static bool has_null_test(const struct lint_statement *s, const char *key)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (key_is(s->conditions[i].key, key) && s->conditions[i].op && s->conditions[i].op->type == OPERAND_NULL)
            return true;
    return false;
}

/* ---- operators and sets ---- */

static void condition_null_set(struct lint *l, const struct lint_statement *s)
{
    for (NODE_EACH(by_operator, s->condition)) {
        str name = node_key(by_operator);
        bool all = str_eq_nocase(name, STR("ForAllValues:Null"));
        if (all || str_eq_nocase(name, STR("ForAnyValue:Null")))
            lint_report_key(l, by_operator, all ? "ForAllValues:Null always holds" : "ForAnyValue:Null never holds");
    }
}

static void condition_forall_single(ON_CONDITION)
{
    (void)s;
    if (c->op && c->set == SET_FOR_ALL && c->known && c->fact.values == KEY_HAS_ONE)
        lint_report_key(l, c->node, "ForAllValues on %.*s, which has one value: it also holds when the key is absent",
                        STR_ARG(lint_shown(c->key)));
}

/* Lists of what a request brings along (tags, grants) are limited this way on purpose: none is fine. */
static bool is_of_caller(str key)
{
    struct catalog_key known;
    return (catalog_global_key_find(key, &known) && !key_is(key, "aws:TagKeys")) ||
           str_eq_nocase(key, STR("dynamodb:LeadingKeys"));
}

static void condition_forall_allow(ON_CONDITION)
{
    if (!is_of_caller(c->key))
        return;
    if (s->effect != EFFECT_ALLOW || !c->op || c->set != SET_FOR_ALL || !c->known || c->fact.values != KEY_HAS_SET)
        return;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct lint_condition *other = &s->conditions[i];
        if (str_eq_nocase(other->key, c->key) && (is_positive(other) || is_null_test(other, false)))
            return;
    }
    lint_report_key(l, c->node, "this Allow also holds for requests without %.*s", STR_ARG(lint_shown(c->key)));
}

/* ---- types ---- */

/* What an operator of a type makes of a key of another: anything but nonsense is let be. */
static bool fits(operand_type op, catalog_key_type key)
{
    switch (op) {
    case OPERAND_STRING:
    case OPERAND_NULL:
    case OPERAND_BINARY: return true;
    case OPERAND_ARN: return key == KEY_ARN || key == KEY_STRING;
    case OPERAND_NUMBER: return key == KEY_NUMBER || key == KEY_DATE;
    case OPERAND_DATE: return key == KEY_DATE;
    case OPERAND_BOOL: return key == KEY_BOOL || key == KEY_STRING;
    case OPERAND_IP: return key == KEY_IP;
    }
    return true;
}

static void condition_type(ON_CONDITION)
{
    static const char *const types[] = {"a text", "a number",   "a date", "true or false",
                                        "binary", "an address", "an ARN"};
    (void)s;
    if (!c->op || !c->known)
        return;
    bool range = false;
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
        range |= str_find_char(value_text(v), '/') != SIZE_MAX;
    if (!fits(c->op->type, c->fact.type) || (c->op->type == OPERAND_STRING && c->fact.type == KEY_IP && range))
        lint_report_key(l, c->node, "%.*s is %s; %.*s compares otherwise", STR_ARG(lint_shown(c->key)),
                        types[c->fact.type], STR_ARG(node_key(c->operator_node)));
}

static void condition_type_string_arn(ON_CONDITION)
{
    (void)s;
    if (c->op && c->op->type == OPERAND_STRING && c->known && c->fact.type == KEY_ARN &&
        !key_is(c->key, "aws:PrincipalArn") && !(key_is(c->key, "aws:SourceArn") && c->op->wildcards))
        lint_report_key(l, c->node, "%.*s is an ARN; ArnLike would compare field by field",
                        STR_ARG(lint_shown(c->key)));
}

static bool is_plain(const node *v)
{
    return !lint_has_variable(value_text(v));
}

static void condition_value_boolean(ON_VALUE)
{
    bool value;
    (void)s;
    if (c->op && c->op->type == OPERAND_BOOL && is_plain(v) && !bool_read(value_text(v), &value))
        lint_report(l, v, "\"%.*s\" is neither true nor false", STR_ARG(lint_shown(value_text(v))));
}

static void condition_value_number(ON_VALUE)
{
    struct decimal number;
    (void)s;
    if (c->op && c->op->type == OPERAND_NUMBER && is_plain(v) && decimal_read(value_text(v), &number) == TRI_NO)
        lint_report(l, v, "\"%.*s\" is no number", STR_ARG(lint_shown(value_text(v))));
}

static void condition_value_arn(ON_VALUE)
{
    str flat = pattern_flat(l->arena, value_text(v));
    (void)s;
    if (c->op && c->op->type == OPERAND_ARN && !arn_has_parts(flat) && !pattern_is_all(flat))
        lint_report(l, v, "\"%.*s\" has not the six fields of an ARN", STR_ARG(lint_shown(value_text(v))));
}

static void condition_wildcard_literal(ON_VALUE)
{
    str text = value_text(v);
    (void)s;
    bool is_principal = key_is(c->key, "lambda:Principal") && pattern_is_all(text); /* "*" as the request names it */
    if (c->op && c->op->type == OPERAND_STRING && !c->op->wildcards && !lint_has_variable(text) && !is_principal &&
        str_find_char(text, '*') != SIZE_MAX)
        lint_report(l, v, "%.*s takes \"*\" literally", STR_ARG(node_key(c->operator_node)));
}

/* ---- addresses ---- */

static bool host_bits(const struct ip_range *r)
{
    for (unsigned bit = r->bits; bit < 8 * r->size; bit++)
        if (r->bytes[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

static void condition_ip_host_bits(ON_VALUE)
{
    struct ip_range range;
    (void)s;
    if (c->op && c->op->type == OPERAND_IP && ip_read(value_text(v), &range) && host_bits(&range))
        lint_report(l, v, "\"%.*s\" has bits set below its mask", STR_ARG(lint_shown(value_text(v))));
}

/* ---- values that say nothing ---- */

static void condition_value_redundant(ON_CONDITION)
{
    (void)s;
    if (!c->op || c->op->type == OPERAND_NULL || !node_is_list(c->node))
        return;
    for (NODE_EACH(v, c->node))
        for (NODE_EACH(other, c->node)) {
            str text = value_text(v), wide = value_text(other);
            if (other == v || !lint_may_compare(l, text.len * wide.len))
                break;
            bool same = str_eq(text, wide);
            if (same || (c->op->wildcards && !lint_has_variable(wide) && pattern_covers(wide, text))) {
                lint_report(l, v, same ? "the value stands in the list already" : "covered by \"%.*s\"",
                            STR_ARG(lint_shown(wide)));
                break;
            }
        }
}

/* ---- who is asked ---- */

static void condition_mfa(ON_CONDITION)
{
    bool value, allow = s->effect == EFFECT_ALLOW;
    const node *first = values_first(c->node);
    if (!key_is(c->key, "aws:MultiFactorAuthPresent") || !c->op || !first)
        return;
    if (is_null_test(c, false) && allow) {
        lint_report_key(l, c->node, "that the key is there says nothing: it may be false");
        return;
    }
    if (c->op->type != OPERAND_BOOL || !bool_read(value_text(first), &value))
        return;
    if (allow && value && c->if_exists)
        lint_report_key(l, c->node, "BoolIfExists also allows requests with long-term keys, which have no such key");
    else if (allow && !value && !c->if_exists)
        lint_report_key(l, c->node, "this allows only requests without MFA");
    else if (s->effect == EFFECT_DENY && !value && !c->if_exists && !has_null_test(s, "aws:MultiFactorAuthPresent"))
        lint_report_key(l, c->node, "Bool does not deny requests with long-term keys, which have no such key");
}

static void condition_spoofable(struct lint *l, const struct lint_statement *s)
{
    if (s->effect != EFFECT_ALLOW || !s->condition_count)
        return;
    for (size_t i = 0; i < s->condition_count; i++)
        if (!key_is(s->conditions[i].key, "aws:Referer") && !key_is(s->conditions[i].key, "aws:UserAgent"))
            return;
    lint_report_key(l, s->conditions[0].node, "%.*s is what the caller says: anyone can send it",
                    STR_ARG(s->conditions[0].key));
}

static void condition_paired_key(ON_CONDITION)
{
    if (key_is(c->key, "aws:VpcSourceIp") && !lint_tests_key(s, "aws:SourceVpc") &&
        !lint_tests_key(s, "aws:SourceVpce") && !lint_tests_key(s, "aws:SourceVpcArn"))
        lint_report_key(l, c->node, "every VPC may have that private address: aws:SourceVpc is missing");
}

/* An ARN whose account is written out is closed enough. */
static bool account_is_given(str arn)
{
    struct arn_parts parts;
    return arn_split(arn, &parts) && !pattern_is_wild(parts.at[ARN_ACCOUNT]) && parts.at[ARN_ACCOUNT].len;
}

/* Keys that tell who calls, or for whom: a value that leaves them open lets everyone in. */
static void condition_wildcard_sensitive(ON_VALUE)
{
    static const char *const keys[] = {"aws:PrincipalOrgID", "aws:SourceOrgID",     "aws:PrincipalAccount",
                                       "aws:SourceAccount",  "aws:ResourceAccount", "aws:SourceArn",
                                       "aws:userid"};
    str flat = pattern_flat(l->arena, value_text(v));
    size_t fixed = 0;
    if (!KEY_IS_ONE_OF(c->key, keys) || s->effect != EFFECT_ALLOW || !c->op || !c->op->wildcards || c->op->negated ||
        !pattern_is_wild(flat) || lint_has_variable(value_text(v)))
        return;
    str own = str_starts(flat, STR("arn:aws:")) ? str_from_index(flat, 8) : flat;
    while (fixed < own.len && own.ptr[fixed] != '*' && own.ptr[fixed] != '?')
        fixed++;
    if (fixed < 6 && !(own.ptr != flat.ptr && account_is_given(flat)))
        lint_report(l, v, "\"%.*s\" lets nearly everyone through", STR_ARG(lint_shown(value_text(v))));
}

/* Calls of a service on its own behalf have no principal of an account, and come from no address or VPC of it. */
static void condition_key_service_principal(ON_CONDITION)
{
    static const char *const keys[] = {
        "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:SourceIp",
        "aws:SourceVpc",      "aws:SourceVpce",        "aws:userid",       "aws:username"};
    bool listed = key_begins(c->key, "aws:PrincipalTag/") || KEY_IS_ONE_OF(c->key, keys), service = false;
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL)) {
        if (!str_is(node_key(by_type), "Service"))
            return;
        service = true;
    }
    if (listed && service && s->effect == EFFECT_ALLOW && !s->not_principal && is_positive(c))
        lint_report_key(l, c->node, "requests of a service have no %.*s: this Allow never holds",
                        STR_ARG(lint_shown(c->key)));
}

static void condition_key_deprecated(ON_CONDITION)
{
    (void)s;
    if (key_is(c->key, "aws:ARN"))
        lint_report_key(l, c->node, "aws:ARN has been withdrawn")->help = STR("write aws:PrincipalArn");
}

/* ---- what the actions send ---- */

static bool entry_has_key(const struct lint_action *a, str key)
{
    if (a->index != CATALOG_NONE)
        return catalog_action_has_key(a->index, key);
    if (!a->formed || a->all || a->service_wild || !a->service_known)
        return true; /* not known */
    struct catalog_range of = catalog_service_actions(a->service);
    bool any = false;
    for (uint32_t i = of.first; i < of.end; i++)
        if (glob_match_nocase(GLOB(a->name), catalog_action_name(i)) == TRI_YES) {
            any = true;
            if (catalog_action_has_key(i, key))
                return true;
        }
    return !any;
}

/* A key of a service whose facts are not whole, with an action of that service: it may send more than they tell. */
static bool may_send_more(const struct lint_statement *s, str key)
{
    str prefix = str_head(key, str_find_char(key, ':'));
    for (size_t i = 0; i < s->action_count && !lint_facts_are_whole(prefix); i++)
        if (str_eq_nocase(s->actions[i].service, prefix))
            return true;
    return false;
}

static void condition_key_unsupported(ON_CONDITION)
{
    struct catalog_key key;
    bool tag = key_begins(c->key, "aws:RequestTag/") || key_begins(c->key, "aws:ResourceTag/") ||
               key_is(c->key, "aws:TagKeys");
    bool global = catalog_global_key_find(c->key, &key);
    if (!c->known || (global && !tag) || !is_positive(c) || s->not_action || !s->action_count ||
        str_find_char(str_head(c->key, str_find_char(c->key, ':')), '.') != SIZE_MAX || key_begins(c->key, "saml:"))
        return;
    for (size_t i = 0; i < s->action_count; i++)
        if (entry_has_key(&s->actions[i], c->key))
            return;
    struct lint_finding *f = lint_report_key(l, c->node, "none of the actions sends %.*s: the condition never holds",
                                             STR_ARG(lint_shown(c->key)));
    f->note = lint_facts_note(l);
    if (tag || may_send_more(s, c->key))
        f->severity = LINT_SUGGESTION; /* of tags the facts are thin too */
    else if (s->effect == EFFECT_DENY)
        f->severity = LINT_SECURITY_WARNING;
}

/* Keys that belong to one action, and are of no use without it. */
static void condition_missing_action(ON_CONDITION)
{
    static const struct {
        const char *key, *action;
    } rows[] = {
        {"iam:PassedToService",       "iam:PassRole"               },
        {"iam:AssociatedResourceArn", "iam:PassRole"               },
        {"iam:AWSServiceName",        "iam:CreateServiceLinkedRole"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!key_is(c->key, rows[i].key) || !c->op || s->not_action || !s->action_count)
            continue;
        for (size_t k = 0; k < s->action_count; k++)
            if (entry_has_key(&s->actions[k], c->key))
                return;
        struct lint_finding *f = lint_report_key(l, c->node, "%s belongs to %s, which the statement does not list",
                                                 rows[i].key, rows[i].action);
        if (s->effect == EFFECT_DENY && is_positive(c))
            f->severity = LINT_SECURITY_WARNING;
    }
}

/* The services that tell whose endpoint or VPC a request came through (IAM User Guide, "aws:VpceAccount" and
 * "aws:SourceVpcArn", as of September 2026). */
static bool tells_endpoint(str service)
{
    static const char *const services[] = {"acm-pca",
                                           "applicationinsights",
                                           "apprunner",
                                           "athena",
                                           "cloudformation",
                                           "comprehendmedical",
                                           "compute-optimizer",
                                           "datasync",
                                           "discovery",
                                           "ebs",
                                           "ecr",
                                           "ecs",
                                           "firehose",
                                           "healthlake",
                                           "iam",
                                           "iotfleetwise",
                                           "iotwireless",
                                           "kinesisanalytics",
                                           "kms",
                                           "lambda",
                                           "medical-imaging",
                                           "omics",
                                           "payment-cryptography",
                                           "polly",
                                           "rbin",
                                           "rekognition",
                                           "route53",
                                           "s3",
                                           "scheduler",
                                           "servicediscovery",
                                           "servicequotas",
                                           "ssm-contacts",
                                           "storagegateway",
                                           "textract",
                                           "transcribe",
                                           "transfer"};
    return KEY_IS_ONE_OF(service, services);
}

/* The first entry that covers an action of a service that does not send the key; NULL: none. */
static const struct lint_action *sent_by_none(const struct lint_statement *s, bool *all)
{
    const struct lint_action *found = NULL;
    *all = s->action_count > 0;
    for (size_t i = 0; i < s->action_count; i++) {
        const struct lint_action *a = &s->actions[i];
        bool silent = a->all || (a->service_known && !tells_endpoint(a->service));
        *all &= silent && !a->all;
        if (silent && !found)
            found = a;
    }
    return found;
}

static void condition_key_service_scope(ON_CONDITION)
{
    static const char *const keys[] = {"aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"};
    bool all, deny = s->effect == EFFECT_DENY;
    const struct lint_action *by = KEY_IS_ONE_OF(c->key, keys) && c->op ? sent_by_none(s, &all) : NULL;
    if (!by || s->not_action)
        return;
    if (deny && c->op->negated && !c->if_exists && !lint_tests_key(s, "aws:SourceVpce"))
        lint_report_key(l, c->node, "this also denies services that never send %.*s: \"%.*s\" covers some",
                        STR_ARG(lint_shown(c->key)), STR_ARG(lint_shown(by->text)))
            ->note = lint_facts_note(l);
    else if (all && is_positive(c))
        lint_report_key(l, c->node, "none of these services sends %.*s: the condition never holds",
                        STR_ARG(lint_shown(c->key)))
            ->note = lint_facts_note(l);
}

/* ---- dates that have passed ---- */

/* Whether the condition holds at no time from `as_of` on. */
static bool is_over(const struct lint_condition *c, instant as_of)
{
    str name = c->op ? str_from(c->op->name) : (str){0};
    bool before = key_begins(name, "DateLessThan") || key_begins(name, "NumericLessThan");
    bool on = str_is(name, "DateEquals") || str_is(name, "NumericEquals");
    size_t count = 0;
    if ((!before && !on) || c->set != SET_NONE)
        return false;
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v), count++) {
        instant at;
        if (!time_from_w3c(value_text(v), &at) && !time_from_epoch(value_text(v), &at))
            return false;
        if (instant_cmp(at, as_of) >= 0)
            return false;
    }
    return count > 0;
}

static void condition_expired(ON_CONDITION)
{
    static const char *const keys[] = {"aws:CurrentTime", "aws:EpochTime"};
    instant as_of = {.seconds = l->options->as_of};
    if (!as_of.seconds || !KEY_IS_ONE_OF(c->key, keys) || !is_over(c, as_of))
        return;
    lint_report_key(l, c->node,
                    s->effect == EFFECT_DENY ? "the date has passed: this Deny no longer protects"
                                             : "the date has passed: this Allow no longer holds");
}

/* ---- conditions that exclude each other ---- */

static bool is_literal_list(const struct lint_condition *c)
{
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
        if (lint_has_variable(value_text(v)))
            return false;
    return true;
}

/* Whether one of the values of `c` is, or matches, the text. */
static bool lists(const struct lint_condition *c, str text)
{
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
        if (c->op->wildcards ? glob_match(GLOB(value_text(v)), text) == TRI_YES : str_eq(value_text(v), text))
            return true;
    return false;
}

/* A positive list of exact texts, of which the other condition on the key leaves none. */
static bool exclude(const struct lint_condition *exact, const struct lint_condition *other)
{
    if (!is_positive(exact) || exact->op->type != OPERAND_STRING || exact->op->wildcards || exact->op->folds ||
        exact->set != SET_NONE || !is_literal_list(exact))
        return false;
    if (is_null_test(other, true))
        return true;
    if (!other->op || other->op->type != OPERAND_STRING || other->op->folds || other->set != SET_NONE ||
        !is_literal_list(other))
        return false;
    size_t left = 0, all = 0;
    for (const node *v = values_first(exact->node); v; v = values_next(exact->node, v), all++)
        left += lists(other, value_text(v)) != other->op->negated;
    return all && !left;
}

static void condition_contradiction(ON_CONDITION)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (&s->conditions[i] != c && str_eq_nocase(s->conditions[i].key, c->key) && exclude(c, &s->conditions[i])) {
            lint_report_key(l, c->node, "no request meets this and %.*s on the same key",
                            STR_ARG(node_key(s->conditions[i].operator_node)));
            return;
        }
}

/* clang-format off */
static const struct lint_check rows[] = {
    {"condition-null-set", LINT_WARNING, KINDS_ALL,
     "Null with a set operator",
     "Null asks whether a key is there, not what its values are.",
     "write \"Null\"",
     .statement = condition_null_set},
    {"condition-forall-single", LINT_SECURITY_WARNING, KINDS_ALL,
     "ForAllValues on a key with one value",
     "ForAllValues holds for a request that has no such key: an Allow is open to it, a Deny hits it.",
     "leave the set operator out",
     .silences = "condition-forall-allow", .condition = condition_forall_single},
    {"condition-forall-allow", LINT_SECURITY_WARNING, I | O,
     "An Allow that an absent key passes",
     "ForAllValues holds for a request that has no such key.",
     "add \"Null\": {\"KEY\": \"false\"}",
     .condition = condition_forall_allow},
    {"condition-type", LINT_WARNING, KINDS_ALL,
     "An operator that does not fit the key",
     "The comparison fails, or compares something else.",
     "use the operator of the key's type",
     .condition = condition_type},
    {"condition-type-string-arn", LINT_SUGGESTION, KINDS_ALL,
     "Text operators for an ARN",
     "It works; a wildcard may reach over the colons between the fields.",
     "write ArnLike",
     .condition = condition_type_string_arn},
    {"condition-value-boolean", LINT_WARNING, KINDS_ALL,
     "Bool with something else",
     "The comparison fails.",
     "write \"true\" or \"false\"",
     .value = condition_value_boolean},
    {"condition-value-number", LINT_WARNING, KINDS_ALL,
     "A number that is none",
     "The comparison fails.",
     "write a number",
     .value = condition_value_number},
    {"condition-value-arn", LINT_WARNING, KINDS_ALL,
     "An ARN operator with something else",
     "A value with fewer than six fields matches no ARN.",
     "write all six fields; \"*\" stands for any",
     .value = condition_value_arn},
    {"condition-wildcard-literal", LINT_WARNING, KINDS_ALL,
     "A wildcard under an operator that has none",
     "The value is compared as it stands: the star is a star.",
     "write StringLike or StringNotLike",
     .value = condition_wildcard_literal},
    {"condition-ip-host-bits", LINT_SUGGESTION, KINDS_ALL,
     "An address with bits below its mask",
     "AWS takes the network; the address only looks more exact.",
     "write the network's address",
     .value = condition_ip_host_bits},
    {"condition-value-redundant", LINT_SUGGESTION, KINDS_ALL,
     "A value that another one covers",
     "It says nothing that the list does not say already.",
     "remove it",
     .condition = condition_value_redundant},
    {"condition-mfa", LINT_SECURITY_WARNING, KINDS_ALL,
     "MFA that is not enforced",
     "Requests with long-term access keys have no aws:MultiFactorAuthPresent; sessions without MFA have false (IAM "
     "User Guide, \"aws:MultiFactorAuthPresent\").",
     "Allow with Bool true; Deny with BoolIfExists false",
     .condition = condition_mfa},
    {"condition-spoofable", LINT_SECURITY_WARNING, I | O | T,
     "Access by what the caller says",
     "A client sets both as it likes.",
     "test something that AWS knows: the principal, the network, the source",
     .statement = condition_spoofable},
    {"condition-paired-key", LINT_SECURITY_WARNING, KINDS_ALL,
     "A private address without its VPC",
     "Private addresses are used in every network.",
     "test aws:SourceVpc or aws:SourceVpce too",
     .condition = condition_paired_key},
    {"condition-wildcard-sensitive", LINT_SECURITY_WARNING, I | O | R | T,
     "An identifying key that is left open",
     "The condition is met by callers whom nobody meant.",
     "write the ids themselves",
     .value = condition_wildcard_sensitive},
    {"condition-key-service-principal", LINT_ERROR, O,
     "A key that requests of a service do not have",
     "The Allow never holds.",
     "test aws:SourceArn, aws:SourceAccount or aws:SourceOrgID",
     .condition = condition_key_service_principal},
    {"condition-key-deprecated", LINT_WARNING, KINDS_ALL,
     "A key that AWS has withdrawn",
     "New requests may not have it.",
     "write the key that took its place",
     .silences = "condition-key-unknown", .condition = condition_key_deprecated},
    {"condition-key-unsupported", LINT_WARNING, KINDS_ALL,
     "A key that none of the actions sends",
     "An Allow with it allows nothing, a Deny denies nothing.",
     "write a key that the actions send, or name the actions that send it",
     .condition = condition_key_unsupported},
    {"condition-missing-action", LINT_WARNING,
     I | KIND_BIT(KIND_BOUNDARY) | KIND_BIT(KIND_SCP),
     "A key of an action that is not listed",
     "Only requests for that action have the key: a condition that asks for it never holds, one that excludes it always.",
     "list the action, or move the condition to the statement that does",
     .silences = "condition-key-unsupported", .condition = condition_missing_action},
    {"condition-key-service-scope", LINT_WARNING, KINDS_ALL,
     "A key that only some services send",
     "Requests to other services lack the key: a Deny with a negated operator hits them all (IAM User Guide, "
     "\"aws:VpceOrgID\").",
     "write IfExists beside a test of aws:SourceVpce, or list the actions of services that send the key",
     .condition = condition_key_service_scope},
    {"condition-expired", LINT_WARNING, KINDS_ALL,
     "A date that has passed",
     "The statement has no effect any more.",
     "delete the statement, or write a later date",
     .condition = condition_expired},
    {"condition-contradiction", LINT_WARNING, KINDS_ALL,
     "Conditions that no request meets",
     "All conditions of a statement must hold together: this one never applies.",
     "keep one of them, or make two statements",
     .condition = condition_contradiction},
};
/* clang-format on */
const struct check_table key_checks = {rows, sizeof rows / sizeof *rows};
