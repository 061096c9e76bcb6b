/*
 * explain_change.c - the least changes that turn a decision. They are found by doing: cause after cause is taken away
 * in a copy of the layers and the request is evaluated again, so that what is promised is what evaluate() says.
 */
#include "iam/explain_run.h"
#include "policy/file.h"

enum { ROUNDS = 32 }; /* edits of one change: every statement that denies and every level that lacks an Allow */

/* The layers in a copy that edits may change; what they share with the original is never written to. */
struct world {
    arena *arena;
    struct request request;
    struct context context;
    struct layers layers;
    struct level *scps, *rcps;
    struct policy_set identity, boundary, session;
    struct policy_ref resource;
};

typedef enum {
    EDIT_REMOVE,
    EDIT_CONDITION,
    EDIT_STATEMENT,
    EDIT_DETACH,
    EDIT_ATTACH,
    EDIT_POLICY,
    EDIT_CONTEXT
} edit_kind;

struct edit {
    edit_kind kind;
    layer layer;
    const struct level *level;    /* of SCPs and RCPs */
    struct policy_ref ref;        /* that is edited, detached or attached */
    const struct statement *what; /* that is removed or narrowed; that gets its company */
    const struct policy *adds;    /* the parsed `document` */
    str document;
    const struct context_key *keys;
    size_t key_count;
};

/* How a statement that denies is dealt with. */
typedef enum { WAY_EXEMPT, WAY_DETACH, WAY_REMOVE, WAY_COUNT } way;

struct plan {
    struct world world;
    struct verdict_trace trace; /* of the world as it is now */
    VEC(struct edit) edits;
};

/* ---- a copy of the layers ---- */

static struct level *copy_levels(arena *a, const struct level *levels, size_t count)
{
    struct level *copy = NEW_ARRAY(a, struct level, count);
    if (count)
        memcpy(copy, levels, count * sizeof *copy);
    return copy;
}

static void world_open(struct world *w, const struct explaining *x)
{
    const struct layers *l = x->layers;
    *w = (struct world){.arena = x->arena, .request = *x->request, .context = *x->request->context, .layers = *l};
    w->request.context = &w->context;
    w->layers.scps = w->scps = copy_levels(x->arena, l->scps, l->scp_count);
    w->layers.rcps = w->rcps = copy_levels(x->arena, l->rcps, l->rcp_count);
    if (l->identity) {
        w->identity = *l->identity;
        w->layers.identity = &w->identity;
    }
    if (l->boundary) {
        w->boundary = *l->boundary;
        w->layers.boundary = &w->boundary;
    }
    if (l->session) {
        w->session = *l->session;
        w->layers.session = &w->session;
    }
    if (l->resource) {
        w->resource = *l->resource;
        w->layers.resource = &w->resource;
    }
}

/* The set of a layer; for SCPs and RCPs that of the level with this id. NULL: there is none. */
static struct policy_set *set_of(struct world *w, layer l, const struct level *level)
{
    struct level *levels = l == LAYER_SCP ? w->scps : l == LAYER_RCP ? w->rcps : NULL;
    size_t count = l == LAYER_SCP ? w->layers.scp_count : w->layers.rcp_count;
    for (size_t i = 0; levels && level && i < count; i++)
        if (str_eq(levels[i].id, level->id) && str_eq(levels[i].path, level->path))
            return &levels[i].set;
    switch (l) {
    case LAYER_BOUNDARY: return w->layers.boundary ? &w->boundary : NULL;
    case LAYER_SESSION: return w->layers.session ? &w->session : NULL;
    case LAYER_IDENTITY: return &w->identity;
    case LAYER_NONE:
    case LAYER_SCP:
    case LAYER_RCP:
    case LAYER_RESOURCE: break;
    }
    return NULL;
}

/* ---- edits of a policy ---- */

/* *statements: those of the copy, to be written to. */
static struct policy *copy_policy(arena *a, const struct policy *p, size_t more, struct statement **statements)
{
    struct policy *copy = NEW(a, struct policy);
    *statements = NEW_ARRAY(a, struct statement, p->count + more);
    *copy = *p;
    if (p->count)
        memcpy(*statements, p->statements, p->count * sizeof **statements);
    copy->statements = *statements;
    return copy;
}

