/*
 * report_test.c - the writers of check, fed with invented runs. A case is one line of tests/report/cases and needs no
 * C: NAME RUN FORMAT STYLE..., where tests/report/RUN.json tells the run (members named as in the output), and
 * tests/report/NAME.expected holds what must come out. ACCEPT=1 writes the expected files: read the diff then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <fcntl.h>

#include "base/clock.h"
#include "base/work.h"
#include "report/html.h"
#include "report/put.h"
#include "report/report.h"
#include "text/source.h"

#define FOLDER "tests/report/"

static str text(const node *o, const char *key)
{
    return node_text(node_get(o, key));
}

static size_t number(const node *o, const char *key)
{
    str digits = text(o, key);
    size_t n = 0;
    for (size_t i = 0; i < digits.len; i++)
        n = n * 10 + (size_t)(digits.ptr[i] - '0');
    return n;
}

static bool moment(str s, int64_t *seconds)
{
    instant t = {0};
    if (s.len && !time_from_rfc3339(s, &t))
        fail_msg("not a time: %.*s", STR_ARG(s));
    *seconds = t.seconds;
    return s.len != 0;
}

static str *texts(arena *a, const node *list, size_t *count)
{
    str *items = NEW_ARRAY(a, str, node_count(list));
    *count = 0;
    for (NODE_EACH(item, list))
        items[(*count)++] = node_text(item);
    return items;
}

/* The place of a word among those that name() gives for 0 .. count-1; absent words are 0. */
static int word(str s, const char *(*name)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (str_is(s, name(i)))
            return i;
    if (s.len)
        fail_msg("not one of our words: %.*s", STR_ARG(s));
    return 0;
}
static const char *outcome_word(int i)
{
    return outcome_name((outcome)i);
}
static const char *severity_word(int i)
{
    return severity_name((severity)i);
}
static const char *verdict_word(int i)
{
    return verdict_name((verdict)i);
}
static const char *route_word(int i)
{
    return route_name((route)i);
}

static unsigned routes(const node *list)
{
    unsigned set = 0, one;
    for (NODE_EACH(item, list)) {
        assert_true(routes_parse(node_text(item), &one));
        set |= one;
    }
    return set;
}

static struct evidence *read_evidence(arena *a, const node *list, size_t *count)
{
    struct evidence *items = NEW_ARRAY(a, struct evidence, node_count(list)), *ev = items;
    for (NODE_EACH(n, list)) {
        bool numbered = node_is_number(node_get(n, "statement"));
        const char *line = node_get(n, "excerpt_line") ? "excerpt_line" : "line";
        const char *column = node_get(n, "excerpt_line") ? "excerpt_column" : "column";
        const char *end = node_get(n, "excerpt_line") ? "excerpt_end" : "end_column";
        *ev++ = (struct evidence){.file = text(n, "file"),
                                  .pointer = text(n, "pointer"),
                                  .inner_pointer = text(n, "inner_pointer"),
                                  .line = (uint32_t)number(n, "line"),
                                  .column = (uint32_t)number(n, "column"),
                                  .end_column = (uint32_t)number(n, "end_column"),
                                  .level = text(n, "level"),
                                  .level_path = text(n, "level_path"),
                                  .policy = text(n, "policy"),
                                  .policy_name = text(n, "policy_name"),
                                  .sid = numbered ? (str){0} : text(n, "statement"),
                                  .statement = numbered ? (int)number(n, "statement") : -1,
                                  .text = text(n, "text"),
                                  .excerpt = text(n, "excerpt"),
                                  .excerpt_line = (uint32_t)number(n, line),
                                  .excerpt_column = (uint32_t)number(n, column),
                                  .excerpt_end = (uint32_t)number(n, end)};
    }
    *count = (size_t)(ev - items);
    return items;
}

static struct need *read_needs(arena *a, const node *list, size_t *count)
{
    struct need *items = NEW_ARRAY(a, struct need, node_count(list)), *need = items;
    for (NODE_EACH(n, list))
        *need++ = (struct need){arena_cstr(a, text(n, "kind")), text(n, "name"), text(n, "how")};
    *count = (size_t)(need - items);
    return items;
}

