/* text_table.c - many accounts, one line each, the worst first; for programs the same as tab-separated values. */
#include <stdlib.h>

#include "base/clock.h"
#include "report/text.h"

enum { GAP = 2, ID_COLUMNS = 12, FAMILY_COUNT = 3, MIN_NAME = 12, ONE_LINE_ROOM = 56 };

static bool holds_word(str list, str word)
{
    while (list.len) {
        str item = str_cut(&list, ' ');
        if (item.len && item.ptr[item.len - 1] == '?')
            item.len--;
        if (str_eq(item, word))
            return true;
    }
    return false;
}

/* Failed ones first; a rule that failed on one route is not told again as unknown on another. */
static str blocker_list(arena *a, const struct account_result *r)
{
    str list = r->error_count ? STR("input-error") : (str){0};
    for (int unknown = 0; unknown < 2; unknown++)
        for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++) {
            if (!stands_in_the_way(f) || (f->outcome == OUTCOME_UNKNOWN) != (unknown == 1) || holds_word(list, f->rule))
                continue;
            list = arena_printf(a, "%.*s%s%.*s%s", STR_ARG(list), list.len ? " " : "", STR_ARG(f->rule),
                                unknown ? "?" : "");
        }
    return list;
}

/* What is said beside the blockers, and the same for where there is little room. */
static void note_row(struct text *t, const struct account_result *a, struct row *row)
{
    arena *keep = t->w->arena;
    if (a->verdict != VERDICT_READY && a->has_ready_from) {
        str at = time_format(t->w->scratch, a->ready_from);
        row->note = arena_printf(keep, "ready from %.*s", STR_ARG(at));
        row->short_note = arena_printf(keep, "from %.*s", STR_ARG(str_head(at, 10)));
    }
    if (a->verdict == VERDICT_READY && a->waived)
        row->note = row->short_note = arena_printf(keep, "READY (%u waived)", a->waived);
    if (a->verdict == VERDICT_READY && a->has_ready_until) {
        str until = text_until(t, a->ready_until);
        row->note = arena_printf(keep, "%.*s until %.*s (%.*s)", STR_ARG(a->waived ? row->note : STR("READY")),
                                 STR_ARG(until), STR_ARG(a->ready_until_because));
        if (!a->waived)
            row->short_note = arena_printf(keep, "until %.*s", STR_ARG(str_head(until, 10)));
    }
    if (t->w->run->assumed_count) {
        row->note = arena_printf(keep, "HYPOTHETICAL%s%.*s", row->note.len ? " " : "", STR_ARG(row->note));
        row->short_note = STR("HYPOTHETICAL");
    }
}

void table_add(struct text *t, const struct account_result *a)
{
    if (a->verdict == VERDICT_READY && t->w->style.only_problems) {
        t->hidden++;
        return;
    }
    arena *keep = t->w->arena;
    struct row *row = VEC_PUSH(keep, &t->rows);
    row->id = arena_str(keep, a->id);
    row->name = arena_str(keep, a->name);
    row->path = arena_str(keep, a->path);
    row->verdict = a->verdict;
    row->waived = a->waived != 0;
    row->counted = a->counted;
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        row->families[i] = family_verdict(a, families[i].routes & t->w->run->routes);
    row->blockers = a->verdict == VERDICT_READY ? (str){0} : arena_str(keep, blocker_list(t->w->scratch, a));
    note_row(t, a, row);
}

static int rank(const struct row *r)
{
    static const int ranks[] = {[VERDICT_NOT_READY] = 0, [VERDICT_UNDETERMINED] = 1, [VERDICT_READY] = 2};
    return r->counted ? ranks[r->verdict] : 3;
}

static int worst_first(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return rank(x) != rank(y) ? rank(x) - rank(y) : str_cmp(x->id, y->id);
}

static void sort_rows(struct text *t)
{
    if (t->rows.count)
        qsort(t->rows.items, t->rows.count, sizeof *t->rows.items, worst_first);
}

