/* evaluate.c - one request against every layer: collects what matches, decides, and tells who decided. */
#include "iam/evaluate.h"

#include <stdlib.h>

#include "catalog/catalog.h"
#include "iam/decide.h"

const char *layer_name(layer l)
{
    switch (l) {
    case LAYER_NONE: return "";
    case LAYER_SCP: return "scp";
    case LAYER_RCP: return "rcp";
    case LAYER_BOUNDARY: return "boundary";
    case LAYER_SESSION: return "session";
    case LAYER_RESOURCE: return "resource";
    case LAYER_IDENTITY: return "identity";
    }
    return "";
}

const char *decision_name(decision d)
{
    switch (d) {
    case DECISION_UNKNOWN: return "Unknown";
    case DECISION_ALLOWED: return "Allowed";
    case DECISION_EXPLICITLY_DENIED: return "ExplicitlyDenied";
    case DECISION_IMPLICITLY_DENIED: return "ImplicitlyDenied";
    }
    return "Unknown";
}

/* ---- which layers apply ---- */

static bool rcps_cover(str action)
{
    str rest = action, service = str_cut(&rest, ':');
    if (str_eq_nocase(action, STR("kms:RetireGrant"))) /* KMS Developer Guide, RCPs: never restricted */
        return false;
    return catalog_service_has_rcps(service);
}

/* Neither SCPs nor RCPs restrict service-linked roles. A session's ARN has no path to tell them by. */
static tri is_service_linked(const struct eval *ev)
{
    const struct principal_name *c = &ev->caller;
    if (c->kind == NAMES_ROLE)
        return tri_of(arn_is_service_linked(c->resource));
    if (c->kind != NAMES_SESSION)
        return TRI_NO;
    if (ev->role_arn.len)
        return tri_of(arn_is_service_linked(arn_part(ev->role_arn, ARN_RESOURCE)));
    return str_starts(c->name, STR("AWSServiceRoleFor")) ? TRI_UNKNOWN : TRI_NO;
}

static void find_guardrails(struct decider *d)
{
    const struct layers *l = d->layers;
    bool of_account = d->ev.caller.kind != NAMES_SERVICE && d->ev.caller.kind != NAMES_OTHER;
    tri restricted = tri_not(is_service_linked(&d->ev));
    d->scps = l->scp_count && of_account ? tri_and(l->scps_apply, restricted) : TRI_NO;
    d->rcps = l->rcp_count && rcps_cover(d->ev.action.text) ? tri_and(l->rcps_apply, restricted) : TRI_NO;
}

/* ---- who grants ---- */

static bool is_trust_action(str action)
{
    return (action.len > 10 && str_eq_nocase(str_head(action, 10), STR("sts:Assume"))) ||
           str_eq_nocase(action, STR("sts:TagSession")) || str_eq_nocase(action, STR("sts:SetSourceIdentity"));
}

static bool is_of_service(str action, str service)
{
    return action.len > service.len && str_eq_nocase(str_head(action, service.len), service);
}

/* Key policies and role trust policies must allow explicitly (KMS Developer Guide, "Key policies"; IAM User Guide). */
static bool needs_resource_policy(str action, str resource)
{
    struct arn_parts parts;
    bool kms = is_of_service(action, STR("kms:")), sts = is_of_service(action, STR("sts:"));
    if ((!kms && !sts) || !arn_split(resource, &parts))
        return false;
    if (kms)
        return str_is(parts.at[ARN_SERVICE], "kms") && str_starts(parts.at[ARN_RESOURCE], STR("key/"));
    return str_is(parts.at[ARN_SERVICE], "iam") && str_starts(parts.at[ARN_RESOURCE], STR("role/")) &&
           is_trust_action(action);
}

static void find_grant(struct decider *d, const struct request *r)
{
    const struct principal_name *c = &d->ev.caller;
    str owner = r->resource_account;
    if (!owner.len && r->resource.len > 1)
        owner = arn_part(r->resource, ARN_ACCOUNT);
    d->is_root = c->kind == NAMES_ROOT;
    d->explicit = needs_resource_policy(r->action, r->resource);
    if (c->kind == NAMES_SERVICE || c->kind == NAMES_OTHER)
        d->grant = GRANT_ALONE;
    else
        d->grant = str_is_account_id(owner) && !str_eq(owner, c->account) ? GRANT_CROSS_ACCOUNT : GRANT_SAME_ACCOUNT;
}

/* ---- collecting ---- */

