/*
 * annotations.h - workflow commands that GitHub Actions shows beside the files of a pull request (GitHub, "Workflow
 * commands for GitHub Actions"): the worst problems of a run, and how many more there are.
 */
#ifndef ORGEXIT_REPORT_ANNOTATIONS_H
#define ORGEXIT_REPORT_ANNOTATIONS_H

#include "report/problem.h"

struct annotations;
struct annotations *annotations_new(arena *a);
void annotations_add(struct report_writer *w, struct annotations *all, const struct problem *p); /* copies it */
void annotations_put(struct report_writer *w, const struct annotations *all);

#endif
