/*
 * rules_test.c - the rule language: every pack of tests/rules with what is expected of it in its first lines, the
 * tests beside rules, the verdict by enumeration, and small tables for what no file shows.
 *   # expect: LINE:COL-END MESSAGE | HELP   a fault, in order; "*" stands for any text
 *   # weakened: TEXT                        what a report would name, in order
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/work.h"
#include "rules/judge.h"
#include "rules/load.h"
#include "rules/ruletest.h"
#include "rules/verdict.h"

/* ---- in an arena ---- */

static void run_in_arena(work_fn *fn, void *arg)
{
    arena *a = arena_open(0);
    error e = {0};
    bool good = work_run(a, fn, arg, &e);
    if (!good)
        print_error("%s:%u:%u: %s\n", e.file, e.line, e.column, e.message);
    arena_close(a);
    assert_true(good);
}

static source *read_text(arena *a, const char *name, const char *text, size_t len, error *e)
{
    source *s = NEW(a, source);
    s->file = str_from(name);
    s->text = arena_alloc_zero(a, len + FILE_TAIL);
    memcpy(s->text, text, len);
    s->len = len;
    return yaml_read(a, s, YAML_OURS, e) ? s : NULL;
}

static source *read_yaml(arena *a, str folder, str name, error *e)
{
    char *text;
    size_t len;
    str path = arena_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
    if (file_read(a, AT_FDCWD, path.ptr, path, YAML_LIMIT, &text, &len, e) != READ_DONE)
        return error_set(e, ERR_INPUT, "%s is not there", path.ptr), NULL;
    source *s = read_text(a, arena_cstr(a, name), text, len, e);
    return s ? s : (error_in_file(e, path), NULL);
}

static bool list_folder(arena *a, const char *folder, str **names, size_t *count, error *e)
{
    return file_list(a, AT_FDCWD, folder, str_from(folder), names, count, e) == READ_DONE && *count > 0;
}

/* The embedded packs, and one more when there is one. */
static const struct ruleset *load_with(arena *a, const source *more, const struct rules_options *options,
                                       struct rule_errors *faults, error *e)
{
    const struct pack_input *builtin;
    size_t count;
    if (!ruleset_builtin_packs(a, &builtin, &count, e))
        return NULL;
    struct pack_input *all = NEW_ARRAY(a, struct pack_input, count + 1);
    memcpy(all, builtin, count * sizeof *all);
    all[count] = (struct pack_input){.source = more};
    return ruleset_load(a, all, count + (more != NULL), options, faults);
}

static void print_faults(const struct rule_errors *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct rule_error *f = &faults->items[i];
        print_error("%.*s:%u:%u-%u %.*s%s%.*s\n", STR_ARG(f->file), f->line, f->column, f->end_column,
                    STR_ARG(f->message), f->help.len ? " | " : "", STR_ARG(f->help));
    }
}

/* ---- files with expectations ---- */

static bool star_matches(str pattern, str text)
{
    size_t star = str_find_char(pattern, '*');
    if (star >= pattern.len)
        return str_eq(pattern, text);
    if (!str_starts(text, str_head(pattern, star)))
        return false;
    str rest = str_from_index(pattern, star + 1);
    for (size_t i = star; i <= text.len; i++)
        if (star_matches(rest, str_from_index(text, i)))
            return true;
    return false;
}

/* The next line "# WORD: ..." of the head of a file; false: there is none left. */
static bool next_expected(str *head, str word, str *out)
{
    while (str_starts(*head, STR("# "))) {
        str line = str_cut(head, '\n');
        if (str_starts(line, word))
            return *out = str_from_index(line, word.len), true;
    }
    return false;
}

static size_t compare(arena *a, const source *s, str word, const str *got, size_t count)
{
    str head = {s->text, s->len}, wanted;
    size_t wrong = 0, i = 0;
    for (; next_expected(&head, word, &wanted); i++) {
        str is = i < count ? got[i] : STR("(nothing)");
        if (star_matches(wanted, is))
            continue;
        print_error("%.*s: wanted %.*s\n%*sgot    %.*s\n", STR_ARG(s->file), STR_ARG(wanted), (int)s->file.len + 2, "",
                    STR_ARG(is));
        wrong++;
    }
    for (; i < count; i++, wrong++)
        print_error("%.*s: not wanted: %.*s\n", STR_ARG(s->file), STR_ARG(got[i]));
    (void)a;
    return wrong;
}

