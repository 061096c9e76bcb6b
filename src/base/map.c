/* map.c - open addressing, linear probing, at most three quarters full. */
#include "base/map.h"

static struct map_entry *find(struct map_entry *entries, size_t room, str key)
{
    size_t i = (size_t)str_hash(key) & (room - 1);
    while (entries[i].value && !str_eq(entries[i].key, key))
        i = (i + 1) & (room - 1);
    return &entries[i];
}

void *map_get(const struct map *m, str key)
{
    return m->room ? find(m->entries, m->room, key)->value : NULL;
}

static void grow(arena *a, struct map *m)
{
    size_t room = m->room ? m->room * 2 : 16;
    struct map_entry *entries = NEW_ARRAY(a, struct map_entry, room);
    for (size_t i = 0; i < m->room; i++)
        if (m->entries[i].value)
            *find(entries, room, m->entries[i].key) = m->entries[i];
    m->entries = entries;
    m->room = room;
}

void **map_at(arena *a, struct map *m, str key)
{
    if (4 * (m->count + 1) > 3 * m->room)
        grow(a, m);
    struct map_entry *entry = find(m->entries, m->room, key);
    if (!entry->value) {
        entry->key = key;
        m->count++;
    }
    return &entry->value;
}
