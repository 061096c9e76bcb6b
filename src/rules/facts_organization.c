/* facts_organization.c - what the organization's side tells of an account: tags, policies, contacts, trusted access. */
#include "rules/facts_run.h"

static struct value of_type(struct value v, value_type type)
{
    v.type = type;
    return v;
}

/* ---- tags ---- */

struct value fact_account_tags(struct facts *f, route r)
{
    (void)r;
    const struct capture_doc *d = &f->account->tags;
    if (!capture_at_hand(d))
        return fact_not_captured(f, TYPE_LIST, d);
    const node *list = node_get(d->root, "Tags");
    struct element *items = NEW_ARRAY(f->arena, struct element, node_count(list));
    size_t count = 0;
    for (NODE_EACH(item, list)) {
        struct value *members = NEW_ARRAY(f->arena, struct value, 2); /* tag.key, tag.value */
        members[0] = fact_text(node_text(node_get(item, "Key")));
        members[1] = fact_text(node_text(node_get(item, "Value")));
        items[count++] = (struct element){
            .text = members[0].as.text, .members = members, .mark = facts_mark_at(f, d, item, (str){0})};
    }
    return fact_list(items, count, d->state == CAPTURE_WHOLE, STR("the tags were cut off"));
}

/* ---- SCPs and RCPs from the root to the account ---- */

struct in_effect {
    struct facts *facts;
    VEC(struct element) items;
    bool complete;
    str why;
};

static void not_complete(struct in_effect *in, str why)
{
    if (in->complete)
        in->why = why;
    in->complete = false;
}

static void add_policy(struct in_effect *in, const struct org_policy *p, str level, str level_path)
{
    struct facts *f = in->facts;
    struct value *members = NEW_ARRAY(f->arena, struct value, 5); /* policy.id, .name, .type, .level, .aws_managed */
    struct mark *m = NEW(f->arena, struct mark);
    str name = p->name.len ? p->name : p->id;
    members[0] = fact_text(p->id);
    members[1] = fact_text(p->name);
    members[2] = fact_text(p->type);
    members[3] = fact_text(level);
    members[4] = fact_tri(f, p->aws_managed, STR("list-policies does not tell whether AWS manages the policy"));
    *m = MARK_NONE;
    m->source = p->text.source;
    m->node = p->text.node;
    m->file = arena_printf(f->arena, "%.*s.json", STR_ARG(p->text_path));
    m->level = level;
    m->level_path = level_path;
    m->policy = p->id;
    m->policy_name = p->name;
    *VEC_PUSH(f->arena, &in->items) = (struct element){
        .text = arena_printf(f->arena, "%.*s at %.*s", STR_ARG(name), STR_ARG(level_path.len ? level_path : level)),
        .members = members,
        .mark = m};
}

static void add_level(struct in_effect *in, const struct attachment *attached, str level, str path)
{
    for (size_t i = 0; i < attached->count; i++)
        add_policy(in, attached->items[i], level, path);
    if (!attached->complete)
        not_complete(in, attached->why);
}

struct value fact_account_policies_in_effect(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct org_account *listed = f->account->listed;
    struct in_effect in = {.facts = f, .complete = true};
    size_t count;
    bool known;
    const struct unit **chain = unit_chain(f->arena, listed ? listed->parent : NULL, &count, &known);
    if (!known)
        not_complete(&in, STR("where the account stands in the organization was not captured"));
    for (int type = 0; type < POLICY_TYPE_COUNT; type++) {
        if (o->types_enabled[type] == TRI_NO)
            continue;
        if (o->types_enabled[type] == TRI_UNKNOWN)
            not_complete(&in, arena_printf(f->arena, "whether the type %s is enabled was not captured",
                                           policy_type_names[type]));
        for (size_t i = 0; i < count; i++)
            add_level(&in, &chain[i]->attached[type], chain[i]->id, chain[i]->path);
        if (listed)
            add_level(&in, &listed->attached[type], listed->id, (str){0});
    }
    if (!in.complete && !in.items.count)
        return fact_unknown(TYPE_LIST, in.why);
    return fact_list(in.items.items, in.items.count, in.complete, in.why);
}

/* ---- contacts ---- */

static struct value management_contact(struct facts *f, str text, const char *member)
{
    const struct account *m = f->run->management;
    return m ? facts_contact_of(f, m, text, member) : fact_not_captured(f, TYPE_STRING, &f->run->org->describe);
}

#define MANAGEMENT_CONTACT(field, member)                                                                              \
    struct value fact_management_contact_##field(struct facts *f, route r)                                             \
    {                                                                                                                  \
        (void)r;                                                                                                       \
        return management_contact(f, f->run->management ? f->run->management->contact.field : (str){0}, member);       \
    }
MANAGEMENT_CONTACT(full_name, "FullName")
MANAGEMENT_CONTACT(address_line1, "AddressLine1")
MANAGEMENT_CONTACT(city, "City")
MANAGEMENT_CONTACT(state_or_region, "StateOrRegion")
MANAGEMENT_CONTACT(postal_code, "PostalCode")
MANAGEMENT_CONTACT(country_code, "CountryCode")
MANAGEMENT_CONTACT(phone_number, "PhoneNumber")

