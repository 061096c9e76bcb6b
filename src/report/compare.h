/* compare.h - two results of the same accounts: which verdicts changed, and by which findings. */
#ifndef ORGEXIT_REPORT_COMPARE_H
#define ORGEXIT_REPORT_COMPARE_H

#include "report/report.h"
#include "report/saved.h"

/* The worst that a rule said of an account; OUTCOME_NOT_APPLICABLE: nothing that a result shows. */
struct rule_change {
    str rule, title, message; /* message: of the newer result, else of the older */
    severity severity;
    outcome was, is;
};

struct account_change {
    str id, name, path;
    const struct account_result *was, *is; /* NULL: not in that result */
    const struct rule_change *rules;       /* blockers and warnings first, as in the result */
    size_t rule_count;
};

struct comparison {
    const struct saved_run *const *was, *const *is;
    size_t was_count, is_count;
    const struct account_change *accounts; /* those that differ, in the order of the newer result, then those gone */
    size_t count, same;
    size_t became_ready, stopped, appeared, gone, other; /* the last: changed, but not from or to READY */
    const char *rules_differ;                            /* what else differs: "set of rules"; NULL: nothing */
};

/* Borrows from both. */
void results_compare(arena *a, const struct saved_run *const *was, size_t was_count, const struct saved_run *const *is,
                     size_t is_count, struct comparison *out);

/* "orgexit/diff/1" or text. */
void comparison_text(struct report_writer *w, const struct comparison *c);
void comparison_json(struct report_writer *w, const struct comparison *c, int exit_code);

#endif
