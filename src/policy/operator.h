/*
 * operator.h - the condition operators (IAM User Guide, "IAM JSON policy elements: Condition operators"): the one table
 * that evaluation, lint, help and the documentation read.
 */
#ifndef ORGEXIT_POLICY_OPERATOR_H
#define ORGEXIT_POLICY_OPERATOR_H

#include "policy/glob.h"

typedef enum {
    OPERAND_STRING,
    OPERAND_NUMBER,
    OPERAND_DATE,
    OPERAND_BOOL,
    OPERAND_BINARY,
    OPERAND_IP,
    OPERAND_ARN,
    OPERAND_NULL /* Null: asks whether the key is there */
} operand_type;

typedef enum { SET_NONE, SET_FOR_ALL, SET_FOR_ANY } operator_set;

struct condition_operator {
    const char *name; /* without "IfExists" and the set prefixes */
    operand_type type;
    bool negated;   /* holds when no value matches, and when the key is absent */
    bool wildcards; /* "*" and "?" in its values are wildcards */
    bool folds;     /* without regard to ASCII case */
    /* Whether one value of the policy matches one value of the request. Not asked for OPERAND_NULL. */
    tri (*match)(struct glob wanted, str value);
    const char *words, *words_not; /* between key and values: "aws:SourceIp is in 192.0.2.0/24" */
};

/* Policy variables may stand in texts and ARNs only. */
static inline bool operator_takes_variables(const struct condition_operator *op)
{
    return op->type == OPERAND_STRING || op->type == OPERAND_ARN;
}

extern const struct condition_operator operators[];
extern const size_t operator_count;

/* Takes the set prefix and "IfExists" off and looks the rest up. NULL: no such operator, or one that has no such form
 * (Null takes neither). Names are compared exactly: AWS documents no other case. */
const struct condition_operator *operator_find(str name, operator_set *set, bool *if_exists);

/* A Boolean as condition values spell it; false: it is none. */
bool bool_read(str text, bool *out);

#endif
