/*
 * run.h - what the checks see of a document, worked out once, and how they tell what they find. Inside src/lint.
 */
#ifndef ORGEXIT_LINT_RUN_H
#define ORGEXIT_LINT_RUN_H

#include "catalog/catalog.h"
#include "lint/lint.h"
#include "lint/pattern.h"
#include "policy/arn.h"
#include "policy/key.h"
#include "policy/policy.h"

/* An entry of Action or NotAction that is a text. */
struct lint_action {
    const node *node;
    str text, service, name; /* "s3:Get*": "s3", "Get*"; "*" has neither */
    bool all;                /* "*", "*:*" and alike */
    bool formed;             /* all, or service:name with nothing in it that no action has */
    bool wild;               /* has "*" or "?" */
    bool service_wild;
    bool service_known; /* the catalogue has that service; false when service_wild */
    uint32_t index;     /* in the catalogue; CATALOG_NONE: wild, or no such action */
};

/* The types of resources that an ARN may be one of, by its service and its last part: worked out when first asked for.
 */
typedef enum {
    WORD_UNKNOWN,
    WORD_OTHER,
    WORD_ALIKE,
    WORD_SAME
} lint_word; /* not that of a type, misspelt, as written */
struct lint_fit {
    bool known;
    bool any_type;                /* the catalogue knows types with such a service */
    bool fits;                    /* the last part can be that of one */
    bool some_region, all_region; /* of those that fit */
    bool some_account, all_account;
    lint_word word; /* with which the last part begins */
};

/* An entry of Resource or NotResource that is a text. */
struct lint_resource {
    const node *node;
    str text;
    str flat; /* each variable is "*" */
    bool all; /* nothing but "*" */
    bool wild;
    bool has_parts;
    struct arn_parts parts; /* of flat */
    struct lint_fit *fit;
};

/* A key of an operator with its values. */
struct lint_condition {
    const node *operator_node;           /* its member in Condition: the key is the operator's name */
    const struct condition_operator *op; /* NULL: no such operator */
    operator_set set;
    bool if_exists;
    const node *node; /* the member: a value, or a list of them */
    str key;
    bool known;
    struct catalog_key fact; /* when known */
};

/* Of each action, that no listed resource can be meant for it: worked out when first asked for. */
struct lint_dead {
    bool *each; /* NULL: not yet */
    bool all;
};

struct lint_statement {
    const node *node; /* an object */
    int index;
    str sid; /* ptr NULL: none */
    effect effect;
    const node *effect_node, *action, *resource, *principal, *condition; /* NULL: not there */
    bool not_action, not_resource, not_principal;
    const struct lint_action *actions;
    size_t action_count;
    struct lint_dead *dead;
    const struct lint_resource *resources;
    size_t resource_count;
    const struct lint_condition *conditions;
    size_t condition_count;
};

struct lint {
    arena *arena;
    const source *source;
    policy_kind kind;
    const node *document;
    policy_version version; /* VERSION_2008 without one */
    const struct lint_statement *statements;
    size_t count;
    const struct lint_statement *statement; /* the one that is looked at; NULL: the document */
    const struct lint_check *check;         /* the one that looks */
    const struct lint_options *options;
    str name;                             /* that a capture gives the policy */
    const struct lint_statement *printed; /* of which `content` is the text */
    str content;
    size_t told;               /* findings of the running check */
    size_t suggested;          /* names that were looked for */
    uint64_t compared;         /* steps, of LINT_STEPS */
    struct lint_finding spare; /* what is told beyond LINT_TOLD_LIMIT */
    struct lint_findings *out;
};
enum { LINT_TOLD_LIMIT = 1000 };   /* findings of one check about one document */
enum { LINT_SUGGEST_LIMIT = 500 }; /* look-ups of a near name, which take a millisecond each, for one document */
#define LINT_STEPS UINT64_C(2000000000)

