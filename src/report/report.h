/*
 * report.h - one writer for each output format over the same events: begin, one account after the other, end.
 * A writer prints what it is told and decides nothing: verdicts, exit code and totals come from the run.
 */
#ifndef ORGEXIT_REPORT_REPORT_H
#define ORGEXIT_REPORT_REPORT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/result.h"

/* How text is to look. */
struct report_style {
    bool color, ascii, verbose, only_problems;
    int width;  /* columns; 0: no wrapping, nothing cut (not a terminal) */
    bool table; /* text: a table of accounts, not one section each */
    bool piped; /* text: standard output is no terminal */
};

bool finding_is_listed(const struct finding *f, const struct report_style *style);

struct report_writer;
struct report_format {
    const char *name; /* "text", "json", "sarif" */
    void (*begin)(struct report_writer *w, const struct check_run *run);
    void (*account)(struct report_writer *w, const struct account_result *account);
    void (*end)(struct report_writer *w, const struct check_summary *summary);
    void (*total)(struct report_writer *w, const struct check_total *total); /* behind several runs; may be NULL */
    bool several;                                                            /* one output can hold several runs */
    bool audit; /* it is kept as evidence: wants the digests of all inputs, and who attested what */
};
const struct report_format *report_format_find(str name); /* NULL: no such format */
str report_format_names(arena *a);                        /* "text, json, ndjson, ..." */

/* `arena` lives as long as the run; what account() keeps beyond its call it copies there. `scratch` is emptied after
 * every account, so that memory does not grow with their number. */
struct report_writer {
    arena *arena, *scratch;
    struct file_out *out;
    struct report_style style;
    const struct report_format *format;
    const struct check_run *run; /* from begin on */
    void *state;                 /* the format's own */
};

/*
 * Opens an output before any work is done, so that a missing folder is told at once.
 *   path    "-": standard output
 *   errors  ERR_USAGE: no such format; ERR_OUTPUT: cannot be written there. NULL then
 * Then report_begin, report_account for each account in order, report_end (the same again for each further run, then
 * report_total, where the format holds several), all with data that lives for the call
 * (`run`: until report_close), and report_close, which tells the first failure of any write (ERR_OUTPUT, with an empty
 * message for a closed pipe). A writer that is never closed leaves no file behind.
 */
struct report_writer *report_open(arena *a, str format, const char *path, struct report_style style, error *e);
void report_begin(struct report_writer *w, const struct check_run *run);
void report_account(struct report_writer *w, const struct account_result *account);
void report_end(struct report_writer *w, const struct check_summary *summary);
void report_total(struct report_writer *w, const struct check_total *total);
bool report_failed(const struct report_writer *w); /* a write failed: there is no use in going on */
bool report_close(struct report_writer *w, error *e);

#endif
