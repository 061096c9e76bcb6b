/*
 * model.c - exactness by small model: where three-valued logic leaves a decision open, every combination of values that
 * the unknown keys can tell apart is tried.
 */
#include "iam/model.h"

#include <assert.h>

#include "iam/variable.h"
#include "policy/key.h"

enum { TABLE_MAX = 4096, TIED_MAX = 24 };

/* A condition of an open statement, by its place in an axis. */
struct term {
    size_t axis, atom;
};

/* A statement that is open because of context keys. */
struct open_record {
    struct record *record;
    bool tied; /* reads keys by way of variables: matched anew for each combination */
    tri rest;  /* all but the terms */
    VEC(struct term) terms;
};

struct model {
    struct decider *d;
    arena *arena;
    VEC(struct open_record) open;
    struct key_list keys;
    struct table table;
    bool tied; /* some statement is */
    VEC(str) hints[AXES_MAX];
};

/* ---- what is open ---- */

/* Statements that are open because of context keys, and that can still matter. */
static void find_open(struct model *m, const struct outcome *o)
{
    for (size_t i = 0; i < m->d->records.count; i++) {
        struct record *r = &m->d->records.items[i];
        struct key_list own = {.arena = m->arena};
        const tri *allow = decided_allow(m->d, r);
        bool granted = (o->granted == TRI_YES && r->layer != LAYER_SCP) || (allow && *allow == TRI_YES);
        if (r->matches != TRI_UNKNOWN || !r->statement)
            continue;
        if (!r->denies && (granted || o->decision == DECISION_IMPLICITLY_DENIED))
            continue;
        statement_open_keys(&m->d->ev, r->statement, key_list_add, &own);
        for (size_t k = 0; k < own.keys.count; k++)
            key_list_add(&m->keys, own.keys.items[k]);
        if (own.keys.count)
            VEC_PUSH(m->arena, &m->open)->record = r;
    }
    key_list_sort(&m->keys);
}

