/* explain.c - see explain.h. */
#include "rules/explain.h"

#include "base/version.h"
#include "iam/explain.h"
#include "iam/trust.h"
#include "policy/arn.h"
#include "rules/check_run.h"
#include "rules/explain_run.h"

static const str leave = STR("organizations:LeaveOrganization");

/* ---- opening ---- */

/* A malformed capture leaves no answer. */
static bool account_is_good(const struct account *account, error *e)
{
    if (!account->errors.count)
        return true;
    const struct input_error *first = &account->errors.items[0];
    return error_at(e, first->file, first->line, first->column, "%.*s", STR_ARG(first->message));
}

/* All facts are those that check would have: of the same captures, attestations and assumptions. */
static bool asking_open(struct asking *k, arena *a, const struct explain_options *o, error *e)
{
    struct check_options plain = *o->check;
    struct rule_errors faults = {0};
    *k = (struct asking){.arena = a, .options = o};
    plain.packs = NULL; /* rules are not asked */
    plain.pack_count = 0;
    plain.rules = (struct rules_options){0};
    plain.config_waivers = NULL;
    struct check *c = check_open(a, &plain, &faults, e);
    if (!c)
        return false;
    k->org = c->org;
    k->run = c->facts;
    k->account = account_load(a, k->org, o->account, NULL);
    if (str_eq(k->org->management_account, o->account))
        k->run.management = k->account;
    if (!account_is_good(k->account, e))
        return false;
    facts_open(&k->facts, a, &k->run, k->account);
    k->action = o->action.len ? o->action : leave;
    return true;
}

void asking_note(struct asking *k, str text)
{
    *VEC_PUSH(k->arena, &k->notes) = text;
}

/* What makes all of it doubtful: of such captures check says UNDETERMINED, whatever they show. */
static void find_doubts(struct asking *k)
{
    const struct check_options *c = k->options->check;
    for (size_t i = 0; i < c->assumed_count && !c->allow_hypothetical; i++)
        *VEC_PUSH(k->arena, &k->doubts) =
            arena_printf(k->arena, "HYPOTHETICAL: %.*s is assumed", STR_ARG(c->assumed[i]));
    doubts_of_organization(k->arena, k->org, &k->doubts);
    doubts_of_place(k->arena, k->account, &k->doubts);
    doubts_of_captures(k->arena, k->account, &k->doubts);
}

/* ---- what is asked ---- */

/* The action of a route: its actor and its resource are known. */
static bool route_of(str action, route *out)
{
    static const route routes[] = {ROUTE_LEAVE_API, ROUTE_REMOVE_API, ROUTE_TRANSFER};
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (str_eq_nocase(action, facts_route_action(routes[i]))) {
            *out = routes[i];
            return true;
        }
    return false;
}

static bool find_resource(struct asking *k, error *e)
{
    route r;
    bool known = true;
    k->resource = k->options->resource.len ? k->options->resource : STR("*");
    if (k->options->resource.len || !route_of(k->action, &r))
        return true;
    k->resource = facts_route_resource(&k->facts, r, &known);
    return known || error_set(e, ERR_USAGE, "no capture tells what %.*s is called on: name it with --resource ARN",
                              STR_ARG(k->action));
}

static bool named_principal(struct asking *k, str text, struct principal *out, error *e)
{
    const struct account *management = k->run.management;
    str account = arn_part(text, ARN_ACCOUNT);
    bool of_management = management && str_eq(account, management->id);
    *out = facts_principal(&k->facts, of_management ? management : k->account, text);
    if (!out->known)
        return error_set(e, ERR_USAGE, "%.*s", STR_ARG(out->why));
    if (of_management)
        return account_is_good(management, e);
    return str_eq(account, k->account->id) ||
           error_set(e, ERR_USAGE,
                     "%.*s is of account %.*s; expected a principal of %.*s, or of the management account",
                     STR_ARG(text), STR_ARG(account), STR_ARG(k->account->id));
}

/* Who would do it, as check has it; else the root user. */
static bool find_principal(struct asking *k, struct principal *out, error *e)
{
    route r;
    str text = k->options->principal;
    if (text.len)
        return named_principal(k, text, out, e);
    bool of_route = route_of(k->action, &r);
    if (!of_route) {
        *out = facts_root(&k->facts);
        return true;
    }
    const struct principal *actor = facts_actor(&k->facts, r);
    if (actor->known && r == ROUTE_REMOVE_API)
        return named_principal(k, actor->arn, out, e);
    if (r == ROUTE_REMOVE_API)
        return error_set(e, ERR_USAGE, "%.*s: name it with --principal ARN", STR_ARG(actor->why));
    *out = actor->known ? *actor : facts_root(&k->facts);
    asking_note(k, actor->known ? STR("no principal was named: this is the one that check takes; "
                                      "--who shows them all, --principal ARN takes another")
                                : arena_printf(k->arena, "no principal was named, and %.*s: this is the root user",
                                               STR_ARG(actor->why)));
    return true;
}

/* ---- layers that check does not need ---- */

