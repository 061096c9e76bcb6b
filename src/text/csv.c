/* csv.c - reads and writes comma-separated tables. */
#include "text/csv.h"

#include <stdio.h>

struct reader {
    arena *arena;
    const source *source;
    size_t at;
    char separator; /* 0: not seen yet */
    error *error;
};

static bool fail_at(struct reader *r, size_t at, const char *message)
{
    uint32_t line, column;
    source_line_column(r->source, at, &line, &column);
    return error_at(r->error, r->source->file, line, column, "%s", message);
}

/* ---- formulas ---- */

/* = + - @ TAB CR, and = + - @ in full width (U+FF1D 0B 0D 20). */
bool csv_begins_formula(str s)
{
    static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    if (s.len && strchr("=+-@\t\r", s.ptr[0]) && s.ptr[0])
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_starts(s, str_from(wide[i])))
            return true;
    return false;
}

/* Also behind blanks, and behind a ' of its own: that one must come back as well. */
static bool would_run(str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\'' || s.ptr[0] == '\n'))
        s = str_from_index(s, 1);
    return csv_begins_formula(s);
}

str csv_field(arena *a, str text)
{
    char *out = arena_alloc(a, 2 * text.len + 4), *to = out;
    *to++ = '"';
    if (would_run(text))
        *to++ = '\'';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            *to++ = '"';
        *to++ = text.ptr[i];
    }
    *to++ = '"';
    return (str){out, (size_t)(to - out)};
}

static str armed(str text)
{
    bool quoted = text.len > 1 && text.ptr[0] == '\'' && would_run(str_from_index(text, 1));
    return quoted ? str_from_index(text, 1) : text;
}

/* ---- reading ---- */

static bool ends_cell(const struct reader *r, size_t at)
{
    const source *s = r->source;
    if (at >= s->len || s->text[at] == '\n' || (s->text[at] == '\r' && s->text[at + 1] == '\n'))
        return true;
    return r->separator ? s->text[at] == r->separator : strchr(",;\t", s->text[at]) != NULL;
}

static bool read_quoted(struct reader *r, str *out)
{
    const source *s = r->source;
    size_t begin = r->at++;
    char *text = arena_alloc(r->arena, s->len - begin), *to = text;
    for (; r->at < s->len; r->at++) {
        if (s->text[r->at] == '"') {
            if (s->text[r->at + 1] != '"')
                break;
            r->at++;
        }
        *to++ = s->text[r->at];
    }
    if (r->at >= s->len)
        return fail_at(r, begin, "this field has no closing quotation mark: was the file cut off?");
    r->at++;
    *out = (str){text, (size_t)(to - text)};
    return ends_cell(r, r->at) ||
           fail_at(r, r->at, "found text behind a closing quotation mark; inside a field write \"\" for \"");
}

static bool read_cell(struct reader *r, struct csv_cell *out)
{
    const source *s = r->source;
    out->at = r->at;
    if (s->text[r->at] == '"' && r->at < s->len) {
        if (!read_quoted(r, &out->text))
            return false;
    } else {
        while (!ends_cell(r, r->at)) {
            if (s->text[r->at] == '"')
                return fail_at(r, r->at, "found a quotation mark inside a field that has none around it");
            r->at++;
        }
        out->text = (str){s->text + out->at, r->at - out->at};
    }
    out->text = armed(out->text);
    return true;
}

static bool read_row(struct reader *r, struct csv_row *row)
{
    const source *s = r->source;
    VEC(struct csv_cell) cells = {0};
    for (;;) {
        if (!read_cell(r, VEC_PUSH(r->arena, &cells)))
            return false;
        bool more = r->at < s->len && s->text[r->at] != '\n' && s->text[r->at] != '\r';
        if (!more)
            break;
        if (!r->separator)
            r->separator = s->text[r->at];
        r->at++;
    }
    if (r->at < s->len)
        r->at += s->text[r->at] == '\r' ? 2 : 1;
    *row = (struct csv_row){cells.items, cells.count};
    return true;
}

static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (!str_is_blank(row->cells[i].text))
            return false;
    return true;
}

static bool check_bytes(struct reader *r)
{
    const source *s = r->source;
    const unsigned char *text = (const unsigned char *)s->text;
    if (s->len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return fail_at(r, 0, "this is UTF-16; save the table as CSV in UTF-8");
    for (size_t i = 0, n; i < s->len; i += n) {
        n = utf8_len(text + i, s->len - i);
        if (!n || !text[i])
            return fail_at(r, i,
                           n ? "found the character U+0000" : "this is not UTF-8; save the table as CSV in UTF-8");
    }
    return true;
}

bool csv_read(arena *a, const source *s, struct csv *out, error *e)
{
    struct reader r = {.arena = a, .source = s, .error = e};
    VEC(struct csv_row) rows = {0};
    if (!check_bytes(&r))
        return false;
    if (s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0)
        r.at = 3;
    while (r.at < s->len) {
        struct csv_row row;
        size_t begin = r.at;
        if (!read_row(&r, &row))
            return false;
        if (is_empty(&row))
            continue;
        if (rows.count && row.count != rows.items[0].count) {
            char message[100];
            (void)snprintf(message, sizeof message, "found %zu fields in this line; the header has %zu", row.count,
                           rows.items[0].count);
            return fail_at(&r, begin, message);
        }
        *VEC_PUSH(a, &rows) = row;
    }
    *out = (struct csv){rows.items, rows.count};
    return true;
}
