/*
 * steps.h - the compiled form of the steps of a runbook, which stand in rule packs beside the rules: what steps.c makes
 * and plan.c walks. Private to both, test.h's neighbour.
 *
 *     steps:
 *       - id: signup.phone              # a name of its own
 *         phase: before                 # before, gate, do, after; steps of one phase stand in the order of the packs
 *         actor: root                   # management, member, root, person, AWS Support
 *         routes: [leave]               # default: remove and leave
 *         frees: [standalone.phone-verified]   # needed while one of these fails or is unknown ...
 *         outcome: fail                 # ... or only fail, only unknown
 *         with: [...]                   # needed whenever one of these steps is
 *         only_with: [...]              # but only together with one of these
 *         not_with: [...]               # and with none of these
 *         when: TEST                    # and only while this is not false
 *         each: account.delegated_services   # one for each text of a list, or for each (words below)
 *         waits_for: [...]              # what must be done first
 *         alone: true                   # what else is needed is planned once this is done
 *         no_way: true                  # no step at all: the text says why there is no way
 *         text, console, expect: TEMPLATE    command, verify: [TEMPLATE...]    form: {NAME: TEMPLATE}
 *         permissions: [{action, resource}]   reversible: false
 *         changes: [{file: TEMPLATE, at: [...], to: ANY, if_there: true, last: true}]    # see text/print.h
 *         holds: TEST                   # of phase after: what must be true in a snapshot made afterwards
 *     answers:                          # what a call is taken to answer, by "service/operation": changes
 */
#ifndef ORGEXIT_RULES_STEPS_H
#define ORGEXIT_RULES_STEPS_H

#include "base/plan.h"
#include "rules/pack.h"
#include "rules/test.h"

/* What a step is made for, beside the texts of a list field. Words that templates may use with each: step_words. */
typedef enum {
    EACH_ONCE,
    EACH_FIELD,       /* {step.item}: each text of a list */
    EACH_CAPTURE,     /* each capture that what it frees needs */
    EACH_ATTESTATION, /* each topic */
    EACH_KEY,         /* each condition key */
    EACH_WAIT,        /* waiting alone settles it, from a time on */
    EACH_DETACH,      /* the least change of SCPs detaches a policy */
    EACH_ATTACH,      /* ... attaches FullAWSAccess again */
    EACH_MOVE,        /* ... moves the account to another OU */
    EACH_EXEMPT,      /* ... exempts the account from the statements of a policy */
    EACH_DENIAL,      /* a statement of an identity policy or boundary that denies */
    EACH_GRANT,       /* nothing denies, but nothing allows */
    EACH_FIX,         /* a rule that no other step frees: its own fix */
} step_each;

struct step_word {
    const char *name;
    str text;
};

/* A JSON value with templates for its texts. */
struct json_template {
    const node *node;                 /* a list or object, or what is printed as it is */
    const struct text_template *text; /* not NULL: a text */
    const struct json_template *parts;
    size_t count;
};

struct change_template {
    struct text_template file;
    struct json_template at;
    struct json_template to; /* its node NULL: it goes away */
    bool if_there, unless_there;
    bool last; /* only in the last of the steps that `each` makes */
};

struct field_template {
    str name;
    struct text_template value;
};

struct permission_template {
    str action;
    struct text_template resource;
};

struct step_set { /* indexes into the steps of the set */
    const size_t *items;
    size_t count;
};

struct step_template {
    str id;
    plan_phase phase;
    plan_actor actor;
    unsigned routes;
    step_each each;
    const struct field *each_field;
    const str *frees;
    size_t free_count;
    bool on_fail, on_unknown, reversible, no_way, alone;
    struct step_set with, only_with, not_with, waits_for;
    const struct test *when, *holds; /* NULL: none */
    struct text_template text, console, expect;
    const struct text_template *command, *verify;
    size_t command_len, verify_len;
    const struct field_template *form;
    size_t form_count;
    const struct permission_template *permissions;
    size_t permission_count;
    const struct change_template *changes;
    size_t change_count;
    const source *source;
    const node *node;
};

struct answer_template {
    str call; /* "iam/get-account-summary" */
    const struct change_template *changes;
    size_t count;
};

const struct step_template *ruleset_steps(const struct ruleset *rs, size_t *count);
const struct answer_template *ruleset_answer(const struct ruleset *rs, str call); /* NULL: none */

#endif
