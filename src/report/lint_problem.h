/* lint_problem.h - findings about documents as build servers see them. */
#ifndef ORGEXIT_REPORT_LINT_PROBLEM_H
#define ORGEXIT_REPORT_LINT_PROBLEM_H

#include "report/lint_formats.h"
#include "report/problem.h"

/* Texts borrow from the arguments or stand in the writer's scratch. */
struct problem lint_problem(struct lint_writer *w, const struct lint_finding *f);
struct problem lint_unread(struct lint_writer *w, const struct lint_told *t); /* t->unread is not empty */
problem_level lint_level(lint_severity s);

#endif
