/* lint_text.c - `text` of lint, in the style of compilers. */
#include "report/excerpt.h"
#include "report/lint_formats.h"
#include "report/put.h"

static const paint paints[LINT_SEVERITIES] = {PAINT_CYAN, PAINT_YELLOW, PAINT_RED, PAINT_RED};

static size_t digits(uint32_t n)
{
    size_t count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

static void begin(struct lint_writer *w)
{
    (void)w;
}

static void put_remark(struct lint_writer *w, size_t indent, const char *label, str text)
{
    if (!text.len)
        return;
    struct report_writer *r = &w->report;
    put_spaces(r->out, indent);
    put(r->out, STR("= "));
    put_painted(r, PAINT_BOLD, str_from(label));
    put(r->out, STR(": "));
    size_t column = indent + 2 + strlen(label) + 2;
    struct flow f = flow_at(r, column, column);
    flow_prose(&f, text);
    flow_end(&f);
}

/* One line, that nothing is hidden silently; what the baseline knows is in the sums alone. */
static void put_suppressed(struct lint_writer *w, const struct lint_finding *f)
{
    struct report_writer *r = &w->report;
    if (f->in_baseline || !lint_is_listed(w, f))
        return;
    if (w->told++)
        put(r->out, STR("\n"));
    put_terminal(r->out, f->file, r->style.ascii);
    putf(r->out, ":%u: %s is ignored: ", f->line, f->check);
    put_terminal(r->out, f->suppressed, r->style.ascii);
    put(r->out, STR("\n"));
}

static void put_finding(struct lint_writer *w, const struct lint_finding *f)
{
    struct report_writer *r = &w->report;
    if (f->suppressed.ptr) {
        put_suppressed(w, f);
        return;
    }
    size_t indent = digits(f->excerpt_line ? f->excerpt_line : f->line ? f->line : 1);
    if (w->told++)
        put(r->out, STR("\n"));
    put_painted(r, paints[f->severity], arena_printf(r->scratch, "%s[%s]", lint_severity_name(f->severity), f->check));
    put(r->out, STR(": "));
    put_terminal(r->out, f->message, r->style.ascii);
    put(r->out, STR("\n"));
    put_spaces(r->out, indent);
    put_painted(r, PAINT_CYAN, STR("--> "));
    put_terminal(r->out, f->file, r->style.ascii);
    if (f->line)
        putf(r->out, ":%u:%u", f->line, f->column);
    put(r->out, STR("\n"));
    if (f->excerpt.ptr && f->line) {
        struct evidence ev = {.excerpt = f->excerpt,
                              .excerpt_line = f->excerpt_line,
                              .excerpt_column = f->excerpt_column,
                              .excerpt_end = f->excerpt_end};
        (void)put_excerpt(r, 0, &ev);
    }
    put_remark(w, indent + 1, "note", f->note);
    put_remark(w, indent + 1, "help", f->help);
    arena_reset(r->scratch);
}

/* An error has been told on standard error, if this is the terminal's. */
static void put_unread(struct lint_writer *w, const struct lint_told *t)
{
    struct report_writer *r = &w->report;
    if (w->printed)
        return;
    if (w->told++)
        put(r->out, STR("\n"));
    put(r->out, t->refused ? STR("error[input-error]: ") : STR("warning[input-not-read]: "));
    put_terminal(r->out, t->unread, r->style.ascii);
    put(r->out, STR("\n --> "));
    put_terminal(r->out, t->file, r->style.ascii);
    if (t->line)
        putf(r->out, ":%u:%u", t->line, t->column);
    put(r->out, STR("\n"));
}

static void file(struct lint_writer *w, const struct lint_told *t)
{
    if (t->unread.len)
        put_unread(w, t);
    for (size_t i = 0; i < t->count; i++)
        put_finding(w, &t->findings[i]);
}

static void end(struct lint_writer *w, const struct lint_summary *s)
{
    if (w->told)
        put(w->report.out, STR("\n"));
    put(w->report.out, lint_sums(w->report.scratch, s));
    put(w->report.out, STR("\n"));
}

const struct lint_format lint_text = {"text", begin, file, end};
