/* fault.c - faults of packs, with their place and what was perhaps meant; closed mappings; literals. */
#include <stdio.h>

#include "base/clock.h"
#include "rules/load.h"

/* The byte where the key of n begins, or n->at. Backwards from the value over what may lie between; YAML's events have
 * the place of keys, the tree has not. */
static size_t key_start(const source *s, const node *n)
{
    str key = node_key(n);
    if (!key.ptr || key.len == 0)
        return n->at;
    size_t farthest = n->at > 4096 ? n->at - 4096 : 0;
    for (size_t at = n->at; at-- > farthest;) {
        if (at + key.len > n->at || memcmp(s->text + at, key.ptr, key.len) != 0)
            continue;
        size_t behind = at + key.len;
        while (behind < s->len && (s->text[behind] == '"' || s->text[behind] == '\'' || s->text[behind] == ' '))
            behind++;
        if (behind < s->len && s->text[behind] == ':')
            return at;
    }
    return n->at;
}

static uint32_t code_points(const char *text, size_t len)
{
    uint32_t n = 0;
    for (size_t i = 0; text && i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static str line_of(arena *a, const source *s, size_t at)
{
    size_t begin = at < s->len ? at : s->len, end = begin;
    while (begin > 0 && s->text[begin - 1] != '\n')
        begin--;
    while (end < s->len && s->text[end] != '\n' && s->text[end] != '\r')
        end++;
    return arena_str(a, (str){s->text + begin, end - begin});
}

static void add_fault(struct loader *l, const node *n, bool key, str help, str message)
{
    if (l->errors->count > RULE_ERROR_LIMIT)
        return;
    struct rule_error *e = VEC_PUSH(l->a, l->errors);
    if (l->errors->count > RULE_ERROR_LIMIT) {
        e->message = STR("more faults than these were found: mend the ones above first");
        return;
    }
    e->message = message;
    e->help = help;
    if (!l->source)
        return;
    e->file = l->source->file;
    if (!n)
        return;
    size_t at = key ? key_start(l->source, n) : n->at;
    source_line_column(l->source, at, &e->line, &e->column);
    e->excerpt = line_of(l->a, l->source, at);
    uint32_t width = key ? code_points(node_key(n).ptr, node_key(n).len) : 1;
    if (!key && !node_is_object(n) && !node_is_list(n)) {
        struct position p = {0};
        source_locate(l->a, l->source, n, &p);
        width = p.end_column > e->column ? p.end_column - e->column : 1;
    }
    uint32_t left = code_points(e->excerpt.ptr, e->excerpt.len) + 1;
    e->end_column = e->column + width;
    if (e->end_column > left && left > e->column)
        e->end_column = left; /* a text of several lines: to the end of the first */
}

bool fault(struct loader *l, const node *n, str help, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_fault(l, n, false, help, arena_vprintf(l->a, format, args));
    va_end(args);
    return false;
}

bool fault_key(struct loader *l, const node *n, str help, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_fault(l, n, true, help, arena_vprintf(l->a, format, args));
    va_end(args);
    return false;
}

void fault_note(struct loader *l, str note)
{
    if (l->errors->count > 0)
        l->errors->items[l->errors->count - 1].note = note;
}

struct guess guess_begin(str word)
{
    size_t far = 1 + word.len / 4;
    return (struct guess){.word = word, .distance = (far > 5 ? 5 : far) + 1};
}

void guess_offer(struct guess *g, str candidate)
{
    size_t d = str_distance(g->word, candidate, g->distance);
    if (d >= g->distance)
        return;
    g->distance = d;
    g->best = candidate;
}

str guess_help(arena *a, const struct guess *g)
{
    return g->best.len ? arena_printf(a, "did you mean \"%.*s\"?", STR_ARG(g->best)) : (str){0};
}

static str key_help(arena *a, const node *n, const struct key *keys, size_t count)
{
    struct guess g = guess_begin(node_key(n));
    str all = {0};
    for (size_t i = 0; i < count; i++) {
        guess_offer(&g, str_from(keys[i].name));
        all = arena_printf(a, "%.*s%s%s", STR_ARG(all), i ? ", " : "", keys[i].name);
    }
    return g.best.len ? guess_help(a, &g) : arena_printf(a, "known here: %.*s", STR_ARG(all));
}

bool keys_check(struct loader *l, const node *n, const struct key *keys, size_t count, const char *what)
{
    if (!node_is_object(n))
        return fault(l, n, (str){0}, "%s must be a mapping, not %s", what, node_kind_name(n));
    bool good = true;
    for (NODE_EACH(item, n)) {
        size_t i = 0;
        while (i < count && !str_is(node_key(item), keys[i].name))
            i++;
        if (i == count)
            good = fault_key(l, item, key_help(l->a, item, keys, count), "unknown key \"%.*s\" in %s",
                             STR_ARG(node_key(item)), what);
    }
    for (size_t i = 0; i < count; i++)
        if (keys[i].required && !node_get(n, keys[i].name))
            good = fault(l, n, (str){0}, "%s lacks \"%s\"", what, keys[i].name);
    return good;
}

bool key_text(struct loader *l, const node *parent, const char *key, str *out)
{
    const node *n = node_get(parent, key);
    if (!n)
        return true;
    if (!node_is_string(n))
        return fault(l, n, STR("put it into quotation marks"), "\"%s\" must be a text, not %s", key, node_kind_name(n));
    if (str_is_blank(node_text(n)))
        return fault(l, n, (str){0}, "\"%s\" is empty", key);
    *out = node_text(n);
    return true;
}

bool key_bool(struct loader *l, const node *parent, const char *key, bool *out)
{
    const node *n = node_get(parent, key);
    if (!n)
        return true;
    if (!node_is_bool(n))
        return fault(l, n, STR("write true or false"), "\"%s\" must be true or false, not %s", key, node_kind_name(n));
    *out = node_is_true(n);
    return true;
}

bool list_check(struct loader *l, const node *n, const char *what)
{
    if (!node_is_list(n))
        return fault(l, n, (str){0}, "%s must be a list, not %s", what, node_kind_name(n));
    if (node_count(n) == 0)
        return fault(l, n, (str){0}, "%s is an empty list", what);
    return true;
}

bool is_slug(str s)
{
    bool begins = true; /* a part begins here; the first with a letter */
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = c >= 'a' && c <= 'z';
        if (letter || (ascii_is_digit(c) && i > 0))
            begins = false;
        else if ((c == '_' || c == '-') && !begins)
            begins = true;
        else
            return false;
    }
    return s.len > 0 && !begins;
}

bool is_rule_id(str s)
{
    size_t parts = 0;
    while (s.ptr) {
        if (!is_slug(str_cut(&s, '.')))
            return false;
        parts++;
    }
    return parts >= 2;
}

bool field_is_account_id(const struct field *f)
{
    return f && !f->topic &&
           (str_is(str_from(f->name), "account.id") || str_is(str_from(f->name), "org.management_account") ||
            str_is(str_from(f->name), "partition.govcloud_account"));
}

static bool looks_like_yaml_bool(str s)
{
    static const char *const words[] = {"yes", "no", "on", "off", "y", "n", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(s, str_from(words[i])))
            return true;
    return false;
}

static bool int_read(str s, int64_t *out)
{
    bool minus = s.len && s.ptr[0] == '-';
    s = str_from_index(s, minus);
    if (s.len == 0 || s.len > 18)
        return false;
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]))
            return false;
        n = n * 10 + (s.ptr[i] - '0');
    }
    *out = minus ? -n : n;
    return true;
}

