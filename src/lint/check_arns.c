/* check_arns.c - resources: whether an ARN is one, and can be that of anything the service has. */
#include "lint/run.h"

/* ---- fields ---- */

/* What no resource can be: neither "*" nor something that may begin with "arn:". */
static void arn_prefix(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    (void)s;
    if (!r->text.len || pattern_intersects(r->flat, STR("arn:*")) != TRI_NO)
        return;
    struct lint_finding *f =
        lint_report(l, r->node, "a resource is \"*\" or an ARN, not \"%.*s\"", STR_ARG(lint_shown(r->text)));
    if (str_eq_nocase(str_head(r->text, 4), STR("arn:")))
        f->help =
            lint_did_you_mean(l, arena_printf(l->arena, "arn:%.*s", STR_ARG(lint_shown(str_from_index(r->text, 4)))));
}

static void arn_fields(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    size_t colons = 0;
    (void)s;
    for (size_t i = 0; i < r->flat.len; i++)
        colons += r->flat.ptr[i] == ':';
    if (!r->has_parts && str_starts(r->flat, STR("arn:")) && str_find_char(r->flat, '*') == SIZE_MAX)
        lint_report(l, r->node, "an ARN has six fields; this one has %zu", colons + 1);
}

/* The fields mean something only where the text begins like an ARN. */
static bool is_arn(const struct lint_resource *r)
{
    return r->has_parts && str_is(r->parts.at[ARN_PREFIX], "arn");
}

static const char *const partitions[] = {"aws",       "aws-cn",    "aws-eusc",  "aws-iso",
                                         "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"};

static void arn_partition(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    (void)s;
    if (!is_arn(r))
        return;
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
        if (pattern_intersects(r->parts.at[ARN_PARTITION], str_from(partitions[i])) != TRI_NO)
            return;
    lint_report(l, r->node, "there is no partition \"%.*s\"; it is \"aws\", \"aws-cn\", \"aws-us-gov\" or alike",
                STR_ARG(lint_shown(r->parts.at[ARN_PARTITION])));
}

static bool has_upper(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (ascii_lower(s.ptr[i]) != s.ptr[i])
            return true;
    return false;
}

static void arn_service_case(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str service = r->parts.at[ARN_SERVICE];
    (void)s;
    if (is_arn(r) && has_upper(service) && (catalog_has_service(service) || catalog_arn_services(service).len))
        lint_report(l, r->node, "the service in an ARN is written in small letters, not \"%.*s\"",
                    STR_ARG(lint_shown(service)));
}

static void arn_service_unknown(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str service = r->parts.at[ARN_SERVICE];
    (void)s;
    if (!is_arn(r) || pattern_is_wild(service) || catalog_has_service(service) || catalog_arn_services(service).len)
        return;
    struct lint_finding *f = lint_report(l, r->node, "no service has ARNs with \"%.*s\"", STR_ARG(lint_shown(service)));
    f->note = lint_facts_note(l);
    str near = lint_near_service(l, service);
    if (near.len)
        f->help = lint_did_you_mean(l, near);
}

static void arn_region(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str region = r->parts.at[ARN_REGION];
    (void)s;
    if (is_arn(r) && region.len && !pattern_is_wild(region) && !lint_is_region(region))
        lint_report(l, r->node, "\"%.*s\" is no Region, such as eu-west-1", STR_ARG(lint_shown(region)));
}

/* Accounts that are a word: resources of AWS itself, of CloudFront's identities, of sellers. */
static const char *const account_words[] = {"aws", "aws-marketplace", "cloudfront", "aws-managed", "amazon", "self"};

static void arn_account(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str account = r->parts.at[ARN_ACCOUNT];
    (void)s;
    if (!is_arn(r) || !account.len || pattern_is_wild(account) || str_is_account_id(account))
        return;
    for (size_t i = 0; i < sizeof account_words / sizeof *account_words; i++)
        if (str_is(account, account_words[i]))
            return;
    lint_report(l, r->node, "\"%.*s\" is no account id; expected 12 digits", STR_ARG(lint_shown(account)));
}

