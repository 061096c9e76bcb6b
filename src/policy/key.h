/* key.h - what AWS documents of its global condition keys: the type of value and whether there can be several
 * (IAM User Guide, "AWS global condition context keys"). */
#ifndef ORGEXIT_POLICY_KEY_H
#define ORGEXIT_POLICY_KEY_H

#include "policy/operator.h"

typedef enum { KEY_HAS_ANY, KEY_HAS_ONE, KEY_HAS_SET } key_values;

struct global_key {
    const char *name; /* ends in "/": any key that begins so */
    operand_type type;
    key_values values;
};

/* NULL: not a global key that this table knows. Names are compared without regard to ASCII case. */
const struct global_key *global_key_find(str name);

#endif
