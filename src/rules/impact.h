/*
 * impact.h - what stops working, or becomes possible, once accounts of a snapshot have left (readiness.md 6): decided
 * by the evaluator, by the rules, and by tables of what AWS documents of its services.
 */
#ifndef ORGEXIT_RULES_IMPACT_H
#define ORGEXIT_RULES_IMPACT_H

#include "base/impact.h"
#include "rules/check.h"

/* Texts are borrowed. */
struct impact_options {
    const struct check_options *check;
    const str *with; /* accounts that leave together with those of `check` */
    size_t with_count;
    str new_org; /* where all of them go; empty: into none */
};

/* Fills *out with memory of `a`. False: *e, or *faults when rule packs have them (then e->code is ERR_INPUT). */
bool impact_make(arena *a, const struct impact_options *o, struct impact *out, struct rule_errors *faults, error *e);

#endif
