/*
 * model.c - exactness by small model: where three-valued logic leaves a decision open, every combination of values that
 * the unknown keys can tell apart is tried.
 */
#include "iam/model.h"

#include "iam/variable.h"
#include "policy/key.h"

enum { AXES_MAX = 12, TABLE_MAX = 4096, TIED_MAX = 24 };

struct model {
    struct decider *d;
    arena *arena;
    VEC(struct record *) open;
    struct key_list keys;
    struct table table;
    VEC(str) hints[AXES_MAX];
};

/* ---- what is open ---- */

/* Statements that are open because of context keys, and that can still matter. */
static void find_open(struct model *m, const struct outcome *o)
{
    for (size_t i = 0; i < m->d->records.count; i++) {
        struct record *r = &m->d->records.items[i];
        struct key_list own = {.arena = m->arena};
        bool granted = o->granted == TRI_YES && r->layer != LAYER_SCP;
        if (r->matches != TRI_UNKNOWN || !r->statement)
            continue;
        if (!r->denies && (granted || o->decision == DECISION_IMPLICITLY_DENIED))
            continue;
        statement_open_keys(&m->d->ev, r->statement, key_list_add, &own);
        for (size_t k = 0; k < own.keys.count; k++)
            key_list_add(&m->keys, own.keys.items[k]);
        if (own.keys.count)
            *VEC_PUSH(m->arena, &m->open) = r;
    }
    key_list_sort(&m->keys);
}

static size_t axis_of(const struct model *m, str key)
{
    for (size_t i = 0; i < m->keys.keys.count; i++)
        if (str_eq_nocase(m->keys.keys.items[i], key))
            return i;
    return SIZE_MAX;
}

static bool usable(const struct condition *c)
{
    return c->op && !c->odd;
}

static void find_atoms(struct model *m, struct axis *axis)
{
    VEC(struct atom) atoms = {0};
    for (size_t i = 0; i < m->open.count; i++) {
        const struct statement *s = m->open.items[i]->statement;
        for (size_t k = 0; k < s->condition_count; k++)
            if (usable(&s->conditions[k]) && str_eq_nocase(s->conditions[k].key, axis->key))
                *VEC_PUSH(m->arena, &atoms) = (struct atom){&s->conditions[k], s->policy->version};
    }
    axis->atoms = atoms.items;
    axis->atom_count = atoms.count;
}

/* ---- keys tied together by variables ---- */

/* The only variable of the text: what stands before and behind it. */
static bool single_variable(str text, struct variable *v, str *behind)
{
    struct variable more;
    *behind = text;
    if (!variable_next(behind, v) || v->literal || v->bad)
        return false;
    str rest = *behind;
    return !variable_next(&rest, &more);
}

static void add_hint(struct model *m, size_t axis, str text)
{
    if (axis >= AXES_MAX || m->hints[axis].count >= TIED_MAX)
        return;
    for (size_t i = 0; i < m->hints[axis].count; i++)
        if (str_eq(m->hints[axis].items[i], text))
            return;
    *VEC_PUSH(m->arena, &m->hints[axis]) = text;
}

/* What the variable must be for the text to be `value`. */
static void hint_variable(struct model *m, size_t axis, const struct variable *v, str behind, str value)
{
    if (value.len < v->before.len + behind.len || !str_starts(value, v->before) || !str_ends(value, behind))
        return;
    add_hint(m, axis, str_head(str_from_index(value, v->before.len), value.len - v->before.len - behind.len));
}

static void hint_both_ways(struct model *m, const struct condition *c, str text)
{
    const struct context_key *known;
    struct variable v;
    str behind;
    if (!single_variable(text, &v, &behind))
        return;
    size_t subject = axis_of(m, c->key), object = axis_of(m, v.key);
    if (object == SIZE_MAX)
        return;
    const struct axis *axes = m->table.axes;
    if (subject == SIZE_MAX) {
        if (eval_key(&m->d->ev, c->key, &known) == KEY_PRESENT)
            for (size_t i = 0; i < known->count; i++)
                hint_variable(m, object, &v, behind, known->values[i]);
        return;
    }
    for (size_t i = 0; i < axes[subject].count; i++)
        if (axes[subject].cells[i].count == 1)
            hint_variable(m, object, &v, behind, axes[subject].cells[i].values[0]);
    for (size_t i = 0; i < axes[object].count; i++)
        if (axes[object].cells[i].count == 1)
            add_hint(m, subject,
                     arena_printf(m->arena, "%.*s%.*s%.*s", STR_ARG(v.before), STR_ARG(axes[object].cells[i].values[0]),
                                  STR_ARG(behind)));
}

static void tie(struct model *m, str key)
{
    size_t at = axis_of(m, key);
    if (at != SIZE_MAX)
        m->table.axes[at].tied = true;
}

