/*
 * github.c - `github` of check: workflow commands that GitHub Actions shows beside the files of a pull request
 * (GitHub, "Workflow commands for GitHub Actions").
 */
#include "report/formats.h"
#include "report/problem.h"
#include "report/put.h"

enum { SHOWN = 10 }; /* of each level in a step: GitHub drops the others without a word */

struct annotations {
    VEC(struct problem) kept[PROBLEM_KINDS]; /* SHOWN at most */
    size_t count[PROBLEM_KINDS];
    VEC(str) sums; /* a line for each run */
};

static void keep(struct report_writer *w, const struct problem *p)
{
    struct annotations *all = w->state;
    if (all->count[p->kind]++ >= SHOWN)
        return;
    struct problem *copy = VEC_PUSH(w->arena, &all->kept[p->kind]);
    *copy = *p;
    copy->rule = arena_str(w->arena, p->rule);
    copy->message = arena_str(w->arena, p->message);
    copy->place.file = arena_str(w->arena, p->place.file);
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    (void)run;
    if (!w->state)
        w->state = NEW(w->arena, struct annotations);
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct problem p;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (problem_of(w->scratch, w->run, a, f, &p))
            keep(w, &p);
}

static void put_command(struct report_writer *w, const char *command, const struct problem *p)
{
    putf(w->out, "::%s file=", command);
    put_annotation(w->out, p->place.file, true);
    putf(w->out, ",line=%u,endLine=%u,col=%u,endColumn=%u,title=", p->place.line, p->place.line, p->place.column,
         p->place.end_column);
    put_annotation(w->out, p->rule, true);
    put(w->out, STR("::"));
    put_annotation(w->out, p->message, false);
    put(w->out, STR("\n"));
}

/* The worst of a level. `room` is how many it may have. */
static size_t put_level(struct report_writer *w, problem_level level, size_t room)
{
    static const char *const commands[] = {
        [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "notice"};
    struct annotations *all = w->state;
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

static void put_all(struct report_writer *w)
{
    struct annotations *all = w->state;
    size_t errors = put_level(w, LEVEL_ERROR, SHOWN), warnings = put_level(w, LEVEL_WARNING, SHOWN),
           notes = put_level(w, LEVEL_NOTE, SHOWN - 1); /* one notice is for the next line */
    if (errors + warnings + notes)
        putf(w->out,
             "::notice title=orgexit::%zu more are not shown here: %zu errors, %zu warnings, %zu notices. Another "
             "format "
             "has them all.\n",
             errors + warnings + notes, errors, warnings, notes);
    for (size_t i = 0; i < all->sums.count; i++) {
        put(w->out, all->sums.items[i]);
        put(w->out, STR("\n"));
    }
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct annotations *all = w->state;
    for (size_t i = 0; i < summary->error_count; i++) {
        struct problem p = problem_of_input(w->scratch, w->run, &summary->errors[i]);
        keep(w, &p);
    }
    *VEC_PUSH(w->arena, &all->sums) = summary_text(w->arena, w->run, summary);
    if (!w->run->of)
        put_all(w);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    struct annotations *all = w->state;
    *VEC_PUSH(w->arena, &all->sums) = total_text(w->arena, t);
    put_all(w);
}

const struct report_format report_github = {
    .name = "github", .begin = begin, .account = account, .end = end, .total = total, .several = true};
