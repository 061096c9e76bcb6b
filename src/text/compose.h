/*
 * compose.h - one JSON text put together from several files, of which every place is still told for the file that it
 * came from: how the storage of another tool is read as if it were the output of the AWS CLI.
 */
#ifndef ORGEXIT_TEXT_COMPOSE_H
#define ORGEXIT_TEXT_COMPOSE_H

#include "text/source.h"

/* A file that was read; `raw` is its text as it stands, without a UTF-8 mark. source NULL: it is not there. */
struct kept_file {
    source *source;
    str raw;
};

/* Keeps the text, then reads it. The source has file, text and len. False: *e. */
bool kept_file_read(arena *a, source *s, struct kept_file *out, error *e);

/* Zeroed but for `arena`, in which all of it lives. */
struct composer {
    arena *arena;
    VEC(char) text;
    VEC(struct source_part) parts;
};

void compose_text(struct composer *c, const char *text);                                /* punctuation and keys */
void compose_mark(struct composer *c, const struct kept_file *f, const node *n);        /* what follows is made of n */
void compose_string(struct composer *c, const struct kept_file *f, const node *n);      /* the text of n */
void compose_made(struct composer *c, const struct kept_file *f, const node *n, str s); /* a text made of n */
void compose_file(struct composer *c, const struct kept_file *f);                       /* all of it */
void compose_quoted(struct composer *c, const struct kept_file *f);                     /* all of it, as one string */

/* The text, still to be read. Something was marked before anything else. */
source *compose_end(struct composer *c, str file);

#endif
