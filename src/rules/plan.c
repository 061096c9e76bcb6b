/*
 * plan.c - runbooks for the accounts of a snapshot. Round 0 checks the snapshot as it is and chooses a route for each
 * account. Each round lays the changes of the required steps over the snapshot, checks again and adds what that brings
 * up, until each account is READY or nothing more can be done. So no plan promises what `check` would not say.
 */
#include "rules/plan.h"

#include <stdlib.h>

#include "base/clock.h"
#include "org/overlay.h"
#include "rules/plan_run.h"
#include "text/print.h"

enum { ROUND_LIMIT = 8 };

struct planned {
    str id;
    struct plan_account told;
    struct made_steps made;
    int64_t now;      /* when its steps are done */
    size_t others;    /* accounts that its changes of SCPs touch */
    bool settled;     /* READY, or no round brings anything new */
    bool provisional; /* the route is chosen once what comes first is done */
    bool by_answers;  /* it rests on what captures are taken to show */
    bool has_errors;
    VEC(str) open;
};

struct planning {
    arena *arena, *scratch; /* scratch: emptied after each account */
    const struct check_options *options;
    bool full;
    struct check *first; /* round 0 */
    const struct step_template *templates;
    size_t template_count;
    struct planned *accounts;
    size_t count, round;
    VEC(struct input_error) errors;
    struct planned *at; /* being visited */
    error *error;
};

/* ---- round 0: the route ---- */

struct cost {
    bool no_way;
    size_t uncovered; /* blockers that no step frees */
    size_t others;    /* accounts that a change of SCPs touches */
    size_t steps;     /* required, before */
    size_t order;
};

static bool is_cheaper(const struct cost *a, const struct cost *b)
{
    if (a->no_way != b->no_way)
        return b->no_way;
    if (a->uncovered != b->uncovered)
        return a->uncovered < b->uncovered;
    if ((a->others > 0) != (b->others > 0))
        return b->others > 0;
    if (a->steps != b->steps)
        return a->steps < b->steps;
    return a->others != b->others ? a->others < b->others : a->order < b->order;
}

static bool frees_rule(const struct made_step *s, str rule)
{
    for (size_t i = 0; i < s->step.rule_count; i++)
        if (str_eq(s->step.rules[i], rule))
            return true;
    return false;
}

static bool is_freed(const struct making *m, str rule)
{
    for (size_t i = 0; i < m->made.items.count; i++)
        if (frees_rule(&m->made.items.items[i], rule) && m->made.items.items[i].step.change_count)
            return true;
    return false;
}

/* Where information is missing AWS's page has the member leave, as root, in the console; else the order of check. */
static struct cost cost_of(const struct making *m)
{
    const struct account_result *r = m->v->result;
    struct cost c = {.no_way = m->no_way.len > 0, .others = m->lift.other_accounts, .order = (size_t)m->on + 1};
    bool signs_up = false;
    for (size_t i = 0; i < m->made.items.count; i++) {
        const struct made_step *s = &m->made.items.items[i];
        c.steps += s->blocks && s->step.phase == PHASE_BEFORE;
        signs_up |= s->step.phase == PHASE_BEFORE && s->step.actor == ACTOR_SUPPORT;
    }
    for (size_t i = 0; i < r->finding_count; i++)
        c.uncovered += r->findings[i].severity == SEVERITY_BLOCKER && finding_is_open(&r->findings[i], m->on) &&
                       !is_freed(m, r->findings[i].rule);
    if (signs_up && m->on == ROUTE_LEAVE_CONSOLE)
        c.order = 0;
    return c;
}

static struct making making_begin(struct planning *p, const struct visit *v, route on)
{
    return (struct making){.keep = p->arena,
                           .v = v,
                           .on = on,
                           .now = p->at->now,
                           .full = p->full,
                           .by_itself = p->count == 1,
                           .templates = p->templates,
                           .template_count = p->template_count};
}

