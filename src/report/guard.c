/* guard.c - claims for a person: what came of each, and where it does not hold, who speaks against it and why. */
#include "report/guard.h"

#include "report/excerpt.h"
#include "report/explain.h"
#include "report/text.h"

enum { CASES_SHOWN = 3, IDS_SHOWN = 20 }; /* of one claim and outcome, unless verbose */

static const struct look *tri_look(tri holds)
{
    return verdict_look(holds == TRI_YES ? VERDICT_READY : holds == TRI_NO ? VERDICT_NOT_READY : VERDICT_UNDETERMINED);
}

static const char *tri_words(tri holds)
{
    return holds == TRI_YES ? "HOLDS" : holds == TRI_NO ? "VIOLATED" : "UNKNOWN";
}

/* ---- people ---- */

static void put_keys(struct flow *f, const struct guard_person *p)
{
    for (size_t i = 0; i < p->key_count; i++) {
        const struct explained_key *k = &p->keys[i];
        flow_words(f, i ? "and" : "with");
        flow_word(f, (str){0}, k->name, k->absent ? STR(" absent") : STR(" ="));
        for (size_t v = 0; v < k->count && !k->absent; v++)
            flow_word(f, (str){0}, k->values[v].len ? k->values[v] : STR("\"\""),
                      v + 1 < k->count ? STR(",") : (str){0});
        if (!k->absent && !k->count)
            flow_words(f, "(no value)");
    }
}

/* One who is there. */
static void put_captured(struct flow *f, const struct guard_person *p)
{
    flow_word(f, (str){0}, p->arn, (str){0});
    flow_word(f, STR("("), str_from(p->kind), STR(")"));
    flow_words(f, p->may == TRI_YES ? "may, today:" : p->may == TRI_NO ? "may not:" : "perhaps may:");
    flow_text(f, p->why);
}

/* Whether both could call in the same way: then one line tells them. */
static bool is_alike(const struct guard_person *a, const struct guard_person *b)
{
    return !a->captured && !b->captured && a->may == b->may && str_eq(a->who, b->who) && str_eq(a->why, b->why) &&
           str_eq(a->action, b->action) && !a->key_count && !b->key_count;
}

/* Those who could be, each kind with one of them. */
static void put_possible(struct flow *f, const struct guard_person *p, size_t count)
{
    bool narrowed = p->who.len > 0, told = false, all = count == 3 && p->may == TRI_YES && !narrowed;
    if (all)
        flow_words(f, "anybody");
    for (size_t i = 0; i < count && !all; i++) {
        bool root = strcmp(p[i].kind, "root user") == 0;
        flow_words(f, i ? "or" : "");
        flow_words(f, root ? "the" : p->may == TRI_YES && !narrowed ? "any" : "a");
        flow_words(f, p[i].kind);
    }
    flow_words(f, p->may == TRI_YES ? "may" : p->may == TRI_NO ? "may not:" : "perhaps may:");
    if (p->may == TRI_YES && narrowed) {
        flow_words(f, "where");
        flow_text(f, p->who);
    }
    for (size_t i = 0; i < count && p->may != TRI_NO; i++) {
        if (!p[i].arn.len)
            continue;
        if (p->may == TRI_YES || told)
            flow_glued(f, STR(","));
        flow_words(f, told ? "" : "such as");
        flow_word(f, (str){0}, p[i].arn, p->may == TRI_UNKNOWN && i + 1 == count ? STR(":") : (str){0});
        told = true;
    }
    if (p->why.len && p->may == TRI_YES)
        flow_glued(f, STR(":"));
    flow_text(f, p->why);
}

/* `count`: that are alike. */
static void put_person(struct text *t, const struct guard_person *p, size_t count, bool tells_action)
{
    put_spaces(t->w->out, 4);
    put(t->w->out, STR("- "));
    struct flow f = flow_at(t->w, 6, 8);
    if (p->captured)
        put_captured(&f, p);
    else
        put_possible(&f, p, count);
    put_keys(&f, p);
    if (tells_action)
        flow_word(&f, STR("("), p->action, STR(")"));
    flow_end(&f);
}

/* ---- statements ---- */

static bool same_statement(const struct guard_statement *a, const struct guard_statement *b)
{
    return str_eq(a->at.level, b->at.level) && str_eq(a->at.policy, b->at.policy) && a->at.statement == b->at.statement;
}

static bool is_told(const struct guard_answers *people, const struct guard_person *until,
                    const struct guard_statement *s)
{
    for (const struct guard_person *p = people->items; p < until; p++)
        for (size_t i = 0; i < p->through_count; i++)
            if (same_statement(&p->through[i], s))
                return true;
    return false;
}

