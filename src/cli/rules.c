/* rules.c - orgexit rules: the list, one rule in full, the fields, the rules' own tests. */
#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/check_options.h"
#include "cli/config.h"
#include "cli/faults.h"
#include "lint/lint.h"
#include "rules/ruletest.h"

const struct ruleset *rules_read(arena *a, const struct arguments *args, str near, error *e)
{
    struct config config;
    struct rule_errors faults = {0};
    const struct pack_input *builtin, *own;
    size_t count, more;
    if (!config_read(a, args, near, &config, e) || !ruleset_builtin_packs(a, &builtin, &count, e) ||
        !packs_read(a, args, &config, &own, &more, e))
        return NULL;
    struct pack_input *packs = NEW_ARRAY(a, struct pack_input, count + more);
    memcpy(packs, builtin, count * sizeof *packs);
    if (more)
        memcpy(packs + count, own, more * sizeof *packs);
    struct rules_options options = {.profile = has_option(args, OPTION_PROFILE) ? option_text(args, OPTION_PROFILE)
                                                                                : config.profile,
                                    .config = config.source,
                                    .params = config.params,
                                    .severity = config.severity,
                                    .disable = config.disable};
    const struct ruleset *rs = ruleset_load(a, packs, count + more, &options, &faults);
    if (!rs) {
        print_faults(a, &faults, terminal_of(args, 2));
        error_set(e, ERR_INPUT, "%s", "");
    }
    return rs;
}

static const char *const kind_names[ROUTE_COUNT] = {"remove/api", "remove/console", "leave/api", "leave/console",
                                                    "transfer"};

/* "blocker: remove, leave; warning: transfer" */
static str ranks_of(arena *a, const struct rule *r)
{
    str out = {0};
    for (int s = SEVERITY_BLOCKER; s <= SEVERITY_INFO; s++) {
        unsigned routes = 0;
        str names = {0};
        for (int on = 0; on < ROUTE_COUNT; on++)
            routes |= rule_applies(r, (route)on) && rule_severity(r, (route)on) == (severity)s ? ROUTE_BIT(on) : 0;
        if (!routes)
            continue;
        const struct {
            unsigned routes;
            const char *name;
        } families[] = {
            {ROUTES_REMOVE, "remove"},
            {ROUTES_LEAVE,  "leave" }
        };
        for (size_t i = 0; i < 2; i++)
            if ((routes & families[i].routes) == families[i].routes) {
                names = arena_printf(a, "%.*s%s%s", STR_ARG(names), names.len ? ", " : "", families[i].name);
                routes &= ~families[i].routes;
            }
        for (int on = 0; on < ROUTE_COUNT; on++)
            if (routes & ROUTE_BIT(on))
                names = arena_printf(a, "%.*s%s%s", STR_ARG(names), names.len ? ", " : "", kind_names[on]);
        out = arena_printf(a, "%.*s%s%s: %.*s", STR_ARG(out), out.len ? "; " : "", severity_name((severity)s),
                           STR_ARG(names));
    }
    return out.len ? out : STR("disabled");
}

static int list_rules(arena *a, const struct arguments *args, error *e)
{
    const struct ruleset *rs = rules_read(a, args, STR("."), e);
    if (!rs)
        return -1;
    printf("%-36s %-44s %s\n", "RULE", "RANKED", "TITLE");
    for (size_t i = 0; i < ruleset_count(rs); i++) {
        const struct rule *r = ruleset_rule(rs, i);
        printf("%-36.*s %-44.*s %.*s\n", STR_ARG(visible(a, r->id)), STR_ARG(ranks_of(a, r)),
               STR_ARG(visible(a, r->title)));
    }
    return EXIT_READY;
}

static void print_paragraph(arena *a, const char *heading, str text)
{
    if (!text.len)
        return;
    printf("\n%s\n ", heading);
    str rest = visible(a, text);
    int column = 1;
    while (rest.len) {
        str word = str_cut(&rest, ' ');
        if (column > 1 && column + (int)word.len > 94) {
            printf("\n ");
            column = 1;
        }
        printf(" %.*s", STR_ARG(word));
        column += (int)word.len + 1;
    }
    printf("\n");
}

