/* check_conditions.c - operators, keys and values of conditions. */
#include "base/clock.h"
#include "lint/run.h"
#include "policy/scalar.h"

#define ON_VALUE     struct lint *l, const struct lint_statement *s, const struct lint_condition *c, const node *v
#define ON_CONDITION struct lint *l, const struct lint_statement *s, const struct lint_condition *c

/* Whether a text as it stands is the value: no wildcard of the operator, no variable. */
static bool is_plain(const struct lint_condition *c, str text)
{
    return !lint_has_variable(text) && !(c->op && c->op->wildcards && pattern_is_wild(text));
}

/* ---- operators ---- */

/* Null and NullIfExists are told by their own checks. */
static bool is_null_operator(str name)
{
    return str_ends(name, STR("NullIfExists"));
}

/* A set prefix and IfExists are kept; what stands between is compared with the table. */
static str operator_near(struct lint *l, str name)
{
    static const char *const prefixes[] = {"ForAllValues:", "ForAnyValue:"};
    str prefix = {0}, core = name, tail = {0};
    for (size_t i = 0; i < 2; i++)
        if (str_eq_nocase(str_head(name, strlen(prefixes[i])), str_from(prefixes[i]))) {
            prefix = str_from(prefixes[i]);
            core = str_from_index(name, prefix.len);
        }
    size_t fold = core.len > 7 ? core.len - 7 : core.len;
    for (size_t i = fold; i + 7 <= core.len + 2 && i < core.len; i++)
        if (str_distance(str_from_index(core, i), STR("IfExists"), 1) <= 1) {
            tail = STR("IfExists");
            core = str_head(core, i);
        }
    if (!tail.len && core.len > 8 && str_distance(str_from_index(core, core.len - 8), STR("IfExists"), 1) <= 1) {
        tail = STR("IfExists");
        core = str_head(core, core.len - 8);
    }
    size_t best = 3;
    str near = {0};
    for (size_t i = 0; i < operator_count; i++) {
        size_t by = str_distance(core, str_from(operators[i].name), best - 1);
        if (by < best) {
            best = by;
            near = str_from(operators[i].name);
        }
    }
    return near.len ? arena_printf(l->arena, "%.*s%.*s%.*s", STR_ARG(prefix), STR_ARG(near), STR_ARG(tail)) : (str){0};
}

static void condition_operator_unknown(struct lint *l, const struct lint_statement *s)
{
    for (NODE_EACH(by_operator, s->condition)) {
        operator_set set;
        bool if_exists;
        str name = node_key(by_operator), near;
        if (operator_find(name, &set, &if_exists) || is_null_operator(name) || str_ends(name, STR(":Null")))
            continue;
        struct lint_finding *f =
            lint_report_key(l, by_operator, "there is no operator \"%.*s\"", STR_ARG(lint_shown(name)));
        near = lint_may_compare(l, 100000) ? operator_near(l, name) : (str){0};
        if (near.len)
            f->help = lint_did_you_mean(l, near);
    }
}

static void condition_null_ifexists(struct lint *l, const struct lint_statement *s)
{
    for (NODE_EACH(by_operator, s->condition))
        if (is_null_operator(node_key(by_operator)))
            lint_report_key(l, by_operator, "Null takes no IfExists");
}

static void condition_null_value(ON_VALUE)
{
    bool value;
    (void)s;
    if (c->op && c->op->type == OPERAND_NULL && !bool_read(value_text(v), &value))
        lint_report(l, v, "Null takes true or false, not \"%.*s\"", STR_ARG(lint_shown(value_text(v))));
}

/* ---- keys ---- */

static void condition_key_format(ON_CONDITION)
{
    str name = c->key, prefix = str_cut(&name, ':');
    (void)s;
    if (!prefix.len || !name.len || str_find_char(c->key, ' ') != SIZE_MAX)
        lint_report_key(l, c->node, "\"%.*s\" is no condition key; expected prefix:Name", STR_ARG(lint_shown(c->key)));
}

