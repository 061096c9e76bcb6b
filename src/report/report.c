/* report.c - the table of formats, and the life of a writer: opened before the work, closed after it. */
#include "report/report.h"

#include "base/work.h"
#include "report/formats.h"

static const struct report_format *const formats[] = {&report_text,   &report_json,     &report_ndjson, &report_sarif,
                                                      &report_junit,  &report_markdown, &report_csv,    &report_github,
                                                      &report_gitlab, &report_html};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

bool finding_is_listed(const struct finding *f, const struct report_style *style)
{
    return f->outcome != OUTCOME_NOT_APPLICABLE && !(style->only_problems && f->outcome == OUTCOME_PASS);
}

const struct report_format *report_format_find(str name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}

str report_format_names(arena *a)
{
    str names = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        names = arena_printf(a, "%.*s%s%s", STR_ARG(names), i ? ", " : "", formats[i]->name);
    return names;
}

struct report_writer *report_open(arena *a, str format, const char *path, struct report_style style, error *e)
{
    const struct report_format *found = report_format_find(format);
    if (!found) {
        str names = report_format_names(a);
        error_set(e, ERR_USAGE, "there is no format \"%.*s\"; the formats are %.*s", STR_ARG(format), STR_ARG(names));
        return NULL;
    }
    struct file_out *out = file_out_open(a, path, e);
    if (!out)
        return NULL;
    struct report_writer *w = NEW(a, struct report_writer);
    *w = (struct report_writer){.arena = a, .scratch = work_scratch(a), .out = out, .style = style, .format = found};
    return w;
}

void report_begin(struct report_writer *w, const struct check_run *run)
{
    w->run = run;
    w->format->begin(w, run);
    arena_reset(w->scratch);
}

void report_account(struct report_writer *w, const struct account_result *account)
{
    w->format->account(w, account);
    arena_reset(w->scratch);
}

void report_end(struct report_writer *w, const struct check_summary *summary)
{
    w->format->end(w, summary);
    arena_reset(w->scratch);
}

void report_total(struct report_writer *w, const struct check_total *total)
{
    if (w->format->total)
        w->format->total(w, total);
    arena_reset(w->scratch);
}

bool report_failed(const struct report_writer *w)
{
    return file_out_failed(w->out);
}

bool report_close(struct report_writer *w, error *e)
{
    return file_out_end(w->out, e);
}
