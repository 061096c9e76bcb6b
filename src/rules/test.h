/*
 * test.h - the compiled form of a rule's tests and templates: what pack.c makes and judge.c walks. Private to both.
 */
#ifndef ORGEXIT_RULES_TEST_H
#define ORGEXIT_RULES_TEST_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules/value.h"

typedef enum { TEST_ALL, TEST_ANY, TEST_NONE, TEST_NOT, TEST_EVERY, TEST_SOME, TEST_CAN, TEST_FIELD } test_kind;

typedef enum {
    OP_IS,
    OP_IS_NOT,
    OP_IN,
    OP_NOT_IN,
    OP_MATCHES,
    OP_GLOB,
    OP_IS_EMPTY,
    OP_PRESENT,
    OP_AT_LEAST,
    OP_AT_MOST,
    OP_BEFORE,
    OP_AFTER,
    OP_CONTAINS,
    OP_SIZE
} test_op;

/* What a field is compared with. A value "now" is the moment of the run. */
struct literal {
    bool yes, now;
    str text;
    int64_t number;
};

/* Compiled with UTF, anchored at both ends, no JIT; freed with the arena of the packs. */
struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
    str text; /* as written, for messages */
};

struct template_part {
    str text; /* literal, when field and param are NULL and there is no word */
    const struct field *field;
    const struct param *param;
    str word; /* of a step (steps.h); ptr NULL: none */
};

struct text_template {
    const struct template_part *parts;
    size_t count;
};

struct fix_template {
    struct text_template text;
    const struct text_template *command; /* arguments */
    size_t command_len;
};

struct can_test {
    who who;
    str arn, action;
    struct text_template resource;
    const struct can_context *with;
    size_t with_count;
};

struct test {
    test_kind kind;
    size_t number; /* in the rule set */
    const source *source;
    const node *node;
    const struct test *const *parts; /* all, any, none; not, every, some: one */
    size_t count;
    const struct field *field; /* every, some: the list; TEST_FIELD: what is compared */
    test_op op;
    const struct literal *literals; /* one, or a list for in and not_in; size: at_least, at_most */
    size_t literal_count;
    bool has_least, has_most;      /* of size */
    const struct pattern *pattern; /* matches; contains with a pattern */
    bool glob;                     /* contains: the literal is one with * and ? */
    const struct can_test *can;
};

#endif
