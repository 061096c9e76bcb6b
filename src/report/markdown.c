/*
 * markdown.c - `markdown` of check: the sums, what stands in the way, a table of accounts, and what was found of each,
 * folded. Made for the summary of a CI job and for a comment: GitHub takes 1 MiB, so accounts that do not fit are
 * counted instead.
 */
#include "base/clock.h"
#include "report/formats.h"
#include "report/problem.h"
#include "report/put.h"

enum {
    LIMIT = 1024 * 1024 - 4096, /* of GitHub's 1 MiB; the rest is for lines that must be told */
    TABLE_LIMIT = LIMIT / 2,
    CAUSES_SHOWN = 20,
    REMARKS_SHOWN = 50 /* errors, notes, assumptions, each */
};

/* Accounts wait for the sums, which stand before them. */
struct markdown {
    struct file_out *page;
    VEC(str) rows, sections;
    size_t rows_size, sections_size, rows_left_out, sections_left_out, hidden;
    size_t size; /* of what was written, all runs */
};

/* ---- pages: what is written to memory, and kept if there is room ---- */

static struct file_out *open_page(struct report_writer *w)
{
    struct markdown *m = w->state;
    struct file_out *out = w->out;
    w->out = m->page;
    return out;
}

static str close_page(struct report_writer *w, struct file_out *out)
{
    struct markdown *m = w->state;
    w->out = out;
    return file_out_take(m->page);
}

static void put_page(struct report_writer *w, str page)
{
    struct markdown *m = w->state;
    put(w->out, page);
    m->size += page.len;
}

/* ---- an account ---- */

static bool stands_in_the_way(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && (f->outcome == OUTCOME_FAIL || f->outcome == OUTCOME_UNKNOWN);
}

static void put_verdict(struct report_writer *w, const struct account_result *a)
{
    static const char *const signs[] = {
        [VERDICT_READY] = "✅ ", [VERDICT_NOT_READY] = "❌ ", [VERDICT_UNDETERMINED] = "❔ "};
    put(w->out, str_from(signs[a->verdict]));
    put(w->out, str_from(verdict_name(a->verdict)));
    if (a->verdict == VERDICT_READY && a->by_route >= 0)
        putf(w->out, " by %s", route_name((route)a->by_route));
    if (a->waived)
        putf(w->out, " (%u waived)", a->waived);
    if (!a->counted)
        put(w->out, STR(" (management account, not counted)"));
}

/* The rule ids; '?' behind those that are not known to fail. */
static void put_blockers(struct report_writer *w, const struct account_result *a)
{
    bool any = false;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++) {
        if (!stands_in_the_way(f) || (f > a->findings && str_eq(f->rule, f[-1].rule) && stands_in_the_way(f - 1)))
            continue;
        put(w->out, any ? STR(", ") : (str){0});
        put_markdown(w->out, f->rule);
        put(w->out, f->outcome == OUTCOME_UNKNOWN ? STR("?") : (str){0});
        any = true;
    }
}

static void put_row(struct report_writer *w, const struct account_result *a)
{
    put(w->out, STR("| "));
    put_markdown(w->out, a->id);
    put(w->out, STR(" | "));
    put_markdown(w->out, a->name);
    put(w->out, STR(" | "));
    put_markdown(w->out, a->path);
    put(w->out, STR(" | "));
    put_verdict(w, a);
    put(w->out, STR(" | "));
    if (a->verdict != VERDICT_READY)
        put_blockers(w, a);
    put(w->out, STR(" |\n"));
}

static void put_item(struct report_writer *w, const char *before, str text)
{
    put(w->out, str_from(before));
    put_markdown(w->out, text);
    put(w->out, STR("\n"));
}

/* In a fence; a backtick would end it, and is not to be copied anyway. */
static void put_command(struct report_writer *w, const struct fix *x)
{
    bool can_show = x->command_len != 0;
    for (size_t i = 0; i < x->command_len; i++)
        can_show = can_show && shell_can_show(x->command[i], false) && str_find_char(x->command[i], '`') == SIZE_MAX;
    if (!can_show)
        return;
    put(w->out, STR("\n    ```sh\n    "));
    for (size_t i = 0; i < x->command_len; i++) {
        put(w->out, i ? STR(" ") : (str){0});
        put_shell(w->out, x->command[i]);
    }
    put(w->out, STR("\n    ```\n\n"));
}

