/* compile.c - from the YAML of a test or a template to its compiled form, type-checked against the field catalogue. */
#include "base/work.h"
#include "catalog/catalog.h"
#include "rules/load.h"

/* The lists that an every or some around the test goes through. */
struct scope {
    const struct field *list;
    const struct scope *outer;
};

static const struct test *compile(struct loader *l, const node *n, const struct scope *scope, unsigned depth);

static struct test *test_new(struct loader *l, const node *n, test_kind kind)
{
    struct test *t = NEW(l->a, struct test);
    *t = (struct test){.kind = kind, .number = l->rs->test_count++, .source = l->source, .node = n};
    return t;
}

static void note_read(struct loader *l, const struct field *f)
{
    for (size_t i = 0; i < l->reads.count; i++)
        if (l->reads.items[i] == f)
            return;
    *VEC_PUSH(l->a, &l->reads) = f;
}

/* ---- fields ---- */

static str head_of(str name)
{
    return str_cut(&name, '.');
}

static str all_fields_note(struct loader *l, str name)
{
    str head = head_of(name);
    for (size_t i = 0; i < field_catalogue_count; i++)
        if (str_eq(head_of(str_from(field_catalogue[i].name)), head))
            return arena_printf(l->a, "orgexit rules fields %.*s   lists these fields", STR_ARG(head));
    return STR("orgexit rules fields   lists all fields");
}

static bool unknown_field(struct loader *l, const node *n, bool key, str name, const struct scope *scope)
{
    struct guess g = guess_begin(name);
    for (size_t i = 0; i < field_catalogue_count; i++)
        if (!field_catalogue[i].of)
            guess_offer(&g, str_from(field_catalogue[i].name));
    for (size_t i = 0; i < l->rs->topics.count; i++)
        for (size_t p = 0; p <= PART_TIME_LEFT; p++)
            guess_offer(&g, str_from(l->rs->topics.items[i]->fields[p].name));
    for (; scope; scope = scope->outer)
        for (size_t i = 0; i < field_member_count(scope->list); i++)
            guess_offer(&g, str_from(scope->list[1 + i].name));
    if (key)
        fault_key(l, n, guess_help(l->a, &g), "unknown field \"%.*s\"", STR_ARG(name));
    else
        fault(l, n, guess_help(l->a, &g), "unknown field \"%.*s\"", STR_ARG(name));
    fault_note(l, all_fields_note(l, name));
    return false;
}

const struct field *field_resolve(struct loader *l, str name)
{
    return ruleset_field(l->rs, name);
}

/* The field of that name, an element's if a list around has it. NULL: a fault was told. */
static const struct field *scoped_field(struct loader *l, const node *n, bool key, str name, const struct scope *scope)
{
    for (const struct scope *s = scope; s; s = s->outer) {
        const struct field *f = field_element(s->list, name);
        if (f)
            return f;
    }
    const struct field *f = field_resolve(l, name);
    if (!f)
        return unknown_field(l, n, key, name, scope), NULL;
    if (!f->of)
        return note_read(l, f), f;
    str help = arena_printf(l->a, "use it inside some: {in: %s, holds: ...} or every", f->of);
    if (key)
        fault_key(l, n, help, "\"%.*s\" is a field of the elements of %s", STR_ARG(name), f->of);
    else
        fault(l, n, help, "\"%.*s\" is a field of the elements of %s", STR_ARG(name), f->of);
    return NULL;
}

/* ---- templates ---- */

static bool template_field(struct loader *l, const node *n, str name, struct template_part *part, const char *what)
{
    part->field = field_resolve(l, name);
    if (!part->field)
        return unknown_field(l, n, false, name, NULL);
    if (part->field->of)
        return fault(l, n, (str){0}, "%s cannot name \"%.*s\": it belongs to the elements of a list", what,
                     STR_ARG(name));
    return true;
}

static bool template_param(struct loader *l, const node *n, str name, struct template_part *part)
{
    part->param = ruleset_param(l->rs, name);
    if (part->param)
        return true;
    struct guess g = guess_begin(name);
    for (size_t i = 0; i < l->rs->params.count; i++)
        guess_offer(&g, l->rs->params.items[i].name);
    return fault(l, n, guess_help(l->a, &g), "unknown param \"%.*s\"", STR_ARG(name));
}

