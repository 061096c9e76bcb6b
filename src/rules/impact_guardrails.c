/*
 * impact_guardrails.c - SCPs and RCPs: what they deny, and do not allow, from the root down to the account is possible
 * once it has left; and for the organization's own accounts and resources it becomes a stranger.
 */
#include "rules/impact_run.h"

/* ---- what no longer holds for the account ---- */

static const char *type_word(policy_type t)
{
    return t == POLICY_SCP ? "SCP" : "RCP";
}

static str policy_words(struct impacting *m, policy_type t, const struct policy_ref *p)
{
    return p->name.len && !str_eq(p->name, p->id)
               ? arena_printf(m->arena, "%s %.*s (%.*s)", type_word(t), STR_ARG(p->name), STR_ARG(p->id))
               : arena_printf(m->arena, "%s %.*s", type_word(t), STR_ARG(p->id));
}

static str text_file(struct impacting *m, const struct policy_ref *p)
{
    return arena_printf(m->arena, "organizations/describe-policy/%.*s.json", STR_ARG(p->id));
}

static str list_file(struct impacting *m, policy_type t)
{
    return arena_printf(m->arena, "organizations/list-policies/%s.json", policy_type_names[t]);
}

static struct mark mark_at(const struct level *l, const struct policy_ref *p, const struct statement *s)
{
    return (struct mark){.source = p->policy->source,
                         .node = s->node,
                         .level = l->id,
                         .level_path = l->path,
                         .policy = p->id,
                         .policy_name = p->name,
                         .sid = s->sid,
                         .statement = s->index};
}

struct losing {
    struct impacting *m;
    policy_type type;
    tri applies;
    struct gaps gaps;
};

static struct impact_item *lose(struct losing *l, tri sure)
{
    struct impact_item *i = impact_add(l->m, IMPACT_PROTECTION, STR("impact.scp-protection-lost"),
                                       tri_and(sure, l->applies) == TRI_YES ? CERTAINTY_CERTAIN : CERTAINTY_UNKNOWN);
    if (l->applies != TRI_YES)
        i->why = arena_printf(l->m->arena, "whether %ss restrict the account today is not known", type_word(l->type));
    else if (sure != TRI_YES)
        i->why = STR("the statement is not understood");
    impact_fix(l->m, i, STR("Take over what must stay forbidden: as permissions boundaries and in resource policies"));
    return i;
}

static void lose_statement(struct losing *l, const struct level *level, const struct policy_ref *p,
                           const struct statement *s)
{
    arena *a = l->m->arena;
    struct mark at = mark_at(level, p, s);
    at.text = arena_printf(a, "%.*s at %.*s: %.*s%s", STR_ARG(policy_words(l->m, l->type, p)),
                           STR_ARG(level->path.len ? level->path : level->id), STR_ARG(statement_words(a, s)),
                           s->condition_count ? " under conditions" : "");
    struct impact_item *i = lose(l, s->odd || s->effect != EFFECT_DENY ? TRI_UNKNOWN : TRI_YES);
    i->change = STR("deny to none");
    i->now = at.text;
    i->after = l->type == POLICY_SCP
                   ? STR("the Deny no longer holds for principals of the account, its root user included")
                   : STR("the Deny no longer protects resources of the account");
    impact_mark(l->m, i, &at);
}

/* Allows all, so that the level takes nothing away. */
static bool allows_everything(const struct policy *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct statement *s = &p->statements[i];
        if (s->effect == EFFECT_ALLOW && !s->odd && !s->condition_count && !s->not_action && !s->not_resource &&
            s->action_count && str_is(node_text(s->actions[0].node), "*") && s->resource && statement_covers_star(s))
            return true;
    }
    return false;
}

static void lose_allow_list(struct losing *l, const struct level *level)
{
    arena *a = l->m->arena;
    struct impact_item *i = lose(l, TRI_YES);
    i->change = STR("none to allow");
    i->now = arena_printf(a, "the SCPs at %.*s allow a list of actions only",
                          STR_ARG(level->path.len ? level->path : level->id));
    i->after = STR("what the list leaves out is possible for whoever an identity policy allows it");
    for (size_t k = 0; k < level->set.count; k++) {
        struct mark at = mark_at(level, &level->set.items[k], &(struct statement){.index = -1});
        at.text = policy_words(l->m, l->type, &level->set.items[k]);
        impact_mark(l->m, i, &at);
    }
}

