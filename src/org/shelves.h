/* shelves.h - captures that are members of one object, found by their path and listed like folders. Inside src/org. */
#ifndef ORGEXIT_ORG_SHELVES_H
#define ORGEXIT_ORG_SHELVES_H

#include "org/snapshot.h"

struct shelves {
    struct map by_path; /* "organizations/list-roots" -> node */
    str *paths;         /* sorted */
    size_t count;
};

/* Reads "captures" (NULL: none). `below` stands before each key: "accounts/ID/", or nothing. False: *e. */
bool shelves_fill(arena *a, const source *s, const node *answers, str below, struct shelves *out, error *e);

const node *shelves_get(const struct shelves *s, str path); /* NULL: not there, or null */

/* The names in "accounts/ID" as in a folder, a capture's with ".json" behind it. */
void shelves_list(const struct shelves *s, arena *a, str folder, str **names, size_t *count);

#endif
