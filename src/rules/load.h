/*
 * load.h - what the parts of the pack loader share: the set being built, and how a fault is told. Private to
 * pack.c, compile.c and fault.c (ruletest.c reads literals and keys by it too).
 */
#ifndef ORGEXIT_RULES_LOAD_H
#define ORGEXIT_RULES_LOAD_H

#include "base/map.h"
#include "rules/pack.h"
#include "rules/steps.h"
#include "rules/test.h"

struct profile {
    str name, pack;
    const source *source;
    const node *node;
    bool builtin;
};

struct topic_fields {
    struct topic topic;
    struct field fields[PART_TIME_LEFT + 1];
    const source *source;
    const node *node;
};

struct ruleset {
    VEC(struct rule) rules;
    VEC(struct param) params;
    VEC(struct topic_fields *) topics; /* each alone: fields point into it */
    VEC(struct topic) topic_list;
    VEC(struct profile) profiles;
    VEC(str) weakened;
    struct {
        const str *ids;
        size_t count;
    } blockers[ROUTE_COUNT];
    VEC(struct step_template) steps;
    VEC(struct answer_template) answers;
    str profile;
    size_t test_count;
    struct map by_id;
};

struct loader {
    arena *a;
    struct ruleset *rs;
    const struct rules_options *options;
    struct rule_errors *errors;
    const source *source; /* being read */
    bool builtin;
    str pack;
    VEC(const struct field *) reads; /* of the rule being read */
    const char *const *words;        /* that a template may name as {step.WORD}; NULL: none */
    pcre2_match_context *limits;     /* for patterns; made with the first one */
    pcre2_compile_context *compiling;
};

/* A key of a closed mapping. */
struct key {
    const char *name;
    bool required;
};

/* All give false. `help` may be empty. A fault at the value of n, or at the key that stands before it. */
bool fault(struct loader *l, const node *n, str help, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool fault_key(struct loader *l, const node *n, str help, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void fault_note(struct loader *l, str note); /* adds a note to the last fault */

/* The nearest of what is offered, to be told as: did you mean "..."? */
struct guess {
    str word, best;
    size_t distance;
};
struct guess guess_begin(str word);
void guess_offer(struct guess *g, str candidate);
str guess_help(arena *a, const struct guess *g); /* empty when nothing is near */

/* Whether n is a mapping with these keys alone; a fault for each that is not, and for each required one missing. */
bool keys_check(struct loader *l, const node *n, const struct key *keys, size_t count, const char *what);
bool key_text(struct loader *l, const node *parent, const char *key, str *out); /* absent: true, *out untouched */
bool key_bool(struct loader *l, const node *parent, const char *key, bool *out);
bool list_check(struct loader *l, const node *n, const char *what); /* a list with something in it */

bool is_slug(str s);
bool is_rule_id(str s);

/* Whether the field holds an account id: its literals are the raw text of 12 digits. */
bool field_is_account_id(const struct field *f);

/* The literal of node n for a type; false with what is wrong in *message and *help. Texts borrow from the node. */
bool literal_read(arena *a, const node *n, value_type type, const char *const *words, bool account_id,
                  struct literal *out, str *message, str *help);

/* compile.c. NULL: a fault was told. */
const struct test *test_compile(struct loader *l, const node *n);
const struct text_template *template_compile(struct loader *l, const node *n, const char *what);
bool template_read(struct loader *l, const node *n, struct text_template *out, const char *what);
tri test_constant(const struct test *t); /* UNKNOWN: it depends on facts */
const struct field *field_resolve(struct loader *l, str name);
/* An action under `key`, which the catalogue has, or may have. */
bool action_read(struct loader *l, const node *n, const char *key, str *out);

/* pack.c: one pack, its names before its rules; and what the configuration uses of it. */
void pack_names(struct loader *l, const struct pack_input *p);
void pack_rules(struct loader *l, const struct pack_input *p);
void config_params(struct loader *l, const node *n);
void add_weakened(struct loader *l, str what);
str rule_place(struct loader *l, const source *s, const node *n); /* "rules/local.yaml:14" */
void pack_begin(struct loader *l, const struct pack_input *p);

/* One of the words (NULL-terminated): its number in *out. `what` names the key. */
bool word_read(struct loader *l, const node *n, const char *what, const char *const *words, int *out);
/* [remove, leave/api]: no route twice, none that stands in *taken already. */
bool routes_read(struct loader *l, const node *n, unsigned *out, unsigned *taken);
/* The list of texts under `key`; absent: true, nothing set. */
bool texts_read(struct loader *l, const node *parent, const char *key, const str **out, size_t *count);

/* steps.c: the steps of a runbook, once all rules are there; names before what refers to them. */
void pack_step_names(struct loader *l, const struct pack_input *p);
void pack_steps(struct loader *l, const struct pack_input *p);
void steps_finish(struct loader *l);

/* Ranks: a severity for each route, or -1. */
extern const char *const level_words[]; /* in the order of `severity`, NULL-terminated */
bool severity_read(struct loader *l, const node *n, unsigned all, int *ranks);
void rank_routes(int *ranks, unsigned routes, int level);
unsigned routes_ranked(const int *ranks, int level);
unsigned routes_of(const int *ranks);
str routes_text(arena *a, unsigned routes); /* "leave/api, transfer" */

/* builtin.c: the blockers that the program knows of itself. */
struct builtin_blocker {
    const char *id;
    unsigned routes;
};
extern const struct builtin_blocker builtin_blockers[];
extern const size_t builtin_blocker_count;

#endif