static const struct policy *without_statement(arena *a, const struct policy *p, const node *which)
{
    struct statement *statements;
    struct policy *copy = copy_policy(a, p, 0, &statements);
    copy->count = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->statements[i].node != which)
            statements[copy->count++] = p->statements[i];
    return copy;
}

static void add_conditions(arena *a, struct statement *s, const struct statement *more)
{
    struct condition *all = NEW_ARRAY(a, struct condition, s->condition_count + more->condition_count);
    if (s->condition_count)
        memcpy(all, s->conditions, s->condition_count * sizeof *all);
    memcpy(all + s->condition_count, more->conditions, more->condition_count * sizeof *all);
    s->conditions = all;
    s->condition_count += more->condition_count;
}

static const struct policy *with_condition(arena *a, const struct policy *p, const node *which,
                                           const struct policy *adds)
{
    struct statement *statements;
    struct policy *copy = copy_policy(a, p, 0, &statements);
    for (size_t i = 0; i < p->count; i++)
        if (statements[i].node == which)
            add_conditions(a, &statements[i], &adds->statements[0]);
    return copy;
}

static const struct policy *with_statement(arena *a, const struct policy *p, const struct policy *adds)
{
    struct statement *statements;
    struct policy *copy = copy_policy(a, p, 1, &statements);
    statements[copy->count++] = adds->statements[0];
    copy->services |= adds->services;
    return copy;
}

static void edit_ref(arena *a, struct policy_ref *ref, const struct edit *e)
{
    if (!ref->policy || !e->ref.policy || ref->policy->document != e->ref.policy->document)
        return;
    if (e->kind == EDIT_REMOVE)
        ref->policy = without_statement(a, ref->policy, e->what->node);
    else if (e->kind == EDIT_CONDITION)
        ref->policy = with_condition(a, ref->policy, e->what->node, e->adds);
    else
        ref->policy = with_statement(a, ref->policy, e->adds);
}

static void edit_set(arena *a, struct policy_set *set, const struct edit *e)
{
    struct policy_ref *items = NEW_ARRAY(a, struct policy_ref, set->count);
    for (size_t i = 0; i < set->count; i++) {
        items[i] = set->items[i];
        edit_ref(a, &items[i], e);
    }
    set->items = items;
}

/* The document changes wherever it is attached. */
static void edit_everywhere(struct world *w, const struct edit *e)
{
    for (size_t i = 0; i < w->layers.scp_count; i++)
        edit_set(w->arena, &w->scps[i].set, e);
    for (size_t i = 0; i < w->layers.rcp_count; i++)
        edit_set(w->arena, &w->rcps[i].set, e);
    edit_set(w->arena, &w->identity, e);
    edit_set(w->arena, &w->boundary, e);
    edit_set(w->arena, &w->session, e);
    edit_ref(w->arena, &w->resource, e);
}

/* ---- edits of a set ---- */

static void detach(struct world *w, const struct edit *e)
{
    struct policy_set *set = set_of(w, e->layer, e->level);
    struct policy_ref *items = NEW_ARRAY(w->arena, struct policy_ref, set->count);
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        if (!str_eq(set->items[i].id, e->ref.id))
            items[count++] = set->items[i];
    set->items = items;
    set->count = count;
}

static void attach(struct world *w, const struct edit *e)
{
    if (e->layer == LAYER_RESOURCE) {
        w->resource = e->ref;
        w->layers.resource = &w->resource;
        return;
    }
    if (e->layer == LAYER_IDENTITY && !w->layers.identity) {
        w->identity.complete = true;
        w->layers.identity = &w->identity;
    }
    struct policy_set *set = set_of(w, e->layer, e->level);
    struct policy_ref *items = NEW_ARRAY(w->arena, struct policy_ref, set->count + 1);
    if (set->count)
        memcpy(items, set->items, set->count * sizeof *items);
    items[set->count++] = e->ref;
    set->items = items;
}

