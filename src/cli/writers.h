/* writers.h - the outputs of a command that tells results: --format to standard output, --output to files. */
#ifndef ORGEXIT_CLI_WRITERS_H
#define ORGEXIT_CLI_WRITERS_H

#include "base/map.h"
#include "cli/check_options.h"
#include "cli/progress.h"
#include "report/redact.h"
#include "report/report.h"
#include "report/saved.h"

/* Accounts of the snapshot at work that an earlier one has too. */
struct repeated {
    size_t count;
    char first[13];
};

struct writers {
    struct report_writer **items;
    size_t count;
    const struct report_writer *printed; /* the one of standard output; NULL: none */
    arena *arena;
    error *error;
    struct redaction *redaction; /* NULL: nothing is hidden */
    arena *scratch;              /* of one redacted account */
    size_t snapshot;             /* the one at work, from 1 */
    struct map seen;             /* account -> the snapshot that had it first; when there are several */
    struct repeated *repeated;   /* by earlier snapshot; NULL: there is but one snapshot */
    struct progress progress;
    size_t done, expected, of[VERDICT_READY + 1]; /* accounts: told, of how many, by verdict */
};

bool open_writers(struct writers *w, const struct arguments *args, const struct check_options *o);
void begin_writers(struct writers *w, const struct arguments *args, const struct check_run *run, bool several);
bool tell_account(void *self, const struct account_result *account); /* self: the writers. False: no use going on */
void end_writers(struct writers *w, const struct check_summary *summary);

/* A run that stopped half way leaves no file: a writer that is not closed discards what it has. */
void close_writers(struct writers *w, bool whole, error *e);

/* report --verify SNAPSHOT: the result `runs` against a new run (diff.c). The exit code; -1 with *e. */
int report_verify(arena *a, const struct arguments *args, const struct saved_run *const *runs, size_t count, error *e);

#endif