static bool template_word(struct loader *l, const node *n, str name, struct template_part *part, const char *what)
{
    struct guess g = guess_begin(name);
    for (size_t i = 0; l->words && l->words[i]; i++) {
        guess_offer(&g, str_from(l->words[i]));
        if (str_is(name, l->words[i]))
            part->word = name;
    }
    return part->word.ptr || fault(l, n, guess_help(l->a, &g), "%s cannot name {step.%.*s}", what, STR_ARG(name));
}

static void param_used(struct loader *l, const struct param *p)
{
    l->rs->params.items[p - l->rs->params.items].used = true;
}

bool template_read(struct loader *l, const node *n, struct text_template *out, const char *what)
{
    if (!node_is_string(n) || str_is_blank(node_text(n)))
        return fault(l, n, (str){0}, "%s must be a text with something in it", what);
    VEC(struct template_part) parts = {0};
    str rest = node_text(n);
    while (rest.len > 0) {
        size_t open = str_find_char(rest, '{');
        size_t literal = open < rest.len ? open : rest.len;
        bool brace = literal + 1 < rest.len && rest.ptr[literal + 1] == '{'; /* "{{" says one brace */
        if (literal > 0 || brace)
            VEC_PUSH(l->a, &parts)->text = str_head(rest, literal + brace);
        rest = str_from_index(rest, literal + (brace ? 2 : 0));
        if (brace || rest.len == 0)
            continue;
        size_t close = str_find_char(rest, '}');
        if (close >= rest.len)
            return fault(l, n, STR("\"{{\" prints a brace"), "%s has a \"{\" without its \"}\"", what);
        str name = {rest.ptr + 1, close - 1};
        struct template_part *part = VEC_PUSH(l->a, &parts);
        bool good = str_starts(name, STR("param."))  ? template_param(l, n, str_from_index(name, 6), part)
                    : str_starts(name, STR("step.")) ? template_word(l, n, str_from_index(name, 5), part, what)
                                                     : template_field(l, n, name, part, what);
        if (!good)
            return false;
        if (part->param)
            param_used(l, part->param);
        rest = str_from_index(rest, close + 1);
    }
    *out = (struct text_template){parts.items, parts.count};
    return true;
}

const struct text_template *template_compile(struct loader *l, const node *n, const char *what)
{
    struct text_template *t = NEW(l->a, struct text_template);
    return template_read(l, n, t, what) ? t : NULL;
}

/* ---- patterns ---- */

static void free_pattern(void *what)
{
    pcre2_code_free(((struct pattern *)what)->code);
}
static void free_limits(void *what)
{
    pcre2_match_context_free(*(pcre2_match_context **)what);
}
static void free_compiling(void *what)
{
    pcre2_compile_context_free(*(pcre2_compile_context **)what);
}

/* Limits measured so that the worst pattern costs about 2 ms (10,000,000 steps and 20 GB are PCRE2's own). */
static void make_contexts(struct loader *l)
{
    if (l->limits)
        return;
    pcre2_match_context **limits = NEW(l->a, pcre2_match_context *);
    pcre2_compile_context **compiling = NEW(l->a, pcre2_compile_context *);
    arena_defer(l->a, free_limits, limits);
    arena_defer(l->a, free_compiling, compiling);
    *limits = pcre2_match_context_create(NULL);
    *compiling = pcre2_compile_context_create(NULL);
    if (!*limits || !*compiling)
        work_leave(arena_exit(l->a));
    pcre2_set_match_limit(*limits, 100000);
    pcre2_set_heap_limit(*limits, 1024); /* KiB */
    pcre2_set_depth_limit(*limits, 1000);
    pcre2_set_max_pattern_length(*compiling, PATTERN_LIMIT);
    pcre2_set_parens_nest_limit(*compiling, 50);
    l->limits = *limits;
    l->compiling = *compiling;
}

