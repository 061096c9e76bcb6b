/*
 * plan_scp.c - the least change that lifts what SCPs deny: detach the policies that deny and attach FullAWSAccess where
 * nothing allows, move the account to an OU where none of it holds, or exempt it from the statements that deny. The
 * fewer other accounts it touches the better, then the fewer changes of the account's own policies.
 */
#include "rules/plan_run.h"

/* ---- what denies ---- */

static bool has_item(const struct lift *l, step_each each, str policy, str level)
{
    for (size_t i = 0; i < l->items.count; i++)
        if (l->items.items[i].each == each && str_eq(l->items.items[i].lift.policy, policy) &&
            str_eq(l->items.items[i].lift.level, level))
            return true;
    return false;
}

static size_t others_below(const struct making *m, str level)
{
    const struct organization *o = m->v->check->org;
    size_t n = 0;
    for (size_t i = 0; i < o->account_count; i++) {
        const struct org_account *a = o->accounts[i];
        bool here = str_eq(a->id, level) || account_in_ou(a, level);
        n += here && !str_eq(a->id, m->v->account->id) && !str_eq(a->id, o->management_account);
    }
    return n;
}

static size_t attached_at(const struct making *m, str level)
{
    const struct organization *o = m->v->check->org;
    const struct unit *u = map_get(&o->units_by_id, level);
    const struct org_account *a = organization_account(o, level);
    return u ? u->attached[POLICY_SCP].count : a ? a->attached[POLICY_SCP].count : 0;
}

static void add_item(struct making *m, struct lift *l, step_each each, const struct evidence *ev)
{
    str policy = each == EACH_ATTACH ? STR("p-FullAWSAccess") : ev->policy;
    if (has_item(l, each, policy, ev->level))
        return;
    str statement = ev->sid.ptr ? ev->sid : ev->statement >= 0 ? arena_printf(m->keep, "%d", ev->statement) : (str){0};
    size_t others = others_below(m, ev->level);
    *VEC_PUSH(m->keep, &l->items) = (struct lift_item){
        .each = each,
        .lift = {.policy = making_keep(m, policy),
                 .policy_name = making_keep(m, each == EACH_ATTACH   ? STR("FullAWSAccess")
                                               : ev->policy_name.len ? ev->policy_name
                                                                     : policy),
                 .statement = each == EACH_ATTACH ? (str){0} : making_keep(m, statement),
                 .level = making_keep(m, ev->level),
                 .level_path = making_keep(m, ev->level_path.len ? ev->level_path : ev->level),
                 .other_accounts = others}
    };
    if (others > l->other_accounts)
        l->other_accounts = others;
}

/* A level must not be left without an SCP: AWS refuses to detach the last one. */
static void keep_one_attached(struct making *m, struct lift *l)
{
    for (size_t i = 0; i < l->items.count; i++) {
        const struct plan_lift *lift = &l->items.items[i].lift;
        size_t detached = 0;
        for (size_t k = 0; k < l->items.count; k++)
            detached += l->items.items[k].each == EACH_DETACH && str_eq(l->items.items[k].lift.level, lift->level);
        if (l->items.items[i].each == EACH_DETACH && detached >= attached_at(m, lift->level)) {
            struct evidence at = {.level = lift->level, .level_path = lift->level_path, .statement = -1};
            add_item(m, l, EACH_ATTACH, &at);
        }
    }
}

/* Blockers of the route that failed because of SCPs: their evidence names a level. */
static size_t denied_rules(struct making *m, const struct rule **rules, struct lift *by_attachment)
{
    const struct account_result *r = m->v->result;
    size_t count = 0;
    for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++) {
        bool of_scps = false;
        if (f->severity != SEVERITY_BLOCKER || f->outcome != OUTCOME_FAIL || !finding_is_open(f, m->on))
            continue;
        for (size_t i = 0; i < f->evidence_count; i++) {
            const struct evidence *ev = &f->evidence[i];
            if (!ev->level.len)
                continue;
            of_scps = true;
            bool denies = ev->policy.len && (ev->sid.ptr || ev->statement >= 0); /* else nothing there allows */
            add_item(m, by_attachment, denies ? EACH_DETACH : EACH_ATTACH, ev);
        }
        const struct rule *rule = of_scps ? ruleset_find(m->v->check->rules, f->rule) : NULL;
        if (rule)
            rules[count++] = rule;
    }
    keep_one_attached(m, by_attachment);
    return count;
}

/* ---- where else the account could stand ---- */

