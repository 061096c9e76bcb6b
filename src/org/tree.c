/* tree.c - roots, organizational units and the place of each account among them. */
#include "org/load.h"

enum { DEEPEST = 64 }; /* AWS allows 5 levels of OUs; this only bounds the walk */

static struct unit *add_unit(struct load *l, str id)
{
    void **slot = map_at(l->arena, &l->org->units_by_id, id);
    if (!*slot) {
        struct unit *u = NEW(l->arena, struct unit);
        u->id = id;
        *slot = u;
        *VEC_PUSH(l->arena, &l->units) = u;
    }
    return *slot;
}

bool load_is_nearly_a_type(str name)
{
    for (int t = 0; t < POLICY_TYPE_COUNT; t++) {
        size_t distance = str_distance(name, str_from(policy_type_names[t]), 3);
        if (distance > 0 ? distance <= 3 : !str_is(name, policy_type_names[t]))
            return true;
    }
    return false;
}

static bool load_policy_types(struct load *l, const struct capture_doc *d, const node *root)
{
    struct organization *o = l->org;
    const node *types;
    if (!member_list(d->source, root, "PolicyTypes", &types, l->error))
        return false;
    if (!types)
        return true;
    tri before[POLICY_TYPE_COUNT];
    bool second = o->types_place.source != NULL;
    memcpy(before, o->types_enabled, sizeof before);
    o->types_place = (struct place){d->source, types};
    for (int t = 0; t < POLICY_TYPE_COUNT; t++)
        o->types_enabled[t] = TRI_NO;
    bool nameless = false;
    for (NODE_EACH(item, types)) {
        str name, status;
        if (!member_text(d->source, item, "Type", &name, l->error) ||
            !member_text(d->source, item, "Status", &status, l->error))
            return false;
        nameless |= !name.len || load_is_nearly_a_type(name);
        for (int t = 0; t < POLICY_TYPE_COUNT; t++)
            if (str_is(name, policy_type_names[t]))
                o->types_enabled[t] = str_is(status, "ENABLED") ? TRI_YES : TRI_UNKNOWN; /* PENDING_... */
    }
    for (int t = 0; nameless && t < POLICY_TYPE_COUNT; t++) /* one without a name may be any */
        if (o->types_enabled[t] == TRI_NO)
            o->types_enabled[t] = TRI_UNKNOWN;
    for (int t = 0; second && t < POLICY_TYPE_COUNT; t++) /* an organization has one root: two must at least agree */
        if (o->types_enabled[t] != before[t])
            o->types_enabled[t] = TRI_UNKNOWN;
    return true;
}

static bool load_roots(struct load *l)
{
    struct organization *o = l->org;
    struct capture_doc *d = &o->roots;
    if (!load_capture(l, CAPTURE_LIST_ROOTS, (str){0}, d))
        return false;
    for (NODE_EACH(item, node_get(d->root, "Roots"))) {
        str id, name, arn;
        if (!member_text(d->source, item, "Id", &id, l->error) ||
            !member_text(d->source, item, "Name", &name, l->error) ||
            !member_text(d->source, item, "Arn", &arn, l->error))
            return false;
        if (!str_starts(id, STR("r-")))
            return source_error(d->source, item, l->error, "a root without an \"Id\" that begins with \"r-\"");
        struct unit *u = add_unit(l, id);
        if (u->is_root)
            return source_error(d->source, item, l->error, "root %.*s is listed twice", STR_ARG(id));
        *u = (struct unit){
            .id = id, .name = name, .is_root = true, .in_list = true, .place = {d->source, item}
        };
        load_check_arn(l, d, item, arn);
        if (!load_policy_types(l, d, item))
            return false;
    }
    if (node_count(node_get(d->root, "Roots")) == 0 && d->state == CAPTURE_WHOLE) {
        d->state = CAPTURE_UNKNOWN; /* every organization has one root */
        d->why = STR("list-roots shows no root");
    }
    l->tree_cut = l->lists_cut = d->state != CAPTURE_WHOLE;
    if (str_is(o->feature_set, "CONSOLIDATED_BILLING"))
        for (int t = 0; t < POLICY_TYPE_COUNT; t++)
            o->types_enabled[t] = TRI_NO; /* no policies exist there at all */
    return true;
}

