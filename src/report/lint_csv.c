/* lint_csv.c - `csv` of lint: a row for each finding, for spreadsheets. */
#include "report/lint_formats.h"
#include "report/problem.h"
#include "report/put.h"

static const char header_row[] =
    "severity,check,file,line,column,pointer,policy,statement,value,message,note,fix,suppressed,"
    "fingerprint\r\n";

static void begin(struct lint_writer *w)
{
    put(w->report.out, str_from(header_row));
}

static str number(arena *a, uint32_t n)
{
    return n ? arena_printf(a, "%u", (unsigned)n) : (str){0};
}

static void put_finding(struct lint_writer *w, const struct lint_finding *f)
{
    arena *a = w->report.scratch;
    str statement = f->sid;
    if (!f->sid.ptr && f->statement >= 0)
        statement = arena_printf(a, "%d", f->statement);
    const str cells[] = {str_from(lint_severity_name(f->severity)),
                         str_from(f->check),
                         lint_seen_from_here(w, f->file),
                         number(a, f->line),
                         number(a, f->column),
                         f->pointer,
                         f->policy,
                         statement,
                         f->value,
                         f->message,
                         f->note,
                         f->help,
                         f->suppressed,
                         str_from(f->fingerprint)};
    put_csv_row(w->report.out, cells, sizeof cells / sizeof *cells);
}

static void file(struct lint_writer *w, const struct lint_told *t)
{
    arena *a = w->report.scratch;
    const str unread[14] = {t->refused ? STR("error") : STR("warning"),
                            t->refused ? INPUT_RULE : NOT_READ_RULE,
                            lint_seen_from_here(w, t->file),
                            number(a, t->line),
                            number(a, t->column),
                            {0},
                            {0},
                            {0},
                            {0},
                            t->unread};
    if (t->unread.len)
        put_csv_row(w->report.out, unread, sizeof unread / sizeof *unread);
    for (size_t i = 0; i < t->count; i++)
        if (lint_is_listed(w, &t->findings[i]))
            put_finding(w, &t->findings[i]);
}

static void end(struct lint_writer *w, const struct lint_summary *s)
{
    (void)w, (void)s;
}

const struct lint_format lint_csv = {"csv", begin, file, end};