static void tell_account(struct planning *p, const struct visit *v)
{
    struct plan_account *told = &p->at->told;
    const struct account_result *r = v->result;
    told->id = p->at->id;
    told->name = arena_str(p->arena, r->name);
    told->path = arena_str(p->arena, r->path);
    told->route = -1;
    told->now = r->verdict;
    for (size_t i = 0; i < r->error_count; i++) {
        struct input_error *e = VEC_PUSH(p->arena, &p->errors);
        *e = (struct input_error){arena_str(p->arena, r->errors[i].file), r->errors[i].line, r->errors[i].column,
                                  arena_str(p->arena, r->errors[i].message)};
        p->at->has_errors = true;
    }
}

static void take_route(struct planning *p, const struct visit *v, const struct making *m)
{
    struct planned *at = p->at;
    for (size_t i = 0; i < m->made.items.count; i++) {
        struct made_step *kept = VEC_PUSH(p->arena, &at->made.items);
        *kept = m->made.items.items[i];
        kept->round = p->round;
    }
    at->provisional = m->alone;
    at->others = m->lift.other_accounts;
    at->told.no_way = m->no_way;
    at->told.no_way_rule = m->no_way_rule;
    at->told.route = -1;
    if (m->no_way.len)
        return;
    at->told.route = (int)m->on;
    at->told.now = at->told.then = v->result->routes[m->on];
    at->told.actor = making_keep(m, v->result->actors[m->on]);
}

static void choose_route(struct planning *p, const struct visit *v)
{
    struct making best = {0};
    struct cost least = {0};
    bool chosen = false;
    for (int on = 0; on < ROUTE_COUNT; on++) {
        if (!(p->first->options.routes & ROUTE_BIT(on)))
            continue;
        struct making m = making_begin(p, v, (route)on);
        making_steps(&m);
        struct cost c = cost_of(&m);
        if (v->result->routes[on] == VERDICT_READY) /* nothing to do is always best */
            c.steps = c.uncovered = c.others = 0;
        if (chosen && !is_cheaper(&c, &least))
            continue;
        best = m;
        least = c;
        chosen = true;
    }
    take_route(p, v, &best);
    p->at->settled = best.no_way.len > 0;
}

static void look_first(void *self, const struct visit *v)
{
    struct planning *p = self;
    tell_account(p, v);
    choose_route(p, v);
}

/* ---- later rounds: what else comes up ---- */

static bool same_words(const str *a, size_t a_count, const str *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!str_eq(a[i], b[i]))
            return false;
    return true;
}

static str key_of_step(arena *a, const struct plan_step *s)
{
    str key = arena_printf(a, "%.*s\n%.*s\n%lld", STR_ARG(s->id), STR_ARG(s->text), (long long)s->not_before);
    for (size_t i = 0; i < s->command_len; i++)
        key = arena_printf(a, "%.*s\n%.*s", STR_ARG(key), STR_ARG(s->command[i]));
    return key;
}

static bool is_same_step(const struct plan_step *a, const struct plan_step *b)
{
    return str_eq(a->id, b->id) && str_eq(a->text, b->text) &&
           same_words(a->command, a->command_len, b->command, b->command_len);
}

/* Steps of the first round stay as they are told there; only what is to be done before is added. */
static bool add_new(struct planning *p, const struct making *m)
{
    struct made_steps *have = &p->at->made;
    bool added = false;
    for (size_t i = 0; i < m->made.items.count; i++) {
        const struct made_step *s = &m->made.items.items[i];
        bool known = s->step.phase != PHASE_BEFORE || s->step.state == STEP_DONE;
        for (size_t k = 0; k < have->items.count && !known; k++)
            known = is_same_step(&have->items.items[k].step, &s->step);
        if (known)
            continue;
        struct made_step *kept = VEC_PUSH(p->arena, &have->items);
        *kept = *s;
        kept->round = p->round;
        added |= kept->blocks;
    }
    return added;
}

