/* pack.c - from the YAML of one pack to its params, topics, profiles and rules. */
#include "rules/pack.h"

#include "rules/load.h"

const char *rule_basis_name(rule_basis b)
{
    switch (b) {
    case BASIS_NONE: return "";
    case BASIS_REFUSAL: return "refusal";
    case BASIS_SAFETY: return "safety";
    case BASIS_PROCEDURE: return "aws-procedure";
    }
    return "";
}

/* ---- small parts ---- */

str rule_place(struct loader *l, const source *s, const node *n)
{
    uint32_t line = 0, column = 0;
    if (!s || !n)
        return s ? s->file : STR("an option");
    source_line_column(s, n->at, &line, &column);
    return arena_printf(l->a, "%.*s:%u", STR_ARG(s->file), (unsigned)line);
}

str routes_text(arena *a, unsigned routes)
{
    str out = {0};
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            out = arena_printf(a, "%.*s%s%s", STR_ARG(out), out.len ? ", " : "", route_name((route)r));
    return out;
}

bool texts_read(struct loader *l, const node *parent, const char *key, const str **out, size_t *count)
{
    const node *n = node_get(parent, key);
    if (!n)
        return true;
    if (!list_check(l, n, key))
        return false;
    str *texts = NEW_ARRAY(l->a, str, node_count(n));
    *out = texts;
    for (NODE_EACH(item, n)) {
        if (!node_is_string(item) || str_is_blank(node_text(item)))
            return fault(l, item, (str){0}, "\"%s\" is a list of texts, this is %s", key, node_kind_name(item));
        texts[(*count)++] = node_text(item);
    }
    return true;
}

bool word_read(struct loader *l, const node *n, const char *what, const char *const *words, int *out)
{
    str text = node_text(n);
    struct guess g = guess_begin(text);
    str all = {0};
    for (int i = 0; words[i]; i++) {
        if (node_is_string(n) && str_is(text, words[i]))
            return *out = i, true;
        guess_offer(&g, str_from(words[i]));
        all = arena_printf(l->a, "%.*s%s%s", STR_ARG(all), i ? ", " : "", words[i]);
    }
    str help = g.best.len ? guess_help(l->a, &g) : arena_printf(l->a, "one of: %.*s", STR_ARG(all));
    if (!node_is_string(n))
        return fault(l, n, help, "%s must be a word, not %s", what, node_kind_name(n));
    return fault(l, n, help, "unknown %s \"%.*s\"", what, STR_ARG(text));
}

bool routes_read(struct loader *l, const node *n, unsigned *out, unsigned *taken)
{
    if (!list_check(l, n, "the list of routes"))
        return false;
    bool good = true;
    for (NODE_EACH(item, n)) {
        static const char *const words[] = {"remove",    "leave",         "remove/api", "remove/console",
                                            "leave/api", "leave/console", "transfer",   NULL};
        int word;
        unsigned routes = 0;
        if (!word_read(l, item, "route", words, &word) || !routes_parse(node_text(item), &routes)) {
            good = false;
            continue;
        }
        if (*taken & routes)
            good =
                fault(l, item, (str){0}, "route %.*s stands here twice", STR_ARG(routes_text(l->a, *taken & routes)));
        *taken |= routes;
        *out |= routes;
    }
    return good;
}

const char *const level_words[] = {"blocker", "warning", "info", NULL}; /* in the order of `severity` */

void rank_routes(int *ranks, unsigned routes, int level)
{
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            ranks[r] = level;
}

/* level, for the routes in `all`; or {level: [route...]...}, only for those named. Others keep their rank. */
bool severity_read(struct loader *l, const node *n, unsigned all, int *ranks)
{
    int level;
    if (!node_is_object(n)) {
        if (!word_read(l, n, "severity", level_words, &level))
            return false;
        rank_routes(ranks, all, level);
        return true;
    }
    static const struct key keys[] = {
        {"blocker", false},
        {"warning", false},
        {"info",    false}
    };
    bool good = keys_check(l, n, keys, 3, "severity");
    if (node_count(n) == 0)
        return fault(l, n, (str){0}, "severity is empty");
    unsigned taken = 0;
    for (level = 0; level_words[level]; level++) {
        const node *routes = node_get(n, level_words[level]);
        unsigned of_level = 0;
        if (routes && routes_read(l, routes, &of_level, &taken))
            rank_routes(ranks, of_level, level);
        else
            good = good && !routes;
    }
    return good;
}

