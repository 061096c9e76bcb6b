/* check_logic.c - statements that cannot do what they were written for. */
#include "lint/run.h"

#define IBSRO                                                                                                          \
    (KIND_BIT(KIND_IDENTITY) | KIND_BIT(KIND_BOUNDARY) | KIND_BIT(KIND_SCP) | KIND_BIT(KIND_RCP) |                     \
     KIND_BIT(KIND_RESOURCE))

/* ---- a Deny that no request meets ---- */

static bool no_action_exists(const struct lint *l, const struct lint_statement *s)
{
    for (size_t i = 0; i < s->action_count; i++)
        if (!s->actions[i].formed || lint_action_exists(l, &s->actions[i]))
            return false;
    return s->action_count > 0 && !s->not_action;
}

static bool no_resource_exists(const struct lint_statement *s)
{
    for (size_t i = 0; i < s->action_count; i++) {
        uint32_t action = s->actions[i].index;
        if (action == CATALOG_NONE || catalog_action_types(action).len || !lint_facts_are_whole(s->actions[i].service))
            return false;
    }
    for (size_t i = 0; i < s->resource_count; i++)
        if (lint_covers_star(&s->resources[i]))
            return false;
    return s->action_count > 0 && s->resource_count > 0 && !s->not_action && !s->not_resource;
}

/* A key that no request has, where the operator asks for a value. */
static bool never_holds(const struct lint *l, const struct lint_condition *c)
{
    return c->op && !lint_is_added_key(l, c->key) && !c->known && !c->op->negated && !c->if_exists &&
           c->set != SET_FOR_ALL && c->op->type != OPERAND_NULL && key_begins(c->key, "aws:");
}

static void deny_never_matches(struct lint *l, const struct lint_statement *s)
{
    if (s->effect != EFFECT_DENY)
        return;
    if (no_action_exists(l, s)) {
        lint_report(l, s->action, "this Deny never applies: no such action exists")->note = lint_facts_note(l);
        return;
    }
    if (no_resource_exists(s)) {
        lint_report(l, s->resource, "this Deny never applies: its actions have no resource but \"*\"")->help =
            STR("write \"Resource\": \"*\"");
        return;
    }
    for (size_t i = 0; i < s->condition_count; i++)
        if (never_holds(l, &s->conditions[i])) {
            lint_report_key(l, s->conditions[i].node, "this Deny never applies: no request has the key \"%.*s\"",
                            STR_ARG(lint_shown(s->conditions[i].key)));
            return;
        }
}

/* ---- exemptions ---- */

/* What aws:PrincipalArn holds (IAM User Guide, "aws:PrincipalArn"): of a session the role's ARN, never the session's.
 */
static const char *const principals[] = {"arn:aws*:iam::*:role/?*", "arn:aws*:iam::*:user/?*", "arn:aws*:iam::*:root",
                                         "arn:aws*:sts::*:federated-user/?*"};

static bool is_exemption(const struct lint_statement *s, const struct lint_condition *c)
{
    return s->effect == EFFECT_DENY && c->op && c->op->negated && key_is(c->key, "aws:PrincipalArn") &&
           (c->op->type == OPERAND_ARN || c->op->type == OPERAND_STRING);
}

static void exemption_dead(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                           const node *v)
{
    str text = node_text(v), flat = pattern_flat(l->arena, text);
    if (!is_exemption(s, c) || !text.len)
        return;
    if (!c->op->wildcards && pattern_is_wild(text) && !lint_has_variable(text)) {
        lint_report(l, v, "this exemption exempts nobody: %.*s takes \"*\" literally",
                    STR_ARG(node_key(c->operator_node)))
            ->help = STR("write ArnNotLike");
        return;
    }
    for (size_t i = 0; i < sizeof principals / sizeof *principals; i++)
        if (pattern_intersects_arn(flat, str_from(principals[i])) != TRI_NO)
            return;
    struct arn_parts parts;
    bool session = arn_split(flat, &parts) && str_starts(parts.at[ARN_RESOURCE], STR("assumed-role/"));
    struct lint_finding *f =
        lint_report(l, v,
                    session ? "this exemption exempts nobody: aws:PrincipalArn never holds a session"
                            : "this exemption exempts nobody: no principal has such an ARN");
    if (session) {
        str role = str_from_index(parts.at[ARN_RESOURCE], strlen("assumed-role/"));
        role = str_cut(&role, '/');
        f->help = arena_printf(l->arena, "write the ARN of the role: \"arn:%.*s:iam::%.*s:role/%.*s\"",
                               STR_ARG(parts.at[ARN_PARTITION]), STR_ARG(parts.at[ARN_ACCOUNT]), STR_ARG(role));
    }
}

static void exemption_too_broad(struct lint *l, const struct lint_statement *s, const struct lint_condition *c,
                                const node *v)
{
    str text = node_text(v);
    if (!is_exemption(s, c) || !c->op->wildcards || lint_has_variable(text) ||
        !pattern_covers(text, STR("arn:aws:iam::*:role/*")))
        return;
    bool all = pattern_covers(text, STR("arn:aws:iam::*:root"));
    lint_report(l, v,
                all ? "this exemption covers everyone: the Deny denies nobody"
                    : "this exemption covers every role: the Deny denies none");
}

/* ---- statements against each other ---- */

/* Every action that the entry covers is one of the statement's. */
static bool covers_entry(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    bool covered = false;
    for (size_t i = 0; i < s->action_count; i++) {
        const struct lint_action *by = &s->actions[i];
        if (!lint_may_compare(l, by->text.len * a->text.len))
            return false;
        if (s->not_action && (by->all || a->all || pattern_intersects_nocase(by->text, a->text) != TRI_NO))
            return false;
        if (!by->wild && by->text.len != a->text.len && !s->not_action)
            continue;
        covered |= by->all || (!a->all && pattern_covers_nocase(by->text, a->text));
    }
    return s->action_count && (s->not_action || covered);
}

