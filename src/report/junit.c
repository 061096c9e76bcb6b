/*
 * junit.c - `junit` of check: a suite of tests for each account, as Jenkins, GitLab and GitHub's test reporters read
 * it. What stands in the way of READY is a failure, or an error where it is not known; what does not count is skipped.
 * A last suite fails whenever the exit code is not 0, so that no reader shows green where the program does not.
 */
#include "base/clock.h"
#include "report/formats.h"
#include "report/problem.h"
#include "report/put.h"

static void attribute(struct report_writer *w, const char *name, str value)
{
    putf(w->out, " %s=\"", name);
    put_xml(w->out, value);
    put(w->out, STR("\""));
}

static void property(struct report_writer *w, const char *name, str value)
{
    if (!value.len)
        return;
    put(w->out, STR("      <property"));
    attribute(w, "name", str_from(name));
    attribute(w, "value", value);
    put(w->out, STR("/>\n"));
}

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
    case PROBLEM_INFO: return "skipped";
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

static void open_case(struct report_writer *w, str of, str name, const struct place *p)
{
    put(w->out, STR("    <testcase"));
    attribute(w, "classname", arena_printf(w->scratch, "orgexit.%.*s", STR_ARG(of)));
    attribute(w, "name", name);
    if (p) {
        attribute(w, "file", p->file);
        putf(w->out, " line=\"%u\"", p->line);
    }
    put(w->out, STR(" time=\"0\""));
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
        open_case(w, a->id, case_name(w, f), NULL);
        put(w->out, STR("/>\n"));
        return;
    }
    const char *element = element_of(&p);
    open_case(w, a->id, case_name(w, f), &p.place);
    putf(w->out, ">\n      <%s", element);
    attribute(w, "message", p.message);
    attribute(w, "type", f->outcome == OUTCOME_UNKNOWN ? STR("unknown") : str_from(severity_name(f->severity)));
    put(w->out, STR(">"));
    put_text(w, f);
    putf(w->out, "</%s>\n    </testcase>\n", element);
}

/* ---- suites ---- */

struct counts {
    size_t tests, failures, errors, skipped;
};

static void count(struct counts *n, const struct problem *p)
{
    const char *element = p ? element_of(p) : "";
    n->tests++;
    n->failures += strcmp(element, "failure") == 0;
    n->errors += strcmp(element, "error") == 0;
    n->skipped += strcmp(element, "skipped") == 0;
}

static void open_suite(struct report_writer *w, str name, const struct counts *n)
{
    str now = time_format(w->scratch, w->run->as_of);
    put(w->out, STR("  <testsuite"));
    attribute(w, "name", name);
    putf(w->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\"", n->tests, n->failures,
         n->errors, n->skipped);
    attribute(w, "timestamp", str_head(now, now.len - 1)); /* without the Z: the schema of Jenkins has no zone */
    put(w->out, STR(" hostname=\"\">\n    <properties>\n"));
    property(w, "organization", w->run->org_id);
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    if (!w->state)
        w->state = file_out_memory(w->arena);
    if (run->number > 1)
        return;
    put(w->out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"orgexit check\">\n"));
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct counts n = {0};
    struct problem p;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (finding_is_listed(f, &w->style))
            count(&n, problem_of(w->scratch, w->run, a, f, &p) ? &p : NULL);
    open_suite(w, arena_printf(w->scratch, "%.*s%s%.*s", STR_ARG(a->id), a->name.len ? " " : "", STR_ARG(a->name)), &n);
    property(w, "path", a->path);
    property(w, "verdict", str_from(verdict_name(a->verdict)));
    if (a->verdict == VERDICT_READY && a->by_route >= 0)
        property(w, "by_route", str_from(route_name((route)a->by_route)));
    put(w->out, STR("    </properties>\n"));
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (finding_is_listed(f, &w->style))
            put_case(w, a, f);
    put(w->out, STR("  </testsuite>\n"));
}

static void put_remarks(struct report_writer *w, const char *name, const str *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        property(w, name, items[i]);
}

static void put_close(struct report_writer *w)
{
    put(w->out, STR("</testsuites>\n"));
}

/* The run itself: its inputs, and its exit code. */
static void end(struct report_writer *w, const struct check_summary *s)
{
    bool failed = s->exit_code == 1, unknown = s->exit_code != 0 && !failed;
    struct counts n = {s->error_count + 1, failed, s->error_count + unknown, 0};
    str of = w->run->org_id.len ? w->run->org_id : STR("snapshot"), sums = summary_text(w->scratch, w->run, s);
    open_suite(w, arena_printf(w->scratch, "orgexit check %.*s", STR_ARG(w->run->snapshot)), &n);
    property(w, "version", w->run->version);
    property(w, "rules", w->run->rules_digest);
    put_remarks(w, "assumed", w->run->assumed, w->run->assumed_count);
    put_remarks(w, "weakened", w->run->disabled, w->run->disabled_count);
    put_remarks(w, "note", w->run->notes, w->run->note_count);
    put(w->out, STR("    </properties>\n"));
    for (size_t i = 0; i < s->error_count; i++) {
        struct problem p = problem_of_input(w->scratch, w->run, &s->errors[i]);
        open_case(w, of, arena_printf(w->scratch, "%.*s %zu", STR_ARG(p.rule), i + 1), &p.place);
        put(w->out, STR(">\n      <error"));
        attribute(w, "message", p.message);
        put(w->out, STR(" type=\"input\"/>\n    </testcase>\n"));
    }
    open_case(w, of, STR("exit code"), NULL);
    if (failed || unknown) {
        putf(w->out, ">\n      <%s", failed ? "failure" : "error");
        attribute(w, "message", sums);
        put(w->out, STR(" type=\"exit\"/>\n    </testcase>\n"));
    } else {
        put(w->out, STR("/>\n"));
    }
    put(w->out, STR("  </testsuite>\n"));
    if (!w->run->of)
        put_close(w);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    (void)t;
    put_close(w);
}

const struct report_format report_junit = {
    .name = "junit", .begin = begin, .account = account, .end = end, .total = total, .several = true};