static size_t compare_faults(arena *a, const source *s, const struct rule_errors *faults)
{
    str *got = NEW_ARRAY(a, str, faults->count + 1);
    for (size_t i = 0; i < faults->count; i++) {
        const struct rule_error *f = &faults->items[i];
        got[i] = arena_printf(a, "%u:%u-%u %.*s%s%.*s", f->line, f->column, f->end_column, STR_ARG(f->message),
                              f->help.len ? " | " : "", STR_ARG(f->help));
    }
    return compare(a, s, STR("# expect: "), got, faults->count);
}

static size_t compare_weakened(arena *a, const source *s, const struct ruleset *rs)
{
    size_t count;
    const str *weakened = ruleset_weakened(rs, &count);
    return compare(a, s, STR("# weakened: "), weakened, count);
}

/* Every excerpt is the line of the file, and the carets stand in it. */
static size_t misplaced(const struct rule_errors *faults)
{
    size_t wrong = 0;
    for (size_t i = 0; i < faults->count; i++)
        wrong += faults->items[i].line > 0 && (faults->items[i].column >= faults->items[i].end_column ||
                                               faults->items[i].column > faults->items[i].excerpt.len + 1);
    return wrong;
}

static bool bad_packs(arena *a, void *arg, error *e)
{
    static const struct rules_options none = {0};
    str *names;
    size_t count, wrong = 0;
    (void)arg;
    if (!list_folder(a, "tests/rules/bad", &names, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct rule_errors faults = {0};
        source *s = read_yaml(a, STR("tests/rules/bad"), names[i], e);
        if (!s)
            return false;
        if (load_with(a, s, &none, &faults, e)) {
            print_error("%.*s: loads\n", STR_ARG(names[i]));
            wrong++;
        }
        wrong += compare_faults(a, s, &faults) + misplaced(&faults);
    }
    return wrong == 0 || error_set(e, ERR_INPUT, "%zu expectations of bad packs do not hold", wrong);
}

static bool good_packs(arena *a, void *arg, error *e)
{
    static const struct rules_options none = {0};
    str *names;
    size_t count, wrong = 0;
    (void)arg;
    if (!list_folder(a, "tests/rules/good", &names, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (str_ends(names[i], STR(".test.yaml")))
            continue;
        struct rule_errors faults = {0};
        source *s = read_yaml(a, STR("tests/rules/good"), names[i], e);
        const struct ruleset *rs = s ? load_with(a, s, &none, &faults, e) : NULL;
        print_faults(&faults);
        if (!rs)
            return error_set(e, ERR_INPUT, "%s does not load", names[i].ptr);
        wrong += compare_weakened(a, s, rs);
    }
    return wrong == 0 || error_set(e, ERR_INPUT, "%zu expectations of good packs do not hold", wrong);
}

static bool configurations(arena *a, void *arg, error *e)
{
    str *names;
    size_t count, wrong = 0;
    (void)arg;
    if (!list_folder(a, "tests/rules/config", &names, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct rule_errors faults = {0};
        source *s = read_yaml(a, STR("tests/rules/config"), names[i], e);
        if (!s)
            return false;
        struct rules_options o = {.config = s,
                                  .params = node_get(s->root, "params"),
                                  .severity = node_get(s->root, "severity"),
                                  .disable = node_get(s->root, "disable"),
                                  .profile = node_text(node_get(s->root, "profile"))};
        const struct ruleset *rs = load_with(a, NULL, &o, &faults, e);
        wrong += compare_faults(a, s, &faults) + misplaced(&faults);
        wrong += rs ? compare_weakened(a, s, rs) : 0;
    }
    return wrong == 0 || error_set(e, ERR_INPUT, "%zu expectations of configurations do not hold", wrong);
}

/* ---- the tests beside rules ---- */

static size_t failed_tests(const struct ruletest *t)
{
    for (size_t i = 0; i < t->results.count; i++) {
        const struct ruletest_result *r = &t->results.items[i];
        if (!r->passed)
            print_error("%.*s:%u %.*s, %.*s: %.*s\n", STR_ARG(r->file), r->line, STR_ARG(r->rule), STR_ARG(r->name),
                        STR_ARG(r->message));
    }
    return t->failed;
}

/* `of_pack` alone must have a test for each outcome. */
static size_t lacking(arena *a, const struct ruletest *t, str of_pack)
{
    size_t wrong = 0;
    for (size_t i = 0; i < ruleset_count(t->rules); i++) {
        str lacks = ruletest_lacks(a, &t->by_rule[i]);
        if (!lacks.len || !str_eq(t->by_rule[i].rule->pack, of_pack))
            continue;
        print_error("%.*s: %.*s\n", STR_ARG(t->by_rule[i].rule->id), STR_ARG(lacks));
        wrong++;
    }
    return wrong;
}

static bool run_test_files(arena *a, const char *folder, const struct ruleset *rs, str of_pack, error *e)
{
    str *names;
    size_t count;
    struct ruletest *t = ruletest_begin(a, rs, NULL);
    if (!list_folder(a, folder, &names, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".test.yaml")))
            continue;
        struct rule_errors faults = {0};
        source *s = read_yaml(a, str_from(folder), names[i], e);
        bool good = s && ruletest_file(t, s, &faults);
        print_faults(&faults);
        if (!good)
            return error_set(e, ERR_INPUT, "%s has faults", names[i].ptr);
    }
    ruletest_end(t);
    size_t wrong = failed_tests(t) + lacking(a, t, of_pack);
    if (t->passed == 0 || t->mutants <= t->passed)
        return error_set(e, ERR_INPUT, "no tests were run in %s", folder);
    return wrong == 0 || error_set(e, ERR_INPUT, "%zu troubles with the tests in %s", wrong, folder);
}

static bool tests_beside_rules(arena *a, void *arg, error *e)
{
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    (void)arg;
    const struct ruleset *rs = load_with(a, NULL, &none, &faults, e);
    print_faults(&faults);
    return rs && run_test_files(a, "rules", rs, STR("builtin"), e);
}

static bool tests_of_operators(arena *a, void *arg, error *e)
{
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    (void)arg;
    source *s = read_yaml(a, STR("tests/rules/good"), STR("operators.yaml"), e);
    const struct ruleset *rs = s ? load_with(a, s, &none, &faults, e) : NULL;
    print_faults(&faults);
    return rs && run_test_files(a, "tests/rules/good", rs, STR("operators"), e);
}

/* What a test file may get wrong, each told. */
static bool faults_of_test_files(arena *a, void *arg, error *e)
{
    static const struct {
        const char *test, *message;
    } rows[] = {
        {"{rule: account.activ, name: x, expect: {outcome: pass}}",                                           "unknown rule \"account.activ\""   },
        {"{rule: account.active, name: x, expect: {outcome: passed}}",                                        "this is no outcome"               },
        {"{rule: account.active, name: x, given: {account.stat: ACTIVE}, expect: {outcome: pass}}",
         "unknown field \"account.stat\""                                                                                                        },
        {"{rule: account.active, name: x, given: {account.state: OPEN}, expect: {outcome: pass}}",
         "account.state: unknown word \"OPEN\""                                                                                                  },
        {"{rule: account.active, name: x, given: {account.state: {absent: false}}, expect: {outcome: pass}}",
         "this is no given fact"                                                                                                                 },
        {"{rule: evidence.fresh, name: x, given: {capture.fresh: false}, expect: {outcome: fail}}",
         "capture.fresh is never false: give true or {unknown: REASON}"                                                                          },
        {"{rule: perm.leave, name: x, route: remove/api, expect: {outcome: pass}}",
         "rule \"perm.leave\" does not apply to remove/api"                                                                                      },
        {"{rule: perm.leave, name: x, route: leave, expect: {outcome: pass}}",                                "this is no route"                 },
        {"{rule: perm.remove, name: x, can: [{who: caller, do: a, answer: yes}], expect: {outcome: pass}}",
         "this is no answer"                                                                                                                     },
        {"{rule: account.active, name: x, as_of: today, expect: {outcome: pass}}",                            "\"as_of\" is \"today\", no time"  },
        {"{rule: account.active, given: {}, expects: {outcome: pass}}",                                       "unknown key \"expects\" in a test"},
    };
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    size_t wrong = 0;
    (void)arg;
    const struct ruleset *rs = load_with(a, NULL, &none, &faults, e);
    for (size_t i = 0; rs && i < sizeof rows / sizeof *rows; i++) {
        str text = arena_printf(a, "version: 1\ntests:\n  - %s\n", rows[i].test);
        source *s = read_text(a, "x.test.yaml", text.ptr, text.len, e);
        struct rule_errors got = {0};
        bool ran = s && ruletest_file(ruletest_begin(a, rs, NULL), s, &got), told = false;
        for (size_t k = 0; k < got.count; k++)
            told = told || str_is(got.items[k].message, rows[i].message);
        if (ran || !told) {
            print_error("%s\n    wanted: %s\n", rows[i].test, rows[i].message);
            print_faults(&got);
            wrong++;
        }
    }
    return rs && (wrong == 0 || error_set(e, ERR_INPUT, "%zu faults of test files were not told", wrong));
}

/* A test that expects the wrong thing does not pass, and one that a lost fact turns into a pass is found out. */
static bool wrong_tests_are_seen(arena *a, void *arg, error *e)
{
    static const char *const tests[] = {
        "{rule: account.active, name: x, given: {account.state: ACTIVE}, expect: {outcome: fail}}",
        "{rule: account.active, name: x, given: {account.state: ACTIVE}, expect: {outcome: pass, message: other}}",
        "{rule: account.active, name: x, expect: {outcome: unknown, needs: [account.id]}}",
        "{rule: account.active, name: x, expect: {outcome: unknown, needs: []}}",
        "{rule: account.active, name: x, snapshot: here, account: \"111122223333\", expect: {outcome: pass}}",
    };
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    size_t wrong = 0;
    (void)arg;
    const struct ruleset *rs = load_with(a, NULL, &none, &faults, e);
    for (size_t i = 0; rs && i < sizeof tests / sizeof *tests; i++) {
        str text = arena_printf(a, "version: 1\ntests:\n  - %s\n", tests[i]);
        source *s = read_text(a, "x.test.yaml", text.ptr, text.len, e);
        struct ruletest *t = ruletest_begin(a, rs, NULL);
        bool ran = s && ruletest_file(t, s, &faults);
        if (!ran || t->failed != 1 || t->passed != 0) {
            print_error("passes: %s\n", tests[i]);
            print_faults(&faults);
            wrong++;
        }
    }
    return rs && (wrong == 0 || error_set(e, ERR_INPUT, "%zu wrong tests were not seen", wrong));
}

/* ---- the built-in blockers ---- */

static bool blockers_equal(const struct ruleset *rs, const struct ruleset *other)
{
    for (int r = 0; r < ROUTE_COUNT; r++) {
        size_t n, m;
        const str *a = ruleset_blockers(rs, (route)r, &n), *b = ruleset_blockers(other, (route)r, &m);
        for (size_t i = 0; i < n && n == m; i++)
            if (!str_eq(a[i], b[i]))
                return false;
        if (n != m)
            return false;
    }
    return true;
}

static bool table_holds(const struct rule *r)
{
    unsigned routes = 0;
    for (int i = 0; i < ROUTE_COUNT; i++)
        routes |= r->ranked_as[i] == SEVERITY_BLOCKER ? ROUTE_BIT(i) : 0;
    for (size_t i = 0; i < builtin_blocker_count; i++)
        if (str_is(r->id, builtin_blockers[i].id))
            return builtin_blockers[i].routes == routes;
    return routes == 0;
}

static bool blockers_of_the_program(arena *a, void *arg, error *e)
{
    static const struct rules_options full = {0};
    struct rules_options current = {.profile = STR("current")};
    struct rule_errors faults = {0};
    size_t wrong = 0, n[ROUTE_COUNT], m;
    (void)arg;
    const struct ruleset *rs = load_with(a, NULL, &full, &faults, e);
    const struct ruleset *now = rs ? load_with(a, NULL, &current, &faults, e) : NULL;
    print_faults(&faults);
    if (!now)
        return error_set(e, ERR_INPUT, "the built-in pack does not load");
    for (size_t i = 0; i < ruleset_count(rs); i++)
        wrong += !table_holds(ruleset_rule(rs, i));
    for (int r = 0; r < ROUTE_COUNT; r++)
        ruleset_blockers(rs, (route)r, &n[r]);
    /* Counted by hand in readiness.md 5 and rules.md 3.8. */
    static const size_t by_hand[ROUTE_COUNT] = {23, 24, 26, 28, 18};
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (n[r] != by_hand[r]) {
            print_error("%s has %zu blockers\n", route_name((route)r), n[r]);
            wrong++;
        }
    static const size_t fewer[ROUTE_COUNT] = {2, 1, 2, 1, 0}; /* slr.organizations-deletable, billing.iam-access */
    for (int r = 0; r < ROUTE_COUNT; r++) {
        ruleset_blockers(now, (route)r, &m);
        wrong += m != n[r] - fewer[r];
    }
    return wrong == 0 || error_set(e, ERR_INPUT, "%zu blockers differ from the table or from the counts", wrong);
}

/* A rule file that lost its end, at whatever line, either does not load or has all its blockers. */
static bool cut_packs(arena *a, void *arg, error *e)
{
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    const struct pack_input *builtin;
    size_t count, loaded = 0;
    (void)arg;
    const struct ruleset *whole = load_with(a, NULL, &none, &faults, e);
    if (!whole || !ruleset_builtin_packs(a, &builtin, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        const source *s = builtin[i].source;
        size_t line = 0;
        for (size_t at = 1; at < s->len; at++) {
            if (s->text[at - 1] != '\n' || ++line % 5 != 0)
                continue;
            arena *inner = arena_open(0);
            error ignored = {0};
            struct rule_errors cut_faults = {0};
            struct pack_input *packs = NEW_ARRAY(inner, struct pack_input, count);
            memcpy(packs, builtin, count * sizeof *packs);
            packs[i].source = read_text(inner, "cut.yaml", s->text, at, &ignored);
            const struct ruleset *rs = packs[i].source ? ruleset_load(inner, packs, count, &none, &cut_faults) : NULL;
            bool good = !rs || blockers_equal(rs, whole);
            loaded += rs != NULL;
            arena_close(inner);
            if (!good)
                return error_set(e, ERR_INPUT, "%s, cut behind byte %zu, loads with fewer blockers", s->file.ptr, at);
        }
    }
    return loaded > 0 || error_set(e, ERR_INPUT, "no cut pack loaded: the test shows nothing");
}

/* Without the built-in packs their blockers are expected all the same. */
static bool never_ready_without_builtin(arena *a, void *arg, error *e)
{
    static const char text[] = "version: 1\npack: {id: only, title: Only this}\nrules:\n"
                               "  - {id: only.one, title: One, severity: blocker, basis: safety,\n"
                               "     require: {account.listed: true}, message: {fail: no}, fix: [{text: x}]}\n";
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    (void)arg;
    struct pack_input only = {.source = read_text(a, "only.yaml", text, sizeof text - 1, e)};
    const struct ruleset *rs = only.source ? ruleset_load(a, &only, 1, &none, &faults) : NULL;
    print_faults(&faults);
    size_t count;
    const str *expected = rs ? ruleset_blockers(rs, ROUTE_REMOVE_API, &count) : NULL;
    struct verdict_record one = {STR("only.one"), OUTCOME_PASS};
    return rs && count == 24 && verdict_of(expected, count, &one, 1) == VERDICT_UNDETERMINED;
}

/* ---- the verdict ---- */

enum { RECORD_MISSING = OUTCOME_WAIVED + 1, RECORD_TWICE, RECORD_NONSENSE, RECORD_KINDS };

/* The words of verdict.h again, said by counting. */
static verdict by_hand(const int *kinds, size_t n, int stranger)
{
    size_t fails = 0, open = 0, passes = 0;
    for (size_t i = 0; i <= n; i++) {
        int kind = i < n ? kinds[i] : stranger;
        fails += kind == OUTCOME_FAIL;
        passes += kind == OUTCOME_PASS || (kind == RECORD_TWICE);
        open += kind == OUTCOME_UNKNOWN || kind == RECORD_NONSENSE || kind == RECORD_TWICE ||
                (kind == RECORD_MISSING && i < n);
    }
    return fails ? VERDICT_NOT_READY : open || !passes || n == 0 ? VERDICT_UNDETERMINED : VERDICT_READY;
}

static size_t make_records(const int *kinds, size_t n, int stranger, struct verdict_record *out)
{
    static const str ids[] = {
        {"a.a",          3 },
        {"b.b",          3 },
        {"c.c",          3 },
        {"not.expected", 12}
    };
    size_t count = 0;
    for (size_t i = 0; i <= n; i++) {
        int kind = i < n ? kinds[i] : stranger;
        str id = ids[i < n ? i : 3];
        if (kind == RECORD_MISSING)
            continue;
        outcome o = kind == RECORD_TWICE ? OUTCOME_PASS : kind == RECORD_NONSENSE ? (outcome)42 : (outcome)kind;
        out[count++] = (struct verdict_record){id, o};
        if (kind == RECORD_TWICE && i < n)
            out[count++] = (struct verdict_record){id, o};
    }
    return count;
}

static void verdict_by_enumeration(void **state)
{
    static const str expected[] = {
        {"a.a", 3},
        {"b.b", 3},
        {"c.c", 3}
    };
    size_t ready = 0;
    (void)state;
    for (size_t n = 0; n <= 3; n++)
        for (int code = 0; code < RECORD_KINDS * RECORD_KINDS * RECORD_KINDS; code++)
            for (int stranger = 0; stranger <= RECORD_MISSING; stranger++) {
                int kinds[3] = {code % RECORD_KINDS, code / RECORD_KINDS % RECORD_KINDS,
                                code / RECORD_KINDS / RECORD_KINDS};
                struct verdict_record records[8];
                size_t count = make_records(kinds, n, stranger, records);
                verdict v = verdict_of(expected, n, records, count);
                assert_int_equal(v, by_hand(kinds, n, stranger));
                ready += v == VERDICT_READY;
            }
    assert_true(ready > 0);
    assert_int_equal(verdict_of(NULL, 0, NULL, 0), VERDICT_UNDETERMINED);
}

static void verdict_over_routes(void **state)
{
    (void)state;
    for (unsigned routes = 0; routes <= ROUTES_ALL; routes++)
        for (int code = 0; code < 243; code++) {
            verdict by_route[ROUTE_COUNT];
            bool ready = false, open = routes == 0;
            for (int r = 0, rest = code; r < ROUTE_COUNT; r++, rest /= 3) {
                by_route[r] = (verdict)(rest % 3);
                ready = ready || ((routes & ROUTE_BIT(r)) && by_route[r] == VERDICT_READY);
                open = open || ((routes & ROUTE_BIT(r)) && by_route[r] == VERDICT_UNDETERMINED);
            }
            int by = 99;
            verdict v = verdict_over(by_route, routes, &by);
            assert_int_equal(v, ready ? VERDICT_READY : open ? VERDICT_UNDETERMINED : VERDICT_NOT_READY);
            assert_int_equal(by >= 0, ready);
            assert_true(by < ROUTE_COUNT && (by < 0 || ((routes & ROUTE_BIT(by)) && by_route[by] == VERDICT_READY)));
        }
}

/* ---- the catalogue ---- */

static void catalogue_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < field_catalogue_count; i++) {
        const struct field *f = &field_catalogue[i];
        const struct field *list = f->of ? field_find(str_from(f->of)) : NULL;
        assert_int_equal(field_index(f), i);
        assert_true(is_rule_id(str_from(f->name)) && strchr(f->name, '-') == NULL);
        assert_true(f->doc && *f->doc);
        assert_int_equal(f->type == TYPE_ENUM, f->words != NULL);
        assert_true(!f->never_false || f->type == TYPE_BOOL);
        assert_true(!(f->topic && f->get) && !(f->of && f->get));
        if (f->of) {
            assert_non_null(list);
            assert_int_equal(list->item, TYPE_LIST);
            assert_ptr_equal(field_element(list, str_from(f->name)), f);
            assert_ptr_equal(list + 1 + field_member_index(f), f);
            assert_true(field_member_index(f) < field_member_count(list));
        } else
            assert_ptr_equal(field_find(str_from(f->name)), f);
        if (f->type == TYPE_LIST)
            assert_int_equal(field_member_count(f) > 0, f->item == TYPE_LIST);
    }
    struct field foreign = {.name = "attested.x"};
    assert_int_equal(field_index(&foreign), SIZE_MAX);
}

