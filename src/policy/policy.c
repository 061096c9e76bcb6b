/* policy.c - from a tree to the model of a policy. */
#include "policy/policy.h"

#include "text/known.h"

/* ---- actions ---- */

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* The first eight bytes, the first one lowest, zeros behind the end. */
static inline uint64_t load_head(str s)
{
    uint64_t word = 0;
    memcpy(&word, s.ptr, s.len < 8 ? s.len : 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* High bit set in the first byte that is `c` (those behind it may be wrong). */
static inline uint64_t find_byte(uint64_t word, char c)
{
    uint64_t x = word ^ ONES * (unsigned char)c;
    return (x - ONES) & ~x & HIGHS;
}

/* All bits below the byte that holds the lowest set bit of `marks`; all when there is none. */
static inline uint64_t bytes_before(uint64_t marks)
{
    return marks ? ((marks & -marks) >> 7) - 1 : ~(uint64_t)0;
}

/* Which of 64 bits stands for the service that an action begins with. `before`: the bytes before colon or wildcard. */
static inline uint64_t service_bit(uint64_t head, uint64_t before)
{
    return (uint64_t)1 << ((head & before) * 0x9E3779B97F4A7C15u >> 58);
}

/* Setting bit 0x20 folds letters; what else it makes equal is told apart by the whole comparison. */
static inline uint64_t fold(uint64_t word)
{
    return word | ONES * 0x20;
}

static uint64_t read_action(struct action *out, const node *n)
{
    str text = node_text(n);
    uint64_t raw = load_head(text);
    uint64_t wild = find_byte(raw, '*') | find_byte(raw, '?'), colon = find_byte(raw, ':');
    uint64_t before_wild = bytes_before(wild), before_colon = bytes_before(colon);
    uint64_t inside = text.len < 8 ? ((uint64_t)1 << (8 * text.len)) - 1 : ~(uint64_t)0;
    out->node = n;
    out->mask = before_wild & inside;
    out->head = fold(raw) & out->mask;
    if (before_wild < before_colon || (wild && !colon))
        return ~(uint64_t)0; /* a wildcard in the service's name */
    return service_bit(fold(raw), before_colon);
}

struct action_name action_name_of(str text)
{
    uint64_t raw = load_head(text);
    return (struct action_name){text, fold(raw), service_bit(fold(raw), bytes_before(find_byte(raw, ':')))};
}

tri action_matches(const struct action *entry, const struct action_name *name)
{
    if ((entry->head ^ name->head) & entry->mask)
        return TRI_NO;
    str pattern = node_text(entry->node);
    if (pattern.len == 1 && pattern.ptr[0] == '*')
        return TRI_YES;
    tri matches = glob_match_nocase(GLOB(pattern), name->text);
    /* "Actions must be prefaced by a vendor": only "*" alone may do without the colon. */
    if (matches == TRI_YES && str_find_char(pattern, ':') == SIZE_MAX && !glob_is_all(GLOB(pattern)))
        return TRI_UNKNOWN;
    return matches;
}

/* ---- characters that no name has ---- */

static inline bool is_plain(char c)
{
    return c > ' ' && c < 0x7F;
}

/* Holds a byte that is not printable ASCII, or is a blank. Eight at a time: every text of a policy is looked at. */
static bool is_strange(str text)
{
    uint64_t odd = 0;
    for (size_t i = 0; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, 8);
        odd |= (word | (word - ONES * 0x21) | (word + ONES)) & HIGHS;
    }
    for (size_t i = text.len & ~(size_t)7; i < text.len; i++)
        odd |= !is_plain(text.ptr[i]);
    return odd != 0;
}

/* The text with each run of such bytes as "*": what it looks like. */
enum { LONGEST_NAME = 256 };
static str looks_like(str text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (is_plain(text.ptr[i]))
            out[n++] = text.ptr[i];
        else if (n == 0 || out[n - 1] != '*')
            out[n++] = '*';
    return (str){out, n};
}

static str without_strange_ends(str text)
{
    while (text.len && !is_plain(text.ptr[text.len - 1]))
        text.len--;
    while (text.len && !is_plain(text.ptr[0]))
        text = str_from_index(text, 1);
    return text;
}

/* Where a match would restrict. */
static bool match_restricts(const struct statement *s, bool negated)
{
    return (s->effect == EFFECT_ALLOW) == negated;
}

tri statement_may_mean_action(const struct statement *s, const struct action_name *name)
{
    char buffer[LONGEST_NAME];
    if (!s->strange_action || !match_restricts(s, s->not_action))
        return TRI_NO;
    for (size_t i = 0; i < s->action_count; i++) {
        str text = node_text(s->actions[i].node);
        if (is_strange(text) &&
            (text.len > LONGEST_NAME || glob_match_nocase(GLOB(looks_like(text, buffer)), name->text) != TRI_NO))
            return TRI_UNKNOWN;
    }
    return TRI_NO;
}

tri statement_may_mean_resource(const struct statement *s, str resource)
{
    if (!s->strange_resource || !match_restricts(s, s->not_resource))
        return TRI_NO;
    for (const node *n = values_first(s->resource); n; n = values_next(s->resource, n)) {
        str text = without_strange_ends(node_text(n));
        if (text.len < n->len && glob_match_resource(GLOB(text), resource) != TRI_NO)
            return TRI_UNKNOWN;
    }
    return TRI_NO;
}

str statement_strange_text(const struct statement *s)
{
    for (size_t i = 0; s->strange_action && i < s->action_count; i++)
        if (is_strange(node_text(s->actions[i].node)))
            return node_text(s->actions[i].node);
    for (const node *n = s->strange_resource ? values_first(s->resource) : NULL; n; n = values_next(s->resource, n))
        if (without_strange_ends(node_text(n)).len < n->len)
            return node_text(n);
    return (str){0};
}

/* ---- statements ---- */

/* One text or a list of texts. */
static bool are_texts(const node *n)
{
    if (!node_is_list(n))
        return node_is_string(n);
    for (NODE_EACH(item, n))
        if (!node_is_string(item))
            return false;
    return node_count(n) > 0;
}

static void read_actions(arena *a, struct statement *s, const node *n, bool negated)
{
    s->odd_action |= s->action_node != NULL || !are_texts(n);
    s->action_node = n;
    s->not_action = negated;
    size_t room = node_is_list(n) ? node_count(n) : 1;
    struct action *actions = arena_alloc(a, room * sizeof *actions);
    s->actions = actions;
    s->action_count = 0;
    s->services = negated || s->odd_action ? ~(uint64_t)0 : 0;
    for (const node *item = values_first(n); item; item = values_next(n, item))
        if (node_is_string(item)) {
            s->services |= read_action(&actions[s->action_count++], item);
            s->strange_action |= is_strange(node_text(item));
        }
    if (s->strange_action)
        s->services = ~(uint64_t)0;
}

/* A principal is "*" or lists of names by their kind. */
static bool is_principal(const node *n)
{
    if (node_is_string(n))
        return str_is(node_text(n), "*");
    if (!node_is_object(n))
        return false;
    for (NODE_EACH(member, n)) {
        str key = node_key(member);
        if (!are_texts(member) || !(str_eq(key, STR("AWS")) || str_eq(key, STR("Service")) ||
                                    str_eq(key, STR("Federated")) || str_eq(key, STR("CanonicalUser"))))
            return false;
    }
    return node_count(n) > 0;
}

static bool are_values(const node *n)
{
    size_t count = 0;
    for (const node *v = values_first(n); v; v = values_next(n, v), count++)
        if (!node_is_string(v) && !node_is_bool(v) && !node_is_number(v))
            return false;
    return count > 0;
}

/* "An element must not contain the same key twice" (IAM User Guide, "Grammar"), and case makes no other key: which of
 * them AWS reads is not known. */
static void mark_twins(struct condition *conditions, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(conditions[i].key, conditions[k].key))
                conditions[i].odd = conditions[k].odd = true;
}

