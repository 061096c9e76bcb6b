/* context.c - what is known of the condition keys of a request (IAM User Guide, "AWS global condition context keys").
 */
#include "iam/context.h"

#include "base/clock.h"
#include "policy/arn.h"

/* ---- looking up ---- */

const struct context_key *context_find(const struct context *c, str name)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->keys[i].name.len == name.len && str_eq_nocase(c->keys[i].name, name))
            return &c->keys[i];
    return NULL;
}

static bool starts_nocase(str s, str head)
{
    return s.len > head.len && str_eq_nocase(str_head(s, head.len), head);
}

/* Services whose keys speak of their own requests and resources alone. Others (ec2, glue, lambda, ssm, ...) also put
 * keys into the credentials they issue, which then go with every call. */
static const str own_keys_only[] = {
    STR("account"),  STR("cloudformation"),
    STR("dynamodb"), STR("iam"),
    STR("kms"),      STR("organizations"),
    STR("ram"),      STR("rds"),
    STR("s3"),       STR("sns"),
    STR("sqs"),      STR("secretsmanager"),
};

/* A key that the request cannot carry: its prefix is another service's (Service Authorization Reference: each action
 * lists its own keys; the global ones begin with "aws:"). */
static bool is_foreign(const struct context *c, str name)
{
    str rest = name, prefix = str_cut(&rest, ':');
    if (!c->service.len || !rest.ptr || str_eq_nocase(prefix, STR("aws")) || str_eq_nocase(prefix, c->service))
        return false;
    for (size_t i = 0; i < prefix.len; i++) { /* "accounts.google.com", "saml": keys of a federated sign-in */
        char ch = ascii_lower(prefix.ptr[i]);
        if (!(ch >= 'a' && ch <= 'z') && !ascii_is_digit(ch) && ch != '-')
            return false;
    }
    if (!c->from_session || starts_nocase(rest, STR("ResourceTag/")) || starts_nocase(rest, STR("RequestTag/")))
        return true;
    for (size_t i = 0; i < sizeof own_keys_only / sizeof *own_keys_only; i++)
        if (str_eq_nocase(prefix, own_keys_only[i]))
            return true;
    return false;
}

key_state context_state(const struct context *c, str name, const struct context_key **out)
{
    *out = context_find(c, name);
    if (*out)
        return (*out)->state;
    if (c->principal_tags && starts_nocase(name, STR("aws:PrincipalTag/")))
        return c->principal_tags;
    if (c->resource_tags && starts_nocase(name, STR("aws:ResourceTag/")))
        return c->resource_tags;
    return is_foreign(c, name) ? KEY_ABSENT : c->rest;
}

/* ---- filling ---- */

struct filling {
    arena *arena;
    struct context_key *keys;
    size_t count;
};

static void add(struct filling *f, const char *name, key_state state, str value)
{
    struct context_key *k = &f->keys[f->count++];
    *k = (struct context_key){.name = str_from(name), .state = state};
    if (state == KEY_PRESENT) {
        str *values = NEW(f->arena, str);
        *values = value;
        k->values = values;
        k->count = 1;
    }
}

/* Present when there is a value; else left out, that is unknown. */
static void add_known(struct filling *f, const char *name, str value)
{
    if (value.len)
        add(f, name, KEY_PRESENT, value);
}

/* Of two tags that differ in case only, a condition sees one: which, is not told. */
static bool has_twin(const struct tag *tags, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (i != at && str_eq_nocase(tags[i].key, tags[at].key))
            return true;
    return false;
}

static void add_tags(struct filling *f, const char *prefix, const struct tag *tags, size_t count, bool certain)
{
    for (size_t i = 0; i < count; i++) {
        struct context_key *k = &f->keys[f->count];
        add(f, "", certain && !has_twin(tags, count, i) ? KEY_PRESENT : KEY_UNKNOWN, tags[i].value);
        k->name = arena_printf(f->arena, "%s%.*s", prefix, STR_ARG(tags[i].key));
    }
}

/* IAM User Guide, "Information available in all requests": the principal keys for each type of principal. */
static void add_caller(struct filling *f, const struct caller *c)
{
    add_known(f, "aws:PrincipalArn", c->arn);
    add_known(f, "aws:PrincipalAccount", c->account);
    add_known(f, "aws:PrincipalType",
              c->is_root        ? STR("Account")
              : c->is_role      ? STR("AssumedRole")
              : c->is_federated ? STR("FederatedUser")
                                : STR("User"));
    if (c->is_root || c->is_role || c->is_federated)
        add(f, "aws:username", KEY_ABSENT, (str){0});
    else
        add_known(f, "aws:username", c->name);
    if (!c->is_role && !c->is_federated) /* of a session it ends in the session's name */
        add_known(f, "aws:userid", c->is_root ? c->account : c->id);
    if (c->is_root) /* an ordinary sign-in, not sts:AssumeRoot */
        add(f, "aws:AssumedRoot", KEY_ABSENT, (str){0});
    add_tags(f, "aws:PrincipalTag/", c->tags, c->tag_count, c->tags_certain == TRI_YES);
}

