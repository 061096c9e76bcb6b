/*
 * impact.c - what a departure changes, account by account. Each part adds items; they are sorted, and copied out of the
 * visit that they come from.
 */
#include "rules/impact.h"

#include <stdlib.h>

#include "rules/impact_run.h"

/* ---- items ---- */

struct impact_item *impact_add(struct impacting *m, impact_kind kind, str rule, certainty sure)
{
    const struct rule *r = ruleset_find(m->check->rules, rule);
    struct impact_item *i = VEC_PUSH(m->arena, &m->items);
    i->kind = kind;
    i->rule = rule;
    i->certainty = sure;
    i->severity = r ? rule_severity(r, ROUTE_REMOVE_API) : SEVERITY_WARNING;
    i->reversible = true;
    return i;
}

void impact_mark(struct impacting *m, struct impact_item *i, const struct mark *at)
{
    struct evidence *items = NEW_ARRAY(m->arena, struct evidence, i->evidence_count + 1);
    if (i->evidence_count)
        memcpy(items, i->evidence, i->evidence_count * sizeof *items);
    items[i->evidence_count++] = check_locate(m->arena, at, true);
    i->evidence = items;
}

void impact_need(struct impacting *m, struct impact_item *i, struct need n)
{
    struct need *items = NEW_ARRAY(m->arena, struct need, i->need_count + 1);
    if (i->need_count)
        memcpy(items, i->needs, i->need_count * sizeof *items);
    items[i->need_count++] = n;
    i->needs = items;
}

void impact_fix(struct impacting *m, struct impact_item *i, str text)
{
    struct fix *items = NEW_ARRAY(m->arena, struct fix, i->fix_count + 1);
    if (i->fix_count)
        memcpy(items, i->fixes, i->fix_count * sizeof *items);
    items[i->fix_count++] = (struct fix){.text = text};
    i->fixes = items;
}

/* ---- what is not at hand ---- */

void gaps_add(struct gaps *g, const struct capture_doc *doc, str file, str why)
{
    struct impacting *m = g->impacting;
    for (size_t i = 0; i < g->marks.count; i++)
        if (str_eq(g->marks.items[i].text, why))
            return; /* a list of Regions is missing for many calls */
    if (!g->count++)
        g->why = why;
    if (g->count > GAP_LIMIT)
        return;
    struct mark *at = VEC_PUSH(m->arena, &g->marks);
    *at = MARK_NONE;
    at->text = why;
    at->file = file;
    if (!doc)
        return;
    at->file = arena_printf(m->arena, "%.*s.json", STR_ARG(doc->path));
    if (doc->error_source) {
        at->source = doc->error_source;
        at->node = doc->error_node;
    }
    *VEC_PUSH(m->arena, &g->needs) = fact_capture_need(m->facts, doc);
}

void gaps_tell(struct impacting *m, const struct gaps *g, impact_kind kind, const char *rule, str now)
{
    if (!g->count)
        return;
    struct impact_item *i = impact_add(m, kind, str_from(rule), CERTAINTY_UNKNOWN);
    i->now = now;
    i->after = STR("what of it changes is not known");
    i->why =
        g->count == 1 ? g->why : arena_printf(m->arena, "%.*s; and %zu more like it", STR_ARG(g->why), g->count - 1);
    for (size_t k = 0; k < g->marks.count; k++)
        impact_mark(m, i, &g->marks.items[k]);
    for (size_t k = 0; k < g->needs.count; k++)
        impact_need(m, i, g->needs.items[k]);
    if (!i->need_count)
        impact_fix(m, i, STR("Capture it (orgexit collect), and ask again"));
}

/* ---- copies ---- */

static str keep(arena *a, str s)
{
    return s.ptr ? arena_str(a, s) : s;
}

static const str *keep_texts(arena *a, const str *from, size_t count)
{
    str *out = NEW_ARRAY(a, str, count + 1);
    for (size_t i = 0; i < count; i++)
        out[i] = keep(a, from[i]);
    return out;
}

static struct evidence keep_evidence(arena *a, const struct evidence *from)
{
    struct evidence e = *from;
    str *const texts[] = {&e.file,   &e.pointer,     &e.inner_pointer, &e.level, &e.level_path,
                          &e.policy, &e.policy_name, &e.sid,           &e.text,  &e.excerpt};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep(a, *texts[i]);
    return e;
}

static struct fix keep_fix(arena *a, const struct fix *from)
{
    struct fix f = {.text = keep(a, from->text), .command_len = from->command_len};
    f.command = from->command ? NEW_ARRAY(a, str, from->command_len + 1) : NULL;
    for (size_t i = 0; f.command && i < f.command_len; i++)
        f.command[i] = keep(a, from->command[i]);
    return f;
}

struct impact_item impact_keep(arena *a, const struct impact_item *from)
{
    struct impact_item i = *from;
    struct evidence *evidence = NEW_ARRAY(a, struct evidence, i.evidence_count + 1);
    struct need *needs = NEW_ARRAY(a, struct need, i.need_count + 1);
    struct fix *fixes = NEW_ARRAY(a, struct fix, i.fix_count + 1);
    str *const texts[] = {&i.rule, &i.change, &i.key, &i.now, &i.after, &i.why};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        *texts[k] = keep(a, *texts[k]);
    for (size_t k = 0; k < i.evidence_count; k++)
        evidence[k] = keep_evidence(a, &from->evidence[k]);
    for (size_t k = 0; k < i.need_count; k++)
        needs[k] = (struct need){from->needs[k].kind, keep(a, from->needs[k].name), keep(a, from->needs[k].how)};
    for (size_t k = 0; k < i.fix_count; k++)
        fixes[k] = keep_fix(a, &from->fixes[k]);
    i.evidence = evidence;
    i.needs = needs;
    i.fixes = fixes;
    i.depends_on = keep_texts(a, from->depends_on, i.depends_on_count);
    return i;
}