static void read_conditions(arena *a, struct statement *s, const node *n)
{
    size_t room = 0;
    if (!node_is_object(n)) {
        s->odd = true;
        return;
    }
    for (NODE_EACH(by_operator, n))
        room += node_count(by_operator);
    struct condition *conditions = arena_alloc(a, room * sizeof *conditions);
    s->conditions = conditions;
    for (NODE_EACH(by_operator, n)) {
        operator_set set;
        bool if_exists;
        const struct condition_operator *op = operator_find(node_key(by_operator), &set, &if_exists);
        if (!node_is_object(by_operator)) {
            s->odd = true;
            continue;
        }
        size_t first = s->condition_count;
        for (NODE_EACH(key, by_operator))
            conditions[s->condition_count++] = (struct condition){.op = op,
                                                                  .set = set,
                                                                  .if_exists = if_exists,
                                                                  .odd = !are_values(key),
                                                                  .key = node_key(key),
                                                                  .node = key};
        mark_twins(conditions + first, s->condition_count - first);
    }
}

static void read_resource(struct statement *s, const node *n, bool negated)
{
    s->odd_resource |= s->resource != NULL || !are_texts(n);
    s->resource = n;
    s->not_resource = negated;
    for (const node *item = values_first(n); item; item = values_next(n, item)) {
        str text = node_text(item);
        s->strange_resource |= text.len && (!is_plain(text.ptr[0]) || !is_plain(text.ptr[text.len - 1]));
    }
}