static bool set_parent(struct load *l, struct unit *child, struct unit *parent, struct place at)
{
    if (child->parent && child->parent != parent)
        return source_error(at.source, at.node, l->error, "%.*s has the parent %.*s here and %.*s in %.*s",
                            STR_ARG(child->id), STR_ARG(parent->id), STR_ARG(child->parent->id),
                            STR_ARG(child->place.source->file));
    child->parent = parent;
    if (!child->place.source)
        child->place = at;
    return true;
}

static bool load_children(struct load *l, struct unit *parent)
{
    struct capture_doc d;
    if (!load_capture(l, CAPTURE_LIST_OUS_FOR_PARENT, parent->id, &d))
        return false;
    l->tree_cut |= d.state != CAPTURE_WHOLE;
    l->lists_cut |= d.state != CAPTURE_WHOLE && parent->in_list;
    if (d.state == CAPTURE_WHOLE)
        parent->ous_whole = d.path;
    for (NODE_EACH(item, node_get(d.root, "OrganizationalUnits"))) {
        str id, name, arn;
        if (!member_text(d.source, item, "Id", &id, l->error) ||
            !member_text(d.source, item, "Name", &name, l->error) ||
            !member_text(d.source, item, "Arn", &arn, l->error))
            return false;
        if (!str_starts(id, STR("ou-")))
            return source_error(d.source, item, l->error,
                                "an organizational unit without an \"Id\" that begins with \"ou-\"");
        struct unit *u = add_unit(l, id);
        u->name = name;
        u->in_list = true;
        load_check_arn(l, &d, item, arn);
        if (u == parent || !set_parent(l, u, parent, (struct place){d.source, item}))
            return source_error(d.source, item, l->error, "%.*s is listed as its own child", STR_ARG(id));
    }
    return true;
}

static bool place_account(struct load *l, struct org_account *account, struct unit *parent, struct place at)
{
    if (account->parent && account->parent != parent)
        load_contradiction(l, account, at, "account %.*s is in %.*s here and in %.*s in %.*s", STR_ARG(account->id),
                           STR_ARG(parent->id), STR_ARG(account->parent->id),
                           STR_ARG(account->parent_place.source->file));
    if (!account->parent) {
        account->parent = parent;
        account->parent_place = at;
    }
    return true;
}

static bool load_accounts_of(struct load *l, struct unit *parent)
{
    struct capture_doc d;
    if (!load_capture(l, CAPTURE_LIST_ACCOUNTS_FOR_PARENT, parent->id, &d))
        return false;
    if (d.state == CAPTURE_WHOLE)
        parent->accounts_whole = d.path;
    for (NODE_EACH(item, node_get(d.root, "Accounts"))) {
        struct org_account *account = load_see_account(l, &d, item);
        if (!account)
            return false;
        place_account(l, account, parent, (struct place){d.source, item});
        account->in_list_of_parent = true;
    }
    return true;
}

/* organizations/list-parents/<child>: gives the parent's id; empty when it was not captured. */
static bool load_parent_of(struct load *l, str child, struct unit **parent, struct place *at)
{
    struct capture_doc d;
    *parent = NULL;
    if (!load_capture(l, CAPTURE_LIST_PARENTS, child, &d))
        return false;
    const node *list = node_get(d.root, "Parents"), *item = node_first(list);
    if (!item)
        return true;
    str id;
    if (!member_text(d.source, item, "Id", &id, l->error))
        return false;
    if (node_count(list) > 1 || !(str_starts(id, STR("ou-")) || str_starts(id, STR("r-"))))
        return source_error(d.source, item, l->error, "expected exactly one parent, a root (r-...) or an OU (ou-...)");
    *at = (struct place){d.source, item};
    *parent = add_unit(l, id);
    if (!(*parent)->named_by.len)
        (*parent)->named_by = d.source->file;
    if (!str_starts(id, STR("r-")))
        return true;
    if (!(*parent)->is_root && l->org->roots.state == CAPTURE_WHOLE)
        return source_error(d.source, item, l->error, "root %.*s is not in organizations/list-roots.json", STR_ARG(id));
    (*parent)->is_root = true;
    return true;
}

