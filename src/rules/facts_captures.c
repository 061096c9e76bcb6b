/*
 * facts_captures.c - captures of the second set (org/captures.h): those of the account are fetched when a fact asks,
 * those of the management side once for all accounts.
 */
#include "base/file.h"
#include "rules/facts_run.h"

/* What the management side tells of every account: read once, in its own folder. Those of Config are read in the
 * folders of delegated administrators too, where the service may have been handed to them. */
static const struct {
    capture_kind kind;
    bool of_delegates;
} shared_kinds[] = {
    {CAPTURE_LIST_STACK_SETS,                false},
    {CAPTURE_LIST_SSO_INSTANCES,             false},
    {CAPTURE_LIST_ENABLED_BASELINES,         false},
    {CAPTURE_GET_TAX_INHERITANCE,            false},
    {CAPTURE_DESCRIBE_AGGREGATORS,           true },
    {CAPTURE_DESCRIBE_ORG_CONFIG_RULES,      true },
    {CAPTURE_DESCRIBE_ORG_CONFORMANCE_PACKS, true },
};
#define CONFIG_PRINCIPALS "config.amazonaws.com config-multiaccountsetup.amazonaws.com"

/* ---- Regions ---- */

/* A name as AWS gives Regions; a path is made of it. */
static bool is_region(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] >= 'a' && name.ptr[i] <= 'z') && !ascii_is_digit(name.ptr[i]) && name.ptr[i] != '-')
            return false;
    return name.len > 0;
}

static void add_region(str *names, size_t *count, str name)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(names[i], name))
            return;
    if (is_region(name))
        names[(*count)++] = name;
}

/* Regions that some capture is of, and those that account list-regions shows as enabled. */
static const str *regions_of(arena *a, const struct shelf *shelf, const struct capture_doc *listed, size_t *count)
{
    const node *list = node_get(listed->root, "Regions");
    str *names = NEW_ARRAY(a, str, shelf->region_count + node_count(list));
    *count = 0;
    for (size_t i = 0; i < shelf->region_count; i++)
        add_region(names, count, shelf->regions[i].name);
    for (NODE_EACH(item, list))
        if (!str_is(node_text(node_get(item, "RegionOptStatus")), "DISABLED"))
            add_region(names, count, node_text(node_get(item, "RegionName")));
    return names;
}

/* ---- one capture ---- */

const struct shelf *facts_own_shelf(struct facts *f)
{
    if (!f->shelf_opened)
        shelf_open(f->arena, f->run->org->snapshot, f->account->id, &f->shelf);
    f->shelf_opened = true;
    return &f->shelf;
}

const struct shelf *facts_management_shelf(const struct facts *f)
{
    return f->run->shelf_count > 1 && f->run->org->management_account.len ? &f->run->shelves[1] : NULL;
}

static void keep_error(struct facts *f, struct capture_doc *d, error *e)
{
    error_in_file(e, arena_printf(f->arena, "%.*s.json", STR_ARG(d->path)));
    d->state = CAPTURE_UNKNOWN;
    d->why = arena_printf(f->arena, "%.*s.json could not be read", STR_ARG(d->path));
    *VEC_PUSH(f->arena, &f->account->errors) = input_error_from(f->arena, e);
}

const struct capture_doc *facts_capture(struct facts *f, const struct shelf *of, capture_kind kind, str region,
                                        str argument)
{
    struct call c = {.kind = kind, .region = region, .argument = argument};
    if (captures[kind].of_account)
        c.account = of->id;
    str path = call_path(f->arena, &c);
    const struct capture_doc *kept = map_get(&of->kept, path);
    if (kept)
        return kept;
    void **slot = map_at(f->arena, &f->captures, path);
    if (!*slot) {
        struct capture_doc *d = NEW(f->arena, struct capture_doc);
        error e = {0};
        *slot = d;
        if (!shelf_get(f->arena, f->run->org->snapshot, of, &c, d, &e))
            keep_error(f, d, &e);
    }
    return *slot;
}

/* ---- one call in every Region ---- */

void sweep_misses(struct sweep *s, const struct capture_doc *d)
{
    s->complete = false;
    if (s->missing)
        return;
    s->missing = d;
    s->why = d->why;
}

static void sweep_add(struct facts *f, struct sweep *s, const struct capture_doc *d)
{
    if (capture_at_hand(d))
        s->docs[s->count++] = d;
    if (d->state == CAPTURE_UNKNOWN)
        sweep_misses(s, d);
    if (d->state == CAPTURE_CUT && s->complete) {
        sweep_misses(s, d);
        s->why = arena_printf(f->arena, "%.*s.json was cut off", STR_ARG(d->path));
    }
}

