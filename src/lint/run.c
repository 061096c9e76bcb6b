/* run.c - one document: read, taken apart once, shown to every check. */
#include "lint/run.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/work.h"
#include "lint/documents.h"
#include "text/locate.h"
#include "text/print.h"

enum { SHOWN_LIMIT = 120 };

/* ---- telling ---- */

str lint_shown(str text)
{
    return utf8_head(text, SHOWN_LIMIT);
}

/* Of a statement without Sid, once for all findings about it. */
static str content_of(struct lint *l, const struct lint_statement *s)
{
    if (!s || s->sid.len)
        return (str){0};
    if (l->printed != s) {
        l->printed = s;
        l->content = node_print(l->arena, s->node);
    }
    return l->content;
}

static struct lint_finding *add_finding(struct lint *l, const struct position *p, const char *format, va_list args)
{
    l->told++;
    struct lint_finding *f = VEC_PUSH(l->arena, l->out);
    const struct lint_statement *s = l->statement;
    *f =
        (struct lint_finding){.check = l->check->id,
                              .severity = l->check->severity,
                              .message = arena_vprintf(l->arena, format, args),
                              .note = str_from(l->check->why),
                              .help = str_from(l->check->fix),
                              .file = l->source->file,
                              .pointer = p->inner_pointer.ptr ? arena_printf(l->arena, "%.*s#%.*s", STR_ARG(p->pointer),
                                                                             STR_ARG(p->inner_pointer))
                                                              : p->pointer,
                              .policy = l->name,
                              .content = content_of(l, s),
                              .line = p->line,
                              .column = p->column,
                              .end_line = p->line,
                              .end_column = p->end_column,
                              .sid = s ? s->sid : (str){0},
                              .statement = s ? s->index : -1,
                              .ordinal = s ? (size_t)(s - l->statements) + 1 : 0,
                              .excerpt = p->excerpt,
                              .excerpt_line = p->excerpt_line,
                              .excerpt_column = p->excerpt_column,
                              .excerpt_end = p->excerpt_end};
    return f;
}

/* Whether one of the placeholders stands in the text: what it will be is not known, and so no fault. */
static bool is_to_be_filled(const struct lint *l, str text)
{
    const struct lint_names *p = &l->options->placeholders;
    for (size_t i = 0; i < p->count && text.len; i++)
        if (glob_match(GLOB(p->items[i]), text) == TRI_YES)
            return true;
    return false;
}

/* One check has said enough about one document: the rest is counted alone. */
static struct lint_finding *leave_out(struct lint *l)
{
    l->out->left_out++;
    return &l->spare;
}

struct lint_finding *lint_report(struct lint *l, const node *at, const char *format, ...)
{
    struct position p;
    va_list args;
    if (is_to_be_filled(l, node_is_string(at) ? node_text(at) : (str){0}))
        return &l->spare;
    if (l->told >= LINT_TOLD_LIMIT)
        return leave_out(l);
    source_locate(l->arena, l->source, at, &p);
    va_start(args, format);
    struct lint_finding *f = add_finding(l, &p, format, args);
    va_end(args);
    f->value = node_is_string(at) ? node_text(at) : (str){0};
    return f;
}

struct lint_finding *lint_report_key(struct lint *l, const node *member, const char *format, ...)
{
    struct position p;
    va_list args;
    if (is_to_be_filled(l, node_key(member)))
        return &l->spare;
    if (l->told >= LINT_TOLD_LIMIT)
        return leave_out(l);
    source_locate_key(l->arena, l->source, member, &p);
    va_start(args, format);
    struct lint_finding *f = add_finding(l, &p, format, args);
    va_end(args);
    f->value = node_key(member);
    return f;
}

str lint_did_you_mean(struct lint *l, str near)
{
    return near.len ? arena_printf(l->arena, "did you mean \"%.*s\"?", STR_ARG(near)) : (str){0};
}

str lint_facts_note(struct lint *l)
{
    return arena_printf(l->arena, "%s The facts about AWS are of %.*s.", l->check->why, STR_ARG(catalog_date()));
}

/* ---- names that the configuration adds ---- */

static bool is_in(const struct lint_names *names, str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (glob_match_nocase(GLOB(names->items[i]), name) == TRI_YES)
            return true;
    return false;
}

bool lint_is_added_action(const struct lint *l, str action)
{
    return is_in(&l->options->services, str_head(action, str_find_char(action, ':'))) ||
           is_in(&l->options->actions, action) || is_to_be_filled(l, action);
}

