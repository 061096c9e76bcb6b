/* check_sums.c - sums over all accounts: counts, causes, errors, and the exit code. */
#include <stdlib.h>

#include "rules/check_run.h"

bool sums_open(struct check *c, struct check_summary *summary)
{
    struct sums *s = &c->sums;
    size_t rules = ruleset_count(c->rules);
    *s = (struct sums){.arena = c->arena, .summary = summary};
    *summary = (struct check_summary){.by_rule_count = 0};
    s->by_rule = NEW_ARRAY(c->arena, struct rule_count, rules);
    for (size_t i = 0; i < rules; i++)
        s->by_rule[i].rule = ruleset_rule(c->rules, i)->id;
    if (c->facts.management) /* the caller's account may be unreadable without being judged itself */
        for (size_t i = 0; i < c->facts.management->errors.count; i++)
            *VEC_PUSH(c->arena, &s->errors) = c->facts.management->errors.items[i];
    return true;
}

static void count_outcome(struct rule_count *n, outcome o)
{
    switch (o) {
    case OUTCOME_PASS: n->pass++; break;
    case OUTCOME_FAIL: n->fail++; break;
    case OUTCOME_UNKNOWN: n->unknown++; break;
    case OUTCOME_NOT_APPLICABLE: n->not_applicable++; break;
    case OUTCOME_WAIVED: n->waived++; break;
    }
}

static struct cause *cause_at(struct sums *s, const struct obstacle *o)
{
    void **slot = map_at(s->arena, &s->cause_by_key, o->text);
    if (!*slot) {
        struct cause_count *c = VEC_PUSH(s->arena, &s->causes);
        str kept = arena_str(s->arena, o->text);
        c->cause = (struct cause){.text = kept, .outcome = o->outcome, .rule = arena_str(s->arena, o->rule)};
        c->order = s->causes.count;
        *slot = (void *)(uintptr_t)s->causes.count;
        for (size_t i = 0; i < s->cause_by_key.room; i++) /* the key must outlive the account */
            if (s->cause_by_key.entries[i].value == *slot)
                s->cause_by_key.entries[i].key = kept;
    }
    struct cause *found = &s->causes.items[(uintptr_t)*slot - 1].cause;
    if (o->outcome == OUTCOME_FAIL)
        found->outcome = OUTCOME_FAIL;
    return found;
}

/* An obstacle frees an account when some route has no other. */
static bool is_alone(const struct account_slot *slot, const struct obstacle *o)
{
    for (int r = 0; r < ROUTE_COUNT; r++) {
        size_t others = 0;
        if (!(o->routes & ROUTE_BIT(r)))
            continue;
        for (size_t i = 0; i < slot->obstacle_count; i++)
            others += &slot->obstacles[i] != o && (slot->obstacles[i].routes & ROUTE_BIT(r));
        if (!others)
            return true;
    }
    return false;
}

static void count_causes(struct sums *s, const struct account_slot *slot)
{
    bool ready = slot->result.verdict == VERDICT_READY;
    for (size_t i = 0; i < slot->obstacle_count; i++) {
        struct cause *c = cause_at(s, &slot->obstacles[i]);
        c->accounts++;
        c->freed += !ready && !slot->result.error_count && is_alone(slot, &slot->obstacles[i]);
    }
}

static void count_verdict(struct check_summary *sum, const struct account_result *r, unsigned routes)
{
    sum->accounts++;
    sum->ready += r->verdict == VERDICT_READY;
    sum->not_ready += r->verdict == VERDICT_NOT_READY;
    sum->undetermined += r->verdict == VERDICT_UNDETERMINED;
    for (int on = 0; on < ROUTE_COUNT; on++) {
        if (!(routes & ROUTE_BIT(on)))
            continue;
        sum->route_ready[on] += r->routes[on] == VERDICT_READY;
        sum->route_not_ready[on] += r->routes[on] == VERDICT_NOT_READY;
        sum->route_undetermined[on] += r->routes[on] == VERDICT_UNDETERMINED;
    }
}

static bool error_known(const struct sums *s, const struct input_error *e)
{
    for (size_t i = 0; i < s->errors.count; i++) {
        const struct input_error *k = &s->errors.items[i];
        if (str_eq(k->file, e->file) && k->line == e->line && k->column == e->column && str_eq(k->message, e->message))
            return true;
    }
    return false;
}

void sums_add(struct check *c, const struct account_slot *slot)
{
    struct sums *s = &c->sums;
    const struct account_result *r = &slot->result;
    for (size_t i = 0; i < r->error_count; i++) {
        const struct input_error *e = &r->errors[i];
        if (!error_known(s, e))
            *VEC_PUSH(s->arena, &s->errors) =
                (struct input_error){arena_str(s->arena, e->file), e->line, e->column, arena_str(s->arena, e->message)};
    }
    if (!r->counted)
        return;
    count_verdict(s->summary, r, c->options.routes);
    for (size_t i = 0; slot->has_rule && i < ruleset_count(c->rules); i++)
        if (slot->has_rule[i])
            count_outcome(&s->by_rule[i], slot->by_rule[i]);
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        s->warning_failed |= f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_FAIL;
        s->warning_unknown |= f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_UNKNOWN;
    }
    count_causes(s, slot);
}

/* By accounts freed, then by accounts blocked, then in the order in which they were met. */
static int by_weight(const void *a, const void *b)
{
    const struct cause_count *x = a, *y = b;
    if (x->cause.freed != y->cause.freed)
        return x->cause.freed < y->cause.freed ? 1 : -1;
    if (x->cause.accounts != y->cause.accounts)
        return x->cause.accounts < y->cause.accounts ? 1 : -1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* formats.md 4: the worst holds, 4 before 2 before 1 before 3. Zero only when every counted account is READY, and
 * not by assumption. */
static int exit_code(const struct check *c)
{
    const struct sums *s = &c->sums;
    const struct check_summary *sum = s->summary;
    bool warnings = c->options.fail_on_warning;
    if (s->errors.count)
        return 2;
    if (sum->not_ready || (warnings && s->warning_failed))
        return 1;
    if (sum->undetermined || (warnings && s->warning_unknown) || c->selection_open)
        return 3;
    if (!sum->accounts || sum->ready != sum->accounts)
        return 3;
    return c->options.assumed_count && !c->options.allow_hypothetical ? 1 : 0;
}

void sums_close(struct check *c)
{
    struct sums *s = &c->sums;
    struct check_summary *sum = s->summary;
    if (s->causes.count)
        qsort(s->causes.items, s->causes.count, sizeof *s->causes.items, by_weight);
    struct cause *causes = NEW_ARRAY(s->arena, struct cause, s->causes.count);
    for (size_t i = 0; i < s->causes.count; i++)
        causes[i] = s->causes.items[i].cause;
    sum->causes = causes;
    sum->cause_count = s->causes.count;
    size_t rules = 0;
    for (size_t i = 0; i < ruleset_count(c->rules); i++) {
        const struct rule_count *n = &s->by_rule[i];
        if (n->pass + n->fail + n->unknown + n->not_applicable + n->waived)
            s->by_rule[rules++] = *n;
    }
    sum->by_rule = s->by_rule;
    sum->by_rule_count = rules;
    sum->errors = s->errors.items;
    sum->error_count = s->errors.count;
    sum->exit_code = exit_code(c);
}