static str words_help(arena *a, str given, const char *const *words)
{
    struct guess g = guess_begin(given);
    str all = {0};
    for (size_t i = 0; words[i]; i++) {
        guess_offer(&g, str_from(words[i]));
        all = arena_printf(a, "%.*s%s%s", STR_ARG(all), i ? ", " : "", words[i]);
    }
    return g.best.len ? guess_help(a, &g) : arena_printf(a, "one of: %.*s", STR_ARG(all));
}

bool literal_read(arena *a, const node *n, value_type type, const char *const *words, bool account_id,
                  struct literal *out, str *message, str *help)
{
    str text = node_text(n);
    *help = (str){0};
    switch (type) {
    case TYPE_BOOL:
        if (node_is_bool(n))
            return out->yes = node_is_true(n), true;
        *help = looks_like_yaml_bool(text) ? STR("write true or false, without quotation marks") : (str){0};
        break;
    case TYPE_STRING:
        if (account_id) {
            if ((node_is_string(n) || node_is_number(n)) && str_is_account_id(text))
                return out->text = text, true;
            *message = arena_printf(a, "an account id is 12 digits in quotation marks");
            return false;
        }
        if (node_is_string(n))
            return out->text = text, true;
        *help = STR("put it into quotation marks");
        break;
    case TYPE_ENUM:
        for (size_t i = 0; node_is_string(n) && words[i]; i++)
            if (str_is(text, words[i]))
                return out->text = text, true;
        if (node_is_string(n)) {
            *message = arena_printf(a, "unknown word \"%.*s\"", STR_ARG(text));
            *help = words_help(a, text, words);
            return false;
        }
        break;
    case TYPE_INT:
        if (node_is_number(n) && int_read(text, &out->number))
            return true;
        break;
    case TYPE_DURATION:
        if (node_is_string(n) && duration_parse(text, &out->number))
            return true;
        *help = STR("write a whole number and w, d, h, m or s: 30d");
        break;
    case TYPE_TIME: {
        instant t;
        if (node_is_string(n) && str_is(text, "now"))
            return out->now = true;
        if (node_is_string(n) && (time_from_date(text, &t) || time_from_rfc3339(text, &t)))
            return out->number = t.seconds, true;
        *help = STR("write YYYY-MM-DD, a time with Z or an offset, or now");
        break;
    }
    case TYPE_LIST: break;
    }
    *message = arena_printf(a, "%s is wanted here, not %s", value_type_name(type), node_kind_name(n));
    return false;
}
