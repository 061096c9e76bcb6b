/* str.h - a borrowed piece of text: bytes that someone else owns (an arena, a literal), never freed or written through.
 * UTF-8, may hold NUL. The zero value is the empty text. */
#ifndef ORGEXIT_BASE_STR_H
#define ORGEXIT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *ptr;
    size_t len;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
#define STR_ARG(s)   (int)(s).len, (s).ptr ? (s).ptr : "" /* printf("%.*s", STR_ARG(name)) */

static inline str str_from(const char *text)
{
    return text ? (str){text, strlen(text)} : (str){0};
}

static inline bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(str a, const char *text)
{
    return str_eq(a, str_from(text));
}

/* ASCII letters only, whatever the locale: action names, key names. */
static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool str_starts(str s, str head)
{
    return s.len >= head.len && (head.len == 0 || memcmp(s.ptr, head.ptr, head.len) == 0);
}

static inline bool str_ends(str s, str tail)
{
    return s.len >= tail.len && (tail.len == 0 || memcmp(s.ptr + s.len - tail.len, tail.ptr, tail.len) == 0);
}

/* The rest of `s` from byte `from`; empty when it lies past the end. */
static inline str str_from_index(str s, size_t from)
{
    return from < s.len ? (str){s.ptr + from, s.len - from} : (str){0};
}

static inline str str_head(str s, size_t len)
{
    return (str){s.ptr, len < s.len ? len : s.len};
}

bool str_eq_nocase(str a, str b);   /* ASCII case only */
int str_cmp(str a, str b);          /* by bytes, the shorter first; for sorting */
size_t str_find(str s, str needle); /* SIZE_MAX: not in it */
size_t str_find_char(str s, char c);
bool str_is_blank(str s);      /* empty, or white space only (ASCII and U+00A0, U+3000) */
uint64_t str_hash(str s);      /* for tables in memory, not stable over versions */
bool str_is_account_id(str s); /* 12 ASCII digits */

/* Cuts at the first `c`: what stands before it; *s is left with what follows (empty, ptr NULL, when `c` is not there).
 */
str str_cut(str *s, char c);

/* Damerau-Levenshtein distance without regard to ASCII case, at most `limit` (more is told as limit + 1). */
size_t str_distance(str a, str b, size_t limit);

#endif
