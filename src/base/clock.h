/*
 * clock.h - instants, days and durations, in UTC, without the locale and without the C library's time zones.
 * Accepts what the AWS CLI prints (v1: epoch numbers with a fraction; v2: RFC 3339) and W3C date-time profiles
 * (IAM User Guide, "Date condition operators").
 */
#ifndef ORGEXIT_BASE_CLOCK_H
#define ORGEXIT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 }; /* seconds */

typedef struct {
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
    uint32_t nanos;  /* 0 .. 999,999,999 */
} instant;

static inline int instant_cmp(instant a, instant b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos;
}

bool time_from_date(str s, instant *out);    /* YYYY-MM-DD: its first second */
bool time_from_rfc3339(str s, instant *out); /* with Z or an offset; "T" or one blank between; any fraction */
bool time_from_epoch(str s, instant *out);   /* decimal seconds, a sign and a fraction allowed */
bool time_from_w3c(str s, instant *out);     /* YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.s+]](Z|+hh:mm) */
bool time_from_cli(str s, instant *out);     /* RFC 3339 or epoch: any time in a capture */

/* Why a text that should be a date or RFC 3339 is none, and what is expected: a literal. */
const char *time_trouble(str s);

str time_format(arena *a, int64_t seconds);      /* 2026-11-23T00:00:00Z */
str time_format_date(arena *a, int64_t seconds); /* 2026-11-23 */

/* "30d", "4h", "90m", "2w", "10s": a whole number and one unit, in seconds. */
bool duration_parse(str s, int64_t *out);
str duration_format(arena *a, int64_t seconds); /* the two largest units: "6 d 16 h", "23 h", "5 min" */

/* SOURCE_DATE_EPOCH when set, else the machine's clock; false when SOURCE_DATE_EPOCH is no number. *origin (may be
 * NULL) says which. */
typedef enum { TIME_GIVEN, TIME_ENVIRONMENT, TIME_CLOCK } time_origin;
bool time_now(int64_t *seconds, time_origin *origin);
bool clock_now(int64_t *seconds);                 /* the machine's clock, whatever SOURCE_DATE_EPOCH says */
const char *time_origin_name(time_origin origin); /* "option", "SOURCE_DATE_EPOCH", "clock" */

#endif
