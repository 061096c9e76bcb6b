/* guard.c - orgexit guard: claims on who may make an account leave, of a snapshot or of a repository of policies. */
#include "rules/guard.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/check_options.h"
#include "cli/faults.h"
#include "report/guard.h"

static str format_of(const struct arguments *args)
{
    return has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
}

static int print_result(arena *a, const struct arguments *args, const struct guard_result *g, error *e)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    struct report_style style = {.color = t.color,
                                 .ascii = t.ascii,
                                 .verbose = has_option(args, OPTION_VERBOSE),
                                 .width = t.width,
                                 .piped = !t.is_terminal};
    return guard_write(a, format_of(args), "-", style, g, e) ? g->exit_code : -1;
}

/* With a snapshot it tells what stands where. */
static bool is_one_of_both(const struct arguments *args, error *e)
{
    bool policies = has_option(args, OPTION_POLICIES), map = has_option(args, OPTION_MAP);
    static const option_id of_snapshots[] = {OPTION_MAX_AGE, OPTION_CAPTURED_AT, OPTION_CONFIG, OPTION_NO_CONFIG};
    if (!has_option(args, OPTION_EXPECT))
        return error_set(e, ERR_USAGE, "what is expected? --expect FILE names the claims (docs/guard.md)");
    if (policies != map)
        return error_set(e, ERR_USAGE, "--policies DIR and --map FILE go together: what is attached where");
    if (args->operand_count && policies)
        return error_set(e, ERR_USAGE, "a snapshot and --policies exclude each other: the snapshot tells the policies");
    if (args->operand_count > 1)
        return error_set(e, ERR_USAGE, "more than one snapshot was named; guard one after the other");
    if (!args->operand_count && !policies)
        return error_set(e, ERR_USAGE, "guard what? orgexit guard SNAPSHOT --expect FILE, or %s",
                         "orgexit guard --policies DIR --map FILE --expect FILE");
    for (size_t i = 0; policies && i < sizeof of_snapshots / sizeof *of_snapshots; i++)
        if (has_option(args, of_snapshots[i]))
            return error_set(e, ERR_USAGE, "--%s goes with a snapshot", option_table[of_snapshots[i]].name);
    return true;
}

static int guard_folder(arena *a, const struct arguments *args, error *e)
{
    struct guard_files files = {.policies = option_text(args, OPTION_POLICIES),
                                .map = option_text(args, OPTION_MAP),
                                .expect = option_text(args, OPTION_EXPECT)};
    struct guard_result g;
    struct stat st;
    while (files.policies.len > 1 && files.policies.ptr[files.policies.len - 1] == '/')
        files.policies.len--;
    if (stat(arena_cstr(a, files.policies), &st) != 0 || !S_ISDIR(st.st_mode))
        return error_set(e, ERR_USAGE, "--policies \"%.*s\" is no folder", STR_ARG(visible(a, files.policies))), -1;
    if (!as_of_read(a, args, &files.as_of, NULL, e) || !guard_policies(a, &files, &g, e))
        return -1;
    return print_result(a, args, &g, e);
}

int run_guard(arena *a, const struct arguments *args, error *e)
{
    struct check_options o = {0};
    struct config config;
    struct guard_result g;
    if (!is_one_of_both(args, e) || !guard_format_known(format_of(args), e))
        return -1;
    if (!args->operand_count)
        return guard_folder(a, args, e);
    if (!check_options_read(a, args, args->operands[0], &o, &config, e))
        return -1;
    if (!guard_snapshot(a, &o, option_text(args, OPTION_EXPECT), &g, e)) {
        if (!str_eq(str_from(e->file), option_text(args, OPTION_EXPECT)))
            error_in_snapshot(a, e, o.snapshot);
        return -1;
    }
    return print_result(a, args, &g, e);
}
