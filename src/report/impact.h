/* impact.h - printing what a departure changes: text for people, JSON for programs. */
#ifndef ORGEXIT_REPORT_IMPACT_H
#define ORGEXIT_REPORT_IMPACT_H

#include "base/impact.h"
#include "report/report.h"

struct impact_format {
    const char *name; /* "text", "json" */
    void (*impact)(struct report_writer *w, const struct impact *impact, bool full);
};

/* Prints to `path` ("-": standard output); `full`: every place of each item. False: no such format (ERR_USAGE), or it
 * could not be written (ERR_OUTPUT). */
bool report_impact(arena *a, str format, const char *path, struct report_style style, const struct impact *impact,
                   bool full, error *e);
bool report_impact_knows(arena *a, str format, error *e); /* whether there is such a format; false: *e */

extern const struct impact_format impact_text, impact_json;

#endif