static void look_again(void *self, const struct visit *v)
{
    struct planning *p = self;
    struct planned *at = p->at;
    if (at->provisional) {
        verdict now = at->told.now;
        choose_route(p, v);
        at->told.now = now;
        at->settled = at->settled || at->told.then == VERDICT_READY;
        return;
    }
    route on = (route)at->told.route;
    at->told.then = v->result->routes[on];
    at->open.count = 0;
    at->settled = at->told.then == VERDICT_READY;
    if (at->settled)
        return;
    struct making m = making_begin(p, v, on);
    making_steps(&m);
    if (!m.no_way.len && add_new(p, &m))
        return;
    at->settled = true;
    const struct account_result *r = v->result;
    for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++)
        if (f->severity == SEVERITY_BLOCKER && finding_is_open(f, on))
            *VEC_PUSH(p->arena, &at->open) =
                arena_printf(p->arena, "%.*s: %.*s", STR_ARG(f->rule), STR_ARG(f->message));
    for (size_t i = 0; i < r->error_count; i++)
        *VEC_PUSH(p->arena, &at->open) =
            arena_printf(p->arena, "%.*s: %.*s", STR_ARG(r->errors[i].file), STR_ARG(r->errors[i].message));
}

/* ---- the steps' order and what they wait for ---- */

static int by_place(const void *a, const void *b)
{
    const struct made_step *x = a, *y = b;
    if (x->step.phase != y->step.phase)
        return x->step.phase < y->step.phase ? -1 : 1;
    if (x->step.phase == PHASE_BEFORE && x->step.required != y->step.required)
        return x->step.required ? -1 : 1;
    if (x->template != y->template)
        return x->template <y->template ? -1 : 1;
    return x->step.n < y->step.n ? -1 : x->step.n > y->step.n; /* n: the order in which they were made */
}

static bool in_set(const struct step_set *set, size_t index)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i] == index)
            return true;
    return false;
}

static void tell_waits(struct planning *p, struct made_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct plan_step *s = &steps[i].step;
        unsigned *after = NEW_ARRAY(p->arena, unsigned, count + 1);
        for (size_t k = 0; k < i; k++) {
            bool chained = steps[i].chained && k + 1 == i && steps[k].template == steps[i].template;
            if (steps[k].step.state != STEP_DONE &&
                (chained || in_set(&p->templates[steps[i].template].waits_for, steps[k].template)))
                after[s->after_count++] = steps[k].step.n;
        }
        s->after = after;
    }
}

/* Required is what frees a blocker, the departure itself, and what either waits for. */
static void tell_required(struct made_step *steps, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct plan_step *s = &steps[i].step;
        s->required |= steps[i].blocks || s->phase == PHASE_GATE || s->phase == PHASE_DO;
        for (size_t k = 0; k < s->after_count && s->required; k++)
            steps[s->after[k] - 1].step.required = true;
    }
}

static void number_steps(struct planning *p, struct made_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        steps[i].step.n = (unsigned)i;
    if (count)
        qsort(steps, count, sizeof *steps, by_place);
    for (size_t i = 0; i < count; i++) {
        steps[i].step.n = (unsigned)i + 1;
        steps[i].step.after_count = 0;
    }
    tell_waits(p, steps, count);
}

/* Sorts and numbers, what is required first; called again whenever steps have come to it. */
static void order_steps(struct planning *p, struct planned *at)
{
    struct made_step *steps = at->made.items.items;
    size_t count = at->made.items.count;
    for (size_t i = 0; i < count; i++)
        steps[i].step.required = false;
    number_steps(p, steps, count);
    tell_required(steps, count);
    number_steps(p, steps, count);
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *s = &steps[i].step;
        if (!s->required || !s->has_not_before || s->not_before <= at->now)
            continue;
        at->now = at->told.not_before = s->not_before;
        at->told.has_not_before = true;
    }
}

/* ---- checking again, as if it were done ---- */