static void call_with(struct world *w, const struct edit *e)
{
    size_t count = 0;
    struct context_key *keys = NEW_ARRAY(w->arena, struct context_key, w->context.count + e->key_count);
    const struct context given = {.keys = e->keys, .count = e->key_count};
    for (size_t i = 0; i < w->context.count; i++)
        if (!context_find(&given, w->context.keys[i].name))
            keys[count++] = w->context.keys[i];
    for (size_t i = 0; i < e->key_count; i++)
        keys[count++] = e->keys[i];
    w->context.keys = keys;
    w->context.count = count;
}

static void world_edit(struct world *w, const struct edit *e)
{
    switch (e->kind) {
    case EDIT_REMOVE:
    case EDIT_CONDITION:
    case EDIT_STATEMENT: edit_everywhere(w, e); break;
    case EDIT_DETACH: detach(w, e); break;
    case EDIT_ATTACH:
    case EDIT_POLICY: attach(w, e); break;
    case EDIT_CONTEXT: call_with(w, e); break;
    }
}

/* ---- documents ---- */

static str unit_words(arena *a, str out, uint32_t unit)
{
    return arena_printf(a, "%.*s\\u%04x", STR_ARG(out), (unsigned)unit);
}

/* A JSON string in ASCII alone, so that it can go out as it stands. */
static str quoted(arena *a, str text)
{
    str out = STR("\"");
    size_t n;
    for (size_t i = 0; i < text.len; i += n) {
        const unsigned char *p = (const unsigned char *)text.ptr + i;
        n = utf8_len(p, text.len - i);
        uint32_t c = n == 0 ? 0xFFFD : n == 1 ? p[0] : p[0] & (0x7Fu >> n);
        for (size_t k = 1; k < n; k++)
            c = c << 6 | (p[k] & 0x3Fu);
        n = n ? n : 1;
        if (c > 0xFFFF)
            out = unit_words(a, unit_words(a, out, 0xD800 + ((c - 0x10000) >> 10)), 0xDC00 + ((c - 0x10000) & 0x3FF));
        else if (c < 0x20 || c > 0x7E)
            out = unit_words(a, out, c);
        else
            out = arena_printf(a, "%.*s%s%c", STR_ARG(out), c == '"' || c == '\\' ? "\\" : "", (int)c);
    }
    return arena_printf(a, "%.*s\"", STR_ARG(out));
}

static const struct policy *parse(arena *a, str document)
{
    return policy_read_text(a, STR("(change)"), document);
}

static str policy_text(arena *a, str statement)
{
    return arena_printf(a, "{\"Version\": \"2012-10-17\", \"Statement\": [%.*s]}", STR_ARG(statement));
}

static str statement_text(arena *a, const struct request *r, const char *says, str principal, bool resource)
{
    str text = arena_printf(a, "{\"Effect\": \"%s\"", says);
    if (principal.len)
        text = arena_printf(a, "%.*s, \"Principal\": %.*s", STR_ARG(text), STR_ARG(principal));
    text = arena_printf(a, "%.*s, \"Action\": %.*s", STR_ARG(text), STR_ARG(quoted(a, r->action)));
    if (resource)
        text = arena_printf(a, "%.*s, \"Resource\": %.*s", STR_ARG(text), STR_ARG(quoted(a, r->resource)));
    return arena_printf(a, "%.*s}", STR_ARG(text));
}

static str principal_text(arena *a, const struct eval *ev)
{
    const char *kind = ev->caller.kind == NAMES_SERVICE ? "Service"
                       : ev->caller.kind == NAMES_OTHER ? "Federated"
                                                        : "AWS";
    return arena_printf(a, "{\"%s\": %.*s}", kind, STR_ARG(quoted(a, ev->caller.text)));
}

/* ---- making edits ---- */

static bool do_edit(struct plan *p, struct edit e)
{
    if (p->edits.count == ROUNDS)
        return false;
    *VEC_PUSH(p->world.arena, &p->edits) = e;
    world_edit(&p->world, &e);
    evaluate(p->world.arena, &p->world.request, &p->world.layers, &p->trace);
    return true;
}

/* A new policy with one statement. */
static bool add_policy(struct plan *p, layer l, const struct level *level, const char *says, str principal)
{
    arena *a = p->world.arena;
    str text = policy_text(a, statement_text(a, &p->world.request, says, principal, true));
    struct edit e = {.kind = EDIT_POLICY, .layer = l, .level = level, .adds = parse(a, text), .document = text};
    e.ref = (struct policy_ref){.policy = e.adds, .id = STR("(new)")};
    return e.adds && do_edit(p, e);
}

