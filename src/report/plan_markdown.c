/* plan_markdown.c - `markdown` of plan: a task list for an issue tracker (GitHub and GitLab flavours of CommonMark). */
#include "base/clock.h"
#include "report/plan.h"
#include "report/put.h"

/* A link stays one, if nothing but a link is there. */
static void put_linked(struct report_writer *w, str s)
{
    str url = str_head(s, str_find_char(s, ' ')), rest = str_from_index(s, url.len);
    bool plain = str_starts(url, STR("https://"));
    for (size_t i = 0; i < url.len && plain; i++)
        plain = url.ptr[i] > ' ' && url.ptr[i] < 0x7F && !strchr("<>\\`\"", url.ptr[i]);
    if (!plain) {
        put_markdown(w->out, s);
        return;
    }
    put(w->out, STR("<"));
    put(w->out, url);
    put(w->out, STR(">"));
    put_markdown(w->out, rest);
}

static void item(struct report_writer *w, const char *label, str text)
{
    if (!text.len)
        return;
    put(w->out, STR("  - "));
    put(w->out, str_from(label));
    put(w->out, STR(": "));
    put_linked(w, text);
    put(w->out, STR("\n"));
}

/* In a fence of its own; a backtick in it would end the fence, and is not to be copied anyway. */
static void put_command(struct report_writer *w, const char *label, const str *words, size_t count)
{
    bool can_show = true;
    if (!count)
        return;
    for (size_t i = 0; i < count; i++)
        can_show = can_show && shell_can_show(words[i], false) && str_find_char(words[i], '`') == SIZE_MAX;
    put(w->out, STR("  - "));
    put(w->out, str_from(label));
    put(w->out, STR(":\n\n"));
    put(w->out, STR("    ```sh\n    "));
    for (size_t i = 0; i < count && can_show; i++) {
        put(w->out, i ? STR(" ") : STR(""));
        put_shell(w->out, words[i]);
    }
    put(w->out, can_show ? STR("") : STR("# it holds characters that cannot be shown here: see --format json"));
    put(w->out, STR("\n    ```\n\n"));
}

static void put_form(struct report_writer *w, const struct plan_step *s)
{
    if (s->form_count)
        put(w->out, STR("  - Fill in:\n"));
    for (size_t i = 0; i < s->form_count; i++) {
        put(w->out, STR("    - **"));
        put_markdown(w->out, s->form[i].name);
        put(w->out, STR(":** "));
        put_markdown(w->out, s->form[i].value);
        put(w->out, STR("\n"));
    }
}

static str joined(arena *a, const str *items, size_t count)
{
    str out = {0};
    for (size_t i = 0; i < count; i++)
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), i ? ", " : "", STR_ARG(items[i]));
    return out;
}

static void put_details(struct report_writer *w, const struct plan_step *s)
{
    item(w, "Where", s->console);
    put_form(w, s);
    put_command(w, "Run", s->command, s->command_len);
    for (const struct fix *x = s->more; x < s->more + s->more_count; x++) {
        put(w->out, STR("  - "));
        put_markdown(w->out, x->text);
        put(w->out, STR("\n"));
        put_command(w, "Run", x->command, x->command_len);
    }
    item(w, "Done if", s->expect);
    put_command(w, "Verify", s->verify, s->verify_len);
    item(w, "Frees", joined(w->arena, s->rules, s->rule_count));
    if (s->shared_count > 1)
        item(w, "Once for", joined(w->arena, s->shared, s->shared_count));
    if (s->has_not_before)
        item(w, "Not before", time_format(w->arena, s->not_before));
    str after = {0};
    for (size_t i = 0; i < s->after_count; i++)
        after = arena_printf(w->arena, "%.*s%s%u", STR_ARG(after), i ? ", " : "", s->after[i]);
    item(w, "After step", after);
    if (!s->reversible)
        item(w, "Note", STR("this cannot be taken back"));
}

static void put_step(struct report_writer *w, const struct plan *plan, const struct plan_account *a,
                     const struct plan_step *s)
{
    str letter = plan_letter(w->arena, s);
    bool here = !s->group || s->first;
    put(w->out, s->state == STEP_DONE ? STR("- [x] ") : STR("- [ ] "));
    putf(w->out, "**%u** ", s->n);
    if (letter.len)
        putf(w->out, "(%.*s%s) ", STR_ARG(letter), here ? "" : ", told above");
    put_markdown(w->out, s->text);
    put(w->out, STR(" *"));
    put_markdown(w->out, plan_who(w->arena, s, plan, a));
    put(w->out, s->state == STEP_CHECK ? STR("; perhaps it is so already") : STR(""));
    put(w->out, STR("*\n"));
    if (here && s->state != STEP_DONE)
        put_details(w, s);
}

