/* lint_formats.h - the writers of lint, and what they have in common; lint.c has the table of them. */
#ifndef ORGEXIT_REPORT_LINT_FORMATS_H
#define ORGEXIT_REPORT_LINT_FORMATS_H

#include "report/lint.h"

struct lint_format {
    const char *name;
    void (*begin)(struct lint_writer *w);
    void (*file)(struct lint_writer *w, const struct lint_told *t);
    void (*end)(struct lint_writer *w, const struct lint_summary *s);
};

extern const struct lint_format lint_text, lint_json, lint_ndjson, lint_sarif, lint_junit, lint_markdown, lint_csv,
    lint_github, lint_gitlab, lint_html;

struct lint_writer {
    struct report_writer report; /* output, style and state, for the parts that all writers share; its run is NULL */
    const struct lint_format *format;
    const struct lint_head *head; /* from begin on */
    bool printed;                 /* to standard output: errors are told beside it */
    size_t told;
};

/* What --only-problems leaves: all that counts. */
bool lint_is_listed(const struct lint_writer *w, const struct lint_finding *f);

/* The file as seen from the working folder, if it stands there. */
str lint_seen_from_here(const struct lint_writer *w, str file);

/* "3 documents, 1 error, 0 security warnings, 2 warnings, 0 suggestions, 1 suppressed; 1 file could not be read" */
str lint_sums(arena *a, const struct lint_summary *s);

/* For where no excerpt stands beside it: with the text that it tells of. */
str lint_message(arena *a, const struct lint_finding *f);

/* "Nothing is known of this file: ..." */
str lint_unread_text(arena *a, const struct lint_told *t);

#endif
