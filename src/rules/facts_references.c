/*
 * facts_references.c - policies that decide otherwise once the account is in no organization (readiness.md 6.1): those
 * of the account's people and roles, of its resources, of its VPC endpoints; and, for accounts that are named, those of
 * the other accounts.
 */
#include "base/work.h"
#include "iam/reference.h"
#include "rules/policies.h"

/* Looking through all others costs as much as judging them. */
enum { OTHERS_LIMIT = 200 };

struct search {
    struct facts *facts;
    struct org_place today;
    VEC(struct element) items;
    struct map seen; /* policies that several have */
    struct sweep sweep;
};

static struct search search_begin(struct facts *f)
{
    struct search s = {.facts = f, .sweep.complete = true};
    const struct organization *o = f->run->org;
    const struct org_account *listed = f->account->listed;
    size_t count;
    bool known;
    const struct unit **chain = unit_chain(f->arena, listed ? listed->parent : NULL, &count, &known);
    s.today.id = o->id;
    s.today.path = known && o->id.len ? arena_printf(f->arena, "%.*s/", STR_ARG(o->id)) : (str){0};
    for (size_t i = 0; i < count && s.today.path.len; i++)
        s.today.path = arena_printf(f->arena, "%.*s%.*s/", STR_ARG(s.today.path), STR_ARG(chain[i]->id));
    return s;
}

static void not_complete(struct search *s, str why)
{
    if (s->sweep.complete)
        s->sweep.why = why;
    s->sweep.complete = false;
}

/* ---- one policy ---- */

static str file_of(const struct policy *p)
{
    return source_file_of(p->source, p->statements ? p->statements->node : NULL);
}

static void add_reference(struct search *s, const struct policy *p, const struct org_reference *r, str policy)
{
    struct facts *f = s->facts;
    const char *change = org_change_name(r->change);
    struct value *members = NEW_ARRAY(f->arena, struct value, 3); /* reference.file, .key, .change */
    struct mark *m = NEW(f->arena, struct mark);
    *m = MARK_NONE;
    m->source = p->source;
    m->node = r->statement->node;
    m->policy = policy;
    m->sid = r->statement->sid;
    m->statement = r->statement->index;
    m->text = arena_printf(f->arena, "%.*s: %s", STR_ARG(r->key), change);
    members[0] = fact_text(file_of(p));
    members[1] = fact_text(r->key);
    members[2] = fact_text(str_from(change));
    *VEC_PUSH(f->arena, &s->items) =
        (struct element){.text = arena_printf(f->arena, "%.*s (%.*s, %s)", STR_ARG(policy), STR_ARG(r->key), change),
                         .members = members,
                         .mark = m};
}

static void search_policy(struct search *s, const struct policy *p, str name)
{
    const struct org_reference *found;
    str key = {(const char *)&p, sizeof p};
    void **slot = map_at(s->facts->arena, &s->seen, arena_str(s->facts->arena, key));
    if (*slot)
        return;
    *slot = s;
    size_t count = org_references(s->facts->arena, p, &s->today, &found);
    for (size_t i = 0; i < count; i++)
        if (found[i].change == CHANGE_UNKNOWN)
            not_complete(s, arena_printf(s->facts->arena, "whether %.*s decides otherwise cannot be told from its %.*s",
                                         STR_ARG(name), STR_ARG(found[i].key)));
        else
            add_reference(s, p, &found[i], name);
}

/* ---- what the walks bring ---- */

static void see_policy(void *self, const struct met_policy *p)
{
    search_policy(self, p->policy, p->name);
}

static void see_gap(void *self, const struct capture_doc *doc, str file, str why)
{
    struct search *s = self;
    (void)file;
    if (doc)
        sweep_misses(&s->sweep, doc);
    else
        not_complete(s, why);
}

static void see_lists(void *self, const struct sweep *lists)
{
    struct search *s = self;
    sweep_join(s->facts, &s->sweep, lists);
}

static struct policy_walk walk_of(struct search *s)
{
    return (struct policy_walk){s, see_policy, see_gap, see_lists};
}

