/* explain_text.c - one decision for a person: the answer, the way to it from the root down, what would change it. */
#include "report/excerpt.h"
#include "report/explain.h"
#include "report/text.h"

enum { MISSES_SHOWN = 3 }; /* statements of one policy that do not match, unless verbose */

/* ---- signs ---- */

static const struct look *tri_look(tri allowed)
{
    return verdict_look(allowed == TRI_YES  ? VERDICT_READY
                        : allowed == TRI_NO ? VERDICT_NOT_READY
                                            : VERDICT_UNDETERMINED);
}

static const char *decision_words(str decision)
{
    static const struct {
        const char *decision, *words;
    } rows[] = {
        {"Allowed",          "ALLOWED"          },
        {"ExplicitlyDenied", "EXPLICITLY DENIED"},
        {"ImplicitlyDenied", "IMPLICITLY DENIED"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(decision, rows[i].decision))
            return rows[i].words;
    return "UNKNOWN";
}

static const struct look *statement_look(const struct explained_statement *s)
{
    static const struct look silent = {"-", "-", PAINT_FAINT};
    if (s->matches == TRI_NO)
        return &silent;
    return tri_look(s->matches == TRI_UNKNOWN ? TRI_UNKNOWN : tri_of(str_is(s->effect, "Allow")));
}

static const char *statement_verb(const struct explained_statement *s)
{
    bool allows = str_is(s->effect, "Allow"), denies = str_is(s->effect, "Deny");
    switch (s->matches) {
    case TRI_YES: return allows ? "allows it:" : denies ? "denies it:" : "speaks of it:";
    case TRI_NO: return allows ? "(Allow) does not match:" : "(Deny) does not match:";
    case TRI_UNKNOWN: break;
    }
    return allows ? "may allow it:" : denies ? "may deny it:" : "may allow or deny it:";
}

/* ---- a policy ---- */

static void put_policy_name(struct flow *f, str name, str id)
{
    flow_word(f, (str){0}, name.len ? name : id, (str){0});
    if (name.len && id.len && !str_eq(name, id))
        flow_word(f, STR("("), id, STR(")"));
}

static void put_statement(struct text *t, size_t indent, const struct explained_policy *p,
                          const struct explained_statement *s)
{
    put_spaces(t->w->out, indent);
    put_sign(t, statement_look(s));
    size_t column = indent + sign_columns(t);
    struct flow f = flow_at(t->w, column, column + 2);
    put_policy_name(&f, p->name, p->id);
    if (s->at.sid.len)
        flow_word(&f, (str){0}, s->at.sid, (str){0});
    else if (s->at.statement >= 0)
        flow_word(&f, STR("#"), arena_printf(t->w->scratch, "%d", s->at.statement + 1), (str){0});
    if (s->matches != TRI_NO)
        put_paint(t->w, statement_look(s)->paint);
    flow_words(&f, statement_verb(s));
    if (s->matches != TRI_NO)
        put_paint(t->w, PAINT_NONE);
    flow_text(&f, s->at.text);
    if (s->decides)
        flow_word(&f, (str){0}, STR("<- decides"), (str){0});
    flow_end(&f);
    if (!s->at.line || (!s->decides && s->matches != TRI_UNKNOWN && !t->w->style.verbose))
        return;
    put_spaces(t->w->out, column + 2);
    put_painted(t->w, PAINT_CYAN, STR("--> "));
    f = flow_at(t->w, column + 6, column + 6);
    text_place(&f, s->at.file, s->at.line, s->at.column, (str){0});
    if (s->at.inner_pointer.ptr && s->at.excerpt.ptr)
        flow_text(&f, arena_printf(t->w->scratch, "(line %u of the document in it)", s->at.excerpt_line));
    flow_end(&f);
    struct evidence silent = s->at;
    silent.text = (str){0}; /* it is told above */
    if (s->at.excerpt.ptr)
        (void)put_excerpt(t->w, column + 2, &silent);
}

static void put_unknown_policy(struct text *t, size_t indent, const struct explained_policy *p)
{
    size_t column = indent + sign_columns(t);
    put_spaces(t->w->out, indent);
    put_sign(t, tri_look(TRI_UNKNOWN));
    struct flow f = flow_at(t->w, column, column + 2);
    if (p->id.len) {
        put_policy_name(&f, p->name, p->id);
        flow_words(&f, "may allow or deny it:");
    }
    flow_text(&f, p->why);
    flow_end(&f);
}

/* Statements that speak of the request, and the first of those that do not. */
static void put_policy(struct text *t, size_t indent, const struct explained_policy *p)
{
    size_t misses = 0, column = indent + sign_columns(t);
    if (p->why.len)
        put_unknown_policy(t, indent, p);
    for (size_t i = 0; i < p->count; i++) {
        misses += p->statements[i].matches == TRI_NO;
        if (p->statements[i].matches != TRI_NO || misses <= MISSES_SHOWN || t->w->style.verbose)
            put_statement(t, indent, p, &p->statements[i]);
    }
    if (misses <= MISSES_SHOWN || t->w->style.verbose)
        return;
    put_spaces(t->w->out, column);
    struct flow f = flow_at(t->w, column, column + 2);
    flow_text(&f, arena_printf(t->w->scratch, "and %zu more of", misses - MISSES_SHOWN));
    put_policy_name(&f, p->name, p->id);
    flow_words(&f, "that do not match (--verbose)");
    flow_end(&f);
}

/* ---- a layer ---- */

static const struct title {
    const char *layer, *title;
    bool one; /* a single policy */
} titles[] = {
    {"scp",      "SCPs",                 false},
    {"rcp",      "RCPs",                 false},
    {"boundary", "permissions boundary", true },
    {"session",  "session policy",       true },
    {"identity", "identity policies",    false},
    {"resource", "resource policy",      true },
};

static const struct title *title_of(str layer)
{
    size_t i = 0;
    while (i + 1 < sizeof titles / sizeof *titles && !str_is(layer, titles[i].layer))
        i++;
    return &titles[i];
}

static const char *result_words(const struct explained_layer *l)
{
    bool one = title_of(l->layer)->one;
    if (l->denies == TRI_YES)
        return one ? "denies it" : "deny it";
    if (l->allows == TRI_NO)
        return one ? "does not allow it" : "do not allow it";
    if (l->denies == TRI_UNKNOWN && l->allows == TRI_UNKNOWN)
        return "may allow or deny it";
    if (l->denies == TRI_UNKNOWN)
        return "may deny it";
    if (l->allows == TRI_UNKNOWN)
        return "may allow it";
    return one ? "allows it" : "allow it";
}

static void put_layer_result(struct text *t, struct flow *f, const struct explained_layer *l)
{
    put_paint(t->w, tri_look(tri_and(tri_not(l->denies), l->allows))->paint);
    flow_words(f, result_words(l));
    put_paint(t->w, PAINT_NONE);
}

/* Title and result on one line, the policies under it. */
static void put_layer(struct text *t, size_t indent, const struct explained_layer *l, bool branch)
{
    bool of_level = l->level.len || l->path.len, scp = str_is(l->layer, "scp");
    size_t column = indent;
    put_spaces(t->w->out, indent);
    if (branch) {
        put_painted(t->w, PAINT_FAINT, t->w->style.ascii ? STR("+ ") : STR("└ "));
        column += 2;
    }
    struct flow f = flow_at(t->w, column, column + 2);
    if (of_level) {
        if (!scp)
            flow_words(&f, "RCPs at");
        put_paint(t->w, PAINT_BOLD);
        flow_text(&f, l->path.len ? l->path : l->level);
        put_paint(t->w, PAINT_NONE);
        if (l->path.len && l->level.len)
            flow_word(&f, STR("("), l->level, STR("):"));
        else
            flow_glued(&f, STR(":"));
        if (scp)
            flow_words(&f, "SCPs");
    } else {
        flow_words(&f, title_of(l->layer)->title);
        if (l->applies == TRI_NO || (!l->count && l->note.len))
            flow_words(&f, "-");
    }
    if (l->applies != TRI_NO && (l->count || !l->note.len))
        put_layer_result(t, &f, l);
    if (l->note.len && (l->count || of_level))
        flow_word(&f, STR("("), l->note, STR(")"));
    else
        flow_text(&f, l->note);
    if (l->decides)
        flow_word(&f, (str){0}, STR("<- decides"), (str){0});
    flow_end(&f);
    for (size_t i = 0; i < l->count; i++)
        put_policy(t, column + 2, &l->policies[i]);
}

static void put_tree(struct text *t, const struct explanation *x)
{
    size_t depth = 0;
    for (size_t i = 0; i < x->layer_count; i++) {
        const struct explained_layer *l = &x->layers[i];
        bool level = str_is(l->layer, "scp") && (l->level.len || l->path.len);
        put_layer(t, 2 + 2 * depth, l, level && depth > 0);
        depth += level;
    }
}

/* ---- the answer, and what is open ---- */

static void put_answer(struct text *t, const struct explanation *x)
{
    const struct look *look = tri_look(x->allowed);
    const char *words = decision_words(x->decision);
    size_t indent = 2;
    struct flow f = flow_at(t->w, 0, 2);
    flow_words(&f, "Can");
    flow_word(&f, (str){0}, x->principal, (str){0});
    flow_words(&f, "call");
    flow_word(&f, (str){0}, x->action, (str){0});
    flow_words(&f, "on");
    flow_word(&f, (str){0}, x->resource, STR("?"));
    flow_end(&f);
    if (x->account.len) {
        f = flow_at(t->w, 0, 2);
        flow_words(&f, "account");
        flow_word(&f, (str){0}, x->account, (str){0});
        if (x->account_name.len)
            flow_word(&f, STR("\""), x->account_name, STR("\""));
        if (x->account_path.len) {
            flow_words(&f, "in");
            flow_text(&f, x->account_path);
        }
        flow_end(&f);
    }
    put(t->w->out, STR("\n"));
    put_spaces(t->w->out, indent);
    put_sign(t, look);
    put_paint(t->w, PAINT_BOLD);
    put_painted(t->w, look->paint, str_from(words));
    size_t column = indent + sign_columns(t) + strlen(words);
    put(t->w->out, STR(": "));
    f = flow_at(t->w, column + 2, indent + sign_columns(t) + 2);
    flow_text(&f, x->summary);
    flow_end(&f);
}

static void put_key(struct flow *f, const struct explained_key *k, bool more)
{
    flow_word(f, (str){0}, k->name, k->absent && more ? STR(" absent,") : k->absent ? STR(" absent") : STR(" ="));
    if (k->absent)
        return;
    if (!k->count)
        flow_words(f, more ? "(no value)," : "(no value)");
    for (size_t i = 0; i < k->count; i++)
        flow_word(f, (str){0}, k->values[i].len ? k->values[i] : STR("\"\""),
                  more || i + 1 < k->count ? STR(",") : (str){0});
}

static void put_witness(struct text *t, const char *title, const struct explained_key *keys, size_t count)
{
    if (!keys)
        return;
    put_spaces(t->w->out, 4);
    struct flow f = flow_at(t->w, 4, 6);
    flow_words(&f, title);
    for (size_t i = 0; i < count; i++)
        put_key(&f, &keys[i], i + 1 < count);
    flow_end(&f);
}

void put_doubts(struct text *t, const str *doubts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_spaces(t->w->out, 2);
        put_sign(t, tri_look(TRI_UNKNOWN));
        struct flow f = flow_at(t->w, 2 + sign_columns(t), 4 + sign_columns(t));
        flow_words(&f, "in doubt:");
        flow_text(&f, doubts[i]);
        flow_end(&f);
    }
}

