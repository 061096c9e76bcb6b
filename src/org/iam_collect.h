/*
 * iam_collect.h - the file storage of the collector iam-collect, read as if it were captures. Inside src/org.
 *
 * Its paths are lower-cased and percent-encoded, so names come from the files and never from paths. It writes no empty
 * file and takes a refusal for "empty": what is not there may be empty, refused or lost, and is unknown. Layout:
 * iam-collect's docs/Storage.md.
 */
#ifndef ORGEXIT_ORG_IAM_COLLECT_H
#define ORGEXIT_ORG_IAM_COLLECT_H

#include "org/snapshot.h"
#include "text/compose.h"

struct storage {
    int fd;
    str base;         /* "aws/aws": above accounts/ and organizations/ */
    str organization; /* "aws/aws/organizations/o-a1b2c3d4e5"; empty: there is none */
    struct kept_file metadata, structure, accounts, units, delegated;
    struct map account_entries, unit_entries; /* id -> member of accounts.json, ous.json */
    struct map structure_entries;             /* id of a root or OU -> member of structure.json */
};

/* Puts the answer to *call together, but for the brace that closes it. FETCH_ABSENT: the storage does not tell it;
 * FETCH_FAILED: *e. */
typedef fetch_result answer_maker(const struct storage *s, struct composer *to, const struct call *call, error *e);

answer_maker storage_organization, storage_roots, storage_list_accounts, storage_units_of, storage_accounts_of,
    storage_parents, storage_policies_of, storage_policy, storage_administrators, storage_services, storage_tags,
    storage_resource_policy, storage_people;

/* Reads a file below the storage. f->source NULL: it is not there, or empty. False: *e. */
bool storage_read(const struct storage *s, arena *a, str path, struct kept_file *f, error *e);

/* A member of `n`; NULL when it is not there or null. False: it is of another kind. */
bool storage_member(const struct kept_file *f, const node *n, const char *key, node_kind kind, const node **out,
                    error *e);

/* "key": the text of that member, behind `before`. Nothing where there is none. False: it is no text. */
bool storage_put_text(struct composer *to, const struct kept_file *f, const node *n, const char *key,
                      const char *before, error *e);

/* "p-1" of "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1" */
str storage_last_part(str arn);

bool storage_organization_open(struct storage *s, arena *a, error *e);

#endif
