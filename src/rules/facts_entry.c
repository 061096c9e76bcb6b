/*
 * facts_entry.c - who gets into the account: from outside by a role's trust policy, as a user, or from one role to the
 * next. A role that only roles nobody can enter may assume is no way in. `today` the organization is there; afterwards
 * the management account, the organization's sign-in and what asks for the organization let nobody in.
 */
#include "iam/trust.h"
#include "policy/arn.h"
#include "rules/facts_run.h"

static struct trust_question trust_question(struct facts *f, const struct entity *role)
{
    return (struct trust_question){.policy = role->trust,
                                   .role = role->arn,
                                   .partition = facts_partition(f),
                                   .as_of = f->run->as_of,
                                   .anything = f->run->everything};
}

static struct trust_caller outsider(struct facts *f, str account)
{
    return (struct trust_caller){.account = account, .in_organization = TRI_NO, .organization = f->run->org->id};
}

static struct trust_caller member(struct facts *f, str account)
{
    return (struct trust_caller){
        .account = account, .in_organization = f->run->org->in_use, .organization = f->run->org->id};
}

/* Of the organization; UNKNOWN: its accounts are not known. */
static tri is_member(const struct facts *f, str account)
{
    const struct organization *o = f->run->org;
    if (str_eq(account, o->management_account) || organization_account(o, account))
        return TRI_YES;
    return o->list_accounts.state == CAPTURE_WHOLE && o->management_account.len ? TRI_NO : TRI_UNKNOWN;
}

/* ---- from outside ---- */

/* Afterwards the management account is a stranger; another account of the organization as well, unless it leaves too:
 * not known. */
static tri account_enters(struct facts *f, const struct trust_question *q, str account, entry_time when)
{
    tri of_organization = is_member(f, account), as_member = TRI_NO, as_outsider = TRI_NO;
    struct trust_caller inside = member(f, account), outside = outsider(f, account);
    bool left = when == ENTRY_AFTERWARDS;
    if (of_organization != TRI_NO && !(left && str_eq(account, f->run->org->management_account)))
        as_member = tri_and(trust_admits(f->arena, q, &inside), left ? TRI_UNKNOWN : TRI_YES);
    if (of_organization != TRI_YES)
        as_outsider = trust_admits(f->arena, q, &outside);
    if (of_organization == TRI_UNKNOWN)
        return as_member == as_outsider ? as_member : TRI_UNKNOWN;
    return of_organization == TRI_YES ? as_member : as_outsider;
}

/* The providers that IAM Identity Center makes in each account go with the organization's instance. A role and the
 * provider that vouches stand in one account. */
static tri provider_enters(struct facts *f, const struct trust_question *q, str provider, entry_time when)
{
    str resource = arn_part(provider, ARN_RESOURCE), account = arn_part(provider, ARN_ACCOUNT);
    struct trust_caller c = {.provider = provider};
    if (when == ENTRY_AFTERWARDS && str_starts(resource, STR("saml-provider/AWSSSO_")))
        return TRI_NO;
    tri enters = trust_admits(f->arena, q, &c);
    return account.len && !str_eq(account, f->account->id) ? tri_and(enters, TRI_UNKNOWN) : enters;
}

static tri enters_from_outside(struct facts *f, const struct entity *role, entry_time when)
{
    if (!role->trust)
        return TRI_UNKNOWN;
    if (str_starts(role->path, STR("/aws-reserved/sso.amazonaws.com/")))
        return TRI_YES; /* only Identity Center makes such roles, and lets people in */
    struct trust_question q = trust_question(f, role);
    struct trust_names names = trust_names_of(f->arena, role->trust);
    tri any = TRI_NO;
    for (size_t i = 0; i < names.provider_count && any != TRI_YES; i++)
        any = tri_or(any, provider_enters(f, &q, names.providers[i], when));
    for (size_t i = 0; i < names.account_count && any != TRI_YES; i++)
        if (!str_eq(names.accounts[i], f->account->id))
            any = tri_or(any, account_enters(f, &q, names.accounts[i], when));
    if (!names.anyone || any == TRI_YES)
        return any;
    struct trust_caller nobody_named = outsider(f, (str){0}), one_of_us = member(f, (str){0});
    any = tri_or(any, trust_admits(f->arena, &q, &nobody_named));
    return when == ENTRY_TODAY ? tri_or(any, trust_admits(f->arena, &q, &one_of_us)) : any;
}

