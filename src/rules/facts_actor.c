/* facts_actor.c - who acts on a route (formats.md 2), and what every policy layer says to it. */
#include "iam/trust.h"
#include "policy/arn.h"
#include "rules/facts_run.h"

str facts_partition(struct facts *f)
{
    return f->run->org->partition.len ? f->run->org->partition : STR("aws");
}

str facts_account_arn(struct facts *f)
{
    const struct organization *o = f->run->org;
    if (!o->id.len || !o->management_account.len)
        return (str){0};
    return arena_printf(f->arena, "arn:%.*s:organizations::%.*s:account/%.*s/%.*s", STR_ARG(facts_partition(f)),
                        STR_ARG(o->management_account), STR_ARG(o->id), STR_ARG(f->account->id));
}

static bool is_removal(route r)
{
    return ROUTE_BIT(r) & ROUTES_REMOVE;
}

str facts_route_action(route r)
{
    return is_removal(r)         ? STR("organizations:RemoveAccountFromOrganization")
           : r == ROUTE_TRANSFER ? STR("organizations:AcceptHandshake")
                                 : STR("organizations:LeaveOrganization");
}

str facts_route_resource(struct facts *f, route r, bool *known)
{
    *known = true;
    if (!is_removal(r) && r != ROUTE_TRANSFER)
        return STR("*"); /* LeaveOrganization has no resource type (Service Authorization Reference) */
    str text;
    if (is_removal(r)) {
        text = facts_account_arn(f);
    } else {
        struct value arn = fact_invitation_arn(f, r);
        text = arn.state == VALUE_KNOWN ? arn.as.text : (str){0};
    }
    *known = text.len > 0;
    return text;
}

/* ---- principals ---- */

struct principal facts_root(struct facts *f)
{
    str arn = arena_printf(f->arena, "arn:%.*s:iam::%.*s:root", STR_ARG(facts_partition(f)), STR_ARG(f->account->id));
    return (struct principal){.known = true,
                              .arn = arn,
                              .account_id = f->account->id,
                              .is_root = true,
                              .captured = true,
                              .account = f->account};
}

struct principal facts_principal(struct facts *f, const struct account *account, str text)
{
    struct principal p = {.known = true, .arn = text, .account = account};
    struct arn arn;
    if (!arn_parse(text, &arn) || !str_is_account_id(arn.account)) {
        p.known = false;
        p.why = arena_printf(f->arena, "\"%.*s\" is no ARN of a user, a role or a root user", STR_ARG(text));
        return p;
    }
    p.account_id = arn.account;
    p.is_root = str_eq(
        text, arena_printf(f->arena, "arn:%.*s:iam::%.*s:root", STR_ARG(facts_partition(f)), STR_ARG(arn.account)));
    p.entity = p.is_root ? NULL : account_find_entity(account, text);
    p.captured = p.entity || (p.is_root && str_eq(arn.account, account->id));
    if (p.entity)
        p.arn = p.entity->arn;
    if (p.captured)
        return p;
    p.doc = &account->authorization;
    p.why = account->authorization.state == CAPTURE_UNKNOWN && str_eq(arn.account, account->id)
                ? account->authorization.why
                : arena_printf(f->arena, "%.*s is not among the captured users and roles of account %.*s",
                               STR_ARG(text), STR_ARG(account->id));
    return p;
}

/* The management account's principal that removes. */
static struct principal removing_actor(struct facts *f)
{
    const struct facts_run *run = f->run;
    struct principal p = {0};
    if (!run->caller.len) {
        p.why = STR("who calls is not known: capture.json names no caller");
        p.need = (struct need){"option", STR("--caller"),
                               STR("give --caller ARN: the principal of the management account that removes")};
        return p;
    }
    if (!run->management) {
        struct arn arn;
        p = (struct principal){.known = true, .arn = run->caller, .doc = &run->org->describe};
        if (arn_parse(run->caller, &arn))
            p.account_id = arn.account;
        p.why = STR("which account is the management account is not known");
        return p;
    }
    p = facts_principal(f, run->management, run->caller);
    if (run->management->errors.count && str_eq(p.account_id, run->management->id))
        p = (struct principal){.why = STR("the captures of the management account could not be read")};
    return p;
}

str facts_organizations_role(struct facts *f)
{
    return arena_printf(
        f->arena, "arn:%.*s:iam::%.*s:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations",
        STR_ARG(facts_partition(f)), STR_ARG(f->account->id));
}

/* A direct transfer needs LeaveOrganization as well (evaluation.md 5), and makes the service-linked role where the
 * other organization has all features. */