/* Services whose actions no resource policy that we could miss decides: theirs are known, or there are none. */
static bool has_no_resource_policy(str action, str resource)
{
    static const char *const services[] = {"organizations", "iam", "account", "billing", "support", "sts"};
    str rest = action, service = str_cut(&rest, ':');
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_eq_nocase(service, str_from(services[i])))
            return true;
    return str_is(resource, "*");
}

static const struct policy_ref *trust_policy(struct asking *k)
{
    const struct account *account = k->account;
    for (size_t i = 0; i < account->role_count; i++) {
        const struct entity *role = &account->roles[i];
        if (!str_eq(role->arn, k->resource))
            continue;
        struct policy_ref *ref = NEW(k->arena, struct policy_ref);
        *ref = (struct policy_ref){.policy = role->trust,
                                   .id = arena_printf(k->arena, "trust policy of %.*s", STR_ARG(role->name))};
        return ref;
    }
    return NULL;
}

static void add_resource_policy(struct asking *k, struct facts_request *asked)
{
    static const struct policy_ref unknown = {0};
    bool sts = k->action.len > 4 && str_eq_nocase(str_head(k->action, 4), STR("sts:"));
    if (k->options->resource_policy)
        asked->layers.resource = k->options->resource_policy;
    else if (sts && !str_is(k->resource, "*") && (asked->layers.resource = trust_policy(k)))
        ;
    else if ((sts && !str_is(k->resource, "*")) || !has_no_resource_policy(k->action, k->resource))
        asked->layers.resource = &unknown;
    if (!has_no_resource_policy(k->action, k->resource) || sts)
        asked->request.resource_account = (str){0}; /* that of the resource's ARN */
}

/* RCPs follow the resource: of this account they are known, of another one they are not. */
static void add_rcps(struct asking *k, struct facts_request *asked)
{
    str owner = arn_part(k->resource, ARN_ACCOUNT), management = k->org->management_account;
    bool here = !str_is_account_id(owner) || str_eq(owner, k->account->id);
    tri enabled = k->org->types_enabled[POLICY_RCP];
    if (here) {
        asked->layers.rcps = facts_levels(&k->facts, POLICY_RCP, &asked->layers.rcp_count);
        tri member = management.len ? tri_of(!str_eq(management, k->account->id)) : TRI_UNKNOWN;
        asked->layers.rcps_apply = tri_and(enabled, member);
        return;
    }
    struct level *other = NEW(k->arena, struct level);
    *other = (struct level){.id = owner, .path = arena_printf(k->arena, "(account %.*s)", STR_ARG(owner))};
    asked->layers.rcps = other;
    asked->layers.rcp_count = 1;
    asked->layers.rcps_apply = str_eq(owner, management) ? TRI_NO : tri_and(enabled, TRI_UNKNOWN);
}

/* Of a principal that no capture shows, nothing is known. */
static void add_unknown_principal(struct facts_request *asked)
{
    static const struct policy_set unknown = {0};
    asked->layers.identity = &unknown;
    asked->layers.boundary = &unknown;
}

void asking_request(struct asking *k, const struct principal *caller, struct facts_request *out)
{
    struct question q = {
        .who = caller, .action = k->action, .resource = k->resource, .resource_known = true, .scps = true};
    facts_request(&k->facts, &q, out);
    if (!caller->captured)
        add_unknown_principal(out);
    add_rcps(k, out);
    add_resource_policy(k, out);
    out->layers.session = k->options->session;
}

/* What a capture tells stands, whatever --context says: that must not go unseen. */
static void note_unused_keys(struct asking *k, const struct context *c)
{
    for (size_t i = 0; i < k->run.given_count; i++) {
        const struct context_key *given = &k->run.given[i], *used = NULL;
        key_state state = context_state(c, given->name, &used);
        if (used && used->values == given->values && used->state == given->state)
            continue;
        if (state == KEY_PRESENT && used && used->count)
            asking_note(k, arena_printf(k->arena, "what is said of %.*s is not used: it is known to be %.*s",
                                        STR_ARG(given->name), STR_ARG(used->values[0])));
        else
            asking_note(k, arena_printf(k->arena, "what is said of %.*s is not used: it is known to be absent",
                                        STR_ARG(given->name)));
    }
}

/* ---- one principal ---- */

bool explain_request(arena *a, const struct explain_options *o, struct explanation *out, error *e)
{
    struct asking k;
    struct principal caller;
    if (!asking_open(&k, a, o, e) || !find_resource(&k, e) || !find_principal(&k, &caller, e))
        return false;
    k.who = &caller;
    struct facts_request *asked = NEW(a, struct facts_request);
    asking_request(&k, &caller, asked);
    asked->request.context = &asked->context;
    struct explain_how how = asking_how(&k);
    find_doubts(&k);
    note_unused_keys(&k, &asked->context);
    explain(a, &asked->request, &asked->layers, &how, out);
    asking_complete(&k, out);
    asking_move(&k, out);
    if (!out->change_count && out->allowed != TRI_UNKNOWN)
        asking_note(&k, out->allowed == TRI_YES ? STR("no policy could keep this principal from it")
                                                : STR("no change of policies was found that turns it"));
    out->version = STR(ORGEXIT_VERSION);
    out->snapshot = o->check->snapshot;
    out->has_as_of = true;
    out->as_of = o->check->as_of;
    out->account = o->account;
    out->account_name = k.account->listed ? k.account->listed->name : (str){0};
    out->account_path = k.account->listed && k.account->listed->parent ? k.account->listed->parent->path : (str){0};
    out->assumed = o->check->assumed;
    out->assumed_count = o->check->assumed_count;
    out->doubts = k.doubts.items;
    out->doubt_count = k.doubts.count;
    out->notes = k.notes.items;
    out->note_count = k.notes.count;
    return true;
}

