/* org_test.c - the organization's floor: the table of captures, ARNs, attestations. What whole snapshots do is shown by
 * the golden cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/work.h"
#include "org/attest.h"
#include "org/captures.h"
#include "org/snapshot.h"

static void in_work(work_fn *fn, void *arg)
{
    arena *a = arena_open(0);
    error e = {0};
    assert_true(work_run(a, fn, arg, &e));
    arena_close(a);
}

static bool calls_have_paths(arena *a, void *arg, error *e)
{
    const struct {
        struct call call;
        const char *path, *command;
    } rows[] = {
        {{CAPTURE_LIST_ROOTS, {0}, {0}, {0}},                                              "organizations/list-roots",                   "aws organizations list-roots"                                                               },
        {{CAPTURE_DESCRIBE_POLICY, {0}, {0}, STR("p-1")},
         "organizations/describe-policy/p-1",                                                                                            "aws organizations describe-policy --policy-id p-1"                                          },
        {{CAPTURE_DESCRIBE_POLICY, {0}, {0}, STR("p-../x y")},                             "organizations/describe-policy/p-..%2Fx%20y", NULL                                                                                         },
        {{CAPTURE_LIST_POLICIES_FOR_TARGET, {0}, {0}, STR("ou-1,SERVICE_CONTROL_POLICY")},
         "organizations/list-policies-for-target/ou-1/SERVICE_CONTROL_POLICY",                                                           "aws organizations list-policies-for-target --target-id ou-1 --filter SERVICE_CONTROL_POLICY"},
        {{CAPTURE_GET_ACCOUNT_SUMMARY, STR("111122223333"), {0}, {0}},
         "accounts/111122223333/iam/get-account-summary",                                                                                "aws iam get-account-summary"                                                                },
        {{CAPTURE_GET_ALTERNATE_CONTACT, STR("111122223333"), {0}, STR("BILLING")},
         "accounts/111122223333/account/get-alternate-contact/BILLING",                                                                  "aws account get-alternate-contact --alternate-contact-type BILLING"                         },
        {{CAPTURE_GET_ACCOUNT_SUMMARY, STR("111122223333"), STR("eu-west-1"), {0}},
         "accounts/111122223333/regions/eu-west-1/iam/get-account-summary",                                                              NULL                                                                                         },
    };
    (void)arg;
    (void)e;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(call_path(a, &rows[i].call).ptr, rows[i].path);
        if (rows[i].command)
            assert_string_equal(call_command(a, &rows[i].call).ptr, rows[i].command);
    }
    for (size_t i = 0; i < CAPTURE_COUNT; i++) { /* no row was forgotten */
        assert_non_null(captures[i].service);
        assert_non_null(captures[i].member);
        assert_non_null(captures[i].why);
    }
    return true;
}

static void each_call_has_one_path(void **state)
{
    (void)state;
    in_work(calls_have_paths, NULL);
}