static tri transfer_allowed(struct facts *f, const struct principal *p)
{
    static const str organizations = {"organizations.amazonaws.com", sizeof "organizations.amazonaws.com" - 1};
    static const struct context_key service = {
        .name = STR("iam:AWSServiceName"), .state = KEY_PRESENT, .values = &organizations, .count = 1};
    struct question leave = {.who = p,
                             .action = STR("organizations:LeaveOrganization"),
                             .resource = STR("*"),
                             .resource_known = true,
                             .scps = true};
    struct question role = leave;
    role.action = STR("iam:CreateServiceLinkedRole");
    role.resource = facts_organizations_role(f);
    role.given = &service;
    role.given_count = 1;
    return tri_and(facts_allowed(f, &leave), facts_allowed(f, &role));
}

/* What all layers say to the route's actions. */
static tri whole_decision(struct facts *f, const struct principal *p, route r)
{
    struct question q = {.who = p, .action = facts_route_action(r), .scps = true};
    q.resource = facts_route_resource(f, r, &q.resource_known);
    tri allowed = facts_allowed(f, &q);
    return r == ROUTE_TRANSFER ? tri_and(allowed, transfer_allowed(f, p)) : allowed;
}

struct choice {
    struct principal allowed, open; /* the first of each kind */
    bool has_open;
};

/* Allowed, but it is not known that anybody can become that role: then no rule shall pass for it. */
static struct principal nobody_yet(struct facts *f, const struct principal *role)
{
    return (struct principal){
        .why = arena_printf(f->arena, "%.*s may, but nobody is seen who can become that role", STR_ARG(role->arn)),
        .doc = &f->account->authorization,
        .need = {"option", STR("--principal"), STR("give --principal ARN: who will make the call")}
    };
}

static void consider(struct facts *f, struct choice *c, const struct principal *p, route r)
{
    bool is_role = p->entity && p->entity->kind == ENTITY_ROLE;
    tri may = c->allowed.known ? TRI_NO : whole_decision(f, p, r);
    tri enters = may != TRI_NO && is_role ? facts_can_enter(f, p->entity, ENTRY_TODAY) : may;
    if (tri_and(may, enters) == TRI_NO)
        return;
    if (may == TRI_YES && enters == TRI_YES) {
        c->allowed = *p;
    } else if (!c->has_open) {
        c->open = may == TRI_YES ? nobody_yet(f, p) : *p;
        c->has_open = true;
    }
}

static struct principal entity_principal(const struct account *account, const struct entity *e)
{
    return (struct principal){
        .known = true, .arn = e->arn, .account_id = account->id, .captured = true, .account = account, .entity = e};
}

/* The first whose whole decision is Allowed, in the order roles, users, root; else the first that is open. */
static struct principal leaving_actor(struct facts *f, route r)
{
    const struct account *account = f->account;
    struct choice c = {0};
    for (size_t i = 0; i < account->role_count && !c.allowed.known; i++) {
        struct principal p = entity_principal(account, &account->roles[i]);
        consider(f, &c, &p, r);
    }
    for (size_t i = 0; i < account->user_count && !c.allowed.known; i++) {
        struct principal p = entity_principal(account, &account->users[i]);
        consider(f, &c, &p, r);
    }
    struct principal root = facts_root(f);
    consider(f, &c, &root, r);
    if (c.allowed.known)
        return c.allowed;
    if (!account->roles_complete || !account->users_complete)
        return (struct principal){
            .why = arena_printf(f->arena, "who may act is not known: %.*s", STR_ARG(account->people_why)),
            .doc = &account->authorization};
    return c.has_open ? c.open : root;
}

const struct principal *facts_actor(struct facts *f, route r)
{
    struct principal *p = &f->actors[r];
    if (f->actor_made[r])
        return p;
    f->actor_made[r] = true;
    if (is_removal(r))
        *p = removing_actor(f);
    else if (r == ROUTE_LEAVE_CONSOLE)
        *p = facts_root(f);
    else if (f->run->principal.len)
        *p = facts_principal(f, f->account, f->run->principal);
    else
        *p = leaving_actor(f, r);
    return p;
}

/* ---- layers ---- */

static struct policy_set refs_of(struct facts *f, const struct attachment *at)
{
    struct policy_ref *refs = NEW_ARRAY(f->arena, struct policy_ref, at->count);
    for (size_t i = 0; i < at->count; i++)
        refs[i] =
            (struct policy_ref){.policy = at->items[i]->policy, .id = at->items[i]->id, .name = at->items[i]->name};
    return (struct policy_set){refs, at->count, at->complete};
}

