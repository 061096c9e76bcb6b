/*
 * locate.c - from a byte of a text back to what a person sees: line, column, pointer, the line itself.
 *
 * Only walked when a finding is kept. An inner text (a policy inside a string) is followed outwards, escape by escape,
 * so that every position is one in the file on disk.
 */
#include "text/locate.h"

#include <stdarg.h>
#include <stdio.h>

enum { EXCERPT_LIMIT = 2048 }; /* bytes; a longer line is machine-made, and no excerpt of it is given */

/* ---- counting, eight bytes at a time ---- */

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Each gives a word with the high bit set in every byte of the class. A zero byte is in neither. */
static inline uint64_t newlines(uint64_t w)
{
    uint64_t x = w ^ (ONES * '\n');
    return ~(((x & ~HIGHS) + ~HIGHS) | x) & HIGHS;
}

static inline uint64_t continuations(uint64_t w)
{
    return w & ~(w << 1) & HIGHS;
}

static inline uint64_t load(const char *p, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, p, len);
    return word;
}

/* How many bytes from p to end are of one class. Each lane counts to 255 before the lanes are summed. */
static inline size_t count_bytes(const char *p, const char *end, uint64_t (*of)(uint64_t))
{
    size_t total = 0;
    while (p < end) {
        uint64_t lanes = 0;
        for (int i = 0; i < 255 && p < end; i++) {
            size_t n = end - p < 8 ? (size_t)(end - p) : 8;
            lanes += of(n == 8 ? load(p, 8) : load(p, n)) >> 7;
            p += n;
        }
        uint64_t pairs = (lanes & 0x00FF00FF00FF00FFu) + (lanes >> 8 & 0x00FF00FF00FF00FFu);
        total += (size_t)(pairs * 0x0001000100010001u >> 48);
    }
    return total;
}

static size_t code_points(const char *p, const char *end)
{
    return (size_t)(end - p) - count_bytes(p, end, continuations);
}

