/* iam_collect_organization.c - the answers of AWS Organizations, from aws/PARTITION/organizations/O-ID/. */
#include "org/iam_collect.h"

static const char *const folders[] = {"scps", "rcps"};
static const char *const folder_types[] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"};

/* ---- opening ---- */

/* structure.json is a tree; the reader allows DEPTH_LIMIT levels. */
static bool map_structure(struct storage *s, arena *a, const node *level, error *e)
{
    const node *children;
    for (NODE_EACH(unit, level)) {
        void **slot = map_at(a, &s->structure_entries, node_key(unit));
        if (*slot)
            return source_error_key(s->structure.source, unit, e, "%.*s stands in the tree twice",
                                    STR_ARG(node_key(unit)));
        *slot = (void *)(uintptr_t)unit;
        if (!storage_member(&s->structure, unit, "children", NODE_OBJECT, &children, e) ||
            !map_structure(s, a, children, e))
            return false;
    }
    return true;
}

static bool map_entries(arena *a, const struct kept_file *f, struct map *to, error *e)
{
    for (NODE_EACH(entry, f->source ? f->source->root : NULL)) {
        if (!node_is_object(entry))
            return source_error(f->source, entry, e, "found %s; expected an object, as iam-collect writes it",
                                node_kind_name(entry));
        *map_at(a, to, node_key(entry)) = (void *)(uintptr_t)entry;
    }
    return true;
}

static bool read_object(struct storage *s, arena *a, const char *name, struct kept_file *f, error *e)
{
    if (!storage_read(s, a, arena_printf(a, "%.*s/%s", STR_ARG(s->organization), name), f, e))
        return false;
    return !f->source || node_is_object(f->source->root) ||
           source_error(f->source, f->source->root, e, "found %s; expected an object, as iam-collect writes it",
                        node_kind_name(f->source->root));
}

static bool check_id(const struct storage *s, error *e)
{
    const node *id;
    if (!s->metadata.source)
        return true;
    if (!storage_member(&s->metadata, s->metadata.source->root, "id", NODE_STRING, &id, e))
        return false;
    str folder = storage_last_part(s->organization);
    return !id || str_eq_nocase(node_text(id), folder) ||
           source_error(s->metadata.source, id, e, "lies in the folder of organization %.*s and names %.*s",
                        STR_ARG(folder), STR_ARG(node_text(id)));
}

bool storage_organization_open(struct storage *s, arena *a, error *e)
{
    if (!s->organization.len)
        return true;
    return read_object(s, a, "metadata.json", &s->metadata, e) &&
           read_object(s, a, "structure.json", &s->structure, e) &&
           read_object(s, a, "accounts.json", &s->accounts, e) && read_object(s, a, "ous.json", &s->units, e) &&
           read_object(s, a, "delegated-admins.json", &s->delegated, e) && check_id(s, e) &&
           map_entries(a, &s->accounts, &s->account_entries, e) && map_entries(a, &s->units, &s->unit_entries, e) &&
           (!s->structure.source || map_structure(s, a, s->structure.source->root, e));
}

/* ---- files below it ---- */

/* Lower-cased, as iam-collect names folders; false: no id that a folder may be named for. */
static bool folder_name(arena *a, str id, str *out)
{
    char *lower = arena_cstr(a, id);
    for (size_t i = 0; i < id.len; i++) {
        lower[i] = ascii_lower(lower[i]);
        if (!(lower[i] >= 'a' && lower[i] <= 'z') && !ascii_is_digit(lower[i]) && lower[i] != '-' && lower[i] != '_')
            return false;
    }
    *out = (str){lower, id.len};
    return id.len > 0;
}

/* FOLDER/ID/NAME, where that metadata.json is of `id`: two ids may share a folder. */
static bool read_below(const struct storage *s, arena *a, const char *folder, str id, const char *name,
                       struct kept_file *metadata, struct kept_file *f, error *e)
{
    str below;
    const node *arn;
    *metadata = (struct kept_file){0};
    if (f)
        *f = (struct kept_file){0};
    if (!folder_name(a, id, &below))
        return true;
    str path = arena_printf(a, "%.*s/%s/%.*s", STR_ARG(s->organization), folder, STR_ARG(below));
    if (!storage_read(s, a, arena_printf(a, "%.*s/metadata.json", STR_ARG(path)), metadata, e))
        return false;
    if (!metadata->source)
        return true;
    if (!storage_member(metadata, metadata->source->root, "arn", NODE_STRING, &arn, e))
        return false;
    if (!arn || !str_eq(storage_last_part(node_text(arn)), id)) {
        *metadata = (struct kept_file){0};
        return true;
    }
    return !f || storage_read(s, a, arena_printf(a, "%.*s/%s", STR_ARG(path), name), f, e);
}

