/*
 * lint_result.h - what lint tells: one finding about one document, and the sums. Made by src/lint, printed by
 * src/report; all of it text and numbers, positions already looked up.
 */
#ifndef ORGEXIT_BASE_LINT_RESULT_H
#define ORGEXIT_BASE_LINT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* As IAM Access Analyzer names them. error: AWS refuses the document or ignores that part; security-warning: it allows
 * more, or denies less, than it seems to; warning: it does not do what it says, without opening access; suggestion:
 * style or advice. In this order, so that a threshold is one comparison. */
typedef enum { LINT_SUGGESTION, LINT_WARNING, LINT_SECURITY_WARNING, LINT_ERROR } lint_severity;
enum { LINT_SEVERITIES = 4 };

static inline const char *lint_severity_name(lint_severity s)
{
    static const char *const names[LINT_SEVERITIES] = {"suggestion", "warning", "security-warning", "error"};
    return names[s];
}

struct lint_finding {
    const char *check; /* id */
    lint_severity severity;
    str message;
    str note;          /* why it matters; may be empty */
    str help;          /* what to do; may be empty */
    str file, pointer; /* in a document inside a string: "/Policy/Content#/Statement/0" */
    str policy;        /* the name that a capture gives it; empty: none */
    str value;         /* the text that is told of; empty: more than one text */
    str content;       /* of the statement, where it has no Sid: by it the finding is known again */
    str suppressed;    /* by whom, why, until when; ptr NULL: it counts */
    bool in_source;    /* by a comment beside it */
    bool in_baseline;
    char fingerprint[17]; /* 16 hex digits; the same when lines move */
    uint32_t line, column, end_line,
        end_column; /* from 1, code points, end one past the last; 0: the file as a whole */
    str sid;        /* of the statement; ptr NULL: it has none */
    int statement;  /* index from 0; -1: the document as a whole */
    size_t ordinal; /* among the statements that were read, from 1; 0: the document as a whole */
    str excerpt;    /* the line; ptr NULL: none */
    uint32_t excerpt_line, excerpt_column, excerpt_end;
};

/* What came of one file. */
struct lint_told {
    str file; /* as it was named, or found below a folder that was */
    size_t documents;
    const struct lint_finding *findings;
    size_t count;
    str unread;   /* why nothing is known of it; empty: it was read */
    bool refused; /* unread: an error (exit code 2); else a template or a plan (exit code 3) */
    uint32_t line, column;
};

/* A check, as a catalogue tells it. */
struct lint_rule {
    const char *id, *title, *why, *fix;
    lint_severity severity;
};

/* Everything that is known before the first file. */
struct lint_head {
    const struct lint_rule *rules; /* those that can be found: all checks */
    size_t rule_count;
    int threshold; /* the severity from which on the exit code is 1; LINT_SEVERITIES: never */
    int64_t as_of; /* seconds since 1970, UTC */
    str folder;    /* the working folder with its slash: files are told as seen from there; empty: not known */
};

struct lint_summary {
    size_t documents;
    size_t skipped;                 /* files of folders that hold no policy */
    size_t not_read;                /* templates and plans of folders: what is in them is not known */
    size_t counts[LINT_SEVERITIES]; /* of what is not suppressed */
    size_t suppressed;
    size_t errors; /* files that could not be read, and what else left no finding */
    int exit_code;
};

#endif