/* A byte order mark is not seen by people and counts as no column. */
static const char *text_begin(const source *s)
{
    return s->text + (s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
}

/* Looked for back to `begin`, which it is where there is no line end. */
static const char *line_begin(const char *begin, const char *p)
{
    while (p - begin >= 8 && !newlines(load(p - 8, 8)))
        p -= 8;
    while (p > begin && p[-1] != '\n')
        p--;
    return p;
}

static const char *line_end(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    if (newline)
        end = newline;
    return end > p && end[-1] == '\r' ? end - 1 : end;
}

static uint32_t narrow(size_t n)
{
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

enum { LINE_BLOCK = 512, WORTH_AN_INDEX = 32 * 1024 }; /* bytes */

/* Sixteen bytes at a time (a vector of GCC and clang). At most 255 rounds fit into a byte: a block has 32. */
typedef unsigned char bytes16 __attribute__((vector_size(16)));

static size_t newlines_in_block(const char *p)
{
    bytes16 sum = {0}, chunk, newline = {0};
    size_t count = 0;
    newline += '\n';
    for (size_t i = 0; i < LINE_BLOCK; i += 16) {
        memcpy(&chunk, p + i, 16);
        sum -= (bytes16)(chunk == newline);
    }
    uint64_t halves[2];
    memcpy(halves, &sum, sizeof halves);
    for (size_t k = 0; k < 2; k++) {
        uint64_t pairs = (halves[k] & 0x00FF00FF00FF00FFu) + (halves[k] >> 8 & 0x00FF00FF00FF00FFu);
        count += (size_t)(pairs * 0x0001000100010001u >> 48);
    }
    return count;
}

void source_index_lines(arena *a, source *s)
{
    size_t blocks = s->len / LINE_BLOCK + 1, count = 0;
    if (s->len < WORTH_AN_INDEX)
        return;
    struct line_mark *marks = NEW_ARRAY(a, struct line_mark, blocks);
    for (size_t i = 0; i + 1 < blocks; i++) {
        const char *begin = i ? s->text + i * LINE_BLOCK : text_begin(s), *end = s->text + (i + 1) * LINE_BLOCK;
        size_t more = newlines_in_block(s->text + i * LINE_BLOCK);
        marks[i + 1].lines = narrow(count += more);
        marks[i + 1].columns = more ? narrow(code_points(line_begin(begin, end), end))
                                    : narrow(marks[i].columns + code_points(begin, end));
    }
    s->marks = marks;
}

void source_line_column(const source *s, size_t at, uint32_t *line, uint32_t *column)
{
    const char *p = s->text + (at < s->len ? at : s->len), *begin = text_begin(s);
    struct line_mark mark = {0};
    *line = *column = 0;
    if (s->unplaced)
        return;
    if (p < begin)
        p = begin;
    if (s->marks) {
        size_t block = (size_t)(p - s->text) / LINE_BLOCK;
        const char *from = s->text + block * LINE_BLOCK;
        mark = s->marks[block];
        begin = from > begin ? from : begin;
    }
    size_t more = count_bytes(begin, p, newlines);
    *line = narrow(1 + mark.lines + more) + s->lines_above;
    *column = narrow(1 + (more ? 0 : mark.columns) + code_points(line_begin(begin, p), p));
}

size_t byte_of(const source *s, uint32_t line, uint32_t column)
{
    const char *p = text_begin(s), *end = s->text + s->len;
    for (uint32_t i = 1; i < line; i++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline)
            break;
        p = newline + 1;
    }
    for (uint32_t i = 1; i < column && p < end; i++) {
        size_t n = utf8_len((const unsigned char *)p, (size_t)(end - p));
        p += n ? n : 1;
    }
    return (size_t)(p - s->text);
}

/* ---- from an inner text to the string that holds it ---- */

static unsigned hex_value(const char *p, int digits)
{
    unsigned value = 0;
    for (int i = 0; i < digits; i++) {
        char c = ascii_lower(p[i]);
        value = value << 4 | (unsigned)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return value;
}

/* Bytes of an escape that a reader accepted, as written; *made: bytes of UTF-8 that it stands for. */
static size_t escape_size(const char *p, bool yaml, size_t *made)
{
    size_t digits = p[1] == 'u' ? 4 : p[1] == 'x' && yaml ? 2 : p[1] == 'U' && yaml ? 8 : 0;
    unsigned c = 0;
    if (digits)
        c = hex_value(p + 2, (int)digits);
    else if (yaml && (p[1] == 'N' || p[1] == '_'))
        c = 0x85; /* or U+00A0, as long */
    else if (yaml && (p[1] == 'L' || p[1] == 'P'))
        c = 0x2028; /* or U+2029 */
    *made = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (!yaml && c >= 0xD800 && c <= 0xDBFF) {
        *made = 4;
        return 12;
    }
    return 2 + digits;
}

/* Byte `decoded` of a quoted string whose first byte is at p, as a distance from p. SIZE_MAX: it is on a later line. */
static size_t quoted_byte(const char *p, size_t decoded, char quote, bool yaml)
{
    size_t raw = 0, done = 0, made;
    while (done < decoded) {
        if (p[raw] == '\n')
            return SIZE_MAX;
        if (p[raw] == '\\' && quote == '"') {
            raw += escape_size(p + raw, yaml, &made);
            done += made;
        } else {
            raw += p[raw] == '\'' && quote == '\'' ? 2 : 1;
            done++;
        }
    }
    return raw;
}

static size_t blanks_before_text(const char *p, const char *end)
{
    const char *line = p;
    for (; p < end && (*p == ' ' || *p == '\n' || *p == '\r'); p++)
        if (*p == '\n')
            line = p + 1;
    return (size_t)(p - line);
}

/* A literal block ("|"): line for line the same, but for the indentation. */
static size_t literal_byte(const source *s, const node *n, size_t decoded)
{
    const char *end = s->text + s->len, *text = n->json.valuestring;
    const char *p = memchr(s->text + n->at, '\n', s->len - n->at);
    if (!p)
        return n->at;
    size_t raw = blanks_before_text(p + 1, end), own = blanks_before_text(text, text + n->len);
    size_t line = 0;
    for (size_t i = 0; i < decoded; i++) {
        if (text[i] != '\n')
            continue;
        line = i + 1;
        p = memchr(p + 1, '\n', (size_t)(end - p - 1));
        if (!p)
            return n->at;
    }
    size_t at = (size_t)(p + 1 - s->text) + (raw > own ? raw - own : 0) + (decoded - line);
    return at < s->len ? at : s->len;
}

static size_t yaml_string_byte(const source *s, const node *n, size_t decoded)
{
    const char *p = s->text + n->at;
    size_t raw = SIZE_MAX;
    if (*p == '|')
        return literal_byte(s, n, decoded);
    if (*p == '"' || *p == '\'')
        raw = quoted_byte(p + 1, decoded, *p, true) + 1;
    else if (*p != '>' && s->len - n->at >= n->len && memcmp(p, n->json.valuestring, n->len) == 0)
        raw = decoded;
    return raw != 0 && raw != SIZE_MAX ? n->at + raw : n->at; /* folded over lines: where it begins */
}

/* Byte `at` of s->text as a byte of s->outer->text. */
static size_t outer_byte(const source *s, size_t at)
{
    str text = node_text(s->outer_node);
    if (s->inner == INNER_PIECE)
        return s->outer_node->at + at;
    if (s->inner == INNER_URL) {
        size_t encoded = 0;
        for (size_t i = 0; i < at && encoded < text.len; i++)
            encoded += text.ptr[encoded] == '%' ? 3 : 1;
        at = encoded;
    }
    if (at > text.len)
        at = text.len;
    if (s->outer->yaml)
        return yaml_string_byte(s->outer, s->outer_node, at);
    const char *first = s->outer->text + s->outer_node->at + 1;
    return s->outer_node->at + 1 + (first == text.ptr ? at : quoted_byte(first, at, '"', false));
}

/* ---- from a text put together back to the files ---- */

/* The last part that begins at or before `at`. */
static const struct source_part *part_at(const source *s, size_t at)
{
    size_t low = 0, high = s->part_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->parts[middle].begin <= at)
            low = middle;
        else
            high = middle;
    }
    return &s->parts[low];
}

