/* json_fuzz.c - what json_read takes, cJSON takes too, with the same tree; never the other way round. */
#include "fuzz.h"

enum { CJSON_NUMBER_MOST = 63 }; /* bytes of a number that cJSON looks at */

static bool has_long_number(const node *n)
{
    if (node_is_number(n) && n->len > CJSON_NUMBER_MOST)
        return true;
    for (NODE_EACH(child, n))
        if (has_long_number(child))
            return true;
    return false;
}

/* Ours is good to a few units in the last place; below 1e-300 it may be less. */
static bool is_near(double a, double b)
{
    double difference = a > b ? a - b : b - a, size = a < 0 ? -a : a;
    return difference <= size * 1e-14 || size < 1e-300;
}

static void check_same(const node *ours, const cJSON *theirs)
{
    CHECK((ours->json.type & 0xFF) == (theirs->type & 0xFF));
    if (node_is_string(ours))
        CHECK(strcmp(ours->json.valuestring, theirs->valuestring) == 0);
    if (node_is_number(ours))
        CHECK(is_near(ours->json.valuedouble, theirs->valuedouble));
    const cJSON *other = theirs->child;
    for (NODE_EACH(child, ours)) {
        CHECK(other);
        CHECK(!child->json.string == !other->string);
        CHECK(!child->json.string || strcmp(child->json.string, other->string) == 0);
        check_same(child, other);
        other = other->next;
    }
    CHECK(!other);
}

static bool run(arena *a, void *arg, error *unused)
{
    const struct fuzz_input *in = arg;
    source *s = fuzz_source(a, in->data, in->size);
    error e = {0};
    (void)unused;
    if (!json_read(a, s, &e)) {
        CHECK(e.code == ERR_INPUT && e.line > 0 && e.column > 0 && !s->root && utf8_valid(str_from(e.message)));
        return true;
    }
    CHECK(e.code == ERR_NONE);
    check_tree(s->root, 0);
    if (in->size <= SMALL) {
        check_places(a, s, s->root, NULL);
        check_inner(a, s, s->root);
    }
    if (has_long_number(s->root))
        return true;
    /* cJSON skips a byte order mark only where enough follows it. */
    size_t mark = in->size >= 3 && memcmp(in->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    cJSON *theirs = cJSON_ParseWithLength((const char *)in->data + mark, in->size - mark);
    CHECK(theirs);
    check_same(s->root, theirs);
    cJSON_Delete(theirs);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(run, data, size);
}
