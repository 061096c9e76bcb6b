/* words.c - the condition under which a request is allowed, in words that a person reads. */
#include "iam/model.h"

enum { CUBES_MAX = 4, VALUES_MAX = 4 };

/* ---- a set of cells of one key ---- */

typedef enum { LITERAL_HOLDS, LITERAL_FAILS, LITERAL_ABSENT, LITERAL_PRESENT } literal_kind;

struct literal {
    literal_kind kind;
    size_t atom;
};

static bool literal_has(const struct axis *axis, struct literal l, size_t cell)
{
    switch (l.kind) {
    case LITERAL_HOLDS: return axis->truth[cell * axis->atom_count + l.atom] == TRI_YES;
    case LITERAL_FAILS: return axis->truth[cell * axis->atom_count + l.atom] == TRI_NO;
    case LITERAL_ABSENT: return axis->cells[cell].state == KEY_ABSENT;
    case LITERAL_PRESENT: return axis->cells[cell].state == KEY_PRESENT;
    }
    return false;
}

static str values_words(arena *a, const struct condition *c)
{
    str words = {0};
    size_t n = 0, count = node_is_list(c->node) ? node_count(c->node) : 1;
    for (const node *v = values_first(c->node); v && n < VALUES_MAX; v = values_next(c->node, v), n++) {
        const char *before = n == 0 ? "" : n + 1 == count ? " or " : ", ";
        words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), before, STR_ARG(value_text(v)));
    }
    if (count > n)
        words = arena_printf(a, "%.*s or one of %zu more", STR_ARG(words), count - n);
    return words;
}

static str null_words(arena *a, const struct axis *axis, size_t atom, bool holds)
{
    bool absent = false; /* whether it holds for the absent key */
    for (size_t c = 0; c < axis->count; c++)
        if (axis->cells[c].state == KEY_ABSENT)
            absent = axis->truth[c * axis->atom_count + atom] == TRI_YES;
    return arena_printf(a, "%.*s is %s", STR_ARG(axis->key), absent == holds ? "absent" : "present");
}

str condition_words(arena *a, const struct condition *c, str key, bool holds)
{
    const struct condition_operator *op = c->op;
    bool positive = op->negated != holds; /* "is", else "is not" */
    const char *exists = !c->if_exists ? "" : holds ? " or absent" : " (and present)";
    const char *who = "";
    if (c->set == SET_FOR_ALL)
        who = holds ? "every value of " : "some value of ";
    else if (c->set == SET_FOR_ANY)
        who = holds ? "some value of " : "no value of ";
    if (c->set == SET_FOR_ANY)
        positive = !op->negated;
    return arena_printf(a, "%s%.*s %s %.*s%s", who, STR_ARG(key), positive ? op->words : op->words_not,
                        STR_ARG(values_words(a, c)), exists);
}

static str atom_words(arena *a, const struct axis *axis, size_t atom, bool holds)
{
    const struct condition *c = axis->atoms[atom].condition;
    return c->op->type == OPERAND_NULL ? null_words(a, axis, atom, holds) : condition_words(a, c, axis->key, holds);
}

static str literal_words(arena *a, const struct axis *axis, struct literal l)
{
    switch (l.kind) {
    case LITERAL_HOLDS: return atom_words(a, axis, l.atom, true);
    case LITERAL_FAILS: return atom_words(a, axis, l.atom, false);
    case LITERAL_ABSENT: return arena_printf(a, "%.*s is absent", STR_ARG(axis->key));
    case LITERAL_PRESENT: return arena_printf(a, "%.*s is present", STR_ARG(axis->key));
    }
    return (str){0};
}

static struct literal literal_at(const struct axis *axis, size_t i)
{
    if (i < 2)
        return (struct literal){i == 0 ? LITERAL_ABSENT : LITERAL_PRESENT, 0};
    i -= 2;
    if (i < axis->atom_count)
        return (struct literal){LITERAL_HOLDS, i};
    return (struct literal){LITERAL_FAILS, i - axis->atom_count};
}

static size_t literal_count(const struct axis *axis)
{
    return 2 + 2 * axis->atom_count;
}

/* Words for the cells in `in`, when one literal says it, or two joined by "and" or "or"; else empty. */
static str short_words(arena *a, const struct axis *axis, const bool *in)
{
    size_t n = literal_count(axis) > 40 ? 40 : literal_count(axis);
    for (size_t i = axis->absent_alone ? 0 : 2; i < n; i++)
        for (size_t k = i; k < n; k++) {
            bool both = true, either = true;
            struct literal x = literal_at(axis, i), y = literal_at(axis, k);
            for (size_t c = 0; c < axis->count && (both || either); c++) {
                bool has_x = literal_has(axis, x, c), has_y = literal_has(axis, y, c);
                both &= (has_x && has_y) == in[c];
                either &= (has_x || has_y) == in[c];
            }
            if (both && either) /* the same literal twice, or two that say the same */
                return literal_words(a, axis, x);
            if (both || either)
                return arena_printf(a, "%.*s %s %.*s", STR_ARG(literal_words(a, axis, x)), both ? "and" : "or",
                                    STR_ARG(literal_words(a, axis, y)));
        }
    return (str){0};
}

