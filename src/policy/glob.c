/* glob.c - see glob.h. */
#include "policy/glob.h"

#include <stdint.h>

#include "policy/arn.h"

static inline char any_of(struct glob g)
{
    return g.filled ? (char)GLOB_ANY : '*';
}

static inline char one_of(struct glob g)
{
    return g.filled ? (char)GLOB_ONE : '?';
}

bool glob_has_wildcard(struct glob g)
{
    return str_find_char(g.text, any_of(g)) != SIZE_MAX || str_find_char(g.text, one_of(g)) != SIZE_MAX;
}

bool glob_is_all(struct glob g)
{
    for (size_t i = 0; i < g.text.len; i++)
        if (g.text.ptr[i] != any_of(g))
            return false;
    return g.text.len > 0;
}

/* Bytes of the code point at text[i]; the text is valid UTF-8. */
static inline size_t point_len(str text, size_t i)
{
    size_t n = 1;
    while (i + n < text.len && ((unsigned char)text.ptr[i + n] & 0xC0) == 0x80)
        n++;
    return n;
}

static inline bool same(char a, char b, bool fold)
{
    return fold ? ascii_lower(a) == ascii_lower(b) : a == b;
}

static tri match(struct glob g, str text, bool fold)
{
    const char any = any_of(g), one = one_of(g);
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    if (g.text.len && text.len > GLOB_MAX_STEPS / g.text.len && glob_has_wildcard(g))
        return TRI_UNKNOWN;
    while (t < text.len) {
        if (p < g.text.len && g.text.ptr[p] == any) {
            star = p++;
            mark = t;
        } else if (p < g.text.len && g.text.ptr[p] == one) {
            p++;
            t += point_len(text, t);
        } else if (p < g.text.len && same(g.text.ptr[p], text.ptr[t], fold)) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            mark += point_len(text, mark);
            t = mark;
        } else {
            return TRI_NO;
        }
    }
    while (p < g.text.len && g.text.ptr[p] == any)
        p++;
    return tri_of(p == g.text.len);
}

tri glob_match(struct glob g, str text)
{
    return match(g, text, false);
}

tri glob_match_nocase(struct glob g, str text)
{
    return match(g, text, true);
}

bool folds_beyond_ascii(struct glob g, str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return true;
    for (size_t i = 0; i < g.text.len; i++)
        if ((unsigned char)g.text.ptr[i] >= 0x80 && g.text.ptr[i] != any_of(g) && g.text.ptr[i] != one_of(g))
            return true;
    return false;
}

/* Each of the six components on its own. */
static tri match_parts(bool filled, const struct arn_parts *wanted, const struct arn_parts *found)
{
    tri all = TRI_YES;
    for (int i = ARN_PARTS - 1; i >= 0 && all != TRI_NO; i--) /* the last differs most often */
        if (!str_eq(wanted->at[i], found->at[i]))
            all = tri_and(all, match((struct glob){wanted->at[i], filled}, found->at[i], false));
    return all;
}

tri glob_match_arn(struct glob g, str text)
{
    struct arn_parts wanted, found;
    if (!arn_split(g.text, &wanted))
        return match(g, text, false) == TRI_NO ? TRI_NO : TRI_UNKNOWN;
    return arn_split(text, &found) ? match_parts(g.filled, &wanted, &found) : TRI_NO;
}

/* Whether each "*" before the sixth component is the last character of its own, and none is in the service's. */
static bool stars_end_segments(struct glob g)
{
    int segment = 0;
    for (size_t i = 0; i < g.text.len && segment < ARN_PARTS - 1; i++) {
        char c = g.text.ptr[i];
        segment += c == ':';
        if ((c == any_of(g) || c == one_of(g)) && segment == ARN_SERVICE)
            return false;
        if (c == any_of(g) && i + 1 < g.text.len && g.text.ptr[i + 1] != ':')
            return false;
    }
    return true;
}

tri glob_match_resource(struct glob g, str resource)
{
    if (glob_is_all(g))
        return TRI_YES;
    if (str_eq(resource, STR("*")))
        return TRI_NO;
    tri loose = match(g, resource, false);
    if (loose != TRI_YES || !glob_has_wildcard(g))
        return loose;
    if (!str_starts(g.text, STR("arn:")))
        return TRI_UNKNOWN;
    if (stars_end_segments(g))
        return TRI_YES;
    struct arn_parts wanted, found;
    if (!arn_split(g.text, &wanted) || glob_has_wildcard((struct glob){wanted.at[ARN_SERVICE], g.filled}) ||
        !arn_split(resource, &found))
        return TRI_UNKNOWN;
    return match_parts(g.filled, &wanted, &found) == TRI_YES ? TRI_YES : TRI_UNKNOWN;
}
