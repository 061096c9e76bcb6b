/* people.c - users, groups, roles and their policies, from get-account-authorization-details. */
#include "org/people.h"

/* A managed policy of the capture; parsed when somebody first has it. */
struct managed {
    str arn, name;
    const node *document; /* of the default version; NULL: not there */
    const struct policy *policy;
    bool parsed;
};

/*
 * The AWS CLI prints IAM documents as objects, other clients as (URL-encoded) text. A text that cannot be decoded is
 * what the CLI left when it could not either, and a document without a statement is none that IAM's grammar knows: not
 * known, no error.
 */
static bool parse_document(struct people *p, const node *document, const struct policy **out, error *e)
{
    const source *s = p->doc->source;
    const struct policy *policy;
    *out = NULL;
    if (!document || node_is_null(document))
        return true;
    if (node_is_string(document)) {
        error undecodable = {0};
        source *inner = source_inner(p->arena, s, document, &undecodable);
        if (!inner)
            return true;
        policy = policy_parse(p->arena, inner, inner->root, e);
    } else {
        policy = policy_parse(p->arena, s, document, e);
    }
    if (policy && policy->count)
        *out = policy;
    return policy != NULL;
}

static bool parse_managed(struct people *p, struct managed *m, error *e)
{
    if (m->parsed)
        return true;
    m->parsed = true;
    return parse_document(p, m->document, &m->policy, e);
}

/* DefaultVersionId and the flags must tell of one version, or else which one holds is not known. */
static bool find_default(struct people *p, const node *versions, str default_version, const node **document, error *e)
{
    const source *s = p->doc->source;
    size_t found = 0;
    bool agree = true;
    for (NODE_EACH(v, versions)) {
        str id;
        tri flag;
        if (!member_text(s, v, "VersionId", &id, e) || !member_bool(s, v, "IsDefaultVersion", &flag, e))
            return false;
        bool named = default_version.len ? str_eq(id, default_version) : flag == TRI_YES;
        agree = agree && (flag == TRI_UNKNOWN || flag == tri_of(named));
        if (!named)
            continue;
        *document = node_get(v, "Document");
        found++;
    }
    if (found != 1 || !agree)
        *document = NULL;
    return true;
}

static bool load_managed(struct people *p, const node *list, error *e)
{
    const source *s = p->doc->source;
    for (NODE_EACH(item, list)) {
        struct managed *m = NEW(p->arena, struct managed);
        str default_version;
        const node *versions;
        if (!member_text(s, item, "Arn", &m->arn, e) || !member_text(s, item, "PolicyName", &m->name, e) ||
            !member_text(s, item, "DefaultVersionId", &default_version, e) ||
            !member_list(s, item, "PolicyVersionList", &versions, e))
            return false;
        if (!find_default(p, versions, default_version, &m->document, e))
            return false;
        if (!m->arn.len)
            return source_error(s, item, e, "a policy without an \"Arn\"");
        void **slot = map_at(p->arena, &p->managed, m->arn);
        if (*slot)
            return source_error(s, item, e, "policy %.*s is listed twice", STR_ARG(m->arn));
        *slot = m;
    }
    return true;
}

typedef VEC(struct policy_ref) ref_list;

static bool add_inline(struct people *p, const node *list, ref_list *refs, error *e)
{
    const source *s = p->doc->source;
    for (NODE_EACH(item, list)) {
        struct policy_ref *ref = VEC_PUSH(p->arena, refs);
        if (!member_text(s, item, "PolicyName", &ref->id, e) ||
            !parse_document(p, node_get(item, "PolicyDocument"), &ref->policy, e))
            return false;
    }
    return true;
}

static bool managed_ref(struct people *p, str arn, str name, struct policy_ref *out, error *e)
{
    struct managed *m = map_get(&p->managed, arn);
    if (m && !parse_managed(p, m, e))
        return false;
    *out = (struct policy_ref){.policy = m ? m->policy : NULL, .id = arn, .name = name};
    return true;
}

