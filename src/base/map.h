/* map.h - from text to a pointer, in an arena. Keys are borrowed and must outlive the map. Not for concurrent writes.
 */
#ifndef ORGEXIT_BASE_MAP_H
#define ORGEXIT_BASE_MAP_H

#include "base/arena.h"

struct map_entry {
    str key;
    void *value; /* NULL: the place is free */
};

/* Zeroed means empty. */
struct map {
    struct map_entry *entries;
    size_t count, room; /* room is a power of two */
};

void *map_get(const struct map *m, str key); /* NULL: not there */

/* Where the value of `key` stands; a new key starts with NULL and must be given a value before the next call. */
void **map_at(arena *a, struct map *m, str key);

#endif
