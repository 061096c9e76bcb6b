/* shelf.c - lists the folders of one account. */
#include "org/shelf.h"

/* Services whose folders hold captures of the first set too: their folder says nothing about the second. */
static const char *const first_set[] = {"account", "iam", "organizations", "sts", "regions"};

static bool is_first_set(str service)
{
    for (size_t i = 0; i < sizeof first_set / sizeof *first_set; i++)
        if (str_is(service, first_set[i]))
            return true;
    return false;
}

static bool list(arena *a, const struct snapshot *s, str path, str **names, size_t *count)
{
    error e = {0}; /* then what may lie there is tried, which tells the same error */
    return s->from->list && s->from->list(s->from->self, a, path.ptr, names, count, &e) != FETCH_FAILED;
}

static bool among(str name, const str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

void shelf_open(arena *a, const struct snapshot *s, str id, struct shelf *out)
{
    str *regions = NULL;
    size_t count = 0;
    *out = (struct shelf){.id = id};
    if (!id.len)
        return;
    str folder = arena_printf(a, "accounts/%.*s", STR_ARG(id));
    out->listed = list(a, s, folder, &out->services, &out->service_count);
    if (!out->listed || !among(STR("regions"), out->services, out->service_count) ||
        !list(a, s, arena_printf(a, "%.*s/regions", STR_ARG(folder)), &regions, &count))
        return;
    out->regions = NEW_ARRAY(a, struct shelf_region, count);
    out->region_count = count;
    for (size_t i = 0; i < count; i++) {
        struct shelf_region *r = &out->regions[i];
        r->name = regions[i];
        r->listed = list(a, s, arena_printf(a, "%.*s/regions/%.*s", STR_ARG(folder), STR_ARG(r->name)), &r->services,
                         &r->service_count);
    }
}

static bool may_hold(const struct shelf *shelf, const struct call *c)
{
    str service = str_from(captures[c->kind].service);
    if (!shelf->listed || !captures[c->kind].of_account)
        return true;
    if (!c->region.len)
        return among(service, shelf->services, shelf->service_count);
    for (size_t i = 0; i < shelf->region_count; i++)
        if (str_eq(shelf->regions[i].name, c->region))
            return !shelf->regions[i].listed ||
                   among(service, shelf->regions[i].services, shelf->regions[i].service_count);
    return false;
}

bool shelf_get(arena *a, const struct snapshot *s, const struct shelf *shelf, const struct call *c,
               struct capture_doc *out, error *e)
{
    if (may_hold(shelf, c))
        return snapshot_get(a, s, c, NULL, NULL, out, e);
    str path = call_path(a, c);
    if (snapshot_failure(s, path) ||
        (s->digests.count && map_get(&s->digests, arena_printf(a, "%.*s.json", STR_ARG(path)))))
        return snapshot_get(a, s, c, NULL, NULL, out, e);
    *out = (struct capture_doc){.call = *c, .path = path};
    out->why = arena_printf(a, "%.*s.json was not captured", STR_ARG(path));
    return true;
}

const struct capture_doc *shelf_keep(arena *a, const struct snapshot *s, struct shelf *shelf, const struct call *c)
{
    struct capture_doc *d = NEW(a, struct capture_doc);
    error e = {0};
    if (!shelf_get(a, s, shelf, c, d, &e)) {
        error_in_file(&e, arena_printf(a, "%.*s.json", STR_ARG(d->path)));
        *VEC_PUSH(a, &shelf->errors) = (struct input_error){.file = arena_str(a, str_from(e.file)),
                                                            .line = e.line,
                                                            .column = e.column,
                                                            .message = arena_str(a, str_from(e.message))};
        d->state = CAPTURE_UNKNOWN;
        d->why = arena_printf(a, "%.*s.json could not be read", STR_ARG(d->path));
    }
    *map_at(a, &shelf->kept, d->path) = d;
    return d;
}

/* ---- the files of the second set ---- */

struct walk {
    arena *arena;
    const struct snapshot *snapshot;
    void (*see)(void *to, str path);
    void *to;
};

/* Whether some row reads SERVICE/OPERATION below an account. */
static bool is_read(str service, str operation)
{
    for (size_t i = 0; i < CAPTURE_COUNT; i++)
        if (captures[i].of_account && str_is(service, captures[i].service) && str_is(operation, captures[i].operation))
            return true;
    return false;
}

static void walk_operation(const struct walk *w, str folder, str operation)
{
    str *arguments, path = arena_printf(w->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(operation));
    size_t count;
    if (!list(w->arena, w->snapshot, path, &arguments, &count))
        return;
    for (size_t i = 0; i < count; i++)
        if (str_ends(arguments[i], STR(".json")))
            w->see(w->to, arena_printf(w->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(arguments[i])));
}

static void walk_service(const struct walk *w, str folder, str service)
{
    str *operations, base = arena_printf(w->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(service));
    size_t count;
    if (!list(w->arena, w->snapshot, base, &operations, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        str name = operations[i];
        if (is_read(service, name))
            walk_operation(w, base, name);
        else if (str_ends(name, STR(".json")) && is_read(service, str_head(name, name.len - 5)))
            w->see(w->to, arena_printf(w->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(name)));
    }
}

void shelf_files(arena *a, const struct snapshot *s, const struct shelf *shelf, void (*see)(void *to, str path),
                 void *to)
{
    struct walk w = {a, s, see, to};
    str folder = arena_printf(a, "accounts/%.*s", STR_ARG(shelf->id));
    for (size_t i = 0; i < shelf->service_count; i++)
        if (!is_first_set(shelf->services[i]))
            walk_service(&w, folder, shelf->services[i]);
        else if (str_is(shelf->services[i], "organizations"))
            walk_operation(&w, arena_printf(a, "%.*s/organizations", STR_ARG(folder)),
                           STR("describe-effective-policy"));
    for (size_t i = 0; i < shelf->region_count; i++) {
        const struct shelf_region *r = &shelf->regions[i];
        for (size_t k = 0; k < r->service_count; k++)
            walk_service(&w, arena_printf(a, "%.*s/regions/%.*s", STR_ARG(folder), STR_ARG(r->name)), r->services[k]);
    }
}