static const struct input_error *keep_errors(arena *a, const struct input_error *from, size_t count)
{
    struct input_error *out = NEW_ARRAY(a, struct input_error, count + 1);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct input_error){keep(a, from[i].file), from[i].line, from[i].column, keep(a, from[i].message)};
    return out;
}

/* ---- one account ---- */

/* What is deleted comes first; then by what it is about, the most certain before the others. */
static void sort_items(struct impact_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct impact_item item = items[i];
        size_t k = i;
        for (; k > 0 && (items[k - 1].kind > item.kind ||
                         (items[k - 1].kind == item.kind && items[k - 1].certainty < item.certainty));
             k--)
            items[k] = items[k - 1];
        items[k] = item;
    }
}

static str note_on(const struct impacting *m)
{
    const struct organization *o = m->check->org;
    if (str_eq(m->account, o->management_account))
        return STR("This is the management account: it cannot leave; the organization ends with it. Told is what would "
                   "change for it alone.");
    if (!organization_account(o, m->account))
        return STR("The captures do not show this account in the organization.");
    return (str){0};
}

struct making {
    arena *keep;
    const struct impact_options *options;
    struct check *check;
    struct impact_account *told;
    error *error;
    bool ok;
};

static void look(void *self, const struct visit *v)
{
    struct making *k = self;
    struct impacting m = {.arena = v->arena,
                          .options = k->options,
                          .check = v->check,
                          .visit = v,
                          .facts = v->judge->facts->self,
                          .account = v->result->id};
    impact_own_policies(&m);
    k->ok = impact_other_policies(&m, k->error);
    impact_guardrails(&m);
    impact_trust(&m);
    impact_services(&m);
    impact_rules(&m);
    for (size_t i = 0; i < m.items.count && m.doubtful; i++)
        if (m.items.items[i].certainty == CERTAINTY_CERTAIN && m.items.items[i].evidence_count)
            m.items.items[i].certainty = CERTAINTY_LIKELY;
    sort_items(m.items.items, m.items.count);

    struct impact_account *to = k->told;
    struct impact_item *items = NEW_ARRAY(k->keep, struct impact_item, m.items.count + 1);
    *to = (struct impact_account){.id = keep(k->keep, m.account),
                                  .name = keep(k->keep, v->result->name),
                                  .path = keep(k->keep, v->result->path),
                                  .note = note_on(&m),
                                  .items = items,
                                  .item_count = m.items.count};
    for (size_t i = 0; i < m.items.count; i++) {
        items[i] = impact_keep(k->keep, &m.items.items[i]);
        to->counts[items[i].certainty]++;
    }
    to->error_count = v->account->errors.count;
    to->errors = keep_errors(k->keep, v->account->errors.items, to->error_count);
}

/* ---- the whole ---- */

static bool names_are_good(const struct impact_options *o, const struct check *c, error *e)
{
    for (size_t i = 0; i < o->with_count; i++) {
        if (!organization_account(c->org, o->with[i]))
            return error_set(e, ERR_INPUT, "--with %.*s: the captures show no such account in the organization",
                             STR_ARG(o->with[i]));
        if (str_eq(o->with[i], c->org->management_account))
            return error_set(e, ERR_INPUT, "--with %.*s: this is the management account, which cannot leave",
                             STR_ARG(o->with[i]));
    }
    if (o->new_org.len && str_eq(o->new_org, c->org->id))
        return error_set(e, ERR_INPUT, "--new-org %.*s is the organization that is left; expected another one's id",
                         STR_ARG(o->new_org));
    return true;
}

static void close_scratch(void *what)
{
    arena_close(what);
}

bool impact_make(arena *a, const struct impact_options *o, struct impact *out, struct rule_errors *faults, error *e)
{
    struct check *c = check_open(a, o->check, faults, e);
    arena *scratch = c ? arena_open(0) : NULL;
    if (!scratch)
        return c ? error_set(e, ERR_RESOURCE, "out of memory") : false;
    arena_defer(a, close_scratch, scratch);
    arena_set_exit(scratch, arena_exit(a));
    if (!names_are_good(o, c, e))
        return false;
    c->facts.named = false; /* the rules need not look through the others' policies: that is done here */
    struct impact_account *accounts = NEW_ARRAY(a, struct impact_account, c->selected_count + 1);
    *out = (struct impact){.run = check_run_of(c),
                           .new_org = o->new_org,
                           .with = o->with,
                           .with_count = o->with_count,
                           .accounts = accounts,
                           .account_count = c->selected_count};
    for (size_t i = 0; i < c->selected_count; i++) {
        struct making k = {a, o, c, &accounts[i], e, false};
        check_visit_account(c, scratch, i, look, &k);
        arena_reset(scratch);
        if (!k.ok)
            return false;
        out->exit_code = accounts[i].error_count ? 2 : out->exit_code;
    }
    if (!out->exit_code && o->check->assumed_count && !o->check->allow_hypothetical)
        out->exit_code = 1;
    return true;
}
