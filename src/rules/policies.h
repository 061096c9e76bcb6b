/*
 * policies.h - every policy of one account that was captured, one after the other: of its roles and users, of its
 * resources, of its VPC endpoints. What was not captured is told as a gap, never passed over.
 */
#ifndef ORGEXIT_RULES_POLICIES_H
#define ORGEXIT_RULES_POLICIES_H

#include "rules/facts_run.h"

typedef enum { OF_IDENTITY, OF_BOUNDARY, OF_TRUST, OF_RESOURCE, OF_ENDPOINT } policy_use;

struct met_policy {
    policy_use use;
    const struct policy *policy;
    str name;                     /* by which reports name it: "trust policy of Reader", "read", the bucket */
    const struct entity *entity;  /* of the first three */
    const struct policy_set *set; /* of identity and boundary: all that the entity has of it */
    str resource;                 /* of the last two: as its list names it */
};

struct policy_walk {
    void *self;
    void (*policy)(void *self, const struct met_policy *p);
    /* Something may be there that is not at hand: one clause. `doc`: the capture that is missing, or was cut off; NULL:
     * it is a part of `file`. */
    void (*gap)(void *self, const struct capture_doc *doc, str file, str why);
    /* May be NULL: the lists that the resources stood in. */
    void (*lists)(void *self, const struct sweep *lists);
};

void walk_people(struct facts *f, const struct policy_walk *w, bool trust_alone);
void walk_resources(struct facts *f, const struct policy_walk *w);
void walk_endpoints(struct facts *f, const struct policy_walk *w);

#endif