/* Keys of identity providers begin with any host or path, and with saml:. */
static bool is_providers(str key)
{
    str prefix = str_head(key, str_find_char(key, ':'));
    return str_find_char(prefix, '.') != SIZE_MAX || str_find_char(prefix, '/') != SIZE_MAX ||
           str_find_char(prefix, '$') != SIZE_MAX || str_eq_nocase(prefix, STR("saml")) ||
           str_eq_nocase(prefix, STR("cognito-identity"));
}

/* "aws:PrincipalTag" and alike, the name of the tag missing: told by condition-key-tag-missing. */
static bool lacks_tag(str key)
{
    static const char *const families[] = {"aws:PrincipalTag", "aws:RequestTag", "aws:ResourceTag"};
    for (size_t i = 0; i < 3; i++)
        if (str_eq_nocase(key, str_from(families[i])) ||
            (key.len == strlen(families[i]) + 1 && str_eq_nocase(str_head(key, key.len - 1), str_from(families[i])) &&
             str_ends(key, STR("/"))))
            return true;
    return false;
}

static void condition_key_unknown(ON_CONDITION)
{
    str name = c->key, prefix = str_cut(&name, ':');
    (void)s;
    if (c->known || lint_is_added_key(l, c->key) || !prefix.len || !name.len || is_providers(c->key) ||
        lacks_tag(c->key) || str_find_char(c->key, ' ') != SIZE_MAX)
        return;
    bool global = str_eq_nocase(prefix, STR("aws"));
    struct lint_finding *f =
        lint_report_key(l, c->node, "there is no condition key \"%.*s\"", STR_ARG(lint_shown(c->key)));
    str near = lint_near_key(l, c->key);
    f->note = lint_facts_note(l);
    if (!global)
        f->severity = LINT_WARNING; /* the facts miss a few of the services' own */
    if (near.len)
        f->help = lint_did_you_mean(l, near);
}

static void condition_key_case(ON_CONDITION)
{
    (void)s;
    for (NODE_EACH(other, c->operator_node)) {
        if (other == c->node || !lint_may_compare(l, c->key.len))
            return;
        if (str_eq_nocase(node_key(other), c->key))
            lint_report_key(l, c->node, "\"%.*s\" stands here already, in other letters", STR_ARG(lint_shown(c->key)));
    }
}

static void condition_key_tag_missing(ON_CONDITION)
{
    (void)s;
    if (lacks_tag(c->key))
        lint_report_key(l, c->node, "\"%.*s\" names no tag", STR_ARG(c->key));
}

/* ---- one value or many ---- */

static void condition_multiple_boolean(ON_CONDITION)
{
    (void)s;
    if (c->op && c->op->type == OPERAND_BOOL && c->known && c->fact.values == KEY_HAS_ONE && node_is_list(c->node) &&
        node_count(c->node) > 1)
        lint_report_key(l, c->node, "%zu values for a key that is true or false", node_count(c->node));
}

static void condition_set_missing(ON_CONDITION)
{
    struct catalog_key known;
    (void)s;
    if (c->op && c->op->type != OPERAND_NULL && c->set == SET_NONE && c->known && c->fact.values == KEY_HAS_SET) {
        struct lint_finding *f = lint_report_key(
            l, c->node, "%.*s has several values: ForAllValues or ForAnyValue is missing", STR_ARG(c->key));
        if (!catalog_global_key_find(c->key, &known) &&
            !lint_facts_are_whole(str_head(c->key, str_find_char(c->key, ':'))))
            f->severity = LINT_SUGGESTION; /* AWS itself does without it for some */
    }
}

/* ---- values ---- */

static void condition_value_ip(ON_VALUE)
{
    struct ip_range range;
    (void)s;
    if (c->op && c->op->type == OPERAND_IP && !lint_has_variable(value_text(v)) && !ip_read(value_text(v), &range))
        lint_report(l, v, "\"%.*s\" is no IP address or range", STR_ARG(lint_shown(value_text(v))));
}

