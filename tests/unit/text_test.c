/*
 * text_test.c - the text floor: runs every case of tests/text (each .txt of the folder named first, else of
 * tests/text), and small tables for what no case shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/work.h"
#include "text/locate.h"
#include "text_cases.h"

/* ---- running one case ---- */

struct run {
    arena *arena;
    const char *path;
    const struct text_case *c;
    source *file, *now; /* `now` is `file`, or a document inside a string of it */
    error e;
    size_t failures;
};

/* Tells it and goes on, so that one run shows all that is wrong. Gives false. */
static bool complain(struct run *r, str line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool complain(struct run *r, str line, const char *format, ...)
{
    char what[4096];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    print_error("%s:%u: %.*s: %.*s\n    %s\n", r->path, r->c->line, STR_ARG(r->c->name), STR_ARG(line), what);
    r->failures++;
    return false;
}

static bool read_case(struct run *r)
{
    r->file = r->now = source_of(r->arena, "case", r->c->text, r->c->len);
    if (str_is(r->c->kind, "json"))
        return json_read(r->arena, r->file, &r->e);
    if (str_is(r->c->kind, "yaml ours"))
        return yaml_read(r->arena, r->file, YAML_OURS, &r->e);
    if (str_is(r->c->kind, "yaml policy"))
        return yaml_read(r->arena, r->file, YAML_POLICY, &r->e);
    return complain(r, STR(""), "no kind of text: \"%.*s\"", STR_ARG(r->c->kind));
}

/* "L:C fragment" */
static bool expect_error(struct run *r, str line, str wanted)
{
    char at[32];
    str place = str_cut(&wanted, ' ');
    if (r->e.code == ERR_NONE)
        return complain(r, line, "was accepted");
    (void)snprintf(at, sizeof at, "%u:%u", r->e.line, r->e.column);
    if (r->e.code != ERR_INPUT || !str_is(place, at) || str_find(str_from(r->e.message), wanted) == SIZE_MAX)
        return complain(r, line, "got %s %s", at, r->e.message);
    return (strcmp(r->e.file, "case") == 0 && !r->file->root) ||
           complain(r, line, "no file named, or a tree left behind");
}

static str line_of(str text, uint32_t number)
{
    str line = {0};
    for (uint32_t i = 0; i < number; i++)
        line = str_cut(&text, '\n');
    return str_ends(line, STR("\r")) ? str_head(line, line.len - 1) : line;
}

/* The line that is shown: of the document itself where it is one inside a string. */
static str read_line(struct run *r, const struct position *p)
{
    if (!r->now->outer)
        return p->excerpt_line == p->line ? line_of((str){r->c->text, r->c->len}, p->line) : STR("another line");
    char *text = arena_cstr(r->arena, (str){r->now->text, r->now->len});
    for (size_t i = 0; i < r->now->len; i++)
        text[i] = text[i] ? text[i] : '"'; /* json_read ends strings in place */
    return line_of((str){text, r->now->len}, p->excerpt_line);
}

/* "POINTER L:C-E": where the node of that pointer stands, and that its line is shown as it was. */
static bool expect_place(struct run *r, str line, str wanted)
{
    char at[64];
    struct position p;
    str pointer = str_cut(&wanted, ' ');
    const node *n = node_at_pointer(r->arena, r->now->root, pointer);
    if (!n)
        return complain(r, line, "no such node");
    source_locate(r->arena, r->now, n, &p);
    (void)snprintf(at, sizeof at, "%u:%u-%u", p.line, p.column, p.end_column);
    if (!str_is(wanted, at))
        return complain(r, line, "stands at %s", at);
    if (!str_eq(p.excerpt, read_line(r, &p)))
        return complain(r, line, "the excerpt is: %.*s", STR_ARG(p.excerpt));
    error e = {0};
    (void)source_error(r->now, n, &e, "%s", "x");
    if (e.line != p.line || e.column != p.column || strcmp(e.file, "case") != 0)
        return complain(r, line, "an error names %s:%u:%u", e.file, e.line, e.column);
    return true;
}

/* For each node: the pointer that is told leads back to it. */
static void pointers_lead_back(struct run *r, const node *n)
{
    struct position p;
    source_locate(r->arena, r->now, n, &p);
    str pointer = r->now->outer ? p.inner_pointer : p.pointer;
    if (node_at_pointer(r->arena, r->now->root, pointer) != n)
        (void)complain(r, pointer, "this pointer does not lead back to its node");
    if (r->now->outer && node_at_pointer(r->arena, r->file->root, p.pointer) != r->now->outer_node)
        (void)complain(r, p.pointer, "this pointer does not lead back to the text that holds the document");
    if (p.line == 0 || p.column == 0 || p.end_column <= p.column)
        (void)complain(r, pointer, "stands at %u:%u-%u", p.line, p.column, p.end_column);
    for (NODE_EACH(child, n))
        pointers_lead_back(r, child);
}

static bool open_inner(struct run *r, str line, str pointer)
{
    const node *n = node_at_pointer(r->arena, r->file->root, pointer);
    if (!n)
        return complain(r, line, "no such node");
    source *inner = source_inner(r->arena, r->file, n, &r->e);
    r->now = inner ? inner : r->file;
    return inner;
}

static bool expect(struct run *r, str line)
{
    str rest = line, word = str_cut(&rest, ' ');
    if (str_is(word, "@error"))
        return expect_error(r, line, rest);
    if (r->e.code != ERR_NONE)
        return complain(r, line, "got %u:%u %s", r->e.line, r->e.column, r->e.message);
    if (str_is(word, "@tree")) {
        str tree = tree_print(r->arena, r->now->root);
        return str_eq(tree, rest) || complain(r, line, "got %.*s", STR_ARG(tree));
    }
    if (str_is(word, "@at"))
        return expect_place(r, line, rest);
    if (str_is(word, "@inner")) {
        if (!open_inner(r, line, rest))
            return complain(r, line, "got %u:%u %s", r->e.line, r->e.column, r->e.message);
        pointers_lead_back(r, r->now->root);
        return true;
    }
    if (str_is(word, "@inner-error")) {
        const node *root = r->file->root;
        if (open_inner(r, line, str_cut(&rest, ' ')))
            return complain(r, line, "was accepted");
        r->file->root = NULL;
        bool ok = expect_error(r, line, rest);
        r->file->root = root;
        r->e = (error){0};
        return ok;
    }
    return str_is(word, "@accepted") || complain(r, line, "no such expectation");
}

struct case_file {
    char path[256];
    size_t cases, failures;
};

static bool run_case(arena *a, void *arg, error *e)
{
    struct run *r = arg;
    (void)e;
    r->arena = a;
    if (read_case(r))
        pointers_lead_back(r, r->file->root);
    if (r->c->expected_count == 0)
        (void)complain(r, STR(""), "nothing is expected");
    for (size_t i = 0; i < r->c->expected_count; i++)
        (void)expect(r, r->c->expected[i]);
    return true;
}

static bool run_file(arena *a, void *arg, error *e)
{
    struct case_file *f = arg;
    struct text_case *cases = cases_read(a, f->path, &f->cases, e);
    for (size_t i = 0; cases && i < f->cases; i++) {
        struct run r = {.path = f->path, .c = &cases[i]};
        arena *own = arena_open(0);
        assert_true(work_run(own, run_case, &r, e));
        arena_close(own);
        f->failures += r.failures;
    }
    return cases && f->cases > 0;
}

static void cases_of_file(void **state)
{
    error e = {0};
    arena *a = arena_open(0);
    if (!work_run(a, run_file, *state, &e))
        print_error("%s:%u: %s\n", e.file, e.line, e.message);
    arena_close(a);
    assert_int_equal(e.code, ERR_NONE);
    assert_int_equal(((struct case_file *)*state)->failures, 0);
}

/* ---- tables ---- */

#define DO(name)                                                                                                       \
    static bool name##_in(arena *a, void *arg, error *e);                                                              \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        error e = {0};                                                                                                 \
        arena *a = arena_open(0);                                                                                      \
        (void)state;                                                                                                   \
        assert_true(work_run(a, name##_in, NULL, &e));                                                                 \
        arena_close(a);                                                                                                \
    }                                                                                                                  \
    static bool name##_in(arena *a, void *arg __attribute__((unused)), error *e __attribute__((unused)))

DO(url_decode_is_strict)
{
    const struct {
        str in, out;
        bool ok;
    } rows[] = {
        {STR(""),                  STR(""),          true },
        {STR("abc"),               STR("abc"),       true },
        {STR("%7B%22a%22%3a1%7d"), STR("{\"a\":1}"), true },
        {STR("a+b%2Bc"),           STR("a+b+c"),     true }, /* RFC 3986: a plus is a plus */
        {STR("%25"),               STR("%"),         true },
        {STR("%2525"),             STR("%25"),       true },
        {STR("%C3%A9"),            STR("\xC3\xA9"),  true },
        {STR("\xC3\xA9"),          STR("\xC3\xA9"),  true },
        {STR("%"),                 STR(""),          false},
        {STR("%4"),                STR(""),          false},
        {STR("a%4"),               STR(""),          false},
        {STR("%4g"),               STR(""),          false},
        {STR("%g4"),               STR(""),          false},
        {STR("%%41"),              STR(""),          false},
        {STR("% 41"),              STR(""),          false},
        {STR("%-1"),               STR(""),          false},
        {STR("%00"),               STR(""),          false},
        {STR("a%00b"),             STR(""),          false},
        {STR("%C3"),               STR(""),          false},
        {STR("%C3%28"),            STR(""),          false},
        {STR("%ED%A0%80"),         STR(""),          false},
        {STR("%FF"),               STR(""),          false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str out = {0};
        bool ok = url_decode(a, rows[i].in, &out);
        if (ok != rows[i].ok || (ok && !str_eq(out, rows[i].out)))
            print_error("%s\n", rows[i].in.ptr);
        assert_int_equal(ok, rows[i].ok);
        assert_true(!ok || str_eq(out, rows[i].out));
    }
    return true;
}

DO(utf8_is_rfc_3629)
{
    const struct {
        str in;
        bool ok;
    } rows[] = {
        {STR("\x7F"),             true },
        {STR("\xC2\x80"),         true },
        {STR("\xDF\xBF"),         true },
        {STR("\xE0\xA0\x80"),     true },
        {STR("\xED\x9F\xBF"),     true },
        {STR("\xEE\x80\x80"),     true },
        {STR("\xEF\xBF\xBF"),     true },
        {STR("\xF0\x90\x80\x80"), true },
        {STR("\xF4\x8F\xBF\xBF"), true },
        {STR("\x80"),             false},
        {STR("\xBF"),             false},
        {STR("\xC0\xAF"),         false},
        {STR("\xC1\xBF"),         false},
        {STR("\xE0\x9F\xBF"),     false},
        {STR("\xED\xA0\x80"),     false},
        {STR("\xED\xBF\xBF"),     false},
        {STR("\xF0\x8F\xBF\xBF"), false},
        {STR("\xF4\x90\x80\x80"), false},
        {STR("\xF5\x80\x80\x80"), false},
        {STR("\xFE"),             false},
        {STR("\xFF"),             false},
        {STR("\xC2"),             false},
        {STR("\xE2\x82"),         false},
        {STR("\xF0\x9F\x98"),     false},
        {STR("\xC2"
             "A"),
         false                         },
        {STR("\xE2\x82"
             "A"),
         false                         },
        {STR("\xF0\x9F\x98"
             "A"),
         false                         },
    };
    (void)a;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(utf8_valid(rows[i].in), rows[i].ok);
    assert_int_equal(utf8_head(STR("a\xC3\xA9"), 2).len, 1);
    assert_int_equal(utf8_head(STR("a\xC3\xA9"), 3).len, 3);
    assert_int_equal(utf8_head(STR("\xF0\x9F\x98\x80"), 3).len, 0);
    return true;
}

static void counted_alike(const source *s)
{
    uint32_t line = 1, column = 1, got_line, got_column;
    for (size_t i = 0; i <= s->len; i++) {
        bool begins = i == s->len || ((unsigned char)s->text[i] & 0xC0) != 0x80;
        source_line_column(s, i, &got_line, &got_column);
        assert_int_equal(got_line, line);
        if (begins)
            assert_int_equal(got_column, column);
        if (i < s->len && s->text[i] == '\n') {
            line++;
            column = 1;
        } else if (begins && !(i == 0 && s->len > 2 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0)) {
            column++;
        }
    }
}

static const char pieces[][5] = {"a", "\n", "\xC3\xA9", "\r\n", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", " ", "\n"};

/* Against counting byte by byte, for every byte of texts of all lengths around a machine word. */
DO(lines_and_columns_are_counted)
{
    unsigned seed = 1;
    for (size_t round = 0; round < 200; round++) {
        char text[4000] = {0};
        size_t len = 0;
        while (len < round * 19 && len < sizeof text - FILE_TAIL - 4) {
            seed = seed * 1103515245u + 12345u;
            const char *piece = pieces[(seed >> 16) % (round % 3 ? 8 : 3)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        if (round == 199)
            memset(text, '\n', len); /* more in a row than one lane counts */
        counted_alike(source_of(a, "x", text, len));
    }
    return true;
}

/* The same with the index of a large text: lines of a few bytes, of many blocks, one line in all; with a mark before.
 */
DO(lines_and_columns_of_large_texts)
{
    enum { SIZE = 70000 };
    static const unsigned one_in[] = {8, 400, 5000, 1000000};
    unsigned seed = 1;
    for (size_t round = 0; round < 8; round++) {
        char *text = arena_alloc_zero(a, SIZE + 8);
        size_t len = round % 2 ? 3 : 0;
        memcpy(text, "\xEF\xBB\xBF", len);
        while (len < SIZE) {
            seed = seed * 1103515245u + 12345u;
            unsigned pick = (seed >> 8) % one_in[round / 2];
            const char *piece = pick == 1 || pick == 3 ? pieces[pick] : pieces[2 * (pick % 4)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        source *s = source_of(a, "x", text, len);
        source_index_lines(a, s);
        assert_non_null(s->marks);
        counted_alike(s);
    }
    return true;
}

/* The tables of keys grow; a duplicate is found wherever the first one stands. */
DO(duplicate_keys_are_found_in_wide_objects)
{
    for (size_t n = 1; n < 300; n += n < 40 ? 1 : 37)
        for (size_t same = 0; same < n; same += 1 + n / 5) {
            str text = STR("{");
            for (size_t i = 0; i < n; i++)
                text = arena_printf(a, "%.*s\"accounts/1111222233%zu/x\":%zu,", STR_ARG(text), i + 10000, i);
            str good = arena_printf(a, "%.*s\"z\":1}", STR_ARG(text));
            str bad = arena_printf(a, "%.*s\"accounts/1111222233%zu\\u002fx\":1}", STR_ARG(text), same + 10000);
            for (int yaml = 0; yaml < 2; yaml++) {
                if (yaml && str_find_char(bad, '\\') != SIZE_MAX)
                    bad = arena_printf(a, "%.*s'accounts/1111222233%zu/x':  1}", STR_ARG(text), same + 10000);
                error e1 = {0}, e2 = {0};
                source *s1 = source_of(a, "x", good.ptr, good.len), *s2 = source_of(a, "x", bad.ptr, bad.len);
                assert_true(yaml ? yaml_read(a, s1, YAML_OURS, &e1) : json_read(a, s1, &e1));
                assert_int_equal(node_count(s1->root), n + 1);
                assert_false(yaml ? yaml_read(a, s2, YAML_OURS, &e2) : json_read(a, s2, &e2));
                assert_non_null(strstr(e2.message, "twice"));
            }
        }
    return true;
}

/* Every reader leaves nothing behind when memory runs out, whenever that is (for ASan and valgrind to see). */
struct small_try {
    size_t limit;
    bool yaml;
};

static bool read_small(arena *a, void *arg, error *e)
{
    static const char text[] = "{\"a\": [1, {\"b\\n\": \"c\\n\"}], \"d\": \"eeeeeeeeee\", \"g\": {\"h\": null}}";
    const struct small_try *t = arg;
    source *s = source_of(a, "x", text, sizeof text - 1);
    return t->yaml ? yaml_read(a, s, YAML_OURS, e) : json_read(a, s, e);
}

static void running_out_of_memory_is_an_error(void **state)
{
    size_t failed = 0, read = 0;
    (void)state;
    for (size_t limit = 1; limit < 60000; limit += 97)
        for (int yaml = 0; yaml < 2; yaml++) {
            error e = {0};
            struct small_try t = {limit, yaml};
            arena *a = arena_open(limit);
            bool ok = work_run(a, read_small, &t, &e);
            assert_int_equal(e.code, ok ? ERR_NONE : ERR_RESOURCE);
            failed += !ok;
            read += ok;
            arena_close(a);
        }
    assert_true(failed > 20 && read > 20);
}

/* cJSON's number is not what rules compare, but it should be right. */
DO(numbers_have_their_value)
{
    const struct {
        const char *text;
        double value;
        bool json;
    } rows[] = {
        {"0",                               0,                      true },
        {"12",                              12,                     true },
        {"-12",                             -12,                    true },
        {"1.5",                             1.5,                    true },
        {"-0.25",                           -0.25,                  true },
        {"1e3",                             1000,                   true },
        {"1.5E+2",                          150,                    true },
        {"25e-2",                           0.25,                   true },
        {"1e-2",                            0.01,                   true },
        {"1e22",                            1e22,                   true },
        {"1e25",                            1e25,                   true },
        {"1e-30",                           1e-30,                  true },
        {"2147483648",                      2147483648.0,           true },
        {"123456789012",                    123456789012.0,         true },
        {"12345678901234567890",            12345678901234567890.0, true },
        {"1e-400",                          0,                      true },
        {"0e99999",                         0,                      true },
        {"0.00000000000000000000000000001", 1e-29,                  true },
        {"+7",                              7,                      false},
        {"012",                             12,                     false},
        {"0o17",                            15,                     false},
        {"0x1f",                            31,                     false},
        {"0xE1",                            225,                    false},
        {".5",                              0.5,                    false},
        {"5.",                              5,                      false},
        {"-.5e1",                           -5,                     false},
        {"5.e-1",                           0.5,                    false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int yaml = rows[i].json ? 0 : 1; yaml < 2; yaml++) {
            source *s = source_of(a, "x", rows[i].text, strlen(rows[i].text));
            assert_true(yaml ? yaml_read(a, s, YAML_OURS, e) : json_read(a, s, e));
            assert_true(node_is_number(s->root) && str_is(node_text(s->root), rows[i].text));
            double off = s->root->json.valuedouble - rows[i].value, most = rows[i].value * 1e-15;
            if ((off < 0 ? -off : off) > (most < 0 ? -most : most))
                print_error("%s is %.17g\n", rows[i].text, s->root->json.valuedouble);
            assert_true((off < 0 ? -off : off) <= (most < 0 ? -most : most));
            if (rows[i].value > -1e9 && rows[i].value < 1e9)
                assert_int_equal(s->root->json.valueint, (int)rows[i].value);
        }
    return true;
}

DO(a_long_line_gives_no_excerpt)
{
    str text = arena_printf(a, "[\"%3000s\", 7]", "x");
    source *s = source_of(a, "x", text.ptr, text.len);
    struct position p;
    assert_true(json_read(a, s, e));
    source_locate(a, s, node_next(node_first(s->root)), &p);
    assert_int_equal(p.column, 3006);
    assert_null(p.excerpt.ptr);
    source_locate(a, s, NULL, &p);
    assert_int_equal(p.line, 0);
    error none = {0};
    assert_false(source_error(s, NULL, &none, "%d", 1)); /* the file as a whole */
    assert_true(none.line == 0 && none.column == 0 && strcmp(none.file, "x") == 0 && strcmp(none.message, "1") == 0);
    assert_true(str_is(p.file, "x"));
    return true;
}

/* ---- the folder ---- */

enum { FILES_MOST = 64 };

static bool list_cases(arena *a, void *arg, error *e)
{
    const char *folder = arg;
    static struct case_file files[FILES_MOST];
    struct CMUnitTest tests[FILES_MOST] = {0};
    str *names;
    size_t count, n = 0;
    if (file_list(a, AT_FDCWD, folder, str_from(folder), &names, &count, e) != READ_DONE)
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_ends(names[i], STR(".txt"))) {
            if (n == FILES_MOST)
                return error_set(e, ERR_USAGE, "more than %d files of cases", FILES_MOST);
            (void)snprintf(files[n].path, sizeof files[n].path, "%s/%.*s", folder, STR_ARG(names[i]));
            tests[n] = (struct CMUnitTest){arena_cstr(a, names[i]), cases_of_file, NULL, NULL, &files[n]};
            n++;
        }
    int failed = n ? _cmocka_run_group_tests("text cases", tests, n, NULL, NULL) : 1;
    size_t cases = 0;
    for (size_t i = 0; i < n; i++)
        cases += files[i].cases;
    print_message("%zu cases in %zu files\n", cases, n);
    return failed == 0 && cases > 0;
}

int main(int argc, char **argv)
{
    char folder[] = "tests/text";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_decode_is_strict),
        cmocka_unit_test(utf8_is_rfc_3629),
        cmocka_unit_test(lines_and_columns_are_counted),
        cmocka_unit_test(lines_and_columns_of_large_texts),
        cmocka_unit_test(duplicate_keys_are_found_in_wide_objects),
        cmocka_unit_test(running_out_of_memory_is_an_error),
        cmocka_unit_test(numbers_have_their_value),
        cmocka_unit_test(a_long_line_gives_no_excerpt),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    error e = {0};
    arena *a = arena_open(0);
    bool ok = work_run(a, list_cases, argc > 1 ? argv[1] : folder, &e);
    if (e.code)
        print_error("%s: %s\n", e.file, e.message);
    arena_close(a);
    return failed || !ok;
}