/* ---- what the last part can be ---- */

/* In the catalogue "*" is a name of at least one character. */
static str with_names(arena *a, str pattern)
{
    char *text = arena_alloc(a, 2 * pattern.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '*')
            text[len++] = '?';
        text[len++] = pattern.ptr[i];
    }
    text[len] = '\0';
    return (str){text, len};
}

/* In the other fields "*" may be empty: that is told by checks of their own. */
static str with_names_of_resource(arena *a, str arn)
{
    struct arn_parts parts;
    if (!arn_split(arn, &parts))
        return arn;
    size_t head = arn.len - parts.at[ARN_RESOURCE].len;
    return arena_printf(a, "%.*s%.*s", (int)head, arn.ptr, STR_ARG(with_names(a, parts.at[ARN_RESOURCE])));
}

/* A word without case, "-" and "_": how people misspell the names of types. */
static bool same_word(str a, str b)
{
    size_t i = 0, j = 0;
    while (i < a.len || j < b.len) {
        if (i < a.len && (a.ptr[i] == '-' || a.ptr[i] == '_'))
            i++;
        else if (j < b.len && (b.ptr[j] == '-' || b.ptr[j] == '_'))
            j++;
        else if (i == a.len || j == b.len || ascii_lower(a.ptr[i++]) != ascii_lower(b.ptr[j++]))
            return false;
    }
    return true;
}

static str first_word(str resource)
{
    size_t end = 0;
    while (end < resource.len && resource.ptr[end] != ':' && resource.ptr[end] != '/' && resource.ptr[end] != '*')
        end++;
    return str_head(resource, end);
}

/* How the last part begins among the types of its service. */
static lint_word find_word(const struct lint_resource *r)
{
    str services = catalog_arn_services(r->parts.at[ARN_SERVICE]), word = first_word(r->parts.at[ARN_RESOURCE]);
    lint_word found = WORD_OTHER;
    while (services.len && word.len) {
        struct catalog_range types = catalog_service_types(str_cut(&services, ','));
        for (uint32_t i = types.first; i < types.end; i++) {
            str known = first_word(arn_part(catalog_type_arn_at(i), ARN_RESOURCE));
            if (str_eq(known, word))
                return WORD_SAME;
            if (same_word(known, word))
                found = WORD_ALIKE;
        }
    }
    return found;
}

static lint_word word_of(const struct lint_resource *r)
{
    if (r->fit->word == WORD_UNKNOWN)
        r->fit->word = find_word(r);
    return r->fit->word;
}

/* A "*" that ends the account's field may go on beyond the colon (IAM User Guide, "Resource"): "*:" and a name matches
 * "111122223333:log-group:/aws/a". Not where the last part itself begins with the name of a type. */
static bool goes_beyond(const struct lint_resource *r, str type)
{
    str rest = type, account = r->parts.at[ARN_ACCOUNT], resource = r->parts.at[ARN_RESOURCE];
    if (!str_ends(account, STR("*")) || word_of(r) != WORD_OTHER)
        return false;
    while (str_find_char(rest, ':') != SIZE_MAX) {
        (void)str_cut(&rest, ':');
        if (pattern_intersects(resource, rest) != TRI_NO)
            return true;
    }
    return false;
}

static void fit_type(struct lint *l, struct lint_fit *fit, const struct lint_resource *r, str arn)
{
    struct arn_parts type;
    if (!arn_split(arn, &type) || glob_match_nocase(GLOB(type.at[ARN_SERVICE]), r->parts.at[ARN_SERVICE]) != TRI_YES)
        return;
    fit->any_type = true;
    str resource = r->parts.at[ARN_RESOURCE], known = with_names(l->arena, type.at[ARN_RESOURCE]);
    if (lint_may_compare(l, resource.len * known.len) && pattern_intersects(resource, known) == TRI_NO &&
        !goes_beyond(r, known))
        return;
    bool region = type.at[ARN_REGION].len > 0, account = type.at[ARN_ACCOUNT].len > 0;
    fit->some_region |= region;
    fit->some_account |= account;
    fit->all_region = region && (fit->all_region || !fit->fits);
    fit->all_account = account && (fit->all_account || !fit->fits);
    fit->fits = true;
}

