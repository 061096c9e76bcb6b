/*
 * plan_exempt.c - the account is exempted where SCPs deny: each statement that denies gets a condition on
 * aws:PrincipalAccount, so that what it keeps from others stays. Whether that frees the rules is tried, not supposed.
 */
#include "base/file.h"
#include "rules/plan_run.h"
#include "text/print.h"

enum { SCP_LIMIT = 10240 }; /* characters of an SCP (Quotas and service limits for AWS Organizations) */

static const char operator_name[] = "StringNotEquals", key_name[] = "aws:PrincipalAccount";

/* An SCP as it will read. */
struct narrowed {
    const struct org_policy *from;
    struct org_policy to;
    source *text;
    struct lift_item *item;
    VEC(struct plan_change) changes;
    bool left_out; /* the rules are free without it */
};

struct exempting {
    struct making *making;
    VEC(struct narrowed) policies;
};

/* ---- one statement ---- */

static source *read_json(arena *a, str text)
{
    error e = {0};
    source *s = NEW(a, source);
    s->len = text.len;
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    memcpy(s->text, text.ptr, text.len);
    return json_read(a, s, &e) ? s : NULL;
}

static const node *member(const node *object, const char *name)
{
    for (NODE_EACH(m, object))
        if (node_is_object(object) && str_eq_nocase(node_key(m), str_from(name)))
            return m;
    return NULL;
}

/* What the key is compared with already, and the account. */
static str values_with(arena *a, const node *values, str account)
{
    str list = arena_printf(a, "\"%.*s\"", STR_ARG(account));
    if (node_is_list(values))
        for (NODE_EACH(value, values))
            list = arena_printf(a, "%.*s, %.*s", STR_ARG(list), STR_ARG(node_print(a, value)));
    else if (values)
        list = arena_printf(a, "%.*s, %.*s", STR_ARG(list), STR_ARG(node_print(a, values)));
    return values ? arena_printf(a, "[%.*s]", STR_ARG(list)) : list;
}

static str quoted_name(arena *a, const node *m, const char *otherwise)
{
    return json_quote(a, m ? node_key(m) : str_from(otherwise));
}

/* Makes the condition; the policy's text and model are those after it. */
static bool narrow(struct exempting *x, struct narrowed *n, const struct evidence *ev)
{
    arena *a = x->making->keep;
    error e = {0};
    const node *statements = node_get(n->text->root, "Statement"), *statement = statements;
    for (int i = 0; node_is_list(statements) && i <= ev->statement; i++)
        statement = i ? node_next(statement) : node_first(statements);
    if (ev->statement < 0 || !node_is_object(statement))
        return false;
    const node *block = member(node_get(statement, "Condition"), operator_name), *key = member(block, key_name);
    str operator_text = quoted_name(a, block, operator_name), key_text = quoted_name(a, key, key_name);
    str rest = arena_printf(a, "\"Condition\", %.*s, %.*s]", STR_ARG(operator_text), STR_ARG(key_text));
    str in_file = making_statement_path(x->making, ev);
    str index = node_is_list(statements) ? arena_printf(a, "%d, ", ev->statement) : (str){0};
    str to = values_with(a, key, x->making->v->account->id);
    source *at = read_json(a, arena_printf(a, "[\"Statement\", %.*s%.*s", STR_ARG(index), STR_ARG(rest)));
    source *value = read_json(a, to);
    struct node_change change = {.at = at ? at->root : NULL, .to = value ? value->root : NULL};
    str text;
    if (!at || !value || !node_print_changed(a, n->text, &change, &text, &e) || text.len > SCP_LIMIT)
        return false;
    n->text = read_json(a, text);
    n->to.policy = n->text ? policy_parse(a, n->text, n->text->root, &e) : NULL;
    n->item->content = text;
    n->item->condition =
        arena_printf(a, "{%.*s: {%.*s: %.*s}}", STR_ARG(operator_text), STR_ARG(key_text), STR_ARG(to));
    *VEC_PUSH(a, &n->changes) = (struct plan_change){
        .file = making_keep(x->making, ev->file),
        .at = arena_printf(a, "%.*s, %.*s", STR_ARG(str_head(in_file, in_file.len - 1)), STR_ARG(rest)),
        .to = to};
    return n->to.policy != NULL;
}

/* ---- the policies ---- */

static struct narrowed *narrowed_of(struct exempting *x, const struct org_policy *p)
{
    for (size_t i = 0; i < x->policies.count; i++)
        if (x->policies.items[i].from == p)
            return &x->policies.items[i];
    return NULL;
}

static bool was_narrowed(const struct narrowed *n, str statement)
{
    for (size_t i = 0; i < n->item->statement_count; i++)
        if (str_eq(n->item->statements[i], statement))
            return true;
    return false;
}

static str statement_label(struct making *m, const struct evidence *ev)
{
    return ev->sid.ptr ? making_keep(m, ev->sid) : arena_printf(m->keep, "%d", ev->statement);
}

