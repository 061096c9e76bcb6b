/* operator.c - see operator.h. */
#include "policy/operator.h"

#include "base/clock.h"
#include "policy/scalar.h"

/* ---- one value of the policy against one of the request; what is no number, date, ... matches nothing ---- */

static tri match_text(struct glob wanted, str value)
{
    return tri_of(str_eq(wanted.text, value));
}

static tri match_nocase(struct glob wanted, str value)
{
    if (str_eq_nocase(wanted.text, value))
        return TRI_YES;
    return folds_beyond_ascii(wanted, value) ? TRI_UNKNOWN : TRI_NO;
}

bool bool_read(str text, bool *out)
{
    *out = str_eq_nocase(text, STR("true"));
    return *out || str_eq_nocase(text, STR("false"));
}

static tri match_bool(struct glob wanted, str value)
{
    bool a, b;
    return tri_of(bool_read(wanted.text, &a) && bool_read(value, &b) && a == b);
}

static tri match_binary(struct glob wanted, str value)
{
    return tri_of(base64_is_valid(wanted.text) && base64_is_valid(value) && base64_eq(wanted.text, value));
}

static tri match_ip(struct glob wanted, str value)
{
    struct ip_range range, address;
    return tri_of(ip_read(wanted.text, &range) && ip_read(value, &address) && ip_in(&address, &range));
}

/* value ? wanted: < 0, 0, > 0; YES when both are numbers */
static tri order_numbers(struct glob wanted, str value, int *order)
{
    struct decimal w, v;
    tri numbers = tri_and(decimal_read(wanted.text, &w), decimal_read(value, &v));
    if (numbers == TRI_YES)
        *order = decimal_cmp(&v, &w);
    return numbers;
}

static bool read_date(str text, instant *out)
{
    return time_from_w3c(text, out) || time_from_epoch(text, out);
}

/* "2026-01-01T00:00:00", "2026-01-01 00:00Z": a day and more, which the profile does not have. */
static bool is_like_date(str text)
{
    instant day;
    return text.len > 10 && time_from_w3c(str_head(text, 10), &day) &&
           (text.ptr[10] == 'T' || text.ptr[10] == 't' || text.ptr[10] == ' ');
}

static tri order_dates(struct glob wanted, str value, int *order)
{
    instant w, v;
    if (!read_date(value, &v))
        return TRI_NO;
    if (!read_date(wanted.text, &w)) /* whether AWS takes it for a date is not documented */
        return is_like_date(wanted.text) ? TRI_UNKNOWN : TRI_NO;
    *order = instant_cmp(v, w);
    return TRI_YES;
}

#define ORDER(what, name, test)                                                                                        \
    static tri what##_##name(struct glob wanted, str value)                                                            \
    {                                                                                                                  \
        int order = 0;                                                                                                 \
        tri known = order_##what##s(wanted, value, &order);                                                            \
        return known == TRI_YES ? tri_of(order test) : known;                                                          \
    }
ORDER(number, equals, == 0)
ORDER(number, less, < 0)
ORDER(number, max, <= 0)
ORDER(number, greater, > 0)
ORDER(number, min, >= 0)
ORDER(date, equals, == 0)
ORDER(date, less, < 0)
ORDER(date, max, <= 0)
ORDER(date, greater, > 0)
ORDER(date, min, >= 0)
#undef ORDER

/* ---- the table, sorted by name ---- */

#define NO   false
#define NOT  true
#define WILD true
#define FOLD true

