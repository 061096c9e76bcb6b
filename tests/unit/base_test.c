/* base_test.c - the lowest floor: text, logic, time, maps, arenas, units of work and the pool. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/finding.h"
#include "base/map.h"
#include "base/tri.h"
#include "base/work.h"

/* ---- logic ---- */

static void logic_follows_kleene(void **state)
{
    const struct {
        tri a, b, and, or ;
    } rows[] = {
        {TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN},
        {TRI_UNKNOWN, TRI_NO,      TRI_NO,      TRI_UNKNOWN},
        {TRI_UNKNOWN, TRI_YES,     TRI_UNKNOWN, TRI_YES    },
        {TRI_NO,      TRI_NO,      TRI_NO,      TRI_NO     },
        {TRI_NO,      TRI_YES,     TRI_NO,      TRI_YES    },
        {TRI_YES,     TRI_YES,     TRI_YES,     TRI_YES    },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(tri_and(rows[i].a, rows[i].b), rows[i].and);
        assert_int_equal(tri_and(rows[i].b, rows[i].a), rows[i].and);
        assert_int_equal(tri_or(rows[i].a, rows[i].b), rows[i].or);
        assert_int_equal(tri_or(rows[i].b, rows[i].a), rows[i].or);
    }
    assert_int_equal(tri_not(TRI_YES), TRI_NO);
    assert_int_equal(tri_not(TRI_NO), TRI_YES);
    assert_int_equal(tri_not(TRI_UNKNOWN), TRI_UNKNOWN);
    assert_int_equal((tri){0}, TRI_UNKNOWN);
    assert_int_equal((verdict){0}, VERDICT_UNDETERMINED);
    assert_int_equal((outcome){0}, OUTCOME_UNKNOWN);
}

/* ---- text ---- */

static void text_is_cut_and_compared(void **state)
{
    (void)state;
    str rest = STR("a:b");
    assert_true(str_is(str_cut(&rest, ':'), "a"));
    assert_true(str_is(rest, "b"));
    assert_true(str_is(str_cut(&rest, ':'), "b"));
    assert_null(rest.ptr);
    assert_true(str_eq_nocase(STR("LeaveOrganization"), STR("leaveorganization")));
    assert_false(str_eq_nocase(STR("K"), STR("\xE2\x84\xAA"))); /* the Kelvin sign is no k */
    assert_true(str_is_account_id(STR("012345678901")));
    assert_false(str_is_account_id(STR("12345678901")));
    assert_false(str_is_account_id(STR("01234567890x")));
    assert_true(str_is_blank(STR(" \t\xC2\xA0\xE3\x80\x80")));
    assert_false(str_is_blank(STR(" x")));
    assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
    assert_int_equal(str_distance(STR("vaild_until"), STR("valid_until"), 3), 1); /* two letters changed places */
    assert_int_equal(str_distance(STR("abc"), STR("xyz"), 1), 2);
    assert_int_equal(str_find(STR("abcabd"), STR("abd")), 3);
    assert_true(str_find(STR("abc"), STR("abcd")) == SIZE_MAX);
}

/* ---- time ---- */

