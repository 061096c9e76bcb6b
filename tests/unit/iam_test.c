/*
 * iam_test.c - runs the tables of tests/iam (each line a case of `simulate --cases` with the AWS document that it
 * follows in "doc", and what else the answer must hold in "answer"), and the corpus of real SCPs when it is at hand.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/work.h"
#include "iam/cases.h"

static const char *folder = "tests/iam";

struct run {
    const char *path;
    unsigned line;
    bool table; /* ours: "doc" must be there */
    size_t cases, failed_cases, failures;
    size_t by_decision[4];
};

static void complain(struct run *r, str name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void complain(struct run *r, str name, const char *format, ...)
{
    char what[4096];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    print_error("%s:%u: %.*s: %s\n", r->path, r->line, STR_ARG(name), what);
    r->failures++;
}

static source *source_of_text(arena *a, str text)
{
    source *s = NEW(a, source);
    s->file = STR("case");
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    memcpy(s->text, text.ptr, text.len);
    s->len = text.len;
    return s;
}

/* ---- what the answer must hold ---- */

static bool same_node(const node *wanted, const node *found)
{
    if (node_is_list(wanted) && node_is_list(found)) {
        const node *b = node_first(found);
        for (NODE_EACH(a, wanted)) {
            if (!b || !same_node(a, b))
                return false;
            b = node_next(b);
        }
        return b == NULL;
    }
    if (!found || node_kind_of(wanted) != node_kind_of(found))
        return false;
    return node_is_bool(wanted) ? node_is_true(wanted) == node_is_true(found)
                                : str_eq(node_text(wanted), node_text(found));
}

static void check_answer(arena *a, struct run *r, const node *wanted, const struct case_line *c,
                         const struct verdict_trace *t)
{
    error e = {0};
    str line = case_answer(a, c, t);
    source *s = source_of_text(a, line);
    if (!json_read(a, s, &e)) {
        complain(r, c->name, "the answer is no JSON: %s", e.message);
        return;
    }
    for (NODE_EACH(m, wanted)) {
        str key = node_key(m);
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", STR_ARG(key));
        if (!same_node(m, node_get(s->root, name)))
            complain(r, c->name, "\"%s\" is not as wanted in %.*s", name, STR_ARG(line));
    }
}

/* ---- witnesses ---- */

static bool is_denied(decision d)
{
    return d == DECISION_EXPLICITLY_DENIED || d == DECISION_IMPLICITLY_DENIED;
}

static decision decide_with(arena *a, const struct case_line *c, const struct context_key *keys, size_t count)
{
    struct context_key *all = NEW_ARRAY(a, struct context_key, count + c->context.count);
    struct context context = c->context;
    struct request request = c->request;
    struct verdict_trace t;
    memcpy(all, keys, count * sizeof *all);
    memcpy(all + count, c->context.keys, c->context.count * sizeof *all);
    context.keys = all; /* the first of a name is found */
    context.count += count;
    request.context = &context;
    evaluate(a, &request, &c->layers, &t);
    return t.decision;
}

/* A witness must bring about what it is a witness for (other keys may still leave it open, never the opposite). */
static void check_witnesses(arena *a, struct run *r, const struct case_line *c, const struct verdict_trace *t)
{
    if (t->allowed_when && is_denied(decide_with(a, c, t->allowed_when, t->allowed_when_count)))
        complain(r, c->name, "the witness for allowing is denied");
    if (t->denied_when && decide_with(a, c, t->denied_when, t->denied_when_count) == DECISION_ALLOWED)
        complain(r, c->name, "the witness for denying is allowed");
    if ((t->allowed_when || t->denied_when) && t->decision != DECISION_UNKNOWN)
        complain(r, c->name, "a definite decision has a witness");
}

/* ---- one case ---- */

struct job {
    struct run *run;
    str text;
};

static bool run_case(arena *a, void *arg, error *e)
{
    struct job *job = arg;
    struct run *r = job->run;
    struct case_line c;
    struct verdict_trace t;
    source *s = source_of_text(a, job->text);
    r->cases++;
    if (!json_read(a, s, e)) {
        complain(r, (str){0}, "%s", e->message);
        return false;
    }
    const node *wanted_error = node_get(s->root, "error");
    if (r->table && !node_is_string(node_get(s->root, "doc")))
        complain(r, STR(""), "no \"doc\"");
    if (!case_read(a, s, &c, e)) {
        if (!wanted_error || str_find(str_from(e->message), node_text(wanted_error)) == SIZE_MAX)
            complain(r, c.name, "%s", e->message);
        return false;
    }
    if (wanted_error)
        complain(r, c.name, "was accepted");
    evaluate(a, &c.request, &c.layers, &t);
    r->by_decision[t.decision]++;
    if (!c.expects && !wanted_error)
        complain(r, c.name, "no \"expect\"");
    if (c.expects && t.decision != c.expected)
        complain(r, c.name, "%s, expected %s", decision_name(t.decision), decision_name(c.expected));
    check_answer(a, r, node_get(s->root, "answer"), &c, &t);
    check_witnesses(a, r, &c, &t);
    return true;
}

static void run_file(struct run *r, const char *path)
{
    arena *a = arena_open(0);
    char *text;
    size_t len;
    error e = {0};
    r->path = path;
    r->line = 0;
    assert_int_equal(file_read(a, -100 /* AT_FDCWD */, path, str_from(path), 0x7FFFFFFF, &text, &len, &e), READ_DONE);
    str rest = {text, len};
    while (rest.len) {
        arena *own = arena_open(0);
        error inner = {0};
        struct job job = {r, str_cut(&rest, '\n')};
        r->line++;
        size_t before = r->failures;
        if (job.text.len) {
            (void)work_run(own, run_case, &job, &inner);
            if (inner.code == ERR_RESOURCE)
                complain(r, STR(""), "%s", inner.message);
        }
        r->failed_cases += r->failures > before;
        arena_close(own);
    }
    arena_close(a);
}

static void tell(const struct run *r, const char *what)
{
    print_message("%zu passed, %zu failed: %s (%zu Allowed, %zu ExplicitlyDenied, %zu ImplicitlyDenied, %zu Unknown)\n",
                  r->cases - r->failed_cases, r->failed_cases, what, r->by_decision[DECISION_ALLOWED], r->by_decision[DECISION_EXPLICITLY_DENIED],
                  r->by_decision[DECISION_IMPLICITLY_DENIED], r->by_decision[DECISION_UNKNOWN]);
}

static void tables_hold(void **state)
{
    struct run r = {.table = true};
    DIR *d = opendir(folder);
    (void)state;
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[4096];
        if (!str_ends(str_from(entry->d_name), STR(".ndjson")))
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        run_file(&r, path);
    }
    closedir(d);
    tell(&r, folder);
    assert_true(r.cases >= 250);
    for (size_t i = 0; i < 4; i++)
        assert_true(r.by_decision[i] > 0);
    assert_int_equal(r.failures, 0);
}

/* Real SCPs: ORGEXIT_CORPUS names the folder that holds leave-cases.ndjson. */
static void corpus_agrees(void **state)
{
    const char *corpus = getenv("ORGEXIT_CORPUS");
    char path[4096];
    struct run r = {0};
    (void)state;
    (void)snprintf(path, sizeof path, "%s/leave-cases.ndjson", corpus ? corpus : "");
    FILE *f = corpus ? fopen(path, "r") : NULL;
    if (!f)
        skip();
    (void)fclose(f);
    run_file(&r, path);
    tell(&r, "leave-cases.ndjson");
    assert_int_equal(r.failures, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_hold),
        cmocka_unit_test(corpus_agrees),
    };
    if (argc > 1)
        folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