static bool load_unit(struct load *l, struct unit *u)
{
    struct unit *parent;
    struct place at;
    if (!load_children(l, u) || !load_accounts_of(l, u))
        return false;
    if (u->is_root)
        return true;
    return load_parent_of(l, u->id, &parent, &at) && (!parent || set_parent(l, u, parent, at));
}

/* Grows while it is walked: every OU found is asked for its own. */
static bool load_units(struct load *l, size_t *done)
{
    while (*done < l->units.count)
        if (!load_unit(l, l->units.items[(*done)++]))
            return false;
    return true;
}

/* Roots and OUs that a file is named for, whether a list shows them or not. */
static bool add_named_units(struct load *l)
{
    static const capture_kind kinds[] = {CAPTURE_LIST_OUS_FOR_PARENT, CAPTURE_LIST_ACCOUNTS_FOR_PARENT,
                                         CAPTURE_LIST_PARENTS, CAPTURE_LIST_POLICIES_FOR_TARGET};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const str *ids;
        size_t count;
        if (!snapshot_arguments(l->arena, l->org->snapshot, kinds[k], &ids, &count, l->error))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (str_is_account_id(ids[i]))
                continue;
            struct unit *u = add_unit(l, ids[i]);
            u->is_root = str_starts(ids[i], STR("r-"));
            if (!u->named_by.len)
                u->named_by =
                    arena_printf(l->arena, "organizations/%s/%.*s%s", captures[kinds[k]].operation, STR_ARG(ids[i]),
                                 kinds[k] == CAPTURE_LIST_POLICIES_FOR_TARGET ? "" : ".json");
        }
    }
    return true;
}

/* The same for accounts: one that has a folder is judged, be it that no list shows it. */
static bool add_named_accounts(struct load *l)
{
    static const capture_kind kinds[] = {CAPTURE_COUNT, CAPTURE_LIST_PARENTS, CAPTURE_LIST_POLICIES_FOR_TARGET,
                                         CAPTURE_LIST_DELEGATED_SERVICES, CAPTURE_LIST_TAGS_FOR_RESOURCE};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const str *ids;
        size_t count;
        if (!snapshot_arguments(l->arena, l->org->snapshot, kinds[k], &ids, &count, l->error))
            return false;
        for (size_t i = 0; i < count; i++)
            if (str_is_account_id(ids[i]))
                (void)load_add_account(l, ids[i]);
    }
    return true;
}

static bool load_parents_of_accounts(struct load *l)
{
    struct unit *parent;
    struct place at;
    for (size_t i = 0; i < l->accounts.count; i++) {
        if (!load_parent_of(l, l->accounts.items[i]->id, &parent, &at))
            return false;
        if (parent)
            place_account(l, l->accounts.items[i], parent, at);
    }
    return true;
}

/* A root or OU that its list lacks though the list is whole. */
static bool check_unit(const struct load *l, const struct unit *u)
{
    if (u->in_list)
        return true;
    if (u->is_root)
        return l->org->roots.state != CAPTURE_WHOLE ||
               error_at(l->error, u->named_by, 0, 0,
                        "is of root %.*s, which organizations/list-roots.json does not list", STR_ARG(u->id));
    if (u->parent && u->parent->ous_whole.len)
        return source_error(u->place.source, u->place.node, l->error,
                            "says that %.*s stands in %.*s, %.*s.json does not list it", STR_ARG(u->id),
                            STR_ARG(u->parent->id), STR_ARG(u->parent->ous_whole));
    if (u->parent || l->lists_cut)
        return true;
    return error_at(
        l->error, u->named_by, 0, 0,
        "is of %.*s, which no organizations/list-organizational-units-for-parent/*.json lists, though these are whole",
        STR_ARG(u->id));
}

/* An account where list-parents puts it, and the list of that parent lacks it. */
static void check_account(struct load *l, struct org_account *account)
{
    const struct unit *parent = account->parent;
    if (parent && !account->in_list_of_parent && parent->accounts_whole.len)
        load_contradiction(l, account, account->parent_place,
                           "says that account %.*s stands in %.*s, %.*s.json does not list it", STR_ARG(account->id),
                           STR_ARG(parent->id), STR_ARG(parent->accounts_whole));
}