/* Variables of a list of texts: ties their keys; with `c` also hints what to compare. */
static void find_ties(struct model *m, policy_version version, const node *list, const struct condition *c)
{
    for (const node *n = values_first(list); n; n = values_next(list, n)) {
        str text = node_is_string(n) ? node_text(n) : (str){0}, rest = text;
        struct variable v;
        bool open = false;
        if (!has_variables(version, text))
            continue;
        while (variable_next(&rest, &v))
            if (!v.literal && !v.bad && axis_of(m, v.key) != SIZE_MAX) {
                open = true;
                tie(m, v.key);
            }
        if (open && c) {
            tie(m, c->key);
            hint_both_ways(m, c, text);
        } else if (open) {
            struct variable only;
            str behind;
            size_t star;
            if (single_variable(text, &only, &behind)) {
                star = str_find_char(behind, '*');
                hint_variable(m, axis_of(m, only.key), &only, star == SIZE_MAX ? behind : str_head(behind, star),
                              m->d->ev.resource);
            }
        }
    }
}

static void find_all_ties(struct model *m)
{
    for (size_t i = 0; i < m->open.count; i++) {
        const struct statement *s = m->open.items[i]->statement;
        find_ties(m, s->policy->version, s->resource, NULL);
        for (size_t k = 0; k < s->condition_count; k++)
            if (usable(&s->conditions[k]) && operator_takes_variables(s->conditions[k].op))
                find_ties(m, s->policy->version, s->conditions[k].node, &s->conditions[k]);
    }
}

/* ---- axes ---- */

static bool uses_set(const struct policy_ref *ref, str key)
{
    const struct policy *p = ref->policy;
    for (size_t i = 0; p && i < p->count; i++)
        for (size_t k = 0; k < p->statements[i].condition_count; k++) {
            const struct condition *c = &p->statements[i].conditions[k];
            if (c->set != SET_NONE && str_eq_nocase(c->key, key))
                return true;
        }
    return false;
}

static bool uses_set_in(const struct policy_set *set, str key)
{
    bool uses = false;
    for (size_t i = 0; set && i < set->count && !uses; i++)
        uses = uses_set(&set->items[i], key);
    return uses;
}

/* Whether any policy, be it open or not, takes the key for a set of values. */
static bool is_set_somewhere(const struct layers *l, str key)
{
    bool uses = uses_set_in(l->identity, key) || uses_set_in(l->boundary, key) || uses_set_in(l->session, key) ||
                (l->resource && uses_set(l->resource, key));
    for (size_t i = 0; i < l->scp_count && !uses; i++)
        uses = uses_set_in(&l->scps[i].set, key);
    for (size_t i = 0; i < l->rcp_count && !uses; i++)
        uses = uses_set_in(&l->rcps[i].set, key);
    return uses;
}

static void fill_axis(struct model *m, size_t i)
{
    struct axis *axis = &m->table.axes[i];
    struct cells_question q = {axis->key,  axis->atoms, axis->atom_count, m->hints[i].items, m->hints[i].count,
                               axis->tied, false};
    q.sets = !global_key_find(axis->key) && is_set_somewhere(m->d->layers, axis->key);
    struct cells c = cells_of(&m->d->ev, &q);
    axis->cells = c.items;
    axis->count = c.count;
    axis->exact = c.exact;
}

/* Keeps one cell of those that no condition tells apart. */
static void merge_cells(struct model *m, struct axis *axis)
{
    struct context_key *kept = arena_alloc(m->arena, axis->count * sizeof *kept);
    tri *truth = arena_alloc(m->arena, (axis->count * axis->atom_count + 1) * sizeof *truth);
    size_t count = 0, row = axis->atom_count;
    axis->absent_alone = true;
    for (size_t c = 0; c < axis->count; c++) {
        bool seen = false;
        for (size_t i = 0; i < row; i++)
            truth[count * row + i] = atom_holds(&m->d->ev, &axis->atoms[i], &axis->cells[c]);
        for (size_t k = 0; k < count && !seen && !axis->tied; k++) {
            seen = memcmp(&truth[k * row], &truth[count * row], row * sizeof *truth) == 0;
            if (seen && kept[k].state == KEY_ABSENT)
                axis->absent_alone = false;
        }
        if (!seen)
            kept[count++] = axis->cells[c];
    }
    axis->cells = kept;
    axis->truth = truth;
    axis->count = count;
}

/* False: too many keys or combinations. */
static bool make_axes(struct model *m)
{
    size_t n = m->keys.keys.count;
    if (n == 0 || n > AXES_MAX)
        return false;
    m->table.axes = NEW_ARRAY(m->arena, struct axis, n);
    m->table.axis_count = n;
    for (size_t i = 0; i < n; i++) {
        m->table.axes[i].key = m->keys.keys.items[i];
        find_atoms(m, &m->table.axes[i]);
        fill_axis(m, i);
    }
    find_all_ties(m);
    for (size_t i = 0; i < n; i++) { /* again: what one key may be is also what another is compared with */
        bool tied = m->table.axes[i].tied;
        if (tied)
            fill_axis(m, i);
    }
    find_all_ties(m);
    m->table.size = 1;
    for (size_t i = 0; i < n; i++) {
        struct axis *axis = &m->table.axes[i];
        if (axis->tied)
            fill_axis(m, i);
        merge_cells(m, axis);
        axis->stride = m->table.size;
        if (axis->count > TABLE_MAX / m->table.size)
            return false;
        m->table.size *= axis->count;
    }
    return true;
}

