/*
 * json_put.h - writing JSON: commas, line ends and indentation, and what several documents have in common.
 */
#ifndef ORGEXIT_REPORT_JSON_PUT_H
#define ORGEXIT_REPORT_JSON_PUT_H

#include "base/explanation.h"
#include "base/map.h"
#include "report/put.h"
#include "report/report.h"

/* Where we are in the text. A document has a line for each member, but for what was opened INLINE. */
struct json {
    struct report_writer *w;
    unsigned depth;
    unsigned inline_depth; /* at this depth and below all stands on one line; 0: nowhere */
    bool lines;            /* ndjson: one line for all, no blanks */
    bool first;            /* nothing stands yet in what was opened last */
    struct map told;       /* ndjson: errors that have had their line */
};

typedef enum { STACKED, INLINE } layout;

/* `name` NULL: an element of a list. json_place stands before a value that is written by other means. */
void json_place(struct json *j, const char *name);
void json_open(struct json *j, const char *name, char bracket, layout l); /* '{' or '[' */
void json_close(struct json *j, char bracket);                            /* '}' or ']' */

void json_str(struct json *j, const char *name, str s);
void json_null(struct json *j, const char *name);
void json_str_or_null(struct json *j, const char *name, str s); /* empty: null */
void json_number(struct json *j, const char *name, size_t n);
void json_int(struct json *j, const char *name, int n);
void json_bool(struct json *j, const char *name, bool yes);
void json_time(struct json *j, const char *name, bool known, int64_t seconds);
void json_strings(struct json *j, const char *name, const str *items, size_t count);
void json_raw(struct json *j, const char *name, str json); /* that node_print or json_quote made */

void json_tool(struct json *j, str version); /* "tool": {...} */

/* {"aws:SourceIp": "192.0.2.1"}; null: the key is absent; a list: a multivalued key. */
void json_keys(struct json *j, const char *name, const struct explained_key *keys, size_t count);

/* json.c: the members that stand before the accounts of a run; `schema` is the first of them. */
void json_run(struct json *j, str schema, const struct check_run *run);

void json_evidence(struct json *j, const struct evidence *ev);                       /* its members */
void json_command(struct json *j, const char *name, const str *words, size_t count); /* none: null */
void json_fixes(struct json *j, const char *name, const struct fix *fixes, size_t count);
void json_needs(struct json *j, const struct need *needs, size_t count);          /* "needs": [...] */
void json_errors(struct json *j, const struct input_error *errors, size_t count); /* "errors": [...] */

#endif