static bool is_attached_above(const struct unit *ou, const struct org_policy *p)
{
    for (const struct unit *up = ou; up; up = up->parent)
        for (size_t i = 0; i < up->attached[POLICY_SCP].count; i++)
            if (up->attached[POLICY_SCP].items[i] == p)
                return true;
    return false;
}

/* SCPs that hold in one place and not in the other. */
static size_t policies_changed(const struct organization *o, const struct unit *from, const struct unit *to)
{
    size_t n = 0;
    for (size_t i = 0; i < o->policy_count; i++)
        n += is_attached_above(from, o->policies[i]) != is_attached_above(to, o->policies[i]);
    return n;
}

static bool lifts_all(struct making *m, const struct unit *ou, const struct rule *const *rules, size_t count)
{
    struct org_account *moved = NEW(m->v->arena, struct org_account);
    *moved = *m->v->account->listed;
    moved->parent = (struct unit *)ou;
    for (size_t i = 0; i < count; i++)
        if (!check_passes_as(m->v, moved, rules[i], m->on))
            return false;
    return true;
}

/* The OU (or root, if no OU will do) that lifts it all and changes least. */
static const struct unit *best_ou(struct making *m, const struct rule *const *rules, size_t count, size_t *changed)
{
    const struct organization *o = m->v->check->org;
    const struct unit *here = m->v->account->listed ? m->v->account->listed->parent : NULL, *best = NULL;
    for (size_t i = 0; i < o->unit_count && here; i++) {
        const struct unit *u = o->units[i];
        size_t n = policies_changed(o, here, u);
        bool better = !best || (best->is_root && !u->is_root) || (best->is_root == u->is_root && n < *changed);
        if (u == here || !u->anchored || !better || !lifts_all(m, u, rules, count))
            continue;
        best = u;
        *changed = n;
    }
    return best;
}

static str detach_in_words(struct making *m, const struct lift *l)
{
    str out = {0};
    for (size_t i = 0; i < l->items.count; i++) {
        const struct lift_item *item = &l->items.items[i];
        out = arena_printf(m->keep, "%.*s%s%s %.*s (%.*s) %s %.*s (other accounts touched: %zu)", STR_ARG(out),
                           i ? ", " : "", item->each == EACH_DETACH ? "detach" : "attach",
                           STR_ARG(item->lift.policy_name), STR_ARG(item->lift.policy),
                           item->each == EACH_DETACH ? "from" : "to", STR_ARG(item->lift.level_path),
                           item->lift.other_accounts);
    }
    return out;
}

static struct lift by_moving(struct making *m, const struct unit *ou)
{
    struct lift l = {0};
    *VEC_PUSH(m->keep, &l.items) = (struct lift_item){
        .each = EACH_MOVE, .lift = {.level = making_keep(m, ou->id), .level_path = making_keep(m, ou->path)}
    };
    return l;
}

static const str *rule_ids(struct making *m, const struct rule *const *rules, size_t count)
{
    str *ids = NEW_ARRAY(m->keep, str, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = making_keep(m, rules[i]->id);
    return ids;
}

const struct lift *making_lift(struct making *m)
{
    if (m->lift_made)
        return &m->lift;
    m->lift_made = true;
    struct lift detaching = {0};
    const struct rule **rules = NEW_ARRAY(m->v->arena, const struct rule *, m->v->result->finding_count + 1);
    size_t count = denied_rules(m, rules, &detaching), changed = 0;
    const struct unit *ou = count ? best_ou(m, rules, count, &changed) : NULL;
    struct lift exempting;
    if (!count)
        return &m->lift;
    /* Two accounts exempted one after the other would each write the policy without the other. */
    bool exempt = m->by_itself && detaching.other_accounts > 0 && (!ou || ou->is_root) &&
                  making_exempt(m, rules, count, &exempting);
    bool move = !exempt && ou && (detaching.other_accounts > 0 || changed < detaching.items.count);
    m->lift = exempt ? exempting : move ? by_moving(m, ou) : detaching;
    m->lift.rules = rule_ids(m, rules, count);
    m->lift.rule_count = count;
    if (move || exempt)
        m->lift.instead = arena_printf(m->keep, "Or %.*s.", STR_ARG(detach_in_words(m, &detaching)));
    else if (ou)
        m->lift.instead =
            arena_printf(m->keep, "Or move the account to %.*s (%.*s).", STR_ARG(ou->path), STR_ARG(ou->id));
    return &m->lift;
}