/* A verb "(*...)" can make a pattern lie or fail always, a callout calls nobody: neither belongs into a rule. */
static const char *forbidden_in(str p)
{
    bool in_class = false;
    for (size_t i = 0; i < p.len; i++) {
        char next = i + 1 < p.len ? p.ptr[i + 1] : '\0';
        if (p.ptr[i] == '\\' && next == 'Q') {
            size_t end = str_find(str_from_index(p, i), STR("\\E"));
            if (end == SIZE_MAX)
                return NULL;
            i += end + 1;
        } else if (p.ptr[i] == '\\')
            i++;
        else if (in_class)
            in_class = p.ptr[i] != ']';
        else if (p.ptr[i] == '[') {
            in_class = true;
            i += next == '^';
            i += i + 1 < p.len && p.ptr[i + 1] == ']'; /* a "]" that comes first is one of the class */
        } else if (p.ptr[i] == '(' && next == '*')
            return "a verb \"(*...)\"";
        else if (p.ptr[i] == '(' && next == '?' && i + 2 < p.len && p.ptr[i + 2] == 'C')
            return "a callout \"(?C...)\"";
    }
    return NULL;
}

static const struct pattern *pattern_compile(struct loader *l, const node *n)
{
    str text = node_text(n);
    if (!node_is_string(n) || text.len == 0)
        return fault(l, n, (str){0}, "a pattern must be a text with something in it"), NULL;
    if (text.len > PATTERN_LIMIT)
        return fault(l, n, (str){0}, "a pattern may have %d bytes, this one has %zu", PATTERN_LIMIT, text.len), NULL;
    const char *forbidden = forbidden_in(text);
    if (forbidden)
        return fault(l, n, (str){0}, "the pattern has %s, which rules may not use", forbidden), NULL;
    make_contexts(l);
    struct pattern *p = NEW(l->a, struct pattern);
    arena_defer(l->a, free_pattern, p); /* before the code exists, so that leaving early frees it */
    *p = (struct pattern){.limits = l->limits, .text = text};
    int code = 0;
    PCRE2_SIZE at = 0;
    p->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len,
                            PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C, &code, &at,
                            l->compiling);
    if (p->code)
        return p;
    if (code == PCRE2_ERROR_HEAP_FAILED)
        work_leave(arena_exit(l->a));
    PCRE2_UCHAR why[128] = "";
    pcre2_get_error_message(code, why, sizeof why);
    fault(l, n, (str){0}, "the pattern does not compile: %s, at character %zu of it", (const char *)why, at + 1);
    return NULL;
}

/* ---- operators ---- */

enum {
    ON_BOOL = 1 << TYPE_BOOL,
    ON_STRING = 1 << TYPE_STRING,
    ON_ENUM = 1 << TYPE_ENUM,
    ON_INT = 1 << TYPE_INT,
    ON_DURATION = 1 << TYPE_DURATION,
    ON_TIME = 1 << TYPE_TIME,
    ON_LIST = 1 << TYPE_LIST
};

/* "is" comes first: {FIELD: value} is short for it. */
static const struct operator_row {
    const char *name;
    test_op op;
    unsigned types;
} operators[] = {
    {"is",       OP_IS,       ON_BOOL | ON_STRING | ON_ENUM | ON_INT                        },
    {"is_not",   OP_IS_NOT,   ON_STRING | ON_ENUM                                           },
    {"in",       OP_IN,       ON_STRING | ON_ENUM                                           },
    {"not_in",   OP_NOT_IN,   ON_STRING | ON_ENUM                                           },
    {"matches",  OP_MATCHES,  ON_STRING                                                     },
    {"glob",     OP_GLOB,     ON_STRING                                                     },
    {"is_empty", OP_IS_EMPTY, ON_STRING | ON_LIST                                           },
    {"present",  OP_PRESENT,  ON_STRING | ON_ENUM | ON_INT | ON_DURATION | ON_TIME | ON_LIST},
    {"at_least", OP_AT_LEAST, ON_INT | ON_DURATION                                          },
    {"at_most",  OP_AT_MOST,  ON_INT | ON_DURATION                                          },
    {"before",   OP_BEFORE,   ON_TIME                                                       },
    {"after",    OP_AFTER,    ON_TIME                                                       },
    {"contains", OP_CONTAINS, ON_LIST                                                       },
    {"size",     OP_SIZE,     ON_LIST                                                       },
};
enum { OPERATOR_COUNT = sizeof operators / sizeof *operators };

static str operators_for(arena *a, value_type type)
{
    str all = {0};
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (operators[i].types & (1u << type))
            all = arena_printf(a, "%.*s%s%s", STR_ARG(all), all.len ? ", " : "", operators[i].name);
    return all;
}

