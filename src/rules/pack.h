/*
 * pack.h - rule packs: read from YAML, checked against the field catalogue, compiled once, then read only, so that
 * any number of threads may judge by them (rules.md 3.4, 3.5).
 *
 * Packs are parts of one set: the embedded ones first, then the user's in the order given. What a later pack or the
 * configuration takes away from a blocker is told in ruleset_weakened(); a blocker that AWS itself enforces (basis
 * refusal), and one that is never waivable, cannot be disabled, ranked lower or made waivable at all; a rule that
 * replaces one can only be stricter, since the one below holds as well.
 */
#ifndef ORGEXIT_RULES_PACK_H
#define ORGEXIT_RULES_PACK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/finding.h"
#include "org/topic.h"
#include "rules/value.h"
#include "text/source.h"

enum { RULE_ERROR_LIMIT = 100, PATTERN_LIMIT = 1024, SUBJECT_LIMIT = 4096 }; /* messages; bytes; bytes */

/* One fault of a pack or of the configuration, for a message with an excerpt and carets. */
struct rule_error {
    str file;
    uint32_t line, column, end_column; /* from 1; 0: the file as a whole */
    str message;                       /* unknown field "attested.iam_biling_access" */
    str help;                          /* did you mean "attested.iam_billing_access"?; empty: none */
    str note;                          /* orgexit rules fields attested   lists ...; empty: none */
    str excerpt;                       /* the line as it stands; ptr NULL: none */
};

struct rule_errors {
    struct rule_error *items;
    size_t count, room;
};

/* One pack, read by yaml_read(..., YAML_OURS, ...). `builtin`: embedded; those alone may be the pack "builtin". */
struct pack_input {
    const source *source;
    bool builtin;
};

/* What the options and orgexit.yaml say about rules (formats.md 4). Zeroed: the full profile, nothing else. */
struct rules_options {
    str profile;          /* empty: "full" */
    const source *config; /* orgexit.yaml, for positions; NULL when the three below are */
    const node *params;   /* the values of its keys of these names; NULL: not there */
    const node *severity;
    const node *disable;
};

typedef enum { BASIS_NONE, BASIS_REFUSAL, BASIS_SAFETY, BASIS_PROCEDURE } rule_basis;
const char *rule_basis_name(rule_basis b); /* "refusal", "safety", "aws-procedure"; BASIS_NONE: "" */

struct test;
struct text_template;
struct fix_template;

struct rule {
    str id, title;
    str pack;                     /* id of the pack that it is from */
    int severity_on[ROUTE_COUNT]; /* severity, or -1: does not apply. After profile and configuration */
    int ranked_as[ROUTE_COUNT];   /* the same as the rule itself says it */
    rule_basis basis;
    bool waivable, builtin, disabled;
    str why; /* empty: none */
    const str *predicts, *references, *tags;
    size_t predict_count, reference_count, tag_count;
    str since, docs;
    const struct test *when, *require;                                         /* `when` NULL: always */
    const struct text_template *message_fail, *message_unknown, *message_pass; /* NULL: none */
    const struct fix_template *fixes;
    size_t fix_count;
    const struct field *const *reads; /* by its tests, elements' fields left out */
    size_t read_count;
    size_t first_test, test_count; /* the numbers of its tests, for coverage */
    const source *source;
    const node *node;         /* of the rule in it */
    const struct rule *under; /* a pinned blocker that it replaced, which holds as well; NULL: none */
    const struct rule *also;  /* what it asks for beside, never as a blocker, once it has passed; NULL: nothing */
};

static inline bool rule_applies(const struct rule *r, route on)
{
    return r->severity_on[on] >= 0;
}
/* Ask rule_applies first: on another route it is told as a warning. */
static inline severity rule_severity(const struct rule *r, route on)
{
    return rule_applies(r, on) ? (severity)r->severity_on[on] : SEVERITY_WARNING;
}
/* Whether nobody may disable, lower or waive it where it is a blocker. */
static inline bool rule_is_pinned(const struct rule *r)
{
    return r->basis == BASIS_REFUSAL || !r->waivable;
}

struct param {
    str name, doc;
    value_type type;
    struct value value; /* after the configuration */
    bool from_config;
    bool used;
    const source *source;
    const node *node;
};

struct ruleset;

/*
 * Compiles packs and options in `a`; the sources must live as long. NULL when there is a fault: every one is in
 * *errors (at most RULE_ERROR_LIMIT), in `a`. Also faults: no pack, no rule, no blocker, and a built-in blocker (the
 * ids compiled into builtin.c) that the embedded packs lack or rank lower.
 */
const struct ruleset *ruleset_load(arena *a, const struct pack_input *packs, size_t count,
                                   const struct rules_options *options, struct rule_errors *errors);

/* Reads the embedded packs; *out is an array of *count. Errors are our own build's fault. */
bool ruleset_builtin_packs(arena *a, const struct pack_input **out, size_t *count, error *e);

size_t ruleset_count(const struct ruleset *rs);
const struct rule *ruleset_rule(const struct ruleset *rs, size_t i); /* in the order of the packs */
const struct rule *ruleset_find(const struct ruleset *rs, str id);   /* NULL: no such rule */
str ruleset_profile(const struct ruleset *rs);
size_t ruleset_test_count(const struct ruleset *rs);

/* The ids that must have answered before a route may be READY: for verdict_of. Borrowed; *count of them. */
const str *ruleset_blockers(const struct ruleset *rs, route on, size_t *count);

/* "access.root-email: disabled by orgexit.yaml:12": what was switched off, ranked lower or replaced, and where. */
const str *ruleset_weakened(const struct ruleset *rs, size_t *count);

const struct param *ruleset_param(const struct ruleset *rs, str name); /* NULL: none */
const struct param *ruleset_params(const struct ruleset *rs, size_t *count);

/* Topics of packs (beside topic_table), and any topic by name: what attestations are checked against. */
const struct topic *ruleset_topics(const struct ruleset *rs, size_t *count);
const struct topic *ruleset_topic(const struct ruleset *rs, str name);

/* A field of the catalogue or of a pack's topic; NULL: no such field. */
const struct field *ruleset_field(const struct ruleset *rs, str name);

#endif