static void times_are_read_strictly(void **state)
{
    const struct {
        const char *text;
        bool date, rfc3339, epoch, w3c;
        int64_t seconds; /* of whichever reads it */
        uint32_t nanos;
    } rows[] = {
        {"2026-11-23",                       true,  false, false, true,  1795392000,   0        },
        {"2024-02-29",                       true,  false, false, true,  1709164800,   0        },
        {"2023-02-29",                       false, false, false, false, 0,            0        },
        {"1970-01-01T00:00:00Z",             false, true,  false, true,  0,            0        },
        {"2016-12-14T23:02:43.134000+00:00", false, true,  false, true,  1481756563,   134000000},
        {"2020-01-01T00:00:00-08:00",        false, true,  false, true,  1577865600,   0        },
        {"2020-01-01 00:00:00+00:00",        false, true,  false, false, 1577836800,   0        },
        {"2020-01-01T00:00Z",                false, false, false, true,  1577836800,   0        },
        {"2016-12-31T23:59:60Z",             false, true,  false, true,  1483228799,   999999999},
        {"1481756563.134",                   false, false, true,  false, 1481756563,   134000000},
        {"-1.5",                             false, false, true,  false, -2,           500000000},
        {"1.7e9",                            false, false, true,  false, 1700000000,   0        },
        {"9999-12-31T23:59:59Z",             false, true,  false, true,  253402300799, 0        },
        {"2026",                             false, false, true,  true,  -1,           0        }, /* a number, or a year */
        {"2026-11",                          false, false, false, true,  1793491200,   0        },
        {"2026-11-23T25:00:00Z",             false, false, false, false, 0,            0        },
        {"2026-11-23T00:00:00",              false, false, false, false, 0,            0        },
        {"2026-11-23T00:00:00Zx",            false, false, false, false, 0,            0        },
        {"26-11-23",                         false, false, false, false, 0,            0        },
        {"",                                 false, false, false, false, 0,            0        },
        {"12 ",                              false, false, false, false, 0,            0        },
        {"0x10",                             false, false, false, false, 0,            0        },
        {"nan",                              false, false, false, false, 0,            0        },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool (*const readers[])(str, instant *) = {time_from_date, time_from_rfc3339, time_from_epoch, time_from_w3c};
        const bool wanted[] = {rows[i].date, rows[i].rfc3339, rows[i].epoch, rows[i].w3c};
        for (size_t k = 0; k < 4; k++) {
            instant t;
            if (readers[k](str_from(rows[i].text), &t) != wanted[k])
                fail_msg("\"%s\": reader %zu", rows[i].text, k);
            if (wanted[k] && rows[i].seconds >= 0) {
                assert_int_equal(t.seconds, rows[i].seconds);
                assert_int_equal(t.nanos, rows[i].nanos);
            }
        }
    }
}

static void durations_have_one_unit(void **state)
{
    const struct {
        const char *text;
        int64_t seconds; /* -1: refused */
    } rows[] = {
        {"30d",         30 * DAY   },
        {"4h",          4 * HOUR   },
        {"90m",         90 * MINUTE},
        {"2w",          14 * DAY   },
        {"10s",         10         },
        {"0d",          0          },
        {"d",           -1         },
        {"4",           -1         },
        {"4x",          -1         },
        {"-4d",         -1         },
        {"1d2h",        -1         },
        {"9999999999d", -1         }
    };
    int64_t seconds;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (duration_parse(str_from(rows[i].text), &seconds) ? seconds != rows[i].seconds : rows[i].seconds != -1)
            fail_msg("\"%s\"", rows[i].text);
}

/* ---- memory ---- */

static int undone;

static void undo(void *what)
{
    undone = undone * 10 + *(int *)what;
}

static bool fills_memory(arena *a, void *arg, error *e)
{
    (void)arg;
    (void)e;
    for (;;) /* leaves through work_run */
        arena_alloc(a, 4096);
    return true;
}

static bool formats(arena *a, void *arg, error *e)
{
    static int one = 1, two = 2;
    (void)arg;
    (void)e;
    arena_defer(a, undo, &one);
    arena_defer(a, undo, &two);
    for (size_t len = 0; len < 3000; len += 7) {
        str s = arena_printf(a, "%0*d", (int)len + 1, 5);
        assert_int_equal(s.len, len + 1);
        assert_int_equal(s.ptr[s.len], '\0');
        assert_int_equal(s.ptr[len], '5');
    }
    assert_string_equal(arena_shell_word(a, STR("plain/word-1")).ptr, "plain/word-1");
    assert_string_equal(arena_shell_word(a, STR("it's $HOME")).ptr, "'it'\\''s $HOME'");
    assert_string_equal(arena_shell_word(a, STR("")).ptr, "''");
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        *VEC_PUSH(a, &numbers) = i;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.items[i], i);
    struct map m = {0};
    for (int i = 0; i < 1000; i++)
        *map_at(a, &m, arena_printf(a, "key %d", i)) = &numbers.items[i];
    assert_int_equal(m.count, 1000);
    assert_int_equal(*(int *)map_get(&m, STR("key 723")), 723);
    assert_null(map_get(&m, STR("key 1000")));
    return true;
}

static void memory_goes_with_the_work(void **state)
{
    error e = {0};
    arena *a = arena_open(1024 * 1024);
    (void)state;
    assert_true(work_run(a, formats, NULL, &e));
    arena_reset(a);
    assert_int_equal(undone, 21); /* last first */
    assert_int_equal(arena_used(a), 0);
    assert_false(work_run(a, fills_memory, NULL, &e));
    assert_int_equal(e.code, ERR_RESOURCE);
    assert_true(arena_peak(a) <= 1024 * 1024);
    arena_close(a);
}