document_kind layer_document(layer l)
{
    switch (l) {
    case LAYER_SCP: return DOCUMENT_SCP;
    case LAYER_RCP: return DOCUMENT_RCP;
    case LAYER_RESOURCE: return DOCUMENT_RESOURCE;
    case LAYER_NONE:
    case LAYER_BOUNDARY:
    case LAYER_SESSION:
    case LAYER_IDENTITY: break;
    }
    return DOCUMENT_IDENTITY;
}

tri layer_applies(const struct decider *d, layer l)
{
    return l == LAYER_SCP ? d->scps : l == LAYER_RCP ? d->rcps : TRI_YES;
}

/* What holds for the record beside its statement. */
static tri record_limit(const struct decider *d, const struct record *r, tri matches)
{
    if (r->statement->effect == EFFECT_UNKNOWN)
        matches = tri_and(matches, TRI_UNKNOWN);
    return r->denies ? tri_and(matches, layer_applies(d, r->layer)) : matches;
}

void record_match(const struct decider *d, struct record *r)
{
    r->matches = record_limit(d, r, statement_matches(&d->ev, r->statement, layer_document(r->layer), &r->named));
}

tri record_without_conditions(const struct decider *d, const struct record *r)
{
    struct named named;
    return record_limit(d, r, statement_is_about(&d->ev, r->statement, layer_document(r->layer), &named));
}

tri *decided_allow(struct decider *d, const struct record *r)
{
    switch (r->layer) {
    case LAYER_SCP: return &d->level_allows[r->level];
    case LAYER_BOUNDARY: return &d->boundary;
    case LAYER_SESSION: return &d->session;
    case LAYER_NONE:
    case LAYER_RCP:
    case LAYER_RESOURCE:
    case LAYER_IDENTITY: break;
    }
    return NULL;
}

static void collect_statement(struct decider *d, const struct statement *s, struct record *r)
{
    tri *allow = decided_allow(d, r);
    r->denies = s->effect != EFFECT_ALLOW;
    r->allows = s->effect != EFFECT_DENY && r->layer != LAYER_RCP; /* RCPFullAWSAccess allows all */
    if (!r->denies && (!r->allows || (allow && *allow == TRI_YES)))
        return;
    r->statement = s;
    record_match(d, r);
    if (r->matches == TRI_NO)
        return;
    if (!r->denies && allow && r->matches == TRI_YES)
        *allow = TRI_YES;
    else
        *VEC_PUSH(d->ev.arena, &d->records) = *r;
}

/* A policy whose text is not known, or one that may be there: may deny, may allow. */
static void collect_unknown(struct decider *d, struct record r)
{
    r.statement = NULL;
    r.denies = true;
    r.allows = r.layer != LAYER_RCP;
    r.matches = TRI_UNKNOWN;
    for (int v = 0; v < VIA_COUNT; v++)
        r.named.by[v] = TRI_UNKNOWN;
    *VEC_PUSH(d->ev.arena, &d->records) = r;
}

static void collect_policy(struct decider *d, const struct policy_ref *p, struct record *r)
{
    r->policy = p;
    if (!p->policy) {
        collect_unknown(d, *r);
        return;
    }
    if (!(p->policy->services & d->ev.action.service))
        return;
    for (size_t i = 0; i < p->policy->count; i++)
        if (p->policy->statements[i].services & d->ev.action.service)
            collect_statement(d, &p->policy->statements[i], r);
}

static void collect_set(struct decider *d, const struct policy_set *set, layer l, size_t level)
{
    struct record r = {.layer = l, .level = level};
    for (size_t i = 0; set && i < set->count; i++)
        collect_policy(d, &set->items[i], &r);
    r.policy = NULL;
    if (set && !set->complete)
        collect_unknown(d, r);
}

/* A federated user has what the user who federated and the session policies have in common; without session policies
 * nothing (IAM User Guide, "Permissions for GetFederationToken"). */
static bool needs_session_policy(const struct decider *d)
{
    return d->ev.caller.kind == NAMES_FEDERATED_USER;
}

