/* judge.c - walks a rule's compiled tests over the facts of one account, and tells what decided. */
#include "rules/judge.h"

#include "base/clock.h"
#include "base/work.h"
#include "rules/steps.h"
#include "rules/test.h"

/* The element that an every or some is at. */
struct at {
    const struct field *list;
    const struct element *element;
    const struct at *outer;
};

/* What decided, gathered. */
struct gathered {
    VEC(struct mark) marks;
    VEC(struct need) needs;
    VEC(str) keys, reasons;
};

struct walk {
    arena *a;
    const struct judge *j;
    route on;
    struct gathered *out; /* NULL: only the value is wanted */
};

static tri eval(const struct walk *w, const struct test *t, const struct at *at);

/* ---- facts ---- */

static const struct value *fact(const struct walk *w, const struct field *f, const struct at *at)
{
    for (; at && f->of; at = at->outer)
        if (str_is(str_from(f->of), at->list->name))
            return &at->element->members[field_member_index(f)];
    return w->j->facts->field(w->j->facts->self, f, w->on);
}

/* ---- texts ---- */

static str text_of_element(arena *a, const struct element *e, size_t members)
{
    if (e->text.len || !e->members)
        return e->text;
    for (size_t i = 0; i < members; i++) /* a record without a name of its own: its first text */
        if (e->members[i].state == VALUE_KNOWN && e->members[i].type == TYPE_STRING)
            return e->members[i].as.text;
    return arena_str(a, STR("(unnamed)"));
}

enum { LIST_SHOWN = 3 };

static str text_of_list(arena *a, const struct value_list *list, size_t members)
{
    if (list->count == 0)
        return list->complete ? STR("(none)") : STR("(unknown)");
    str out = {0};
    size_t shown = list->count <= LIST_SHOWN + 1 ? list->count : LIST_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        bool last = i + 1 == list->count && list->complete;
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out),
                           i == 0 ? ""
                           : last ? " and "
                                  : ", ",
                           STR_ARG(text_of_element(a, &list->items[i], members)));
    }
    if (shown < list->count)
        out = arena_printf(a, "%.*s and %zu more", STR_ARG(out), list->count - shown);
    return list->complete ? out : arena_printf(a, "%.*s and perhaps others", STR_ARG(out));
}

static str text_of(arena *a, const struct value *v, size_t members)
{
    switch (v->state) {
    case VALUE_UNKNOWN: return STR("(unknown)");
    case VALUE_ABSENT: return STR("(none)");
    case VALUE_KNOWN: break;
    }
    switch (v->type) {
    case TYPE_BOOL: return v->as.yes ? STR("true") : STR("false");
    case TYPE_STRING:
    case TYPE_ENUM: return v->as.text;
    case TYPE_INT: return arena_printf(a, "%lld", (long long)v->as.number);
    case TYPE_DURATION: return duration_format(a, v->as.number);
    case TYPE_TIME: return time_format(a, v->as.number);
    case TYPE_LIST: return text_of_list(a, &v->as.list, members);
    }
    return (str){0};
}

/* A part of a template that names a fact; `blank`: how an unknown or absent one is written in a command. */
static str part_text(const struct walk *w, const struct template_part *p, bool blank)
{
    if (p->param)
        return text_of(w->a, &p->param->value, 0);
    for (size_t i = 0; i < w->j->word_count && p->word.ptr; i++)
        if (str_is(p->word, w->j->words[i].name))
            return w->j->words[i].text;
    if (p->word.ptr)
        return arena_printf(w->a, "<%.*s>", STR_ARG(p->word));
    if (!p->field)
        return p->text;
    const struct value *v = fact(w, p->field, NULL);
    if (blank && v->state != VALUE_KNOWN)
        return arena_printf(w->a, "<%s>", p->field->name);
    return text_of(w->a, v, p->field->type == TYPE_LIST ? field_member_count(p->field) : 0);
}

static str render(const struct walk *w, const struct text_template *t, bool blank)
{
    if (t->count == 1)
        return part_text(w, &t->parts[0], blank);
    str out = {0};
    for (size_t i = 0; i < t->count; i++)
        out = arena_printf(w->a, "%.*s%.*s", STR_ARG(out), STR_ARG(part_text(w, &t->parts[i], blank)));
    return out;
}

/* ---- operators ---- */