static void read_principal(struct statement *s, const node *n, bool negated)
{
    s->odd_principal |= s->principal != NULL || !is_principal(n);
    s->principal = n;
    s->not_principal = negated;
}

static effect read_effect(const node *n)
{
    str text = node_is_string(n) ? node_text(n) : (str){0};
    return str_eq(text, STR("Allow")) ? EFFECT_ALLOW : str_eq(text, STR("Deny")) ? EFFECT_DENY : EFFECT_UNKNOWN;
}

static void read_element(arena *a, struct statement *s, const node *n)
{
    str key = node_key(n);
    if (str_eq(key, STR("Effect")))
        s->effect = read_effect(n);
    else if (str_eq(key, STR("Action")))
        read_actions(a, s, n, false);
    else if (str_eq(key, STR("Resource")))
        read_resource(s, n, false);
    else if (str_eq(key, STR("Condition")))
        read_conditions(a, s, n);
    else if (str_eq(key, STR("Principal")))
        read_principal(s, n, false);
    else if (str_eq(key, STR("NotAction")))
        read_actions(a, s, n, true);
    else if (str_eq(key, STR("NotResource")))
        read_resource(s, n, true);
    else if (str_eq(key, STR("NotPrincipal")))
        read_principal(s, n, true);
    else if (str_eq(key, STR("Sid")) && node_is_string(n))
        s->sid = node_text(n);
    else
        s->odd = true;
}

/* Stands for what nobody understands: it may do anything. */
static void read_stranger(struct statement *s, const node *n)
{
    s->node = n;
    s->index = -1;
    s->odd_action = s->odd_resource = s->odd_principal = true;
    s->services = ~(uint64_t)0;
}

static void read_statement(arena *a, struct statement *s, const node *n, int index)
{
    s->node = n;
    s->index = index;
    if (!node_is_object(n))
        s->odd_action = s->odd_resource = s->odd_principal = true;
    for (NODE_EACH(element, node_is_object(n) ? n : NULL))
        read_element(a, s, element);
    if (!s->action_node || s->odd_action) {
        s->odd_action = true;
        s->services = ~(uint64_t)0;
    }
}

/* ---- the document ---- */

static policy_version read_version(const node *n)
{
    str text = node_is_string(n) ? node_text(n) : (str){0};
    return str_eq(text, STR("2012-10-17"))   ? VERSION_2012
           : str_eq(text, STR("2008-10-17")) ? VERSION_2008
                                             : VERSION_UNKNOWN;
}

static size_t count_strangers(const node *document)
{
    size_t n = 0;
    for (NODE_EACH(member, document)) {
        str key = node_key(member);
        n += !str_eq(key, STR("Statement")) && !str_eq(key, STR("Version")) && !str_eq(key, STR("Id"));
    }
    return n;
}

static struct policy *parse(arena *a, const source *s, const node *document, error *e)
{
    const node *list = node_get(document, "Statement"), *version = node_get(document, "Version");
    if (!node_is_object(document)) {
        (void)source_error(s, document, e, "expected a policy document (an object), found %s",
                           node_kind_name(document));
        return NULL;
    }
    if (!node_is_list(list) && !node_is_object(list)) {
        (void)source_error(s, list ? list : document, e, "expected \"Statement\" with a list of statements, found %s",
                           node_kind_name(list));
        return NULL;
    }
    struct policy *p = NEW(a, struct policy);
    size_t strangers = count_strangers(document);
    struct statement *statements =
        NEW_ARRAY(a, struct statement, (node_is_list(list) ? node_count(list) : 1) + strangers);
    *p = (struct policy){.source = s, .document = document, .statements = statements};
    p->version = version ? read_version(version) : VERSION_2008;
    for (const node *n = values_first(list); n; n = values_next(list, n)) {
        read_statement(a, &statements[p->count], n, (int)p->count);
        p->count++;
    }
    for (NODE_EACH(member, strangers ? document : NULL)) {
        str key = node_key(member);
        if (!str_eq(key, STR("Statement")) && !str_eq(key, STR("Version")) && !str_eq(key, STR("Id")))
            read_stranger(&statements[p->count++], member);
    }
    for (size_t i = 0; i < p->count; i++) {
        statements[i].version = p->version;
        p->services |= statements[i].services;
    }
    return p;
}

const struct policy *policy_met(arena *a, const struct policy *p, const source *s)
{
    struct policy *here = NEW(a, struct policy);
    *here = *p;
    here->source = s;
    return here;
}

const struct policy *policy_parse(arena *a, const source *s, const node *document, error *e)
{
    struct known *known = (struct known *)(uintptr_t)node_known(document);
    if (!known)
        return parse(a, s, document, e);
    const source *here = known_source(a, s, document);
    if (!known->made)
        known->made = parse(known_arena(known, a), here, known->root, e);
    return known->made ? policy_met(a, known->made, here) : NULL;
}
