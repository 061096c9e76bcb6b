/* variable.c - see variable.h. */
#include "iam/variable.h"

static str trim(str s)
{
    while (s.len && s.ptr[0] == ' ')
        s = str_from_index(s, 1);
    while (s.len && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

/* What stands between the braces: key, or key and a default in single quotation marks. */
static void read_inside(str inside, struct variable *v)
{
    bool with_default = str_find_char(inside, ',') != SIZE_MAX;
    v->literal = str_is(inside, "*") ? '*' : str_is(inside, "?") ? '?' : str_is(inside, "$") ? '$' : 0;
    if (v->literal)
        return;
    v->key = str_cut(&inside, ',');
    if (with_default) {
        str text = trim(inside);
        if (text.len < 2 || text.ptr[0] != '\'' || text.ptr[text.len - 1] != '\'')
            v->bad = true;
        else
            v->otherwise = (str){text.ptr + 1, text.len - 2};
    }
    if (str_find_char(v->key, ':') == SIZE_MAX || str_find_char(v->key, ' ') != SIZE_MAX)
        v->bad = true;
}

/* Behind "${": the length up to the closing brace, which does not count inside quotation marks. SIZE_MAX: none. */
static size_t find_close(str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        quoted ^= s.ptr[i] == '\'';
        if (s.ptr[i] == '}' && !quoted)
            return i;
    }
    return str_find_char(s, '}');
}

bool variable_next(str *rest, struct variable *out)
{
    size_t open = str_find(*rest, STR("${"));
    if (open == SIZE_MAX)
        return false;
    *out = (struct variable){.before = str_head(*rest, open)};
    str inside = str_from_index(*rest, open + 2);
    size_t close = find_close(inside);
    if (close == SIZE_MAX) {
        out->bad = true;
        *rest = (str){0};
        return true;
    }
    read_inside(str_head(inside, close), out);
    *rest = str_from_index(inside, close + 1);
    return true;
}

struct text {
    char *ptr;
    size_t len, room;
};

static void put(const struct eval *ev, struct text *t, const char *bytes, size_t len)
{
    if (t->len + len > t->room) {
        size_t room = 2 * (t->len + len) + 64;
        t->ptr = arena_grow(ev->arena, t->ptr, t->room, room);
        t->room = room;
    }
    if (len)
        memcpy(t->ptr + t->len, bytes, len);
    t->len += len;
}

/* A piece of the policy's own text: its wildcards become codes. */
static void put_coded(const struct eval *ev, struct text *t, str s, bool wildcards)
{
    size_t at = t->len;
    put(ev, t, s.ptr, s.len);
    for (size_t i = at; wildcards && i < t->len; i++)
        if (t->ptr[i] == '*' || t->ptr[i] == '?')
            t->ptr[i] = (char)(t->ptr[i] == '*' ? GLOB_ANY : GLOB_ONE);
}

/* YES: *out is the value. NO: no value. */
static tri value_of(const struct eval *ev, const struct variable *v, str *out)
{
    const struct context_key *key;
    if (v->bad)
        return TRI_UNKNOWN;
    switch (eval_key(ev, v->key, &key)) {
    case KEY_UNKNOWN: return TRI_UNKNOWN;
    case KEY_ABSENT: break;
    case KEY_PRESENT:
        if (key->multivalued || key->count != 1)
            return TRI_UNKNOWN; /* only keys with a single value can be variables */
        *out = key->values[0];
        return TRI_YES;
    }
    *out = v->otherwise;
    return tri_of(v->otherwise.ptr != NULL);
}

/* `as_wild`: wildcards in values count as wildcards. *wild tells whether there are any. */
static struct glob build(const struct eval *ev, str text, bool wildcards, bool as_wild, struct filled *out, bool *wild)
{
    const char any = (char)GLOB_ANY;
    struct text t = {0};
    struct variable v;
    while (variable_next(&text, &v)) {
        str value = {&v.literal, 1};
        tri known = v.literal ? TRI_YES : value_of(ev, &v, &value);
        put_coded(ev, &t, v.before, wildcards);
        out->missing |= known == TRI_NO;
        out->open |= known == TRI_UNKNOWN;
        out->may_miss |= known == TRI_UNKNOWN && !v.otherwise.ptr;
        if (known == TRI_UNKNOWN)
            put(ev, &t, &any, 1);
        if (known != TRI_YES)
            continue;
        *wild |= !v.literal && glob_has_wildcard(GLOB(value));
        put_coded(ev, &t, value, as_wild && !v.literal);
    }
    put_coded(ev, &t, text, wildcards);
    return (struct glob){
        {t.ptr, t.len},
        true
    };
}

void variable_fill(const struct eval *ev, str text, bool wildcards, struct filled *out)
{
    bool wild = false;
    *out = (struct filled){0};
    out->glob = build(ev, text, wildcards, false, out, &wild);
    if (wild && wildcards)
        out->alternative = build(ev, text, wildcards, true, out, &wild);
}
