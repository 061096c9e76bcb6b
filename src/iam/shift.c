/* shift.c - see shift.h. */
#include "iam/shift.h"

#include "iam/match.h"

/* What a wildcard is filled with: so odd that a pattern which matches it matches nearly all. */
static const str filler = STR("0orgexit0any");

/* Where Action says what it is not: the first of these that the statement is about. */
static const char *const usual_actions[] = {"s3:GetObject", "sts:AssumeRole", "ec2:RunInstances", "kms:Decrypt",
                                            "iam:CreateRole"};

typedef VEC(str) str_list;

struct shifting {
    arena *arena;
    const struct shift_question *question;
    struct context on, off;              /* the request in which the statement matches, and the other */
    const struct org_standing *standing; /* of the parties in `on` */
    bool denies, exact;                  /* exact: the requests are all that the statement is about */
    str_list actions, resources;
};

/* ---- who asks ---- */

static str named_caller(const struct statement *s, str account)
{
    const char *kind = account.len ? "AWS" : "Service";
    const node *names = node_is_object(s->principal) && !s->not_principal ? node_get(s->principal, kind) : NULL;
    for (const node *v = values_first(names); v; v = values_next(names, v)) {
        struct principal_name p = principal_name_of(node_text(v));
        if (!account.len ? p.kind == NAMES_SERVICE : str_eq(p.account, account) && p.kind != NAMES_ROOT)
            return node_text(v);
    }
    return (str){0};
}

/* Of several callers that are named another one may be decided otherwise than the one that was asked for. */
static bool names_several(const struct statement *s)
{
    size_t count = 0;
    for (NODE_EACH(kind, node_is_object(s->principal) ? s->principal : NULL))
        count += node_is_list(kind) ? node_count(kind) : 1;
    return count > 1;
}

str shift_caller(arena *a, const struct statement *s, str partition, str account)
{
    static const struct context nothing = {.rest = KEY_UNKNOWN};
    struct named named;
    str caller = named_caller(s, account);
    if (!caller.len)
        caller = account.len ? arena_printf(a, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(partition), STR_ARG(account),
                                            STR_ARG(filler))
                             : STR("orgexit.amazonaws.com");
    struct eval ev = {.arena = a, .context = &nothing, .caller = principal_name_of(caller)};
    return principal_of_statement(&ev, s, &named) == TRI_NO ? (str){0} : caller;
}

/* ---- the requests ---- */

static bool is_key(str text, const char *name)
{
    return str_eq_nocase(text, str_from(name));
}

/* Of the organization's keys the value that they have, of others the filler. */
static str variable_value(const struct shifting *s, str key)
{
    const struct org_standing *p = s->standing;
    str value = is_key(key, "aws:PrincipalOrgID")  ? p[PARTY_PRINCIPAL].id
                : is_key(key, "aws:ResourceOrgID") ? p[PARTY_RESOURCE].id
                : is_key(key, "aws:SourceOrgID")   ? p[PARTY_SOURCE].id
                : is_key(key, "aws:VpceOrgID")     ? p[PARTY_VPCE].id
                                                   : (str){0};
    return value.len ? value : filler;
}

struct text {
    VEC(char) bytes;
};

static void add_text(arena *a, struct text *to, str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(a, &to->bytes) = s.ptr[i];
}

/* The pattern with its variables and wildcards filled. */
static str filled(const struct shifting *s, str pattern, bool variables)
{
    struct text out = {0};
    for (size_t i = 0; i < pattern.len; i++) {
        str rest = str_from_index(pattern, i);
        if (variables && str_starts(rest, STR("${")) && str_find_char(rest, '}') != SIZE_MAX) {
            str name = str_from_index(str_cut(&rest, '}'), 2);
            i += name.len + 2;
            add_text(s->arena, &out, name.len == 1 ? name : variable_value(s, str_cut(&name, ',')));
        } else if (pattern.ptr[i] == '*') {
            add_text(s->arena, &out, filler);
        } else {
            add_text(s->arena, &out, pattern.ptr[i] == '?' ? STR("0") : str_head(rest, 1));
        }
    }
    return (str){out.bytes.items, out.bytes.count};
}

