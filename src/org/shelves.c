/* shelves.c - see shelves.h. */
#include "org/shelves.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

bool shelves_fill(arena *a, const source *s, const node *answers, str below, struct shelves *out, error *e)
{
    *out = (struct shelves){.paths = NEW_ARRAY(a, str, node_count(answers))};
    if (answers && !node_is_object(answers))
        return source_error(
            s, answers, e,
            "\"captures\" is %s; expected an object: a capture's path without .json, and what the AWS CLI printed",
            node_kind_name(answers));
    for (NODE_EACH(n, answers)) {
        str path = below.len ? arena_printf(a, "%.*s%.*s", STR_ARG(below), STR_ARG(node_key(n))) : node_key(n);
        if (!is_call_path(path))
            return source_error_key(s, n, e, "\"%.*s\" is no call; expected a path such as %s, without .json",
                                    STR_ARG(node_key(n)),
                                    below.len ? "iam/get-account-summary" : "organizations/list-roots");
        *map_at(a, &out->by_path, path) = (void *)(uintptr_t)n;
        out->paths[out->count++] =
            path; /* null stands for an empty file: the call was made, and named what it asked for */
    }
    if (out->count)
        qsort(out->paths, out->count, sizeof *out->paths, by_text);
    return true;
}

const node *shelves_get(const struct shelves *s, str path)
{
    const node *n = map_get(&s->by_path, path);
    return node_is_null(n) ? NULL : n;
}

/* The first path that is not before `prefix`. */
static size_t first_from(const struct shelves *s, str prefix)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(s->paths[middle], prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void shelves_list(const struct shelves *s, arena *a, str folder, str **names, size_t *count)
{
    str prefix = arena_printf(a, "%.*s/", STR_ARG(folder));
    VEC(str) found = {0};
    for (size_t i = first_from(s, prefix); i < s->count && str_starts(s->paths[i], prefix); i++) {
        str rest = str_from_index(s->paths[i], prefix.len), name = str_cut(&rest, '/');
        if (!rest.ptr)
            name = arena_printf(a, "%.*s.json", STR_ARG(name));
        if (!found.count || !str_eq(found.items[found.count - 1], name))
            *VEC_PUSH(a, &found) = name;
    }
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, by_text);
    *names = found.items;
    *count = found.count;
}