struct sweep facts_sweep(struct facts *f, const struct shelf *of, capture_kind kind, str argument)
{
    struct sweep s = {.complete = true};
    if (!captures[kind].regional) {
        s.docs = NEW_ARRAY(f->arena, const struct capture_doc *, 1);
        sweep_add(f, &s, facts_capture(f, of, kind, (str){0}, argument));
        return s;
    }
    const struct capture_doc *listed = facts_capture(f, of, CAPTURE_LIST_REGIONS, (str){0}, (str){0});
    size_t count;
    const str *names = regions_of(f->arena, of, listed, &count);
    s.docs = NEW_ARRAY(f->arena, const struct capture_doc *, count);
    for (size_t i = 0; i < count; i++)
        sweep_add(f, &s, facts_capture(f, of, kind, names[i], argument));
    if (listed->state != CAPTURE_WHOLE) { /* a Region that was not captured is unknown */
        sweep_misses(&s, listed);
        if (s.missing == listed)
            s.why = arena_printf(f->arena, "which Regions account %.*s uses was not captured", STR_ARG(of->id));
    }
    return s;
}

void sweep_join(struct facts *f, struct sweep *to, const struct sweep *from)
{
    const struct capture_doc **docs = NEW_ARRAY(f->arena, const struct capture_doc *, to->count + from->count);
    if (to->count)
        memcpy(docs, to->docs, to->count * sizeof *docs);
    if (from->count)
        memcpy(docs + to->count, from->docs, from->count * sizeof *docs);
    to->docs = docs;
    to->count += from->count;
    to->complete = to->complete && from->complete;
    if (!to->missing) {
        to->missing = from->missing;
        to->why = from->why;
    }
}

/* Where what is missing should be; where something was found, that alone is evidence. */
static void tell_missing(struct facts *f, struct value *v, const struct sweep *s)
{
    struct value why = fact_not_captured(f, v->type, s->missing);
    v->reason = s->why.len ? s->why : why.reason;
    for (size_t i = 0; i < why.mark_count && v->state == VALUE_UNKNOWN; i++)
        fact_mark(f, v, why.marks[i]);
    for (size_t i = 0; i < why.need_count; i++)
        fact_need(f, v, why.needs[i]);
}

struct value sweep_list(struct facts *f, const struct sweep *s, const struct element *items, size_t count)
{
    struct value v = fact_list(items, count, s->complete, s->why);
    if (!s->complete && !count)
        v = fact_unknown(TYPE_LIST, s->why);
    if (!s->complete)
        tell_missing(f, &v, s);
    else if (s->count)
        fact_mark_place(f, &v, s->docs[0]->source, node_get(s->docs[0]->root, captures[s->docs[0]->call.kind].member),
                        (str){0});
    return v;
}

struct value sweep_tri(struct facts *f, const struct sweep *s, tri found)
{
    if (found == TRI_YES || (s->complete && found == TRI_NO))
        return fact_yes_no(found == TRI_YES);
    struct value v = fact_unknown(TYPE_BOOL, s->why);
    if (s->missing)
        tell_missing(f, &v, s);
    return v;
}

/* ---- the management side, once ---- */

static void keep(struct facts *f, struct shelf *shelf, capture_kind kind, str region, str argument)
{
    struct call c = {.kind = kind, .region = region, .argument = argument};
    if (captures[kind].of_account)
        c.account = shelf->id;
    shelf_keep(f->arena, f->run->org->snapshot, shelf, &c);
}

static void keep_shared(struct facts *f, struct shelf *shelf, bool delegate)
{
    size_t count;
    keep(f, shelf, CAPTURE_LIST_REGIONS, (str){0}, (str){0});
    const str *names =
        regions_of(f->arena, shelf, facts_capture(f, shelf, CAPTURE_LIST_REGIONS, (str){0}, (str){0}), &count);
    for (size_t i = 0; i < sizeof shared_kinds / sizeof *shared_kinds; i++) {
        capture_kind kind = shared_kinds[i].kind;
        if (delegate && !shared_kinds[i].of_delegates)
            continue;
        if (!captures[kind].regional)
            keep(f, shelf, kind, (str){0}, (str){0});
        for (size_t k = 0; captures[kind].regional && k < count; k++)
            keep(f, shelf, kind, names[k], (str){0});
    }
}

static bool keep_organization(struct facts *f, struct shelf *shelf, error *e)
{
    keep(f, shelf, CAPTURE_DESCRIBE_RESOURCE_POLICY, (str){0}, (str){0});
    keep(f, shelf, CAPTURE_LIST_INBOUND_TRANSFERS, (str){0}, STR("BILLING"));
    keep(f, shelf, CAPTURE_LIST_OUTBOUND_TRANSFERS, (str){0}, STR("BILLING"));
    if (!shelf->errors.count)
        return true;
    const struct input_error *first = &shelf->errors.items[0];
    return error_at(e, first->file, first->line, first->column, "%.*s", STR_ARG(first->message));
}

