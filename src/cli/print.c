/* print.c - help, version, messages. */
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <yaml.h>

#include <cjson/cJSON.h>

#include "base/version.h"
#include "catalog/catalog.h"
#include "cli/cli.h"
#include "report/put.h"

bool print_text(str text)
{
    return fwrite(text.ptr, 1, text.len, stdout) == text.len;
}

bool flush_output(error *e)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno == EPIPE)
        return error_set(e, ERR_OUTPUT, "%s", "");
    return error_set(e, ERR_OUTPUT, "standard output could not be written: %s", strerror(errno));
}

static void print_wrapped(const char *text, int indent, int width)
{
    int column = indent;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column > indent && column + 1 + word > width) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", word, text);
        column += word;
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

const char exit_codes[] = "Exit codes\n"
                          "  0  every selected account is READY\n"
                          "  1  at least one is NOT READY\n"
                          "  2  wrong usage, or an input that is missing or malformed\n"
                          "  3  none is NOT READY, at least one is UNDETERMINED\n"
                          "  4  output could not be written, or memory ran out\n";

void print_help(arena *a)
{
    (void)a;
    printf("orgexit says whether an AWS account is ready to leave its organization, and what stands in the way.\n"
           "It reads files alone; only `orgexit collect` calls AWS, through your own AWS CLI.\n\n"
           "Usage: orgexit COMMAND [OPTION...] ...\n\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("  %-10s ", commands[i].name);
        print_wrapped(commands[i].help, 13, 96);
    }
    printf("\n%s\norgexit help COMMAND tells more.\n", exit_codes);
}

void print_command_help(arena *a, const struct command *c)
{
    printf("Usage: orgexit %s %s\n\n", c->name, c->operands);
    printf("%c", c->help[0] - ('a' - 'A'));
    print_wrapped(c->help + 1, 0, 96);
    if (c->more)
        printf("\n%s", c->more);
    printf("\n");
    for (size_t i = 0; i < c->option_count; i++) {
        const struct option_row *row = &option_table[c->options[i]];
        str left = arena_printf(a, "--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
        if (row->letter)
            left = arena_printf(a, "-%c, %.*s", row->letter, STR_ARG(left));
        printf("  %-22.*s ", STR_ARG(left));
        print_wrapped(row->help, 25, 96);
    }
    if (strcmp(c->name, "check") == 0)
        printf("\n%s", exit_codes);
}

void print_version(void)
{
    int major, minor, patch;
    char pcre[64] = "";
    yaml_get_version(&major, &minor, &patch);
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    printf("orgexit %s\nfacts about AWS of %.*s (%.*s)\nlibyaml %d.%d.%d, cJSON %d.%d.%d, PCRE2 %s\n", ORGEXIT_VERSION,
           STR_ARG(catalog_date()), STR_ARG(catalog_source()), major, minor, patch, CJSON_VERSION_MAJOR,
           CJSON_VERSION_MINOR, CJSON_VERSION_PATCH, pcre);
}

/* Messages quote foreign text. */
static void print_visible(str s)
{
    for (size_t at = 0; at < s.len;) {
        struct cell c = cell_at(s, at, false);
        fprintf(stderr, "%.*s", (int)c.len, c.text);
        at += c.bytes ? c.bytes : 1;
    }
}

void print_error(const error *e, str prefix)
{
    if (!e->message[0])
        return; /* a closed pipe: quietly */
    fprintf(stderr, "orgexit: ");
    if (e->file[0])
        print_visible(prefix), print_visible(str_from(e->file));
    if (e->file[0] && e->line)
        fprintf(stderr, ":%u:%u", e->line, e->column);
    fprintf(stderr, "%s", e->file[0] ? ": " : "");
    print_visible(str_from(e->message));
    fprintf(stderr, "\n");
}

str visible(arena *a, str text)
{
    str out = {0};
    for (size_t at = 0; at < text.len && out.len < 400;) {
        struct cell c = cell_at(text, at, false);
        out = arena_printf(a, "%.*s%.*s", STR_ARG(out), (int)c.len, c.text);
        at += c.bytes ? c.bytes : 1;
    }
    return out;
}
