/* main.c - finds the command, runs it, prints its error, gives its exit code. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/work.h"
#include "cli/cli.h"

struct start {
    int argc;
    char **argv;
    int code;
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static bool unknown_command(arena *a, const char *name, error *e)
{
    const char **names = NEW_ARRAY(a, const char *, command_count);
    for (size_t i = 0; i < command_count; i++)
        names[i] = commands[i].name;
    str hint = did_you_mean(a, str_from(name), names, command_count);
    return error_set(e, ERR_USAGE, "there is no command \"%.*s\"%.*s (orgexit help)",
                     STR_ARG(visible(a, str_from(name))), STR_ARG(hint));
}

int run_help(arena *a, const struct arguments *args, error *e)
{
    if (!args->operand_count && !has_option(args, OPTION_MAN)) {
        print_help(a);
        return EXIT_READY;
    }
    if (args->operand_count != 1)
        return error_set(e, ERR_USAGE, "one command at a time: orgexit help COMMAND"), -1;
    const struct command *c = find_command(args->operands[0].ptr);
    if (!c)
        return unknown_command(a, args->operands[0].ptr, e), -1;
    if (has_option(args, OPTION_MAN))
        print_manual(c);
    else
        print_command_help(a, c);
    return EXIT_READY;
}

static bool start(arena *a, void *arg, error *e)
{
    struct start *s = arg;
    struct arguments args;
    const char *name = s->argc > 1 ? s->argv[1] : NULL;
    if (!name)
        return error_set(e, ERR_USAGE, "no command was given: orgexit check SNAPSHOT, or orgexit help");
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help(a);
        return flush_output(e);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        print_version();
        return flush_output(e);
    }
    const struct command *c = find_command(name);
    if (!c)
        return unknown_command(a, name, e);
    if (!arguments_read(a, c, s->argc - 2, s->argv + 2, &args, e))
        return false;
    if (has_option(&args, OPTION_HELP)) {
        print_command_help(a, c);
        return flush_output(e);
    }
    s->code = c->run(a, &args, e);
    return flush_output(e) && e->code == ERR_NONE;
}

static int exit_code(const struct start *s, const error *e)
{
    switch (e->code) {
    case ERR_NONE: return s->code;
    case ERR_USAGE:
    case ERR_INPUT: return EXIT_INPUT;
    case ERR_OUTPUT:
    case ERR_RESOURCE: return EXIT_OUTPUT;
    }
    return EXIT_OUTPUT;
}

int main(int argc, char **argv)
{
    struct start s = {.argc = argc, .argv = argv};
    error e = {0};
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told by exit code 4 */
    arena *a = arena_open(0);
    if (!a) {
        fprintf(stderr, "orgexit: out of memory\n");
        return EXIT_OUTPUT;
    }
    (void)work_run(a, start, &s, &e);
    if (e.code != ERR_NONE)
        print_error(&e, (str){0});
    arena_close(a);
    return exit_code(&s, &e);
}