/* Columns of each part; 0: left out. */
struct layout {
    size_t name, path, family[FAMILY_COUNT], last;
    bool two_lines; /* the last column has a line of its own */
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A path below the root, which all of them share: "/Root/Prod" is "Prod". */
static str ou_of(const struct row *r)
{
    str path = r->path;
    if (!str_starts(path, STR("/")))
        return path;
    path = str_from_index(path, 1);
    size_t slash = str_find_char(path, '/');
    return slash == SIZE_MAX ? r->path : str_from_index(path, slash + 1);
}

static size_t last_columns(const struct row *r, bool ascii)
{
    size_t note = terminal_columns(r->note, ascii);
    return terminal_columns(r->blockers, ascii) + note + (r->blockers.len && note ? 2 : 0);
}

static struct layout natural_layout(const struct text *t)
{
    bool ascii = t->w->style.ascii;
    struct layout l = {.name = 4, .path = 2, .last = 10}; /* the titles */
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        if (t->w->run->routes & families[f].routes)
            l.family[f] = strlen(families[f].name);
    for (const struct row *r = t->rows.items; r < t->rows.items + t->rows.count; r++) {
        l.name = larger(l.name, terminal_columns(r->name, ascii));
        l.path = larger(l.path, terminal_columns(ou_of(r), ascii));
        l.last = larger(l.last, last_columns(r, ascii));
        for (size_t f = 0; f < FAMILY_COUNT; f++)
            if (l.family[f])
                l.family[f] = larger(l.family[f], strlen(verdict_name(r->families[f])));
    }
    return l;
}

/* Shares `room` between columns, the small ones first: none gets more than it wants. */
static void share(size_t room, size_t *a, size_t *b)
{
    if (*a + *b <= room)
        return;
    size_t half = room / 2;
    if (*a <= half)
        *b = room - *a;
    else if (*b <= half)
        *a = room - *b;
    else
        *a = half, *b = room - half;
}

static struct layout fit(const struct text *t)
{
    struct layout l = natural_layout(t);
    if (t->w->style.width <= 0)
        return l;
    size_t fixed = sign_columns(t) + ID_COLUMNS, width = (size_t)t->w->style.width;
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        fixed += l.family[f] ? GAP + l.family[f] : 0;
    size_t room = larger(width, fixed + GAP + MIN_NAME) - fixed;
    if (GAP + l.name + GAP + l.path + GAP + l.last <= room)
        return l;
    size_t names = room / 2; /* the last column, which says what to do, keeps the other half */
    if (room < ONE_LINE_ROOM) {
        l.two_lines = true;
        names = room;
    } else if (GAP + l.last < room - names) {
        names = room - GAP - l.last;
    }
    if (names < GAP + MIN_NAME + GAP + 8) {
        l.path = 0;
        l.name = smaller(l.name, names - GAP);
    } else {
        share(names - 2 * GAP, &l.name, &l.path);
    }
    if (l.two_lines)
        l.last = width > 24 ? width - 2 * sign_columns(t) : 20;
    else
        l.last = room - GAP - l.name - GAP - l.path - GAP;
    return l;
}

/* A text, cut to its column. The blanks that fill it up are owed (*pad) until something follows on the line. */
static void put_cell(struct text *t, size_t *pad, paint p, str s, size_t columns)
{
    if (s.len) {
        put_spaces(t->w->out, *pad);
        *pad = 0;
        if (p != PAINT_NONE)
            put_paint(t->w, p);
        columns -= put_terminal_cut(t->w->out, s, t->w->style.ascii, columns);
        if (p != PAINT_NONE)
            put_paint(t->w, PAINT_NONE);
    }
    *pad += columns + GAP;
}

/* Whole rule ids as far as they fit, then how many more there are. */
static size_t put_blockers(struct text *t, str list, size_t room)
{
    bool ascii = t->w->style.ascii;
    size_t used = 0, left = 0;
    for (size_t i = 0; i < list.len; i++)
        left += list.ptr[i] == ' ';
    for (; list.len; left--) {
        str id = str_cut(&list, ' ');
        size_t columns = terminal_columns(id, ascii), more = left ? (left < 10 ? 3 : 4) : 0;
        if (used && used + 1 + columns + more > room) {
            putf(t->w->out, " +%zu", left + 1);
            return used + 3;
        }
        if (used)
            put(t->w->out, STR(" "));
        used += !!used + put_terminal_cut(t->w->out, id, ascii, room > more ? room - more : 0);
    }
    return used;
}

/* The longest note that fits. */
static str note_for(const struct text *t, const struct row *r, size_t room)
{
    bool ascii = t->w->style.ascii;
    if (terminal_columns(r->note, ascii) <= room)
        return r->note;
    return terminal_columns(r->short_note, ascii) <= room ? r->short_note : (str){0};
}

static void put_last(struct text *t, const struct row *r, size_t room)
{
    size_t used = put_blockers(t, r->blockers, room), gap = used ? 2 : 0;
    str note = note_for(t, r, room > used + gap ? room - used - gap : 0);
    if (!note.len)
        return;
    put_spaces(t->w->out, gap);
    put_painted(t->w, PAINT_FAINT, note);
}

static void put_header(struct text *t, const struct layout *l)
{
    size_t pad = sign_columns(t);
    put_cell(t, &pad, PAINT_BOLD, STR("ACCOUNT"), ID_COLUMNS);
    put_cell(t, &pad, PAINT_BOLD, STR("NAME"), l->name);
    if (l->path)
        put_cell(t, &pad, PAINT_BOLD, STR("OU"), l->path);
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        if (l->family[f])
            put_cell(t, &pad, PAINT_BOLD, str_from(families[f].name), l->family[f]);
    if (!l->two_lines)
        put_cell(t, &pad, PAINT_BOLD, STR("BLOCKED BY"), l->last);
    put(t->w->out, STR("\n"));
}

static void put_row(struct text *t, const struct layout *l, const struct row *r)
{
    /* a second line for a READY account would hide those that are not */
    bool last = r->blockers.len || (r->note.len && (!l->two_lines || r->verdict != VERDICT_READY || r->waived));
    size_t pad = 0;
    put_sign(t, verdict_look(r->verdict));
    put_cell(t, &pad, PAINT_NONE, r->id, ID_COLUMNS);
    put_cell(t, &pad, PAINT_NONE, r->name, l->name);
    if (l->path)
        put_cell(t, &pad, PAINT_NONE, ou_of(r), l->path);
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        if (l->family[f])
            put_cell(t, &pad, verdict_look(r->families[f])->paint, str_from(verdict_name(r->families[f])),
                     l->family[f]);
    if (last && l->two_lines)
        put(t->w->out, STR("\n"));
    if (last) {
        put_spaces(t->w->out, l->two_lines ? sign_columns(t) * 2 : pad);
        put_last(t, r, l->last);
    }
    put(t->w->out, STR("\n"));
}

void table_put(struct text *t)
{
    if (!t->rows.count)
        return;
    sort_rows(t);
    struct layout l = fit(t);
    bool uncounted = false;
    put_header(t, &l);
    for (const struct row *r = t->rows.items; r < t->rows.items + t->rows.count; r++) {
        if (!r->counted && !uncounted) {
            put(t->w->out, STR("\n"));
            put_spaces(t->w->out, sign_columns(t));
            put_painted(t->w, PAINT_FAINT, STR("management account, not counted:\n"));
            uncounted = true;
        }
        put_row(t, &l, r);
    }
    put(t->w->out, STR("\n"));
}

static void put_field(struct text *t, str s)
{
    put(t->w->out, STR("\t"));
    put_terminal(t->w->out, s, t->w->style.ascii);
}

static void put_tsv_head(struct text *t)
{
    put(t->w->out, STR("ACCOUNT\tNAME\tOU\tVERDICT"));
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        if (t->w->run->routes & families[f].routes)
            put_field(t, str_from(families[f].name));
    put(t->w->out, STR("\tBLOCKED BY\tNOTE\n"));
}

void table_put_tsv(struct text *t)
{
    sort_rows(t);
    if (t->w->run->number <= 1)
        put_tsv_head(t);
    text_snapshot_remark(t);
    for (const struct row *r = t->rows.items; r < t->rows.items + t->rows.count; r++) {
        put_terminal(t->w->out, r->id, t->w->style.ascii);
        put_field(t, r->name);
        put_field(t, r->path);
        put_field(t, str_from(verdict_name(r->verdict)));
        for (size_t f = 0; f < FAMILY_COUNT; f++)
            if (t->w->run->routes & families[f].routes)
                put_field(t, str_from(verdict_name(r->families[f])));
        put_field(t, r->blockers);
        put_field(t, r->counted ? r->note : STR("management account, not counted"));
        put(t->w->out, STR("\n"));
    }
}
