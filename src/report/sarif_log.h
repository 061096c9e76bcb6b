/*
 * sarif_log.h - SARIF 2.1.0 (OASIS standard) with the members and within the limits of GitHub code scanning ("SARIF
 * support for code scanning"): runs, each with its results, the rules that these name, and notifications. What the
 * results are about is the caller's.
 */
#ifndef ORGEXIT_REPORT_SARIF_LOG_H
#define ORGEXIT_REPORT_SARIF_LOG_H

#include "report/json_put.h"
#include "report/problem.h"

struct sarif_rule {
    str id, title, why, fix; /* fix may be empty */
    problem_level level;
    const char *tag;      /* "readiness", "policy" */
    const char *security; /* security-severity, "7.0"; NULL: it is not about security */
    bool explained;       /* orgexit rules explain knows it */
    const str *references;
    size_t reference_count;
};

/* `more`: the members that are the caller's own ("relatedLocations", "suppressions", "properties"); may be NULL. */
struct sarif_result {
    const struct problem *problem;
    const struct sarif_rule *rule; /* copied when it is new to the run */
    str fingerprint;               /* one that no other result of the run has */
    void (*more)(struct json *j, const void *arg);
    const void *arg;
};

/* What stands behind the results of a run. */
struct sarif_end {
    str version, automation_id;
    bool successful; /* every input could be read */
    int exit_code;
    void (*notifications)(struct json *j, const void *arg);
    void (*properties)(struct json *j, const void *arg);
    const void *arg;
};

struct sarif_log;
struct sarif_log *sarif_begin(struct report_writer *w); /* in w->arena */
void sarif_run(struct sarif_log *s);                    /* begins one */
void sarif_add(struct sarif_log *s, const struct sarif_result *r);
void sarif_run_end(struct sarif_log *s, const struct sarif_end *end);
void sarif_end(struct sarif_log *s);

void sarif_message(struct json *j, const char *name, str text);
void sarif_place(struct json *j, const struct place *p);                                   /* its member */
void sarif_notify(struct json *j, const char *level, str text, const struct place *place); /* place: may be NULL */
void sarif_suppression(struct json *j, const char *kind, str justification); /* kind: "external", "inSource" */

#endif