static void put_details(struct report_writer *w, const struct finding *f)
{
    for (const struct evidence *ev = f->evidence; ev < f->evidence + f->evidence_count; ev++) {
        struct place p = place_of_evidence(w->scratch, w->run, ev);
        str place = ev->line ? arena_printf(w->scratch, "%.*s:%u:%u", STR_ARG(p.file), p.line, p.column) : p.file;
        put(w->out, STR("  - "));
        put_markdown(w->out, place);
        put(w->out, STR(" "));
        put_markdown(w->out, ev->text);
        put(w->out, STR("\n"));
    }
    for (const struct need *n = f->needs; n < f->needs + f->need_count; n++)
        put_item(w, "  - need ", arena_printf(w->scratch, "%.*s: %.*s", STR_ARG(n->name), STR_ARG(n->how)));
    for (const struct fix *x = f->fixes; x < f->fixes + f->fix_count; x++) {
        put_item(w, "  - fix: ", x->text);
        put_command(w, x);
    }
}

static void put_finding(struct report_writer *w, const struct finding *f)
{
    put(w->out, STR("- **"));
    put_markdown(w->out, f->rule);
    putf(w->out, "** (%s, %s", severity_name(f->severity), outcome_name(f->outcome));
    if ((f->routes & w->run->routes) != w->run->routes)
        put(w->out, arena_printf(w->scratch, "; only for %.*s", STR_ARG(route_names(w->scratch, f->routes))));
    put(w->out, STR("): "));
    put_markdown(w->out, f->message);
    put(w->out, STR("\n"));
    if (f->waiver)
        put_item(w, "  - waived ",
                 arena_printf(w->scratch, "until %.*s by %.*s: %.*s", STR_ARG(f->waiver->valid_until),
                              STR_ARG(f->waiver->by), STR_ARG(f->waiver->reason)));
    else if (stands_in_the_way(f))
        put_details(w, f);
}

static bool has_problem(const struct account_result *a)
{
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (f->outcome != OUTCOME_PASS)
            return true;
    return false;
}

/* The summary of a fold is HTML, where Markdown's escapes mean nothing: the id, 12 digits, is all that stands in it. */
static void put_section(struct report_writer *w, const struct account_result *a)
{
    put(w->out, STR("<details><summary>"));
    put(w->out, str_is_account_id(a->id) ? a->id : STR("account"));
    put(w->out, STR(" "));
    put_verdict(w, a);
    put(w->out, STR("</summary>\n\n"));
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (f->outcome != OUTCOME_PASS)
            put_finding(w, f);
    put(w->out, STR("\n</details>\n"));
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct markdown *m = w->state;
    if (w->style.only_problems && a->verdict == VERDICT_READY) {
        m->hidden++;
        return;
    }
    struct file_out *out = open_page(w);
    put_row(w, a);
    str page = close_page(w, out);
    if (m->rows_size + page.len <= TABLE_LIMIT) {
        m->rows_size += page.len;
        *VEC_PUSH(w->arena, &m->rows) = arena_str(w->arena, page);
    } else {
        m->rows_left_out++;
    }
    if (!has_problem(a))
        return;
    out = open_page(w);
    put_section(w, a);
    page = close_page(w, out);
    if (m->sections_size + page.len <= LIMIT) {
        m->sections_size += page.len;
        *VEC_PUSH(w->arena, &m->sections) = arena_str(w->arena, page);
    } else {
        m->sections_left_out++;
    }
}

/* ---- the run ---- */

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct markdown *m = w->state;
    (void)run;
    if (!m) {
        w->state = m = NEW(w->arena, struct markdown);
        m->page = file_out_memory(w->arena);
    }
    *m = (struct markdown){.page = m->page, .size = m->size};
}

static void put_head(struct report_writer *w, const struct check_summary *s)
{
    const struct check_run *run = w->run;
    put(w->out, STR("## Ready to leave "));
    put_markdown(w->out, run->org_id.len ? run->org_id : STR("the organization"));
    put(w->out, STR("\n\n**"));
    put(w->out, summary_text(w->scratch, run, s));
    put(w->out, STR("**\n\nAs of "));
    put(w->out, time_format(w->scratch, run->as_of));
    put(w->out, STR(", captured "));
    put(w->out, run->has_captured_at ? time_format(w->scratch, run->captured_at) : STR("at a time that is not known"));
    put(w->out, STR(", orgexit "));
    put(w->out, run->version);
    put(w->out, run->saved ? STR(", result ") : STR(", snapshot "));
    put_markdown(w->out, run->snapshot);
    put(w->out, STR("\n"));
}

