/*
 * trust.c - what a role's trust policy says about who may assume the role. Conditions other than those on the
 * organization are taken to be met by somebody; a Deny beside them makes every yes doubtful.
 */
#include "iam/match.h"

struct reader {
    struct eval ev; /* nothing is known, but that the caller is in no organization */
    str account;
    tri somebody, others, named; /* others: somebody who is not of `account` */
    tri without_org;             /* somebody is let in without an organization */
    tri tag_session;
    bool denies;
    tri denied_without_org; /* a Deny keeps everybody out who is in no organization */
};

static const struct context_key no_organization[] = {
    {.name = STR("aws:PrincipalOrgID"), .state = KEY_ABSENT},
    { .name = STR("aws:PrincipalOrgPaths"),              .state = KEY_ABSENT, .multivalued = true},
};

static tri covers(struct reader *r, const struct statement *s, str action)
{
    r->ev.action = action_name_of(action);
    return s->odd ? tri_and(action_of_statement(&r->ev, s), TRI_UNKNOWN) : action_of_statement(&r->ev, s);
}

static tri covers_assume(struct reader *r, const struct statement *s)
{
    return tri_or(covers(r, s, STR("sts:AssumeRole")), tri_or(covers(r, s, STR("sts:AssumeRoleWithSAML")),
                                                              covers(r, s, STR("sts:AssumeRoleWithWebIdentity"))));
}

static bool is_org_key(str key)
{
    str rest = key, prefix = str_cut(&rest, ':');
    return str_eq_nocase(prefix, STR("aws")) &&
           (str_find(rest, STR("Org")) != SIZE_MAX || str_find(rest, STR("org")) != SIZE_MAX);
}

/* The conditions without an organization, everything else being as the caller likes. */
static tri holds_without_org(const struct reader *r, const struct statement *s)
{
    tri all = TRI_YES;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (!c->op || c->odd || is_org_key(c->key))
            all = tri_and(all, condition_holds(&r->ev, s->policy->version, c));
    }
    return all;
}

static bool is_understood(const struct statement *s)
{
    bool odd = s->odd || s->odd_principal || s->effect == EFFECT_UNKNOWN;
    for (size_t i = 0; i < s->condition_count; i++)
        odd |= !s->conditions[i].op || s->conditions[i].odd;
    return !odd;
}

/* ---- principals ---- */

struct people {
    tri somebody, others, named;
};

static void add_people(struct people *p, tri somebody, tri others, tri named)
{
    p->somebody = tri_or(p->somebody, somebody);
    p->others = tri_or(p->others, others);
    p->named = tri_or(p->named, named);
}

static void read_name(const struct reader *r, str kind, str text, struct people *p)
{
    if (str_eq(kind, STR("Service")))
        return;
    if (str_is(text, "*")) {
        add_people(p, TRI_YES, TRI_YES, TRI_YES);
    } else if (str_is_account_id(text) || arn_has_parts(text)) {
        str account = str_is_account_id(text) ? text : arn_part(text, ARN_ACCOUNT);
        bool own = str_eq(account, r->account);
        add_people(p, TRI_YES, tri_of(!own), tri_of(own));
    } else if (str_eq(kind, STR("Federated"))) {
        add_people(p, TRI_YES, TRI_YES, TRI_NO); /* a public provider belongs to no account */
    } else {                                     /* the id of a principal that was deleted, a canonical user */
        add_people(p, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN);
    }
}

static struct people people_of(const struct reader *r, const struct statement *s)
{
    struct people p = {TRI_NO, TRI_NO, TRI_NO};
    if (s->not_principal || s->odd_principal)
        return (struct people){s->odd_principal ? TRI_UNKNOWN : TRI_YES, TRI_UNKNOWN, TRI_UNKNOWN};
    if (node_is_string(s->principal))
        add_people(&p, TRI_YES, TRI_YES, TRI_YES);
    for (NODE_EACH(kind, node_is_object(s->principal) ? s->principal : NULL))
        for (const node *v = values_first(kind); v; v = values_next(kind, v))
            read_name(r, node_key(kind), node_text(v), &p);
    return p;
}

/* ---- statements ---- */

static void read_allow(struct reader *r, const struct statement *s)
{
    tri sure = is_understood(s) ? TRI_YES : TRI_UNKNOWN, assume = tri_and(covers_assume(r, s), sure);
    struct people p = people_of(r, s);
    r->somebody = tri_or(r->somebody, tri_and(assume, p.somebody));
    r->others = tri_or(r->others, tri_and(assume, p.others));
    r->named = tri_or(r->named, tri_and(assume, p.named));
    r->without_org = tri_or(r->without_org, tri_and(tri_and(assume, p.somebody), holds_without_org(r, s)));
    r->tag_session = tri_or(r->tag_session, tri_and(covers(r, s, STR("sts:TagSession")), sure));
}

static bool reads_org_alone(const struct statement *s)
{
    bool alone = s->condition_count > 0;
    for (size_t i = 0; i < s->condition_count; i++)
        alone &= is_org_key(s->conditions[i].key);
    return alone;
}

static void read_deny(struct reader *r, const struct statement *s)
{
    struct people p = people_of(r, s);
    tri applies = tri_and(covers_assume(r, s), p.somebody);
    bool everybody = p.others == TRI_YES && p.named == TRI_YES;
    if (applies == TRI_NO)
        return;
    tri without = tri_and(holds_without_org(r, s), everybody && applies == TRI_YES ? TRI_YES : TRI_UNKNOWN);
    if (!reads_org_alone(s)) {
        r->denies = true;
        without = tri_and(without, s->condition_count ? TRI_UNKNOWN : TRI_YES);
    }
    r->denied_without_org = tri_or(r->denied_without_org, without);
}

static tri doubt(const struct reader *r, tri t)
{
    return r->denies && t == TRI_YES ? TRI_UNKNOWN : t;
}

struct trust trust_of(arena *a, const struct policy *p, str account)
{
    const struct context nothing = {.rest = KEY_UNKNOWN};
    struct reader r = {.account = account,
                       .somebody = TRI_NO,
                       .others = TRI_NO,
                       .named = TRI_NO,
                       .without_org = TRI_NO,
                       .tag_session = TRI_NO,
                       .denied_without_org = TRI_NO};
    r.ev = (struct eval){.arena = a, .context = &nothing, .overlay = no_organization};
    r.ev.overlay_count = sizeof no_organization / sizeof *no_organization;
    for (size_t i = 0; i < p->count; i++) {
        if (p->statements[i].effect != EFFECT_DENY)
            read_allow(&r, &p->statements[i]);
        if (p->statements[i].effect != EFFECT_ALLOW)
            read_deny(&r, &p->statements[i]);
    }
    struct trust t = {.somebody = doubt(&r, r.somebody), .names_account = doubt(&r, r.named)};
    t.only_account = tri_not(doubt(&r, r.others));
    t.needs_org = tri_not(doubt(&r, tri_and(r.without_org, tri_not(r.denied_without_org))));
    t.allows_tag_session = r.tag_session;
    return t;
}
