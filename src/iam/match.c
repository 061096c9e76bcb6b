/* match.c - see match.h. */
#include "iam/match.h"

#include "iam/variable.h"
#include "policy/key.h"

key_state eval_key(const struct eval *ev, str name, const struct context_key **out)
{
    for (size_t i = 0; i < ev->overlay_count; i++)
        if (str_eq_nocase(ev->overlay[i].name, name)) {
            *out = &ev->overlay[i];
            return ev->overlay[i].state;
        }
    return context_state(ev->context, name, out);
}

/* ---- action ---- */

tri action_of_statement(const struct eval *ev, const struct statement *s)
{
    tri any = s->odd_action ? TRI_UNKNOWN : TRI_NO;
    if (!(s->services & ev->action.service))
        return TRI_NO; /* a statement with NotAction is about every service */
    for (size_t i = 0; i < s->action_count && any != TRI_YES; i++)
        any = tri_or(any, action_matches(&s->actions[i], &ev->action));
    if (s->odd_action)
        return TRI_UNKNOWN;
    if (any == TRI_NO && s->strange_action)
        any = statement_may_mean_action(s, &ev->action);
    return s->not_action ? tri_not(any) : any;
}

/* ---- resource ---- */

/* Variables may stand behind the fifth colon only: elsewhere it is not documented what they do. */
static tri match_filled(const struct eval *ev, str pattern, bool *missing)
{
    struct filled f;
    variable_fill(ev, pattern, true, &f);
    *missing |= f.missing || f.may_miss;
    if (f.missing)
        return TRI_NO;
    tri matches = glob_match_resource(f.glob, ev->resource);
    if (f.open)
        return glob_match(f.glob, ev->resource) == TRI_NO ? TRI_NO : TRI_UNKNOWN;
    if (f.alternative.text.ptr && glob_match_resource(f.alternative, ev->resource) != matches)
        return TRI_UNKNOWN;
    size_t at = str_find(pattern, STR("${"));
    return matches != TRI_NO && !arn_has_parts(str_head(pattern, at)) ? TRI_UNKNOWN : matches;
}

static tri match_with_variables(const struct eval *ev, const struct statement *s, str pattern, bool *missing)
{
    tri matches = match_filled(ev, pattern, missing);
    if (s->version == VERSION_UNKNOWN && matches != glob_match_resource(GLOB(pattern), ev->resource))
        return TRI_UNKNOWN;
    return matches;
}

tri resource_of_statement(const struct eval *ev, const struct statement *s)
{
    tri any = TRI_NO;
    bool missing = false;
    if (s->odd_resource)
        return TRI_UNKNOWN;
    for (const node *n = values_first(s->resource); n && any != TRI_YES; n = values_next(s->resource, n)) {
        str pattern = node_text(n);
        if (pattern.len == 1 && pattern.ptr[0] == '*')
            any = TRI_YES;
        else
            any = tri_or(any, has_variables(s->version, pattern) ? match_with_variables(ev, s, pattern, &missing)
                                                                 : glob_match_resource(GLOB(pattern), ev->resource));
    }
    if (any == TRI_NO && s->strange_resource)
        any = statement_may_mean_resource(s, ev->resource);
    if (!s->not_resource)
        return any;
    /* A variable without value "matches no resource": that should leave the resource covered, but it is said not to. */
    return missing && any == TRI_NO ? TRI_UNKNOWN : tri_not(any);
}

/* ---- principal ---- */

static bool is_unique_id(str text)
{
    if (text.len < 16 || text.ptr[0] != 'A')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]) && (text.ptr[i] < 'A' || text.ptr[i] > 'Z'))
            return false;
    return true;
}

static void raise(tri *to, tri by)
{
    *to = tri_or(*to, by);
}

/* A principal that was deleted shows as its id; a new one of the same name has another. */
static void name_by_id(const struct eval *ev, str id, struct named *n)
{
    if (ev->user_id_known == TRI_UNKNOWN) {
        raise(&n->by[VIA_DIRECT], TRI_UNKNOWN);
    } else if (ev->user_id_known == TRI_YES && str_starts(ev->user_id, id)) {
        str rest = str_from_index(ev->user_id, id.len);
        if (rest.len == 0)
            n->by[VIA_DIRECT] = TRI_YES;
        else if (rest.ptr[0] == ':')
            n->by[VIA_ROLE] = TRI_YES;
    }
}

