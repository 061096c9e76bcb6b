/* explain_why.c - why a statement matches a request, or does not: the first element that decides it, in words. */
#include "iam/explain_run.h"
#include "iam/model.h"
#include "policy/key.h"

enum { SHOWN = 80, CONDITIONS_SHOWN = 3 }; /* bytes of a pattern in a sentence; conditions that were met */

static str shortened(arena *a, str text)
{
    return text.len <= SHOWN ? text : arena_printf(a, "%.*s...", STR_ARG(utf8_head(text, SHOWN)));
}

/* ---- elements ---- */

static const struct action *matching_action(const struct eval *ev, const struct statement *s)
{
    for (size_t i = 0; i < s->action_count; i++)
        if (action_matches(&s->actions[i], &ev->action) == TRI_YES)
            return &s->actions[i];
    return NULL;
}

static str action_words(const struct eval *ev, const struct statement *s, tri matches, const node **at)
{
    const struct action *entry = matching_action(ev, s);
    if (matches == TRI_UNKNOWN)
        return STR("what its Action means is not known");
    *at = entry ? entry->node : s->action_node ? s->action_node : *at;
    if (s->not_action)
        return entry ? arena_printf(ev->arena, "NotAction lists it (%.*s)",
                                    STR_ARG(shortened(ev->arena, node_text(entry->node))))
                     : STR("NotAction does not list it");
    return entry ? arena_printf(ev->arena, "Action %.*s", STR_ARG(shortened(ev->arena, node_text(entry->node))))
                 : STR("Action does not name it");
}

static str resource_words(const struct eval *ev, const struct statement *s, tri matches, const node **at)
{
    const node *first = values_first(s->resource);
    str text = first ? shortened(ev->arena, node_text(first)) : (str){0};
    if (matches == TRI_UNKNOWN)
        return STR("what its Resource means here is not known");
    *at = s->resource ? s->resource : *at;
    if (s->not_resource)
        return matches == TRI_YES ? STR("NotResource does not list the resource")
                                  : STR("NotResource lists the resource");
    if (matches == TRI_YES)
        return node_is_list(s->resource) ? STR("Resource covers it")
                                         : arena_printf(ev->arena, "Resource %.*s", STR_ARG(text));
    return arena_printf(ev->arena, "Resource is %.*s%s, not %.*s", STR_ARG(text),
                        node_is_list(s->resource) && node_count(s->resource) > 1 ? ", ..." : "",
                        STR_ARG(shortened(ev->arena, ev->resource)));
}

static str principal_words(const struct statement *s, tri matches, const node **at)
{
    *at = s->principal ? s->principal : *at;
    if (!s->principal)
        return STR("it has no Principal, so it never matches");
    if (matches == TRI_UNKNOWN)
        return STR("whether its Principal means the caller is not known");
    if (s->not_principal)
        return matches == TRI_YES ? STR("NotPrincipal does not list the caller") : STR("NotPrincipal lists the caller");
    return matches == TRI_YES ? STR("Principal names the caller") : STR("Principal does not name the caller");
}

/* ---- conditions ---- */

/* What the call carries: "it is us-east-1", "it is absent". */
static str carried(const struct eval *ev, str name)
{
    const struct context_key *k;
    switch (eval_key(ev, name, &k)) {
    case KEY_UNKNOWN: return STR("it is not known");
    case KEY_ABSENT: return STR("it is absent");
    case KEY_PRESENT: break;
    }
    if (!k->count)
        return STR("it is an empty set");
    str words = arena_printf(ev->arena, "it is %.*s", STR_ARG(shortened(ev->arena, k->values[0])));
    for (size_t i = 1; i < k->count && i < 3; i++)
        words = arena_printf(ev->arena, "%.*s, %.*s", STR_ARG(words), STR_ARG(shortened(ev->arena, k->values[i])));
    return k->count > 3 ? arena_printf(ev->arena, "%.*s, ...", STR_ARG(words)) : words;
}

/* What the condition wants: "aws:RequestedRegion is eu-west-1". */
static str wanted(arena *a, const struct condition *c)
{
    bool null;
    if (!c->op || c->odd)
        return arena_printf(a, "a condition on %.*s that orgexit does not understand", STR_ARG(c->key));
    if (c->op->type != OPERAND_NULL)
        return condition_words(a, c, c->key, true);
    const node *v = values_first(c->node);
    if (!v || values_next(c->node, v) || !bool_read(value_text(v), &null))
        return arena_printf(a, "Null on %.*s", STR_ARG(c->key));
    return arena_printf(a, "%.*s is %s", STR_ARG(c->key), null ? "absent" : "present");
}

/* The first condition with that outcome. */
static const struct condition *condition_with(const struct eval *ev, const struct statement *s, tri holds)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (condition_holds(ev, s->version, &s->conditions[i]) == holds)
            return &s->conditions[i];
    return NULL;
}