static const node *read_json(arena *a, str text, error *e)
{
    source *s = NEW(a, source);
    s->file = STR("(a step of the plan)");
    s->text = arena_alloc_zero(a, text.len + 16);
    memcpy(s->text, text.ptr, text.len);
    s->len = text.len;
    return json_read(a, s, e) ? s->root : NULL;
}

static bool lay_change(struct planning *p, struct overlay *o, const struct plan_change *c)
{
    struct node_change change = {.at = read_json(p->scratch, c->at, p->error),
                                 .to = read_json(p->scratch, c->to, p->error),
                                 .if_there = c->if_there,
                                 .unless_there = c->unless_there};
    bool ok = change.at && change.to && overlay_change(o, p->scratch, c->file, &change, p->error);
    arena_reset(p->scratch);
    return ok;
}

static bool lay_steps(struct planning *p, struct overlay *o, const struct planned *at)
{
    for (size_t i = 0; i < at->made.items.count; i++) {
        const struct plan_step *s = &at->made.items.items[i].step;
        for (size_t k = 0; k < s->change_count && s->required; k++)
            if (!lay_change(p, o, &s->changes[k]))
                return false;
    }
    return true;
}

/* All the accounts' changes, and the digests of what was captured taken out: changed files have others. */
static struct capture_source *lay_all(struct planning *p)
{
    const struct capture_source *under = p->first->org->snapshot->from;
    struct overlay *o = overlay_open(p->arena, under, p->options->attestations);
    struct plan_change digests = {STR("capture.json"), STR("[\"digests\"]"), STR("null"), true, false};
    bool ok = lay_change(p, o, &digests);
    for (size_t i = 0; i < p->count && ok; i++)
        ok = p->accounts[i].told.no_way.len || lay_steps(p, o, &p->accounts[i]);
    return ok ? overlay_source(o) : NULL;
}

static bool visit_one(struct planning *p, struct check *c, struct planned *at, size_t index, visit_fn *visit)
{
    p->at = at;
    check_visit_account(c, p->scratch, index, visit, p);
    arena_reset(p->scratch);
    return p->error->code == ERR_NONE;
}

/* The accounts whose steps are done at the same time, checked as of then. */
static bool round_at(struct planning *p, const struct capture_source *from, int64_t now)
{
    struct check_options o = *p->options;
    struct rule_errors faults = {0};
    VEC(struct planned *) group = {0};
    VEC(str) ids = {0};
    for (size_t i = 0; i < p->count; i++)
        if (!p->accounts[i].settled && p->accounts[i].now == now) {
            *VEC_PUSH(p->arena, &group) = &p->accounts[i];
            *VEC_PUSH(p->arena, &ids) = p->accounts[i].id;
        }
    if (!group.count)
        return true;
    o.from = from;
    o.as_of = now;
    o.attestations = (str){0};
    o.accounts = ids.items;
    o.account_count = ids.count;
    o.ous = NULL;
    o.ou_count = 0;
    struct check *c = check_open(p->arena, &o, &faults, p->error);
    for (size_t i = 0; i < group.count && c; i++)
        if (!visit_one(p, c, group.items[i], i, look_again))
            return false;
    return c != NULL;
}

static bool run_round(struct planning *p)
{
    VEC(int64_t) times = {0};
    for (size_t i = 0; i < p->count; i++) {
        order_steps(p, &p->accounts[i]);
        size_t k = 0;
        while (k < times.count && times.items[k] != p->accounts[i].now)
            k++;
        if (k == times.count)
            *VEC_PUSH(p->arena, &times) = p->accounts[i].now;
    }
    const struct capture_source *from = lay_all(p);
    for (size_t i = 0; i < times.count && from; i++)
        if (!round_at(p, from, times.items[i]))
            return false;
    return from != NULL;
}

static bool all_settled(const struct planning *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (!p->accounts[i].settled)
            return false;
    return true;
}