static bool add_attached(struct people *p, const node *list, ref_list *refs, error *e)
{
    const source *s = p->doc->source;
    for (NODE_EACH(item, list)) {
        str arn, name;
        struct policy_ref ref;
        if (!member_text(s, item, "PolicyArn", &arn, e) || !member_text(s, item, "PolicyName", &name, e) ||
            !managed_ref(p, arn, name, &ref, e))
            return false;
        *VEC_PUSH(p->arena, refs) = ref;
    }
    return true;
}

/* Inline and attached policies of one user, group or role. Whole unless a list that AWS always prints is missing;
 * a user without inline policies has no UserPolicyList, and null stands for one that is not known. */
static bool load_policies(struct people *p, const node *item, const char *inline_member, ref_list *refs, bool *whole,
                          error *e)
{
    const source *s = p->doc->source;
    const node *own, *attached;
    if (!member_list(s, item, inline_member, &own, e) ||
        !member_list(s, item, "AttachedManagedPolicies", &attached, e) || !add_inline(p, own, refs, e) ||
        !add_attached(p, attached, refs, e))
        return false;
    bool lacks = !node_get(item, inline_member);
    *whole = attached && (own || (lacks && strcmp(inline_member, "UserPolicyList") == 0));
    return true;
}

static bool load_groups(struct people *p, const node *list, error *e)
{
    const source *s = p->doc->source;
    for (NODE_EACH(item, list)) {
        struct policy_set *set = NEW(p->arena, struct policy_set);
        ref_list refs = {0};
        str name;
        if (!member_text(s, item, "GroupName", &name, e) ||
            !load_policies(p, item, "GroupPolicyList", &refs, &set->complete, e))
            return false;
        if (!name.len)
            return source_error(s, item, e, "a group without \"GroupName\"");
        set->items = refs.items;
        set->count = refs.count;
        void **slot = map_at(p->arena, &p->groups, name);
        if (*slot)
            return source_error(s, item, e, "group %.*s is listed twice", STR_ARG(name));
        *slot = set;
    }
    return true;
}

static bool add_groups(struct people *p, const node *names, ref_list *refs, bool *whole, error *e)
{
    for (NODE_EACH(item, names)) {
        if (!node_is_string(item))
            return source_error(p->doc->source, item, e, "a group's name is %s", node_kind_name(item));
        const struct policy_set *set = map_get(&p->groups, node_text(item));
        *whole = *whole && set && set->complete;
        for (size_t i = 0; set && i < set->count; i++)
            *VEC_PUSH(p->arena, refs) = set->items[i];
    }
    *whole = *whole && names;
    return true;
}

static bool load_tags(struct people *p, const node *item, struct entity *out, error *e)
{
    const source *s = p->doc->source;
    const node *list;
    if (!member_list(s, item, "Tags", &list, e))
        return false;
    out->tags_known = list != NULL;
    struct entity_tag *tags = NEW_ARRAY(p->arena, struct entity_tag, node_count(list));
    for (NODE_EACH(tag, list)) {
        struct entity_tag *t = &tags[out->tag_count++];
        if (!member_text(s, tag, "Key", &t->key, e) || !member_text(s, tag, "Value", &t->value, e))
            return false;
    }
    out->tags = tags;
    return true;
}

static bool load_boundary(struct people *p, const node *item, struct entity *out, error *e)
{
    const source *s = p->doc->source;
    const node *boundary;
    str arn;
    if (!member_object(s, item, "PermissionsBoundary", &boundary, e) ||
        !member_text(s, boundary, "PermissionsBoundaryArn", &arn, e))
        return false;
    if (!boundary)
        return true;
    struct policy_ref *ref = NEW(p->arena, struct policy_ref);
    out->has_boundary = true;
    out->boundary = (struct policy_set){ref, arn.len ? 1 : 0, arn.len > 0};
    return !arn.len || managed_ref(p, arn, (str){0}, ref, e);
}