/* The levels from the root down to the account. A way up that is not known is one level that may hold anything. */
const struct level *facts_levels(struct facts *f, policy_type type, size_t *level_count)
{
    const struct org_account *listed = f->account->listed;
    size_t count = 0, n = 0;
    bool known = false;
    const struct unit **chain = unit_chain(f->arena, listed ? listed->parent : NULL, &count, &known);
    struct level *levels = NEW_ARRAY(f->arena, struct level, count + 2);
    if (!known)
        levels[n++] = (struct level){.path = STR("(the way up to the root was not captured)")};
    for (size_t i = 0; i < count; i++)
        levels[n++] = (struct level){chain[i]->id, chain[i]->path, refs_of(f, &chain[i]->attached[type])};
    str name = listed && listed->name.len ? listed->name : f->account->id;
    str above = count ? chain[count - 1]->path : (str){0};
    levels[n] = (struct level){.id = f->account->id,
                               .path = arena_printf(f->arena, "%.*s/%.*s", STR_ARG(above), STR_ARG(name))};
    if (listed)
        levels[n].set = refs_of(f, &listed->attached[type]);
    *level_count = n + 1;
    return levels;
}

static void make_scps(struct facts *f)
{
    f->scps = facts_levels(f, POLICY_SCP, &f->scp_count);
    const struct organization *o = f->run->org;
    tri management = !o->management_account.len ? TRI_UNKNOWN : tri_of(str_eq(o->management_account, f->account->id));
    f->scps_apply = tri_and(o->types_enabled[POLICY_SCP], tri_not(management));
    f->scps_made = true;
}

/* ---- context ---- */

static const struct tag *tags_of(struct facts *f, const struct entity *e)
{
    struct tag *tags = NEW_ARRAY(f->arena, struct tag, e->tag_count);
    for (size_t i = 0; i < e->tag_count; i++)
        tags[i] = (struct tag){e->tags[i].key, e->tags[i].value};
    return tags;
}

/* Tags of a user are certain; those of a role's session only if its trust policy lets nobody pass others. */
static tri tags_certain(struct facts *f, const struct entity *e)
{
    if (!e->tags_known)
        return TRI_UNKNOWN;
    if (e->kind == ENTITY_USER)
        return TRI_YES;
    return e->trust && trust_allows_tag_session(f->arena, e->trust) == TRI_NO ? TRI_YES : TRI_UNKNOWN;
}

/* "o-…/r-…/ou-…/": with the account's parents, no account id (IAM User Guide, aws:PrincipalOrgPaths). */
static str org_path(struct facts *f, const struct account *account)
{
    size_t count;
    bool known;
    const struct unit **chain = unit_chain(f->arena, account->listed ? account->listed->parent : NULL, &count, &known);
    str path = f->run->org->id;
    if (!known || !path.len)
        return (str){0};
    for (size_t i = 0; i < count; i++)
        path = arena_printf(f->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(chain[i]->id));
    return arena_printf(f->arena, "%.*s/", STR_ARG(path));
}

static struct caller caller_of(struct facts *f, const struct principal *p, bool afterwards)
{
    principal_kind kind = principal_name_of(p->arn).kind;
    struct caller c = {.arn = kind == NAMES_SESSION ? (str){0} : p->arn, /* its role's may have a path */
                       .account = p->account_id,
                       .is_root = p->is_root,
                       .is_role = kind == NAMES_ROLE || kind == NAMES_SESSION,
                       .org_id = f->run->org->id,
                       .in_organization = f->run->org->in_use,
                       .org_path = org_path(f, p->account)};
    if (afterwards) {
        c.org_id = c.org_path = (str){0};
        c.in_organization = TRI_NO;
    }
    if (p->entity) {
        c.name = c.is_role ? (str){0} : p->entity->name;
        c.id = p->entity->id;
        c.tags = tags_of(f, p->entity);
        c.tag_count = p->entity->tag_count;
        c.tags_certain = tags_certain(f, p->entity);
    } else if (p->is_root) {
        c.tags_certain = TRI_YES; /* the root user has none */
    }
    return c;
}

static void resource_tags(struct facts *f, struct context_facts *c)
{
    const struct capture_doc *d = &f->account->tags;
    const node *list = node_get(d->root, "Tags");
    c->resource_tags_certain = d->state == CAPTURE_WHOLE ? TRI_YES : TRI_UNKNOWN;
    struct tag *tags = NEW_ARRAY(f->arena, struct tag, node_count(list));
    for (NODE_EACH(item, list))
        tags[c->resource_tag_count++] =
            (struct tag){node_text(node_get(item, "Key")), node_text(node_get(item, "Value"))};
    c->resource_tags = tags;
}