/* '*' and '?' over code points, by going back to the last star alone: no worse than both lengths multiplied. */
static bool glob_matches(str pattern, str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        bool tail = ((unsigned char)text.ptr[t] & 0xC0) == 0x80;
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len && pattern.ptr[p] == '?' && !tail) {
            p++;
            do
                t++;
            while (t < text.len && ((unsigned char)text.ptr[t] & 0xC0) == 0x80);
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++from;
        } else
            return false;
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* UNKNOWN: the pattern reached its limit, or the text is too long for it. */
static tri pattern_matches(const struct walk *w, const struct pattern *p, str text)
{
    if (text.len > SUBJECT_LIMIT)
        return TRI_UNKNOWN;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!data)
        work_leave(arena_exit(w->a));
    int n = pcre2_match(p->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, data, p->limits);
    pcre2_match_data_free(data);
    return n >= 0 ? TRI_YES : n == PCRE2_ERROR_NOMATCH ? TRI_NO : TRI_UNKNOWN;
}

static bool text_in(const struct test *t, str text)
{
    for (size_t i = 0; i < t->literal_count; i++)
        if (str_eq(t->literals[i].text, text))
            return true;
    return false;
}

static bool is_equal(const struct test *t, const struct value *v)
{
    switch (v->type) {
    case TYPE_BOOL: return v->as.yes == t->literals[0].yes;
    case TYPE_STRING:
    case TYPE_ENUM: return str_eq(v->as.text, t->literals[0].text);
    case TYPE_INT:
    case TYPE_DURATION:
    case TYPE_TIME: return v->as.number == t->literals[0].number;
    case TYPE_LIST: break;
    }
    return false;
}

static tri list_contains(const struct walk *w, const struct test *t, const struct value_list *list)
{
    tri any = list->complete ? TRI_NO : TRI_UNKNOWN;
    for (size_t i = 0; i < list->count; i++) {
        str text = list->items[i].text;
        tri hit = t->pattern
                      ? pattern_matches(w, t->pattern, text)
                      : tri_of(t->glob ? glob_matches(t->literals[0].text, text) : str_eq(t->literals[0].text, text));
        any = tri_or(any, hit);
    }
    return any;
}

/* More elements may come to a list that is cut off, fewer never. */
static tri list_size(const struct test *t, const struct value_list *list)
{
    int64_t count = (int64_t)list->count;
    tri least = TRI_YES, most = TRI_YES;
    if (t->has_least && count < t->literals[0].number)
        least = list->complete ? TRI_NO : TRI_UNKNOWN;
    if (t->has_most)
        most = count > t->literals[1].number ? TRI_NO : list->complete ? TRI_YES : TRI_UNKNOWN;
    return tri_and(least, most);
}

static tri emptiness(const struct value *v)
{
    if (v->type != TYPE_LIST)
        return tri_of(str_is_blank(v->as.text));
    if (v->as.list.count > 0)
        return TRI_NO;
    return v->as.list.complete ? TRI_YES : TRI_UNKNOWN;
}

static tri apply(const struct walk *w, const struct test *t, const struct value *v)
{
    int64_t than = t->literal_count ? t->literals[0].now ? w->j->as_of : t->literals[0].number : 0;
    switch (t->op) {
    case OP_IS: return tri_of(is_equal(t, v));
    case OP_IS_NOT: return tri_of(!is_equal(t, v));
    case OP_IN: return tri_of(text_in(t, v->as.text));
    case OP_NOT_IN: return tri_of(!text_in(t, v->as.text));
    case OP_MATCHES: return pattern_matches(w, t->pattern, v->as.text);
    case OP_GLOB: return tri_of(glob_matches(t->literals[0].text, v->as.text));
    case OP_IS_EMPTY: return t->literals[0].yes ? emptiness(v) : tri_not(emptiness(v));
    case OP_PRESENT: return tri_of(t->literals[0].yes);
    case OP_AT_LEAST: return tri_of(v->as.number >= than);
    case OP_AT_MOST: return tri_of(v->as.number <= than);
    case OP_BEFORE: return tri_of(v->as.number < than);
    case OP_AFTER: return tri_of(v->as.number > than);
    case OP_CONTAINS: return list_contains(w, t, &v->as.list);
    case OP_SIZE: return list_size(t, &v->as.list);
    }
    return TRI_UNKNOWN;
}

static tri eval_field(const struct walk *w, const struct test *t, const struct at *at)
{
    const struct value *v = fact(w, t->field, at);
    switch (v->state) {
    case VALUE_UNKNOWN: return TRI_UNKNOWN;
    case VALUE_ABSENT: /* nothing is there: that is all that can be said of it */
        if (t->op == OP_IS_EMPTY)
            return tri_of(t->literals[0].yes);
        return tri_of(t->op == OP_PRESENT && !t->literals[0].yes);
    case VALUE_KNOWN: break;
    }
    return v->type == t->field->type ? apply(w, t, v) : TRI_UNKNOWN;
}

