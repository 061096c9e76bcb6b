/*
 * finding.h - one finding type for rules and lint alike, so that writers need nothing above. Everything here is text
 * and numbers in the arena of the result: positions are already looked up.
 */
#ifndef ORGEXIT_BASE_FINDING_H
#define ORGEXIT_BASE_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef enum { OUTCOME_UNKNOWN, OUTCOME_FAIL, OUTCOME_PASS, OUTCOME_NOT_APPLICABLE, OUTCOME_WAIVED } outcome;
typedef enum { SEVERITY_BLOCKER, SEVERITY_WARNING, SEVERITY_INFO } severity;
typedef enum { VERDICT_UNDETERMINED, VERDICT_NOT_READY, VERDICT_READY } verdict;

/* formats.md 2. A set of routes is a bit mask of 1 << route. */
typedef enum { ROUTE_REMOVE_API, ROUTE_REMOVE_CONSOLE, ROUTE_LEAVE_API, ROUTE_LEAVE_CONSOLE, ROUTE_TRANSFER } route;
enum { ROUTE_COUNT = 5 };
#define ROUTE_BIT(r)  (1u << (r))
#define ROUTES_REMOVE (ROUTE_BIT(ROUTE_REMOVE_API) | ROUTE_BIT(ROUTE_REMOVE_CONSOLE))
#define ROUTES_LEAVE  (ROUTE_BIT(ROUTE_LEAVE_API) | ROUTE_BIT(ROUTE_LEAVE_CONSOLE))
#define ROUTES_ALL    (ROUTES_REMOVE | ROUTES_LEAVE | ROUTE_BIT(ROUTE_TRANSFER))

const char *outcome_name(outcome o);           /* "pass", "fail", "unknown", "not-applicable", "waived" */
const char *severity_name(severity s);         /* "blocker", "warning", "info" */
const char *verdict_name(verdict v);           /* "READY", "NOT READY", "UNDETERMINED" */
const char *route_name(route r);               /* "remove/api", ... */
bool routes_parse(str name, unsigned *routes); /* a kind or a family ("remove" = both of its kinds) */

struct evidence {
    str file;                          /* path below the snapshot */
    str pointer;                       /* RFC 6901 */
    str inner_pointer;                 /* ptr NULL: none */
    uint32_t line, column, end_column; /* 0: the file as a whole, or what is missing from it */
    str level;                         /* root, OU or account id that the policy is attached to; empty: no such thing */
    str level_path;                    /* "/Root/Prod" */
    str policy;                        /* id, name or ARN of the policy; empty: no policy */
    str policy_name;                   /* a person's name for it, when it differs from `policy` */
    str sid;                           /* of the statement; ptr NULL: it has none, or there is no statement */
    int statement;                     /* index from 0; -1: no statement */
    str text;                          /* what it says, one line, for a person */
    str excerpt;                       /* the line of the file, or of the document in a string of it; ptr NULL: none */
    uint32_t excerpt_line, excerpt_column, excerpt_end; /* its number, and what of it the evidence is */
};

/* What would settle an unknown. */
struct need {
    const char *kind; /* "attestation", "capture", "context-key", "policy", "option" */
    str name;         /* topic, capture path, context key, policy id, option */
    str how;          /* the command or step that provides it */
};

struct fix {
    str text;
    str *command; /* argument vector; NULL: none */
    size_t command_len;
};

struct waiver_note {
    str by, reason, valid_until;
};

struct finding {
    str rule; /* id */
    str title;
    severity severity;
    outcome outcome;
    outcome unwaived; /* what it was before a waiver; else the same as outcome */
    bool is_also;     /* the rule itself passed; this is what it asks for beside */
    unsigned routes;  /* those it holds for */
    str message;
    str why;      /* empty: none */
    str predicts; /* the AWS error it foresees; ptr NULL: none */
    const struct evidence *evidence;
    size_t evidence_count;
    const str *depends_on; /* context keys */
    size_t depends_on_count;
    const struct need *needs;
    size_t need_count;
    const struct fix *fixes;
    size_t fix_count;
    const str *references;
    size_t reference_count;
    const struct waiver_note *waiver; /* NULL: none */
    char fingerprint[17];             /* 16 hex digits; does not change when lines move */
};

/* A trouble with one input: told in "errors", makes the exit code 2. */
struct input_error {
    str file;
    uint32_t line, column;
    str message;
};

#endif