/* ---- several accounts ---- */

/* What one person does once for several accounts. Root and members do theirs each in their own account. */
struct group {
    VEC(str) ids;
    str words;       /* the ids, made once */
    struct map told; /* a text with the mark -> struct told, made once: each is as long as the accounts are many */
};

struct told {
    str text;
};

static str with_accounts(arena *a, str text, str ids)
{
    size_t at = str_find(text, STR(ACCOUNTS_MARK));
    if (at == SIZE_MAX)
        return text;
    str tail = str_from_index(text, at + sizeof ACCOUNTS_MARK - 1);
    return arena_printf(a, "%.*s%.*s%.*s", (int)at, text.ptr, STR_ARG(ids), STR_ARG(with_accounts(a, tail, ids)));
}

static str words_of(arena *a, const str *ids, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += ids[i].len + 2;
    char *words = arena_alloc(a, len + 1);
    str out = {words, 0};
    for (size_t i = 0; i < count; i++) {
        if (i) {
            words[out.len++] = ',';
            words[out.len++] = ' ';
        }
        memcpy(words + out.len, ids[i].ptr, ids[i].len);
        out.len += ids[i].len;
    }
    return out;
}

static str told_once(struct planning *p, struct group *g, str text)
{
    if (str_find(text, STR(ACCOUNTS_MARK)) == SIZE_MAX)
        return text;
    void **slot = map_at(p->arena, &g->told, text);
    if (!*slot) {
        if (!g->words.ptr)
            g->words = words_of(p->arena, g->ids.items, g->ids.count);
        struct told *told = NEW(p->arena, struct told);
        told->text = with_accounts(p->arena, text, g->words);
        *slot = told;
    }
    return ((struct told *)*slot)->text;
}

static void name_accounts(struct planning *p, struct group *g, struct plan_step *s)
{
    struct plan_field *form = NEW_ARRAY(p->arena, struct plan_field, s->form_count + 1);
    s->shared = g->ids.items;
    s->shared_count = g->ids.count;
    for (size_t i = 0; i < s->form_count; i++)
        form[i] = (struct plan_field){s->form[i].name, told_once(p, g, s->form[i].value)};
    s->form = form;
    s->text = told_once(p, g, s->text);
    s->expect = told_once(p, g, s->expect);
}

static bool can_be_shared(const struct planning *p, const struct made_step *s)
{
    return s->step.actor != ACTOR_ROOT && s->step.actor != ACTOR_MEMBER && s->step.state != STEP_DONE &&
           p->templates[s->template].each != EACH_FIX;
}

static void share_steps(struct planning *p)
{
    struct map groups = {0};
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->accounts[i].made.items.count; k++) {
            const struct made_step *s = &p->accounts[i].made.items.items[k];
            if (!can_be_shared(p, s))
                continue;
            void **slot = map_at(p->arena, &groups, key_of_step(p->arena, &s->step));
            if (!*slot)
                *slot = NEW(p->arena, struct group);
            *VEC_PUSH(p->arena, &((struct group *)*slot)->ids) = p->accounts[i].id;
        }
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->accounts[i].made.items.count; k++) {
            struct made_step *s = &p->accounts[i].made.items.items[k];
            struct group alone = {0};
            struct group *g = can_be_shared(p, s) ? map_get(&groups, key_of_step(p->scratch, &s->step)) : NULL;
            arena_reset(p->scratch);
            if (!g)
                *VEC_PUSH(p->arena, &alone.ids) = p->accounts[i].id;
            name_accounts(p, g ? g : &alone, &s->step);
        }
}

/* Numbers the groups in the order in which they are read. */
static void number_groups(struct planning *p, struct plan_account *accounts, size_t count)
{
    struct map seen = {0};
    unsigned groups = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < accounts[i].step_count; k++) {
            struct plan_step *s = (struct plan_step *)&accounts[i].steps[k];
            if (s->shared_count < 2)
                continue;
            void **slot =
                map_at(p->arena, &seen, (str){(const char *)&s->shared, sizeof s->shared}); /* one list a group */
            s->first = !*slot;
            if (!*slot)
                *slot = (void *)(uintptr_t)++groups;
            s->group = (unsigned)(uintptr_t)*slot;
        }
}