static void few_codes_mean_none(void **state)
{
    const struct {
        capture_kind kind;
        const char *code;
        bool none;
    } rows[] = {
        {CAPTURE_DESCRIBE_ORGANIZATION,         "AWSOrganizationsNotInUseException",         true },
        {CAPTURE_DESCRIBE_ORGANIZATION,         "AccessDeniedException",                     false},
        {CAPTURE_LIST_DELEGATED_SERVICES,       "AccountNotRegisteredException",             true },
        {CAPTURE_LIST_DELEGATED_ADMINISTRATORS, "AccountNotRegisteredException",             false},
        {CAPTURE_LIST_POLICIES,                 "InvalidInputException",                     false},
        {CAPTURE_GET_CONTACT_INFORMATION,       "ResourceNotFoundException",                 true },
        {CAPTURE_LIST_ORGANIZATIONS_FEATURES,   "OrganizationNotInAllFeaturesModeException", true },
        {CAPTURE_LIST_ORGANIZATIONS_FEATURES,   "ServiceAccessNotEnabledException",          true },
        {CAPTURE_LIST_ORGANIZATIONS_FEATURES,
         "ServiceAccessNotEnabledException OrganizationNotInAllFeaturesModeException",       false},
        {CAPTURE_GET_ACCOUNT_SUMMARY,           "",                                          false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(capture_code_is_none(rows[i].kind, str_from(rows[i].code)), rows[i].none);
}

static void arns_have_six_parts(void **state)
{
    struct arn arn;
    (void)state;
    assert_true(arn_parse(STR("arn:aws:iam::111122223333:role/a/b:c"), &arn));
    assert_true(str_is(arn.account, "111122223333"));
    assert_true(str_is(arn.resource, "role/a/b:c"));
    assert_false(arn_parse(STR("arn:aws:iam::111122223333"), &arn));
    assert_false(arn_parse(STR("111122223333"), &arn));
    assert_false(arn_parse(STR(""), &arn));
}

/* ---- attestations ---- */

#define HEAD        "version: 1\ndefaults: {by: jo, date: 2026-11-20}\naccounts:\n  \"111122223333\":\n"
#define ENTRY(text) HEAD "    " text "\n"

static const struct attest_row {
    const char *text;
    uint32_t line, column;
    const char *says; /* of the error; NULL: it reads */
} attest_rows[] = {
    {ENTRY("customer_agreement: {value: true}"),                                                               0, 0,  NULL                                 },
    {ENTRY("customer_agreement: {value: True, evidence: \"T-1\"}"),                                            0, 0,  NULL                                 },
    {ENTRY("support_plan: {value: business-plus}"),                                                            0, 0,  NULL                                 },
    {ENTRY("payment_method: {value: true, valid_until: 2027-03-31, kind: card, supported: true}"),             0, 0,  NULL                                 },
    {ENTRY("reviewed_services: {value: [sso.amazonaws.com]}"),                                                 0, 0,  NULL                                 },
    {ENTRY("customer_agreement: {value: yes}"),                                                                5, 33, "write true or false"                },
    {ENTRY("customer_agreement: {value: \"true\"}"),                                                           5, 33, "write true or false"                },
    {ENTRY("customer_agreement: {value: 1}"),                                                                  5, 33, "write true or false"                },
    {ENTRY("customer_agreement: {value: null}"),                                                               5, 33, "no value"                           },
    {ENTRY("customer_agreement: {evidence: x}"),                                                               5, 25, "no \"value\""                       },
    {ENTRY("customer_agreement: true"),                                                                        5, 25, "expected {value"                    },
    {ENTRY("custommer_agreement: {value: true}"),                                                              5, 5,  "did you mean \"customer_agreement\""},
    {ENTRY("customer_agreement: {value: true, vaild_until: 2027-01-01}"),                                      5, 39, "did you mean \"valid_until\""       },
    {ENTRY("customer_agreement: {value: true, date: 2026-11-21}"),                                             5, 45, "in the future"                      },
    {ENTRY("customer_agreement: {value: true, date: 20 Nov 2026}"),                                            5, 45, "no date"                            },
    {ENTRY("customer_agreement: {value: true, valid_until: 2026-11-19}"),                                      5, 52, "before \"date\""                    },
    {ENTRY("customer_agreement: {value: true, by: \"\"}"),                                                     5, 43, "blank"                              },
    {ENTRY("customer_agreement: {value: true, kind: card}"),                                                   5, 39, "unknown key"                        },
    {ENTRY("payment_method: {value: true, kind: cash}"),                                                       5, 41, "unknown kind"                       },
    {ENTRY("support_plan: {value: bussiness}"),                                                                5, 27, "did you mean \"business\""          },
    {ENTRY("support_plan: {value: true}"),                                                                     5, 27, "expected one of its words"          },
    {ENTRY("target_organization: {value: o-short}"),                                                           5, 34, "no organization id"                 },
    {"version: 1\naccounts:\n  \"111122223333\":\n    customer_agreement: {value: true, date: 2026-11-20}\n",  4, 25,
     "nobody signed"                                                                                                                                       },
    {"version: 1\naccounts:\n  \"111122223333\":\n    customer_agreement: {value: true, by: jo}\n",            4, 25,
     "no \"date\""                                                                                                                                         },
    {"version: 1\naccounts:\n  \"11112222333\":\n    customer_agreement: {value: true}\n",                     3, 3,  "12 digits"                          },
    {"version: 1\naccounts:\n  \"*\":\n    customer_agreement: {value: true}\n",                               3, 3,  "12 digits"                          },
    {"version: 1\naccounts:\n",                                                                                0, 0,  NULL                                 },
    {"version: 1\naccounts:\n  \"111122223333\":\n",                                                           0, 0,  NULL                                 },
    {"version: 1\naccounts:\n  \"111122223333\":\n    customer_agreement:\n",                                  4, 24, "expected {value"                    },
    {"version: 1\ndefaults:\n",                                                                                2, 10, "no value"                           },
    {"version: 1\nwaivers:\n",                                                                                 2, 9,  "no value"                           },
    {"version: 2\n",                                                                                           1, 10, "must be 1"                          },
    {"accounts: {}\n",                                                                                         1, 1,  "must be 1"                          },
    {"version: 1\ndefaults: {by: jo, value: true}\n",                                                          2, 20, "unknown key"                        },
    {"version: 1\ndefaults: {date: 2026-11-21}\n",                                                             2, 18, "in the future"                      },
    {"version: 1\nwaivers:\n  - {rule: a.b, accounts: [\"111122223333\"], reason: r, by: jo, valid_until: "
     "2026-12-31}\n",                                                                                     0, 0,  NULL                                 },
    {"version: 1\nwaivers:\n  - {rule: a.b, accounts: [\"*\"], reason: r, by: jo, valid_until: 2026-12-31}\n", 3, 28,
     "12 digits"                                                                                                                                           },
    {"version: 1\nwaivers:\n  - {rule: a.b, accounts: [], reason: r, by: jo, valid_until: 2026-12-31}\n",      3, 27,
     "empty"                                                                                                                                               },
    {"version: 1\nwaivers:\n  - {rule: a.b, accounts: [\"111122223333\"], by: jo, valid_until: 2026-12-31}\n", 3, 5,
     "without \"reason\""                                                                                                                                  },
    {"version: 1\nwaivers:\n  - {rule: a.b, accounts: [\"111122223333\"], reason: r, by: jo}\n",               3, 5,
     "without \"valid_until\""                                                                                                                             },
};

struct attest_try {
    const struct attest_row *row;
    error error;
    bool read;
};

static bool try_attestations(arena *a, void *arg, error *e)
{
    struct attest_try *t = arg;
    instant as_of;
    source *s = NEW(a, source);
    (void)e;
    time_from_rfc3339(STR("2026-11-20T12:00:00Z"), &as_of);
    s->file = STR("attestations.yaml");
    s->len = strlen(t->row->text);
    s->text = arena_alloc_zero(a, s->len + FILE_TAIL);
    memcpy(s->text, t->row->text, s->len);
    t->read = attestations_read(a, s, NULL, NULL, as_of.seconds, &t->error) != NULL;
    return true;
}

static void attestations_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof attest_rows / sizeof *attest_rows; i++) {
        const struct attest_row *row = &attest_rows[i];
        struct attest_try t = {.row = row};
        in_work(try_attestations, &t);
        bool as_wanted = row->says ? !t.read && strstr(t.error.message, row->says) && t.error.line == row->line &&
                                         t.error.column == row->column
                                   : t.read;
        if (!as_wanted)
            fail_msg("row %zu:\n%s\n%u:%u: %s", i, row->text, t.error.line, t.error.column, t.error.message);
    }
}

static void days_end_at_their_last_second(void **state)
{
    int64_t first, last;
    (void)state;
    assert_true(attest_time(STR("2027-03-31"), false, &first));
    assert_true(attest_time(STR("2027-03-31"), true, &last));
    assert_int_equal(last - first, DAY - 1);
    assert_false(attest_time(STR("2027-03-31T00:00:00"), true, &last)); /* without an offset */
    assert_false(attest_time(STR("1795392000"), true, &last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_has_one_path),        cmocka_unit_test(few_codes_mean_none),
        cmocka_unit_test(arns_have_six_parts),           cmocka_unit_test(attestations_are_read_strictly),
        cmocka_unit_test(days_end_at_their_last_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
