/*
 * plan.h - a runbook: for each account the steps that are still needed, in order. Made by src/rules/plan.c, printed by
 * src/report; all of it text and numbers.
 */
#ifndef ORGEXIT_BASE_PLAN_H
#define ORGEXIT_BASE_PLAN_H

#include "base/result.h"

typedef enum { PHASE_BEFORE, PHASE_GATE, PHASE_DO, PHASE_AFTER } plan_phase;
typedef enum { ACTOR_PERSON, ACTOR_MANAGEMENT, ACTOR_MEMBER, ACTOR_ROOT, ACTOR_SUPPORT } plan_actor;
typedef enum { STEP_CHECK, STEP_TO_DO, STEP_DONE } step_state;
enum { PHASE_COUNT = 4, ACTOR_COUNT = 5 };

const char *plan_phase_name(plan_phase p); /* "before", "gate", "do", "after" */
const char *plan_actor_name(plan_actor a); /* "person", "management", "member", "root", "AWS Support" */
const char *step_state_name(step_state s); /* "check", "to do", "done" */

/* What stands in a file of the snapshot once the step is done: node_change of text/print.h as JSON texts. */
struct plan_change {
    str file;
    str at; /* a JSON list */
    str to; /* JSON; null: it is gone */
    bool if_there, unless_there;
};

struct plan_field { /* of a form to fill in, word by word as AWS has it */
    str name, value;
};

struct plan_permission {
    str action, resource;
};

/* The least change that lifts a denial by SCPs. */
struct plan_lift {
    str policy, policy_name, statement; /* empty: none is named */
    str level, level_path;              /* where it is attached; of a move: where the account goes */
    size_t other_accounts;              /* for which it changes what holds */
};

struct plan_step {
    unsigned n; /* in its account, from 1 */
    str id;     /* of the step in the rule packs */
    plan_phase phase;
    plan_actor actor;
    step_state state;
    bool required; /* without it the account does not become READY, or does not leave */
    bool reversible;
    const str *rules; /* that it frees */
    size_t rule_count;
    str text, console, expect; /* console, expect may be empty */
    const str *command, *verify;
    size_t command_len, verify_len;
    const struct plan_field *form;
    size_t form_count;
    const unsigned *after; /* numbers of the steps it waits for */
    size_t after_count;
    bool has_not_before;
    int64_t not_before;           /* seconds since 1970, UTC */
    const struct plan_lift *lift; /* NULL: none */
    const struct fix *more;       /* what follows it, and other ways: those begin with "Or" */
    size_t more_count;
    const struct plan_permission *permissions;
    size_t permission_count;
    const struct plan_change *changes;
    size_t change_count;
    const str *shared; /* accounts of the run that have this very step; one: only its own */
    size_t shared_count;
    unsigned group; /* of several accounts: its number, from 1; 0: of one alone */
    bool first;     /* of its group: it is told here */
};

struct plan_account {
    str id, name, path;
    int route;    /* -1: there is no way */
    verdict now;  /* on the route; without one, of the account */
    verdict then; /* once all steps are done and nothing else has changed */
    str actor;    /* ARN of who makes the call; empty: not known */
    str no_way;   /* why there is no way; empty: there is one */
    str no_way_rule;
    const str *open; /* why `then` is not READY, or what the plan cannot foresee; each a sentence */
    size_t open_count;
    bool has_not_before;
    int64_t not_before; /* the earliest that all steps allow */
    unsigned wave;      /* from 1; 0: there is no way */
    const struct plan_step *steps;
    size_t step_count;
};

struct plan {
    const struct check_run *run;
    const struct plan_account *accounts; /* in the order in which they are to go */
    size_t account_count;
    unsigned waves;
    const struct input_error *errors;
    size_t error_count;
    int exit_code;
};

/* What must be true once the account has left: judged on a snapshot made afterwards. */
struct after_item {
    str step; /* its id */
    str text;
    outcome outcome; /* pass, fail or unknown */
    str why;         /* unknown: one clause; empty: none */
};

struct after_account {
    str id, name;
    const struct after_item *items;
    size_t item_count;
    const struct input_error *errors;
    size_t error_count;
};

struct after_plan {
    str snapshot; /* that was being read: where an error is */
    const struct check_run *run;
    const struct after_account *accounts;
    size_t account_count;
    int exit_code;
};

#endif
