/* print.c - prints trees as JSON; a change is made while printing, so that no tree is ever written to. */
#include "text/print.h"

struct printer {
    arena *arena;
    VEC(char) text;
    const struct node_change *change;
    error *error;
};

static void put_bytes(struct printer *p, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        *VEC_PUSH(p->arena, &p->text) = bytes[i];
}

static void put_text(struct printer *p, const char *text)
{
    put_bytes(p, text, strlen(text));
}

static void put_unit(struct printer *p, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    char out[] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    put_bytes(p, out, sizeof out);
}

/* The code point of `len` bytes of valid UTF-8. */
static uint32_t code_point(const unsigned char *at, size_t len)
{
    uint32_t c = len == 2 ? at[0] & 0x1FU : len == 3 ? at[0] & 0x0FU : at[0] & 0x07U;
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (at[i] & 0x3FU);
    return c;
}

static void put_quoted(struct printer *p, str s)
{
    put_text(p, "\"");
    for (size_t i = 0; i < s.len;) {
        const unsigned char *at = (const unsigned char *)s.ptr + i;
        size_t len = utf8_len(at, s.len - i);
        if (len > 1) {
            uint32_t c = code_point(at, len);
            if (c > 0xFFFF)
                put_unit(p, 0xD800 + ((c - 0x10000) >> 10));
            put_unit(p, c > 0xFFFF ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c);
        } else if (*at == '"' || *at == '\\') {
            put_text(p, "\\");
            put_bytes(p, s.ptr + i, 1);
        } else if (*at < 0x20 || *at >= 0x7F) {
            put_unit(p, len ? *at : 0xFFFD);
        } else {
            put_bytes(p, s.ptr + i, 1);
        }
        i += len ? len : 1;
    }
    put_text(p, "\"");
}

static str printed(const struct printer *p)
{
    return (str){p->text.items, p->text.count};
}

str json_quote(arena *a, str s)
{
    struct printer p = {.arena = a};
    put_quoted(&p, s);
    return printed(&p);
}

static void put_node(struct printer *p, const node *n)
{
    switch (node_kind_of(n)) {
    case NODE_NULL: put_text(p, "null"); return;
    case NODE_BOOL: put_text(p, node_is_true(n) ? "true" : "false"); return;
    case NODE_NUMBER: put_bytes(p, node_text(n).ptr, node_text(n).len); return;
    case NODE_STRING: put_quoted(p, node_text(n)); return;
    case NODE_LIST:
    case NODE_OBJECT: break;
    }
    put_text(p, node_is_list(n) ? "[" : "{");
    for (NODE_EACH(item, n)) {
        if (item != node_first(n))
            put_text(p, ",");
        if (node_is_object(n)) {
            put_quoted(p, node_key(item));
            put_text(p, ":");
        }
        put_node(p, item);
    }
    put_text(p, node_is_list(n) ? "]" : "}");
}

str node_print(arena *a, const node *n)
{
    struct printer p = {.arena = a};
    put_node(&p, n);
    return printed(&p);
}

/* ---- with one place changed ---- */

static bool is_removal(const struct node_change *c)
{
    return !c->to || node_is_null(c->to);
}

static bool is_selected(const node *item, const node *step, size_t index)
{
    if (node_is_number(step)) {
        size_t wanted = 0;
        str text = node_text(step);
        for (size_t i = 0; i < text.len; i++)
            wanted = wanted * 10 + (size_t)(text.ptr[i] - '0');
        return wanted == index;
    }
    for (NODE_EACH(member, step)) {
        const node *has = NULL;
        for (NODE_EACH(m, item))
            if (node_is_object(item) && str_eq(node_key(m), node_key(member)))
                has = m;
        if (!has || !str_eq(node_text(has), node_text(member)))
            return false;
    }
    return true;
}

/* The child that a step leads to; NULL: none. */
static const node *child_at(const node *n, const node *step)
{
    size_t index = 0;
    for (NODE_EACH(item, n)) {
        if (node_is_string(step) ? node_is_object(n) && str_eq(node_key(item), node_text(step))
                                 : node_is_list(n) && is_selected(item, step, index))
            return item;
        index++;
    }
    return NULL;
}

/* Whether the change does anything: *s and *n go into texts that hold JSON. */
static bool leads_on(struct printer *p, const source *s, const node *n, const node *step)
{
    const struct node_change *c = p->change;
    if (!step)
        return n || !c->if_there;
    if (node_is_string(n)) {
        source *inner = source_inner(p->arena, s, n, p->error);
        return inner && leads_on(p, inner, inner->root, step);
    }
    const node *child = child_at(n, step), *next = node_next(step);
    if (child)
        return leads_on(p, s, child, next);
    if (is_removal(c) || c->if_there)
        return c->if_there && !is_removal(c) && !next && n; /* the last member or item may be new where its place is */
    return node_is_string(step) ? leads_on(p, s, NULL, next) : !next;
}

static void put_changed(struct printer *p, const source *s, const node *n, const node *step);

static void put_comma(struct printer *p, bool *first)
{
    if (!*first)
        put_text(p, ",");
    *first = false;
}

static void put_parent(struct printer *p, const source *s, const node *n, const node *step)
{
    bool object = node_is_string(step), first = true, gone = !node_next(step) && is_removal(p->change);
    const node *child = child_at(n, step);
    put_text(p, object ? "{" : "[");
    if (object ? node_is_object(n) : node_is_list(n)) {
        for (NODE_EACH(item, n)) {
            if (item == child && gone)
                continue;
            put_comma(p, &first);
            if (object) {
                put_quoted(p, node_key(item));
                put_text(p, ":");
            }
            if (item == child)
                put_changed(p, s, item, node_next(step));
            else
                put_node(p, item);
        }
    }
    if (!child && !gone) {
        put_comma(p, &first);
        if (object) {
            put_quoted(p, node_text(step));
            put_text(p, ":");
        }
        put_changed(p, s, NULL, node_next(step));
    }
    put_text(p, object ? "}" : "]");
}

static void put_changed(struct printer *p, const source *s, const node *n, const node *step)
{
    if (!step) {
        put_node(p, p->change->to);
        return;
    }
    if (!node_is_string(n)) {
        put_parent(p, s, n, step);
        return;
    }
    source *inner = source_inner(p->arena, s, n, p->error);
    struct printer within = {.arena = p->arena, .change = p->change, .error = p->error};
    put_changed(&within, inner, inner->root, step);
    put_quoted(p, printed(&within));
}

bool node_print_changed(arena *a, const source *s, const struct node_change *change, str *out, error *e)
{
    struct printer p = {.arena = a, .change = change, .error = e};
    const node *first = node_first(change->at);
    bool whole = !first && is_removal(change);
    if (!whole && leads_on(&p, s, s->root, first))
        put_changed(&p, s, s->root, first);
    else if (e->code == ERR_NONE)
        put_node(&p, s->root);
    *out = printed(&p);
    return e->code == ERR_NONE;
}
