/*
 * cells.h - the values of one context key that the conditions on it can tell apart: a representative of each cell
 * (absent, each literal, each side of each number or instant, each border of an address range, each way in which
 * patterns overlap, something else). Inside src/iam.
 */
#ifndef ORGEXIT_IAM_CELLS_H
#define ORGEXIT_IAM_CELLS_H

#include "iam/match.h"

/* A condition on the key, of a policy of that version. */
struct atom {
    const struct condition *condition;
    policy_version version;
};

struct cells {
    const struct context_key *items; /* states and values, all named as the key */
    size_t count;
    bool exact; /* every value of the key behaves as one of these */
};

/*
 * Memory of ev->arena. More than CELLS_MAX candidates, operators of several types on one key, variables that are not
 * known, or patterns beyond the automaton's bounds: exact is false.
 *   hints  values of other keys that this one may be compared with by way of variables
 */
enum { CELLS_MAX = 512 };
struct cells_question {
    str key;
    const struct atom *atoms;
    size_t atom_count;
    const str *hints;
    size_t hint_count;
    bool tied; /* compared with another key: values that the atoms alone do not tell apart may differ */
    bool sets; /* some policy uses a set operator on the key: it may have several values */
};
struct cells cells_of(const struct eval *ev, const struct cells_question *q);

/* The condition under one value of its key. */
tri atom_holds(const struct eval *ev, const struct atom *atom, const struct context_key *value);

#endif
