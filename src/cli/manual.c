/* manual.c - orgexit help COMMAND --man: the manual page of a command, out of the same table as its help. */
#include <ctype.h>
#include <stdio.h>

#include "base/version.h"
#include "cli/cli.h"

/* A line of text as mdoc has it: no backslash, nothing at its beginning that would be a request. */
static void put_line(const char *text, size_t len)
{
    if (len && (*text == '.' || *text == '\''))
        printf("\\&");
    for (size_t i = 0; i < len; i++)
        printf(text[i] == '\\' ? "\\e" : "%c", text[i]);
    putchar('\n');
}

/* Paragraphs, up to `end`; what is indented or laid out in columns keeps its lines. */
static void put_text(const char *text, const char *end)
{
    bool literal = false, first = true;
    for (; text < end; first = false) {
        size_t len = strcspn(text, "\n");
        bool columns = *text == ' ' || (len && strstr(text, "  ") && strstr(text, "  ") < text + len);
        if (columns != literal)
            printf(columns ? ".Bd -literal\n" : ".Ed\n");
        else if (first)
            printf(".Pp\n");
        literal = columns;
        if (len)
            put_line(text, len);
        else if (text + 1 < end)
            printf(literal ? "\n" : ".Pp\n");
        text += len + (text[len] == '\n');
    }
    if (literal)
        printf(".Ed\n");
}

static void put_option(const struct option_row *row)
{
    printf(".It ");
    if (row->letter)
        printf("Fl %c , ", row->letter);
    printf("Fl -%s", row->name);
    if (row->argument)
        printf(" Ar %s", row->argument);
    printf("\n%c", toupper((unsigned char)row->help[0]));
    put_line(row->help + 1, strlen(row->help + 1));
    if (row->repeatable)
        printf(".br\nMay be given more than once.\n");
}

static void put_exit_codes(const char *codes)
{
    printf(".Sh EXIT STATUS\n");
    put_text(codes, codes + strlen(codes));
}

void print_manual(const struct command *c)
{
    static const char heading[] = "Exit codes\n";
    const char *codes = c->more ? strstr(c->more, heading) : NULL;
    printf(".Dd %s\n.Dt ORGEXIT-", ORGEXIT_DATE);
    for (const char *name = c->name; *name; name++)
        putchar(toupper((unsigned char)*name));
    printf(" 1\n.Os\n.Sh NAME\n.Nm orgexit-%s\n.Nd ", c->name);
    put_line(c->help, strlen(c->help));
    printf(".Sh SYNOPSIS\n.Nm orgexit\n.Cm %s\n", c->name);
    if (c->option_count > 1)
        printf(".Op Ar option ...\n");
    printf(".Li \"%s\"\n", c->operands);
    printf(".Sh DESCRIPTION\n%c", toupper((unsigned char)c->help[0]));
    printf("%s.\n", c->help + 1);
    if (c->more)
        put_text(c->more, codes ? codes : c->more + strlen(c->more));
    printf(".Sh OPTIONS\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < c->option_count; i++)
        put_option(&option_table[c->options[i]]);
    printf(".El\n");
    if (codes)
        put_exit_codes(codes + strlen(heading));
    else if (strcmp(c->name, "check") == 0)
        put_exit_codes(exit_codes + strlen(heading));
    printf(".Sh SEE ALSO\n.Xr orgexit 1 ,\n.Xr orgexit-rules 5 ,\n.Xr orgexit-snapshot 5\n");
}