static const struct lint_fit *fit_of(struct lint *l, const struct lint_resource *r)
{
    str services = is_arn(r) && !r->fit->known ? catalog_arn_services(r->parts.at[ARN_SERVICE]) : (str){0};
    while (services.len) {
        struct catalog_range types = catalog_service_types(str_cut(&services, ','));
        for (uint32_t i = types.first; i < types.end; i++)
            fit_type(l, r->fit, r, catalog_type_arn_at(i));
    }
    r->fit->known = true;
    return r->fit;
}

/* Whether a field holds something for certain. */
static bool is_given(str field)
{
    return field.len && !pattern_is_all(field);
}

/* What exists though the facts lack it. Paths: services that began as REST name their collections so
 * ("/workspaces"), but for CloudWatch Logs, where "/aws/..." is a log group without its "log-group:". */
static const struct {
    const char *service, *resource;
} lacking[] = {
    {"waf*",           "changetoken/*"}, /* AWS WAF Developer Guide, "Permissions for GetChangeToken" */
    {"cloudformation", "transform/*"  }, /* CloudFormation User Guide, "Macros": of account "aws" */
};

static bool facts_lack(const struct lint_resource *r)
{
    str service = r->parts.at[ARN_SERVICE], resource = r->parts.at[ARN_RESOURCE];
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
        if (glob_match(GLOB(str_from(lacking[i].service)), service) == TRI_YES &&
            pattern_intersects(resource, str_from(lacking[i].resource)) != TRI_NO)
            return true;
    bool of_aws = str_is(r->parts.at[ARN_ACCOUNT], "aws"); /* of AWS's own resources the facts know few */
    return of_aws || (str_starts(resource, STR("/")) && !str_is(service, "logs"));
}

static void arn_resource(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    const struct lint_fit *fit = fit_of(l, r);
    (void)s;
    str resource = r->parts.at[ARN_RESOURCE];
    if (!fit->any_type || fit->fits || facts_lack(r))
        return;
    /* Of other services a type may be newer than the facts, or written in two ways: only what is misspelt is told. */
    if (lint_facts_are_whole(r->parts.at[ARN_SERVICE]) || word_of(r) == WORD_ALIKE || !resource.len ||
        resource.ptr[0] == ':') {
        struct lint_finding *f =
            lint_report(l, r->node, "%.*s has no resource \"%.*s\"", STR_ARG(r->parts.at[ARN_SERVICE]),
                        STR_ARG(lint_shown(r->parts.at[ARN_RESOURCE])));
        f->note = lint_facts_note(l);
    }
}

static void arn_region_unexpected(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    const struct lint_fit *fit = fit_of(l, r);
    (void)s;
    if (fit->fits && !fit->some_region && is_given(r->parts.at[ARN_REGION]))
        lint_report(l, r->node, "ARNs of this kind have no Region: \"%.*s\"", STR_ARG(r->parts.at[ARN_REGION]));
}

static void arn_account_unexpected(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    const struct lint_fit *fit = fit_of(l, r);
    (void)s;
    if (fit->fits && !fit->some_account && is_given(r->parts.at[ARN_ACCOUNT]))
        lint_report(l, r->node, "ARNs of this kind have no account: \"%.*s\"", STR_ARG(r->parts.at[ARN_ACCOUNT]));
}

static void arn_region_missing(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    const struct lint_fit *fit = fit_of(l, r);
    (void)s;
    if (fit->fits && fit->all_region && !r->parts.at[ARN_REGION].len)
        lint_report(l, r->node, "ARNs of this kind have a Region; the field is empty");
}

/* What AWS itself owns in a Region has no account, such as public parameters of Systems Manager or views of Resource
 * Explorer; of few services the facts tell. */
static bool may_be_of_aws(const struct lint_resource *r)
{
    str service = r->parts.at[ARN_SERVICE];
    return str_is(service, "ssm") || (r->parts.at[ARN_REGION].len && !lint_facts_are_whole(service));
}