/* A check: what it is, and the one function that looks. Of `document` ... `value` exactly one is set. */
struct lint_check {
    const char *id;
    lint_severity severity;
    unsigned kinds;
    const char *title; /* one line */
    const char *why;   /* what follows from it, and where AWS says so */
    const char *fix;
    const char *silences; /* ids, blanks between: what they say of the same statement follows from this; NULL: none */
    bool off;             /* runs only when it is selected */
    void (*document)(struct lint *l);
    void (*statement)(struct lint *l, const struct lint_statement *s);
    void (*action)(struct lint *l, const struct lint_statement *s, const struct lint_action *a);
    void (*resource)(struct lint *l, const struct lint_statement *s, const struct lint_resource *r);
    void (*condition)(struct lint *l, const struct lint_statement *s, const struct lint_condition *c);
    void (*value)(struct lint *l, const struct lint_statement *s, const struct lint_condition *c, const node *v);
    void (*text)(struct lint *l, const error *e, json_fault fault); /* the text could not be read */
};

#define KINDS_ALL                                                                                                      \
    (KIND_BIT(KIND_IDENTITY) | KIND_BIT(KIND_BOUNDARY) | KIND_BIT(KIND_SCP) | KIND_BIT(KIND_RCP) |                     \
     KIND_BIT(KIND_RESOURCE) | KIND_BIT(KIND_TRUST))

/* The rows, in the order of lint.md 1: one table for each part of the catalogue. */
struct check_table {
    const struct lint_check *rows;
    size_t count;
};
extern const struct check_table text_checks, element_checks, action_checks, grant_checks, arn_checks, principal_checks,
    condition_checks, key_checks, logic_checks, leave_checks;

/* A finding of the running check at a value, or at the key of a member. Returned to be given a help or another
 * severity; never NULL. The message is one idea in one line. */
struct lint_finding *lint_report(struct lint *l, const node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct lint_finding *lint_report_key(struct lint *l, const node *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "did you mean "x"?"; empty when nothing is near. */
str lint_did_you_mean(struct lint *l, str near);

/* Unknown names may be newer than the catalogue: told beside the suggestion. */
str lint_facts_note(struct lint *l);

/* A text cut for a message. */
str lint_shown(str text);

/* Condition keys are compared without regard to case. */
static inline bool key_is(str key, const char *name)
{
    return str_eq_nocase(key, str_from(name));
}
static inline bool key_begins(str key, const char *head)
{
    return str_eq_nocase(str_head(key, strlen(head)), str_from(head));
}
bool lint_key_is_one_of(str key, const char *const *names, size_t count);
#define KEY_IS_ONE_OF(key, names) lint_key_is_one_of((key), (names), sizeof(names) / sizeof *(names))

/* Whether the statement has a condition on the key. */
bool lint_tests_key(const struct lint_statement *s, const char *key);

/* Requests for an action without resource types are about "*": an ARN covers them only when its last part is "*". */
bool lint_covers_star(const struct lint_resource *r);

/* Comparing what a document lists is bounded, so that a hostile one takes no hours: false once the budget is spent, and
 * the check that asks says nothing more. `cost` is about the steps of one comparison. */
bool lint_may_compare(struct lint *l, size_t cost);

/* Services of whose resources and keys the facts are known to be whole; of others AWS checks more than it documents. */
bool lint_facts_are_whole(str service);

/* What was perhaps meant, of what the catalogue has; empty: nothing is near, or enough was suggested in this document.
 */
str lint_near_service(struct lint *l, str prefix);
str lint_near_action(struct lint *l, str action);
str lint_near_key(struct lint *l, str key);

/* A path with "endpoint" in it: policies of VPC endpoints, in which "*" is everyone behind the endpoint. */
bool is_endpoint_policy(str path);

/* Whether a text of the policy may hold variables and how the next one is told. */
bool lint_has_variable(str text);

/* A Region by its form, such as "us-gov-east-1": new ones come, so that names are not compared. */
bool lint_is_region(str s);

/* Whether an action of the catalogue is covered by an entry. */
bool lint_action_covers(const struct lint_action *entry, str action);
/* Whether it is, or matches, an action of the catalogue. */
bool lint_action_exists(const struct lint *l, const struct lint_action *a);

/* What orgexit.yaml adds to the facts. */
bool lint_is_added_action(const struct lint *l, str action);
bool lint_is_added_key(const struct lint *l, str key);

/* By the statement's Action, or not by its NotAction. */
bool lint_statement_covers(const struct lint_statement *s, str action);

#endif
