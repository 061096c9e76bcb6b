/* iam_collect_people.c - iam get-account-authorization-details of one account, from the files of its iam/ folder. */
#include "base/file.h"
#include "org/iam_collect.h"

/* The lists of the answer, and the folders that hold their items. */
static const struct {
    const char *list, *name, *id, *inline_list, *folders[2];
} kinds[] = {
    {"UserDetailList",  "UserName",   "UserId",   "UserPolicyList",  {"user"}                },
    {"GroupDetailList", "GroupName",  "GroupId",  "GroupPolicyList", {"group"}               },
    {"RoleDetailList",  "RoleName",   "RoleId",   "RolePolicyList",  {"role"}                },
    {"Policies",        "PolicyName", "PolicyId", NULL,              {"policy", "aws/policy"}},
};

/* One user, group, role or managed policy. */
struct item {
    const struct storage *storage;
    struct composer *to;
    str path; /* of its folder */
    struct kept_file metadata;
    error *error;
};

/* A file beside metadata.json. source NULL: it is not there, and what it would hold may be empty or refused. */
static bool read_beside(const struct item *i, const char *name, struct kept_file *f)
{
    str path = arena_printf(i->to->arena, "%.*s/%s", STR_ARG(i->path), name);
    return storage_read(i->storage, i->to->arena, path, f, i->error);
}

static bool is_of_kind(const struct item *i, const struct kept_file *f, const node *n, node_kind kind)
{
    return node_kind_of(n) == kind || source_error(f->source, n, i->error, "found %s; expected %s", node_kind_name(n),
                                                   kind == NODE_LIST     ? "a list"
                                                   : kind == NODE_OBJECT ? "an object"
                                                                         : "a text");
}

