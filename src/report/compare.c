/* compare.c - see compare.h. */
#include "report/compare.h"

#include "base/clock.h"
#include "base/map.h"
#include "report/flow.h"
#include "report/json_put.h"

struct comparing {
    arena *arena;
    struct comparison *out;
    VEC(struct account_change) changes;
};

static void index_accounts(arena *a, struct map *m, const struct saved_run *const *runs, size_t count)
{
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < runs[k]->count; i++)
            *map_at(a, m, runs[k]->accounts[i].id) = (void *)(uintptr_t)&runs[k]->accounts[i];
}

/* A failed finding says more than one that is not known, and that more than the others. */
static int weight(outcome o)
{
    static const int weights[] = {[OUTCOME_FAIL] = 4, [OUTCOME_UNKNOWN] = 3, [OUTCOME_WAIVED] = 2, [OUTCOME_PASS] = 1};
    return o == OUTCOME_NOT_APPLICABLE ? 0 : weights[o];
}

/* What the rule says of the account; NULL: nothing. */
static const struct finding *worst_of(const struct account_result *account, str rule)
{
    const struct finding *worst = NULL;
    for (size_t i = 0; account && i < account->finding_count; i++) {
        const struct finding *f = &account->findings[i];
        if (str_eq(f->rule, rule) && (!worst || weight(f->outcome) > weight(worst->outcome)))
            worst = f;
    }
    return worst;
}

typedef VEC(struct rule_change) rule_changes;

static void add_rule(struct comparing *c, rule_changes *to, const struct account_change *of, const struct finding *f)
{
    const struct finding *was = worst_of(of->was, f->rule), *is = worst_of(of->is, f->rule), *told = is ? is : was;
    outcome before = was ? was->outcome : OUTCOME_NOT_APPLICABLE, now = is ? is->outcome : OUTCOME_NOT_APPLICABLE;
    for (size_t i = 0; i < to->count; i++)
        if (str_eq(to->items[i].rule, f->rule))
            return;
    /* Passes may have been left out of either result, so "nothing" and "pass" are not told apart. */
    if (before == now || weight(before) + weight(now) <= 1)
        return;
    *VEC_PUSH(c->arena, to) = (struct rule_change){told->rule, told->title, told->message, told->severity, before, now};
}

static void add_rules(struct comparing *c, struct account_change *of)
{
    const struct account_result *const both[] = {of->is, of->was};
    rule_changes rules = {0};
    for (int level = SEVERITY_BLOCKER; level <= SEVERITY_INFO; level++)
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; both[k] && i < both[k]->finding_count; i++)
                if (both[k]->findings[i].severity == (severity)level)
                    add_rule(c, &rules, of, &both[k]->findings[i]);
    of->rules = rules.items;
    of->rule_count = rules.count;
}

static bool verdicts_differ(const struct account_result *a, const struct account_result *b)
{
    return a->verdict != b->verdict || memcmp(a->routes, b->routes, sizeof a->routes) != 0;
}

static void add_account(struct comparing *c, const struct account_result *was, const struct account_result *is)
{
    const struct account_result *shown = is ? is : was;
    struct account_change change = {.id = shown->id, .name = shown->name, .path = shown->path, .was = was, .is = is};
    struct comparison *out = c->out;
    bool was_ready = was && was->verdict == VERDICT_READY, is_ready = is && is->verdict == VERDICT_READY;
    if (was && is)
        add_rules(c, &change);
    if (was && is && !change.rule_count && !verdicts_differ(was, is)) {
        out->same++;
        return;
    }
    out->appeared += !was;
    out->gone += !is;
    out->became_ready += was && is_ready && !was_ready;
    out->stopped += is && was_ready && !is_ready;
    out->other += was && is && was_ready == is_ready;
    *VEC_PUSH(c->arena, &c->changes) = change;
}

static const char *rules_differ(const struct check_run *a, const struct check_run *b)
{
    return !str_eq(a->rules_digest, b->rules_digest) ? "the rules"
           : !str_eq(a->profile, b->profile)         ? "the profile"
           : !str_eq(a->version, b->version)         ? "the version of orgexit"
           : a->routes != b->routes                  ? "the routes"
                                                     : NULL;
}

void results_compare(arena *a, const struct saved_run *const *was, size_t was_count, const struct saved_run *const *is,
                     size_t is_count, struct comparison *out)
{
    struct comparing c = {.arena = a, .out = out};
    struct map before = {0}, now = {0};
    *out = (struct comparison){.was = was, .is = is, .was_count = was_count, .is_count = is_count};
    index_accounts(a, &before, was, was_count);
    index_accounts(a, &now, is, is_count);
    for (size_t k = 0; k < is_count; k++)
        for (size_t i = 0; i < is[k]->count; i++)
            add_account(&c, map_get(&before, is[k]->accounts[i].id), &is[k]->accounts[i]);
    for (size_t k = 0; k < was_count; k++)
        for (size_t i = 0; i < was[k]->count; i++)
            if (!map_get(&now, was[k]->accounts[i].id))
                add_account(&c, &was[k]->accounts[i], NULL);
    out->accounts = c.changes.items;
    out->count = c.changes.count;
    out->rules_differ = was_count && is_count ? rules_differ(&was[0]->run, &is[0]->run) : NULL;
}

/* ---- text ---- */