static struct context context_of(struct facts *f, const struct question *q, const struct caller *caller)
{
    const struct facts_run *run = f->run;
    struct context_key *given = NEW_ARRAY(f->arena, struct context_key, run->given_count + q->given_count);
    if (run->given_count)
        memcpy(given, run->given, run->given_count * sizeof *given);
    if (q->given_count)
        memcpy(given + run->given_count, q->given, q->given_count * sizeof *given);
    str action = q->action;
    struct context_facts c = {.caller = caller,
                              .partition = facts_partition(f),
                              .as_of = run->as_of,
                              .service = str_cut(&action, ':'),
                              .given = given,
                              .given_count = run->given_count + q->given_count};
    if (q->resource_known && str_eq(q->resource, facts_account_arn(f))) {
        c.resource_account = run->org->management_account;
        c.resource_org_id = run->org->id;
        resource_tags(f, &c);
    }
    return context_fill(f->arena, &c);
}

/* A deny of every resource holds whatever the resource is. */
static bool denies_everywhere(const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->deny_count; i++) {
        const struct match *m = &t->denies[i];
        if (m->matches == TRI_YES && m->statement && !m->statement->not_resource && statement_covers_star(m->statement))
            return true;
    }
    return false;
}

static const struct verdict_trace *decide(struct facts *f, const struct question *q);

const struct verdict_trace *facts_decide(struct facts *f, const struct question *q)
{
    const struct principal *p = q->who;
    if (!p->known || (!p->captured && !q->everything))
        return NULL;
    if (q->resource_known)
        return decide(f, q);
    struct question any = *q;
    any.resource = STR("*");
    const struct verdict_trace *t = decide(f, &any);
    return denies_everywhere(t) ? t : NULL;
}

static struct layers layers_of(struct facts *f, const struct question *q)
{
    const struct principal *p = q->who;
    struct layers layers = {0};
    bool member = str_eq(p->account_id, f->account->id);
    bool service_linked = p->entity && str_starts(p->entity->path, STR("/aws-service-role/"));
    if (!f->scps_made)
        make_scps(f);
    if (q->scps && member && !service_linked) { /* SCPs follow the principal's account */
        layers.scps = f->scps;
        layers.scp_count = f->scp_count;
    }
    layers.scps_apply = layers.scps ? f->scps_apply : TRI_NO;
    layers.rcps_apply = TRI_NO; /* Organizations and IAM are not among the services that RCPs cover */
    layers.identity = q->everything ? f->run->everything : p->entity ? &p->entity->identity : NULL;
    layers.boundary = p->entity && p->entity->has_boundary ? &p->entity->boundary : NULL;
    if (q->role) {
        struct policy_ref *trust = NEW(f->arena, struct policy_ref);
        *trust = (struct policy_ref){.policy = q->role->trust, .id = q->role->arn, .name = q->role->name};
        layers.resource = trust;
    }
    return layers;
}

/* What we ask about has no policy of its own, whosever account its ARN names (an invitation's: that of who invites). */
static struct request request_of(const struct question *q, const struct context *context)
{
    return (struct request){.principal = q->who->arn,
                            .action = q->action,
                            .resource = q->resource,
                            .resource_account = q->who->account_id,
                            .context = context};
}

void facts_request(struct facts *f, const struct question *q, struct facts_request *out)
{
    struct caller caller = caller_of(f, q->who, q->afterwards);
    out->context = context_of(f, q, &caller);
    out->layers = layers_of(f, q);
    out->request = request_of(q, &out->context);
}

static const struct verdict_trace *decide(struct facts *f, const struct question *q)
{
    struct facts_request *asked = NEW(f->arena, struct facts_request);
    facts_request(f, q, asked);
    struct verdict_trace *out = NEW(f->arena, struct verdict_trace);
    evaluate(f->arena, &asked->request, &asked->layers, out);
    return out;
}