static void list_actions(struct shifting *s, const struct statement *of)
{
    if (!of->not_action && !of->odd_action) {
        for (size_t i = 0; i < of->action_count; i++) {
            str entry = node_text(of->actions[i].node), rest = entry, service = str_cut(&rest, ':');
            if (!rest.ptr) /* "*" */
                entry = arena_printf(s->arena, "%.*s:%.*s", STR_ARG(service), STR_ARG(service));
            *VEC_PUSH(s->arena, &s->actions) = filled(s, entry, false);
        }
        return;
    }
    s->exact = false;
    for (size_t i = 0; i < sizeof usual_actions / sizeof *usual_actions && !s->actions.count; i++) {
        struct eval ev = {.arena = s->arena, .action = action_name_of(str_from(usual_actions[i]))};
        if (action_of_statement(&ev, of) == TRI_YES)
            *VEC_PUSH(s->arena, &s->actions) = ev.action.text;
    }
}

/* False: its ARN names an account that is not the one asked about. */
static bool may_be_of_owner(const struct shift_question *q, str resource)
{
    str account = arn_part(resource, ARN_ACCOUNT);
    if (!str_is_account_id(account))
        return true;
    return (!q->owner.len || str_eq(account, q->owner)) && (!q->not_owner.len || !str_eq(account, q->not_owner));
}

static void list_resources(struct shifting *s, const struct statement *of)
{
    str own = s->question->resource.len ? s->question->resource : STR("arn:aws:0orgexit0any:::0orgexit0any");
    if (of->resource && !of->not_resource && !of->odd_resource) {
        bool variables = of->version != VERSION_2008;
        for (const node *v = values_first(of->resource); v; v = values_next(of->resource, v))
            if (may_be_of_owner(s->question, node_text(v)))
                *VEC_PUSH(s->arena, &s->resources) =
                    str_is(node_text(v), "*") ? own : filled(s, node_text(v), variables);
        return;
    }
    s->exact = s->exact && !of->not_resource && !of->odd_resource;
    *VEC_PUSH(s->arena, &s->resources) = own;
}

/* ---- one request, decided twice ---- */

static void add_known(struct context *c, struct context_key *keys, const char *name, const str *value)
{
    if (value->len)
        keys[c->count++] =
            (struct context_key){.name = str_from(name), .state = KEY_PRESENT, .values = value, .count = 1};
}

static struct context context_of(const struct shifting *s, const struct org_standing *parties)
{
    const struct context_key *of_org;
    struct context c = {.rest = KEY_UNKNOWN};
    struct principal_name caller = principal_name_of(s->question->principal);
    bool person = caller.kind == NAMES_ROLE || caller.kind == NAMES_USER;
    size_t count = org_context(s->arena, parties, &of_org);
    struct context_key *keys = NEW_ARRAY(s->arena, struct context_key, count + 4);
    str *account = NEW(s->arena, str), *service = NEW(s->arena, str);
    *account = caller.account;
    *service = caller.kind == NAMES_SERVICE ? STR("true") : STR("false");
    memcpy(keys, of_org, count * sizeof *keys);
    c.count = count;
    c.keys = keys;
    if (person && !s->question->thought_up)
        add_known(&c, keys, "aws:PrincipalArn", &s->question->principal);
    add_known(&c, keys, "aws:PrincipalAccount", account);
    add_known(&c, keys, "aws:ResourceAccount", &s->question->owner);
    add_known(&c, keys, "aws:PrincipalIsAWSService", service);
    return c;
}

static struct context with_keys(arena *a, const struct context *c, const struct context_key *more, size_t count)
{
    struct context out = *c;
    struct context_key *keys = NEW_ARRAY(a, struct context_key, c->count + count);
    memcpy(keys, c->keys, c->count * sizeof *keys);
    memcpy(keys + c->count, more, count * sizeof *keys);
    out.keys = keys;
    out.count = c->count + count;
    return out;
}

/* Of an Allow whether it is allowed; of a Deny whether it is denied by name, for what else is missing is none of it. */
static tri effect_of(const struct shifting *s, decision d)
{
    if (d == DECISION_UNKNOWN)
        return TRI_UNKNOWN;
    return tri_of(d == (s->denies ? DECISION_EXPLICITLY_DENIED : DECISION_ALLOWED));
}

