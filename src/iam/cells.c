/* cells.c - see cells.h. */
#include "iam/cells.h"

#include <stdlib.h>

#include "base/clock.h"
#include "iam/patterns.h"
#include "iam/variable.h"
#include "policy/key.h"
#include "policy/scalar.h"

/* What the conditions on one key are made of. */
struct makings {
    const struct eval *ev;
    str key;
    const struct atom *atoms;
    size_t atom_count;
    unsigned types; /* a bit for each operand_type but presence; strings and ARNs are one type */
    bool tied;
    bool exact;
    str_list texts; /* candidates for a single value */
    VEC(struct context_key) cells;
};

static unsigned type_bit(operand_type t)
{
    return t == OPERAND_NULL ? 0 : 1u << (t == OPERAND_ARN ? OPERAND_STRING : t);
}

static void add_text(struct makings *m, str text)
{
    for (size_t i = 0; i < m->texts.count; i++)
        if (str_eq(m->texts.items[i], text))
            return;
    if (m->texts.count < CELLS_MAX)
        *VEC_PUSH(m->ev->arena, &m->texts) = text;
    else
        m->exact = false;
}

/* Each value of each condition whose operator has the type: for (VALUES(m, type, atom, v)) */
typedef void value_fn(struct makings *m, const struct atom *atom, str text, void *to);
static void each_value(struct makings *m, operand_type type, value_fn *fn, void *to)
{
    for (size_t i = 0; i < m->atom_count; i++) {
        const struct condition *c = m->atoms[i].condition;
        if (type_bit(c->op->type) != type_bit(type))
            continue;
        for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
            fn(m, &m->atoms[i], value_text(v), to);
    }
}

/* ---- texts ---- */

typedef VEC(struct text_pattern) pattern_list;

/* The same one twice tells nothing apart. */
static void keep_pattern(struct makings *m, pattern_list *to, const struct text_pattern *p)
{
    for (size_t i = 0; i < to->count; i++) {
        const struct text_pattern *q = &to->items[i];
        if (str_eq(q->glob.text, p->glob.text) && q->glob.filled == p->glob.filled && q->wildcards == p->wildcards &&
            q->folds == p->folds && q->arn == p->arn)
            return;
    }
    *VEC_PUSH(m->ev->arena, to) = *p;
}

static void add_pattern(struct makings *m, const struct atom *atom, str text, void *to)
{
    const struct condition_operator *op = atom->condition->op;
    struct text_pattern p = {GLOB(text), op->wildcards, op->folds, op->type == OPERAND_ARN};
    if (has_variables(atom->version, text)) {
        struct filled f;
        variable_fill(m->ev, text, op->wildcards, &f);
        if (f.open || f.alternative.text.ptr || atom->version == VERSION_UNKNOWN)
            m->exact = false; /* hints take its place */
        if (f.missing)
            return;
        p.glob = f.glob;
        if (f.open) { /* a text that could match it */
            p.wildcards = true;
            p.arn = false;
        }
    }
    keep_pattern(m, to, &p);
}

static bool all_literal(const pattern_list *patterns)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (patterns->items[i].folds || (patterns->items[i].wildcards && glob_has_wildcard(patterns->items[i].glob)))
            return false;
    return true;
}

/* A text that no pattern names, in any case. */
static str something_else(struct makings *m, const pattern_list *patterns)
{
    str text = STR("other");
    for (size_t i = 0; i < patterns->count; i++)
        if (str_eq_nocase(patterns->items[i].glob.text, text)) {
            text = arena_printf(m->ev->arena, "%.*s1", STR_ARG(text));
            i = (size_t)-1; /* again from the first */
        }
    return text;
}

static void text_cells(struct makings *m)
{
    pattern_list patterns = {0};
    each_value(m, OPERAND_STRING, add_pattern, &patterns);
    if (all_literal(&patterns)) {
        for (size_t i = 0; i < patterns.count; i++)
            add_text(m, patterns.items[i].glob.text);
        add_text(m, something_else(m, &patterns));
        return;
    }
    str_list texts = {0};
    if (!patterns_texts(m->ev->arena, patterns.items, patterns.count, &texts))
        m->exact = false;
    for (size_t i = 0; i < texts.count; i++)
        add_text(m, texts.items[i]);
}

