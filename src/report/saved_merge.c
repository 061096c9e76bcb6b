/* saved_merge.c - runs of one organization as one (saved.h). */
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "report/saved.h"

int worse_exit(int one, int other)
{
    static const int rank[] = {[0] = 0, [3] = 1, [1] = 2, [2] = 3, [4] = 4};
    return rank[one] >= rank[other] ? one : other;
}

static bool texts_equal(const str *a, size_t a_count, const str *b, size_t b_count)
{
    bool same = a_count == b_count;
    for (size_t i = 0; same && i < a_count; i++)
        same = str_eq(a[i], b[i]);
    return same;
}

/* In what a run differs from the first; NULL: in nothing that matters. */
static const char *difference(const struct check_run *a, const struct check_run *b)
{
    if (!str_eq(a->version, b->version))
        return "version of orgexit";
    if (!str_eq(a->rules_digest, b->rules_digest))
        return "set of rules";
    if (!str_eq(a->facts_date, b->facts_date))
        return "date of the facts about AWS";
    if (!str_eq(a->profile, b->profile))
        return "profile";
    if (a->routes != b->routes)
        return "set of routes";
    if (a->as_of != b->as_of)
        return "time that it was judged as of";
    if (!texts_equal(a->assumed, a->assumed_count, b->assumed, b->assumed_count))
        return "set of assumptions";
    if (!texts_equal(a->disabled, a->disabled_count, b->disabled, b->disabled_count))
        return "set of weakened rules";
    return NULL;
}

typedef VEC(str) texts;

struct merging {
    arena *arena;
    VEC(struct account_result) accounts;
    VEC(struct input_file) inputs;
    texts notes, assumed, disabled;
    VEC(struct rule_count) by_rule;
    VEC(struct cause) causes;
    VEC(struct input_error) errors;
    struct map accounts_by_id, inputs_by_file, rules_by_id, causes_by_text, told;
};

/* A text once, whichever list it is for. */
static bool is_new(struct merging *m, const char *list, str text)
{
    void **told = map_at(m->arena, &m->told, arena_printf(m->arena, "%s %.*s", list, STR_ARG(text)));
    bool first = !*told;
    *told = m;
    return first;
}

static void add_texts(struct merging *m, texts *to, const char *list, const str *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_new(m, list, items[i]))
            *VEC_PUSH(m->arena, to) = items[i];
}

static void add_inputs(struct merging *m, const struct check_run *run)
{
    for (size_t i = 0; i < run->input_count; i++)
        if (is_new(m, "input",
                   arena_printf(m->arena, "%llu %.*s", (unsigned long long)run->inputs[i].bytes,
                                STR_ARG(run->inputs[i].file))))
            *VEC_PUSH(m->arena, &m->inputs) = run->inputs[i];
}

static bool add_accounts(struct merging *m, const struct saved_run *run, error *e)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct account_result *account = &run->accounts[i];
        void **slot = map_at(m->arena, &m->accounts_by_id, account->id);
        if (*slot && account->counted)
            return error_at(e, run->run.snapshot, 0, 0,
                            "account %.*s stands in an earlier result of the same organization too: give one of them",
                            STR_ARG(account->id));
        if (*slot)
            continue; /* the management account, which every shard lists */
        *slot = m;
        *VEC_PUSH(m->arena, &m->accounts) = *account;
    }
    return true;
}

/* The number of the item under this key; `next` when it is new. */
static size_t item_at(struct merging *m, struct map *map, str key, size_t next)
{
    void **slot = map_at(m->arena, map, key);
    if (!*slot)
        *slot = (void *)(uintptr_t)(next + 1);
    return (size_t)(uintptr_t)*slot - 1;
}