bool lint_is_added_key(const struct lint *l, str key)
{
    return is_in(&l->options->keys, key) || is_to_be_filled(l, key);
}

/* ---- taking apart ---- */

bool lint_is_service(str prefix)
{
    return catalog_has_service(prefix);
}

bool lint_has_variable(str text)
{
    return str_find(text, STR("${")) != SIZE_MAX;
}

/* Words of letters, then a number of one or two digits. */
bool lint_is_region(str s)
{
    size_t words = 1, at = s.len;
    while (at && ascii_is_digit(s.ptr[at - 1]))
        at--;
    if (s.len - at < 1 || s.len - at > 2 || at < 2 || s.ptr[at - 1] != '-')
        return str_is(s, "aws-global");
    for (size_t i = 0; i + 1 < at; i++) {
        bool dash = s.ptr[i] == '-';
        if (!dash && (s.ptr[i] < 'a' || s.ptr[i] > 'z'))
            return false;
        words += dash;
    }
    return words >= 2 && words <= 3;
}

/* What the names of services and actions are made of. */
static bool is_name(str s, bool service)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = ascii_lower(s.ptr[i]);
        bool plain = (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '*' || c == '?';
        if (!plain && c != '-' && !(c == '_' && !service))
            return false;
    }
    return s.len > 0;
}

static struct lint_action read_action(const node *n)
{
    struct lint_action a = {.node = n, .text = node_text(n), .index = CATALOG_NONE};
    a.wild = pattern_is_wild(a.text);
    if (pattern_is_all(a.text)) {
        a.all = a.formed = true;
        return a;
    }
    if (str_find_char(a.text, ':') == SIZE_MAX)
        return a;
    a.name = a.text;
    a.service = str_cut(&a.name, ':');
    a.all = pattern_is_all(a.service) && pattern_is_all(a.name);
    a.formed = is_name(a.service, true) && is_name(a.name, false);
    a.service_wild = pattern_is_wild(a.service);
    a.service_known = !a.service_wild && catalog_has_service(a.service);
    a.index = a.wild ? CATALOG_NONE : catalog_action_find(a.text);
    return a;
}

static void read_actions(arena *a, struct lint_statement *s)
{
    struct lint_action *actions = NEW_ARRAY(a, struct lint_action, node_is_list(s->action) ? node_count(s->action) : 1);
    for (const node *v = values_first(s->action); v; v = values_next(s->action, v))
        if (node_is_string(v))
            actions[s->action_count++] = read_action(v);
    s->actions = actions;
    s->dead = NEW(a, struct lint_dead);
}

static void read_resources(arena *a, struct lint_statement *s)
{
    struct lint_resource *resources =
        NEW_ARRAY(a, struct lint_resource, node_is_list(s->resource) ? node_count(s->resource) : 1);
    for (const node *v = values_first(s->resource); v; v = values_next(s->resource, v)) {
        if (!node_is_string(v))
            continue;
        struct lint_resource *r = &resources[s->resource_count++];
        r->node = v;
        r->text = node_text(v);
        r->flat = pattern_flat(a, r->text);
        r->all = pattern_is_all(r->text);
        r->wild = pattern_is_wild(r->text);
        r->has_parts = arn_split(r->flat, &r->parts);
        r->fit = NEW(a, struct lint_fit);
    }
    s->resources = resources;
}

static void read_conditions(arena *a, struct lint_statement *s)
{
    size_t room = 0;
    for (NODE_EACH(by_operator, s->condition))
        room += node_is_object(by_operator) ? node_count(by_operator) : 0;
    struct lint_condition *conditions = NEW_ARRAY(a, struct lint_condition, room);
    for (NODE_EACH(by_operator, s->condition)) {
        struct lint_condition of = {.operator_node = by_operator};
        of.op = operator_find(node_key(by_operator), &of.set, &of.if_exists);
        for (NODE_EACH(member, node_is_object(by_operator) ? by_operator : NULL)) {
            struct lint_condition *c = &conditions[s->condition_count++];
            *c = of;
            c->node = member;
            c->key = node_key(member);
            c->known = catalog_key_find(c->key, &c->fact);
        }
    }
    s->conditions = conditions;
}

static const node *either(const node *n, const char *name, const char *negated, bool *is_negated)
{
    const node *found = node_get(n, name);
    *is_negated = !found && (found = node_get(n, negated)) != NULL;
    return found;
}

