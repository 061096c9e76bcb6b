/*
 * variable.h - policy variables: ${key}, ${key, 'default'}, and ${*}, ${?}, ${$} for the characters themselves
 * (IAM User Guide, "IAM policy elements: Variables and tags").
 */
#ifndef ORGEXIT_IAM_VARIABLE_H
#define ORGEXIT_IAM_VARIABLE_H

#include "iam/match.h"

/* One "${...}" of a text. */
struct variable {
    str before;    /* the text up to it */
    str key;       /* empty: a literal character, or bad */
    str otherwise; /* the default; ptr NULL: none */
    char literal;  /* '*', '?', '$'; 0: it names a key */
    bool bad;      /* no variable that AWS documents */
};

/* Takes the next one off *rest, which is left with what follows. False: there is none, *rest is plain. */
bool variable_next(str *rest, struct variable *out);

/* A text with its variables filled in. */
struct filled {
    struct glob glob;
    struct glob alternative; /* the same, wildcards in values taken as wildcards; text.ptr NULL: there are none */
    bool missing;            /* a key without value and without default: it matches nothing */
    bool may_miss;           /* a key that is not known, without default */
    bool open;               /* a key that is not known, or no variable at all: stands in the glob as "*" */
};

/* `wildcards`: "*" and "?" in the text are wildcards. Memory of ev->arena. */
void variable_fill(const struct eval *ev, str text, bool wildcards, struct filled *out);

/* Whether variables may stand in this text of a policy of that version. */
static inline bool has_variables(policy_version version, str text)
{
    if (version == VERSION_2008 || text.len < 3)
        return false;
    const char *dollar = memchr(text.ptr, '$', text.len - 1);
    return dollar && str_find(str_from_index(text, (size_t)(dollar - text.ptr)), STR("${")) != SIZE_MAX;
}

#endif