static bool covers_actions(struct lint *l, const struct lint_statement *wide, const struct lint_statement *s)
{
    if (s->not_action)
        return false;
    for (size_t i = 0; i < s->action_count; i++)
        if (!s->actions[i].formed || !covers_entry(l, wide, &s->actions[i]))
            return false;
    return s->action_count > 0;
}

static bool covers_resources(struct lint *l, const struct lint_statement *wide, const struct lint_statement *s)
{
    if (wide->not_resource || s->not_resource)
        return false;
    for (size_t i = 0; i < s->resource_count; i++) {
        bool covered = false;
        for (size_t k = 0; k < wide->resource_count; k++) {
            str text = wide->resources[k].text;
            if (!lint_may_compare(l, text.len * s->resources[i].text.len))
                return false;
            covered |= wide->resources[k].all || str_eq(text, s->resources[i].text) ||
                       (!lint_has_variable(text) && pattern_covers(text, s->resources[i].flat));
        }
        if (!covered)
            return false;
    }
    return s->resource_count > 0;
}

/* The same tree; member order counts, which only makes fewer equal. */
static bool same_tree(const node *a, const node *b)
{
    if (!a || !b)
        return a == b;
    if (node_kind_of(a) != node_kind_of(b) || !str_eq(value_text(a), value_text(b)) || node_count(a) != node_count(b))
        return false;
    const node *y = node_first(b);
    for (NODE_EACH(x, node_is_list(a) || node_is_object(a) ? a : NULL)) {
        if (!str_eq(node_key(x), node_key(y)) || !same_tree(x, y))
            return false;
        y = node_next(y);
    }
    return true;
}

static bool covers_principal(const struct lint_statement *wide, const struct lint_statement *s)
{
    if (wide->not_principal || s->not_principal)
        return false;
    return same_tree(wide->principal, s->principal) ||
           (node_is_string(wide->principal) && str_is(node_text(wide->principal), "*"));
}

/* Whatever s is about, `wide` is about too. */
static bool covers_statement(struct lint *l, const struct lint_statement *wide, const struct lint_statement *s)
{
    return covers_principal(wide, s) && covers_actions(l, wide, s) && covers_resources(l, wide, s);
}

static void statement_unreachable(struct lint *l, const struct lint_statement *s)
{
    for (size_t i = 0; i < l->count && s->effect == EFFECT_ALLOW; i++) {
        const struct lint_statement *deny = &l->statements[i];
        if (deny->effect != EFFECT_DENY || node_get(deny->node, "Condition") || !covers_statement(l, deny, s))
            continue;
        lint_report(l, s->node, "statement %d denies all that this one allows", deny->index + 1);
        return;
    }
}

static void statement_redundant(struct lint *l, const struct lint_statement *s)
{
    for (size_t i = 0; i < l->count && s->effect != EFFECT_UNKNOWN; i++) {
        const struct lint_statement *o = &l->statements[i];
        const node *mine = node_get(s->node, "Condition"), *others = node_get(o->node, "Condition");
        if (o == s || o->effect != s->effect || (others && !same_tree(mine, others)) || !covers_statement(l, o, s))
            continue;
        bool each_other = covers_statement(l, s, o) && (!mine || same_tree(mine, others));
        if (each_other && o > s)
            continue; /* told once, of the later one */
        lint_report(l, s->node, "statement %d says all that this one says", o->index + 1);
        return;
    }
}

static void boundary_no_allow(struct lint *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->statements[i].effect != EFFECT_DENY)
            return;
    if (l->count)
        lint_report(l, l->document, "a boundary without an Allow allows nothing");
}

/* clang-format off */
static const struct lint_check rows[] = {
    {"deny-never-matches", LINT_SECURITY_WARNING, IBSRO,
     "A Deny that no request can meet",
     "The guard rail is void: nothing is denied by it.",
     "correct what never matches, or delete the statement",
     .silences = "action-needs-star", .statement = deny_never_matches},
    {"statement-unreachable", LINT_WARNING, IBSRO & ~KIND_BIT(KIND_RCP),
     "An Allow that a Deny takes back",
     "A Deny wins over every Allow: this one has no effect.",
     "delete the one that is not meant",
     .statement = statement_unreachable},
    {"statement-redundant", LINT_SUGGESTION, KINDS_ALL,
     "A statement that another one covers",
     "It says nothing that the policy does not say already.",
     "delete it",
     .statement = statement_redundant},
    {"boundary-no-allow", LINT_WARNING, KIND_BIT(KIND_BOUNDARY),
     "A boundary without an Allow",
     "A boundary limits to what it allows: without an Allow its holder can do nothing.",
     "add an Allow, such as of \"*\" on \"*\"",
     .document = boundary_no_allow},
    {"exemption-dead", LINT_WARNING, IBSRO,
     "An exemption that exempts nobody",
     "The Deny holds for those too who were meant to be exempt (IAM User Guide, \"aws:PrincipalArn\").",
     "write the ARN of the role or user",
     .silences = "condition-wildcard-literal", .value = exemption_dead},
    {"exemption-too-broad", LINT_SECURITY_WARNING, KIND_BIT(KIND_SCP),
     "An exemption that covers everyone",
     "An exemption is meant for a few; this Deny protects nothing.",
     "name the roles that are to be exempt",
     .value = exemption_too_broad},
};
/* clang-format on */
const struct check_table logic_checks = {rows, sizeof rows / sizeof *rows};
