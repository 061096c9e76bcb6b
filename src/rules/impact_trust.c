/*
 * impact_trust.c - who may still come in once the account has left, and who no longer does: trust by account id goes on
 * across the border, sign-in by the organization's IAM Identity Center ends.
 */
#include "iam/trust.h"
#include "policy/arn.h"
#include "rules/impact_run.h"

static void mark_role(struct impacting *m, struct impact_item *i, const struct entity *role, str text)
{
    struct mark at = MARK_NONE;
    at.source = m->facts->account->authorization.source;
    at.node = role->node;
    at.text = text;
    impact_mark(m, i, &at);
}

static struct impact_item *stays(struct impacting *m, const struct entity *role, const char *rule, tri sure, str now)
{
    struct impact_item *i =
        impact_add(m, IMPACT_STAYS, str_from(rule), sure == TRI_YES ? CERTAINTY_CERTAIN : CERTAINTY_UNKNOWN);
    i->now = now;
    if (sure != TRI_YES)
        i->why = STR("the captures do not tell whom its trust policy lets in");
    mark_role(m, i, role, now);
    return i;
}

/* ---- the former management account ---- */

static void trust_in_management(struct impacting *m, const struct entity *role)
{
    arena *a = m->arena;
    str management = m->check->org->management_account;
    tri trusts = facts_role_trusts(m->facts, role, management);
    if (str_eq(management, m->account) || trusts == TRI_NO)
        return;
    tri admin = facts_is_admin(m->facts, role);
    str now =
        management.len
            ? arena_printf(a, "role %.*s trusts the management account %.*s", STR_ARG(role->name), STR_ARG(management))
            : arena_printf(a, "role %.*s may trust the management account, which is not known", STR_ARG(role->name));
    struct impact_item *i = stays(m, role, "access.former-management-role", trusts, now);
    i->after = arena_printf(a, "keeps working: the former management account keeps %s until the role is deleted",
                            admin == TRI_YES       ? "administrator access"
                            : admin == TRI_UNKNOWN ? "what access it gives, perhaps an administrator's,"
                                                   : "the access it gives");
    impact_fix(
        m, i,
        arena_printf(a,
                     "After leaving, delete role %.*s or change its trust policy; before, the organization may need it",
                     STR_ARG(role->name)));
}

/* ---- other accounts of the organization ---- */

static void trust_in_members(struct impacting *m, const struct entity *role)
{
    arena *a = m->arena;
    tri members = facts_role_trusts_members(m->facts, role), needs_org = TRI_NO;
    if (members == TRI_NO)
        needs_org = facts_trust_needs_org(m->facts, role);
    if (members != TRI_NO) {
        struct impact_item *i =
            stays(m, role, "access.external-trust", members,
                  arena_printf(a, "role %.*s trusts other accounts of the organization", STR_ARG(role->name)));
        i->after = STR("keeps working across the border: review");
        impact_fix(m, i, STR("Take out of its trust policy whoever is no longer wanted"));
    } else if (needs_org != TRI_NO && trust_names_of(a, role->trust).anyone) {
        struct impact_item *i =
            stays(m, role, "access.external-trust", needs_org,
                  arena_printf(a, "role %.*s lets in whoever is of the organization", STR_ARG(role->name)));
        i->after = STR("keeps working for callers that stay in the organization, strangers by then: review");
        impact_fix(m, i, STR("Name in its trust policy whom it is for"));
    }
}

void impact_named_elsewhere(struct impacting *m, const struct entity *role, str label)
{
    struct trust_names names = trust_names_of(m->arena, role->trust);
    bool named = false;
    for (size_t i = 0; i < names.account_count; i++)
        named |= str_eq(names.accounts[i], m->account);
    tri trusts = named ? facts_role_trusts(m->facts, role, m->account) : TRI_NO;
    if (trusts == TRI_NO)
        return;
    struct impact_item *i =
        stays(m, role, "access.external-trust", trusts,
              arena_printf(m->arena, "%.*s names account %.*s", STR_ARG(label), STR_ARG(m->account)));
    i->after = arena_printf(m->arena, "keeps working: account %.*s may still come in, from outside: review",
                            STR_ARG(m->account));
    impact_fix(m, i, STR("Let its owner take the account out of the trust policy if that is no longer wanted"));
}

