/* key.c - see key.h. */
#include "policy/key.h"

operand_type operand_of(catalog_key_type type)
{
    switch (type) {
    case KEY_STRING: return OPERAND_STRING;
    case KEY_NUMBER: return OPERAND_NUMBER;
    case KEY_DATE: return OPERAND_DATE;
    case KEY_BOOL: return OPERAND_BOOL;
    case KEY_BINARY: return OPERAND_BINARY;
    case KEY_IP: return OPERAND_IP;
    case KEY_ARN: return OPERAND_ARN;
    }
    return OPERAND_STRING;
}

bool global_key_find(str name, struct global_key *out)
{
    struct catalog_key key;
    if (!catalog_global_key_find(name, &key))
        return false;
    *out = (struct global_key){key.name, key.family, operand_of(key.type), key.values};
    return true;
}

bool key_takes_sets(str name)
{
    struct catalog_key key;
    return catalog_key_find(name, &key) && key.values != KEY_HAS_ONE;
}
