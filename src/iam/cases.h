/*
 * cases.h - one line of `simulate --cases` (formats.md 5): read into a request with its layers, and the line that tells
 * what was decided.
 */
#ifndef ORGEXIT_IAM_CASES_H
#define ORGEXIT_IAM_CASES_H

#include "base/error.h"
#include "iam/evaluate.h"

struct case_line {
    str name; /* ptr NULL: none */
    struct request request;
    struct context context;
    struct layers layers;
    bool expects;
    decision expected;
};

/* Everything lives in `a`; texts borrow from `s`. A malformed line is ERR_INPUT with position; `out->name` is set as
 * far as it could be read. */
bool case_read(arena *a, const source *s, struct case_line *out, error *e);

/* The line of the answer, without its end: {"name", "decision", "match"?, "layer", "level"?, ...}; of an Unknown also
 * "depends_on" and, where known, "residual" (words), "allowed_when" and "denied_when" ({key: value, or null: absent}).
 */
str case_answer(arena *a, const struct case_line *c, const struct verdict_trace *t);
str case_error(arena *a, str name, const error *e); /* {"name", "error"} */

bool decision_from_name(str name, decision *out);

#endif