/* ---- numbers ---- */

typedef VEC(struct decimal) decimal_list;

static void add_decimal(struct makings *m, const struct atom *atom, str text, void *to)
{
    struct decimal d;
    tri number = decimal_read(text, &d);
    (void)atom;
    if (number == TRI_YES)
        *VEC_PUSH(m->ev->arena, (decimal_list *)to) = d;
    m->exact &= number != TRI_UNKNOWN;
}

static int by_number(const void *a, const void *b)
{
    return decimal_cmp(a, b);
}

/* The number, and with `more` one that lies a little further from zero. */
static str decimal_text(struct makings *m, const struct decimal *d, size_t places, bool more)
{
    str zero = STR("0");
    if (!more)
        return arena_printf(m->ev->arena, "%s%.*s%s%.*s", d->negative ? "-" : "",
                            STR_ARG(d->whole.len ? d->whole : zero), d->fraction.len ? "." : "", STR_ARG(d->fraction));
    return arena_printf(m->ev->arena, "%s%.*s.%.*s%0*d", d->negative ? "-" : "",
                        STR_ARG(d->whole.len ? d->whole : zero), STR_ARG(d->fraction), (int)(places - d->fraction.len),
                        1);
}

static bool is_below_zero(const struct decimal *d)
{
    return d->negative;
}

static bool is_zero(const struct decimal *d)
{
    return !d->whole.len && !d->fraction.len;
}

/* Each number, one in each gap, one below all and one above. */
static void number_cells(struct makings *m)
{
    decimal_list all = {0};
    size_t places = 1;
    each_value(m, OPERAND_NUMBER, add_decimal, &all);
    if (all.count > 1)
        qsort(all.items, all.count, sizeof *all.items, by_number);
    for (size_t i = 0; i < all.count; i++)
        places = all.items[i].fraction.len + 1 > places ? all.items[i].fraction.len + 1 : places;
    if (!all.count) {
        add_text(m, STR("1"));
        return;
    }
    const struct decimal *first = &all.items[0], *last = &all.items[all.count - 1];
    struct decimal below = *first;
    below.negative = true; /* of 0 or less: a little less; of more: the same below zero */
    add_text(m, decimal_text(m, &below, places, true));
    for (size_t i = 0; i < all.count; i++) {
        const struct decimal *d = &all.items[i], *next = i + 1 < all.count ? &all.items[i + 1] : NULL;
        add_text(m, decimal_text(m, d, places, false));
        if (!next)
            continue;
        if (!is_below_zero(d))
            add_text(m, decimal_text(m, d, places, true));
        else if (is_below_zero(next))
            add_text(m, decimal_text(m, next, places, true));
        else if (is_zero(next))
            add_text(m, arena_printf(m->ev->arena, "-0.%0*d", (int)places, 1));
        else
            add_text(m, STR("0"));
    }
    add_text(m, is_below_zero(last) ? STR("0") : decimal_text(m, last, places, true));
}

/* ---- dates ---- */

typedef VEC(instant) instant_list;

static void add_instant(struct makings *m, const struct atom *atom, str text, void *to)
{
    instant t;
    (void)atom;
    if (time_from_w3c(text, &t) || time_from_epoch(text, &t))
        *VEC_PUSH(m->ev->arena, (instant_list *)to) = t;
}

static int by_instant(const void *a, const void *b)
{
    return instant_cmp(*(const instant *)a, *(const instant *)b);
}

static void add_time(struct makings *m, instant t)
{
    str text = time_format(m->ev->arena, t.seconds);
    if (m->types & type_bit(OPERAND_NUMBER)) /* epoch seconds are a number too */
        add_text(m, arena_printf(m->ev->arena, "%lld", (long long)t.seconds));
    if (text.len != 20) {
        m->exact = false; /* a year that the profile cannot write */
        return;
    }
    if (t.nanos)
        text = arena_printf(m->ev->arena, "%.*s.%09uZ", STR_ARG(str_head(text, 19)), t.nanos);
    add_text(m, text);
}