static struct fix *read_fixes(arena *a, const node *list, size_t *count)
{
    struct fix *items = NEW_ARRAY(a, struct fix, node_count(list)), *fix = items;
    for (NODE_EACH(n, list)) {
        fix->text = text(n, "text");
        if (node_is_list(node_get(n, "command")))
            fix->command = texts(a, node_get(n, "command"), &fix->command_len);
        fix++;
    }
    *count = (size_t)(fix - items);
    return items;
}

static void read_finding(arena *a, const node *n, unsigned all_routes, struct finding *f)
{
    const node *waiver = node_get(n, "waiver");
    f->rule = text(n, "rule");
    f->title = text(n, "title");
    f->severity = (severity)word(text(n, "severity"), severity_word, 3);
    f->outcome = f->unwaived = (outcome)word(text(n, "outcome"), outcome_word, 5);
    f->routes = node_get(n, "routes") ? routes(node_get(n, "routes")) : all_routes;
    f->message = text(n, "message");
    f->why = text(n, "why");
    f->predicts = text(n, "predicts");
    f->evidence = read_evidence(a, node_get(n, "evidence"), &f->evidence_count);
    f->depends_on = texts(a, node_get(n, "depends_on"), &f->depends_on_count);
    f->needs = read_needs(a, node_get(n, "needs"), &f->need_count);
    f->fixes = read_fixes(a, node_get(n, "fix"), &f->fix_count);
    f->references = texts(a, node_get(n, "references"), &f->reference_count);
    if (waiver) {
        struct waiver_note *note = NEW(a, struct waiver_note);
        *note = (struct waiver_note){text(waiver, "by"), text(waiver, "reason"), text(waiver, "valid_until")};
        f->waiver = note;
    }
    snprintf(f->fingerprint, sizeof f->fingerprint, "%016llx", (unsigned long long)str_hash(f->message));
}

static struct input_error *read_errors(arena *a, const node *list, size_t *count)
{
    struct input_error *items = NEW_ARRAY(a, struct input_error, node_count(list)), *e = items;
    for (NODE_EACH(n, list))
        *e++ = (struct input_error){text(n, "file"), (uint32_t)number(n, "line"), (uint32_t)number(n, "column"),
                                    text(n, "message")};
    *count = (size_t)(e - items);
    return items;
}

static void read_account(arena *a, const node *n, unsigned all_routes, struct account_result *r)
{
    const node *until = node_get(n, "ready_until"), *findings = node_get(n, "findings");
    r->id = text(n, "id");
    r->name = text(n, "name");
    r->path = text(n, "path");
    r->verdict = (verdict)word(text(n, "verdict"), verdict_word, 3);
    r->by_route = node_get(n, "by_route") ? word(text(n, "by_route"), route_word, ROUTE_COUNT) : -1;
    r->waived = (unsigned)number(n, "waived");
    r->counted = !node_get(n, "counted") || node_is_true(node_get(n, "counted"));
    r->has_ready_from = moment(text(n, "ready_from"), &r->ready_from);
    r->has_ready_until = moment(text(until, "at"), &r->ready_until);
    r->ready_until_because = text(until, "because");
    for (int i = 0; i < ROUTE_COUNT; i++) {
        str said = text(node_get(n, "routes"), route_word(i));
        r->actors[i] = text(node_get(n, "actors"), route_word(i));
        r->routes[i] = said.len ? (verdict)word(said, verdict_word, 3) : r->verdict;
    }
    struct finding *f = NEW_ARRAY(a, struct finding, node_count(findings));
    r->findings = f;
    for (NODE_EACH(finding, findings)) {
        read_finding(a, finding, all_routes, f);
        r->passed += f->outcome == OUTCOME_PASS;
        f++;
    }
    r->finding_count = node_count(findings);
    r->passed += (unsigned)number(n, "passed");
    r->not_applicable = (unsigned)number(n, "not_applicable");
    r->errors = read_errors(a, node_get(n, "errors"), &r->error_count);
}

