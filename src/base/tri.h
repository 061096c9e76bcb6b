/* tri.h - Kleene's strong logic. Zeroed or forgotten means unknown, never yes. */
#ifndef ORGEXIT_BASE_TRI_H
#define ORGEXIT_BASE_TRI_H

#include <stdbool.h>

typedef enum { TRI_UNKNOWN, TRI_NO, TRI_YES } tri;

static inline tri tri_of(bool yes)
{
    return yes ? TRI_YES : TRI_NO;
}

static inline tri tri_not(tri a)
{
    return a == TRI_YES ? TRI_NO : a == TRI_NO ? TRI_YES : TRI_UNKNOWN;
}

/*  and  U N Y        or  U N Y
 *   U   U N U         U  U U Y
 *   N   N N N         N  U N Y
 *   Y   U N Y         Y  Y Y Y  */
static inline tri tri_and(tri a, tri b)
{
    if (a == TRI_NO || b == TRI_NO)
        return TRI_NO;
    return a == TRI_YES && b == TRI_YES ? TRI_YES : TRI_UNKNOWN;
}

static inline tri tri_or(tri a, tri b)
{
    if (a == TRI_YES || b == TRI_YES)
        return TRI_YES;
    return a == TRI_NO && b == TRI_NO ? TRI_NO : TRI_UNKNOWN;
}

#endif