static void put_remarks(struct report_writer *w, const char *before, const str *items, size_t count)
{
    for (size_t i = 0; i < count && i < REMARKS_SHOWN; i++)
        put_item(w, before, items[i]);
    if (count > REMARKS_SHOWN)
        putf(w->out, "- and %zu more like the last\n", count - REMARKS_SHOWN);
}

static void put_errors(struct report_writer *w, const struct check_summary *s)
{
    for (size_t i = 0; i < s->error_count && i < REMARKS_SHOWN; i++) {
        struct problem p = problem_of_input(w->scratch, w->run, &s->errors[i]);
        str place = arena_printf(w->scratch, "%.*s:%u:%u:", STR_ARG(p.place.file), p.place.line, p.place.column);
        put(w->out, STR("- **input error** "));
        put_markdown(w->out, place);
        put(w->out, STR(" "));
        put_markdown(w->out, p.message);
        put(w->out, STR("\n"));
    }
    if (s->error_count > REMARKS_SHOWN)
        putf(w->out, "- and %zu more input errors\n", s->error_count - REMARKS_SHOWN);
}

static void put_causes(struct report_writer *w, const struct check_summary *s)
{
    if (!s->cause_count)
        return;
    put(w->out, STR("\n### What stands in the way\n\n"));
    for (size_t i = 0; i < s->cause_count && i < CAUSES_SHOWN; i++) {
        const struct cause *c = &s->causes[i];
        put(w->out, STR("- "));
        put_markdown(w->out, c->text);
        putf(w->out, ": %s %zu account%s", c->outcome == OUTCOME_UNKNOWN ? "open for" : "blocks", c->accounts,
             c->accounts == 1 ? "" : "s");
        if (c->freed)
            putf(w->out, ", for %zu it is the only thing left", c->freed);
        put(w->out, STR("\n"));
    }
    if (s->cause_count > CAUSES_SHOWN)
        putf(w->out, "- and %zu more\n", s->cause_count - CAUSES_SHOWN);
}

static size_t put_pages(struct report_writer *w, const str *pages, size_t count)
{
    struct markdown *m = w->state;
    size_t i = 0;
    for (; i < count && m->size + pages[i].len <= LIMIT; i++)
        put_page(w, pages[i]);
    return count - i;
}

static void put_left_out(struct report_writer *w, size_t count, const char *from)
{
    if (count)
        putf(w->out, "\n%zu account%s left out of %s: there is room for 1 MiB. `--format json` has them all.\n", count,
             count == 1 ? " is" : "s are", from);
}

static void end(struct report_writer *w, const struct check_summary *s)
{
    struct markdown *m = w->state;
    struct file_out *out = open_page(w);
    put(w->out, m->size ? STR("\n") : (str){0});
    put_head(w, s);
    put(w->out,
        w->run->assumed_count || w->run->disabled_count || w->run->note_count || s->error_count ? STR("\n") : (str){0});
    put_remarks(w, "- **HYPOTHETICAL**, assumed: ", w->run->assumed, w->run->assumed_count);
    put_remarks(w, "- **weakened**: ", w->run->disabled, w->run->disabled_count);
    put_remarks(w, "- note: ", w->run->notes, w->run->note_count);
    put_errors(w, s);
    put_causes(w, s);
    if (m->rows.count)
        put(w->out, STR("\n### Accounts\n\n| Account | Name | OU | Verdict | Blockers |\n|---|---|---|---|---|\n"));
    put_page(w, close_page(w, out));
    size_t left = put_pages(w, m->rows.items, m->rows.count) + m->rows_left_out;
    put_left_out(w, left, "the table");
    if (m->hidden)
        putf(w->out, "\n%zu READY, not shown (--only-problems)\n", m->hidden);
    if (m->sections.count)
        put(w->out, STR("\n### Findings\n\n"));
    left = put_pages(w, m->sections.items, m->sections.count) + m->sections_left_out;
    put_left_out(w, left, "the findings");
}

static void total(struct report_writer *w, const struct check_total *t)
{
    put(w->out, STR("\n---\n\n**"));
    put(w->out, total_text(w->scratch, t));
    put(w->out, STR("**\n"));
}

const struct report_format report_markdown = {
    .name = "markdown", .begin = begin, .account = account, .end = end, .total = total, .several = true};
