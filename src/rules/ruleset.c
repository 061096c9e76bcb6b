/* ruleset.c - many packs into one set: profiles, the configuration, what weakens a blocker; then its questions. */
#include "base/file.h"
#include "rules/embedded.h"
#include "rules/load.h"

/* ---- the whole ---- */

static struct rule *rule_by_id(struct ruleset *rs, str id)
{
    void *number = map_get(&rs->by_id, id);
    return number ? &rs->rules.items[(uintptr_t)number - 1] : NULL;
}

static struct rule *known_rule(struct loader *l, const node *n, bool key, str id)
{
    struct rule *r = rule_by_id(l->rs, id);
    if (r)
        return r;
    struct guess g = guess_begin(id);
    for (size_t i = 0; i < l->rs->rules.count; i++)
        guess_offer(&g, l->rs->rules.items[i].id);
    if (key)
        fault_key(l, n, guess_help(l->a, &g), "unknown rule \"%.*s\"", STR_ARG(id));
    else
        fault(l, n, guess_help(l->a, &g), "unknown rule \"%.*s\"", STR_ARG(id));
    return NULL;
}

/* Every built-in blocker must be there, and a blocker where it belongs, before anything is re-ranked. */
static void check_builtin(struct loader *l)
{
    l->source = NULL;
    for (size_t i = 0; i < builtin_blocker_count; i++) {
        const struct rule *r = rule_by_id(l->rs, str_from(builtin_blockers[i].id));
        unsigned is = r ? routes_ranked(r->ranked_as, SEVERITY_BLOCKER) : 0;
        if (is != builtin_blockers[i].routes)
            fault(l, NULL, (str){0}, "the built-in pack does not have \"%s\" as a blocker on %.*s, and there alone",
                  builtin_blockers[i].id, STR_ARG(routes_text(l->a, builtin_blockers[i].routes)));
    }
}

/* Gives r new ranks. What is taken from a blocker is told; a pinned one is a fault. */
static bool rerank(struct loader *l, const node *n, struct rule *r, const int *ranks, str by)
{
    unsigned lower = routes_ranked(r->severity_on, SEVERITY_BLOCKER) & ~routes_ranked(ranks, SEVERITY_BLOCKER);
    if (lower && rule_is_pinned(r))
        return fault_key(l, n, (str){0}, "\"%.*s\" cannot be ranked lower: %s", STR_ARG(r->id),
                         r->basis == BASIS_REFUSAL ? "AWS itself refuses the call" : "no verdict is safe without it");
    for (int to = SEVERITY_WARNING; to <= SEVERITY_INFO; to++) {
        unsigned routes = lower & routes_ranked(ranks, to);
        if (routes)
            add_weakened(l, arena_printf(l->a, "%.*s: %s instead of blocker on %.*s, by %.*s", STR_ARG(r->id),
                                         level_words[to], STR_ARG(routes_text(l->a, routes)), STR_ARG(by)));
    }
    memcpy(r->severity_on, ranks, sizeof r->severity_on);
    return true;
}

static bool rerank_read(struct loader *l, const node *n, bool apply, str by)
{
    struct rule *r = known_rule(l, n, true, node_key(n));
    if (!r)
        return false;
    int ranks[ROUTE_COUNT];
    memcpy(ranks, r->severity_on, sizeof ranks);
    unsigned on = routes_of(r->ranked_as);
    if (!severity_read(l, n, on, ranks))
        return false;
    if (routes_of(ranks) & ~on)
        return fault_key(l, n, (str){0}, "\"%.*s\" does not apply to %.*s", STR_ARG(r->id),
                         STR_ARG(routes_text(l->a, routes_of(ranks) & ~on)));
    struct rule scratch = *r;
    size_t told = l->rs->weakened.count;
    bool good = rerank(l, n, apply ? r : &scratch, ranks, by);
    if (!apply)
        l->rs->weakened.count = told;
    return good;
}

/* All profiles are checked, the chosen one is applied. */
static void apply_profiles(struct loader *l)
{
    str chosen = l->rs->profile;
    bool found = str_is(chosen, "full");
    struct guess g = guess_begin(chosen);
    guess_offer(&g, STR("full"));
    for (size_t i = 0; i < l->rs->profiles.count; i++) {
        const struct profile *p = &l->rs->profiles.items[i];
        bool apply = str_eq(p->name, chosen);
        found = found || apply;
        guess_offer(&g, p->name);
        l->source = p->source;
        for (NODE_EACH(item, p->node))
            rerank_read(l, item, apply, arena_printf(l->a, "profile %.*s", STR_ARG(p->name)));
    }
    const node *at = l->options->config ? node_get(l->options->config->root, "profile") : NULL;
    at = at && str_eq(node_text(at), chosen) ? at : NULL;
    l->source = at ? l->options->config : NULL;
    if (!found)
        fault(l, at, guess_help(l->a, &g), "no rule pack has a profile \"%.*s\"", STR_ARG(chosen));
}

