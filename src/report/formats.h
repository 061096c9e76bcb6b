/* formats.h - the writers, one for each file; report.c has the table of them. */
#ifndef ORGEXIT_REPORT_FORMATS_H
#define ORGEXIT_REPORT_FORMATS_H

#include "report/report.h"

extern const struct report_format report_text, report_json, report_ndjson, report_sarif, report_junit, report_markdown,
    report_csv, report_github, report_gitlab, report_html;

#endif
