/*
 * impact_scenes.c - one policy in one scene: whose account leaves and whose stays settles the organization's keys
 * before and after; each statement is asked what it answers, and then whether that decides a request otherwise.
 */
#include "iam/shift.h"
#include "policy/arn.h"
#include "rules/impact_run.h"

/* ---- where the parties stand ---- */

static struct org_standing today_of(const struct impacting *m, str account)
{
    const struct organization *o = m->check->org;
    const struct org_account *listed = account.len ? organization_account(o, account) : NULL;
    struct org_standing s = {.in = o->in_use == TRI_NO ? TRI_NO : TRI_YES, .id = o->id};
    size_t count = 0;
    bool known = false;
    if (account.len && !listed && !str_eq(account, o->management_account))
        s.in = o->list_accounts.state == CAPTURE_WHOLE ? TRI_NO : TRI_UNKNOWN;
    const struct unit **chain = unit_chain(m->arena, listed ? listed->parent : NULL, &count, &known);
    str path = arena_printf(m->arena, "%.*s/", STR_ARG(o->id));
    for (size_t i = 0; i < count; i++)
        path = arena_printf(m->arena, "%.*s%.*s/", STR_ARG(path), STR_ARG(chain[i]->id));
    if (known && o->id.len)
        s.path = path;
    return s;
}

/* Where in the new organization it will stand is not known: a place that only "o-.../" and its wildcards match does,
 * unless the policy names places of it. */
static struct org_standing afterwards(const struct impacting *m, const struct policy *p)
{
    str to = m->options->new_org;
    struct org_standing s = {.in = tri_of(to.len > 0), .id = to};
    str text = {p->source->text, p->source->len};
    bool names_place = str_find(text, arena_printf(m->arena, "%.*s/r", STR_ARG(to))) != SIZE_MAX ||
                       str_find(text, arena_printf(m->arena, "%.*s\\/", STR_ARG(to))) != SIZE_MAX;
    if (to.len && !names_place)
        s.path = arena_printf(m->arena, "%.*s/r-0000/", STR_ARG(to));
    return s;
}

bool impact_leaves(const struct impacting *m, str account)
{
    bool leaves = str_eq(account, m->account);
    for (size_t i = 0; i < m->options->with_count; i++)
        leaves |= str_eq(account, m->options->with[i]);
    return leaves;
}

static struct org_scene scene_of(const struct impacting *m, const struct asked_policy *p, const struct scene_row *row)
{
    struct org_scene out = {0};
    for (size_t i = 0; i < PARTY_COUNT; i++) {
        str account = row->who[i] == WHO_LEAVES ? m->account : row->who[i] == WHO_HOME ? p->owner : (str){0};
        out.before[i] = row->who[i] == WHO_NOBODY ? (struct org_standing){.in = TRI_NO} : today_of(m, account);
        out.after[i] = account.len && impact_leaves(m, account) ? afterwards(m, p->ref.policy) : out.before[i];
    }
    return out;
}

/* ---- who asks ---- */

/* Somebody of an account that stays, and whom the statement may cover. */
static str staying_caller(const struct impacting *m, const struct statement *s)
{
    const struct organization *o = m->check->org;
    str partition = facts_partition(m->facts), caller = {0};
    for (size_t i = 0; i < o->account_count && !caller.len; i++)
        if (!impact_leaves(m, o->accounts[i]->id))
            caller = shift_caller(m->arena, s, partition, o->accounts[i]->id);
    return caller;
}

static str caller_of(const struct impacting *m, const struct asked_policy *p, const struct scene_row *row,
                     const struct statement *s)
{
    str partition = facts_partition(m->facts);
    bool has_principals = p->layer == LAYER_RESOURCE || p->layer == LAYER_RCP;
    if (p->holder.len)
        return p->holder;
    if (!has_principals)
        return arena_printf(m->arena, "arn:%.*s:iam::%.*s:role/0orgexit0any", STR_ARG(partition),
                            STR_ARG(p->owner.len ? p->owner : STR("000000000000")));
    switch (row->who[PARTY_PRINCIPAL]) {
    case WHO_NOBODY: return shift_caller(m->arena, s, partition, (str){0});
    case WHO_LEAVES: return shift_caller(m->arena, s, partition, m->account);
    case WHO_HOME: return shift_caller(m->arena, s, partition, p->owner);
    case WHO_STAYS: break;
    }
    return staying_caller(m, s);
}

/* ---- what is decided ---- */

