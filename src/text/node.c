/* node.c - looking into the tree, by exact names only. */
#include "text/node.h"

node_kind node_kind_of(const node *n)
{
    switch (n->json.type & 0xFF) {
    case cJSON_False:
    case cJSON_True: return NODE_BOOL;
    case cJSON_Number: return NODE_NUMBER;
    case cJSON_String: return NODE_STRING;
    case cJSON_Array: return NODE_LIST;
    case cJSON_Object: return NODE_OBJECT;
    default: return NODE_NULL;
    }
}

const char *node_kind_name(const node *n)
{
    if (!n)
        return "nothing";
    switch (node_kind_of(n)) {
    case NODE_NULL: return "null";
    case NODE_BOOL: return node_is_true(n) ? "true" : "false";
    case NODE_NUMBER: return "a number";
    case NODE_STRING: return "a text";
    case NODE_LIST: return "a list";
    case NODE_OBJECT: return "an object";
    }
    return "null";
}

const node *node_get(const node *n, const char *key)
{
    if (!node_is_object(n))
        return NULL;
    str wanted = str_from(key);
    for (NODE_EACH(member, n))
        if (str_eq(node_key(member), wanted))
            return member;
    return NULL;
}

const node *node_get_near(const node *n, const char *key)
{
    const node *near = NULL;
    if (!node_is_object(n))
        return NULL;
    str wanted = str_from(key);
    for (NODE_EACH(member, n)) {
        if (str_eq(node_key(member), wanted))
            return NULL;
        if (str_eq_nocase(node_key(member), wanted))
            near = member;
    }
    return near;
}