static const struct operator_row *operator_find(struct loader *l, const node *n, const struct field *f)
{
    const struct operator_row *found = NULL;
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (str_is(node_key(n), operators[i].name))
            found = &operators[i];
    if (!found) {
        struct guess g = guess_begin(node_key(n));
        for (size_t i = 0; i < OPERATOR_COUNT; i++)
            guess_offer(&g, str_from(operators[i].name));
        str help = g.best.len ? guess_help(l->a, &g)
                              : arena_printf(l->a, "%s has: %.*s", f->name, STR_ARG(operators_for(l->a, f->type)));
        return fault_key(l, n, help, "unknown operator \"%.*s\"", STR_ARG(node_key(n))), NULL;
    }
    if (found->types & (1u << f->type))
        return found;
    fault_key(l, n, arena_printf(l->a, "it has: %.*s", STR_ARG(operators_for(l->a, f->type))),
              "%s is of type %s, which has no \"%s\"", f->name, value_type_name(f->type), found->name);
    return NULL;
}

static bool take_param(struct loader *l, const node *n, value_type type, const char *const *words, struct literal *out)
{
    const node *name = node_get(n, "param");
    if (!name || node_count(n) != 1 || !node_is_string(name))
        return fault(l, n, STR("write a value, or {param: NAME}"), "a value is wanted here, not a mapping");
    struct template_part part = {0};
    if (!template_param(l, name, node_text(name), &part))
        return false;
    param_used(l, part.param);
    const struct param *p = part.param;
    if (p->type != type && !(type == TYPE_ENUM && p->type == TYPE_STRING))
        return fault(l, name, (str){0}, "param \"%.*s\" is of type %s, %s is wanted here", STR_ARG(p->name),
                     value_type_name(p->type), value_type_name(type));
    switch (type) {
    case TYPE_BOOL: out->yes = p->value.as.yes; return true;
    case TYPE_STRING: out->text = p->value.as.text; return true;
    case TYPE_ENUM:
        out->text = p->value.as.text;
        for (size_t i = 0; words[i]; i++)
            if (str_is(out->text, words[i]))
                return true;
        return fault(l, name, (str){0}, "param \"%.*s\" is \"%.*s\", which is no word of this field", STR_ARG(p->name),
                     STR_ARG(out->text));
    case TYPE_INT:
    case TYPE_DURATION:
    case TYPE_TIME: out->number = p->value.as.number; return true;
    case TYPE_LIST: break;
    }
    return false;
}

static bool take_literal(struct loader *l, const node *n, value_type type, const struct field *f, struct literal *out)
{
    if (node_is_object(n))
        return take_param(l, n, type, f->words, out);
    str message, help;
    if (literal_read(l->a, n, type, f->words, field_is_account_id(f), out, &message, &help))
        return true;
    return fault(l, n, help, "%s: %.*s", f->name, STR_ARG(message));
}

static bool take_literals(struct loader *l, const node *n, const struct field *f, struct test *t)
{
    if (!list_check(l, n, "the list of an \"in\" or \"not_in\""))
        return false;
    struct literal *all = NEW_ARRAY(l->a, struct literal, node_count(n));
    size_t count = 0;
    for (NODE_EACH(item, n))
        if (take_literal(l, item, f->type, f, &all[count]))
            count++;
    t->literals = all;
    t->literal_count = count;
    return count == node_count(n);
}

static bool take_one(struct loader *l, const node *n, value_type type, const struct field *f, struct test *t)
{
    struct literal *one = NEW(l->a, struct literal);
    t->literals = one;
    t->literal_count = 1;
    return take_literal(l, n, type, f, one);
}

static bool take_pattern(struct loader *l, const node *n, struct test *t)
{
    t->pattern = pattern_compile(l, n);
    return t->pattern != NULL;
}

/* contains: literal | {glob: text} | {matches: pattern}, of a list of texts. */
static bool take_contains(struct loader *l, const node *n, const struct field *f, struct test *t)
{
    if (f->item != TYPE_STRING)
        return fault_key(l, n, arena_printf(l->a, "use some: {in: %s, holds: ...}", f->name),
                         "%s is a list of records, which has no \"contains\"", f->name);
    static const struct field text = {.name = "contains", .type = TYPE_STRING};
    const node *glob = node_get(n, "glob"), *matches = node_get(n, "matches");
    if (node_count(n) == 1 && glob)
        return t->glob = true, take_one(l, glob, TYPE_STRING, &text, t);
    if (node_count(n) == 1 && matches)
        return take_pattern(l, matches, t);
    return take_one(l, n, TYPE_STRING, &text, t);
}

