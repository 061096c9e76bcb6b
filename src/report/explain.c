/* explain.c - see explain.h: the table of formats. */
#include "report/explain.h"

static const struct {
    const char *name;
    void (*explanation)(struct report_writer *w, const struct explanation *x);
    void (*people)(struct report_writer *w, const struct explained_people *x);
} formats[] = {
    {"text", explain_text, people_text},
    {"json", explain_json, people_json},
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

/* The row of the format; FORMAT_COUNT and *e: there is none. */
static size_t find_format(str name, error *e)
{
    size_t i = 0;
    while (i < FORMAT_COUNT && !str_is(name, formats[i].name))
        i++;
    if (i == FORMAT_COUNT)
        error_set(e, ERR_USAGE, "there is no format \"%.*s\" here; the formats are text, json", STR_ARG(name));
    return i;
}

static bool open_writer(arena *a, const char *path, struct report_style style, struct report_writer *w, error *e)
{
    *w = (struct report_writer){.arena = a, .scratch = a, .style = style, .out = file_out_open(a, path, e)};
    return w->out != NULL;
}

bool explain_write(arena *a, str format, const char *path, struct report_style style, const struct explanation *x,
                   error *e)
{
    struct report_writer w;
    size_t i = find_format(format, e);
    if (i == FORMAT_COUNT || !open_writer(a, path, style, &w, e))
        return false;
    formats[i].explanation(&w, x);
    return file_out_end(w.out, e);
}

bool people_write(arena *a, str format, const char *path, struct report_style style, const struct explained_people *x,
                  error *e)
{
    struct report_writer w;
    size_t i = find_format(format, e);
    if (i == FORMAT_COUNT || !open_writer(a, path, style, &w, e))
        return false;
    formats[i].people(&w, x);
    return file_out_end(w.out, e);
}