static struct place part_place(const source *s, size_t at)
{
    const struct source_part *p = part_at(s, at);
    size_t within = at - p->begin;
    return (struct place){.source = p->from, .at = p->at + (!p->quoted && within <= p->len ? within : 0)};
}

/* The file whose text the document inside a string is; NULL: it is none. */
static const struct source_part *quoted_file(const source *inner)
{
    const source *s = inner->outer;
    const struct source_part *p = s && s->part_count ? part_at(s, inner->outer_node->at) : NULL;
    return p && p->quoted && inner->inner == INNER_STRING ? p : NULL;
}

/* The value that begins at that byte, or the innermost one around it. */
static const node *node_at(const node *n, size_t at)
{
    const node *in = n;
    while (in && n->at != at) {
        in = NULL;
        for (NODE_EACH(child, n)) {
            if (child->at > at)
                break;
            in = child;
        }
        n = in ? in : n;
    }
    return n;
}

/* A node of a text that was put together becomes the one of the file that it stands in. */
static void leave_parts(const source **s, const node **n)
{
    const struct source_part *quoted = quoted_file(*s);
    struct place p = {.source = *s};
    if (quoted)
        p = (struct place){.source = quoted->from, .at = quoted->at + (*n ? (*n)->at : 0)};
    else if ((*s)->part_count)
        p = part_place(*s, *n ? (*n)->at : 0);
    if (p.source != *s && *n)
        *n = node_at(p.source->root, p.at);
    *s = p.source;
}

/* Without line and column. */
static struct place byte_place_of(const source *s, size_t at)
{
    struct place p = {.source = s, .at = at};
    for (; p.source->outer; p.source = p.source->outer) {
        const struct source_part *quoted = quoted_file(p.source);
        if (quoted)
            return (struct place){.source = quoted->from, .at = quoted->at + p.at};
        p.at = outer_byte(p.source, p.at);
    }
    return p.source->part_count ? part_place(p.source, p.at) : p;
}

struct place place_of(const source *s, size_t at)
{
    struct place p = byte_place_of(s, at);
    source_line_column(p.source, p.at, &p.line, &p.column);
    return p;
}

/* ---- pointers ---- */

struct step {
    const node *at;
    size_t index;
};

struct path {
    struct step steps[DEPTH_LIMIT + 2];
    size_t len;
};

