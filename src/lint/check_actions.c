/* check_actions.c - whether the actions exist. Names that are not in the catalogue may be newer than it. */
#include "base/map.h"
#include "lint/run.h"

static void action_format(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    (void)s;
    if (a->formed || lint_has_variable(a->text) || !a->text.len)
        return;
    lint_report(l, a->node, "\"%.*s\" is no action; expected service:Action", STR_ARG(lint_shown(a->text)));
}

/* Services of AWS's own policies that the Service Authorization Reference does not list. */
static bool is_unlisted(str service)
{
    static const char *const services[] = {"builderid", "datazonecontrol"};
    return KEY_IS_ONE_OF(service, services);
}

static void action_service_unknown(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    (void)s;
    str successor;
    if (!a->formed || a->all || a->service_wild || a->service_known || is_unlisted(a->service) ||
        lint_is_added_action(l, a->text) || catalog_action_retired(a->service, &successor))
        return;
    struct lint_finding *f =
        lint_report(l, a->node, "unknown action: there is no service \"%.*s\"", STR_ARG(lint_shown(a->service)));
    str near = lint_near_service(l, a->service);
    f->note = lint_facts_note(l);
    str whole = arena_printf(l->arena, "%.*s:%.*s", STR_ARG(near), STR_ARG(a->name));
    if (near.len)
        f->help = lint_did_you_mean(l, a->wild || catalog_action_find(whole) != CATALOG_NONE ? whole : near);
}

static void action_unknown(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str successor;
    if (!a->formed || a->wild || !a->service_known || a->index != CATALOG_NONE || lint_is_added_action(l, a->text) ||
        (!s->not_action && catalog_action_retired(a->service, &successor)))
        return;
    struct lint_finding *f =
        lint_report(l, a->node, "unknown action: no such action in service \"%.*s\"", STR_ARG(a->service));
    str near = lint_near_action(l, a->text);
    const char *does = s->effect == EFFECT_DENY ? "denies" : "allows";
    f->note = arena_printf(l->arena, "This entry %s nothing%s. The facts about AWS are of %.*s.", does,
                           s->not_action ? " but itself" : "", STR_ARG(catalog_date()));
    if (near.len)
        f->help = lint_did_you_mean(l, near);
}

/* Where it is known to what resource the policy is attached. */
static void resource_policy_action(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str expected = l->options->service;
    (void)s;
    if (expected.len && a->service_known && !str_eq_nocase(a->service, expected))
        lint_report(l, a->node, "a policy of %.*s cannot be about \"%.*s\"", STR_ARG(expected),
                    STR_ARG(lint_shown(a->text)));
}

static void variable_element(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    (void)s;
    if (lint_has_variable(a->text))
        lint_report(l, a->node, "an action may hold no variable: \"%.*s\"", STR_ARG(lint_shown(a->text)));
}

/* Effect, Sid, Principal. */
static void variable_element_statement(struct lint *l, const struct lint_statement *s)
{
    const node *sid = node_get(s->node, "Sid");
    const node *texts[] = {s->effect_node, sid, node_is_string(s->principal) ? s->principal : NULL};
    for (size_t i = 0; i < 3; i++)
        if (node_is_string(texts[i]) && lint_has_variable(node_text(texts[i])))
            lint_report(l, texts[i], "\"%.*s\" may hold no variable", STR_ARG(node_key(texts[i])));
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL))
        for (const node *v = values_first(by_type); v; v = values_next(by_type, v))
            if (node_is_string(v) && lint_has_variable(node_text(v)))
                lint_report(l, v, "\"Principal\" may hold no variable");
}

/* ---- wildcards ---- */

static void action_wildcard_no_match(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str successor;
    if (!a->formed || !a->wild || a->all || (!a->service_wild && !a->service_known) || lint_action_exists(l, a) ||
        (!s->not_action && catalog_action_retired(a->service, &successor)))
        return;
    struct lint_finding *f = lint_report(l, a->node, "\"%.*s\" matches no action", STR_ARG(lint_shown(a->text)));
    f->note = lint_facts_note(l);
    if (s->effect == EFFECT_DENY && !s->not_action)
        f->severity = LINT_SECURITY_WARNING;
}

static void action_retired(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str successor;
    if (!a->formed || a->all || s->not_action || !catalog_action_retired(a->service, &successor))
        return;
    struct lint_finding *f =
        lint_report(l, a->node, "the service \"%.*s\" has ended: the entry has no effect", STR_ARG(a->service));
    if (successor.len)
        f->help = arena_printf(l->arena, "in its place: %.*s", STR_ARG(successor));
}

