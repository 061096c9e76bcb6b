/* attest.h - shared by attest.c and attest_table.c: the file, the topics, the accounts that need something. */
#ifndef ORGEXIT_CLI_ATTEST_H
#define ORGEXIT_CLI_ATTEST_H

#include "cli/check_options.h"
#include "org/attest_edit.h"

struct attest_changes {
    struct attest_change *items;
    size_t count, room;
};

struct attest_run {
    arena *arena;
    const struct arguments *args;
    str snapshot;
    int64_t as_of;
    const struct ruleset *rules;
    struct extra_topics extra; /* of packs */
    int folder;                /* open: that of the file */
    const char *name;          /* of the file in it */
    str path;                  /* as the user would name it */
    bool prints;               /* --output -: the new text goes to standard output, the file stays */
    const char **accounts;     /* that the organization has; NULL: not known */
    size_t account_count;
    error *error;
};

/* What to change, seeing the file as it is; called again when somebody else was faster. Appends to *out. */
typedef bool attest_plan(struct attest_run *r, const struct attestations *old, void *arg, struct attest_changes *out);

/* Reads, plans, edits, writes. False: *r->error, and nothing was changed. */
bool attest_change_file(struct attest_run *r, attest_plan *plan, void *arg);

/* The file as it is; without one, no entry. NULL: it does not read. */
struct attestations *attest_read_file(struct attest_run *r);

/* Built-in topics, then those of packs. */
size_t attest_topic_count(const struct attest_run *r);
const struct topic *attest_topic(const struct attest_run *r, size_t i);

/* NULL: *why says that there is none, and what was perhaps meant. */
const struct topic *attest_find_topic(struct attest_run *r, str name, str *why);

/* False: the organization is known and has no such account; *why says so, and which was perhaps meant. */
bool attest_has_account(struct attest_run *r, str account, str *why);

/* "YOU" and the like, copied from a hint without a person's own words in it. */
bool attest_is_placeholder(str word);

/* One account that the check counts. */
struct attest_account {
    str id, name;
    bool *needs; /* by topic: a blocker cannot be judged without it */
};
struct attest_accounts {
    struct attest_account *items;
    size_t count, room;
    bool *asked; /* by topic: some blocker of the selected routes reads it */
};

/* Runs the check with the command's options. False: *r->error. */
bool attest_judge(struct attest_run *r, struct attest_accounts *out);

/* What is wrong with the old entry of a topic that is needed. Empty: there is none. */
str attest_trouble(struct attest_run *r, const struct attestations *old, str account, const struct topic *topic);

int attest_export(struct attest_run *r);
int attest_import(struct attest_run *r, str file);

#endif
