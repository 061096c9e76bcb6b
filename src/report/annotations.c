/* annotations.c - see annotations.h. */
#include "report/annotations.h"

#include "report/put.h"

enum { SHOWN = 10 }; /* of each level in a step: GitHub drops the others without a word */

struct annotations {
    VEC(struct problem) kept[PROBLEM_KINDS]; /* SHOWN at most */
    size_t count[PROBLEM_KINDS];
};

struct annotations *annotations_new(arena *a)
{
    return NEW(a, struct annotations);
}

void annotations_add(struct report_writer *w, struct annotations *all, const struct problem *p)
{
    if (all->count[p->kind]++ >= SHOWN)
        return;
    struct problem *copy = VEC_PUSH(w->arena, &all->kept[p->kind]);
    *copy = *p;
    copy->rule = arena_str(w->arena, p->rule);
    copy->message = arena_str(w->arena, p->message);
    copy->more = arena_str(w->arena, p->more);
    copy->place.file = arena_str(w->arena, p->place.file);
}

/* Columns are for one line alone: the runner drops those of several. */
static void put_command(struct report_writer *w, const char *command, const struct problem *p)
{
    const struct place *at = &p->place;
    putf(w->out, "::%s file=", command);
    put_annotation(w->out, at->file, true);
    putf(w->out, ",line=%u,endLine=%u", at->line, at->end_line);
    if (at->line == at->end_line)
        putf(w->out, ",col=%u,endColumn=%u", at->column, at->end_column);
    put(w->out, STR(",title="));
    put_annotation(w->out, p->rule, true);
    put(w->out, STR("::"));
    put_annotation(w->out, p->message, false);
    if (p->more.len)
        put_annotation(w->out, arena_printf(w->scratch, "\n%.*s", STR_ARG(p->more)), false);
    put(w->out, STR("\n"));
}

/* The worst of a level. `room` is how many it may have. */
static size_t put_level(struct report_writer *w, const struct annotations *all, problem_level level, size_t room)
{
    static const char *const commands[] = {
        [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "notice"};
    size_t left_out = 0;
    for (int kind = 0; kind < PROBLEM_KINDS; kind++) {
        if (problem_level_of((problem_kind)kind) != level)
            continue;
        size_t shown = all->count[kind] < room ? all->count[kind] : room;
        for (size_t i = 0; i < shown; i++)
            put_command(w, commands[level], &all->kept[kind].items[i]);
        room -= shown;
        left_out += all->count[kind] - shown;
    }
    return left_out;
}

void annotations_put(struct report_writer *w, const struct annotations *all)
{
    size_t errors = put_level(w, all, LEVEL_ERROR, SHOWN), warnings = put_level(w, all, LEVEL_WARNING, SHOWN),
           notes = put_level(w, all, LEVEL_NOTE, SHOWN - 1); /* one notice is for the next line */
    if (errors + warnings + notes)
        putf(w->out,
             "::notice title=orgexit::%zu more are not shown here: %zu errors, %zu warnings, %zu notices. Another "
             "format has them all.\n",
             errors + warnings + notes, errors, warnings, notes);
}
