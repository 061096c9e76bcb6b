/* plan_text.c - `text` of plan: what the person reads who does the work on the day. */
#include "base/clock.h"
#include "report/flow.h"
#include "report/plan.h"
#include "report/put.h"

enum { NUMBER = 9, LABEL = 9, BODY = NUMBER + LABEL };

struct section {
    const char *title;
    plan_phase phase;
    bool required;
};
static const struct section sections[] = {
    {"BEFORE",                                  PHASE_BEFORE, true },
    {"BEFORE, but READY does not depend on it", PHASE_BEFORE, false},
    {"GATE",                                    PHASE_GATE,   true },
    {"DO",                                      PHASE_DO,     true },
    {"AFTER",                                   PHASE_AFTER,  false},
};
enum { SECTION_COUNT = sizeof sections / sizeof *sections };

static bool in_section(const struct section *c, const struct plan_step *s)
{
    return s->phase == c->phase && (s->phase != PHASE_BEFORE || s->required == c->required);
}

static void line(struct report_writer *w, size_t indent, str text)
{
    put_spaces(w->out, indent);
    struct flow f = flow_at(w, indent, indent);
    flow_prose(&f, text);
    flow_end(&f);
}

static struct flow labelled(struct report_writer *w, const char *label)
{
    put_spaces(w->out, NUMBER);
    put_painted(w, PAINT_FAINT, str_from(label));
    put_spaces(w->out, LABEL - strlen(label));
    return flow_at(w, BODY, BODY);
}

static void labelled_line(struct report_writer *w, const char *label, str text)
{
    if (!text.len)
        return;
    struct flow f = labelled(w, label);
    flow_prose(&f, text);
    flow_end(&f);
}

/* A command is never wrapped, so that it can be copied whole. */
static void put_command(struct report_writer *w, const char *label, const str *words, size_t count)
{
    bool can_show = true;
    if (!count)
        return;
    (void)labelled(w, label);
    for (size_t i = 0; i < count; i++)
        can_show = can_show && shell_can_show(words[i], w->style.ascii);
    if (!can_show)
        put(w->out, STR("# not to be copied, it holds characters that cannot be shown:"));
    for (size_t i = 0; i < count; i++) {
        if (i || !can_show)
            put(w->out, STR(" "));
        if (can_show)
            put_shell(w->out, words[i]);
        else
            put_terminal(w->out, words[i], w->style.ascii);
    }
    put(w->out, STR("\n"));
}

static void put_form(struct report_writer *w, const struct plan_step *s)
{
    for (size_t i = 0; i < s->form_count; i++)
        labelled_line(w, i ? "" : "form",
                      arena_printf(w->arena, "%.*s: %.*s", STR_ARG(s->form[i].name), STR_ARG(s->form[i].value)));
}

static str joined(arena *a, const str *items, size_t count)
{
    str out = {0};
    for (size_t i = 0; i < count; i++)
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), i ? ", " : "", STR_ARG(items[i]));
    return out;
}

static void put_details(struct report_writer *w, const struct plan *plan, const struct plan_account *a,
                        const struct plan_step *s)
{
    labelled_line(w, "who", plan_who(w->arena, s, plan, a));
    labelled_line(w, "where", s->console);
    put_form(w, s);
    put_command(w, "run", s->command, s->command_len);
    for (const struct fix *x = s->more; x < s->more + s->more_count; x++) {
        labelled_line(w, "", x->text);
        put_command(w, "", x->command, x->command_len);
    }
    labelled_line(w, "done if", s->expect);
    put_command(w, "verify", s->verify, s->verify_len);
    labelled_line(w, "frees", joined(w->arena, s->rules, s->rule_count));
    if (s->shared_count > 1)
        labelled_line(w, "once for", joined(w->arena, s->shared, s->shared_count));
    if (s->has_not_before)
        labelled_line(w, "from", time_format(w->arena, s->not_before));
    str after = {0};
    for (size_t i = 0; i < s->after_count; i++)
        after = arena_printf(w->arena, "%.*s%s%u", STR_ARG(after), i ? ", " : "step ", s->after[i]);
    labelled_line(w, "after", after);
    if (!s->reversible)
        labelled_line(w, "note", STR("this cannot be taken back"));
}

static const char *box_of(const struct plan_step *s)
{
    switch (s->state) {
    case STEP_CHECK: return "[?]";
    case STEP_TO_DO: return "[ ]";
    case STEP_DONE: return "[x]";
    }
    return "[?]";
}

static void put_step(struct report_writer *w, const struct plan *plan, const struct plan_account *a,
                     const struct plan_step *s)
{
    str letter = plan_letter(w->arena, s);
    bool here = !s->group || s->first;
    putf(w->out, "  %2u %s ", s->n, box_of(s));
    struct flow f = flow_at(w, NUMBER, NUMBER);
    if (letter.len)
        flow_word(&f, STR("("), letter, here ? STR(")") : STR(", told above)"));
    flow_prose(&f, s->text);
    flow_end(&f);
    if (here && s->state != STEP_DONE)
        put_details(w, plan, a, s);
}