/* ---- what decided ---- */

struct facts_of_a_test {
    const struct field *field[8];
    struct value value[8];
    struct value other;
    size_t count;
    struct can_question asked; /* the last one */
};

static const struct value *field_of_a_test(void *self, const struct field *f, route on)
{
    struct facts_of_a_test *t = self;
    (void)on;
    for (size_t i = 0; i < t->count; i++)
        if (t->field[i] == f)
            return &t->value[i];
    t->other.type = f->type;
    return &t->other;
}

static const struct value *nobody_can(void *self, const struct can_question *q, route on)
{
    (void)on;
    ((struct facts_of_a_test *)self)->asked = *q;
    return &((struct facts_of_a_test *)self)->other;
}

static void give(struct facts_of_a_test *t, const char *name, struct value v)
{
    t->field[t->count] = field_find(str_from(name));
    v.type = t->field[t->count]->type;
    t->value[t->count++] = v;
}

static const struct rule *builtin_rule(arena *a, const char *id, error *e)
{
    static const struct rules_options none = {0};
    struct rule_errors faults = {0};
    const struct ruleset *rs = load_with(a, NULL, &none, &faults, e);
    return rs ? ruleset_find(rs, str_from(id)) : NULL;
}

/* Of six parts of the contact two are missing: only their marks are told, and a need that all share once. */
static bool only_what_decided(arena *a, void *arg, error *e)
{
    static const struct mark city =
                                 {
                                     .statement = -1, .text = {"city", 4}
    },
                             name = {.statement = -1, .text = {"name", 4}};
    static const struct need capture = {
        .kind = "capture", .name = {"contact",    7 },
             .how = {"capture it", 10}
    };
    struct facts_of_a_test t = {
        .other = {.needs = &capture, .need_count = 1, .reason = STR("contact was not captured")}
    };
    struct judge j = {
        .facts = &(struct fact_source){.self = &t, .field = field_of_a_test, .can = nobody_can}
    };
    struct judgement out;
    (void)arg;
    const struct rule *r = builtin_rule(a, "standalone.contact-information", e);
    if (!r)
        return false;
    judge(a, &j, r, ROUTE_LEAVE_API, &out);
    bool unknown =
        out.outcome == OUTCOME_UNKNOWN && out.need_count == 1 && out.mark_count == 0 &&
        str_is(out.message, "Cannot tell whether the contact information is complete: contact was not captured");
    give(&t, "contact.city",
         (struct value){.state = VALUE_ABSENT, .marks = &city, .mark_count = 1, .needs = &capture, .need_count = 1});
    give(&t, "contact.full_name",
         (struct value){.state = VALUE_KNOWN, .as.text = STR("Jo"), .marks = &name, .mark_count = 1});
    judge(a, &j, r, ROUTE_LEAVE_API, &out);
    bool failed = out.outcome == OUTCOME_FAIL && out.mark_count == 1 && str_is(out.marks[0].text, "city") &&
                  out.need_count == 0 && out.severity == SEVERITY_BLOCKER;
    judge(a, &j, r, ROUTE_TRANSFER, &out);
    return unknown && failed && out.severity == SEVERITY_WARNING;
}

