/*
 * node.h - the one tree that JSON and YAML are read into. A node is a cJSON with three numbers behind it; only
 * src/text knows that. Nodes and their texts live in the arena that they were read into and are never changed.
 *
 * Every reader refuses duplicate keys, U+0000, invalid UTF-8 and depth above DEPTH_LIMIT, so past it each key is there
 * at most once and each text is valid UTF-8 without NUL.
 */
#ifndef ORGEXIT_TEXT_NODE_H
#define ORGEXIT_TEXT_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/str.h"

enum { DEPTH_LIMIT = 64, MEMBER_LIMIT = 1000000, STRING_LIMIT = 16 * 1024 * 1024 };

typedef struct node {
    cJSON json;       /* first: a node is a cJSON, its links lead to nodes */
    uint32_t at;      /* byte offset in the source of the value's first byte */
    uint32_t key_at;  /* of its key's first byte, the quotation mark included; 0: it has no key */
    uint32_t key_len; /* bytes of the decoded key */
    union {
        uint32_t len;   /* bytes: of the decoded text of a string, of the text of a number */
        uint32_t count; /* members of a list or object */
    };
} node;

typedef enum { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_LIST, NODE_OBJECT } node_kind;

node_kind node_kind_of(const node *n);
const char *node_kind_name(const node *n); /* "a list", "a number", ...: for messages. NULL: "nothing" */

static inline bool node_is_string(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_String;
}
static inline bool node_is_list(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_Array;
}
static inline bool node_is_object(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_Object;
}
static inline bool node_is_number(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_Number;
}
static inline bool node_is_bool(const node *n)
{
    return n && (n->json.type & (cJSON_True | cJSON_False));
}
static inline bool node_is_null(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_NULL;
}
static inline bool node_is_true(const node *n)
{
    return n && (n->json.type & 0xFF) == cJSON_True;
}

static inline const node *node_first(const node *n)
{
    return n ? (const node *)n->json.child : NULL;
}
static inline const node *node_next(const node *n)
{
    return (const node *)n->json.next;
}
static inline size_t node_count(const node *n)
{
    return node_is_list(n) || node_is_object(n) ? n->count : 0;
}
/* For a list or object that may be NULL: for (NODE_EACH(item, list)) */
#define NODE_EACH(item, parent)                                                                                        \
    const node *item = node_first(parent);                                                                             \
    item;                                                                                                              \
    item = node_next(item)

static inline str node_key(const node *n)
{
    return (str){n->json.string, n->key_len};
}

/* The text of a string, or a number as it was written ("0012" never gets here: JSON refuses it). Else empty. */
static inline str node_text(const node *n)
{
    return n && (n->json.type & (cJSON_String | cJSON_Number)) ? (str){n->json.valuestring, n->len} : (str){0};
}

/* The member of exactly that name; NULL when there is none or n is no object (or NULL). */
const node *node_get(const node *n, const char *key);

/* A member whose name differs from `key` in ASCII case only, `key` itself being absent: what a near miss looks like. */
const node *node_get_near(const node *n, const char *key);

#endif
