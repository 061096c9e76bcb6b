/* gitlab.c - `gitlab` of check: a Code Quality report (GitLab, "Code Quality": the members that it reads). */
#include "report/formats.h"
#include "report/json_put.h"
#include "report/problem.h"

struct quality {
    struct json j;
    struct map told; /* fingerprints of this account: GitLab shows but one of several that are equal */
};

static const char *severity_of(problem_kind kind)
{
    switch (kind) {
    case PROBLEM_INPUT:
    case PROBLEM_BLOCKER: return "blocker";
    case PROBLEM_OPEN_BLOCKER: return "critical";
    case PROBLEM_WARNING: return "major";
    case PROBLEM_OPEN_WARNING: return "minor";
    case PROBLEM_WAIVED:
    case PROBLEM_ASIDE:
    case PROBLEM_INFO: return "info";
    }
    return "blocker";
}

static void put_issue(struct report_writer *w, const struct problem *p, str fingerprint)
{
    struct quality *q = w->state;
    json_open(&q->j, NULL, '{', STACKED);
    json_str(&q->j, "description", p->message);
    json_str(&q->j, "check_name", p->rule);
    json_str(&q->j, "fingerprint", unique_fingerprint(w, &q->told, fingerprint));
    json_str(&q->j, "severity", str_from(severity_of(p->kind)));
    json_open(&q->j, "location", '{', INLINE);
    json_str(&q->j, "path", p->place.file);
    json_open(&q->j, "lines", '{', INLINE);
    json_number(&q->j, "begin", p->place.line);
    json_close(&q->j, '}');
    json_close(&q->j, '}');
    json_close(&q->j, '}');
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct quality *q = w->state;
    (void)run;
    if (q)
        return;
    w->state = q = NEW(w->arena, struct quality);
    q->j = (struct json){.w = w, .first = true};
    json_open(&q->j, NULL, '[', STACKED);
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

static void put_close(struct report_writer *w)
{
    struct quality *q = w->state;
    json_close(&q->j, ']');
    put(w->out, STR("\n"));
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct quality *q = w->state;
    q->told = (struct map){0};
    for (const struct input_error *e = summary->errors; e < summary->errors + summary->error_count; e++) {
        struct problem p = problem_of_input(w->scratch, w->run, e);
        put_issue(w, &p, input_fingerprint(w->scratch, e));
    }
    if (!w->run->of)
        put_close(w);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    (void)t;
    put_close(w);
}

const struct report_format report_gitlab = {
    .name = "gitlab", .begin = begin, .account = account, .end = end, .total = total, .several = true};
