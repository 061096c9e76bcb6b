/* impact.c - the table of the formats in which a departure's effects are told. */
#include "report/impact.h"

static const struct impact_format *const formats[] = {&impact_text, &impact_json};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

static const struct impact_format *find_format(str name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}

bool report_impact_knows(arena *a, str format, error *e)
{
    str names = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        names = arena_printf(a, "%.*s%s%s", STR_ARG(names), i ? ", " : "", formats[i]->name);
    return find_format(format) || error_set(e, ERR_USAGE, "impact has no format \"%.*s\"; the formats are %.*s",
                                            STR_ARG(format), STR_ARG(names));
}

bool report_impact(arena *a, str format, const char *path, struct report_style style, const struct impact *impact,
                   bool full, error *e)
{
    if (!report_impact_knows(a, format, e))
        return false;
    struct file_out *out = file_out_open(a, path, e);
    if (!out)
        return false;
    struct report_writer *w = NEW(a, struct report_writer);
    *w = (struct report_writer){.arena = a, .scratch = a, .out = out, .style = style, .run = impact->run};
    find_format(format)->impact(w, impact, full);
    return report_close(w, e);
}
