/* excerpt.h - what a person copies or compares: the line of a file with carets under it, and a command. */
#ifndef ORGEXIT_REPORT_EXCERPT_H
#define ORGEXIT_REPORT_EXCERPT_H

#include "report/flow.h"

/* The line and under it carets and what they point at. True: the text of the evidence has been told. */
bool put_excerpt(struct report_writer *w, size_t indent, const struct evidence *ev);

/* A command on lines of its own, for a POSIX shell; one that cannot be shown as it is says so. */
void put_command(struct report_writer *w, size_t indent, const str *command, size_t count);

#endif