/* Most people are allowed or denied whatever the context is: it is filled only for those of whom that is not so. */
tri facts_allowed(struct facts *f, const struct question *q)
{
    static const struct context nothing = {.rest = KEY_UNKNOWN};
    const struct principal *p = q->who;
    if (!p->known || (!p->captured && !q->everything))
        return TRI_UNKNOWN;
    decision d = DECISION_UNKNOWN;
    if (q->resource_known) {
        struct layers layers = layers_of(f, q);
        struct request request = request_of(q, &nothing);
        d = evaluate_at_a_glance(f->arena, &request, &layers);
    }
    if (d == DECISION_UNKNOWN) {
        const struct verdict_trace *t = facts_decide(f, q);
        d = t ? t->decision : DECISION_UNKNOWN;
    }
    return d == DECISION_UNKNOWN ? TRI_UNKNOWN : tri_of(d == DECISION_ALLOWED);
}

/* ---- telling a decision ---- */

/* Why what is attached to that root, OU or account is not known. */
static str why_not_whole(struct facts *f, str id)
{
    const struct unit *unit = map_get(&f->run->org->units_by_id, id);
    const struct org_account *account = unit ? NULL : organization_account(f->run->org, id);
    return unit ? unit->attached[POLICY_SCP].why : account ? account->attached[POLICY_SCP].why : (str){0};
}

struct mark facts_match_mark(struct facts *f, const struct match *m, str action)
{
    struct mark mark = MARK_NONE;
    if (m->level) {
        mark.level = m->level->id;
        mark.level_path = m->level->path;
    }
    if (m->policy) {
        mark.policy = m->policy->id;
        mark.policy_name = m->policy->name;
    }
    if (m->statement && m->policy && m->policy->policy) {
        mark.source = policy_source(m->policy->policy);
        mark.node = match_action_node(m, action);
        mark.sid = statement_sid(m->statement);
        mark.statement = statement_index(m->statement);
    } else if (m->policy && m->layer == LAYER_SCP) {
        struct call c = {.kind = CAPTURE_DESCRIBE_POLICY, .argument = m->policy->id};
        mark.file = arena_printf(f->arena, "%.*s.json", STR_ARG(call_path(f->arena, &c)));
    } else if (m->layer == LAYER_SCP) {
        str why = m->level ? why_not_whole(f, m->level->id) : (str){0}, file = str_cut(&why, ' ');
        mark.file =
            str_ends(file, STR(".json")) ? file : STR("organizations/list-policies/SERVICE_CONTROL_POLICY.json");
    } else {
        mark.file = arena_printf(f->arena, "%.*s.json", STR_ARG(f->account->authorization.path));
    }
    mark.text = facts_sentence_of_match(f, m);
    return mark;
}

static str where_of(struct facts *f, const struct match *m)
{
    if (!m->level)
        return (str){0};
    return m->level->path.len ? arena_printf(f->arena, " at %.*s", STR_ARG(m->level->path))
                              : arena_printf(f->arena, " at %.*s", STR_ARG(m->level->id));
}

str facts_sentence_of_match(struct facts *f, const struct match *m)
{
    str where = where_of(f, m);
    if (!m->policy) {
        str why = m->level ? why_not_whole(f, m->level->id) : (str){0};
        return arena_printf(f->arena, "what else is attached%.*s is not known%s%.*s", STR_ARG(where),
                            why.len ? ": " : "", STR_ARG(why));
    }
    str name = m->policy->name.len ? m->policy->name : m->policy->id;
    if (!m->statement)
        return arena_printf(f->arena, "%.*s%.*s was not captured", STR_ARG(name), STR_ARG(where));
    str sid = statement_sid(m->statement);
    str statement = sid.ptr ? arena_printf(f->arena, "statement %.*s", STR_ARG(sid))
                            : arena_printf(f->arena, "statement %d", statement_index(m->statement));
    const char *verb = statement_effect(m->statement) == EFFECT_ALLOW ? "allows" : "denies";
    return arena_printf(f->arena, "%.*s of %.*s%.*s %s%s", STR_ARG(statement), STR_ARG(name), STR_ARG(where),
                        m->matches == TRI_YES ? "" : "perhaps ", verb);
}

struct need facts_key_need(struct facts *f, str key)
{
    return (struct need){
        "context-key", key,
        arena_printf(f->arena, "if it is known how the call will be made: --context %.*s=VALUE", STR_ARG(key))};
}

static void tell_open(struct facts *f, struct value *v, const struct match *matches, size_t count, str action)
{
    for (size_t i = 0; i < count; i++) {
        if (matches[i].matches == TRI_YES)
            continue;
        fact_mark(f, v, facts_match_mark(f, &matches[i], action));
        if (matches[i].policy && !matches[i].statement && matches[i].layer == LAYER_SCP) {
            struct call c = {.kind = CAPTURE_DESCRIBE_POLICY, .argument = matches[i].policy->id};
            struct capture_doc d = {.call = c, .path = call_path(f->arena, &c)};
            struct need n = fact_capture_need(f, &d);
            n.kind = "policy";
            fact_need(f, v, n);
        }
    }
}

