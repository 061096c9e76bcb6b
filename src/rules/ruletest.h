/*
 * ruletest.h - runs the tests that stand beside rules (rules.md 3.7): each judges one rule on given facts, and every
 * fact given is then taken away once, which may only make the outcome unknown (or make a rule apply that passes).
 */
#ifndef ORGEXIT_RULES_RULETEST_H
#define ORGEXIT_RULES_RULETEST_H

#include "rules/judge.h"

struct ruletest_result {
    str rule, name;
    str file;
    uint32_t line;
    bool passed;
    str message; /* why it did not pass */
};

/* What the tests of one rule have shown. A test node has two branches: it was true, it was false. */
struct ruletest_rule {
    const struct rule *rule;
    size_t tests, failed;
    unsigned outcomes; /* 1 << outcome for each one expected and seen */
    size_t branches, branches_seen;
    size_t mutants;
};

/* Opens the snapshot that a test names (from the folder of the test's file), as the facts of one account. NULL: such
 * tests do not pass. */
struct ruletest_snapshots {
    void *self;
    bool (*open)(void *self, arena *a, str path, str account, int64_t as_of, const struct fact_source **out, error *e);
};

struct ruletest {
    arena *arena;
    const struct ruleset *rules;
    const struct ruletest_snapshots *snapshots;
    struct ruletest_rule *by_rule; /* one for each rule of the set, in its order */
    unsigned char *seen;
    struct {
        struct ruletest_result *items;
        size_t count, room;
    } results;
    size_t passed, failed, mutants;
};

/* Empty counts for every rule of the set. `snapshots` may be NULL. */
struct ruletest *ruletest_begin(arena *a, const struct ruleset *rules, const struct ruletest_snapshots *snapshots);

/* Runs the tests of one file, read by yaml_read(..., YAML_OURS, ...). False: the file has faults, told in *errors;
 * then none of its tests ran. */
bool ruletest_file(struct ruletest *t, const source *file, struct rule_errors *errors);

/* Works out the coverage. After it, read by_rule and results. */
void ruletest_end(struct ruletest *t);

/* What a rule lacks: "no test in which it fails"; empty: nothing. Rules that read evidence alone never fail. */
str ruletest_lacks(arena *a, const struct ruletest_rule *r);

#endif