static size_t axis_of(const struct model *m, str key)
{
    for (size_t i = 0; i < m->table.axis_count; i++)
        if (str_eq_nocase(m->table.axes[i].key, key))
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
        const struct statement *s = m->open.items[i].record->statement;
        for (size_t k = 0; k < s->condition_count; k++)
            if (usable(&s->conditions[k]) && str_eq_nocase(s->conditions[k].key, axis->key))
                *VEC_PUSH(m->arena, &atoms) = (struct atom){&s->conditions[k], s->version};
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

/* Variables of a list of texts: ties their keys; with `c` also hints what to compare. False: there are none. */
static bool find_ties(struct model *m, policy_version version, const node *list, const struct condition *c)
{
    bool any = false;
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
        any |= open;
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
    return any;
}

static void find_all_ties(struct model *m)
{
    for (size_t i = 0; i < m->open.count; i++) {
        const struct statement *s = m->open.items[i].record->statement;
        bool tied = find_ties(m, s->version, s->resource, NULL);
        for (size_t k = 0; k < s->condition_count; k++)
            if (usable(&s->conditions[k]) && operator_takes_variables(s->conditions[k].op))
                tied |= find_ties(m, s->version, s->conditions[k].node, &s->conditions[k]);
        m->open.items[i].tied |= tied;
        m->tied |= tied;
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
    struct global_key known;
    q.sets =
        !global_key_find(axis->key, &known) && (is_set_somewhere(m->d->layers, axis->key) || key_takes_sets(axis->key));
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

/* Fills the axes, and those that are tied again: what one key may be is also what another is compared with. */
static void fill_axes(struct model *m)
{
    for (size_t i = 0; i < m->table.axis_count; i++) {
        m->table.axes[i].key = m->keys.keys.items[i];
        find_atoms(m, &m->table.axes[i]);
        fill_axis(m, i);
    }
    for (int round = 0; round < 2; round++) {
        find_all_ties(m);
        for (size_t i = 0; i < m->table.axis_count; i++)
            if (m->table.axes[i].tied)
                fill_axis(m, i);
    }
}

/* Leaves keys out, the one with the most cells first, until the rest can be tried: they stay unknown. */
static void fit_table(struct table *t)
{
    for (;;) {
        size_t most = 0;
        t->size = 1;
        for (size_t i = 0; i < t->axis_count; i++) {
            t->axes[i].stride = t->size;
            t->size = t->size > TABLE_MAX ? t->size : t->size * t->axes[i].count;
            most = t->axes[i].count > t->axes[most].count ? i : most;
        }
        if (t->size <= TABLE_MAX)
            return;
        t->axis_count--;
        memmove(&t->axes[most], &t->axes[most + 1], (t->axis_count - most) * sizeof *t->axes);
    }
}

static void make_axes(struct model *m)
{
    size_t n = m->keys.keys.count;
    m->table.axis_count = n < AXES_MAX ? n : AXES_MAX;
    m->table.axes = NEW_ARRAY(m->arena, struct axis, m->table.axis_count);
    fill_axes(m);
    for (size_t i = 0; i < m->table.axis_count; i++)
        merge_cells(m, &m->table.axes[i]);
    fit_table(&m->table);
}

/* ---- the table ---- */

/* Which atom of its axis a condition is; false: its key is on no axis. */
static bool find_term(const struct model *m, const struct condition *c, struct term *out)
{
    out->axis = usable(c) ? axis_of(m, c->key) : SIZE_MAX;
    if (out->axis == SIZE_MAX)
        return false;
    const struct axis *axis = &m->table.axes[out->axis];
    for (out->atom = 0; out->atom < axis->atom_count; out->atom++)
        if (axis->atoms[out->atom].condition == c)
            return true;
    return false;
}

/* Parts each open statement into what no key on an axis changes, and its conditions on such keys. */
static void find_terms(struct model *m)
{
    for (size_t i = 0; i < m->open.count; i++) {
        struct open_record *open = &m->open.items[i];
        const struct statement *s = open->record->statement;
        struct term term;
        open->rest = record_without_conditions(m->d, open->record);
        for (size_t k = 0; k < s->condition_count; k++)
            if (find_term(m, &s->conditions[k], &term))
                *VEC_PUSH(m->arena, &open->terms) = term;
            else
                open->rest = tri_and(open->rest, condition_holds(&m->d->ev, s->version, &s->conditions[k]));
    }
}

static size_t cell_of(const struct axis *axis, size_t at)
{
    assert(axis->count > 0 && axis->stride > 0); /* the key's absence is always a cell */
    return at / axis->stride % axis->count;
}

static void match_open(const struct model *m, const struct open_record *open, size_t at, bool blur)
{
    tri all = open->rest;
    if (open->tied) {
        record_match(m->d, open->record);
        return;
    }
    for (size_t i = 0; i < open->terms.count && all != TRI_NO; i++) {
        const struct term *t = &open->terms.items[i];
        const struct axis *axis = &m->table.axes[t->axis];
        tri holds = axis->truth[cell_of(axis, at) * axis->atom_count + t->atom];
        all = tri_and(all, blur && !axis->exact ? TRI_UNKNOWN : holds);
    }
    open->record->matches = all;
}

/* The outcome when each key is as in combination `at`. With `blur`, keys whose cells may not be all stay unknown. */
static struct outcome try(struct model *m, size_t at, bool blur)
{
    const struct table *t = &m->table;
    struct context_key overlay[AXES_MAX];
    for (size_t i = 0; m->tied && i < t->axis_count; i++) {
        overlay[i] = t->axes[i].cells[cell_of(&t->axes[i], at)];
        if (blur && !t->axes[i].exact)
            overlay[i] = (struct context_key){.name = t->axes[i].key};
    }
    m->d->ev.overlay = overlay;
    m->d->ev.overlay_count = m->tied ? t->axis_count : 0;
    for (size_t i = 0; i < m->open.count; i++)
        match_open(m, &m->open.items[i], at, blur);
    struct outcome o = decide(m->d);
    m->d->ev.overlay = NULL;
    m->d->ev.overlay_count = 0;
    return o;
}

static void restore(struct model *m)
{
    for (size_t i = 0; i < m->open.count; i++)
        record_match(m->d, m->open.items[i].record);
}

static void fill_table(struct model *m)
{
    struct table *t = &m->table;
    t->outcomes = arena_alloc(m->arena, t->size);
    find_terms(m);
    for (size_t at = 0; at < t->size; at++)
        t->outcomes[at] = (uint8_t)try(m, at, false).decision;
    for (size_t i = 0; i < t->axis_count && !t->blurred; i++)
        if (!t->axes[i].exact)
            t->blurred = arena_alloc(m->arena, t->size);
    for (size_t at = 0; t->blurred && at < t->size; at++)
        t->blurred[at] = (uint8_t)try(m, at, true).decision;
    restore(m);
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

struct agreement {
    bool allowed, explicit, denied;
};

static void agree(struct agreement *a, const uint8_t *outcomes, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        a->allowed &= outcomes[at] == DECISION_ALLOWED;
        a->explicit &= outcomes[at] == DECISION_EXPLICITLY_DENIED;
        a->denied &= is_denied(outcomes[at]);
    }
}

/* What all combinations agree on, whatever keys may be beyond their cells; DECISION_UNKNOWN when they do not. */
static decision agreed(const struct table *t)
{
    struct agreement a = {true, true, true};
    agree(&a, t->outcomes, t->size);
    if (t->blurred)
        agree(&a, t->blurred, t->size);
    return a.allowed    ? DECISION_ALLOWED
           : a.explicit ? DECISION_EXPLICITLY_DENIED
           : a.denied   ? DECISION_IMPLICITLY_DENIED
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
                keys[(*count)++] = t->axes[i].cells[cell_of(&t->axes[i], at)];
        return keys;
    }
    return NULL;
}

/* The keys that turn the answer, and those that were left out where it is still open. */
static void tell_turns(const struct model *m, struct verdict_trace *out)
{
    struct key_list keys = {.arena = m->arena};
    bool open = memchr(m->table.outcomes, DECISION_UNKNOWN, m->table.size) != NULL;
    for (size_t i = 0; i < m->keys.keys.count; i++) {
        size_t at = axis_of(m, m->keys.keys.items[i]);
        if (at == SIZE_MAX ? open : m->table.axes[at].turns)
            key_list_add(&keys, m->keys.keys.items[i]);
    }
    if (!keys.keys.count)
        return; /* it turns on values that were not tried */
    out->depends_on = keys.keys.items;
    out->depends_on_count = keys.keys.count;
    out->residual = table_words(m->arena, &m->table);
    out->allowed_when = witness(m, true, &out->allowed_when_count);
    out->denied_when = witness(m, false, &out->denied_when_count);
}

/* What the first implicit denial lacks: of a denial that no single layer shows. */
static void find_missing(struct model *m, struct outcome *o)
{
    const uint8_t *found = memchr(m->table.outcomes, DECISION_IMPLICITLY_DENIED, m->table.size);
    if (!found)
        return;
    struct outcome there = try(m, (size_t)(found - m->table.outcomes), false);
    o->missing = there.missing;
    o->level = there.level;
    restore(m);
}

void model_sharpen(struct decider *d, struct outcome *o, struct verdict_trace *out)
{
    struct model m = {.d = d, .arena = d->ev.arena, .keys = {.arena = d->ev.arena}};
    find_open(&m, o);
    if (!m.keys.keys.count)
        return;
    make_axes(&m);
    fill_table(&m);
    decision all = agreed(&m.table);
    if (all != DECISION_UNKNOWN) {
        out->decision = all;
        find_missing(&m, o);
    } else if (o->decision == DECISION_UNKNOWN) {
        out->depends_on = m.keys.keys.items;
        out->depends_on_count = m.keys.keys.count;
        find_turns(&m.table);
        tell_turns(&m, out);
    }
}