static void text_line(struct report_writer *w, size_t indent, str before, str text, str after)
{
    put_spaces(w->out, indent);
    struct flow f = flow_at(w, indent, indent + 2);
    if (before.len)
        flow_word(&f, (str){0}, before, (str){0});
    flow_text(&f, text);
    if (after.len)
        flow_words(&f, after.ptr);
    flow_end(&f);
}

static const char *verdict_words(const struct account_result *a)
{
    return a ? verdict_name(a->verdict) : "(not there)";
}

static void text_account(struct report_writer *w, const struct account_change *c)
{
    arena *a = w->scratch;
    text_line(w, 0, c->id, c->name, arena_printf(a, " %s -> %s", verdict_words(c->was), verdict_words(c->is)));
    for (int on = 0; c->was && c->is && on < ROUTE_COUNT; on++)
        if (c->was->routes[on] != c->is->routes[on])
            text_line(w, 2, str_from(route_name((route)on)), (str){0},
                      arena_printf(a, " %s -> %s", verdict_name(c->was->routes[on]), verdict_name(c->is->routes[on])));
    for (const struct rule_change *r = c->rules; r < c->rules + c->rule_count; r++) {
        text_line(
            w, 2, r->rule, (str){0},
            arena_printf(a, " %s -> %s (%s)", outcome_name(r->was), outcome_name(r->is), severity_name(r->severity)));
        text_line(w, 6, (str){0}, r->message, (str){0});
    }
}

static void text_source(struct report_writer *w, const char *label, const struct saved_run *const *runs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_line(w, 0, str_from(label), runs[i]->run.snapshot,
                  arena_printf(w->scratch, " as of %.*s", STR_ARG(time_format(w->scratch, runs[i]->run.as_of))));
}

void comparison_text(struct report_writer *w, const struct comparison *c)
{
    text_source(w, "old", c->was, c->was_count);
    text_source(w, "new", c->is, c->is_count);
    if (c->rules_differ)
        putf(w->out, "note: they differ in %s, so not every change is one of the accounts\n", c->rules_differ);
    for (size_t i = 0; i < c->count; i++) {
        put(w->out, STR("\n"));
        text_account(w, &c->accounts[i]);
    }
    putf(w->out, "\n%zu became READY, %zu stopped being READY, %zu changed otherwise, ", c->became_ready, c->stopped,
         c->other);
    putf(w->out, "%zu new, %zu gone, %zu the same\n", c->appeared, c->gone, c->same);
}

/* ---- json ---- */

static void json_source(struct json *j, const char *name, const struct saved_run *const *runs, size_t count)
{
    json_open(j, name, '[', STACKED);
    for (size_t i = 0; i < count; i++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "result", runs[i]->run.snapshot);
        json_time(j, "as_of", true, runs[i]->run.as_of);
        json_str(j, "version", runs[i]->run.version);
        json_str(j, "rules", runs[i]->run.rules_digest);
        json_str_or_null(j, "organization", runs[i]->run.org_id);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void json_change(struct json *j, const char *name, const char *was, const char *is)
{
    json_open(j, name, '{', INLINE);
    json_str_or_null(j, "was", was ? str_from(was) : (str){0});
    json_str_or_null(j, "is", is ? str_from(is) : (str){0});
    json_close(j, '}');
}

static void json_account_change(struct json *j, const struct account_change *c)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "id", c->id);
    json_str_or_null(j, "name", c->name);
    json_str_or_null(j, "path", c->path);
    json_change(j, "verdict", c->was ? verdict_name(c->was->verdict) : NULL,
                c->is ? verdict_name(c->is->verdict) : NULL);
    json_open(j, "routes", '{', STACKED);
    for (int on = 0; c->was && c->is && on < ROUTE_COUNT; on++)
        if (c->was->routes[on] != c->is->routes[on])
            json_change(j, route_name((route)on), verdict_name(c->was->routes[on]), verdict_name(c->is->routes[on]));
    json_close(j, '}');
    json_open(j, "rules", '[', STACKED);
    for (const struct rule_change *r = c->rules; r < c->rules + c->rule_count; r++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "rule", r->rule);
        json_str(j, "title", r->title);
        json_str(j, "severity", str_from(severity_name(r->severity)));
        json_str(j, "was", str_from(outcome_name(r->was)));
        json_str(j, "is", str_from(outcome_name(r->is)));
        json_str(j, "message", r->message);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

void comparison_json(struct report_writer *w, const struct comparison *c, int exit_code)
{
    struct json j = {.w = w, .first = true};
    json_open(&j, NULL, '{', STACKED);
    json_str(&j, "schema", STR("orgexit/diff/1"));
    json_source(&j, "old", c->was, c->was_count);
    json_source(&j, "new", c->is, c->is_count);
    json_str_or_null(&j, "differ_in", c->rules_differ ? str_from(c->rules_differ) : (str){0});
    json_open(&j, "accounts", '[', STACKED);
    for (size_t i = 0; i < c->count; i++)
        json_account_change(&j, &c->accounts[i]);
    json_close(&j, ']');
    json_open(&j, "summary", '{', INLINE);
    json_number(&j, "became_ready", c->became_ready);
    json_number(&j, "stopped", c->stopped);
    json_number(&j, "other", c->other);
    json_number(&j, "new", c->appeared);
    json_number(&j, "gone", c->gone);
    json_number(&j, "same", c->same);
    json_close(&j, '}');
    json_int(&j, "exit", exit_code);
    json_close(&j, '}');
    put(w->out, STR("\n"));
}
