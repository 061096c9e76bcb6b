/*
 * json.c - the strict JSON reader (RFC 8259): one pass that checks every byte and builds the nodes.
 *
 * Strings without escapes stay where they are: the closing quotation mark is overwritten by a NUL, which no valid text
 * holds, so the original can always be told (locate.c). Nodes are taken from the arena in slabs.
 */
#include <limits.h>
#include <stdio.h>

#include "text/known.h"
#include "text/locate.h"

enum { SLAB = 128, FEW_KEYS = 16 };

/* An open list or object. */
struct frame {
    node *parent, *last;
    uint32_t prints[FEW_KEYS]; /* fingerprints of the first keys */
    uint32_t *table;           /* from FEW_KEYS on: open addressing over fingerprints, 0 is free */
    uint32_t room;
    bool known; /* a value that others may have too: known_meet is told */
};

struct reader {
    arena *arena;
    source *source;
    char *p; /* next byte; a zero byte stands at the end */
    char *text;
    size_t len;
    node *slab;
    size_t slab_left;
    error *error;
    size_t depth;
    struct frame frames[DEPTH_LIMIT + 1];
};

/* ---- errors ---- */

static bool fail(struct reader *r, const char *at, const char *found, const char *expected)
{
    uint32_t line, column;
    source_line_column(r->source, (size_t)(at - r->text), &line, &column);
    return error_at(r->error, r->source->file, line, column, "%s%s%s", found, expected ? "; expected " : "",
                    expected ? expected : "");
}

static bool fail_as(struct reader *r, json_fault fault, const char *at, const char *found, const char *expected)
{
    r->source->fault = fault;
    return fail(r, at, found, expected);
}

/* What stands at `at`, for a message. */
static const char *describe(const struct reader *r, const char *at, char *buffer, size_t size)
{
    unsigned char c = (unsigned char)*at;
    if (at >= r->text + r->len)
        return "the file ends here";
    size_t n = utf8_len((const unsigned char *)at, (size_t)(r->text + r->len - at));
    if (n == 0)
        (void)snprintf(buffer, size, "found the byte 0x%02X, which is not UTF-8", c);
    else if (c < 0x20 || c == 0x7F)
        (void)snprintf(buffer, size, "found the control character 0x%02X", c);
    else
        (void)snprintf(buffer, size, "found '%.*s'", (int)n, at);
    return buffer;
}

static bool unexpected(struct reader *r, const char *at, const char *expected)
{
    char buffer[64];
    return fail(r, at, describe(r, at, buffer, sizeof buffer), expected);
}

/* ---- bytes ---- */

/* Eight bytes, the first one lowest. Up to FILE_TAIL bytes behind the end may be looked at. */
static inline uint64_t load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* High bit set in each byte that ends a run of plain text: < 0x20, '"', '\', >= 0x80. Exact for the first such byte. */
static inline uint64_t stops_in(uint64_t w)
{
    uint64_t quote = w ^ ONES * '"', slash = w ^ ONES * '\\';
    return ((w - ONES * 0x20) | (quote - ONES) | (slash - ONES) | w) & HIGHS;
}

static inline char *skip_plain(char *p)
{
    for (;;) {
        uint64_t stops = stops_in(load8(p));
        if (stops)
            return p + (__builtin_ctzll(stops) >> 3);
        p += 8;
    }
}

/* The AWS CLI indents: most blank runs are a line end and many spaces. */
static inline char *skip_blank(char *p)
{
    if ((unsigned char)*p > ' ')
        return p;
    for (;;) {
        if (load8(p) == ONES * ' ') {
            p += 8;
            continue;
        }
        while (*p == ' ')
            p++;
        if (*p != '\n' && *p != '\r' && *p != '\t')
            return p;
        p++;
    }
}

/* ---- strings ---- */

