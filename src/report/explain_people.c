/* explain_people.c - who of an account may do something: first who may, then who perhaps may, then who may not. */
#include "report/explain.h"
#include "report/text.h"

/* Roles that services alone assume stand apart: no person can be one. */
static const struct group {
    bool services;
    tri allowed;
    verdict look;
    const char *title;
} groups[] = {
    {false, TRI_YES,     VERDICT_READY,        "ALLOWED"                    },
    {false, TRI_UNKNOWN, VERDICT_UNDETERMINED, "UNKNOWN"                    },
    {true,  TRI_YES,     VERDICT_READY,        "ALLOWED, for services alone"},
    {true,  TRI_UNKNOWN, VERDICT_UNDETERMINED, "UNKNOWN, for services alone"},
    {false, TRI_NO,      VERDICT_NOT_READY,    "DENIED"                     },
    {true,  TRI_NO,      VERDICT_NOT_READY,    "DENIED, for services alone" },
};

static void put_person(struct text *t, const struct explained_person *p, const struct look *look)
{
    put_spaces(t->w->out, 2);
    put_sign(t, look);
    size_t column = 2 + sign_columns(t);
    struct flow f = flow_at(t->w, column, column + 2);
    flow_word(&f, (str){0}, p->arn, (str){0});
    if (p->note.len)
        flow_text(&f, arena_printf(t->w->scratch, "(%s: %.*s)", p->kind, STR_ARG(p->note)));
    else
        flow_text(&f, arena_printf(t->w->scratch, "(%s)", p->kind));
    flow_end(&f);
    put_spaces(t->w->out, column + 2);
    f = flow_at(t->w, column + 2, column + 4);
    flow_text(&f, p->summary);
    flow_end(&f);
}

static bool is_in(const struct explained_person *p, const struct group *g)
{
    return p->of_services_alone == g->services && p->allowed == g->allowed;
}

static void put_group(struct text *t, const struct explained_people *x, const struct group *g)
{
    const struct look *look = verdict_look(g->look);
    size_t count = 0;
    for (size_t i = 0; i < x->count; i++)
        count += is_in(&x->items[i], g);
    if (!count)
        return;
    put(t->w->out, STR("\n"));
    put_sign(t, look);
    put_painted(t->w, look->paint, str_from(g->title));
    putf(t->w->out, ": %zu\n", count);
    for (size_t i = 0; i < x->count; i++)
        if (is_in(&x->items[i], g))
            put_person(t, &x->items[i], look);
}

void people_text(struct report_writer *w, const struct explained_people *x)
{
    struct text t = {.w = w};
    struct flow f = flow_at(w, 0, 2);
    flow_words(&f, "Who in account");
    flow_word(&f, (str){0}, x->account, (str){0});
    if (x->account_name.len)
        flow_word(&f, STR("\""), x->account_name, STR("\""));
    flow_words(&f, "can call");
    flow_word(&f, (str){0}, x->action, (str){0});
    flow_words(&f, "on");
    flow_word(&f, (str){0}, x->resource, STR("?"));
    flow_end(&f);
    if (x->doubt_count)
        put(w->out, STR("\n"));
    put_doubts(&t, x->doubts, x->doubt_count);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        put_group(&t, x, &groups[i]);
    if (!x->complete || x->note_count)
        put(w->out, STR("\n"));
    if (!x->complete) {
        put_sign(&t, verdict_look(VERDICT_UNDETERMINED));
        f = flow_at(w, sign_columns(&t), sign_columns(&t) + 2);
        flow_words(&f, "there may be others:");
        flow_text(&f, x->why);
        flow_end(&f);
    }
    for (size_t i = 0; i < x->note_count; i++) {
        f = flow_at(w, 0, 2);
        flow_words(&f, "note:");
        flow_text(&f, x->notes[i]);
        flow_end(&f);
    }
    putf(w->out, "\n%zu of %zu allowed, %zu denied, %zu unknown; exit %d\n", x->allowed, x->count, x->denied,
         x->unknown, x->exit_code);
}