static void read_statement(arena *a, struct lint_statement *s, const node *n, int index)
{
    const node *sid = node_get(n, "Sid");
    *s = (struct lint_statement){.node = n, .index = index};
    s->sid = node_is_string(sid) && node_text(sid).len ? node_text(sid) : (str){0};
    s->effect_node = node_get(n, "Effect");
    str text = node_is_string(s->effect_node) ? node_text(s->effect_node) : (str){0};
    s->effect = str_is(text, "Allow") ? EFFECT_ALLOW : str_is(text, "Deny") ? EFFECT_DENY : EFFECT_UNKNOWN;
    s->action = either(n, "Action", "NotAction", &s->not_action);
    s->resource = either(n, "Resource", "NotResource", &s->not_resource);
    s->principal = either(n, "Principal", "NotPrincipal", &s->not_principal);
    s->condition = node_get(n, "Condition");
    if (!node_is_object(s->condition))
        s->condition = NULL;
    read_actions(a, s);
    read_resources(a, s);
    read_conditions(a, s);
}

static void read_document(struct lint *l)
{
    const node *list = node_get(l->document, "Statement"), *version = node_get(l->document, "Version");
    struct lint_statement *statements =
        NEW_ARRAY(l->arena, struct lint_statement, node_is_list(list) ? node_count(list) : 1);
    int index = 0;
    for (const node *n = values_first(list); n; n = values_next(list, n), index++)
        if (node_is_object(n))
            read_statement(l->arena, &statements[l->count++], n, index);
    l->statements = statements;
    l->version = version && str_is(node_text(version), "2012-10-17") ? VERSION_2012 : VERSION_2008;
}

bool lint_action_covers(const struct lint_action *entry, str action)
{
    return entry->all || glob_match_nocase(GLOB(entry->text), action) == TRI_YES;
}

bool lint_action_exists(const struct lint *l, const struct lint_action *a)
{
    if (a->all || a->index != CATALOG_NONE || lint_is_added_action(l, a->text))
        return true;
    struct catalog_range of = {0, catalog_action_count()};
    if (!a->service_wild)
        of = catalog_service_actions(a->service);
    for (uint32_t i = of.first; i < of.end; i++)
        if (glob_match_nocase(GLOB(a->name), catalog_action_name(i)) == TRI_YES &&
            glob_match_nocase(GLOB(a->service), catalog_action_service(i)) == TRI_YES)
            return true;
    return false;
}

bool lint_statement_covers(const struct lint_statement *s, str action)
{
    bool listed = false;
    for (size_t i = 0; i < s->action_count; i++)
        listed |= lint_action_covers(&s->actions[i], action);
    return s->action && listed != s->not_action;
}

bool lint_key_is_one_of(str key, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (key_is(key, names[i]))
            return true;
    return false;
}

bool lint_tests_key(const struct lint_statement *s, const char *key)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (key_is(s->conditions[i].key, key))
            return true;
    return false;
}

bool lint_covers_star(const struct lint_resource *r)
{
    return r->all || (r->has_parts && pattern_is_all(r->parts.at[ARN_RESOURCE]));
}

bool lint_may_compare(struct lint *l, size_t cost)
{
    l->compared += cost + 1;
    return l->compared <= LINT_STEPS;
}

bool lint_facts_are_whole(str service)
{
    static const char *const services[] = {
        "dynamodb", "ec2", "iam", "kms", "lambda", "organizations", "rds", "s3", "secretsmanager", "sns", "sqs", "sts"};
    return KEY_IS_ONE_OF(service, services);
}

static bool may_suggest(struct lint *l)
{
    return l->suggested++ < LINT_SUGGEST_LIMIT;
}

str lint_near_service(struct lint *l, str prefix)
{
    return may_suggest(l) ? catalog_service_near(prefix) : (str){0};
}

str lint_near_action(struct lint *l, str action)
{
    return may_suggest(l) ? catalog_action_near(l->arena, action) : (str){0};
}

str lint_near_key(struct lint *l, str key)
{
    return may_suggest(l) ? catalog_key_near(l->arena, key) : (str){0};
}

/* ---- the tables ---- */

static const struct check_table *const tables[] = {&text_checks,  &element_checks,   &action_checks,    &grant_checks,
                                                   &arn_checks,   &principal_checks, &condition_checks, &key_checks,
                                                   &logic_checks, &leave_checks};
enum { TABLE_COUNT = sizeof tables / sizeof *tables };

