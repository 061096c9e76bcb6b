/* text.c - `text`: check for a person. The verdict comes first, then what is wrong, where, why and how to mend it. */
#include "report/text.h"
#include "base/clock.h"
#include "report/formats.h"

const struct family families[3] = {
    {"REMOVE",   ROUTES_REMOVE            },
    {"LEAVE",    ROUTES_LEAVE             },
    {"TRANSFER", ROUTE_BIT(ROUTE_TRANSFER)},
};

const struct look error_look = {"✗", "x", PAINT_RED};
const struct look note_look = {"!", "!", PAINT_YELLOW};

const struct look *verdict_look(verdict v)
{
    static const struct look looks[] = {
        [VERDICT_UNDETERMINED] = {"?",   "?",  PAINT_YELLOW},
        [VERDICT_NOT_READY] = {"✗", "x",  PAINT_RED   },
        [VERDICT_READY] = {"✓", "ok", PAINT_GREEN },
    };
    return &looks[v];
}

const struct look *finding_look(const struct finding *f)
{
    static const struct look looks[] = {
        [OUTCOME_UNKNOWN] = {"?",   "?",  PAINT_YELLOW},
          [OUTCOME_FAIL] = {"✗", "x",  PAINT_RED   },
        [OUTCOME_PASS] = {"✓", "ok", PAINT_GREEN },
          [OUTCOME_NOT_APPLICABLE] = {"-",   "-",  PAINT_FAINT },
        [OUTCOME_WAIVED] = {"~",   "~",  PAINT_CYAN  },
    };
    if (f->outcome == OUTCOME_FAIL && f->severity != SEVERITY_BLOCKER)
        return &note_look;
    return &looks[f->outcome];
}

size_t sign_columns(const struct text *t)
{
    return t->w->style.ascii ? 3 : 2;
}

void put_sign(struct text *t, const struct look *look)
{
    str sign = str_from(t->w->style.ascii ? look->ascii : look->sign);
    put_painted(t->w, look->paint, sign);
    put_spaces(t->w->out, sign_columns(t) - terminal_columns(sign, false));
}

str text_count(struct text *t, size_t n, const char *one, const char *many)
{
    return arena_printf(t->w->scratch, "%zu %s", n, n == 1 ? one : many);
}

str text_until(struct text *t, int64_t at)
{
    bool whole_day = at % DAY == DAY - 1;
    return whole_day ? time_format_date(t->w->scratch, at) : time_format(t->w->scratch, at);
}

void text_place(struct flow *f, str file, uint32_t line, uint32_t column, str after)
{
    arena *a = f->w->scratch;
    str where = file;
    if (line && column)
        where = arena_printf(a, "%.*s:%u:%u", STR_ARG(file), line, column);
    else if (line)
        where = arena_printf(a, "%.*s:%u", STR_ARG(file), line);
    flow_word(f, (str){0}, where, after);
}

bool stands_in_the_way(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && (f->outcome == OUTCOME_FAIL || f->outcome == OUTCOME_UNKNOWN);
}

verdict family_verdict(const struct account_result *a, unsigned routes)
{
    verdict best = VERDICT_NOT_READY;
    for (int r = 0; r < ROUTE_COUNT; r++) {
        if (!(routes & ROUTE_BIT(r)) || a->routes[r] == VERDICT_NOT_READY)
            continue;
        if (a->routes[r] == VERDICT_READY)
            return VERDICT_READY;
        best = VERDICT_UNDETERMINED;
    }
    return best;
}

void text_error(struct text *t, size_t indent, const struct input_error *e)
{
    put_spaces(t->w->out, indent);
    put_sign(t, &error_look);
    size_t column = indent + sign_columns(t);
    struct flow f = flow_at(t->w, column, column + 2);
    if (e->file.len)
        text_place(&f, e->file, e->line, e->column, STR(":"));
    flow_text(&f, e->message);
    flow_end(&f);
}

/* Parts of the head stand on a line as long as they fit, three blanks apart. */
static void head_part(struct text *t, size_t *column, const char *label, str value)
{
    size_t columns = strlen(label) + terminal_columns(value, t->w->style.ascii);
    int width = t->w->style.width;
    if (*column && width > 0 && *column + 3 + columns > (size_t)width) {
        put(t->w->out, STR("\n"));
        *column = 0;
    } else if (*column) {
        put(t->w->out, STR("   "));
        *column += 3;
    }
    put_painted(t->w, PAINT_FAINT, str_from(label));
    put_terminal(t->w->out, value, t->w->style.ascii);
    *column += columns;
}

