/*
 * fuzz.h - what fuzz targets share. Built with -fsanitize=fuzzer a target is a libFuzzer program; built with -DREPLAY
 * it runs the files, and the files of the folders, that are named as arguments once each.
 */
#ifndef ORGEXIT_TESTS_FUZZ_FUZZ_H
#define ORGEXIT_TESTS_FUZZ_FUZZ_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/work.h"
#include "text/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { SMALL = 2000 }; /* bytes: up to here checks may be quadratic */

static inline source *fuzz_source(arena *a, const uint8_t *data, size_t size)
{
    source *s = NEW(a, source);
    *s = (source){.file = STR("fuzz"), .text = arena_alloc_zero(a, size + FILE_TAIL), .len = size};
    if (size)
        memcpy(s->text, data, size);
    return s;
}

static inline void check_string(str s, const char *ptr)
{
    CHECK(ptr && s.ptr == ptr && ptr[s.len] == '\0' && strlen(ptr) == s.len && utf8_valid(s));
}

/* What every reader promises of its trees (text/node.h), and that every link holds. */
static inline void check_tree(const node *n, size_t depth)
{
    const node *last = NULL;
    size_t count = 0;
    if (node_is_string(n))
        check_string(node_text(n), n->json.valuestring);
    if (node_is_number(n))
        CHECK(n->len > 0 && n->json.valuedouble - n->json.valuedouble == 0); /* finite */
    if (!node_is_list(n) && !node_is_object(n)) {
        CHECK(!n->json.child && node_count(n) == 0);
        return;
    }
    CHECK(depth < DEPTH_LIMIT);
    for (NODE_EACH(child, n)) {
        CHECK(!last || (const node *)child->json.prev == last);
        CHECK(node_is_object(n) == (child->json.string != NULL));
        if (node_is_object(n))
            check_string(node_key(child), child->json.string);
        if (node_is_object(n) && count < SMALL)
            for (const node *other = node_first(n); other != child; other = node_next(other))
                CHECK(!str_eq(node_key(other), node_key(child)));
        check_tree(child, depth + 1);
        last = child;
        count++;
    }
    CHECK(count == n->count && (!last || (const node *)n->json.child->prev == last));
}

/* Every node can be located, inside the text that holds it. */
static inline void check_places(arena *a, const source *s, const node *n, const struct position *around)
{
    struct position p;
    source_locate(a, s, n, &p);
    CHECK(p.line > 0 && p.column > 0 && p.end_column > p.column && p.pointer.ptr && str_is(p.file, "fuzz"));
    CHECK(utf8_valid(p.excerpt) && utf8_valid(p.pointer) && utf8_valid(p.inner_pointer));
    if (around && around->line == p.line)
        CHECK(p.column >= around->column);
    if (around && around->line == p.line && !s->outer->yaml)
        CHECK(p.end_column <= around->end_column && str_eq(p.pointer, around->pointer));
    for (NODE_EACH(child, n))
        check_places(a, s, child, around);
}

/* Each text that may hold a document is read as one. */
static inline void check_inner(arena *a, const source *s, const node *n)
{
    str text = node_text(n);
    if (node_is_string(n) && text.len && strchr("{[%\" ", text.ptr[0])) {
        error e = {0};
        struct position p;
        source_locate(a, s, n, &p);
        const source *inner = source_inner(a, s, n, &e);
        CHECK(inner ? e.code == ERR_NONE : e.code == ERR_INPUT && e.line >= p.line);
        CHECK(inner || s->yaml || (e.line == p.line && e.column >= p.column && e.column <= p.end_column));
        if (inner) {
            check_tree(inner->root, 0);
            check_places(a, inner, inner->root, &p);
        }
    }
    for (NODE_EACH(child, n))
        check_inner(a, s, child);
}

/* Runs `fn` on the bytes in an arena of its own. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

static inline int fuzz_run(work_fn *fn, const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    error e = {0};
    arena *a = arena_open((size_t)1 << 30);
    CHECK(a && work_run(a, fn, &input, &e));
    arena_close(a);
    return 0;
}

#ifdef REPLAY

static bool replay_path(arena *a, const char *path, size_t *count, error *e)
{
    str *names;
    size_t n;
    error no_folder = {0};
    if (file_list(a, AT_FDCWD, path, str_from(path), &names, &n, &no_folder) != READ_DONE) {
        char *text;
        size_t len;
        if (file_read(a, AT_FDCWD, path, str_from(path), FILE_LIMIT, &text, &len, e) != READ_DONE)
            return error_set(e, ERR_INPUT, "cannot be read");
        ++*count;
        uint8_t *exact = malloc(len ? len : 1); /* no byte more than there is, for ASan to see */
        CHECK(exact);
        memcpy(exact, text, len);
        (void)LLVMFuzzerTestOneInput(exact, len);
        free(exact);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (!replay_path(a, arena_printf(a, "%s/%.*s", path, STR_ARG(names[i])).ptr, count, e))
            return false;
    return true;
}

struct replay {
    char **paths;
    size_t count;
};

static bool replay_all(arena *a, void *arg, error *e)
{
    struct replay *r = arg;
    for (; *r->paths; r->paths++)
        if (!replay_path(a, *r->paths, &r->count, e))
            return false;
    return r->count > 0 || error_set(e, ERR_USAGE, "no inputs were named");
}

int main(int argc, char **argv)
{
    struct replay r = {argv + (argc > 0), 0};
    error e = {0};
    arena *a = arena_open(0);
    bool ok = a && work_run(a, replay_all, &r, &e);
    arena_close(a);
    if (!ok)
        fprintf(stderr, "%s: %s\n", e.file, e.message);
    printf("%zu passed, 0 failed\n", r.count);
    return ok ? 0 : 1;
}

#endif
#endif