/* The rule's `when` and `require` as they stand in its pack: how it is decided, without another language. */
static void print_decided(const struct rule *r)
{
    uint32_t first, column, last;
    const node *require = node_get(r->node, "require");
    source_line_column(r->source, r->node->at, &first, &column);
    source_line_column(r->source, require ? require->at : r->node->at, &last, &column);
    printf("\nHow it is decided  (%.*s:%u)\n", STR_ARG(r->source->file), first);
    str rest = {r->source->text, r->source->len};
    bool inside = false;
    for (uint32_t line = 1; rest.len; line++) {
        str text = str_cut(&rest, '\n');
        size_t indent = 0;
        while (indent < text.len && text.ptr[indent] == ' ')
            indent++;
        str word = str_from_index(text, indent);
        if (line < first)
            continue;
        if (line > first && indent <= 2 && word.len)
            break;
        if (indent == 4)
            inside =
                str_starts(word, STR("when:")) || str_starts(word, STR("require:")) || str_starts(word, STR("also:"));
        size_t at = line == first ? str_find(text, STR("require:")) : SIZE_MAX;
        if (inside || at != SIZE_MAX)
            printf("  %.*s\n",
                   STR_ARG(inside ? str_from_index(text, indent < 4 ? indent : 4) : str_from_index(text, at)));
    }
}

static void print_rule(arena *a, const struct rule *r)
{
    printf("%.*s  %.*s\n", STR_ARG(r->id), STR_ARG(r->title));
    printf("  %.*s%s%s%s\n", STR_ARG(ranks_of(a, r)), r->basis == BASIS_NONE ? "" : "  (",
           r->basis == BASIS_NONE ? "" : rule_basis_name(r->basis), r->basis == BASIS_NONE ? "" : ")");
    print_paragraph(a, "Why", r->why);
    print_decided(r);
    str predicts = {0};
    for (size_t i = 0; i < r->predict_count; i++)
        predicts = arena_printf(a, "%.*s%s%.*s", STR_ARG(predicts), i ? ", " : "", STR_ARG(r->predicts[i]));
    print_paragraph(a, "What AWS would answer", predicts);
    if (r->fix_count)
        printf("\nHow to fix\n");
    for (NODE_EACH(item, node_get(r->node, "fix"))) {
        printf("  %.*s\n", STR_ARG(visible(a, node_text(node_get(item, "text")))));
        const node *command = node_get(item, "command");
        if (command)
            printf("     ");
        for (NODE_EACH(word, command))
            printf(" %.*s", STR_ARG(visible(a, node_text(word))));
        if (command)
            printf("\n");
    }
    print_paragraph(a, "When to waive",
                    r->basis == BASIS_REFUSAL ? STR("never: AWS itself would refuse, and no waiver changes that")
                    : !r->waivable            ? STR("never: the rule is about the evidence itself")
                                   : STR("when somebody who may decide it accepts the risk: name them, the reason and "
                                         "an end under \"waivers\" of attestations.yaml"));
    if (r->reference_count)
        printf("\nReferences\n");
    for (size_t i = 0; i < r->reference_count; i++)
        printf("  %.*s\n", STR_ARG(visible(a, r->references[i])));
}

static void print_check(arena *a, const struct lint_check *c)
{
    printf("%s  %s\n  %s of orgexit lint; policies:", lint_check_id(c), lint_check_title(c),
           lint_severity_name(lint_check_severity(c)));
    for (int k = KIND_IDENTITY; k < KIND_COUNT; k++)
        if (lint_check_kinds(c) & KIND_BIT(k))
            printf(" %s", policy_kind_name((policy_kind)k));
    printf("\n");
    print_paragraph(a, "Why", str_from(lint_check_why(c)));
    print_paragraph(a, "How to fix", str_from(lint_check_fix(c)));
}

static int explain_rule(arena *a, const struct arguments *args, error *e)
{
    const struct ruleset *rs = rules_read(a, args, STR("."), e);
    if (!rs)
        return -1;
    if (args->operand_count != 2)
        return error_set(e, ERR_USAGE, "which rule? orgexit rules explain ID (orgexit rules list shows the ids)"), -1;
    const struct lint_check *c = lint_check_find(args->operands[1]);
    if (c) {
        print_check(a, c);
        return EXIT_READY;
    }
    const struct rule *r = ruleset_find(rs, args->operands[1]);
    if (r) {
        print_rule(a, r);
        return EXIT_READY;
    }
    size_t count = ruleset_count(rs), checks = lint_check_count();
    const char **ids = NEW_ARRAY(a, const char *, count + checks);
    for (size_t i = 0; i < count; i++)
        ids[i] = arena_cstr(a, ruleset_rule(rs, i)->id);
    for (size_t i = 0; i < checks; i++)
        ids[count + i] = lint_check_id(lint_check_at(i));
    error_set(e, ERR_USAGE, "there is no rule \"%.*s\"%.*s (orgexit rules list, orgexit lint --list-checks)",
              STR_ARG(visible(a, args->operands[1])), STR_ARG(did_you_mean(a, args->operands[1], ids, count + checks)));
    return -1;
}