static struct value alternate_contact(struct facts *f, size_t i)
{
    const struct capture_doc *d = &f->account->alternate[i];
    if (d->state == CAPTURE_NONE)
        return fact_absent(TYPE_STRING);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_STRING, d);
    struct value v = fact_text(f->account->alternate_email[i]);
    fact_mark_place(f, &v, d->source, node_get(d->root, "AlternateContact"), (str){0});
    return v;
}

struct value fact_alternate_contact_billing(struct facts *f, route r)
{
    (void)r;
    return alternate_contact(f, 0);
}

struct value fact_alternate_contact_operations(struct facts *f, route r)
{
    (void)r;
    return alternate_contact(f, 1);
}

struct value fact_alternate_contact_security(struct facts *f, route r)
{
    (void)r;
    return alternate_contact(f, 2);
}

/* ---- trusted access ---- */

struct value fact_org_service_access(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct capture_doc *d = &o->service_access;
    if (!capture_at_hand(d))
        return fact_not_captured(f, TYPE_LIST, d);
    struct element *items = NEW_ARRAY(f->arena, struct element, o->service_count);
    for (size_t i = 0; i < o->service_count; i++)
        items[i].text = o->services[i];
    struct value v =
        fact_list(items, o->service_count, d->state == CAPTURE_WHOLE, STR("the list of trusted services was cut off"));
    fact_mark_place(f, &v, d->source, node_get(d->root, "EnabledServicePrincipals"), (str){0});
    return v;
}

static bool holds_text(const struct value *list, str text)
{
    for (size_t i = 0; i < list->as.list.count; i++)
        if (str_eq(list->as.list.items[i].text, text))
            return true;
    return false;
}

/* Those that attested.reviewed_services lacks; nothing enabled needs no review. */
struct value fact_org_unreviewed_services(struct facts *f, route r)
{
    struct value all = fact_org_service_access(f, r);
    const struct value *reviewed = facts_field(f, "attested.reviewed_services", r);
    if (all.state != VALUE_KNOWN || (all.as.list.complete && !all.as.list.count))
        return all;
    if (reviewed->state == VALUE_UNKNOWN)
        return of_type(*reviewed, TYPE_LIST);
    struct element *items = NEW_ARRAY(f->arena, struct element, all.as.list.count);
    size_t count = 0;
    for (size_t i = 0; i < all.as.list.count; i++)
        if (!holds_text(reviewed, all.as.list.items[i].text))
            items[count++] = all.as.list.items[i];
    all.as.list.items = items;
    all.as.list.count = count;
    return all;
}

/* ---- the organization's resource policy ---- */

static bool names_account(const node *principal, str id)
{
    for (NODE_EACH(kind, node_is_object(principal) ? principal : NULL))
        for (const node *v = values_first(kind); v; v = values_next(kind, v)) {
            struct arn arn;
            if (str_eq(node_text(v), id) || (arn_parse(node_text(v), &arn) && str_eq(arn.account, id)))
                return true;
        }
    return false;
}

struct value fact_org_resource_policy_names_account(struct facts *f, route r)
{
    (void)r;
    const struct capture_doc *d =
        facts_capture(f, &f->run->shelves[0], CAPTURE_DESCRIBE_RESOURCE_POLICY, (str){0}, (str){0});
    if (d->state == CAPTURE_NONE)
        return fact_yes_no(false);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_BOOL, d);
    const node *content = node_get(node_get(d->root, "ResourcePolicy"), "Content");
    error e = {0};
    source *inner = node_is_string(content) ? source_inner(f->arena, d->source, content, &e) : NULL;
    const struct policy *p = inner ? policy_parse(f->arena, inner, inner->root, &e) : NULL;
    if (!p)
        return fact_unknown(TYPE_BOOL, STR("the organization's resource policy cannot be read"));
    bool odd = false;
    for (size_t i = 0; i < p->count; i++) {
        const struct statement *s = &p->statements[i];
        odd |= s->odd_principal || s->not_principal || s->odd;
        if (s->not_principal || !names_account(s->principal, f->account->id))
            continue;
        struct value v = fact_yes_no(true);
        fact_mark_place(f, &v, inner, s->node, STR("this statement names the account"));
        return v;
    }
    struct value v = fact_tri(f, odd ? TRI_UNKNOWN : TRI_NO,
                              STR("a statement of the organization's resource policy is not understood"));
    fact_mark_place(f, &v, d->source, content, (str){0});
    return v;
}

/* ---- billing transfers ---- */

/* ACCEPTED and not ended yet; UNKNOWN: a time that cannot be read. */
static tri is_active_transfer(const struct facts *f, const node *item)
{
    const node *end = node_get(item, "EndTimestamp");
    instant t;
    if (!str_is(node_text(node_get(item, "Status")), "ACCEPTED"))
        return TRI_NO;
    if (!end || node_is_null(end))
        return TRI_YES;
    return time_from_cli(node_text(end), &t) ? tri_of(t.seconds > f->run->as_of) : TRI_UNKNOWN;
}