/* ---- resources of its own ---- */

/* The first member of the organization, not leaving too, that an Allow names by account; empty: none. */
static str member_named(const struct impacting *m, const struct statement *s)
{
    const node *names = node_is_object(s->principal) && !s->not_principal ? node_get(s->principal, "AWS") : NULL;
    for (const node *v = values_first(names); v && s->effect == EFFECT_ALLOW; v = values_next(names, v)) {
        str account = principal_name_of(node_text(v)).account;
        if (account.len && organization_account(m->check->org, account) && !impact_leaves(m, account))
            return account;
    }
    return (str){0};
}

void impact_members_named(struct impacting *m, const struct met_policy *p, str label)
{
    for (size_t k = 0; k < p->policy->count; k++) {
        const struct statement *s = &p->policy->statements[k];
        str account = member_named(m, s);
        if (!account.len)
            continue;
        struct impact_item *i = impact_add(m, IMPACT_STAYS, STR("access.external-trust"),
                                           s->condition_count || s->odd ? CERTAINTY_LIKELY : CERTAINTY_CERTAIN);
        struct mark at = {
            .source = p->policy->source, .node = s->node, .policy = p->name, .sid = s->sid, .statement = s->index};
        i->now = at.text =
            arena_printf(m->arena, "%.*s names account %.*s of the organization", STR_ARG(label), STR_ARG(account));
        i->after = STR("keeps working across the border: review");
        impact_mark(m, i, &at);
        impact_fix(m, i, STR("Take out of the policy whoever is no longer wanted"));
    }
}

/* ---- IAM Identity Center ---- */

static bool is_of_identity_center(const struct entity *role)
{
    return str_starts(role->path, STR("/aws-reserved/sso.amazonaws.com/"));
}

static void identity_center(struct impacting *m)
{
    const struct account *account = m->facts->account;
    struct impact_item *i = NULL;
    size_t count = 0;
    for (size_t k = 0; k < account->role_count; k++)
        count += is_of_identity_center(&account->roles[k]);
    for (size_t k = 0; k < account->role_count; k++) {
        const struct entity *role = &account->roles[k];
        if (!is_of_identity_center(role))
            continue;
        if (!i) {
            i = impact_add(m, IMPACT_DELETION, STR("access.identity-center"), CERTAINTY_CERTAIN);
            i->reversible = false;
            i->now = arena_printf(m->arena, "people sign in by %zu role%s of IAM Identity Center: %.*s%s", count,
                                  count == 1 ? "" : "s", STR_ARG(role->name), count > 1 ? " and others" : "");
            i->after = STR("the assignments and their roles are taken away with the account; nobody signs in by them");
            impact_fix(m, i, STR("Set up another sign-in before leaving, and test it"));
        }
        mark_role(m, i, role, arena_printf(m->arena, "role %.*s of IAM Identity Center", STR_ARG(role->name)));
    }
}

void impact_trust(struct impacting *m)
{
    const struct account *account = m->facts->account;
    struct gaps gaps = {.impacting = m};
    identity_center(m);
    for (size_t i = 0; i < account->role_count; i++) {
        const struct entity *role = &account->roles[i];
        if (str_starts(role->path, STR("/aws-service-role/")) || is_of_identity_center(role))
            continue;
        trust_in_management(m, role);
        trust_in_members(m, role);
    }
    if (account->authorization.state == CAPTURE_UNKNOWN)
        gaps_add(&gaps, &account->authorization, (str){0}, account->authorization.why);
    else if (!account->roles_complete)
        gaps_add(&gaps, &account->authorization, (str){0}, account->people_why);
    gaps_tell(m, &gaps, IMPACT_DELETION, "access.identity-center",
              STR("roles of IAM Identity Center that were not captured may be in the account"));
    gaps_tell(
        m, &gaps, IMPACT_STAYS, "access.former-management-role",
        STR("roles that were not captured may trust the management account or other accounts of the organization"));
}
