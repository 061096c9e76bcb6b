/* yaml_fuzz.c - whatever the bytes: an error with its place, or a tree that keeps every promise of text/node.h. */
#include "fuzz.h"

static void check_same(const node *x, const node *y)
{
    CHECK(x->json.type == y->json.type && x->at == y->at && x->count == y->count);
    CHECK(str_eq(node_text(x), node_text(y)) && str_eq(node_key(x), node_key(y)));
    const node *other = node_first(y);
    for (NODE_EACH(child, x)) {
        check_same(child, other);
        other = node_next(other);
    }
}

/* A plain scalar in one line stands where it is said to. */
static void check_at(const source *s, const node *n)
{
    const char *p = s->text + n->at;
    CHECK(n->at <= s->len);
    if (node_is_number(n))
        CHECK(n->at + n->len <= s->len && memcmp(p, node_text(n).ptr, n->len) == 0);
    if (node_is_string(n) && n->len && !strchr("\"'|>", *p))
        CHECK(*p == node_text(n).ptr[0]);
    if (node_is_bool(n))
        CHECK(ascii_lower(*p) == (node_is_true(n) ? 't' : 'f'));
    for (NODE_EACH(child, n))
        check_at(s, child);
}

static source *read_as(arena *a, const struct fuzz_input *in, yaml_mode mode)
{
    source *s = fuzz_source(a, in->data, in->size);
    error e = {0};
    if (!yaml_read(a, s, mode, &e)) {
        CHECK(e.code == ERR_INPUT && e.line > 0 && e.column > 0 && !s->root && utf8_valid(str_from(e.message)));
        return NULL;
    }
    CHECK(e.code == ERR_NONE);
    CHECK(in->size == 0 || memcmp(s->text, in->data, in->size) == 0);
    check_tree(s->root, 0);
    check_at(s, s->root);
    if (in->size <= SMALL) {
        check_places(a, s, s->root, NULL);
        check_inner(a, s, s->root);
    }
    return s;
}

static bool run(arena *a, void *arg, error *unused)
{
    const source *strict = read_as(a, arg, YAML_OURS), *lenient = read_as(a, arg, YAML_POLICY);
    (void)unused;
    CHECK(!strict || lenient);
    if (strict)
        check_same(strict->root, lenient->root);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(run, data, size);
}
