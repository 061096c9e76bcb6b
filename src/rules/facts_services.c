/* facts_services.c - what captures of other AWS services show: what the organization gives and takes away again. */
#include "rules/facts_run.h"

/* The items of a capture's list. */
static const node *items_of(const struct capture_doc *d)
{
    return node_get(d->root, captures[d->call.kind].member);
}

static tri flag(const node *n)
{
    return node_is_bool(n) ? tri_of(node_is_true(n)) : TRI_UNKNOWN;
}

static struct value flag_value(struct facts *f, tri t, const char *member)
{
    return fact_tri(f, t, arena_printf(f->arena, "the capture does not show \"%s\"", member));
}

static struct value no_management(struct facts *f)
{
    return fact_not_captured(f, TYPE_LIST, &f->run->org->describe);
}

/* ---- lists of texts ---- */

/* A list that a service gives, and which of its items count. */
struct text_source {
    capture_kind kind;
    const char *argument;                                   /* NULL: none */
    const char *name, *other_name;                          /* the member told; the one told where it is missing */
    tri (*counts)(const struct facts *f, const node *item); /* UNKNOWN: the list is not complete */
};

struct texts {
    struct facts *facts;
    VEC(struct element) items;
    struct map seen; /* the same thing is shown in several Regions */
    struct sweep sweep;
};

static void add_text(struct texts *t, const struct capture_doc *d, const node *item, str text)
{
    void **slot = map_at(t->facts->arena, &t->seen, text);
    if (*slot)
        return;
    *slot = t;
    *VEC_PUSH(t->facts->arena, &t->items) =
        (struct element){.text = text, .mark = facts_mark_at(t->facts, d, item, (str){0})};
}

/* `of` NULL: of the management side. */
static void read_texts(struct texts *t, const struct shelf *of, const struct text_source *how)
{
    struct facts *f = t->facts;
    struct sweep s = of ? facts_sweep(f, of, how->kind, how->argument ? str_from(how->argument) : (str){0})
                        : *facts_shared(f, how->kind);
    for (size_t i = 0; i < s.count; i++)
        for (NODE_EACH(item, items_of(s.docs[i]))) {
            tri counts = how->counts(f, item);
            str name = node_text(node_get(item, how->name));
            if (counts == TRI_YES)
                add_text(t, s.docs[i], item,
                         name.len || !how->other_name ? name : node_text(node_get(item, how->other_name)));
            if (counts == TRI_UNKNOWN) {
                sweep_misses(&s, s.docs[i]);
                s.why = arena_printf(f->arena, "%.*s.json does not tell enough of an item", STR_ARG(s.docs[i]->path));
            }
        }
    sweep_join(f, &t->sweep, &s);
}

static struct value texts_of(struct facts *f, const struct shelf *of, const struct text_source *sources, size_t count)
{
    struct texts t = {.facts = f, .sweep.complete = true};
    for (size_t i = 0; i < count; i++)
        read_texts(&t, of, &sources[i]);
    return sweep_list(f, &t.sweep, t.items.items, t.items.count);
}

static tri counts_always(const struct facts *f, const node *item)
{
    (void)f;
    (void)item;
    return TRI_YES;
}

static tri is_active_plan(const struct facts *f, const node *item)
{
    (void)f;
    return tri_of(str_is(node_text(node_get(item, "state")), "active"));
}

static tri is_active_reservation(const struct facts *f, const node *item)
{
    (void)f;
    return tri_of(str_is(node_text(node_get(item, "State")), "active"));
}

static tri is_active_agreement(const struct facts *f, const node *item)
{
    (void)f;
    return tri_of(str_is(node_text(node_get(item, "state")), "ACTIVE") &&
                  node_text(node_get(item, "organizationArn")).len);
}

static tri is_own_trail(const struct facts *f, const node *item)
{
    (void)f;
    return tri_not(flag(node_get(item, "IsOrganizationTrail")));
}

static tri is_organization_aggregator(const struct facts *f, const node *item)
{
    (void)f;
    return tri_of(node_is_object(node_get(item, "OrganizationAggregationSource")));
}