/* In the order in which attribution names an explicit deny. */
static void collect(struct decider *d)
{
    const struct layers *l = d->layers;
    if (d->scps != TRI_NO) {
        d->level_allows = arena_alloc(d->ev.arena, l->scp_count * sizeof *d->level_allows);
        for (size_t i = 0; i < l->scp_count; i++) {
            d->level_allows[i] = TRI_NO;
            collect_set(d, &l->scps[i].set, LAYER_SCP, i);
        }
    }
    for (size_t i = 0; d->rcps != TRI_NO && i < l->rcp_count; i++)
        collect_set(d, &l->rcps[i].set, LAYER_RCP, i);
    d->boundary = l->boundary ? TRI_NO : TRI_YES;
    collect_set(d, l->boundary, LAYER_BOUNDARY, 0);
    d->session = l->session || needs_session_policy(d) ? TRI_NO : TRI_YES;
    collect_set(d, l->session, LAYER_SESSION, 0);
    if (l->resource) {
        struct record r = {.layer = LAYER_RESOURCE};
        collect_policy(d, l->resource, &r);
    }
    collect_set(d, l->identity, LAYER_IDENTITY, 0);
}

/* ---- deciding ---- */

struct grants {
    tri identity, boundary, session;
    struct named resource;
};

static struct grants find_grants(const struct decider *d)
{
    struct grants g = {.identity = TRI_NO, .boundary = d->boundary, .session = d->session};
    for (int v = 0; v < VIA_COUNT; v++)
        g.resource.by[v] = TRI_NO;
    for (size_t i = 0; i < d->records.count; i++) {
        const struct record *r = &d->records.items[i];
        if (!r->allows)
            continue;
        switch (r->layer) {
        case LAYER_BOUNDARY: g.boundary = tri_or(g.boundary, r->matches); break;
        case LAYER_SESSION: g.session = tri_or(g.session, r->matches); break;
        case LAYER_IDENTITY: g.identity = tri_or(g.identity, r->matches); break;
        case LAYER_RESOURCE:
            for (int v = 0; v < VIA_COUNT; v++)
                g.resource.by[v] = tri_or(g.resource.by[v], tri_and(r->matches, r->named.by[v]));
            break;
        case LAYER_NONE:
        case LAYER_SCP:
        case LAYER_RCP: break;
        }
    }
    return g;
}

static tri by_any(const struct named *n)
{
    tri any = TRI_NO;
    for (int v = 0; v < VIA_COUNT; v++)
        any = tri_or(any, n->by[v]);
    return any;
}

/* IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic". */
static tri granted(const struct decider *d, const struct grants *g)
{
    const tri *by = g->resource.by;
    tri limits = tri_and(g->boundary, g->session), everyone = by[VIA_EVERYONE];
    switch (d->grant) {
    case GRANT_ALONE: return by_any(&g->resource);
    case GRANT_CROSS_ACCOUNT: return tri_and(by_any(&g->resource), tri_and(d->is_root ? TRI_YES : g->identity, limits));
    case GRANT_SAME_ACCOUNT: break;
    }
    if (d->is_root) /* a session of the root user is bound to its task (STS API Reference, AssumeRoot) */
        return tri_and(g->session, d->explicit ? by_any(&g->resource) : TRI_YES);
    /* Whether "*" passes an implicit deny of boundary or session is not documented. */
    if (limits != TRI_YES)
        everyone = tri_and(everyone, TRI_UNKNOWN);
    tri identity = d->explicit ? tri_and(g->identity, by[VIA_ACCOUNT]) : g->identity;
    return tri_or(tri_or(by[VIA_DIRECT], everyone), tri_and(tri_or(by[VIA_ROLE], identity), limits));
}

static layer missing_grant(const struct decider *d, const struct grants *g)
{
    bool mine = g->identity != TRI_NO || g->resource.by[VIA_ROLE] != TRI_NO || d->is_root;
    if (d->grant == GRANT_ALONE)
        return LAYER_RESOURCE;
    if (mine && g->boundary != TRI_YES)
        return LAYER_BOUNDARY;
    if (mine && g->session != TRI_YES)
        return LAYER_SESSION;
    return mine ? LAYER_RESOURCE : LAYER_IDENTITY;
}

/* D of evaluation: some deny matches. */
static tri denied(const struct decider *d)
{
    tri any = TRI_NO;
    for (size_t i = 0; i < d->records.count; i++)
        if (d->records.items[i].denies)
            any = tri_or(any, d->records.items[i].matches);
    return any;
}

static tri level_allows(const struct decider *d, size_t level)
{
    tri allow = d->level_allows[level];
    for (size_t i = 0; allow != TRI_YES && i < d->records.count; i++) {
        const struct record *r = &d->records.items[i];
        if (r->layer == LAYER_SCP && r->level == level && r->allows)
            allow = tri_or(allow, r->matches);
    }
    return tri_or(allow, tri_not(d->scps));
}