/* One more statement in a policy that is there. */
static bool add_statement(struct plan *p, layer l, const struct policy_ref *ref, const char *says)
{
    arena *a = p->world.arena;
    struct eval ev = {.caller = principal_name_of(p->world.request.principal)};
    bool trust = l == LAYER_RESOURCE && ref->policy && ref->policy->count && !ref->policy->statements[0].resource;
    str principal = l == LAYER_RESOURCE ? principal_text(a, &ev) : (str){0};
    str text = statement_text(a, &p->world.request, says, principal, !trust);
    struct edit e = {.kind = EDIT_STATEMENT, .layer = l, .ref = *ref, .document = text};
    e.adds = parse(a, policy_text(a, text));
    return ref->policy && e.adds && !is_aws_managed(ref) && do_edit(p, e);
}

static bool allow_everything(struct plan *p, const struct level *level)
{
    arena *a = p->world.arena;
    struct edit e = {.kind = EDIT_ATTACH, .layer = LAYER_SCP, .level = level};
    e.document = policy_text(a, STR("{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}"));
    e.adds = parse(a, e.document);
    e.ref = (struct policy_ref){e.adds, STR("p-FullAWSAccess"), STR("FullAWSAccess")};
    return e.adds && do_edit(p, e);
}

/* The principal as conditions see it; empty: that is not known. */
static str principal_arn(const struct context *c)
{
    const struct context_key *k;
    return context_state(c, STR("aws:PrincipalArn"), &k) == KEY_PRESENT && k && k->count == 1 ? k->values[0] : (str){0};
}

static bool exempt(struct plan *p, const struct match *m)
{
    arena *a = p->world.arena;
    str arn = principal_arn(&p->world.context);
    for (size_t i = 0; i < p->edits.count; i++)
        if (p->edits.items[i].kind == EDIT_CONDITION && p->edits.items[i].what->node == m->statement->node)
            return false; /* that was of no use */
    if (!arn.len)
        return false;
    str condition = arena_printf(a, "{\"ArnNotEquals\": {\"aws:PrincipalArn\": %.*s}}", STR_ARG(quoted(a, arn)));
    str text = policy_text(a, arena_printf(a,
                                           "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", "
                                           "\"Condition\": %.*s}",
                                           STR_ARG(condition)));
    struct edit e = {.kind = EDIT_CONDITION, .layer = m->layer, .level = m->level, .ref = *m->policy};
    e.what = m->statement;
    e.document = condition;
    e.adds = parse(a, text);
    return e.adds && do_edit(p, e);
}

/* A root, OU or account always keeps one (Organizations User Guide, "Detaching organization policies"). */
static bool can_detach(struct plan *p, const struct match *m)
{
    const struct policy_set *set = set_of(&p->world, m->layer, m->level);
    bool of_level = m->layer == LAYER_SCP || m->layer == LAYER_RCP;
    return set && m->policy->id.len && (of_level ? set->count > 1 || !set->complete : m->layer == LAYER_IDENTITY);
}

static bool detach_policy(struct plan *p, const struct match *m)
{
    struct edit e = {.kind = EDIT_DETACH, .layer = m->layer, .level = m->level, .ref = *m->policy};
    return can_detach(p, m) && do_edit(p, e);
}

/* A policy of one statement goes as a whole: without any it would be none (IAM User Guide, "Grammar"). */
static bool remove_statement(struct plan *p, const struct match *m)
{
    struct edit e = {
        .kind = EDIT_REMOVE, .layer = m->layer, .level = m->level, .ref = *m->policy, .what = m->statement};
    return m->policy->policy && m->policy->policy->count == 1 ? detach_policy(p, m) : do_edit(p, e);
}

