/* plan.c - orgexit plan: the runbook of accounts, the policy for it, and what must be true afterwards. */
#include "rules/plan.h"

#include <unistd.h>

#include "cli/check_options.h"
#include "cli/faults.h"
#include "report/plan.h"

static struct report_style style_of(const struct arguments *args)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    return (struct report_style){.color = t.color, .ascii = t.ascii, .width = t.width, .piped = !t.is_terminal};
}

static str format_of(const struct arguments *args)
{
    return has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
}

/* To the files, then to standard output. */
static bool print_plan(arena *a, const struct arguments *args, const struct plan *plan, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    struct report_style plain = {.piped = true};
    for (size_t i = 0; i < given->count; i++) {
        str path = given->values[i];
        str format = str_cut(&path, ':');
        if (!report_plan(a, format, arena_cstr(a, path), plain, plan, e))
            return false;
    }
    return report_plan(a, format_of(args), "-", style_of(args), plan, e);
}

static bool select_something(const struct check_options *o, error *e)
{
    return o->account_count || o->ou_count ||
           error_set(e, ERR_USAGE, "name whom to plan for: --account ID, --ou PATH or --accounts-from FILE");
}

static int told(arena *a, const struct arguments *args, str snapshot, const struct rule_errors *faults, error *e)
{
    if (faults->count) {
        print_faults(a, faults, terminal_of(args, STDERR_FILENO));
        e->message[0] = '\0';
    } else {
        error_in_snapshot(a, e, snapshot);
    }
    return -1;
}

/* Who makes the call on the routes of the plan: of one side alone, for a policy belongs to one account. */
static bool executor(const struct plan *plan, plan_actor *actor, error *e)
{
    int routes[2] = {0};
    for (size_t i = 0; i < plan->account_count; i++)
        if (plan->accounts[i].route >= 0)
            routes[plan->accounts[i].route > ROUTE_REMOVE_CONSOLE]++;
    if (routes[0] && routes[1])
        return error_set(e, ERR_USAGE, "the accounts go by routes of both sides: name one with --route");
    if (!routes[0] && !routes[1])
        return error_set(e, ERR_INPUT, "there is no way for any of the accounts, so there is nothing to permit");
    *actor = routes[0] ? ACTOR_MANAGEMENT : ACTOR_MEMBER;
    return true;
}

/* With json both sides' policies, by side; else that of who makes the call. */
static int print_policy(arena *a, const struct arguments *args, const struct plan *plan, error *e)
{
    plan_actor actor = ACTOR_MANAGEMENT;
    str management = plan_policy(a, plan, ACTOR_MANAGEMENT), member = plan_policy(a, plan, ACTOR_MEMBER);
    if (str_is(format_of(args), "json"))
        return print_text(arena_printf(a, "{\"management\": %.*s, \"member\": %.*s}\n",
                                       STR_ARG(management.len ? management : STR("null")),
                                       STR_ARG(member.len ? member : STR("null"))))
                   ? plan->exit_code
                   : EXIT_OUTPUT;
    if (!executor(plan, &actor, e))
        return -1;
    str policy = actor == ACTOR_MANAGEMENT ? management : member;
    return print_text(policy) ? plan->exit_code : EXIT_OUTPUT;
}

static int run_after(arena *a, const struct arguments *args, struct check_options *o, error *e)
{
    struct rule_errors faults = {0};
    struct after_plan after = {0};
    o->ous = NULL;
    o->ou_count = 0;
    if (!o->account_count)
        return error_set(e, ERR_USAGE,
                         "--after needs the accounts that have left: --account ID or --accounts-from FILE"),
               -1;
    if (!plan_after(a, o, option_text(args, OPTION_AFTER), &after, &faults, e))
        return told(a, args, after.snapshot, &faults, e);
    return report_after(a, format_of(args), "-", style_of(args), &after, e) ? after.exit_code : -1;
}

int run_plan(arena *a, const struct arguments *args, error *e)
{
    struct check_options o = {0};
    struct config config;
    struct rule_errors faults = {0};
    struct plan plan = {0};
    if (args->operand_count != 1)
        return error_set(e, ERR_USAGE, "%s",
                         args->operand_count ? "more than one snapshot was named; plan for one after the other"
                                             : "no snapshot was named: orgexit plan SNAPSHOT --account ID"),
               -1;
    if (!report_plan_knows(a, format_of(args), e) || !check_options_read(a, args, args->operands[0], &o, &config, e) ||
        !select_something(&o, e) || !outputs_check(a, args, report_plan_knows, "markdown:plan.md", e))
        return -1;
    if (has_option(args, OPTION_AFTER))
        return run_after(a, args, &o, e);
    if (!plan_make(a, &o, has_option(args, OPTION_FULL), &plan, &faults, e))
        return told(a, args, o.snapshot, &faults, e);
    if (has_option(args, OPTION_POLICY))
        return print_policy(a, args, &plan, e);
    if (!output_inputs_check(a, args, plan.run, &o, &config, e))
        return -1;
    return print_plan(a, args, &plan, e) ? plan.exit_code : -1;
}