static void config_severity(struct loader *l, const node *n)
{
    l->source = l->options->config;
    if (!node_is_object(n)) {
        fault(l, n, (str){0}, "\"severity\" must be a mapping from rule ids to severities");
        return;
    }
    for (NODE_EACH(item, n))
        rerank_read(l, item, true, rule_place(l, l->source, item));
}

static void config_disable(struct loader *l, const node *n)
{
    l->source = l->options->config;
    if (!node_is_list(n)) {
        fault(l, n, (str){0}, "\"disable\" must be a list of rule ids");
        return;
    }
    for (NODE_EACH(item, n)) {
        if (!node_is_string(item)) {
            fault(l, item, (str){0}, "\"disable\" must be a list of rule ids");
            continue;
        }
        struct rule *r = known_rule(l, item, false, node_text(item));
        if (!r || r->disabled)
            continue;
        if (routes_ranked(r->severity_on, SEVERITY_BLOCKER) && rule_is_pinned(r)) {
            fault(l, item, (str){0}, "\"%.*s\" cannot be disabled: %s", STR_ARG(r->id),
                  r->basis == BASIS_REFUSAL ? "AWS itself refuses the call" : "no verdict is safe without it");
            continue;
        }
        r->disabled = true;
        rank_routes(r->severity_on, ROUTES_ALL, -1);
        add_weakened(
            l, arena_printf(l->a, "%.*s: disabled by %.*s", STR_ARG(r->id), STR_ARG(rule_place(l, l->source, item))));
    }
}

static void unused_params(struct loader *l)
{
    for (size_t i = 0; i < l->rs->params.count; i++) {
        const struct param *p = &l->rs->params.items[i];
        l->source = p->source;
        if (!p->used)
            fault_key(l, p->node, (str){0}, "no rule uses param \"%.*s\"", STR_ARG(p->name));
    }
}

/* Blockers of the table that nothing lowered openly, whether or not the set has them; then all others of the set. */
static void list_blockers(struct loader *l, route on)
{
    struct ruleset *rs = l->rs;
    str *ids = NEW_ARRAY(l->a, str, builtin_blocker_count + rs->rules.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < builtin_blocker_count; i++) {
        str id = str_from(builtin_blockers[i].id);
        if ((builtin_blockers[i].routes & ROUTE_BIT(on)) && !rule_by_id(rs, id))
            ids[n++] = id;
    }
    for (const struct rule *r = rs->rules.items; r < rs->rules.items + rs->rules.count; r++)
        if (r->severity_on[on] == SEVERITY_BLOCKER)
            ids[n++] = r->id;
    rs->blockers[on].ids = ids;
    rs->blockers[on].count = n;
}

static bool any_blocker(const struct ruleset *rs)
{
    for (size_t i = 0; i < rs->rules.count; i++)
        if (routes_ranked(rs->rules.items[i].severity_on, SEVERITY_BLOCKER))
            return true;
    return false;
}

/* Neighbours of one file in the order in which they stand there. */
static void sort_faults(struct rule_errors *e)
{
    for (size_t i = 1; i < e->count && i < RULE_ERROR_LIMIT; i++) {
        struct rule_error moved = e->items[i];
        size_t k = i;
        for (; k > 0; k--) {
            const struct rule_error *before = &e->items[k - 1];
            bool same = str_eq(before->file, moved.file);
            if (!same || before->line < moved.line || (before->line == moved.line && before->column <= moved.column))
                break;
            e->items[k] = e->items[k - 1];
        }
        e->items[k] = moved;
    }
}