static bool take_size(struct loader *l, const node *n, struct test *t)
{
    static const struct key keys[] = {
        {"at_least", false},
        {"at_most",  false}
    };
    static const struct field number = {.name = "size", .type = TYPE_INT};
    if (!keys_check(l, n, keys, 2, "size"))
        return false;
    const node *least = node_get(n, "at_least"), *most = node_get(n, "at_most");
    if (!least && !most)
        return fault(l, n, (str){0}, "size lacks at_least or at_most");
    struct literal *bounds = NEW_ARRAY(l->a, struct literal, 2);
    t->literals = bounds;
    t->literal_count = 2;
    t->has_least = least != NULL;
    t->has_most = most != NULL;
    if ((least && !take_literal(l, least, TYPE_INT, &number, &bounds[0])) ||
        (most && !take_literal(l, most, TYPE_INT, &number, &bounds[1])))
        return false;
    if (least && most && bounds[0].number > bounds[1].number)
        return fault(l, least, (str){0}, "at_least is above at_most: nothing can be both");
    return true;
}

static bool take_operand(struct loader *l, const node *n, const struct field *f, struct test *t)
{
    switch (t->op) {
    case OP_IS:
    case OP_IS_NOT:
    case OP_AT_LEAST:
    case OP_AT_MOST:
    case OP_BEFORE:
    case OP_AFTER: return take_one(l, n, f->type, f, t);
    case OP_IN:
    case OP_NOT_IN: return take_literals(l, n, f, t);
    case OP_MATCHES: return take_pattern(l, n, t);
    case OP_GLOB: {
        static const struct field text = {.name = "glob", .type = TYPE_STRING};
        return take_one(l, n, TYPE_STRING, &text, t);
    }
    case OP_IS_EMPTY:
    case OP_PRESENT: {
        static const struct field yes = {.name = "is_empty, present", .type = TYPE_BOOL};
        return take_one(l, n, TYPE_BOOL, &yes, t);
    }
    case OP_CONTAINS: return take_contains(l, n, f, t);
    case OP_SIZE: return take_size(l, n, t);
    }
    return false;
}

static bool bounds_cross(const struct test *const *parts, size_t count)
{
    const struct test *least = NULL, *most = NULL;
    for (size_t i = 0; i < count; i++) {
        least = parts[i]->op == OP_AT_LEAST ? parts[i] : least;
        most = parts[i]->op == OP_AT_MOST ? parts[i] : most;
    }
    return least && most && least->literals[0].number > most->literals[0].number;
}

/* {FIELD: scalar} is short for is; {FIELD: {op: ...}} may have several operators: all of them. */
static const struct test *compile_field(struct loader *l, const node *n, const struct scope *scope)
{
    const struct field *f = scoped_field(l, n, true, node_key(n), scope);
    if (!f)
        return NULL;
    if (!node_is_object(n) || node_get(n, "param")) {
        if (!(operators[0].types & (1u << f->type)))
            return fault(l, n, arena_printf(l->a, "it has: %.*s", STR_ARG(operators_for(l->a, f->type))),
                         "%s is of type %s: say with which operator", f->name, value_type_name(f->type)),
                   NULL;
        struct test *t = test_new(l, n, TEST_FIELD);
        t->field = f;
        t->op = OP_IS;
        return take_one(l, n, f->type, f, t) ? t : NULL;
    }
    if (node_count(n) == 0)
        return fault(l, n, (str){0}, "%s has no operator", f->name), NULL;
    const struct test **parts = NEW_ARRAY(l->a, const struct test *, node_count(n));
    size_t count = 0;
    for (NODE_EACH(item, n)) {
        const struct operator_row *o = operator_find(l, item, f);
        if (!o)
            continue;
        struct test *t = test_new(l, item, TEST_FIELD);
        t->field = f;
        t->op = o->op;
        if (take_operand(l, item, f, t))
            parts[count++] = t;
    }
    if (count < node_count(n))
        return NULL;
    if (bounds_cross(parts, count))
        return fault(l, n, (str){0}, "%s: at_least is above at_most: nothing can be both", f->name), NULL;
    if (count == 1)
        return parts[0];
    struct test *all = test_new(l, n, TEST_ALL);
    all->parts = parts;
    all->count = count;
    return all;
}

