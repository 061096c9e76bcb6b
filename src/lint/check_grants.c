/* check_grants.c - statements that allow more than their author may think. */
#include "lint/run.h"

#define I KIND_BIT(KIND_IDENTITY)
#define O KIND_BIT(KIND_RESOURCE)
#define T KIND_BIT(KIND_TRUST)

static bool is_allow(const struct lint_statement *s)
{
    return s->effect == EFFECT_ALLOW;
}

static bool is_on_all(const struct lint_statement *s)
{
    for (size_t i = 0; i < s->resource_count; i++)
        if (s->resources[i].all && !s->not_resource)
            return true;
    return false;
}

/* On "*", on all but some, or on a pattern that leaves the last part open. */
static bool is_on_many(const struct lint_statement *s)
{
    for (size_t i = 0; i < s->resource_count; i++) {
        const struct lint_resource *r = &s->resources[i];
        if (r->all || (r->has_parts &&
                       (pattern_is_all(r->parts.at[ARN_RESOURCE]) || str_is(r->parts.at[ARN_RESOURCE], "role/*"))))
            return true;
    }
    return s->not_resource;
}

/* The entry that covers the action; the list for NotAction. NULL: not allowed. */
static const node *allows_by(const struct lint_statement *s, const char *action)
{
    if (!is_allow(s) || !lint_statement_covers(s, str_from(action)))
        return NULL;
    for (size_t i = 0; i < s->action_count && !s->not_action; i++)
        if (lint_action_covers(&s->actions[i], str_from(action)))
            return s->actions[i].node;
    return s->action;
}

/* Another statement takes the action back, on everything and always. */
static bool is_denied(const struct lint *l, const char *action)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct lint_statement *s = &l->statements[i];
        if (s->effect == EFFECT_DENY && !s->condition && is_on_all(s) && lint_statement_covers(s, str_from(action)))
            return true;
    }
    return false;
}

/* ---- everything ---- */

static void allow_admin(struct lint *l, const struct lint_statement *s)
{
    if (!is_allow(s) || s->not_action || s->condition_count || !is_on_all(s))
        return;
    for (size_t i = 0; i < s->action_count; i++)
        if (s->actions[i].all) {
            lint_report(l, s->actions[i].node, "this allows every action on every resource");
            return;
        }
}

static void allow_not_action(struct lint *l, const struct lint_statement *s)
{
    if (is_allow(s) && s->not_action && (is_on_many(s) || l->kind == KIND_TRUST))
        lint_report_key(l, s->action, "Allow with NotAction grants every action that is not listed");
}

static void allow_not_resource(struct lint *l, const struct lint_statement *s)
{
    if (is_allow(s) && s->not_resource)
        lint_report_key(l, s->resource, "Allow with NotResource reaches every resource that is not listed");
}

static void allow_not_principal(struct lint *l, const struct lint_statement *s)
{
    if (is_allow(s) && s->not_principal)
        lint_report_key(l, s->principal, "Allow with NotPrincipal admits everyone who is not listed, strangers too");
}

/* ---- iam ---- */

static void pass_role_broad(struct lint *l, const struct lint_statement *s)
{
    const node *by = allows_by(s, "iam:PassRole");
    if (by && is_on_many(s) && !lint_tests_key(s, "iam:PassedToService") && !is_denied(l, "iam:PassRole"))
        lint_report(l, by, "this allows to pass any role to any service");
}

static void create_slr_broad(struct lint *l, const struct lint_statement *s)
{
    const node *by = allows_by(s, "iam:CreateServiceLinkedRole");
    if (by && is_on_many(s) && !lint_tests_key(s, "iam:AWSServiceName") && !is_denied(l, "iam:CreateServiceLinkedRole"))
        lint_report(l, by, "this allows to create the service-linked role of any service");
}

/* One policy that may do all of a row on any resource can make its holder an administrator (public write-ups, such as
 * Rhino Security Labs, "AWS IAM Privilege Escalation"). */
