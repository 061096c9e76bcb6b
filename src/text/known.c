/* known.c - see known.h. Values are kept in the order of their bytes: no object is the beginning of another one, so the
 * one that a text begins with, if any, is the last that is not behind it. */
#include "text/known.h"

#include <stdlib.h>

#include "base/file.h"

enum { MET = 4096, LONGEST = 256 * 1024 };

struct known_store {
    arena *home;
    const char *const *keys;
    size_t key_count, limit;
    VEC(struct known *) sorted;
    uint64_t files; /* begun */
    struct met {    /* values that were read, by the last bits of their prints; a newer one takes the place */
        uint64_t print, file;
    } met[MET];
};

struct known_store *known_open(const char *const *keys, size_t key_count, size_t limit)
{
    arena *home = arena_open(0);
    struct known_store *store = home ? calloc(1, sizeof *store) : NULL;
    if (!store) {
        arena_close(home);
        return NULL;
    }
    *store = (struct known_store){.home = home, .keys = keys, .key_count = key_count, .limit = limit};
    return store;
}

void known_close(struct known_store *store)
{
    if (!store)
        return;
    arena_close(store->home);
    free(store);
}

arena *known_arena(const struct known *known, const arena *a)
{
    arena_set_exit(known->home, arena_exit(a));
    return known->home;
}

bool known_wants(const struct known_store *store, str key)
{
    for (size_t i = 0; i < store->key_count; i++)
        if (str_is(key, store->keys[i]))
            return true;
    return false;
}

/* How `rest` lies to the value: 0 when it begins with it. */
static int compare(str rest, const struct known *k)
{
    int order = memcmp(rest.ptr, k->text.ptr, rest.len < k->text.len ? rest.len : k->text.len);
    return order ? order : rest.len < k->text.len ? -1 : 0;
}

/* How many values are not behind `rest`. */
static size_t place_in(const struct known_store *store, str rest)
{
    size_t low = 0, high = store->sorted.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(rest, store->sorted.items[middle]);
        if (order == 0)
            return middle + 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const struct known *known_find(const struct known_store *store, str rest)
{
    size_t at = place_in(store, rest);
    const struct known *k = at ? store->sorted.items[at - 1] : NULL;
    return k && compare(rest, k) == 0 ? k : NULL;
}

static size_t depth_of(const node *n)
{
    size_t deepest = 0;
    for (NODE_EACH(child, n)) {
        size_t depth = depth_of(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + (node_is_object(n) || node_is_list(n));
}

static char *copy_of(arena *a, str text)
{
    char *copy = arena_alloc_zero(a, text.len + FILE_TAIL);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = text.ptr[i] ? text.ptr[i] : '"';
    return copy;
}

static void keep(struct known_store *store, str text)
{
    struct known *k = NEW(store->home, struct known);
    source *own = NEW(store->home, source);
    error none = {0};
    own->text = copy_of(store->home, text);
    own->len = text.len;
    if (!json_read(store->home, own, &none))
        return;
    *k = (struct known){
        .text = {copy_of(store->home, text), text.len},
          .root = own->root, .home = store->home
    };
    k->depth = depth_of(k->root);
    size_t at = place_in(store, k->text);
    (void)VEC_PUSH(store->home, &store->sorted);
    memmove(&store->sorted.items[at + 1], &store->sorted.items[at],
            (store->sorted.count - 1 - at) * sizeof *store->sorted.items);
    store->sorted.items[at] = k;
}

/* Of a quarter of the bytes: two values that share it only lead to one that is kept in vain. */
static uint64_t print_of(str text)
{
    enum { STEP = 32 };
    uint64_t print = text.len, word;
    for (size_t at = 0; at + sizeof word <= text.len; at += STEP) {
        memcpy(&word, text.ptr + at, sizeof word);
        print = (print ^ word) * 0xD6E8FEB86659FD93u;
        print ^= print >> 32;
    }
    return print;
}

void known_begin(struct known_store *store)
{
    store->files++;
}

void known_meet(struct known_store *store, const arena *a, str text)
{
    uint64_t print = print_of(text);
    struct met *met = &store->met[print % MET];
    bool again = met->print == print && met->file != store->files; /* what one account repeats is its own */
    *met = (struct met){print, store->files};
    if (!again)
        return;
    /* Two copies and the nodes: about eight times the text. */
    if (text.len > LONGEST || arena_used(store->home) + 8 * text.len > store->limit)
        return;
    arena_set_exit(store->home, arena_exit(a));
    keep(store, text);
}

source *known_source(arena *a, const source *outer, const node *n)
{
    const struct known *k = node_known(n);
    source *s = NEW(a, source);
    *s = (source){.file = outer->file,
                  .text = outer->text + n->at,
                  .len = k->text.len,
                  .root = k->root,
                  .inner = INNER_PIECE,
                  .outer = outer,
                  .outer_node = n};
    return s;
}

/* cJSON's flag for a node whose children belong to somebody else; an object has no use for its valuestring. */
const struct known *node_known(const node *n)
{
    bool taken = node_is_object(n) && (n->json.type & cJSON_IsReference);
    return taken ? (const struct known *)(const void *)n->json.valuestring : NULL;
}
