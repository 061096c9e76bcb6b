/* explain.h - one decision explained, or the people of an account, as text or JSON. */
#ifndef ORGEXIT_REPORT_EXPLAIN_H
#define ORGEXIT_REPORT_EXPLAIN_H

#include "base/explanation.h"
#include "report/report.h"

/*
 * Writes to `path` ("-": standard output) and closes. `format`: "text" or "json".
 * Errors: ERR_USAGE: no such format; ERR_OUTPUT: it cannot be written.
 */
bool explain_write(arena *a, str format, const char *path, struct report_style style, const struct explanation *x,
                   error *e);
bool people_write(arena *a, str format, const char *path, struct report_style style, const struct explained_people *x,
                  error *e);

struct text;
void put_doubts(struct text *t, const str *doubts, size_t count); /* explain_text.c: for both */

/* The writers of the formats (explain_text.c, explain_people.c, explain_json.c). */
void explain_text(struct report_writer *w, const struct explanation *x);
void explain_json(struct report_writer *w, const struct explanation *x);
void people_text(struct report_writer *w, const struct explained_people *x);
void people_json(struct report_writer *w, const struct explained_people *x);

#endif
