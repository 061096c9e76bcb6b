/* attest.c - reads attestations.yaml, strictly. */
#include "org/attest.h"

#include "base/clock.h"

struct reading {
    arena *arena;
    const source *source;
    const node *root; /* the whole of the attestations */
    const struct extra_topics *extra;
    int64_t as_of;
    str default_by;
    bool has_default_date;
    int64_t default_date;
    error *error;
};

bool attest_time(str text, bool end, int64_t *out)
{
    instant t;
    if (time_from_date(text, &t)) {
        *out = t.seconds + (end ? DAY - 1 : 0);
        return true;
    }
    if (!time_from_rfc3339(text, &t))
        return false;
    *out = t.seconds;
    return true;
}

/* ---- closed mappings ---- */

/* The nearest of `known` to a misspelt word; NULL: none is near. */
static const char *nearest(str word, const char *const *known)
{
    const char *best = NULL;
    size_t limit = word.len / 3 > 1 ? word.len / 3 : 1, found = limit + 1;
    for (size_t i = 0; known[i]; i++) {
        size_t d = str_distance(word, str_from(known[i]), limit);
        if (d < found) {
            found = d;
            best = known[i];
        }
    }
    return best;
}

/* `in_key`: the word is the key of n, else its value. */
static bool unknown_in(struct reading *r, const node *n, bool in_key, const char *what, str word,
                       const char *const *known)
{
    bool (*tell)(const source *, const node *, error *, const char *, ...) = in_key ? source_error_key : source_error;
    const char *near = nearest(word, known);
    if (near)
        return tell(r->source, n, r->error, "unknown %s \"%.*s\"; did you mean \"%s\"?", what, STR_ARG(word), near);
    str list = {0};
    for (size_t i = 0; known[i]; i++)
        list = arena_printf(r->arena, "%.*s%s%s", STR_ARG(list), i ? ", " : "", known[i]);
    return tell(r->source, n, r->error, "unknown %s \"%.*s\"; expected one of %.*s", what, STR_ARG(word),
                STR_ARG(list));
}

static bool unknown_word(struct reading *r, const node *n, const char *what, str word, const char *const *known)
{
    return unknown_in(r, n, false, what, word, known);
}

static bool closed(struct reading *r, const node *object, const char *what, const char *const *known)
{
    if (!node_is_object(object))
        return source_error(r->source, object, r->error, "%s is %s; expected a mapping", what, node_kind_name(object));
    for (NODE_EACH(m, object)) {
        size_t i = 0;
        while (known[i] && !str_is(node_key(m), known[i]))
            i++;
        if (!known[i])
            return unknown_in(r, m, true, "key", node_key(m), known);
        /* a template of which nothing is filled in yet: everything in it is unknown */
        bool may_be_empty = object == r->root && str_is(node_key(m), "accounts");
        if (node_is_null(m) && !may_be_empty)
            return source_error(r->source, m, r->error, "\"%s\" has no value", known[i]);
    }
    return true;
}

static bool text_of(struct reading *r, const node *object, const char *key, str *out)
{
    const node *m = node_get(object, key);
    *out = (str){0};
    if (!m)
        return true;
    if (!(node_is_string(m) || node_is_number(m)) || str_is_blank(node_text(m)))
        return source_error(r->source, m, r->error, "\"%s\" is %s; expected a text", key,
                            node_is_string(m) ? "blank" : node_kind_name(m));
    *out = node_text(m);
    return true;
}

static bool date_error(struct reading *r, const node *m, const char *key)
{
    str text = node_text(m);
    if (!node_is_string(m) && !node_is_number(m))
        return source_error(r->source, m, r->error, "\"%s\" is %s: %s", key, node_kind_name(m), time_trouble(text));
    return source_error(r->source, m, r->error, "\"%s\" is \"%.*s\": %s", key, STR_ARG(text), time_trouble(text));
}

static bool time_of(struct reading *r, const node *object, const char *key, bool end, bool *has, int64_t *out,
                    str *text)
{
    const node *m = node_get(object, key);
    *has = m != NULL;
    if (!m)
        return true;
    if (!node_is_string(m) || !attest_time(node_text(m), end, out))
        return date_error(r, m, key);
    if (text)
        *text = node_text(m);
    return true;
}

static bool bool_of(struct reading *r, const node *m, const char *what, bool *out)
{
    if (node_is_bool(m)) {
        *out = node_is_true(m);
        return true;
    }
    str text = node_text(m);
    bool spelt = str_eq_nocase(text, STR("yes")) || str_eq_nocase(text, STR("no")) || str_eq_nocase(text, STR("on")) ||
                 str_eq_nocase(text, STR("off")) || str_eq_nocase(text, STR("true")) ||
                 str_eq_nocase(text, STR("false"));
    if (spelt)
        return source_error(r->source, m, r->error,
                            "%s is the text \"%.*s\"; write true or false, without quotation marks", what,
                            STR_ARG(text));
    return source_error(r->source, m, r->error, "%s is %s; write true or false", what, node_kind_name(m));
}

