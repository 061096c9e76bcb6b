/* clock.c - strict reading and printing of instants and durations. */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

/* Days from 1970-01-01 in the proleptic Gregorian calendar; month 1 .. 12. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Takes exactly `digits` digits from the front of *s. */
static bool take_number(str *s, size_t digits, int *out)
{
    if (s->len < digits)
        return false;
    *out = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!ascii_is_digit(s->ptr[i]))
            return false;
        *out = *out * 10 + (s->ptr[i] - '0');
    }
    *s = (str){s->ptr + digits, s->len - digits};
    return true;
}

static bool take_char(str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = (str){s->ptr + 1, s->len - 1};
    return true;
}

static bool take_fraction(str *s, uint32_t *nanos)
{
    uint32_t unit = 100000000;
    size_t digits = 0;
    *nanos = 0;
    for (; s->len && ascii_is_digit(s->ptr[0]); digits++) {
        *nanos += (uint32_t)(s->ptr[0] - '0') * unit; /* what is finer than a nanosecond is dropped */
        unit /= 10;
        *s = (str){s->ptr + 1, s->len - 1};
    }
    return digits > 0;
}

static bool take_date(str *s, int *year, int *month, int *day)
{
    return take_number(s, 4, year) && take_char(s, '-') && take_number(s, 2, month) && take_char(s, '-') &&
           take_number(s, 2, day) && *month >= 1 && *month <= 12 && *day >= 1 && *day <= days_in_month(*year, *month);
}

