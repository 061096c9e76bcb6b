/*
 * attachments.c - the policies of each type and where they are attached.
 *
 * What is attached to a target is known when list-policies of the type and the targets of each policy that it lists are
 * whole, or when list-policies-for-target of the target is. While SCPs are enabled every root, OU and account carries
 * at least one (Organizations API Reference, DetachPolicy), so a target without any proves that the captures are cut.
 */
#include "org/load.h"

struct targets {
    VEC(const struct org_policy *) policies;
    bool whole_itself; /* list-policies-for-target is whole */
    struct capture_doc own;
};

struct attaching {
    struct load *load;
    policy_type type;
    struct map by_target;    /* target id -> struct targets */
    struct capture_doc list; /* list-policies */
    bool all_whole;          /* it, and each policy's targets */
    str why;
};

static struct targets *targets_of(struct attaching *t, str id)
{
    void **slot = map_at(t->load->arena, &t->by_target, id);
    if (!*slot)
        *slot = NEW(t->load->arena, struct targets);
    return *slot;
}

static void not_whole(struct attaching *t, str why)
{
    t->all_whole = false;
    if (!t->why.len)
        t->why = why;
}

/* ---- the text of a policy ---- */

/* Each distinct text is parsed once; where it was met stays told for each. NULL: error. */
static const struct policy *read_content(struct load *l, const source *s, const node *at, str content)
{
    void **slot = map_at(l->arena, &l->texts, content);
    const struct policy *same = *slot;
    if (same) {
        source *here = NEW(l->arena, source);
        *here = *same->source;
        here->file = s->file;
        here->outer = s;
        here->outer_node = at;
        return policy_met(l->arena, same, here);
    }
    source *inner = source_inner(l->arena, s, at, l->error);
    const struct policy *read = inner ? policy_parse(l->arena, inner, inner->root, l->error) : NULL;
    *slot = (void *)(uintptr_t)read; /* an error ends the loading */
    return read;
}

static bool load_text(struct load *l, struct org_policy *p)
{
    struct capture_doc d;
    if (!load_capture(l, CAPTURE_DESCRIBE_POLICY, p->id, &d))
        return false;
    p->text_path = d.path;
    p->why = d.why;
    const node *policy = node_get(d.root, "Policy"), *summary;
    if (!policy)
        return true;
    str id, type, arn, content;
    if (!member_object(d.source, policy, "PolicySummary", &summary, l->error) ||
        !member_text(d.source, summary, "Id", &id, l->error) ||
        !member_text(d.source, summary, "Type", &type, l->error) ||
        !member_text(d.source, summary, "Arn", &arn, l->error) ||
        !member_text(d.source, policy, "Content", &content, l->error))
        return false;
    if (id.len && !str_eq(id, p->id))
        return source_error(d.source, node_get(summary, "Id"), l->error,
                            "the file is named for policy %.*s and holds %.*s", STR_ARG(p->id), STR_ARG(id));
    if (type.len && p->type.len && !str_eq(type, p->type))
        return source_error(d.source, node_get(summary, "Type"), l->error,
                            "policy %.*s is a %.*s here and a %.*s in list-policies", STR_ARG(p->id), STR_ARG(type),
                            STR_ARG(p->type));
    load_check_arn(l, &d, summary, arn);
    if (!id.len) {
        p->why = arena_printf(l->arena, "%.*s.json does not say which policy it holds", STR_ARG(d.path));
        return true;
    }
    if (!content.ptr) {
        p->why = arena_printf(l->arena, "%.*s.json has no \"Content\"", STR_ARG(d.path));
        return true;
    }
    const node *at = node_get(policy, "Content");
    p->text = (struct place){d.source, at};
    p->policy = read_content(l, d.source, at, content);
    if (p->policy && !p->policy->count) /* IAM User Guide, "Grammar": at least one; a restriction was lost here */
        return source_error(
            d.source, at, l->error,
            "\"Statement\" is an empty list; expected at least one statement: capture the policy again");
    return p->policy != NULL;
}