/* One command for each delegated service; a placeholder where the fact is not known. */
static bool fixes_are_filled(arena *a, void *arg, error *e)
{
    static const struct element services[] = {{.text = {"guardduty.amazonaws.com", 23}},
                                              {.text = {"config.amazonaws.com", 20}}};
    struct facts_of_a_test t = {0};
    struct judge j = {
        .facts = &(struct fact_source){.self = &t, .field = field_of_a_test, .can = nobody_can}
    };
    size_t count;
    (void)arg;
    const struct rule *r = builtin_rule(a, "delegated.administrator", e);
    if (!r)
        return false;
    const struct fix *f = judge_fixes(a, &j, r, ROUTE_LEAVE_API, &count);
    bool open = count == 1 && f[0].command_len == 7 && str_is(f[0].command[4], "<account.id>") &&
                str_is(f[0].command[6], "<account.delegated_services>");
    give(&t, "account.id", (struct value){.state = VALUE_KNOWN, .as.text = STR("012345678901")});
    give(&t, "account.delegated_services",
         (struct value){
             .state = VALUE_KNOWN, .as.list = {.items = services, .count = 2, .complete = true}
    });
    f = judge_fixes(a, &j, r, ROUTE_LEAVE_API, &count);
    return open && count == 2 && str_is(f[0].command[0], "aws") && str_is(f[1].command[4], "012345678901") &&
           str_is(f[0].command[6], "guardduty.amazonaws.com") && str_is(f[1].command[6], "config.amazonaws.com");
}