static instant between(instant a, instant b)
{
    if (b.seconds - a.seconds >= 2)
        return (instant){.seconds = a.seconds + 1};
    int64_t nanos = ((b.seconds - a.seconds) * 1000000000 + b.nanos + a.nanos) / 2;
    return (instant){.seconds = a.seconds + nanos / 1000000000, .nanos = (uint32_t)(nanos % 1000000000)};
}

static void date_cells(struct makings *m)
{
    instant_list all = {0};
    each_value(m, OPERAND_DATE, add_instant, &all);
    if (all.count > 1)
        qsort(all.items, all.count, sizeof *all.items, by_instant);
    if (!all.count) {
        add_text(m, STR("2026-01-01T00:00:00Z"));
        return;
    }
    add_time(m, (instant){.seconds = all.items[0].seconds - 1});
    for (size_t i = 0; i < all.count; i++) {
        add_time(m, all.items[i]);
        if (i + 1 < all.count)
            add_time(m, between(all.items[i], all.items[i + 1]));
    }
    add_time(m, (instant){.seconds = all.items[all.count - 1].seconds + 1});
}

/* ---- addresses ---- */

static void add_address(struct makings *m, const uint8_t *b, unsigned size)
{
    if (size == 4) {
        add_text(m, arena_printf(m->ev->arena, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]));
        return;
    }
    add_text(m, arena_printf(m->ev->arena, "%x:%x:%x:%x:%x:%x:%x:%x", b[0] << 8 | b[1], b[2] << 8 | b[3],
                             b[4] << 8 | b[5], b[6] << 8 | b[7], b[8] << 8 | b[9], b[10] << 8 | b[11],
                             b[12] << 8 | b[13], b[14] << 8 | b[15]));
}

/* The first address of the range, and the first behind it: cells of nested ranges begin at such borders. */
static void add_borders(struct makings *m, const struct atom *atom, str text, void *to)
{
    struct ip_range r;
    uint8_t first[16] = {0}, behind[16] = {0};
    (void)atom;
    (void)to;
    if (!ip_read(text, &r))
        return;
    for (unsigned i = 0; i < r.size; i++) {
        unsigned kept = r.bits <= 8 * i ? 0 : r.bits - 8 * i >= 8 ? 8 : r.bits - 8 * i;
        uint8_t mask = (uint8_t)(0xFF << (8 - kept));
        first[i] = r.bytes[i] & mask;
        behind[i] = (uint8_t)(first[i] | (uint8_t)~mask);
    }
    add_address(m, first, r.size);
    for (unsigned i = r.size; i-- > 0;)
        if (++behind[i]) {
            add_address(m, behind, r.size);
            break;
        }
}

static void address_cells(struct makings *m)
{
    add_text(m, STR("198.51.100.1"));
    add_text(m, STR("0.0.0.0"));
    each_value(m, OPERAND_IP, add_borders, NULL);
    add_text(m, STR("2001:db8:0:0:0:0:0:1"));
    add_text(m, STR("0:0:0:0:0:0:0:0"));
}

/* ---- other types ---- */

static void add_literal(struct makings *m, const struct atom *atom, str text, void *to)
{
    (void)atom;
    (void)to;
    add_text(m, text);
}

static void binary_cells(struct makings *m)
{
    each_value(m, OPERAND_BINARY, add_literal, NULL);
    add_text(m, STR("b3RoZXI="));
    add_text(m, STR("dW5saWtlIGFsbA=="));
}

static void bool_cells(struct makings *m)
{
    add_text(m, STR("true"));
    add_text(m, STR("false"));
}

