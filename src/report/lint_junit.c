/*
 * lint_junit.c - `junit` of lint: a suite for each file, a test for each finding, which fails from --fail-on on, and a
 * last suite that is green where the exit code is 0 alone.
 */
#include "base/version.h"
#include "report/junit_put.h"
#include "report/lint_problem.h"
#include "report/put.h"

static const char *element_of(const struct lint_writer *w, const struct lint_finding *f)
{
    return f->suppressed.ptr || (int)f->severity < w->head->threshold ? "skipped" : "failure";
}

static void begin(struct lint_writer *w)
{
    junit_open(&w->report, "orgexit lint");
}

/* Where it stands is part of its name: tests of one file have different ones. */
static str case_name(struct lint_writer *w, struct map *names, const struct lint_finding *f)
{
    str name = str_from(f->check);
    if (f->line)
        name = arena_printf(w->report.scratch, "%s at %u:%u", f->check, f->line, f->column);
    return unique_fingerprint(w->report.scratch, names, name);
}

static void put_case(struct lint_writer *w, struct map *names, const struct lint_finding *f)
{
    struct report_writer *r = &w->report;
    struct problem p = lint_problem(w, f);
    const char *element = element_of(w, f);
    junit_case(r, p.place.file, case_name(w, names, f), &p.place);
    putf(r->out, ">\n      <%s", element);
    junit_attribute(r, "message", p.message);
    junit_attribute(r, "type", str_from(lint_severity_name(f->severity)));
    put(r->out, STR(">"));
    put_xml(r->out, p.more);
    putf(r->out, "</%s>\n    </testcase>\n", element);
}

static void put_unread(struct lint_writer *w, const struct lint_told *t)
{
    struct problem p = lint_unread(w, t);
    junit_case(&w->report, p.place.file, p.rule, &p.place);
    junit_result(&w->report, "error", p.message, STR("input"));
}

/* A file of which nothing is told passed, and is shown to have been looked at. */
static void file(struct lint_writer *w, const struct lint_told *t)
{
    struct report_writer *r = &w->report;
    struct junit_counts n = {0};
    struct map names = {0};
    str name = lint_seen_from_here(w, t->file);
    if (t->unread.len)
        junit_count(&n, "error");
    for (size_t i = 0; i < t->count; i++)
        if (lint_is_listed(w, &t->findings[i]))
            junit_count(&n, element_of(w, &t->findings[i]));
    bool clean = n.tests == 0;
    if (clean && r->style.only_problems)
        return;
    if (clean)
        junit_count(&n, NULL);
    junit_suite(r, name, &n, w->head->as_of);
    junit_property(r, "documents", arena_printf(r->scratch, "%zu", t->documents));
    junit_cases(r);
    if (t->unread.len)
        put_unread(w, t);
    for (size_t i = 0; i < t->count; i++)
        if (lint_is_listed(w, &t->findings[i]))
            put_case(w, &names, &t->findings[i]);
    if (clean) {
        junit_case(r, name, STR("no finding"), NULL);
        put(r->out, STR("/>\n"));
    }
    junit_suite_end(r);
}

static void end(struct lint_writer *w, const struct lint_summary *s)
{
    struct report_writer *r = &w->report;
    struct junit_counts n = {0};
    junit_count(&n, junit_exit_element(s->exit_code));
    junit_suite(r, STR("orgexit lint"), &n, w->head->as_of);
    junit_property(r, "version", STR(ORGEXIT_VERSION));
    junit_property(r, "sums", lint_sums(r->scratch, s));
    junit_cases(r);
    junit_exit_case(r, STR("lint"), s->exit_code, lint_sums(r->scratch, s));
    junit_suite_end(r);
    junit_close(r);
}

const struct lint_format lint_junit = {"junit", begin, file, end};
