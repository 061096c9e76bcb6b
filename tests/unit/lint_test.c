/* lint_test.c - the algebra of patterns against the texts themselves: every pattern and text of a small alphabet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lint/lint.h"
#include "lint/pattern.h"
#include "policy/glob.h"

enum { PATTERN_LEN = 4, TEXT_LEN = 7 };

/* The i-th word of up to `len` signs of `signs`; false: there are no more. */
static bool word(size_t i, const char *signs, size_t len, char *out)
{
    size_t base = strlen(signs), count = 1;
    for (size_t n = 0; n <= len; n++, count *= base) {
        if (i >= count) {
            i -= count;
            continue;
        }
        for (size_t k = 0; k < n; k++, i /= base)
            out[k] = signs[i % base];
        out[n] = '\0';
        return true;
    }
    return false;
}

struct texts {
    uint64_t in[4]; /* which of the 255 texts of up to seven letters match */
};

static struct texts texts_of(const char *pattern)
{
    struct texts t = {{0}};
    char text[TEXT_LEN + 1];
    for (size_t i = 0; word(i, "ab", TEXT_LEN, text); i++)
        if (glob_match(GLOB(str_from(pattern)), str_from(text)) == TRI_YES)
            t.in[i / 64] |= (uint64_t)1 << i % 64;
    return t;
}

static void patterns_meet_where_texts_do(void **state)
{
    char p[PATTERN_LEN + 1], q[PATTERN_LEN + 1];
    size_t covered = 0, shown = 0;
    (void)state;
    for (size_t i = 0; word(i, "ab*?", PATTERN_LEN, p); i++) {
        struct texts of_p = texts_of(p);
        for (size_t k = 0; word(k, "ab*?", PATTERN_LEN, q); k++) {
            struct texts of_q = texts_of(q);
            bool meet = false, inside = true;
            for (size_t w = 0; w < 4; w++) {
                meet |= (of_p.in[w] & of_q.in[w]) != 0;
                inside &= (of_q.in[w] & ~of_p.in[w]) == 0;
            }
            bool covers = pattern_covers(str_from(p), str_from(q));
            if (pattern_intersects(str_from(p), str_from(q)) != tri_of(meet) || (covers && !inside))
                fail_msg("%s and %s: meet %d, inside %d, covers %d", p, q, meet, inside, covers);
            covered += inside;
            shown += covers;
        }
    }
    if (shown * 5 < covered * 4) /* with two letters alone more is covered than can be told from the signs */
        fail_msg("of %zu pairs that cover each other %zu are shown to", covered, shown);
}

static void variables_are_any_text(void **state)
{
    static const struct {
        const char *text, *flat;
    } rows[] = {
        {"a",               "a"    },
        {"${a}",            "*"    },
        {"x${a}${b}y",      "x*y"  },
        {"${a",             "${a"  },
        {"$a${*}",          "$a*"  },
        {"${a, 'b c'}/${d", "*/${d"},
        {"",                ""     },
    };
    arena *a = arena_open(0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(str_is(pattern_flat(a, str_from(rows[i].text)), rows[i].flat));
    arena_close(a);
}

static void long_patterns_are_not_decided(void **state)
{
    static char p[PATTERN_LIMIT + 2], q[4] = "*b*";
    (void)state;
    memset(p, 'a', sizeof p - 1);
    p[0] = '*';
    assert_int_equal(pattern_intersects(str_from(p), str_from(q)), TRI_UNKNOWN);
    assert_false(pattern_covers(str_from(p), str_from(q)));
}

static void kinds_are_told(void **state)
{
    static const struct {
        const char *path, *text;
        policy_kind kind;
    } rows[] = {
#define DENY  "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}"
#define ALL   "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}"
#define TRUST "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":[\"sts:AssumeRole\"]}}"
        {"a.json",                          DENY,  KIND_IDENTITY},
        {"scp/a.json",                      DENY,  KIND_SCP     },
        {"SCPs/a.json",                     DENY,  KIND_SCP     },
        {"service-control_policies/a.json", DENY,  KIND_SCP     },
        {"describe/discpline.json",         DENY,  KIND_IDENTITY},
        {"scp/rcp.json",                    DENY,  KIND_RCP     },
        {"permissions-boundary/a.json",     DENY,  KIND_BOUNDARY},
        {"a.json",                          ALL,   KIND_RESOURCE},
        {"ResourceControlPolicies/a.json",  ALL,   KIND_RCP     },
        {"rcp/resource_based/a.json",       ALL,   KIND_RESOURCE},
        {"scp/a.json",                      TRUST, KIND_TRUST   },
    };
    arena *a = arena_open(0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        source s = {.file = STR("x"), .len = strlen(rows[i].text)};
        error e = {0};
        s.text = arena_alloc_zero(a, s.len + 32);
        memcpy(s.text, rows[i].text, s.len);
        assert_true(json_read(a, &s, &e));
        if (policy_kind_guess(s.root, str_from(rows[i].path)) != rows[i].kind)
            fail_msg("%s is taken for %s", rows[i].path,
                     policy_kind_name(policy_kind_guess(s.root, str_from(rows[i].path))));
    }
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_meet_where_texts_do),
        cmocka_unit_test(variables_are_any_text),
        cmocka_unit_test(long_patterns_are_not_decided),
        cmocka_unit_test(kinds_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
