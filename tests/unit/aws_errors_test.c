/* aws_errors_test.c - the table of AWS errors and the rules agree, and every entry is found by what it is known for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/work.h"
#include "rules/aws_errors.h"

static void run_in_arena(work_fn *fn)
{
    arena *a = arena_open(0);
    error e = {0};
    bool good = work_run(a, fn, NULL, &e);
    if (!good)
        print_error("%s\n", e.message);
    arena_close(a);
    assert_true(good);
}

static const struct ruleset *builtin(arena *a, error *e)
{
    const struct pack_input *packs;
    size_t count;
    struct rules_options options = {0};
    struct rule_errors faults = {0};
    return ruleset_builtin_packs(a, &packs, &count, e) ? ruleset_load(a, packs, count, &options, &faults) : NULL;
}

static bool names_rules_that_exist(arena *a, void *arg, error *e)
{
    const struct ruleset *rules = builtin(a, e);
    (void)arg;
    for (size_t i = 0; rules && i < aws_error_count; i++) {
        str names = str_from(aws_errors[i].rules);
        while (names.len) {
            str id = str_cut(&names, ' ');
            if (!ruleset_find(rules, id))
                return error_set(e, ERR_INPUT, "%s names %.*s, which is no rule", aws_errors[i].name, STR_ARG(id));
        }
    }
    return rules != NULL;
}

static bool is_in_table(str word)
{
    for (size_t i = 0; i < aws_error_count; i++)
        if (str_is(word, aws_errors[i].name))
            return true;
    return false;
}

/* "InvalidInputException INVALID_PATTERN": both. */
static bool knows_what_rules_predict(arena *a, void *arg, error *e)
{
    const struct ruleset *rules = builtin(a, e);
    (void)arg;
    for (size_t i = 0; rules && i < ruleset_count(rules); i++) {
        const struct rule *r = ruleset_rule(rules, i);
        for (size_t k = 0; k < r->predict_count; k++) {
            str reason = r->predicts[k], exception = str_cut(&reason, ' ');
            if (!is_in_table(exception) || (reason.len && !is_in_table(reason)))
                return error_set(e, ERR_INPUT, "%.*s predicts %.*s, which the table lacks", STR_ARG(r->id),
                                 STR_ARG(r->predicts[k]));
        }
    }
    return rules != NULL;
}

static bool is_found(arena *a, str text, const struct aws_error *wanted)
{
    struct aws_error_list near, found = aws_errors_find(a, text, &near);
    for (size_t i = 0; i < found.count; i++)
        if (found.items[i] == wanted)
            return true;
    return false;
}

static bool finds_each_entry(arena *a, void *arg, error *e)
{
    (void)arg;
    for (size_t i = 0; i < aws_error_count; i++) {
        const struct aws_error *entry = &aws_errors[i];
        str fragments = str_from(entry->fragments);
        bool by_name = entry->kind == AWS_EXCEPTION || entry->kind == AWS_REASON;
        if (by_name && !is_found(a, arena_printf(a, "{\"Reason\": \"%s\"}", entry->name), entry))
            return error_set(e, ERR_INPUT, "%s is not found by its name", entry->name);
        while (fragments.len) {
            str fragment = str_cut(&fragments, '|');
            if (!is_found(a, arena_printf(a, "...  %.*s\n...", STR_ARG(fragment)), entry))
                return error_set(e, ERR_INPUT, "%s is not found by \"%.*s\"", entry->name, STR_ARG(fragment));
        }
    }
    return true;
}

static void rules_exist(void **state)
{
    (void)state;
    run_in_arena(names_rules_that_exist);
}

static void predictions_are_known(void **state)
{
    (void)state;
    run_in_arena(knows_what_rules_predict);
}

static void entries_are_found(void **state)
{
    (void)state;
    run_in_arena(finds_each_entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_exist),
        cmocka_unit_test(predictions_are_known),
        cmocka_unit_test(entries_are_found),
    };
    return cmocka_run_group_tests_name("aws_errors", tests, NULL, NULL);
}