/* One deny less. */
static bool lift_deny(struct plan *p, const struct match *m, way how)
{
    bool of_level = m->layer == LAYER_SCP || m->layer == LAYER_RCP;
    if (!m->statement || !m->policy)
        return false;
    if (is_aws_managed(m->policy) || (how == WAY_DETACH && of_level && can_detach(p, m)))
        return detach_policy(p, m);
    if (how == WAY_EXEMPT)
        return exempt(p, m);
    return remove_statement(p, m);
}

/* At a level: an SCP for this action alone, or (when the others are taken off whole, or none is there) AWS's own. */
static bool open_level(struct plan *p, const struct level *level, way how)
{
    const struct policy_set *set = set_of(&p->world, LAYER_SCP, level);
    if (how == WAY_DETACH || !set || !set->count)
        return allow_everything(p, level);
    return add_policy(p, LAYER_SCP, level, "Allow", (str){0});
}

/* One Allow more, where one is lacking. */
static bool grant(struct plan *p, way how)
{
    const struct layers *l = &p->world.layers;
    struct eval ev = {.caller = principal_name_of(p->world.request.principal)};
    switch (p->trace.layer) {
    case LAYER_SCP: return open_level(p, p->trace.level, how);
    case LAYER_BOUNDARY:
        return l->boundary && l->boundary->count && add_statement(p, LAYER_BOUNDARY, l->boundary->items, "Allow");
    case LAYER_SESSION:
        return l->session && l->session->count && add_statement(p, LAYER_SESSION, l->session->items, "Allow");
    case LAYER_IDENTITY: return add_policy(p, LAYER_IDENTITY, NULL, "Allow", (str){0});
    case LAYER_RESOURCE:
        return l->resource ? add_statement(p, LAYER_RESOURCE, l->resource, "Allow")
                           : add_policy(p, LAYER_RESOURCE, NULL, "Allow", principal_text(p->world.arena, &ev));
    case LAYER_NONE:
    case LAYER_RCP: break;
    }
    return false;
}

static bool call_as(struct plan *p, const struct context_key *keys, size_t count)
{
    return keys && do_edit(p, (struct edit){.kind = EDIT_CONTEXT, .keys = keys, .key_count = count});
}

/* The deny to lift next: a sure one, else the one that is named. */
static const struct match *next_deny(const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->deny_count; i++)
        if (t->denies[i].matches == TRI_YES)
            return &t->denies[i];
    return t->decided_by;
}

static bool step_to_allowed(struct plan *p, way how)
{
    const struct verdict_trace *t = &p->trace;
    const struct match *m;
    switch (t->decision) {
    case DECISION_EXPLICITLY_DENIED: m = next_deny(t); return m && lift_deny(p, m, how);
    case DECISION_IMPLICITLY_DENIED: return grant(p, how);
    case DECISION_UNKNOWN: return call_as(p, t->allowed_when, t->allowed_when_count);
    case DECISION_ALLOWED: break;
    }
    return false;
}

/* ---- telling ---- */

static str place_words(const struct explaining *x, const struct edit *e)
{
    if (e->level)
        return level_label(e->level);
    if (e->layer == LAYER_RESOURCE)
        return x->request->resource;
    return x->request->principal;
}

static str key_words(arena *a, const struct context_key *k)
{
    if (k->state != KEY_PRESENT)
        return arena_printf(a, "without %.*s", STR_ARG(k->name));
    if (!k->count)
        return arena_printf(a, "with %.*s without a value", STR_ARG(k->name));
    str words = arena_printf(a, "with %.*s %.*s", STR_ARG(k->name), STR_ARG(k->values[0]));
    for (size_t i = 1; i < k->count; i++)
        words = arena_printf(a, "%.*s, %.*s", STR_ARG(words), STR_ARG(k->values[i]));
    return words;
}

static str statement_words(arena *a, const struct edit *e)
{
    str sid = statement_sid(e->what), policy = policy_label(&e->ref);
    return sid.len ? arena_printf(a, "statement %.*s of %.*s", STR_ARG(sid), STR_ARG(policy))
                   : arena_printf(a, "statement #%d of %.*s", statement_index(e->what) + 1, STR_ARG(policy));
}

