/* embedded.h - the rule packs that are part of the program: rules/ as scripts/embed.sh made it into C. */
#ifndef ORGEXIT_RULES_EMBEDDED_H
#define ORGEXIT_RULES_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name; /* "rules/10-identity.yaml" */
    const char *text;
    size_t len; /* bytes */
};

extern const struct embedded embedded_rules[];
extern const size_t embedded_rule_count;

#endif
