/* excerpt.c - see excerpt.h. */
#include "report/excerpt.h"

#include "report/put.h"

enum { EXCERPT_COLUMNS = 200 }; /* where the width has no end */

/* A code point of a source line: tabs are four blanks. */
static struct cell source_cell(const struct report_writer *w, str line, size_t at)
{
    if (line.ptr[at] == '\t')
        return (struct cell){.text = "    ", .len = 4, .columns = 4, .bytes = 1, .visible = true};
    return cell_at(line, at, w->style.ascii);
}

static size_t source_columns(const struct report_writer *w, str line, size_t from, size_t to)
{
    size_t columns = 0;
    for (size_t i = from; i < to;) {
        struct cell cell = source_cell(w, line, i);
        columns += cell.columns;
        i += cell.bytes;
    }
    return columns;
}

/* The byte of a column (code points, from 1). */
static size_t byte_of(const struct report_writer *w, str line, uint32_t column)
{
    size_t i = 0;
    for (uint32_t at = 1; at < column && i < line.len; at++)
        i += source_cell(w, line, i).bytes;
    return i;
}

/* The part of a line that is shown, and where in it the carets stand. */
struct window {
    size_t from, to;     /* bytes */
    size_t before, span; /* columns before the carets, and of the carets */
    bool cut_head, cut_tail;
};

static struct window window_of(const struct report_writer *w, const struct evidence *ev, size_t room)
{
    str line = ev->excerpt;
    size_t dots = terminal_columns(ellipsis(w->style.ascii), false);
    size_t begin = byte_of(w, line, ev->excerpt_column), end = byte_of(w, line, ev->excerpt_end);
    struct window v = {0};
    while (v.from < begin && (line.ptr[v.from] == ' ' || line.ptr[v.from] == '\t'))
        v.from++;
    v.before = source_columns(w, line, v.from, begin);
    if (v.before + source_columns(w, line, begin, line.len) > room) {
        size_t span = source_columns(w, line, begin, end > begin ? end : begin);
        size_t context = span + room / 3 < room ? room / 3 : room / 8;
        for (; v.before > context; v.cut_head = true) {
            struct cell cell = source_cell(w, line, v.from);
            v.before -= cell.columns < v.before ? cell.columns : v.before;
            v.from += cell.bytes;
        }
        room = room > 2 * dots ? room - (v.cut_head ? dots : 0) - dots : 0;
    }
    size_t columns = 0;
    for (v.to = v.from; v.to < line.len;) {
        struct cell cell = source_cell(w, line, v.to);
        if (columns + cell.columns > room)
            break;
        columns += cell.columns;
        v.to += cell.bytes;
    }
    v.cut_tail = v.to < line.len;
    v.span = source_columns(w, line, begin < v.to ? begin : v.to, end < v.to ? end : v.to);
    v.span = v.span ? v.span : 1;
    v.before += v.cut_head ? dots : 0;
    return v;
}

static size_t digits(uint32_t n)
{
    size_t count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

bool put_excerpt(struct report_writer *w, size_t indent, const struct evidence *ev)
{
    struct file_out *out = w->out;
    size_t width = w->style.width > 0 ? (size_t)w->style.width : SIZE_MAX,
           gutter = indent + digits(ev->excerpt_line) + 3;
    size_t room = width == SIZE_MAX ? EXCERPT_COLUMNS : width > gutter + 20 ? width - gutter : 20;
    struct window v = window_of(w, ev, room);
    put_spaces(out, indent);
    putf(out, "%u | ", ev->excerpt_line);
    if (v.cut_head)
        put(out, ellipsis(w->style.ascii));
    for (size_t i = v.from; i < v.to;) {
        struct cell cell = source_cell(w, ev->excerpt, i);
        put(out, (str){cell.text, cell.len});
        i += cell.bytes;
    }
    if (v.cut_tail)
        put(out, ellipsis(w->style.ascii));
    put(out, STR("\n"));
    put_spaces(out, gutter - 2);
    put(out, STR("| "));
    put_spaces(out, v.before);
    put_paint(w, PAINT_RED);
    for (size_t i = 0; i < v.span; i++)
        put(out, STR("^"));
    put_paint(w, PAINT_NONE);
    size_t column = gutter + v.before + v.span;
    bool fits = width == SIZE_MAX || column + 1 + terminal_columns(ev->text, w->style.ascii) <= width;
    if (fits && ev->text.len) {
        put(out, STR(" "));
        put_terminal(out, ev->text, w->style.ascii);
    }
    put(out, STR("\n"));
    return fits;
}

/* Ends with a backslash where a line of the command is full, so that it can be copied as it stands. Breaks stand
 * before options. */
static void put_command_words(struct report_writer *w, size_t indent, const str *command, size_t count)
{
    struct file_out *out = w->out;
    int width = w->style.width;
    size_t column = indent;
    for (size_t i = 0; i < count; i++) {
        size_t columns = shell_columns(command[i]);
        bool option = command[i].len > 1 && command[i].ptr[0] == '-';
        if (option && i + 1 < count && !str_starts(command[i + 1], STR("-")))
            columns += 1 + shell_columns(command[i + 1]);
        if (i && width > 0 && option && column + 1 + columns + 2 > (size_t)width) {
            put(out, STR(" \\\n"));
            put_spaces(out, indent + 4);
            column = indent + 4;
        } else if (i) {
            put(out, STR(" "));
            column++;
        }
        put_shell(out, command[i]);
        column += shell_columns(command[i]);
    }
    put(out, STR("\n"));
}

void put_command(struct report_writer *w, size_t indent, const str *command, size_t count)
{
    bool can_show = true;
    for (size_t i = 0; i < count; i++)
        can_show &= shell_can_show(command[i], w->style.ascii);
    put_spaces(w->out, indent);
    if (can_show) {
        put_command_words(w, indent, command, count);
        return;
    }
    put(w->out, STR("# not to be copied, it holds characters that cannot be shown:"));
    for (size_t i = 0; i < count; i++) {
        put(w->out, STR(" "));
        put_terminal(w->out, command[i], w->style.ascii);
    }
    put(w->out, STR("\n"));
}
