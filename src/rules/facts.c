/* facts.c - answers fields: looks them up once for each account (and route), and makes values. */
#include "base/clock.h"
#include "rules/facts_run.h"

/* ---- making values ---- */

struct value fact_yes_no(bool yes)
{
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_BOOL, .as.yes = yes};
}

struct value fact_tri(struct facts *f, tri t, str why)
{
    (void)f;
    return t == TRI_UNKNOWN ? fact_unknown(TYPE_BOOL, why) : fact_yes_no(t == TRI_YES);
}

struct value fact_text(str text)
{
    if (!text.ptr)
        return fact_absent(TYPE_STRING);
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_STRING, .as.text = text};
}

struct value fact_word(str text)
{
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_ENUM, .as.text = text};
}

struct value fact_duration(int64_t seconds)
{
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_DURATION, .as.number = seconds};
}

struct value fact_time(int64_t seconds)
{
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_TIME, .as.number = seconds};
}

struct value fact_unknown(value_type type, str why)
{
    return (struct value){.state = VALUE_UNKNOWN, .type = type, .reason = why};
}

struct value fact_absent(value_type type)
{
    return (struct value){.state = VALUE_ABSENT, .type = type};
}

struct value fact_list(const struct element *items, size_t count, bool complete, str why)
{
    return (struct value){
        .state = VALUE_KNOWN,
        .type = TYPE_LIST,
        .as.list = {.items = items,        .count = count, .complete = complete},
        .reason = complete ? (str){0}
          : why
    };
}

void fact_mark(struct facts *f, struct value *v, struct mark m)
{
    struct mark *marks = NEW_ARRAY(f->arena, struct mark, v->mark_count + 1);
    if (v->mark_count)
        memcpy(marks, v->marks, v->mark_count * sizeof *marks);
    marks[v->mark_count++] = m;
    v->marks = marks;
}

struct mark *facts_mark_at(struct facts *f, const struct capture_doc *d, const node *n, str text)
{
    struct mark *m = NEW(f->arena, struct mark);
    *m = MARK_NONE;
    m->source = d->source;
    m->node = n;
    m->text = text;
    return m;
}

void fact_mark_place(struct facts *f, struct value *v, const source *s, const node *n, str text)
{
    if (!s)
        return;
    struct mark m = MARK_NONE;
    m.source = s;
    m.node = n ? n : s->root;
    m.text = text;
    fact_mark(f, v, m);
}

void fact_need(struct facts *f, struct value *v, struct need n)
{
    struct need *needs = NEW_ARRAY(f->arena, struct need, v->need_count + 1);
    if (v->need_count)
        memcpy(needs, v->needs, v->need_count * sizeof *needs);
    needs[v->need_count++] = n;
    v->needs = needs;
}

/* Many rules ask for the same capture: its words are made once for the account. */
struct need fact_capture_need(struct facts *f, const struct capture_doc *d)
{
    void **slot = map_at(f->arena, &f->capture_needs, d->path);
    struct need *need = *slot;
    if (need)
        return *need;
    *slot = need = NEW(f->arena, struct need);
    str file = arena_printf(f->arena, "%.*s.json", STR_ARG(d->path));
    str place = arena_printf(f->arena, "%.*s/%.*s", STR_ARG(f->run->snapshot), STR_ARG(file));
    *need = (struct need){.kind = "capture",
                          .name = file,
                          .how = arena_printf(f->arena, "%.*s > %.*s", STR_ARG(call_command(f->arena, &d->call)),
                                              STR_ARG(arena_shell_word(f->arena, place)))};
    return *need;
}

struct value fact_not_captured(struct facts *f, value_type type, const struct capture_doc *d)
{
    str why = d->why;
    if (!why.len)
        why = arena_printf(f->arena, "%.*s.json %s", STR_ARG(d->path),
                           d->state == CAPTURE_CUT ? "was cut off" : "does not tell");
    struct value v = fact_unknown(type, why);
    struct mark m = MARK_NONE;
    if (d->error_node) {
        m.source = d->error_source;
        m.node = d->error_node;
        m.text = arena_printf(f->arena, "the call failed with %.*s", STR_ARG(d->code));
    } else {
        m.source = d->source;
        m.node = d->root;
        m.file = arena_printf(f->arena, "%.*s.json", STR_ARG(d->path));
        m.text = d->source ? why : STR("not captured");
    }
    fact_mark(f, &v, m);
    fact_need(f, &v, fact_capture_need(f, d));
    return v;
}

/* ---- attested.TOPIC and its parts ---- */