/* ---- can ---- */

static bool take_who(struct loader *l, const node *n, struct can_test *c)
{
    static const struct {
        const char *name;
        who who;
    } words[] = {
        {"actor",     WHO_ACTOR    },
        {"caller",    WHO_CALLER   },
        {"principal", WHO_PRINCIPAL},
        {"root",      WHO_ROOT     }
    };
    str text = node_text(n);
    struct guess g = guess_begin(text);
    for (size_t i = 0; node_is_string(n) && i < sizeof words / sizeof *words; i++) {
        if (str_is(text, words[i].name))
            return c->who = words[i].who, true;
        guess_offer(&g, str_from(words[i].name));
    }
    if (node_is_string(n) && str_starts(text, STR("arn:")))
        return c->who = WHO_ARN, c->arn = text, true;
    return fault(l, n, g.best.len ? guess_help(l->a, &g) : STR("one of: actor, caller, principal, root, an ARN"),
                 "\"who\" is nobody we know");
}

/* service:Action, without wildcards: a question is about one action. */
static bool is_action(str s)
{
    size_t colon = str_find_char(s, ':');
    if (colon >= s.len || colon == 0 || colon + 1 == s.len)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = ascii_lower(s.ptr[i]);
        bool plain = (c >= 'a' && c <= 'z') || ascii_is_digit(c);
        if (i != colon && !plain && !(i < colon && c == '-'))
            return false;
    }
    return true;
}

bool action_read(struct loader *l, const node *n, const char *key, str *out)
{
    if (!node_is_string(n) || !is_action(node_text(n)))
        return fault(l, n, STR("write service:Action"), "\"%s\" is no action", key);
    *out = node_text(n);
    if (catalog_action_find(*out) != CATALOG_NONE)
        return true;
    str rest = *out, near = catalog_action_near(l->a, *out);
    if (!near.len && !catalog_has_service(str_cut(&rest, ':')))
        return true; /* a service newer than the catalogue */
    return fault(l, n,
                 near.len ? arena_printf(l->a, "did you mean \"%.*s\"?", STR_ARG(near))
                          : STR("orgexit --version tells how old the facts about AWS are"),
                 "unknown action \"%.*s\"", STR_ARG(*out));
}

/* A key that the catalogue has, or may have: of a service that it does not know, or of an identity provider. */
static bool key_check(struct loader *l, const node *n)
{
    struct catalog_key known;
    str rest = node_key(n), prefix = str_cut(&rest, ':');
    if (catalog_key_find(node_key(n), &known))
        return true;
    str near = catalog_key_near(l->a, node_key(n));
    if (!near.len && rest.len && !str_eq_nocase(prefix, STR("aws")) && !catalog_has_service(prefix))
        return true;
    return fault_key(l, n,
                     near.len   ? arena_printf(l->a, "did you mean \"%.*s\"?", STR_ARG(near))
                     : rest.len ? STR("orgexit --version tells how old the facts about AWS are")
                                : STR("write aws:Name or service:Name"),
                     "unknown context key \"%.*s\"", STR_ARG(node_key(n)));
}

static bool context_value(struct loader *l, const node *n, str *out)
{
    if (node_is_bool(n))
        return *out = node_is_true(n) ? STR("true") : STR("false"), true;
    if (node_is_string(n) || node_is_number(n))
        return *out = node_text(n), true;
    return fault(l, n, (str){0}, "a context key has a value or a list of values, not %s", node_kind_name(n));
}

static bool take_context(struct loader *l, const node *n, struct can_context *out)
{
    out->key = node_key(n);
    bool list = node_is_list(n);
    if (!key_check(l, n))
        return false;
    if (list && !list_check(l, n, "the values of a context key"))
        return false;
    str *values = NEW_ARRAY(l->a, str, list ? node_count(n) : 1);
    out->values = values;
    if (!list)
        return out->count = 1, context_value(l, n, &values[0]);
    for (NODE_EACH(item, n))
        if (!context_value(l, item, &values[out->count++]))
            return false;
    return true;
}

static bool take_contexts(struct loader *l, const node *n, struct can_test *c)
{
    if (!node_is_object(n) || node_count(n) == 0)
        return fault(l, n, (str){0}, "\"with\" must be a mapping from context keys to values");
    struct can_context *with = NEW_ARRAY(l->a, struct can_context, node_count(n));
    c->with = with;
    bool good = true;
    for (NODE_EACH(item, n))
        good = take_context(l, item, &with[c->with_count++]) && good;
    return good;
}