size_t lint_check_count(void)
{
    size_t count = 0;
    for (size_t t = 0; t < TABLE_COUNT; t++)
        count += tables[t]->count;
    return count;
}

const struct lint_check *lint_check_at(size_t i)
{
    size_t t = 0;
    for (; i >= tables[t]->count; t++)
        i -= tables[t]->count;
    return &tables[t]->rows[i];
}

const struct lint_check *lint_check_find(str id)
{
    for (size_t i = 0; i < lint_check_count(); i++)
        if (str_is(id, lint_check_at(i)->id))
            return lint_check_at(i);
    return NULL;
}

const char *lint_check_id(const struct lint_check *c)
{
    return c->id;
}
const char *lint_check_title(const struct lint_check *c)
{
    return c->title;
}
const char *lint_check_why(const struct lint_check *c)
{
    return c->why;
}
const char *lint_check_fix(const struct lint_check *c)
{
    return c->fix;
}
lint_severity lint_check_severity(const struct lint_check *c)
{
    return c->severity;
}
bool lint_check_is_off(const struct lint_check *c)
{
    return c->off;
}
unsigned lint_check_kinds(const struct lint_check *c)
{
    return c->kinds;
}

static bool is_listed(str id, const str *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (glob_match(GLOB(patterns[i]), id) == TRI_YES)
            return true;
    return false;
}

bool lint_is_final(str check)
{
    return str_starts(check, STR("json-")) || str_starts(check, STR("element-")) || str_starts(check, STR("effect-")) ||
           str_is(check, "text-encoding") || str_is(check, "document-shape");
}

bool lint_check_is_selected(const struct lint_check *c, const str *select, size_t select_count, const str *ignore,
                            size_t ignore_count)
{
    str id = str_from(c->id);
    return (select_count ? is_listed(id, select, select_count) : !c->off) && !is_listed(id, ignore, ignore_count);
}

/* ---- running them ---- */

static void run_on_condition(struct lint *l, const struct lint_statement *s, const struct lint_condition *c)
{
    if (l->check->condition)
        l->check->condition(l, s, c);
    if (l->check->value)
        for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
            if (node_is_string(v) || node_is_bool(v) || node_is_number(v))
                l->check->value(l, s, c, v);
}

static void run_on_statement(struct lint *l, const struct lint_statement *s)
{
    const struct lint_check *c = l->check;
    if (c->statement)
        c->statement(l, s);
    for (size_t i = 0; c->action && i < s->action_count; i++)
        c->action(l, s, &s->actions[i]);
    for (size_t i = 0; c->resource && i < s->resource_count; i++)
        c->resource(l, s, &s->resources[i]);
    for (size_t i = 0; (c->condition || c->value) && i < s->condition_count; i++)
        run_on_condition(l, s, &s->conditions[i]);
}

static int by_place(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    int order = strcmp(x->check, y->check);
    return order ? order : str_cmp(x->message, y->message);
}

static bool is_active(const struct lint_options *o, size_t i)
{
    return o->active ? o->active[i] : !lint_check_at(i)->off;
}

static bool has_word(const char *words, const char *word)
{
    str rest = str_from(words);
    while (rest.len)
        if (str_is(str_cut(&rest, ' '), word))
            return true;
    return false;
}

/* Which findings each check made: out->items[first] up to out->items[end]. */
struct told {
    size_t first, end;
};

/* Takes out what the checks named in `silences` of `by` said about a statement of which `by` spoke. */
static void silence(struct lint *l, const struct lint_check *by, const struct told *told, size_t by_index, bool *drop)
{
    const struct lint_finding *items = l->out->items;
    bool *spoke = NEW_ARRAY(l->arena, bool, l->count + 1); /* by number of the statement in l->statements; 0: none */
    for (size_t i = told[by_index].first; i < told[by_index].end; i++)
        spoke[items[i].ordinal] = true;
    for (size_t c = 0; c < lint_check_count(); c++)
        for (size_t i = told[c].first; i < told[c].end && has_word(by->silences, lint_check_at(c)->id); i++)
            drop[i] |= spoke[items[i].ordinal];
}

/* No check that silences is itself silenced, so that the order does not matter. */
static void silence_all(struct lint *l, const struct told *told, size_t first)
{
    bool *drop = NEW_ARRAY(l->arena, bool, l->out->count);
    size_t kept = first;
    for (size_t c = 0; c < lint_check_count(); c++)
        if (lint_check_at(c)->silences && told[c].end > told[c].first)
            silence(l, lint_check_at(c), told, c, drop);
    for (size_t i = first; i < l->out->count; i++)
        if (!drop[i])
            l->out->items[kept++] = l->out->items[i];
    l->out->count = kept;
}