static tri covers_account(const struct facts *f, const node *item)
{
    for (NODE_EACH(excluded, node_get(item, "ExcludedAccounts")))
        if (str_eq(node_text(excluded), f->account->id))
            return TRI_NO;
    return TRI_YES;
}

/* The baseline's target is the account, or an OU that it stands in. */
static tri is_baseline_of_account(const struct facts *f, const node *item)
{
    const struct org_account *listed = f->account->listed;
    struct arn arn;
    if (!arn_parse(node_text(node_get(item, "targetIdentifier")), &arn))
        return TRI_UNKNOWN;
    str rest = arn.resource, kind = str_cut(&rest, '/'), id = rest;
    while (str_find_char(id, '/') != SIZE_MAX)
        (void)str_cut(&id, '/');
    if (str_is(kind, "account"))
        return tri_of(str_eq(id, f->account->id));
    const struct unit *u = listed ? listed->parent : NULL;
    for (const struct unit *at = u; at; at = at->parent)
        if (str_eq(at->id, id))
            return TRI_YES;
    return u && u->anchored ? TRI_NO : TRI_UNKNOWN;
}

struct value fact_billing_commitments(struct facts *f, route r)
{
    static const struct text_source sources[] = {
        {CAPTURE_DESCRIBE_SAVINGS_PLANS,      NULL, "savingsPlanId",       "savingsPlanArn", is_active_plan       },
        {CAPTURE_DESCRIBE_RESERVED_INSTANCES, NULL, "ReservedInstancesId", NULL,             is_active_reservation},
    };
    (void)r;
    return texts_of(f, facts_own_shelf(f), sources, 2);
}

struct value fact_legal_organization_agreements(struct facts *f, route r)
{
    static const struct text_source how = {CAPTURE_LIST_CUSTOMER_AGREEMENTS, NULL, "name", "id", is_active_agreement};
    (void)r;
    return texts_of(f, facts_own_shelf(f), &how, 1);
}

struct value fact_service_own_trails(struct facts *f, route r)
{
    static const struct text_source how = {CAPTURE_DESCRIBE_TRAILS, NULL, "TrailARN", "Name", is_own_trail};
    (void)r;
    return texts_of(f, facts_own_shelf(f), &how, 1);
}

struct value fact_service_portfolios(struct facts *f, route r)
{
    static const struct text_source how = {CAPTURE_LIST_ACCEPTED_PORTFOLIOS, "AWS_ORGANIZATIONS", "DisplayName", "Id",
                                           counts_always};
    (void)r;
    return texts_of(f, facts_own_shelf(f), &how, 1);
}

struct value fact_service_control_tower_baselines(struct facts *f, route r)
{
    static const struct text_source how = {CAPTURE_LIST_ENABLED_BASELINES, NULL, "targetIdentifier", NULL,
                                           is_baseline_of_account};
    (void)r;
    return facts_management_shelf(f) ? texts_of(f, NULL, &how, 1) : no_management(f);
}

struct value fact_service_config_aggregators(struct facts *f, route r)
{
    static const struct text_source how = {CAPTURE_DESCRIBE_AGGREGATORS, NULL, "ConfigurationAggregatorName", NULL,
                                           is_organization_aggregator};
    (void)r;
    return facts_management_shelf(f) ? texts_of(f, NULL, &how, 1) : no_management(f);
}

struct value fact_service_config_org_rules(struct facts *f, route r)
{
    static const struct text_source sources[] = {
        {CAPTURE_DESCRIBE_ORG_CONFIG_RULES,      NULL, "OrganizationConfigRuleName",      NULL, covers_account},
        {CAPTURE_DESCRIBE_ORG_CONFORMANCE_PACKS, NULL, "OrganizationConformancePackName", NULL, covers_account},
    };
    (void)r;
    return facts_management_shelf(f) ? texts_of(f, NULL, sources, 2) : no_management(f);
}