static struct value search_end(struct search *s)
{
    if (!s->today.id.len)
        return fact_not_captured(s->facts, TYPE_LIST, &s->facts->run->org->describe);
    if (s->sweep.missing || s->sweep.complete)
        return sweep_list(s->facts, &s->sweep, s->items.items, s->items.count);
    if (!s->items.count)
        return fact_unknown(TYPE_LIST, s->sweep.why);
    return fact_list(s->items.items, s->items.count, false, s->sweep.why);
}

struct value fact_references_own(struct facts *f, route r)
{
    struct search s = search_begin(f);
    (void)r;
    struct policy_walk w = walk_of(&s);
    walk_people(f, &w, false);
    walk_resources(f, &w);
    return search_end(&s);
}

struct value fact_references_endpoints(struct facts *f, route r)
{
    struct search s = search_begin(f);
    (void)r;
    struct policy_walk w = walk_of(&s);
    walk_endpoints(f, &w);
    return search_end(&s);
}

/* ---- other accounts ---- */

struct other {
    struct search *search; /* of the account that leaves: gets what is found */
    str id;
};

static struct element keep_element(arena *a, const struct element *e)
{
    struct value *members = NEW_ARRAY(a, struct value, 3);
    struct mark *m = NEW(a, struct mark);
    for (size_t i = 0; i < 3; i++)
        members[i] = fact_text(arena_str(a, e->members[i].as.text));
    *m = MARK_NONE;
    m->file = members[0].as.text;
    m->policy = arena_str(a, e->mark->policy);
    m->text = arena_str(a, e->mark->text);
    return (struct element){.text = arena_str(a, e->text), .members = members, .mark = m};
}

/* Trust policies and resources: what lets a caller of another account in. Nothing of the scratch arena is kept. */
static bool search_other(arena *scratch, void *arg, error *e)
{
    struct other *o = arg;
    struct search *to = o->search;
    arena *a = to->facts->arena;
    struct facts *f = NEW(scratch, struct facts);
    (void)e;
    facts_open(f, scratch, to->facts->run, account_load(scratch, to->facts->run->org, o->id, NULL));
    struct search s = {.facts = f, .today = to->today, .sweep.complete = true};
    struct policy_walk w = walk_of(&s);
    walk_people(f, &w, true);
    walk_resources(f, &w);
    walk_endpoints(f, &w);
    for (size_t i = 0; i < s.items.count; i++)
        *VEC_PUSH(a, &to->items) = keep_element(a, &s.items.items[i]);
    if (!s.sweep.complete)
        not_complete(to, arena_printf(a, "the policies of account %.*s were not all captured: %.*s", STR_ARG(o->id),
                                      STR_ARG(s.sweep.why)));
    return true;
}

static void close_scratch(void *what)
{
    arena_close(what);
}

struct value fact_references_others(struct facts *f, route r)
{
    const struct organization *o = f->run->org;
    struct search s = search_begin(f);
    (void)r;
    if (!f->run->named || o->account_count > OTHERS_LIMIT) {
        struct value v =
            fact_unknown(TYPE_LIST, arena_printf(f->arena,
                                                 "policies of other accounts are looked through for accounts that are "
                                                 "named, in organizations of at most %d accounts",
                                                 OTHERS_LIMIT));
        fact_need(f, &v, (struct need){"option", STR("--account"), STR("name the account: --account ID")});
        return v;
    }
    arena *scratch = arena_open(0);
    bool ok = scratch != NULL;
    arena_defer(f->arena, close_scratch, scratch);
    for (size_t i = 0; i < o->account_count && ok; i++) {
        struct other other = {&s, o->accounts[i]->id};
        error e = {0};
        if (str_eq(other.id, f->account->id))
            continue;
        ok = work_run(scratch, search_other, &other, &e);
        arena_reset(scratch);
    }
    if (!ok)
        work_leave(arena_exit(f->arena));
    if (o->list_accounts.state != CAPTURE_WHOLE)
        sweep_misses(&s.sweep, &o->list_accounts);
    return search_end(&s);
}
