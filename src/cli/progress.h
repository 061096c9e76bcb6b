/* progress.h - one line on standard error that tells how far a long command is: on a terminal alone, and not for what
 * is over in a moment (experience.md 1.6). */
#ifndef ORGEXIT_CLI_PROGRESS_H
#define ORGEXIT_CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
    struct terminal terminal; /* of standard error */
    int64_t began, last;      /* milliseconds of clock_ms */
    bool shown;
};

int64_t clock_ms(void); /* a clock that is never set back */

struct progress progress_begin(const struct arguments *args);

/* Begins the line anew, "checking  37/60  ####....", when it is time for it; then the caller adds what it likes and
 * ends with progress_end. False: it is not time. */
bool progress_line(struct progress *p, const char *verb, size_t done, size_t expected);
void progress_end(void);
void progress_clear(struct progress *p); /* before anything else is printed there */

#endif
