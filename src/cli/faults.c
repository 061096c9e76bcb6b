/* faults.c - faults in the style of a modern compiler. */
#include "cli/faults.h"

#include <stdio.h>
#include <sys/stat.h>

void print_faults(arena *a, const struct rule_errors *faults, struct terminal t)
{
    const char *red = t.color ? "\033[1;31m" : "", *off = t.color ? "\033[0m" : "";
    for (size_t i = 0; i < faults->count; i++) {
        const struct rule_error *f = &faults->items[i];
        fprintf(stderr, "%serror%s: %.*s\n", red, off, STR_ARG(visible(a, f->message)));
        if (f->line)
            fprintf(stderr, "  --> %.*s:%u:%u\n", STR_ARG(visible(a, f->file)), f->line, f->column);
        else if (f->file.len)
            fprintf(stderr, "  --> %.*s\n", STR_ARG(visible(a, f->file)));
        if (f->excerpt.ptr && f->line) {
            unsigned width = f->end_column > f->column ? f->end_column - f->column : 1;
            fprintf(stderr, "   |\n%3u| %.*s\n   | %*s", f->line, STR_ARG(visible(a, f->excerpt)), (int)f->column - 1,
                    "");
            for (unsigned k = 0; k < width && k < 100; k++)
                fputc('^', stderr);
            fprintf(stderr, "%s%.*s\n", f->help.len ? " " : "", STR_ARG(visible(a, f->help)));
        } else if (f->help.len) {
            fprintf(stderr, "   = help: %.*s\n", STR_ARG(visible(a, f->help)));
        }
        if (f->note.len)
            fprintf(stderr, "   = note: %.*s\n", STR_ARG(visible(a, f->note)));
    }
}

void error_in_snapshot(arena *a, error *e, str snapshot)
{
    struct stat st;
    str file = str_from(e->file);
    if (!file.len || file.ptr[0] == '/' || str_eq(file, snapshot))
        return;
    const char *path = arena_printf(a, "%.*s/%s", STR_ARG(snapshot), e->file).ptr;
    bool there = stat(path, &st) == 0;
    if (there || stat(e->file, &st) != 0)
        (void)snprintf(e->file, sizeof e->file, "%s", path);
}
