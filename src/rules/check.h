/*
 * check.h - the whole check: a snapshot, rules and options go in; the run, every account and the sums come out, in the
 * order of the snapshot whatever the number of threads.
 */
#ifndef ORGEXIT_RULES_CHECK_H
#define ORGEXIT_RULES_CHECK_H

#include "base/clock.h"
#include "base/result.h"
#include "base/work.h"
#include "iam/context.h"
#include "org/snapshot.h"
#include "rules/pack.h"

/* Zeroed members: the defaults. Texts are borrowed for as long as the check. */
struct check_options {
    str snapshot;                      /* as the user named it; with `lines`, the organization's part alone */
    str lines;                         /* NDJSON, an account a line: its path, "-": standard input; empty: none */
    const struct capture_source *from; /* read this in its place; NULL: the folder `snapshot` */
    int64_t as_of;                     /* seconds since 1970, UTC; required */
    time_origin as_of_from;
    int64_t max_age;             /* seconds; 0: 7 days */
    int64_t attestation_max_age; /* seconds; 0: 90 days */
    bool has_captured_at;
    int64_t captured_at;
    str caller, principal;
    str attestations; /* path of a file in place of the snapshot's own */
    const struct context_key *context;
    size_t context_count;
    unsigned routes; /* 0: remove and leave */
    const str *accounts, *ous;
    size_t account_count, ou_count;
    const struct pack_input *packs; /* the user's, read already */
    size_t pack_count;
    struct rules_options rules;
    const source *config; /* orgexit.yaml; NULL: none */
    const node *config_waivers;
    bool no_waivers, only_problems, digests;
    const str *assumed; /* changes, see org/assume.h; then no exit code is 0 unless allow_hypothetical */
    size_t assumed_count;
    bool allow_hypothetical;
    bool fail_on_warning;
    bool reads_all;      /* captures of accounts that are not selected are read too: told among the inputs */
    bool audit;          /* for a report that is kept: digests of all inputs, and what people attested */
    bool private_words;  /* tell the names that a report for strangers must not hold */
    bool pass_evidence;  /* look up where passed rules rest; costs a walk over the captures */
    size_t jobs;         /* 0: one for each processor, at most 16 */
    size_t memory_limit; /* bytes for one account; 0: none */
};

struct check;

/* Loads all that is not of one account. NULL: *e, or *faults when rule packs have them (then e->code is ERR_INPUT). */
struct check *check_open(arena *a, const struct check_options *options, struct rule_errors *faults, error *e);

/*
 * What there is to tell where the options could not be read, or check_open gave NULL, for an input: *run holds what is
 * known before anything is read, *summary the errors (*faults, else *e) and exit code 2. There is no verdict.
 */
void check_failure(arena *a, const struct check_options *options, const struct rule_errors *faults, const error *e,
                   struct check_run *run, struct check_summary *summary);

/* What the run begins with: known before the first account. */
const struct check_run *check_run_of(const struct check *c);
const struct ruleset *check_rules(const struct check *c);

/* The facts of one account as they are judged, for who judges a rule alone. They last as long as `a`. */
const struct fact_source *check_facts(struct check *c, arena *a, str account);

struct check_sink {
    void *self;
    bool (*account)(void *self, const struct account_result *account); /* false: stop */
};

/* Judges every selected account and fills *summary (in the arena of check_open). False: stopped, or no thread. */
bool check_accounts(struct check *c, const struct check_sink *sink, struct check_summary *summary, error *e);

/*
 * The same one account at a time on the caller's thread, for who pulls: begin, then each i below
 * check_run_of(c)->account_count once, in order, then finish. *out lives in `a`.
 */
bool check_begin(struct check *c, struct check_summary *summary);
void check_account_at(struct check *c, arena *a, size_t i, struct account_result *out);
void check_finish(struct check *c);

#endif
