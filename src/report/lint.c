/* lint.c - see lint.h. */
#include "base/work.h"
#include "report/lint_formats.h"

/* ---- what the writers have in common ---- */

bool lint_is_listed(const struct lint_writer *w, const struct lint_finding *f)
{
    return !(w->report.style.only_problems && f->suppressed.ptr);
}

str lint_seen_from_here(const struct lint_writer *w, str file)
{
    if (w->head->folder.len && str_starts(file, w->head->folder))
        file = str_from_index(file, w->head->folder.len);
    while (str_starts(file, STR("./")))
        file = str_from_index(file, 2);
    return file.len ? file : STR(".");
}

static str count(arena *a, str before, const char *sep, size_t n, const char *one, const char *many)
{
    return arena_printf(a, "%.*s%s%zu %s", STR_ARG(before), sep, n, n == 1 ? one : many);
}

str lint_sums(arena *a, const struct lint_summary *s)
{
    str sums = count(a, (str){0}, "", s->documents, "document", "documents");
    sums = count(a, sums, ", ", s->counts[LINT_ERROR], "error", "errors");
    sums = count(a, sums, ", ", s->counts[LINT_SECURITY_WARNING], "security warning", "security warnings");
    sums = count(a, sums, ", ", s->counts[LINT_WARNING], "warning", "warnings");
    sums = count(a, sums, ", ", s->counts[LINT_SUGGESTION], "suggestion", "suggestions");
    if (s->suppressed)
        sums = count(a, sums, ", ", s->suppressed, "suppressed", "suppressed");
    if (s->skipped)
        sums = count(a, sums, "; ", s->skipped, "file holds no policy", "files hold no policy");
    if (s->not_read)
        sums = count(a, sums, "; ", s->not_read, "template or plan was not read", "templates or plans were not read");
    if (s->errors)
        sums = count(a, sums, "; ", s->errors, "input error", "input errors");
    return sums;
}

str lint_unread_text(arena *a, const struct lint_told *t)
{
    return arena_printf(a, "%s: %.*s", t->refused ? "Nothing is known of this file" : "Not looked at",
                        STR_ARG(t->unread));
}

/* ---- the formats, and the life of a writer ---- */

static const struct lint_format *const formats[] = {&lint_text,     &lint_json, &lint_ndjson, &lint_sarif,  &lint_junit,
                                                    &lint_markdown, &lint_csv,  &lint_github, &lint_gitlab, &lint_html};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

str lint_format_names(arena *a)
{
    str names = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        names = arena_printf(a, "%.*s%s%s", STR_ARG(names), i ? ", " : "", formats[i]->name);
    return names;
}

struct lint_writer *lint_writer_open(arena *a, str format, const char *path, struct report_style style, error *e)
{
    const struct lint_format *found = NULL;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_is(format, formats[i]->name))
            found = formats[i];
    if (!found) {
        error_set(e, ERR_USAGE, "lint has no format \"%.*s\"; its formats are %.*s", STR_ARG(format),
                  STR_ARG(lint_format_names(a)));
        return NULL;
    }
    struct lint_writer *w = NEW(a, struct lint_writer);
    w->format = found;
    w->printed = strcmp(path, "-") == 0;
    struct file_out *out = file_out_open(a, path, e);
    w->report = (struct report_writer){.arena = a, .scratch = work_scratch(a), .out = out, .style = style};
    return out ? w : NULL;
}

void lint_writer_begin(struct lint_writer *w, const struct lint_head *head)
{
    w->head = head;
    w->format->begin(w);
}

void lint_writer_file(struct lint_writer *w, const struct lint_told *t)
{
    w->format->file(w, t);
    arena_reset(w->report.scratch);
}

void lint_writer_end(struct lint_writer *w, const struct lint_summary *summary)
{
    w->format->end(w, summary);
    arena_reset(w->report.scratch);
}

bool lint_writer_is_terse(const struct lint_writer *w)
{
    return w->printed && w->format == &lint_text;
}

bool lint_writer_failed(const struct lint_writer *w)
{
    return file_out_failed(w->report.out);
}

bool lint_writer_close(struct lint_writer *w, error *e)
{
    return file_out_end(w->report.out, e);
}