/* ---- everybody ---- */

struct people_list {
    struct asking *asking;
    VEC(struct explained_person) items;
    size_t allowed, denied, unknown;
};

static void add_person(struct people_list *list, const struct principal *caller, const char *kind, str note)
{
    struct asking *k = list->asking;
    struct explained_person *p = VEC_PUSH(k->arena, &list->items);
    struct facts_request *asked = NEW(k->arena, struct facts_request);
    struct verdict_trace t;
    asking_request(k, caller, asked);
    evaluate(k->arena, &asked->request, &asked->layers, &t);
    bool known = t.decision != DECISION_UNKNOWN;
    *p = (struct explained_person){.arn = caller->arn,
                                   .kind = kind,
                                   .decision = str_from(decision_name(t.decision)),
                                   .allowed = known ? tri_of(t.decision == DECISION_ALLOWED) : TRI_UNKNOWN,
                                   .summary = explain_summary(k->arena, &asked->request, &t),
                                   .residual = t.residual,
                                   .depends_on = t.depends_on,
                                   .depends_on_count = t.depends_on_count,
                                   .note = note};
    list->allowed += p->allowed == TRI_YES;
    list->denied += p->allowed == TRI_NO;
    list->unknown += p->allowed == TRI_UNKNOWN;
}

/* Whether its trust policy names service principals and nobody else. */
static bool is_of_services_alone(struct asking *k, const struct entity *role)
{
    if (str_starts(role->path, STR("/aws-service-role/")))
        return true;
    if (!role->trust)
        return false;
    struct trust_names names = trust_names_of(k->arena, role->trust);
    return !names.account_count && !names.provider_count && !names.anyone;
}

/* Who gets into the role, where that matters. */
static str entry_words(struct asking *k, const struct entity *role)
{
    str management = k->org->management_account;
    if (!role->trust)
        return STR("who may assume it is not known");
    if (management.len && k->run.management != k->account && facts_role_trusts(&k->facts, role, management) == TRI_YES)
        return STR("the management account may assume it");
    return facts_can_enter(&k->facts, role, ENTRY_TODAY) == TRI_NO ? STR("nobody gets into it") : (str){0};
}

static void add_role(struct people_list *list, const struct entity *role)
{
    struct asking *k = list->asking;
    struct principal caller = facts_principal(&k->facts, k->account, role->arn);
    bool linked = str_starts(role->path, STR("/aws-service-role/")), services = is_of_services_alone(k, role);
    add_person(list, &caller,
               linked     ? "service-linked role"
               : services ? "service role"
                          : "role",
               services ? (str){0} : entry_words(k, role));
    list->items.items[list->items.count - 1].of_services_alone = services;
}

static void add_everybody(struct people_list *list)
{
    struct asking *k = list->asking;
    struct principal root = facts_root(&k->facts);
    add_person(list, &root, "root", (str){0});
    for (size_t i = 0; i < k->account->user_count; i++) {
        struct principal caller = facts_principal(&k->facts, k->account, k->account->users[i].arn);
        add_person(list, &caller, "user", (str){0});
    }
    for (size_t i = 0; i < k->account->role_count; i++)
        add_role(list, &k->account->roles[i]);
}

bool explain_people(arena *a, const struct explain_options *o, struct explained_people *out, error *e)
{
    struct asking k;
    if (!asking_open(&k, a, o, e) || !find_resource(&k, e))
        return false;
    struct people_list list = {.asking = &k};
    add_everybody(&list);
    find_doubts(&k);
    *out = (struct explained_people){.version = STR(ORGEXIT_VERSION),
                                     .snapshot = o->check->snapshot,
                                     .as_of = o->check->as_of,
                                     .account = o->account,
                                     .action = k.action,
                                     .resource = k.resource,
                                     .items = list.items.items,
                                     .count = list.items.count,
                                     .allowed = list.allowed,
                                     .denied = list.denied,
                                     .unknown = list.unknown,
                                     .complete = k.account->roles_complete && k.account->users_complete,
                                     .why = k.account->people_why,
                                     .assumed = o->check->assumed,
                                     .assumed_count = o->check->assumed_count,
                                     .doubts = k.doubts.items,
                                     .doubt_count = k.doubts.count,
                                     .notes = k.notes.items,
                                     .note_count = k.notes.count};
    if (k.account->listed)
        out->account_name = k.account->listed->name;
    if (k.account->listed && k.account->listed->parent)
        out->account_path = k.account->listed->parent->path;
    return true;
}
