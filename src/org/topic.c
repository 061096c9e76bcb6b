/* topic.c - the table of what can be attested. */
#include "org/topic.h"

const char *const topic_support_plans[] = {"basic",      "developer", "business", "business-plus", "enterprise-on-ramp",
                                           "enterprise", NULL};

#define ROW(name, kind, words, doc) {#name, TOPIC_##kind, words, doc},
const struct topic topic_table[] = {TOPICS(ROW)};
#undef ROW
const size_t topic_count = sizeof topic_table / sizeof *topic_table;

const struct topic *topic_find(str name)
{
    for (const struct topic *t = topic_table; t < topic_table + topic_count; t++)
        if (str_is(name, t->name))
            return t;
    return NULL;
}
