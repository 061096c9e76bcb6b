/* plan_run.h - shared by plan.c, plan_steps.c, plan_scp.c and plan_exempt.c; not for others. */
#ifndef ORGEXIT_RULES_PLAN_RUN_H
#define ORGEXIT_RULES_PLAN_RUN_H

#include "rules/check_run.h"
#include "rules/plan.h"
#include "rules/steps.h"

/* Stands in texts where the accounts of the run that share a step are told, until all of them are known. */
#define ACCOUNTS_MARK "\xEE\x80\x80" /* U+E000, which no text of ours has */

struct made_step {
    struct plan_step step;
    size_t template; /* its index */
    size_t round;
    bool blocks;  /* it frees a blocker that does not pass */
    bool chained; /* it waits for the one before of the same template */
};

struct made_steps {
    VEC(struct made_step) items;
};

/* One change of SCPs, and what it does to others. */
struct lift_item {
    step_each each; /* EACH_DETACH, EACH_ATTACH, EACH_MOVE, EACH_EXEMPT */
    struct plan_lift lift;
    str *statements; /* of EACH_EXEMPT: those that get a condition, */
    size_t statement_count;
    str condition, content; /* the condition, the policy's text with it, and what that changes in its capture */
    const struct plan_change *changes;
    size_t change_count;
};

struct lift {
    VEC(struct lift_item) items; /* none: there is nothing to lift, or no way to */
    const str *rules;            /* that it frees */
    size_t rule_count;
    size_t other_accounts;
    str instead; /* the other way, in words; empty: none */
};

/* Making the steps of one account for one route. What outlives the visit is copied into `keep`. */
struct making {
    arena *keep;
    const struct visit *v;
    route on;
    int64_t now;          /* when the steps are done: as-of, or the end of a wait */
    bool full, by_itself; /* by_itself: no other account is planned for */
    const struct step_template *templates;
    size_t template_count;
    signed char *needed; /* by template: 0 not looked at, 1 yes, -1 no */
    struct lift lift;
    bool lift_made;
    struct made_steps made;
    str no_way, no_way_rule; /* not empty: there is no way on this route */
    bool alone;              /* what was made comes first, and the rest is planned once it is done */
};

/* plan_steps.c */
void making_steps(struct making *m);
const struct finding *making_open(const struct making *m, str rule); /* failed or unknown on the route; NULL: neither */
bool finding_is_open(const struct finding *f, route on);
str making_keep(const struct making *m, str s);
str making_statement_path(const struct making *m, const struct evidence *ev); /* as the place of a change: "[...]" */

/* plan_scp.c: the least change of SCPs that lifts what they deny on the route. */
const struct lift *making_lift(struct making *m);

/* plan_exempt.c: the SCPs of other accounts stay as they are but for this account. False: that is not possible, or does
 * not free the rules. */
bool making_exempt(struct making *m, const struct rule *const *rules, size_t count, struct lift *out);

#endif