/* The quick way: always into the last child that begins at or before the node. Right for every tree whose nodes stand
 * in the order of the text. */
static bool find_by_place(const node *root, const node *wanted, struct path *path)
{
    path->len = 0;
    for (const node *n = root; n != wanted;) {
        struct step step = {0};
        size_t index = 0;
        for (NODE_EACH(child, n)) {
            if (child->at > wanted->at)
                break;
            step = (struct step){child, index++};
        }
        if (!step.at || path->len == DEPTH_LIMIT + 1)
            return false;
        path->steps[path->len++] = step;
        n = step.at;
    }
    return true;
}

/* For copies behind a YAML alias, which stand where the anchor is. */
static bool find_by_search(const node *n, const node *wanted, struct path *path)
{
    size_t index = 0, depth = path->len;
    if (n == wanted)
        return true;
    if (depth == DEPTH_LIMIT + 1)
        return false;
    for (NODE_EACH(child, n)) {
        path->len = depth + 1;
        path->steps[depth] = (struct step){child, index++};
        if (find_by_search(child, wanted, path))
            return true;
    }
    path->len = depth;
    return false;
}

static char *put_escaped(char *to, str key)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '~' || key.ptr[i] == '/') {
            *to++ = '~';
            *to++ = key.ptr[i] == '~' ? '0' : '1';
        } else {
            *to++ = key.ptr[i];
        }
    }
    return to;
}

/* RFC 6901; "" is the whole document. */
static str pointer_of(arena *a, const node *root, const node *n)
{
    struct path path;
    if (!root || !find_by_place(root, n, &path)) {
        path.len = 0;
        if (!root || !find_by_search(root, n, &path))
            return STR("");
    }
    size_t room = 1;
    for (size_t i = 0; i < path.len; i++)
        room += 22 + 2 * (size_t)path.steps[i].at->key_len;
    char *text = arena_alloc(a, room), *to = text;
    for (size_t i = 0; i < path.len; i++) {
        *to++ = '/';
        const node *at = path.steps[i].at;
        if (at->json.string)
            to = put_escaped(to, node_key(at));
        else
            to += snprintf(to, 21, "%zu", path.steps[i].index);
    }
    *to = '\0';
    return (str){text, (size_t)(to - text)};
}

/* ---- how far a value reaches ---- */

/* A string from its opening quotation mark to behind the closing one, which json_read has made a NUL. */
static const char *quoted_end(const char *p, const char *end, bool yaml)
{
    char quote = *p++;
    for (; p < end && *p != '\n'; p++) {
        if (*p == '\\' && quote == '"')
            p++;
        else if (yaml && quote == '\'' && *p == quote && p[1] == quote)
            p++;
        else if (*p == quote || *p == '\0')
            return p + 1;
    }
    return p;
}

static size_t word_len(const node *n, const char *p)
{
    switch (node_kind_of(n)) {
    case NODE_BOOL: return node_is_true(n) ? 4 : 5;
    case NODE_NULL: return *p == 'n' || *p == 'N' ? 4 : *p == '~' ? 1 : 0;
    case NODE_NUMBER:
    case NODE_STRING: return n->len;
    case NODE_LIST:
    case NODE_OBJECT: return 1;
    }
    return 1;
}

/* The byte behind the value, on the line where it begins. */
static size_t value_end(const source *s, const node *n)
{
    const char *p = s->text + n->at, *end = s->text + s->len, *behind = end;
    if (node_is_string(n) && (*p == '"' || (s->yaml && *p == '\'')))
        behind = quoted_end(p, end, s->yaml);
    else if (!node_is_string(n) || (*p != '|' && *p != '>' && !memchr(n->json.valuestring, '\n', n->len)))
        behind = p + word_len(n, p);
    if (behind < end)
        end = behind + 1; /* a line is not looked through for its end: it may be all of the text */
    end = line_end(p, end);
    return (size_t)((behind < end ? behind : end) - s->text);
}

/* ---- what callers ask ---- */

