/* html_finding.c - a finding as a chunk: what is wrong, where in the file, why it matters, how to mend it. */
#include "report/html.h"

enum {
    EVIDENCE_SHOWN = 20, /* of one finding; json has all */
    PASS_SHOWN = 3,      /* places that a passed rule rests on */
    BEFORE_MARK = 60,    /* code points of a long line that are shown before what the evidence is */
    LINE_SHOWN = 200
};

size_t html_chunk(struct html *h, chunk_kind kind, const struct finding *f)
{
    bool is_new, same;
    size_t count = h->places.count, at;
    str html = file_out_take(h->text);
    str key = arena_printf(h->w->scratch, "%d%.*s%c%.*s", (int)kind, STR_ARG(f ? f->rule : (str){0}), 0, STR_ARG(html));
    at = html_index(h, &h->chunk_by_html, key, h->chunks.count, &is_new);
    if (is_new) {
        struct chunk *c = VEC_PUSH(h->keep, &h->chunks);
        struct place *first = NEW_ARRAY(h->keep, struct place, count);
        if (count)
            memcpy(first, h->places.items, count * sizeof *first);
        *c = (struct chunk){.kind = kind, .html = arena_str(h->keep, html), .first = first, .place_count = count};
        if (f) {
            c->outcome = f->outcome;
            c->severity = f->severity;
        }
    }
    struct chunk *c = &h->chunks.items[at];
    same = !count || memcmp(c->first, h->places.items, count * sizeof *c->first) == 0;
    c->differs |= !same;
    c->accounts++;
    if (count) {
        struct placed *p = VEC_PUSH(h->keep, &h->placed);
        struct place *places = NEW_ARRAY(h->keep, struct place, count);
        memcpy(places, h->places.items, count * sizeof *places);
        *p = (struct placed){at + 1, count, places};
    }
    h->places.count = 0;
    return at + 1;
}

const char *html_outcome(const struct finding *f, const char **sign)
{
    static const struct {
        const char *class, *sign;
    } looks[] = {
        [OUTCOME_UNKNOWN] = {"unknown", "?"  },
          [OUTCOME_FAIL] = {"fail",    "✗"},
          [OUTCOME_PASS] = {"pass",    "✓"},
        [OUTCOME_NOT_APPLICABLE] = {"na",      "–"},
          [OUTCOME_WAIVED] = {"waived",  "~"  },
    };
    bool mild = f->outcome == OUTCOME_FAIL && f->severity != SEVERITY_BLOCKER;
    *sign = mild ? "!" : looks[f->outcome].sign;
    return mild ? "warn" : looks[f->outcome].class;
}

/* "policy KeepMembers (p-1), statement Stay, at /Root/Prod (ou-1)" */
static void put_origin(struct html *h, const struct evidence *ev)
{
    struct file_out *f = h->text;
    bool named = ev->policy_name.len != 0;
    put(f, STR("<p class=\"o\">policy <b>"));
    html_own(h, f, named ? ev->policy_name : ev->policy);
    put(f, STR("</b>"));
    if (named) {
        put(f, STR(" ("));
        html_own(h, f, ev->policy);
        put(f, STR(")"));
    }
    if (ev->sid.len) {
        put(f, STR(", statement <b>"));
        html_own(h, f, ev->sid);
        put(f, STR("</b>"));
    } else if (ev->statement >= 0) {
        putf(f, ", statement #%d", ev->statement + 1);
    }
    if (ev->level.len || ev->level_path.len)
        put(f, STR(", at "));
    html_own(h, f, ev->level_path);
    if (ev->level.len && ev->level_path.len)
        put(f, STR(" ("));
    html_own(h, f, ev->level);
    put(f, ev->level.len && ev->level_path.len ? STR(")</p>") : STR("</p>"));
}

static size_t next(str line, size_t at)
{
    return at < line.len ? at + cell_at(line, at, false).bytes : at;
}

/* The byte of a column (code points, from 1). */
static size_t byte_of(str line, uint32_t column)
{
    size_t at = 0;
    for (uint32_t c = 1; c < column && at < line.len; c++)
        at = next(line, at);
    return at;
}