/* What AWS makes for its services, and for Identity Center, which ends: nobody's way in. */
static bool is_closed(const struct entity *role, entry_time when)
{
    return str_starts(role->path, STR("/aws-service-role/")) ||
           (when == ENTRY_AFTERWARDS && str_starts(role->path, STR("/aws-reserved/")));
}

static struct entry *entry_of(struct facts *f, size_t index, entry_time when)
{
    const struct account *account = f->account;
    if (!f->entries[when])
        f->entries[when] = NEW_ARRAY(f->arena, struct entry, account->role_count);
    struct entry *e = &f->entries[when][index];
    if (!e->asked) {
        const struct entity *role = &account->roles[index];
        e->outside = e->inside = is_closed(role, when) ? TRI_NO : enters_from_outside(f, role, when);
        e->asked = true;
    }
    return e;
}

/* ---- from one to the next ---- */

/* Whether he is allowed to become the role; what he can bring to it himself he is taken to bring. */
static tri becomes(struct facts *f, const struct entity *by, const struct entity *role, entry_time when)
{
    struct principal p = {.known = true,
                          .arn = by->arn,
                          .account_id = f->account->id,
                          .captured = true,
                          .account = f->account,
                          .entity = by};
    struct question q = {.who = &p,
                         .action = STR("sts:AssumeRole"),
                         .resource = role->arn,
                         .resource_known = true,
                         .scps = when == ENTRY_TODAY,
                         .afterwards = when == ENTRY_AFTERWARDS,
                         .role = role};
    tri allowed = facts_allowed(f, &q);
    const struct verdict_trace *t = allowed == TRI_UNKNOWN ? facts_decide(f, &q) : NULL;
    if (!t || !t->allowed_when)
        return allowed;
    for (size_t i = 0; i < t->depends_on_count; i++) {
        str key = t->depends_on[i], head = str_cut(&key, '/'); /* tags of a session come from whoever begins it */
        if (!trust_caller_brings(t->depends_on[i]) || str_eq_nocase(head, STR("aws:PrincipalTag")))
            return allowed;
    }
    q.given = t->allowed_when;
    q.given_count = t->allowed_when_count;
    return facts_allowed(f, &q);
}

/* Whether the trust policy may let in somebody of the account itself, seen or not. */
static tri trusts_own(struct facts *f, const struct entity *role, entry_time when)
{
    if (!role->trust)
        return TRI_UNKNOWN;
    struct trust_question q = trust_question(f, role);
    struct trust_names names = trust_names_of(f->arena, role->trust);
    struct trust_caller c = when == ENTRY_TODAY ? member(f, f->account->id) : outsider(f, f->account->id);
    bool named = names.anyone;
    for (size_t i = 0; i < names.account_count; i++)
        named |= str_eq(names.accounts[i], f->account->id);
    return named ? trust_admits(f->arena, &q, &c) : TRI_NO;
}

struct step {
    size_t role;    /* to this one */
    bool *tried[2]; /* as which roles, when they were [0] perhaps, [1] surely enterable */
};

/* Raises what is known of the role by who can become it; whether it rose. */
static bool raise(struct entry *e, tri by)
{
    tri was = e->inside;
    e->inside = tri_or(e->inside, by);
    return e->inside != was;
}