static bool hex4(const char *p, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char c = ascii_lower(p[i]);
        unsigned digit = ascii_is_digit(c) ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
        if (digit == 16)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

/* One escape at p (the backslash); moves p behind it and *to behind what it means. */
static bool read_escape(struct reader *r, char **p, char **to)
{
    static const char plain[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    char *at = *p;
    const char *simple = at[1] ? strchr(plain, at[1]) : NULL;
    if (simple) {
        *(*to)++ = meaning[simple - plain];
        *p = at + 2;
        return true;
    }
    unsigned c, low;
    if (at[1] != 'u')
        return fail(r, at, "found an escape that JSON does not have",
                    "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    if (!hex4(at + 2, &c))
        return fail(r, at, "found \\u without four hexadecimal digits", "\\uXXXX");
    if (c == 0)
        return fail(r, at, "found \\u0000: no text of AWS holds a NUL, and it would cut the text short", NULL);
    if (c >= 0xDC00 && c <= 0xDFFF)
        return fail_as(r, JSON_FAULT_ENCODING, at, "found the second half of a surrogate pair without the first", NULL);
    *p = at + 6;
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (at[6] != '\\' || at[7] != 'u' || !hex4(at + 8, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail_as(r, JSON_FAULT_ENCODING, at, "found the first half of a surrogate pair without the second",
                           NULL);
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        *p = at + 12;
    }
    *to = put_utf8(*to, c);
    return true;
}

/* Walks from p to the closing quotation mark, checking; NULL with the error. *escapes tells whether there are any. */
static char *find_close(struct reader *r, char *p, bool *escapes)
{
    *escapes = false;
    for (;;) {
        p = skip_plain(p);
        unsigned char c = (unsigned char)*p;
        if (c == '"')
            return p;
        if (c == '\\') {
            *escapes = true;
            if (p[1] == '\0')
                return unexpected(r, p + 1, "the rest of an escape"), NULL;
            p += (unsigned char)p[1] < 0x80 ? 2 : 1;
        } else if (c >= 0x80) {
            size_t n = utf8_len((unsigned char *)p, (size_t)(r->text + r->len - p));
            if (!n)
                return r->source->fault = JSON_FAULT_ENCODING,
                       unexpected(r, p, "UTF-8 text (written in another encoding?)"), NULL;
            p += n;
        } else if (p >= r->text + r->len) {
            return fail(r, p, "the file ends inside a text: it was cut off", "a closing quotation mark"), NULL;
        } else {
            return unexpected(r, p, "no raw control character inside a text (is a quotation mark missing?)"), NULL;
        }
    }
}

/* r->p stands on the opening quotation mark. */
static bool read_string(struct reader *r, str *out)
{
    char *start = r->p + 1;
    bool escapes;
    char *close = find_close(r, start, &escapes);
    if (!close)
        return false;
    if (close - start > STRING_LIMIT)
        return fail(r, r->p, "this text is longer than the limit of 16 MiB", NULL);
    r->p = close + 1;
    if (!escapes) {
        *close = '\0';
        *out = (str){start, (size_t)(close - start)};
        return true;
    }
    char *copy = arena_alloc(r->arena, (size_t)(close - start) + 1), *to = copy;
    while (start < close) {
        char *plain = memchr(start, '\\', (size_t)(close - start));
        size_t n = (size_t)((plain ? plain : close) - start);
        memcpy(to, start, n);
        to += n;
        start += n;
        if (plain && !read_escape(r, &start, &to))
            return false;
    }
    *to = '\0';
    *close = '\0';
    *out = (str){copy, (size_t)(to - copy)};
    return true;
}

/* ---- numbers ---- */

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* digits * 10^exponent: exact where both are small (as in every capture), else to a few units in the last place.
 * Comparisons use the text, never this. */
static double scale(uint64_t digits, int64_t exponent)
{
    long double value = (long double)digits;
    if (digits == 0 || exponent < -400)
        return 0;
    for (; exponent > 22; exponent -= 22)
        value *= 1e22L;
    for (; exponent < -22; exponent += 22)
        value /= 1e22L;
    value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    return (double)value;
}

static bool read_number(struct reader *r, node *n)
{
    char *start = r->p, *p = start;
    uint64_t digits = 0;
    int64_t exponent = 0, given = 0;
    bool negative = *p == '-', minus = false;
    p += negative;
    if (!ascii_is_digit(*p))
        return unexpected(r, p, "a digit");
    if (*p == '0' && ascii_is_digit(p[1]))
        return fail(r, start,
                    "found a number with a leading zero (an account id is a text: write it in quotation marks)", NULL);
    for (; ascii_is_digit(*p); p++)
        if (digits < UINT64_MAX / 10 - 1)
            digits = digits * 10 + (uint64_t)(*p - '0');
        else
            exponent++;
    if (*p == '.') {
        if (!ascii_is_digit(*++p))
            return unexpected(r, p, "a digit behind the decimal point");
        for (; ascii_is_digit(*p); p++)
            if (digits < UINT64_MAX / 10 - 1) {
                digits = digits * 10 + (uint64_t)(*p - '0');
                exponent--;
            }
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        minus = *p == '-';
        p += *p == '-' || *p == '+';
        if (!ascii_is_digit(*p))
            return unexpected(r, p, "a digit of the exponent");
        for (; ascii_is_digit(*p); p++)
            given = given < 100000 ? given * 10 + (*p - '0') : given;
    }
    exponent += minus ? -given : given;
    double value = exponent > 400 && digits ? 1e308 * 10 : scale(digits, exponent);
    if (value > 1.7976931348623157e308)
        return fail(r, start, "this number is too large", NULL);
    n->json.valuestring = start;
    n->len = (uint32_t)(p - start);
    n->json.valuedouble = negative ? -value : value;
    n->json.valueint = value >= (double)INT_MAX ? (negative ? INT_MIN : INT_MAX) : (int)(negative ? -value : value);
    r->p = p;
    return true;
}

/* ---- keys ---- */

static inline uint32_t key_print(str key)
{
    uint64_t head = load8(key.ptr); /* at least a NUL and the tail lie behind every key */
    if (key.len < 8)
        head &= ((uint64_t)1 << (8 * key.len)) - 1;
    uint64_t last = key.len ? (unsigned char)key.ptr[key.len - 1] : 0;
    uint64_t h = (head ^ key.len << 56 ^ last << 48) * 0x9E3779B97F4A7C15u;
    uint32_t print = (uint32_t)(h >> 32);
    return print ? print : 1;
}

static inline uint32_t whole_print(str key)
{
    uint64_t h = str_hash(key);
    uint32_t print = (uint32_t)(h ^ h >> 32);
    return print ? print : 1;
}

static bool has_key(const node *object, str key)
{
    for (const node *n = node_first(object); n; n = node_next(n))
        if (n->key_len == key.len && memcmp(n->json.string, key.ptr, key.len) == 0)
            return true;
    return false;
}

static void table_add(struct frame *f, uint32_t print)
{
    uint32_t i = print & (f->room - 1);
    while (f->table[i])
        i = (i + 1) & (f->room - 1);
    f->table[i] = print;
}

static void table_grow(struct reader *r, struct frame *f)
{
    f->room = f->room ? f->room * 2 : 8 * FEW_KEYS;
    f->table = NEW_ARRAY(r->arena, uint32_t, f->room);
    for (const node *n = node_first(f->parent); n; n = node_next(n))
        table_add(f, whole_print(node_key(n)));
}

/* Notes the key's fingerprint; true when the object may have the key already. In wide objects keys are alike at both
 * ends ("accounts/111122223333/iam/..."), so there the fingerprint is made of the whole key. */
static bool seen_print(struct reader *r, struct frame *f, str key)
{
    uint32_t count = f->parent->count;
    if (count < FEW_KEYS) {
        uint32_t print = key_print(key);
        bool seen = false;
        for (uint32_t i = 0; i < count; i++)
            seen |= f->prints[i] == print;
        f->prints[count] = print;
        return seen;
    }
    if (2 * (count + 1) > f->room)
        table_grow(r, f);
    uint32_t print = whole_print(key);
    for (uint32_t i = print & (f->room - 1); f->table[i]; i = (i + 1) & (f->room - 1))
        if (f->table[i] == print)
            return true;
    table_add(f, print);
    return false;
}

/* ---- nodes ---- */

static inline node *new_node(struct reader *r, const char *at)
{
    if (r->slab_left == 0) {
        r->slab = arena_alloc(r->arena, SLAB * sizeof(node));
        r->slab_left = SLAB;
    }
    node *n = r->slab++;
    r->slab_left--;
    memset(n, 0, sizeof *n);
    n->at = (uint32_t)(at - r->text);
    return n;
}

static inline void append(struct frame *f, node *n)
{
    if (f->last) {
        f->last->json.next = &n->json;
        n->json.prev = &f->last->json;
    } else {
        f->parent->json.child = &n->json;
    }
    f->last = n;
    f->parent->count++;
}

/* The first child's `prev` leads to the last one, as cJSON has it. */
static inline void close_frame(struct reader *r)
{
    struct frame *f = &r->frames[r->depth--];
    if (f->last)
        f->parent->json.child->prev = &f->last->json;
    if (f->known) {
        const char *from = r->text + f->parent->at;
        known_meet(r->source->known, r->arena, (str){from, (size_t)(r->p - from)});
    }
}

static bool open_frame(struct reader *r, node *n, int type)
{
    if (r->depth == DEPTH_LIMIT)
        return fail_as(r, JSON_FAULT_DEPTH, r->p, "lists and objects are nested more than 64 deep", NULL);
    struct frame *f = &r->frames[++r->depth];
    n->json.type = type;
    f->parent = n;
    f->last = NULL;
    f->table = NULL;
    f->room = 0;
    f->known = false;
    r->p++;
    return true;
}

/* A value that stands in the store byte for byte is taken from there. */
static bool take_known(struct reader *r, node *n)
{
    const char *end = r->text + r->len;
    const struct known *k = known_find(r->source->known, (str){r->p, (size_t)(end - r->p)});
    if (!k || r->depth + k->depth > DEPTH_LIMIT)
        return false;
    n->json.type = cJSON_Object | cJSON_IsReference;
    n->json.child = k->root->json.child;
    n->count = k->root->count;
    n->json.valuestring = (char *)(uintptr_t)k;
    r->p += k->text.len;
    return true;
}

static bool read_word(struct reader *r, node *n, const char *word, size_t len, int type)
{
    if (strncmp(r->p, word, len) != 0)
        return unexpected(r, r->p, "a value (true, false, null, a number, a text, a list or an object)");
    n->json.type = type;
    r->p += len;
    return true;
}

/* A value begins at r->p. *opened: a list or object was opened, its members follow. */
static inline bool read_value(struct reader *r, node *n, bool *opened)
{
    str text = {0};
    *opened = false;
    switch (*r->p) {
    case '"':
        n->json.type = cJSON_String;
        if (!read_string(r, &text))
            return false;
        n->json.valuestring = (char *)text.ptr;
        n->len = (uint32_t)text.len;
        return true;
    case '{': *opened = true; return open_frame(r, n, cJSON_Object);
    case '[': *opened = true; return open_frame(r, n, cJSON_Array);
    case 't': n->json.valueint = 1; return read_word(r, n, "true", 4, cJSON_True);
    case 'f': return read_word(r, n, "false", 5, cJSON_False);
    case 'n': return read_word(r, n, "null", 4, cJSON_NULL);
    default: break;
    }
    if (*r->p != '-' && !ascii_is_digit(*r->p))
        return unexpected(r, r->p, "a value (a text, a number, true, false, null, a list or an object)");
    n->json.type = cJSON_Number;
    return read_number(r, n);
}

static bool read_key(struct reader *r, struct frame *f, str *key)
{
    char *at = r->p;
    if (*at != '"')
        return unexpected(r, at,
                          f->last ? "a key in quotation marks behind the comma" : "a key in quotation marks, or '}'");
    if (!read_string(r, key))
        return false;
    if (seen_print(r, f, *key) && has_key(f->parent, *key)) {
        char found[160];
        (void)snprintf(found, sizeof found,
                       "the key \"%.*s\" stands twice in one object; which one holds is not defined",
                       STR_ARG(utf8_head(*key, 80)));
        return fail_as(r, JSON_FAULT_DUPLICATE_KEY, at, found, "each key once");
    }
    r->p = skip_blank(r->p);
    if (*r->p != ':')
        return unexpected(r, r->p, "':' behind the key");
    r->p = skip_blank(r->p + 1);
    return true;
}

/* Everything behind the first value is opened: until the outermost list or object is closed. */
static bool read_members(struct reader *r)
{
    while (r->depth) {
        struct frame *f = &r->frames[r->depth];
        bool object = f->parent->json.type == cJSON_Object, opened;
        char close = object ? '}' : ']';
        r->p = skip_blank(r->p);
        if (f->last) {
            if (*r->p == ',') {
                r->p = skip_blank(r->p + 1);
            } else if (*r->p == close) {
                r->p++;
                close_frame(r);
                continue;
            } else {
                return unexpected(r, r->p, object ? "',' or '}'" : "',' or ']'");
            }
        } else if (*r->p == close) {
            r->p++;
            close_frame(r);
            continue;
        }
        if (f->parent->count >= MEMBER_LIMIT)
            return fail(r, r->p, "a list or object has more than 1,000,000 members", NULL);
        str key = {0};
        const char *key_at = r->p;
        if (object && !read_key(r, f, &key))
            return false;
        node *n = new_node(r, r->p);
        n->key_at = object ? (uint32_t)(key_at - r->text) : 0;
        n->json.string = (char *)key.ptr;
        n->key_len = (uint32_t)key.len;
        bool wanted = r->source->known && object && *r->p == '{' && known_wants(r->source->known, key);
        if (!wanted || !take_known(r, n)) {
            if (!read_value(r, n, &opened))
                return false;
            r->frames[r->depth].known |= wanted;
        }
        append(f, n);
    }
    return true;
}

/* What people hand in instead of JSON, each with what to do about it; UTF-16 first. */
enum { UTF16_STRANGERS = 2 };
static const struct {
    const char *begins;
    size_t len;
    const char *message;
} strangers[] = {
    {"\xFF\xFE",                2,  "this is UTF-16 (written by PowerShell's '>'?): write it as UTF-8"       },
    {"\xFE\xFF",                2,  "this is UTF-16: write it as UTF-8"                                      },
    {"\x1F\x8B",                2,  "this is a gzip file: unpack it first"                                   },
    {"<",                       1,  "this is HTML or XML, not JSON (a proxy's error page?): capture it again"},
    {"version https://git-lfs", 23, "this is a Git LFS pointer, not the file itself: run git lfs pull"       },
    {"An error occurred",       17,
     "this is an error message of the AWS CLI, not its output: record it in capture.json and delete the file"},
    {"usage:",                  6,
     "this is the AWS CLI's usage message, not its output: capture it again with a CLI that knows the call"  },
};

bool json_read(arena *a, source *s, error *e)
{
    struct reader r = {.arena = a, .source = s, .p = s->text, .text = s->text, .len = s->len, .error = e};
    bool opened;
    if (s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0)
        r.p += 3;
    r.p = skip_blank(r.p); /* the AWS CLI begins its errors with an empty line */
    size_t left = (size_t)(s->text + s->len - r.p);
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (left >= strangers[i].len && memcmp(r.p, strangers[i].begins, strangers[i].len) == 0)
            return fail_as(&r, i < UTF16_STRANGERS ? JSON_FAULT_ENCODING : JSON_FAULT_SYNTAX, r.p, strangers[i].message,
                           NULL);
    if (r.p == s->text + s->len)
        return fail(&r, r.p, "the file is empty", "JSON");
    if (s->known)
        known_begin(s->known);
    node *root = new_node(&r, r.p);
    if (!read_value(&r, root, &opened) || !read_members(&r))
        return false;
    r.p = skip_blank(r.p);
    if (r.p != s->text + s->len)
        return unexpected(&r, r.p, "nothing more behind the value (two outputs in one file?)");
    s->root = root;
    source_index_lines(a, s);
    return true;
}
