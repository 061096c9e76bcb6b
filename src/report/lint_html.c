/* lint_html.c - `html` of lint: one self-contained page without a script, a section for each file with findings. */
#include "base/clock.h"
#include "base/version.h"
#include "report/html.h"
#include "report/lint_formats.h"

/* The sums stand before the files: those wait in h.text. */
struct page {
    struct html h;
    struct file_out *unread;
    size_t files, clean;
};

static void begin(struct lint_writer *w)
{
    struct page *p = NEW(w->report.arena, struct page);
    p->h = (struct html){.w = &w->report, .keep = w->report.arena, .text = file_out_memory(w->report.arena)};
    p->unread = file_out_memory(w->report.arena);
    w->report.state = p;
}

static void put_remark(struct file_out *f, const char *label, str text)
{
    if (!text.len)
        return;
    putf(f, "<dt>%s</dt><dd>", label);
    put_html(f, text);
    put(f, STR("</dd>"));
}

static void put_finding(struct page *p, const struct lint_finding *f)
{
    static const char *const looks[LINT_SEVERITIES] = {
        [LINT_ERROR] = "fail", [LINT_SECURITY_WARNING] = "fail", [LINT_WARNING] = "warn", [LINT_SUGGESTION] = "pass"};
    struct file_out *out = p->h.text;
    putf(out, "<article class=\"%s\"><p class=\"t\"><i>%s</i> <b>%s</b>",
         f->suppressed.ptr ? "waived" : looks[f->severity], lint_severity_name(f->severity), f->check);
    if (f->line)
        putf(out, " <span class=\"at\">%u:%u</span>", f->line, f->column);
    put(out, STR("</p><p>"));
    put_html(out, f->message);
    put(out, STR("</p>"));
    if (f->excerpt.ptr && f->line)
        html_excerpt(&p->h, &(struct evidence){.excerpt = f->excerpt,
                                               .excerpt_line = f->excerpt_line,
                                               .excerpt_column = f->excerpt_column,
                                               .excerpt_end = f->excerpt_end});
    if (f->note.len || f->help.len || f->suppressed.len || f->policy.len) {
        put(out, STR("<dl>"));
        put_remark(out, "policy", f->policy);
        put_remark(out, "note", f->note);
        put_remark(out, "help", f->help);
        put_remark(out, "ignored", f->suppressed);
        put(out, STR("</dl>"));
    }
    put(out, STR("</article>\n"));
}

static void put_unread(struct lint_writer *w, const struct lint_told *t)
{
    struct page *p = w->report.state;
    putf(p->unread, "<li><b>%s</b> <code>", t->refused ? "input error" : "not read");
    put_html(p->unread, lint_seen_from_here(w, t->file));
    if (t->line)
        putf(p->unread, ":%u:%u", t->line, t->column);
    put(p->unread, STR("</code> "));
    put_html(p->unread, t->unread);
    put(p->unread, STR("</li>\n"));
}

static void file(struct lint_writer *w, const struct lint_told *t)
{
    struct page *p = w->report.state;
    size_t shown = 0;
    if (t->unread.len) {
        put_unread(w, t);
        return;
    }
    for (size_t i = 0; i < t->count; i++)
        shown += lint_is_listed(w, &t->findings[i]);
    p->files++;
    p->clean += shown == 0;
    if (!shown)
        return;
    put(p->h.text, STR("<section><h2><code>"));
    put_html(p->h.text, lint_seen_from_here(w, t->file));
    put(p->h.text, STR("</code></h2>\n"));
    for (size_t i = 0; i < t->count; i++)
        if (lint_is_listed(w, &t->findings[i]))
            put_finding(p, &t->findings[i]);
    put(p->h.text, STR("</section>\n"));
}

static void put_tiles(struct file_out *f, const struct lint_summary *s)
{
    static const struct {
        char look;
        const char *name;
        lint_severity severity;
    } tiles[] = {
        {'n', "errors",            LINT_ERROR           },
        {'n', "security warnings", LINT_SECURITY_WARNING},
        {'u', "warnings",          LINT_WARNING         },
        {'r', "suggestions",       LINT_SUGGESTION      }
    };
    put(f, STR("<ul class=\"tiles four\">\n"));
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++)
        putf(f, "<li class=\"%c\"><b>%zu</b> <span>%s</span></li>\n", tiles[i].look, s->counts[tiles[i].severity],
             tiles[i].name);
    put(f, STR("</ul>\n"));
}

static void end(struct lint_writer *w, const struct lint_summary *s)
{
    struct page *p = w->report.state;
    struct file_out *f = w->report.out;
    str unread = file_out_take(p->unread), findings = file_out_take(p->h.text);
    html_head(&w->report, STR("Policy documents: what was found"), STR(ORGEXIT_VERSION), false);
    put(f, STR("<body>\n<header>\n<h1>Policy documents</h1>\n<p class=\"lead\">"));
    put(f, lint_sums(w->report.scratch, s));
    put(f, STR("</p>\n"));
    put_tiles(f, s);
    putf(f, "<p class=\"hint\">Exit code %d, orgexit " ORGEXIT_VERSION ", as of %.*s</p>\n</header>\n<main>\n",
         s->exit_code, STR_ARG(time_format(w->report.scratch, w->head->as_of)));
    if (unread.len) {
        put(f, STR("<section class=\"alert bad\"><h2>Nothing is known of these</h2><ul>\n"));
        put(f, unread);
        put(f, STR("</ul></section>\n"));
    }
    put(f, findings);
    putf(f, "<p class=\"hint\">%zu of %zu files have nothing to tell.</p>\n", p->clean, p->files);
    put(f, STR("</main>\n<footer><p>Made by orgexit " ORGEXIT_VERSION
               ". This file asks nothing of any server.</p></footer>\n</body>\n</html>\n"));
}

const struct lint_format lint_html = {"html", begin, file, end};
