/* put.c - what of foreign text may go out as it is, and how the rest is written. */
#include "report/put.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "text/csv.h"
#include "text/source.h"

void put(struct file_out *f, str s)
{
    if (s.len)
        file_out_put(f, s.ptr, s.len);
}

void putf(struct file_out *f, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < sizeof text);
    file_out_put(f, text, (size_t)len);
}

void put_spaces(struct file_out *f, size_t count)
{
    static const char blanks[] = "                ";
    for (; count > sizeof blanks - 1; count -= sizeof blanks - 1)
        file_out_put(f, blanks, sizeof blanks - 1);
    file_out_put(f, blanks, count);
}

struct range {
    uint32_t first, last;
};

/* clang-format off: tables of code points read best in rows */

/* Never raw: controls, what turns the direction of writing, what cannot be seen, tags (deprecated and invisible).
 * Unicode general categories Cc, Zl, Zp, Cf (but for signs with ink, as U+06DD), and the Hangul fillers, which are
 * letters without ink. is_hidden adds the noncharacters. */
static const struct range hidden[] = {
    {0x0000,  0x001F },
    {0x007F,  0x009F },
    {0x00AD,  0x00AD },
    {0x034F,  0x034F },
    {0x061C,  0x061C },
    {0x115F,  0x1160 },
    {0x17B4,  0x17B5 },
    {0x180B,  0x180F },
    {0x200B,  0x200F },
    {0x2028,  0x202E },
    {0x2060,  0x206F },
    {0x3164,  0x3164 },
    {0xFEFF,  0xFEFF },
    {0xFFA0,  0xFFA0 },
    {0xFFF0,  0xFFFB },
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
};

/* Two columns: East Asian Width W and F of Unicode's EastAsianWidth.txt (15.0), joined over unassigned places. */
static const struct range wide[] = {
    {0x1100,  0x115F },
    {0x231A,  0x231B },
    {0x2329,  0x232A },
    {0x23E9,  0x23EC },
    {0x23F0,  0x23F0 },
    {0x23F3,  0x23F3 },
    {0x25FD,  0x25FE },
    {0x2614,  0x2615 },
    {0x2648,  0x2653 },
    {0x267F,  0x267F },
    {0x2693,  0x2693 },
    {0x26A1,  0x26A1 },
    {0x26AA,  0x26AB },
    {0x26BD,  0x26BE },
    {0x26C4,  0x26C5 },
    {0x26CE,  0x26CE },
    {0x26D4,  0x26D4 },
    {0x26EA,  0x26EA },
    {0x26F2,  0x26F3 },
    {0x26F5,  0x26F5 },
    {0x26FA,  0x26FA },
    {0x26FD,  0x26FD },
    {0x2705,  0x2705 },
    {0x270A,  0x270B },
    {0x2728,  0x2728 },
    {0x274C,  0x274C },
    {0x274E,  0x274E },
    {0x2753,  0x2755 },
    {0x2757,  0x2757 },
    {0x2795,  0x2797 },
    {0x27B0,  0x27B0 },
    {0x27BF,  0x27BF },
    {0x2B1B,  0x2B1C },
    {0x2B50,  0x2B50 },
    {0x2B55,  0x2B55 },
    {0x2E80,  0x303E },
    {0x3041,  0x3247 },
    {0x3250,  0x4DBF },
    {0x4E00,  0xA4CF },
    {0xA960,  0xA97C },
    {0xAC00,  0xD7A3 },
    {0xF900,  0xFAFF },
    {0xFE10,  0xFE19 },
    {0xFE30,  0xFE6F },
    {0xFF01,  0xFF60 },
    {0xFFE0,  0xFFE6 },
    {0x16FE0, 0x18D08},
    {0x1AFF0, 0x1B2FB},
    {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E},
    {0x1F191, 0x1F19A},
    {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335},
    {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA},
    {0x1F3CF, 0x1F3D3},
    {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4},
    {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440},
    {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567},
    {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4},
    {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC},
    {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6DF},
    {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC},
    {0x1F7E0, 0x1F7F0},
    {0x1F90C, 0x1F93A},
    {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAF8},
    {0x20000, 0x2FFFD},
    {0x30000, 0x3FFFD},
};

/* No column: the blocks of combining marks, variation selectors, and the marks (Mn) of Cyrillic, Hebrew, Arabic, Thai
 * and kana. Those of other scripts count as one: a column of a table may then be ragged, no more. */
