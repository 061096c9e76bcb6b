/*
 * stream.h - a text of many lines, each a source of its own: NDJSON, of which only the lines at work are in memory.
 */
#ifndef ORGEXIT_TEXT_STREAM_H
#define ORGEXIT_TEXT_STREAM_H

#include "base/arena.h"
#include "base/error.h"
#include "text/source.h"

struct line_reader;

/* path "-": standard input. NULL: *e. Closed with the arena. */
struct line_reader *lines_open(arena *a, const char *path, error *e);

/* The next line in `a`: NULL at the end, or when it could not be read or is longer than FILE_LIMIT: *e. One thread at a
 * time. */
source *lines_next(struct line_reader *r, arena *a, error *e);

#endif