static void run_check(struct lint *l)
{
    l->statement = NULL;
    l->told = 0;
    if (l->check->document)
        l->check->document(l);
    for (size_t s = 0; s < l->count; s++) {
        l->statement = &l->statements[s];
        run_on_statement(l, l->statement);
    }
}

static void run_checks(struct lint *l)
{
    size_t first = l->out->count, count = lint_check_count();
    struct told *told = NEW_ARRAY(l->arena, struct told, count);
    for (size_t i = 0, t = 0, row = 0; i < count; i++, row++) {
        for (; row == tables[t]->count; row = 0)
            t++;
        l->check = &tables[t]->rows[row];
        told[i].first = l->out->count;
        if (is_active(l->options, i) && l->check->kinds & KIND_BIT(l->kind))
            run_check(l);
        told[i].end = l->out->count;
    }
    silence_all(l, told, first);
    if (l->out->count > first + 1)
        qsort(l->out->items + first, l->out->count - first, sizeof *l->out->items, by_place);
}

/* ---- text that is no JSON ---- */

static void run_on_text(struct lint *l, const error *e)
{
    for (size_t i = 0; i < text_checks.count; i++) {
        l->check = &text_checks.rows[i];
        if (is_active(l->options, i) && l->check->text)
            l->check->text(l, e, l->source->fault);
    }
}

/* ---- what suppresses, and need not ---- */

struct lint_finding lint_unused(str file, const struct position *at, str message)
{
    const struct lint_check *c = lint_check_find(STR("suppression-unused"));
    return (struct lint_finding){.check = c->id,
                                 .severity = c->severity,
                                 .message = message,
                                 .note = str_from(c->why),
                                 .help = str_from(c->fix),
                                 .file = file,
                                 .pointer = at->pointer,
                                 .line = at->line,
                                 .column = at->column,
                                 .end_line = at->line,
                                 .end_column = at->end_column,
                                 .statement = -1,
                                 .excerpt = at->excerpt,
                                 .excerpt_line = at->excerpt_line,
                                 .excerpt_column = at->excerpt_column,
                                 .excerpt_end = at->excerpt_end};
}

/* ---- one document ---- */

static void run_on_document(struct lint *l)
{
    if (l->kind == KIND_UNKNOWN)
        l->kind = policy_kind_guess(l->document, l->source->file);
    if (is_policy_document(l->document))
        read_document(l);
    run_checks(l);
}

static void run_on_documents(arena *a, const struct lint_options *options, const struct lint_documents *docs,
                             struct lint_findings *out)
{
    for (size_t i = 0; i < docs->count; i++) {
        const struct lint_document *d = &docs->items[i];
        struct lint_options of = *options;
        struct lint l = {.arena = a, .source = d->source, .options = &of, .out = out, .document = d->root};
        l.kind = d->kind != KIND_UNKNOWN ? d->kind : options->kind; /* what a capture says of itself is so */
        l.name = d->name;
        if (!of.service.len)
            of.service = d->service;
        if (d->root) {
            run_on_document(&l);
            continue;
        }
        source text = {.file = str_from(d->fault.file)};
        l.source = &text;
        run_on_text(&l, &d->fault);
    }
    out->documents += docs->count;
}

/* ---- marks in YAML: "# orgexit-ignore: CHECK -- reason", on the line or above it ---- */

#define MARK "# orgexit-ignore:"

struct mark {
    uint32_t line;
    size_t at; /* byte of the source */
    str ids, reason;
    bool used;
};

struct marks {
    struct mark *items;
    size_t count, room;
};

static void find_marks(arena *a, const source *s, struct marks *out)
{
    str rest = {s->text, s->len};
    for (uint32_t number = 1; rest.len; number++) {
        str line = str_cut(&rest, '\n');
        size_t at = str_find(line, STR(MARK));
        if (at == SIZE_MAX)
            continue;
        struct mark *m = VEC_PUSH(a, out);
        str told = str_from_index(line, at + strlen(MARK));
        size_t dashes = str_find(told, STR("--"));
        *m = (struct mark){.line = number, .at = (size_t)(line.ptr - s->text) + at, .ids = str_head(told, dashes)};
        m->reason = dashes == SIZE_MAX ? (str){0} : str_from_index(told, dashes + 2);
        while (str_starts(m->reason, STR(" ")))
            m->reason = str_from_index(m->reason, 1);
    }
}

