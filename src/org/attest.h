/*
 * attest.h - what persons attested about accounts, and the waivers they signed (formats.md 3): attestations.yaml.
 * Anything misspelt, unsigned, dated in the future or of a wrong type is an error, never a yes.
 */
#ifndef ORGEXIT_ORG_ATTEST_H
#define ORGEXIT_ORG_ATTEST_H

#include "org/snapshot.h"
#include "org/topic.h"

struct attestation {
    const struct topic *topic;
    bool yes;         /* TOPIC_BOOL */
    str text;         /* TOPIC_WORD, TOPIC_TEXT */
    const str *items; /* TOPIC_LIST */
    size_t item_count;
    str by, evidence; /* evidence.ptr NULL: none */
    int64_t date;     /* seconds since 1970, UTC */
    bool has_valid_until;
    int64_t valid_until; /* its last second */
    str valid_until_text;
    str kind;         /* payment_method: card, bank, invoice, other; ptr NULL: not given */
    tri supported;    /* payment_method; UNKNOWN: not given */
    const node *node; /* the entry */
};

struct waiver {
    str rule, reason, by, valid_until_text;
    const str *accounts;
    size_t account_count;
    int64_t valid_until; /* its last second */
    bool accept_unknown;
    const source *source;
    const node *node, *rule_node;
};

struct attestations {
    const source *source; /* NULL: there is no such file */
    const node *root;     /* in it */
    str file;
    struct map by_account; /* account id -> struct account_attestations */
    VEC(struct waiver) waivers;
};

struct account_attestations {
    const node *node; /* the account's entry, for "no entry under ..." */
    const struct attestation *items;
    size_t count;
};

/* Topics beside the built-in ones, from rule packs. */
struct extra_topics {
    const struct topic *items;
    size_t count;
};

/* Reads a text in `src` (set: file, text, len), or `root` in it where that was read. as_of in seconds since 1970, UTC.
 * NULL: *e has file, line, column. */
struct attestations *attestations_read(arena *a, source *src, const node *root, const struct extra_topics *extra,
                                       int64_t as_of, error *e);

/* What is attested of one account (src->root: topics) beside `all`, which may not have it too: for that account alone,
 * without waivers. */
const struct attestations *attestations_of_account(arena *a, const struct attestations *all, const source *src,
                                                   str account, const struct extra_topics *extra, int64_t as_of,
                                                   error *e);

/* No file at all. */
struct attestations *attestations_none(arena *a, str file);

/* Of one account and topic; NULL: no entry. */
const struct attestation *attestation_of(const struct attestations *all, str account, const struct topic *topic);

/* The form of waivers, here and in orgexit.yaml. */
bool waivers_read(arena *a, const source *src, const node *list, struct attestations *into, error *e);

/* "YYYY-MM-DD" (through its last second when `end`) or RFC 3339 with an offset (formats.md 3). */
bool attest_time(str text, bool end, int64_t *out);

#endif
