/*
 * judge.h - one rule, one account, one route: the outcome by Kleene's logic, what it rests on, and what would settle it
 * (rules.md 3.3). Making a fact unknown can only move an outcome to unknown, or not-applicable to pass.
 */
#ifndef ORGEXIT_RULES_JUDGE_H
#define ORGEXIT_RULES_JUDGE_H

#include "rules/pack.h"

/* What a rule is judged with. `seen` is for rules test: NULL, or a byte for each test of the set, cleared by the
 * caller, in which bit 1 << tri is set for each value that the test has had. */
struct judge {
    const struct fact_source *facts;
    int64_t as_of; /* what "now" is: seconds since 1970, UTC */
    unsigned char *seen;
    const struct step_word *words; /* of a step (steps.h); NULL: none */
    size_t word_count;
};

/*
 * Of a fail the tests that were false on the way to it, of an unknown those that were unknown, of a pass those that
 * were true, of a not-applicable the `when`: their marks, needs and keys, each once, in the order of the rule.
 * All of it lives in the arena given or with the facts.
 */
struct judgement {
    const struct rule *by; /* that said it: the rule, or one that it replaced and that holds as well */
    outcome outcome;
    severity severity;
    bool is_also; /* the rule itself passed; this is what it asks for beside, under "also" */
    str message;  /* of an unknown with its reason behind a colon: "Cannot tell ...: payment_method is not attested" */
    const struct mark *marks;
    size_t mark_count;
    const struct need *needs;
    size_t need_count;
    const str *depends_on;
    size_t depends_on_count;
    bool has_passes_at; /* a fail that waiting alone settles */
    int64_t passes_at;  /* then: when, seconds since 1970, UTC */
};

/* `on` must be a route that the rule applies to. Where it replaced a rule that nobody may weaken, the worse of what
 * both say. Where it passed, but not what it asks for beside, that is told in its place, with is_also. */
void judge(arena *a, const struct judge *j, const struct rule *r, route on, struct judgement *out);

/* A test that belongs to no rule, and a template filled in: what is not known reads "(unknown)", in a command
 * "<account.parent_id>". */
struct test;
struct text_template;
tri judge_test(arena *a, const struct judge *j, const struct test *t, route on);
str judge_text(arena *a, const struct judge *j, const struct text_template *t, route on, bool command);

/* Whether the rule may say another thing on another route: it reads, or tells, what differs between them; or a rule
 * below it applies to some of them alone. */
bool judge_varies(const struct rule *r);

/*
 * The rule's fixes for this account, templates filled in. A fix whose command has an argument that is one list of
 * texts alone ("{account.delegated_services}") is given once for each of them, at most FIX_LIMIT times. What is not
 * known stands in a command as "<account.parent_id>", in a text as "(unknown)".
 */
enum { FIX_LIMIT = 20 };
const struct fix *judge_fixes(arena *a, const struct judge *j, const struct rule *r, route on, size_t *count);

#endif
