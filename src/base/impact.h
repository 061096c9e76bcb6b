/*
 * impact.h - what stops working, or becomes possible, once an account has left. Made by src/rules/impact.c, printed by
 * src/report; all of it text and numbers.
 */
#ifndef ORGEXIT_BASE_IMPACT_H
#define ORGEXIT_BASE_IMPACT_H

#include "base/result.h"

/* In the order in which they are told: what cannot be brought back comes first (readiness.md 6.5). */
typedef enum {
    IMPACT_DELETION,
    IMPACT_ACCESS,
    IMPACT_PROTECTION,
    IMPACT_VISIBILITY,
    IMPACT_MONEY,
    IMPACT_LAW,
    IMPACT_STAYS
} impact_kind;
enum { IMPACT_KIND_COUNT = 7 };

typedef enum { CERTAINTY_UNKNOWN, CERTAINTY_LIKELY, CERTAINTY_CERTAIN } certainty;

const char *impact_kind_name(impact_kind k); /* "deletion", "access", ... */
const char *certainty_name(certainty c);     /* "unknown", "likely", "certain" */

struct impact_item {
    impact_kind kind;
    str rule; /* whose business it is: orgexit rules explain RULE */
    certainty certainty;
    severity severity;
    bool reversible;
    str change;     /* of a statement: "allow to none", ...; else empty */
    str key;        /* of a statement: the condition key that it turns on, as written; else empty */
    str now, after; /* sentences without a full stop */
    str why;        /* UNKNOWN: what is missing, one clause; else empty */
    const struct evidence *evidence;
    size_t evidence_count;
    const str *depends_on; /* keys that a request must carry besides */
    size_t depends_on_count;
    const struct need *needs;
    size_t need_count;
    const struct fix *fixes; /* what to do before */
    size_t fix_count;
};

struct impact_account {
    str id, name, path;              /* name, path may be empty: unknown */
    str note;                        /* what stands before all items; may be empty */
    const struct impact_item *items; /* by kind, then the most certain first */
    size_t item_count;
    size_t counts[3]; /* by certainty; what stays is counted too */
    const struct input_error *errors;
    size_t error_count;
};

struct impact {
    const struct check_run *run;
    str new_org;     /* "o-..."; empty: in none afterwards */
    const str *with; /* accounts that leave together with each of these */
    size_t with_count;
    const struct impact_account *accounts;
    size_t account_count;
    int exit_code;
};

#endif