struct outcome decide(const struct decider *d)
{
    struct outcome o = {.denied = denied(d), .guardrails = TRI_YES};
    for (size_t i = 0; d->level_allows && i < d->layers->scp_count; i++) {
        tri allow = level_allows(d, i);
        if (allow != TRI_YES && (!o.missing || (allow == TRI_NO && o.guardrails != TRI_NO))) {
            o.missing = LAYER_SCP;
            o.level = i;
        }
        o.guardrails = tri_and(o.guardrails, allow);
    }
    struct grants g = find_grants(d);
    o.granted = granted(d, &g);
    if (o.granted != TRI_YES && (!o.missing || (o.granted == TRI_NO && o.guardrails != TRI_NO)))
        o.missing = missing_grant(d, &g);
    tri passes = tri_and(o.guardrails, o.granted);
    if (o.denied == TRI_YES)
        o.decision = DECISION_EXPLICITLY_DENIED;
    else if (passes == TRI_NO)
        o.decision = DECISION_IMPLICITLY_DENIED;
    else if (passes == TRI_YES && o.denied == TRI_NO)
        o.decision = DECISION_ALLOWED;
    return o;
}

/* ---- telling ---- */

void key_list_add(void *list, str key)
{
    struct key_list *l = list;
    for (size_t i = 0; i < l->keys.count; i++)
        if (str_eq_nocase(l->keys.items[i], key))
            return;
    *VEC_PUSH(l->arena, &l->keys) = key;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

void key_list_sort(struct key_list *l)
{
    if (l->keys.count > 1)
        qsort(l->keys.items, l->keys.count, sizeof *l->keys.items, by_text);
}

static struct match match_of(const struct decider *d, const struct record *r)
{
    const struct layers *l = d->layers;
    struct match m = {.layer = r->layer, .policy = r->policy, .statement = r->statement, .matches = r->matches};
    if (r->layer == LAYER_SCP || r->layer == LAYER_RCP)
        m.level = r->layer == LAYER_SCP ? &l->scps[r->level] : &l->rcps[r->level];
    if (r->matches == TRI_UNKNOWN && r->statement) {
        struct key_list keys = {.arena = d->ev.arena};
        statement_open_keys(&d->ev, r->statement, key_list_add, &keys);
        key_list_sort(&keys);
        m.depends_on = keys.keys.items;
        m.depends_on_count = keys.keys.count;
    }
    return m;
}

static bool is_grant(const struct record *r)
{
    return r->allows && (r->layer == LAYER_IDENTITY || r->layer == LAYER_RESOURCE);
}

static void tell_matches(const struct decider *d, struct verdict_trace *out)
{
    size_t denies = 0, allows = 0;
    for (size_t i = 0; i < d->records.count; i++) {
        denies += d->records.items[i].denies;
        allows += is_grant(&d->records.items[i]);
    }
    struct match *deny = arena_alloc(d->ev.arena, (denies + allows) * sizeof *deny), *allow = deny + denies;
    out->denies = deny;
    out->allows = allow;
    for (size_t i = 0; i < d->records.count; i++) {
        const struct record *r = &d->records.items[i];
        if (r->denies)
            deny[out->deny_count++] = match_of(d, r);
        if (is_grant(r))
            allow[out->allow_count++] = match_of(d, r);
    }
}

/* Of an explicit denial the first sure deny; when only several together deny for sure, the first of them. */
static const struct match *denied_by(const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->deny_count; i++)
        if (t->denies[i].matches == TRI_YES)
            return &t->denies[i];
    return t->deny_count ? &t->denies[0] : NULL;
}

static const struct match *allowed_by(const struct verdict_trace *t)
{
    const struct match *best = NULL;
    for (size_t i = 0; i < t->allow_count; i++)
        if (!best || (best->matches != TRI_YES && t->allows[i].matches == TRI_YES) ||
            (best->matches == TRI_YES && best->layer != LAYER_IDENTITY && t->allows[i].layer == LAYER_IDENTITY &&
             t->allows[i].matches == TRI_YES))
            best = &t->allows[i];
    return best;
}

static void attribute(const struct decider *d, const struct outcome *o, struct verdict_trace *out)
{
    switch (out->decision) {
    case DECISION_EXPLICITLY_DENIED:
        out->decided_by = denied_by(out);
        out->layer = out->decided_by ? out->decided_by->layer : LAYER_NONE;
        out->level = out->decided_by ? out->decided_by->level : NULL;
        break;
    case DECISION_IMPLICITLY_DENIED:
        out->layer = o->missing;
        out->level = o->missing == LAYER_SCP ? &d->layers->scps[o->level] : NULL;
        break;
    case DECISION_ALLOWED: out->decided_by = allowed_by(out); break;
    case DECISION_UNKNOWN: break;
    }
}

