/*
 * impact_policies.c - the policies of the account that leaves and of all others, each asked in the scenes that a policy
 * of its use and place can meet. What was not captured becomes an item too, and is never passed over.
 */
#include "base/work.h"
#include "rules/impact_run.h"

#define USE(use) (1u << (use))
#define IDENTITY (USE(OF_IDENTITY) | USE(OF_BOUNDARY))
#define RESOURCE USE(OF_RESOURCE)
#define LETS_IN  (USE(OF_RESOURCE) | USE(OF_TRUST))
#define ENDPOINT USE(OF_ENDPOINT)
#define OWN      true
#define OTHERS   false

#define OWN_CALLERS "for its own principals"
#define ON_OWN      OWN_CALLERS " on its own resources"
#define ON_STAYING  OWN_CALLERS " on resources of the organization"
#define ON_OUTSIDE  OWN_CALLERS " on resources outside of it"

/* A key about the caller is about his account, wherever the policy stands: of the policies of the account that leaves
 * the organization's callers keep theirs. Order of the parties: principal, resource, source, VPC endpoint. */
static const struct scene_row scenes[] = {
    {OWN,    IDENTITY, {WHO_LEAVES, WHO_LEAVES, WHO_NOBODY, WHO_LEAVES}, ON_OWN,                                      false},
    {OWN,    IDENTITY, {WHO_LEAVES, WHO_STAYS, WHO_NOBODY, WHO_LEAVES},  ON_STAYING,                                  false},
    {OWN,    IDENTITY, {WHO_LEAVES, WHO_NOBODY, WHO_NOBODY, WHO_LEAVES}, ON_OUTSIDE,                                  false},
    {OWN,    LETS_IN,  {WHO_LEAVES, WHO_LEAVES, WHO_NOBODY, WHO_LEAVES}, OWN_CALLERS,                                 false},
    {OWN,    LETS_IN,  {WHO_STAYS, WHO_LEAVES, WHO_NOBODY, WHO_STAYS},   "for callers that stay in the organization", false},
    {OWN,
     RESOURCE,         {WHO_NOBODY, WHO_LEAVES, WHO_LEAVES, WHO_NOBODY},
     "for AWS services that act for its own resources",                                                               false},
    {OWN,
     RESOURCE,         {WHO_NOBODY, WHO_LEAVES, WHO_STAYS, WHO_NOBODY},
     "for AWS services that act for resources of the organization",                                                   false},
    {OWN,    ENDPOINT, {WHO_LEAVES, WHO_LEAVES, WHO_NOBODY, WHO_LEAVES}, ON_OWN,                                      false},
    {OWN,    ENDPOINT, {WHO_LEAVES, WHO_STAYS, WHO_NOBODY, WHO_LEAVES},  ON_STAYING,                                  false},
    {OWN,    ENDPOINT, {WHO_LEAVES, WHO_NOBODY, WHO_NOBODY, WHO_LEAVES}, ON_OUTSIDE,                                  false},
    {OWN,
     ENDPOINT,         {WHO_STAYS, WHO_LEAVES, WHO_NOBODY, WHO_LEAVES},
     "for callers that stay in the organization on its own resources",                                                false},
    {OWN,
     ENDPOINT,         {WHO_STAYS, WHO_STAYS, WHO_NOBODY, WHO_LEAVES},
     "for callers and resources that stay in the organization",                                                       false},
    {OTHERS, LETS_IN,  {WHO_LEAVES, WHO_HOME, WHO_NOBODY, WHO_LEAVES},   "for principals of %s",                      false},
    {OTHERS, LETS_IN,  {WHO_HOME, WHO_HOME, WHO_NOBODY, WHO_LEAVES},     "for calls through VPC endpoints of %s",     true },
    {OTHERS,
     RESOURCE,         {WHO_NOBODY, WHO_HOME, WHO_LEAVES, WHO_NOBODY},
     "for AWS services that act for resources of %s",                                                                 false},
    {OTHERS, IDENTITY, {WHO_HOME, WHO_LEAVES, WHO_NOBODY, WHO_HOME},     "on resources of %s",                        false},
    {OTHERS, IDENTITY, {WHO_HOME, WHO_HOME, WHO_NOBODY, WHO_LEAVES},     "for calls through VPC endpoints of %s",     true },
    {OTHERS, ENDPOINT, {WHO_LEAVES, WHO_HOME, WHO_NOBODY, WHO_HOME},     "for principals of %s",                      false},
    {OTHERS, ENDPOINT, {WHO_HOME, WHO_LEAVES, WHO_NOBODY, WHO_HOME},     "on resources of %s",                        false},
};