/* ---- one entry ---- */

static const char *text_or_not(const node *n)
{
    return node_is_string(n) && str_is_blank(node_text(n)) ? "a blank text" : node_kind_name(n);
}

/* As config.amazonaws.com; its tail varies with the partition. */
static bool is_service_principal(str text)
{
    bool dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.')
            dot = true;
        else if (!ascii_is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
            return false;
    }
    return dot && text.ptr[0] != '.' && text.ptr[text.len - 1] != '.';
}

static bool read_list(struct reading *r, const node *value, struct attestation *out)
{
    bool services = strcmp(out->topic->name, "reviewed_services") == 0;
    if (!node_is_list(value))
        return source_error(r->source, value, r->error, "%s takes a list; found %s", out->topic->name,
                            node_kind_name(value));
    str *items = NEW_ARRAY(r->arena, str, node_count(value));
    for (NODE_EACH(item, value)) {
        if (!node_is_string(item) || str_is_blank(node_text(item)))
            return source_error(r->source, item, r->error, "%s takes a list of texts; found %s", out->topic->name,
                                text_or_not(item));
        if (services && !is_service_principal(node_text(item)))
            return source_error(r->source, item, r->error,
                                "\"%.*s\" is no service principal; expected one such as config.amazonaws.com",
                                STR_ARG(node_text(item)));
        items[out->item_count++] = node_text(item);
    }
    out->items = items;
    return true;
}

static bool is_organization_id(str text)
{
    str rest = str_from_index(text, 2);
    bool good = str_starts(text, STR("o-")) && rest.len >= 10 && rest.len <= 32;
    for (size_t i = 0; good && i < rest.len; i++)
        good = ascii_is_digit(rest.ptr[i]) || (rest.ptr[i] >= 'a' && rest.ptr[i] <= 'z');
    return good;
}

static bool read_text(struct reading *r, const node *value, struct attestation *out)
{
    if (!node_is_string(value) || str_is_blank(node_text(value)))
        return source_error(r->source, value, r->error, "%s takes a text; found %s", out->topic->name,
                            text_or_not(value));
    out->text = node_text(value);
    if (strcmp(out->topic->name, "target_organization") == 0 && !is_organization_id(out->text))
        return source_error(r->source, value, r->error,
                            "\"%.*s\" is no organization id; expected o-… with 10 to 32 letters and digits",
                            STR_ARG(out->text));
    return true;
}

static bool read_word(struct reading *r, const node *value, struct attestation *out)
{
    if (!node_is_string(value))
        return source_error(r->source, value, r->error, "%s is %s; expected one of its words", out->topic->name,
                            node_kind_name(value));
    out->text = node_text(value);
    for (size_t i = 0; out->topic->words[i]; i++)
        if (str_is(out->text, out->topic->words[i]))
            return true;
    return unknown_word(r, value, out->topic->name, out->text, out->topic->words);
}

static bool read_value(struct reading *r, const node *entry, struct attestation *out)
{
    const node *value = node_get(entry, "value");
    if (!value)
        return source_error(r->source, entry, r->error, "no \"value\" for %s", out->topic->name);
    switch (out->topic->kind) {
    case TOPIC_BOOL: return bool_of(r, value, out->topic->name, &out->yes);
    case TOPIC_WORD: return read_word(r, value, out);
    case TOPIC_TEXT: return read_text(r, value, out);
    case TOPIC_LIST: return read_list(r, value, out);
    }
    return false;
}

static bool read_payment(struct reading *r, const node *entry, struct attestation *out)
{
    static const char *const kinds[] = {"card", "bank", "invoice", "other", NULL};
    const node *kind = node_get(entry, "kind"), *supported = node_get(entry, "supported");
    bool yes = false;
    if (kind) {
        out->kind = node_text(kind);
        size_t i = 0;
        while (kinds[i] && !str_is(out->kind, kinds[i]))
            i++;
        if (!node_is_string(kind) || !kinds[i])
            return unknown_word(r, kind, "kind", out->kind, kinds);
    }
    if (supported && !bool_of(r, supported, "\"supported\"", &yes))
        return false;
    if (supported)
        out->supported = tri_of(yes);
    return true;
}