struct value fact_billing_tax_inheritance(struct facts *f, route r)
{
    const struct shelf *m = facts_management_shelf(f);
    (void)r;
    if (!m)
        return fact_not_captured(f, TYPE_ENUM, &f->run->org->describe);
    const struct capture_doc *d = facts_capture(f, m, CAPTURE_GET_TAX_INHERITANCE, (str){0}, (str){0});
    str word = node_text(node_get(d->root, "heritageStatus"));
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_ENUM, d);
    if (!str_is(word, "OptIn") && !str_is(word, "OptOut"))
        return fact_unknown(TYPE_ENUM, STR("\"heritageStatus\" is a word that orgexit does not know"));
    struct value v = fact_word(word);
    fact_mark_place(f, &v, d->source, node_get(d->root, "heritageStatus"), (str){0});
    return v;
}

/* ---- StackSets, permission sets ---- */

static void add_stack(struct facts *f, struct texts *t, const struct capture_doc *sets, const node *set,
                      const struct capture_doc *instances)
{
    const node *automatic = node_get(set, "AutoDeployment");
    str name = node_text(node_get(set, "StackSetName")), model = node_text(node_get(set, "PermissionModel"));
    struct value *members =
        NEW_ARRAY(f->arena, struct value, 4); /* stack.set, .service_managed, .auto_deployment, .retained */
    for (NODE_EACH(item, items_of(instances))) {
        if (!str_eq(node_text(node_get(item, "Account")), f->account->id))
            continue;
        members[0] = fact_text(name);
        members[1] =
            flag_value(f, model.len ? tri_of(str_is(model, "SERVICE_MANAGED")) : TRI_UNKNOWN, "PermissionModel");
        members[2] = flag_value(f, flag(node_get(automatic, "Enabled")), "AutoDeployment");
        members[3] =
            flag_value(f, flag(node_get(automatic, "RetainStacksOnAccountRemoval")), "RetainStacksOnAccountRemoval");
        *VEC_PUSH(f->arena, &t->items) =
            (struct element){.text = name,
                             .members = members,
                             .mark = facts_mark_at(f, sets, set, STR("this StackSet has stacks in the account"))};
        return; /* one for each set and Region */
    }
}

/* "LISTED,ACCOUNT" */
static str with_account(struct facts *f, str listed)
{
    return arena_printf(f->arena, "%.*s,%.*s", STR_ARG(listed), STR_ARG(f->account->id));
}

struct value fact_account_stack_instances(struct facts *f, route r)
{
    const struct shelf *m = facts_management_shelf(f);
    (void)r;
    if (!m)
        return no_management(f);
    struct texts t = {.facts = f, .sweep = *facts_shared(f, CAPTURE_LIST_STACK_SETS)};
    for (size_t i = 0; i < t.sweep.count; i++) {
        const struct capture_doc *sets = t.sweep.docs[i];
        for (NODE_EACH(set, items_of(sets))) {
            str name = node_text(node_get(set, "StackSetName"));
            const struct capture_doc *d =
                facts_capture(f, m, CAPTURE_LIST_STACK_INSTANCES, sets->call.region, with_account(f, name));
            add_stack(f, &t, sets, set, d);
            if (d->state != CAPTURE_WHOLE)
                sweep_misses(&t.sweep, d);
        }
    }
    return sweep_list(f, &t.sweep, t.items.items, t.items.count);
}

struct value fact_account_permission_sets(struct facts *f, route r)
{
    const struct shelf *m = facts_management_shelf(f);
    (void)r;
    if (!m)
        return no_management(f);
    struct texts t = {.facts = f, .sweep = *facts_shared(f, CAPTURE_LIST_SSO_INSTANCES)};
    for (size_t i = 0; i < t.sweep.count; i++)
        for (NODE_EACH(instance, items_of(t.sweep.docs[i]))) {
            str arn = node_text(node_get(instance, "InstanceArn"));
            const struct capture_doc *d =
                facts_capture(f, m, CAPTURE_LIST_PERMISSION_SETS, t.sweep.docs[i]->call.region, with_account(f, arn));
            for (NODE_EACH(item, items_of(d)))
                add_text(&t, d, item, node_text(item));
            if (d->state != CAPTURE_WHOLE)
                sweep_misses(&t.sweep, d);
        }
    return sweep_list(f, &t.sweep, t.items.items, t.items.count);
}