/* A resource of which a part is not known is told as such, never as a text that happens to match. */
static bool open_resources(arena *a, void *arg, error *e)
{
    struct facts_of_a_test t = {0};
    struct judge j = {
        .facts = &(struct fact_source){.self = &t, .field = field_of_a_test, .can = nobody_can}
    };
    struct judgement out;
    (void)arg;
    const struct rule *r = builtin_rule(a, "perm.remove", e);
    if (!r)
        return false;
    judge(a, &j, r, ROUTE_REMOVE_API, &out);
    bool open = !t.asked.resource_known && t.asked.resource.len == 0 && t.asked.who == WHO_CALLER;
    give(&t, "account.arn", (struct value){.state = VALUE_KNOWN, .as.text = STR("arn:x")});
    judge(a, &j, r, ROUTE_REMOVE_API, &out);
    return open && t.asked.resource_known && str_is(t.asked.resource, "arn:x") &&
           str_is(t.asked.action, "organizations:RemoveAccountFromOrganization");
}

/* A text that is too long for a pattern is neither a match nor none. */
static bool long_subjects(arena *a, void *arg, error *e)
{
    struct facts_of_a_test t = {0};
    struct judge j = {
        .facts = &(struct fact_source){.self = &t, .field = field_of_a_test, .can = nobody_can}
    };
    struct judgement at_limit, above;
    (void)arg;
    const struct rule *r = builtin_rule(a, "account.id-valid", e);
    if (!r)
        return false;
    char *text = arena_alloc_zero(a, SUBJECT_LIMIT + 1);
    memset(text, '1', SUBJECT_LIMIT + 1);
    give(&t, "account.id",
         (struct value){
             .state = VALUE_KNOWN, .as.text = {text, SUBJECT_LIMIT}
    });
    judge(a, &j, r, ROUTE_REMOVE_API, &at_limit);
    t.value[0].as.text.len++;
    judge(a, &j, r, ROUTE_REMOVE_API, &above);
    return at_limit.outcome == OUTCOME_FAIL && above.outcome == OUTCOME_UNKNOWN;
}

static void in_arena(void **state)
{
    run_in_arena(*(work_fn **)*state, NULL);
}

#define IN_ARENA(fn)                                                                                                   \
    {                                                                                                                  \
#fn, in_arena, NULL, NULL, &(work_fn *)                                                                        \
        {                                                                                                              \
            fn                                                                                                         \
        }                                                                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catalogue_is_sound),
        cmocka_unit_test(verdict_by_enumeration),
        cmocka_unit_test(verdict_over_routes),
        IN_ARENA(blockers_of_the_program),
        IN_ARENA(never_ready_without_builtin),
        IN_ARENA(cut_packs),
        IN_ARENA(bad_packs),
        IN_ARENA(good_packs),
        IN_ARENA(configurations),
        IN_ARENA(tests_beside_rules),
        IN_ARENA(tests_of_operators),
        IN_ARENA(faults_of_test_files),
        IN_ARENA(wrong_tests_are_seen),
        IN_ARENA(only_what_decided),
        IN_ARENA(fixes_are_filled),
        IN_ARENA(open_resources),
        IN_ARENA(long_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
