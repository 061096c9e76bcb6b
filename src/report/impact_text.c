/* impact_text.c - `text` of impact: what the owner of an account reads before it leaves. */
#include "report/excerpt.h"
#include "report/impact.h"
#include "report/put.h"

enum { NUMBER = 8, CERTAINTY = 9, BODY = NUMBER + CERTAINTY, LABEL = 8, PLACES = 3 };

static const char *const titles[IMPACT_KIND_COUNT] = {
    [IMPACT_DELETION] = "IS DELETED",
    [IMPACT_ACCESS] = "STOPS WORKING",
    [IMPACT_PROTECTION] = "NO LONGER HOLDS",
    [IMPACT_VISIBILITY] = "IS NO LONGER SEEN",
    [IMPACT_MONEY] = "MONEY",
    [IMPACT_LAW] = "LAW",
    [IMPACT_STAYS] = "STAYS",
};

static const paint paints[] = {
    [CERTAINTY_UNKNOWN] = PAINT_YELLOW, [CERTAINTY_LIKELY] = PAINT_CYAN, [CERTAINTY_CERTAIN] = PAINT_BOLD};

static struct flow labelled(struct report_writer *w, const char *label)
{
    put_spaces(w->out, BODY);
    put_painted(w, PAINT_FAINT, str_from(label));
    put_spaces(w->out, LABEL - strlen(label));
    return flow_at(w, BODY + LABEL, BODY + LABEL);
}

static void labelled_line(struct report_writer *w, const char *label, str text)
{
    if (!text.len)
        return;
    struct flow f = labelled(w, label);
    flow_prose(&f, text);
    flow_end(&f);
}

static void put_place(struct report_writer *w, const char *label, const struct impact_item *i,
                      const struct evidence *ev)
{
    struct flow f = labelled(w, label);
    str place =
        ev->line ? arena_printf(w->scratch, "%.*s:%u:%u", STR_ARG(ev->file), (unsigned)ev->line, (unsigned)ev->column)
                 : ev->file;
    bool told = str_eq(ev->text, i->now) || str_eq(ev->text, i->why);
    if (place.len)
        flow_text(&f, place);
    told |= str_ends(ev->file, STR(".json")) && str_find(ev->text, str_head(ev->file, ev->file.len - 5)) == 0;
    if (ev->sid.len)
        flow_word(&f, STR("statement "), ev->sid, STR(""));
    else if (ev->statement >= 0)
        flow_text(&f, arena_printf(w->scratch, "statement %d", ev->statement));
    else if (ev->text.len && (!told || !place.len))
        flow_prose(&f, ev->text);
    flow_end(&f);
}

static void put_places(struct report_writer *w, const struct impact_item *i, bool full)
{
    size_t shown = full || i->evidence_count <= PLACES ? i->evidence_count : PLACES;
    for (size_t k = 0; k < shown; k++)
        put_place(w, k ? "" : "where", i, &i->evidence[k]);
    if (i->evidence_count > shown)
        labelled_line(w, "", arena_printf(w->scratch, "and %zu more (--full)", i->evidence_count - shown));
}

static str joined(arena *a, const str *items, size_t count)
{
    str out = {0};
    for (size_t i = 0; i < count; i++)
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), i ? ", " : "", STR_ARG(items[i]));
    return out;
}

static void put_fixes(struct report_writer *w, const struct impact_item *i)
{
    const char *label = i->kind == IMPACT_STAYS ? "to do" : "before";
    for (size_t k = 0; k < i->fix_count; k++) {
        labelled_line(w, k ? "" : label, i->fixes[k].text);
        if (i->fixes[k].command_len)
            put_command(w, BODY + LABEL, i->fixes[k].command, i->fixes[k].command_len);
    }
    for (size_t k = 0; k < i->need_count; k++)
        labelled_line(w, k ? "" : "needs", i->needs[k].how);
}

