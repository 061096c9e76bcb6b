/* ruletest.c - the tests beside rules: given facts in, outcome compared, each fact taken away once. */
#include "rules/ruletest.h"

#include "base/clock.h"
#include "rules/load.h"

/* ---- facts that a test gives ---- */

struct given_value {
    const struct field *field;
    struct value value;
};

struct given_answer {
    who who;
    str arn, action, resource;
    bool any_resource;
    struct value value;
};

struct given {
    arena *a;
    VEC(struct given_value) values;
    VEC(struct given_answer) answers;
};

static struct value not_given(arena *a, value_type type, const char *kind, str name, str reason)
{
    struct need *need = NEW(a, struct need);
    *need = (struct need){.kind = kind, .name = name, .how = STR("give it in the test")};
    return (struct value){.type = type, .reason = reason, .needs = need, .need_count = 1};
}

static const struct value *given_field(void *self, const struct field *f, route on)
{
    struct given *g = self;
    (void)on;
    for (size_t i = 0; i < g->values.count; i++)
        if (g->values.items[i].field == f)
            return &g->values.items[i].value;
    struct value *v = NEW(g->a, struct value);
    *v = not_given(g->a, f->type, "field", str_from(f->name), arena_printf(g->a, "%s is not given", f->name));
    return v;
}

static const struct value *given_can(void *self, const struct can_question *q, route on)
{
    struct given *g = self;
    (void)on;
    for (size_t i = 0; i < g->answers.count; i++) {
        const struct given_answer *answer = &g->answers.items[i];
        if (answer->who == q->who && str_eq(answer->arn, q->arn) && str_eq_nocase(answer->action, q->action) &&
            (answer->any_resource || (q->resource_known && str_eq(answer->resource, q->resource))))
            return &answer->value;
    }
    struct value *v = NEW(g->a, struct value);
    *v = not_given(g->a, TYPE_BOOL, "can", q->action, STR("no answer is given"));
    return v;
}

/* ---- reading a test ---- */

static bool value_read(struct loader *l, const node *n, const struct field *f, struct value *out);

static bool literal_value(struct loader *l, const node *n, const struct field *f, struct value *out)
{
    struct literal lit = {0};
    str message, help;
    if (!literal_read(l->a, n, f->type, f->words, false, &lit, &message, &help))
        return fault(l, n, help, "%s: %.*s", f->name, STR_ARG(message));
    out->state = VALUE_KNOWN;
    switch (f->type) {
    case TYPE_BOOL: out->as.yes = lit.yes; break;
    case TYPE_STRING:
    case TYPE_ENUM: out->as.text = lit.text; break;
    case TYPE_INT:
    case TYPE_DURATION:
    case TYPE_TIME: out->as.number = lit.number; break;
    case TYPE_LIST: break;
    }
    if (f->never_false && !lit.yes)
        return fault(l, n, (str){0}, "%s is never false: give true or {unknown: REASON}", f->name);
    return true;
}

static bool record_read(struct loader *l, const node *n, const struct field *list, struct element *out)
{
    if (!node_is_object(n))
        return fault(l, n, (str){0}, "%s is a list of records, this is %s", list->name, node_kind_name(n));
    size_t count = field_member_count(list);
    struct value *members = NEW_ARRAY(l->a, struct value, count);
    for (size_t i = 0; i < count; i++)
        members[i] = not_given(l->a, list[1 + i].type, "field", str_from(list[1 + i].name),
                               arena_printf(l->a, "%s is not given", list[1 + i].name));
    for (NODE_EACH(item, n)) {
        const struct field *f = field_element(list, node_key(item));
        if (!f)
            return fault_key(l, item, (str){0}, "%s has no field \"%.*s\"", list->name, STR_ARG(node_key(item)));
        if (!value_read(l, item, f, &members[field_member_index(f)]))
            return false;
    }
    out->members = members;
    return true;
}