/* ---- the table ---- */

static void fill_table(struct model *m)
{
    struct table *t = &m->table;
    struct decider *d = m->d;
    struct context_key *overlay = arena_alloc(m->arena, t->axis_count * sizeof *overlay);
    t->outcomes = arena_alloc(m->arena, t->size);
    d->ev.overlay = overlay;
    d->ev.overlay_count = t->axis_count;
    for (size_t at = 0; at < t->size; at++) {
        for (size_t i = 0; i < t->axis_count; i++)
            overlay[i] = t->axes[i].cells[at / t->axes[i].stride % t->axes[i].count];
        for (size_t i = 0; i < m->open.count; i++)
            record_match(d, m->open.items[i]);
        t->outcomes[at] = (uint8_t)decide(d).decision;
    }
    d->ev.overlay_count = 0;
    for (size_t i = 0; i < m->open.count; i++)
        record_match(d, m->open.items[i]);
}

static bool is_denied(uint8_t outcome)
{
    return outcome == DECISION_EXPLICITLY_DENIED || outcome == DECISION_IMPLICITLY_DENIED;
}

/* Allowed, denied or open: which kind of denial does not count. */
static bool same_answer(uint8_t a, uint8_t b)
{
    return a == b || (is_denied(a) && is_denied(b));
}

static void find_turns(struct table *t)
{
    for (size_t i = 0; i < t->axis_count; i++) {
        struct axis *axis = &t->axes[i];
        for (size_t at = 0; at < t->size && !axis->turns; at++) {
            size_t first = at - at / axis->stride % axis->count * axis->stride;
            axis->turns = !same_answer(t->outcomes[at], t->outcomes[first]);
        }
    }
}

/* What all combinations agree on; DECISION_UNKNOWN when they do not. */
static decision agreed(const struct table *t)
{
    bool allowed = true, explicit = true, denied = true;
    for (size_t at = 0; at < t->size; at++) {
        allowed &= t->outcomes[at] == DECISION_ALLOWED;
        explicit &= t->outcomes[at] == DECISION_EXPLICITLY_DENIED;
        denied &= is_denied(t->outcomes[at]);
    }
    return allowed    ? DECISION_ALLOWED
           : explicit ? DECISION_EXPLICITLY_DENIED
           : denied   ? DECISION_IMPLICITLY_DENIED
                      : DECISION_UNKNOWN;
}

static const struct context_key *witness(const struct model *m, bool allowed, size_t *count)
{
    const struct table *t = &m->table;
    *count = 0;
    for (size_t at = 0; at < t->size; at++) {
        if (allowed ? t->outcomes[at] != DECISION_ALLOWED : !is_denied(t->outcomes[at]))
            continue;
        struct context_key *keys = arena_alloc(m->arena, t->axis_count * sizeof *keys);
        for (size_t i = 0; i < t->axis_count; i++)
            if (t->axes[i].turns)
                keys[(*count)++] = t->axes[i].cells[at / t->axes[i].stride % t->axes[i].count];
        return keys;
    }
    return NULL;
}

static bool all_exact(const struct table *t)
{
    bool exact = true;
    for (size_t i = 0; i < t->axis_count; i++)
        exact &= t->axes[i].exact;
    return exact;
}

static void tell_turns(const struct model *m, struct verdict_trace *out)
{
    struct key_list keys = {.arena = m->arena};
    for (size_t i = 0; i < m->table.axis_count; i++)
        if (m->table.axes[i].turns)
            key_list_add(&keys, m->table.axes[i].key);
    out->depends_on = keys.keys.items;
    out->depends_on_count = keys.keys.count;
    out->residual = table_words(m->arena, &m->table);
    out->allowed_when = witness(m, true, &out->allowed_when_count);
    out->denied_when = witness(m, false, &out->denied_when_count);
}

void model_sharpen(struct decider *d, struct outcome *o, struct verdict_trace *out)
{
    struct model m = {.d = d, .arena = d->ev.arena, .keys = {.arena = d->ev.arena}};
    bool open = o->decision == DECISION_UNKNOWN;
    find_open(&m, o);
    if (open) {
        out->depends_on = m.keys.keys.items;
        out->depends_on_count = m.keys.keys.count;
    }
    if (!make_axes(&m))
        return;
    fill_table(&m);
    find_turns(&m.table);
    decision all = agreed(&m.table);
    if (all != DECISION_UNKNOWN && all_exact(&m.table))
        out->decision = all;
    if (out->decision != DECISION_UNKNOWN) {
        out->depends_on = NULL;
        out->depends_on_count = 0;
    } else if (all == DECISION_UNKNOWN) {
        tell_turns(&m, out);
    }
}