static void lose_level(struct losing *l, const struct level *level)
{
    bool open = !level->set.complete;
    str where = level->path.len ? level->path : level->id;
    if (open)
        gaps_add(&l->gaps, NULL, list_file(l->m, l->type),
                 arena_printf(l->m->arena, "which %ss are attached at %.*s was not all captured", type_word(l->type),
                              STR_ARG(where)));
    for (size_t i = 0; i < level->set.count; i++) {
        const struct policy_ref *p = &level->set.items[i];
        if (!p->policy)
            gaps_add(&l->gaps, NULL, text_file(l->m, p),
                     arena_printf(l->m->arena, "the text of %.*s, attached at %.*s, was not captured",
                                  STR_ARG(policy_words(l->m, l->type, p)), STR_ARG(where)));
        open |= !p->policy || (p->policy && allows_everything(p->policy));
        for (size_t k = 0; p->policy && k < p->policy->count; k++)
            if (p->policy->statements[k].effect != EFFECT_ALLOW)
                lose_statement(l, level, p, &p->policy->statements[k]);
    }
    if (!open && l->type == POLICY_SCP)
        lose_allow_list(l, level);
}

static void lose_type(struct impacting *m, policy_type type)
{
    const struct organization *o = m->check->org;
    struct losing l = {.m = m, .type = type, .gaps = {.impacting = m}};
    tri management = !o->management_account.len ? TRI_UNKNOWN : tri_of(str_eq(o->management_account, m->account));
    size_t count;
    l.applies = tri_and(o->types_enabled[type], tri_not(management));
    if (l.applies == TRI_NO)
        return;
    const struct level *levels = facts_levels(m->facts, type, &count);
    for (size_t i = 0; i < count; i++)
        lose_level(&l, &levels[i]);
    gaps_tell(m, &l.gaps, IMPACT_PROTECTION, "impact.scp-protection-lost",
              arena_printf(m->arena, "%ss that were not captured may restrict the account, and no longer will",
                           type_word(type)));
}

/* ---- what begins to hold against it ---- */

#define BY_ENDPOINT "for calls through VPC endpoints of %s"
static const struct against {
    policy_type type;
    struct scene_row row;
} against[] = {
    {POLICY_SCP,
     {false,
      0,
      {WHO_STAYS, WHO_LEAVES, WHO_NOBODY, WHO_STAYS},
      "for principals of the organization on resources of %s",
      false}                                                                                  },
    {POLICY_SCP, {false, 0, {WHO_STAYS, WHO_STAYS, WHO_NOBODY, WHO_LEAVES}, BY_ENDPOINT, true}},
    {POLICY_RCP,
     {false,
      0,
      {WHO_LEAVES, WHO_STAYS, WHO_NOBODY, WHO_LEAVES},
      "for principals of %s on resources of the organization",
      false}                                                                                  },
    {POLICY_RCP, {false, 0, {WHO_STAYS, WHO_STAYS, WHO_NOBODY, WHO_LEAVES}, BY_ENDPOINT, true}},
    {POLICY_RCP,
     {false,
      0,
      {WHO_NOBODY, WHO_STAYS, WHO_LEAVES, WHO_NOBODY},
      "for AWS services that act for resources of %s",
      false}                                                                                  },
};

static void ask_attached(struct impacting *m, struct gaps *gaps, policy_type type, const struct attachment *at,
                         str level, str path)
{
    for (size_t i = 0; i < at->count; i++) {
        const struct org_policy *p = at->items[i];
        struct asked_policy asked = {
            .ref = {.policy = p->policy, .id = p->id, .name = p->name},
            .layer = type == POLICY_SCP ? LAYER_SCP : LAYER_RCP,
            .rule = "impact.org-condition-others",
            .level = level,
            .level_path = path
        };
        asked.label = policy_words(m, type, &asked.ref);
        for (size_t k = 0; p->policy && k < sizeof against / sizeof *against; k++)
            if (against[k].type == type)
                impact_ask(m, &asked, &against[k].row);
        if (!p->policy)
            gaps_add(gaps, NULL, text_file(m, &asked.ref),
                     arena_printf(m->arena, "the text of %.*s was not captured", STR_ARG(asked.label)));
    }
    if (!at->complete)
        gaps_add(gaps, NULL, list_file(m, type),
                 arena_printf(m->arena, "which %ss are attached at %.*s was not all captured", type_word(type),
                              STR_ARG(path.len ? path : level)));
}

static void ask_type(struct impacting *m, policy_type type)
{
    const struct organization *o = m->check->org;
    struct gaps gaps = {.impacting = m};
    if (o->types_enabled[type] == TRI_NO)
        return;
    for (size_t i = 0; i < o->unit_count; i++)
        ask_attached(m, &gaps, type, &o->units[i]->attached[type], o->units[i]->id, o->units[i]->path);
    for (size_t i = 0; i < o->account_count; i++)
        if (!impact_leaves(m, o->accounts[i]->id))
            ask_attached(m, &gaps, type, &o->accounts[i]->attached[type], o->accounts[i]->id, o->accounts[i]->name);
    gaps_tell(m, &gaps, IMPACT_ACCESS, "impact.org-condition-others",
              arena_printf(m->arena, "%ss that were not captured may deny what is outside the organization",
                           type_word(type)));
}

void impact_guardrails(struct impacting *m)
{
    for (int type = 0; type < POLICY_TYPE_COUNT; type++) {
        lose_type(m, (policy_type)type);
        ask_type(m, (policy_type)type);
    }
}