static const char *const escalations[][2] = {
    {"iam:CreatePolicyVersion",     NULL                        },
    {"iam:SetDefaultPolicyVersion", NULL                        },
    {"iam:AttachUserPolicy",        NULL                        },
    {"iam:AttachGroupPolicy",       NULL                        },
    {"iam:AttachRolePolicy",        NULL                        },
    {"iam:PutUserPolicy",           NULL                        },
    {"iam:PutGroupPolicy",          NULL                        },
    {"iam:PutRolePolicy",           NULL                        },
    {"iam:AddUserToGroup",          NULL                        },
    {"iam:UpdateAssumeRolePolicy",  "sts:AssumeRole"            },
    {"iam:CreateAccessKey",         NULL                        },
    {"iam:CreateLoginProfile",      NULL                        },
    {"iam:UpdateLoginProfile",      NULL                        },
    {"iam:PassRole",                "lambda:CreateFunction"     },
    {"iam:PassRole",                "ec2:RunInstances"          },
    {"iam:PassRole",                "cloudformation:CreateStack"},
    {"iam:PassRole",                "glue:CreateDevEndpoint"    },
};

/* Where the document allows the action on anything, without a condition. */
static const struct lint_statement *allows_on_all(const struct lint *l, const char *action)
{
    for (size_t i = 0; i < l->count && !is_denied(l, action); i++)
        if (!l->statements[i].condition_count && is_on_all(&l->statements[i]) && allows_by(&l->statements[i], action))
            return &l->statements[i];
    return NULL;
}

static void privilege_escalation(struct lint *l)
{
    for (size_t i = 0; i < sizeof escalations / sizeof *escalations; i++) {
        const char *first = escalations[i][0], *second = escalations[i][1];
        const struct lint_statement *s = allows_on_all(l, first);
        if (!s || (second && !allows_on_all(l, second)))
            continue;
        l->statement = s;
        lint_report(l, allows_by(s, first), "%s%s%s on every resource makes its holder an administrator", first,
                    second ? " with " : "", second ? second : "");
        l->statement = NULL;
        return; /* one is enough */
    }
}

/* ---- on everything though the action knows resources ---- */

static bool writes(uint32_t action)
{
    str level = catalog_action_level(action);
    return !str_is(level, "read") && !str_is(level, "list");
}

static void resource_star(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    if (is_allow(s) && is_on_all(s) && !s->not_action && a->index != CATALOG_NONE && writes(a->index) &&
        catalog_action_types(a->index).len)
        lint_report(l, a->node, "\"%.*s\" on every resource", STR_ARG(a->text));
}

#define LESS "What AWS adds tomorrow is in it too."

/* clang-format off */
static const struct lint_check rows[] = {
    {"allow-admin", LINT_SECURITY_WARNING, I,
     "Everything is allowed",
     "Who has this policy is an administrator; nothing in the policy narrows it.",
     "list the actions that are needed",
     .silences = "pass-role-broad create-slr-broad privilege-escalation action-redundant", .statement = allow_admin},
    {"allow-not-action", LINT_SECURITY_WARNING, I | O | T,
     "Allow with NotAction",
     LESS,
     "list the actions to allow in Action; to take some away, use a Deny",
     .statement = allow_not_action},
    {"allow-not-resource", LINT_SECURITY_WARNING, I | O,
     "Allow with NotResource",
     LESS,
     "list the resources in Resource; to take some away, use a Deny",
     .statement = allow_not_resource},
    {"allow-not-principal", LINT_SECURITY_WARNING, O,
     "Allow with NotPrincipal",
     "AWS advises against it (IAM User Guide, \"NotPrincipal\").",
     "name who is to have access in Principal",
     .statement = allow_not_principal},
    {"pass-role-broad", LINT_SECURITY_WARNING, I,
     "Any role may be passed to any service",
     "Who may pass a role acts with its permissions: with an administrator's role, as an administrator.",
     "name the roles in Resource, or test iam:PassedToService",
     .statement = pass_role_broad},
    {"create-slr-broad", LINT_WARNING, I,
     "Any service-linked role may be created",
     "Each lets its service act in the account.",
     "test iam:AWSServiceName, or name the role",
     .statement = create_slr_broad},
    {"privilege-escalation", LINT_SECURITY_WARNING, I,
     "The policy lets its holder become an administrator",
     "The actions change policies, keys or trust of others, or start something that acts with another role.",
     "limit Resource, or give these actions to administrators alone",
     .document = privilege_escalation},
    {"resource-star", LINT_SUGGESTION, I,
     "A writing action on every resource",
     "The action can be limited to resources. Off unless it is selected: most policies of AWS itself do so.",
     "name the resources",
     .off = true, .action = resource_star},
};
/* clang-format on */
const struct check_table grant_checks = {rows, sizeof rows / sizeof *rows};