static void tell(struct decider *d, const struct outcome *o, struct verdict_trace *out)
{
    out->denied = o->denied;
    out->guardrails = o->guardrails;
    out->granted = o->granted;
    tell_matches(d, out);
    if (d->level_allows) {
        for (size_t i = 0; i < d->layers->scp_count; i++)
            d->level_allows[i] = level_allows(d, i);
        out->scp_level_allows = d->level_allows;
    }
    attribute(d, o, out);
}

/* ---- the whole ---- */

static str known_value(const struct eval *ev, const char *name, tri *known)
{
    const struct context_key *key;
    key_state state = eval_key(ev, str_from(name), &key);
    *known = state == KEY_UNKNOWN ? TRI_UNKNOWN : tri_of(state == KEY_PRESENT && key->count == 1);
    return *known == TRI_YES ? key->values[0] : (str){0};
}

void decider_open(struct decider *d, arena *a, const struct request *r, const struct layers *layers)
{
    tri known;
    *d = (struct decider){.layers = layers};
    d->ev = (struct eval){.arena = a,
                          .context = r->context,
                          .action = action_name_of(r->action),
                          .caller = principal_name_of(r->principal),
                          .resource = r->resource,
                          .has_boundary = layers->boundary != NULL};
    if (d->ev.caller.kind == NAMES_SESSION)
        d->ev.role_arn = known_value(&d->ev, "aws:PrincipalArn", &known);
    if (layers->resource || layers->rcp_count)
        d->ev.user_id = known_value(&d->ev, "aws:userid", &d->ev.user_id_known);
    find_guardrails(d);
    find_grant(d, r);
}

/* What no policy allows or denies (STS API Reference, GetCallerIdentity; IAM User Guide, "Permissions for
 * GetSessionToken", which users and the root user call). */
static bool needs_no_permission(const struct decider *d)
{
    const struct eval *ev = &d->ev;
    bool user = ev->caller.kind == NAMES_USER || ev->caller.kind == NAMES_ROOT;
    return str_eq_nocase(ev->action.text, STR("sts:GetCallerIdentity")) ||
           (user && str_eq_nocase(ev->action.text, STR("sts:GetSessionToken")));
}

void evaluate(arena *a, const struct request *request, const struct layers *layers, struct verdict_trace *out)
{
    struct decider d;
    *out = (struct verdict_trace){0};
    decider_open(&d, a, request, layers);
    if (needs_no_permission(&d)) {
        out->decision = DECISION_ALLOWED;
        out->denied = TRI_NO;
        out->guardrails = out->granted = TRI_YES;
        return;
    }
    collect(&d);
    struct outcome o = decide(&d);
    out->decision = o.decision;
    bool open = o.decision == DECISION_UNKNOWN || (o.decision == DECISION_IMPLICITLY_DENIED && o.denied == TRI_UNKNOWN);
    if (open)
        model_sharpen(&d, &o, out);
    tell(&d, &o, out);
}

decision evaluate_at_a_glance(arena *a, const struct request *request, const struct layers *layers)
{
    struct decider d;
    decider_open(&d, a, request, layers);
    if (needs_no_permission(&d))
        return DECISION_ALLOWED;
    collect(&d);
    return decide(&d).decision;
}

/* ---- looking into what matched ---- */

str statement_sid(const struct statement *s)
{
    return s->sid;
}

int statement_index(const struct statement *s)
{
    return s->index;
}

effect statement_effect(const struct statement *s)
{
    return s->effect;
}

const source *policy_source(const struct policy *p)
{
    return p->source;
}

bool statement_tests_key(const struct statement *s, str key)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (str_eq_nocase(s->conditions[i].key, key))
            return true;
    return false;
}

const node *match_action_node(const struct match *m, str action)
{
    const struct statement *s = m->statement;
    struct action_name name = action_name_of(action);
    if (!s)
        return NULL;
    if (s->not_action && s->action_node)
        return s->action_node;
    for (size_t i = 0; i < s->action_count; i++)
        if (action_matches(&s->actions[i], &name) != TRI_NO)
            return s->actions[i].node;
    return s->node;
}

bool statement_covers_star(const struct statement *s)
{
    bool covered = false;
    for (const node *n = values_first(s->resource); n; n = values_next(s->resource, n))
        covered |= glob_match_resource(GLOB(node_text(n)), STR("*")) == TRI_YES;
    return s->resource && covered != s->not_resource;
}