struct value facts_principal_unknown(struct facts *f, value_type type, const struct principal *p)
{
    struct value v =
        p->doc && p->doc->state == CAPTURE_UNKNOWN ? fact_not_captured(f, type, p->doc) : fact_unknown(type, p->why);
    v.reason = p->why.len ? p->why : v.reason;
    if (!v.mark_count && p->doc && p->doc->source)
        fact_mark_place(f, &v, p->doc->source, p->doc->root, v.reason);
    if (p->need.kind)
        fact_need(f, &v, p->need);
    return v;
}

void facts_tell_keys(struct facts *f, struct value *v, const struct verdict_trace *t)
{
    v->depends_on = t->depends_on;
    v->depends_on_count = t->depends_on_count;
    for (size_t i = 0; i < t->depends_on_count; i++)
        fact_need(f, v, facts_key_need(f, t->depends_on[i]));
}

/* "it depends on aws:MultiFactorAuthPresent (allowed only if …)": why a decision is open. */
str facts_why_open(struct facts *f, const struct verdict_trace *t, str action)
{
    str keys = {0};
    for (size_t i = 0; i < t->depends_on_count; i++)
        keys = arena_printf(f->arena, "%.*s%s%.*s", STR_ARG(keys), i ? ", " : "", STR_ARG(t->depends_on[i]));
    if (t->residual.len)
        return arena_printf(f->arena, "%.*s is %.*s", STR_ARG(action), STR_ARG(t->residual));
    if (keys.len)
        return arena_printf(f->arena, "whether %.*s is allowed depends on %.*s", STR_ARG(action), STR_ARG(keys));
    for (size_t i = 0; i < t->deny_count; i++)
        if (t->denies[i].matches == TRI_UNKNOWN)
            return facts_sentence_of_match(f, &t->denies[i]);
    for (size_t i = 0; i < t->allow_count; i++)
        if (t->allows[i].matches == TRI_UNKNOWN)
            return facts_sentence_of_match(f, &t->allows[i]);
    return arena_printf(f->arena, "whether %.*s is allowed cannot be told from the captures", STR_ARG(action));
}

/* What stands at a level that lets nothing of the action through. */
static const struct mark *level_mark(struct facts *f, const struct level *level)
{
    struct mark *mark = NEW(f->arena, struct mark);
    *mark = MARK_NONE;
    mark->level = level->id;
    mark->level_path = level->path;
    if (level->set.count && level->set.items[0].policy) {
        mark->source = policy_source(level->set.items[0].policy);
        mark->node = mark->source->root;
        mark->policy = level->set.items[0].id;
        mark->policy_name = level->set.items[0].name;
    }
    mark->text =
        arena_printf(f->arena, "no SCP attached to %.*s allows it", STR_ARG(level->path.len ? level->path : level->id));
    return mark;
}

struct value facts_can(struct facts *f, const struct question *q)
{
    const struct principal *p = q->who;
    if (!p->known || !p->captured)
        return facts_principal_unknown(f, TYPE_BOOL, p);
    const struct verdict_trace *t = facts_decide(f, q);
    struct value v;
    if (!t)
        return fact_unknown(TYPE_BOOL, arena_printf(f->arena, "the resource of %.*s is not known", STR_ARG(q->action)));
    switch (t->decision) {
    case DECISION_ALLOWED:
        v = fact_yes_no(true);
        if (t->decided_by)
            fact_mark(f, &v, facts_match_mark(f, t->decided_by, q->action));
        return v;
    case DECISION_EXPLICITLY_DENIED:
        v = fact_yes_no(false);
        for (size_t i = 0; i < t->deny_count; i++)
            if (t->denies[i].matches == TRI_YES || t->denied == TRI_YES)
                fact_mark(f, &v, facts_match_mark(f, &t->denies[i], q->action));
        return v;
    case DECISION_IMPLICITLY_DENIED:
        v = fact_yes_no(false);
        if (p->entity)
            fact_mark_place(
                f, &v, p->account->authorization.source, p->entity->node,
                arena_printf(f->arena, "nothing allows %.*s to %.*s", STR_ARG(q->action), STR_ARG(p->entity->name)));
        for (size_t i = 0; i < f->scp_count && t->scp_level_allows; i++)
            if (t->scp_level_allows[i] == TRI_NO)
                fact_mark(f, &v, *level_mark(f, &f->scps[i]));
        return v;
    case DECISION_UNKNOWN: break;
    }
    v = fact_unknown(TYPE_BOOL, facts_why_open(f, t, q->action));
    tell_open(f, &v, t->denies, t->deny_count, q->action);
    tell_open(f, &v, t->allows, t->allow_count, q->action);
    facts_tell_keys(f, &v, t);
    return v;
}

