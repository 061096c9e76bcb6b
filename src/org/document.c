/*
 * document.c - a snapshot as one document, JSON or YAML (formats.md, "Other input kinds"): the folder as one object,
 * read once. Captures are values in it, so every place is one in that file.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "org/shelves.h"

struct document {
    source *source;
    const node *capture, *attestations;
    struct shelves shelves;
    struct read_file file;
};

static fetch_result give(const struct document *d, const node *n, struct fetched *out)
{
    *out = (struct fetched){.source = d->source, .root = n};
    return n ? FETCH_DONE : FETCH_ABSENT;
}

static fetch_result fetch_call(void *self, arena *a, const struct call *c, struct fetched *out, error *e)
{
    const struct document *d = self;
    (void)e;
    return give(d, shelves_get(&d->shelves, call_path(a, c)), out);
}

static fetch_result fetch_named(void *self, arena *a, const char *name, struct fetched *out, error *e)
{
    const struct document *d = self;
    (void)a;
    (void)e;
    return give(d,
                strcmp(name, "capture.json") == 0        ? d->capture
                : strcmp(name, "attestations.yaml") == 0 ? d->attestations
                                                         : NULL,
                out);
}

/* What of it was read is told of the whole. */
static bool no_size(void *self, const char *path, uint64_t *bytes)
{
    (void)self;
    (void)path;
    (void)bytes;
    return false;
}

static fetch_result list_names(void *self, arena *a, const char *path, str **names, size_t *count, error *e)
{
    const struct document *d = self;
    (void)e;
    shelves_list(&d->shelves, a, str_from(path), names, count);
    return *count ? FETCH_DONE : FETCH_ABSENT;
}

static bool read_document(arena *a, struct document *d, error *e)
{
    static const char *const keys[] = {"version", "capture", "captures", "attestations"};
    const source *s = d->source;
    const node *root = s->root;
    if (!node_is_object(root))
        return source_error(s, root, e,
                            "found %s; expected a snapshot: {\"version\": 1, \"capture\": ..., \"captures\": ...}",
                            node_kind_name(root));
    if (!only_known_keys(s, root, keys, sizeof keys / sizeof *keys, e))
        return false;
    if (!is_version_1(s, root, e))
        return false;
    d->capture = node_get(root, "capture");
    d->attestations = node_get(root, "attestations");
    return shelves_fill(a, s, node_get(root, "captures"), (str){0}, &d->shelves, e);
}

struct capture_source *document_source_open(arena *a, const char *path, error *e)
{
    struct document *d = NEW(a, struct document);
    struct capture_source *out = NEW(a, struct capture_source);
    str name = arena_str(a, str_from(path));
    d->source = NEW(a, source);
    d->source->file = name;
    d->source->yaml = str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
    switch (file_read(a, AT_FDCWD, path, name, d->source->yaml ? YAML_LIMIT : FILE_LIMIT, &d->source->text,
                      &d->source->len, e)) {
    case READ_DONE: break;
    case READ_ABSENT: error_at(e, name, 0, 0, "there is no such file"); return NULL;
    case READ_FAILED: return NULL;
    }
    d->file = (struct read_file){name, d->source->len, sha256_hex(a, NULL, d->source->text, d->source->len)};
    bool read = d->source->yaml ? yaml_read(a, d->source, YAML_OURS, e) : json_read(a, d->source, e);
    if (!read || !read_document(a, d, e))
        return NULL;
    *out = (struct capture_source){.self = d,
                                   .fetch = fetch_call,
                                   .fetch_named = fetch_named,
                                   .size = no_size,
                                   .list = list_names,
                                   .whole = &d->file};
    return out;
}