/* The set, and a policy that allows everything: what is left is what the set denies. */
static const struct policy_set *with_everything(const struct impacting *m, const struct policy_set *set)
{
    const struct policy_set *everything = m->facts->run->everything;
    struct policy_set *out = NEW(m->arena, struct policy_set);
    struct policy_ref *refs = NEW_ARRAY(m->arena, struct policy_ref, set->count + everything->count);
    memcpy(refs, everything->items, everything->count * sizeof *refs);
    if (set->count)
        memcpy(refs + everything->count, set->items, set->count * sizeof *refs);
    *out = (struct policy_set){refs, set->count + everything->count, set->complete};
    return out;
}

static struct layers layers_of(const struct impacting *m, const struct asked_policy *p, bool denies)
{
    struct layers l = {.scps_apply = TRI_NO, .rcps_apply = TRI_NO, .identity = m->facts->run->everything};
    struct level *level = NEW(m->arena, struct level);
    *level = (struct level){
        .set = {&p->ref, 1, true}
    };
    l.boundary = p->boundary;
    switch (p->layer) {
    case LAYER_SCP:
        l.scps = level;
        l.scp_count = 1;
        l.scps_apply = TRI_YES;
        break;
    case LAYER_RCP:
        l.rcps = level;
        l.rcp_count = 1;
        l.rcps_apply = TRI_YES;
        break;
    case LAYER_IDENTITY: l.identity = denies ? with_everything(m, p->identity) : p->identity; break;
    case LAYER_RESOURCE: l.resource = &p->ref; break;
    case LAYER_NONE:
    case LAYER_SESSION:
    case LAYER_BOUNDARY: break;
    }
    return l;
}

/* In one account a resource's policy may grant alone, or only what identity policies grant too. */
static void decide_shift(const struct impacting *m, const struct asked_policy *p, const struct shift_question *q,
                         struct shift *out)
{
    bool denies = q->reference->statement->effect == EFFECT_DENY;
    struct layers layers = layers_of(m, p, denies);
    struct shift_question with = *q;
    with.layers = &layers;
    shift_of(m->arena, &with, out);
    bool same_account =
        p->layer == LAYER_RESOURCE && str_eq(q->resource_account, principal_name_of(q->principal).account);
    if (!same_account || denies || out->shows == TRI_YES)
        return;
    struct shift alone;
    layers.identity = NULL;
    shift_of(m->arena, &with, &alone);
    if (alone.shows == TRI_YES || out->shows == TRI_NO)
        *out = alone;
}

/* ---- telling ---- */

str statement_words(arena *a, const struct statement *s)
{
    enum { SHOWN = 3 };
    str words = s->effect == EFFECT_ALLOW ? STR("Allow") : s->effect == EFFECT_DENY ? STR("Deny") : STR("Statement");
    size_t n = s->action_count < SHOWN ? s->action_count : SHOWN;
    if (s->not_action)
        words = arena_printf(a, "%.*s everything but", STR_ARG(words));
    for (size_t i = 0; i < n; i++)
        words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), i ? ", " : " ", STR_ARG(node_text(s->actions[i].node)));
    if (s->action_count > n)
        words = arena_printf(a, "%.*s and %zu more", STR_ARG(words), s->action_count - n);
    return words;
}

static const char *change_words(org_change c)
{
    switch (c) {
    case CHANGE_UNKNOWN: return "whether it is decided otherwise is not known";
    case CHANGE_ALLOW_ENDS: return "the Allow no longer matches";
    case CHANGE_DENY_BEGINS: return "the Deny begins to match";
    case CHANGE_DENY_ENDS: return "the Deny no longer matches";
    case CHANGE_ALLOW_BEGINS: return "the Allow begins to match";
    }
    return "";
}

static impact_kind kind_of(org_change c)
{
    return c == CHANGE_DENY_ENDS || c == CHANGE_ALLOW_BEGINS ? IMPACT_PROTECTION : IMPACT_ACCESS;
}

static struct impact_item *item_of(struct impacting *m, const struct asked_policy *p, const struct org_reference *r,
                                   certainty sure)
{
    /* A policy that many have is read anew in each file of theirs, but once in this account. */
    str key = arena_printf(m->arena, "%p %d %d", (const void *)p->ref.policy, r->statement->index, (int)r->change);
    void **slot = map_at(m->arena, &m->seen, key);
    if (*slot)
        return &m->items.items[(size_t)*slot - 1];
    struct impact_item *i = impact_add(m, kind_of(r->change), str_from(p->rule), sure);
    struct mark at = {.source = p->ref.policy->source,
                      .node = r->statement->node,
                      .level = p->level,
                      .level_path = p->level_path,
                      .policy = p->ref.id,
                      .policy_name = p->ref.name,
                      .sid = r->statement->sid,
                      .statement = r->statement->index,
                      .text = arena_printf(m->arena, "%.*s: %.*s turns on %.*s", STR_ARG(p->label),
                                           STR_ARG(statement_words(m->arena, r->statement)), STR_ARG(r->key))};
    *slot = (void *)m->items.count;
    i->change = str_from(org_change_name(r->change));
    i->key = r->key;
    i->now = at.text;
    i->after = str_from(change_words(r->change));
    impact_mark(m, i, &at);
    return i;
}