static bool read_signature(struct reading *r, const node *entry, struct attestation *out)
{
    bool has_date;
    const node *date = node_get(entry, "date");
    if (!text_of(r, entry, "by", &out->by) || !text_of(r, entry, "evidence", &out->evidence) ||
        !time_of(r, entry, "date", false, &has_date, &out->date, NULL) ||
        !time_of(r, entry, "valid_until", true, &out->has_valid_until, &out->valid_until, &out->valid_until_text))
        return false;
    if (!out->by.len)
        out->by = r->default_by;
    if (!out->by.len)
        return source_error(r->source, entry, r->error, "nobody signed for %s: give \"by\", here or under \"defaults\"",
                            out->topic->name);
    if (!has_date && !r->has_default_date)
        return source_error(r->source, entry, r->error, "no \"date\" for %s, here or under \"defaults\"",
                            out->topic->name);
    if (!has_date)
        out->date = r->default_date;
    if (out->date > r->as_of)
        return source_error(r->source, date ? date : entry, r->error, "%s is dated in the future (%.*s; it is %.*s)",
                            out->topic->name, STR_ARG(time_format_date(r->arena, out->date)),
                            STR_ARG(time_format(r->arena, r->as_of)));
    if (out->has_valid_until && out->valid_until < out->date)
        return source_error(r->source, node_get(entry, "valid_until"), r->error,
                            "\"valid_until\" lies before \"date\"");
    return true;
}

static bool read_entry(struct reading *r, const node *entry, struct attestation *out)
{
    static const char *const keys[] = {"value", "by", "date", "valid_until", "evidence", NULL};
    static const char *const payment_keys[] = {"value",    "by",   "date",      "valid_until",
                                               "evidence", "kind", "supported", NULL};
    bool payment = strcmp(out->topic->name, "payment_method") == 0;
    out->node = entry;
    if (!node_is_object(entry))
        return source_error(r->source, entry, r->error, "%s is %s; expected {value: …}", out->topic->name,
                            node_kind_name(entry));
    return closed(r, entry, out->topic->name, payment ? payment_keys : keys) && read_value(r, entry, out) &&
           read_signature(r, entry, out) && (!payment || read_payment(r, entry, out));
}

static const struct topic *find_topic(struct reading *r, str name)
{
    for (size_t i = 0; r->extra && i < r->extra->count; i++)
        if (str_is(name, r->extra->items[i].name))
            return &r->extra->items[i];
    return topic_find(name);
}

static bool unknown_topic(struct reading *r, const node *n)
{
    size_t extra = r->extra ? r->extra->count : 0;
    const char **names = NEW_ARRAY(r->arena, const char *, topic_count + extra + 1);
    for (size_t i = 0; i < topic_count; i++)
        names[i] = topic_table[i].name;
    for (size_t i = 0; i < extra; i++)
        names[topic_count + i] = r->extra->items[i].name;
    return unknown_in(r, n, true, "topic", node_key(n), names);
}

/* The topics of one account. */
static bool read_topics(struct reading *r, str id, const node *entries, struct attestations *out)
{
    if (!node_is_null(entries) && !node_is_object(entries))
        return source_error(r->source, entries, r->error, "account %.*s is %s; expected a mapping of topics",
                            STR_ARG(id), node_kind_name(entries));
    struct account_attestations *of = NEW(r->arena, struct account_attestations);
    struct attestation *items = NEW_ARRAY(r->arena, struct attestation, node_count(entries));
    of->node = entries;
    of->items = items;
    for (NODE_EACH(entry, entries)) {
        struct attestation *item = &items[of->count++];
        item->topic = find_topic(r, node_key(entry));
        if (!item->topic)
            return unknown_topic(r, entry);
        if (!read_entry(r, entry, item))
            return false;
    }
    *map_at(r->arena, &out->by_account, id) = of;
    return true;
}

static bool read_account(struct reading *r, const node *entries, struct attestations *out)
{
    str id = node_key(entries);
    if (!str_is_account_id(id))
        return source_error_key(r->source, entries, r->error, "\"%.*s\" is no account id; expected 12 digits",
                                STR_ARG(id));
    return read_topics(r, id, entries, out);
}

const struct attestations *attestations_of_account(arena *a, const struct attestations *all, const source *src,
                                                   str account, const struct extra_topics *extra, int64_t as_of,
                                                   error *e)
{
    struct attestations *out = attestations_none(a, src->file);
    struct reading r = {.arena = a, .source = src, .root = src->root, .extra = extra, .as_of = as_of, .error = e};
    if (map_get(&all->by_account, account))
        return source_error(src, src->root, e, "account %.*s is attested here and in %.*s", STR_ARG(account),
                            STR_ARG(all->file)),
               NULL;
    out->source = src;
    out->root = src->root;
    return read_topics(&r, account, src->root, out) ? out : NULL;
}

/* ---- waivers ---- */