/* A piece of a source line: tabs are four blanks. */
static void put_source(struct html *h, str piece)
{
    while (piece.len) {
        size_t tab = str_find_char(piece, '\t');
        html_own(h, h->text, str_head(piece, tab));
        if (tab == SIZE_MAX)
            return;
        put(h->text, STR("    "));
        piece = str_from_index(piece, tab + 1);
    }
}

/* The line with what the evidence is marked in it; of a long one, what stands around that. */
void html_excerpt(struct html *h, const struct evidence *ev)
{
    str line = ev->excerpt;
    size_t begin = byte_of(line, ev->excerpt_column), end = byte_of(line, ev->excerpt_end), from = 0, to;
    while (from < begin && (line.ptr[from] == ' ' || line.ptr[from] == '\t'))
        from++;
    size_t indented = from;
    if (ev->excerpt_column > BEFORE_MARK) {
        size_t cut = byte_of(line, ev->excerpt_column - BEFORE_MARK);
        from = cut > from ? cut : from;
    }
    to = from;
    for (size_t shown = 0; shown < LINE_SHOWN && to < line.len; shown++)
        to = next(line, to);
    end = end > begin ? end : next(line, begin);
    end = end < to ? end : to;
    begin = begin < end ? begin : end;
    put(h->text, STR("<pre><code>"));
    put(h->text, from > indented ? STR("…") : (str){0});
    put_source(h, (str){line.ptr + from, begin - from});
    put(h->text, STR("<mark>"));
    put_source(h, (str){line.ptr + begin, end - begin});
    put(h->text, STR("</mark>"));
    put_source(h, (str){line.ptr + end, to - end});
    put(h->text, to < line.len ? STR("…</code></pre>") : STR("</code></pre>"));
}

/* "{" alone does not. */
static bool tells(str line)
{
    size_t letters = 0;
    for (size_t i = 0; i < line.len; i++)
        letters += line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != ',';
    return letters > 1;
}

static void put_evidence(struct html *h, const struct evidence *ev, bool full)
{
    struct file_out *f = h->text;
    bool excerpt = full && ev->line && ev->column && tells(ev->excerpt);
    put(f, STR("<p class=\"e\"><code>"));
    html_own(h, f, ev->file);
    if (ev->line) {
        put(f, STR(PLACE_MARK));
        *VEC_PUSH(h->keep, &h->places) = (struct place){ev->line, ev->column};
    }
    put(f, STR("</code>"));
    if (full && ev->excerpt.ptr && ev->inner_pointer.ptr)
        putf(f, " line %u of the document in it", ev->excerpt_line);
    if (full && ev->text.len) {
        put(f, STR(" — "));
        html_own(h, f, ev->text);
    }
    put(f, STR("</p>"));
    if (excerpt)
        html_excerpt(h, ev);
    if (full && ev->policy.len)
        put_origin(h, ev);
}

static void put_all_evidence(struct html *h, const struct finding *f)
{
    bool full = f->outcome != OUTCOME_PASS;
    size_t most = full ? EVIDENCE_SHOWN : PASS_SHOWN, shown = f->evidence_count < most ? f->evidence_count : most;
    for (size_t i = 0; i < shown; i++)
        put_evidence(h, &f->evidence[i], full);
    if (full && f->evidence_count > shown)
        putf(h->text, "<p class=\"e\">and %zu more places (the json report has them all)</p>",
             f->evidence_count - shown);
}

static void put_command(struct html *h, const str *command, size_t count)
{
    bool can_show = true;
    for (size_t i = 0; i < count; i++)
        can_show &= shell_can_show(command[i], false);
    put(h->text, can_show ? STR("<pre class=\"c\"><code>")
                          : STR("<pre><code># not to be copied, it holds characters that cannot be shown:\n"));
    for (size_t i = 0; i < count; i++) {
        put(h->text, i ? STR(" ") : (str){0});
        if (can_show) {
            put_shell(h->work, command[i]);
            html_own(h, h->text, file_out_take(h->work));
        } else {
            html_own(h, h->text, command[i]);
        }
    }
    put(h->text, STR("</code></pre>"));
}