static void read_run(arena *a, const node *n, struct check_run *run)
{
    const node *inputs = node_get(n, "inputs");
    run->version = STR("0.1.0");
    run->rules_digest = STR("sha256:0123456789abcdef");
    run->facts_date = STR("2026-09-26");
    run->snapshot = text(n, "snapshot");
    run->folder = text(n, "folder");
    moment(text(n, "as_of"), &run->as_of);
    run->has_captured_at = moment(text(n, "captured_at"), &run->captured_at);
    run->profile = STR("full");
    struct input_file *file = NEW_ARRAY(a, struct input_file, node_count(inputs));
    run->inputs = file;
    run->input_count = node_count(inputs);
    for (NODE_EACH(input, inputs))
        *file++ = (struct input_file){
            .file = text(input, "file"), .bytes = number(input, "bytes"), .sha256 = text(input, "sha256")};
    run->disabled = texts(a, node_get(n, "disabled"), &run->disabled_count);
    run->assumed = texts(a, node_get(n, "assumed"), &run->assumed_count);
    run->notes = texts(a, node_get(n, "notes"), &run->note_count);
    run->org_id = text(n, "organization");
    run->management_account = text(n, "management_account");
    run->routes = routes(node_get(n, "routes"));
}

static void count_verdict(verdict v, size_t *ready, size_t *not_ready, size_t *undetermined)
{
    ++*(v == VERDICT_READY ? ready : v == VERDICT_NOT_READY ? not_ready : undetermined);
}

static void read_summary(arena *a, const node *n, const struct account_result *accounts, size_t count,
                         struct check_summary *s)
{
    const node *causes = node_get(n, "causes"), *rules = node_get(n, "by_rule");
    for (const struct account_result *r = accounts; r < accounts + count; r++) {
        if (!r->counted)
            continue;
        s->accounts++;
        count_verdict(r->verdict, &s->ready, &s->not_ready, &s->undetermined);
        for (int i = 0; i < ROUTE_COUNT; i++)
            count_verdict(r->routes[i], &s->route_ready[i], &s->route_not_ready[i], &s->route_undetermined[i]);
    }
    struct cause *c = NEW_ARRAY(a, struct cause, node_count(causes));
    s->causes = c;
    s->cause_count = node_count(causes);
    for (NODE_EACH(cause, causes))
        *c++ = (struct cause){text(cause, "text"), (outcome)word(text(cause, "outcome"), outcome_word, 5),
                              text(cause, "rule"), number(cause, "accounts"), number(cause, "freed")};
    struct rule_count *by = NEW_ARRAY(a, struct rule_count, node_count(rules));
    s->by_rule = by;
    s->by_rule_count = node_count(rules);
    for (NODE_EACH(rule, rules))
        *by++ = (struct rule_count){text(rule, "rule"),      number(rule, "pass"),           number(rule, "fail"),
                                    number(rule, "unknown"), number(rule, "not_applicable"), number(rule, "waived")};
    VEC(struct input_error) all = {0};
    size_t own;
    struct input_error *errors = read_errors(a, node_get(n, "errors"), &own);
    for (size_t i = 0; i < own; i++)
        *VEC_PUSH(a, &all) = errors[i];
    for (const struct account_result *r = accounts; r < accounts + count; r++)
        for (size_t i = 0; i < r->error_count; i++)
            *VEC_PUSH(a, &all) = r->errors[i];
    s->errors = all.items;
    s->error_count = all.count;
    s->exit_code = (int)number(n, "exit");
}

static str read_whole(arena *a, const char *path)
{
    char *bytes;
    size_t len;
    error e = {0};
    if (file_read(a, AT_FDCWD, path, str_from(path), FILE_LIMIT, &bytes, &len, &e) != READ_DONE)
        fail_msg("%s: %s", path, e.code ? e.message : "is not there");
    return (str){bytes, len};
}