static void add_words(struct impacting *m, struct impact_item *i, const char *words, bool first)
{
    str tail = str_from(words), head = str_cut(&tail, '%');
    if (tail.len) /* "principals of %s" */
        head = arena_printf(m->arena, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(m->account),
                            STR_ARG(str_from_index(tail, 1)));
    if (str_find(i->after, head) == SIZE_MAX)
        i->after = arena_printf(m->arena, "%.*s%s %.*s", STR_ARG(i->after), first ? "" : ", and", STR_ARG(head));
}

static void tell(struct impacting *m, const struct asked_policy *p, const struct scene_row *row,
                 const struct org_reference *r, const struct shift *s)
{
    certainty sure = r->change == CHANGE_UNKNOWN                       ? CERTAINTY_UNKNOWN
                     : s->shows == TRI_YES && s->depends_on_count == 0 ? CERTAINTY_CERTAIN
                                                                       : CERTAINTY_LIKELY;
    size_t known = m->items.count;
    struct impact_item *i = item_of(m, p, r, sure);
    bool first = known < m->items.count;
    if (sure > i->certainty || (first && s->depends_on_count)) {
        i->certainty = sure;
        i->depends_on = s->depends_on;
        i->depends_on_count = s->depends_on_count;
    }
    if (r->change == CHANGE_UNKNOWN && !i->why.len)
        i->why = arena_printf(m->arena, "what %.*s stands against, today or afterwards, is not known", STR_ARG(r->key));
    add_words(m, i, row->words, first);
    if (!first)
        return;
    if (r->change == CHANGE_ALLOW_ENDS || r->change == CHANGE_DENY_BEGINS)
        impact_fix(m, i,
                   arena_printf(m->arena, "Let what must go on working be named in the statement by account id%s",
                                m->options->new_org.len ? ", or by the new organization" : ""));
    else if (r->change != CHANGE_UNKNOWN)
        impact_fix(m, i, STR("Write what must stay forbidden without the organization's keys"));
    else
        impact_fix(m, i, STR("Read the statement and settle by hand whether it must change before leaving"));
}

/* Whoever an identity provider vouches for: no account tells of him. */
static bool is_of_provider(const struct statement *s)
{
    return node_is_object(s->principal) && node_get(s->principal, "Federated");
}

static void ask_scene(struct impacting *m, const struct asked_policy *p, const struct scene_row *row)
{
    struct org_scene scene = scene_of(m, p, row);
    const struct org_reference *found;
    size_t count = org_changes(m->arena, p->ref.policy, &scene, &found);
    for (size_t i = 0; i < count; i++) {
        struct shift_question q = {.reference = &found[i],
                                   .scene = &scene,
                                   .principal = caller_of(m, p, row, found[i].statement),
                                   .thought_up = !p->holder.len,
                                   .resource = p->resource};
        struct shift s = {0};
        if (!q.principal.len && !is_of_provider(found[i].statement))
            continue; /* the statement is about nobody of this scene */
        bool grants = p->layer == LAYER_RESOURCE && !p->endpoint;
        str caller = principal_name_of(q.principal).account;
        q.resource_account = p->endpoint ? STR("000000000000") : grants ? p->owner : caller;
        q.owner = grants ? p->owner : row->who[PARTY_RESOURCE] == WHO_LEAVES ? m->account : (str){0};
        q.not_owner = row->who[PARTY_RESOURCE] == WHO_STAYS ? m->account : (str){0};
        if (found[i].change != CHANGE_UNKNOWN && q.principal.len)
            decide_shift(m, p, &q, &s);
        if (s.shows != TRI_NO || found[i].change == CHANGE_UNKNOWN)
            tell(m, p, row, &found[i], &s);
    }
}

/* A call comes through a VPC endpoint or not; through an endpoint's own policy always. */
void impact_ask(struct impacting *m, const struct asked_policy *p, const struct scene_row *row)
{
    struct scene_row without = *row;
    ask_scene(m, p, row);
    without.who[PARTY_VPCE] = WHO_NOBODY;
    if (row->who[PARTY_VPCE] != WHO_NOBODY && !p->endpoint && !row->through_endpoint)
        ask_scene(m, p, &without);
}