static struct org_policy *see_policy(struct attaching *t, const struct capture_doc *d, const node *item)
{
    struct load *l = t->load;
    str id, name, type, arn;
    tri managed;
    if (!member_text(d->source, item, "Id", &id, l->error) || !member_text(d->source, item, "Name", &name, l->error) ||
        !member_text(d->source, item, "Type", &type, l->error) ||
        !member_text(d->source, item, "Arn", &arn, l->error) ||
        !member_bool(d->source, item, "AwsManaged", &managed, l->error))
        return NULL;
    if (!str_starts(id, STR("p-")))
        return source_error(d->source, item, l->error, "a policy without an \"Id\" that begins with \"p-\""), NULL;
    if (type.len && !str_is(type, policy_type_names[t->type]))
        return source_error(d->source, item, l->error, "policy %.*s is a %.*s; this list is of %s", STR_ARG(id),
                            STR_ARG(type), policy_type_names[t->type]),
               NULL;
    load_check_arn(l, d, item, arn);
    void **slot = map_at(l->arena, &l->org->policies_by_id, id);
    if (*slot)
        return *slot;
    struct org_policy *p = NEW(l->arena, struct org_policy);
    *slot = p;
    *p = (struct org_policy){
        .id = id, .name = name, .type = str_from(policy_type_names[t->type]), .aws_managed = managed};
    *VEC_PUSH(l->arena, &l->policies) = p;
    return load_text(l, p) ? p : NULL;
}

/* ---- where it is attached ---- */

static bool attach(struct attaching *t, str target, const struct org_policy *p)
{
    struct targets *at = targets_of(t, target);
    for (size_t i = 0; i < at->policies.count; i++)
        if (at->policies.items[i] == p)
            return true;
    *VEC_PUSH(t->load->arena, &at->policies) = p;
    return true;
}

/* A target that is none of the OUs or accounts, though all of those are captured: the policy may be attached anywhere.
 */
static bool is_nowhere(const struct load *l, str target)
{
    if (str_is_account_id(target))
        return l->org->list_accounts.state == CAPTURE_WHOLE && !map_get(&l->org->accounts_by_id, target);
    return !l->tree_cut && !map_get(&l->org->units_by_id, target);
}

/* The id of a root, OU or account, as it stands: "300400500600 " would attach the policy to nothing. */
static bool is_target(str id)
{
    if (str_is_account_id(id))
        return true;
    for (size_t i = 0; i < id.len; i++)
        if (!(id.ptr[i] >= 'a' && id.ptr[i] <= 'z') && !ascii_is_digit(id.ptr[i]) && id.ptr[i] != '-')
            return false;
    return str_starts(id, STR("r-")) || str_starts(id, STR("ou-"));
}

static bool load_targets(struct attaching *t, const struct org_policy *p)
{
    struct load *l = t->load;
    struct capture_doc d;
    if (!load_capture(l, CAPTURE_LIST_TARGETS_FOR_POLICY, p->id, &d))
        return false;
    if (d.state == CAPTURE_UNKNOWN)
        not_whole(t, d.why);
    if (d.state == CAPTURE_CUT)
        not_whole(t, arena_printf(l->arena, "%.*s.json was cut off", STR_ARG(d.path)));
    for (NODE_EACH(item, node_get(d.root, "Targets"))) {
        str id, arn;
        if (!member_text(d.source, item, "TargetId", &id, l->error) ||
            !member_text(d.source, item, "Arn", &arn, l->error))
            return false;
        if (!is_target(id))
            return source_error(d.source, node_get(item, "TargetId") ? node_get(item, "TargetId") : item, l->error,
                                "a target without a \"TargetId\" that is the id of a root, OU or account");
        load_check_arn(l, &d, item, arn);
        attach(t, id, p);
        if (is_nowhere(l, id))
            not_whole(t, arena_printf(l->arena, "%.*s.json names the target %.*s, which no capture shows",
                                      STR_ARG(d.path), STR_ARG(id)));
    }
    return true;
}