/* RFC 1918, RFC 6598, link-local, loopback; fc00::/7 and fe80::/10. */
static bool is_private(const struct ip_range *r)
{
    static const char *const ranges[] = {"10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                                         "169.254.0.0/16", "127.0.0.0/8",   "fc00::/7",       "fe80::/10"};
    struct ip_range known;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (ip_read(str_from(ranges[i]), &known) && ip_in(r, &known))
            return true;
    return false;
}

/* Of the values of aws:SourceIp, how many there are and how many are private. */
static size_t count_private(const struct lint_condition *c, size_t *all)
{
    struct ip_range range;
    size_t count = 0;
    *all = 0;
    if (!c->op || c->op->type != OPERAND_IP || !key_is(c->key, "aws:SourceIp"))
        return 0;
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v), ++*all)
        count += ip_read(value_text(v), &range) && is_private(&range);
    return count;
}

static void condition_ip_private(ON_CONDITION)
{
    size_t all, private = count_private(c, &all);
    (void)s;
    if (private && private == all)
        lint_report(l, c->node, "aws:SourceIp is a public address; these are private ones");
}

static void condition_ip_private_some(ON_CONDITION)
{
    size_t all, private = count_private(c, &all);
    (void)s;
    if (private && private < all)
        lint_report(l, c->node, "aws:SourceIp is a public address; %zu of these are private", private);
}

static bool is_text_operator(const struct lint_condition *c)
{
    return c->op && c->op->type == OPERAND_STRING;
}

static void condition_value_region(ON_VALUE)
{
    str text = value_text(v);
    (void)s;
    if (is_text_operator(c) && key_is(c->key, "aws:RequestedRegion") && is_plain(c, text) && !pattern_is_wild(text) &&
        !lint_is_region(text))
        lint_report(l, v, "\"%.*s\" is no Region", STR_ARG(lint_shown(text)));
}

static void condition_value_account(ON_VALUE)
{
    static const char *const keys[] = {"aws:PrincipalAccount", "aws:SourceAccount", "aws:ResourceAccount",
                                       "aws:VpceAccount"};
    str text = value_text(v);
    (void)s;
    if (is_text_operator(c) && KEY_IS_ONE_OF(c->key, keys) && is_plain(c, text) && !str_is_account_id(text) &&
        !pattern_is_wild(text))
        lint_report(l, v, "\"%.*s\" is no account id; expected 12 digits", STR_ARG(lint_shown(text)));
}

static bool is_id(str s, str prefix, size_t least, size_t most)
{
    if (!str_starts(s, prefix) || s.len < prefix.len + least || s.len > prefix.len + most)
        return false;
    for (size_t i = prefix.len; i < s.len; i++)
        if (!ascii_is_digit(s.ptr[i]) && (s.ptr[i] < 'a' || s.ptr[i] > 'z'))
            return false;
    return true;
}

/* o-…/r-…/ou-…/…/ (IAM User Guide, "aws:PrincipalOrgPaths"). */
static bool is_org_path(str s)
{
    if (!str_ends(s, STR("/")) || !is_id(str_cut(&s, '/'), STR("o-"), 10, 32) ||
        !is_id(str_cut(&s, '/'), STR("r-"), 4, 32))
        return false;
    while (s.len) {
        str part = str_cut(&s, '/');
        if (!str_starts(part, STR("ou-")))
            return false;
    }
    return true;
}

static void condition_value_org(ON_VALUE)
{
    static const char *const ids[] = {"aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:VpceOrgID"};
    static const char *const paths[] = {"aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths",
                                        "aws:VpceOrgPaths"};
    str text = value_text(v);
    (void)s;
    if (!is_text_operator(c) || lint_has_variable(text))
        return;
    bool wild = pattern_is_wild(text);
    if (KEY_IS_ONE_OF(c->key, ids) && !wild && !is_id(text, STR("o-"), 10, 32))
        lint_report(l, v, "\"%.*s\" is no organization id, such as o-a1b2c3d4e5", STR_ARG(lint_shown(text)));
    if (!KEY_IS_ONE_OF(c->key, paths))
        return;
    if (!wild && !is_org_path(text))
        lint_report(l, v, "\"%.*s\" is no path of an organization: o-ID/r-ID/ou-ID/", STR_ARG(lint_shown(text)));
    else if (wild && pattern_intersects(text, STR("o-?*/*")) == TRI_NO)
        lint_report(l, v, "\"%.*s\" matches no path of an organization: o-ID/r-ID/ou-ID/", STR_ARG(lint_shown(text)));
}