static bool step_to(struct facts *f, const struct step *s, entry_time when)
{
    const struct account *account = f->account;
    const struct entity *role = &account->roles[s->role];
    struct entry *e = entry_of(f, s->role, when);
    bool rose = false;
    for (size_t i = 0; i < account->role_count && e->inside != TRI_YES; i++) {
        tri there = i == s->role ? TRI_NO : entry_of(f, i, when)->inside;
        bool *tried = s->tried[there == TRI_YES];
        if (there == TRI_NO || tried[i])
            continue;
        tried[i] = true;
        rose |= raise(e, tri_and(there, becomes(f, &account->roles[i], role, when)));
    }
    return rose;
}

/* The users begin; then on from role to role as long as that shows more. Users and roles that are not seen may be
 * anybody; and as long as the organization is there, a user to begin with can be made. */
static void close_entries(struct facts *f, entry_time when)
{
    const struct account *account = f->account;
    VEC(struct step) steps = {0};
    f->entries_closed[when] = true;
    for (size_t i = 0; i < account->role_count; i++) {
        const struct entity *role = &account->roles[i];
        struct entry *e = entry_of(f, i, when);
        tri own = is_closed(role, when) ? TRI_NO : trusts_own(f, role, when);
        if (own == TRI_NO)
            continue;
        for (size_t u = 0; u < account->user_count && e->inside != TRI_YES; u++)
            raise(e, becomes(f, &account->users[u], role, when));
        if (when == ENTRY_TODAY || !account->users_complete || !account->roles_complete)
            raise(e, TRI_UNKNOWN);
        *VEC_PUSH(f->arena, &steps) = (struct step){
            i, {NEW_ARRAY(f->arena, bool, account->role_count), NEW_ARRAY(f->arena, bool, account->role_count)}
        };
    }
    for (bool rose = true; rose;) {
        rose = false;
        for (size_t i = 0; i < steps.count; i++)
            rose |= step_to(f, &steps.items[i], when);
    }
}

tri facts_can_enter(struct facts *f, const struct entity *role, entry_time when)
{
    size_t index = (size_t)(role - f->account->roles);
    struct entry *e = entry_of(f, index, when);
    if (e->inside != TRI_YES && !f->entries_closed[when])
        close_entries(f, when);
    return e->inside;
}

/* ---- what a trust policy says of the organization ---- */

tri facts_role_trusts(struct facts *f, const struct entity *role, str account)
{
    struct trust_question q = trust_question(f, role);
    struct trust_caller c = member(f, account);
    return role->trust && account.len ? trust_admits(f->arena, &q, &c) : TRI_UNKNOWN;
}

tri facts_role_trusts_members(struct facts *f, const struct entity *role)
{
    tri any = role->trust ? TRI_NO : TRI_UNKNOWN;
    struct trust_names names = {0};
    if (role->trust)
        names = trust_names_of(f->arena, role->trust);
    for (size_t i = 0; i < names.account_count; i++)
        if (organization_account(f->run->org, names.accounts[i]) && !str_eq(names.accounts[i], f->account->id) &&
            !str_eq(names.accounts[i], f->run->org->management_account))
            any = tri_or(any, facts_role_trusts(f, role, names.accounts[i]));
    return any;
}

tri facts_trust_needs_org(struct facts *f, const struct entity *role)
{
    if (!role->trust)
        return TRI_UNKNOWN;
    struct trust_question q = trust_question(f, role);
    struct trust_names names = trust_names_of(f->arena, role->trust);
    struct trust_caller c = outsider(f, (str){0});
    tri any = names.anyone ? trust_admits(f->arena, &q, &c) : TRI_NO;
    for (size_t i = 0; i < names.account_count && any != TRI_YES; i++) {
        c.account = names.accounts[i];
        any = tri_or(any, trust_admits(f->arena, &q, &c));
    }
    for (size_t i = 0; i < names.provider_count && any != TRI_YES; i++)
        any = tri_or(any, trust_admits(f->arena, &q, &(struct trust_caller){.provider = names.providers[i]}));
    return tri_not(any);
}
