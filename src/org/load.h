/* load.h - shared by the loaders of the organization's captures; not for others. */
#ifndef ORGEXIT_ORG_LOAD_H
#define ORGEXIT_ORG_LOAD_H

#include "org/organization.h"

struct load {
    arena *arena;
    struct organization *org;
    VEC(struct org_account *) accounts;
    VEC(struct unit *) units;
    VEC(struct org_policy *) policies;
    struct map texts; /* of policies -> struct policy */
    bool tree_cut;    /* some list of roots or OUs is not whole: there may be units that no capture shows */
    bool lists_cut;   /* the same, of the root and the OUs below it alone: there may be units that no list shows */
    error *error;
};

bool load_capture(struct load *l, capture_kind kind, str argument, struct capture_doc *out);

/* An ARN of an item must be of this organization and partition. */
void load_check_arn(struct load *l, const struct capture_doc *doc, const node *item, str text);

struct org_account *load_add_account(struct load *l, str id);
struct org_account *load_see_account(struct load *l, const struct capture_doc *d, const node *item); /* NULL: error */

/* Notes that captures disagree about one account. */
void load_contradiction(struct load *l, struct org_account *account, struct place at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether the word is a policy type but for a letter or two: it was damaged on its way here. */
bool load_is_nearly_a_type(str name);

bool load_tree(struct load *l);        /* tree.c */
bool load_attachments(struct load *l); /* attachments.c */

#endif