static bool load_policies(struct attaching *t)
{
    struct load *l = t->load;
    struct capture_doc *d = &t->list;
    if (!load_capture(l, CAPTURE_LIST_POLICIES, str_from(policy_type_names[t->type]), d))
        return false;
    t->all_whole = d->state == CAPTURE_WHOLE;
    t->why = d->state == CAPTURE_CUT ? arena_printf(l->arena, "%.*s.json was cut off", STR_ARG(d->path)) : d->why;
    for (NODE_EACH(item, node_get(d->root, "Policies"))) {
        struct org_policy *p = see_policy(t, d, item);
        if (!p || !load_targets(t, p))
            return false;
        p->listed = true;
    }
    return true;
}

/* One that is shown elsewhere: a list that is whole must show it too. */
static bool check_listed(const struct attaching *t, const struct org_policy *p, const struct capture_doc *d,
                         const node *item)
{
    return p->listed || t->list.state != CAPTURE_WHOLE ||
           source_error(d->source, item, t->load->error,
                        "shows policy %.*s, %.*s.json does not list it, though it is whole", STR_ARG(p->id),
                        STR_ARG(t->list.path));
}

/* ---- policies that files are named for, and that no list shows ---- */

/* The ids of a whole or cut list of any type; types of which nobody asks for the policies, too. */
static bool note_other_types(struct load *l, struct map *known)
{
    const str *types;
    size_t count;
    if (!snapshot_arguments(l->arena, l->org->snapshot, CAPTURE_LIST_POLICIES, &types, &count, l->error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct capture_doc d;
        bool ours = load_is_nearly_a_type(types[i]);
        for (int t = 0; t < POLICY_TYPE_COUNT; t++)
            ours |= str_is(types[i], policy_type_names[t]);
        if (ours)
            continue;
        if (!load_capture(l, CAPTURE_LIST_POLICIES, types[i], &d))
            return false;
        for (NODE_EACH(item, node_get(d.root, "Policies"))) {
            str id;
            if (!member_text(d.source, item, "Id", &id, l->error))
                return false;
            if (id.len)
                *map_at(l->arena, known, id) = l;
        }
    }
    return true;
}

/* Of another type by its own word: nothing that decides about a call. */
static bool is_of_another_type(str type)
{
    for (int t = 0; t < POLICY_TYPE_COUNT; t++)
        if (str_is(type, policy_type_names[t]))
            return false;
    return type.len && !load_is_nearly_a_type(type);
}

/* What the captures of an unlisted policy show counts, be its list cut off; who it is must be known. */
static bool load_unlisted(struct attaching *types, const struct map *others, str id, str named_by)
{
    struct load *l = types->load;
    struct capture_doc d;
    const node *summary;
    str type;
    if (!load_capture(l, CAPTURE_DESCRIBE_POLICY, id, &d) ||
        !member_object(d.source, node_get(d.root, "Policy"), "PolicySummary", &summary, l->error) ||
        !member_text(d.source, summary, "Type", &type, l->error))
        return false;
    if (is_of_another_type(type) || (!type.len && map_get(others, id)))
        return true;
    for (int t = 0; t < POLICY_TYPE_COUNT; t++) {
        if (!str_is(type, policy_type_names[t])) {
            if (!type.len || load_is_nearly_a_type(type))
                not_whole(&types[t],
                          arena_printf(l->arena, "%.*s is about a policy that no list shows", STR_ARG(named_by)));
            continue;
        }
        struct org_policy *p = see_policy(&types[t], &d, summary);
        if (!p || !check_listed(&types[t], p, &d, summary) || !load_targets(&types[t], p))
            return false;
    }
    return true;
}

static bool load_named_policies(struct attaching *types)
{
    static const capture_kind kinds[] = {CAPTURE_DESCRIBE_POLICY, CAPTURE_LIST_TARGETS_FOR_POLICY};
    struct load *l = types->load;
    struct map others = {0};
    if (!note_other_types(l, &others))
        return false;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const str *ids;
        size_t count;
        if (!snapshot_arguments(l->arena, l->org->snapshot, kinds[k], &ids, &count, l->error))
            return false;
        for (size_t i = 0; i < count; i++) {
            str named_by =
                arena_printf(l->arena, "organizations/%s/%.*s", captures[kinds[k]].operation, STR_ARG(ids[i]));
            if (!map_get(&l->org->policies_by_id, ids[i]) && !load_unlisted(types, &others, ids[i], named_by))
                return false;
        }
    }
    return true;
}

