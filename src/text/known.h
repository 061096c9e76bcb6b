/*
 * known.h - values that stand in many files, byte for byte, as the documents of AWS managed policies do: read once,
 * then taken instead of read again. What is known changes no answer, only how soon it is there: a value that is taken
 * has the same nodes as one that is read, and every place is still told for the file in which it was met.
 * A store belongs to one thread at a time.
 */
#ifndef ORGEXIT_TEXT_KNOWN_H
#define ORGEXIT_TEXT_KNOWN_H

#include "text/source.h"

struct known_store;

/* One value. Nodes and `text` live as long as the store; `at` of each node counts from the value's first byte. */
struct known {
    str text; /* as it stands in the files */
    const node *root;
    size_t depth; /* of lists and objects in it, itself included */
    void *made;   /* what the caller made of it, in known_arena; NULL: nothing yet */
    arena *home;
};

/*
 * Objects that are the value of one of `keys` (borrowed) are looked up and, once two files had them, kept.
 * limit: bytes; a store that is full keeps what it has, and may go over by what its last value needs. NULL when there
 * is no memory.
 */
struct known_store *known_open(const char *const *keys, size_t key_count, size_t limit);
void known_close(struct known_store *store); /* NULL does nothing */

/* The store's own memory, for known->made. When it runs out, it leaves where `a` leaves. */
arena *known_arena(const struct known *known, const arena *a);

/* The value behind a node that json_read took; NULL: the node was read. */
const struct known *node_known(const node *n);

/* ---- for json_read ---- */

void known_begin(struct known_store *store); /* a file */
bool known_wants(const struct known_store *store, str key);
const struct known *known_find(const struct known_store *store, str rest); /* one that `rest` begins with */
/* A value that was read; text: its bytes in the file, closing quotation marks being NUL. */
void known_meet(struct known_store *store, const arena *a, str text);

/* A piece of `outer` that stands for `known`, met at `n`: places in it are places in the file. */
source *known_source(arena *a, const source *outer, const node *n);

#endif
