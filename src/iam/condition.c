/* condition.c - one condition of a statement: absent keys, set operators, negation (IAM User Guide, "Condition"). */
#include "iam/variable.h"

static tri match_filled(const struct condition_operator *op, const struct filled *f, str value)
{
    if (f->missing)
        return TRI_NO;
    if (f->open) {
        tri loose = op->folds ? glob_match_nocase(f->glob, value) : glob_match(f->glob, value);
        return loose == TRI_NO && !(op->folds && folds_beyond_ascii(f->glob, value)) ? TRI_NO : TRI_UNKNOWN;
    }
    tri matches = op->match(f->glob, value);
    if (f->alternative.text.ptr && op->match(f->alternative, value) != matches)
        return TRI_UNKNOWN;
    return matches;
}

tri value_matches(const struct eval *ev, policy_version version, const struct condition_operator *op, str wanted,
                  str value)
{
    struct filled f;
    if (!has_variables(version, wanted))
        return op->match(GLOB(wanted), value);
    if (!operator_takes_variables(op)) /* AWS's pages disagree about Bool; elsewhere "${" is no number, date, address */
        return op->type == OPERAND_BOOL ? TRI_UNKNOWN : op->match(GLOB(wanted), value);
    variable_fill(ev, wanted, op->wildcards, &f);
    tri matches = match_filled(op, &f, value);
    if (version == VERSION_UNKNOWN && matches != op->match(GLOB(wanted), value))
        return TRI_UNKNOWN;
    return matches;
}

/* Whether some value of the policy matches this one of the request. */
static tri any_matches(const struct eval *ev, policy_version version, const struct condition *c, str value)
{
    tri any = TRI_NO;
    for (const node *v = values_first(c->node); v && any != TRI_YES; v = values_next(c->node, v))
        any = tri_or(any, value_matches(ev, version, c->op, value_text(v), value));
    return any;
}

static tri all_match(const struct eval *ev, policy_version version, const struct condition *c, str value)
{
    tri all = TRI_YES;
    for (const node *v = values_first(c->node); v && all != TRI_NO; v = values_next(c->node, v))
        all = tri_and(all, value_matches(ev, version, c->op, value_text(v), value));
    return all;
}

/* Whether one value of the request passes the operator; with several values a negated one is a NOR. */
static tri passes(const struct eval *ev, policy_version version, const struct condition *c, str value)
{
    tri any = any_matches(ev, version, c, value);
    return c->op->negated ? tri_not(any) : any;
}

static tri for_all(const struct eval *ev, policy_version version, const struct condition *c,
                   const struct context_key *k)
{
    tri all = TRI_YES;
    if (k->count == 1 && k->values[0].len == 0)
        return TRI_YES; /* a set that is only the empty text counts as empty */
    for (size_t i = 0; i < k->count && all != TRI_NO; i++)
        all = tri_and(all, passes(ev, version, c, k->values[i]));
    return all;
}

/* A negated operator with several policy values is not spelled out: none of them, or not this one of them. */
static tri passes_any(const struct eval *ev, policy_version version, const struct condition *c, str value)
{
    tri none = passes(ev, version, c, value);
    if (!c->op->negated || none == TRI_YES)
        return none;
    tri some_differs = tri_not(all_match(ev, version, c, value));
    return none == some_differs ? none : TRI_UNKNOWN;
}

static tri for_any(const struct eval *ev, policy_version version, const struct condition *c,
                   const struct context_key *k)
{
    tri any = TRI_NO;
    for (size_t i = 0; i < k->count && any != TRI_YES; i++)
        any = tri_or(any, passes_any(ev, version, c, k->values[i]));
    return any;
}

/* A set under an operator without set prefix: AWS only says that it needs one. NO where no reading could hold. */
static tri plain_on_set(const struct eval *ev, policy_version version, const struct condition *c,
                        const struct context_key *k)
{
    tri any = TRI_NO;
    if (k->count == 0)
        return c->op->negated || c->if_exists ? TRI_UNKNOWN : TRI_NO;
    for (size_t i = 0; i < k->count && any == TRI_NO; i++)
        any = passes(ev, version, c, k->values[i]);
    return any == TRI_NO ? TRI_NO : TRI_UNKNOWN;
}

static tri is_null(const struct eval *ev, policy_version version, const struct condition *c, bool null)
{
    return any_matches(ev, version, c, null ? STR("true") : STR("false"));
}

static tri holds_when_absent(const struct condition *c)
{
    if (c->if_exists || c->set == SET_FOR_ALL)
        return TRI_YES;
    return tri_of(c->set == SET_NONE && c->op->negated);
}

static tri holds_when_present(const struct eval *ev, policy_version version, const struct condition *c,
                              const struct context_key *k)
{
    switch (c->set) {
    case SET_FOR_ALL: return for_all(ev, version, c, k);
    case SET_FOR_ANY: return for_any(ev, version, c, k);
    case SET_NONE: break;
    }
    if (k->multivalued || k->count != 1)
        return plain_on_set(ev, version, c, k);
    return passes(ev, version, c, k->values[0]);
}

tri condition_holds(const struct eval *ev, policy_version version, const struct condition *c)
{
    const struct context_key *key;
    if (!c->op || c->odd)
        return TRI_UNKNOWN;
    key_state state = eval_key(ev, c->key, &key);
    if (state == KEY_UNKNOWN)
        return TRI_UNKNOWN;
    if (c->op->type == OPERAND_NULL)
        return is_null(ev, version, c, state == KEY_ABSENT || key->count == 0);
    return state == KEY_ABSENT ? holds_when_absent(c) : holds_when_present(ev, version, c, key);
}

tri conditions_hold(const struct eval *ev, const struct statement *s)
{
    tri all = TRI_YES;
    for (size_t i = 0; i < s->condition_count && all != TRI_NO; i++)
        all = tri_and(all, condition_holds(ev, s->version, &s->conditions[i]));
    return all;
}