static void name_role(const struct eval *ev, const struct principal_name *p, struct named *n)
{
    const struct principal_name *c = &ev->caller;
    if (!str_eq(c->account, p->account))
        return;
    if (c->kind == NAMES_ROLE)
        raise(&n->by[VIA_ROLE], tri_of(str_eq(c->text, p->text)));
    else if (c->kind == NAMES_SESSION && ev->role_arn.len)
        raise(&n->by[VIA_ROLE], tri_of(str_eq(ev->role_arn, p->text)));
    else if (c->kind == NAMES_SESSION)
        raise(&n->by[VIA_ROLE], tri_of(str_eq(c->name, p->name)));
}

/* A caller that is a role stands for all its sessions: one of them may be the one that is named. */
static void name_session(const struct eval *ev, const struct principal_name *p, struct named *n)
{
    const struct principal_name *c = &ev->caller;
    if (str_eq(c->text, p->text))
        n->by[VIA_DIRECT] = TRI_YES;
    else if (c->kind == NAMES_ROLE && str_eq(c->account, p->account) && str_eq(c->name, p->name))
        raise(&n->by[VIA_DIRECT], TRI_UNKNOWN);
}

static void name_aws(const struct eval *ev, str text, struct named *n)
{
    const struct principal_name *c = &ev->caller;
    if (str_is(text, "*")) {
        n->by[VIA_EVERYONE] = TRI_YES;
        return;
    }
    if (is_unique_id(text)) {
        name_by_id(ev, text, n);
        return;
    }
    struct principal_name p = principal_name_of(text);
    if (p.partition.len && c->partition.len && !str_eq(p.partition, c->partition))
        return;
    switch (p.kind) {
    case NAMES_ROOT:
        if (c->account.len && str_eq(c->account, p.account) && c->kind != NAMES_OTHER)
            n->by[VIA_ACCOUNT] = TRI_YES;
        break;
    case NAMES_USER:
        if (str_eq(c->text, p.text))
            n->by[VIA_DIRECT] = TRI_YES;
        else if (c->kind == NAMES_FEDERATED_USER && str_eq(c->account, p.account))
            raise(&n->by[VIA_ROLE], TRI_UNKNOWN); /* perhaps the user who federated */
        break;
    case NAMES_ROLE: name_role(ev, &p, n); break;
    case NAMES_SESSION: name_session(ev, &p, n); break;
    case NAMES_FEDERATED_USER:
        if (str_eq(c->text, p.text))
            n->by[VIA_DIRECT] = TRI_YES;
        break;
    case NAMES_SERVICE:
    case NAMES_OTHER: break;
    }
}

static void name_by(const struct eval *ev, str kind, str text, struct named *n)
{
    bool alone = ev->caller.kind == NAMES_SERVICE || ev->caller.kind == NAMES_OTHER;
    if (str_eq(kind, STR("AWS")))
        name_aws(ev, text, n);
    else if (str_eq(kind, STR("CanonicalUser"))) /* an account, told by an id that no capture holds */
        raise(&n->by[VIA_ACCOUNT], alone ? TRI_NO : TRI_UNKNOWN);
    else if (str_is(text, "*"))
        raise(&n->by[VIA_ALONE], alone ? TRI_UNKNOWN : TRI_NO);
    else if (alone && str_eq(text, ev->caller.text) &&
             (ev->caller.kind == NAMES_SERVICE || str_eq(kind, STR("Federated"))))
        n->by[VIA_ALONE] = TRI_YES;
}

static struct named name_caller(const struct eval *ev, const node *principal)
{
    struct named n = {
        {TRI_NO, TRI_NO, TRI_NO, TRI_NO, TRI_NO}
    };
    if (node_is_string(principal))
        n.by[VIA_EVERYONE] = TRI_YES;
    for (NODE_EACH(kind, node_is_object(principal) ? principal : NULL))
        for (const node *v = values_first(kind); v; v = values_next(kind, v))
            name_by(ev, node_key(kind), node_text(v), &n);
    return n;
}

/* NotPrincipal lets off who is listed whole: session, role and account for a session, user and account for a user. */
static tri not_named(const struct eval *ev, const struct named *n)
{
    tri account = n->by[VIA_ACCOUNT], all = account, any = TRI_NO;
    for (int v = 0; v < VIA_COUNT; v++)
        any = tri_or(any, n->by[v]);
    if (n->by[VIA_EVERYONE] == TRI_YES || n->by[VIA_ALONE] == TRI_YES)
        return TRI_NO;
    switch (ev->caller.kind) {
    case NAMES_ROOT: break;
    case NAMES_USER:
    case NAMES_FEDERATED_USER: all = tri_and(account, n->by[VIA_DIRECT]); break;
    case NAMES_ROLE:
    case NAMES_SESSION: all = tri_and(account, tri_and(n->by[VIA_DIRECT], n->by[VIA_ROLE])); break;
    case NAMES_SERVICE:
    case NAMES_OTHER: all = n->by[VIA_ALONE]; break;
    }
    if (any == TRI_NO)
        return TRI_YES;
    return all == TRI_YES ? TRI_NO : TRI_UNKNOWN;
}