/* ---- RAM ---- */

static bool is_over(str status)
{
    static const char *const words[] = {"DELETED", "DELETING", "FAILED", "DISASSOCIATED", "DISASSOCIATING"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(status, words[i]))
            return true;
    return false;
}

/* Whether some principal of the share is the account, or (`wide`) the organization or an OU. */
static tri share_principal(struct facts *f, const struct sweep *principals, str share, bool wide)
{
    for (size_t i = 0; i < principals->count; i++)
        for (NODE_EACH(item, items_of(principals->docs[i]))) {
            struct arn arn;
            str principal = node_text(node_get(item, "associatedEntity"));
            if (!str_eq(node_text(node_get(item, "resourceShareArn")), share) ||
                is_over(node_text(node_get(item, "status"))))
                continue;
            bool of_org = arn_parse(principal, &arn) && str_is(arn.service, "organizations");
            if (wide ? of_org : str_eq(principal, f->account->id))
                return TRI_YES;
        }
    return principals->complete ? TRI_NO : TRI_UNKNOWN;
}

static tri owner_in_org(const struct facts *f, str owner)
{
    const struct org_account *account = organization_account(f->run->org, owner);
    if (account && account->in_list_accounts)
        return TRI_YES;
    return owner.len && f->run->org->list_accounts.state == CAPTURE_WHOLE ? TRI_NO : TRI_UNKNOWN;
}

struct shares {
    struct facts *facts;
    struct sweep shares, principals;
    bool consumed;
};

/* ram.consumed: share.arn, .owner_in_org, .retained, .direct; ram.owned: share.arn, .org_principals, .external_allowed
 */
static const struct value *share_members(const struct shares *s, const node *share, str arn)
{
    struct facts *f = s->facts;
    struct value *members = NEW_ARRAY(f->arena, struct value, 4);
    str unknown = s->principals.why.len ? s->principals.why : STR("the principals of the share were not captured");
    members[0] = fact_text(arn);
    if (!s->consumed) {
        members[1] = fact_tri(f, share_principal(f, &s->principals, arn, true), unknown);
        members[2] = flag_value(f, flag(node_get(share, "allowExternalPrincipals")), "allowExternalPrincipals");
        return members;
    }
    const node *configuration = node_get(share, "resourceShareConfiguration");
    members[1] = fact_tri(f, owner_in_org(f, node_text(node_get(share, "owningAccountId"))),
                          STR("whether the owner is in the organization is not known"));
    members[2] = flag_value(f, flag(node_get(configuration, "retainSharingOnAccountLeaveOrganization")),
                            "retainSharingOnAccountLeaveOrganization");
    members[3] = fact_tri(f, share_principal(f, &s->principals, arn, false), unknown);
    return members;
}

static struct value ram_shares(struct facts *f, bool consumed)
{
    const struct shelf *own = facts_own_shelf(f);
    struct shares s = {.facts = f, .consumed = consumed};
    s.shares = facts_sweep(f, own, CAPTURE_GET_RESOURCE_SHARES, consumed ? STR("OTHER-ACCOUNTS") : STR("SELF"));
    s.principals = facts_sweep(f, own, CAPTURE_GET_SHARE_PRINCIPALS, STR("PRINCIPAL"));
    VEC(struct element) items = {0};
    for (size_t i = 0; i < s.shares.count; i++)
        for (NODE_EACH(share, items_of(s.shares.docs[i]))) {
            str arn = node_text(node_get(share, "resourceShareArn")), name = node_text(node_get(share, "name"));
            if (is_over(node_text(node_get(share, "status"))))
                continue;
            *VEC_PUSH(f->arena, &items) =
                (struct element){.text = name.len ? name : arn,
                                 .members = share_members(&s, share, arn),
                                 .mark = facts_mark_at(f, s.shares.docs[i], share, STR("this share"))};
        }
    return sweep_list(f, &s.shares, items.items, items.count);
}

