/*
 * lint.h - checks on policy documents: what AWS would refuse, what does not do what its author thinks, what bears on
 * leaving the organization. One function and one row of a table for each check; the table is what help, documentation
 * and completion are made of.
 */
#ifndef ORGEXIT_LINT_LINT_H
#define ORGEXIT_LINT_LINT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/lint_result.h"
#include "text/source.h"

/* What a document is attached to: most checks depend on it. */
typedef enum {
    KIND_UNKNOWN,
    KIND_IDENTITY,
    KIND_BOUNDARY,
    KIND_SCP,
    KIND_RCP,
    KIND_RESOURCE,
    KIND_TRUST,
} policy_kind;
enum { KIND_COUNT = KIND_TRUST + 1 };
#define KIND_BIT(k) (1u << (k))

const char *policy_kind_name(policy_kind k);        /* "identity", ...; KIND_UNKNOWN: "unknown" */
bool policy_kind_parse(str name, policy_kind *out); /* "scp" */

/* From what stands in the document, then from words of its path ("policies/scp/deny.json"). */
policy_kind policy_kind_guess(const node *document, str path);

/* A JSON object with "Statement", or with "Version" beside what may be a misspelt one. */
bool is_policy_document(const node *root);

/* A prefix of actions that AWS has. */
bool lint_is_service(str prefix);

/* One row of the table. */
struct lint_check;
size_t lint_check_count(void);
const struct lint_check *lint_check_at(size_t i); /* in the order of the catalogue */
const struct lint_check *lint_check_find(str id);
const char *lint_check_id(const struct lint_check *c);
const char *lint_check_title(const struct lint_check *c);
const char *lint_check_why(const struct lint_check *c);
const char *lint_check_fix(const struct lint_check *c);
lint_severity lint_check_severity(const struct lint_check *c);
bool lint_check_is_off(const struct lint_check *c);    /* unless it is selected */
unsigned lint_check_kinds(const struct lint_check *c); /* KIND_BITs */
bool lint_check_is_selected(const struct lint_check *c, const str *select, size_t select_count, const str *ignore,
                            size_t ignore_count); /* ids, or beginnings of ids that end in "*"; none selected: all
                                                   * but those that are off unless selected */

struct lint_names {
    const str *items; /* may hold "*" and "?" */
    size_t count;
};

struct lint_options {
    policy_kind kind;   /* KIND_UNKNOWN: guessed for each document */
    const bool *active; /* lint_check_count() of them; NULL: all that are not off */
    bool named;         /* the file was named itself: one without a policy is a finding, not skipped */
    int64_t as_of;      /* seconds since 1970; 0: what a date says about today is not asked */
    /* What a document alone does not tell; empty: not known, and the checks that need it say nothing. */
    str service;              /* to whose resource a resource policy is attached: "s3" */
    str account;              /* whose document it is, 12 digits */
    str management_account;   /* of its organization */
    size_t quota[KIND_COUNT]; /* characters; 0: AWS's own */
    /* What the facts do not have and yet is there; what stands in texts for something that is filled in later. */
    struct lint_names services, actions, keys, placeholders;
};

struct lint_findings {
    struct lint_finding *items;
    size_t count, room;
    size_t left_out; /* of a check that had told enough about a document */
    size_t documents;
};

typedef enum { LINT_DONE, LINT_NO_POLICY, LINT_NOT_READ } lint_result; /* not read: a template or a plan */

/* A finding of suppression-unused, which no document makes: about what suppresses. */
struct lint_finding lint_unused(str file, const struct position *at, str message);

/* Errors of the text and its elements: AWS refuses the document, and nothing suppresses them. */
bool lint_is_final(str check);

/*
 * Reads the text of `s` (file, text, len): JSON, or YAML where the name says so. It is a policy document, or what an
 * AWS CLI call prints that holds some. Appends what the checks say, in the order of the text; findings and their texts
 * live in `a`. LINT_NO_POLICY: it holds none, and options->named was not set.
 */
lint_result lint_source(arena *a, source *s, const struct lint_options *options, struct lint_findings *out);

#endif
