/* text_finding.c - one finding: what is wrong, where in the file, why it matters, how to mend it. */
#include "report/text.h"

enum {
    BODY = 6,             /* columns before a label */
    LABEL = 6,            /* of a label and the blanks behind it */
    EVIDENCE_SHOWN = 3,   /* unless verbose */
    EXCERPT_COLUMNS = 200 /* where the width has no end */
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

/* A code point of a source line: tabs are four blanks. */
static struct cell source_cell(const struct text *t, str line, size_t at)
{
    if (line.ptr[at] == '\t')
        return (struct cell){.text = "    ", .len = 4, .columns = 4, .bytes = 1, .visible = true};
    return cell_at(line, at, t->w->style.ascii);
}

static size_t source_columns(const struct text *t, str line, size_t from, size_t to)
{
    size_t columns = 0;
    for (size_t i = from; i < to;) {
        struct cell cell = source_cell(t, line, i);
        columns += cell.columns;
        i += cell.bytes;
    }
    return columns;
}

/* The byte of a column (code points, from 1). */
static size_t byte_of(const struct text *t, str line, uint32_t column)
{
    size_t i = 0;
    for (uint32_t at = 1; at < column && i < line.len; at++)
        i += source_cell(t, line, i).bytes;
    return i;
}

/* The part of a line that is shown, and where in it the carets stand. */
struct window {
    size_t from, to;     /* bytes */
    size_t before, span; /* columns before the carets, and of the carets */
    bool cut_head, cut_tail;
};

static struct window window_of(const struct text *t, const struct evidence *ev, size_t room)
{
    str line = ev->excerpt;
    size_t dots = terminal_columns(ellipsis(t->w->style.ascii), false);
    size_t begin = byte_of(t, line, ev->excerpt_column), end = byte_of(t, line, ev->excerpt_end);
    struct window v = {0};
    while (v.from < begin && (line.ptr[v.from] == ' ' || line.ptr[v.from] == '\t'))
        v.from++;
    v.before = source_columns(t, line, v.from, begin);
    if (v.before + source_columns(t, line, begin, line.len) > room) {
        size_t span = source_columns(t, line, begin, end > begin ? end : begin);
        size_t context = span + room / 3 < room ? room / 3 : room / 8;
        for (; v.before > context; v.cut_head = true) {
            struct cell cell = source_cell(t, line, v.from);
            v.before -= cell.columns < v.before ? cell.columns : v.before;
            v.from += cell.bytes;
        }
        room = room > 2 * dots ? room - (v.cut_head ? dots : 0) - dots : 0;
    }
    size_t columns = 0;
    for (v.to = v.from; v.to < line.len;) {
        struct cell cell = source_cell(t, line, v.to);
        if (columns + cell.columns > room)
            break;
        columns += cell.columns;
        v.to += cell.bytes;
    }
    v.cut_tail = v.to < line.len;
    v.span = source_columns(t, line, begin < v.to ? begin : v.to, end < v.to ? end : v.to);
    v.span = v.span ? v.span : 1;
    v.before += v.cut_head ? dots : 0;
    return v;
}

static size_t digits(uint32_t n)
{
    size_t count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

/* The line and under it carets and what they point at. True: the text of the evidence has been told. */
static bool put_excerpt(struct text *t, const struct evidence *ev)
{
    struct file_out *out = t->w->out;
    size_t width = t->w->style.width > 0 ? (size_t)t->w->style.width : SIZE_MAX,
           gutter = BODY + digits(ev->excerpt_line) + 3;
    size_t room = width == SIZE_MAX ? EXCERPT_COLUMNS : width > gutter + 20 ? width - gutter : 20;
    struct window v = window_of(t, ev, room);
    put_spaces(out, BODY);
    putf(out, "%u | ", ev->excerpt_line);
    if (v.cut_head)
        put(out, ellipsis(t->w->style.ascii));
    for (size_t i = v.from; i < v.to;) {
        struct cell cell = source_cell(t, ev->excerpt, i);
        put(out, (str){cell.text, cell.len});
        i += cell.bytes;
    }
    if (v.cut_tail)
        put(out, ellipsis(t->w->style.ascii));
    put(out, STR("\n"));
    put_spaces(out, gutter - 2);
    put(out, STR("| "));
    put_spaces(out, v.before);
    put_paint(t->w, PAINT_RED);
    for (size_t i = 0; i < v.span; i++)
        put(out, STR("^"));
    put_paint(t->w, PAINT_NONE);
    size_t column = gutter + v.before + v.span;
    bool fits = width == SIZE_MAX || column + 1 + terminal_columns(ev->text, t->w->style.ascii) <= width;
    if (fits && ev->text.len) {
        put(out, STR(" "));
        put_terminal(out, ev->text, t->w->style.ascii);
    }
    put(out, STR("\n"));
    return fits;
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
        told = put_excerpt(t, ev);
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

/* Ends with a backslash where a line of the command is full, so that it can be copied as it stands. Breaks stand
 * before options. */
static void put_command_words(struct text *t, const struct fix *x, size_t indent)
{
    struct file_out *out = t->w->out;
    int width = t->w->style.width;
    size_t column = indent;
    for (size_t i = 0; i < x->command_len; i++) {
        size_t columns = shell_columns(x->command[i]);
        bool option = x->command[i].len > 1 && x->command[i].ptr[0] == '-';
        if (option && i + 1 < x->command_len && !str_starts(x->command[i + 1], STR("-")))
            columns += 1 + shell_columns(x->command[i + 1]);
        if (i && width > 0 && option && column + 1 + columns + 2 > (size_t)width) {
            put(out, STR(" \\\n"));
            put_spaces(out, indent + 4);
            column = indent + 4;
        } else if (i) {
            put(out, STR(" "));
            column++;
        }
        put_shell(out, x->command[i]);
        column += shell_columns(x->command[i]);
    }
    put(out, STR("\n"));
}

static void put_command(struct text *t, const struct fix *x)
{
    size_t indent = BODY + LABEL + 2;
    bool can_show = true;
    for (size_t i = 0; i < x->command_len; i++)
        can_show &= shell_can_show(x->command[i], t->w->style.ascii);
    put_spaces(t->w->out, indent);
    if (can_show) {
        put_command_words(t, x, indent);
        return;
    }
    put(t->w->out, STR("# not to be copied, it holds characters that cannot be shown:"));
    for (size_t i = 0; i < x->command_len; i++) {
        put(t->w->out, STR(" "));
        put_terminal(t->w->out, x->command[i], t->w->style.ascii);
    }
    put(t->w->out, STR("\n"));
}

static void put_fix(struct text *t, const struct fix *x)
{
    struct flow line = labelled(t, "fix");
    flow_prose(&line, x->text);
    flow_end(&line);
    if (x->command)
        put_command(t, x);
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
