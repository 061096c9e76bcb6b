/*
 * text_cases.h - reads the cases of tests/text (README.md there tells the format) and prints trees. For text_test.c
 * alone.
 */
#ifndef ORGEXIT_TESTS_TEXT_CASES_H
#define ORGEXIT_TESTS_TEXT_CASES_H

#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "text/source.h"

/* One case: a name, what it is, a text, and lines of what is expected ("@tree ...", "@error ..."). */
struct text_case {
    str name, kind; /* kind: "json", "yaml ours", "yaml policy" */
    unsigned line;  /* of its "@case" */
    char *text;
    size_t len;
    str *expected;
    size_t expected_count;
};

struct bytes {
    arena *arena;
    char *text;
    size_t len, room;
};

static void put(struct bytes *b, const char *p, size_t len)
{
    if (b->len + len + FILE_TAIL > b->room) {
        size_t room = 2 * (b->len + len + FILE_TAIL);
        char *text = arena_alloc_zero(b->arena, room);
        if (b->len)
            memcpy(text, b->text, b->len);
        b->text = text;
        b->room = room;
    }
    if (len)
        memcpy(b->text + b->len, p, len);
    b->len += len;
}

static int hex_of(char c)
{
    c = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* {{C2 85}}: bytes; {{65*[}}: a text many times; {{cut}}: no line end here. False: none of them. */
static bool put_special(struct bytes *b, str s, bool *cut)
{
    if (str_is(s, "cut")) {
        *cut = true;
        return true;
    }
    size_t star = str_find_char(s, '*'), times = 0;
    if (star != SIZE_MAX && star > 0) {
        for (size_t i = 0; i < star; i++) {
            if (!ascii_is_digit(s.ptr[i]))
                return false;
            times = times * 10 + (size_t)(s.ptr[i] - '0');
        }
        for (size_t i = 0; i < times; i++)
            put(b, s.ptr + star + 1, s.len - star - 1);
        return true;
    }
    for (size_t i = 0; i + 1 < s.len; i += 3) {
        int high = hex_of(s.ptr[i]), low = hex_of(s.ptr[i + 1]);
        if (high < 0 || low < 0 || (i + 2 < s.len && s.ptr[i + 2] != ' '))
            return false;
        put(b, &(char){(char)(high << 4 | low)}, 1);
    }
    return s.len % 3 == 2;
}

static void put_line(struct bytes *b, str line)
{
    bool cut = false;
    for (size_t open; (open = str_find(line, STR("{{"))) != SIZE_MAX;) {
        str behind = str_from_index(line, open + 2);
        size_t close = str_find(behind, STR("}}"));
        put(b, line.ptr, open);
        line = behind;
        if (close != SIZE_MAX && put_special(b, str_head(behind, close), &cut))
            line = str_from_index(behind, close + 2);
        else
            put(b, "{{", 2);
    }
    put(b, line.ptr, line.len);
    if (!cut)
        put(b, "\n", 1);
}

/* NULL and *e when the file is malformed. */
static struct text_case *cases_read(arena *a, const char *path, size_t *count, error *e)
{
    VEC(struct text_case) cases = {0};
    VEC(str) expected = {0};
    struct bytes b = {.arena = a};
    bool in_text = false;
    unsigned line_number = 0;
    char *text;
    size_t len;
    if (file_read(a, AT_FDCWD, path, str_from(path), FILE_LIMIT, &text, &len, e) != READ_DONE)
        return error_set(e, ERR_INPUT, "%s is not there", path), NULL;
    for (str rest = {text, len}; rest.len;) {
        str line = str_cut(&rest, '\n');
        struct text_case *c = cases.count ? &cases.items[cases.count - 1] : NULL;
        line_number++;
        if (str_starts(line, STR("@case "))) {
            c = VEC_PUSH(a, &cases);
            *c = (struct text_case){.name = str_from_index(line, 6), .line = line_number};
            b = (struct bytes){.arena = a};
            memset(&expected, 0, sizeof expected);
            in_text = false;
        } else if (!c) {
            if (line.len && line.ptr[0] != '#')
                return error_at(e, str_from(path), line_number, 1, "text before the first @case"), NULL;
        } else if (line.len && line.ptr[0] == '@' && !c->kind.len) {
            c->kind = str_from_index(line, 1);
            in_text = true;
            put(&b, "", 0);
        } else if (line.len && line.ptr[0] == '@') {
            in_text = false;
            struct bytes wanted = {.arena = a};
            put_line(&wanted, line);
            *VEC_PUSH(a, &expected) = (str){wanted.text, wanted.len - 1};
        } else if (in_text) {
            put_line(&b, line);
        } else if (line.len && line.ptr[0] != '#') {
            return error_at(e, str_from(path), line_number, 1, "text behind what is expected"), NULL;
        }
        c = cases.count ? &cases.items[cases.count - 1] : NULL;
        if (c) {
            c->text = b.text;
            c->len = b.len;
            c->expected = expected.items;
            c->expected_count = expected.count;
        }
    }
    *count = cases.count;
    return cases.items;
}

static void put_text(struct bytes *b, str s)
{
    char escape[8];
    put(b, "\"", 1);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            put(b, "\\", 1);
        if (c < 0x20)
            put(b, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
        else
            put(b, s.ptr + i, 1);
    }
    put(b, "\"", 1);
}

static void put_node(struct bytes *b, const node *n)
{
    bool first = true;
    switch (node_kind_of(n)) {
    case NODE_NULL: put(b, "null", 4); return;
    case NODE_BOOL: put(b, node_is_true(n) ? "true" : "false", node_is_true(n) ? 4 : 5); return;
    case NODE_NUMBER: put(b, node_text(n).ptr, node_text(n).len); return;
    case NODE_STRING: put_text(b, node_text(n)); return;
    case NODE_LIST:
    case NODE_OBJECT:
        put(b, node_is_list(n) ? "[" : "{", 1);
        for (NODE_EACH(child, n)) {
            put(b, ",", first ? 0 : 1);
            first = false;
            if (node_is_object(n)) {
                put_text(b, node_key(child));
                put(b, ":", 1);
            }
            put_node(b, child);
        }
        put(b, node_is_list(n) ? "]" : "}", 1);
        return;
    }
}

/* Compact JSON; numbers as they were written. */
static str tree_print(arena *a, const node *n)
{
    struct bytes b = {.arena = a};
    put_node(&b, n);
    return (str){b.text, b.len};
}

/* A source over a copy of `text`, ready to be read. */
static source *source_of(arena *a, const char *file, const char *text, size_t len)
{
    source *s = NEW(a, source);
    *s = (source){.file = str_from(file), .text = arena_alloc_zero(a, len + FILE_TAIL), .len = len};
    if (len)
        memcpy(s->text, text, len);
    return s;
}

static bool key_is(str key, str step)
{
    size_t k = 0;
    for (size_t i = 0; i < step.len; i++, k++) {
        char c = step.ptr[i];
        if (c == '~')
            c = step.ptr[++i] == '0' ? '~' : '/';
        if (k >= key.len || key.ptr[k] != c)
            return false;
    }
    return k == key.len;
}

/* By RFC 6901, written apart from the one under test. */
static const node *node_at_pointer(arena *a, const node *root, str pointer)
{
    const node *n = root;
    (void)str_cut(&pointer, '/');
    while (n && pointer.ptr) {
        str step = str_cut(&pointer, '/');
        const node *found = NULL;
        size_t index = 0;
        for (NODE_EACH(child, n)) {
            str name = node_is_list(n) ? arena_printf(a, "%zu", index) : node_key(child);
            if (key_is(name, step))
                found = child;
            index++;
        }
        n = found;
    }
    return n;
}

#endif