struct witness {
    const struct context_key *keys;
    size_t count;
};

/* What the request must carry for the effect to hold (wanted) or not. */
static struct witness witness_of(const struct shifting *s, const struct verdict_trace *t, bool wanted)
{
    return wanted != s->denies ? (struct witness){t->allowed_when, t->allowed_when_count}
                               : (struct witness){t->denied_when, t->denied_when_count};
}

static void tell(const struct shifting *s, const struct request *r, struct witness w, struct shift *out)
{
    str *keys = NEW_ARRAY(s->arena, str, w.count + 1);
    if (out->shows == TRI_YES && (out->depends_on_count == 0 || w.count))
        return;
    for (size_t i = 0; i < w.count; i++)
        keys[i] = w.keys[i].name;
    *out = (struct shift){TRI_YES, r->action, r->resource, keys, w.count};
}

/* With what the policies ask for besides. */
static tri decide_with(const struct shifting *s, struct request r, struct witness w, struct shift *out)
{
    struct context on, off;
    if (!w.keys || !w.count)
        return TRI_UNKNOWN;
    on = with_keys(s->arena, &s->on, w.keys, w.count);
    off = with_keys(s->arena, &s->off, w.keys, w.count);
    r.context = &on;
    tri is = effect_of(s, evaluate_at_a_glance(s->arena, &r, s->question->layers));
    r.context = &off;
    tri is_off = effect_of(s, evaluate_at_a_glance(s->arena, &r, s->question->layers));
    if (is != TRI_YES || is_off != TRI_NO)
        return TRI_UNKNOWN; /* of these keys; others may show it */
    tell(s, &r, w, out);
    return TRI_YES;
}

static tri decide_twice(const struct shifting *s, str action, str resource, struct shift *out)
{
    const struct shift_question *q = s->question;
    struct request r = {q->principal, action, resource, q->resource_account, &s->on};
    struct verdict_trace on, off;
    evaluate(s->arena, &r, q->layers, &on);
    r.context = &s->off;
    evaluate(s->arena, &r, q->layers, &off);
    tri is = effect_of(s, on.decision), is_off = effect_of(s, off.decision);
    if (is == TRI_YES && is_off == TRI_NO) {
        tell(s, &r, (struct witness){0}, out);
        return TRI_YES;
    }
    if (is == TRI_NO) /* no request that shows what the statement does */
        return TRI_UNKNOWN;
    if (is == TRI_YES && is_off == TRI_YES)
        return TRI_NO;
    return decide_with(s, r, is == TRI_UNKNOWN ? witness_of(s, &on, true) : witness_of(s, &off, false), out);
}

void shift_of(arena *a, const struct shift_question *q, struct shift *out)
{
    const struct statement *of = q->reference->statement;
    bool ends = q->reference->change == CHANGE_ALLOW_ENDS || q->reference->change == CHANGE_DENY_ENDS;
    struct shifting s = {
        .arena = a, .question = q, .exact = !q->thought_up || !names_several(of), .denies = of->effect == EFFECT_DENY};
    const struct org_standing *other = ends ? q->scene->after : q->scene->before;
    size_t tried = 0;
    s.standing = ends ? q->scene->before : q->scene->after;
    s.on = context_of(&s, s.standing);
    s.off = context_of(&s, other);
    struct eval ev = {.arena = a, .context = &s.on, .caller = principal_name_of(q->principal)};
    *out = (struct shift){.shows = conditions_hold(&ev, of)};
    if (out->shows == TRI_NO) /* not of this caller and this owner, whatever else the request carries */
        return;
    list_actions(&s, of);
    list_resources(&s, of);
    *out = (struct shift){.shows = s.exact && s.actions.count ? TRI_NO : TRI_UNKNOWN};
    for (size_t i = 0; i < s.actions.count; i++)
        for (size_t k = 0; k < s.resources.count; k++) {
            if (out->shows == TRI_YES && !out->depends_on_count)
                return;
            tri shows = tried++ < SHIFT_REQUESTS ? decide_twice(&s, s.actions.items[i], s.resources.items[k], out)
                                                 : TRI_UNKNOWN;
            if (out->shows != TRI_YES)
                out->shows = tri_or(out->shows, shows);
        }
}