static str edit_words(const struct explaining *x, const struct edit *e)
{
    arena *a = x->arena;
    str where = place_words(x, e), policy = policy_label(&e->ref), words = STR("make the call");
    switch (e->kind) {
    case EDIT_REMOVE: return arena_printf(a, "remove %.*s", STR_ARG(statement_words(a, e)));
    case EDIT_CONDITION:
        return arena_printf(a, "exempt the principal: add to the Condition of %.*s: %.*s",
                            STR_ARG(statement_words(a, e)), STR_ARG(e->document));
    case EDIT_STATEMENT:
        return arena_printf(a, "add this statement to %.*s: %.*s", STR_ARG(policy), STR_ARG(e->document));
    case EDIT_DETACH: return arena_printf(a, "detach %.*s from %.*s", STR_ARG(policy), STR_ARG(where));
    case EDIT_ATTACH: return arena_printf(a, "attach %.*s to %.*s", STR_ARG(policy), STR_ARG(where));
    case EDIT_POLICY:
        return arena_printf(a, "attach a new %s to %.*s: %.*s",
                            e->layer == LAYER_SCP        ? "SCP"
                            : e->layer == LAYER_RESOURCE ? "resource policy"
                                                         : "identity policy",
                            STR_ARG(where), STR_ARG(e->document));
    case EDIT_CONTEXT: break;
    }
    for (size_t i = 0; i < e->key_count; i++)
        words = arena_printf(a, "%.*s%s %.*s", STR_ARG(words), i ? "," : "", STR_ARG(key_words(a, &e->keys[i])));
    return words;
}

static const char *edit_name(edit_kind k)
{
    static const char *const names[] = {
        [EDIT_REMOVE] = "remove-statement", [EDIT_CONDITION] = "add-condition", [EDIT_STATEMENT] = "add-statement",
        [EDIT_DETACH] = "detach-policy",    [EDIT_ATTACH] = "attach-policy",    [EDIT_POLICY] = "add-policy",
        [EDIT_CONTEXT] = "context"};
    return names[k];
}

static void tell_step(const struct explaining *x, const struct edit *e, struct change_step *out)
{
    const node *at = e->what ? e->what->node : e->kind == EDIT_STATEMENT ? e->ref.policy->document : NULL;
    *out = (struct change_step){.kind = edit_name(e->kind),
                                .document = e->document,
                                .keys = explain_keys(x->arena, e->keys, e->key_count),
                                .key_count = e->key_count,
                                .text = edit_words(x, e)};
    out->at.statement = -1;
    if (e->kind == EDIT_CONTEXT)
        return;
    out->layer = str_from(layer_name(e->layer));
    if (e->level && (e->kind == EDIT_DETACH || e->kind == EDIT_ATTACH || e->kind == EDIT_POLICY)) {
        out->level = e->level->id;
        out->level_path = e->level->path;
    }
    if (e->kind == EDIT_POLICY)
        return;
    out->policy = e->ref.id;
    out->policy_name = e->ref.name;
    if (at)
        out->at = explain_evidence(x->arena, &e->ref, e->what, NULL, at);
}

static bool same_steps(const struct change *a, const struct change *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = str_eq(a->steps[i].text, b->steps[i].text);
    return same;
}

struct change_list {
    const struct explaining *x;
    VEC(struct change) items;
};

static void keep(struct change_list *list, const struct plan *p)
{
    arena *a = list->x->arena;
    struct change c = {.decision = str_from(decision_name(p->trace.decision)),
                       .allowed = tri_of(p->trace.decision == DECISION_ALLOWED)};
    c.steps = NEW_ARRAY(a, struct change_step, p->edits.count);
    for (size_t i = 0; i < p->edits.count; i++)
        tell_step(list->x, &p->edits.items[i], &c.steps[c.count++]);
    for (size_t i = 0; i < list->items.count; i++)
        if (same_steps(&list->items.items[i], &c))
            return;
    size_t at = list->items.count;
    (void)VEC_PUSH(a, &list->items);
    for (; at > 0 && list->items.items[at - 1].count > c.count; at--) /* fewer steps first, else in our order */
        list->items.items[at] = list->items.items[at - 1];
    list->items.items[at] = c;
}

/* ---- which changes ---- */

static void plan_open(struct plan *p, const struct explaining *x)
{
    *p = (struct plan){.trace = x->trace};
    world_open(&p->world, x);
}

