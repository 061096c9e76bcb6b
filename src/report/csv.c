/* csv.c - `csv` of check: a row for each account and finding, for spreadsheets (RFC 4180). */
#include "report/formats.h"
#include "report/problem.h"
#include "report/put.h"

/* The columns, in their order. What is not set stays empty. */
struct row {
    str account_id, account_name, ou_path, routes, verdict, rule_id, outcome, severity, summary;
    str evidence_file, evidence_pointer, evidence_line, fix, waived_until, organization, hypothetical;
};
static const char header_row[] =
    "account_id,account_name,ou_path,routes,verdict,rule_id,outcome,severity,summary,evidence_file,"
    "evidence_pointer,evidence_line,fix,waived_until,organization,hypothetical\r\n";

static void put_row(struct report_writer *w, struct row row)
{
    row.organization = w->run->org_id;
    row.hypothetical = w->run->assumed_count ? STR("yes") : (str){0};
    const str cells[] = {row.account_id, row.account_name,  row.ou_path,          row.routes,
                         row.verdict,    row.rule_id,       row.outcome,          row.severity,
                         row.summary,    row.evidence_file, row.evidence_pointer, row.evidence_line,
                         row.fix,        row.waived_until,  row.organization,     row.hypothetical};
    put_csv_row(w->out, cells, sizeof cells / sizeof *cells);
}

static str line_text(arena *a, uint32_t line)
{
    return line ? arena_printf(a, "%u", (unsigned)line) : (str){0};
}

static void put_finding(struct report_writer *w, struct row row, const struct finding *f)
{
    row.routes = route_names(w->scratch, f->routes);
    row.rule_id = f->rule;
    row.outcome = str_from(outcome_name(f->outcome));
    row.severity = str_from(severity_name(f->severity));
    row.summary = f->message;
    if (f->evidence_count) {
        row.evidence_file = f->evidence[0].file;
        row.evidence_pointer = f->evidence[0].pointer;
        row.evidence_line = line_text(w->scratch, f->evidence[0].line);
    }
    if (f->fix_count && f->outcome != OUTCOME_PASS)
        row.fix = fix_text(w, w->state, &f->fixes[0]);
    else if (f->need_count)
        row.fix = f->needs[0].how;
    if (f->waiver)
        row.waived_until = f->waiver->valid_until;
    put_row(w, row);
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    if (!w->state)
        w->state = file_out_memory(w->arena);
    if (run->number <= 1)
        put(w->out, str_from(header_row));
}

/* An account of which no finding is told has a row all the same: else it would seem not to be there. */
static void account(struct report_writer *w, const struct account_result *a)
{
    struct row row = {.account_id = a->id,
                      .account_name = a->name,
                      .ou_path = a->path,
                      .verdict = str_from(verdict_name(a->verdict))};
    bool any = false;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++) {
        if (!finding_is_listed(f, &w->style))
            continue;
        put_finding(w, row, f);
        any = true;
    }
    if (!any)
        put_row(w, row);
}

/* Inputs that could not be read come last, whosesoever they are. */
static void end(struct report_writer *w, const struct check_summary *summary)
{
    for (const struct input_error *e = summary->errors; e < summary->errors + summary->error_count; e++)
        put_row(w, (struct row){.rule_id = INPUT_RULE,
                                .outcome = STR("error"),
                                .summary = e->message,
                                .evidence_file = e->file,
                                .evidence_line = line_text(w->scratch, e->line)});
}

const struct report_format report_csv = {
    .name = "csv", .begin = begin, .account = account, .end = end, .several = true};