struct value fact_ram_consumed(struct facts *f, route r)
{
    (void)r;
    return ram_shares(f, true);
}

struct value fact_ram_owned(struct facts *f, route r)
{
    (void)r;
    return ram_shares(f, false);
}

/* ---- service.administrators ---- */

struct administrators {
    struct facts *facts;
    VEC(struct element) items;
    struct sweep sweep;
};

/* One element for each service, however many Regions show it. */
static void add_administrator(struct administrators *a, const char *service, const struct capture_doc *d,
                              const node *at, str id)
{
    str name = str_from(service);
    if (!id.len || str_eq(id, a->facts->account->id))
        return;
    if (a->items.count && str_eq(a->items.items[a->items.count - 1].text, name))
        return;
    *VEC_PUSH(a->facts->arena, &a->items) = (struct element){
        .text = name,
        .mark = facts_mark_at(a->facts, d, at, arena_printf(a->facts->arena, "administered by %.*s", STR_ARG(id)))};
}

static str first_text(const node *n, const char *a, const char *b)
{
    str text = node_text(node_get(n, a));
    return text.len ? text : node_text(node_get(n, b));
}

static void read_administrator(struct administrators *a, const char *service, capture_kind kind)
{
    struct sweep s = facts_sweep(a->facts, facts_own_shelf(a->facts), kind, (str){0});
    for (size_t i = 0; i < s.count; i++)
        add_administrator(a, service, s.docs[i], items_of(s.docs[i]),
                          first_text(items_of(s.docs[i]), "AccountId", "accountId"));
    sweep_join(a->facts, &a->sweep, &s);
}

static void read_guardduty(struct administrators *a)
{
    struct facts *f = a->facts;
    struct sweep s = facts_sweep(f, facts_own_shelf(f), CAPTURE_LIST_DETECTORS, (str){0});
    for (size_t i = 0; i < s.count; i++)
        for (NODE_EACH(id, items_of(s.docs[i]))) {
            const struct capture_doc *d = facts_capture(f, facts_own_shelf(f), CAPTURE_GUARDDUTY_ADMINISTRATOR,
                                                        s.docs[i]->call.region, node_text(id));
            add_administrator(a, "GuardDuty", d, items_of(d), node_text(node_get(items_of(d), "AccountId")));
            if (d->state == CAPTURE_UNKNOWN || d->state == CAPTURE_CUT)
                sweep_misses(&s, d);
        }
    sweep_join(f, &a->sweep, &s);
}

static void read_detective(struct administrators *a)
{
    struct sweep s = facts_sweep(a->facts, facts_own_shelf(a->facts), CAPTURE_DETECTIVE_INVITATIONS, (str){0});
    for (size_t i = 0; i < s.count; i++)
        for (NODE_EACH(item, items_of(s.docs[i])))
            if (str_is(node_text(node_get(item, "Status")), "ENABLED"))
                add_administrator(a, "Detective", s.docs[i], item, first_text(item, "AdministratorId", "MasterId"));
    sweep_join(a->facts, &a->sweep, &s);
}

struct value fact_service_administrators(struct facts *f, route r)
{
    struct administrators a = {.facts = f, .sweep.complete = true};
    (void)r;
    read_guardduty(&a);
    read_administrator(&a, "Security Hub", CAPTURE_SECURITYHUB_ADMINISTRATOR);
    read_administrator(&a, "Macie", CAPTURE_MACIE_ADMINISTRATOR);
    read_administrator(&a, "Inspector", CAPTURE_INSPECTOR_ADMINISTRATOR);
    read_detective(&a);
    return sweep_list(f, &a.sweep, a.items.items, a.items.count);
}

/* ---- services that are in use: trusted access is enabled, and something of the service is in the account ---- */