/* "SERVICE_CONTROL_POLICY" of "arn:…:policy/o-1/service_control_policy/p-1" */
static str type_in_arn(arena *a, str arn)
{
    str last = storage_last_part(arn);
    str type = storage_last_part(str_head(arn, arn.len > last.len ? arn.len - last.len - 1 : 0));
    char *upper = arena_cstr(a, type);
    for (size_t i = 0; i < type.len; i++)
        upper[i] = (char)(upper[i] >= 'a' && upper[i] <= 'z' ? upper[i] - 'a' + 'A' : upper[i]);
    return (str){upper, type.len};
}

/* ---- the answers ---- */

fetch_result storage_organization(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->metadata;
    (void)call;
    if (!f->source)
        return FETCH_ABSENT;
    const node *root = f->source->root;
    compose_mark(to, f, root);
    compose_text(to, "{\"Organization\": {\"FeatureSet\": null");
    if (!storage_put_text(to, f, root, "id", ", \"Id\": ", e) ||
        !storage_put_text(to, f, root, "arn", ", \"Arn\": ", e) ||
        !storage_put_text(to, f, root, "rootAccountId", ", \"MasterAccountId\": ", e))
        return FETCH_FAILED;
    compose_text(to, "}");
    return FETCH_DONE;
}

/* A type that is not named is not enabled; where none is, list-roots may have been refused. */
static bool put_types(struct composer *to, const struct kept_file *f, error *e)
{
    const node *features;
    if (!storage_member(f, f->source->root, "features", NODE_OBJECT, &features, e))
        return false;
    if (!node_count(features))
        return true;
    size_t count = 0;
    compose_text(to, ", \"PolicyTypes\": [");
    for (NODE_EACH(type, features)) {
        if (!node_is_bool(type))
            return source_error(f->source, type, e, "found %s; expected true or false", node_kind_name(type));
        if (!node_is_true(type))
            continue;
        compose_text(to, count++ ? ", " : "");
        compose_mark(to, f, type);
        compose_text(to, "{\"Type\": ");
        compose_made(to, f, type, node_key(type));
        compose_text(to, ", \"Status\": \"ENABLED\"}");
    }
    compose_text(to, "]");
    return true;
}

fetch_result storage_roots(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->metadata;
    const node *id;
    (void)call;
    if (!f->source)
        return FETCH_ABSENT;
    if (!storage_member(f, f->source->root, "rootOu", NODE_STRING, &id, e))
        return FETCH_FAILED;
    if (!id)
        return FETCH_ABSENT;
    compose_mark(to, f, id);
    compose_text(to, "{\"Roots\": [{\"Id\": ");
    compose_string(to, f, id);
    if (!put_types(to, f, e))
        return FETCH_FAILED;
    compose_text(to, "}]");
    return FETCH_DONE;
}