static void arn_account_missing(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    const struct lint_fit *fit = fit_of(l, r);
    (void)s;
    if (fit->fits && fit->all_account && !r->parts.at[ARN_ACCOUNT].len && !may_be_of_aws(r))
        lint_report(l, r->node, "ARNs of this kind have an account; the field is empty");
}

/* ---- actions and their resources ---- */

/* Whether the entry can be a resource of that type. A bucket's name holds no "/". */
static bool can_be(arena *a, const struct lint_resource *r, str arn)
{
    if (r->all || !r->has_parts)
        return true;
    if (str_is(arn, "arn:*:s3:::*") && str_find_char(r->parts.at[ARN_RESOURCE], '/') != SIZE_MAX)
        return false;
    str type = with_names_of_resource(a, arn);
    return pattern_intersects_arn(r->flat, type) != TRI_NO ||
           (glob_match(GLOB(arn_part(type, ARN_SERVICE)), r->parts.at[ARN_SERVICE]) == TRI_YES &&
            goes_beyond(r, arn_part(type, ARN_RESOURCE)));
}

static bool reaches(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str types = catalog_action_types(a->index);
    while (types.len) {
        str arn = catalog_type_arn(a->service, str_cut(&types, ','));
        for (size_t i = 0; i < s->resource_count; i++)
            if (!lint_may_compare(l, arn.len * s->resources[i].flat.len) || facts_lack(&s->resources[i]) ||
                can_be(l->arena, &s->resources[i], arn))
                return true;
    }
    return false;
}

static bool covers_star(const struct lint_statement *s)
{
    for (size_t i = 0; i < s->resource_count; i++) {
        const struct lint_resource *r = &s->resources[i];
        if (!r->has_parts || lint_covers_star(r))
            return true;
    }
    return false;
}

static bool is_dead(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    return a->index != CATALOG_NONE && !(catalog_action_types(a->index).len ? reaches(l, s, a) : covers_star(s));
}

/* An action whose service checks what the facts tell and no more, or of which nothing is listed but resources of other
 * services. */
static bool is_sure(const struct lint_statement *s, const struct lint_action *a)
{
    /* Of these the services' own guides show resources. */
    static const char *const actions[] = {"ec2:DescribeAddressesAttribute", "ssmmessages:OpenDataChannel"};
    if (KEY_IS_ONE_OF(a->text, actions))
        return false;
    if (lint_facts_are_whole(a->service))
        return true;
    for (size_t i = 0; i < s->resource_count; i++) {
        const struct lint_resource *r = &s->resources[i];
        if (!is_arn(r) || glob_match_nocase(GLOB(r->parts.at[ARN_SERVICE]), a->service) == TRI_YES)
            return false;
    }
    return true;
}

static const struct lint_dead *dead_of(struct lint *l, const struct lint_statement *s)
{
    struct lint_dead *d = s->dead;
    if (d->each)
        return d;
    d->each = NEW_ARRAY(l->arena, bool, s->action_count + 1);
    d->all = true;
    for (size_t i = 0; i < s->action_count; i++) {
        d->each[i] = is_dead(l, s, &s->actions[i]);
        d->all &= d->each[i];
    }
    return d;
}

/* Of the actions that have types of resources, or have none, those that no listed resource can be meant for. It weighs
 * where nothing of the statement is left, or where it was to deny. */
static void tell_dead(struct lint *l, const struct lint_statement *s, bool typed, const char *what)
{
    if (s->not_action || s->not_resource || !s->resource_count)
        return;
    const struct lint_dead *dead = dead_of(l, s);
    bool weighs = dead->all || s->effect == EFFECT_DENY;
    for (size_t i = 0; i < s->action_count; i++) {
        const struct lint_action *a = &s->actions[i];
        if (!dead->each[i] || typed != (catalog_action_types(a->index).len > 0))
            continue;
        struct lint_finding *f = lint_report(l, a->node, "%.*s %s", STR_ARG(a->text), what);
        f->note = lint_facts_note(l);
        f->severity = weighs && is_sure(s, a) ? LINT_WARNING : LINT_SUGGESTION;
    }
}

