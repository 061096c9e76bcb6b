/* text_finding.c - one finding: what is wrong, where in the file, why it matters, how to mend it. */
#include "report/excerpt.h"
#include "report/text.h"

enum {
    BODY = 6,          /* columns before a label */
    LABEL = 6,         /* of a label and the blanks behind it */
    EVIDENCE_SHOWN = 3 /* unless verbose */
};

static size_t head_indent(const struct text *t)
{
    return sign_columns(t) * 2;
}

/* ✗ rule: what it says */
static void put_headline(struct text *t, const struct finding *f)
{
    put_spaces(t->w->out, sign_columns(t));
    put_sign(t, finding_look(f));
    struct flow line = flow_at(t->w, head_indent(t), head_indent(t) + 2);
    put_paint(t->w, PAINT_BOLD);
    flow_word(&line, (str){0}, f->rule, STR(":"));
    put_paint(t->w, PAINT_NONE);
    flow_text(&line, f->message);
    flow_end(&line);
}

/* Begins a labelled paragraph. */
static struct flow labelled(struct text *t, const char *label)
{
    put_spaces(t->w->out, BODY);
    put_painted(t->w, PAINT_FAINT, str_from(label));
    put_spaces(t->w->out, LABEL - strlen(label));
    return flow_at(t->w, BODY + LABEL, BODY + LABEL);
}

/* Which policy, which statement of it, and where that is attached. */
static void put_origin(struct flow *f, const struct evidence *ev)
{
    bool named = ev->policy_name.len != 0;
    flow_words(f, "policy");
    flow_word(f, (str){0}, named ? ev->policy_name : ev->policy, (str){0});
    if (named)
        flow_word(f, STR("("), ev->policy, STR(")"));
    if (ev->sid.len) {
        flow_words(f, "statement");
        flow_word(f, (str){0}, ev->sid, (str){0});
    } else if (ev->statement >= 0) {
        flow_words(f, "statement");
        flow_word(f, STR("#"), arena_printf(f->w->scratch, "%d", ev->statement + 1), (str){0});
    }
    if (ev->level.len || ev->level_path.len)
        flow_words(f, "at");
    if (ev->level_path.len)
        flow_text(f, ev->level_path);
    if (ev->level.len)
        flow_word(f, ev->level_path.len ? STR("(") : (str){0}, ev->level, ev->level_path.len ? STR(")") : (str){0});
}

static void put_evidence(struct text *t, const struct evidence *ev, bool full)
{
    bool excerpt = full && ev->excerpt.ptr && ev->line && ev->column, told = !ev->text.len;
    put_spaces(t->w->out, BODY);
    put_painted(t->w, PAINT_CYAN, STR("--> "));
    struct flow f = flow_at(t->w, BODY + 4, BODY + 4);
    text_place(&f, ev->file, ev->line, ev->column, (str){0});
    if (excerpt && ev->inner_pointer.ptr)
        flow_text(&f, arena_printf(t->w->scratch, "(line %u of the document in it)", ev->excerpt_line));
    flow_end(&f);
    if (excerpt)
        told = put_excerpt(t->w, BODY, ev);
    for (int part = 0; full && part < 2; part++) {
        bool wanted = part == 0 ? !told : ev->policy.len != 0;
        if (!wanted)
            continue;
        put_spaces(t->w->out, BODY);
        put(t->w->out, STR("  = "));
        f = flow_at(t->w, BODY + 4, BODY + 4);
        if (part == 0)
            flow_text(&f, ev->text);
        else
            put_origin(&f, ev);
        flow_end(&f);
    }
}

static void put_all_evidence(struct text *t, const struct finding *f)
{
    size_t shown = t->w->style.verbose ? f->evidence_count : EVIDENCE_SHOWN;
    for (size_t i = 0; i < f->evidence_count && i < shown; i++)
        put_evidence(t, &f->evidence[i], true);
    if (f->evidence_count > shown) {
        put_spaces(t->w->out, BODY);
        putf(t->w->out, "and %zu more places (--verbose)\n", f->evidence_count - shown);
    }
}

/* A finding that does not hold for every route says for which. */
static void put_routes(struct text *t, const struct finding *f)
{
    if ((f->routes & t->w->run->routes) == t->w->run->routes)
        return;
    struct flow line = labelled(t, "only");
    flow_words(&line, "for");
    unsigned left = f->routes;
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (left & ROUTE_BIT(r)) {
            left &= ~ROUTE_BIT(r);
            flow_word(&line, (str){0}, str_from(route_name((route)r)), left ? STR(",") : (str){0});
        }
    flow_end(&line);
}

