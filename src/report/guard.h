/* guard.h - what came of claims, as text or JSON. */
#ifndef ORGEXIT_REPORT_GUARD_H
#define ORGEXIT_REPORT_GUARD_H

#include "base/guard.h"
#include "report/report.h"

/*
 * Writes to `path` ("-": standard output) and closes. `format`: "text" or "json".
 * Errors: ERR_USAGE: no such format; ERR_OUTPUT: it cannot be written.
 */
bool guard_write(arena *a, str format, const char *path, struct report_style style, const struct guard_result *g,
                 error *e);
bool guard_format_known(str format, error *e); /* false: *e */

/* The writers of the formats (guard.c, guard_json.c). */
void guard_text(struct report_writer *w, const struct guard_result *g);
void guard_json(struct report_writer *w, const struct guard_result *g);

#endif
