/* lint_problem.c - see lint_problem.h. */
#include "report/lint_problem.h"

enum { VALUE_SHOWN = 200 };

static problem_kind kind_of(lint_severity s)
{
    switch (s) {
    case LINT_SUGGESTION: return PROBLEM_DOCUMENT_SUGGESTION;
    case LINT_WARNING: return PROBLEM_DOCUMENT_WARNING;
    case LINT_SECURITY_WARNING: return PROBLEM_DOCUMENT_SECURITY;
    case LINT_ERROR: return PROBLEM_DOCUMENT_ERROR;
    }
    return PROBLEM_DOCUMENT_ERROR;
}

problem_level lint_level(lint_severity s)
{
    return problem_level_of(kind_of(s));
}

static str more_of(arena *a, const struct lint_finding *f)
{
    str more = f->note;
    if (f->help.len)
        more = arena_printf(a, "%.*s%shelp: %.*s", STR_ARG(more), more.len ? "\n" : "", STR_ARG(f->help));
    if (f->suppressed.ptr)
        more = arena_printf(a, "%.*s%signored: %.*s", STR_ARG(more), more.len ? "\n" : "", STR_ARG(f->suppressed));
    return more;
}

/* A person sees no carets there: the text told of stands in front, unless the message names it. */
str lint_message(arena *a, const struct lint_finding *f)
{
    if (!f->value.len || f->value.len > VALUE_SHOWN || str_find(f->message, f->value) != SIZE_MAX)
        return f->message;
    return arena_printf(a, "\"%.*s\": %.*s", STR_ARG(f->value), STR_ARG(f->message));
}

/* Servers take no path that leads out of the repository: what stands elsewhere is told without its beginning. */
static str inside(struct lint_writer *w, str file)
{
    file = lint_seen_from_here(w, file);
    for (;;)
        if (str_starts(file, STR("/")))
            file = str_from_index(file, 1);
        else if (str_starts(file, STR("../")))
            file = str_from_index(file, 3);
        else
            return file.len ? file : STR(".");
}

struct problem lint_problem(struct lint_writer *w, const struct lint_finding *f)
{
    struct place at = place_of_file(inside(w, f->file), f->line, f->column);
    if (f->line && f->column && (f->end_line > f->line || (f->end_line == f->line && f->end_column > f->column))) {
        at.end_line = f->end_line;
        at.end_column = f->end_column;
    }
    return (struct problem){.kind = f->suppressed.ptr ? PROBLEM_SUPPRESSED : kind_of(f->severity),
                            .rule = str_from(f->check),
                            .message = lint_message(w->report.scratch, f),
                            .more = more_of(w->report.scratch, f),
                            .place = at};
}

struct problem lint_unread(struct lint_writer *w, const struct lint_told *t)
{
    return (struct problem){.kind = t->refused ? PROBLEM_INPUT : PROBLEM_NOT_READ,
                            .rule = t->refused ? INPUT_RULE : NOT_READ_RULE,
                            .message = lint_unread_text(w->report.scratch, t),
                            .place = place_of_file(inside(w, t->file), t->line, t->column)};
}
