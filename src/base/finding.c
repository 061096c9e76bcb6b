/* finding.c - the words of outcomes, severities, verdicts and routes (formats.md 2). */
#include "base/finding.h"

const char *outcome_name(outcome o)
{
    switch (o) {
    case OUTCOME_UNKNOWN: return "unknown";
    case OUTCOME_FAIL: return "fail";
    case OUTCOME_PASS: return "pass";
    case OUTCOME_NOT_APPLICABLE: return "not-applicable";
    case OUTCOME_WAIVED: return "waived";
    }
    return "unknown";
}

const char *severity_name(severity s)
{
    switch (s) {
    case SEVERITY_BLOCKER: return "blocker";
    case SEVERITY_WARNING: return "warning";
    case SEVERITY_INFO: return "info";
    }
    return "blocker";
}

const char *verdict_name(verdict v)
{
    switch (v) {
    case VERDICT_UNDETERMINED: return "UNDETERMINED";
    case VERDICT_NOT_READY: return "NOT READY";
    case VERDICT_READY: return "READY";
    }
    return "UNDETERMINED";
}

static const char *const route_names[ROUTE_COUNT] = {
    [ROUTE_REMOVE_API] = "remove/api", [ROUTE_REMOVE_CONSOLE] = "remove/console",
    [ROUTE_LEAVE_API] = "leave/api",   [ROUTE_LEAVE_CONSOLE] = "leave/console",
    [ROUTE_TRANSFER] = "transfer",
};

const char *route_name(route r)
{
    return route_names[r];
}

bool routes_parse(str name, unsigned *routes)
{
    if (str_is(name, "remove"))
        return *routes = ROUTES_REMOVE, true;
    if (str_is(name, "leave"))
        return *routes = ROUTES_LEAVE, true;
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (str_is(name, route_names[r]))
            return *routes = ROUTE_BIT(r), true;
    return false;
}