static bool list_read(struct loader *l, const node *n, const struct field *f, struct value *out)
{
    if (!node_is_list(n))
        return fault(l, n, (str){0}, "%s is a list, this is %s", f->name, node_kind_name(n));
    struct element *items = NEW_ARRAY(l->a, struct element, node_count(n));
    size_t count = 0;
    for (NODE_EACH(item, n)) {
        if (f->item == TYPE_LIST ? !record_read(l, item, f, &items[count])
                                 : !node_is_string(item) && !fault(l, item, (str){0}, "%s is a list of texts", f->name))
            return false;
        items[count++].text = node_is_string(item) ? node_text(item) : (str){0};
    }
    out->state = VALUE_KNOWN;
    out->as.list = (struct value_list){.items = items, .count = count, .complete = true};
    return true;
}

/* value | {unknown: reason} | {absent: true} | {part: [...], unknown: reason}, a list that is cut off. */
static bool value_read(struct loader *l, const node *n, const struct field *f, struct value *out)
{
    static const struct key keys[] = {
        {"unknown", false},
        {"absent",  false},
        {"part",    false}
    };
    if (!node_is_object(n)) {
        *out = (struct value){.type = f->type};
        return f->type == TYPE_LIST ? list_read(l, n, f, out) : literal_value(l, n, f, out);
    }
    if (!keys_check(l, n, keys, 3, "a given fact"))
        return false;
    str reason = {0};
    bool absent = false;
    if (!key_text(l, n, "unknown", &reason) || !key_bool(l, n, "absent", &absent))
        return false;
    const node *part = node_get(n, "part");
    if (absent == (reason.len > 0) || (part && (absent || f->type != TYPE_LIST)))
        return fault(l, n, STR("{unknown: REASON}, {absent: true} or, of a list, {part: [...], unknown: REASON}"),
                     "this is no given fact");
    *out = not_given(l->a, f->type, "field", str_from(f->name), reason);
    if (absent)
        *out = (struct value){.state = VALUE_ABSENT, .type = f->type};
    if (!part)
        return true;
    if (!list_read(l, part, f, out))
        return false;
    out->as.list.complete = false;
    return true;
}

static bool given_read(struct loader *l, const node *n, struct given *g)
{
    if (!node_is_object(n))
        return fault(l, n, (str){0}, "\"given\" must be a mapping from fields to values");
    bool good = true;
    for (NODE_EACH(item, n)) {
        const struct field *f = field_resolve(l, node_key(item));
        if (!f || f->of) {
            struct guess near = guess_begin(node_key(item));
            for (size_t i = 0; i < field_catalogue_count; i++)
                guess_offer(&near, str_from(field_catalogue[i].of ? "" : field_catalogue[i].name));
            good = fault_key(l, item, guess_help(l->a, &near), "unknown field \"%.*s\"", STR_ARG(node_key(item)));
            continue;
        }
        struct given_value *v = VEC_PUSH(l->a, &g->values);
        v->field = f;
        good = value_read(l, item, f, &v->value) && good;
    }
    return good;
}

static bool answer_read(struct loader *l, const node *n, struct given_answer *out)
{
    static const struct key keys[] = {
        {"who",      true },
        {"do",       true },
        {"resource", false},
        {"answer",   true }
    };
    static const char *const people[] = {"actor", "caller", "principal", "root"};
    static const who who_of[] = {WHO_ACTOR, WHO_CALLER, WHO_PRINCIPAL, WHO_ROOT};
    str person, answer;
    if (!keys_check(l, n, keys, 4, "an answer") || !key_text(l, n, "who", &person) ||
        !key_text(l, n, "do", &out->action) || !key_text(l, n, "resource", &out->resource) ||
        !key_text(l, n, "answer", &answer))
        return false;
    out->any_resource = !node_get(n, "resource");
    size_t i = 0;
    while (i < sizeof people / sizeof *people && !str_is(person, people[i]))
        i++;
    if (i == sizeof people / sizeof *people && !str_starts(person, STR("arn:")))
        return fault(l, node_get(n, "who"), STR("one of: actor, caller, principal, root, an ARN"), "\"who\" is nobody");
    out->who = i < sizeof people / sizeof *people ? who_of[i] : WHO_ARN;
    out->arn = out->who == WHO_ARN ? person : (str){0};
    if (str_is(answer, "unknown"))
        out->value = not_given(l->a, TYPE_BOOL, "can", out->action, STR("the decision is unknown"));
    else if (str_is(answer, "allowed") || str_is(answer, "denied"))
        out->value = (struct value){.state = VALUE_KNOWN, .type = TYPE_BOOL, .as.yes = str_is(answer, "allowed")};
    else
        return fault(l, node_get(n, "answer"), STR("one of: allowed, denied, unknown"), "this is no answer");
    return true;
}

