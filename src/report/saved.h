/*
 * saved.h - results that check wrote as json or ndjson, read back into what they were made of, so that the writers
 * (report.h) can tell them again. What was cut off, or contradicts itself, is an error: it says nothing.
 */
#ifndef ORGEXIT_REPORT_SAVED_H
#define ORGEXIT_REPORT_SAVED_H

#include "base/arena.h"
#include "base/error.h"
#include "base/result.h"

struct saved_run {
    struct check_run run; /* `snapshot`: as the result names it, else the file of the result */
    struct check_summary summary;
    const struct account_result *accounts;
    size_t count;
};

struct saved_result {
    str file;
    const struct saved_run *runs; /* one; of ndjson as many as snapshots were checked */
    size_t count;
};

/*
 * path "-": standard input. All lives in `a`. False: *e (ERR_INPUT with file, line, column): no such file; neither
 * orgexit/check/1 in json nor in ndjson; cut off (no summary, a run missing); a member that is missing or of another
 * type; accounts that the summary does not count, an exit code that they do not bear out.
 */
bool saved_read(arena *a, str path, struct saved_result *out, error *e);

/*
 * Runs of one organization, such as those of shards, as one: accounts in the order of the runs, sums added up, the
 * worst exit code. False: *e, an account that two of them have; or, unless `mixed`, runs of other versions, rules,
 * facts, profiles, routes, times or assumptions than the first.
 */
bool saved_merge(arena *a, const struct saved_run *const *runs, size_t count, bool mixed, struct saved_run *out,
                 error *e);

int worse_exit(int one, int other); /* formats.md 4: 4, 2, 1, 3, 0 */

#endif
