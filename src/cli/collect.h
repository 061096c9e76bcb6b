/*
 * collect.h - what the files of `orgexit collect` share. The user's own AWS CLI is started with an argument vector, for
 * reading calls of the table of captures alone:
 *   collect.c          options, messages, progress; --dry-run and --print-policy
 *   collect_script.c   --script
 *   collect_session.c  which calls, in which order, with whose credentials
 *   collect_calls.c    what an answer leads to, and which rows of the table are asked for
 *   collect_answer.c   what came of a call
 *   collect_run.c      child processes
 *   collect_store.c    the folder: files and capture.json
 */
#ifndef ORGEXIT_CLI_COLLECT_H
#define ORGEXIT_CLI_COLLECT_H

#include <signal.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/map.h"
#include "cli/progress.h"
#include "org/snapshot.h"

/* ---- collect_run.c ---- */

struct child_job {
    size_t item; /* the caller's name for it */
    char *const *argv, *const *envp;
    bool secret; /* its answer is wiped from memory once `done` has returned */
};

typedef enum { CHILD_FAILED, CHILD_ENDED, CHILD_TIMED_OUT, CHILD_TOO_LARGE } child_end;

struct child_result {
    size_t item;
    child_end end; /* CHILD_FAILED: by a signal */
    int code;      /* exit code of CHILD_ENDED, the signal of CHILD_FAILED */
    str out, err;  /* FILE_TAIL zero bytes lie behind `out`; of `err` the first 256 KiB */
};

typedef enum { NEXT_FAILED, NEXT_DONE, NEXT_WAIT, NEXT_RUN } next_child;

/* SIGINT, SIGTERM and SIGHUP are held back while collecting and looked for between two reads: no handler, no global. */
struct held_signals {
    sigset_t held, before;
};
void signals_hold(struct held_signals *s);

/*
 * Runs what `next` gives, at most `jobs` at once, on the caller's thread.
 *   next   NEXT_WAIT: nothing to start now, ask again when a child has ended or a moment has passed
 *   done   gets each result with an arena that lasts until it returns; false stops the run
 *   tick   about ten times a second
 *   RUN_STOPPED  a held signal came; every child was ended and its output dropped
 *   errors  ERR_USAGE: the program could not be started; ERR_RESOURCE
 */
struct runner {
    size_t jobs;
    int timeout; /* seconds that one child may take */
    const struct held_signals *signals;
    void *arg;
    next_child (*next)(void *arg, struct child_job *out, int64_t now, error *e);
    bool (*done)(void *arg, arena *a, const struct child_result *r, error *e);
    void (*tick)(void *arg, int64_t now);
};
typedef enum { RUN_FAILED, RUN_DONE, RUN_STOPPED } run_result;
run_result children_run(arena *a, const struct runner *r, error *e);

/* ---- collect_store.c ---- */

enum { KEEP_FOR = 6 * HOUR }; /* formats.md 1: captures spread over more than this prove nothing */

struct store;

/* Makes or opens the folder, locks it, reads its capture.json. ERR_INPUT: it holds captures that are not collect's.
 * ERR_OUTPUT: it cannot be made, or another collect writes to it. */
struct store *store_open(arena *a, str folder, error *e);

/* Begins a run: writes a capture.json without completed_at, then removes what does not belong to it. Captures of a run
 * that began less than KEEP_FOR ago are kept if they are whole (by digest); captured_at is then that run's. ERR_INPUT:
 * that run had another caller. */
struct store_run {
    str caller, partition, tool;
    int64_t now; /* seconds since 1970 */
    size_t kept; /* out: captures of an earlier run */
};
bool store_begin(struct store *s, struct store_run *run, error *e);

bool store_holds(const struct store *s, str path); /* whole, kept from an earlier run. `path` without ".json" */
read_result store_read(arena *a, const struct store *s, str path, char **bytes, size_t *len, error *e);

/* Writes a capture whole: 0600, synced, renamed. */
bool store_keep(arena *scratch, struct store *s, str path, str bytes, error *e);

/* Notes a failed call. It stands in capture.json when this returns, or, when the file has grown so large that writing
 * it takes long, within a few seconds. */