unsigned routes_ranked(const int *ranks, int level)
{
    unsigned routes = 0;
    for (int r = 0; r < ROUTE_COUNT; r++)
        routes |= ranks[r] == level ? ROUTE_BIT(r) : 0;
    return routes;
}

unsigned routes_of(const int *ranks)
{
    return ROUTES_ALL & ~routes_ranked(ranks, -1);
}

/* ---- params ---- */

static const char *const param_types[] = {"bool", "string", "int", "duration", "time", NULL};
static const value_type param_type_of[] = {TYPE_BOOL, TYPE_STRING, TYPE_INT, TYPE_DURATION, TYPE_TIME};

static bool param_value(struct loader *l, const node *n, struct param *p)
{
    struct literal lit = {0};
    str message, help;
    if (!literal_read(l->a, n, p->type, NULL, false, &lit, &message, &help))
        return fault(l, n, help, "param \"%.*s\": %.*s", STR_ARG(p->name), STR_ARG(message));
    if (lit.now)
        return fault(l, n, (str){0}, "param \"%.*s\" cannot be now", STR_ARG(p->name));
    p->value = (struct value){.state = VALUE_KNOWN, .type = p->type};
    switch (p->type) {
    case TYPE_BOOL: p->value.as.yes = lit.yes; break;
    case TYPE_STRING:
    case TYPE_ENUM: p->value.as.text = lit.text; break;
    case TYPE_INT:
    case TYPE_DURATION:
    case TYPE_TIME: p->value.as.number = lit.number; break;
    case TYPE_LIST: break;
    }
    return true;
}

static bool param_read(struct loader *l, const node *n)
{
    static const struct key keys[] = {
        {"type",    true},
        {"default", true},
        {"doc",     true}
    };
    struct param p = {.name = node_key(n), .source = l->source, .node = n};
    if (!is_slug(p.name))
        return fault_key(l, n, (str){0}, "\"%.*s\" is no name for a param: letters, digits, _ and -", STR_ARG(p.name));
    const struct param *other = ruleset_param(l->rs, p.name);
    if (other)
        return fault_key(l, n, (str){0}, "param \"%.*s\" is there already: %.*s", STR_ARG(p.name),
                         STR_ARG(rule_place(l, other->source, other->node)));
    int type;
    if (!keys_check(l, n, keys, 3, "a param") || !key_text(l, n, "doc", &p.doc) ||
        !word_read(l, node_get(n, "type"), "type", param_types, &type))
        return false;
    p.type = param_type_of[type];
    if (!param_value(l, node_get(n, "default"), &p))
        return false;
    *VEC_PUSH(l->a, &l->rs->params) = p;
    return true;
}

static str scalar_text(const node *n)
{
    return node_is_bool(n) ? node_is_true(n) ? STR("true") : STR("false") : node_text(n);
}

void add_weakened(struct loader *l, str what)
{
    *VEC_PUSH(l->a, &l->rs->weakened) = what;
}

static bool value_equal(const struct value *a, const struct value *b)
{
    if (a->type == TYPE_STRING)
        return str_eq(a->as.text, b->as.text);
    return a->type == TYPE_BOOL ? a->as.yes == b->as.yes : a->as.number == b->as.number;
}

/* params of orgexit.yaml. Another value than the pack's may weaken a blocker (wait_period: 0d), so it is told. */
void config_params(struct loader *l, const node *n)
{
    l->source = l->options->config;
    if (!node_is_object(n)) {
        fault(l, n, (str){0}, "\"params\" must be a mapping, not %s", node_kind_name(n));
        return;
    }
    for (NODE_EACH(item, n)) {
        struct param *p = NULL;
        struct guess g = guess_begin(node_key(item));
        for (size_t i = 0; i < l->rs->params.count; i++) {
            guess_offer(&g, l->rs->params.items[i].name);
            if (str_eq(l->rs->params.items[i].name, node_key(item)))
                p = &l->rs->params.items[i];
        }
        if (!p) {
            fault_key(l, item, guess_help(l->a, &g), "unknown param \"%.*s\"", STR_ARG(node_key(item)));
            continue;
        }
        struct value before = p->value;
        if (!param_value(l, item, p))
            continue;
        p->from_config = true;
        if (!value_equal(&before, &p->value))
            add_weakened(l, arena_printf(l->a, "param %.*s: %.*s instead of %.*s, by %.*s", STR_ARG(p->name),
                                         STR_ARG(scalar_text(item)), STR_ARG(scalar_text(node_get(p->node, "default"))),
                                         STR_ARG(rule_place(l, l->source, item))));
    }
}

