/*
 * junit.c - `junit` of check: a suite of tests for each account, as Jenkins, GitLab and GitHub's test reporters read
 * it. What stands in the way of READY is a failure, or an error where it is not known; what does not count is skipped.
 * A last suite fails whenever the exit code is not 0, so that no reader shows green where the program does not.
 */
#include "report/formats.h"
#include "report/junit_put.h"
#include "report/put.h"

/* ---- test cases ---- */

/* What is neither passed nor in the way is skipped. */
static const char *element_of(const struct problem *p)
{
    switch (p->kind) {
    case PROBLEM_BLOCKER: return "failure";
    case PROBLEM_INPUT:
    case PROBLEM_OPEN_BLOCKER: return "error";
    case PROBLEM_WARNING:
    case PROBLEM_OPEN_WARNING:
    case PROBLEM_WAIVED:
    case PROBLEM_ASIDE:
    case PROBLEM_INFO:
    case PROBLEM_SUPPRESSED: return "skipped";
    case PROBLEM_NOT_READ:
    case PROBLEM_DOCUMENT_ERROR:
    case PROBLEM_DOCUMENT_SECURITY:
    case PROBLEM_DOCUMENT_WARNING:
    case PROBLEM_DOCUMENT_SUGGESTION: break; /* none of an account */
    }
    return "error";
}

/* A line of a test's text. */
static void put_line(struct report_writer *w, bool *any, const char *label, str text)
{
    put(w->out, *any ? STR("\n") : (str){0});
    put(w->out, str_from(label));
    put_xml(w->out, text);
    *any = true;
}

static void put_text(struct report_writer *w, const struct finding *f)
{
    bool any = false;
    for (const struct evidence *ev = f->evidence; ev < f->evidence + f->evidence_count; ev++) {
        struct place p = place_of_evidence(w->scratch, w->run, ev);
        str at = ev->line ? arena_printf(w->scratch, ":%u:%u", p.line, p.column) : (str){0};
        put_line(w, &any, "",
                 arena_printf(w->scratch, "%.*s%.*s: %.*s", STR_ARG(p.file), STR_ARG(at), STR_ARG(ev->text)));
    }
    for (const struct need *n = f->needs; n < f->needs + f->need_count; n++)
        put_line(w, &any, "need: ", arena_printf(w->scratch, "%.*s: %.*s", STR_ARG(n->name), STR_ARG(n->how)));
    for (const struct fix *x = f->fixes; x < f->fixes + f->fix_count; x++)
        put_line(w, &any, "fix: ", fix_text(w, w->state, x));
}

/* The rule; with routes where it has other outcomes on others: names tell the cases of an account apart. */
static str case_name(struct report_writer *w, const struct finding *f)
{
    if ((f->routes & w->run->routes) == w->run->routes)
        return f->rule;
    return arena_printf(w->scratch, "%.*s (%.*s)", STR_ARG(f->rule), STR_ARG(route_names(w->scratch, f->routes)));
}

static void put_case(struct report_writer *w, const struct account_result *a, const struct finding *f)
{
    struct problem p;
    if (!problem_of(w->scratch, w->run, a, f, &p)) {
        junit_case(w, a->id, case_name(w, f), NULL);
        put(w->out, STR("/>\n"));
        return;
    }
    const char *element = element_of(&p);
    junit_case(w, a->id, case_name(w, f), &p.place);
    putf(w->out, ">\n      <%s", element);
    junit_attribute(w, "message", p.message);
    junit_attribute(w, "type", f->outcome == OUTCOME_UNKNOWN ? STR("unknown") : str_from(severity_name(f->severity)));
    put(w->out, STR(">"));
    put_text(w, f);
    putf(w->out, "</%s>\n    </testcase>\n", element);
}

/* ---- suites ---- */

static void open_suite(struct report_writer *w, str name, const struct junit_counts *n)
{
    junit_suite(w, name, n, w->run->as_of);
    junit_property(w, "organization", w->run->org_id);
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    if (!w->state)
        w->state = file_out_memory(w->arena);
    if (run->number > 1)
        return;
    junit_open(w, "orgexit check");
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct junit_counts n = {0};
    struct problem p;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (finding_is_listed(f, &w->style))
            junit_count(&n, problem_of(w->scratch, w->run, a, f, &p) ? element_of(&p) : NULL);
    open_suite(w, arena_printf(w->scratch, "%.*s%s%.*s", STR_ARG(a->id), a->name.len ? " " : "", STR_ARG(a->name)), &n);
    junit_property(w, "path", a->path);
    junit_property(w, "verdict", str_from(verdict_name(a->verdict)));
    if (a->verdict == VERDICT_READY && a->by_route >= 0)
        junit_property(w, "by_route", str_from(route_name((route)a->by_route)));
    junit_cases(w);
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (finding_is_listed(f, &w->style))
            put_case(w, a, f);
    junit_suite_end(w);
}

static void put_remarks(struct report_writer *w, const char *name, const str *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        junit_property(w, name, items[i]);
}

/* The run itself: its inputs, and its exit code. */
static void end(struct report_writer *w, const struct check_summary *s)
{
    bool failed = s->exit_code == 1, unknown = s->exit_code != 0 && !failed;
    struct junit_counts n = {s->error_count + 1, failed, s->error_count + unknown, 0};
    str of = w->run->org_id.len ? w->run->org_id : STR("snapshot"), sums = summary_text(w->scratch, w->run, s);
    open_suite(w, arena_printf(w->scratch, "orgexit check %.*s", STR_ARG(w->run->snapshot)), &n);
    junit_property(w, "version", w->run->version);
    junit_property(w, "rules", w->run->rules_digest);
    put_remarks(w, "assumed", w->run->assumed, w->run->assumed_count);
    put_remarks(w, "weakened", w->run->disabled, w->run->disabled_count);
    put_remarks(w, "note", w->run->notes, w->run->note_count);
    junit_cases(w);
    for (size_t i = 0; i < s->error_count; i++) {
        struct problem p = problem_of_input(w->scratch, w->run, &s->errors[i]);
        junit_case(w, of, arena_printf(w->scratch, "%.*s %zu", STR_ARG(p.rule), i + 1), &p.place);
        junit_result(w, "error", p.message, STR("input"));
    }
    junit_exit_case(w, of, s->exit_code, sums);
    junit_suite_end(w);
    if (!w->run->of)
        junit_close(w);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    (void)t;
    junit_close(w);
}

const struct report_format report_junit = {
    .name = "junit", .begin = begin, .account = account, .end = end, .total = total, .several = true};
