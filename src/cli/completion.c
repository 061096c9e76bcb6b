/* completion.c - orgexit completion: what a shell needs to complete commands and options, out of the one table. */
#include <stdio.h>

#include "cli/cli.h"

/* Our own words in single quotes; `also`: characters that the shell's own little language wants escaped. */
static void put_quoted(const char *text, const char *also)
{
    putchar('\'');
    for (; *text; text++)
        if (*text == '\'')
            printf("'\\''");
        else
            printf("%s%c", strchr(also, *text) ? "\\" : "", *text);
    putchar('\'');
}

/* "auto|always|never" with blanks between. */
static void put_words(const char *words)
{
    for (; *words; words++)
        putchar(*words == '|' ? ' ' : *words);
}

/* ---- bash ---- */

static void bash_options(const struct command *c)
{
    printf("    %s) options=\"", c->name);
    for (size_t i = 0; i < c->option_count; i++)
        printf("%s--%s", i ? " " : "", option_table[c->options[i]].name);
    printf("\" ;;\n");
}

static void bash_values(void)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!option_table[i].words)
            continue;
        printf("    --%s) COMPREPLY=($(compgen -W \"", option_table[i].name);
        put_words(option_table[i].words);
        printf("\" -- \"$word\")); return ;;\n");
    }
}

static void print_bash(void)
{
    printf("# bash completion for orgexit: orgexit completion bash\n"
           "_orgexit() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} options=\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < command_count; i++)
        printf("%s ", commands[i].name);
    printf("--help --version\" -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    case ${COMP_WORDS[COMP_CWORD - 1]} in\n");
    bash_values();
    printf("    esac\n"
           "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < command_count; i++)
        bash_options(&commands[i]);
    printf("    esac\n"
           "    case $word in\n"
           "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
           "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
           "    esac\n"
           "}\n"
           "complete -o filenames -F _orgexit orgexit\n");
}

/* ---- zsh ---- */

static void zsh_option(const struct option_row *row)
{
    printf(" \\\n            ");
    if (row->repeatable)
        printf("'*'");
    printf("--%s%s", row->name, row->argument ? "=" : "");
    printf("'['");
    put_quoted(row->help, "[]:\\");
    printf("']'");
    if (!row->argument)
        return;
    printf("':%s:", row->words ? "" : "value");
    if (row->words) {
        printf("(");
        put_words(row->words);
        printf(")'");
    } else {
        printf("_files'");
    }
}

static void print_zsh(void)
{
    printf("#compdef orgexit\n"
           "# zsh completion for orgexit: orgexit completion zsh\n"
           "_orgexit() {\n"
           "    local -a commands\n"
           "    if (( CURRENT == 2 )); then\n"
           "        commands=(\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("            %s:", commands[i].name);
        put_quoted(commands[i].help, ":\\");
        printf("\n");
    }
    printf("        )\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    words=(\"${(@)words[2,-1]}\")\n"
           "    (( CURRENT-- ))\n"
           "    case $command in\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("    %s)\n        _arguments", commands[i].name);
        for (size_t k = 0; k < commands[i].option_count; k++)
            zsh_option(&option_table[commands[i].options[k]]);
        printf(" \\\n            '*:file:_files'\n        ;;\n");
    }
    printf("    esac\n"
           "}\n"
           "_orgexit \"$@\"\n");
}

/* ---- fish ---- */

static void print_fish(void)
{
    printf("# fish completion for orgexit: orgexit completion fish\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("complete -c orgexit -f -n __fish_use_subcommand -a %s -d ", commands[i].name);
        put_quoted(commands[i].help, "");
        printf("\n");
    }
    for (size_t i = 0; i < command_count; i++)
        for (size_t k = 0; k < commands[i].option_count; k++) {
            const struct option_row *row = &option_table[commands[i].options[k]];
            printf("complete -c orgexit -n '__fish_seen_subcommand_from %s' -l %s", commands[i].name, row->name);
            if (row->letter)
                printf(" -s %c", row->letter);
            if (row->argument)
                printf(" -r");
            if (row->words) {
                printf(" -f -a '");
                put_words(row->words);
                printf("'");
            }
            printf(" -d ");
            put_quoted(row->help, "");
            printf("\n");
        }
}

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {
    {"bash", print_bash},
    {"zsh",  print_zsh },
    {"fish", print_fish},
};
enum { SHELL_COUNT = sizeof shells / sizeof *shells };

int run_completion(arena *a, const struct arguments *args, error *e)
{
    const char *names[SHELL_COUNT];
    str shell = args->operand_count == 1 ? args->operands[0] : (str){0};
    for (size_t i = 0; i < SHELL_COUNT; i++) {
        names[i] = shells[i].name;
        if (str_is(shell, shells[i].name)) {
            shells[i].print();
            return EXIT_READY;
        }
    }
    if (!shell.len)
        return error_set(e, ERR_USAGE, "for which shell? orgexit completion bash, zsh or fish"), -1;
    return error_set(e, ERR_USAGE, "there is no completion for \"%.*s\"%.*s (bash, zsh, fish)",
                     STR_ARG(visible(a, shell)), STR_ARG(did_you_mean(a, shell, names, SHELL_COUNT))),
           -1;
}