/* organizations/list-policies-for-target/<target>/<TYPE>: the equivalent capture. */
static bool load_for_target(struct attaching *t, str target)
{
    struct load *l = t->load;
    struct capture_doc d;
    str argument = arena_printf(l->arena, "%.*s,%s", STR_ARG(target), policy_type_names[t->type]);
    if (!load_capture(l, CAPTURE_LIST_POLICIES_FOR_TARGET, argument, &d))
        return false;
    if (d.state != CAPTURE_WHOLE && d.state != CAPTURE_CUT)
        return true;
    struct targets *at = targets_of(t, target);
    size_t before = at->policies.count, listed = 0;
    for (NODE_EACH(item, node_get(d.root, "Policies"))) {
        struct org_policy *p = see_policy(t, &d, item);
        if (!p)
            return false;
        if (!check_listed(t, p, &d, item))
            return false;
        attach(t, target, p);
        listed++;
    }
    at->whole_itself = d.state == CAPTURE_WHOLE;
    at->own = d;
    bool contradict =
        (at->whole_itself && listed < at->policies.count) || (t->all_whole && at->policies.count > before);
    if (contradict)
        return source_error(d.source, d.root, l->error,
                            "%.*s and list-targets-for-policy do not name the same policies for %.*s", STR_ARG(d.path),
                            STR_ARG(target));
    return true;
}

static void settle(struct attaching *t, str target, struct attachment *out)
{
    const struct targets *at = map_get(&t->by_target, target);
    bool enabled = t->load->org->types_enabled[t->type] != TRI_NO;
    *out = (struct attachment){.complete = t->all_whole || (at && at->whole_itself), .why = t->why};
    if (at) {
        out->items = at->policies.items;
        out->count = at->policies.count;
    }
    if (out->complete && out->count == 0 && enabled && t->type == POLICY_SCP) {
        out->complete = false;
        out->why = arena_printf(t->load->arena, "no captured SCP is attached to %.*s, so the captures are not whole",
                                STR_ARG(target));
    }
}

static bool load_targets_of_type(struct attaching *t)
{
    struct load *l = t->load;
    for (size_t i = 0; i < l->units.count; i++)
        if (!load_for_target(t, l->units.items[i]->id))
            return false;
    for (size_t i = 0; i < l->accounts.count; i++)
        if (!load_for_target(t, l->accounts.items[i]->id))
            return false;
    for (size_t i = 0; i < l->units.count; i++)
        settle(t, l->units.items[i]->id, &l->units.items[i]->attached[t->type]);
    for (size_t i = 0; i < l->accounts.count; i++)
        settle(t, l->accounts.items[i]->id, &l->accounts.items[i]->attached[t->type]);
    return true;
}

/* To disable a type detaches its policies (Organizations User Guide, "Disabling a policy type"): where some are
 * attached the captures disagree about whether it is. */
static void check_disabled(struct load *l, policy_type type)
{
    tri *enabled = &l->org->types_enabled[type];
    for (size_t i = 0; i < l->units.count && *enabled == TRI_NO; i++)
        if (l->units.items[i]->attached[type].count)
            *enabled = TRI_UNKNOWN;
    for (size_t i = 0; i < l->accounts.count && *enabled == TRI_NO; i++)
        if (l->accounts.items[i]->attached[type].count)
            *enabled = TRI_UNKNOWN;
}

bool load_attachments(struct load *l)
{
    struct attaching types[POLICY_TYPE_COUNT];
    for (int t = 0; t < POLICY_TYPE_COUNT; t++) {
        types[t] = (struct attaching){.load = l, .type = (policy_type)t};
        if (!load_policies(&types[t]))
            return false;
    }
    if (!load_named_policies(types))
        return false;
    for (int t = 0; t < POLICY_TYPE_COUNT; t++)
        if (!load_targets_of_type(&types[t]))
            return false;
    for (int t = 0; t < POLICY_TYPE_COUNT; t++)
        check_disabled(l, (policy_type)t);
    l->org->policies = l->policies.items;
    l->org->policy_count = l->policies.count;
    return true;
}