tri principal_of_statement(const struct eval *ev, const struct statement *s, struct named *named)
{
    *named = (struct named){
        {TRI_NO, TRI_NO, TRI_NO, TRI_NO, TRI_NO}
    };
    if (s->odd_principal || (!s->principal && s->odd)) { /* what is not understood may be its Principal */
        named->by[VIA_EVERYONE] = TRI_UNKNOWN;
        return TRI_UNKNOWN;
    }
    if (!s->principal)
        return TRI_NO;
    struct named n = name_caller(ev, s->principal);
    tri any = TRI_NO;
    if (s->not_principal) {
        /* A Deny always reaches who has a boundary; with Allow it is not supported (IAM User Guide, "NotPrincipal"). */
        tri denies = s->effect == EFFECT_DENY ? TRI_YES : s->effect == EFFECT_ALLOW ? TRI_NO : TRI_UNKNOWN;
        any = tri_or(tri_and(denies, tri_of(ev->has_boundary)), not_named(ev, &n));
        return named->by[VIA_EVERYONE] = denies == TRI_YES ? any : tri_and(any, TRI_UNKNOWN);
    }
    for (int v = 0; v < VIA_COUNT; v++)
        any = tri_or(any, n.by[v]);
    *named = n;
    return any;
}

/* ---- the statement ---- */

static tri principal_for(const struct eval *ev, const struct statement *s, document_kind kind, struct named *named)
{
    bool given = s->principal || s->odd_principal;
    switch (kind) {
    case DOCUMENT_RESOURCE: return principal_of_statement(ev, s, named);
    case DOCUMENT_RCP:
        return given && !s->not_principal ? principal_of_statement(ev, s, named) : TRI_UNKNOWN; /* "RCP syntax" */
    case DOCUMENT_IDENTITY:
    case DOCUMENT_SCP: break;
    }
    return given ? TRI_UNKNOWN : TRI_YES; /* Principal belongs in resource policies and RCPs only */
}

tri statement_is_about(const struct eval *ev, const struct statement *s, document_kind kind, struct named *named)
{
    tri all = action_of_statement(ev, s);
    if (all == TRI_NO)
        return TRI_NO;
    if (s->resource || s->odd_resource)
        all = tri_and(all, resource_of_statement(ev, s));
    else if (kind != DOCUMENT_RESOURCE) /* trust policies and some resource policies have none */
        all = TRI_UNKNOWN;
    if (all == TRI_NO)
        return TRI_NO;
    all = tri_and(all, principal_for(ev, s, kind, named));
    return s->odd ? tri_and(all, TRI_UNKNOWN) : all;
}

tri statement_matches(const struct eval *ev, const struct statement *s, document_kind kind, struct named *named)
{
    tri all = statement_is_about(ev, s, kind, named);
    return all == TRI_NO || !s->condition_count ? all : tri_and(all, conditions_hold(ev, s));
}

/* ---- what an open statement turns on ---- */

/* A key goes by the name that the request gives it, else AWS's own spelling, else the policy's. */
static void add_key(const struct context_key *listed, str name, void (*add)(void *to, str key), void *to)
{
    struct global_key known;
    if (listed)
        name = listed->name;
    else if (global_key_find(name, &known) && !known.family)
        name = known.name;
    add(to, name);
}

static void add_variables(const struct eval *ev, str text, void (*add)(void *to, str key), void *to)
{
    const struct context_key *key;
    struct variable v;
    while (variable_next(&text, &v))
        if (!v.literal && !v.bad && eval_key(ev, v.key, &key) == KEY_UNKNOWN)
            add_key(key, v.key, add, to);
}

static void add_list(const struct eval *ev, policy_version version, const node *list, void (*add)(void *to, str key),
                     void *to)
{
    for (const node *v = values_first(list); v; v = values_next(list, v))
        if (node_is_string(v) && has_variables(version, node_text(v)))
            add_variables(ev, node_text(v), add, to);
}

void statement_open_keys(const struct eval *ev, const struct statement *s, void (*add)(void *to, str key), void *to)
{
    const struct context_key *key;
    policy_version version = s->version;
    if (s->resource && resource_of_statement(ev, s) == TRI_UNKNOWN)
        add_list(ev, version, s->resource, add, to);
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (!c->op || c->odd || condition_holds(ev, version, c) != TRI_UNKNOWN)
            continue;
        if (eval_key(ev, c->key, &key) == KEY_UNKNOWN)
            add_key(key, c->key, add, to);
        if (operator_takes_variables(c->op))
            add_list(ev, version, c->node, add, to);
    }
}