static void put_needs(struct html *h, const struct finding *f)
{
    for (const struct need *n = f->needs; n < f->needs + f->need_count; n++) {
        bool command = str_starts(n->how, STR("orgexit ")) || str_starts(n->how, STR("aws "));
        putf(h->text, "<dt>Need</dt><dd>%s <b>", n->kind);
        html_own(h, h->text, n->name);
        put(h->text, STR("</b>"));
        put(h->text, n->how.len && !command ? STR(": ") : (str){0});
        put(h->text, command ? STR("<pre class=\"c\"><code>") : (str){0});
        html_own(h, h->text, n->how);
        put(h->text, command ? STR("</code></pre></dd>") : STR("</dd>"));
    }
}

/* What follows the evidence: label and text. */
static void put_rest(struct html *h, const struct finding *f)
{
    struct file_out *out = h->text;
    if (!f->depends_on_count && !f->predicts.len && !f->need_count && !f->fix_count && !f->waiver)
        return;
    put(out, STR("<dl>"));
    if (f->depends_on_count) {
        put(out, STR("<dt>Open</dt><dd>"));
        for (size_t i = 0; i < f->depends_on_count; i++) {
            put(out, i ? STR(", <code>") : STR("<code>"));
            html_own(h, out, f->depends_on[i]);
            put(out, STR("</code>"));
        }
        put(out, STR(": no file tells</dd>"));
    }
    if (f->predicts.len) {
        put(out, STR("<dt>AWS</dt><dd>would answer <code>"));
        html_own(h, out, f->predicts);
        put(out, STR("</code></dd>"));
    }
    put_needs(h, f);
    for (const struct fix *x = f->fixes; x < f->fixes + f->fix_count; x++) {
        put(out, STR("<dt>Fix</dt><dd>"));
        html_prose(h, out, x->text);
        if (x->command)
            put_command(h, x->command, x->command_len);
        put(out, STR("</dd>"));
    }
    if (f->waiver) {
        put(out, STR("<dt>Waived</dt><dd>by <b>"));
        html_own(h, out, f->waiver->by);
        put(out, STR("</b> until "));
        html_own(h, out, f->waiver->valid_until);
        put(out, STR(": "));
        html_own(h, out, f->waiver->reason);
        put(out, STR("</dd>"));
    }
    put(out, STR("</dl>"));
}

/* Why the rule is there and where AWS says so: the same for all its findings. */
static size_t rule_index(struct html *h, const struct finding *f)
{
    bool is_new;
    size_t at = html_index(h, &h->rule_by_id, f->rule, h->rules.count, &is_new);
    if (!is_new)
        return at;
    struct file_out *out = h->work;
    put(out, STR("<h3><code>"));
    put_html(out, f->rule);
    put(out, STR("</code> "));
    html_prose(h, out, f->title);
    put(out, STR("</h3>"));
    if (f->why.len) {
        put(out, STR("<p class=\"why\">"));
        html_prose(h, out, f->why);
        put(out, STR("</p>"));
    }
    for (size_t i = 0; i < f->reference_count; i++) {
        put(out, i ? STR("; ") : STR("<p class=\"see\">See "));
        html_prose(h, out, f->references[i]);
    }
    put(out, f->reference_count ? STR("</p>") : (str){0});
    struct rule_text *r = VEC_PUSH(h->keep, &h->rules);
    r->id = arena_str(h->keep, f->rule);
    r->html = arena_str(h->keep, file_out_take(out));
    return at;
}

size_t html_finding(struct html *h, const struct finding *f)
{
    struct file_out *out = h->text;
    const char *sign;
    size_t rule = rule_index(h, f);
    unsigned selected = h->w->run->routes;
    (void)html_outcome(f, &sign);
    put(out, STR("<p class=\"t\"><b><i>"));
    put(out, str_from(sign));
    put(out, STR("</i> "));
    put_html(out, f->rule);
    put(out, STR("</b> "));
    html_own(h, out, f->message);
    putf(out, " <small>%s %s", severity_name(f->severity), outcome_name(f->outcome));
    if ((f->routes & selected) != selected)
        putf(out, ", only for %.*s", STR_ARG(html_routes_words(h->w->scratch, f->routes)));
    put(out, STR("</small></p>"));
    put_all_evidence(h, f);
    if (f->outcome != OUTCOME_PASS)
        put_rest(h, f);
    size_t number = html_chunk(h, CHUNK_FINDING, f);
    h->chunks.items[number - 1].rule = rule;
    return number;
}