static void resource_action_mismatch(struct lint *l, const struct lint_statement *s)
{
    tell_dead(l, s, true, "has no resource that is listed here");
}

static void action_needs_star(struct lint *l, const struct lint_statement *s)
{
    tell_dead(l, s, false, "has no resource but \"*\"");
}

/* ---- the resource that the policy is attached to ---- */

static void resource_policy_resource(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str service = r->parts.at[ARN_SERVICE], expected = l->options->service;
    (void)s;
    if (expected.len && is_arn(r) && !pattern_is_wild(service) && !str_eq_nocase(service, expected))
        lint_report(l, r->node, "a policy of %.*s cannot be about a resource of %.*s", STR_ARG(expected),
                    STR_ARG(lint_shown(service)));
}

/* The bucket that an ARN names; empty: none, or not one alone. */
static str bucket_of(const struct lint_resource *r)
{
    str name = r->parts.at[ARN_RESOURCE];
    if (!is_arn(r) || !str_is(r->parts.at[ARN_SERVICE], "s3") || r->parts.at[ARN_REGION].len ||
        r->parts.at[ARN_ACCOUNT].len)
        return (str){0};
    str bucket = str_cut(&name, '/');
    return pattern_is_wild(bucket) ? (str){0} : bucket;
}

/* A bucket has a policy of its own: of two buckets in one, the second is that of another. */
static void resource_policy_bucket(struct lint *l)
{
    str first = {0};
    for (size_t i = 0; i < l->count && str_is(l->options->service, "s3"); i++)
        for (size_t k = 0; k < l->statements[i].resource_count; k++) {
            const struct lint_resource *r = &l->statements[i].resources[k];
            str bucket = bucket_of(r);
            if (!first.len)
                first = bucket;
            if (!bucket.len || str_eq(bucket, first))
                continue;
            l->statement = &l->statements[i];
            lint_report(l, r->node, "a policy of bucket \"%.*s\" cannot be about bucket \"%.*s\"",
                        STR_ARG(lint_shown(first)), STR_ARG(lint_shown(bucket)));
            l->statement = NULL;
        }
}

static void resource_redundant(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    for (const struct lint_resource *o = s->resources; o < s->resources + s->resource_count; o++) {
        if (!o->wild && o->text.len != r->text.len)
            continue;
        bool same = str_eq(o->text, r->text);
        if (!lint_may_compare(l, o->text.len * r->flat.len))
            return;
        if (o == r || (same && o > r) || (!same && (lint_has_variable(o->text) || !pattern_covers(o->text, r->flat))))
            continue;
        lint_report(l, r->node, same ? "\"%.*s\" stands in the list already" : "covered by \"%.*s\"",
                    STR_ARG(lint_shown(o->text)));
        return;
    }
}

static void arn_partition_mix(struct lint *l)
{
    str first = {0};
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->statements[i].resource_count; k++) {
            const struct lint_resource *r = &l->statements[i].resources[k];
            str partition = is_arn(r) ? r->parts.at[ARN_PARTITION] : (str){0};
            if (!partition.len || pattern_is_wild(partition))
                continue;
            if (first.len && !str_eq(first, partition)) {
                l->statement = &l->statements[i];
                lint_report(l, r->node, "ARNs of \"%.*s\" and of \"%.*s\" in one policy", STR_ARG(first),
                            STR_ARG(lint_shown(partition)));
                l->statement = NULL;
                return;
            }
            first = partition;
        }
}

/* ---- variables ---- */

/* What is wrong with the first variable that is; NULL: nothing. */
static const char *variable_fault(str text)
{
    for (size_t at; (at = str_find(text, STR("${"))) != SIZE_MAX;) {
        text = str_from_index(text, at + 2);
        size_t close = str_find_char(text, '}');
        if (close == SIZE_MAX)
            return "a variable has no closing brace";
        str key = str_head(text, close), otherwise = key;
        bool has_default = str_find_char(key, ',') != SIZE_MAX;
        key = str_cut(&otherwise, ',');
        while (otherwise.len && otherwise.ptr[0] == ' ')
            otherwise = str_from_index(otherwise, 1);
        if (!key.len)
            return "a variable names no key";
        if (str_find_char(key, ' ') != SIZE_MAX)
            return "a variable holds a blank";
        if (has_default && (otherwise.len < 2 || otherwise.ptr[0] != '\'' || !str_ends(otherwise, STR("'"))))
            return "the default of a variable stands in single quotation marks";
        text = str_from_index(text, close + 1);
    }
    return NULL;
}