/* ---- one policy ---- */

static layer layer_of(policy_use use)
{
    switch (use) {
    case OF_IDENTITY: return LAYER_IDENTITY;
    case OF_BOUNDARY: return LAYER_BOUNDARY;
    case OF_TRUST:
    case OF_RESOURCE:
    case OF_ENDPOINT: break;
    }
    return LAYER_RESOURCE;
}

static str label_of(struct impacting *m, const struct met_policy *p, bool own)
{
    arena *a = m->arena;
    str where = own ? (str){0} : arena_printf(a, " of account %.*s", STR_ARG(m->facts->account->id));
    const char *kind = p->entity && p->entity->kind == ENTITY_USER ? "user" : "role";
    str holder = p->entity ? p->entity->name : (str){0};
    switch (p->use) {
    case OF_IDENTITY:
        return arena_printf(a, "policy %.*s of %s %.*s%.*s", STR_ARG(p->name), kind, STR_ARG(holder), STR_ARG(where));
    case OF_BOUNDARY:
        return arena_printf(a, "permissions boundary %.*s of %s %.*s%.*s", STR_ARG(p->name), kind, STR_ARG(holder),
                            STR_ARG(where));
    case OF_TRUST: return arena_printf(a, "trust policy of role %.*s%.*s", STR_ARG(holder), STR_ARG(where));
    case OF_RESOURCE: return arena_printf(a, "policy of %.*s%.*s", STR_ARG(p->resource), STR_ARG(where));
    case OF_ENDPOINT: return arena_printf(a, "policy of VPC endpoint %.*s%.*s", STR_ARG(p->resource), STR_ARG(where));
    }
    return p->name;
}

struct looking {
    struct impacting *m;
    struct gaps gaps;
    bool own;
};

/* The key is about the caller: who stays in the organization goes on carrying it. */
static void callers_keep(struct impacting *m, struct impact_item *i)
{
    bool of_caller = i->key.len > 16 && str_eq_nocase(str_head(i->key, 16), STR("aws:PrincipalOrg"));
    if (of_caller && str_find(i->after, STR("callers that stay")) == SIZE_MAX)
        i->after =
            arena_printf(m->arena, "%.*s; callers that stay in the organization keep the key", STR_ARG(i->after));
}

/* Wherever the resource is: that is said in fewer words. */
static void join_words(struct impacting *m, struct impact_item *i)
{
    static const char all[] = ON_OWN ", and " ON_STAYING ", and " ON_OUTSIDE;
    size_t at = str_find(i->after, str_from(all));
    if (at != SIZE_MAX)
        i->after = arena_printf(m->arena, "%.*s" OWN_CALLERS "%.*s", (int)at, i->after.ptr,
                                STR_ARG(str_from_index(i->after, at + sizeof all - 1)));
}

static void look_at_policy(void *self, const struct met_policy *p)
{
    struct looking *l = self;
    struct impacting *m = l->m;
    bool holds = p->use == OF_IDENTITY || p->use == OF_BOUNDARY;
    struct asked_policy asked = {
        .ref = {.policy = p->policy, .id = p->name},
        .layer = layer_of(p->use),
        .endpoint = p->use == OF_ENDPOINT,
        .owner = m->facts->account->id,
        .holder = holds ? p->entity->arn : (str){0                  },
        .resource = p->use == OF_TRUST ? p->entity->arn : (str){0},
        .identity = holds ? &p->entity->identity : NULL,
        .boundary = holds && p->entity->has_boundary ? &p->entity->boundary : NULL,
        .rule = !l->own                 ? "impact.org-condition-others"
                : p->use == OF_ENDPOINT ? "impact.vpc-endpoint-policy"
                                        : "impact.org-condition-member",
        .label = label_of(m, p, l->own)
    };
    size_t known = m->items.count;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        if (scenes[i].own == l->own && scenes[i].uses & USE(p->use))
            impact_ask(m, &asked, &scenes[i]);
    for (size_t i = known; i < m->items.count && l->own; i++) {
        join_words(m, &m->items.items[i]);
        if (p->use == OF_TRUST || p->use == OF_RESOURCE)
            callers_keep(m, &m->items.items[i]);
    }
    if (l->own && p->use == OF_RESOURCE)
        impact_members_named(m, p, asked.label);
    if (!l->own && p->use == OF_TRUST && known == m->items.count)
        impact_named_elsewhere(m, p->entity, asked.label);
}

