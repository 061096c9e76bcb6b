/* trust.c - see trust.h. Callers are thought up from what the policy names, and each is decided by evaluate(). */
#include "iam/trust.h"

#include "iam/match.h"

typedef VEC(str) str_list;

static void list_add(arena *a, str_list *list, str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], text))
            return;
    *VEC_PUSH(a, list) = text;
}

static bool has_wildcard(str s)
{
    return str_find_char(s, '*') != SIZE_MAX || str_find_char(s, '?') != SIZE_MAX;
}

/* ---- what the policy names ---- */

struct naming {
    arena *arena;
    str_list accounts, providers;
    str_list arns; /* of users, roles and sessions, and what aws:PrincipalArn is compared with */
    str_list organizations, paths;
    bool anyone;
};

static void name_account(struct naming *n, str text)
{
    str account = str_is_account_id(text) ? text : arn_part(text, ARN_ACCOUNT);
    if (str_is_account_id(account))
        list_add(n->arena, &n->accounts, account);
}

static void name_principal(struct naming *n, const struct statement *s, str kind, str text)
{
    bool grants = s->effect != EFFECT_DENY;
    if (str_is(kind, "Service"))
        return;
    if (str_is(kind, "Federated") && !str_is(text, "*")) {
        list_add(n->arena, &n->providers, text);
    } else if (str_is(kind, "AWS") && (str_is_account_id(text) || arn_has_parts(text))) {
        name_account(n, text);
        list_add(n->arena, &n->arns, text);
    } else {
        n->anyone |= grants; /* "*", the id of a principal that was deleted, a canonical user */
    }
}

static void name_condition(struct naming *n, const struct condition *c)
{
    if (c->op && c->op->type == OPERAND_NULL)
        return;
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v)) {
        str text = value_text(v);
        if (str_eq_nocase(c->key, STR("aws:PrincipalOrgID")))
            list_add(n->arena, &n->organizations, text);
        else if (str_eq_nocase(c->key, STR("aws:PrincipalOrgPaths")))
            list_add(n->arena, &n->paths, text);
        else if (str_eq_nocase(c->key, STR("aws:PrincipalArn")))
            list_add(n->arena, &n->arns, text);
        if (str_eq_nocase(c->key, STR("aws:PrincipalArn")) || str_eq_nocase(c->key, STR("aws:PrincipalAccount")))
            name_account(n, text);
    }
}

static struct naming name_all(arena *a, const struct policy *p)
{
    struct naming n = {.arena = a};
    for (size_t i = 0; i < p->count; i++) {
        const struct statement *s = &p->statements[i];
        n.anyone |= s->effect != EFFECT_DENY && (s->odd_principal || s->not_principal || node_is_string(s->principal));
        for (NODE_EACH(kind, node_is_object(s->principal) ? s->principal : NULL))
            for (const node *v = values_first(kind); v; v = values_next(kind, v))
                name_principal(&n, s, node_key(kind), node_text(v));
        for (size_t k = 0; k < s->condition_count; k++)
            name_condition(&n, &s->conditions[k]);
    }
    return n;
}

struct trust_names trust_names_of(arena *a, const struct policy *p)
{
    struct naming n = name_all(a, p);
    return (struct trust_names){n.accounts.items, n.accounts.count, n.providers.items, n.providers.count, n.anyone};
}

/* ---- one caller that is thought up ---- */

struct asking {
    arena *arena;
    const struct trust_question *question;
    struct naming names;
    str account; /* of the callers; empty: a provider's */
    bool named;  /* the policy names it */
};

struct membership {
    bool known;
    str organization, path; /* empty: in none; of an organization, the path is not known */
};

/* Keys of a call with the caller's own credentials; a key that is not here he does not choose. */
static const char *const brought[] = {
    "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent",
    "aws:PrincipalType",      "aws:referer",
    "aws:RequestedRegion",    "aws:SourceIdentity",
    "aws:SourceIp",           "aws:TagKeys",
    "aws:TokenIssueTime",     "aws:UserAgent",
    "aws:username",
};

bool trust_caller_brings(str key)
{
    str rest = key, prefix = str_cut(&rest, ':'), tag = rest, head = str_cut(&tag, '/');
    if (!str_eq_nocase(prefix, STR("aws")))
        return true; /* sts:ExternalId, what a provider says of whom it vouches for */
    for (size_t i = 0; i < sizeof brought / sizeof *brought; i++)
        if (str_eq_nocase(key, str_from(brought[i])))
            return true;
    return str_eq_nocase(head, STR("PrincipalTag")) || str_eq_nocase(head, STR("RequestTag"));
}

static bool brings_all(const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->depends_on_count; i++)
        if (!trust_caller_brings(t->depends_on[i]))
            return false;
    return true;
}