static void add_organization(struct filling *f, const struct caller *c)
{
    if (c->in_organization == TRI_NO) {
        add(f, "aws:PrincipalOrgID", KEY_ABSENT, (str){0});
        add(f, "aws:PrincipalOrgPaths", KEY_ABSENT, (str){0});
        return;
    }
    add_known(f, "aws:PrincipalOrgID", c->org_id);
    if (c->org_path.len) {
        add(f, "aws:PrincipalOrgPaths", KEY_PRESENT, c->org_path);
        f->keys[f->count - 1].multivalued = true;
    }
}

str organizations_region(str partition)
{
    static const struct {
        str partition, region;
    } rows[] = {
  /* General Reference, "AWS Organizations endpoints and quotas" */
        {STR("aws"),        STR("us-east-1")     },
        {STR("aws-cn"),     STR("cn-northwest-1")},
        {STR("aws-us-gov"), STR("us-gov-west-1") },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eq(rows[i].partition, partition))
            return rows[i].region;
    return (str){0};
}

/* "Global services, such as IAM, have a single endpoint" in us-east-1 (IAM User Guide, aws:RequestedRegion). */
static str requested_region(const struct context_facts *facts)
{
    if (str_is(facts->service, "organizations"))
        return organizations_region(facts->partition);
    return str_is(facts->service, "iam") && str_is(facts->partition, "aws") ? STR("us-east-1") : (str){0};
}

/* A direct call over TLS by a principal that is no service. */
static void add_call(struct filling *f, const struct context_facts *facts)
{
    add(f, "aws:CurrentTime", KEY_PRESENT, time_format(f->arena, facts->as_of));
    add(f, "aws:EpochTime", KEY_PRESENT, arena_printf(f->arena, "%lld", (long long)facts->as_of));
    add(f, "aws:SecureTransport", KEY_PRESENT, STR("true"));
    add(f, "aws:PrincipalIsAWSService", KEY_PRESENT, STR("false"));
    add(f, "aws:ViaAWSService", KEY_PRESENT, STR("false"));
    add(f, "aws:CalledVia", KEY_ABSENT, (str){0}); /* there when a service calls for somebody */
    add(f, "aws:CalledViaFirst", KEY_ABSENT, (str){0});
    add(f, "aws:CalledViaLast", KEY_ABSENT, (str){0});
    add_known(f, "aws:RequestedRegion", requested_region(facts));
}

static key_state unlisted_tags(tri certain)
{
    return certain == TRI_UNKNOWN ? KEY_UNKNOWN : KEY_ABSENT;
}

struct context context_fill(arena *a, const struct context_facts *facts)
{
    const struct caller *caller = facts->caller;
    enum { FIXED = 24 };
    struct filling f = {.arena = a};
    f.keys =
        NEW_ARRAY(a, struct context_key, FIXED + caller->tag_count + facts->resource_tag_count + facts->given_count);
    add_caller(&f, caller);
    add_organization(&f, caller);
    add_call(&f, facts);
    add_known(&f, "aws:ResourceAccount", facts->resource_account);
    add_known(&f, "aws:ResourceOrgID", facts->resource_org_id);
    add_tags(&f, "aws:ResourceTag/", facts->resource_tags, facts->resource_tag_count,
             facts->resource_tags_certain == TRI_YES);
    struct context c = {.keys = f.keys, .count = f.count, .rest = KEY_UNKNOWN};
    c.principal_tags = caller->tags_certain == TRI_YES ? KEY_ABSENT : KEY_UNKNOWN;
    c.resource_tags = unlisted_tags(facts->resource_tags_certain);
    c.from_session = caller->is_role || caller->is_federated;
    if (str_is(facts->service, "organizations") || str_is(facts->service, "iam") || str_is(facts->service, "account"))
        c.service = facts->service;
    for (size_t i = 0; i < facts->given_count; i++) { /* what is known stands */
        const struct context_key *known;
        if (context_state(&c, facts->given[i].name, &known) != KEY_UNKNOWN)
            continue;
        size_t at = known ? (size_t)(known - f.keys) : c.count++;
        f.keys[at] = facts->given[i];
    }
    return c;
}

struct context context_of_principal(arena *a, str principal, const struct context_key *given, size_t count)
{
    enum { FIXED = 8 };
    struct principal_name p = principal_name_of(principal);
    bool session = p.kind == NAMES_SESSION;
    struct caller caller = {.arn = session ? (str){0} : principal,
                            .account = p.account,
                            .name = p.name,
                            .is_root = p.kind == NAMES_ROOT,
                            .is_role = session || p.kind == NAMES_ROLE};
    struct filling f = {.arena = a, .keys = NEW_ARRAY(a, struct context_key, FIXED + count)};
    if (session || p.kind == NAMES_ROOT || p.kind == NAMES_ROLE || p.kind == NAMES_USER)
        add_caller(&f, &caller);
    if (session) /* its role's ARN may have a path */
        add(&f, "aws:PrincipalArn", KEY_UNKNOWN, (str){0});
    struct context c = {.keys = f.keys, .count = f.count, .rest = KEY_ABSENT};
    for (size_t i = 0; i < count; i++) {
        const struct context_key *known = context_find(&c, given[i].name);
        f.keys[known ? (size_t)(known - f.keys) : c.count++] = given[i];
    }
    return c;
}