/* False: its list of delegated services is whole and names none of the principals. */
static bool may_hold(struct facts *f, struct shelf *delegate, const char *principals)
{
    keep(f, delegate, CAPTURE_LIST_DELEGATED_SERVICES, (str){0}, delegate->id);
    const struct capture_doc *d = facts_capture(f, delegate, CAPTURE_LIST_DELEGATED_SERVICES, (str){0}, delegate->id);
    for (NODE_EACH(item, node_get(d->root, "DelegatedServices"))) {
        str all = str_from(principals), name = node_text(node_get(item, "ServicePrincipal"));
        while (all.len)
            if (str_eq(str_cut(&all, ' '), name))
                return true;
    }
    return d->state != CAPTURE_WHOLE;
}

static void keep_delegates(struct facts *f, struct facts_run *run)
{
    const struct organization *o = run->org;
    if (facts_service_enabled(f, CONFIG_PRINCIPALS) == TRI_NO)
        return;
    for (size_t i = 0; i < o->account_count; i++) {
        struct shelf *d = &run->shelves[run->shelf_count];
        if (!o->accounts[i]->is_delegated_administrator || str_eq(o->accounts[i]->id, o->management_account))
            continue;
        shelf_open(f->arena, o->snapshot, o->accounts[i]->id, d);
        if (!may_hold(f, d, CONFIG_PRINCIPALS))
            continue;
        run->shelf_count++;
        keep_shared(f, d, true);
    }
}

static void sweep_shared(struct facts *f, struct sweep *shared)
{
    const struct organization *o = f->run->org;
    for (size_t i = 0; i < sizeof shared_kinds / sizeof *shared_kinds; i++) {
        struct sweep *to = &shared[shared_kinds[i].kind];
        size_t shelves = shared_kinds[i].of_delegates ? f->run->shelf_count : 2;
        to->complete = true;
        for (size_t k = 1; k < shelves; k++) {
            struct sweep s = facts_sweep(f, &f->run->shelves[k], shared_kinds[i].kind, (str){0});
            sweep_join(f, to, &s);
        }
        if (shared_kinds[i].of_delegates && o->delegated_administrators.state != CAPTURE_WHOLE)
            sweep_misses(to, &o->delegated_administrators);
    }
}

static bool make_everything(arena *a, struct facts_run *run, error *e)
{
    static const char text[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    source *src = NEW(a, source);
    struct policy_ref *ref = NEW(a, struct policy_ref);
    struct policy_set *set = NEW(a, struct policy_set);
    src->file = STR("(everything)");
    src->len = sizeof text - 1;
    src->text = arena_alloc_zero(a, sizeof text + FILE_TAIL);
    memcpy(src->text, text, sizeof text);
    if (!json_read(a, src, e))
        return false;
    ref->policy = policy_parse(a, src, src->root, e);
    ref->id = src->file;
    *set = (struct policy_set){ref, 1, true};
    run->everything = set;
    return ref->policy != NULL;
}

bool facts_share(arena *a, struct facts_run *run, error *e)
{
    const struct organization *o = run->org;
    struct sweep *shared = NEW_ARRAY(a, struct sweep, CAPTURE_COUNT);
    struct facts f = {.arena = a, .run = run};
    size_t delegates = 0;
    if (!make_everything(a, run, e))
        return false;
    for (size_t i = 0; i < o->account_count; i++)
        delegates += o->accounts[i]->is_delegated_administrator;
    run->shared = shared;
    run->shelves = NEW_ARRAY(a, struct shelf, 3 + delegates);
    shelf_open(a, o->snapshot, (str){0}, &run->shelves[run->shelf_count++]);
    if (!keep_organization(&f, &run->shelves[0], e))
        return false;
    if (!o->management_account.len)
        return true;
    shelf_open(a, o->snapshot, o->management_account, &run->shelves[run->shelf_count++]);
    keep_shared(&f, &run->shelves[1], false);
    keep_delegates(&f, run);
    sweep_shared(&f, shared);
    return true;
}

const struct sweep *facts_shared(const struct facts *f, capture_kind kind)
{
    return f->run->org->management_account.len ? &f->run->shared[kind] : NULL;
}

/* ---- trusted access ---- */

tri facts_service_enabled(const struct facts *f, const char *principals)
{
    const struct organization *o = f->run->org;
    str all = str_from(principals);
    while (all.len) {
        str one = str_cut(&all, ' ');
        for (size_t i = 0; i < o->service_count; i++)
            if (str_eq(o->services[i], one))
                return TRI_YES;
    }
    return o->service_access.state == CAPTURE_WHOLE ? TRI_NO : TRI_UNKNOWN;
}
