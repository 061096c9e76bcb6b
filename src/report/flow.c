/* flow.c - laying out words, and the one table of colours. */
#include "report/flow.h"

#include "report/put.h"

/* Control sequences of ECMA-48, "select graphic rendition". */
static const char *const paints[] = {
    [PAINT_NONE] = "\033[0m", [PAINT_RED] = "\033[31m",  [PAINT_YELLOW] = "\033[33m", [PAINT_GREEN] = "\033[32m",
    [PAINT_BOLD] = "\033[1m", [PAINT_FAINT] = "\033[2m", [PAINT_CYAN] = "\033[36m",
};

void put_paint(struct report_writer *w, paint p)
{
    if (w->style.color)
        put(w->out, str_from(paints[p]));
}

void put_painted(struct report_writer *w, paint p, str text)
{
    if (p != PAINT_NONE)
        put_paint(w, p);
    put(w->out, text);
    if (p != PAINT_NONE)
        put_paint(w, PAINT_NONE);
}

struct flow flow_at(struct report_writer *w, size_t column, size_t indent)
{
    return (struct flow){.w = w, .indent = indent, .column = column, .fresh = true};
}

static size_t width_of(const struct flow *f)
{
    return f->w->style.width > 0 ? (size_t)f->w->style.width : SIZE_MAX;
}

size_t flow_room(const struct flow *f)
{
    size_t width = width_of(f), used = f->column + !f->fresh;
    return width == SIZE_MAX ? SIZE_MAX : used < width ? width - used : 0;
}

void flow_word(struct flow *f, str before, str s, str after)
{
    bool ascii = f->w->style.ascii;
    size_t columns = before.len + terminal_columns(s, ascii) + after.len;
    if (!f->fresh && columns > flow_room(f)) {
        put(f->w->out, STR("\n"));
        put_spaces(f->w->out, f->indent);
        f->column = f->indent;
    } else if (!f->fresh) {
        put(f->w->out, STR(" "));
        f->column++;
    }
    put(f->w->out, before);
    put_terminal(f->w->out, s, ascii);
    put(f->w->out, after);
    f->column += columns;
    f->fresh = false;
}

static void words(struct flow *f, str s, bool prose)
{
    size_t start = 0;
    for (size_t i = 0; i <= s.len; i++) {
        bool line_end = prose && i < s.len && s.ptr[i] == '\n';
        if (i < s.len && s.ptr[i] != ' ' && !line_end)
            continue;
        if (!prose || i > start) /* two blanks of foreign text stay two */
            flow_word(f, (str){0}, (str){s.ptr + start, i - start}, (str){0});
        start = i + 1;
    }
}

void flow_text(struct flow *f, str s)
{
    if (s.len)
        words(f, s, false);
}

void flow_prose(struct flow *f, str s)
{
    if (s.len)
        words(f, s, true);
}

void flow_words(struct flow *f, const char *ours)
{
    flow_prose(f, str_from(ours));
}

void flow_glued(struct flow *f, str ours)
{
    put(f->w->out, ours);
    f->column += ours.len;
}

void flow_end(struct flow *f)
{
    put(f->w->out, STR("\n"));
    f->column = 0;
    f->fresh = true;
}