/* ---- can ---- */

static const struct value *ask(const struct walk *w, const struct test *t)
{
    const struct can_test *c = t->can;
    struct can_question q = {.who = c->who,
                             .arn = c->arn,
                             .action = c->action,
                             .resource_known = true,
                             .with = c->with,
                             .with_count = c->with_count};
    for (size_t i = 0; i < c->resource.count; i++)
        if (c->resource.parts[i].field && fact(w, c->resource.parts[i].field, NULL)->state != VALUE_KNOWN)
            q.resource_known = false;
    q.resource = q.resource_known ? render(w, &c->resource, false) : (str){0};
    return w->j->facts->can(w->j->facts->self, &q, w->on);
}

static tri eval_can(const struct walk *w, const struct test *t)
{
    const struct value *v = ask(w, t);
    return v->state == VALUE_KNOWN && v->type == TYPE_BOOL ? tri_of(v->as.yes) : TRI_UNKNOWN;
}

/* ---- the tree ---- */

/* every and some over a list that is not whole: what is not seen may be anything. */
static tri eval_each(const struct walk *w, const struct test *t, const struct at *at)
{
    const struct value *v = fact(w, t->field, at);
    if (v->state != VALUE_KNOWN || v->type != TYPE_LIST)
        return v->state == VALUE_ABSENT ? TRI_NO : TRI_UNKNOWN;
    bool every = t->kind == TEST_EVERY;
    tri all = v->as.list.complete ? tri_of(every) : TRI_UNKNOWN;
    for (size_t i = 0; i < v->as.list.count; i++) {
        struct at here = {t->field, &v->as.list.items[i], at};
        tri one = v->as.list.items[i].members ? eval(w, t->parts[0], &here) : TRI_UNKNOWN;
        all = every ? tri_and(all, one) : tri_or(all, one);
    }
    return all;
}

static tri eval_value(const struct walk *w, const struct test *t, const struct at *at)
{
    tri result = tri_of(t->kind == TEST_ALL);
    switch (t->kind) {
    case TEST_ALL:
        for (size_t i = 0; i < t->count; i++)
            result = tri_and(result, eval(w, t->parts[i], at));
        return result;
    case TEST_ANY:
    case TEST_NONE:
        for (size_t i = 0; i < t->count; i++)
            result = tri_or(result, eval(w, t->parts[i], at));
        return t->kind == TEST_ANY ? result : tri_not(result);
    case TEST_NOT: return tri_not(eval(w, t->parts[0], at));
    case TEST_EVERY:
    case TEST_SOME: return eval_each(w, t, at);
    case TEST_CAN: return eval_can(w, t);
    case TEST_FIELD: return eval_field(w, t, at);
    }
    return TRI_UNKNOWN;
}

static tri eval(const struct walk *w, const struct test *t, const struct at *at)
{
    tri value = eval_value(w, t, at);
    if (w->j->seen)
        w->j->seen[t->number] |= (unsigned char)(1u << value);
    return value;
}

/* ---- what decided ---- */

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return a->source == b->source && a->node == b->node && a->statement == b->statement && str_eq(a->file, b->file) &&
           str_eq(a->level, b->level) && str_eq(a->policy, b->policy) && str_eq(a->sid, b->sid) &&
           str_eq(a->text, b->text);
}

static void add_mark(const struct walk *w, const struct mark *m)
{
    for (size_t i = 0; i < w->out->marks.count; i++)
        if (same_mark(&w->out->marks.items[i], m))
            return;
    *VEC_PUSH(w->a, &w->out->marks) = *m;
}

static void add_need(const struct walk *w, const struct need *n)
{
    for (size_t i = 0; i < w->out->needs.count; i++)
        if (strcmp(w->out->needs.items[i].kind, n->kind) == 0 && str_eq(w->out->needs.items[i].name, n->name))
            return;
    *VEC_PUSH(w->a, &w->out->needs) = *n;
}

static void add_key(const struct walk *w, str key)
{
    for (size_t i = 0; i < w->out->keys.count; i++)
        if (str_eq(w->out->keys.items[i], key))
            return;
    *VEC_PUSH(w->a, &w->out->keys) = key;
}