/* ---- the pool ---- */

enum { ITEMS = 500, HUNGRY = 77 };

static void square(arena *a, size_t worker, size_t item, void *slot, void *arg, error *e)
{
    (void)worker;
    (void)arg;
    (void)e;
    if (item == HUNGRY)
        for (;;)
            arena_alloc(a, 1 << 16);
    *(size_t **)slot = NEW(a, size_t);
    **(size_t **)slot = item * item;
}

static bool take(size_t item, void *slot, const error *failed, void *arg, error *e)
{
    size_t *next = arg;
    (void)e;
    assert_int_equal(item, (*next)++);
    if (item == HUNGRY)
        assert_int_equal(failed->code, ERR_RESOURCE);
    else
        assert_int_equal(**(size_t **)slot, item * item);
    return item != 450;
}

static void the_pool_keeps_the_order(void **state)
{
    const size_t jobs[] = {1, 2, 7, 16};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t next = 0;
        error e = {0};
        struct pool p = {.jobs = jobs[i],
                         .window = 3,
                         .count = ITEMS,
                         .slot_size = sizeof(size_t *),
                         .arena_limit = 1 << 20,
                         .arg = &next,
                         .make = square,
                         .emit = take};
        assert_false(pool_run(&p, &e)); /* stopped by take */
        assert_int_equal(next, 451);
    }
}

/* ---- files ---- */

struct reading {
    int folder;
    const char *path;
    size_t limit;
    read_result result;
    char *bytes;
    size_t len;
};

static bool read_it(arena *a, void *arg, error *e)
{
    struct reading *r = arg;
    r->result = file_read(a, r->folder, r->path, str_from(r->path), r->limit, &r->bytes, &r->len, e);
    return true;
}

static void files_are_read_whole_or_not(void **state)
{
    char folder[] = "/tmp/orgexit-base-XXXXXX", path[64];
    arena *a = arena_open(0);
    (void)state;
    assert_non_null(mkdtemp(folder));
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    snprintf(path, sizeof path, "%s/plain", folder);
    FILE *f = fopen(path, "w");
    fputs("hello", f);
    fclose(f);
    char link[64], fifo[64];
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink("plain", link), 0);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    const struct {
        const char *name;
        size_t limit;
        read_result result;
        const char *says;
    } rows[] = {
        {"plain",      100, READ_DONE,   ""             },
        {"plain",      4,   READ_FAILED, "limit"        },
        {"absent",     100, READ_ABSENT, ""             },
        {"absent/too", 100, READ_ABSENT, ""             },
        {"link",       100, READ_FAILED, "symbolic link"},
        {"fifo",       100, READ_FAILED, "pipe"         },
        {".",          100, READ_FAILED, "folder"       },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        error e = {0};
        struct reading r = {fd, rows[i].name, rows[i].limit, READ_FAILED, NULL, 0};
        work_run(a, read_it, &r, &e);
        if (r.result != rows[i].result || !strstr(e.message, rows[i].says))
            fail_msg("%s: %d \"%s\"", rows[i].name, r.result, e.message);
        if (r.result == READ_DONE)
            assert_true(str_is((str){r.bytes, r.len}, "hello"));
    }
    unlink(link);
    unlink(fifo);
    unlink(path);
    close(fd);
    rmdir(folder);
    arena_close(a);
}

static void routes_have_names(void **state)
{
    unsigned routes;
    (void)state;
    assert_true(routes_parse(STR("remove"), &routes));
    assert_int_equal(routes, ROUTES_REMOVE);
    for (int r = 0; r < ROUTE_COUNT; r++) {
        assert_true(routes_parse(str_from(route_name((route)r)), &routes));
        assert_int_equal(routes, ROUTE_BIT(r));
    }
    assert_false(routes_parse(STR("leave/"), &routes));
    assert_false(routes_parse(STR("Remove"), &routes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_follows_kleene),        cmocka_unit_test(text_is_cut_and_compared),
        cmocka_unit_test(times_are_read_strictly),     cmocka_unit_test(durations_have_one_unit),
        cmocka_unit_test(memory_goes_with_the_work),   cmocka_unit_test(the_pool_keeps_the_order),
        cmocka_unit_test(files_are_read_whole_or_not), cmocka_unit_test(routes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