static void check_variable(struct lint *l, const node *n)
{
    const char *fault = node_is_string(n) && l->version == VERSION_2012 ? variable_fault(node_text(n)) : NULL;
    if (fault)
        lint_report(l, n, "%s: \"%.*s\"", fault, STR_ARG(lint_shown(node_text(n))));
}

static void variable_syntax(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    (void)s;
    check_variable(l, r->node);
}

static void variable_syntax_value(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                                  const node *v)
{
    (void)s, (void)c;
    check_variable(l, v);
}

/* Keys of identity providers begin with a host or path, or saml:. */
static bool may_be_key(str key)
{
    struct catalog_key known;
    str prefix = str_head(key, str_find_char(key, ':'));
    bool of_provider =
        prefix.len < key.len && (str_find_char(prefix, '.') != SIZE_MAX || str_find_char(prefix, '/') != SIZE_MAX ||
                                 str_eq_nocase(prefix, STR("saml")));
    return of_provider || catalog_key_find(key, &known);
}

static void check_variable_key(struct lint *l, const node *n)
{
    str text = node_is_string(n) && l->version == VERSION_2012 ? node_text(n) : (str){0};
    if (variable_fault(text))
        return; /* told by variable-syntax */
    for (size_t at; (at = str_find(text, STR("${"))) != SIZE_MAX;) {
        text = str_from_index(text, at + 2);
        str inside = str_cut(&text, '}'), key = str_cut(&inside, ',');
        if ((key.len == 1 && strchr("*?$", key.ptr[0])) || may_be_key(key))
            continue;
        struct lint_finding *f = lint_report(l, n, "there is no key \"%.*s\" to fill in", STR_ARG(lint_shown(key)));
        f->note = lint_facts_note(l);
        str near = lint_near_key(l, key);
        if (near.len)
            f->help = lint_did_you_mean(l, near);
        return;
    }
}

static void variable_unknown(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    (void)s;
    check_variable_key(l, r->node);
}

static void variable_unknown_value(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                                   const node *v)
{
    (void)s;
    if (c->op && operator_takes_variables(c->op))
        check_variable_key(l, v);
}

static void variable_operator(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                              const node *v)
{
    (void)s;
    if (c->op && !operator_takes_variables(c->op) && lint_has_variable(node_text(v)))
        lint_report(l, v, "%.*s takes no variable", STR_ARG(node_key(c->operator_node)));
}

#define ARNS "The statement never applies to it (AWS General Reference, \"Amazon Resource Names\")."
#define TYPES                                                                                                          \
    "The statement never applies to it: ARNs of such resources are written otherwise (Service Authorization "          \
    "Reference)."

