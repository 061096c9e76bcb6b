/*
 * arguments.c - with which ids a call was made, found in the names of files and in capture.json. Loaders look captures
 * up by the ids that other captures list; here is what nothing lists. A policy that a list lacks may deny all the same.
 */
#include <stdlib.h>

#include "org/snapshot.h"

static bool is_id_of(capture_kind kind, str id)
{
    bool account = str_is_account_id(id), unit = str_starts(id, STR("r-")) || str_starts(id, STR("ou-"));
    for (size_t i = 0; i < id.len; i++)
        if (!(ascii_lower(id.ptr[i]) >= 'a' && ascii_lower(id.ptr[i]) <= 'z') && !ascii_is_digit(id.ptr[i]) &&
            id.ptr[i] != '-' && id.ptr[i] != '_')
            return false;
    if (kind == CAPTURE_COUNT)
        return account;
    switch (captures[kind].argument) {
    case ARGUMENT_POLICY: return str_starts(id, STR("p-"));
    case ARGUMENT_POLICY_TYPE: return id.len > 0;
    case ARGUMENT_PARENT: return unit;
    case ARGUMENT_ACCOUNT: return account;
    case ARGUMENT_CHILD:
    case ARGUMENT_TARGET_TYPE: return account || unit;
    case ARGUMENT_NONE:
    case ARGUMENT_CONTACT:
    case ARGUMENT_WORDS:
    case ARGUMENT_LISTED:
    case ARGUMENT_LISTED_ACCOUNT: break;
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

bool snapshot_arguments(arena *a, const struct snapshot *s, capture_kind kind, const str **out, size_t *count, error *e)
{
    bool folders = kind == CAPTURE_COUNT || kind == CAPTURE_LIST_POLICIES_FOR_TARGET;
    str folder = kind == CAPTURE_COUNT ? STR("accounts") : call_path(a, &(struct call){.kind = kind});
    VEC(str) found = {0};
    str *names = NULL;
    size_t n = 0;
    if (s->from->list && s->from->list(s->from->self, a, arena_cstr(a, folder), &names, &n, e) == FETCH_FAILED)
        return false;
    for (size_t i = 0; i < n; i++) {
        str id = folders                            ? names[i]
                 : str_ends(names[i], STR(".json")) ? str_head(names[i], names[i].len - 5)
                                                    : (str){0};
        if (is_id_of(kind, id))
            *VEC_PUSH(a, &found) = id;
    }
    for (size_t i = 0; i < s->errors.room; i++) {
        const struct map_entry *call = &s->errors.entries[i];
        str rest = call->value && str_starts(call->key, folder) ? str_from_index(call->key, folder.len) : (str){0};
        if (!str_starts(rest, STR("/")))
            continue;
        rest = str_from_index(rest, 1);
        str id = folders ? str_cut(&rest, '/') : rest;
        if (is_id_of(kind, id))
            *VEC_PUSH(a, &found) = id;
    }
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, by_text);
    *count = 0;
    for (size_t i = 0; i < found.count; i++)
        if (*count == 0 || !str_eq(found.items[*count - 1], found.items[i]))
            found.items[(*count)++] = found.items[i];
    *out = found.items;
    return true;
}