static struct narrowed *begin(struct exempting *x, const struct org_policy *p, const struct evidence *ev)
{
    struct making *m = x->making;
    error e = {0};
    if (p->aws_managed != TRI_NO || !p->policy || !node_is_string(p->text.node))
        return NULL;
    source *text = source_inner(m->keep, p->text.source, p->text.node, &e);
    struct lift_item *item = NEW(m->keep, struct lift_item);
    struct narrowed *n = VEC_PUSH(m->keep, &x->policies);
    *item = (struct lift_item){
        .each = EACH_EXEMPT,
        .lift = {.policy = making_keep(m, ev->policy),
                 .policy_name = making_keep(m, ev->policy_name.len ? ev->policy_name : ev->policy),
                 .level = making_keep(m, ev->level),
                 .level_path = making_keep(m, ev->level_path.len ? ev->level_path : ev->level)}
    };
    item->statements = NEW_ARRAY(m->keep, str, p->policy->count + 1);
    *n = (struct narrowed){.from = p, .to = *p, .text = text, .item = item};
    return text ? n : NULL;
}

static bool exempt_from(struct exempting *x, const struct evidence *ev)
{
    struct making *m = x->making;
    const struct org_policy *p = map_get(&m->v->check->org->policies_by_id, ev->policy);
    struct narrowed *n = p ? narrowed_of(x, p) : NULL;
    str label = statement_label(m, ev);
    if (!p || (!ev->sid.ptr && ev->statement < 0))
        return false; /* nothing allows there: no condition helps */
    if (!n)
        n = begin(x, p, ev);
    if (!n)
        return false;
    if (was_narrowed(n, label))
        return true;
    n->item->statements[n->item->statement_count++] = label;
    n->item->lift.statement =
        n->item->lift.statement.len
            ? arena_printf(m->keep, "%.*s and %.*s", STR_ARG(n->item->lift.statement), STR_ARG(label))
            : label;
    return narrow(x, n, ev);
}

/* ---- trying it ---- */

static void replace(struct exempting *x, struct attachment *at)
{
    const struct org_policy **items = NEW_ARRAY(x->making->v->arena, const struct org_policy *, at->count);
    for (size_t i = 0; i < at->count; i++) {
        const struct narrowed *n = narrowed_of(x, at->items[i]);
        items[i] = n && !n->left_out ? &n->to : at->items[i];
    }
    at->items = items;
}

/* The account below copies of its OUs, to which the SCPs are attached as they will read. */
static const struct org_account *as_exempted(struct exempting *x, const struct org_account *listed)
{
    arena *a = x->making->v->arena;
    struct org_account *copy = NEW(a, struct org_account);
    struct unit **parent = &copy->parent;
    *copy = *listed;
    replace(x, &copy->attached[POLICY_SCP]);
    for (const struct unit *u = listed->parent; u; u = u->parent) {
        *parent = NEW(a, struct unit);
        **parent = *u;
        replace(x, &(*parent)->attached[POLICY_SCP]);
        parent = &(*parent)->parent;
    }
    return copy;
}

static bool frees_all(struct exempting *x, const struct rule *const *rules, size_t count)
{
    const struct visit *v = x->making->v;
    const struct org_account *listed = v->account->listed;
    if (!listed || !listed->parent || !listed->parent->anchored)
        return false;
    listed = as_exempted(x, listed);
    for (size_t i = 0; i < count; i++)
        if (!check_passes_as(v, listed, rules[i], x->making->on))
            return false;
    return true;
}

/* Once one SCP lets somebody through, the others may no longer matter: a route needs one who can take it. */
static void leave_out_needless(struct exempting *x, const struct rule *const *rules, size_t count)
{
    for (size_t i = x->policies.count; i-- > 0;) {
        x->policies.items[i].left_out = true;
        x->policies.items[i].left_out = frees_all(x, rules, count);
    }
}

bool making_exempt(struct making *m, const struct rule *const *rules, size_t count, struct lift *out)
{
    struct exempting x = {.making = m};
    const struct account_result *r = m->v->result;
    for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++) {
        if (f->severity != SEVERITY_BLOCKER || f->outcome != OUTCOME_FAIL || !finding_is_open(f, m->on))
            continue;
        for (size_t i = 0; i < f->evidence_count; i++)
            if (f->evidence[i].level.len && !exempt_from(&x, &f->evidence[i]))
                return false;
    }
    if (!x.policies.count || !frees_all(&x, rules, count))
        return false;
    leave_out_needless(&x, rules, count);
    *out = (struct lift){0};
    for (size_t i = 0; i < x.policies.count; i++) {
        struct narrowed *n = &x.policies.items[i];
        n->item->changes = n->changes.items;
        n->item->change_count = n->changes.count;
        if (!n->left_out)
            *VEC_PUSH(m->keep, &out->items) = *n->item;
    }
    return true;
}