static const node *read_json(arena *a, const char *path)
{
    str whole = read_whole(a, path);
    error e = {0};
    source *s = NEW(a, source);
    *s = (source){.file = str_from(path), .text = (char *)whole.ptr, .len = whole.len};
    if (!json_read(a, s, &e))
        fail_msg("%s:%u:%u: %s", path, e.line, e.column, e.message);
    return s->root;
}

struct test_case {
    str name, run, format;
    struct report_style style;
};

static const char *write_report(arena *a, const struct test_case *c)
{
    const node *root = read_json(a, arena_printf(a, FOLDER "%.*s.json", STR_ARG(c->run)).ptr);
    const node *list = node_get(root, "accounts");
    struct check_run run = {0};
    struct check_summary summary = {0};
    error e = {0};
    read_run(a, node_get(root, "run"), &run);
    struct account_result *accounts = NEW_ARRAY(a, struct account_result, node_count(list));
    for (NODE_EACH(n, list))
        read_account(a, n, run.routes, &accounts[run.account_count++]);
    read_summary(a, node_get(root, "summary"), accounts, run.account_count, &summary);

    const char *path =
        arena_printf(a, "%s/orgexit-report-%ld", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid()).ptr;
    struct report_writer *w = report_open(a, c->format, path, c->style, &e);
    assert_non_null(w);
    report_begin(w, &run);
    for (size_t i = 0; i < run.account_count; i++)
        report_account(w, &accounts[i]);
    report_end(w, &summary);
    assert_true(report_close(w, &e));
    return path;
}