static str captured(struct text *t, const struct check_run *run)
{
    arena *a = t->w->scratch;
    if (!run->has_captured_at)
        return STR("at an unknown time");
    int64_t age = run->as_of - run->captured_at;
    str at = time_format(a, run->captured_at), far = duration_format(a, age < 0 ? -age : age);
    return arena_printf(a, "%.*s (%.*s %s)", STR_ARG(at), STR_ARG(far), age < 0 ? "AFTER as-of" : "old");
}

static str route_list(arena *a, unsigned routes)
{
    static const struct family words[] = {
        {"remove", ROUTES_REMOVE},
        {"leave",  ROUTES_LEAVE },
    };
    str list = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((routes & words[i].routes) == words[i].routes) {
            list = arena_printf(a, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", words[i].name);
            routes &= ~words[i].routes;
        }
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            list = arena_printf(a, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", route_name((route)r));
    return list;
}

static void put_note(struct text *t, const char *label, str note)
{
    put_sign(t, &note_look);
    struct flow f = flow_at(t->w, sign_columns(t), sign_columns(t) + 2);
    flow_words(&f, label);
    flow_text(&f, note);
    flow_end(&f);
}

static void put_notes(struct text *t, const struct check_run *run)
{
    for (size_t i = 0; i < run->assumed_count; i++)
        put_note(t, "HYPOTHETICAL: assumed", run->assumed[i]);
    for (size_t i = 0; i < run->disabled_count; i++)
        put_note(t, "weakened:", run->disabled[i]);
    for (size_t i = 0; i < run->note_count; i++)
        put_note(t, "note:", run->notes[i]);
    if (run->assumed_count || run->disabled_count || run->note_count)
        put(t->w->out, STR("\n"));
}

void text_head(struct text *t)
{
    const struct check_run *run = t->w->run;
    size_t column = 0;
    head_part(t, &column, "orgexit ", run->version);
    head_part(t, &column, "organization ", run->org_id.len ? run->org_id : STR("unknown"));
    head_part(t, &column, run->saved ? "result " : "snapshot ", run->snapshot);
    head_part(t, &column, "profile ", run->profile);
    put(t->w->out, STR("\n"));
    column = 0;
    head_part(t, &column, "captured ", captured(t, run));
    head_part(t, &column, "as of ", time_format(t->w->scratch, run->as_of));
    head_part(t, &column, "routes ", route_list(t->w->scratch, run->routes));
    put(t->w->out, STR("\n\n"));
    put_notes(t, run);
}

static bool is_tsv(const struct report_writer *w)
{
    return w->style.table && w->style.piped;
}

static void text_begin(struct report_writer *w, const struct check_run *run)
{
    struct text *t = NEW(w->arena, struct text);
    if (w->style.piped)
        w->style.width = 0;
    t->w = w;
    w->state = t;
    if (!is_tsv(w) && run->number > 1)
        put(w->out, STR("\n"));
    if (!is_tsv(w))
        text_head(t);
}

static void note_needs(struct text *t, const struct account_result *a)
{
    if (!a->counted || a->verdict == VERDICT_READY)
        return;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        for (size_t i = 0; stands_in_the_way(f) && i < f->need_count; i++) {
            t->wants_attestation |= strcmp(f->needs[i].kind, "attestation") == 0;
            t->wants_capture |= strcmp(f->needs[i].kind, "capture") == 0;
        }
}

static void text_account(struct report_writer *w, const struct account_result *account)
{
    struct text *t = w->state;
    note_needs(t, account);
    if (w->style.table)
        table_add(t, account);
    else
        text_section(t, account);
}

static void text_end(struct report_writer *w, const struct check_summary *summary)
{
    struct text *t = w->state;
    if (is_tsv(w)) {
        table_put_tsv(t);
        text_end_for_programs(t, summary);
        return;
    }
    if (w->style.table)
        table_put(t);
    text_end_for_people(t, summary);
}

static void text_total(struct report_writer *w, const struct check_total *total)
{
    text_last(w->state, total, is_tsv(w));
}

const struct report_format report_text = {.name = "text",
                                          .begin = text_begin,
                                          .account = text_account,
                                          .end = text_end,
                                          .total = text_total,
                                          .several = true};