fetch_result storage_list_accounts(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->accounts;
    size_t count = 0;
    (void)call;
    (void)e;
    if (!f->source)
        return FETCH_ABSENT;
    compose_mark(to, f, f->source->root);
    compose_text(to, "{\"Accounts\": [");
    for (NODE_EACH(account, f->source->root)) {
        compose_text(to, count++ ? ", " : "");
        compose_mark(to, f, account);
        compose_text(to, "{\"Id\": ");
        compose_made(to, f, account, node_key(account));
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

static bool put_unit(const struct storage *s, struct composer *to, const node *unit, error *e)
{
    const struct kept_file *f = &s->structure;
    struct kept_file metadata;
    compose_mark(to, f, unit);
    compose_text(to, "{\"Id\": ");
    compose_made(to, f, unit, node_key(unit));
    if (!read_below(s, to->arena, "ous", node_key(unit), NULL, &metadata, NULL, e))
        return false;
    if (metadata.source && (!storage_put_text(to, &metadata, metadata.source->root, "name", ", \"Name\": ", e) ||
                            !storage_put_text(to, &metadata, metadata.source->root, "arn", ", \"Arn\": ", e)))
        return false;
    compose_text(to, "}");
    return true;
}

fetch_result storage_units_of(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const node *parent = map_get(&s->structure_entries, call->argument), *children;
    size_t count = 0;
    if (!parent)
        return FETCH_ABSENT;
    if (!storage_member(&s->structure, parent, "children", NODE_OBJECT, &children, e))
        return FETCH_FAILED;
    compose_mark(to, &s->structure, parent);
    compose_text(to, "{\"OrganizationalUnits\": [");
    for (NODE_EACH(unit, children)) {
        compose_text(to, count++ ? ", " : "");
        if (!put_unit(s, to, unit, e))
            return FETCH_FAILED;
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

static bool is_text(const struct kept_file *f, const node *n, error *e)
{
    return node_is_string(n) || source_error(f->source, n, e, "found %s; expected a text", node_kind_name(n));
}

fetch_result storage_accounts_of(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->structure;
    const node *parent = map_get(&s->structure_entries, call->argument), *accounts;
    size_t count = 0;
    if (!parent)
        return FETCH_ABSENT;
    if (!storage_member(f, parent, "accounts", NODE_LIST, &accounts, e))
        return FETCH_FAILED;
    compose_mark(to, f, parent);
    compose_text(to, "{\"Accounts\": [");
    for (NODE_EACH(arn, accounts)) {
        if (!is_text(f, arn, e))
            return FETCH_FAILED;
        compose_text(to, count++ ? ", " : "");
        compose_mark(to, f, arn);
        compose_text(to, "{\"Id\": ");
        compose_made(to, f, arn, storage_last_part(node_text(arn)));
        compose_text(to, ", \"Arn\": ");
        compose_string(to, f, arn);
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

fetch_result storage_parents(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    bool account = str_is_account_id(call->argument);
    const struct kept_file *f = account ? &s->accounts : &s->units;
    const node *entry = map_get(account ? &s->account_entries : &s->unit_entries, call->argument), *parent;
    if (!storage_member(f, entry, account ? "ou" : "parent", NODE_STRING, &parent, e))
        return FETCH_FAILED;
    if (!parent)
        return FETCH_ABSENT;
    compose_mark(to, f, parent);
    compose_text(to, "{\"Parents\": [{\"Id\": ");
    compose_string(to, f, parent);
    compose_text(to, "}]");
    return FETCH_DONE;
}

/* What list-policies says of a policy. */
static bool put_summary(struct composer *to, const struct kept_file *f, const node *arn,
                        const struct kept_file *metadata, error *e)
{
    const node *managed = NULL;
    compose_mark(to, f, arn);
    compose_text(to, "{\"Id\": ");
    compose_made(to, f, arn, storage_last_part(node_text(arn)));
    compose_text(to, ", \"Arn\": ");
    compose_string(to, f, arn);
    compose_text(to, ", \"Type\": ");
    compose_made(to, f, arn, type_in_arn(to->arena, node_text(arn)));
    if (metadata->source && (!storage_put_text(to, metadata, metadata->source->root, "name", ", \"Name\": ", e) ||
                             !storage_member(metadata, metadata->source->root, "awsManaged", NODE_BOOL, &managed, e)))
        return false;
    if (managed) {
        compose_text(to, ", \"AwsManaged\": ");
        compose_mark(to, metadata, managed);
        compose_text(to, node_is_true(managed) ? "true" : "false");
    }
    compose_text(to, "}");
    return true;
}

/*
 * Where a type is enabled each target has a policy of it (an SCP at least, RCPFullAWSAccess), so an empty list is what
 * a refusal left.
 */
fetch_result storage_policies_of(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    str type = call->argument, target = str_cut(&type, ',');
    bool account = str_is_account_id(target), scps = str_is(type, folder_types[0]);
    const struct kept_file *f = account ? &s->accounts : &s->units;
    const node *entry = map_get(account ? &s->account_entries : &s->unit_entries, target), *list;
    size_t count = 0;
    if (!scps && !str_is(type, folder_types[1]))
        return FETCH_ABSENT;
    if (!storage_member(f, entry, folders[!scps], NODE_LIST, &list, e))
        return FETCH_FAILED;
    if (!node_count(list))
        return FETCH_ABSENT;
    compose_mark(to, f, list);
    compose_text(to, "{\"Policies\": [");
    for (NODE_EACH(arn, list)) {
        struct kept_file metadata;
        compose_text(to, count++ ? ", " : "");
        if (!is_text(f, arn, e) ||
            !read_below(s, to->arena, folders[!scps], storage_last_part(node_text(arn)), NULL, &metadata, NULL, e) ||
            !put_summary(to, f, arn, &metadata, e))
            return FETCH_FAILED;
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

fetch_result storage_policy(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    struct kept_file metadata, text;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!read_below(s, to->arena, folders[i], call->argument, "policy.json", &metadata, &text, e))
            return FETCH_FAILED;
        if (!text.source)
            continue;
        compose_mark(to, &text, text.source->root);
        compose_text(to, "{\"Policy\": {\"PolicySummary\": ");
        if (!put_summary(to, &metadata, node_get(metadata.source->root, "arn"), &metadata, e))
            return FETCH_FAILED;
        compose_text(to, ", \"Content\": ");
        compose_quoted(to, &text);
        compose_text(to, "}");
        return FETCH_DONE;
    }
    return FETCH_ABSENT;
}

fetch_result storage_administrators(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->delegated;
    size_t count = 0;
    (void)call;
    if (!f->source)
        return FETCH_ABSENT;
    compose_mark(to, f, f->source->root);
    compose_text(to, "{\"DelegatedAdministrators\": [");
    for (NODE_EACH(service, f->source->root)) {
        const node *accounts;
        if (!storage_member(f, f->source->root, node_key(service).ptr, NODE_LIST, &accounts, e))
            return FETCH_FAILED;
        for (NODE_EACH(id, accounts)) {
            if (!is_text(f, id, e))
                return FETCH_FAILED;
            compose_text(to, count++ ? ", " : "");
            compose_mark(to, f, id);
            compose_text(to, "{\"Id\": ");
            compose_string(to, f, id);
            compose_text(to, "}");
        }
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

/* The services that list the account; none: nothing shows that there is none. */
fetch_result storage_services(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->delegated;
    size_t count = 0;
    (void)e;
    for (NODE_EACH(service, f->source ? f->source->root : NULL)) {
        const node *listed = NULL;
        for (NODE_EACH(id, service))
            if (str_eq(node_text(id), call->argument))
                listed = id;
        if (!listed)
            continue;
        compose_mark(to, f, listed);
        compose_text(to, count++ ? ", {\"ServicePrincipal\": " : "{\"DelegatedServices\": [{\"ServicePrincipal\": ");
        compose_made(to, f, listed, node_key(service));
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return count ? FETCH_DONE : FETCH_ABSENT;
}

fetch_result storage_tags(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    const struct kept_file *f = &s->accounts;
    const node *tags;
    size_t count = 0;
    if (!storage_member(f, map_get(&s->account_entries, call->argument), "tags", NODE_OBJECT, &tags, e))
        return FETCH_FAILED;
    if (!node_count(tags))
        return FETCH_ABSENT;
    compose_mark(to, f, tags);
    compose_text(to, "{\"Tags\": [");
    for (NODE_EACH(tag, tags)) {
        if (!is_text(f, tag, e))
            return FETCH_FAILED;
        compose_text(to, count++ ? ", {\"Key\": " : "{\"Key\": ");
        compose_made(to, f, tag, node_key(tag));
        compose_text(to, ", \"Value\": ");
        compose_string(to, f, tag);
        compose_text(to, "}");
    }
    compose_text(to, "]");
    return FETCH_DONE;
}

fetch_result storage_resource_policy(const struct storage *s, struct composer *to, const struct call *call, error *e)
{
    struct kept_file policy;
    (void)call;
    if (!s->organization.len)
        return FETCH_ABSENT;
    if (!storage_read(s, to->arena, arena_printf(to->arena, "%.*s/policy.json", STR_ARG(s->organization)), &policy, e))
        return FETCH_FAILED;
    if (!policy.source)
        return FETCH_ABSENT;
    compose_mark(to, &policy, policy.source->root);
    compose_text(to, "{\"ResourcePolicy\": {\"Content\": ");
    compose_quoted(to, &policy);
    compose_text(to, "}");
    return FETCH_DONE;
}