static bool names_check(str ids, str check)
{
    while (ids.len) {
        str id = str_cut(&ids, ' ');
        id = str_head(id, str_find_char(id, ','));
        if (id.len && glob_match(GLOB(id), check) == TRI_YES)
            return true;
    }
    return false;
}

static void suppress(arena *a, struct marks *marks, struct lint_finding *f)
{
    for (size_t i = 0; i < marks->count && !lint_is_final(str_from(f->check)); i++) {
        struct mark *m = &marks->items[i];
        if ((m->line != f->line && m->line + 1 != f->line) || str_is_blank(m->reason) ||
            !names_check(m->ids, str_from(f->check)))
            continue;
        m->used = true;
        f->in_source = true;
        f->suppressed = arena_printf(a, "the comment in line %u: %.*s", m->line, STR_ARG(m->reason));
        return;
    }
}

/* A mark without a reason does not suppress; one that meets nothing is told too. */
static void suppress_by_marks(arena *a, const source *s, const struct lint_options *o, struct lint_findings *out,
                              size_t first)
{
    struct marks marks = {0};
    size_t unused = 0;
    find_marks(a, s, &marks);
    for (size_t i = first; i < out->count; i++)
        suppress(a, &marks, &out->items[i]);
    while (strcmp(lint_check_at(unused)->id, "suppression-unused") != 0)
        unused++;
    for (size_t i = 0; i < marks.count && is_active(o, unused); i++) {
        const struct mark *m = &marks.items[i];
        struct position at = {0};
        if (m->used)
            continue;
        source_line_column(s, m->at, &at.line, &at.column);
        at.end_column = at.column + 1;
        *VEC_PUSH(a, out) =
            lint_unused(s->file, &at,
                        str_is_blank(m->reason) ? STR("this mark has no reason behind \"--\", and does not count")
                                                : STR("no finding on this line or the next meets this mark"));
    }
}

static bool is_yaml(str file)
{
    return str_ends(file, STR(".yaml")) || str_ends(file, STR(".yml"));
}

/* A file of a folder that cannot be read: one that was cut to nothing, or speaks as policies do, may be one; others are
 * let be. */
static bool may_be_policy(const source *s)
{
    static const char *const words[] = {"Statement", "PolicyDocument", "2012-10-17", "2008-10-17"};
    str text = {s->text, s->len};
    size_t blanks = 0;
    while (blanks < s->len && strchr(" \t\r\n", s->text[blanks]))
        blanks++;
    bool may_be = blanks == s->len;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        may_be |= str_find(text, str_from(words[i])) != SIZE_MAX;
    return may_be;
}

/* CloudFormation and SAM; what `terraform show -json` prints; org-formation. Of their policies nothing is said. */
static bool is_template(const node *root)
{
    const node *resources = node_get(root, "Resources"),
               *first = node_first(node_is_object(resources) ? resources : NULL);
    str type = node_text(node_get(first, "Type"));
    return node_get(root, "AWSTemplateFormatVersion") || node_get(root, "planned_values") ||
           node_get(root, "OrganizationFormationTemplateFormatVersion") || str_find(type, STR("::")) != SIZE_MAX ||
           (node_get(root, "terraform_version") && node_get(root, "values"));
}

lint_result lint_source(arena *a, source *s, const struct lint_options *options, struct lint_findings *out)
{
    error e = {0};
    struct lint_documents docs = {0};
    size_t first = out->count;
    bool yaml = is_yaml(s->file);
    if (!(yaml ? yaml_read(a, s, YAML_POLICY, &e) : json_read(a, s, &e))) {
        struct lint l = {.arena = a, .source = s, .kind = options->kind, .options = options, .out = out};
        if (!options->named && !may_be_policy(s))
            return LINT_NO_POLICY;
        run_on_text(&l, &e);
        out->documents++;
        return LINT_DONE;
    }
    source_index_lines(a, s);
    if (is_template(s->root))
        return LINT_NOT_READ;
    if (!is_policy_document(s->root))
        documents_of_capture(a, s, &docs);
    if (!docs.count && (options->named || is_policy_document(s->root)))
        *VEC_PUSH(a, &docs) = (struct lint_document){.source = s, .root = s->root};
    if (!docs.count)
        return LINT_NO_POLICY;
    run_on_documents(a, options, &docs, out);
    if (yaml)
        suppress_by_marks(a, s, options, out, first);
    return LINT_DONE;
}
