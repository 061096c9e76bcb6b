/* key.h - the global condition keys in the words of the evaluator: the catalogue's facts, typed as operators are. */
#ifndef ORGEXIT_POLICY_KEY_H
#define ORGEXIT_POLICY_KEY_H

#include "catalog/catalog.h"
#include "policy/operator.h"

struct global_key {
    str name; /* in AWS's spelling; of a family ("aws:PrincipalTag/") its beginning */
    bool family;
    operand_type type;
    catalog_key_values values;
};

/* False: not a global key that the catalogue knows. Names are compared without regard to ASCII case. */
bool global_key_find(str name, struct global_key *out);

/* Whether the Service Authorization Reference has the key with several values at once. */
bool key_takes_sets(str name);

operand_type operand_of(catalog_key_type type);

#endif