/* "/aws-reserved/sso.amazonaws.com/" of "role/aws-reserved/sso.amazonaws.com/NAME"; "/" of "user/NAME". */
static str path_in_arn(str resource)
{
    str kind = resource, path;
    (void)str_cut(&kind, '/');
    path = (str){kind.ptr - 1, kind.len + 1};
    while (path.len > 1 && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

/* Of this account, of the organization's partition, and of the kind that the list is of. */
static bool check_entity_arn(struct people *p, const node *item, const struct arn *arn, const struct entity *out,
                             error *e)
{
    const source *s = p->doc->source;
    const node *at = node_get(item, "Arn");
    str partition = p->account->org->partition, kind = out->kind == ENTITY_USER ? STR("user/") : STR("role/");
    if (!str_eq(arn->account, p->account->id))
        return source_error(s, at, e,
                            "the file lies in the folder of account %.*s and names account %.*s: captured with another "
                            "account's credentials",
                            STR_ARG(p->account->id), STR_ARG(arn->account));
    if (partition.len && !str_eq(arn->partition, partition))
        return source_error(s, at, e, "the ARN is of partition %.*s, the organization is of %.*s",
                            STR_ARG(arn->partition), STR_ARG(partition));
    if (!str_is(arn->service, "iam") || !str_starts(arn->resource, kind))
        return source_error(s, at, e, "expected the ARN of a %.*s here", (int)kind.len - 1, kind.ptr);
    return true;
}

/* What a user and a role have in common. */
static bool load_entity(struct people *p, const node *item, const char *name_member, const char *id_member,
                        struct entity *out, error *e)
{
    const source *s = p->doc->source;
    struct arn arn;
    out->node = item;
    if (!member_text(s, item, "Arn", &out->arn, e) || !member_text(s, item, name_member, &out->name, e) ||
        !member_text(s, item, "Path", &out->path, e) || !member_text(s, item, id_member, &out->id, e))
        return false;
    if (!out->name.len || !arn_parse(out->arn, &arn))
        return source_error(s, item, e, "a user or role without \"%s\" or \"Arn\"", name_member);
    if (!check_entity_arn(p, item, &arn, out, e))
        return false;
    str path =
        path_in_arn(arn.resource); /* the Path decides whose role it is: it may not be lost, nor be another one */
    if (out->path.len && !str_eq(out->path, path))
        return source_error(s, node_get(item, "Path"), e, "the path is %.*s and the ARN says %.*s", STR_ARG(out->path),
                            STR_ARG(path));
    if (!str_eq(str_from_index(arn.resource, 4 + path.len), out->name)) /* behind "role" or "user" and the path */
        return source_error(s, node_get(item, name_member), e, "the name is %.*s and the ARN is %.*s",
                            STR_ARG(out->name), STR_ARG(out->arn));
    out->path = path;
    return load_tags(p, item, out, e) && load_boundary(p, item, out, e);
}

static bool load_user(struct people *p, const node *item, struct entity *out, error *e)
{
    ref_list refs = {0};
    const node *groups;
    bool whole;
    out->kind = ENTITY_USER;
    if (!load_entity(p, item, "UserName", "UserId", out, e) ||
        !load_policies(p, item, "UserPolicyList", &refs, &whole, e) ||
        !member_list(p->doc->source, item, "GroupList", &groups, e) || !add_groups(p, groups, &refs, &whole, e))
        return false;
    out->identity = (struct policy_set){refs.items, refs.count, whole};
    return true;
}

static bool load_role(struct people *p, const node *item, struct entity *out, error *e)
{
    ref_list refs = {0};
    bool whole;
    out->kind = ENTITY_ROLE;
    if (!load_entity(p, item, "RoleName", "RoleId", out, e) ||
        !load_policies(p, item, "RolePolicyList", &refs, &whole, e) ||
        !parse_document(p, node_get(item, "AssumeRolePolicyDocument"), &out->trust, e))
        return false;
    out->identity = (struct policy_set){refs.items, refs.count, whole};
    return true;
}

static bool load_entities(struct people *p, const node *list,
                          bool (*load)(struct people *, const node *, struct entity *, error *),
                          const struct entity **out, size_t *count, error *e)
{
    struct entity *all = NEW_ARRAY(p->arena, struct entity, node_count(list));
    struct map names = {0};
    size_t n = 0;
    for (NODE_EACH(item, list)) {
        if (!load(p, item, &all[n], e))
            return false;
        void **seen = map_at(p->arena, &names, all[n].name); /* unique in an account, whatever the path */
        if (*seen)
            return source_error(p->doc->source, item, e, "%.*s is listed twice", STR_ARG(all[n].name));
        *seen = &all[n++];
    }
    *out = all;
    *count = n;
    return true;
}

bool people_load(struct people *p, const struct capture_doc *d, error *e)
{
    struct account *account = p->account;
    const node *users, *groups, *roles, *policies;
    p->doc = d;
    if (!member_list(d->source, d->root, "UserDetailList", &users, e) ||
        !member_list(d->source, d->root, "GroupDetailList", &groups, e) ||
        !member_list(d->source, d->root, "RoleDetailList", &roles, e) ||
        !member_list(d->source, d->root, "Policies", &policies, e))
        return false;
    p->users_seen = users != NULL;
    p->roles_seen = roles != NULL;
    return load_managed(p, policies, e) && load_groups(p, groups, e) &&
           load_entities(p, users, load_user, &account->users, &account->user_count, e) &&
           load_entities(p, roles, load_role, &account->roles, &account->role_count, e);
}

/* get-account-summary counts: a number that differs proves the list incomplete, and without the number nothing shows
 * that the list was not filtered. Groups and managed policies that are missing show where a user or role names them. */
static bool count_differs(struct people *p, const char *member, size_t listed, str *why)
{
    const struct capture_doc *summary = &p->account->summary;
    bool has;
    int64_t counted;
    error e = {0};
    if (summary->state == CAPTURE_UNKNOWN) {
        *why = arena_printf(p->arena, "%.*s, so nothing shows that the list of %s is whole", STR_ARG(summary->why),
                            member);
        return true;
    }
    if (!member_int(summary->source, node_get(summary->root, "SummaryMap"), member, &has, &counted, &e)) {
        people_keep_error(p, &e);
        return true;
    }
    if (has && counted == (int64_t)listed)
        return false;
    if (!has)
        *why = arena_printf(p->arena, "%.*s.json does not count %s, so nothing shows that their list is whole",
                            STR_ARG(summary->path), member);
    else
        *why = arena_printf(p->arena, "get-account-summary counts %lld %s, get-account-authorization-details shows %zu",
                            (long long)counted, member, listed);
    return true;
}

void people_settle(struct people *p)
{
    struct account *account = p->account;
    const struct capture_doc *d = &account->authorization;
    bool readable = d->state == CAPTURE_WHOLE || d->state == CAPTURE_CUT;
    if (!readable) { /* also when it was malformed half way: nothing of it is kept */
        account->roles = account->users = NULL;
        account->role_count = account->user_count = 0;
        account->people_why = d->why;
        return;
    }
    account->users_complete = account->roles_complete = d->state == CAPTURE_WHOLE;
    if (d->state == CAPTURE_CUT)
        account->people_why = arena_printf(p->arena, "%.*s.json was cut off", STR_ARG(d->path));
    if (!p->users_seen || count_differs(p, "Users", account->user_count, &account->people_why))
        account->users_complete = false;
    if (!p->roles_seen || count_differs(p, "Roles", account->role_count, &account->people_why))
        account->roles_complete = false;
    if (!account->people_why.len && (!account->users_complete || !account->roles_complete))
        account->people_why = arena_printf(p->arena, "%.*s.json lacks a list", STR_ARG(d->path));
}