static bool anchor(struct load *l, struct unit *u, size_t depth)
{
    if (depth > DEEPEST)
        return source_error(u->place.source, u->place.node, l->error, "the organizational units form a ring at %.*s",
                            STR_ARG(u->id));
    if (u->path.len)
        return true;
    str name = u->name.len ? u->name : u->is_root ? STR("Root") : u->id;
    if (u->is_root || !u->parent) {
        u->anchored = u->is_root;
        u->path = arena_printf(l->arena, "%s%.*s", u->is_root ? "/" : "…/", STR_ARG(name));
        return true;
    }
    if (!anchor(l, u->parent, depth + 1))
        return false;
    u->anchored = u->parent->anchored;
    u->depth = u->parent->depth + 1;
    u->path = arena_printf(l->arena, "%.*s/%.*s", STR_ARG(u->parent->path), STR_ARG(name));
    return true;
}

/* One of an account's "Paths" ("o-…/r-…/ou-…/", perhaps with the account id) against its place in the tree. */
static bool is_path_of(const struct load *l, const struct org_account *account, str text)
{
    size_t count, at = 0;
    bool known;
    const struct unit **chain = unit_chain(l->arena, account->parent, &count, &known);
    while (text.len) {
        str part = str_cut(&text, '/');
        bool unit = str_starts(part, STR("r-")) || str_starts(part, STR("ou-"));
        if (unit && (at == count || !str_eq(part, chain[at++]->id)))
            return false;
        if (str_starts(part, STR("o-")) && l->org->id.len && !str_eq(part, l->org->id))
            return false;
        if (str_is_account_id(part) && !str_eq(part, account->id))
            return false;
    }
    return at == count;
}

/* Account.Paths: a second witness of the place in the tree. */
static bool check_paths(struct load *l, struct org_account *account)
{
    const source *s = account->place.source;
    const node *paths;
    if (!s || !account->parent || !account->parent->anchored)
        return true;
    if (!member_list(s, account->place.node, "Paths", &paths, l->error))
        return false;
    for (NODE_EACH(item, paths)) {
        if (!node_is_string(item))
            return source_error(s, item, l->error, "a path is %s; expected a text", node_kind_name(item));
        if (!is_path_of(l, account, node_text(item)))
            load_contradiction(l, account, (struct place){s, item},
                               "\"Paths\" puts account %.*s into %.*s, %.*s into %.*s", STR_ARG(account->id),
                               STR_ARG(node_text(item)), STR_ARG(account->parent_place.source->file),
                               STR_ARG(account->parent->id));
    }
    return true;
}

bool load_tree(struct load *l)
{
    size_t done = 0;
    if (!load_roots(l) || !load_units(l, &done) || !add_named_units(l) || !load_units(l, &done) ||
        !add_named_accounts(l) || !load_parents_of_accounts(l) || !load_units(l, &done))
        return false;
    for (size_t i = 0; i < l->units.count; i++)
        if (!anchor(l, l->units.items[i], 0) || !check_unit(l, l->units.items[i]))
            return false;
    for (size_t i = 0; i < l->accounts.count; i++) {
        check_account(l, l->accounts.items[i]);
        if (!check_paths(l, l->accounts.items[i]))
            return false;
    }
    l->org->units = l->units.items;
    l->org->unit_count = l->units.count;
    return true;
}

const struct unit **unit_chain(arena *a, const struct unit *u, size_t *count, bool *known)
{
    *known = u && u->anchored;
    *count = 0;
    for (const struct unit *up = u; up; up = up->parent)
        ++*count;
    const struct unit **chain = NEW_ARRAY(a, const struct unit *, *count);
    size_t at = *count;
    for (const struct unit *up = u; up; up = up->parent)
        chain[--at] = up;
    return chain;
}

bool account_in_ou(const struct org_account *account, str ou)
{
    for (const struct unit *up = account->parent; up; up = up->parent)
        if (str_eq(up->id, ou) || str_eq(up->path, ou))
            return true;
    return false;
}
