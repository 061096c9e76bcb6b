/*
 * result.h - what a check tells: the run, one account after the other, the sums. Made by src/rules/check.c, printed by
 * src/report; all of it text and numbers.
 */
#ifndef ORGEXIT_BASE_RESULT_H
#define ORGEXIT_BASE_RESULT_H

#include "base/finding.h"

struct input_file {
    str file; /* path below the snapshot */
    uint64_t bytes;
    str sha256;   /* hex; empty: not asked for and not listed */
    bool unasked; /* sha256 is for an audit report alone: nobody asked for it, nor does capture.json list it */
};

/* Everything that is known before the first account (formats.md 5, the members before "accounts"). */
struct check_run {
    str version;      /* of orgexit */
    str rules_digest; /* "sha256:..." of the rule packs */
    str facts_date;   /* of the catalogue: 2026-09-26 */
    str snapshot;     /* as the user named it */
    bool saved;       /* read back from a result: `snapshot` is then the result's own name */
    str folder; /* the snapshot's place below the working folder, "." for that itself; empty: it stands elsewhere */
    size_t number, of; /* which of several snapshots it is, from 1; of 0: there is but one */
    int64_t as_of;     /* seconds since 1970, UTC */
    str as_of_from;    /* "option", "SOURCE_DATE_EPOCH", "clock" */
    bool has_captured_at;
    int64_t captured_at;
    str profile;
    const struct input_file *inputs;
    size_t input_count;
    const str *disabled; /* "id: what was switched off, ranked lower or overridden, and where" */
    size_t disabled_count;
    const str *assumed; /* --assume, as given; not empty: text says HYPOTHETICAL */
    size_t assumed_count;
    const str *notes; /* remarks for the reader: capture older than 24 hours, an unused waiver, ... */
    size_t note_count;
    str org_id, management_account; /* empty: unknown */
    unsigned routes;                /* selected */
    size_t account_count;           /* selected, the uncounted management account included */
    bool attested_told;             /* each account has all that was attested of it; else nothing is known of that */
    const str *private_words;       /* names in the organization's captures and attestations: for --redact, else none */
    size_t private_count;
};

/* What somebody attested of an account, as words. */
struct attested {
    str topic, value, by, date;
    str valid_until, evidence, more; /* empty: not given; more: "kind card", "not supported" */
};

struct account_result {
    str id, name, path; /* name, path may be empty: unknown */
    verdict verdict;
    int by_route; /* route, or -1 */
    unsigned waived;
    bool counted; /* false: the management account, unless named with --account */
    bool has_ready_from, has_ready_until;
    int64_t ready_from, ready_until; /* seconds since 1970, UTC */
    str ready_until_because;         /* topic, "waiver RULE", "capture age" */
    str actors[ROUTE_COUNT];         /* ARN; empty: not known */
    verdict routes[ROUTE_COUNT];     /* meaningful for the selected ones */
    const struct finding *findings;  /* every outcome but not-applicable; sorted as they are to be shown */
    size_t finding_count;
    unsigned passed, not_applicable; /* numbers of (rule) outcomes, told even where findings are left out */
    const struct input_error *errors;
    size_t error_count;
    const struct attested *attested; /* in the order of its entries; for an audit report alone, else none */
    size_t attested_count;
    const str *private_words; /* names in its captures: for --redact, else none */
    size_t private_count;
};

struct rule_count {
    str rule;
    size_t pass, fail, unknown, not_applicable, waived; /* accounts; the worst outcome over the selected routes */
};

/* A cause and the accounts it blocks: "1 SCP at /Root/Prod blocks 31". Sorted by accounts, most first. */
struct cause {
    str text;        /* "SCP DenyLeave (p-1) at /Root/Prod", "payment_method is not attested" */
    outcome outcome; /* fail or unknown */
    str rule;
    size_t accounts; /* it stands in the way of */
    size_t freed;    /* accounts for which it is the only thing left */
};

struct check_summary {
    size_t accounts, ready, not_ready, undetermined; /* counted ones */
    size_t route_ready[ROUTE_COUNT], route_not_ready[ROUTE_COUNT], route_undetermined[ROUTE_COUNT];
    const struct rule_count *by_rule; /* in the order of the packs */
    size_t by_rule_count;
    const struct cause *causes;
    size_t cause_count;
    const struct input_error *errors; /* organization-wide and accounts' */
    size_t error_count;
    int exit_code;
};

/* Several snapshots, each a run of its own. */
struct check_total {
    size_t snapshots, unreadable;
    size_t accounts, ready, not_ready, undetermined; /* counted ones; one that two snapshots have counts twice */
    int exit_code;
};

#endif