static const struct range combining[] = {
    {0x0300,  0x036F },
    {0x0483,  0x0489 },
    {0x0591,  0x05BD },
    {0x05BF,  0x05BF },
    {0x05C1,  0x05C2 },
    {0x05C4,  0x05C5 },
    {0x05C7,  0x05C7 },
    {0x0610,  0x061A },
    {0x064B,  0x065F },
    {0x0670,  0x0670 },
    {0x06D6,  0x06DC },
    {0x06DF,  0x06E4 },
    {0x06E7,  0x06E8 },
    {0x06EA,  0x06ED },
    {0x0E31,  0x0E31 },
    {0x0E34,  0x0E3A },
    {0x0E47,  0x0E4E },
    {0x1AB0,  0x1AFF },
    {0x1DC0,  0x1DFF },
    {0x20D0,  0x20FF },
    {0x302A,  0x302D },
    {0x3099,  0x309A },
    {0xFE00,  0xFE0F },
    {0xFE20,  0xFE2F },
    {0xE0100, 0xE01EF},
};

/* clang-format on */

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else if (c < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}
#define IN(c, ranges) in_ranges((c), (ranges), sizeof(ranges) / sizeof *(ranges))

static bool is_hidden(uint32_t c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || IN(c, hidden);
}

/* The code point at s[at] and its bytes; UINT32_MAX and 1 for a byte that is no UTF-8. */
static uint32_t decode(str s, size_t at, size_t *bytes)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t n = utf8_len(p, s.len - at);
    *bytes = n ? n : 1;
    if (!n)
        return UINT32_MAX;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

/* What a build server takes for a command wherever it stands in a line: ##[error], ##vso[task.setvariable],
 * ##teamcity[.
 */
static bool is_command(str rest)
{
    size_t i = 2;
    if (!str_starts(rest, STR("##")))
        return false;
    while (i < rest.len && rest.ptr[i] >= 'a' && rest.ptr[i] <= 'z')
        i++;
    return i < rest.len && rest.ptr[i] == '[';
}

static void put_json_unit(struct file_out *f, uint32_t unit)
{
    putf(f, "\\u%04x", (unsigned)unit);
}

static void put_json_escape(struct file_out *f, uint32_t c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the character, its letter */
    for (const char *l = letters; *l; l += 2)
        if (c == (unsigned char)*l) {
            putf(f, "\\%c", l[1]);
            return;
        }
    if (c > 0xFFFF) {
        put_json_unit(f, 0xD800 + ((c - 0x10000) >> 10));
        put_json_unit(f, 0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
        put_json_unit(f, c);
    }
}

/* How many bytes of `s` from `i` on are printable ASCII but quotation mark and backslash, by eights: nearly all text.
 */
static size_t plain_run(str s, size_t i)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    size_t from = i;
    for (uint64_t w; i + sizeof w <= s.len; i += sizeof w) {
        memcpy(&w, s.ptr + i, sizeof w);
        uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
        if (((w - ones * 0x20) | (quote - ones) | (slash - ones) | w | (w + ones)) & highs)
            break;
    }
    return i - from;
}

static void put_json_letters(struct file_out *f, str s)
{
    size_t plain = 0, bytes;
    for (size_t i = 0; i < s.len; i += bytes) {
        unsigned char byte = (unsigned char)s.ptr[i];
        bytes = 1;
        if (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\') {
            bytes += plain_run(s, i + 1);
            continue;
        }
        uint32_t c = decode(s, i, &bytes);
        if (c != '"' && c != '\\' && c != UINT32_MAX && !is_hidden(c))
            continue;
        put(f, (str){s.ptr + plain, i - plain});
        put_json_escape(f, c == UINT32_MAX ? 0xFFFD : c);
        plain = i + bytes;
    }
    put(f, str_from_index(s, plain));
}

/* Where a build server's command begins, wherever it stands in a line; s.len: nowhere. */
static size_t find_command(str s)
{
    const char *end = s.ptr + s.len, *p = s.ptr;
    while (p < end && (p = memchr(p, '#', (size_t)(end - p)))) {
        if (is_command((str){p, (size_t)(end - p)}))
            return (size_t)(p - s.ptr);
        p++;
    }
    return s.len;
}

void put_json(struct file_out *f, str s)
{
    put(f, STR("\""));
    for (size_t at; (at = find_command(s)) < s.len; s = str_from_index(s, at + 1)) {
        put_json_letters(f, str_head(s, at));
        put(f, STR("\\u0023"));
    }
    put_json_letters(f, s);
    put(f, STR("\""));
}

static void cell_escape(struct cell *cell, char kind, uint32_t c)
{
    int len = snprintf(cell->text, sizeof cell->text, "\\%c{%x}", kind, (unsigned)c);
    cell->len = cell->columns = (size_t)len;
}

struct cell cell_at(str s, size_t at, bool ascii)
{
    struct cell cell = {0};
    uint32_t c = decode(s, at, &cell.bytes);
    if (c == UINT32_MAX) {
        cell_escape(&cell, 'x', (unsigned char)s.ptr[at]);
    } else if (is_hidden(c) || (ascii && c > 0x7E)) {
        cell_escape(&cell, 'u', c);
    } else {
        memcpy(cell.text, s.ptr + at, cell.bytes);
        cell.len = cell.bytes;
        cell.columns = IN(c, combining) ? 0 : IN(c, wide) ? 2 : 1;
        cell.visible = true;
    }
    return cell;
}