static void put_head(struct report_writer *w, const struct plan_account *a)
{
    put_painted(w, PAINT_BOLD, STR("Plan for "));
    struct flow f = flow_at(w, 9, 2);
    flow_text(&f, a->id);
    if (a->name.len)
        flow_word(&f, STR("\""), a->name, STR("\""));
    if (a->path.len) {
        flow_words(&f, "in");
        flow_text(&f, a->path);
    }
    flow_end(&f);
    if (a->no_way.len)
        return;
    str by = a->actor.len ? arena_printf(w->arena, " by %.*s", STR_ARG(a->actor)) : (str){0};
    line(w, 2,
         arena_printf(w->arena, "route %s%.*s: %.*s", route_name((route)a->route), STR_ARG(by),
                      STR_ARG(plan_sentence(w->arena, a))));
    if (a->has_not_before)
        line(w, 2, arena_printf(w->arena, "not before %.*s", STR_ARG(time_format(w->arena, a->not_before))));
}

static void put_account(struct report_writer *w, const struct plan *plan, const struct plan_account *a)
{
    put_head(w, a);
    if (a->no_way.len) {
        line(w, 2, arena_printf(w->arena, "There is no way: %.*s", STR_ARG(a->no_way)));
        return;
    }
    for (const struct section *c = sections; c < sections + SECTION_COUNT; c++) {
        bool any = false;
        for (const struct plan_step *s = a->steps; s < a->steps + a->step_count; s++) {
            if (!in_section(c, s))
                continue;
            if (!any) {
                put(w->out, STR("\n  "));
                put_painted(w, PAINT_BOLD, str_from(c->title));
                put(w->out, STR("\n"));
            }
            any = true;
            put_step(w, plan, a, s);
        }
    }
    for (size_t i = 0; i < a->open_count; i++) {
        put(w->out, i ? STR("") : STR("\n  Open\n"));
        line(w, 4, a->open[i]);
    }
}

static void put_waves(struct report_writer *w, const struct plan *plan)
{
    if (plan->account_count < 2)
        return;
    putf(w->out, "%zu accounts, %u wave%s; in this order, one departure at a time\n", plan->account_count, plan->waves,
         plan->waves == 1 ? "" : "s");
    for (const struct plan_account *a = plan->accounts; a < plan->accounts + plan->account_count; a++) {
        if (a->wave)
            putf(w->out, "  wave %u  ", a->wave);
        else
            put(w->out, STR("  no way  "));
        struct flow f = flow_at(w, 10, 10);
        flow_text(&f, a->id);
        if (a->name.len)
            flow_word(&f, STR("\""), a->name, STR("\""));
        if (a->route >= 0)
            flow_words(&f, route_name((route)a->route));
        flow_prose(&f, a->has_not_before
                           ? arena_printf(w->arena, "%.*s, not before %.*s", STR_ARG(plan_sentence(w->arena, a)),
                                          STR_ARG(time_format(w->arena, a->not_before)))
                           : plan_sentence(w->arena, a));
        flow_end(&f);
    }
    put(w->out, STR("\n"));
}

static void put_errors(struct report_writer *w, const struct input_error *errors, size_t count)
{
    for (const struct input_error *e = errors; e < errors + count; e++)
        line(w, 2,
             arena_printf(w->arena, "%.*s:%u:%u: %.*s", STR_ARG(e->file), (unsigned)e->line, (unsigned)e->column,
                          STR_ARG(e->message)));
}

static void put_assumed(struct report_writer *w, const struct check_run *run)
{
    if (run->assumed_count)
        line(w, 0,
             arena_printf(w->arena, "HYPOTHETICAL: assumed %.*s",
                          STR_ARG(joined(w->arena, run->assumed, run->assumed_count))));
    put(w->out, run->assumed_count ? STR("\n") : STR(""));
}

static void put_plan(struct report_writer *w, const struct plan *plan)
{
    put_assumed(w, plan->run);
    put_waves(w, plan);
    for (size_t i = 0; i < plan->account_count; i++) {
        if (i)
            put(w->out, STR("\n"));
        put_account(w, plan, &plan->accounts[i]);
    }
    if (plan->error_count)
        put(w->out, STR("\nInputs that could not be read\n"));
    put_errors(w, plan->errors, plan->error_count);
    put(w->out, STR("\nNothing here calls AWS. [ ] to do, [?] look first: perhaps it is so already"));
    put(w->out, STR(", [x] done.\n"));
}

static void put_after(struct report_writer *w, const struct after_plan *after)
{
    put_assumed(w, after->run);
    for (const struct after_account *a = after->accounts; a < after->accounts + after->account_count; a++) {
        put_painted(w, PAINT_BOLD, STR("After the departure of "));
        struct flow f = flow_at(w, 23, 2);
        flow_text(&f, a->id);
        if (a->name.len)
            flow_word(&f, STR("\""), a->name, STR("\""));
        flow_end(&f);
        for (const struct after_item *i = a->items; i < a->items + a->item_count; i++) {
            putf(w->out, "  %s ", i->outcome == OUTCOME_PASS ? "[x]" : i->outcome == OUTCOME_FAIL ? "[ ]" : "[?]");
            struct flow g = flow_at(w, 6, 6);
            flow_prose(&g, i->text);
            flow_end(&g);
        }
        put_errors(w, a->errors, a->error_count);
    }
    put(w->out, STR("\n[x] so, [ ] not so, [?] the captures do not tell.\n"));
}

const struct plan_format plan_text = {"text", put_plan, put_after};
