/*
 * iam_test.c - runs the tables of tests/iam (each line a case of `simulate --cases` with the AWS document that it
 * follows in "doc", and what else the answer must hold in "answer"), and the corpus of real SCPs when it is at hand.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/work.h"
#include "iam/cases.h"
#include "iam/trust.h"

static const char *folder = "tests/iam";

struct run {
    const char *path;
    unsigned line;
    bool table;                                              /* ours: "doc" must be there */
    void (*check)(arena *a, struct run *r, const source *s); /* NULL: cases of `simulate` */
    size_t cases, failed_cases, failures;
    size_t by_decision[4];
};

static void complain(struct run *r, str name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void complain(struct run *r, str name, const char *format, ...)
{
    char what[4096];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    print_error("%s:%u: %.*s: %s\n", r->path, r->line, STR_ARG(name), what);
    r->failures++;
}

static source *source_of_text(arena *a, str text)
{
    source *s = NEW(a, source);
    s->file = STR("case");
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    memcpy(s->text, text.ptr, text.len);
    s->len = text.len;
    return s;
}

/* ---- what the answer must hold ---- */

static bool same_node(const node *wanted, const node *found)
{
    if (node_is_list(wanted) && node_is_list(found)) {
        const node *b = node_first(found);
        for (NODE_EACH(a, wanted)) {
            if (!b || !same_node(a, b))
                return false;
            b = node_next(b);
        }
        return b == NULL;
    }
    if (!found || node_kind_of(wanted) != node_kind_of(found))
        return false;
    return node_is_bool(wanted) ? node_is_true(wanted) == node_is_true(found)
                                : str_eq(node_text(wanted), node_text(found));
}

static void check_answer(arena *a, struct run *r, const node *wanted, const struct case_line *c,
                         const struct verdict_trace *t)
{
    error e = {0};
    str line = case_answer(a, c, t);
    source *s = source_of_text(a, line);
    if (!json_read(a, s, &e)) {
        complain(r, c->name, "the answer is no JSON: %s", e.message);
        return;
    }
    for (NODE_EACH(m, wanted)) {
        str key = node_key(m);
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", STR_ARG(key));
        if (!same_node(m, node_get(s->root, name)))
            complain(r, c->name, "\"%s\" is not as wanted in %.*s", name, STR_ARG(line));
    }
}

/* ---- witnesses ---- */

static bool is_denied(decision d)
{
    return d == DECISION_EXPLICITLY_DENIED || d == DECISION_IMPLICITLY_DENIED;
}

static decision decide_with(arena *a, const struct case_line *c, const struct context_key *keys, size_t count)
{
    struct context_key *all = NEW_ARRAY(a, struct context_key, count + c->context.count);
    struct context context = c->context;
    struct request request = c->request;
    struct verdict_trace t;
    memcpy(all, keys, count * sizeof *all);
    memcpy(all + count, c->context.keys, c->context.count * sizeof *all);
    context.keys = all; /* the first of a name is found */
    context.count += count;
    request.context = &context;
    evaluate(a, &request, &c->layers, &t);
    return t.decision;
}

/* A witness must bring about what it is a witness for (other keys may still leave it open, never the opposite). */
static void check_witnesses(arena *a, struct run *r, const struct case_line *c, const struct verdict_trace *t)
{
    if (t->allowed_when && is_denied(decide_with(a, c, t->allowed_when, t->allowed_when_count)))
        complain(r, c->name, "the witness for allowing is denied");
    if (t->denied_when && decide_with(a, c, t->denied_when, t->denied_when_count) == DECISION_ALLOWED)
        complain(r, c->name, "the witness for denying is allowed");
    if ((t->allowed_when || t->denied_when) && t->decision != DECISION_UNKNOWN)
        complain(r, c->name, "a definite decision has a witness");
}

/* ---- trust policies: {"name", "doc", "account", "policy", "expect": {"account": "yes", "others": ..., ...}} ---- */

static const char *tri_name(tri t)
{
    return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "unknown";
}

static tri tri_from(str name)
{
    return str_is(name, "yes") ? TRI_YES : str_is(name, "no") ? TRI_NO : TRI_UNKNOWN;
}

/* Somebody who is neither of the account nor of o-1. */
static tri others_admitted(arena *a, const struct trust_question *q, str account)
{
    struct trust_names names = trust_names_of(a, q->policy);
    struct trust_caller other = {.in_organization = TRI_NO, .organization = STR("o-1")};
    tri any = names.anyone ? trust_admits(a, q, &other) : TRI_NO;
    for (size_t i = 0; i < names.account_count; i++) {
        other.account = names.accounts[i];
        if (!str_eq(account, other.account))
            any = tri_or(any, trust_admits(a, q, &other));
    }
    for (size_t i = 0; i < names.provider_count; i++)
        any = tri_or(any, trust_admits(a, q, &(struct trust_caller){.provider = names.providers[i]}));
    return any;
}

static void check_trust(arena *a, struct run *r, const source *s)
{
    source *anything =
        source_of_text(a, STR("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}"));
    error e = {0};
    assert_true(json_read(a, anything, &e));
    str name = node_text(node_get(s->root, "name"));
    const struct policy *p = policy_parse(a, s, node_get(s->root, "policy"), &e);
    if (!p) {
        complain(r, name, "%s", e.message);
        return;
    }
    struct policy_ref all = {.policy = policy_parse(a, anything, anything->root, &e)};
    struct policy_set home = {&all, 1, true};
    struct trust_question q = {p, STR("arn:aws:iam::555566667777:role/R"), STR("aws"), 1795132800, &home};
    struct trust_caller of_account = {.account = node_text(node_get(s->root, "account")),
                                      .in_organization = TRI_YES,
                                      .organization = STR("o-1"),
                                      .org_path = STR("o-1/r-1/")};
    const struct {
        const char *name;
        tri is;
    } rows[] = {
        {"account",            trust_admits(a, &q,         &of_account)},
        {"others",                    others_admitted(a,                           &q, of_account.account)},
        {"allows_tag_session", trust_allows_tag_session(a,               p)     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str wanted = node_text(node_get(node_get(s->root, "expect"), rows[i].name));
        if (!str_is(wanted, tri_name(rows[i].is)))
            complain(r, name, "%s is %s, expected %.*s", rows[i].name, tri_name(rows[i].is), STR_ARG(wanted));
    }
}

/* ---- contexts: {"name", "doc", "facts", "expect": {key: value, null for absent, "?" for unknown}} ---- */

static struct tag *read_tags(arena *a, const node *object, size_t *count)
{
    struct tag *tags = NEW_ARRAY(a, struct tag, node_is_object(object) ? node_count(object) : 0);
    for (NODE_EACH(n, object))
        tags[(*count)++] = (struct tag){node_key(n), node_text(n)};
    return tags;
}

static struct context_key *read_given(arena *a, const node *object, size_t *count)
{
    struct context_key *keys = NEW_ARRAY(a, struct context_key, node_is_object(object) ? node_count(object) : 0);
    for (NODE_EACH(n, object)) {
        str *values = NEW_ARRAY(a, str, node_is_list(n) ? node_count(n) : 1);
        struct context_key *k = &keys[(*count)++];
        *k = (struct context_key){
            .name = node_key(n), .state = KEY_PRESENT, .multivalued = node_is_list(n), .values = values};
        for (const node *v = values_first(n); v; v = values_next(n, v))
            values[k->count++] = node_text(v);
    }
    return keys;
}

static int64_t number_of(const node *n)
{
    return n ? (int64_t)n->json.valuedouble : 0;
}

static bool is_as_wanted(const node *wanted, key_state state, const struct context_key *key)
{
    if (node_is_null(wanted))
        return state == KEY_ABSENT;
    if (str_is(node_text(wanted), "?"))
        return state == KEY_UNKNOWN;
    if (state != KEY_PRESENT || key->multivalued != node_is_list(wanted))
        return false;
    size_t i = 0;
    for (const node *v = values_first(wanted); v; v = values_next(wanted, v), i++)
        if (i >= key->count || !str_eq(key->values[i], node_text(v)))
            return false;
    return i == key->count;
}

static void check_context(arena *a, struct run *r, const source *s)
{
    const node *facts = node_get(s->root, "facts"), *who = node_get(facts, "caller");
    struct caller caller = {.arn = node_text(node_get(who, "arn")),
                            .account = node_text(node_get(who, "account")),
                            .name = node_text(node_get(who, "name")),
                            .id = node_text(node_get(who, "id")),
                            .is_root = node_is_true(node_get(who, "is_root")),
                            .is_role = node_is_true(node_get(who, "is_role")),
                            .tags_certain = tri_from(node_text(node_get(who, "tags_certain"))),
                            .org_id = node_text(node_get(who, "org_id")),
                            .in_organization = tri_from(node_text(node_get(who, "in_organization"))),
                            .org_path = node_text(node_get(who, "org_path"))};
    caller.tags = read_tags(a, node_get(who, "tags"), &caller.tag_count);
    struct context_facts f = {.caller = &caller,
                              .partition = node_text(node_get(facts, "partition")),
                              .as_of = number_of(node_get(facts, "as_of")),
                              .service = node_text(node_get(facts, "service")),
                              .resource_account = node_text(node_get(facts, "resource_account")),
                              .resource_org_id = node_text(node_get(facts, "resource_org_id")),
                              .resource_tags_certain = tri_from(node_text(node_get(facts, "resource_tags_certain")))};
    f.resource_tags = read_tags(a, node_get(facts, "resource_tags"), &f.resource_tag_count);
    f.given = read_given(a, node_get(facts, "given"), &f.given_count);
    struct context c = context_fill(a, &f);
    for (NODE_EACH(wanted, node_get(s->root, "expect"))) {
        const struct context_key *key;
        key_state state = context_state(&c, node_key(wanted), &key);
        if (!is_as_wanted(wanted, state, key))
            complain(r, node_text(node_get(s->root, "name")), "%.*s is not as expected (state %d)",
                     STR_ARG(node_key(wanted)), (int)state);
    }
}

/* ---- one case ---- */

struct job {
    struct run *run;
    str text;
};

static bool run_case(arena *a, void *arg, error *e)
{
    struct job *job = arg;
    struct run *r = job->run;
    struct case_line c;
    struct verdict_trace t;
    source *s = source_of_text(a, job->text);
    r->cases++;
    if (!json_read(a, s, e)) {
        complain(r, (str){0}, "%s", e->message);
        return false;
    }
    const node *wanted_error = node_get(s->root, "error");
    if (r->table && !node_is_string(node_get(s->root, "doc")))
        complain(r, STR(""), "no \"doc\"");
    if (r->check) {
        r->check(a, r, s);
        return true;
    }
    if (!case_read(a, s, &c, e)) {
        if (!wanted_error || str_find(str_from(e->message), node_text(wanted_error)) == SIZE_MAX)
            complain(r, c.name, "%s", e->message);
        return false;
    }
    if (wanted_error)
        complain(r, c.name, "was accepted");
    evaluate(a, &c.request, &c.layers, &t);
    r->by_decision[t.decision]++;
    if (!c.expects && !wanted_error)
        complain(r, c.name, "no \"expect\"");
    if (c.expects && t.decision != c.expected)
        complain(r, c.name, "%s, expected %s", decision_name(t.decision), decision_name(c.expected));
    check_answer(a, r, node_get(s->root, "answer"), &c, &t);
    check_witnesses(a, r, &c, &t);
    return true;
}

static void run_file(struct run *r, const char *path)
{
    arena *a = arena_open(0);
    char *text;
    size_t len;
    error e = {0};
    r->path = path;
    r->line = 0;
    assert_int_equal(file_read(a, -100 /* AT_FDCWD */, path, str_from(path), 0x7FFFFFFF, &text, &len, &e), READ_DONE);
    str rest = {text, len};
    while (rest.len) {
        arena *own = arena_open(0);
        error inner = {0};
        struct job job = {r, str_cut(&rest, '\n')};
        r->line++;
        size_t before = r->failures;
        if (job.text.len) {
            (void)work_run(own, run_case, &job, &inner);
            if (inner.code == ERR_RESOURCE)
                complain(r, STR(""), "%s", inner.message);
        }
        r->failed_cases += r->failures > before;
        arena_close(own);
    }
    arena_close(a);
}

static void tell(const struct run *r, const char *what)
{
    print_message("%zu passed, %zu failed: %s\n", r->cases - r->failed_cases, r->failed_cases, what);
    if (!r->check)
        print_message("%zu Allowed, %zu ExplicitlyDenied, %zu ImplicitlyDenied, %zu Unknown\n",
                      r->by_decision[DECISION_ALLOWED], r->by_decision[DECISION_EXPLICITLY_DENIED],
                      r->by_decision[DECISION_IMPLICITLY_DENIED], r->by_decision[DECISION_UNKNOWN]);
}

static void run_folder(struct run *r, const char *below)
{
    char place[2048];
    (void)snprintf(place, sizeof place, "%s%s", folder, below);
    DIR *d = opendir(place);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[4096];
        if (!str_ends(str_from(entry->d_name), STR(".ndjson")))
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        run_file(r, path);
    }
    closedir(d);
    tell(r, place);
}

static void tables_hold(void **state)
{
    struct run r = {.table = true};
    (void)state;
    run_folder(&r, "");
    assert_true(r.cases >= 500);
    for (size_t i = 0; i < 4; i++)
        assert_true(r.by_decision[i] > 0);
    assert_int_equal(r.failures, 0);
}

static void trust_is_read(void **state)
{
    struct run r = {.table = true, .check = check_trust};
    (void)state;
    run_folder(&r, "/trust");
    assert_true(r.cases > 0);
    assert_int_equal(r.failures, 0);
}

static void contexts_are_filled(void **state)
{
    struct run r = {.table = true, .check = check_context};
    (void)state;
    run_folder(&r, "/context");
    assert_true(r.cases > 0);
    assert_int_equal(r.failures, 0);
}

#define SCP(apply, level) .scps_apply = (apply), .scps = &(level), .scp_count = 1
#define RCP(apply, level) .rcps_apply = (apply), .rcps = &(level), .rcp_count = 1

/* What no capture tells is unknown, never "none". */
static bool ask_unknown(arena *a, void *arg, error *e)
{
    static char text[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}";
    source *s = source_of_text(a, str_from(text));
    (void)arg;
    assert_true(json_read(a, s, e));
    struct policy_ref all = {policy_parse(a, s, s->root, e), STR("all"), {0}}, gone = {NULL, STR("gone"), {0}};
    struct policy_ref both[] = {all, gone};
    struct policy_set full = {&all, 1, true}, cut = {&all, 1, false}, lost = {&gone, 1, true}, mixed = {both, 2, true},
                      none = {NULL, 0, true}, empty_cut = {NULL, 0, false};
    struct level open = {STR("r-1"), {0}, full}, level_cut = {STR("r-1"), {0}, cut},
                 level_lost = {STR("r-1"), {0}, lost}, level_none = {STR("r-1"), {0}, none},
                 level_half = {STR("r-1"), {0}, empty_cut};
    const struct {
        struct layers layers;
        decision is;
    } rows[] = {
        {{.identity = &full},                               DECISION_ALLOWED          },
        {{.identity = &none},                               DECISION_IMPLICITLY_DENIED},
        {{.identity = NULL},                                DECISION_IMPLICITLY_DENIED},
        {{.identity = &cut},                                DECISION_UNKNOWN          },
        {{.identity = &lost},                               DECISION_UNKNOWN          },
        {{.identity = &mixed},                              DECISION_UNKNOWN          },
        {{.identity = &empty_cut},                          DECISION_UNKNOWN          },
        {{.identity = &full, .boundary = &lost},            DECISION_UNKNOWN          },
        {{.identity = &none, .boundary = &lost},            DECISION_IMPLICITLY_DENIED},
        {{.identity = &full, .boundary = &none},            DECISION_IMPLICITLY_DENIED},
        {{.identity = &full, .session = &cut},              DECISION_UNKNOWN          },
        {{.identity = &full, .resource = &gone},            DECISION_UNKNOWN          },
        {{.identity = &none, .resource = &gone},            DECISION_UNKNOWN          },
        {{.identity = &full, SCP(TRI_YES, open)},           DECISION_ALLOWED          },
        {{.identity = &full, SCP(TRI_UNKNOWN, open)},       DECISION_ALLOWED          },
        {{.identity = &full, SCP(TRI_NO, level_none)},      DECISION_ALLOWED          },
        {{.identity = &full, SCP(TRI_UNKNOWN, level_none)}, DECISION_UNKNOWN          },
        {{.identity = &full, SCP(TRI_YES, level_none)},     DECISION_IMPLICITLY_DENIED},
        {{.identity = &full, SCP(TRI_YES, level_cut)},      DECISION_UNKNOWN          },
        {{.identity = &full, SCP(TRI_YES, level_lost)},     DECISION_UNKNOWN          },
        {{.identity = &full, SCP(TRI_YES, level_half)},     DECISION_UNKNOWN          },
        {{.identity = &none, SCP(TRI_YES, level_cut)},      DECISION_IMPLICITLY_DENIED},
        {{.identity = &full, RCP(TRI_YES, level_lost)},     DECISION_UNKNOWN          },
        {{.identity = &full, RCP(TRI_UNKNOWN, level_none)}, DECISION_ALLOWED          },
    };
    struct context nothing = {.rest = KEY_UNKNOWN};
    struct request q = {.principal = STR("arn:aws:iam::111122223333:user/jo"),
                        .action = STR("s3:GetObject"),
                        .resource = STR("arn:aws:s3:::b/k"),
                        .context = &nothing};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict_trace t;
        evaluate(a, &q, &rows[i].layers, &t);
        if (t.decision != rows[i].is)
            print_error("row %zu: %s, expected %s\n", i, decision_name(t.decision), decision_name(rows[i].is));
        assert_int_equal(t.decision, rows[i].is);
        decision glance = evaluate_at_a_glance(a, &q, &rows[i].layers);
        assert_true(glance == DECISION_UNKNOWN || glance == t.decision);
    }
    return true;
}

static void lost_policies_are_unknown(void **state)
{
    arena *a = arena_open(0);
    error e = {0};
    (void)state;
    assert_true(work_run(a, ask_unknown, NULL, &e));
    arena_close(a);
}

/* Real SCPs: ORGEXIT_CORPUS names the folder that holds leave-cases.ndjson. */
static void corpus_agrees(void **state)
{
    const char *corpus = getenv("ORGEXIT_CORPUS");
    char path[4096];
    struct run r = {0};
    (void)state;
    (void)snprintf(path, sizeof path, "%s/leave-cases.ndjson", corpus ? corpus : "");
    FILE *f = corpus ? fopen(path, "r") : NULL;
    if (!f)
        skip();
    (void)fclose(f);
    run_file(&r, path);
    tell(&r, "leave-cases.ndjson");
    assert_int_equal(r.failures, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_hold),         cmocka_unit_test(trust_is_read),
        cmocka_unit_test(contexts_are_filled), cmocka_unit_test(lost_policies_are_unknown),
        cmocka_unit_test(corpus_agrees),
    };
    if (argc > 1)
        folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