static bool read_waiver(struct reading *r, const node *item, struct waiver *out)
{
    static const char *const keys[] = {"rule", "accounts", "reason", "by", "valid_until", "accept_unknown", NULL};
    const node *accounts = node_get(item, "accounts"), *accept = node_get(item, "accept_unknown");
    bool has_end;
    out->source = r->source;
    out->node = item;
    out->rule_node = node_get(item, "rule");
    if (!closed(r, item, "a waiver", keys) || !text_of(r, item, "rule", &out->rule) ||
        !text_of(r, item, "reason", &out->reason) || !text_of(r, item, "by", &out->by) ||
        !time_of(r, item, "valid_until", true, &has_end, &out->valid_until, &out->valid_until_text) ||
        (accept && !bool_of(r, accept, "\"accept_unknown\"", &out->accept_unknown)))
        return false;
    const char *missing = !out->rule.len     ? "rule"
                          : !accounts        ? "accounts"
                          : !out->reason.len ? "reason"
                          : !out->by.len     ? "by"
                          : !has_end         ? "valid_until"
                                             : NULL;
    if (missing)
        return source_error(r->source, item, r->error, "a waiver without \"%s\"", missing);
    if (!node_is_list(accounts) || node_count(accounts) == 0)
        return source_error(r->source, accounts, r->error, "\"accounts\" is %s; expected a list of account ids",
                            node_is_list(accounts) ? "empty" : node_kind_name(accounts));
    str *ids = NEW_ARRAY(r->arena, str, node_count(accounts));
    for (NODE_EACH(id, accounts)) {
        if (!str_is_account_id(node_text(id)))
            return source_error(r->source, id, r->error,
                                "\"%.*s\" is no account id; a waiver names each account by its 12 digits",
                                STR_ARG(node_text(id)));
        ids[out->account_count++] = node_text(id);
    }
    out->accounts = ids;
    return true;
}

bool waivers_read(arena *a, const source *src, const node *list, struct attestations *into, error *e)
{
    struct reading r = {.arena = a, .source = src, .error = e};
    if (!list)
        return true;
    if (!node_is_list(list))
        return source_error(src, list, e, "\"waivers\" is %s; expected a list", node_kind_name(list));
    for (NODE_EACH(item, list))
        if (!read_waiver(&r, item, VEC_PUSH(a, &into->waivers)))
            return false;
    return true;
}

/* ---- the file ---- */

static bool read_defaults(struct reading *r, const node *defaults)
{
    static const char *const keys[] = {"by", "date", NULL};
    if (!defaults)
        return true;
    if (!closed(r, defaults, "\"defaults\"", keys) || !text_of(r, defaults, "by", &r->default_by) ||
        !time_of(r, defaults, "date", false, &r->has_default_date, &r->default_date, NULL))
        return false;
    if (r->has_default_date && r->default_date > r->as_of)
        return source_error(r->source, node_get(defaults, "date"), r->error,
                            "the default date lies in the future (it is %.*s)",
                            STR_ARG(time_format(r->arena, r->as_of)));
    return true;
}

struct attestations *attestations_none(arena *a, str file)
{
    struct attestations *out = NEW(a, struct attestations);
    out->file = file;
    return out;
}

struct attestations *attestations_read(arena *a, source *src, const node *root, const struct extra_topics *extra,
                                       int64_t as_of, error *e)
{
    static const char *const keys[] = {"version", "defaults", "accounts", "waivers", NULL};
    struct attestations *out = attestations_none(a, src->file);
    struct reading r = {.arena = a, .source = src, .extra = extra, .as_of = as_of, .error = e};
    if (!root && !yaml_read(a, src, YAML_OURS, e))
        return NULL;
    root = root ? root : src->root;
    out->source = src;
    out->root = r.root = root;
    const node *version = node_get(root, "version"), *accounts = node_get(root, "accounts");
    if (!closed(&r, root, src->file.ptr, keys))
        return NULL;
    if (!node_is_number(version) || !str_is(node_text(version), "1"))
        return source_error(src, version ? version : root, e, "\"version\" must be 1"), NULL;
    if (!read_defaults(&r, node_get(root, "defaults")))
        return NULL;
    if (accounts && !node_is_null(accounts) && !node_is_object(accounts))
        return source_error(src, accounts, e, "\"accounts\" is %s; expected a mapping of account ids",
                            node_kind_name(accounts)),
               NULL;
    for (NODE_EACH(entries, accounts))
        if (!read_account(&r, entries, out))
            return NULL;
    if (!waivers_read(a, src, node_get(root, "waivers"), out, e))
        return NULL;
    return out;
}

const struct attestation *attestation_of(const struct attestations *all, str account, const struct topic *topic)
{
    const struct account_attestations *of = map_get(&all->by_account, account);
    for (size_t i = 0; of && i < of->count; i++)
        if (strcmp(of->items[i].topic->name, topic->name) == 0) /* packs' topics are copied */
            return &of->items[i];
    return NULL;
}
