/* pattern.c - see pattern.h. */
#include "lint/pattern.h"

#include "policy/arn.h"
#include "policy/glob.h"

str pattern_flat(arena *a, str pattern)
{
    size_t at = str_find(pattern, STR("${"));
    if (at == SIZE_MAX)
        return pattern;
    char *text = arena_alloc(a, pattern.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        size_t close = i + 1 < pattern.len && pattern.ptr[i] == '$' && pattern.ptr[i + 1] == '{'
                           ? str_find_char(str_from_index(pattern, i), '}')
                           : SIZE_MAX;
        if (close == SIZE_MAX) {
            text[len++] = pattern.ptr[i];
            continue;
        }
        if (!len || text[len - 1] != '*')
            text[len++] = '*';
        i += close;
    }
    text[len] = '\0';
    return (str){text, len};
}

bool pattern_is_wild(str p)
{
    return glob_has_wildcard(GLOB(p));
}

bool pattern_is_all(str p)
{
    return glob_is_all(GLOB(p));
}

static char letter(str s, size_t i, bool fold)
{
    return fold ? ascii_lower(s.ptr[i]) : s.ptr[i];
}

static bool is_wildcard(char c)
{
    return c == '*' || c == '?';
}

/* Two plain beginnings, or two plain ends, that differ settle most questions. */
static bool ends_differ(str p, str q, bool fold)
{
    size_t n = p.len < q.len ? p.len : q.len;
    for (size_t i = 0; i < n; i++) {
        char a = letter(p, i, fold), b = letter(q, i, fold);
        if (is_wildcard(a) || is_wildcard(b))
            break;
        if (a != b)
            return true;
    }
    for (size_t i = 1; i <= n; i++) {
        char a = letter(p, p.len - i, fold), b = letter(q, q.len - i, fold);
        if (is_wildcard(a) || is_wildcard(b))
            break;
        if (a != b)
            return true;
    }
    return false;
}

/* Any text of both. reach[j] after row i: the first i signs of p and the first j of q can be read together; either
 * side's
 * "*" may swallow what the other has. */
static bool meet(str p, str q, bool fold)
{
    bool rows[2][PATTERN_LIMIT + 1];
    bool *before = rows[0], *now = rows[1];
    for (size_t i = 0; i <= p.len; i++) {
        char a = i ? letter(p, i - 1, fold) : '\0';
        for (size_t j = 0; j <= q.len; j++) {
            char b = j ? letter(q, j - 1, fold) : '\0';
            bool ok = !i && !j;
            if (i && a == '*')
                ok |= before[j] || (j && now[j - 1]);
            if (j && b == '*')
                ok |= now[j - 1] || (i && before[j]);
            if (i && j && a != '*' && b != '*')
                ok |= before[j - 1] && (a == b || a == '?' || b == '?');
            now[j] = ok;
        }
        bool *swap = before;
        before = now;
        now = swap;
    }
    return before[q.len];
}

static tri intersects(str p, str q, bool fold)
{
    if (ends_differ(p, q, fold))
        return TRI_NO;
    if (pattern_is_all(p) || pattern_is_all(q))
        return TRI_YES;
    if (p.len > PATTERN_LIMIT || q.len > PATTERN_LIMIT)
        return TRI_UNKNOWN;
    return tri_of(meet(p, q, fold));
}

/* The same pattern with each run of wildcards written as "??*": its "?" first, then one "*". */
static str ordered(str p, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < p.len;) {
        bool any = false;
        for (; i < p.len && (p.ptr[i] == '*' || p.ptr[i] == '?'); i++) {
            any |= p.ptr[i] == '*';
            if (p.ptr[i] == '?')
                to[len++] = '?';
        }
        if (any)
            to[len++] = '*';
        if (i < p.len)
            to[len++] = p.ptr[i++];
    }
    return (str){to, len};
}

/* p as a glob over the signs of q: only a "*" of p takes a "*" of q, and its "?" takes any other sign. What does not
 * fit goes back to the last "*" of p alone, as in every glob. */
static bool takes(str p, str q, bool fold)
{
    size_t i = 0, star = SIZE_MAX, from = 0;
    for (size_t j = 0; j < q.len;) {
        char a = i < p.len ? letter(p, i, fold) : '\0', b = letter(q, j, fold);
        if (i < p.len && a == '*') {
            star = i++;
            from = j;
        } else if (i < p.len && b != '*' && (a == b || a == '?')) {
            i++;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++from;
        } else {
            return false;
        }
    }
    while (i < p.len && p.ptr[i] == '*')
        i++;
    return i == p.len;
}

/* The most common form, "prefix*": settled by the beginning of q. */
static bool is_prefix_pattern(str p)
{
    return str_ends(p, STR("*")) && !pattern_is_wild(str_head(p, p.len - 1));
}

static bool covers(str p, str q, bool fold)
{
    char of_p[PATTERN_LIMIT], of_q[PATTERN_LIMIT];
    if (pattern_is_all(p))
        return true;
    if (!pattern_is_wild(p))
        return fold ? str_eq_nocase(p, q) : str_eq(p, q);
    if (is_prefix_pattern(p)) {
        str head = str_head(p, p.len - 1), begin = str_head(q, head.len);
        return fold ? str_eq_nocase(head, begin) : str_eq(head, begin);
    }
    return !ends_differ(p, q, fold) && p.len <= PATTERN_LIMIT && q.len <= PATTERN_LIMIT &&
           takes(ordered(p, of_p), ordered(q, of_q), fold);
}

tri pattern_intersects(str p, str q)
{
    return intersects(p, q, false);
}

tri pattern_intersects_nocase(str p, str q)
{
    return intersects(p, q, true);
}

tri pattern_intersects_arn(str p, str q)
{
    struct arn_parts a, b;
    if (!arn_split(p, &a) || !arn_split(q, &b))
        return intersects(p, q, false);
    tri all = TRI_YES;
    for (int i = 0; i < ARN_PARTS && all != TRI_NO; i++)
        all = tri_and(all, intersects(a.at[i], b.at[i], false));
    return all;
}

bool pattern_covers(str p, str q)
{
    return covers(p, q, false);
}

bool pattern_covers_nocase(str p, str q)
{
    return covers(p, q, true);
}