struct value fact_org_billing_transfers(struct facts *f, route r)
{
    (void)r;
    const struct shelf *of = &f->run->shelves[0];
    struct sweep all = facts_sweep(f, of, CAPTURE_LIST_INBOUND_TRANSFERS, STR("BILLING"));
    struct sweep out = facts_sweep(f, of, CAPTURE_LIST_OUTBOUND_TRANSFERS, STR("BILLING"));
    VEC(struct element) items = {0};
    sweep_join(f, &all, &out);
    for (size_t i = 0; i < all.count; i++)
        for (NODE_EACH(item, node_get(all.docs[i]->root, "ResponsibilityTransfers"))) {
            tri active = is_active_transfer(f, item);
            if (active == TRI_NO)
                continue;
            str name = node_text(node_get(item, "Name"));
            *VEC_PUSH(f->arena, &items) =
                (struct element){.text = name.len ? name : node_text(node_get(item, "Id")),
                                 .mark = facts_mark_at(f, all.docs[i], item, STR("an active billing transfer"))};
        }
    return sweep_list(f, &all, items.items, items.count);
}

/* ---- effective management policies ---- */

/* Whether the root shows the type as anything but disabled. */
static tri type_enabled(const struct facts *f, str type)
{
    const struct organization *o = f->run->org;
    if (str_is(o->feature_set, "CONSOLIDATED_BILLING"))
        return TRI_NO;
    for (NODE_EACH(root, node_get(o->roots.root, "Roots")))
        for (NODE_EACH(t, node_get(root, "PolicyTypes")))
            if (str_eq(node_text(node_get(t, "Type")), type))
                return TRI_YES;
    return o->roots.state == CAPTURE_WHOLE ? TRI_NO : TRI_UNKNOWN;
}

/* An empty document takes nothing away. */
static bool is_empty_policy(const node *effective)
{
    str text = node_text(node_get(effective, "PolicyContent"));
    return node_get(effective, "PolicyContent") && (str_is_blank(text) || str_is(text, "{}"));
}

static struct value has_effective(struct facts *f, str type)
{
    if (type_enabled(f, type) == TRI_NO) {
        struct value v = fact_yes_no(false);
        fact_mark_place(f, &v, f->run->org->roots.source, f->run->org->types_place.node,
                        arena_printf(f->arena, "%.*s is not enabled", STR_ARG(type)));
        return v;
    }
    const struct capture_doc *d =
        facts_capture(f, facts_own_shelf(f), CAPTURE_DESCRIBE_EFFECTIVE_POLICY, (str){0}, type);
    if (d->state == CAPTURE_NONE)
        return fact_yes_no(false);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_BOOL, d);
    const node *effective = node_get(d->root, "EffectivePolicy");
    struct value v = fact_yes_no(!is_empty_policy(effective));
    fact_mark_place(f, &v, d->source, effective, v.as.yes ? STR("this policy is in effect") : (str){0});
    return v;
}

#define EFFECTIVE(field, type)                                                                                         \
    struct value fact_effective_##field(struct facts *f, route r)                                                      \
    {                                                                                                                  \
        (void)r;                                                                                                       \
        return has_effective(f, STR(type));                                                                            \
    }
EFFECTIVE(declarative_ec2, "DECLARATIVE_POLICY_EC2")
EFFECTIVE(backup, "BACKUP_POLICY")
EFFECTIVE(tag, "TAG_POLICY")
EFFECTIVE(ai_opt_out, "AISERVICES_OPT_OUT_POLICY")
EFFECTIVE(chatbot, "CHATBOT_POLICY")

/* Any of the types; false only when each is. */
struct value fact_effective_security_services(struct facts *f, route r)
{
    (void)r;
    str types = STR(SECURITY_POLICY_TYPES);
    struct value open = fact_yes_no(false);
    while (types.len) {
        struct value v = has_effective(f, str_cut(&types, ' '));
        if (v.state == VALUE_KNOWN && v.as.yes)
            return v;
        if (v.state == VALUE_UNKNOWN && open.state == VALUE_KNOWN)
            open = v;
    }
    return open;
}

/* ---- partition.* ---- */

struct value fact_partition_govcloud_account(struct facts *f, route r)
{
    (void)r;
    const struct capture_doc *d =
        facts_capture(f, facts_own_shelf(f), CAPTURE_GET_GOVCLOUD_ACCOUNT, (str){0}, (str){0});
    if (d->state == CAPTURE_NONE)
        return fact_absent(TYPE_STRING);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_STRING, d);
    struct value v = fact_text(node_text(node_get(d->root, "GovCloudAccountId")));
    fact_mark_place(f, &v, d->source, node_get(d->root, "GovCloudAccountId"), (str){0});
    return v;
}
