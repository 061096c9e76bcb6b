/* github.c - `github` of check: annotations, and behind them the sums. */
#include "report/annotations.h"
#include "report/formats.h"
#include "report/put.h"

struct github {
    struct annotations *all;
    VEC(str) sums; /* a line for each run */
};

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct github *g = w->state;
    (void)run;
    if (g)
        return;
    w->state = g = NEW(w->arena, struct github);
    g->all = annotations_new(w->arena);
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct github *g = w->state;
    struct problem p;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (problem_of(w->scratch, w->run, a, f, &p))
            annotations_add(w, g->all, &p);
}

static void put_all(struct report_writer *w)
{
    struct github *g = w->state;
    annotations_put(w, g->all);
    for (size_t i = 0; i < g->sums.count; i++) {
        put(w->out, g->sums.items[i]);
        put(w->out, STR("\n"));
    }
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct github *g = w->state;
    for (size_t i = 0; i < summary->error_count; i++) {
        struct problem p = problem_of_input(w->scratch, w->run, &summary->errors[i]);
        annotations_add(w, g->all, &p);
    }
    *VEC_PUSH(w->arena, &g->sums) = summary_text(w->arena, w->run, summary);
    if (!w->run->of)
        put_all(w);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    struct github *g = w->state;
    *VEC_PUSH(w->arena, &g->sums) = total_text(w->arena, t);
    put_all(w);
}

const struct report_format report_github = {
    .name = "github", .begin = begin, .account = account, .end = end, .total = total, .several = true};
