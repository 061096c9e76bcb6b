/* impact.c - orgexit impact: what stops working, or becomes possible, once an account has left. */
#include "rules/impact.h"

#include <unistd.h>

#include "cli/check_options.h"
#include "cli/faults.h"
#include "report/impact.h"

static struct report_style style_of(const struct arguments *args)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    return (struct report_style){.color = t.color, .ascii = t.ascii, .width = t.width, .piped = !t.is_terminal};
}

static str format_of(const struct arguments *args)
{
    return has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
}

/* "o-" and 10 to 32 small letters and digits (Organizations API Reference, Organization). */
static bool is_organization_id(str s)
{
    for (size_t i = 2; i < s.len; i++)
        if (!(s.ptr[i] >= 'a' && s.ptr[i] <= 'z') && !ascii_is_digit(s.ptr[i]))
            return false;
    return str_starts(s, STR("o-")) && s.len >= 12 && s.len <= 34;
}

static bool read_options(arena *a, const struct arguments *args, struct check_options *check, struct config *config,
                         struct impact_options *o, error *e)
{
    const struct option_value *with = &args->options[OPTION_WITH];
    *o = (struct impact_options){
        .check = check, .with = with->values, .with_count = with->count, .new_org = option_text(args, OPTION_NEW_ORG)};
    if (!report_impact_knows(a, format_of(args), e) ||
        !check_options_read(a, args, args->operands[0], check, config, e))
        return false;
    check->reads_all = true;
    if (!check->account_count && !check->ou_count)
        return error_set(e, ERR_USAGE, "name who is to leave: --account ID, --ou PATH or --accounts-from FILE");
    if (!outputs_check(a, args, report_impact_knows, "json:impact.json", e))
        return false;
    for (size_t i = 0; i < with->count; i++)
        if (!str_is_account_id(with->values[i]))
            return error_set(e, ERR_USAGE, "--with is \"%.*s\"; expected an account id, 12 digits",
                             STR_ARG(visible(a, with->values[i])));
    if (has_option(args, OPTION_NEW_ORG) && !is_organization_id(o->new_org))
        return error_set(e, ERR_USAGE, "--new-org is \"%.*s\"; expected an organization's id, such as o-a1b2c3d4e5",
                         STR_ARG(visible(a, o->new_org)));
    return true;
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

/* To the files, then to standard output. */
static bool print_impact(arena *a, const struct arguments *args, const struct impact *impact, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    struct report_style plain = {.piped = true};
    bool full = has_option(args, OPTION_FULL);
    for (size_t i = 0; i < given->count; i++) {
        str path = given->values[i];
        str format = str_cut(&path, ':');
        if (!report_impact(a, format, arena_cstr(a, path), plain, impact, full, e))
            return false;
    }
    return report_impact(a, format_of(args), "-", style_of(args), impact, full, e);
}

int run_impact(arena *a, const struct arguments *args, error *e)
{
    struct check_options check = {0};
    struct config config;
    struct impact_options o;
    struct rule_errors faults = {0};
    struct impact impact = {0};
    if (args->operand_count != 1)
        return error_set(e, ERR_USAGE, "%s",
                         args->operand_count ? "more than one snapshot was named; look at one after the other"
                                             : "no snapshot was named: orgexit impact SNAPSHOT --account ID"),
               -1;
    if (!read_options(a, args, &check, &config, &o, e))
        return -1;
    if (!impact_make(a, &o, &impact, &faults, e))
        return told(a, args, check.snapshot, &faults, e);
    if (!output_inputs_check(a, args, impact.run, &check, &config, e))
        return -1;
    return print_impact(a, args, &impact, e) ? impact.exit_code : -1;
}