static void action_service_wildcard(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    (void)s;
    if (a->formed && !a->all && a->service_wild)
        lint_report(l, a->node, "a wildcard in the name of the service: \"%.*s\"", STR_ARG(lint_shown(a->text)));
}

static str lowered(arena *a, str text)
{
    char *copy = arena_alloc(a, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = ascii_lower(text.ptr[i]);
    copy[text.len] = '\0';
    return (str){copy, text.len};
}

/* The entry with a wildcard that covers a; of two that cover each other the first counts. NULL: none. */
static const struct lint_action *covering(struct lint *l, const struct lint_action *const *wild, size_t count,
                                          const struct lint_action *a)
{
    for (size_t i = 0; i < count; i++) {
        const struct lint_action *o = wild[i];
        if (o == a)
            continue;
        if (!lint_may_compare(l, o->text.len + a->text.len))
            return NULL;
        if ((o->all || pattern_covers_nocase(o->text, a->text)) && !(o > a && pattern_covers_nocase(a->text, o->text)))
            return o;
    }
    return NULL;
}

static void action_redundant(struct lint *l, const struct lint_statement *s)
{
    const struct lint_action **wild = NEW_ARRAY(l->arena, const struct lint_action *, s->action_count + 1);
    struct map seen = {0};
    size_t count = 0;
    for (size_t i = 0; i < s->action_count; i++)
        if (s->actions[i].formed && s->actions[i].wild)
            wild[count++] = &s->actions[i];
    for (size_t i = 0; i < s->action_count; i++) {
        const struct lint_action *a = &s->actions[i], *by;
        if (!a->formed)
            continue;
        void **first = map_at(l->arena, &seen, lowered(l->arena, a->text));
        if (*first)
            lint_report(l, a->node, "\"%.*s\" stands in the list already", STR_ARG(lint_shown(a->text)));
        else if ((by = covering(l, wild, count, a)) != NULL)
            lint_report(l, a->node, "covered by \"%.*s\"", STR_ARG(lint_shown(by->text)));
        *first = l;
    }
}

/* clang-format off */
static const struct lint_check rows[] = {
    {"action-format", LINT_ERROR, KINDS_ALL,
     "Not the form of an action",
     "An action is \"*\" or service:Action, with \"*\" and \"?\" as wildcards; AWS refuses other forms.",
     "write service:Action, such as \"s3:GetObject\"",
     .action = action_format},
    {"action-service-unknown", LINT_ERROR, KINDS_ALL,
     "An action of a service that AWS does not have",
     "IAM takes unknown names silently: the entry has no effect.",
     "write the prefix that the service's actions have",
     .action = action_service_unknown},
    {"action-unknown", LINT_ERROR, KINDS_ALL,
     "An action that the service does not have",
     "IAM takes unknown names silently: the entry has no effect.",
     "write an action that the service has",
     .action = action_unknown},
    {"action-wildcard-no-match", LINT_WARNING, KINDS_ALL,
     "A pattern that matches no action",
     "The entry has no effect.",
     "write a pattern that matches what the service has",
     .action = action_wildcard_no_match},
    {"action-retired", LINT_WARNING, KINDS_ALL,
     "An action of a service that AWS has ended",
     "It is still taken, and does nothing.",
     "remove the entry",
     .action = action_retired},
    {"action-service-wildcard", LINT_SUGGESTION, KINDS_ALL,
     "A wildcard in the name of a service",
     "It also covers services that AWS will add.",
     "name the services",
     .action = action_service_wildcard},
    {"action-redundant", LINT_SUGGESTION, KINDS_ALL,
     "An action that another entry covers",
     "It says nothing that the list does not say already.",
     "remove the entry",
     .statement = action_redundant},
    {"resource-policy-action", LINT_ERROR, KIND_BIT(KIND_RESOURCE),
     "An action of another service than the resource",
     "AWS refuses it: a resource policy is about the resource that it is attached to.",
     "write actions of that service",
     .action = resource_policy_action},
    {"variable-element", LINT_ERROR, KINDS_ALL,
     "A variable where AWS fills none in",
     "Variables stand in Resource and in condition values alone (IAM User Guide, \"Policy variables\").",
     "write the value itself, or a wildcard",
     .action = variable_element, .statement = variable_element_statement},
};
/* clang-format on */
const struct check_table action_checks = {rows, sizeof rows / sizeof *rows};