static void put_item(struct report_writer *w, size_t number, const struct impact_item *i, bool full)
{
    str name = arena_printf(w->scratch, "I-%zu", number), sure = str_from(certainty_name(i->certainty));
    putf(w->out, "  %.*s", STR_ARG(name));
    put_spaces(w->out, name.len + 2 < NUMBER ? NUMBER - name.len - 2 : 1);
    put_painted(w, paints[i->certainty], sure);
    put_spaces(w->out, CERTAINTY - sure.len);
    struct flow f = flow_at(w, BODY, BODY);
    flow_prose(&f, i->now);
    flow_end(&f);
    labelled_line(w, "then", i->after);
    if (!i->reversible)
        labelled_line(w, "", STR("This cannot be brought back."));
    labelled_line(w, "why", i->why);
    labelled_line(w, "if",
                  i->depends_on_count ? arena_printf(w->scratch, "a request carries what is asked for as %.*s",
                                                     STR_ARG(joined(w->scratch, i->depends_on, i->depends_on_count)))
                                      : (str){0});
    put_places(w, i, full);
    put_fixes(w, i);
}

static void put_line(struct report_writer *w, size_t indent, str text)
{
    put_spaces(w->out, indent);
    struct flow f = flow_at(w, indent, indent);
    flow_prose(&f, text);
    flow_end(&f);
}

static void put_head(struct report_writer *w, const struct impact *impact, const struct impact_account *a)
{
    put_painted(w, PAINT_BOLD, STR("What changes for "));
    struct flow f = flow_at(w, 17, 2);
    flow_text(&f, a->id);
    if (a->name.len)
        flow_word(&f, STR("\""), a->name, STR("\""));
    if (a->path.len) {
        flow_words(&f, "in");
        flow_text(&f, a->path);
    }
    flow_words(&f, "once it has left");
    flow_text(&f, w->run->org_id.len ? w->run->org_id : STR("the organization"));
    if (impact->new_org.len) {
        flow_words(&f, "for");
        flow_text(&f, impact->new_org);
    }
    flow_end(&f);
    if (impact->with_count)
        put_line(w, 2,
                 arena_printf(w->scratch, "together with %.*s",
                              STR_ARG(joined(w->scratch, impact->with, impact->with_count))));
    if (a->note.len)
        put_line(w, 2, a->note);
    for (size_t i = 0; i < w->run->disabled_count; i++)
        put_line(w, 2, arena_printf(w->scratch, "weakened: %.*s", STR_ARG(w->run->disabled[i])));
}

static void put_account(struct report_writer *w, const struct impact *impact, const struct impact_account *a, bool full)
{
    put_head(w, impact, a);
    for (size_t i = 0; i < a->item_count; i++) {
        if (!i || a->items[i].kind != a->items[i - 1].kind) {
            put(w->out, STR("\n  "));
            put_painted(w, PAINT_BOLD, str_from(titles[a->items[i].kind]));
            put(w->out, STR("\n"));
        }
        put_item(w, i + 1, &a->items[i], full);
    }
    putf(w->out, "\n  %zu effect%s: %zu certain, %zu likely, %zu unknown\n", a->item_count,
         a->item_count == 1 ? "" : "s", a->counts[CERTAINTY_CERTAIN], a->counts[CERTAINTY_LIKELY],
         a->counts[CERTAINTY_UNKNOWN]);
    for (const struct input_error *e = a->errors; e < a->errors + a->error_count; e++)
        put_line(w, 2,
                 arena_printf(w->scratch, "%.*s:%u:%u: %.*s", STR_ARG(e->file), (unsigned)e->line, (unsigned)e->column,
                              STR_ARG(e->message)));
}

static void put_impact(struct report_writer *w, const struct impact *impact, bool full)
{
    const struct check_run *run = w->run;
    if (run->assumed_count)
        put_line(w, 0,
                 arena_printf(w->scratch, "HYPOTHETICAL: assumed %.*s",
                              STR_ARG(joined(w->scratch, run->assumed, run->assumed_count))));
    for (size_t i = 0; i < impact->account_count; i++) {
        if (i || run->assumed_count)
            put(w->out, STR("\n"));
        put_account(w, impact, &impact->accounts[i], full);
    }
    put(w->out, STR("\nWhat is not captured is told as unknown; what no capture can show (scripts, people, other "
                    "clouds) is not "
                    "told.\n"));
}

const struct impact_format impact_text = {"text", put_impact};