static bool has_required_steps(const struct planned *at)
{
    for (size_t i = 0; i < at->made.items.count; i++)
        if (at->made.items.items[i].step.required && at->made.items.items[i].step.phase == PHASE_BEFORE)
            return true;
    return false;
}

static bool is_administrator(const struct planning *p, const struct planned *at)
{
    const struct org_account *a = organization_account(p->first->org, at->id);
    return a && a->is_delegated_administrator;
}

/* Who goes when: first those with nothing left to do, then those with steps, those that wait by their day, then who
 * runs services for the others, last those of whom READY cannot be promised. */
static int64_t rank_of(const struct planning *p, const struct planned *at)
{
    if (at->told.no_way.len)
        return INT64_MAX;
    if (at->told.then != VERDICT_READY)
        return INT64_MAX - 1;
    if (is_administrator(p, at))
        return INT64_MAX - 2;
    if (at->told.has_not_before)
        return at->told.not_before;
    return has_required_steps(at);
}

static void tell_waves(struct planning *p, struct plan *out)
{
    size_t *order = NEW_ARRAY(p->arena, size_t, p->count + 1);
    for (size_t i = 0; i < p->count; i++) {
        size_t k = i;
        int64_t rank = rank_of(p, &p->accounts[i]);
        for (; k > 0 && rank_of(p, &p->accounts[order[k - 1]]) > rank; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    struct plan_account *told = NEW_ARRAY(p->arena, struct plan_account, p->count + 1);
    int64_t last = -1;
    for (size_t i = 0; i < p->count; i++) {
        struct planned *at = &p->accounts[order[i]];
        int64_t rank = rank_of(p, at);
        if (!at->told.no_way.len && rank != last)
            out->waves++;
        last = rank;
        at->told.wave = at->told.no_way.len ? 0 : out->waves;
        told[i] = at->told;
    }
    number_groups(p, told, p->count);
    out->accounts = told;
    out->account_count = p->count;
}

static void tell_steps(struct planning *p, struct planned *at)
{
    size_t count = at->told.no_way.len ? 0 : at->made.items.count;
    struct plan_step *steps = NEW_ARRAY(p->arena, struct plan_step, count + 1);
    for (size_t i = 0; i < count; i++) {
        steps[i] = at->made.items.items[i].step;
        const struct step_template *t = &p->templates[at->made.items.items[i].template];
        at->by_answers |= steps[i].required && (t->each == EACH_CAPTURE || t->alone);
    }
    at->told.steps = steps;
    at->told.step_count = count;
    if (at->by_answers && at->told.then == VERDICT_READY)
        *VEC_PUSH(p->arena, &at->open) =
            STR("READY rests on captures that are yet to be made: plan again once they are there.");
    at->told.open = at->open.items;
    at->told.open_count = at->open.count;
}

/* ---- the whole ---- */

static bool begin(struct planning *p, struct rule_errors *faults)
{
    p->first = check_open(p->arena, p->options, faults, p->error);
    p->scratch = arena_open(0);
    if (!p->first || !p->scratch)
        return p->first || error_set(p->error, ERR_RESOURCE, "out of memory");
    arena_set_exit(p->scratch, arena_exit(p->arena));
    p->templates = ruleset_steps(p->first->rules, &p->template_count);
    p->count = p->first->selected_count;
    p->accounts = NEW_ARRAY(p->arena, struct planned, p->count + 1);
    for (size_t i = 0; i < p->count; i++) {
        p->accounts[i].id = p->first->selected[i];
        p->accounts[i].now = p->options->as_of;
        if (!visit_one(p, p->first, &p->accounts[i], i, look_first))
            return false;
    }
    return true;
}

static void close_scratch(void *what)
{
    struct planning *p = what;
    arena_close(p->scratch);
}

static int exit_code(const struct planning *p)
{
    bool no_way = false;
    for (size_t i = 0; i < p->count; i++)
        no_way |= p->accounts[i].told.no_way.len > 0;
    bool hypothetical = p->options->assumed_count && !p->options->allow_hypothetical;
    return p->errors.count ? 2 : no_way || hypothetical;
}

bool plan_make(arena *a, const struct check_options *options, bool full, struct plan *out, struct rule_errors *faults,
               error *e)
{
    struct planning *p = NEW(a, struct planning);
    *p = (struct planning){.arena = a, .options = options, .full = full, .error = e};
    arena_defer(a, close_scratch, p);
    if (!begin(p, faults))
        return false;
    for (p->round = 1; p->round <= ROUND_LIMIT && !all_settled(p); p->round++)
        if (!run_round(p))
            return false;
    for (size_t i = 0; i < p->count; i++) {
        order_steps(p, &p->accounts[i]);
        if (p->accounts[i].told.no_way.len)
            p->accounts[i].made.items.count = 0;
    }
    share_steps(p);
    for (size_t i = 0; i < p->count; i++)
        tell_steps(p, &p->accounts[i]);
    tell_waves(p, out);
    out->run = check_run_of(p->first);
    out->errors = p->errors.items;
    out->error_count = p->errors.count;
    out->exit_code = exit_code(p);
    return true;
}

/* ---- once they have left ---- */

struct looking {
    arena *arena;
    const struct step_template *templates;
    size_t template_count;
    struct after_account *told;
};

static void look_after(void *self, const struct visit *v)
{
    struct looking *l = self;
    VEC(struct after_item) items = {0};
    struct judge j = *v->judge;
    for (size_t i = 0; i < l->template_count; i++) {
        const struct step_template *t = &l->templates[i];
        route on = ROUTE_REMOVE_API;
        if (!t->holds)
            continue;
        while (on < ROUTE_TRANSFER && !(t->routes & ROUTE_BIT(on)))
            on++;
        struct step_word words[] = {
            {"snapshot", v->check->options.snapshot}
        };
        j.words = words;
        j.word_count = 1;
        tri holds = judge_test(v->arena, &j, t->holds, on);
        *VEC_PUSH(l->arena, &items) = (struct after_item){
            .step = t->id,
            .text = arena_str(l->arena, judge_text(v->arena, &j, t->expect.count ? &t->expect : &t->text, on, false)),
            .outcome = holds == TRI_YES  ? OUTCOME_PASS
                       : holds == TRI_NO ? OUTCOME_FAIL
                                         : OUTCOME_UNKNOWN};
    }
    struct input_error *errors = NEW_ARRAY(l->arena, struct input_error, v->result->error_count + 1);
    for (size_t i = 0; i < v->result->error_count; i++) {
        const struct input_error *from = &v->result->errors[i];
        errors[i] = (struct input_error){arena_str(l->arena, from->file), from->line, from->column,
                                         arena_str(l->arena, from->message)};
    }
    *l->told = (struct after_account){.id = arena_str(l->arena, v->result->id),
                                      .name = arena_str(l->arena, v->result->name),
                                      .items = items.items,
                                      .item_count = items.count,
                                      .errors = errors,
                                      .error_count = v->result->error_count};
}

static int after_code(const struct after_account *accounts, size_t count)
{
    int code = 0; /* every item is so */
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < accounts[i].item_count; k++) {
            if (accounts[i].items[k].outcome == OUTCOME_FAIL && code != 2)
                code = 1;
            else if (accounts[i].items[k].outcome == OUTCOME_UNKNOWN && !code)
                code = 3;
        }
        code = accounts[i].error_count ? 2 : code;
    }
    return code;
}

