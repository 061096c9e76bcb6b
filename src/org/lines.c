/* lines.c - see lines.h. */
#include "org/lines.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/work.h"
#include "org/shelves.h"

/* ---- one line ---- */

struct line_source {
    const struct capture_source *base; /* the organization's part */
    struct account_line *line;
    struct shelves shelves;
};

/* A member of the line as a source of its own: named for what it is, whatever line it stands in. */
static source *part_of(arena *a, const source *line, const node *n, str name)
{
    source *s = NEW(a, source);
    *s = *line;
    s->file = name;
    s->root = n;
    s->unplaced = true;
    return s;
}

static fetch_result fetch_call(void *self, arena *a, const struct call *c, struct fetched *out, error *e)
{
    const struct line_source *l = self;
    str path = call_path(a, c);
    const node *n = shelves_get(&l->shelves, path);
    fetch_result base = l->base->fetch(l->base->self, a, c, out, e);
    if (!n || base == FETCH_FAILED)
        return base;
    if (base == FETCH_DONE)
        return error_at(e, path, 0, 0, "stands in the line of the account and in %.*s", STR_ARG(l->base->whole->path)),
               FETCH_FAILED;
    *out = (struct fetched){part_of(a, l->line->source, n, arena_printf(a, "%.*s.json", STR_ARG(path))), n};
    return FETCH_DONE;
}

static fetch_result fetch_named(void *self, arena *a, const char *name, struct fetched *out, error *e)
{
    const struct line_source *l = self;
    return l->base->fetch_named(l->base->self, a, name, out, e);
}

static bool size_of(void *self, const char *path, uint64_t *bytes)
{
    const struct line_source *l = self;
    return l->base->size(l->base->self, path, bytes);
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static fetch_result list_names(void *self, arena *a, const char *path, str **names, size_t *count, error *e)
{
    const struct line_source *l = self;
    str *own, *base = NULL, *all;
    size_t own_count, base_count = 0, n = 0;
    shelves_list(&l->shelves, a, str_from(path), &own, &own_count);
    if (l->base->list(l->base->self, a, path, &base, &base_count, e) == FETCH_FAILED)
        return FETCH_FAILED;
    all = NEW_ARRAY(a, str, own_count + base_count);
    for (size_t i = 0; i < own_count; i++)
        all[n++] = own[i];
    for (size_t i = 0; i < base_count; i++)
        all[n++] = base[i];
    if (n)
        qsort(all, n, sizeof *all, by_text);
    *names = all;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (!*count || !str_eq(all[*count - 1], all[i]))
            all[(*count)++] = all[i];
    return *count ? FETCH_DONE : FETCH_ABSENT;
}

static bool read_members(arena *a, source *s, struct account_line *out, error *e)
{
    static const char *const keys[] = {"version", "account", "captures", "errors", "attestations"};
    const node *root = s->root, *account = node_get(root, "account");
    if (!node_is_object(root))
        return source_error(
            s, root, e,
            "found %s; expected an account: {\"version\": 1, \"account\": \"111122223333\", \"captures\": ...}",
            node_kind_name(root));
    if (!only_known_keys(s, root, keys, sizeof keys / sizeof *keys, e))
        return false;
    if (!is_version_1(s, root, e))
        return false;
    if (!node_is_string(account) || !str_is_account_id(node_text(account)))
        return source_error(s, account ? account : root, e,
                            "\"account\" must be an account id, 12 digits in quotation marks");
    out->account = node_text(account);
    const node *topics = node_get(root, "attestations");
    if (topics && !node_is_null(topics))
        out->attestations = part_of(a, s, topics, arena_printf(a, "accounts/%.*s/attestations", STR_ARG(out->account)));
    return true;
}

bool account_line_read(arena *a, const struct organization *o, source *s, struct account_line *out, error *e)
{
    struct line_source *l = NEW(a, struct line_source);
    struct capture_source *from = NEW(a, struct capture_source);
    struct snapshot *snapshot = NEW(a, struct snapshot);
    *out = (struct account_line){.source = s};
    if (s->len == 0)
        return error_at(e, s->file, s->lines_above + 1, 1, "the line is empty; expected an account a line");
    if (!json_read(a, s, e) || !read_members(a, s, out, e))
        return false;
    str below = arena_printf(a, "accounts/%.*s/", STR_ARG(out->account));
    const node *errors = node_get(s->root, "errors");
    *l = (struct line_source){.base = o->snapshot->from, .line = out};
    *from = (struct capture_source){.self = l,
                                    .fetch = fetch_call,
                                    .fetch_named = fetch_named,
                                    .size = size_of,
                                    .list = list_names,
                                    .whole = l->base->whole};
    *snapshot = *o->snapshot;
    snapshot->from = from;
    snapshot->base = o->snapshot;
    snapshot->errors = (struct map){0};
    out->org = *o;
    out->org.snapshot = snapshot;
    return shelves_fill(a, s, node_get(s->root, "captures"), below, &l->shelves, e) &&
           snapshot_read_errors(a, snapshot, part_of(a, s, errors, arena_printf(a, "%.*serrors", STR_ARG(below))),
                                errors, below, e);
}