static bool answers_read(struct loader *l, const node *n, struct given *g)
{
    if (!list_check(l, n, "\"can\""))
        return false;
    bool good = true;
    for (NODE_EACH(item, n))
        good = answer_read(l, item, VEC_PUSH(l->a, &g->answers)) && good;
    return good;
}

struct expected {
    outcome outcome;
    int severity; /* -1: any */
    str message;  /* ptr NULL: any */
    const node *needs;
};

static bool expect_read(struct loader *l, const node *n, struct expected *out)
{
    static const struct key keys[] = {
        {"outcome",  true },
        {"severity", false},
        {"message",  false},
        {"needs",    false}
    };
    const node *level = node_get(n, "severity");
    out->severity = -1;
    if (!keys_check(l, n, keys, 4, "expect") || !key_text(l, n, "message", &out->message) ||
        (level && !word_read(l, level, "severity", level_words, &out->severity)))
        return false;
    const node *word = node_get(n, "outcome");
    out->needs = node_get(n, "needs");
    if (out->needs && !node_is_list(out->needs))
        return fault(l, out->needs, (str){0}, "\"needs\" must be a list of fields or actions");
    for (int o = OUTCOME_UNKNOWN; o <= OUTCOME_NOT_APPLICABLE; o++)
        if (node_is_string(word) && str_is(node_text(word), outcome_name((outcome)o)))
            return out->outcome = (outcome)o, true;
    return fault(l, word, STR("one of: pass, fail, unknown, not-applicable"), "this is no outcome");
}

struct one_test {
    const struct rule *rule;
    str name, snapshot, account;
    route on;
    int64_t as_of;
    struct given given;
    struct expected expected;
    const node *node;
};

static bool route_read(struct loader *l, const node *n, const struct rule *r, route *out)
{
    unsigned routes = 0;
    for (int i = ROUTE_COUNT; i-- > 0;)
        if (rule_applies(r, (route)i))
            *out = (route)i; /* none named: the first that the rule applies to */
    if (!n)
        return true;
    if (!node_is_string(n) || !routes_parse(node_text(n), &routes) || (routes & (routes - 1)) != 0)
        return fault(l, n, STR("remove/api, remove/console, leave/api, leave/console or transfer"), "this is no route");
    for (int i = 0; i < ROUTE_COUNT; i++)
        *out = routes == ROUTE_BIT(i) ? (route)i : *out;
    if (!rule_applies(r, *out))
        return fault(l, n, (str){0}, "rule \"%.*s\" does not apply to %s", STR_ARG(r->id), route_name(*out));
    return true;
}

static bool as_of_read(struct loader *l, const node *n, int64_t *out)
{
    instant t;
    if (!n)
        return true;
    if (!node_is_string(n) || !(time_from_date(node_text(n), &t) || time_from_rfc3339(node_text(n), &t)))
        return fault(l, n, STR("write YYYY-MM-DD, or a time with Z or an offset"), "\"as_of\" is \"%.*s\", no time",
                     STR_ARG(node_text(n)));
    *out = t.seconds;
    return true;
}

