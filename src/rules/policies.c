/* policies.c - see policies.h. */
#include "rules/policies.h"

/* Where policies of resources stand: in the items of a list, or in a capture for each of them. */
struct resource_policy {
    capture_kind list, get; /* get CAPTURE_COUNT: in the items themselves */
    const char *outer;      /* the member that holds `member`; NULL: the answer (or item) itself */
    const char *member;
    policy_use use;
};

static const struct resource_policy of_resources[] = {
    {CAPTURE_LIST_BUCKETS,          CAPTURE_GET_BUCKET_POLICY,     NULL,         "Policy",         OF_RESOURCE},
    {CAPTURE_LIST_KEYS,             CAPTURE_GET_KEY_POLICY,        NULL,         "Policy",         OF_RESOURCE},
    {CAPTURE_LIST_QUEUES,           CAPTURE_GET_QUEUE_POLICY,      "Attributes", "Policy",         OF_RESOURCE},
    {CAPTURE_LIST_TOPICS,           CAPTURE_GET_TOPIC_ATTRIBUTES,  "Attributes", "Policy",         OF_RESOURCE},
    {CAPTURE_LIST_FUNCTIONS,        CAPTURE_GET_FUNCTION_POLICY,   NULL,         "Policy",         OF_RESOURCE},
    {CAPTURE_LIST_SECRETS,          CAPTURE_GET_SECRET_POLICY,     NULL,         "ResourcePolicy", OF_RESOURCE},
    {CAPTURE_DESCRIBE_REPOSITORIES, CAPTURE_GET_REPOSITORY_POLICY, NULL,         "policyText",     OF_RESOURCE},
    {CAPTURE_LIST_EVENT_BUSES,      CAPTURE_COUNT,                 NULL,         "Policy",         OF_RESOURCE},
};
static const struct resource_policy of_endpoints[] = {
    {CAPTURE_DESCRIBE_VPC_ENDPOINTS, CAPTURE_COUNT, NULL, "PolicyDocument", OF_ENDPOINT},
};

/* ---- people and roles ---- */

static str people_file(struct facts *f)
{
    return arena_printf(f->arena, "%.*s.json", STR_ARG(f->account->authorization.path));
}

static void walk_set(struct facts *f, const struct policy_walk *w, const struct met_policy *of, str whose)
{
    for (size_t i = 0; i < of->set->count; i++) {
        const struct policy_ref *ref = &of->set->items[i];
        struct met_policy met = *of;
        met.policy = ref->policy;
        met.name = ref->id;
        if (ref->policy)
            w->policy(w->self, &met);
        else
            w->gap(w->self, NULL, people_file(f),
                   arena_printf(f->arena, "policy %.*s was not captured", STR_ARG(ref->id)));
    }
    if (!of->set->complete)
        w->gap(w->self, NULL, people_file(f),
               arena_printf(f->arena, "the policies of %.*s were not all captured", STR_ARG(whose)));
}

static void walk_entity(struct facts *f, const struct policy_walk *w, const struct entity *e, bool trust_alone)
{
    struct met_policy trust = {.use = OF_TRUST, .policy = e->trust, .entity = e};
    struct met_policy identity = {.use = OF_IDENTITY, .entity = e, .set = &e->identity};
    struct met_policy boundary = {.use = OF_BOUNDARY, .entity = e, .set = &e->boundary};
    trust.name = arena_printf(f->arena, "trust policy of %.*s", STR_ARG(e->name));
    if (e->trust)
        w->policy(w->self, &trust);
    else if (e->kind == ENTITY_ROLE)
        w->gap(w->self, NULL, people_file(f),
               arena_printf(f->arena, "the trust policy of %.*s was not captured", STR_ARG(e->name)));
    if (trust_alone)
        return;
    walk_set(f, w, &identity, e->name);
    if (e->has_boundary)
        walk_set(f, w, &boundary, e->name);
}

void walk_people(struct facts *f, const struct policy_walk *w, bool trust_alone)
{
    const struct account *account = f->account;
    if (account->authorization.state == CAPTURE_UNKNOWN)
        w->gap(w->self, &account->authorization, (str){0}, account->authorization.why);
    for (size_t i = 0; i < account->role_count; i++)
        walk_entity(f, w, &account->roles[i], trust_alone);
    for (size_t i = 0; i < account->user_count && !trust_alone; i++)
        walk_entity(f, w, &account->users[i], false);
    if (!account->roles_complete || (!account->users_complete && !trust_alone))
        w->gap(w->self, NULL, people_file(f), account->people_why);
}

/* ---- resources ---- */

static void walk_text(struct facts *f, const struct policy_walk *w, const struct capture_doc *d, const node *text,
                      const struct met_policy *of)
{
    struct met_policy met = *of;
    error e = {0};
    if (!text || node_is_null(text) || (node_is_string(text) && str_is_blank(node_text(text))))
        return; /* the resource has no policy */
    source *inner = node_is_string(text) ? source_inner(f->arena, d->source, text, &e) : NULL;
    met.policy = inner ? policy_parse(f->arena, inner, inner->root, &e) : NULL;
    if (met.policy)
        w->policy(w->self, &met);
    else
        w->gap(w->self, NULL, arena_printf(f->arena, "%.*s.json", STR_ARG(d->path)),
               arena_printf(f->arena, "the policy of %.*s cannot be read", STR_ARG(of->name)));
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

static void walk_item(struct facts *f, const struct policy_walk *w, const struct resource_policy *how,
                      const struct capture_doc *list, const node *item)
{
    struct met_policy met = {.use = how->use};
    if (how->get == CAPTURE_COUNT) {
        met.name = met.resource = item_name(item);
        walk_text(f, w, list, node_get(item, how->member), &met);
        return;
    }
    const char *listed_as = captures[how->get].listed_as;
    met.name = met.resource = listed_as ? node_text(node_get(item, listed_as)) : node_text(item);
    const struct capture_doc *d = facts_capture(f, facts_own_shelf(f), how->get, list->call.region, met.name);
    if (d->state == CAPTURE_UNKNOWN)
        w->gap(w->self, d, (str){0}, d->why);
    walk_text(f, w, d, node_get(how->outer ? node_get(d->root, how->outer) : d->root, how->member), &met);
}

static void walk_lists(struct facts *f, const struct policy_walk *w, const struct resource_policy *how, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sweep lists = facts_sweep(f, facts_own_shelf(f), how[i].list, (str){0});
        for (size_t k = 0; k < lists.count; k++)
            for (NODE_EACH(item, node_get(lists.docs[k]->root, captures[how[i].list].member)))
                walk_item(f, w, &how[i], lists.docs[k], item);
        if (w->lists)
            w->lists(w->self, &lists);
        else if (!lists.complete)
            w->gap(w->self, lists.missing, (str){0}, lists.why);
    }
}

void walk_resources(struct facts *f, const struct policy_walk *w)
{
    walk_lists(f, w, of_resources, sizeof of_resources / sizeof *of_resources);
}

void walk_endpoints(struct facts *f, const struct policy_walk *w)
{
    walk_lists(f, w, of_endpoints, sizeof of_endpoints / sizeof *of_endpoints);
}
