/* cases_fuzz.c - whatever `simulate --cases` is given, it answers with JSON, and the glance never contradicts. */
#include "fuzz.h"
#include "iam/cases.h"

static bool allows(decision d)
{
    return d == DECISION_ALLOWED;
}

static void check_answer(arena *a, str line)
{
    error e = {0};
    source *s = fuzz_source(a, (const uint8_t *)line.ptr, line.len);
    CHECK(json_read(a, s, &e) && node_is_object(s->root));
}

static bool run(arena *a, void *arg, error *unused)
{
    const struct fuzz_input *in = arg;
    source *s = fuzz_source(a, in->data, in->size);
    struct case_line c = {0};
    struct verdict_trace t;
    error e = {0};
    (void)unused;
    if (!json_read(a, s, &e) || !case_read(a, s, &c, &e)) {
        CHECK(e.code == ERR_INPUT && e.message[0]);
        check_answer(a, case_error(a, c.name, &e));
        return true;
    }
    evaluate(a, &c.request, &c.layers, &t);
    check_answer(a, case_answer(a, &c, &t));
    decision glance = evaluate_at_a_glance(a, &c.request, &c.layers);
    CHECK(glance == DECISION_UNKNOWN || allows(glance) == allows(t.decision));
    CHECK(glance == DECISION_UNKNOWN || t.decision != DECISION_UNKNOWN);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(run, data, size);
}