/* ---- actor.* ---- */

struct value fact_actor_arn(struct facts *f, route r)
{
    const struct principal *p = facts_actor(f, r);
    return p->known ? fact_text(p->arn) : facts_principal_unknown(f, TYPE_STRING, p);
}

struct value fact_actor_is_root(struct facts *f, route r)
{
    const struct principal *p = facts_actor(f, r);
    return p->known ? fact_yes_no(p->is_root) : facts_principal_unknown(f, TYPE_BOOL, p);
}

struct value fact_actor_in_right_account(struct facts *f, route r)
{
    const struct principal *p = facts_actor(f, r);
    const struct organization *o = f->run->org;
    if (!p->known)
        return facts_principal_unknown(f, TYPE_BOOL, p);
    if (is_removal(r) && !o->management_account.len)
        return fact_not_captured(f, TYPE_BOOL, &o->describe);
    struct value v = fact_yes_no(str_eq(p->account_id, is_removal(r) ? o->management_account : f->account->id));
    if (is_removal(r))
        fact_mark_place(f, &v, o->management_place.source, o->management_place.node,
                        arena_printf(f->arena, "the management account is %.*s", STR_ARG(o->management_account)));
    return v;
}

struct value fact_actor_identity_allows(struct facts *f, route r)
{
    struct question q = {.who = facts_actor(f, r), .action = facts_route_action(r)};
    q.resource = facts_route_resource(f, r, &q.resource_known);
    return facts_can(f, &q);
}

struct value fact_actor_allow_covers_star(struct facts *f, route r)
{
    struct question q = {.who = facts_actor(f, r), .action = facts_route_action(r)};
    q.resource = facts_route_resource(f, r, &q.resource_known);
    if (!q.who->known || !q.who->captured || !q.resource_known)
        return facts_can(f, &q);
    if (q.who->is_root || is_removal(r))
        return fact_yes_no(true);
    const struct verdict_trace *t = facts_decide(f, &q);
    tri covers = TRI_NO;
    for (size_t i = 0; i < t->allow_count; i++)
        if (!t->allows[i].statement)
            covers = tri_or(covers, TRI_UNKNOWN);
        else if (statement_covers_star(t->allows[i].statement))
            covers = tri_or(covers, t->allows[i].matches);
    return fact_tri(f, covers, covers == TRI_UNKNOWN ? facts_why_open(f, t, q.action) : (str){0});
}

/* ---- what SCPs say to the actor ---- */

/* As if its own policies allowed everything, so that only the SCPs speak. NULL: *v says why not. */
static const struct verdict_trace *scp_trace(struct facts *f, route r, struct value *v)
{
    const struct principal *p = facts_actor(f, r);
    const struct organization *o = f->run->org;
    *v = fact_list(NULL, 0, true, (str){0});
    if (is_removal(r) || o->types_enabled[POLICY_SCP] == TRI_NO)
        return NULL;
    if (!p->known || !p->captured) { /* a session's ARN alone does not tell the role's, which SCPs test */
        *v = facts_principal_unknown(f, TYPE_LIST, p);
        return NULL;
    }
    if (o->types_enabled[POLICY_SCP] == TRI_UNKNOWN) {
        *v = o->roots.state == CAPTURE_UNKNOWN ? fact_not_captured(f, TYPE_LIST, &o->roots)
                                               : fact_unknown(TYPE_LIST, STR("whether SCPs are enabled is not known"));
        return NULL;
    }
    struct question q = {.who = p, .action = facts_route_action(r), .scps = true, .everything = true};
    q.resource = facts_route_resource(f, r, &q.resource_known);
    const struct verdict_trace *t = facts_decide(f, &q);
    if (!t)
        *v = fact_unknown(TYPE_LIST, STR("the invitation is not known"));
    return t;
}