static bool take_resource(struct loader *l, const node *n, struct can_test *c)
{
    if (!template_read(l, n, &c->resource, "\"resource\""))
        return false;
    for (size_t i = 0; i < c->resource.count; i++) {
        const struct field *f = c->resource.parts[i].field;
        if (f && f->type != TYPE_STRING && f->type != TYPE_ENUM)
            return fault(l, n, (str){0}, "\"resource\" is made of texts, and %s is of type %s", f->name,
                         value_type_name(f->type));
        if (f)
            note_read(l, f);
    }
    return true;
}

static const struct test *compile_can(struct loader *l, const node *n)
{
    static const struct key keys[] = {
        {"who",      true },
        {"do",       true },
        {"resource", false},
        {"with",     false}
    };
    if (!keys_check(l, n, keys, 4, "can"))
        return NULL;
    struct can_test *c = NEW(l->a, struct can_test);
    struct test *t = test_new(l, n, TEST_CAN);
    t->can = c;
    static const struct template_part star[] = {{.text = {"*", 1}}};
    c->resource = (struct text_template){star, 1};
    const node *resource = node_get(n, "resource"), *with = node_get(n, "with");
    bool good = take_who(l, node_get(n, "who"), c);
    good = action_read(l, node_get(n, "do"), "do", &c->action) && good;
    good = (!resource || take_resource(l, resource, c)) && good;
    good = (!with || take_contexts(l, with, c)) && good;
    return good ? t : NULL;
}

/* ---- the tree ---- */

static const struct test *compile_parts(struct loader *l, const node *n, test_kind kind, const struct scope *scope,
                                        unsigned depth)
{
    struct test *t = test_new(l, n, kind);
    if (!list_check(l, n, "the list of an \"all\", \"any\" or \"none\""))
        return NULL;
    const struct test **parts = NEW_ARRAY(l->a, const struct test *, node_count(n));
    for (NODE_EACH(item, n)) {
        parts[t->count] = compile(l, item, scope, depth + 1);
        t->count += parts[t->count] != NULL;
    }
    t->parts = parts;
    return t->count == node_count(n) ? t : NULL;
}

static const struct test *compile_not(struct loader *l, const node *n, const struct scope *scope, unsigned depth)
{
    struct test *t = test_new(l, n, TEST_NOT);
    const struct test **parts = NEW_ARRAY(l->a, const struct test *, 1);
    parts[0] = compile(l, n, scope, depth + 1);
    t->parts = parts;
    t->count = 1;
    return parts[0] ? t : NULL;
}

static const struct test *compile_each(struct loader *l, const node *n, test_kind kind, const struct scope *scope,
                                       unsigned depth)
{
    static const struct key keys[] = {
        {"in",    true},
        {"holds", true}
    };
    if (!keys_check(l, n, keys, 2, kind == TEST_EVERY ? "every" : "some"))
        return NULL;
    const node *in = node_get(n, "in");
    if (!node_is_string(in))
        return fault(l, in, (str){0}, "\"in\" must name a list field"), NULL;
    const struct field *list = scoped_field(l, in, false, node_text(in), scope);
    if (!list)
        return NULL;
    if (list->type != TYPE_LIST || field_member_count(list) == 0)
        return fault(l, in, list->type == TYPE_LIST ? STR("a list of texts has contains, size, is_empty") : (str){0},
                     "%s is no list of records", list->name),
               NULL;
    struct scope inner = {list, scope};
    struct test *t = test_new(l, n, kind);
    const struct test **parts = NEW_ARRAY(l->a, const struct test *, 1);
    parts[0] = compile(l, node_get(n, "holds"), &inner, depth + 1);
    t->field = list;
    t->parts = parts;
    t->count = 1;
    return parts[0] ? t : NULL;
}