static void add_key(struct context *c, struct context_key *keys, const char *name, str value, bool set, arena *a)
{
    str *values = NEW(a, str);
    *values = value;
    keys[c->count++] = (struct context_key){.name = str_from(name),
                                            .state = value.len ? KEY_PRESENT : KEY_ABSENT,
                                            .multivalued = set,
                                            .values = values,
                                            .count = value.len > 0};
}

/* What is known of the call. A provider's caller has no principal of AWS yet. */
static struct context context_of(const struct asking *k, str principal, const struct membership *m)
{
    arena *a = k->arena;
    bool role = principal_name_of(principal).kind == NAMES_ROLE, user = principal_name_of(principal).kind == NAMES_USER;
    struct caller caller = {.arn = role || user ? principal : (str){0}, .account = k->account, .is_role = !user};
    struct context_facts facts = {.caller = &caller,
                                  .partition = k->question->partition,
                                  .as_of = k->question->as_of,
                                  .service = STR("sts"),
                                  .resource_account = arn_part(k->question->role, ARN_ACCOUNT)};
    struct context filled = context_fill(a, &facts), c = filled;
    struct context_key *keys = NEW_ARRAY(a, struct context_key, filled.count + 4);
    c.count = 0;
    if (m->known) {
        add_key(&c, keys, "aws:PrincipalOrgID", m->organization, false, a);
        if (m->path.len || !m->organization.len)
            add_key(&c, keys, "aws:PrincipalOrgPaths", m->path, true, a);
    }
    if (!k->account.len) {
        add_key(&c, keys, "aws:PrincipalArn", (str){0}, false, a);
        add_key(&c, keys, "aws:PrincipalAccount", (str){0}, false, a);
    }
    memcpy(keys + c.count, filled.keys, filled.count * sizeof *keys); /* the first of a name is found */
    c.count += filled.count;
    c.keys = keys;
    c.principal_tags = KEY_UNKNOWN;
    return c;
}

static struct context with_keys(arena *a, const struct context *c, const struct context_key *more, size_t count)
{
    struct context out = *c;
    struct context_key *keys = NEW_ARRAY(a, struct context_key, c->count + count);
    memcpy(keys, more, count * sizeof *keys);
    if (c->count)
        memcpy(keys + count, c->keys, c->count * sizeof *keys);
    out.keys = keys;
    out.count += count;
    return out;
}

static tri admits(const struct asking *k, str principal, str action, const struct membership *m)
{
    const struct trust_question *q = k->question;
    struct policy_ref trust = {.policy = q->policy};
    struct layers layers = {.scps_apply = TRI_NO, .rcps_apply = TRI_NO, .identity = q->anything, .resource = &trust};
    struct context context = context_of(k, principal, m);
    struct request request = {.principal = principal, .action = action, .resource = q->role, .context = &context};
    struct verdict_trace t;
    evaluate(k->arena, &request, &layers, &t);
    if (t.decision != DECISION_UNKNOWN)
        return tri_of(t.decision == DECISION_ALLOWED);
    if (!t.allowed_when || !k->named || !brings_all(&t))
        return TRI_UNKNOWN; /* of a stranger whom nobody named it is not known either that he has it */
    struct context brings = with_keys(k->arena, &context, t.allowed_when, t.allowed_when_count);
    request.context = &brings;
    return evaluate_at_a_glance(k->arena, &request, &layers) == DECISION_ALLOWED ? TRI_YES : TRI_UNKNOWN;
}

/* ---- all callers that are thought up ---- */

/* The text with its wildcards filled, so that the pattern matches it. Empty: it has a variable. */
static str filled(arena *a, str pattern)
{
    if (str_find(pattern, STR("${")) != SIZE_MAX)
        return (str){0};
    char *out = arena_alloc(a, pattern.len + 1);
    for (size_t i = 0; i < pattern.len; i++)
        out[i] = pattern.ptr[i] == '*' || pattern.ptr[i] == '?' ? 'x' : pattern.ptr[i];
    return (str){out, pattern.len};
}

/* A user or role of the account that the ARN or the pattern is about. Empty: there is none. */
static str caller_like(const struct asking *k, str pattern)
{
    arena *a = k->arena;
    struct arn_parts p;
    if (!arn_split(pattern, &p))
        return (str){0};
    str resource = p.at[ARN_RESOURCE];
    if (str_starts(resource, STR("*")))
        resource = arena_printf(a, "role/%.*s", STR_ARG(resource));
    bool account = str_eq(p.at[ARN_ACCOUNT], k->account) ||
                   (has_wildcard(p.at[ARN_ACCOUNT]) && glob_match(GLOB(p.at[ARN_ACCOUNT]), k->account) == TRI_YES);
    str service = str_is(p.at[ARN_SERVICE], "sts") ? STR("sts") : STR("iam");
    resource = filled(a, resource);
    if (!account || !resource.len)
        return (str){0};
    return arena_printf(a, "arn:%.*s:%.*s::%.*s:%.*s", STR_ARG(k->question->partition), STR_ARG(service),
                        STR_ARG(k->account), STR_ARG(resource));
}