static void print_field(arena *a, const struct field *f)
{
    str type = str_from(value_type_name(f->type));
    if (f->type == TYPE_LIST)
        type = arena_printf(a, "list<%s>", f->item == TYPE_LIST ? "record" : value_type_name(f->item));
    printf("%-40s %-14.*s %.*s%s\n", f->name, STR_ARG(type), STR_ARG(visible(a, str_from(f->doc))),
           !f->get && !f->of && !f->topic ? " (not read yet)" : "");
    for (size_t k = 0; f->words && f->words[k]; k++)
        printf("%s%s%s", k ? ", " : "                                                        one of ", f->words[k],
               f->words[k + 1] ? "" : "\n");
}

/* Those of the catalogue, then those that topics of packs add. */
static int list_fields(arena *a, const struct arguments *args, error *e)
{
    static const char *const parts[] = {"", ".by", ".evidence", ".date", ".valid_until", ".time_left"};
    const struct ruleset *rs = rules_read(a, args, STR("."), e);
    str prefix = args->operand_count > 1 ? args->operands[1] : (str){0};
    size_t shown = 0, count;
    if (!rs)
        return -1;
    for (size_t i = 0; i < field_catalogue_count; i++)
        if (str_starts(str_from(field_catalogue[i].name), prefix)) {
            print_field(a, &field_catalogue[i]);
            shown++;
        }
    const struct topic *topics = ruleset_topics(rs, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; !topic_find(str_from(topics[i].name)) && k < sizeof parts / sizeof *parts; k++) {
            str name = arena_printf(a, "attested.%s%s", topics[i].name, parts[k]);
            const struct field *f = str_starts(name, prefix) ? ruleset_field(rs, name) : NULL;
            if (f) {
                print_field(a, f);
                shown++;
            }
        }
    if (!shown)
        return error_set(e, ERR_USAGE, "no field begins with \"%.*s\" (orgexit rules fields)",
                         STR_ARG(visible(a, prefix))),
               -1;
    return EXIT_READY;
}

/* ---- rules test ---- */

static bool test_file(arena *a, struct ruletest *t, str path, struct rule_errors *faults, error *e)
{
    source *s = NEW(a, source);
    s->file = path;
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), path, YAML_LIMIT, &s->text, &s->len, e)) {
    case READ_ABSENT: return error_at(e, path, 0, 0, "there is no such file");
    case READ_FAILED: return false;
    case READ_DONE: break;
    }
    return yaml_read(a, s, YAML_OURS, e) && ruletest_file(t, s, faults);
}

/* A file of tests, a pack (its tests stand beside it), or every test file of a folder. */
static bool test_path(arena *a, struct ruletest *t, str path, struct rule_errors *faults, error *e)
{
    str *names;
    size_t count;
    if (str_ends(path, STR(".test.yaml")))
        return test_file(a, t, path, faults, e);
    if (str_ends(path, STR(".yaml")))
        return test_file(a, t, arena_printf(a, "%.*s.test.yaml", STR_ARG(str_head(path, path.len - 5))), faults, e);
    if (file_list(a, AT_FDCWD, arena_cstr(a, path), path, &names, &count, e) != READ_DONE)
        return error_at(e, path, 0, 0, "is neither a folder nor a file of tests (*.test.yaml)");
    for (size_t i = 0; i < count; i++)
        if (str_ends(names[i], STR(".test.yaml")) &&
            !test_file(a, t, arena_printf(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i])), faults, e))
            return false;
    return true;
}

static str outcomes_of(arena *a, unsigned seen)
{
    static const outcome order[] = {OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_NOT_APPLICABLE};
    str out = {0};
    for (size_t i = 0; i < 4; i++)
        if (seen & 1u << order[i])
            out = arena_printf(a, "%.*s%s%s", STR_ARG(out), out.len ? "/" : "", outcome_name(order[i]));
    return out;
}

