/* documents.c - see documents.h. */
#include "lint/documents.h"

/* How one kind of call prints its documents. */
static const struct shape {
    const char *path; /* members, "[]" for each item of a list, '.' between them */
    policy_kind kind;
    const char *name;    /* a member beside the document that names it; NULL: none */
    const char *service; /* to whose resource it is attached; NULL: told by the path of the file, or not at all */
} shapes[] = {
    {"UserDetailList.[].UserPolicyList.[].PolicyDocument",   KIND_IDENTITY, "PolicyName", NULL            },
    {"GroupDetailList.[].GroupPolicyList.[].PolicyDocument", KIND_IDENTITY, "PolicyName", NULL            },
    {"RoleDetailList.[].AssumeRolePolicyDocument",           KIND_TRUST,    "RoleName",   NULL            },
    {"RoleDetailList.[].RolePolicyList.[].PolicyDocument",   KIND_IDENTITY, "PolicyName", NULL            },
    {"Policies.[].PolicyVersionList.[].Document",            KIND_IDENTITY, NULL,         NULL            },
    {"PolicyVersion.Document",                               KIND_IDENTITY, NULL,         NULL            },
    {"Role.AssumeRolePolicyDocument",                        KIND_TRUST,    "RoleName",   NULL            },
    {"Roles.[].AssumeRolePolicyDocument",                    KIND_TRUST,    "RoleName",   NULL            },
    {"PolicyDocument",                                       KIND_IDENTITY, "PolicyName", NULL            },
    {"Policy.Content",                                       KIND_UNKNOWN,  NULL,         NULL            },
    {"ResourcePolicy.Content",                               KIND_RESOURCE, NULL,         "organizations" },
    {"ResourcePolicy",                                       KIND_RESOURCE, "Name",       "secretsmanager"},
    {"Policy",                                               KIND_RESOURCE, NULL,         NULL            },
    {"policyText",                                           KIND_RESOURCE, NULL,         "ecr"           },
    {"Attributes.Policy",                                    KIND_RESOURCE, NULL,         NULL            },
    {"InlinePolicy",                                         KIND_IDENTITY, NULL,         NULL            },
};

/* Folders and names of captures that tell the service of a resource policy. */
static const struct {
    const char *word, *service;
} services[] = {
    {"s3api/",            "s3"    },
    {"get-bucket-policy", "s3"    },
    {"kms/",              "kms"   },
    {"get-key-policy",    "kms"   },
    {"lambda/",           "lambda"},
    {"sqs/",              "sqs"   },
    {"sns/",              "sns"   },
};

static str service_of_path(str path)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_find(path, str_from(services[i].word)) != SIZE_MAX)
            return str_from(services[i].service);
    return (str){0};
}

/* Backup, tag and other policies of an organization are no IAM documents: KIND_UNKNOWN. */
static policy_kind kind_of_summary(const node *policy)
{
    const node *type = node_get(node_get(policy, "PolicySummary"), "Type");
    return str_is(node_text(type), "SERVICE_CONTROL_POLICY")    ? KIND_SCP
           : str_is(node_text(type), "RESOURCE_CONTROL_POLICY") ? KIND_RCP
                                                                : KIND_UNKNOWN;
}

struct search {
    arena *arena;
    const source *source;
    const struct shape *shape;
    struct lint_documents *out;
};

/* AWS's own policies, and versions that are not in force. */
static bool is_of_others(const node *parent, const node *grandparent)
{
    const node *current = node_get(parent, "IsDefaultVersion");
    str arn = node_text(node_get(grandparent, "Arn"));
    bool of_aws = str_find(arn, STR(":iam::aws:policy/")) != SIZE_MAX ||
                  node_is_true(node_get(node_get(parent, "PolicySummary"), "AwsManaged"));
    return of_aws || (node_is_bool(current) && !node_is_true(current));
}

static void add(const struct search *s, const node *found, const node *parent, const node *grandparent)
{
    struct lint_document d = {.source = s->source, .root = found, .kind = s->shape->kind};
    bool content = str_is(node_key(found), "Content") && s->shape->kind == KIND_UNKNOWN;
    if (is_of_others(parent, grandparent) || (node_is_string(found) && str_is_blank(node_text(found))))
        return;
    if (content && (d.kind = kind_of_summary(parent)) == KIND_UNKNOWN)
        return;
    if (!node_is_string(found) && !node_is_object(found))
        return;
    if (node_is_object(found) && !is_policy_document(found))
        return;
    const node *name = s->shape->name ? node_get(parent, s->shape->name) : NULL;
    if (!name)
        name = content ? node_get(node_get(parent, "PolicySummary"), "Name") : node_get(grandparent, "PolicyName");
    d.name = node_is_string(name) ? node_text(name) : (str){0};
    if (d.kind == KIND_RESOURCE)
        d.service = s->shape->service ? str_from(s->shape->service) : service_of_path(s->source->file);
    if (node_is_string(found)) {
        d.source = source_inner(s->arena, s->source, found, &d.fault);
        d.root = d.source ? d.source->root : NULL;
    }
    *VEC_PUSH(s->arena, s->out) = d;
}

/* Follows the path below n; parents: of n, and of that (the item of a list counts, the list does not). */
static void follow(const struct search *s, str path, const node *n, const node *parent, const node *grandparent)
{
    if (!n)
        return;
    if (!path.len) {
        add(s, n, parent, grandparent);
        return;
    }
    str step = str_cut(&path, '.');
    if (!str_is(step, "[]")) {
        const node *member = NULL;
        for (NODE_EACH(m, node_is_object(n) ? n : NULL))
            if (str_eq(node_key(m), step))
                member = m;
        follow(s, path, member, n, parent);
        return;
    }
    for (NODE_EACH(item, node_is_list(n) ? n : NULL))
        follow(s, path, item, parent, grandparent);
}

void documents_of_capture(arena *a, const source *s, struct lint_documents *out)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && node_is_object(s->root); i++) {
        struct search search = {a, s, &shapes[i], out};
        const node *direct = node_get(s->root, shapes[i].path);
        if (!direct || node_is_string(direct) || str_is(node_key(direct), "PolicyDocument") ||
            str_is(node_key(direct), "InlinePolicy"))
            follow(&search, str_from(shapes[i].path), s->root, NULL, NULL);
    }
}