static void put_open(struct text *t, const struct explanation *x)
{
    if (x->allowed != TRI_UNKNOWN)
        return;
    put_witness(t, "allowed, for instance, with", x->allowed_when, x->allowed_when_count);
    put_witness(t, "denied, for instance, with", x->denied_when, x->denied_when_count);
    for (size_t i = 0; i < x->need_count; i++) {
        put_spaces(t->w->out, 4);
        struct flow f = flow_at(t->w, 4, 6);
        flow_words(&f, "need");
        flow_word(&f, (str){0}, x->needs[i].name, x->needs[i].how.len ? STR(":") : (str){0});
        flow_text(&f, x->needs[i].how);
        flow_end(&f);
    }
}

/* ---- what would change it ---- */

/* A call that the answer has told already. */
static bool is_told(const struct explanation *x, const struct change *c)
{
    return x->allowed == TRI_UNKNOWN && c->count == 1 && c->steps[0].keys && !c->steps[0].command;
}

static void put_step(struct text *t, const struct change_step *s, size_t indent)
{
    put_spaces(t->w->out, indent);
    put(t->w->out, STR("- "));
    struct flow f = flow_at(t->w, indent + 2, indent + 4);
    bool apart = s->document.len && str_ends(s->text, s->document); /* a line of its own, to be copied */
    flow_text(&f, apart ? str_head(s->text, s->text.len - s->document.len - 1) : s->text);
    if (s->note.len)
        flow_text(&f, arena_printf(t->w->scratch, "(%.*s)", STR_ARG(s->note)));
    flow_end(&f);
    if (apart) {
        put_spaces(t->w->out, indent + 4);
        put_terminal(t->w->out, s->document, t->w->style.ascii);
        put(t->w->out, STR("\n"));
    }
    if (s->at.line) {
        put_spaces(t->w->out, indent + 2);
        put_painted(t->w, PAINT_CYAN, STR("--> "));
        f = flow_at(t->w, indent + 6, indent + 6);
        text_place(&f, s->at.file, s->at.line, s->at.column, (str){0});
        flow_end(&f);
    }
    if (s->command)
        put_command(t->w, indent + 4, s->command, s->command_len);
}

