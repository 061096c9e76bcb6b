/* report.c - orgexit report: saved results into any format, several of one organization as one; or compared with a new
 * run over the snapshot. */
#include <stdio.h>

#include "cli/check_options.h"
#include "cli/writers.h"
#include "report/saved.h"

/* All runs of all results, in the order given. */
struct collected {
    const struct saved_run **runs;
    size_t count;
};

static bool read_results(arena *a, const struct arguments *args, struct collected *out, error *e)
{
    VEC(const struct saved_run *) runs = {0};
    for (size_t i = 0; i < args->operand_count; i++) {
        struct saved_result result;
        if (!saved_read(a, args->operands[i], &result, e))
            return false;
        for (size_t k = 0; k < result.count; k++)
            *VEC_PUSH(a, &runs) = &result.runs[k];
    }
    *out = (struct collected){runs.items, runs.count};
    return true;
}

static bool same_organization(const struct saved_run *a, const struct saved_run *b)
{
    return a->run.org_id.len && str_eq(a->run.org_id, b->run.org_id) &&
           str_eq(a->run.management_account, b->run.management_account);
}

/* The runs of each organization as one, in the order in which the organizations are met. */
static bool merge_results(arena *a, const struct collected *c, bool mixed, struct collected *out, error *e)
{
    VEC(const struct saved_run *) merged = {0};
    bool *done = NEW_ARRAY(a, bool, c->count);
    for (size_t i = 0; i < c->count; i++) {
        VEC(const struct saved_run *) group = {0};
        if (done[i])
            continue;
        for (size_t k = i; k < c->count; k++)
            if (k == i || same_organization(c->runs[i], c->runs[k])) {
                *VEC_PUSH(a, &group) = c->runs[k];
                done[k] = true;
            }
        struct saved_run *one = NEW(a, struct saved_run);
        if (!saved_merge(a, group.items, group.count, mixed, one, e))
            return false;
        *VEC_PUSH(a, &merged) = one;
    }
    *out = (struct collected){merged.items, merged.count};
    return true;
}

/* Each run as check tells it. */
static int tell_runs(struct writers *w, const struct arguments *args, const struct collected *c, error *e)
{
    struct check_total total = {.snapshots = c->count};
    bool going = true;
    for (size_t i = 0; going && i < c->count; i++) {
        const struct saved_run *saved = c->runs[i];
        struct check_run *run = NEW(w->arena, struct check_run);
        *run = saved->run;
        run->of = c->count > 1 ? c->count : 0;
        run->number = run->of ? i + 1 : 0;
        begin_writers(w, args, w->redaction ? redact_run(w->redaction, w->arena, run) : run, run->of > 0);
        for (size_t k = 0; going && k < saved->count; k++)
            going = tell_account(w, &saved->accounts[k]);
        if (going)
            end_writers(w, w->redaction ? redact_summary(w->redaction, w->arena, &saved->summary) : &saved->summary);
        total.accounts += saved->summary.accounts;
        total.ready += saved->summary.ready;
        total.not_ready += saved->summary.not_ready;
        total.undetermined += saved->summary.undetermined;
        total.exit_code = worse_exit(total.exit_code, saved->summary.exit_code);
    }
    for (size_t i = 0; going && c->count > 1 && i < w->count; i++)
        report_total(w->items[i], &total);
    close_writers(w, going, e);
    return e->code == ERR_NONE ? total.exit_code : -1;
}

static bool can_hold(const struct writers *w, size_t runs, error *e)
{
    for (size_t i = 0; runs > 1 && i < w->count; i++)
        if (!w->items[i]->format->several)
            return error_set(e, ERR_USAGE,
                             "these are results of %zu organizations, and the format %s holds one: use ndjson or text",
                             runs, w->items[i]->format->name);
    return true;
}

int run_report(arena *a, const struct arguments *args, error *e)
{
    struct collected read, merged;
    struct check_options o = {.only_problems = has_option(args, OPTION_ONLY_PROBLEMS)};
    struct writers w = {.arena = a, .error = e, .progress = progress_begin(args)};
    if (!args->operand_count)
        return error_set(e, ERR_USAGE, "no result was named: orgexit report RESULT, as check --format json printed it"),
               -1;
    if (!read_results(a, args, &read, e) || !merge_results(a, &read, has_option(args, OPTION_MIXED), &merged, e))
        return -1;
    if (has_option(args, OPTION_VERIFY))
        return report_verify(a, args, &merged.runs[0], merged.count, e);
    if (has_option(args, OPTION_REDACT)) {
        w.redaction = redact_open(a);
        w.scratch = work_scratch(a);
    }
    if (!open_writers(&w, args, &o) || !can_hold(&w, merged.count, e))
        return -1;
    return tell_runs(&w, args, &merged, e);
}
