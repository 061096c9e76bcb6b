/*
 * print.h - a tree back to JSON, as it is or with one place changed: how a snapshot is judged as if something were
 * done (src/org/overlay.c). What is printed is ASCII on one line.
 */
#ifndef ORGEXIT_TEXT_PRINT_H
#define ORGEXIT_TEXT_PRINT_H

#include "text/source.h"

str json_quote(arena *a, str s); /* "..." with its quotation marks */
str node_print(arena *a, const node *n);

/*
 * One place, and what stands there afterwards.
 *   at  a list; each item leads one level down: a text to that member, a number to that item (from 0), an object to
 *       the item that has these members ({"Id": "p-1"}). A path goes on inside a text that holds JSON
 *   to  NULL or null: what stands there is taken away. Members that lack on the way are made, an item that the last
 *       object selects nowhere is added; a path that leads to no item on its way changes nothing
 *   if_there  nothing is made on the way: where the last step starts from must be there
 */
struct node_change {
    const node *at, *to;
    bool if_there, unless_there; /* unless_there: for who owns the file; nothing changes in one that is there */
};

/* Prints the tree of `s` so changed. False: a text on the way holds no JSON. */
bool node_print_changed(arena *a, const source *s, const struct node_change *change, str *out, error *e);

#endif
