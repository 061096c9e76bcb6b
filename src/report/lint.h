/*
 * lint.h - the writers of lint, one for each format over the same events: begin, one file after the other, end.
 */
#ifndef ORGEXIT_REPORT_LINT_H
#define ORGEXIT_REPORT_LINT_H

#include "base/lint_result.h"
#include "report/report.h"

struct lint_writer;

/* As report_open: before any work is done; NULL: *e. */
struct lint_writer *lint_writer_open(arena *a, str format, const char *path, struct report_style style, error *e);
void lint_writer_begin(struct lint_writer *w, const struct lint_head *head); /* until close */
void lint_writer_file(struct lint_writer *w, const struct lint_told *t);     /* for the call */
void lint_writer_end(struct lint_writer *w, const struct lint_summary *summary);
bool lint_writer_failed(const struct lint_writer *w);
bool lint_writer_is_terse(const struct lint_writer *w);  /* text on standard output: errors are told beside it */
bool lint_writer_close(struct lint_writer *w, error *e); /* the first failure of any write */
str lint_format_names(arena *a);

#endif