static str examples(arena *a, const struct axis *axis, const bool *in)
{
    str words = arena_printf(a, "%.*s is", STR_ARG(axis->key));
    size_t n = 0;
    for (size_t c = 0; c < axis->count && n < VALUES_MAX; c++) {
        const struct context_key *k = &axis->cells[c];
        if (!in[c])
            continue;
        str value = k->state == KEY_ABSENT ? STR("absent") : k->count ? k->values[0] : STR("an empty set");
        words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), n++ ? " or " : " such as ", STR_ARG(value));
    }
    return words;
}

static str cells_words(arena *a, const struct axis *axis, const bool *in)
{
    str words = short_words(a, axis, in);
    return words.len ? words : examples(a, axis, in);
}

/* ---- the table as a few products of such sets ---- */

struct cube {
    bool *in[AXES_MAX]; /* of each axis: its cells */
};

static bool holds(const struct table *t, size_t at)
{
    return t->outcomes[at] != DECISION_EXPLICITLY_DENIED && t->outcomes[at] != DECISION_IMPLICITLY_DENIED;
}

static bool cube_has(const struct table *t, const struct cube *cube, size_t at)
{
    for (size_t i = 0; i < t->axis_count; i++)
        if (!cube->in[i][at / t->axes[i].stride % t->axes[i].count])
            return false;
    return true;
}

/* The next cell of the cube behind `cell` on an axis; the axis' count when there is none. */
static size_t next_cell(const struct table *t, const struct cube *cube, size_t axis, size_t cell)
{
    while (cell < t->axes[axis].count && !cube->in[axis][cell])
        cell++;
    return cell;
}

/* Whether the request may pass in all of the cube, its axis `fixed` being at `cell`. */
static bool cube_holds(const struct table *t, const struct cube *cube, size_t fixed, size_t cell)
{
    size_t at[AXES_MAX], moved;
    for (size_t i = 0; i < t->axis_count; i++)
        at[i] = i == fixed ? cell : next_cell(t, cube, i, 0);
    do {
        size_t place = 0;
        for (size_t i = 0; i < t->axis_count; i++)
            place += at[i] * t->axes[i].stride;
        if (!holds(t, place))
            return false;
        for (moved = 0; moved < t->axis_count; moved++) { /* count on, like a clock with wheels of several sizes */
            if (moved == fixed)
                continue;
            at[moved] = next_cell(t, cube, moved, at[moved] + 1);
            if (at[moved] < t->axes[moved].count)
                break;
            at[moved] = next_cell(t, cube, moved, 0);
        }
    } while (moved < t->axis_count);
    return true;
}

static struct cube grow(arena *a, const struct table *t, size_t from)
{
    struct cube cube;
    for (size_t i = 0; i < t->axis_count; i++) {
        cube.in[i] = NEW_ARRAY(a, bool, t->axes[i].count);
        cube.in[i][from / t->axes[i].stride % t->axes[i].count] = true;
    }
    for (size_t i = t->axis_count; i-- > 0;)
        for (size_t c = 0; c < t->axes[i].count; c++)
            cube.in[i][c] = cube.in[i][c] || cube_holds(t, &cube, i, c);
    return cube;
}

static str cube_words(arena *a, const struct table *t, const struct cube *cube)
{
    str words = {0};
    for (size_t i = 0; i < t->axis_count; i++) {
        bool all = true;
        for (size_t c = 0; c < t->axes[i].count; c++)
            all &= cube->in[i][c];
        if (!all)
            words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), words.len ? " and " : "",
                                 STR_ARG(cells_words(a, &t->axes[i], cube->in[i])));
    }
    return words;
}

str table_words(arena *a, const struct table *t)
{
    struct cube cubes[CUBES_MAX];
    size_t count = 0;
    str words = {0};
    for (size_t at = 0; at < t->size; at++) {
        bool covered = !holds(t, at);
        for (size_t k = 0; k < count && !covered; k++)
            covered = cube_has(t, &cubes[k], at);
        if (covered)
            continue;
        if (count == CUBES_MAX)
            return (str){0};
        cubes[count++] = grow(a, t, at);
    }
    for (size_t k = 0; k < count; k++) {
        str one = cube_words(a, t, &cubes[k]);
        if (!one.len)
            return (str){0};
        words = arena_printf(a, "%.*s%s%s%.*s%s", STR_ARG(words), k ? ", or " : "", count > 1 ? "(" : "", STR_ARG(one),
                             count > 1 ? ")" : "");
    }
    return words.len ? arena_printf(a, "allowed only if %.*s", STR_ARG(words)) : words;
}