static void add_reason(const struct walk *w, str reason)
{
    for (size_t i = 0; i < w->out->reasons.count; i++)
        if (str_eq(w->out->reasons.items[i], reason))
            return;
    if (reason.len)
        *VEC_PUSH(w->a, &w->out->reasons) = reason;
}

/* A value's marks; what it needs, only where it was not known: a need is what would settle an unknown. */
static void gather(const struct walk *w, const struct value *v, tri was)
{
    for (size_t i = 0; i < v->mark_count; i++)
        add_mark(w, &v->marks[i]);
    for (size_t i = 0; v->state == VALUE_KNOWN && v->type == TYPE_LIST && i < v->as.list.count && i < LIST_SHOWN * 4;
         i++)
        if (v->as.list.items[i].mark)
            add_mark(w, v->as.list.items[i].mark);
    if (was != TRI_UNKNOWN)
        return;
    for (size_t i = 0; i < v->need_count; i++)
        add_need(w, &v->needs[i]);
    for (size_t i = 0; i < v->depends_on_count; i++)
        add_key(w, v->depends_on[i]);
    add_reason(w, v->reason);
}

static void explain(const struct walk *w, const struct test *t, const struct at *at, tri was);

/* Of an "and" that is false the false parts, of one that is true all; of an "or" the other way round. */
static void explain_parts(const struct walk *w, const struct test *t, const struct at *at, tri was)
{
    tri wanted = t->kind == TEST_NONE ? tri_not(was) : was;
    for (size_t i = 0; i < t->count; i++)
        if (eval(w, t->parts[i], at) == wanted)
            explain(w, t->parts[i], at, wanted);
}

static void explain_each(const struct walk *w, const struct test *t, const struct at *at, tri was)
{
    const struct value *v = fact(w, t->field, at);
    bool whole = (was == TRI_YES) == (t->kind == TEST_EVERY); /* it took all elements, not one */
    if (v->state != VALUE_KNOWN || was == TRI_UNKNOWN || whole) {
        struct value list = *v;
        list.as.list.count = was == TRI_UNKNOWN && v->state == VALUE_KNOWN ? 0 : list.as.list.count;
        gather(w, &list, was);
        if (v->state != VALUE_KNOWN || was != TRI_UNKNOWN)
            return;
    }
    for (size_t i = 0; i < v->as.list.count; i++) {
        const struct element *e = &v->as.list.items[i];
        struct at here = {t->field, e, at};
        if ((e->members ? eval(w, t->parts[0], &here) : TRI_UNKNOWN) != was)
            continue;
        if (e->mark)
            add_mark(w, e->mark);
        if (e->members)
            explain(w, t->parts[0], &here, was);
    }
}

static void explain_can(const struct walk *w, const struct test *t, tri was)
{
    for (size_t i = 0; was == TRI_UNKNOWN && i < t->can->resource.count; i++) {
        const struct field *f = t->can->resource.parts[i].field;
        if (f && fact(w, f, NULL)->state == VALUE_UNKNOWN)
            gather(w, fact(w, f, NULL), was);
    }
    gather(w, ask(w, t), was);
}

static void explain_field(const struct walk *w, const struct test *t, const struct at *at, tri was)
{
    const struct value *v = fact(w, t->field, at);
    gather(w, v, was);
    if (was == TRI_UNKNOWN && v->state == VALUE_KNOWN && t->pattern)
        add_reason(w, arena_printf(w->a, "the pattern for %s came to its limit on this text", t->field->name));
}

static void explain(const struct walk *w, const struct test *t, const struct at *at, tri was)
{
    switch (t->kind) {
    case TEST_ALL:
    case TEST_ANY:
    case TEST_NONE: explain_parts(w, t, at, was); return;
    case TEST_NOT: explain(w, t->parts[0], at, tri_not(was)); return;
    case TEST_EVERY:
    case TEST_SOME: explain_each(w, t, at, was); return;
    case TEST_CAN: explain_can(w, t, was); return;
    case TEST_FIELD: explain_field(w, t, at, was); return;
    }
}

/* ---- waiting ---- */