const struct condition_operator operators[] = {
    {"ArnEquals",                 OPERAND_ARN,    NO,  WILD, NO,   glob_match_arn, "matches",       "does not match"  },
    {"ArnLike",                   OPERAND_ARN,    NO,  WILD, NO,   glob_match_arn, "matches",       "does not match"  },
    {"ArnNotEquals",              OPERAND_ARN,    NOT, WILD, NO,   glob_match_arn, "matches",       "does not match"  },
    {"ArnNotLike",                OPERAND_ARN,    NOT, WILD, NO,   glob_match_arn, "matches",       "does not match"  },
    {"BinaryEquals",              OPERAND_BINARY, NO,  NO,   NO,   match_binary,   "is",            "is not"          },
    {"Bool",                      OPERAND_BOOL,   NO,  NO,   FOLD, match_bool,     "is",            "is not"          },
    {"DateEquals",                OPERAND_DATE,   NO,  NO,   NO,   date_equals,    "is",            "is not"          },
    {"DateGreaterThan",           OPERAND_DATE,   NO,  NO,   NO,   date_greater,   "is after",      "is not after"    },
    {"DateGreaterThanEquals",     OPERAND_DATE,   NO,  NO,   NO,   date_min,       "is not before", "is before"       },
    {"DateLessThan",              OPERAND_DATE,   NO,  NO,   NO,   date_less,      "is before",     "is not before"   },
    {"DateLessThanEquals",        OPERAND_DATE,   NO,  NO,   NO,   date_max,       "is not after",  "is after"        },
    {"DateNotEquals",             OPERAND_DATE,   NOT, NO,   NO,   date_equals,    "is",            "is not"          },
    {"IpAddress",                 OPERAND_IP,     NO,  NO,   NO,   match_ip,       "is in",         "is not in"       },
    {"NotIpAddress",              OPERAND_IP,     NOT, NO,   NO,   match_ip,       "is in",         "is not in"       },
    {"Null",                      OPERAND_NULL,   NO,  NO,   FOLD, match_bool,     "",              ""                },
    {"NumericEquals",             OPERAND_NUMBER, NO,  NO,   NO,   number_equals,  "is",            "is not"          },
    {"NumericGreaterThan",        OPERAND_NUMBER, NO,  NO,   NO,   number_greater, "is above",      "is not above"    },
    {"NumericGreaterThanEquals",  OPERAND_NUMBER, NO,  NO,   NO,   number_min,     "is at least",   "is below"        },
    {"NumericLessThan",           OPERAND_NUMBER, NO,  NO,   NO,   number_less,    "is below",      "is not below"    },
    {"NumericLessThanEquals",     OPERAND_NUMBER, NO,  NO,   NO,   number_max,     "is at most",    "is above"        },
    {"NumericNotEquals",          OPERAND_NUMBER, NOT, NO,   NO,   number_equals,  "is",            "is not"          },
    {"StringEquals",              OPERAND_STRING, NO,  NO,   NO,   match_text,     "is",            "is not"          },
    {"StringEqualsIgnoreCase",    OPERAND_STRING, NO,  NO,   FOLD, match_nocase,   "is, any case",  "is not, any case"},
    {"StringLike",                OPERAND_STRING, NO,  WILD, NO,   glob_match,     "matches",       "does not match"  },
    {"StringNotEquals",           OPERAND_STRING, NOT, NO,   NO,   match_text,     "is",            "is not"          },
    {"StringNotEqualsIgnoreCase", OPERAND_STRING, NOT, NO,   FOLD, match_nocase,   "is, any case",  "is not, any case"},
    {"StringNotLike",             OPERAND_STRING, NOT, WILD, NO,   glob_match,     "matches",       "does not match"  },
};
const size_t operator_count = sizeof operators / sizeof *operators;

static const struct condition_operator *find(str name)
{
    size_t low = 0, high = operator_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(name, str_from(operators[middle].name));
        if (order == 0)
            return &operators[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct condition_operator *operator_find(str name, operator_set *set, bool *if_exists)
{
    const str all = STR("ForAllValues:"), any = STR("ForAnyValue:"), exists = STR("IfExists");
    *set = str_starts(name, all) ? SET_FOR_ALL : str_starts(name, any) ? SET_FOR_ANY : SET_NONE;
    if (*set != SET_NONE)
        name = str_from_index(name, *set == SET_FOR_ALL ? all.len : any.len);
    *if_exists = str_ends(name, exists);
    if (*if_exists)
        name.len -= exists.len;
    const struct condition_operator *op = find(name);
    if (op && op->type == OPERAND_NULL && (*if_exists || *set != SET_NONE))
        return NULL;
    return op;
}