static void add_summary(struct merging *m, const struct check_summary *from, struct check_summary *to)
{
    to->accounts += from->accounts;
    to->ready += from->ready;
    to->not_ready += from->not_ready;
    to->undetermined += from->undetermined;
    for (int on = 0; on < ROUTE_COUNT; on++) {
        to->route_ready[on] += from->route_ready[on];
        to->route_not_ready[on] += from->route_not_ready[on];
        to->route_undetermined[on] += from->route_undetermined[on];
    }
    for (size_t i = 0; i < from->by_rule_count; i++) {
        const struct rule_count *r = &from->by_rule[i];
        size_t at = item_at(m, &m->rules_by_id, r->rule, m->by_rule.count);
        struct rule_count *sum = at == m->by_rule.count ? VEC_PUSH(m->arena, &m->by_rule) : &m->by_rule.items[at];
        sum->rule = r->rule;
        sum->pass += r->pass;
        sum->fail += r->fail;
        sum->unknown += r->unknown;
        sum->not_applicable += r->not_applicable;
        sum->waived += r->waived;
    }
    for (size_t i = 0; i < from->cause_count; i++) {
        const struct cause *c = &from->causes[i];
        size_t at = item_at(m, &m->causes_by_text, c->text, m->causes.count);
        struct cause *sum = at == m->causes.count ? VEC_PUSH(m->arena, &m->causes) : &m->causes.items[at];
        sum->outcome = sum->text.len && sum->outcome == OUTCOME_FAIL ? OUTCOME_FAIL : c->outcome;
        sum->text = c->text;
        sum->rule = c->rule;
        sum->accounts += c->accounts;
        sum->freed += c->freed;
    }
    for (size_t i = 0; i < from->error_count; i++) {
        const struct input_error *x = &from->errors[i];
        if (is_new(
                m, "error",
                arena_printf(m->arena, "%.*s:%u:%u:%.*s", STR_ARG(x->file), x->line, x->column, STR_ARG(x->message))))
            *VEC_PUSH(m->arena, &m->errors) = *x;
    }
    to->exit_code = worse_exit(to->exit_code, from->exit_code);
}

/* Where causes stand in the runs: what is equal else keeps that order. */
struct placed_cause {
    struct cause cause;
    size_t place;
};

static int by_weight(const void *a, const void *b)
{
    const struct placed_cause *x = a, *y = b;
    if (x->cause.freed != y->cause.freed)
        return x->cause.freed < y->cause.freed ? 1 : -1;
    if (x->cause.accounts != y->cause.accounts)
        return x->cause.accounts < y->cause.accounts ? 1 : -1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static void sort_causes(struct merging *m)
{
    struct placed_cause *placed = NEW_ARRAY(m->arena, struct placed_cause, m->causes.count + 1);
    for (size_t i = 0; i < m->causes.count; i++)
        placed[i] = (struct placed_cause){m->causes.items[i], i};
    qsort(placed, m->causes.count, sizeof *placed, by_weight);
    for (size_t i = 0; i < m->causes.count; i++)
        m->causes.items[i] = placed[i].cause;
}

static void finish(struct merging *m, struct saved_run *out)
{
    sort_causes(m);
    out->accounts = m->accounts.items;
    out->count = m->accounts.count;
    out->run.account_count = m->accounts.count;
    out->run.inputs = m->inputs.items;
    out->run.input_count = m->inputs.count;
    out->run.notes = m->notes.items;
    out->run.note_count = m->notes.count;
    out->run.assumed = m->assumed.items;
    out->run.assumed_count = m->assumed.count;
    out->run.disabled = m->disabled.items;
    out->run.disabled_count = m->disabled.count;
    out->summary.by_rule = m->by_rule.items;
    out->summary.by_rule_count = m->by_rule.count;
    out->summary.causes = m->causes.items;
    out->summary.cause_count = m->causes.count;
    out->summary.errors = m->errors.items;
    out->summary.error_count = m->errors.count;
}

bool saved_merge(arena *a, const struct saved_run *const *runs, size_t count, bool mixed, struct saved_run *out,
                 error *e)
{
    struct merging m = {.arena = a};
    *out = *runs[0];
    out->summary = (struct check_summary){.exit_code = runs[0]->summary.exit_code};
    out->run.number = out->run.of = 0;
    for (size_t k = 0; k < count; k++) {
        const struct saved_run *run = runs[k];
        const char *what = difference(&runs[0]->run, &run->run);
        if (what && !mixed)
            return error_at(e, run->run.snapshot, 0, 0,
                            "another %s than in %.*s; --mixed puts them together all the same", what,
                            STR_ARG(runs[0]->run.snapshot));
        if (what)
            *VEC_PUSH(a, &m.notes) = arena_printf(a, "%.*s has another %s than %.*s", STR_ARG(run->run.snapshot), what,
                                                  STR_ARG(runs[0]->run.snapshot));
        if (!add_accounts(&m, run, e))
            return false;
        add_inputs(&m, &run->run);
        add_texts(&m, &m.notes, "notes", run->run.notes, run->run.note_count);
        add_texts(&m, &m.assumed, "assumed", run->run.assumed, run->run.assumed_count);
        add_texts(&m, &m.disabled, "disabled", run->run.disabled, run->run.disabled_count);
        add_summary(&m, &run->summary, &out->summary);
        out->run.routes |= run->run.routes;
        if (run->run.has_captured_at && (!out->run.has_captured_at || run->run.captured_at < out->run.captured_at)) {
            out->run.has_captured_at = true;
            out->run.captured_at = run->run.captured_at;
        }
    }
    finish(&m, out);
    return true;
}