static void put_section(struct report_writer *w, const struct plan *plan, const struct plan_account *a,
                        const char *title, plan_phase phase, bool required)
{
    bool any = false;
    for (const struct plan_step *s = a->steps; s < a->steps + a->step_count; s++) {
        if (s->phase != phase || (phase == PHASE_BEFORE && s->required != required))
            continue;
        if (!any) {
            put(w->out, STR("\n### "));
            put(w->out, str_from(title));
            put(w->out, STR("\n\n"));
        }
        any = true;
        put_step(w, plan, a, s);
    }
}

static void put_account(struct report_writer *w, const struct plan *plan, const struct plan_account *a)
{
    put(w->out, STR("## "));
    put_markdown(w->out, a->id);
    if (a->name.len) {
        put(w->out, STR(" "));
        put_markdown(w->out, a->name);
    }
    put(w->out, STR(" leaves the organization\n\n"));
    if (a->no_way.len) {
        put(w->out, STR("There is no way: "));
        put_markdown(w->out, a->no_way);
        put(w->out, STR("\n"));
        return;
    }
    putf(w->out, "Route `%s`", route_name((route)a->route));
    if (a->actor.len) {
        put(w->out, STR(" by "));
        put_markdown(w->out, a->actor);
    }
    put(w->out, STR(": "));
    put_markdown(w->out, plan_sentence(w->arena, a));
    if (a->has_not_before) {
        put(w->out, STR(", not before "));
        put(w->out, time_format(w->arena, a->not_before));
    }
    put(w->out, STR(".\n"));
    put_section(w, plan, a, "Before", PHASE_BEFORE, true);
    put_section(w, plan, a, "Before, but READY does not depend on it", PHASE_BEFORE, false);
    put_section(w, plan, a, "Gate", PHASE_GATE, true);
    put_section(w, plan, a, "Do", PHASE_DO, true);
    put_section(w, plan, a, "After", PHASE_AFTER, false);
    if (a->open_count)
        put(w->out, STR("\n### Open\n\n"));
    for (size_t i = 0; i < a->open_count; i++) {
        put(w->out, STR("- "));
        put_markdown(w->out, a->open[i]);
        put(w->out, STR("\n"));
    }
}

static void put_waves(struct report_writer *w, const struct plan *plan)
{
    if (plan->account_count < 2)
        return;
    putf(w->out, "%zu accounts in %u wave%s, one departure at a time:\n\n", plan->account_count, plan->waves,
         plan->waves == 1 ? "" : "s");
    for (const struct plan_account *a = plan->accounts; a < plan->accounts + plan->account_count; a++) {
        put(w->out, STR("- [ ] "));
        put_markdown(w->out, a->id);
        put(w->out, STR(" "));
        put_markdown(w->out, a->name);
        if (a->wave)
            putf(w->out, ", wave %u, `%s`", a->wave, route_name((route)a->route));
        put(w->out, STR(": "));
        put_markdown(w->out, plan_sentence(w->arena, a));
        put(w->out, STR("\n"));
    }
    put(w->out, STR("\n"));
}

static void put_errors(struct report_writer *w, const struct input_error *errors, size_t count)
{
    for (const struct input_error *e = errors; e < errors + count; e++) {
        put(w->out, STR("\nCould not be read: "));
        put_markdown(w->out,
                     arena_printf(w->arena, "%.*s:%u: %.*s", STR_ARG(e->file), (unsigned)e->line, STR_ARG(e->message)));
        put(w->out, STR("\n"));
    }
}

static void put_assumed(struct report_writer *w, const struct check_run *run)
{
    if (!run->assumed_count)
        return;
    put(w->out, STR("**HYPOTHETICAL**: assumed "));
    put_markdown(w->out, joined(w->arena, run->assumed, run->assumed_count));
    put(w->out, STR("\n\n"));
}

static void put_plan(struct report_writer *w, const struct plan *plan)
{
    put_assumed(w, plan->run);
    put_waves(w, plan);
    for (size_t i = 0; i < plan->account_count; i++) {
        put(w->out, i ? STR("\n") : STR(""));
        put_account(w, plan, &plan->accounts[i]);
    }
    put_errors(w, plan->errors, plan->error_count);
}

static void put_after(struct report_writer *w, const struct after_plan *after)
{
    put_assumed(w, after->run);
    for (const struct after_account *a = after->accounts; a < after->accounts + after->account_count; a++) {
        put(w->out, a > after->accounts ? STR("\n## ") : STR("## "));
        put_markdown(w->out, a->id);
        put(w->out, STR(" "));
        put_markdown(w->out, a->name);
        put(w->out, STR(", after the departure\n\n"));
        for (const struct after_item *i = a->items; i < a->items + a->item_count; i++) {
            put(w->out, i->outcome == OUTCOME_PASS ? STR("- [x] ") : STR("- [ ] "));
            put_markdown(w->out, i->text);
            put(w->out, i->outcome == OUTCOME_UNKNOWN ? STR(" *(the captures do not tell)*\n") : STR("\n"));
        }
        put_errors(w, a->errors, a->error_count);
    }
}

const struct plan_format plan_markdown = {"markdown", put_plan, put_after};