static bool is_hex_id(str s, str prefix)
{
    if (!str_starts(s, prefix) || (s.len != prefix.len + 8 && s.len != prefix.len + 17))
        return false;
    for (size_t i = prefix.len; i < s.len; i++)
        if (!ascii_is_digit(s.ptr[i]) && (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
            return false;
    return true;
}

static void condition_value_date(ON_VALUE)
{
    instant at;
    str text = value_text(v), day = str_head(text, 10);
    (void)s;
    if (!c->op || c->op->type != OPERAND_DATE || lint_has_variable(text))
        return;
    bool like = text.len > 10 && strchr("Tt ", text.ptr[10]) && time_from_w3c(day, &at); /* an offset may be missing */
    if (!like && !time_from_w3c(text, &at) && !time_from_epoch(text, &at))
        lint_report(l, v, "\"%.*s\" is no date", STR_ARG(lint_shown(text)));
}

static void condition_value_vpc(ON_VALUE)
{
    str text = value_text(v);
    bool vpc = key_is(c->key, "aws:SourceVpc"), endpoint = key_is(c->key, "aws:SourceVpce");
    (void)s;
    if (!is_text_operator(c) || (!vpc && !endpoint) || !is_plain(c, text) || pattern_is_wild(text))
        return;
    if (!is_hex_id(text, vpc ? STR("vpc-") : STR("vpce-")))
        lint_report(l, v, "\"%.*s\" is no id of a VPC%s: %s and 8 or 17 hexadecimal digits", STR_ARG(lint_shown(text)),
                    vpc ? "" : " endpoint", vpc ? "vpc-" : "vpce-");
}

/* Keys that compare with the ARN of a KMS key: S3 and others document that an alias or a bare id never matches. */
static void condition_kms_key(ON_VALUE)
{
    static const char *const keys[] = {"s3:x-amz-server-side-encryption-aws-kms-key-id", "elasticfilesystem:KmsKeyId"};
    str text = value_text(v);
    (void)s;
    if (c->op && KEY_IS_ONE_OF(c->key, keys) && c->op->type != OPERAND_NULL && !lint_has_variable(text) &&
        pattern_intersects_arn(c->op->wildcards        ? text
                               : pattern_is_wild(text) ? STR("*")
                                                       : text,
                               STR("arn:*:kms:*:*:key/?*")) == TRI_NO)
        lint_report(l, v, "\"%.*s\" is no ARN of a KMS key", STR_ARG(lint_shown(text)));
}

#define VALUES "The condition compares with a value that the key never has."

/* clang-format off */
static const struct lint_check rows[] = {
    {"condition-operator-unknown", LINT_ERROR, KINDS_ALL,
     "A condition operator that does not exist",
     "AWS refuses the policy (IAM User Guide, \"Condition operators\"). The case of letters counts.",
     "write one of the documented operators",
     .statement = condition_operator_unknown},
    {"condition-null-ifexists", LINT_ERROR, KINDS_ALL,
     "Null with IfExists",
     "Null asks whether a key is there; AWS refuses IfExists with it.",
     "write \"Null\"",
     .statement = condition_null_ifexists},
    {"condition-null-value", LINT_ERROR, KINDS_ALL,
     "Null with a value other than true or false",
     "Null: true asks that the key is absent, false that it is there.",
     "write \"true\" or \"false\"",
     .value = condition_null_value},
    {"condition-key-format", LINT_ERROR, KINDS_ALL,
     "Not the form of a condition key",
     "AWS refuses the policy.",
     "write prefix:Name, such as aws:SourceIp",
     .condition = condition_key_format},
    {"condition-key-unknown", LINT_ERROR, KINDS_ALL,
     "A condition key that does not exist",
     "A key that no request has is absent: Allow never holds, and a Deny with a negated operator always does.",
     "write a key that the service sends",
     .condition = condition_key_unknown},
    {"condition-key-case", LINT_ERROR, KINDS_ALL,
     "The same condition key twice",
     "Keys are compared without regard to case; AWS refuses two that differ in nothing else.",
     "make one list of both",
     .condition = condition_key_case},
    {"condition-key-tag-missing", LINT_ERROR, KINDS_ALL,
     "A tag key without the tag's name",
     "aws:PrincipalTag, aws:RequestTag and aws:ResourceTag need the name of a tag behind a slash.",
     "write aws:PrincipalTag/NAME",
     .condition = condition_key_tag_missing},
    {"condition-multiple-boolean", LINT_ERROR, KINDS_ALL,
     "Several values for a key that is true or false",
     "AWS refuses it, and true beside false asks nothing.",
     "keep one value",
     .condition = condition_multiple_boolean},
    {"condition-value-ip", LINT_ERROR, KINDS_ALL,
     "A value that is no IP address",
     "AWS refuses the policy.",
     "write an address or a range in CIDR form, such as 203.0.113.0/24",
     .value = condition_value_ip},
    {"condition-set-missing", LINT_ERROR, KINDS_ALL,
     "A key of several values without a set operator",
     "Without ForAllValues or ForAnyValue AWS refuses the policy or compares one value alone.",
     "write ForAnyValue: or ForAllValues: before the operator",
     .condition = condition_set_missing},
    {"condition-ip-private", LINT_ERROR, KINDS_ALL,
     "Private addresses for aws:SourceIp",
     "Requests through a VPC endpoint have no aws:SourceIp, all others a public one: the condition never matches.",
     "test aws:VpcSourceIp together with aws:SourceVpc",
     .condition = condition_ip_private},
    {"condition-ip-private-some", LINT_SUGGESTION, KINDS_ALL,
     "Some private addresses for aws:SourceIp",
     "aws:SourceIp is never private: those never match.",
     "remove them; for a VPC, test aws:VpcSourceIp with aws:SourceVpc",
     .condition = condition_ip_private_some},
    {"condition-value-region", LINT_ERROR, KINDS_ALL,
     "A value that is no Region",
     VALUES,
     "write a Region, such as eu-west-1",
     .value = condition_value_region},
    {"condition-value-account", LINT_ERROR, KINDS_ALL,
     "A value that is no account id",
     VALUES,
     "write the account's 12 digits",
     .value = condition_value_account},
    {"condition-value-org", LINT_ERROR, KINDS_ALL,
     "A value that is no organization id or path",
     VALUES,
     "write o-ID for the organization, o-ID/r-ID/ou-ID/ for a path; the last slash belongs to it",
     .value = condition_value_org},
    {"condition-value-date", LINT_WARNING, KINDS_ALL,
     "A value that is no date",
     "Dates are compared in the form 2026-01-31T00:00:00Z, or as seconds since 1970 (IAM User Guide, \"Date condition "
     "operators\"): nothing else ever matches.",
     "write a date that exists, such as 2026-01-31T00:00:00Z",
     .value = condition_value_date},
    {"condition-value-vpc", LINT_ERROR, KINDS_ALL,
     "A value that is no id of a VPC or endpoint",
     VALUES,
     "write the id, such as vpc-0a1b2c3d4e5f60718",
     .value = condition_value_vpc},
    {"condition-kms-key", LINT_ERROR, KINDS_ALL,
     "A value that is no ARN of a KMS key",
     "The key holds the key's ARN, never an alias or a bare id.",
     "write the ARN of the KMS key",
     .value = condition_kms_key},
};
/* clang-format on */
const struct check_table condition_checks = {rows, sizeof rows / sizeof *rows};