/* Of a statement that matches: the conditions and what met them. */
static str met_words(const struct eval *ev, const struct statement *s)
{
    str words = {0};
    for (size_t i = 0; i < s->condition_count && i < CONDITIONS_SHOWN; i++)
        words = arena_printf(ev->arena, "%.*s, and %.*s (%.*s)", STR_ARG(words),
                             STR_ARG(wanted(ev->arena, &s->conditions[i])), STR_ARG(carried(ev, s->conditions[i].key)));
    return s->condition_count > CONDITIONS_SHOWN ? arena_printf(ev->arena, "%.*s, and so on", STR_ARG(words)) : words;
}

static str open_words(const struct eval *ev, const struct statement *s, const node **at)
{
    str words = {0};
    size_t n = 0;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (condition_holds(ev, s->version, c) != TRI_UNKNOWN)
            continue;
        if (!n)
            *at = c->node;
        words = arena_printf(ev->arena, "%.*s%s%.*s", STR_ARG(words), n++ ? " and " : "only if ",
                             STR_ARG(wanted(ev->arena, c)));
    }
    return words;
}

/* ---- the whole ---- */

static str why_not(const struct eval *ev, const struct statement *s, layer l, const node **at)
{
    struct named named;
    tri action = action_of_statement(ev, s);
    bool has_resource = s->resource || s->odd_resource;
    if (action == TRI_NO)
        return action_words(ev, s, action, at);
    if (has_resource && resource_of_statement(ev, s) == TRI_NO)
        return resource_words(ev, s, TRI_NO, at);
    if ((l == LAYER_RESOURCE || l == LAYER_RCP) && principal_of_statement(ev, s, &named) == TRI_NO)
        return principal_words(s, TRI_NO, at);
    const struct condition *c = condition_with(ev, s, TRI_NO);
    if (!c)
        return STR("it does not match");
    *at = c->node;
    return arena_printf(ev->arena, "only if %.*s, but %.*s", STR_ARG(wanted(ev->arena, c)),
                        STR_ARG(carried(ev, c->key)));
}

static str why_perhaps(const struct eval *ev, const struct statement *s, layer l, const node **at)
{
    struct named named;
    tri action = action_of_statement(ev, s);
    bool has_resource = s->resource || s->odd_resource;
    tri resource = has_resource ? resource_of_statement(ev, s) : l == LAYER_RESOURCE ? TRI_YES : TRI_UNKNOWN;
    bool of_resource = l == LAYER_RESOURCE || l == LAYER_RCP;
    if (s->effect == EFFECT_UNKNOWN || s->odd)
        return STR("it has an element that orgexit does not understand");
    if (action == TRI_UNKNOWN)
        return action_words(ev, s, action, at);
    if (!has_resource && resource == TRI_UNKNOWN)
        return STR("it has no Resource");
    str open = open_words(ev, s, at);
    if (open.len)
        return open;
    if (resource == TRI_UNKNOWN)
        return resource_words(ev, s, resource, at);
    if (of_resource && principal_of_statement(ev, s, &named) == TRI_UNKNOWN)
        return principal_words(s, TRI_UNKNOWN, at);
    return s->principal && !of_resource ? STR("it has a Principal, which such a policy cannot have")
                                        : STR("whether it applies is not known");
}

/* How a resource policy names the caller limits what its Allow is worth. */
static str named_words(const struct eval *ev, const struct statement *s)
{
    struct named n;
    (void)principal_of_statement(ev, s, &n);
    if (s->effect != EFFECT_ALLOW || n.by[VIA_DIRECT] == TRI_YES || n.by[VIA_EVERYONE] == TRI_YES)
        return (str){0};
    return n.by[VIA_ACCOUNT] == TRI_YES && n.by[VIA_ROLE] != TRI_YES
               ? STR("names the account: it leaves the decision to the caller's own policies")
               : (str){0};
}

str statement_why(const struct eval *ev, const struct statement *s, layer l, tri matches, const node **at)
{
    const node *unused = NULL;
    *at = s->node;
    if (matches == TRI_NO)
        return why_not(ev, s, l, at);
    if (matches == TRI_UNKNOWN)
        return why_perhaps(ev, s, l, at);
    str words = action_words(ev, s, TRI_YES, at);
    if (s->resource)
        words = arena_printf(ev->arena, "%.*s, %.*s", STR_ARG(words), STR_ARG(resource_words(ev, s, TRI_YES, &unused)));
    words = arena_printf(ev->arena, "%.*s%.*s", STR_ARG(words), STR_ARG(met_words(ev, s)));
    str named = l == LAYER_RESOURCE ? named_words(ev, s) : (str){0};
    return named.len ? arena_printf(ev->arena, "%.*s; %.*s", STR_ARG(words), STR_ARG(named)) : words;
}
