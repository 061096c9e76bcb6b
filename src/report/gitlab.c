/* gitlab.c - `gitlab` of check: a Code Quality report. */
#include "report/formats.h"
#include "report/quality.h"

struct quality {
    struct json j;
    struct map told; /* fingerprints of this account: GitLab shows but one of several that are equal */
};

static void put_issue(struct report_writer *w, const struct problem *p, str fingerprint)
{
    struct quality *q = w->state;
    str print = run_fingerprint(w->scratch, w->run, fingerprint);
    quality_put(&q->j, p, unique_fingerprint(w->scratch, &q->told, print));
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct quality *q = w->state;
    (void)run;
    if (q)
        return;
    w->state = q = NEW(w->arena, struct quality);
    quality_begin(&q->j, w);
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct quality *q = w->state;
    struct problem p;
    q->told = (struct map){0};
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (problem_of(w->scratch, w->run, a, f, &p))
            put_issue(w, &p, str_from(f->fingerprint));
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct quality *q = w->state;
    q->told = (struct map){0};
    for (const struct input_error *e = summary->errors; e < summary->errors + summary->error_count; e++) {
        struct problem p = problem_of_input(w->scratch, w->run, e);
        put_issue(w, &p, input_fingerprint(w->scratch, e->file, e->message));
    }
    if (!w->run->of)
        quality_end(&q->j);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    struct quality *q = w->state;
    (void)t;
    quality_end(&q->j);
}

const struct report_format report_gitlab = {
    .name = "gitlab", .begin = begin, .account = account, .end = end, .total = total, .several = true};