static bool attestation_end(const struct facts *f, const struct attestation *a, int64_t *end)
{
    if (a->has_valid_until)
        *end = a->valid_until;
    else if (strcmp(a->topic->name, "payment_method") == 0 && a->yes)
        return false; /* must carry its own */
    else
        *end = a->date + f->run->attestation_max_age;
    return true;
}

static struct need attestation_need(struct facts *f, const struct topic *topic)
{
    const char *example = topic->kind == TOPIC_BOOL   ? "true"
                          : topic->kind == TOPIC_WORD ? topic->words[0]
                          : topic->kind == TOPIC_LIST ? "VALUE,VALUE"
                                                      : "VALUE";
    const char *until = strcmp(topic->name, "payment_method") == 0 ? " --valid-until DATE" : "";
    return (struct need){.kind = "attestation",
                         .name = str_from(topic->name),
                         .how = arena_printf(f->arena, "orgexit attest set %.*s %.*s %s=%s --by YOU%s",
                                             STR_ARG(arena_shell_word(f->arena, f->run->snapshot)),
                                             STR_ARG(f->account->id), topic->name, example, until)};
}

static struct value not_attested(struct facts *f, const struct field *field, const node *at, str why)
{
    const struct attestations *all = f->run->attestations;
    struct value v = fact_unknown(field->type, why);
    struct mark m = MARK_NONE;
    m.source = all->source;
    m.file = all->file;
    m.node = at;
    if (!at) {
        const struct account_attestations *of = map_get(&all->by_account, f->account->id);
        m.node = of ? of->node : all->root;
        m.text = arena_printf(f->arena, "no entry \"%s\" under \"%.*s\"", field->topic->name, STR_ARG(f->account->id));
    } else {
        m.text = why;
    }
    fact_mark(f, &v, m);
    fact_need(f, &v, attestation_need(f, field->topic));
    return v;
}

static struct value attested_value(struct facts *f, const struct attestation *a)
{
    switch (a->topic->kind) {
    case TOPIC_BOOL: return fact_yes_no(a->yes);
    case TOPIC_WORD: return fact_word(a->text);
    case TOPIC_TEXT: return fact_text(a->text);
    case TOPIC_LIST: break;
    }
    struct element *items = NEW_ARRAY(f->arena, struct element, a->item_count);
    for (size_t i = 0; i < a->item_count; i++)
        items[i].text = a->items[i];
    return fact_list(items, a->item_count, true, (str){0});
}

static struct value attested_part(struct facts *f, const struct field *field, const struct attestation *a, int64_t end)
{
    switch (field->part) {
    case PART_VALUE: return attested_value(f, a);
    case PART_BY: return fact_text(a->by);
    case PART_EVIDENCE: return fact_text(a->evidence);
    case PART_DATE: return fact_time(a->date);
    case PART_VALID_UNTIL: return a->has_valid_until ? fact_time(a->valid_until) : fact_absent(TYPE_TIME);
    case PART_TIME_LEFT: return fact_duration(end - f->run->as_of);
    case PART_KIND: return a->kind.ptr ? fact_word(a->kind) : fact_absent(TYPE_ENUM);
    case PART_SUPPORTED:
        return a->supported == TRI_UNKNOWN ? fact_absent(TYPE_BOOL) : fact_yes_no(a->supported == TRI_YES);
    }
    return fact_unknown(field->type, (str){0});
}

static struct value attested(struct facts *f, const struct field *field)
{
    const struct attestation *a = attestation_of(f->run->attestations, f->account->id, field->topic);
    const char *name = field->topic->name;
    int64_t end;
    if (!a)
        return not_attested(f, field, NULL, arena_printf(f->arena, "nobody has attested %s", name));
    if (!attestation_end(f, a, &end))
        return not_attested(f, field, a->node, arena_printf(f->arena, "%s is attested without \"valid_until\"", name));
    if (end < f->run->as_of)
        return not_attested(f, field, a->node,
                            arena_printf(f->arena, "the attestation of %s by %.*s ended %.*s (%.*s ago)", name,
                                         STR_ARG(a->by), STR_ARG(time_format_date(f->arena, end)),
                                         STR_ARG(duration_format(f->arena, f->run->as_of - end))));
    struct value v = attested_part(f, field, a, end);
    fact_mark_place(f, &v, f->run->attestations->source, a->node,
                    arena_printf(f->arena, "attested by %.*s on %.*s", STR_ARG(a->by),
                                 STR_ARG(time_format_date(f->arena, a->date))));
    return v;
}

