/* people.h - shared by the loaders of one account; not for others. */
#ifndef ORGEXIT_ORG_PEOPLE_H
#define ORGEXIT_ORG_PEOPLE_H

#include "org/account.h"

struct people {
    arena *arena;
    struct account *account;
    const struct capture_doc *doc;
    struct known_store *known;   /* may be NULL */
    struct map managed;          /* policy ARN -> struct managed */
    struct map groups;           /* group name -> struct policy_set */
    bool users_seen, roles_seen; /* UserDetailList, RoleDetailList */
};

void people_keep_error(struct people *p, const error *e);

/* iam/get-account-authorization-details (IAM API Reference, GetAccountAuthorizationDetails). */
bool people_load(struct people *p, const struct capture_doc *d, error *e);

/* Which lists are whole: not cut off, and as long as get-account-summary counts. */
void people_settle(struct people *p);

#endif
