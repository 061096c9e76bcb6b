/* scalar.c - see scalar.h. */
#include "policy/scalar.h"

/* ---- numbers ---- */

static str take_digits(str *s)
{
    size_t n = 0;
    while (n < s->len && ascii_is_digit(s->ptr[n]))
        n++;
    str digits = str_head(*s, n);
    *s = str_from_index(*s, n);
    return digits;
}

static bool take_sign(str *s, bool *minus)
{
    bool sign = s->len && (s->ptr[0] == '-' || s->ptr[0] == '+');
    *minus = sign && s->ptr[0] == '-';
    if (sign)
        *s = str_from_index(*s, 1);
    return sign;
}

static bool is_exponent(str s)
{
    bool minus;
    if (!s.len || (s.ptr[0] != 'e' && s.ptr[0] != 'E'))
        return false;
    s = str_from_index(s, 1);
    (void)take_sign(&s, &minus);
    return take_digits(&s).len && !s.len;
}

tri decimal_read(str text, struct decimal *out)
{
    str rest = text;
    *out = (struct decimal){0};
    (void)take_sign(&rest, &out->negative);
    out->whole = take_digits(&rest);
    bool point = rest.len && rest.ptr[0] == '.', plain = !point;
    if (point) {
        rest = str_from_index(rest, 1);
        out->fraction = take_digits(&rest);
        plain = out->whole.len && out->fraction.len;
    }
    if ((!out->whole.len && !out->fraction.len) || (rest.len && !is_exponent(rest)))
        return TRI_NO;
    if (rest.len || !plain)
        return TRI_UNKNOWN;
    while (out->whole.len && out->whole.ptr[0] == '0')
        out->whole = str_from_index(out->whole, 1);
    while (out->fraction.len && out->fraction.ptr[out->fraction.len - 1] == '0')
        out->fraction.len--;
    if (!out->whole.len && !out->fraction.len)
        out->negative = false; /* -0 is 0 */
    return TRI_YES;
}

static int magnitude_cmp(const struct decimal *a, const struct decimal *b)
{
    if (a->whole.len != b->whole.len)
        return a->whole.len < b->whole.len ? -1 : 1;
    int order = str_cmp(a->whole, b->whole);
    return order ? order : str_cmp(a->fraction, b->fraction); /* no zeros at its end: byte order is its order */
}

int decimal_cmp(const struct decimal *a, const struct decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = magnitude_cmp(a, b);
    return a->negative ? -order : order;
}

/* ---- addresses ---- */

/* A number of at most three digits, without leading zeros, up to `max`. */
static bool take_small(str *s, unsigned max, unsigned *out)
{
    str digits = take_digits(s);
    *out = 0;
    if (!digits.len || digits.len > 3 || (digits.len > 1 && digits.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < digits.len; i++)
        *out = *out * 10 + (unsigned)(digits.ptr[i] - '0');
    return *out <= max;
}

static bool take_dot(str *s)
{
    bool dot = s->len && s->ptr[0] == '.';
    if (dot)
        *s = str_from_index(*s, 1);
    return dot;
}

static bool read_v4(str s, uint8_t *bytes)
{
    for (int i = 0; i < 4; i++) {
        unsigned n;
        if ((i && !take_dot(&s)) || !take_small(&s, 255, &n))
            return false;
        bytes[i] = (uint8_t)n;
    }
    return s.len == 0;
}

static int hex_value(char c)
{
    c = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_group(str s, uint8_t *bytes)
{
    unsigned n = 0;
    if (!s.len || s.len > 4)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_value(s.ptr[i]);
        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    bytes[0] = (uint8_t)(n >> 8);
    bytes[1] = (uint8_t)n;
    return true;
}

/* Groups split by ':'; an IPv4 address may be the last. Gives the number of bytes, or -1. */
static int read_groups(str s, uint8_t *bytes, int room)
{
    int n = 0;
    while (s.ptr && s.len) {
        bool last = str_find_char(s, ':') == SIZE_MAX;
        str group = str_cut(&s, ':');
        if (last && str_find_char(group, '.') != SIZE_MAX)
            return n + 4 <= room && read_v4(group, bytes + n) ? n + 4 : -1;
        if (n + 2 > room || !read_group(group, bytes + n))
            return -1;
        n += 2;
        if (!last && !s.len)
            return -1; /* a colon at the end */
    }
    return n;
}

static bool read_v6(str s, uint8_t *bytes)
{
    uint8_t tail[16];
    size_t gap = str_find(s, STR("::"));
    if (gap == SIZE_MAX)
        return read_groups(s, bytes, 16) == 16;
    str right = str_from_index(s, gap + 2);
    if (str_find(right, STR("::")) != SIZE_MAX || (right.len && right.ptr[0] == ':'))
        return false;
    int left_len = read_groups(str_head(s, gap), bytes, 14), right_len = read_groups(right, tail, 14);
    if (left_len < 0 || right_len < 0 || left_len + right_len > 14)
        return false;
    if (str_find_char(str_head(s, gap), '.') != SIZE_MAX)
        return false; /* an IPv4 address may only end it */
    memset(bytes + left_len, 0, (size_t)(16 - left_len));
    memcpy(bytes + 16 - right_len, tail, (size_t)right_len);
    return true;
}

bool ip_read(str text, struct ip_range *out)
{
    str address = str_cut(&text, '/');
    bool prefix = text.ptr != NULL;
    memset(out, 0, sizeof *out);
    out->size = str_find_char(address, ':') != SIZE_MAX ? 16 : 4;
    if (out->size == 16 ? !read_v6(address, out->bytes) : !read_v4(address, out->bytes))
        return false;
    out->bits = 8 * out->size;
    return !prefix || (take_small(&text, 8 * out->size, &out->bits) && text.len == 0);
}

bool ip_in(const struct ip_range *address, const struct ip_range *range)
{
    if (address->size != range->size || address->bits < range->bits)
        return false;
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    if (memcmp(address->bytes, range->bytes, whole) != 0)
        return false;
    return rest == 0 || ((address->bytes[whole] ^ range->bytes[whole]) >> (8 - rest)) == 0;
}

/* ---- binary ---- */

static int base64_digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : ascii_is_digit(c)    ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* Digits without the padding. */
static size_t base64_digits(str text)
{
    size_t n = text.len;
    while (n && text.len - n < 2 && text.ptr[n - 1] == '=')
        n--;
    return n;
}

bool base64_is_valid(str text)
{
    size_t n = base64_digits(text);
    if (text.len % 4)
        return false;
    for (size_t i = 0; i < n; i++)
        if (base64_digit(text.ptr[i]) < 0)
            return false;
    return true;
}

/* The bits behind the last whole byte do not count. */
bool base64_eq(str a, str b)
{
    size_t n = base64_digits(a);
    if (n != base64_digits(b))
        return false;
    for (size_t i = 0; i < n; i++) {
        int spare = i + 1 < n ? 0 : n % 4 == 2 ? 4 : n % 4 == 3 ? 2 : 0;
        if (base64_digit(a.ptr[i]) >> spare != base64_digit(b.ptr[i]) >> spare)
            return false;
    }
    return true;
}