/* ---- topics ---- */

static const struct {
    const char *suffix;
    value_type type;
    topic_part part;
    const char *doc;
} topic_parts[] = {
    {".by",          TYPE_STRING,   PART_BY,          "who attested it"                                   },
    {".evidence",    TYPE_STRING,   PART_EVIDENCE,    "what it rests on; absent: not given"               },
    {".date",        TYPE_TIME,     PART_DATE,        "when it was attested"                              },
    {".valid_until", TYPE_TIME,     PART_VALID_UNTIL, "until when it holds; absent: not given"            },
    {".time_left",   TYPE_DURATION, PART_TIME_LEFT,   "to valid_until, else to date + attestation_max_age"},
};

/* The rows of the catalogue that a topic of a pack adds: the same as fields.c has for the built-in ones. */
static void topic_rows(struct loader *l, struct topic_fields *t)
{
    static const value_type types[] = {
        [TOPIC_BOOL] = TYPE_BOOL, [TOPIC_WORD] = TYPE_ENUM, [TOPIC_TEXT] = TYPE_STRING, [TOPIC_LIST] = TYPE_LIST};
    t->fields[0] = (struct field){.name = arena_printf(l->a, "attested.%s", t->topic.name).ptr,
                                  .type = types[t->topic.kind],
                                  .item = t->topic.kind == TOPIC_LIST ? TYPE_STRING : TYPE_BOOL,
                                  .words = t->topic.words,
                                  .doc = t->topic.doc,
                                  .topic = &t->topic,
                                  .part = PART_VALUE};
    for (size_t i = 0; i < sizeof topic_parts / sizeof *topic_parts; i++)
        t->fields[i + 1] =
            (struct field){.name = arena_printf(l->a, "attested.%s%s", t->topic.name, topic_parts[i].suffix).ptr,
                           .type = topic_parts[i].type,
                           .doc = topic_parts[i].doc,
                           .topic = &t->topic,
                           .part = topic_parts[i].part};
}

static bool topic_words(struct loader *l, const node *n, struct topic *t)
{
    if (!list_check(l, n, "the words of a topic"))
        return false;
    const char **words = NEW_ARRAY(l->a, const char *, node_count(n) + 1);
    size_t count = 0;
    for (NODE_EACH(item, n)) {
        if (!node_is_string(item) || str_is_blank(node_text(item)))
            return fault(l, item, (str){0}, "a word of a topic must be a text, not %s", node_kind_name(item));
        words[count++] = arena_cstr(l->a, node_text(item));
    }
    t->kind = TOPIC_WORD;
    t->words = words;
    return true;
}

static bool topic_read(struct loader *l, const node *n)
{
    static const struct key keys[] = {
        {"type", true},
        {"doc",  true}
    };
    static const char *const types[] = {"bool", "string", "list", NULL};
    static const topic_kind kinds[] = {TOPIC_BOOL, TOPIC_TEXT, TOPIC_LIST};
    str name = node_key(n), doc = {0};
    if (!is_slug(name) || str_find_char(name, '-') < name.len)
        return fault_key(l, n, (str){0}, "\"%.*s\" is no name for a topic: letters, digits and _", STR_ARG(name));
    if (topic_find(name) || ruleset_topic(l->rs, name))
        return fault_key(l, n, (str){0}, "topic \"%.*s\" is there already", STR_ARG(name));
    if (!keys_check(l, n, keys, 2, "a topic") || !key_text(l, n, "doc", &doc))
        return false;
    struct topic_fields *t = NEW(l->a, struct topic_fields);
    t->topic = (struct topic){.name = arena_cstr(l->a, name), .doc = arena_cstr(l->a, doc)};
    t->source = l->source;
    t->node = n;
    const node *type = node_get(n, "type");
    int word = 0;
    if (node_is_list(type) ? !topic_words(l, type, &t->topic) : !word_read(l, type, "type", types, &word))
        return false;
    if (!node_is_list(type))
        t->topic.kind = kinds[word];
    topic_rows(l, t);
    *VEC_PUSH(l->a, &l->rs->topics) = t;
    *VEC_PUSH(l->a, &l->rs->topic_list) = t->topic;
    return true;
}