/* clang-format off */
static const struct lint_check rows[] = {
    {"arn-prefix", LINT_ERROR, KINDS_ALL,
     "A resource that is no ARN",
     "AWS refuses a resource that is neither \"*\" nor an ARN.",
     "write \"*\" or the ARN: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE",
     .resource = arn_prefix},
    {"arn-fields", LINT_ERROR, KINDS_ALL,
     "An ARN with fields missing",
     "AWS refuses the policy.",
     "write all six: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE",
     .resource = arn_fields},
    {"arn-partition", LINT_ERROR, KINDS_ALL,
     "A partition that does not exist",
     "AWS refuses the policy.",
     "write \"aws\", or \"*\" for every partition",
     .resource = arn_partition},
    {"arn-service-unknown", LINT_ERROR, KINDS_ALL,
     "An ARN of a service that AWS does not have",
     ARNS,
     "write the name that the service has in ARNs",
     .resource = arn_service_unknown},
    {"arn-service-case", LINT_ERROR, KINDS_ALL,
     "Capital letters in the service of an ARN",
     "ARNs are compared with regard to case: the statement never applies.",
     "write it in small letters",
     .resource = arn_service_case},
    {"arn-region", LINT_ERROR, KINDS_ALL,
     "A Region that does not exist",
     ARNS,
     "write the Region's name, such as eu-west-1",
     .resource = arn_region},
    {"arn-account", LINT_ERROR, KINDS_ALL,
     "An account that is none",
     ARNS " A placeholder that was not replaced?",
     "write the 12 digits of the account",
     .resource = arn_account},
    {"arn-region-unexpected", LINT_ERROR, KINDS_ALL,
     "A Region in an ARN that has none",
     TYPES,
     "leave the Region's field empty",
     .resource = arn_region_unexpected},
    {"arn-account-unexpected", LINT_ERROR, KINDS_ALL,
     "An account in an ARN that has none",
     TYPES,
     "leave the account's field empty",
     .resource = arn_account_unexpected},
    {"arn-region-missing", LINT_ERROR, KINDS_ALL,
     "An ARN without its Region",
     TYPES,
     "write the Region, or \"*\" for any",
     .resource = arn_region_missing},
    {"arn-account-missing", LINT_ERROR, KINDS_ALL,
     "An ARN without its account",
     TYPES,
     "write the account's 12 digits, or \"*\" for any",
     .resource = arn_account_missing},
    {"arn-resource", LINT_ERROR, KINDS_ALL,
     "An ARN that no resource of the service can have",
     TYPES,
     "write the ARN as the service's documentation has it",
     .resource = arn_resource},
    {"arn-partition-mix", LINT_SUGGESTION, KINDS_ALL,
     "ARNs of several partitions",
     "A policy works in one partition; the other ARNs are of no use in it.",
     "write one partition, or \"*\"",
     .document = arn_partition_mix},
    {"resource-action-mismatch", LINT_WARNING, KINDS_ALL & ~KIND_BIT(KIND_TRUST),
     "An action whose resources are not listed",
     "The statement neither allows nor denies it (Service Authorization Reference, resource types of the action).",
     "list a resource that the action has, or move the action to a statement of its own",
     .statement = resource_action_mismatch},
    {"action-needs-star", LINT_WARNING, KINDS_ALL & ~KIND_BIT(KIND_TRUST),
     "An action that has no resource but \"*\"",
     "Requests for it name no resource, so that an ARN never covers them.",
     "move it to a statement with \"Resource\": \"*\"",
     .statement = action_needs_star},
    {"resource-policy-resource", LINT_ERROR, KIND_BIT(KIND_RESOURCE),
     "A resource of another service or bucket",
     "AWS refuses it: a resource policy is about the resource that it is attached to.",
     "write the ARN of the resource itself",
     .document = resource_policy_bucket, .resource = resource_policy_resource},
    {"resource-redundant", LINT_SUGGESTION, KINDS_ALL,
     "A resource that another entry covers",
     "It says nothing that the list does not say already.",
     "remove the entry",
     .resource = resource_redundant},
    {"variable-unknown", LINT_WARNING, KINDS_ALL,
     "A variable of a key that does not exist",
     "Nothing is filled in, and nothing matches. A placeholder that was not replaced?",
     "write a condition key, or replace the placeholder",
     .resource = variable_unknown, .value = variable_unknown_value},
    {"variable-syntax", LINT_ERROR, KINDS_ALL,
     "A policy variable that is not written as one",
     "AWS refuses it, or takes it as plain text: ${key} or ${key, 'default'} (IAM User Guide, \"Policy variables\").",
     "write ${key}, or ${key, 'default'}",
     .resource = variable_syntax, .value = variable_syntax_value},
    {"variable-operator", LINT_ERROR, KINDS_ALL,
     "A policy variable under an operator that takes none",
     "Variables are filled in for texts and ARNs alone; here the value is the very characters.",
     "write the value itself",
     .value = variable_operator},
};
/* clang-format on */
const struct check_table arn_checks = {rows, sizeof rows / sizeof *rows};