static struct element statement_element(struct facts *f, const struct match *m, str action)
{
    struct mark *mark = NEW(f->arena, struct mark);
    struct value *members = NEW_ARRAY(f->arena, struct value, 4); /* statement.policy, .level, .sid, .file */
    *mark = facts_match_mark(f, m, action);
    str name = m->policy->name.len ? m->policy->name : m->policy->id;
    members[0] = fact_text(m->policy->id);
    members[1] = fact_text(m->level->id);
    members[2] = fact_text(mark->sid);
    members[3] = fact_text(mark->source ? source_file_of(mark->source, mark->node) : mark->file);
    str sid = mark->sid.ptr ? mark->sid : arena_printf(f->arena, "statement %d", mark->statement);
    str label = arena_printf(f->arena, "%.*s of %.*s%.*s", STR_ARG(sid), STR_ARG(name), STR_ARG(where_of(f, m)));
    return (struct element){.text = label, .members = members, .mark = mark};
}

/* Denying statements that test aws:RequestedRegion (`regional`), or those that do not: none is told twice. */
static struct value scp_denies(struct facts *f, route r, bool regional)
{
    struct value v;
    const struct verdict_trace *t = scp_trace(f, r, &v);
    if (!t || t->decision == DECISION_ALLOWED)
        return v;
    str action = facts_route_action(r);
    struct element *items = NEW_ARRAY(f->arena, struct element, t->deny_count);
    bool any_sure = false, complete = true;
    size_t count = 0;
    str why = {0};
    for (size_t i = 0; i < t->deny_count; i++)
        any_sure |= t->denies[i].matches == TRI_YES;
    for (size_t i = 0; i < t->deny_count; i++) {
        const struct match *m = &t->denies[i];
        if (m->layer != LAYER_SCP ||
            (m->statement && statement_tests_key(m->statement, STR("aws:RequestedRegion")) != regional))
            continue;
        /* Denies that are open one by one may deny for sure together. */
        bool sure = m->matches == TRI_YES || (!any_sure && t->decision == DECISION_EXPLICITLY_DENIED && m->statement);
        if (sure) {
            items[count++] = statement_element(f, m, action);
            continue;
        }
        complete = false;
        if (!why.len)
            why = m->statement && m->depends_on_count
                      ? arena_printf(f->arena, "%.*s, depending on %.*s", STR_ARG(facts_sentence_of_match(f, m)),
                                     STR_ARG(m->depends_on[0]))
                      : facts_sentence_of_match(f, m);
    }
    v = fact_list(items, count, complete, why);
    if (!complete) {
        bool told_open = false;
        for (size_t i = 0; i < t->deny_count; i++) {
            const struct match *m = &t->denies[i];
            bool here = m->layer == LAYER_SCP && m->matches != TRI_YES &&
                        (!m->statement || statement_tests_key(m->statement, STR("aws:RequestedRegion")) == regional);
            if (here && !m->policy && told_open) /* what else is attached: once says it for all levels */
                continue;
            told_open |= here && !m->policy;
            if (here)
                tell_open(f, &v, m, 1, action);
            for (size_t k = 0; here && k < m->depends_on_count; k++)
                fact_need(f, &v, facts_key_need(f, m->depends_on[k]));
        }
        v.depends_on = t->depends_on;
        v.depends_on_count = t->depends_on_count;
        if (t->residual.len && t->decision == DECISION_UNKNOWN)
            v.reason = arena_printf(f->arena, "%.*s (%.*s)", STR_ARG(v.reason), STR_ARG(t->residual));
    }
    return v;
}

struct value fact_actor_scp_denies(struct facts *f, route r)
{
    return scp_denies(f, r, false);
}

struct value fact_actor_scp_region_denies(struct facts *f, route r)
{
    return scp_denies(f, r, true);
}

struct value fact_actor_scp_closed_levels(struct facts *f, route r)
{
    struct value v;
    const struct verdict_trace *t = scp_trace(f, r, &v);
    if (!t || t->decision == DECISION_ALLOWED || !t->scp_level_allows)
        return v;
    struct element *items = NEW_ARRAY(f->arena, struct element, f->scp_count);
    size_t count = 0;
    bool complete = true;
    str why = {0};
    for (size_t i = 0; i < f->scp_count; i++) {
        const struct level *level = &f->scps[i];
        str name = level->path.len ? level->path : level->id;
        if (t->scp_level_allows[i] == TRI_NO)
            items[count++] =
                (struct element){.text = arena_printf(f->arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(level->id)),
                                 .mark = level_mark(f, level)};
        if (t->scp_level_allows[i] != TRI_UNKNOWN)
            continue;
        complete = false;
        why = why.len ? why : arena_printf(f->arena, "whether the SCPs at %.*s allow it is not known", STR_ARG(name));
    }
    v = fact_list(items, count, complete, why);
    if (!complete) {
        v.depends_on = t->depends_on;
        v.depends_on_count = t->depends_on_count;
    }
    return v;
}
