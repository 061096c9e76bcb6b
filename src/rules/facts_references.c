/*
 * facts_references.c - policies that decide otherwise once the account is in no organization (readiness.md 6.1): those
 * of the account's people and roles, of its resources, of its VPC endpoints; and, for accounts that are named, those of
 * the other accounts.
 */
#include "base/work.h"
#include "iam/reference.h"
#include "rules/facts_run.h"

/* Looking through all others costs as much as judging them. */
enum { OTHERS_LIMIT = 200 };

/* Where policies of resources stand: in the items of a list, or in a capture for each of them. */
struct resource_policy {
    capture_kind list, get; /* get CAPTURE_COUNT: in the items themselves */
    const char *outer;      /* the member that holds `member`; NULL: the answer (or item) itself */
    const char *member;
};

static const struct resource_policy of_resources[] = {
    {CAPTURE_LIST_BUCKETS,          CAPTURE_GET_BUCKET_POLICY,     NULL,         "Policy"        },
    {CAPTURE_LIST_KEYS,             CAPTURE_GET_KEY_POLICY,        NULL,         "Policy"        },
    {CAPTURE_LIST_QUEUES,           CAPTURE_GET_QUEUE_POLICY,      "Attributes", "Policy"        },
    {CAPTURE_LIST_TOPICS,           CAPTURE_GET_TOPIC_ATTRIBUTES,  "Attributes", "Policy"        },
    {CAPTURE_LIST_FUNCTIONS,        CAPTURE_GET_FUNCTION_POLICY,   NULL,         "Policy"        },
    {CAPTURE_LIST_SECRETS,          CAPTURE_GET_SECRET_POLICY,     NULL,         "ResourcePolicy"},
    {CAPTURE_DESCRIBE_REPOSITORIES, CAPTURE_GET_REPOSITORY_POLICY, NULL,         "policyText"    },
    {CAPTURE_LIST_EVENT_BUSES,      CAPTURE_COUNT,                 NULL,         "Policy"        },
};
static const struct resource_policy of_endpoints[] = {
    {CAPTURE_DESCRIBE_VPC_ENDPOINTS, CAPTURE_COUNT, NULL, "PolicyDocument"},
};

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
    return p->source->outer ? p->source->outer->file : p->source->file;
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

/* ---- people and roles ---- */

static void search_set(struct search *s, const struct policy_set *set, str whose)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].policy)
            search_policy(s, set->items[i].policy, set->items[i].id);
        else
            not_complete(s, arena_printf(s->facts->arena, "policy %.*s was not captured", STR_ARG(set->items[i].id)));
    if (!set->complete)
        not_complete(s, arena_printf(s->facts->arena, "the policies of %.*s were not all captured", STR_ARG(whose)));
}

static void search_entity(struct search *s, const struct entity *e, bool trust_alone)
{
    struct facts *f = s->facts;
    if (e->trust)
        search_policy(s, e->trust, arena_printf(f->arena, "trust policy of %.*s", STR_ARG(e->name)));
    else if (e->kind == ENTITY_ROLE)
        not_complete(s, arena_printf(f->arena, "the trust policy of %.*s was not captured", STR_ARG(e->name)));
    if (trust_alone)
        return;
    search_set(s, &e->identity, e->name);
    if (e->has_boundary)
        search_set(s, &e->boundary, e->name);
}

static void search_people(struct search *s, bool trust_alone)
{
    const struct account *account = s->facts->account;
    if (account->authorization.state == CAPTURE_UNKNOWN)
        sweep_misses(&s->sweep, &account->authorization);
    for (size_t i = 0; i < account->role_count; i++)
        search_entity(s, &account->roles[i], trust_alone);
    for (size_t i = 0; i < account->user_count && !trust_alone; i++)
        search_entity(s, &account->users[i], false);
    if (!account->roles_complete || (!account->users_complete && !trust_alone))
        not_complete(s, account->people_why);
}

/* ---- resources ---- */

static void search_text(struct search *s, const struct capture_doc *d, const node *text, str name)
{
    struct facts *f = s->facts;
    error e = {0};
    if (!text || node_is_null(text) || (node_is_string(text) && str_is_blank(node_text(text))))
        return; /* the resource has no policy */
    source *inner = node_is_string(text) ? source_inner(f->arena, d->source, text, &e) : NULL;
    const struct policy *p = inner ? policy_parse(f->arena, inner, inner->root, &e) : NULL;
    if (p)
        search_policy(s, p, name);
    else
        not_complete(s, arena_printf(f->arena, "the policy of %.*s cannot be read", STR_ARG(name)));
}

/* What an item of a list is called: its id, or the first text in it. */
static str item_name(const node *item)
{
    if (node_is_string(item))
        return node_text(item);
    for (NODE_EACH(member, item))
        if (node_is_string(member))
            return node_text(member);
    return STR("(unnamed)");
}

static void search_item(struct search *s, const struct resource_policy *how, const struct capture_doc *list,
                        const node *item)
{
    struct facts *f = s->facts;
    if (how->get == CAPTURE_COUNT) {
        search_text(s, list, node_get(item, how->member), item_name(item));
        return;
    }
    const char *listed_as = captures[how->get].listed_as;
    str name = listed_as ? node_text(node_get(item, listed_as)) : node_text(item);
    const struct capture_doc *d = facts_capture(f, facts_own_shelf(f), how->get, list->call.region, name);
    if (d->state == CAPTURE_UNKNOWN)
        sweep_misses(&s->sweep, d);
    search_text(s, d, node_get(how->outer ? node_get(d->root, how->outer) : d->root, how->member), name);
}

static void search_resources(struct search *s, const struct resource_policy *how, size_t count)
{
    struct facts *f = s->facts;
    for (size_t i = 0; i < count; i++) {
        struct sweep lists = facts_sweep(f, facts_own_shelf(f), how[i].list, (str){0});
        for (size_t k = 0; k < lists.count; k++)
            for (NODE_EACH(item, node_get(lists.docs[k]->root, captures[how[i].list].member)))
                search_item(s, &how[i], lists.docs[k], item);
        sweep_join(f, &s->sweep, &lists);
    }
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
    search_people(&s, false);
    search_resources(&s, of_resources, sizeof of_resources / sizeof *of_resources);
    return search_end(&s);
}

struct value fact_references_endpoints(struct facts *f, route r)
{
    struct search s = search_begin(f);
    (void)r;
    search_resources(&s, of_endpoints, sizeof of_endpoints / sizeof *of_endpoints);
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
    search_people(&s, true);
    search_resources(&s, of_resources, sizeof of_resources / sizeof *of_resources);
    search_resources(&s, of_endpoints, sizeof of_endpoints / sizeof *of_endpoints);
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