static void print_tests(arena *a, const struct ruletest *t)
{
    for (size_t i = 0; i < t->results.count; i++) {
        const struct ruletest_result *r = &t->results.items[i];
        if (!r->passed)
            printf("FAIL %.*s:%u: %.*s: %.*s\n     %.*s\n", STR_ARG(visible(a, r->file)), r->line,
                   STR_ARG(visible(a, r->rule)), STR_ARG(visible(a, r->name)), STR_ARG(visible(a, r->message)));
    }
    printf("%-36s %5s  %-32s %9s %8s\n", "RULE", "TESTS", "OUTCOMES", "BRANCHES", "MUTANTS");
    for (size_t i = 0; i < ruleset_count(t->rules); i++) {
        const struct ruletest_rule *r = &t->by_rule[i];
        str lacks = ruletest_lacks(a, r);
        if (r->tests || r->rule->builtin)
            printf("%-36.*s %5zu  %-32.*s %4zu/%-4zu %8zu%s%.*s\n", STR_ARG(visible(a, r->rule->id)), r->tests,
                   STR_ARG(outcomes_of(a, r->outcomes)), r->branches_seen, r->branches, r->mutants,
                   lacks.len ? "  " : "", STR_ARG(lacks));
    }
    printf("%zu mutants\n%zu passed, %zu failed\n", t->mutants, t->passed, t->failed);
}

/* Test Anything Protocol, version 13. */
static void print_tap(arena *a, const struct ruletest *t)
{
    printf("TAP version 13\n1..%zu\n", t->results.count);
    for (size_t i = 0; i < t->results.count; i++) {
        const struct ruletest_result *r = &t->results.items[i];
        printf("%s %zu - %.*s: %.*s\n", r->passed ? "ok" : "not ok", i + 1, STR_ARG(visible(a, r->rule)),
               STR_ARG(visible(a, r->name)));
        if (!r->passed)
            printf("# %.*s:%u: %.*s\n", STR_ARG(visible(a, r->file)), r->line, STR_ARG(visible(a, r->message)));
    }
}

/* The snapshots that tests name, judged with the same packs and orgexit.yaml. */
struct test_snapshots {
    const struct arguments *args;
    struct map open; /* path and time -> struct check */
};

static bool open_test_snapshot(void *self, arena *a, str path, str account, int64_t as_of,
                               const struct fact_source **out, error *e)
{
    struct test_snapshots *s = self;
    struct check_options o = {0};
    struct config config;
    struct rule_errors faults = {0};
    str key = arena_printf(a, "%lld %.*s", (long long)as_of, STR_ARG(path));
    void **slot = map_at(a, &s->open, key);
    if (!*slot) {
        if (!check_options_read(a, s->args, STR("."), &o, &config, e))
            return false;
        o.snapshot = path;
        o.as_of = as_of;
        *slot = check_open(a, &o, &faults, e);
    }
    if (!*slot)
        return false;
    *out = check_facts(*slot, a, account);
    return true;
}

static int test_rules(arena *a, const struct arguments *args, error *e)
{
    const struct ruleset *rs = rules_read(a, args, STR("."), e);
    struct rule_errors faults = {0};
    if (!rs)
        return -1;
    struct test_snapshots snapshots = {.args = args};
    struct ruletest *t =
        ruletest_begin(a, rs, &(struct ruletest_snapshots){.self = &snapshots, .open = open_test_snapshot});
    if (args->operand_count == 1) {
        error_set(e, ERR_USAGE,
                  "which tests? orgexit rules test PACK... (a pack, its *.test.yaml, or a folder of them)");
        return -1;
    }
    for (size_t i = 1; i < args->operand_count; i++) {
        if (test_path(a, t, args->operands[i], &faults, e))
            continue;
        print_faults(a, &faults, terminal_of(args, 2));
        error_set(e, ERR_INPUT, "%s", "");
        return -1;
    }
    ruletest_end(t);
    if (!t->passed && !t->failed)
        return error_set(e, ERR_INPUT, "no test was found"), -1;
    if (str_is(option_text(args, OPTION_FORMAT), "tap"))
        print_tap(a, t);
    else
        print_tests(a, t);
    return t->failed ? EXIT_NOT_READY : EXIT_READY;
}

int run_rules(arena *a, const struct arguments *args, error *e)
{
    static const char *const words[] = {"list", "explain", "fields", "test"};
    str what = args->operand_count ? args->operands[0] : (str){0}, format = option_text(args, OPTION_FORMAT);
    if (format.len && !str_is(format, "text") && !(str_is(format, "tap") && str_is(what, "test")))
        return error_set(e, ERR_USAGE, "rules prints text; rules test --format tap prints the Test Anything Protocol"),
               -1;
    if (str_is(what, "list") && args->operand_count == 1)
        return list_rules(a, args, e);
    if (str_is(what, "explain"))
        return explain_rule(a, args, e);
    if (str_is(what, "fields") && args->operand_count <= 2)
        return list_fields(a, args, e);
    if (str_is(what, "test"))
        return test_rules(a, args, e);
    error_set(e, ERR_USAGE, "rules takes list, explain ID, fields [PREFIX] or test [PACK...]%.*s",
              STR_ARG(did_you_mean(a, what, words, 4)));
    return -1;
}
