/*
 * policy.h - a policy document, parsed once, then read only. Every element remembers the node it came from.
 *
 * The model is thin: lists stay nodes and are walked when a statement is looked at. Most statements never are, being
 * put aside by the services that their actions name.
 */
#ifndef ORGEXIT_POLICY_POLICY_H
#define ORGEXIT_POLICY_POLICY_H

#include "base/arena.h"
#include "base/error.h"
#include "policy/operator.h"
#include "text/source.h"

typedef enum { EFFECT_UNKNOWN, EFFECT_ALLOW, EFFECT_DENY } effect;

/* IAM User Guide, "Version": policy variables exist from 2012-10-17 on; a document without Version is of 2008. */
typedef enum { VERSION_UNKNOWN, VERSION_2008, VERSION_2012 } policy_version;

/* An entry of Action or NotAction. `head` is its first bytes (at most eight, up to the first wildcard) with letters
 * folded, `mask` says which of them count: most entries are told apart from an action by one comparison. */
struct action {
    uint64_t head, mask;
    const node *node;
};

/* One key of one operator. */
struct condition {
    const struct condition_operator *op; /* NULL: no such operator */
    operator_set set;
    bool if_exists;
    bool odd; /* a value of a wrong type, or none: what it means is not known */
    str key;
    const node *node; /* its member: a value, or a list of values */
};

/* Resource and Principal stay nodes; NULL: the element is not there (which some kinds of policy allow). */
struct statement {
    policy_version version; /* of its document */
    const node *node;
    str sid;   /* ptr NULL: none */
    int index; /* from 0; -1: stands for a member of the document that nobody understands */
    effect effect;
    bool odd; /* has an element that is not understood: where all others match, it may match */
    bool odd_action, odd_resource, odd_principal; /* missing, twice, or of a wrong type: may match anything */
    bool not_action, not_resource, not_principal;
    bool strange_action;   /* an entry of Action holds what no name of an action has: a blank, an invisible character */
    bool strange_resource; /* one of Resource begins or ends with such */
    const node *action_node; /* NULL: neither Action nor NotAction */
    const struct action *actions;
    size_t action_count;
    uint64_t services; /* a bit for each service that it may be about */
    const node *resource;
    const node *principal;
    const struct condition *conditions;
    size_t condition_count;
};

struct policy {
    const source *source; /* where it was met: nodes of its statements are places in it */
    const node *document;
    policy_version version;
    const struct statement *statements;
    size_t count;
    uint64_t services; /* of all statements */
};

/*
 * Makes the model of `document` (an object with "Statement") in `a`, which must be the arena of `s` or outlive it. A
 * document that is known (text/known.h) is parsed once: then only the way to its place is made.
 * What it does not understand inside a statement (an unknown element, operator, effect, a value of a wrong type) makes
 * that statement unknown, never absent. A document that is no object, or has no Statement, is ERR_INPUT with position.
 */
const struct policy *policy_parse(arena *a, const source *s, const node *document, error *e);

/* The same policy, met in `s`, whose text is the same. */
const struct policy *policy_met(arena *a, const struct policy *p, const source *s);

/* A policy as it is attached. `policy` NULL: attached, but its text was not captured: may deny, may allow. */
struct policy_ref {
    const struct policy *policy;
    str id;   /* id, name or ARN by which reports name it */
    str name; /* a person's name for it; may be empty */
};

/* What is attached in one place. complete = false: there may be more policies than these. */
struct policy_set {
    const struct policy_ref *items;
    size_t count;
    bool complete;
};

/* An action as a request names it, made ready for many comparisons. */
struct action_name {
    str text;
    uint64_t head;    /* as in struct action */
    uint64_t service; /* its bit in struct statement */
};
struct action_name action_name_of(str text);

/* Whether an entry of Action covers the action (without regard to case; "*" any run, "?" one character).
 * UNKNOWN: a wildcard stands where AWS documents none. */
tri action_matches(const struct action *entry, const struct action_name *name);

/*
 * Whether the author may have meant that the statement covers the action (the resource): TRI_UNKNOWN where an entry
 * with strange characters would match without them, else TRI_NO. AWS is believed to compare them as they stand, so that
 * such a Deny denies nothing; nobody is to be told so on a belief. TRI_NO too where not matching is the stricter
 * reading.
 */
tri statement_may_mean_action(const struct statement *s, const struct action_name *name);
tri statement_may_mean_resource(const struct statement *s, str resource);
str statement_strange_text(const struct statement *s); /* the first such entry; ptr NULL: there is none */

/* A value or a list of values: for (const node *v = values_first(n); v; v = values_next(n, v)) */
static inline const node *values_first(const node *n)
{
    return node_is_list(n) ? node_first(n) : n;
}
static inline const node *values_next(const node *n, const node *value)
{
    return node_is_list(n) ? node_next(value) : NULL;
}

/* The text of a condition value: quotation marks are optional for numbers and Booleans (IAM User Guide, "Grammar"). */
static inline str value_text(const node *n)
{
    if (node_is_bool(n))
        return node_is_true(n) ? STR("true") : STR("false");
    return node_text(n);
}

#endif