static void put_statement_name(struct flow *f, const struct evidence *at)
{
    if (at->sid.len)
        flow_word(f, (str){0}, at->sid, (str){0});
    else
        flow_word(f, STR("#"), arena_printf(f->w->scratch, "%d", at->statement + 1), (str){0});
    flow_words(f, "of");
    flow_word(f, (str){0}, at->policy_name.len ? at->policy_name : at->policy, (str){0});
    flow_words(f, "at");
    flow_text(f, at->level_path.len ? at->level_path : at->level);
}

/* A Deny that stands there and does not reach them. */
static void put_deny(struct text *t, const struct guard_statement *s)
{
    put_spaces(t->w->out, 6);
    struct flow f = flow_at(t->w, 6, 8);
    flow_words(&f, "let through by");
    put_statement_name(&f, &s->at);
    flow_glued(&f, STR(":"));
    flow_text(&f, s->at.text);
    flow_end(&f);
    if (!s->at.line)
        return;
    put_spaces(t->w->out, 8);
    put_painted(t->w, PAINT_CYAN, STR("--> "));
    f = flow_at(t->w, 12, 12);
    text_place(&f, s->at.file, s->at.line, s->at.column, (str){0});
    if (s->at.inner_pointer.ptr && s->at.excerpt.ptr)
        flow_text(&f, arena_printf(t->w->scratch, "(line %u of the document in it)", s->at.excerpt_line));
    flow_end(&f);
    struct evidence silent = s->at;
    silent.text = (str){0}; /* it is told above */
    if (s->at.excerpt.ptr)
        (void)put_excerpt(t->w, 8, &silent);
}

/* What allows it, level by level, on one line: most often AWS's own policy at each. */
static void put_allows(struct text *t, const struct guard_answers *people)
{
    const struct guard_statement *first = NULL;
    struct flow f = {0};
    size_t count = 0;
    bool same = true;
    for (int print = 0; print < 2; print++) {
        for (const struct guard_person *p = people->items; p < people->items + people->count; p++)
            for (size_t i = 0; i < p->through_count; i++) {
                const struct guard_statement *s = &p->through[i];
                if (s->denies || is_told(people, p, s))
                    continue;
                count += !print;
                first = first ? first : s;
                same &= str_eq(s->at.policy, first->at.policy);
                if (!print || (same && s != first))
                    continue;
                if (s != first)
                    flow_glued(&f, STR(","));
                put_statement_name(&f, &s->at);
            }
        if (!count)
            return;
        if (print)
            break;
        put_spaces(t->w->out, 6);
        f = flow_at(t->w, 6, 8);
        flow_words(&f, "allowed by");
    }
    if (same && count > 1)
        flow_text(&f, arena_printf(t->w->scratch, "and %zu %s below", count - 1, count == 2 ? "level" : "levels"));
    flow_end(&f);
}

static void put_through(struct text *t, const struct guard_answers *people)
{
    for (const struct guard_person *p = people->items; p < people->items + people->count; p++)
        for (size_t i = 0; i < p->through_count; i++)
            if (p->through[i].denies && !is_told(people, p, &p->through[i]))
                put_deny(t, &p->through[i]);
    put_allows(t, people);
}

/* ---- accounts ---- */

static void put_case(struct text *t, const struct guard_case *c, bool several)
{
    put_spaces(t->w->out, 2);
    put_sign(t, tri_look(c->holds));
    struct flow f = flow_at(t->w, 2 + sign_columns(t), 4 + sign_columns(t));
    if (c->id.len)
        flow_word(&f, (str){0}, c->id, (str){0});
    else
        flow_words(&f, "any account");
    if (c->name.len)
        flow_word(&f, STR("\""), c->name, STR("\""));
    if (c->path.len) {
        flow_words(&f, "in");
        flow_text(&f, c->path);
    }
    if (c->why.len && c->holds != TRI_YES) {
        flow_glued(&f, STR(":"));
        flow_text(&f, c->why);
    }
    flow_end(&f);
    for (size_t i = 0, alike; i < c->people.count; i += alike) {
        const struct guard_person *p = &c->people.items[i];
        for (alike = 1; i + alike < c->people.count && is_alike(p, &p[alike]);)
            alike++;
        put_person(t, p, alike, several);
    }
    put_through(t, &c->people);
}

