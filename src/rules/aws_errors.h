/*
 * aws_errors.h - what the errors mean that AWS answers on the way out of an organization, and what to do. Which rule
 * foresees an error stands in the rules themselves ("predicts"); here stand the meaning and what no rule can say.
 */
#ifndef ORGEXIT_RULES_AWS_ERRORS_H
#define ORGEXIT_RULES_AWS_ERRORS_H

#include "base/arena.h"
#include "rules/pack.h"

/* The later, the more it says. A hint stands behind what else is found, unless a message says it outright. */
typedef enum { AWS_HINT, AWS_EXCEPTION, AWS_REASON, AWS_MESSAGE } aws_error_kind;

struct aws_error {
    aws_error_kind kind;
    const char *name;      /* the word itself: "WAIT_PERIOD_ACTIVE"; of a message how it is called */
    const char *exception; /* of a reason or message: what carries it */
    const char
        *fragments;    /* texts that stand in the message, in lower case, separated by '|'; '*': any text. NULL: none */
    const char *rules; /* beside those that predict `name`, separated by blanks; NULL: none */
    const char *meaning;
    const char *todo;
};
extern const struct aws_error aws_errors[];
extern const size_t aws_error_count;

/*
 * The entries that the text shows: a message as the AWS CLI prints it, part of one, or the error as JSON (with
 * "Reason"). Messages and reasons before exceptions; an exception that one of them explains is left out. *near: when
 * nothing is found, what was perhaps meant, at most three. Both in `a`.
 */
struct aws_error_list {
    const struct aws_error **items;
    size_t count;
};
struct aws_error_list aws_errors_find(arena *a, str text, struct aws_error_list *near);

/* The rules that foresee it, in the order of the set. */
const struct rule **aws_error_rules(arena *a, const struct ruleset *rules, const struct aws_error *e, size_t *count);

#endif
