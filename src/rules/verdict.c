/* verdict.c - READY, NOT READY or UNDETERMINED. */
#include "rules/verdict.h"

/* FAIL before UNKNOWN before the rest; a word that is no outcome is not known. */
static verdict from_record(outcome o)
{
    switch (o) {
    case OUTCOME_FAIL: return VERDICT_NOT_READY;
    case OUTCOME_PASS:
    case OUTCOME_NOT_APPLICABLE:
    case OUTCOME_WAIVED: return VERDICT_READY;
    case OUTCOME_UNKNOWN: break;
    }
    return VERDICT_UNDETERMINED;
}

static bool answered_once(str rule, const struct verdict_record *records, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += str_eq(records[i].rule, rule);
    return found == 1;
}

verdict verdict_of(const str *expected, size_t expected_count, const struct verdict_record *records,
                   size_t record_count)
{
    bool open = expected_count == 0, passed = false;
    for (size_t i = 0; i < record_count; i++) {
        verdict v = from_record(records[i].outcome);
        if (v == VERDICT_NOT_READY)
            return VERDICT_NOT_READY;
        open = open || v != VERDICT_READY;
        passed = passed || records[i].outcome == OUTCOME_PASS;
    }
    for (size_t i = 0; !open && i < expected_count; i++)
        open = !answered_once(expected[i], records, record_count);
    return open || !passed ? VERDICT_UNDETERMINED : VERDICT_READY;
}

verdict verdict_over(const verdict by_route[ROUTE_COUNT], unsigned routes, int *by)
{
    verdict best = routes & ROUTES_ALL ? VERDICT_NOT_READY : VERDICT_UNDETERMINED;
    int ready = -1;
    for (int r = 0; r < ROUTE_COUNT; r++) {
        if (!(routes & ROUTE_BIT(r)) || by_route[r] == VERDICT_NOT_READY)
            continue;
        if (by_route[r] == VERDICT_READY && ready < 0)
            ready = r;
        else if (by_route[r] != VERDICT_READY)
            best = VERDICT_UNDETERMINED;
    }
    if (by)
        *by = ready;
    return ready >= 0 ? by_route[ready] : best;
}