static void set_style(struct report_style *style, str w)
{
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {
        {"color",         &style->color        },
        {"ascii",         &style->ascii        },
        {"verbose",       &style->verbose      },
        {"table",         &style->table        },
        {"piped",         &style->piped        },
        {"only-problems", &style->only_problems},
    };
    if (str_starts(w, STR("width="))) {
        for (size_t i = 6; i < w.len; i++)
            style->width = style->width * 10 + (w.ptr[i] - '0');
        return;
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (str_is(w, flags[i].word)) {
            *flags[i].flag = true;
            return;
        }
    fail_msg("no such style: %.*s", STR_ARG(w));
}

static bool next_case(str *lines, struct test_case *c)
{
    while (lines->len) {
        str line = str_cut(lines, '\n');
        if (str_is_blank(line) || line.ptr[0] == '#')
            continue;
        *c = (struct test_case){.name = str_cut(&line, ' '), .run = str_cut(&line, ' '), .format = str_cut(&line, ' ')};
        while (line.len)
            set_style(&c->style, str_cut(&line, ' '));
        return true;
    }
    return false;
}

static void copy(arena *a, str bytes, const char *path)
{
    error e = {0};
    struct file_out *out = file_out_open(a, path, &e);
    assert_non_null(out);
    put(out, bytes);
    assert_true(file_out_end(out, &e));
}

static void show_difference(arena *a, str name, str expected, str got)
{
    size_t line = 1;
    while (expected.len || got.len) {
        str want = str_cut(&expected, '\n'), have = str_cut(&got, '\n');
        if (!str_eq(want, have)) {
            print_error("%s:%zu:\n  expected %.*s\n  got      %.*s\n",
                        arena_printf(a, FOLDER "%.*s.expected", STR_ARG(name)).ptr, line, STR_ARG(want), STR_ARG(have));
            return;
        }
        line++;
    }
}

static bool run_cases(arena *a, void *arg, error *e)
{
    str lines = read_whole(a, FOLDER "cases");
    size_t *counts = arg;
    struct test_case c;
    (void)e;
    while (next_case(&lines, &c)) {
        const char *path = write_report(a, &c);
        const char *golden = arena_printf(a, FOLDER "%.*s.expected", STR_ARG(c.name)).ptr;
        str got = read_whole(a, path);
        unlink(path);
        counts[0]++;
        if (getenv("ACCEPT"))
            copy(a, got, golden);
        str expected = read_whole(a, golden);
        if (!str_eq(expected, got)) {
            counts[1]++;
            show_difference(a, c.name, expected, got);
        }
    }
    return true;
}

static void writers_write_what_is_expected(void **state)
{
    size_t counts[2] = {0};
    error e = {0};
    arena *a = arena_open(0);
    (void)state;
    assert_true(work_run(a, run_cases, counts, &e));
    arena_close(a);
    assert_true(counts[0] > 0);
    assert_int_equal(counts[1], 0);
}

struct in_arena {
    arena *a;
    void (*body)(arena *a);
};

static bool call_body(arena *a, void *arg, error *e)
{
    (void)e;
    ((struct in_arena *)arg)->body(a);
    return true;
}

static void with_arena(void (*body)(arena *a))
{
    arena *a = arena_open(0);
    error e = {0};
    assert_true(work_run(a, call_body, &(struct in_arena){a, body}, &e));
    arena_close(a);
}

static void open_checks(arena *a)
{
    error e = {0};
    assert_null(report_open(a, STR("yaml"), "-", (struct report_style){0}, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.message, "text, json, ndjson"));
    e = (error){0};
    assert_null(report_open(a, STR("json"), "/no/such/folder/out.json", (struct report_style){0}, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
}

static void a_report_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    with_arena(open_checks);
}

static void full_device(arena *a)
{
    error e = {0};
    struct check_run run = {.routes = ROUTES_REMOVE};
    struct check_summary summary = {0};
    struct report_writer *w = report_open(a, STR("json"), "/dev/full", (struct report_style){0}, &e);
    assert_non_null(w);
    report_begin(w, &run);
    report_end(w, &summary);
    assert_false(report_close(w, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
}

static void a_full_device_is_an_error_when_the_report_is_closed(void **state)
{
    (void)state;
    with_arena(full_device);
}

/* What the writer keeps of an account may be counted: nothing in json, ndjson and sections, one row in a table, and for
 * html what differs from the other accounts. */
static void many_accounts(arena *a)
{
    static const struct {
        const char *format;
        bool table;
        size_t limit; /* bytes for each account */
    } rows[] = {
        {"json",   false, 0   },
        {"ndjson", false, 0   },
        {"text",   false, 0   },
        {"text",   true,  1024},
        {"html",   false, 2048},
    };
    struct check_run run = {.routes = ROUTES_ALL};
    struct finding finding = {.rule = STR("leave.denied-by-scp"),
                              .message = STR("denied"),
                              .why = STR("because"),
                              .outcome = OUTCOME_FAIL,
                              .routes = ROUTES_ALL};
    struct account_result account = {.id = STR("111122223333"),
                                     .name = STR("one"),
                                     .path = STR("/Root"),
                                     .verdict = VERDICT_NOT_READY,
                                     .by_route = -1,
                                     .counted = true,
                                     .has_ready_from = true,
                                     .findings = &finding,
                                     .finding_count = 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        error e = {0};
        struct report_writer *w =
            report_open(a, str_from(rows[i].format), "/dev/null", (struct report_style){.table = rows[i].table}, &e);
        report_begin(w, &run);
        report_account(w, &account);
        size_t before = arena_used(a);
        for (int n = 0; n < 1000; n++)
            report_account(w, &account);
        assert_in_range(arena_used(a) - before, 0, rows[i].limit * 1000);
        assert_int_equal(arena_used(w->scratch), 0);
        report_end(w, &(struct check_summary){0});
        assert_true(report_close(w, &e));
    }
}

static void memory_does_not_grow_with_the_accounts(void **state)
{
    (void)state;
    with_arena(many_accounts);
}

static void columns_of_a_terminal(void **state)
{
    const struct {
        str text;
        size_t columns, ascii_columns;
    } rows[] = {
        {STR(""),                         0,  0 },
        {STR("plain"),                    5,  5 },
        {STR("\xE7\xA0\x94\xE7\xA9\xB6"), 4,  16}, /* two CJK ideographs */
        {STR("\xF0\x9F\x9A\x80"),         2,  9 }, /* an emoji */
        {STR("e\xCC\x81"),                1,  8 }, /* a combining accent: \u{301} */
        {STR("\x1B[2J"),                  9,  9 }, /* \u{1b}[2J */
        {STR("\xE2\x80\xAE"),             8,  8 }, /* \u{202e} */
        {STR("\xFF"),                     6,  6 }, /* no UTF-8: \x{ff} */
        {STR("::error"),                  12, 12},
        {STR("a::b"),                     4,  4 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(terminal_columns(rows[i].text, false), rows[i].columns);
        assert_int_equal(terminal_columns(rows[i].text, true), rows[i].ascii_columns);
    }
}

static void text_in_a_page_is_text(arena *a)
{
    static const struct {
        str text;
        const char *html;
    } rows[] = {
        {STR(""),                           ""                                    },
        {STR("plain (text), 100%"),         "plain (text), 100%"                  },
        {STR("<b>&amp;</b>"),               "&lt;b&gt;&amp;amp;&lt;/b&gt;"        },
        {STR("\" ' `"),                     "&quot; &#39; &#96;"                  },
        {STR("a\nb\tc\rd"),                 "a\\u{a}b\\u{9}c\\u{d}d"              },
        {STR("\001\002\x1B[2J\x7F"),        "\\u{1}\\u{2}\\u{1b}[2J\\u{7f}"       },
        {STR("\xE2\x80\xAEmoc"),            "\\u{202e}moc"                        },
        {STR("\xE2\x80\xA8\xEF\xBB\xBF"),   "\\u{2028}\\u{feff}"                  },
        {STR("\xFF\xC3(\xED\xA0\x80"),      "\\x{ff}\\x{c3}(\\x{ed}\\x{a0}\\x{80}"},
        {STR("Z\xC3\xBCrich \xE7\xA0\x94"), "Z\xC3\xBCrich \xE7\xA0\x94"          },
        {STR("</script>]]>--><!--"),        "&lt;/script&gt;]]&gt;--&gt;&lt;!--"  },
    };
    struct file_out *f = file_out_memory(a);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_html(f, rows[i].text);
        str got = file_out_take(f);
        assert_string_equal(arena_cstr(a, got), rows[i].html);
    }
    for (size_t i = 0; i < 20000; i++) /* more than the buffer holds */
        put_html(f, STR("<12345>"));
    str got = file_out_take(f);
    assert_int_equal(got.len, 20000 * strlen("&lt;12345&gt;"));
    assert_true(str_ends(got, STR("&gt;&lt;12345&gt;")));
    assert_int_equal(file_out_take(f).len, 0);
}

static void foreign_text_in_a_page_is_text(void **state)
{
    (void)state;
    with_arena(text_in_a_page_is_text);
}

static void only_words_that_can_be_seen_make_a_command(void **state)
{
    const struct {
        str text;
        bool can_show, can_show_ascii;
        size_t columns; /* quotes included */
    } rows[] = {
        {STR("--account-id"),  true,  true,  12},
        {STR("two words"),     true,  true,  11},
        {STR("it's"),          true,  true,  9 },
        {STR(""),              true,  true,  2 },
        {STR("$(reboot)"),     true,  true,  11},
        {STR("=cmd"),          true,  true,  6 },
        {STR("::error"),       true,  true,  14},
        {STR("Z\xC3\xBCrich"), true,  false, 8 },
        {STR("a\nb"),          false, false, 0 },
        {STR("a\x1B"),         false, false, 0 },
        {STR("\xE2\x80\x8B"),  false, false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(shell_can_show(rows[i].text, false), rows[i].can_show);
        assert_int_equal(shell_can_show(rows[i].text, true), rows[i].can_show_ascii);
        if (rows[i].can_show)
            assert_int_equal(shell_columns(rows[i].text), rows[i].columns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writers_write_what_is_expected),
        cmocka_unit_test(a_report_that_cannot_be_opened_says_why),
        cmocka_unit_test(a_full_device_is_an_error_when_the_report_is_closed),
        cmocka_unit_test(memory_does_not_grow_with_the_accounts),
        cmocka_unit_test(columns_of_a_terminal),
        cmocka_unit_test(foreign_text_in_a_page_is_text),
        cmocka_unit_test(only_words_that_can_be_seen_make_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
