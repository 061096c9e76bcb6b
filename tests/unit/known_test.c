/* known_test.c - values that json_read takes from a store are those that it would read: the same trees, the same
 * places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/work.h"
#include "text/known.h"

static const char *const keys[] = {"Document"};

/* @: the value. It stands at other places each time, in objects and lists, behind letters of several bytes. */
static const char *const files[] = {
    "{\"Document\": @}\n",
    "[{\"Name\": \"\xC3\xA4\xE6\x97\xA5\", \"Document\":@}, 1]",
    "{\n  \"List\": [\n    {\"A\": 1,\n     \"Document\":\n @,\n \"B\": \"\"}, {\"Document\": @}\n ]\n}\n",
};

static const char *const values[] = {
    "{}",
    "{\"Statement\": []}",
    "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\"Sid\": \"\", \"Action\": [\"s3:*\", "
    "\"ec2:Run*\"]}\n    ]\n}",
    "{\"a~/b\": {\"Document\": {\"in\": \"side\"}}, \"n\": [1, -2.5e3, true, false, null]}",
    "{\"escapes\": \"\\u00e4\\n\\\"\\\\ \\ud83d\\ude00\", \"raw\": \"\xC3\xA4\xF0\x9F\x98\x80\", \"more\": "
    "{\"\\u0041\": \"}\"}}",
    "{\"Statement\": [ ]}", /* not the second one: bytes count */
};
enum { FILES = sizeof files / sizeof *files, VALUES = sizeof values / sizeof *values };

static source *read_file(arena *a, struct known_store *known, const char *format, const char *value, error *e)
{
    source *s = NEW(a, source);
    char *text = arena_alloc_zero(a, strlen(format) + 2 * strlen(value) + FILE_TAIL), *to = text;
    for (const char *p = format; *p; p++) {
        size_t len = *p == '@' ? strlen(value) : 1;
        memcpy(to, *p == '@' ? value : p, len);
        to += len;
    }
    *s = (source){.file = STR("f"), .text = text, .len = (size_t)(to - text), .known = known};
    return json_read(a, s, e) ? s : NULL;
}

static void expect_same_places(arena *a, const source *s, const node *n, const source *plain, const node *m)
{
    struct position p, q;
    source_locate(a, s, n, &p);
    source_locate(a, plain, m, &q);
    assert_true(str_eq(p.pointer, q.pointer));
    assert_int_equal(p.line, q.line);
    assert_int_equal(p.column, q.column);
    assert_int_equal(p.end_column, q.end_column);
    assert_true(str_eq(p.excerpt, q.excerpt));
    assert_true(p.excerpt_line == q.excerpt_line && p.excerpt_column == q.excerpt_column);
    assert_int_equal(p.excerpt_end, q.excerpt_end);
    assert_true(str_eq(p.file, q.file));
    assert_true(!p.inner_pointer.ptr && !q.inner_pointer.ptr);
}

/* Both trees, node for node; *taken counts those that came out of the store. */
static void expect_same(arena *a, const source *s, const node *n, const source *plain, const node *m, size_t *taken)
{
    assert_int_equal(node_kind_of(n), node_kind_of(m));
    assert_int_equal(node_count(n), node_count(m));
    assert_true(str_eq(node_text(n), node_text(m)) && str_eq(node_key(n), node_key(m)));
    expect_same_places(a, s, n, plain, m);
    if (node_known(n)) {
        ++*taken;
        s = known_source(a, s, n);
        expect_same_places(a, s, s->root, plain, m);
    }
    const node *other = node_first(m);
    for (NODE_EACH(child, n)) {
        expect_same(a, s, child, plain, other, taken);
        other = node_next(other);
    }
    assert_null(other);
}

static bool read_all(arena *a, void *arg, error *e)
{
    struct known_store *store = arg;
    size_t taken = 0, before = 0;
    for (size_t round = 0; round < 3; round++)
        for (size_t f = 0; f < FILES; f++)
            for (size_t v = 0; v < VALUES; v++) {
                source *s = read_file(a, store, files[f], values[v], e);
                source *plain = read_file(a, NULL, files[f], values[v], e);
                assert_true(s && plain);
                before = taken;
                expect_same(a, s, s->root, plain, plain->root, &taken);
                if (store && (f || round) && f != 1)
                    assert_int_equal(taken - before, f == 2 ? 2 : 1); /* met twice by now */
            }
    return taken > 0 || !store;
}

static void what_is_taken_is_what_would_be_read(void **state)
{
    (void)state;
    arena *a = arena_open(0);
    error e = {0};
    struct known_store *store = known_open(keys, 1, 1 << 20);
    assert_true(work_run(a, read_all, store, &e));
    known_close(store);
    arena_close(a);
}

/* A file that repeats a value keeps nothing: only what two files have is worth keeping. A full store reads on. */
static bool read_few(arena *a, void *arg, error *e)
{
    size_t taken = 0;
    struct known_store *alone = known_open(keys, 1, 1 << 20), *full = known_open(keys, 1, 100);
    (void)arg;
    for (size_t i = 0; i < 4; i++) {
        source *s = read_file(a, full, files[2], values[2], e), *plain = read_file(a, NULL, files[2], values[2], e);
        expect_same(a, s, s->root, plain, plain->root, &taken);
    }
    source *s = read_file(a, alone, files[2], values[2], e), *plain = read_file(a, NULL, files[2], values[2], e);
    expect_same(a, s, s->root, plain, plain->root, &taken);
    known_close(alone);
    known_close(full);
    return taken == 0;
}

static void a_store_keeps_what_two_files_have_and_no_more_than_its_limit(void **state)
{
    (void)state;
    arena *a = arena_open(0);
    error e = {0};
    assert_true(work_run(a, read_few, NULL, &e));
    arena_close(a);
}

/* Depth is counted through what was taken: a file is refused, whoever came before. */
static bool read_deep(arena *a, void *arg, error *e)
{
    struct known_store *store = known_open(keys, 1, 1 << 20);
    char deep[2 * 64 + 32] = "", value[2 * 8 + 32] = "{\"x\": [[[[[[1]]]]]]}";
    (void)arg;
    for (size_t i = 0; i < 3; i++)
        assert_non_null(read_file(a, store, files[0], value, e));
    for (size_t depth = 55; depth < 60; depth++) {
        error with = {0}, without = {0};
        (void)snprintf(deep, sizeof deep, "%.*s{\"Document\": @}%.*s", (int)depth,
                       "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", (int)depth,
                       "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
        bool read = read_file(a, store, deep, value, &with) != NULL;
        assert_true(read == (read_file(a, NULL, deep, value, &without) != NULL));
        assert_true(read == (depth <= 56));
        assert_true(with.line == without.line && with.column == without.column);
        assert_string_equal(with.message, without.message);
    }
    known_close(store);
    return true;
}

static void depth_is_counted_through_it(void **state)
{
    (void)state;
    arena *a = arena_open(0);
    error e = {0};
    assert_true(work_run(a, read_deep, NULL, &e));
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_what_would_be_read),
        cmocka_unit_test(a_store_keeps_what_two_files_have_and_no_more_than_its_limit),
        cmocka_unit_test(depth_is_counted_through_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
