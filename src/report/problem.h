/*
 * problem.h - a finding as build servers see it (sarif, github, gitlab, and in part junit): how bad it is, one place in
 * a file, one sentence that says for which account; of an account or of a document alike.
 */
#ifndef ORGEXIT_REPORT_PROBLEM_H
#define ORGEXIT_REPORT_PROBLEM_H

#include "base/map.h"
#include "report/report.h"

/* The worst first. */
typedef enum {
    PROBLEM_INPUT,        /* a file that could not be read: no verdict rests on it */
    PROBLEM_BLOCKER,      /* failed */
    PROBLEM_OPEN_BLOCKER, /* not known */
    PROBLEM_WARNING,
    PROBLEM_OPEN_WARNING,
    PROBLEM_WAIVED,
    PROBLEM_ASIDE, /* does not count: the account is READY by another route, or is the management account */
    PROBLEM_INFO,
    /* Of policy documents. */
    PROBLEM_NOT_READ, /* a template or a plan: what it holds is not known */
    PROBLEM_DOCUMENT_ERROR,
    PROBLEM_DOCUMENT_SECURITY,
    PROBLEM_DOCUMENT_WARNING,
    PROBLEM_DOCUMENT_SUGGESTION,
    PROBLEM_SUPPRESSED
} problem_kind;
enum { PROBLEM_KINDS = PROBLEM_SUPPRESSED + 1 };

typedef enum { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTE } problem_level;
problem_level problem_level_of(problem_kind kind);
const char *problem_level_name(problem_level l); /* SARIF's: "error", "warning", "note" */
const char *problem_quality(problem_kind kind);  /* GitLab's: "blocker" ... "info" */

/* A place that a build server can go to. */
struct place {
    str file; /* from the working folder down, if the snapshot stands there; never empty */
    uint32_t line, column, end_line, end_column; /* from 1; 1 where the file as a whole is meant, or a missing one */
};

struct problem {
    problem_kind kind;
    str rule;    /* id */
    str message; /* one sentence */
    str more;    /* lines behind it, for where there is room; may be empty */
    struct place place;
};

#define INPUT_RULE    STR("input-error")    /* of PROBLEM_INPUT */
#define NOT_READ_RULE STR("input-not-read") /* of PROBLEM_NOT_READ */

/* False: it passed, so there is none. All texts borrow from the arguments or stand in `a`. */
bool problem_of(arena *a, const struct check_run *run, const struct account_result *account, const struct finding *f,
                struct problem *out);
struct problem problem_of_input(arena *a, const struct check_run *run, const struct input_error *e);
struct place place_of_evidence(arena *a, const struct check_run *run, const struct evidence *ev);

/*
 * A fingerprint of which no other of the report is the same: readers drop what has one that they know.
 *   told  of one account (of the inputs of a run), zeroed before the first; stands in `a`
 */
str unique_fingerprint(arena *a, struct map *told, str fingerprint);
str run_fingerprint(arena *a, const struct check_run *run, str fingerprint); /* told apart from other snapshots' */
str input_fingerprint(arena *a, str file, str message);

struct place place_of_file(str file, uint32_t line, uint32_t column);

str route_names(arena *a, unsigned routes); /* "leave/api, leave/console" */

/* What to do, and behind it the command for a POSIX shell, if it can be shown. `page`: file_out_memory, to work on. */
str fix_text(struct report_writer *w, struct file_out *page, const struct fix *x);

/* "13 accounts: 5 ready, 6 not ready, 2 undetermined; 1 input error; exit 1" */
str summary_text(arena *a, const struct check_run *run, const struct check_summary *summary);
str total_text(arena *a, const struct check_total *total);

#endif
