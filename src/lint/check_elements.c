/* check_elements.c - the elements of a policy (IAM User Guide, "Grammar of the IAM JSON policy language"). */
#include "lint/run.h"

#define IB   (KIND_BIT(KIND_IDENTITY) | KIND_BIT(KIND_BOUNDARY))
#define S    KIND_BIT(KIND_SCP)
#define R    KIND_BIT(KIND_RCP)
#define O    KIND_BIT(KIND_RESOURCE)
#define T    KIND_BIT(KIND_TRUST)
#define IBSR (IB | S | R)

static const char *const document_elements[] = {"Version", "Id", "Statement"};
static const char *const statement_elements[] = {"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                                 "NotAction", "Resource", "NotResource", "Condition"};

static void check_members(struct lint *l, const node *n, const char *const *known, size_t count)
{
    for (NODE_EACH(member, n)) {
        str key = node_key(member), near = {0};
        size_t best = 3;
        bool found = false;
        for (size_t i = 0; i < count && !found; i++)
            found = str_is(key, known[i]);
        for (size_t i = 0; i < count && !found; i++) {
            size_t by = str_distance(key, str_from(known[i]), best - 1);
            if (by < best) {
                best = by;
                near = str_from(known[i]);
            }
        }
        if (found)
            continue;
        struct lint_finding *f =
            lint_report_key(l, member, "there is no element \"%.*s\" here", STR_ARG(lint_shown(key)));
        if (near.len)
            f->help = lint_did_you_mean(l, near);
    }
}

static void element_unknown(struct lint *l)
{
    if (node_is_object(l->document) && is_policy_document(l->document))
        check_members(l, l->document, document_elements, 3);
}

static void element_unknown_statement(struct lint *l, const struct lint_statement *s)
{
    check_members(l, s->node, statement_elements, sizeof statement_elements / sizeof *statement_elements);
}

/* ---- types ---- */

/* A CloudFormation intrinsic where a text should be: what it will be is not known. */
static bool is_symbol(const node *n)
{
    const node *first = node_is_object(n) && node_count(n) == 1 ? node_first(n) : NULL;
    return first && (str_is(node_key(first), "Ref") || str_starts(node_key(first), STR("Fn::")));
}

static void wants(struct lint *l, const node *n, bool good, const char *name, const char *expected)
{
    if (n && !good && !is_symbol(n))
        lint_report(l, n, "\"%s\" is %s; expected %s", name, node_kind_name(n), expected);
}

static bool is_text_list(const node *n)
{
    if (!node_is_list(n))
        return node_is_string(n);
    for (NODE_EACH(item, n))
        if (!node_is_string(item) && !is_symbol(item))
            return false;
    return true;
}

static void element_type(struct lint *l)
{
    const node *list = node_get(l->document, "Statement"), *version = node_get(l->document, "Version"),
               *id = node_get(l->document, "Id");
    wants(l, list, node_is_list(list) || node_is_object(list), "Statement", "a statement or a list of statements");
    wants(l, version, node_is_string(version), "Version", "a text");
    wants(l, id, node_is_string(id), "Id", "a text");
    for (NODE_EACH(item, node_is_list(list) ? list : NULL))
        wants(l, item, node_is_object(item), "Statement", "an object for each statement");
}

static void element_type_condition(struct lint *l, const node *condition)
{
    wants(l, condition, node_is_object(condition), "Condition", "an object of operators");
    for (NODE_EACH(by_operator, node_is_object(condition) ? condition : NULL)) {
        wants(l, by_operator, node_is_object(by_operator), "Condition", "keys with their values under each operator");
        for (NODE_EACH(key, node_is_object(by_operator) ? by_operator : NULL))
            for (const node *v = values_first(key); v; v = values_next(key, v))
                if (!node_is_string(v) && !node_is_bool(v) && !node_is_number(v) && !is_symbol(v))
                    lint_report(l, v, "a condition value is %s; expected a text", node_kind_name(v));
    }
}

static void element_type_statement(struct lint *l, const struct lint_statement *s)
{
    static const char *const lists[] = {"Action", "NotAction", "Resource", "NotResource"};
    const node *sid = node_get(s->node, "Sid");
    wants(l, sid, node_is_string(sid), "Sid", "a text");
    wants(l, s->effect_node, node_is_string(s->effect_node), "Effect", "\"Allow\" or \"Deny\"");
    for (size_t i = 0; i < 4; i++) {
        const node *n = node_get(s->node, lists[i]);
        wants(l, n, is_text_list(n), lists[i], "a text or a list of texts");
    }
    element_type_condition(l, node_get(s->node, "Condition"));
}

/* ---- what must be there ---- */

static void statement_missing(struct lint *l)
{
    const node *list = node_get(l->document, "Statement");
    if (!is_policy_document(l->document))
        return;
    if (!list)
        lint_report(l, l->document, "the policy has no \"Statement\"");
    else if (node_is_list(list) && !node_count(list))
        lint_report(l, list, "\"Statement\" is empty");
}

static void effect_missing(struct lint *l, const struct lint_statement *s)
{
    if (!s->effect_node)
        lint_report(l, s->node, "the statement has no \"Effect\"");
}

static void effect_invalid(struct lint *l, const struct lint_statement *s)
{
    if (!node_is_string(s->effect_node) || s->effect != EFFECT_UNKNOWN)
        return;
    str text = node_text(s->effect_node);
    struct lint_finding *f = lint_report(l, s->effect_node, "\"Effect\" is \"%.*s\"; expected \"Allow\" or \"Deny\"",
                                         STR_ARG(lint_shown(text)));
    if (str_eq_nocase(text, STR("Allow")) || str_eq_nocase(text, STR("Deny")))
        f->help = lint_did_you_mean(l, str_eq_nocase(text, STR("Allow")) ? STR("Allow") : STR("Deny"));
}

static void action_missing(struct lint *l, const struct lint_statement *s)
{
    if (!s->action)
        lint_report(l, s->node, "the statement has neither \"Action\" nor \"NotAction\"");
}

static void resource_missing(struct lint *l, const struct lint_statement *s)
{
    if (!s->resource)
        lint_report(l, s->node, "the statement has neither \"Resource\" nor \"NotResource\"");
}

static void principal_missing(struct lint *l, const struct lint_statement *s)
{
    if (!s->principal)
        lint_report(l, s->node, "the statement has no \"Principal\"");
}

static void element_conflict(struct lint *l, const struct lint_statement *s)
{
    static const char *const pairs[][2] = {
        {"Action",    "NotAction"   },
        {"Resource",  "NotResource" },
        {"Principal", "NotPrincipal"}
    };
    for (size_t i = 0; i < 3; i++) {
        const node *negated = node_get(s->node, pairs[i][1]);
        if (negated && node_get(s->node, pairs[i][0]))
            lint_report_key(l, negated, "\"%s\" and \"%s\" exclude each other", pairs[i][0], pairs[i][1]);
    }
}

static void principal_unsupported(struct lint *l, const struct lint_statement *s)
{
    if (s->principal)
        lint_report_key(l, s->principal, "%s has no \"%.*s\"",
                        l->kind == KIND_SCP ? "an SCP" : "a policy of an identity", STR_ARG(node_key(s->principal)));
}

/* ---- Version ---- */

static void version_missing(struct lint *l)
{
    if (!is_policy_document(l->document) || node_get(l->document, "Version"))
        return;
    struct lint_finding *f = lint_report(l, l->document, "the policy has no \"Version\": that of 2008 holds");
    if (l->kind == KIND_SCP || l->kind == KIND_RCP)
        f->severity = LINT_ERROR;
}

static void version_invalid(struct lint *l)
{
    const node *version = node_get(l->document, "Version");
    str text = node_text(version);
    bool old = str_is(text, "2008-10-17"), strict = l->kind == KIND_SCP || l->kind == KIND_RCP;
    if (node_is_string(version) && !str_is(text, "2012-10-17") && (!old || strict))
        lint_report(l, version, "\"Version\" is \"%.*s\"; expected \"2012-10-17\"", STR_ARG(lint_shown(text)));
}

/* The first text of a list that holds "${". */
static const node *find_variable(const node *list)
{
    for (const node *v = values_first(list); v; v = values_next(list, v))
        if (node_is_string(v) && lint_has_variable(node_text(v)))
            return v;
    return NULL;
}

static void version_variable(struct lint *l, const struct lint_statement *s)
{
    const node *version = node_get(l->document, "Version");
    if (l->version == VERSION_2012 || (version && !str_is(node_text(version), "2008-10-17")))
        return;
    const node *found = find_variable(s->resource);
    for (size_t i = 0; i < s->condition_count && !found; i++)
        found = find_variable(s->conditions[i].node);
    if (found)
        lint_report(l, found, "without \"Version\": \"2012-10-17\" a variable is taken literally");
}

/* ---- Sid ---- */

static void sid_duplicate(struct lint *l)
{
    for (size_t i = 1; i < l->count; i++)
        for (size_t k = 0; k < i && lint_may_compare(l, 1); k++) {
            if (!l->statements[i].sid.len || !str_eq(l->statements[i].sid, l->statements[k].sid))
                continue;
            l->statement = &l->statements[i];
            struct lint_finding *f =
                lint_report(l, node_get(l->statements[i].node, "Sid"), "the Sid \"%.*s\" is that of statement %d too",
                            STR_ARG(lint_shown(l->statements[i].sid)), l->statements[k].index + 1);
            if (l->kind == KIND_RESOURCE || l->kind == KIND_TRUST)
                f->severity = LINT_WARNING;
            l->statement = NULL;
            break;
        }
}

static void sid_charset(struct lint *l, const struct lint_statement *s)
{
    for (size_t i = 0; i < s->sid.len; i++) {
        char c = ascii_lower(s->sid.ptr[i]);
        if ((c >= 'a' && c <= 'z') || ascii_is_digit(c))
            continue;
        lint_report(l, node_get(s->node, "Sid"), "a Sid may hold letters A-Z, a-z and digits only");
        return;
    }
}

/* ---- empty ones ---- */

static void version_old(struct lint *l)
{
    const node *version = node_get(l->document, "Version");
    if (node_is_string(version) && str_is(node_text(version), "2008-10-17"))
        lint_report(l, version, "the grammar of 2008 has no policy variables");
}

static void sid_empty(struct lint *l, const struct lint_statement *s)
{
    const node *sid = node_get(s->node, "Sid");
    if (node_is_string(sid) && !node_text(sid).len)
        lint_report(l, sid, "the Sid is empty");
}

static bool is_empty(const node *n)
{
    return (node_is_list(n) && !node_count(n)) || (node_is_string(n) && !node_text(n).len);
}

static void action_empty(struct lint *l, const struct lint_statement *s)
{
    if (!is_empty(s->action))
        return;
    struct lint_finding *f = lint_report_key(l, s->action,
                                             s->not_action ? "NotAction is empty: that is every action"
                                                           : "Action is empty: the statement has no effect");
    if (s->effect == EFFECT_DENY && !s->not_action)
        f->severity = LINT_SECURITY_WARNING;
}

static void resource_empty(struct lint *l, const struct lint_statement *s)
{
    if (is_empty(s->resource))
        lint_report_key(l, s->resource,
                        s->not_resource ? "NotResource is empty: that is every resource"
                                        : "Resource is empty: the statement has no effect");
}

static void principal_empty(struct lint *l, const struct lint_statement *s)
{
    if (node_is_object(s->principal) && !node_count(s->principal))
        lint_report_key(l, s->principal, "\"%.*s\" names nobody", STR_ARG(node_key(s->principal)));
    for (NODE_EACH(by_type, node_is_object(s->principal) ? s->principal : NULL))
        if (is_empty(by_type))
            lint_report_key(l, by_type, "\"%.*s\" names nobody", STR_ARG(lint_shown(node_key(by_type))));
}

static void condition_empty(struct lint *l, const struct lint_statement *s)
{
    const node *condition = s->condition;
    if (condition && !node_count(condition))
        lint_report_key(l, condition, "the Condition is empty: it always holds");
    for (NODE_EACH(by_operator, condition))
        if (node_is_object(by_operator) && !node_count(by_operator))
            lint_report_key(l, by_operator, "the operator has no key: it always holds");
}

static void condition_value_empty(struct lint *l, const struct lint_statement *s, const struct lint_condition *c)
{
    (void)s;
    if (!node_is_list(c->node) || node_count(c->node) || !c->op)
        return;
    bool absent = c->if_exists || c->set == SET_FOR_ALL;
    lint_report_key(l, c->node,
                    c->op->negated ? "a list without values: the condition always holds"
                    : absent       ? "a list without values: it holds only while the key is absent"
                                   : "a list without values: the condition never holds");
}

#define REFUSED "AWS refuses the policy (IAM User Guide, \"Grammar of the IAM JSON policy language\")."

/* clang-format off */
static const struct lint_check rows[] = {
    {"element-unknown", LINT_ERROR, KINDS_ALL,
     "An element that the grammar does not have",
     REFUSED,
     "remove it, or write the element that was meant",
     .document = element_unknown, .statement = element_unknown_statement},
    {"element-type", LINT_ERROR, KINDS_ALL,
     "An element of the wrong type",
     REFUSED,
     "write it as the grammar has it",
     .document = element_type, .statement = element_type_statement},
    {"statement-missing", LINT_ERROR, KINDS_ALL,
     "No statement",
     REFUSED,
     "add a statement, or delete the policy",
     .document = statement_missing},
    {"effect-missing", LINT_ERROR, KINDS_ALL,
     "A statement without Effect",
     REFUSED,
     "add \"Effect\": \"Allow\" or \"Deny\"",
     .statement = effect_missing},
    {"effect-invalid", LINT_ERROR, KINDS_ALL,
     "An Effect other than Allow or Deny",
     REFUSED " The case of letters counts.",
     "write \"Allow\" or \"Deny\"",
     .statement = effect_invalid},
    {"action-missing", LINT_ERROR, KINDS_ALL,
     "A statement without Action",
     REFUSED,
     "add \"Action\"",
     .statement = action_missing},
    {"resource-missing", LINT_ERROR, IBSR | O,
     "A statement without Resource",
     REFUSED,
     "add \"Resource\"; \"*\" is every resource",
     .statement = resource_missing},
    {"principal-missing", LINT_ERROR, O | R | T,
     "A statement without Principal",
     "A policy that is attached to a resource must say whom it is about; AWS refuses it otherwise.",
     "add \"Principal\"",
     .statement = principal_missing},
    {"element-conflict", LINT_ERROR, KINDS_ALL,
     "An element beside its negation",
     REFUSED,
     "keep one of the two",
     .statement = element_conflict},
    {"principal-unsupported", LINT_ERROR, IB,
     "Principal in a policy of an identity",
     "The policy is about the identity that it is attached to; AWS refuses a principal there.",
     "remove it; if this is a resource or trust policy: --type resource, --type trust",
     .statement = principal_unsupported},
    {"scp-principal", LINT_ERROR, S,
     "Principal in an SCP",
     "An SCP is about every principal of the accounts below; AWS refuses it (Organizations User Guide, \"SCP "
     "syntax\").",
     "remove it; to exempt or single out principals, test aws:PrincipalArn in Condition",
     .statement = principal_unsupported},
    {"version-missing", LINT_WARNING, KINDS_ALL,
     "No Version",
     "The grammar of 2008 holds then: policy variables are plain text. SCPs and RCPs must have a Version.",
     "add \"Version\": \"2012-10-17\"",
     .document = version_missing},
    {"version-invalid", LINT_ERROR, KINDS_ALL,
     "A Version that does not exist",
     "Version is the date of the grammar, not of the policy: 2012-10-17, or 2008-10-17 where it is no SCP or RCP.",
     "write \"Version\": \"2012-10-17\"",
     .document = version_invalid},
    {"version-variable", LINT_ERROR, IB | O | T,
     "A policy variable in a policy of the 2008 grammar",
     "Variables exist from 2012-10-17 on; before, \"${...}\" matches those very characters and nothing else.",
     "write \"Version\": \"2012-10-17\"",
     .statement = version_variable},
    {"sid-duplicate", LINT_ERROR, KINDS_ALL,
     "A Sid used twice",
     "Sids must be unique in IAM policies, SCPs and RCPs; elsewhere they should be.",
     "give each statement its own Sid",
     .document = sid_duplicate},
    {"version-old", LINT_SUGGESTION, KINDS_ALL & ~(S | R),
     "The Version of 2008",
     "Policies that services make by default have it; variables are plain text in it.",
     "write \"Version\": \"2012-10-17\"",
     .document = version_old},
    {"sid-empty", LINT_SUGGESTION, KINDS_ALL,
     "An empty Sid",
     "It names nothing.",
     "remove it",
     .statement = sid_empty},
    {"action-empty", LINT_WARNING, KINDS_ALL,
     "An empty list of actions",
     "The statement does nothing, or with NotAction everything.",
     "list the actions, or delete the statement",
     .statement = action_empty},
    {"resource-empty", LINT_WARNING, KINDS_ALL,
     "An empty list of resources",
     "The statement does nothing, or with NotResource everything.",
     "list the resources, or delete the statement",
     .statement = resource_empty},
    {"principal-empty", LINT_WARNING, O | T,
     "A principal that is nobody",
     "The statement is about nobody, or with NotPrincipal about everyone.",
     "name the principals, or delete the statement",
     .statement = principal_empty},
    {"condition-empty", LINT_SUGGESTION, KINDS_ALL,
     "An empty condition",
     "It always holds: perhaps something was lost here.",
     "remove it, or write the condition",
     .statement = condition_empty},
    {"condition-value-empty", LINT_WARNING, KINDS_ALL,
     "A condition key without values",
     "A positive operator never holds then, a negated one always does.",
     "write the values",
     .condition = condition_value_empty},
    {"sid-charset", LINT_ERROR, IBSR,
     "A Sid with other characters than letters and digits",
     "AWS refuses the policy (IAM User Guide, \"Sid\").",
     "write it with letters and digits alone",
     .statement = sid_charset},
};
/* clang-format on */
const struct check_table element_checks = {rows, sizeof rows / sizeof *rows};