/* [arn, …] as a list of names, or of attached policies. */
static bool put_arns(const struct item *i, const char *file, const char *member, bool names)
{
    struct composer *to = i->to;
    struct kept_file f;
    size_t count = 0;
    if (!read_beside(i, file, &f))
        return false;
    if (!f.source)
        return true;
    if (!is_of_kind(i, &f, f.source->root, NODE_LIST))
        return false;
    compose_text(to, member);
    compose_mark(to, &f, f.source->root);
    compose_text(to, "[");
    for (NODE_EACH(arn, f.source->root)) {
        if (!is_of_kind(i, &f, arn, NODE_STRING))
            return false;
        str name = storage_last_part(node_text(arn));
        compose_text(to, count++ ? ", " : "");
        if (names) {
            compose_made(to, &f, arn, name);
            continue;
        }
        compose_mark(to, &f, arn);
        compose_text(to, "{\"PolicyName\": ");
        compose_made(to, &f, arn, name);
        compose_text(to, ", \"PolicyArn\": ");
        compose_string(to, &f, arn);
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return true;
}

/* A whole file as a member. `otherwise`: what stands there where the file does not; NULL: nothing. */
static bool put_file(const struct item *i, const char *file, const char *member, node_kind kind, const char *otherwise)
{
    struct kept_file f;
    if (!read_beside(i, file, &f) || (f.source && !is_of_kind(i, &f, f.source->root, kind)))
        return false;
    if (!f.source && !otherwise)
        return true;
    compose_text(i->to, member);
    if (f.source)
        compose_file(i->to, &f);
    else
        compose_text(i->to, otherwise);
    return true;
}

static bool put_tags(const struct item *i)
{
    struct composer *to = i->to;
    struct kept_file f;
    size_t count = 0;
    if (!read_beside(i, "tags.json", &f))
        return false;
    if (!f.source)
        return true;
    if (!is_of_kind(i, &f, f.source->root, NODE_OBJECT))
        return false;
    compose_text(to, ", \"Tags\": ");
    compose_mark(to, &f, f.source->root);
    compose_text(to, "[");
    for (NODE_EACH(tag, f.source->root)) {
        if (!is_of_kind(i, &f, tag, NODE_STRING))
            return false;
        compose_text(to, count++ ? ", {\"Key\": " : "{\"Key\": ");
        compose_made(to, &f, tag, node_key(tag));
        compose_text(to, ", \"Value\": ");
        compose_string(to, &f, tag);
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return true;
}

/* However its key is spelt: a boundary that is overlooked would allow too much. */
static bool put_boundary(const struct item *i)
{
    const struct kept_file *f = &i->metadata;
    size_t count = 0;
    for (NODE_EACH(m, f->source->root)) {
        if (str_distance(node_key(m), STR("permissionsBoundary"), 2) > 2 || node_is_null(m))
            continue;
        if (!is_of_kind(i, f, m, NODE_STRING))
            return false;
        if (count++)
            return source_error_key(f->source, m, i->error, "a second permissions boundary");
        compose_text(i->to, ", \"PermissionsBoundary\": {\"PermissionsBoundaryArn\": ");
        compose_string(i->to, f, m);
        compose_text(i->to, "}");
    }
    return true;
}

static bool put_version(const struct item *i)
{
    const struct kept_file *f = &i->metadata;
    struct composer *to = i->to;
    struct kept_file text;
    if (!read_beside(i, "current-policy.json", &text))
        return false;
    if (!text.source)
        return true;
    if (!storage_put_text(to, f, f->source->root, "defaultVersionId", ", \"DefaultVersionId\": ", i->error))
        return false;
    compose_text(to, ", \"PolicyVersionList\": [{\"IsDefaultVersion\": true");
    if (!storage_put_text(to, f, f->source->root, "defaultVersionId", ", \"VersionId\": ", i->error))
        return false;
    compose_text(to, ", \"Document\": ");
    compose_file(to, &text);
    compose_text(to, "}]");
    return true;
}

/*
 * Without inline-policies.json or managed-policies.json nothing shows that there are no such policies: null, or no
 * list at all, is what a capture has whose list is lost.
 */
static bool put_own(const struct item *i, size_t kind)
{
    if (!kinds[kind].inline_list)
        return put_version(i);
    str member = arena_printf(i->to->arena, ", \"%s\": ", kinds[kind].inline_list);
    return put_file(i, "inline-policies.json", member.ptr, NODE_LIST, "null") &&
           put_arns(i, "managed-policies.json", ", \"AttachedManagedPolicies\": ", false) &&
           put_arns(i, "groups.json", ", \"GroupList\": ", true) &&
           put_file(i, "trust-policy.json", ", \"AssumeRolePolicyDocument\": ", NODE_OBJECT, NULL) && put_tags(i) &&
           put_boundary(i);
}

/* Nothing for a folder without metadata.json: its name is not known. */
static bool put_item(const struct item *i, size_t kind, size_t *count)
{
    const struct kept_file *f = &i->metadata;
    struct composer *to = i->to;
    const node *root = f->source ? f->source->root : NULL;
    if (!root)
        return true;
    if (!is_of_kind(i, f, root, NODE_OBJECT))
        return false;
    compose_text(to, (*count)++ ? ", " : "");
    compose_mark(to, f, root);
    compose_text(to, "{\"IsAttachable\": null");
    const struct {
        const char *key, *member;
    } texts[] = {
        {"name", kinds[kind].name},
        {"id",   kinds[kind].id  },
        {"arn",  "Arn"           },
        {"path", "Path"          }
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (!storage_put_text(to, f, root, texts[k].key, arena_printf(to->arena, ", \"%s\": ", texts[k].member).ptr,
                              i->error))
            return false;
    if (!put_own(i, kind))
        return false;
    compose_text(to, "}");
    return true;
}

static bool put_folder(const struct storage *s, struct composer *to, str folder, size_t kind, size_t *count, error *e)
{
    str *names = NULL;
    size_t n = 0;
    if (file_list(to->arena, s->fd, folder.ptr, folder, &names, &n, e) == READ_FAILED)
        return false;
    for (size_t k = 0; k < n; k++) {
        struct item i = {.storage = s, .to = to, .error = e};
        i.path = arena_printf(to->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[k]));
        if (!read_beside(&i, "metadata.json", &i.metadata) || !put_item(&i, kind, count))
            return false;
    }
    return true;
}

fetch_result storage_people(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    str *names, iam = arena_printf(to->arena, "%.*s/accounts/%.*s/iam", STR_ARG(s->base), STR_ARG(call->account));
    size_t n, all = 0;
    switch (str_is_account_id(call->account) ? file_list(to->arena, s->fd, iam.ptr, iam, &names, &n, e) : READ_ABSENT) {
    case READ_FAILED: return FETCH_FAILED;
    case READ_ABSENT: return FETCH_ABSENT;
    case READ_DONE: break;
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t count = 0;
        compose_text(to, arena_printf(to->arena, "%s\"%s\": [", k ? "], " : "{", kinds[k].list).ptr);
        for (size_t f = 0; f < 2 && kinds[k].folders[f]; f++) {
            str folder = arena_printf(to->arena, "%.*s/%s", STR_ARG(iam), kinds[k].folders[f]);
            if (!put_folder(s, to, folder, k, &count, e))
                return FETCH_FAILED;
        }
        all += count;
    }
    compose_text(to, "]");
    return all ? FETCH_DONE : FETCH_ABSENT;
}