/* cell_at, and the first character of such a command is broken up. */
static struct cell safe_cell(str s, size_t at, bool ascii)
{
    struct cell cell = cell_at(s, at, ascii);
    if (is_command(str_from_index(s, at)))
        cell_escape(&cell, 'u', '#');
    return cell;
}

/* The same for text that a line may begin with: "::" is a command there. */
static struct cell line_cell(str s, size_t at, bool ascii)
{
    struct cell cell = safe_cell(s, at, ascii);
    if (at == 0 && str_starts(s, STR("::")))
        cell_escape(&cell, 'u', ':');
    return cell;
}

void put_terminal(struct file_out *f, str s, bool ascii)
{
    for (size_t i = 0; i < s.len;) {
        struct cell cell = line_cell(s, i, ascii);
        file_out_put(f, cell.text, cell.len);
        i += cell.bytes;
    }
}

size_t terminal_columns(str s, bool ascii)
{
    size_t columns = 0;
    for (size_t i = 0; i < s.len;) {
        struct cell cell = line_cell(s, i, ascii);
        columns += cell.columns;
        i += cell.bytes;
    }
    return columns;
}

str ellipsis(bool ascii)
{
    return ascii ? STR("...") : STR("…");
}

enum { CUT_CODE_POINTS = 200 };

/* Bytes of `s` that fit into the columns and the limit of code points. */
static size_t fitting(str s, bool ascii, size_t columns, size_t *used)
{
    size_t i = 0;
    *used = 0;
    for (size_t points = 0; i < s.len && points < CUT_CODE_POINTS; points++) {
        struct cell cell = line_cell(s, i, ascii);
        if (*used + cell.columns > columns)
            break;
        *used += cell.columns;
        i += cell.bytes;
    }
    return i;
}

size_t put_terminal_cut(struct file_out *f, str s, bool ascii, size_t columns)
{
    size_t used, dots = terminal_columns(ellipsis(ascii), false);
    if (fitting(s, ascii, columns, &used) == s.len) {
        put_terminal(f, s, ascii);
        return used;
    }
    if (columns < dots)
        return 0;
    put_terminal(f, str_head(s, fitting(s, ascii, columns - dots, &used)), ascii);
    put(f, ellipsis(ascii));
    return used + dots;
}

/* The one ASCII character that the cell shows as itself; 0: it shows another, or an escape. */
static char plain_char(const struct cell *cell)
{
    return cell->visible && cell->len == 1 ? cell->text[0] : '\0';
}

/* ---- XML ---- */

void put_xml(struct file_out *f, str s)
{
    static const struct {
        char character;
        const char *reference;
    } table[] = {
        {'&',  "&amp;" },
        {'<',  "&lt;"  },
        {'>',  "&gt;"  },
        {'"',  "&quot;"},
        {'\'', "&#39;" },
        {'\t', "&#9;"  },
        {'\n', "&#10;" },
        {'\r', "&#13;" }
    };
    for (size_t i = 0, bytes; i < s.len; i += bytes) {
        struct cell cell = cell_at(s, i, false);
        str text = {cell.text, cell.len};
        bytes = cell.bytes;
        for (size_t k = 0; k < sizeof table / sizeof *table; k++)
            if (s.ptr[i] == table[k].character)
                text = str_from(table[k].reference);
        put(f, is_command(str_from_index(s, i)) ? STR("&#35;") : text);
    }
}

/* ---- CSV ---- */

/* Whether a spreadsheet would run the field, also behind blanks and behind a ' of its own, which must come back too. */
static bool would_run(str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\''))
        s = str_from_index(s, 1);
    return s.len && cell_at(s, 0, false).visible && csv_begins_formula(s);
}

void put_csv(struct file_out *f, str s)
{
    put(f, would_run(s) ? STR("\"'") : STR("\""));
    for (size_t i = 0; i < s.len;) {
        struct cell cell = safe_cell(s, i, false);
        put(f, plain_char(&cell) == '"' ? STR("\"\"") : (str){cell.text, cell.len});
        i += cell.bytes;
    }
    put(f, STR("\""));
}

void put_csv_row(struct file_out *f, const str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(f, i ? STR(",") : (str){0});
        put_csv(f, cells[i]);
    }
    put(f, STR("\r\n"));
}

/* ---- workflow commands ---- */

