/*
 * value.h - what a field tells a rule: known, absent, or unknown with a reason; and where that stands (rules.md 3.3).
 */
#ifndef ORGEXIT_RULES_VALUE_H
#define ORGEXIT_RULES_VALUE_H

#include "base/arena.h"
#include "base/finding.h"
#include "base/tri.h"
#include "text/source.h"

typedef enum { TYPE_BOOL, TYPE_STRING, TYPE_ENUM, TYPE_INT, TYPE_DURATION, TYPE_TIME, TYPE_LIST } value_type;
const char *value_type_name(value_type t); /* "bool", "string", ... as in rules.md 3.4 */

/* Where a fact stands, before anybody has looked up line and column: evidence in the making. */
struct mark {
    const source *source; /* NULL: `file` alone is named */
    const node *node;     /* NULL: the file as a whole */
    str file;             /* used when source is NULL: the capture that is missing */
    str level, level_path, policy, policy_name;
    str sid;
    int statement; /* -1: none */
    str text;
};
#define MARK_NONE ((struct mark){.statement = -1})

struct element;

/* complete = false: there may be more elements than these. */
struct value_list {
    const struct element *items;
    size_t count;
    bool complete;
};

typedef enum { VALUE_UNKNOWN, VALUE_ABSENT, VALUE_KNOWN } value_state;

/* A list that is only partly known is VALUE_KNOWN with list.complete = false, `reason` and `needs` telling why. */
struct value {
    value_state state;
    value_type type;
    union {
        bool yes;
        str text;       /* string, enum */
        int64_t number; /* int; duration in seconds; time in seconds since 1970 */
        struct value_list list;
    } as;
    str reason; /* why it is unknown, or a list incomplete: one clause without a full stop, "… was not captured" */
    const struct mark *marks;
    size_t mark_count;
    const struct need *needs;
    size_t need_count;
    const str *depends_on; /* context keys */
    size_t depends_on_count;
};

/* An element of a list: of a list of strings its text; of records, a value for each element field in table order. */
struct element {
    str text;
    const struct value *members;
    const struct mark *mark; /* NULL: none */
};

/*
 * One row of the field catalogue (src/rules/fields.c), in rules.md 3.6's words. Element fields ("role.name") have
 * `of` = the list field's name and stand in the table right behind it, in the order of element.members.
 */
struct facts;
struct topic; /* org/topic.h */
typedef enum {
    PART_VALUE,
    PART_BY,
    PART_EVIDENCE,
    PART_DATE,
    PART_VALID_UNTIL,
    PART_TIME_LEFT,
    PART_KIND,
    PART_SUPPORTED
} topic_part;
struct field {
    const char *name;
    value_type type;
    value_type item;          /* of TYPE_LIST: TYPE_STRING, or TYPE_LIST for records */
    const char *const *words; /* of TYPE_ENUM: NULL-terminated */
    const char *of;           /* element fields: the list; else NULL */
    bool by_route;            /* differs between routes: run.route, run.family, actor.* */
    bool grows;               /* a duration that grows as time passes: waiting alone satisfies at_least */
    const char *doc;          /* where it comes from, one line */
    struct value (*get)(struct facts *f, route r); /* NULL: not read yet: unknown; element fields: NULL */
    bool never_false;                              /* of TYPE_BOOL: true or unknown (the evidence itself) */
    const struct topic
        *topic; /* attested.TOPIC and its parts, those of packs' topics too: `get` is NULL, see facts.h */
    topic_part part;
};
extern const struct field field_catalogue[];
extern const size_t field_catalogue_count;
const struct field *field_find(str name);  /* NULL: no such field. Element fields: see field_element */
size_t field_index(const struct field *f); /* in the catalogue; SIZE_MAX: it belongs to a pack's topic */
const struct field *field_element(const struct field *list, str name); /* two lists may share an element's name */
size_t field_member_index(const struct field *element);                /* in element.members */
size_t field_member_count(const struct field *list);                   /* 0: a list of texts */

/* Who is asked by `can:` (rules.md 3.4). */
typedef enum { WHO_ACTOR, WHO_CALLER, WHO_PRINCIPAL, WHO_ROOT, WHO_ARN } who;

/* `can: {who, do, resource, with}` with its resource already filled in (unknown parts: resource_known = false). */
struct can_question {
    who who;
    str arn; /* WHO_ARN */
    str action;
    str resource;
    bool resource_known;
    const struct can_context {
        str key;
        const str *values;
        size_t count;
    } * with;
    size_t with_count;
};

/* What rules are judged against. rules/facts.c has the real one; rule tests have one of given values. */
struct fact_source {
    void *self;
    const struct value *(*field)(void *self, const struct field *f,
                                 route r); /* never NULL; kept until the arena ends */
    const struct value *(*can)(void *self, const struct can_question *q, route r); /* TYPE_BOOL */
};

#endif
