/* check_run.h - shared by check.c, check_account.c and check_sums.c; not for others. */
#ifndef ORGEXIT_RULES_CHECK_RUN_H
#define ORGEXIT_RULES_CHECK_RUN_H

#include "org/lines.h"
#include "rules/check.h"
#include "rules/facts_run.h"
#include "rules/judge.h"
#include "rules/verdict.h"

/* What the judging of one account gives to who wants to ask more. It ends with the call. */
struct visit {
    struct check *check;
    arena *arena;
    const struct judge *judge;
    const struct account *account;
    const struct account_result *result;
};
typedef void visit_fn(void *self, const struct visit *v);

struct cause_count {
    struct cause cause;
    size_t order;
};

struct sums {
    arena *arena;
    struct check_summary *summary;
    struct rule_count *by_rule;
    VEC(struct cause_count) causes;
    struct map cause_by_key; /* text -> index + 1 */
    VEC(struct input_error) errors;
    bool warning_failed, warning_unknown;
};

struct check {
    arena *arena;
    struct check_options options;
    struct organization *org;
    const struct ruleset *rules;
    struct attestations *attestations;
    const struct digest *digest;
    const bool *varies; /* by rule: it may say another thing on another route */
    struct facts_run facts;
    struct check_run run;
    const str *selected; /* account ids */
    size_t selected_count;
    bool named;          /* with --account: the management account counts too */
    bool selection_open; /* there may be accounts that should have been judged too */
    struct sums sums;
    struct known_store *known; /* of check_account_at */
    visit_fn *visit;           /* called for the account being judged; NULL: not */
    void *visitor;
    struct line_reader *lines; /* NULL: accounts come from the snapshot */
    struct map line_seen;      /* account -> the line that was of it */
    bool line_told;            /* some line was of a selected account, or spoilt */
    struct map wanted;         /* with lines: the selected accounts */
    struct extra_topics topics;
};

/* What stands in the way of one account, for the sums. */
struct obstacle {
    str text, rule;
    outcome outcome;
    unsigned routes;
};

struct account_slot {
    source *line;                 /* with check->lines: as it was read */
    bool skipped;                 /* not among the selected accounts */
    struct account_result result; /* id empty: the line could not be read */
    const outcome *by_rule;       /* the worst over the selected routes, in the order of the rules */
    const bool *has_rule;         /* some selected route has an outcome */
    const struct obstacle *obstacles;
    size_t obstacle_count;
};

/* known (may be NULL): documents that other accounts had too; for this thread alone. */
/* The account of slot->line. */
void check_judge_line(struct check *c, arena *a, struct known_store *known, struct account_slot *slot);
void check_judge_account(struct check *c, arena *a, struct known_store *known, str id, struct account_slot *slot);

/* private.c: fills private_words of the run, of an account. */
void private_of_run(struct check *c);
void private_of_account(arena *a, const struct facts *f, struct account_result *out);

/* Judges account i outside all sums, and calls `visit` while its facts can still be asked. */
void check_visit_account(struct check *c, arena *a, size_t i, visit_fn *visit, void *self);

/* Where a fact stands, as reports tell it; look_up: line, column and what stands there too. */
struct evidence check_locate(arena *a, const struct mark *m, bool look_up);

/* Whether the rule would not stand in the way if the account stood in that OU. */
bool check_passes_as(const struct visit *v, const struct org_account *listed, const struct rule *r, route on);

bool sums_open(struct check *c, struct check_summary *summary);
void sums_add(struct check *c, const struct account_slot *slot);
void sums_close(struct check *c);

#endif