static bool take_offset(str *s, int *seconds)
{
    int hours, minutes, sign;
    *seconds = 0;
    if (take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    sign = take_char(s, '+') ? 1 : take_char(s, '-') ? -1 : 0;
    if (!sign || !take_number(s, 2, &hours) || !take_char(s, ':') || !take_number(s, 2, &minutes))
        return false;
    *seconds = sign * (hours * HOUR + minutes * MINUTE);
    return hours <= 23 && minutes <= 59;
}

/* hh:mm[:ss[.s+]] and the offset, up to the end. */
static bool take_clock(str *s, bool need_seconds, int *seconds, uint32_t *nanos)
{
    int hour, minute, second = 0, offset;
    if (!take_number(s, 2, &hour) || !take_char(s, ':') || !take_number(s, 2, &minute))
        return false;
    *nanos = 0;
    if (take_char(s, ':')) {
        if (!take_number(s, 2, &second) || (take_char(s, '.') && !take_fraction(s, nanos)))
            return false;
    } else if (need_seconds) {
        return false;
    }
    if (second == 60) { /* a leap second: the last instant before the next minute */
        second = 59;
        *nanos = 999999999;
    }
    if (hour > 23 || minute > 59 || second > 59 || !take_offset(s, &offset) || s->len)
        return false;
    *seconds = hour * HOUR + minute * MINUTE + second - offset;
    return true;
}

bool time_from_date(str s, instant *out)
{
    int year, month, day;
    if (!take_date(&s, &year, &month, &day) || s.len)
        return false;
    *out = (instant){.seconds = days_from_date(year, month, day) * DAY};
    return true;
}

static bool from_date_time(str s, bool need_seconds, bool blank_allowed, instant *out)
{
    int year, month, day, seconds;
    uint32_t nanos;
    if (!take_date(&s, &year, &month, &day))
        return false;
    if (!take_char(&s, 'T') && !take_char(&s, 't') && !(blank_allowed && take_char(&s, ' ')))
        return false;
    if (!take_clock(&s, need_seconds, &seconds, &nanos))
        return false;
    *out = (instant){.seconds = days_from_date(year, month, day) * DAY + seconds, .nanos = nanos};
    return true;
}

bool time_from_rfc3339(str s, instant *out)
{
    return from_date_time(s, true, true, out);
}

bool time_from_epoch(str s, instant *out)
{
    bool negative = take_char(&s, '-');
    int64_t seconds = 0;
    uint32_t nanos = 0;
    size_t digits = 0;
    for (; s.len && ascii_is_digit(s.ptr[0]); digits++) {
        if (digits >= 15)
            return false;
        seconds = seconds * 10 + (s.ptr[0] - '0');
        s = (str){s.ptr + 1, s.len - 1};
    }
    if (!digits || (take_char(&s, '.') && !take_fraction(&s, &nanos)))
        return false;
    if (s.len && (s.ptr[0] == 'e' || s.ptr[0] == 'E')) { /* 1.7e9: what a JSON printer may make of a large number */
        int exponent = 0;
        s = str_from_index(s, 1);
        (void)take_char(&s, '+');
        if (!take_number(&s, s.len == 2 ? 2 : 1, &exponent) || s.len || exponent > 9)
            return false;
        for (uint64_t scale = 100000000; exponent > 0; exponent--) {
            if (seconds > INT64_MAX / 100)
                return false;
            seconds = seconds * 10 + (int64_t)(nanos / scale);
            nanos = (uint32_t)(nanos % scale) * 10;
        }
    }
    if (s.len)
        return false;
    if (negative) {
        seconds = -seconds - (nanos > 0);
        nanos = nanos ? 1000000000 - nanos : 0;
    }
    *out = (instant){.seconds = seconds, .nanos = nanos};
    return true;
}

bool time_from_w3c(str s, instant *out)
{
    int year, month;
    str rest = s;
    if (s.len == 4 && take_number(&rest, 4, &year)) {
        *out = (instant){.seconds = days_from_date(year, 1, 1) * DAY};
        return true;
    }
    if (s.len == 7 && take_number(&rest, 4, &year) && take_char(&rest, '-') && take_number(&rest, 2, &month) &&
        month >= 1 && month <= 12) {
        *out = (instant){.seconds = days_from_date(year, month, 1) * DAY};
        return true;
    }
    return time_from_date(s, out) || from_date_time(s, false, false, out);
}

const char *time_trouble(str s)
{
    static const char form[] = "0000-00-00";
    size_t i = 0;
    while (i < sizeof form - 1 && i < s.len && (form[i] == '0' ? ascii_is_digit(s.ptr[i]) : s.ptr[i] == form[i]))
        i++;
    instant day;
    if (i == sizeof form - 1 && !time_from_date(str_head(s, i), &day))
        return "there is no such day; expected a day of the calendar, as YYYY-MM-DD";
    return "this is no date; expected YYYY-MM-DD, or RFC 3339 with Z or an offset";
}

bool time_from_cli(str s, instant *out)
{
    return time_from_rfc3339(s, out) || time_from_epoch(s, out);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static char *put_digits(char *to, int number, int digits)
{
    for (int i = digits; i-- > 0; number /= 10)
        to[i] = (char)('0' + number % 10);
    return to + digits;
}

str time_format(arena *a, int64_t seconds)
{
    int64_t days = floor_div(seconds, DAY), year;
    int month, day, of_day = (int)(seconds - days * DAY);
    date_from_days(days, &year, &month, &day);
    if (year < 0 || year > 9999)
        return arena_printf(a, "%lld-%02d-%02dT%02d:%02d:%02dZ", (long long)year, month, day, of_day / HOUR,
                            of_day % HOUR / MINUTE, of_day % MINUTE);
    const struct {
        int number, digits;
        char behind;
    } parts[] = {
        {(int)year,              4, '-'},
        {month,                  2, '-'},
        {day,                    2, 'T'},
        {of_day / HOUR,          2, ':'},
        {of_day % HOUR / MINUTE, 2, ':'},
        {of_day % MINUTE,        2, 'Z'}
    };
    char *text = arena_alloc(a, sizeof "2026-11-23T00:00:00Z"), *to = text;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        to = put_digits(to, parts[i].number, parts[i].digits);
        *to++ = parts[i].behind;
    }
    *to = '\0';
    return (str){text, (size_t)(to - text)};
}

str time_format_date(arena *a, int64_t seconds)
{
    return str_head(time_format(a, seconds), 10);
}

bool duration_parse(str s, int64_t *out)
{
    int64_t n = 0;
    size_t i = 0;
    for (; i < s.len && ascii_is_digit(s.ptr[i]); i++) {
        if (i >= 9)
            return false;
        n = n * 10 + (s.ptr[i] - '0');
    }
    if (i == 0 || i + 1 != s.len)
        return false;
    switch (s.ptr[i]) {
    case 's': *out = n; return true;
    case 'm': *out = n * MINUTE; return true;
    case 'h': *out = n * HOUR; return true;
    case 'd': *out = n * DAY; return true;
    case 'w': *out = n * 7 * DAY; return true;
    default: return false;
    }
}

str duration_format(arena *a, int64_t seconds)
{
    const char *sign = seconds < 0 ? "-" : "";
    long long s = seconds < 0 ? -seconds : seconds;
    if (s >= 3 * DAY)
        return arena_printf(a, "%s%lld d", sign, s / DAY);
    if (s >= DAY)
        return arena_printf(a, "%s%lld d %lld h", sign, s / DAY, s % DAY / HOUR);
    if (s >= HOUR)
        return arena_printf(a, "%s%lld h", sign, s / HOUR);
    if (s >= MINUTE)
        return arena_printf(a, "%s%lld min", sign, s / MINUTE);
    return arena_printf(a, "%s%lld s", sign, s);
}

const char *time_origin_name(time_origin origin)
{
    static const char *const names[] = {
        [TIME_GIVEN] = "option", [TIME_ENVIRONMENT] = "SOURCE_DATE_EPOCH", [TIME_CLOCK] = "clock"};
    return names[origin];
}

bool time_now(int64_t *seconds, time_origin *origin)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    bool is_fixed = fixed && *fixed;
    if (origin)
        *origin = is_fixed ? TIME_ENVIRONMENT : TIME_CLOCK;
    if (is_fixed) {
        instant t;
        if (!time_from_epoch(str_from(fixed), &t))
            return false;
        *seconds = t.seconds;
        return true;
    }
    return clock_now(seconds);
}

bool clock_now(int64_t *seconds)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return false;
    *seconds = now.tv_sec;
    return true;
}