/* Captures of another organization, or from before, would say that everybody has gone. */
static bool is_later(const struct check *before, const struct check *after, str where, error *e)
{
    const struct snapshot *then = before->org->snapshot, *now = after->org->snapshot;
    if (before->org->id.len && after->org->id.len && !str_eq(before->org->id, after->org->id))
        return error_set(e, ERR_INPUT, "%.*s is of organization %.*s, the first snapshot of %.*s", STR_ARG(where),
                         STR_ARG(after->org->id), STR_ARG(before->org->id));
    if (then->has_captured_at && now->has_captured_at && now->captured_at < then->captured_at)
        return error_set(e, ERR_INPUT, "%.*s was captured before the first snapshot", STR_ARG(where));
    for (size_t i = 0; i < before->selected_count; i++)
        if (!organization_account(before->org, before->selected[i]))
            return error_set(e, ERR_INPUT, "account %.*s was no member in the first snapshot",
                             STR_ARG(before->selected[i]));
    return true;
}

bool plan_after(arena *a, const struct check_options *options, str after, struct after_plan *out,
                struct rule_errors *faults, error *e)
{
    struct check_options later = *options;
    later.snapshot = after;
    out->snapshot = options->snapshot;
    struct check *before = check_open(a, options, faults, e);
    out->snapshot = before ? after : out->snapshot;
    struct check *c = before ? check_open(a, &later, faults, e) : NULL;
    if (!c || !is_later(before, c, after, e))
        return false;
    struct after_account *accounts = NEW_ARRAY(a, struct after_account, c->selected_count + 1);
    struct looking l = {.arena = a};
    l.templates = ruleset_steps(c->rules, &l.template_count);
    for (size_t i = 0; i < c->selected_count; i++) {
        l.told = &accounts[i];
        check_visit_account(c, a, i, look_after, &l);
        accounts[i].name = organization_account(before->org, accounts[i].id)->name;
    }
    *out = (struct after_plan){after, check_run_of(c), accounts, c->selected_count,
                               after_code(accounts, c->selected_count)};
    return true;
}