bool store_fail(struct store *s, str path, str code, str message, error *e);
bool store_sync(struct store *s, error *e); /* writes capture.json if something is not in it yet */
bool store_finish(struct store *s, int64_t completed_at, error *e);
int64_t store_captured_at(const struct store *s);

/* Whether two ARNs are one principal: of a session of a role the role counts. */
bool same_principal(str a, str b);

/* ---- collect_answer.c ---- */

/* What came of a call. */
struct answer {
    bool answered;
    str code, message;      /* not answered: AWS's error code of this very call, else one of ours */
    bool ours;              /* the code is ours: it never means "none" */
    int again;              /* how many more times it is worth trying; 0: never */
    struct capture_doc doc; /* answered: the tree, of a copy of the text */
};
void answer_read(arena *a, const struct call *c, const struct child_result *r, struct answer *out);

/* The same for a call that is no capture (sts assume-role): answered means an object with that member. */
void answer_read_plain(arena *a, const char *operation, const char *member, const struct child_result *r,
                       struct answer *out);

#define CODE_UNKNOWN_OPERATION "UnknownOperation" /* the CLI is too old to know the call */
#define CODE_ROLE              "AssumeRoleFailed"
#define CODE_WRONG_ACCOUNT     "WrongAccount"
#define CODE_UNUSABLE          "UnusableArgument"

/* ---- collect_calls.c ---- */

/* What is to be captured, and of whom. */
struct collect_scope {
    bool impact;        /* the second set too */
    const str *regions; /* only these; none: every Region that the account has enabled */
    size_t region_count;
    str management;      /* empty: not known */
    const str *accounts; /* the selected ones */
    size_t account_count;
    const str *types; /* policy types that list-roots shows */
    size_t type_count;
    bool types_known;
};

/* Whether a row is asked for at all: not the equivalent ones, of the second set only with `impact`. */
bool row_is_wanted(capture_kind kind, bool impact);
/* Whether a row is asked for in an account of its own. */
bool row_is_of(const struct collect_scope *s, capture_kind kind, str account);

/* Gives every call that the answer to `c` leads to, in the order of the table. */
typedef void add_call(void *to, const struct call *c);
void calls_follow(arena *a, const struct collect_scope *s, const struct call *c, const node *answer, add_call *add,
                  void *to);
/* Calls that lead everything: of the organization, of an account. */
void calls_begin(arena *a, const struct collect_scope *s, str account, add_call *add, void *to);
/* Of the organization, about that account. */
void calls_about(arena *a, const struct collect_scope *s, str account, add_call *add, void *to);

bool is_region_name(str s);

/* ---- collect_session.c ---- */

struct collect_options {
    str folder;
    const char *aws;     /* the program */
    const str *aws_args; /* passed through, behind each call */
    size_t aws_arg_count;
    str role;
    size_t jobs;
    int timeout;               /* seconds for one call */
    const str *accounts, *ous; /* selected; none of either: all */
    size_t account_count, ou_count;
    bool impact;
    const str *regions;
    size_t region_count;
};

struct failed_row {
    str path, code, message;
};

/* What there is to tell while it runs and at its end. */
struct collect_state {
    str tool; /* "aws-cli/2.31.0" */
    str caller;
    size_t done, expected; /* calls; expected is an estimate */
    size_t captured, kept; /* files of this run; of an earlier one */
    size_t members;        /* accounts whose own captures were asked for */
    VEC(struct failed_row) failed;
    VEC(str) cut;         /* captures that the CLI does not fetch to their end */
    size_t without_state; /* accounts of list-accounts that show no State */
    size_t without_any;   /* nor Status */
    bool completed, stopped;
    str changed_caller; /* at the end it was this one; empty: the same */
    str end_error;      /* who the caller was at the end could not be asked: "CODE: message" */
    int64_t took;       /* seconds from captured_at to the end */
};

/* Collects. False with *e: it could not go on; what was captured stays, without completed_at. */
bool collect_run(arena *a, const struct collect_options *o, struct collect_state *state,
                 void (*tick)(void *to, const struct collect_state *state, int64_t now), void *to, error *e);

/* ---- collect_script.c ---- */
void print_collect_script(arena *a);

#endif