static void look_at_gap(void *self, const struct capture_doc *doc, str file, str why)
{
    struct looking *l = self;
    gaps_add(&l->gaps, doc, file, why);
}

/* ---- the account's own ---- */

void impact_own_policies(struct impacting *m)
{
    struct looking people = {.m = m, .gaps = {.impacting = m}, .own = true}, resources = people, endpoints = people;
    walk_people(m->facts, &(struct policy_walk){&people, look_at_policy, look_at_gap, NULL}, false);
    walk_resources(m->facts, &(struct policy_walk){&resources, look_at_policy, look_at_gap, NULL});
    walk_endpoints(m->facts, &(struct policy_walk){&endpoints, look_at_policy, look_at_gap, NULL});
    gaps_tell(m, &people.gaps, IMPACT_ACCESS, "impact.org-condition-member",
              STR("policies of roles and users that were not captured may name the organization"));
    gaps_tell(m, &resources.gaps, IMPACT_ACCESS, "impact.org-condition-member",
              STR("policies of resources that were not captured may name the organization"));
    gaps_tell(m, &endpoints.gaps, IMPACT_ACCESS, "impact.vpc-endpoint-policy",
              STR("policies of VPC endpoints that were not captured may name the organization"));
}

/* ---- those of other accounts ---- */

struct other {
    struct impacting *to;
    struct gaps *gaps;
    str id;
};

/* Nothing of the scratch arena is kept. A malformed capture of another account is a gap here, not an error. */
static bool look_at_other(arena *scratch, void *arg, error *e)
{
    struct other *o = arg;
    arena *a = o->to->arena;
    struct facts *f = NEW(scratch, struct facts);
    struct impacting m = *o->to;
    (void)e;
    facts_open(f, scratch, o->to->facts->run, account_load(scratch, o->to->check->org, o->id, NULL));
    m.arena = scratch;
    m.facts = f;
    m.items.items = NULL;
    m.items.count = m.items.room = 0;
    m.seen = (struct map){0};
    struct looking l = {.m = &m, .gaps = {.impacting = &m}};
    struct policy_walk w = {&l, look_at_policy, look_at_gap, NULL};
    walk_people(f, &w, false);
    walk_resources(f, &w);
    walk_endpoints(f, &w);
    for (size_t i = 0; i < m.items.count; i++)
        *VEC_PUSH(a, &o->to->items) = impact_keep(a, &m.items.items[i]);
    if (l.gaps.count)
        gaps_add(o->gaps, NULL, arena_str(a, l.gaps.marks.items[0].file),
                 arena_printf(a, "the policies of account %.*s were not all captured: %.*s", STR_ARG(o->id),
                              STR_ARG(l.gaps.why)));
    return true;
}

static void close_scratch(void *what)
{
    arena_close(what);
}

bool impact_other_policies(struct impacting *m, error *e)
{
    const struct organization *o = m->check->org;
    struct gaps gaps = {.impacting = m};
    arena *scratch = arena_open(0);
    bool ok = scratch || error_set(e, ERR_RESOURCE, "out of memory");
    arena_defer(m->arena, close_scratch, scratch);
    for (size_t i = 0; i < o->account_count && ok; i++) {
        struct other other = {m, &gaps, o->accounts[i]->id};
        if (str_eq(other.id, m->account))
            continue;
        ok = work_run(scratch, look_at_other, &other, e);
        arena_reset(scratch);
    }
    if (o->list_accounts.state != CAPTURE_WHOLE)
        gaps_add(&gaps, &o->list_accounts, (str){0},
                 o->list_accounts.why.len ? o->list_accounts.why : STR("organizations/list-accounts.json was cut off"));
    gaps_tell(
        m, &gaps, IMPACT_ACCESS, "impact.org-condition-others",
        STR("policies of other accounts that were not captured may admit the account only through the organization"));
    return ok;
}