/* When a test that is false now becomes true if nothing changes but the time. */
static bool true_by_waiting(const struct walk *w, const struct test *t, int64_t *when)
{
    bool any = false;
    if (t->kind == TEST_FIELD && t->op == OP_AT_LEAST && t->field->grows) {
        const struct value *v = fact(w, t->field, NULL);
        *when = w->j->as_of + t->literals[0].number - v->as.number;
        return v->state == VALUE_KNOWN;
    }
    if (t->kind != TEST_ALL && t->kind != TEST_ANY)
        return false;
    for (size_t i = 0; i < t->count; i++) {
        int64_t one;
        if (t->kind == TEST_ALL && eval(w, t->parts[i], NULL) == TRI_YES)
            continue;
        bool waits = true_by_waiting(w, t->parts[i], &one);
        if (!waits && t->kind == TEST_ALL)
            return false;
        if (waits && (!any || (t->kind == TEST_ALL) == (one > *when)))
            *when = one;
        any |= waits;
    }
    return any;
}

/* ---- the outcome ---- */

static outcome decide(tri when, tri require)
{
    if (when == TRI_NO)
        return OUTCOME_NOT_APPLICABLE;
    if (require == TRI_YES)
        return OUTCOME_PASS; /* also when it is not known whether the rule applies */
    return when == TRI_UNKNOWN || require == TRI_UNKNOWN ? OUTCOME_UNKNOWN : OUTCOME_FAIL;
}

static str with_reasons(const struct walk *w, str message)
{
    size_t n = w->out->reasons.count;
    if (n == 0)
        return message;
    const str *r = w->out->reasons.items;
    if (n == 1)
        return arena_printf(w->a, "%.*s: %.*s", STR_ARG(message), STR_ARG(r[0]));
    if (n == 2)
        return arena_printf(w->a, "%.*s: %.*s; %.*s", STR_ARG(message), STR_ARG(r[0]), STR_ARG(r[1]));
    return arena_printf(w->a, "%.*s: %.*s; and %zu more reasons", STR_ARG(message), STR_ARG(r[0]), n - 1);
}

static str message_of(const struct walk *w, const struct rule *r, outcome o)
{
    switch (o) {
    case OUTCOME_FAIL: return r->message_fail ? render(w, r->message_fail, false) : r->title;
    case OUTCOME_PASS: return r->message_pass ? render(w, r->message_pass, false) : r->title;
    case OUTCOME_UNKNOWN:
        return with_reasons(w, r->message_unknown ? render(w, r->message_unknown, false)
                                                  : arena_printf(w->a, "Cannot tell: %.*s", STR_ARG(r->title)));
    case OUTCOME_NOT_APPLICABLE:
    case OUTCOME_WAIVED: break;
    }
    return r->title;
}

static void judge_alone(arena *a, const struct judge *j, const struct rule *r, route on, struct judgement *out)
{
    struct gathered all = {0};
    struct walk w = {.a = a, .j = j, .on = on, .out = &all};
    tri when = r->when ? eval(&w, r->when, NULL) : TRI_YES;
    tri require = when == TRI_NO ? TRI_UNKNOWN : eval(&w, r->require, NULL);
    outcome o = decide(when, require);
    struct judge silent = *j; /* what follows asks again and is no use of a test */
    silent.seen = NULL;
    w.j = &silent;
    if (r->when && (o == OUTCOME_NOT_APPLICABLE || (o == OUTCOME_UNKNOWN && when == TRI_UNKNOWN)))
        explain(&w, r->when, NULL, when);
    if (o == OUTCOME_PASS || o == OUTCOME_FAIL || (o == OUTCOME_UNKNOWN && require == TRI_UNKNOWN))
        explain(&w, r->require, NULL, require);
    *out = (struct judgement){.by = r,
                              .outcome = o,
                              .severity = rule_severity(r, on),
                              .message = message_of(&w, r, o),
                              .marks = all.marks.items,
                              .mark_count = all.marks.count,
                              .needs = all.needs.items,
                              .need_count = all.needs.count,
                              .depends_on = all.keys.items,
                              .depends_on_count = all.keys.count};
    if (o == OUTCOME_FAIL)
        out->has_passes_at = true_by_waiting(&w, r->require, &out->passes_at);
}

static int rank_of(outcome o)
{
    switch (o) {
    case OUTCOME_FAIL: return 3;
    case OUTCOME_UNKNOWN: return 2;
    case OUTCOME_PASS: return 1;
    case OUTCOME_NOT_APPLICABLE:
    case OUTCOME_WAIVED: break;
    }
    return 0;
}

/* Of two that fail, the one that stays so longer. */
static bool is_worse(const struct judgement *a, const struct judgement *b)
{
    if (a->outcome != OUTCOME_FAIL || b->outcome != OUTCOME_FAIL)
        return rank_of(a->outcome) > rank_of(b->outcome);
    return b->has_passes_at && (!a->has_passes_at || a->passes_at > b->passes_at);
}