static bool rule_of_test(struct loader *l, const node *n, const struct rule **out)
{
    str id = {0};
    const node *rule = node_get(n, "rule");
    if (!rule || !key_text(l, n, "rule", &id))
        return false;
    *out = ruleset_find(l->rs, id);
    if (*out && (*out)->disabled)
        return fault(l, rule, (str){0}, "rule \"%.*s\" is disabled", STR_ARG(id));
    if (*out)
        return true;
    struct guess g = guess_begin(id);
    for (size_t i = 0; i < l->rs->rules.count; i++)
        guess_offer(&g, l->rs->rules.items[i].id);
    return fault(l, rule, g.best.len ? guess_help(l->a, &g) : STR("--rules PATH loads the pack that has it"),
                 "unknown rule \"%.*s\"", STR_ARG(id));
}

static bool test_read(struct loader *l, const node *n, struct one_test *out)
{
    static const struct key keys[] = {
        {"rule",     true },
        {"name",     true },
        {"route",    false},
        {"as_of",    false},
        {"given",    false},
        {"can",      false},
        {"snapshot", false},
        {"account",  false},
        {"expect",   true }
    };
    *out = (struct one_test){.node = n, .as_of = 1795392000 /* 2026-11-23 */, .given.a = l->a};
    if (!keys_check(l, n, keys, 9, "a test") || !rule_of_test(l, n, &out->rule))
        return false;
    bool good = key_text(l, n, "name", &out->name) && key_text(l, n, "snapshot", &out->snapshot) &&
                key_text(l, n, "account", &out->account);
    good = route_read(l, node_get(n, "route"), out->rule, &out->on) && good;
    good = as_of_read(l, node_get(n, "as_of"), &out->as_of) && good;
    good = (!node_get(n, "given") || given_read(l, node_get(n, "given"), &out->given)) && good;
    good = (!node_get(n, "can") || answers_read(l, node_get(n, "can"), &out->given)) && good;
    good = expect_read(l, node_get(n, "expect"), &out->expected) && good;
    if (good && out->snapshot.len && (!out->account.len || node_get(n, "given") || node_get(n, "can")))
        return fault(l, n, (str){0}, "\"snapshot\" goes with \"account\", and without \"given\" and \"can\"");
    return good;
}

/* ---- running one ---- */

static bool need_named(const struct judgement *j, str name)
{
    for (size_t i = 0; i < j->need_count; i++)
        if (str_eq(j->needs[i].name, name))
            return true;
    return false;
}

static str needs_differ(arena *a, const struct judgement *j, const node *wanted)
{
    for (NODE_EACH(item, wanted))
        if (!need_named(j, node_text(item)))
            return arena_printf(a, "it does not say that it needs %.*s", STR_ARG(node_text(item)));
    if (!wanted || node_count(wanted) == j->need_count)
        return (str){0};
    str all = {0};
    for (size_t i = 0; i < j->need_count; i++)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "", STR_ARG(j->needs[i].name));
    return arena_printf(a, "it needs more: %.*s", STR_ARG(all));
}

static str differs(arena *a, const struct judgement *j, const struct expected *e)
{
    if (j->outcome != e->outcome)
        return arena_printf(a, "%s was expected, it is %s: %.*s", outcome_name(e->outcome), outcome_name(j->outcome),
                            STR_ARG(j->message));
    if (e->severity >= 0 && (int)j->severity != e->severity)
        return arena_printf(a, "severity %s was expected, it is %s", level_words[e->severity],
                            severity_name(j->severity));
    if (e->message.ptr && !str_eq(e->message, j->message))
        return arena_printf(a, "another message: %.*s", STR_ARG(j->message));
    return needs_differ(a, j, e->needs);
}

/* ---- taking facts away ---- */

struct mutation {
    struct ruletest *t;
    const struct judge *judge;
    const struct one_test *test;
    outcome before;
    str wrong; /* the first that moved where it may not */
};

static bool may_move(outcome from, outcome to)
{
    return to == from || to == OUTCOME_UNKNOWN || (from == OUTCOME_NOT_APPLICABLE && to == OUTCOME_PASS);
}

