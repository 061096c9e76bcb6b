/* guard_sum.c - what came of the claims: cases are copied out of the memory of their account, claims told and counted.
 */
#include "base/version.h"
#include "rules/guard_run.h"

enum { EXIT_HOLDS = 0, EXIT_VIOLATED = 1, EXIT_BAD_INPUT = 2, EXIT_UNKNOWN = 3 }; /* formats.md 4 */

/* ---- copies ---- */

static struct evidence copy_evidence(arena *a, const struct evidence *e)
{
    struct evidence c = *e;
    str *const texts[] = {&c.file,   &c.pointer,     &c.inner_pointer, &c.level, &c.level_path,
                          &c.policy, &c.policy_name, &c.sid,           &c.text,  &c.excerpt};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i]->ptr)
            *texts[i] = arena_str(a, *texts[i]);
    return c;
}

static const struct explained_key *copy_keys(arena *a, const struct explained_key *keys, size_t count)
{
    struct explained_key *copy = NEW_ARRAY(a, struct explained_key, count);
    for (size_t i = 0; i < count; i++) {
        str *values = NEW_ARRAY(a, str, keys[i].count);
        for (size_t v = 0; v < keys[i].count; v++)
            values[v] = arena_str(a, keys[i].values[v]);
        copy[i] = keys[i];
        copy[i].name = arena_str(a, keys[i].name);
        copy[i].values = values;
    }
    return copy;
}

static struct guard_person copy_person(arena *a, const struct guard_person *p)
{
    struct guard_person c = *p;
    struct guard_statement *through = NEW_ARRAY(a, struct guard_statement, p->through_count);
    str *const texts[] = {&c.arn, &c.action, &c.who, &c.why};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_str(a, *texts[i]);
    for (size_t i = 0; i < p->through_count; i++)
        through[i] = (struct guard_statement){p->through[i].denies, copy_evidence(a, &p->through[i].at)};
    c.through = through;
    c.keys = copy_keys(a, p->keys, p->key_count);
    return c;
}

void guarding_open(struct guarding *g, arena *a, const struct expectations *expect)
{
    *g = (struct guarding){.arena = a, .expect = expect};
    g->claims = NEW_ARRAY(a, struct guarded, expect->count);
}

void guarding_add(struct guarding *g, size_t claim, const struct guard_case *c)
{
    arena *a = g->arena;
    struct guard_case *copy = VEC_PUSH(a, &g->claims[claim].cases);
    struct guard_person *people = NEW_ARRAY(a, struct guard_person, c->people.count);
    for (size_t i = 0; i < c->people.count; i++)
        people[i] = copy_person(a, &c->people.items[i]);
    *copy = (struct guard_case){
        .id = arena_str(a, c->id),
        .name = arena_str(a, c->name),
        .path = arena_str(a, c->path),
        .holds = c->holds,
        .why = arena_str(a, c->why),
        .people = {people, c->people.count}
    };
}

/* ---- claims in words ---- */

static str list_words(arena *a, const str *items, size_t count, const char *last)
{
    str words = {0};
    for (size_t i = 0; i < count; i++)
        words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words),
                             i == 0           ? ""
                             : i + 1 == count ? last
                                              : ", ",
                             STR_ARG(items[i]));
    return words;
}

static str claim_words(arena *a, const struct expected *c)
{
    str actions = list_words(a, c->actions, c->action_count, c->kind == CLAIM_CAN ? " and " : " or ");
    switch (c->kind) {
    case CLAIM_NOBODY_MAY: {
        str but = list_words(a, c->but_words, c->but_count, " and ");
        return arena_printf(a, "no principal%s%.*s may call %.*s", but.len ? " but " : "", STR_ARG(but),
                            STR_ARG(actions));
    }
    case CLAIM_CAN: return arena_printf(a, "%.*s can call %.*s", STR_ARG(c->principal), STR_ARG(actions));
    case CLAIM_CANNOT: return arena_printf(a, "%.*s cannot call %.*s", STR_ARG(c->principal), STR_ARG(actions));
    }
    return (str){0};
}

/* ---- sums ---- */

static struct guard_claim close_claim(struct guarding *g, size_t at)
{
    const struct expected *c = &g->expect->claims[at];
    struct guarded *done = &g->claims[at];
    struct position p;
    source_locate(g->arena, g->expect->source, c->node, &p);
    struct guard_claim out = {.name = c->name,
                              .text = claim_words(g->arena, c),
                              .several = c->action_count > 1,
                              .file = p.file,
                              .line = p.line,
                              .column = p.column,
                              .holds = TRI_YES,
                              .cases = done->cases.items,
                              .case_count = done->cases.count,
                              .doubts = done->doubts.items,
                              .doubt_count = done->doubts.count};
    for (size_t i = 0; i < out.case_count; i++) {
        out.held += out.cases[i].holds == TRI_YES;
        out.violated += out.cases[i].holds == TRI_NO;
        out.unknown += out.cases[i].holds == TRI_UNKNOWN;
        out.holds = tri_and(out.holds, out.cases[i].holds);
    }
    if (!out.case_count || out.doubt_count || g->doubts.count) /* what was seen may not be all, or not be so */
        out.holds = tri_and(out.holds, TRI_UNKNOWN);
    return out;
}

void guarding_close(struct guarding *g, struct guard_result *out)
{
    struct guard_claim *claims = NEW_ARRAY(g->arena, struct guard_claim, g->expect->count);
    for (size_t i = 0; i < g->expect->count; i++) {
        claims[i] = close_claim(g, i);
        out->held += claims[i].holds == TRI_YES;
        out->violated += claims[i].holds == TRI_NO;
        out->unknown += claims[i].holds == TRI_UNKNOWN;
    }
    out->version = STR(ORGEXIT_VERSION);
    out->claims = claims;
    out->claim_count = g->expect->count;
    out->doubts = g->doubts.items;
    out->doubt_count = g->doubts.count;
    out->notes = g->notes.items;
    out->note_count = g->notes.count;
    out->errors = g->errors.items;
    out->error_count = g->errors.count;
    out->exit_code = out->error_count ? EXIT_BAD_INPUT
                     : out->violated  ? EXIT_VIOLATED
                     : out->unknown   ? EXIT_UNKNOWN
                                      : EXIT_HOLDS;
}
