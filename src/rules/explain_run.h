/* explain_run.h - shared by explain*.c; not for others. */
#ifndef ORGEXIT_RULES_EXPLAIN_RUN_H
#define ORGEXIT_RULES_EXPLAIN_RUN_H

#include "iam/explain.h"
#include "rules/doubts.h"
#include "rules/explain.h"
#include "rules/facts_run.h"

struct asking {
    arena *arena;
    const struct explain_options *options;
    struct organization *org;
    struct account *account;
    struct facts_run run;
    struct facts facts;
    str action, resource;
    const struct principal *who;
    VEC(str) notes;
    doubt_list doubts;
};

/* What the captures tell of policies that are not known, and of layers that do not apply. */
struct explain_how asking_how(struct asking *k);

/* Adds what would settle an Unknown, and to each change its commands and whom else it touches. */
void asking_complete(struct asking *k, struct explanation *x);

/* Of a denial: adds the nearest root or OU below which the account would be allowed, if there is one. */
void asking_move(struct asking *k, struct explanation *x);

void asking_note(struct asking *k, str text);
void asking_request(struct asking *k, const struct principal *caller, struct facts_request *out);

#endif