static void judge_mutant(struct mutation *m, const char *what, const char *how)
{
    struct judgement j;
    judge(m->t->arena, m->judge, m->test->rule, m->test->on, &j);
    m->t->mutants++;
    if (!may_move(m->before, j.outcome) && !m->wrong.len)
        m->wrong = arena_printf(m->t->arena, "with %s %s it moves from %s to %s", what, how, outcome_name(m->before),
                                outcome_name(j.outcome));
}

static void mutate_value(struct mutation *m, const struct field *f, struct value *v);

static void mutate_list(struct mutation *m, const struct field *f, struct value *v)
{
    if (v->as.list.complete) {
        v->as.list.complete = false;
        judge_mutant(m, f->name, "cut off");
        v->as.list.complete = true;
    }
    for (size_t i = 0; i < v->as.list.count; i++)
        for (size_t k = 0; v->as.list.items[i].members && k < field_member_count(f); k++)
            mutate_value(m, f + 1 + k, (struct value *)(uintptr_t)&v->as.list.items[i].members[k]);
}

static void mutate_value(struct mutation *m, const struct field *f, struct value *v)
{
    if (v->state == VALUE_UNKNOWN)
        return;
    struct value kept = *v;
    *v = (struct value){.type = kept.type, .reason = STR("taken away")};
    judge_mutant(m, f->name, "unknown");
    *v = kept;
    if (v->state == VALUE_KNOWN && v->type == TYPE_LIST)
        mutate_list(m, f, v);
}

static void mutate_all(struct mutation *m, struct given *g)
{
    for (size_t i = 0; i < g->values.count; i++)
        mutate_value(m, g->values.items[i].field, &g->values.items[i].value);
    for (size_t i = 0; i < g->answers.count; i++) {
        struct value kept = g->answers.items[i].value;
        g->answers.items[i].value = (struct value){.type = TYPE_BOOL, .reason = STR("taken away")};
        judge_mutant(m, "an answer", "unknown");
        g->answers.items[i].value = kept;
    }
    for (size_t i = 0; i < g->values.count; i++) /* at last all of them: nothing may be left but unknown */
        g->values.items[i].value = (struct value){.type = g->values.items[i].field->type};
    for (size_t i = 0; i < g->answers.count; i++)
        g->answers.items[i].value = (struct value){.type = TYPE_BOOL};
    judge_mutant(m, "every fact", "unknown");
}

/* ---- a file ---- */

static struct ruletest_rule *counts_of(struct ruletest *t, const struct rule *r)
{
    size_t i = 0;
    while (t->by_rule[i].rule != r)
        i++;
    return &t->by_rule[i];
}

/* As seen from the folder of the file of tests. */
static str snapshot_path(arena *a, const source *file, str path)
{
    size_t slash = file->file.len;
    while (slash > 0 && file->file.ptr[slash - 1] != '/')
        slash--;
    return path.ptr[0] == '/' ? path : arena_printf(a, "%.*s%.*s", STR_ARG(str_head(file->file, slash)), STR_ARG(path));
}

static str run_one(struct ruletest *t, const source *file, struct one_test *test)
{
    struct fact_source given = {.self = &test->given, .field = given_field, .can = given_can};
    const struct fact_source *facts = &given;
    error e = {0};
    if (test->snapshot.len && !t->snapshots)
        return STR("tests on snapshots cannot be run here");
    if (test->snapshot.len &&
        !t->snapshots->open(t->snapshots->self, t->arena, snapshot_path(t->arena, file, test->snapshot), test->account,
                            test->as_of, &facts, &e))
        return arena_printf(t->arena, "the snapshot does not load: %s%s%s", e.file, e.file[0] ? ": " : "", e.message);
    struct judge j = {.facts = facts, .as_of = test->as_of, .seen = t->seen};
    struct judgement out;
    judge(t->arena, &j, test->rule, test->on, &out);
    str wrong = differs(t->arena, &out, &test->expected);
    if (wrong.len)
        return wrong;
    counts_of(t, test->rule)->outcomes |= 1u << out.outcome;
    j.seen = NULL;
    struct mutation m = {.t = t, .judge = &j, .test = test, .before = out.outcome};
    size_t before = t->mutants;
    if (!test->snapshot.len)
        mutate_all(&m, &test->given);
    counts_of(t, test->rule)->mutants += t->mutants - before;
    return m.wrong;
}