const struct ruleset *ruleset_load(arena *a, const struct pack_input *packs, size_t count,
                                   const struct rules_options *options, struct rule_errors *errors)
{
    struct ruleset *rs = NEW(a, struct ruleset);
    struct loader l = {.a = a, .rs = rs, .options = options, .errors = errors};
    rs->profile = options->profile.len ? options->profile : STR("full");
    for (size_t i = 0; i < count; i++)
        pack_names(&l, &packs[i]);
    if (options->params)
        config_params(&l, options->params);
    for (size_t i = 0; i < count; i++) {
        pack_rules(&l, &packs[i]);
        if (packs[i].builtin && (i + 1 == count || !packs[i + 1].builtin) && errors->count == 0)
            check_builtin(&l);
    }
    for (size_t i = 0; i < count; i++)
        pack_step_names(&l, &packs[i]);
    for (size_t i = 0; i < count; i++)
        pack_steps(&l, &packs[i]);
    steps_finish(&l);
    unused_params(&l);
    apply_profiles(&l);
    if (options->severity)
        config_severity(&l, options->severity);
    if (options->disable)
        config_disable(&l, options->disable);
    l.source = NULL;
    if (rs->rules.count == 0 && errors->count == 0)
        fault(&l, NULL, (str){0}, "there is no rule to judge by");
    if (!any_blocker(rs) && errors->count == 0)
        fault(&l, NULL, (str){0}, "no rule is a blocker: nothing could ever be found ready");
    for (int r = 0; r < ROUTE_COUNT; r++) {
        list_blockers(&l, (route)r);
    }
    sort_faults(errors);
    return errors->count == 0 ? rs : NULL;
}

bool ruleset_builtin_packs(arena *a, const struct pack_input **out, size_t *count, error *e)
{
    struct pack_input *packs = NEW_ARRAY(a, struct pack_input, embedded_rule_count);
    for (size_t i = 0; i < embedded_rule_count; i++) {
        const struct embedded *file = &embedded_rules[i];
        source *s = NEW(a, source);
        s->file = str_from(file->name);
        s->len = file->len;
        s->text = arena_alloc_zero(a, file->len + FILE_TAIL);
        memcpy(s->text, file->text, file->len);
        if (!yaml_read(a, s, YAML_OURS, e))
            return false;
        packs[i] = (struct pack_input){.source = s, .builtin = true};
    }
    *out = packs;
    *count = embedded_rule_count;
    return true;
}

/* ---- questions to the set ---- */

size_t ruleset_count(const struct ruleset *rs)
{
    return rs->rules.count;
}

const struct rule *ruleset_rule(const struct ruleset *rs, size_t i)
{
    return &rs->rules.items[i];
}

const struct rule *ruleset_find(const struct ruleset *rs, str id)
{
    void *number = map_get(&rs->by_id, id);
    return number ? &rs->rules.items[(uintptr_t)number - 1] : NULL;
}

const struct step_template *ruleset_steps(const struct ruleset *rs, size_t *count)
{
    *count = rs->steps.count;
    return rs->steps.items;
}

const struct answer_template *ruleset_answer(const struct ruleset *rs, str call)
{
    for (size_t i = 0; i < rs->answers.count; i++)
        if (str_eq(rs->answers.items[i].call, call))
            return &rs->answers.items[i];
    return NULL;
}

str ruleset_profile(const struct ruleset *rs)
{
    return rs->profile;
}

size_t ruleset_test_count(const struct ruleset *rs)
{
    return rs->test_count;
}

const str *ruleset_blockers(const struct ruleset *rs, route on, size_t *count)
{
    *count = rs->blockers[on].count;
    return rs->blockers[on].ids;
}

const str *ruleset_weakened(const struct ruleset *rs, size_t *count)
{
    *count = rs->weakened.count;
    return rs->weakened.items;
}

const struct param *ruleset_params(const struct ruleset *rs, size_t *count)
{
    *count = rs->params.count;
    return rs->params.items;
}

const struct param *ruleset_param(const struct ruleset *rs, str name)
{
    for (size_t i = 0; i < rs->params.count; i++)
        if (str_eq(rs->params.items[i].name, name))
            return &rs->params.items[i];
    return NULL;
}

const struct topic *ruleset_topics(const struct ruleset *rs, size_t *count)
{
    *count = rs->topic_list.count;
    return rs->topic_list.items;
}

const struct topic *ruleset_topic(const struct ruleset *rs, str name)
{
    const struct topic *t = topic_find(name);
    for (size_t i = 0; !t && i < rs->topics.count; i++)
        if (str_is(name, rs->topics.items[i]->topic.name))
            t = &rs->topics.items[i]->topic;
    return t;
}

const struct field *ruleset_field(const struct ruleset *rs, str name)
{
    const struct field *f = field_find(name);
    for (size_t i = 0; !f && i < rs->topics.count; i++)
        for (size_t p = 0; !f && p <= PART_TIME_LEFT; p++)
            if (str_is(name, rs->topics.items[i]->fields[p].name))
                f = &rs->topics.items[i]->fields[p];
    return f;
}
