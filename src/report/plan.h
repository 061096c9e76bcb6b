/* plan.h - printing a runbook: text for the day itself, a task list for an issue tracker, JSON for programs. */
#ifndef ORGEXIT_REPORT_PLAN_H
#define ORGEXIT_REPORT_PLAN_H

#include "base/plan.h"
#include "report/report.h"

/* A format of plans. Either prints all of its argument. */
struct plan_format {
    const char *name; /* "text", "markdown", "json" */
    void (*plan)(struct report_writer *w, const struct plan *plan);
    void (*after)(struct report_writer *w, const struct after_plan *after);
};

/* Prints to `path` ("-": standard output). False: no such format (ERR_USAGE), or it could not be written (ERR_OUTPUT).
 */
bool report_plan(arena *a, str format, const char *path, struct report_style style, const struct plan *plan, error *e);
bool report_after(arena *a, str format, const char *path, struct report_style style, const struct after_plan *after,
                  error *e);
bool report_plan_knows(arena *a, str format, error *e); /* whether there is such a format; false: *e */

extern const struct plan_format plan_text, plan_markdown, plan_json;

/* ---- shared by the formats ---- */

/* Who does it, with the account: "root of 111122223333", "AWS Support". */
str plan_who(arena *a, const struct plan_step *s, const struct plan *plan, const struct plan_account *account);
/* What a step of several accounts is called: "A", "B", ... "Z", "A1". Empty: it is of one account alone. */
str plan_letter(arena *a, const struct plan_step *s);
str plan_sentence(arena *a, const struct plan_account *account); /* now and then, in words */

#endif
