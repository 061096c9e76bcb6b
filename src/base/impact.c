/* impact.c - the words of what a departure changes. */
#include "base/impact.h"

const char *impact_kind_name(impact_kind k)
{
    switch (k) {
    case IMPACT_DELETION: return "deletion";
    case IMPACT_ACCESS: return "access";
    case IMPACT_PROTECTION: return "protection";
    case IMPACT_VISIBILITY: return "visibility";
    case IMPACT_MONEY: return "money";
    case IMPACT_LAW: return "law";
    case IMPACT_STAYS: return "stays";
    }
    return "access";
}

const char *certainty_name(certainty c)
{
    switch (c) {
    case CERTAINTY_UNKNOWN: return "unknown";
    case CERTAINTY_LIKELY: return "likely";
    case CERTAINTY_CERTAIN: return "certain";
    }
    return "unknown";
}