static void note_end(struct facts *f, const struct field *field, const struct value *v)
{
    const struct attestation *a = attestation_of(f->run->attestations, f->account->id, field->topic);
    int64_t end;
    if (v->state == VALUE_UNKNOWN || !a || !attestation_end(f, a, &end) || (f->has_end && f->end <= end))
        return;
    f->has_end = true;
    f->end = end;
    f->end_topic = field->topic->name;
}

/* ---- the catalogue's fields ---- */

/* What rests on captures is unknown when they are too old, from the future, or spread over too long a time. */
static bool rests_on_captures(const struct field *field)
{
    str name = str_from(field->name);
    return !str_starts(name, STR("run.")) && !str_starts(name, STR("capture.")) && !str_is(name, "account.id");
}

static struct value ask(struct facts *f, const struct field *field, route r)
{
    if (field->topic)
        return attested(f, field);
    if (!field->get)
        return fact_unknown(field->type, STR("orgexit does not read this yet"));
    const struct snapshot *s = f->run->org->snapshot;
    if (s->stale && rests_on_captures(field)) {
        struct value v = fact_unknown(field->type, s->stale_why);
        fact_mark_place(f, &v, s->capture_json, s->captured_at_node, s->stale_why);
        return v;
    }
    return field->get(f, r);
}

static const struct value *field_value(void *self, const struct field *field, route r)
{
    struct facts *f = self;
    size_t index = field_index(field), set = field->by_route ? (size_t)r : ROUTE_COUNT;
    struct value **kept = index == SIZE_MAX ? NULL : &f->values[set][index];
    struct value *v = kept ? *kept : NULL;
    if (!v) {
        v = NEW(f->arena, struct value);
        *v = ask(f, field, r);
        if (kept)
            *kept = v;
    }
    if (field->topic)
        note_end(f, field, v);
    return v;
}

static struct principal asked_principal(struct facts *f, const struct can_question *q, route r)
{
    switch (q->who) {
    case WHO_ACTOR: return *facts_actor(f, r);
    case WHO_CALLER: return *facts_actor(f, ROUTE_REMOVE_API);
    case WHO_PRINCIPAL: return *facts_actor(f, ROUTE_LEAVE_API);
    case WHO_ROOT: return facts_root(f);
    case WHO_ARN: break;
    }
    struct arn arn;
    const struct account *m = f->run->management;
    bool of_management = m && arn_parse(q->arn, &arn) && str_eq(arn.account, m->id);
    return facts_principal(f, of_management ? m : f->account, q->arn);
}

static const struct value *can_value(void *self, const struct can_question *q, route r)
{
    struct facts *f = self;
    struct value *v = NEW(f->arena, struct value);
    struct principal asked = asked_principal(f, q, r);
    struct context_key *given = NEW_ARRAY(f->arena, struct context_key, q->with_count);
    const struct snapshot *s = f->run->org->snapshot;
    if (s->stale) {
        *v = fact_unknown(TYPE_BOOL, s->stale_why);
        fact_mark_place(f, v, s->capture_json, s->captured_at_node, s->stale_why);
        return v;
    }
    for (size_t i = 0; i < q->with_count; i++)
        given[i] = (struct context_key){.name = q->with[i].key,
                                        .state = KEY_PRESENT,
                                        .values = q->with[i].values,
                                        .count = q->with[i].count,
                                        .multivalued = q->with[i].count != 1};
    struct question question = {.who = &asked,
                                .action = q->action,
                                .resource = q->resource,
                                .resource_known = q->resource_known,
                                .scps = true,
                                .given = given,
                                .given_count = q->with_count};
    *v = facts_can(f, &question);
    return v;
}

const struct value *facts_field(struct facts *f, const char *name, route r)
{
    return field_value(f, field_find(str_from(name)), r);
}

struct fact_source facts_source(struct facts *f)
{
    return (struct fact_source){.self = f, .field = field_value, .can = can_value};
}

void facts_forget_ends(struct facts *f)
{
    f->has_end = false;
}

void facts_open(struct facts *f, arena *a, const struct facts_run *run, struct account *account)
{
    *f = (struct facts){.arena = a, .run = run, .account = account};
    for (size_t i = 0; i <= ROUTE_COUNT; i++)
        f->values[i] = NEW_ARRAY(a, struct value *, field_catalogue_count);
    for (size_t i = 0; i < run->shelf_count; i++) { /* what is malformed there is an error of that account */
        const struct shelf *s = &run->shelves[i];
        for (size_t k = 0; k < s->errors.count && str_eq(s->id, account->id); k++)
            *VEC_PUSH(a, &account->errors) = s->errors.items[k];
    }
}