/* The first in full, the others by their ids. */
static void put_cases(struct text *t, const struct guard_claim *claim, tri holds)
{
    size_t seen = 0;
    struct flow f = {0};
    for (size_t i = 0; i < claim->case_count; i++) {
        const struct guard_case *c = &claim->cases[i];
        if (c->holds != holds)
            continue;
        if (seen++ < CASES_SHOWN || t->w->style.verbose) {
            put_case(t, c, claim->several);
            continue;
        }
        if (seen == CASES_SHOWN + 1) {
            put_spaces(t->w->out, 2);
            put_sign(t, tri_look(holds));
            f = flow_at(t->w, 2 + sign_columns(t), 4 + sign_columns(t));
            flow_words(&f, "and so (--verbose tells why):");
        }
        if (seen <= CASES_SHOWN + IDS_SHOWN)
            flow_word(&f, (str){0}, c->id.len ? c->id : c->path, (str){0});
    }
    if (seen > CASES_SHOWN + IDS_SHOWN && !t->w->style.verbose)
        flow_text(&f, arena_printf(t->w->scratch, "and %zu more", seen - CASES_SHOWN - IDS_SHOWN));
    if (seen > CASES_SHOWN && !t->w->style.verbose)
        flow_end(&f);
}

/* ---- claims ---- */

/* "3 accounts", or "2 violated, 1 unknown of 3 accounts". */
static str counts_words(struct text *t, const struct guard_claim *c, bool of_ous)
{
    arena *a = t->w->scratch;
    str all = text_count(t, c->case_count, of_ous ? "place" : "account", of_ous ? "places" : "accounts");
    if (c->held == c->case_count)
        return all;
    str violated = c->violated ? arena_printf(a, "violated in %zu", c->violated) : (str){0};
    str unknown = c->unknown ? arena_printf(a, "unknown in %zu", c->unknown) : (str){0};
    return arena_printf(a, "%.*s%s%.*s of %.*s", STR_ARG(violated), violated.len && unknown.len ? ", " : "",
                        STR_ARG(unknown), STR_ARG(all));
}

static void put_claim(struct text *t, const struct guard_claim *c, bool of_ous)
{
    const struct look *look = tri_look(c->holds);
    put_sign(t, look);
    put_paint(t->w, PAINT_BOLD);
    put_painted(t->w, look->paint, str_from(tri_words(c->holds)));
    put(t->w->out, STR(": "));
    struct flow f = flow_at(t->w, sign_columns(t) + strlen(tri_words(c->holds)) + 2, sign_columns(t) + 2);
    flow_text(&f, c->name);
    flow_word(&f, STR("("), counts_words(t, c, of_ous), STR(")"));
    flow_end(&f);
    if (c->holds == TRI_YES && !t->w->style.verbose)
        return;
    put_spaces(t->w->out, 4);
    put_painted(t->w, PAINT_CYAN, STR("--> "));
    f = flow_at(t->w, 8, 8);
    text_place(&f, c->file, c->line, c->column, STR(":"));
    flow_text(&f, c->text);
    flow_end(&f);
    put_doubts(t, c->doubts, c->doubt_count);
    put_cases(t, c, TRI_NO);
    put_cases(t, c, TRI_UNKNOWN);
    if (t->w->style.verbose)
        put_cases(t, c, TRI_YES);
}

void guard_text(struct report_writer *w, const struct guard_result *g)
{
    struct text t = {.w = w};
    put_doubts(&t, g->doubts, g->doubt_count);
    for (size_t i = 0; i < g->error_count; i++)
        text_error(&t, 2, &g->errors[i]);
    if (g->doubt_count || g->error_count)
        put(w->out, STR("\n"));
    for (size_t i = 0; i < g->claim_count; i++)
        put_claim(&t, &g->claims[i], !g->snapshot.len);
    put(w->out, STR("\n"));
    for (size_t i = 0; i < g->note_count; i++) {
        struct flow f = flow_at(w, 0, 2);
        flow_words(&f, "note:");
        flow_text(&f, g->notes[i]);
        flow_end(&f);
    }
    putf(w->out, "%zu claim%s: %zu held, %zu violated, %zu unknown; exit %d\n", g->claim_count,
         g->claim_count == 1 ? "" : "s", g->held, g->violated, g->unknown, g->exit_code);
}

/* ---- formats ---- */

static const struct {
    const char *name;
    void (*write)(struct report_writer *w, const struct guard_result *g);
} formats[] = {
    {"text", guard_text},
    {"json", guard_json},
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

static size_t find_format(str name, error *e)
{
    size_t i = 0;
    while (i < FORMAT_COUNT && !str_is(name, formats[i].name))
        i++;
    if (i == FORMAT_COUNT)
        error_set(e, ERR_USAGE, "there is no format \"%.*s\" here; the formats are text, json", STR_ARG(name));
    return i;
}

bool guard_format_known(str format, error *e)
{
    return find_format(format, e) < FORMAT_COUNT;
}

bool guard_write(arena *a, str format, const char *path, struct report_style style, const struct guard_result *g,
                 error *e)
{
    struct report_writer w = {.arena = a, .scratch = a, .style = style};
    size_t i = find_format(format, e);
    if (i == FORMAT_COUNT)
        return false;
    w.out = file_out_open(a, path, e);
    if (!w.out)
        return false;
    formats[i].write(&w, g);
    return file_out_end(w.out, e);
}
