/* model.h - the table of outcomes over the cells of the keys that are not known, and its wording. Inside src/iam. */
#ifndef ORGEXIT_IAM_MODEL_H
#define ORGEXIT_IAM_MODEL_H

#include "iam/cells.h"
#include "iam/decide.h"

enum { AXES_MAX = 12 };

/* One key. Its cells are merged where no condition tells them apart. */
struct axis {
    str key;
    const struct atom *atoms;
    size_t atom_count;
    const struct context_key *cells;
    const tri *truth; /* of each atom in each cell: [cell * atom_count + atom] */
    size_t count;     /* of cells */
    size_t stride;    /* in the table */
    bool tied;        /* compared with another key by way of a variable */
    bool exact;
    bool absent_alone; /* no value of the key is in the cell of its absence */
    bool turns;        /* the outcome turns on it */
};

struct table {
    struct axis *axes;
    size_t axis_count;
    uint8_t *outcomes; /* a decision for each combination of cells */
    uint8_t *blurred;  /* the same, keys whose cells may not be all being unknown; NULL: there are no such keys */
    size_t size;
};

/* "allowed only if aws:SourceIp is in 192.0.2.0/24 and ..."; empty when it would be too long to read. */
str table_words(arena *a, const struct table *t);

/* "aws:SourceIp is in 192.0.2.0/24": that the condition holds on the key, or that it does not. Not for Null. */
str condition_words(arena *a, const struct condition *c, str key, bool holds);

#endif