static void keep_result(struct ruletest *t, const source *file, const struct one_test *test, str wrong)
{
    struct ruletest_result *r = VEC_PUSH(t->arena, &t->results);
    uint32_t column;
    *r = (struct ruletest_result){
        .rule = test->rule->id, .name = test->name, .file = file->file, .passed = wrong.len == 0, .message = wrong};
    source_line_column(file, test->node->at, &r->line, &column);
    t->passed += r->passed;
    t->failed += !r->passed;
    struct ruletest_rule *counts = counts_of(t, test->rule);
    counts->tests++;
    counts->failed += !r->passed;
}

struct ruletest *ruletest_begin(arena *a, const struct ruleset *rules, const struct ruletest_snapshots *snapshots)
{
    struct ruletest *t = NEW(a, struct ruletest);
    *t = (struct ruletest){.arena = a, .rules = rules, .snapshots = snapshots};
    t->by_rule = NEW_ARRAY(a, struct ruletest_rule, ruleset_count(rules));
    t->seen = NEW_ARRAY(a, unsigned char, ruleset_test_count(rules));
    for (size_t i = 0; i < ruleset_count(rules); i++)
        t->by_rule[i].rule = ruleset_rule(rules, i);
    return t;
}

bool ruletest_file(struct ruletest *t, const source *file, struct rule_errors *errors)
{
    static const struct key keys[] = {
        {"version", true},
        {"tests",   true}
    };
    static const struct rules_options none = {0};
    /* The loader's helpers look things up in the set; nothing here changes it. */
    struct loader l = {
        .a = t->arena, .rs = (struct ruleset *)(uintptr_t)t->rules, .options = &none, .errors = errors, .source = file};
    const node *tests = node_get(file->root, "tests"), *version = node_get(file->root, "version");
    if (!keys_check(&l, file->root, keys, 2, "a file of rule tests") || !list_check(&l, tests, "tests"))
        return false;
    if (!node_is_number(version) || !str_is(node_text(version), "1"))
        return fault(&l, version, STR("write version: 1"), "this version of rule tests is not known here");
    struct one_test *all = NEW_ARRAY(t->arena, struct one_test, node_count(tests));
    size_t count = 0;
    bool good = true;
    for (NODE_EACH(item, tests))
        good = test_read(&l, item, &all[count++]) && good;
    for (size_t i = 0; good && i < count; i++)
        keep_result(t, file, &all[i], run_one(t, file, &all[i]));
    return good;
}

void ruletest_end(struct ruletest *t)
{
    for (size_t i = 0; i < ruleset_count(t->rules); i++) {
        struct ruletest_rule *r = &t->by_rule[i];
        r->branches = 2 * r->rule->test_count;
        r->branches_seen = 0;
        for (size_t k = 0; k < r->rule->test_count; k++) {
            unsigned seen = t->seen[r->rule->first_test + k];
            r->branches_seen += ((seen >> TRI_YES) & 1) + ((seen >> TRI_NO) & 1);
        }
    }
}

str ruletest_lacks(arena *a, const struct ruletest_rule *r)
{
    if (r->tests == 0)
        return STR("it has no test");
    bool may_fail = r->rule->read_count == 0;
    for (size_t i = 0; i < r->rule->read_count; i++)
        may_fail = may_fail || !r->rule->reads[i]->never_false;
    bool pass = r->outcomes & (1u << OUTCOME_PASS), fail = r->outcomes & (1u << OUTCOME_FAIL);
    if (pass && (fail || !may_fail))
        return (str){0};
    return arena_printf(a, "it has no test in which it %s", pass ? "fails" : "passes");
}
