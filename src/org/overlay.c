/* overlay.c - files that read changed, kept by path in front of another capture source. */
#include "org/overlay.h"

#include <fcntl.h>

#include "base/file.h"

static const char attestations_name[] = "attestations.yaml", capture_name[] = "capture.json";

/* The whole text, written over by the next change: what reads it makes a copy. */
struct changed_file {
    str text;
    char *room;
    size_t size;
};

struct overlay {
    arena *arena;
    const struct capture_source *under;
    str attestations;
    struct map files; /* path -> struct changed_file */
    VEC(str) names;   /* their paths */
    struct capture_source source;
};

static const str *changed(const struct overlay *o, str path)
{
    const struct changed_file *file = map_get(&o->files, path);
    return file ? &file->text : NULL;
}

static void keep(struct overlay *o, struct changed_file *file, str text)
{
    if (text.len > file->size) {
        file->size = 2 * text.len;
        file->room = arena_alloc(o->arena, file->size);
    }
    if (text.len)
        memcpy(file->room, text.ptr, text.len);
    file->text = (str){file->room, text.len};
}

/* ---- as a source ---- */

static void copy_text(arena *a, str text, source *out)
{
    out->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    memcpy(out->text, text.ptr, text.len);
    out->len = text.len;
}

static fetch_result give(arena *a, str file, str text, struct fetched *out)
{
    out->root = NULL;
    out->source = NEW(a, source);
    out->source->file = arena_str(a, file);
    copy_text(a, text, out->source);
    return FETCH_DONE;
}

static fetch_result fetch_call(void *self, arena *a, const struct call *c, struct fetched *out, error *e)
{
    const struct overlay *o = self;
    str file = arena_printf(a, "%.*s.json", STR_ARG(call_path(a, c)));
    const str *text = changed(o, file);
    return text ? give(a, file, *text, out) : o->under->fetch(o->under->self, a, c, out, e);
}

static fetch_result fetch_named(void *self, arena *a, const char *name, struct fetched *out, error *e)
{
    const struct overlay *o = self;
    const str *text = changed(o, str_from(name));
    return text ? give(a, str_from(name), *text, out) : o->under->fetch_named(o->under->self, a, name, out, e);
}

static bool file_size(void *self, const char *path, uint64_t *bytes)
{
    const struct overlay *o = self;
    const str *text = changed(o, str_from(path));
    if (text)
        return *bytes = text->len, true;
    return o->under->size(o->under->self, path, bytes);
}

static bool is_listed(const str *names, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

/* What lies beneath, and what was made here; sorted. */
static fetch_result list_names(void *self, arena *a, const char *path, str **names, size_t *count, error *e)
{
    const struct overlay *o = self;
    fetch_result under = o->under->list(o->under->self, a, path, names, count, e);
    if (under == FETCH_FAILED)
        return under;
    if (under == FETCH_ABSENT)
        *count = 0;
    str folder = arena_printf(a, "%s/", path);
    str *all = NEW_ARRAY(a, str, *count + o->names.count + 1);
    if (*count)
        memcpy(all, *names, *count * sizeof *all);
    for (size_t i = 0; i < o->names.count; i++) {
        str rest = str_from_index(o->names.items[i], folder.len);
        str name = str_starts(o->names.items[i], folder) ? str_cut(&rest, '/') : (str){0};
        size_t at = *count;
        if (!name.len || is_listed(all, *count, name))
            continue;
        for (; at > 0 && str_cmp(all[at - 1], name) > 0; at--)
            all[at] = all[at - 1];
        all[at] = name;
        ++*count;
    }
    *names = all;
    return *count ? FETCH_DONE : under;
}

static bool files_of(void *self, arena *a, str account, struct read_list *to, error *e)
{
    const struct overlay *o = self;
    return o->under->files(o->under->self, a, account, to, e);
}

struct overlay *overlay_open(arena *a, const struct capture_source *under, str attestations)
{
    struct overlay *o = NEW(a, struct overlay);
    *o = (struct overlay){.arena = a, .under = under, .attestations = attestations};
    o->source = (struct capture_source){.self = o,
                                        .fetch = fetch_call,
                                        .fetch_named = fetch_named,
                                        .size = file_size,
                                        .list = under->list ? list_names : NULL,
                                        .files = under->files ? files_of : NULL};
    return o;
}

struct capture_source *overlay_source(struct overlay *o)
{
    return &o->source;
}

/* ---- changing ---- */

static fetch_result fetch_base(const struct overlay *o, arena *a, source *s, error *e)
{
    bool ours = str_is(s->file, attestations_name);
    if (!ours || !o->attestations.len) {
        struct fetched under = {0};
        struct call call;
        fetch_result got = call_of_path(a, s->file, &call)
                               ? o->under->fetch(o->under->self, a, &call, &under, e)
                               : o->under->fetch_named(o->under->self, a, arena_cstr(a, s->file), &under, e);
        if (got == FETCH_DONE && under.root) { /* a value in a document: a file of its own from now on */
            copy_text(a, node_print(a, under.root), s);
        } else if (got == FETCH_DONE) {
            s->text = under.source->text;
            s->len = under.source->len;
        }
        return got;
    }
    switch (file_read(a, AT_FDCWD, arena_cstr(a, o->attestations), o->attestations, YAML_LIMIT, &s->text, &s->len, e)) {
    case READ_DONE: return FETCH_DONE;
    case READ_ABSENT: return FETCH_ABSENT;
    case READ_FAILED: break;
    }
    return FETCH_FAILED;
}

/* The file as it reads now; *there false: it is none yet, or none that can be read. */
static bool current(const struct overlay *o, arena *a, source *s, bool *there, error *e)
{
    const str *text = changed(o, s->file);
    bool ours = str_is(s->file, attestations_name);
    if (text)
        copy_text(a, *text, s);
    fetch_result got = text ? FETCH_DONE : fetch_base(o, a, s, e);
    *there = got == FETCH_DONE && s->len > 0;
    if (got == FETCH_FAILED)
        return false;
    if (*there && !ours && !json_read(a, s, &(error){0}))
        *there = false, s->root = NULL; /* what cannot be read is captured anew */
    if (!*there)
        copy_text(a, ours || str_is(s->file, capture_name) ? STR("{\"version\":1}") : STR("{}"), s);
    return s->root || (ours && *there && !text ? yaml_read(a, s, YAML_OURS, e) : json_read(a, s, e));
}

bool overlay_change(struct overlay *o, arena *scratch, str file, const struct node_change *change, error *e)
{
    source *s = NEW(scratch, source);
    bool there;
    s->file = file;
    if (!current(o, scratch, s, &there, e))
        return false;
    bool removal = !change->to || node_is_null(change->to);
    if (there ? change->unless_there : change->if_there || removal)
        return true;
    str text;
    if (!node_print_changed(scratch, s, change, &text, e))
        return false;
    void **slot = map_at(o->arena, &o->files, file);
    if (!*slot) {
        *slot = NEW(o->arena, struct changed_file);
        *VEC_PUSH(o->arena, &o->names) = file;
    }
    keep(o, *slot, text);
    return true;
}