struct usage {
    const char *principals; /* of the service, separated by blanks */
    const char
        *role_path; /* of its service-linked role in members, which it cannot work without; NULL: not told by it */
    bool has_capture;
    capture_kind kind;
};

/* YES: the role is there; NO: it surely is not. */
static tri has_role_below(struct facts *f, const char *path, const struct entity **out)
{
    const struct account *account = f->account;
    for (size_t i = 0; i < account->role_count; i++)
        if (str_starts(account->roles[i].path, str_from(path))) {
            *out = &account->roles[i];
            return TRI_YES;
        }
    return account->roles_complete ? TRI_NO : TRI_UNKNOWN;
}

/* An administrator of Firewall Manager, a licence that was received. */
static tri capture_shows_use(struct facts *f, const struct sweep *s, const struct capture_doc **out)
{
    (void)f;
    for (size_t i = 0; i < s->count; i++) {
        const node *shown = items_of(s->docs[i]);
        if (node_is_list(shown) ? node_count(shown) > 0 : node_text(shown).len > 0)
            return *out = s->docs[i], TRI_YES;
    }
    return s->complete ? TRI_NO : TRI_UNKNOWN;
}

static struct value in_use(struct facts *f, const struct usage *u)
{
    const struct entity *role = NULL;
    const struct capture_doc *shown = NULL;
    struct sweep s = {0};
    tri enabled = facts_service_enabled(f, u->principals);
    if (enabled == TRI_NO)
        return fact_yes_no(false);
    tri by_role = u->role_path ? has_role_below(f, u->role_path, &role) : TRI_UNKNOWN;
    if (u->has_capture)
        s = facts_sweep(f, facts_own_shelf(f), u->kind, (str){0});
    tri by_capture = u->has_capture ? capture_shows_use(f, &s, &shown) : TRI_UNKNOWN;
    tri used = by_role == TRI_YES || by_capture == TRI_YES ? TRI_YES
               : by_role == TRI_NO || by_capture == TRI_NO ? TRI_NO
                                                           : TRI_UNKNOWN;
    if (used == TRI_UNKNOWN && s.missing)
        return sweep_tri(f, &s, TRI_UNKNOWN);
    if (used == TRI_UNKNOWN)
        return fact_not_captured(f, TYPE_BOOL, &f->account->authorization);
    if (used == TRI_YES && enabled == TRI_UNKNOWN)
        return fact_not_captured(f, TYPE_BOOL, &f->run->org->service_access);
    struct value v = fact_yes_no(used == TRI_YES);
    if (role)
        fact_mark_place(f, &v, f->account->authorization.source, role->node,
                        STR("the service's own role is in the account"));
    if (shown)
        fact_mark_place(f, &v, shown->source, items_of(shown), STR("in use here"));
    return v;
}

#define IN_USE(field, ...)                                                                                             \
    struct value fact_service_##field(struct facts *f, route r)                                                        \
    {                                                                                                                  \
        static const struct usage usage = {__VA_ARGS__};                                                               \
        (void)r;                                                                                                       \
        return in_use(f, &usage);                                                                                      \
    }
IN_USE(firewall_manager, "fms.amazonaws.com", "/aws-service-role/fms.amazonaws.com/", true, CAPTURE_FMS_ADMINISTRATOR)
IN_USE(ipam, "ipam.amazonaws.com", "/aws-service-role/ipam.amazonaws.com/", false, CAPTURE_COUNT)
IN_USE(network_manager, "networkmanager.amazonaws.com", "/aws-service-role/networkmanager.amazonaws.com/", false,
       CAPTURE_COUNT)
IN_USE(license_manager, "license-manager.amazonaws.com license-manager.member-account.amazonaws.com",
       "/aws-service-role/license-manager.member-account.amazonaws.com/", false, CAPTURE_COUNT)
IN_USE(marketplace, "license-management.marketplace.amazonaws.com private-marketplace.marketplace.amazonaws.com", NULL,
       true, CAPTURE_LIST_RECEIVED_LICENSES)