/* ---- the policy ---- */

struct allowed {
    str resource;
    VEC(str) actions;
};

static bool add_once(arena *a, struct allowed *to, str action)
{
    for (size_t i = 0; i < to->actions.count; i++)
        if (str_eq(to->actions.items[i], action))
            return false;
    *VEC_PUSH(a, &to->actions) = action;
    return true;
}

str plan_policy(arena *a, const struct plan *plan, plan_actor actor)
{
    VEC(struct allowed) all = {0};
    for (size_t i = 0; i < plan->account_count; i++)
        for (size_t k = 0; k < plan->accounts[i].step_count; k++) {
            const struct plan_step *s = &plan->accounts[i].steps[k];
            for (size_t n = 0; n < s->permission_count && s->actor == actor; n++) {
                size_t at = 0;
                while (at < all.count && !str_eq(all.items[at].resource, s->permissions[n].resource))
                    at++;
                if (at == all.count)
                    VEC_PUSH(a, &all)->resource = s->permissions[n].resource;
                add_once(a, &all.items[at], s->permissions[n].action);
            }
        }
    str out = {0};
    for (size_t i = 0; i < all.count; i++) {
        out = arena_printf(a, "%.*s%s\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [", STR_ARG(out),
                           i ? "," : "");
        for (size_t k = 0; k < all.items[i].actions.count; k++)
            out = arena_printf(a, "%.*s%s\n        %.*s", STR_ARG(out), k ? "," : "",
                               STR_ARG(json_quote(a, all.items[i].actions.items[k])));
        out = arena_printf(a, "%.*s\n      ],\n      \"Resource\": %.*s\n    }", STR_ARG(out),
                           STR_ARG(json_quote(a, all.items[i].resource)));
    }
    return all.count
               ? arena_printf(a, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [%.*s\n  ]\n}\n", STR_ARG(out))
               : (str){0};
}