static void single_cells(struct makings *m, const struct global_key *known)
{
    if (known && known->type == OPERAND_BOOL) {
        bool_cells(m);
        return;
    }
    unsigned types = m->types ? m->types : type_bit(OPERAND_STRING), own = known ? type_bit(known->type) : 0;
    m->exact &= (types & (types - 1)) == 0; /* one type */
    if (types & type_bit(OPERAND_STRING))
        text_cells(m);
    if (types & type_bit(OPERAND_NUMBER))
        number_cells(m);
    if (types & type_bit(OPERAND_DATE))
        date_cells(m);
    if (types & type_bit(OPERAND_BOOL))
        bool_cells(m);
    if (types & type_bit(OPERAND_IP))
        address_cells(m);
    if (types & type_bit(OPERAND_BINARY))
        binary_cells(m);
    if (!(types & type_bit(OPERAND_STRING)) && types != own)
        add_text(m, STR("?")); /* a value of another type */
}

/* ---- cells of the key ---- */

static void add_cell(struct makings *m, key_state state, bool multivalued, const str *values, size_t count)
{
    struct context_key *k = VEC_PUSH(m->ev->arena, &m->cells);
    *k = (struct context_key){m->key, state, multivalued, values, count};
}

tri atom_holds(const struct eval *ev, const struct atom *atom, const struct context_key *value)
{
    struct eval with = *ev;
    with.overlay = value;
    with.overlay_count = 1;
    return condition_holds(&with, atom->version, atom->condition);
}

static bool same_element(struct makings *m, str a, str b)
{
    struct context_key one = {m->key, KEY_PRESENT, true, &a, 1}, other = {m->key, KEY_PRESENT, true, &b, 1};
    for (size_t i = 0; i < m->atom_count; i++)
        if (atom_holds(m->ev, &m->atoms[i], &one) != atom_holds(m->ev, &m->atoms[i], &other))
            return false;
    return true;
}

/* Sets of values: what a set does under any operator follows from which kinds of values are in it. */
static void set_cells(struct makings *m)
{
    enum { KINDS = 6 };
    static const str empty_text = {"", 0};
    str kinds[KINDS];
    size_t count = 0;
    for (size_t i = 0; i < m->texts.count; i++) {
        bool seen = false;
        if (!m->texts.items[i].len) {
            m->exact = false; /* the empty text counts as no value only when it stands alone */
            continue;
        }
        for (size_t k = 0; k < count && !seen && !m->tied; k++)
            seen = same_element(m, kinds[k], m->texts.items[i]);
        if (seen)
            continue;
        if (count == KINDS) {
            m->exact = false;
            break;
        }
        kinds[count++] = m->texts.items[i];
    }
    for (unsigned set = 1; set < 1u << count; set++) {
        str *values = NEW_ARRAY(m->ev->arena, str, count);
        size_t n = 0;
        for (size_t k = 0; k < count; k++)
            if (set >> k & 1)
                values[n++] = kinds[k];
        add_cell(m, KEY_PRESENT, true, values, n);
    }
    add_cell(m, KEY_PRESENT, true, NULL, 0);
    add_cell(m, KEY_PRESENT, true, &empty_text, 1);
}

struct cells cells_of(const struct eval *ev, const struct cells_question *q)
{
    struct makings m = {.ev = ev, .key = q->key, .atoms = q->atoms, .atom_count = q->atom_count, .exact = !q->tied};
    struct global_key found;
    const struct global_key *known = global_key_find(q->key, &found) ? &found : NULL;
    m.tied = q->tied;
    for (size_t i = 0; i < q->atom_count; i++)
        m.types |= type_bit(q->atoms[i].condition->op->type);
    single_cells(&m, known);
    for (size_t i = 0; i < q->hint_count; i++)
        add_text(&m, q->hints[i]);
    catalog_key_values values = known ? known->values : q->sets ? KEY_HAS_ANY : KEY_HAS_ONE;
    add_cell(&m, KEY_ABSENT, false, NULL, 0);
    if (values != KEY_HAS_SET)
        for (size_t i = 0; i < m.texts.count; i++)
            add_cell(&m, KEY_PRESENT, false, &m.texts.items[i], 1);
    if (values != KEY_HAS_ONE)
        set_cells(&m);
    return (struct cells){m.cells.items, m.cells.count, m.exact};
}