/* Once for each rule: the second account need not be told again. */
static void put_why(struct text *t, const struct finding *f)
{
    if (!f->why.len || map_get(&t->explained, f->rule))
        return;
    *map_at(t->w->arena, &t->explained, arena_str(t->w->arena, f->rule)) = t;
    struct flow line = labelled(t, "why");
    flow_prose(&line, f->why);
    flow_end(&line);
}

static void put_fix(struct text *t, const struct fix *x)
{
    struct flow line = labelled(t, "fix");
    flow_prose(&line, x->text);
    flow_end(&line);
    if (x->command)
        put_command(t->w, BODY + LABEL + 2, x->command, x->command_len);
}

/* What would settle an unknown. A command that does not fit stands on a line of its own, whole. */
static void put_need(struct text *t, const struct need *n)
{
    bool command = str_starts(n->how, STR("orgexit ")) || str_starts(n->how, STR("aws "));
    struct flow line = labelled(t, "need");
    flow_words(&line, n->kind);
    flow_word(&line, (str){0}, n->name, n->how.len ? STR(":") : (str){0});
    if (command && terminal_columns(n->how, t->w->style.ascii) > flow_room(&line)) {
        flow_end(&line);
        put_spaces(t->w->out, BODY + LABEL + 2);
        line = flow_at(t->w, BODY + LABEL + 2, BODY + LABEL + 2);
        flow_word(&line, (str){0}, n->how, (str){0});
    } else {
        flow_text(&line, n->how);
    }
    flow_end(&line);
}

static void put_depends(struct text *t, const struct finding *f)
{
    if (!f->depends_on_count)
        return;
    struct flow line = labelled(t, "open");
    for (size_t i = 0; i < f->depends_on_count; i++)
        flow_word(&line, (str){0}, f->depends_on[i], i + 1 < f->depends_on_count ? STR(",") : (str){0});
    flow_words(&line, "(no file tells)");
    flow_end(&line);
}

static void put_predicted(struct text *t, const struct finding *f)
{
    if (!f->predicts.len)
        return;
    struct flow line = labelled(t, "AWS");
    flow_words(&line, "would answer");
    flow_text(&line, f->predicts);
    flow_end(&line);
}

static void put_waiver(struct text *t, const struct waiver_note *waiver)
{
    struct flow line = flow_at(t->w, BODY, BODY);
    put_spaces(t->w->out, BODY);
    flow_words(&line, "by");
    flow_word(&line, (str){0}, waiver->by, STR(","));
    flow_words(&line, "until");
    flow_word(&line, (str){0}, waiver->valid_until, STR(":"));
    flow_text(&line, waiver->reason);
    flow_end(&line);
}

static void put_references(struct text *t, const struct finding *f)
{
    for (size_t i = 0; i < f->reference_count; i++) {
        struct flow line = labelled(t, "see");
        flow_text(&line, f->references[i]);
        flow_end(&line);
    }
}

void text_finding_full(struct text *t, const struct finding *f)
{
    put_headline(t, f);
    put_all_evidence(t, f);
    put_routes(t, f);
    put_depends(t, f);
    put_why(t, f);
    put_predicted(t, f);
    for (size_t i = 0; i < f->need_count; i++)
        put_need(t, &f->needs[i]);
    for (size_t i = 0; i < f->fix_count; i++)
        put_fix(t, &f->fixes[i]);
    if (f->waiver)
        put_waiver(t, f->waiver);
    if (t->w->style.verbose)
        put_references(t, f);
}

/* What, where, and the first thing to do. */
void text_finding_short(struct text *t, const struct finding *f)
{
    put_headline(t, f);
    if (f->outcome == OUTCOME_PASS)
        return;
    if (f->waiver)
        put_waiver(t, f->waiver);
    else if (f->evidence_count)
        put_evidence(t, &f->evidence[0], false);
    if (f->severity == SEVERITY_WARNING && f->fix_count && !f->waiver)
        put_fix(t, &f->fixes[0]);
    if (f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_UNKNOWN)
        for (size_t i = 0; i < f->need_count; i++)
            put_need(t, &f->needs[i]);
}