static str_list callers_of(const struct asking *k)
{
    str_list out = {0};
    for (size_t i = 0; i < k->names.arns.count; i++) {
        str caller = caller_like(k, k->names.arns.items[i]);
        principal_kind kind = principal_name_of(caller).kind; /* others, the root user too, cannot assume a role */
        if (kind == NAMES_USER || kind == NAMES_ROLE || kind == NAMES_SESSION)
            list_add(k->arena, &out, caller);
    }
    static const char *const others[] = {"role", "user"};
    for (size_t i = 0; i < 2; i++)
        list_add(k->arena, &out,
                 arena_printf(k->arena, "arn:%.*s:iam::%.*s:%s/-", STR_ARG(k->question->partition), STR_ARG(k->account),
                              others[i]));
    return out;
}

typedef VEC(struct membership) membership_list;

static void add_membership(const struct asking *k, membership_list *out, const struct trust_caller *c, str path)
{
    str rest = path, organization = str_cut(&rest, '/');
    if (organization.len && !str_eq(organization, c->organization))
        *VEC_PUSH(k->arena, out) = (struct membership){true, organization, path};
}

/* In which organizations he may be: one that the policy names, or none. */
static membership_list memberships_of(const struct asking *k, const struct trust_caller *c)
{
    membership_list out = {0};
    if (c->in_organization != TRI_NO) {
        *VEC_PUSH(k->arena, &out) = (struct membership){c->in_organization == TRI_YES, c->organization, c->org_path};
        return out;
    }
    *VEC_PUSH(k->arena, &out) = (struct membership){.known = true};
    for (size_t i = 0; i < k->names.organizations.count; i++) {
        str organization = filled(k->arena, k->names.organizations.items[i]);
        add_membership(k, &out, c, arena_printf(k->arena, "%.*s/r-x/", STR_ARG(organization)));
    }
    for (size_t i = 0; i < k->names.paths.count; i++)
        add_membership(k, &out, c, filled(k->arena, k->names.paths.items[i]));
    return out;
}

/* An account that stands nowhere in the policy. */
static str stranger(const struct asking *k)
{
    for (unsigned n = 0;; n++) {
        str account = arena_printf(k->arena, "%012u", n);
        bool named = false;
        for (size_t i = 0; i < k->names.accounts.count; i++)
            named |= str_eq(k->names.accounts.items[i], account);
        if (!named)
            return account;
    }
}

static tri provider_admits(const struct asking *k, str provider)
{
    static const struct membership none = {.known = true};
    bool saml = str_starts(arn_part(provider, ARN_RESOURCE), STR("saml-provider/"));
    return admits(k, provider, saml ? STR("sts:AssumeRoleWithSAML") : STR("sts:AssumeRoleWithWebIdentity"), &none);
}

tri trust_admits(arena *a, const struct trust_question *q, const struct trust_caller *c)
{
    struct asking k = {
        .arena = a, .question = q, .names = name_all(a, q->policy), .account = c->account, .named = true};
    if (c->provider.len)
        return provider_admits(&k, c->provider);
    if (!c->account.len) {
        k.account = stranger(&k);
        k.named = false;
    }
    tri any = TRI_NO;
    str_list callers = callers_of(&k);
    membership_list memberships = memberships_of(&k, c);
    for (size_t i = 0; i < callers.count; i++)
        for (size_t m = 0; m < memberships.count && any != TRI_YES; m++)
            any = tri_or(any, admits(&k, callers.items[i], STR("sts:AssumeRole"), &memberships.items[m]));
    return any;
}

tri trust_allows_tag_session(arena *a, const struct policy *p)
{
    static const struct context nothing = {.rest = KEY_UNKNOWN};
    struct eval ev = {.arena = a, .context = &nothing, .action = action_name_of(STR("sts:TagSession"))};
    tri any = TRI_NO;
    for (size_t i = 0; i < p->count; i++) {
        const struct statement *s = &p->statements[i];
        bool sure = s->effect == EFFECT_ALLOW && !s->odd && !s->odd_principal;
        if (s->effect != EFFECT_DENY)
            any = tri_or(any, tri_and(action_of_statement(&ev, s), sure ? TRI_YES : TRI_UNKNOWN));
    }
    return any;
}
