/* quality.h - issues of a Code Quality report (GitLab, "Code Quality": the members that it reads), a JSON list. */
#ifndef ORGEXIT_REPORT_QUALITY_H
#define ORGEXIT_REPORT_QUALITY_H

#include "report/json_put.h"
#include "report/problem.h"

void quality_begin(struct json *j, struct report_writer *w);
void quality_put(struct json *j, const struct problem *p, str fingerprint); /* one that no other issue has */
void quality_end(struct json *j);

#endif
