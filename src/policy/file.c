/* file.c - see file.h. */
#include "policy/file.h"

#include <fcntl.h>

#include "base/file.h"

/* Where the document stands in what a call prints (AWS CLI Command Reference). */
static const struct {
    const char *outer, *inner; /* inner NULL: the member itself is the document, an object or a text */
} places[] = {
    {"PolicyVersion",  "Document"                }, /* iam get-policy-version */
    {"PolicyDocument", NULL                      }, /* iam get-role-policy, get-user-policy, get-group-policy */
    {"Role",           "AssumeRolePolicyDocument"}, /* iam get-role */
    {"Policy",         "Content"                 }, /* organizations describe-policy */
    {"Policy",         NULL                      }, /* s3api get-bucket-policy, kms get-key-policy */
};

static const node *find_document(const node *root)
{
    if (node_get(root, "Statement"))
        return root;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const node *outer = node_get(root, places[i].outer);
        const node *found = places[i].inner ? node_get(outer, places[i].inner) : outer;
        if (node_is_string(found) || node_get(found, "Statement"))
            return found;
    }
    return root;
}

static const struct policy *parse(arena *a, const source *s, error *e)
{
    const node *document = find_document(s->root);
    if (!node_is_string(document))
        return policy_parse(a, s, document, e);
    const source *inner = source_inner(a, s, document, e);
    return inner ? policy_parse(a, inner, inner->root, e) : NULL;
}

const struct policy *policy_read_file(arena *a, str path, error *e)
{
    source *s = NEW(a, source);
    s->file = path;
    s->yaml = str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), path, YAML_LIMIT, &s->text, &s->len, e)) {
    case READ_FAILED: return NULL;
    case READ_ABSENT: (void)error_at(e, path, 0, 0, "there is no such file"); return NULL;
    case READ_DONE: break;
    }
    bool read = s->yaml ? yaml_read(a, s, YAML_POLICY, e) : json_read(a, s, e);
    return read ? parse(a, s, e) : NULL;
}

const struct policy *policy_read_text(arena *a, str name, str text)
{
    error e = {0};
    source *s = NEW(a, source);
    s->file = name;
    s->len = text.len;
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    memcpy(s->text, text.ptr, text.len);
    return json_read(a, s, &e) ? policy_parse(a, s, s->root, &e) : NULL;
}
