/*
 * attest_edit.h - changes entries in the text of attestations.yaml and leaves every other byte as people wrote it.
 * The new text is read back as strictly as any, and compared with the old one entry by entry, before it is given out: a
 * file whose shape cannot be edited safely is refused, never damaged.
 */
#ifndef ORGEXIT_ORG_ATTEST_EDIT_H
#define ORGEXIT_ORG_ATTEST_EDIT_H

#include "org/attest.h"

/* ---- one entry, as words ---- */

typedef enum {
    ATTEST_VALUE,
    ATTEST_BY,
    ATTEST_DATE,
    ATTEST_VALID_UNTIL,
    ATTEST_EVIDENCE,
    ATTEST_KIND,      /* payment_method alone */
    ATTEST_SUPPORTED, /* payment_method alone */
    ATTEST_FIELD_COUNT
} attest_field;

extern const char *const attest_field_names[ATTEST_FIELD_COUNT]; /* as in the file: "value", "by", ... */

/* As a person types them, or as they stand in a table. Empty: not given. A list is "a,b". */
struct attest_words {
    str field[ATTEST_FIELD_COUNT];
};

struct attest_entry {
    str text;                       /* {value: true, by: jo, date: 2026-11-20} */
    const struct attestation *read; /* what the reader makes of it */
};

/*
 * Makes an entry of words, by the rules of the reader; beyond those, payment_method that is true must have a
 * valid_until, and no entry may have ended before as_of. False: *fault is the field to blame, *why says what is wrong.
 */
bool attest_entry_make(arena *a, const struct topic *topic, const struct attest_words *words, int64_t as_of,
                       struct attest_entry *out, attest_field *fault, str *why);

/* The reverse: an entry's words, those from "defaults" too. */
struct attest_words attest_entry_words(arena *a, const struct attestations *all, const struct attestation *entry);

bool attest_same(const struct attestation *a, const struct attestation *b); /* say the same, wherever they stand */

/* ---- changes ---- */

typedef enum {
    ATTEST_OFFER, /* a line to be filled in, commented out: it says nothing until a person takes the '#' away */
    ATTEST_SET,
    ATTEST_REMOVE
} attest_deed;

struct attest_change {
    str account, name;         /* 12 digits; a name to stand beside a new account's id (empty: none) */
    const struct topic *topic; /* at most one change for an account and topic */
    attest_deed deed;
    const struct attest_entry *entry; /* ATTEST_SET */
    str remark;                       /* ATTEST_OFFER: said before the topic's doc; empty: nothing */
};

/*
 * The text of `old` with all changes made; old->source NULL: there is no file, the text begins with a head that
 * explains it. An OFFER that stands there already, and a SET of what is there already, change nothing. *out borrows
 * from `old` when nothing changed, else lives in `a`. False: *e (ERR_INPUT, in the old file), and there is no new text.
 */
bool attest_edit(arena *a, const struct attestations *old, const struct extra_topics *extra, int64_t as_of,
                 const struct attest_change *changes, size_t count, str *out, error *e);

#endif
