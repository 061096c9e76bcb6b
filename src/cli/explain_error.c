/* explain_error.c - orgexit explain --error: what an AWS error message means, and which rules foresee it. */
#include <stdio.h>

#include "cli/explain.h"
#include "rules/aws_errors.h"

static const struct ruleset *load_rules(arena *a, error *e)
{
    const struct pack_input *packs;
    size_t count;
    struct rules_options options = {0};
    struct rule_errors faults = {0};
    if (!ruleset_builtin_packs(a, &packs, &count, e))
        return NULL;
    const struct ruleset *rules = ruleset_load(a, packs, count, &options, &faults);
    if (!rules)
        error_set(e, ERR_INPUT, "the built-in rules have faults");
    return rules;
}

static void print_name(const struct aws_error *e)
{
    if (e->exception)
        printf("%s (%s)\n", e->name, e->exception);
    else
        printf("%s\n", e->name);
}

static void print_entry(arena *a, const struct ruleset *rules, const struct aws_error *e)
{
    size_t count;
    const struct rule **foresee = aws_error_rules(a, rules, e, &count);
    print_name(e);
    printf("  means  %s\n  do     %s\n", e->meaning, e->todo);
    for (size_t i = 0; i < count; i++)
        printf("  %s  %.*s: %.*s\n", i == 0 ? "rules" : "     ", STR_ARG(foresee[i]->id), STR_ARG(foresee[i]->title));
    if (!count)
        printf("  rules  none: it cannot be foreseen from captures\n");
}

static int print_unknown(const struct aws_error_list *near)
{
    printf("orgexit does not know this error.\n");
    if (near->count)
        printf("Nearest to it:\n");
    for (size_t i = 0; i < near->count; i++) {
        printf("  ");
        print_name(near->items[i]);
        printf("    %s\n", near->items[i]->meaning);
    }
    printf("The AWS CLI leaves out the reason: with --debug the answer shows it as \"Reason\".\n");
    return EXIT_NOT_READY;
}

int explain_error(arena *a, const struct arguments *args, error *e)
{
    if (args->operand_count)
        return error_set(e, ERR_USAGE, "explain --error takes no snapshot: the message says all"), -1;
    const struct ruleset *rules = load_rules(a, e);
    struct aws_error_list near, found;
    if (!rules)
        return -1;
    found = aws_errors_find(a, option_text(args, OPTION_ERROR), &near);
    if (!found.count)
        return print_unknown(&near);
    for (size_t i = 0; i < found.count; i++) {
        if (i)
            printf("\n");
        print_entry(a, rules, found.items[i]);
    }
    printf("\nMore about a rule: orgexit rules explain ID\n");
    return EXIT_READY;
}
