/*
 * shelf.h - which captures of one account a snapshot holds, found by listing folders instead of trying every call in
 * every Region. Facts of the second set (captures.h) ask here first, so that what was never captured costs nothing.
 */
#ifndef ORGEXIT_ORG_SHELF_H
#define ORGEXIT_ORG_SHELF_H

#include "base/finding.h"
#include "org/snapshot.h"

struct shelf_region {
    str name;
    str *services;
    size_t service_count;
    bool listed;
};

/* In the arena that it was opened with. Read only once it was opened and filled. */
struct shelf {
    str id;      /* of the account; empty: the organization's own captures */
    bool listed; /* false: the source cannot tell what it holds, so everything is tried */
    str *services;
    size_t service_count;
    struct shelf_region *regions; /* the Regions that some capture is of, sorted */
    size_t region_count;
    struct map kept;                /* path -> struct capture_doc: loaded once for all accounts */
    VEC(struct input_error) errors; /* malformed ones among them */
};

void shelf_open(arena *a, const struct snapshot *s, str id, struct shelf *out);

/*
 * The capture of that account and Region, as snapshot_get. What the shelf cannot hold and capture.json does not name is
 * told without trying.
 */
bool shelf_get(arena *a, const struct snapshot *s, const struct shelf *shelf, const struct call *c,
               struct capture_doc *out, error *e);

/* Loads a capture into shelf->kept (and what is malformed into errors; it then counts as not captured). */
const struct capture_doc *shelf_keep(arena *a, const struct snapshot *s, struct shelf *shelf, const struct call *c);

/* Calls `see` with the path ("accounts/ID/ram/get-resource-shares/SELF.json") of every file of the second set that lies
 * in a folder of its own; those beside the first set (account list-regions) are account_calls. */
void shelf_files(arena *a, const struct snapshot *s, const struct shelf *shelf, void (*see)(void *to, str path),
                 void *to);

#endif
