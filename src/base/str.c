/* str.c - comparing, cutting and measuring borrowed text. */
#include "base/str.h"

bool str_eq_nocase(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i] && ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

size_t str_find(str s, str needle)
{
    if (needle.len == 0)
        return 0;
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        const char *at = memchr(s.ptr + i, needle.ptr[0], s.len - needle.len + 1 - i);
        if (!at)
            break;
        i = (size_t)(at - s.ptr);
        if (memcmp(at, needle.ptr, needle.len) == 0)
            return i;
    }
    return SIZE_MAX;
}

size_t str_find_char(str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

bool str_is_blank(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(" \t\r\n\v\f", s.ptr[i]) && s.ptr[i])
            continue;
        if (i + 1 < s.len && memcmp(s.ptr + i, "\xC2\xA0", 2) == 0)
            i += 1;
        else if (i + 2 < s.len && memcmp(s.ptr + i, "\xE3\x80\x80", 3) == 0)
            i += 2;
        else
            return false;
    }
    return true;
}

uint64_t str_hash(str s)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ s.len;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        h = (h ^ word) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    uint64_t tail = 0;
    if (i < s.len)
        memcpy(&tail, s.ptr + i, s.len - i);
    h = (h ^ tail) * 0xD6E8FEB86659FD93u;
    h ^= h >> 29;
    h *= 0xD6E8FEB86659FD93u;
    return h ^ h >> 32;
}

bool str_is_account_id(str s)
{
    if (s.len != 12)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_is_digit(s.ptr[i]))
            return false;
    return true;
}

str str_cut(str *s, char c)
{
    size_t at = str_find_char(*s, c);
    str head = *s;
    if (at == SIZE_MAX) {
        *s = (str){0};
        return head;
    }
    head.len = at;
    *s = (str){s->ptr + at + 1, s->len - at - 1};
    return head;
}

size_t str_distance(str a, str b, size_t limit)
{
    enum { LONGEST = 64 };
    size_t row[3][LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST)
        return limit + 1;
    for (size_t j = 0; j <= b.len; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = ascii_lower(a.ptr[i - 1]), y = ascii_lower(b.ptr[j - 1]);
            size_t best = last[j - 1] + (x != y);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && x == ascii_lower(b.ptr[j - 2]) && ascii_lower(a.ptr[i - 2]) == y)
                best = before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
            now[j] = best;
        }
    }
    size_t distance = row[a.len % 3][b.len];
    return distance > limit ? limit + 1 : distance;
}