/* A line as the file has it: the NULs of json_read are quotation marks again. */
static str line_text(arena *a, const source *s, size_t at)
{
    const char *p = s->text + (at < s->len ? at : s->len), *begin = text_begin(s), *end = s->text + s->len;
    if (p - begin > EXCERPT_LIMIT) /* one byte more than the limit settles it */
        begin = p - EXCERPT_LIMIT - 1;
    if (end - p > EXCERPT_LIMIT + 1)
        end = p + EXCERPT_LIMIT + 2;
    begin = line_begin(begin, p);
    str line = {begin, (size_t)(line_end(p, end) - begin)};
    if (line.len > EXCERPT_LIMIT)
        return (str){0};
    if (line.len == 0 || !memchr(line.ptr, '\0', line.len))
        return line;
    char *copy = arena_cstr(a, line);
    for (size_t i = 0; i < line.len; i++)
        if (copy[i] == '\0')
            copy[i] = '"';
    return (str){copy, line.len};
}

/* The byte behind the key of n. */
static size_t key_end(const source *s, const node *n)
{
    const char *p = s->text + n->key_at, *end = s->text + s->len;
    if (*p == '"' || (s->yaml && *p == '\''))
        return (size_t)(quoted_end(p, end, s->yaml) - s->text);
    return n->key_at + n->key_len;
}

static void locate(arena *a, const source *s, const node *n, size_t at, size_t behind, struct position *out)
{
    const source *file = s;
    const node *outer_node = n;
    for (; file->outer; leave_parts(&file, &outer_node)) {
        outer_node = file->outer_node;
        file = file->outer;
    }
    *out = (struct position){.file = file->file};
    struct place from = place_of(s, at), to = byte_place_of(s, behind);
    const char *begin = file->text + from.at, *end = file->text + to.at;
    out->line = from.line;
    out->column = out->end_column = from.column;
    if (begin < end && !memchr(begin, '\n', (size_t)(end - begin)))
        out->end_column = narrow(from.column + code_points(begin, end));
    if (out->end_column == from.column)
        out->end_column++;
    if (file->unplaced)
        out->end_column = 0;
    out->pointer = pointer_of(a, file->root, outer_node);
    bool decoded = s->outer && s->inner != INNER_PIECE; /* its lines are not those of the file */
    out->excerpt = decoded ? line_text(a, s, at) : file->unplaced ? (str){0} : line_text(a, file, from.at);
    out->excerpt_line = from.line;
    out->excerpt_column = from.column;
    out->excerpt_end = out->end_column;
    if (s->outer && !decoded)
        out->pointer = arena_printf(a, "%.*s%.*s", STR_ARG(out->pointer), STR_ARG(pointer_of(a, s->root, n)));
    if (decoded) {
        uint32_t line, column;
        out->inner_pointer = pointer_of(a, s->root, n);
        source_line_column(s, at, &out->excerpt_line, &out->excerpt_column);
        source_line_column(s, behind, &line, &column);
        out->excerpt_end = column > out->excerpt_column ? column : out->excerpt_column + 1;
    }
}

str source_file_of(const source *s, const node *n)
{
    for (leave_parts(&s, &n); s->outer; leave_parts(&s, &n)) {
        n = s->outer_node;
        s = s->outer;
    }
    return s->file;
}

void source_locate(arena *a, const source *s, const node *n, struct position *out)
{
    leave_parts(&s, &n);
    if (n)
        locate(a, s, n, n->at, value_end(s, n), out);
    else
        *out = (struct position){.file = source_file_of(s, n)};
}

void source_locate_key(arena *a, const source *s, const node *n, struct position *out)
{
    leave_parts(&s, &n);
    locate(a, s, n, n->key_at, key_end(s, n), out);
}

static bool error_there(const source *s, bool known, size_t at, error *e, const char *message)
{
    struct place p = place_of(s, at);
    if (!known)
        p.line = p.column = 0;
    return error_at(e, p.source->file, p.line, p.column, "%s", message);
}

bool source_error(const source *s, const node *n, error *e, const char *format, ...)
{
    char message[sizeof e->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return error_there(s, n != NULL, n ? n->at : 0, e, message);
}

bool source_error_key(const source *s, const node *n, error *e, const char *format, ...)
{
    char message[sizeof e->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return error_there(s, n != NULL, n ? n->key_at ? n->key_at : n->at : 0, e, message);
}