/* ---- one rule ---- */

static str first_word(const struct field *f)
{
    str name = str_from(f->name);
    return str_cut(&name, '.');
}

/* A template may tell what the rule has read and what stands beside it (who attested it, whose invitation it is), and
 * who and what the rule is about. */
static bool template_may_name(const struct loader *l, const struct field *f)
{
    static const char *const always[] = {"account", "actor", "org", "run"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (str_is(first_word(f), always[i]))
            return true;
    for (size_t i = 0; i < l->reads.count; i++)
        if (f->topic == l->reads.items[i]->topic && str_eq(first_word(f), first_word(l->reads.items[i])))
            return true;
    return false;
}

static bool template_fields_allowed(struct loader *l, const node *n, const struct text_template *t, const char *what)
{
    for (size_t i = 0; t && i < t->count; i++) {
        const struct field *f = t->parts[i].field;
        if (f && !template_may_name(l, f))
            return fault(l, n, STR("fields of account, actor, org and run are always allowed"),
                         "%s names {%s}, which the rule does not read", what, f->name);
    }
    return true;
}

static const struct text_template *allowed_template(struct loader *l, const node *n, const char *what)
{
    const struct text_template *t = n ? template_compile(l, n, what) : NULL;
    return t && template_fields_allowed(l, n, t, what) ? t : NULL;
}

static bool message_read(struct loader *l, const node *n, struct rule *r)
{
    static const struct key keys[] = {
        {"fail",    true },
        {"unknown", false},
        {"pass",    false}
    };
    if (!keys_check(l, n, keys, 3, "message"))
        return false;
    r->message_fail = allowed_template(l, node_get(n, "fail"), "the message \"fail\"");
    r->message_unknown = allowed_template(l, node_get(n, "unknown"), "the message \"unknown\"");
    r->message_pass = allowed_template(l, node_get(n, "pass"), "the message \"pass\"");
    return true;
}

static bool fix_read(struct loader *l, const node *n, struct fix_template *out)
{
    static const struct key keys[] = {
        {"text",    true },
        {"command", false}
    };
    if (!keys_check(l, n, keys, 2, "a fix"))
        return false;
    const struct text_template *text = allowed_template(l, node_get(n, "text"), "the text of a fix");
    if (text)
        out->text = *text;
    const node *command = node_get(n, "command");
    if (!command)
        return text != NULL;
    if (!list_check(l, command, "a command"))
        return false;
    struct text_template *parts = NEW_ARRAY(l->a, struct text_template, node_count(command));
    out->command = parts;
    for (NODE_EACH(item, command)) {
        const struct text_template *part = allowed_template(l, item, "an argument of a command");
        if (!part)
            return false;
        parts[out->command_len++] = *part;
    }
    return text != NULL;
}

static bool fixes_read(struct loader *l, const node *n, struct rule *r)
{
    if (!n)
        return true;
    if (!list_check(l, n, "fix"))
        return false;
    struct fix_template *fixes = NEW_ARRAY(l->a, struct fix_template, node_count(n));
    r->fixes = fixes;
    bool good = true;
    for (NODE_EACH(item, n))
        good = fix_read(l, item, &fixes[r->fix_count++]) && good;
    return good;
}

static bool rule_ranks(struct loader *l, const node *n, struct rule *r)
{
    const node *levels = node_get(n, "severity"), *routes = node_get(n, "routes");
    for (int i = 0; i < ROUTE_COUNT; i++)
        r->ranked_as[i] = -1;
    unsigned all = ROUTES_REMOVE | ROUTES_LEAVE, taken = 0;
    if (routes && node_is_object(levels))
        return fault_key(l, routes, (str){0}, "\"severity\" names the routes already: leave \"routes\" out");
    bool good = true;
    if (routes) {
        all = 0;
        good = routes_read(l, routes, &all, &taken);
    }
    return severity_read(l, levels, all, r->ranked_as) && good;
}

static bool rule_basis_read(struct loader *l, const node *n, struct rule *r)
{
    static const char *const words[] = {"refusal", "safety", "aws-procedure", NULL};
    const node *basis = node_get(n, "basis");
    int word;
    if (basis && !word_read(l, basis, "basis", words, &word))
        return false;
    r->basis = basis ? (rule_basis)(word + BASIS_REFUSAL) : BASIS_NONE;
    r->waivable = r->basis != BASIS_REFUSAL;
    if (!key_bool(l, n, "waivable", &r->waivable))
        return false;
    if (r->basis == BASIS_REFUSAL && r->waivable)
        return fault(l, node_get(n, "waivable"), (str){0}, "AWS refuses the call: nobody can waive that");
    return true;
}

static bool rule_tests(struct loader *l, const node *n, struct rule *r)
{
    const node *when = node_get(n, "when"), *require = node_get(n, "require");
    l->reads.count = 0;
    l->reads.items = NULL;
    l->reads.room = 0;
    r->first_test = l->rs->test_count;
    r->when = when ? test_compile(l, when) : NULL;
    r->require = require ? test_compile(l, require) : NULL;
    r->test_count = l->rs->test_count - r->first_test;
    r->reads = l->reads.items;
    r->read_count = l->reads.count;
    if (r->require && test_constant(r->require) != TRI_UNKNOWN)
        return fault_key(l, require, (str){0}, "\"require\" is always %s, whatever the facts",
                         test_constant(r->require) == TRI_YES ? "true" : "false");
    if (r->when && test_constant(r->when) != TRI_UNKNOWN)
        return fault_key(l, when, (str){0}, "\"when\" is always %s, whatever the facts",
                         test_constant(r->when) == TRI_YES ? "true" : "false");
    return r->require && (!when || r->when);
}

/* What the rule asks for beside: a test and messages of its own, all else the rule's. */
static bool also_read(struct loader *l, const node *n, struct rule *r)
{
    static const struct key keys[] = {
        {"severity", true },
        {"when",     false},
        {"require",  true },
        {"message",  true }
    };
    if (!n)
        return true;
    if (!keys_check(l, n, keys, 4, "also"))
        return false;
    struct rule *also = NEW(l->a, struct rule);
    int level;
    if (!word_read(l, node_get(n, "severity"), "severity", level_words, &level))
        return false;
    if (level == SEVERITY_BLOCKER)
        return fault(l, node_get(n, "severity"), STR("warning or info"), "a blocker belongs in the rule's \"require\"");
    *also = *r;
    for (int on = 0; on < ROUTE_COUNT; on++)
        also->ranked_as[on] = r->ranked_as[on] >= 0 ? level : -1;
    memcpy(also->severity_on, also->ranked_as, sizeof also->severity_on);
    also->message_unknown = also->message_pass = NULL;
    r->also = also;
    bool good = rule_tests(l, n, also) && message_read(l, node_get(n, "message"), also);
    r->test_count += also->test_count;
    return good;
}

static bool tags_check(struct loader *l, const node *n)
{
    bool good = true;
    for (NODE_EACH(item, node_get(n, "tags")))
        if (node_is_string(item) && !is_slug(node_text(item)))
            good = fault(l, item, (str){0}, "a tag has letters, digits, _ and -");
    return good;
}

static bool blocker_check(struct loader *l, const node *n, const struct rule *r)
{
    if (!routes_ranked(r->ranked_as, SEVERITY_BLOCKER))
        return true;
    bool good = true;
    if (r->basis == BASIS_NONE && !node_get(n, "basis"))
        good = fault(l, n,
                     STR("refusal: AWS refuses; safety: the account would be lost; aws-procedure: AWS's page says so"),
                     "blocker \"%.*s\" lacks \"basis\"", STR_ARG(r->id));
    if (r->fix_count == 0)
        good = fault(l, n, (str){0}, "blocker \"%.*s\" lacks \"fix\"", STR_ARG(r->id));
    return good;
}

static bool rule_id_read(struct loader *l, const node *n, struct rule *r)
{
    const node *id = node_get(n, "id");
    if (!id)
        return false;
    if (!node_is_string(id) || !is_rule_id(node_text(id)))
        return fault(l, id, STR("lower case letters, digits, _ and -, with a dot: section.what-is-true"),
                     "this is no id for a rule");
    r->id = node_text(id);
    const node *title = node_get(n, "title");
    if (!key_text(l, n, "title", &r->title))
        return false;
    size_t length = 0;
    for (size_t i = 0; i < r->title.len; i++)
        length += ((unsigned char)r->title.ptr[i] & 0xC0) != 0x80;
    if (length > 80)
        return fault(l, title, (str){0}, "a title has at most 80 characters, this one has %zu", length);
    return true;
}

/* An earlier rule of this id may be replaced by a pack that says so, but not by a weaker one where AWS refuses. */
static bool override_check(struct loader *l, const node *n, const struct rule *old, const struct rule *r, bool override)
{
    if (!old)
        return !override || fault(l, node_get(n, "override"), (str){0}, "there is no earlier rule \"%.*s\" to override",
                                  STR_ARG(r->id));
    str where = rule_place(l, old->source, old->node);
    if (!override || str_eq(old->pack, r->pack))
        return fault(l, node_get(n, "id"),
                     override ? (str){0} : STR("override: true replaces the rule of an earlier pack"),
                     "rule \"%.*s\" is there already: %.*s", STR_ARG(r->id), STR_ARG(where));
    unsigned was = routes_ranked(old->ranked_as, SEVERITY_BLOCKER);
    if (!was || !rule_is_pinned(old))
        return true;
    if (was & ~routes_ranked(r->ranked_as, SEVERITY_BLOCKER))
        return fault(l, n, (str){0}, "\"%.*s\" must stay a blocker on %.*s", STR_ARG(r->id),
                     STR_ARG(routes_text(l->a, was & ~routes_ranked(r->ranked_as, SEVERITY_BLOCKER))));
    if (!rule_is_pinned(r) || (old->basis == BASIS_REFUSAL && r->basis != BASIS_REFUSAL))
        return fault(l, n, (str){0}, "\"%.*s\" must keep its basis, and nobody may waive it", STR_ARG(r->id));
    return true;
}

/* The new rule takes the old one's place. One that nobody may weaken goes on below it. */
static void replace_rule(struct loader *l, struct rule *old, const struct rule *r)
{
    struct rule *under = NULL;
    if (rule_is_pinned(old) && routes_ranked(old->ranked_as, SEVERITY_BLOCKER)) {
        under = NEW(l->a, struct rule);
        *under = *old;
    }
    add_weakened(l,
                 arena_printf(l->a, "%.*s: replaced by pack %.*s, %.*s%s", STR_ARG(r->id), STR_ARG(r->pack),
                              STR_ARG(rule_place(l, r->source, r->node)), under ? "; what it was holds as well" : ""));
    *old = *r;
    old->under = under;
}

static bool rule_keep(struct loader *l, const node *n, const struct rule *r, bool override)
{
    void **at = map_at(l->a, &l->rs->by_id, r->id);
    struct rule *old = *at ? &l->rs->rules.items[(size_t)((uintptr_t)*at - 1)] : NULL;
    bool good = override_check(l, n, old, r, override);
    if (old && good) {
        replace_rule(l, old, r);
    } else if (!old) {
        *VEC_PUSH(l->a, &l->rs->rules) = *r;
        *at = (void *)(uintptr_t)l->rs->rules.count; /* its number and one: NULL means a free place */
    }
    return good;
}

static bool rule_read(struct loader *l, const node *n)
{
    static const struct key keys[] = {
        {"id",         true },
        {"title",      true },
        {"severity",   true },
        {"routes",     false},
        {"when",       false},
        {"require",    true },
        {"message",    true },
        {"also",       false},
        {"why",        false},
        {"fix",        false},
        {"basis",      false},
        {"waivable",   false},
        {"override",   false},
        {"predicts",   false},
        {"references", false},
        {"tags",       false},
        {"since",      false},
        {"docs",       false},
    };
    if (!keys_check(l, n, keys, sizeof keys / sizeof *keys, "a rule") && !node_is_object(n))
        return false;
    struct rule r = {.pack = l->pack, .builtin = l->builtin, .source = l->source, .node = n};
    bool good = rule_id_read(l, n, &r), override = false;
    if (node_get(n, "severity"))
        good = rule_ranks(l, n, &r) && good;
    good = rule_basis_read(l, n, &r) && good;
    good = rule_tests(l, n, &r) && good;
    if (node_get(n, "message"))
        good = message_read(l, node_get(n, "message"), &r) && good;
    good = fixes_read(l, node_get(n, "fix"), &r) && good;
    good = key_text(l, n, "why", &r.why) && good;
    good = key_text(l, n, "since", &r.since) && good;
    good = key_text(l, n, "docs", &r.docs) && good;
    good = texts_read(l, n, "predicts", &r.predicts, &r.predict_count) && good;
    good = texts_read(l, n, "references", &r.references, &r.reference_count) && good;
    good = texts_read(l, n, "tags", &r.tags, &r.tag_count) && tags_check(l, n) && good;
    good = key_bool(l, n, "override", &override) && good;
    good = blocker_check(l, n, &r) && good;
    good = also_read(l, node_get(n, "also"), &r) && good;
    memcpy(r.severity_on, r.ranked_as, sizeof r.severity_on);
    return r.id.len > 0 && rule_keep(l, n, &r, override) && good;
}

/* ---- one pack ---- */

static void each(struct loader *l, const node *n, const char *what, bool (*read)(struct loader *, const node *))
{
    if (!n)
        return;
    if (!node_is_object(n) || node_count(n) == 0) {
        fault(l, n, (str){0}, "\"%s\" must be a mapping with something in it", what);
        return;
    }
    for (NODE_EACH(item, n))
        read(l, item);
}

static bool profile_read(struct loader *l, const node *n)
{
    str name = node_key(n);
    if (!is_slug(name) || str_is(name, "full"))
        return fault_key(l, n, (str){0}, "\"%.*s\" is no name for a profile%s", STR_ARG(name),
                         str_is(name, "full") ? ": full is what the rules themselves say" : "");
    if (!node_is_object(n) || node_count(n) == 0)
        return fault(l, n, (str){0}, "a profile is a mapping from rule ids to severities");
    *VEC_PUSH(l->a, &l->rs->profiles) =
        (struct profile){.name = name, .pack = l->pack, .source = l->source, .node = n, .builtin = l->builtin};
    return true;
}

static bool pack_head(struct loader *l, const node *root)
{
    static const struct key keys[] = {
        {"version",  true },
        {"pack",     true },
        {"params",   false},
        {"topics",   false},
        {"profiles", false},
        {"rules",    false},
        {"steps",    false},
        {"answers",  false}
    };
    static const struct key head_keys[] = {
        {"id",     true },
        {"title",  true },
        {"source", false}
    };
    if (!keys_check(l, root, keys, sizeof keys / sizeof *keys, "a rule pack") && !node_is_object(root))
        return false;
    if (!node_get(root, "rules") && !node_get(root, "steps"))
        fault(l, root, (str){0}, "a rule pack lacks \"rules\"");
    const node *version = node_get(root, "version"), *pack = node_get(root, "pack");
    if (version && !(node_is_number(version) && str_is(node_text(version), "1")))
        fault(l, version, STR("write version: 1"), "this version of rule packs is not known here");
    if (!pack || !keys_check(l, pack, head_keys, 3, "pack"))
        return false;
    str title, source_text;
    key_text(l, pack, "title", &title);
    key_text(l, pack, "source", &source_text);
    if (!key_text(l, pack, "id", &l->pack))
        return false;
    if (!is_slug(l->pack))
        return fault(l, node_get(pack, "id"), (str){0}, "this is no id for a pack: letters, digits, _ and -");
    if (!l->builtin && str_is(l->pack, "builtin"))
        return fault(l, node_get(pack, "id"), STR("give the pack a name of its own"),
                     "only orgexit's own pack is called \"builtin\"");
    return true;
}

void pack_begin(struct loader *l, const struct pack_input *p)
{
    l->source = p->source;
    l->builtin = p->builtin;
    l->pack = (str){0};
    const node *pack = node_get(p->source->root, "pack");
    if (node_is_string(node_get(pack, "id")))
        l->pack = node_text(node_get(pack, "id"));
}

/* Names first, so that rules may use the params and topics of any pack. */
void pack_names(struct loader *l, const struct pack_input *p)
{
    pack_begin(l, p);
    const node *root = p->source->root;
    if (!pack_head(l, root) && !node_is_object(root))
        return;
    each(l, node_get(root, "params"), "params", param_read);
    each(l, node_get(root, "topics"), "topics", topic_read);
    each(l, node_get(root, "profiles"), "profiles", profile_read);
}

void pack_rules(struct loader *l, const struct pack_input *p)
{
    pack_begin(l, p);
    const node *rules = node_get(p->source->root, "rules");
    if (!rules || !list_check(l, rules, "rules"))
        return;
    for (NODE_EACH(item, rules))
        rule_read(l, item);
}
