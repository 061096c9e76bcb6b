/*
 * overlay.h - a snapshot as if something had been done: a capture source over another one, some of whose files read
 * changed. Nothing is written anywhere.
 */
#ifndef ORGEXIT_ORG_OVERLAY_H
#define ORGEXIT_ORG_OVERLAY_H

#include "org/snapshot.h"
#include "text/print.h"

struct overlay;

/* `attestations` (a path; empty: the snapshot's own) is what "attestations.yaml" begins as. `under` must live as long.
 */
struct overlay *overlay_open(arena *a, const struct capture_source *under, str attestations);

/* Changes one file, named by its path below the snapshot. One that is not there, or
 * is no JSON, begins as {} - as a file of version 1
 * where it is ours - unless change->if_there. What the work needs lies in `scratch`. False: *e; the file, or a text in
 * it, could not be read. */
bool overlay_change(struct overlay *o, arena *scratch, str file, const struct node_change *change, error *e);

/* The source to open a snapshot from. Read only from here on: any number of threads may use it. */
struct capture_source *overlay_source(struct overlay *o);

#endif