void put_annotation(struct file_out *f, str s, bool property)
{
    for (size_t i = 0; i < s.len;) {
        struct cell cell = safe_cell(s, i, false);
        char c = s.ptr[i];
        bool coded = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        if (coded)
            putf(f, "%%%02X", (unsigned)(unsigned char)c);
        else
            put(f, (str){cell.text, cell.len});
        i += cell.bytes;
    }
}

/* ---- Markdown ---- */

/* What GitHub and GitLab make a link of, somebody's name, an issue or a picture, unless it is code: jo@example.com, #1,
 * https://example.com, :smile:. */
static bool is_linked(str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] == '@' || word.ptr[i] == '#' || (word.ptr[i] == ':' && i + 1 < word.len))
            return true;
    return str_starts(word, STR("www."));
}

static void put_markdown_cell(struct file_out *f, const struct cell *cell)
{
    bool special = false;
    for (size_t i = 0; i < cell->len; i++) { /* an escape of ours has braces */
        special = cell->text[i] && strchr("\\`*_{}[]<>#|~!$&", cell->text[i]);
        put(f, special ? STR("\\") : (str){0});
        put(f, (str){&cell->text[i], 1});
    }
}

static void put_markdown_text(struct file_out *f, str s, bool first)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len;) {
        struct cell cell = safe_cell(s, i, false);
        char c = plain_char(&cell);
        /* what makes a list, a heading or a rule of a line that it begins: "- ", "+ ", "1. ", "===" */
        bool begins = first && (i == 0 ? strchr("-+=", c) && c : digits == i && (c == '.' || c == ')'));
        digits += ascii_is_digit(c);
        put(f, begins ? STR("\\") : (str){0});
        put_markdown_cell(f, &cell);
        i += cell.bytes;
    }
}

/* In code spans, but for what can't stand in one: a backtick, and a bar, which would end the cell of a table. */
static void put_markdown_code(struct file_out *f, str s)
{
    bool open = false;
    for (size_t i = 0; i < s.len;) {
        struct cell cell = safe_cell(s, i, false);
        char c = plain_char(&cell);
        bool out = c == '`' || c == '|';
        if (open == out)
            put(f, STR("`"));
        open = !out;
        if (out)
            put_markdown_cell(f, &cell);
        else
            put(f, (str){cell.text, cell.len});
        i += cell.bytes;
    }
    put(f, open ? STR("`") : (str){0});
}

/* Marks around a word stay outside of its code span. */
static size_t marks_before(str word)
{
    size_t n = 0;
    while (n < word.len && word.ptr[n] && strchr("(\"'", word.ptr[n]))
        n++;
    return n;
}
static size_t marks_after(str word)
{
    size_t n = 0;
    while (n < word.len && word.ptr[word.len - n - 1] && strchr(".,;:)\"'", word.ptr[word.len - n - 1]))
        n++;
    return n;
}

void put_markdown(struct file_out *f, str s)
{
    for (bool first = true; s.len;) {
        str word = str_cut(&s, ' ');
        if (!word.len)
            continue;
        put(f, first ? (str){0} : STR(" "));
        size_t before = marks_before(word), after = marks_after(str_from_index(word, before));
        str inner = str_head(str_from_index(word, before), word.len - before - after);
        if (is_linked(inner)) {
            put_markdown_text(f, str_head(word, before), first);
            put_markdown_code(f, inner);
            put_markdown_text(f, str_from_index(word, word.len - after), false);
        } else {
            put_markdown_text(f, word, first);
        }
        first = false;
    }
}

bool shell_can_show(str s, bool ascii)
{
    for (size_t i = 0; i < s.len;) {
        struct cell cell = cell_at(s, i, ascii);
        if (!cell.visible)
            return false;
        i += cell.bytes;
    }
    return true;
}

/* Without quotes only what no shell gives a meaning ('=' first is zsh's). */
static bool shell_is_plain(str s)
{
    static const char safe[] = "_@%+=:,./-";
    for (size_t i = 0; i < s.len; i++) {
        char c = ascii_lower(s.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && (!c || !strchr(safe, c)))
            return false;
    }
    return s.len && s.ptr[0] != '=' && s.ptr[0] != ':'; /* "::" first would be a build server's command */
}

void put_shell(struct file_out *f, str s)
{
    if (shell_is_plain(s)) {
        put(f, s);
        return;
    }
    put(f, STR("'"));
    for (size_t quote; (quote = str_find_char(s, '\'')) != SIZE_MAX; s = str_from_index(s, quote + 1)) {
        put(f, str_head(s, quote));
        put(f, STR("'\\''"));
    }
    put(f, s);
    put(f, STR("'"));
}

size_t shell_columns(str s)
{
    size_t columns = terminal_columns(s, false);
    if (shell_is_plain(s))
        return columns;
    for (size_t i = 0; i < s.len; i++)
        columns += s.ptr[i] == '\'' ? 3 : 0;
    return columns + 2;
}
