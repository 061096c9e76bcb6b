/*
 * lint_markdown.c - `markdown` of lint: the sums, what could not be read, and the findings, the worst first, so that
 * what does not fit into the 1 MiB that GitHub takes is what matters least.
 */
#include "base/version.h"
#include "report/lint_formats.h"
#include "report/put.h"

enum { LIMIT = 1024 * 1024 - 8192, UNREAD_SHOWN = 50 };

struct section {
    VEC(str) items;
    size_t size, left_out;
};

struct markdown {
    struct file_out *page;
    struct section by_severity[LINT_SEVERITIES], suppressed, unread;
};

static void begin(struct lint_writer *w)
{
    struct markdown *m = NEW(w->report.arena, struct markdown);
    m->page = file_out_memory(w->report.arena);
    w->report.state = m;
}

static void keep(struct lint_writer *w, struct section *s)
{
    struct markdown *m = w->report.state;
    str item = file_out_take(m->page);
    if (s->size + item.len > LIMIT) {
        s->left_out++;
        return;
    }
    s->size += item.len;
    *VEC_PUSH(w->report.arena, &s->items) = arena_str(w->report.arena, item);
}

/* "- **WHAT** FILE:7:17: " */
static void put_lead(struct lint_writer *w, str what, str file, uint32_t line, uint32_t column)
{
    struct markdown *m = w->report.state;
    str place = lint_seen_from_here(w, file);
    if (line)
        place = arena_printf(w->report.scratch, "%.*s:%u:%u", STR_ARG(place), line, column);
    put(m->page, STR("- **"));
    put_markdown(m->page, what);
    put(m->page, STR("** "));
    put_markdown(m->page, place);
    put(m->page, STR(": "));
}

static void put_remark(struct file_out *page, const char *label, str text)
{
    if (!text.len)
        return;
    put(page, STR("  - "));
    put(page, str_from(label));
    put_markdown(page, text);
    put(page, STR("\n"));
}

static void put_finding(struct lint_writer *w, const struct lint_finding *f)
{
    struct markdown *m = w->report.state;
    put_lead(w, str_from(f->check), f->file, f->line, f->column);
    put_markdown(m->page, lint_message(w->report.scratch, f));
    put(m->page, STR("\n"));
    put_remark(m->page, "", f->note);
    put_remark(m->page, "help: ", f->help);
    put_remark(m->page, "ignored: ", f->suppressed);
    keep(w, f->suppressed.ptr ? &m->suppressed : &m->by_severity[f->severity]);
}

/* What the baseline knows is in the sums alone. */
static void file(struct lint_writer *w, const struct lint_told *t)
{
    struct markdown *m = w->report.state;
    if (t->unread.len) {
        put_lead(w, t->refused ? STR("input error") : STR("not read"), t->file, t->line, t->column);
        put_markdown(m->page, t->unread);
        put(m->page, STR("\n"));
        keep(w, &m->unread);
    }
    for (size_t i = 0; i < t->count; i++)
        if (lint_is_listed(w, &t->findings[i]) && !t->findings[i].in_baseline)
            put_finding(w, &t->findings[i]);
}

static size_t put_items(struct lint_writer *w, const struct section *s, size_t most, size_t *room)
{
    size_t i = 0;
    for (; i < s->items.count && i < most && s->items.items[i].len <= *room; i++) {
        put(w->report.out, s->items.items[i]);
        *room -= s->items.items[i].len;
    }
    return s->items.count - i + s->left_out;
}

static void put_left_out(struct lint_writer *w, size_t count)
{
    if (count)
        putf(w->report.out, "\n%zu more %s left out: there is room for 1 MiB. `--format json` has them all.\n", count,
             count == 1 ? "is" : "are");
}

static void end(struct lint_writer *w, const struct lint_summary *s)
{
    static const char *const titles[LINT_SEVERITIES] = {[LINT_ERROR] = "Errors",
                                                        [LINT_SECURITY_WARNING] = "Security warnings",
                                                        [LINT_WARNING] = "Warnings",
                                                        [LINT_SUGGESTION] = "Suggestions"};
    struct markdown *m = w->report.state;
    struct file_out *out = w->report.out;
    size_t room = LIMIT;
    put(out, STR("## Policy documents\n\n**"));
    put(out, lint_sums(w->report.scratch, s));
    putf(out, "; exit %d**\n\norgexit " ORGEXIT_VERSION "\n", s->exit_code);
    put(out, m->unread.items.count ? STR("\n") : (str){0});
    size_t left = put_items(w, &m->unread, UNREAD_SHOWN, &room);
    if (left)
        putf(out, "- and %zu more like the last\n", left);
    for (int i = LINT_SEVERITIES - 1; i >= 0; i--) {
        const struct section *section = &m->by_severity[i];
        if (!section->items.count)
            continue;
        putf(out, "\n### %s\n\n", titles[i]);
        put_left_out(w, put_items(w, section, SIZE_MAX, &room));
    }
    if (!m->suppressed.items.count)
        return;
    put(out, STR("\n<details><summary>Ignored</summary>\n\n"));
    put_left_out(w, put_items(w, &m->suppressed, SIZE_MAX, &room));
    put(out, STR("\n</details>\n"));
}

const struct lint_format lint_markdown = {"markdown", begin, file, end};