static void put_changes(struct text *t, const struct explanation *x)
{
    for (size_t i = 0; i < x->change_count; i++) {
        const struct change *c = &x->changes[i];
        if (is_told(x, c))
            continue;
        put(t->w->out, STR("\n"));
        struct flow f = flow_at(t->w, 0, 2);
        flow_words(&f, i == 0 ? "It would be" : "Or it would be");
        put_paint(t->w, tri_look(c->allowed)->paint);
        flow_words(&f, decision_words(c->decision));
        put_paint(t->w, PAINT_NONE);
        flow_words(&f, c->count == 1 ? "after this:" : "after all of this:");
        flow_end(&f);
        for (size_t k = 0; k < c->count; k++)
            put_step(t, &c->steps[k], 2);
    }
}

static void put_notes(struct text *t, const struct explanation *x)
{
    if (x->absent_count || x->note_count)
        put(t->w->out, STR("\n"));
    if (x->absent_count) {
        struct flow f = flow_at(t->w, 0, 2);
        flow_words(&f, "taken as absent, since nobody named them:");
        for (size_t i = 0; i < x->absent_count; i++)
            flow_word(&f, (str){0}, x->absent[i], i + 1 < x->absent_count ? STR(",") : (str){0});
        flow_words(&f, "(--context KEY=VALUE tells a value, --unknown KEY that it is not known)");
        flow_end(&f);
    }
    for (size_t i = 0; i < x->note_count; i++) {
        struct flow f = flow_at(t->w, 0, 2);
        flow_words(&f, "note:");
        flow_text(&f, x->notes[i]);
        flow_end(&f);
    }
}

void explain_text(struct report_writer *w, const struct explanation *x)
{
    struct text t = {.w = w};
    put_answer(&t, x);
    put_doubts(&t, x->doubts, x->doubt_count);
    put_open(&t, x);
    put(w->out, STR("\n"));
    put_tree(&t, x);
    put_changes(&t, x);
    put_notes(&t, x);
}