/* Only what is wrong takes the place of the pass. */
static void judge_also(arena *a, const struct judge *j, const struct rule *also, route on, struct judgement *out)
{
    struct judgement other;
    judge_alone(a, j, also, on, &other);
    if (other.outcome != OUTCOME_FAIL && other.outcome != OUTCOME_UNKNOWN)
        return;
    *out = other;
    out->is_also = true;
}

void judge(arena *a, const struct judge *j, const struct rule *r, route on, struct judgement *out)
{
    judge_alone(a, j, r, on, out);
    for (const struct rule *under = r->under; under; under = under->under) {
        struct judgement other;
        if (!rule_applies(under, on))
            continue;
        judge_alone(a, j, under, on, &other);
        other.severity = out->severity;
        if (is_worse(&other, out))
            *out = other;
    }
    if (r->also && out->outcome == OUTCOME_PASS && out->by == r)
        judge_also(a, j, r->also, on, out);
}

tri judge_test(arena *a, const struct judge *j, const struct test *t, route on)
{
    struct walk w = {.a = a, .j = j, .on = on};
    return eval(&w, t, NULL);
}

str judge_text(arena *a, const struct judge *j, const struct text_template *t, route on, bool command)
{
    struct walk w = {.a = a, .j = j, .on = on};
    return render(&w, t, command);
}

/* ---- what differs between routes ---- */

static bool template_varies(const struct text_template *t)
{
    for (size_t i = 0; t && i < t->count; i++)
        if (t->parts[i].field && t->parts[i].field->by_route)
            return true;
    return false;
}

static bool test_varies(const struct test *t)
{
    if (t->field && t->field->by_route)
        return true;
    if (t->can && (t->can->who == WHO_ACTOR || template_varies(&t->can->resource)))
        return true;
    for (size_t i = 0; i < t->count; i++)
        if (test_varies(t->parts[i]))
            return true;
    return false;
}

bool judge_varies(const struct rule *r)
{
    bool varies = r->under || (r->also && judge_varies(r->also)) || (r->when && test_varies(r->when)) ||
                  test_varies(r->require) || template_varies(r->message_fail) || template_varies(r->message_unknown) ||
                  template_varies(r->message_pass);
    for (size_t i = 0; i < r->fix_count && !varies; i++) {
        varies = template_varies(&r->fixes[i].text);
        for (size_t k = 0; k < r->fixes[i].command_len && !varies; k++)
            varies = template_varies(&r->fixes[i].command[k]);
    }
    return varies;
}

/* ---- fixes ---- */

/* The list of texts that an argument consists of; NULL: none. */
static const struct value *repeated(const struct walk *w, const struct fix_template *f, size_t *argument)
{
    for (size_t i = 0; i < f->command_len; i++) {
        const struct text_template *t = &f->command[i];
        const struct field *field = t->count == 1 ? t->parts[0].field : NULL;
        if (!field || field->type != TYPE_LIST || field->item != TYPE_STRING)
            continue;
        const struct value *v = fact(w, field, NULL);
        if (v->state != VALUE_KNOWN || v->as.list.count == 0)
            continue;
        *argument = i;
        return v;
    }
    return NULL;
}

static struct fix fill_fix(const struct walk *w, const struct fix_template *f, size_t argument, str text)
{
    struct fix out = {.text = render(w, &f->text, false), .command_len = f->command_len};
    if (f->command_len == 0)
        return out;
    out.command = NEW_ARRAY(w->a, str, f->command_len);
    for (size_t i = 0; i < f->command_len; i++)
        out.command[i] = i == argument ? text : render(w, &f->command[i], true);
    return out;
}

const struct fix *judge_fixes(arena *a, const struct judge *j, const struct rule *r, route on, size_t *count)
{
    struct walk w = {.a = a, .j = j, .on = on};
    VEC(struct fix) fixes = {0};
    for (size_t i = 0; i < r->fix_count; i++) {
        size_t argument = SIZE_MAX;
        const struct value *list = repeated(&w, &r->fixes[i], &argument);
        if (!list)
            *VEC_PUSH(a, &fixes) = fill_fix(&w, &r->fixes[i], SIZE_MAX, (str){0});
        for (size_t k = 0; list && k < list->as.list.count && k < FIX_LIMIT; k++)
            *VEC_PUSH(a, &fixes) = fill_fix(&w, &r->fixes[i], argument, list->as.list.items[k].text);
    }
    *count = fixes.count;
    return fixes.items;
}
