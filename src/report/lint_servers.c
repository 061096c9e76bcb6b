/*
 * lint_servers.c - `github` and `gitlab` of lint: what counts, beside the lines of a change. What is ignored or in the
 * baseline is in the sums alone: neither server can be told that it is settled.
 */
#include "report/annotations.h"
#include "report/lint_problem.h"
#include "report/put.h"
#include "report/quality.h"

static void github_begin(struct lint_writer *w)
{
    w->report.state = annotations_new(w->report.arena);
}

static void github_file(struct lint_writer *w, const struct lint_told *t)
{
    if (t->unread.len) {
        struct problem p = lint_unread(w, t);
        annotations_add(&w->report, w->report.state, &p);
    }
    for (const struct lint_finding *f = t->findings; f < t->findings + t->count; f++) {
        struct problem p = lint_problem(w, f);
        if (!f->suppressed.ptr)
            annotations_add(&w->report, w->report.state, &p);
    }
}

static void github_end(struct lint_writer *w, const struct lint_summary *s)
{
    annotations_put(&w->report, w->report.state);
    put(w->report.out, lint_sums(w->report.scratch, s));
    putf(w->report.out, "; exit %d\n", s->exit_code);
}

struct quality {
    struct json j;
    struct map told; /* fingerprints of the run: a file may have been named twice */
};

static void put_issue(struct lint_writer *w, const struct problem *p, str fingerprint)
{
    struct quality *q = w->report.state;
    quality_put(&q->j, p, unique_fingerprint(w->report.arena, &q->told, fingerprint));
}

static void gitlab_begin(struct lint_writer *w)
{
    struct quality *q = NEW(w->report.arena, struct quality);
    w->report.state = q;
    quality_begin(&q->j, &w->report);
}

static void gitlab_file(struct lint_writer *w, const struct lint_told *t)
{
    if (t->unread.len) {
        struct problem p = lint_unread(w, t);
        put_issue(w, &p, input_fingerprint(w->report.scratch, p.place.file, p.message));
    }
    for (const struct lint_finding *f = t->findings; f < t->findings + t->count; f++) {
        struct problem p = lint_problem(w, f);
        if (!f->suppressed.ptr)
            put_issue(w, &p, str_from(f->fingerprint));
    }
}

static void gitlab_end(struct lint_writer *w, const struct lint_summary *s)
{
    struct quality *q = w->report.state;
    (void)s;
    quality_end(&q->j);
}

const struct lint_format lint_github = {"github", github_begin, github_file, github_end};
const struct lint_format lint_gitlab = {"gitlab", gitlab_begin, gitlab_file, gitlab_end};