static void find_ways_in(struct change_list *list)
{
    for (int how = 0; how < WAY_COUNT; how++) {
        struct plan p;
        plan_open(&p, list->x);
        while (p.trace.decision != DECISION_ALLOWED && step_to_allowed(&p, (way)how))
            ;
        if (p.trace.decision == DECISION_ALLOWED)
            keep(list, &p);
    }
}

/* Keys that nobody named and that policies ask for: with which values of them would the call pass? */
static void find_calls_in(struct change_list *list)
{
    const struct explaining *x = list->x;
    struct plan open, p;
    struct context_key *keys = NEW_ARRAY(x->arena, struct context_key, x->out->absent_count);
    for (size_t i = 0; i < x->out->absent_count; i++)
        keys[i].name = x->out->absent[i];
    plan_open(&open, x);
    plan_open(&p, x);
    if (x->out->absent_count && call_as(&open, keys, x->out->absent_count) &&
        call_as(&p, open.trace.allowed_when, open.trace.allowed_when_count) && p.trace.decision == DECISION_ALLOWED)
        keep(list, &p);
}

static bool is_denied(const struct plan *p)
{
    return p->trace.decision == DECISION_EXPLICITLY_DENIED || p->trace.decision == DECISION_IMPLICITLY_DENIED;
}

/* The one statement that allows, when it is alone. */
static bool remove_allow(struct plan *p)
{
    const struct verdict_trace *t = &p->trace;
    const struct match *m = t->decided_by;
    if (!m || t->allow_count != 1 || !m->statement || !m->policy)
        return false;
    if (is_aws_managed(m->policy))
        return detach_policy(p, m);
    return remove_statement(p, m);
}

static bool deny_by_scp(struct plan *p)
{
    const struct layers *l = &p->world.layers;
    return l->scp_count && l->scps_apply == TRI_YES &&
           add_policy(p, LAYER_SCP, &l->scps[l->scp_count - 1], "Deny", (str){0});
}

static bool deny_by_identity(struct plan *p)
{
    principal_kind kind = principal_name_of(p->world.request.principal).kind;
    return (kind == NAMES_ROLE || kind == NAMES_USER || kind == NAMES_SESSION) &&
           add_policy(p, LAYER_IDENTITY, NULL, "Deny", (str){0});
}

static bool deny_by_resource(struct plan *p)
{
    return p->world.layers.resource && add_statement(p, LAYER_RESOURCE, p->world.layers.resource, "Deny");
}

/* AWS alone writes what service-linked roles may do. */
static bool is_out_of_reach(const struct explaining *x)
{
    const struct principal_name *c = &x->decider.ev.caller;
    str arn = principal_arn(x->request->context);
    return (c->kind == NAMES_ROLE && arn_is_service_linked(c->resource)) ||
           (arn.len && arn_is_service_linked(arn_part(arn, ARN_RESOURCE)));
}

static void find_ways_out(struct change_list *list)
{
    static bool (*const ways[])(struct plan * p) = {remove_allow, deny_by_scp, deny_by_identity, deny_by_resource};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct plan p;
        plan_open(&p, list->x);
        if (ways[i](&p) && is_denied(&p))
            keep(list, &p);
    }
}

/* Calls that settle what is open, one for each side. */
static void find_calls(struct change_list *list)
{
    const struct verdict_trace *t = &list->x->trace;
    struct plan p;
    plan_open(&p, list->x);
    if (call_as(&p, t->allowed_when, t->allowed_when_count) && p.trace.decision == DECISION_ALLOWED)
        keep(list, &p);
    plan_open(&p, list->x);
    if (call_as(&p, t->denied_when, t->denied_when_count) && is_denied(&p))
        keep(list, &p);
}

void explain_changes(struct explaining *x)
{
    struct change_list list = {.x = x};
    if (x->trace.decision == DECISION_UNKNOWN)
        find_calls(&list);
    else if (is_out_of_reach(x))
        return;
    else if (x->trace.decision == DECISION_ALLOWED)
        find_ways_out(&list);
    else {
        find_calls_in(&list);
        find_ways_in(&list);
    }
    x->out->changes = list.items.items;
    x->out->change_count = list.items.count;
}