static const struct test *compile(struct loader *l, const node *n, const struct scope *scope, unsigned depth)
{
    static const char *const words[] = {"all", "any", "none", "not", "every", "some", "can"};
    static const test_kind kinds[] = {TEST_ALL, TEST_ANY, TEST_NONE, TEST_NOT, TEST_EVERY, TEST_SOME, TEST_CAN};
    if (depth > DEPTH_LIMIT)
        return fault(l, n, (str){0}, "tests are nested more than %d deep", DEPTH_LIMIT), NULL;
    if (!node_is_object(n) || node_count(n) == 0)
        return fault(l, n, (str){0}, "a test must be a mapping with one key, not %s", node_kind_name(n)), NULL;
    const node *item = node_first(n);
    if (node_count(n) > 1)
        return fault_key(l, node_next(item), STR("put several tests into a list under all or any"),
                         "a test has one key, this one has %zu", node_count(n)),
               NULL;
    str key = node_key(item);
    if (str_find_char(key, '.') < key.len)
        return compile_field(l, item, scope);
    struct guess g = guess_begin(key);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        guess_offer(&g, str_from(words[i]));
        if (!str_is(key, words[i]))
            continue;
        switch (kinds[i]) {
        case TEST_ALL:
        case TEST_ANY:
        case TEST_NONE: return compile_parts(l, item, kinds[i], scope, depth);
        case TEST_NOT: return compile_not(l, item, scope, depth);
        case TEST_EVERY:
        case TEST_SOME: return compile_each(l, item, kinds[i], scope, depth);
        case TEST_CAN: return compile_can(l, item);
        case TEST_FIELD: break;
        }
    }
    fault_key(l, item,
              g.best.len ? guess_help(l->a, &g) : STR("a field has a dot; else: all, any, none, not, every, some, can"),
              "unknown operator \"%.*s\"", STR_ARG(key));
    return NULL;
}

const struct test *test_compile(struct loader *l, const node *n)
{
    return compile(l, n, NULL, 0);
}

/* ---- tests that no fact can change ---- */

static tri leaf_constant(const struct test *t)
{
    if (t->op == OP_SIZE && (!t->has_least || t->literals[0].number <= 0) && !t->has_most)
        return TRI_YES;
    if (t->op == OP_SIZE && t->has_most && t->literals[1].number < 0)
        return TRI_NO;
    return TRI_UNKNOWN;
}

/* Two tests of one field and operator with the same literal. */
static bool same_leaf(const struct test *a, const struct test *b)
{
    return a->kind == TEST_FIELD && b->kind == TEST_FIELD && a->field == b->field && a->op == b->op &&
           a->literal_count == 1 && b->literal_count == 1 && !a->pattern && !b->pattern &&
           a->literals[0].yes == b->literals[0].yes && a->literals[0].number == b->literals[0].number &&
           a->literals[0].now == b->literals[0].now && str_eq(a->literals[0].text, b->literals[0].text);
}

/* Whether one of the parts is the plain opposite of another: x and not x; present and not present; a bool that is to be
 * true and false (of an absent one any of both is false, so that is a fault in "all" alone). */
static bool has_opposites(const struct test *t)
{
    for (size_t i = 0; i < t->count; i++)
        for (size_t j = 0; j < t->count; j++) {
            const struct test *a = t->parts[i], *b = t->parts[j];
            if (b->kind == TEST_NOT && same_leaf(a, b->parts[0]))
                return true;
            bool flags =
                a->kind == TEST_FIELD && b->kind == TEST_FIELD && a->field == b->field && a->op == b->op &&
                (a->op == OP_PRESENT || (t->kind == TEST_ALL && a->op == OP_IS && a->field->type == TYPE_BOOL));
            if (flags && a->literals[0].yes != b->literals[0].yes)
                return true;
        }
    return false;
}

tri test_constant(const struct test *t)
{
    tri result = TRI_UNKNOWN;
    switch (t->kind) {
    case TEST_ALL:
        result = TRI_YES;
        for (size_t i = 0; i < t->count; i++)
            result = tri_and(result, test_constant(t->parts[i]));
        return has_opposites(t) ? TRI_NO : result;
    case TEST_ANY:
    case TEST_NONE:
        result = TRI_NO;
        for (size_t i = 0; i < t->count; i++)
            result = tri_or(result, test_constant(t->parts[i]));
        result = has_opposites(t) ? TRI_YES : result;
        return t->kind == TEST_ANY ? result : tri_not(result);
    case TEST_NOT: return tri_not(test_constant(t->parts[0]));
    case TEST_FIELD: return leaf_constant(t);
    case TEST_EVERY:
    case TEST_SOME:
    case TEST_CAN: break;
    }
    return TRI_UNKNOWN;
}
