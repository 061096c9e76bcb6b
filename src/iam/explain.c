/* explain.c - see explain.h: the decision as a list of layers, each with its policies and what their statements say. */
#include "iam/explain_run.h"

#include <stdlib.h>

/* ---- names ---- */

str level_label(const struct level *level)
{
    return level->path.len ? level->path : level->id;
}

str policy_label(const struct policy_ref *p)
{
    return p->name.len ? p->name : p->id;
}

/* "arn:aws:iam::aws:policy/AdministratorAccess": AWS's own, which nobody else can edit. */
bool is_aws_managed(const struct policy_ref *p)
{
    return str_is(arn_part(p->id, ARN_ACCOUNT), "aws") || str_is(p->id, "p-FullAWSAccess") ||
           str_is(p->id, "p-RCPFullAWSAccess");
}

static const char *layer_words(layer l)
{
    switch (l) {
    case LAYER_NONE: return "policy";
    case LAYER_SCP: return "SCP";
    case LAYER_RCP: return "RCP";
    case LAYER_BOUNDARY: return "permissions boundary";
    case LAYER_SESSION: return "session policy";
    case LAYER_RESOURCE: return "resource policy";
    case LAYER_IDENTITY: return "identity policy";
    }
    return "policy";
}

/* "statement DenyLeaving of SCP guard-rails at /Root" */
static str match_words(arena *a, const struct match *m)
{
    str where = m->level ? arena_printf(a, " at %.*s", STR_ARG(level_label(m->level))) : (str){0};
    if (!m->policy)
        return arena_printf(a, "what else is attached%.*s as %s", STR_ARG(where), layer_words(m->layer));
    str label = policy_label(m->policy);
    str policy = label.len ? arena_printf(a, "%s %.*s%.*s", layer_words(m->layer), STR_ARG(label), STR_ARG(where))
                           : arena_printf(a, "the %s%.*s", layer_words(m->layer), STR_ARG(where));
    if (!m->statement)
        return policy;
    str sid = statement_sid(m->statement);
    return sid.len ? arena_printf(a, "statement %.*s of %.*s", STR_ARG(sid), STR_ARG(policy))
                   : arena_printf(a, "statement #%d of %.*s", statement_index(m->statement) + 1, STR_ARG(policy));
}

/* ---- who decided ---- */

static str denied_words(arena *a, const struct verdict_trace *t)
{
    size_t sure = 0;
    for (size_t i = 0; i < t->deny_count; i++)
        sure += t->denies[i].matches == TRI_YES;
    if (!t->decided_by)
        return STR("an explicit deny");
    str one = match_words(a, t->decided_by);
    if (!sure) /* several that are open one by one */
        return arena_printf(a, "%.*s and others deny it between them", STR_ARG(one));
    return sure == 1 ? arena_printf(a, "%.*s denies it", STR_ARG(one))
                     : arena_printf(a, "%.*s denies it, and so %s %zu more", STR_ARG(one), sure == 2 ? "does" : "do",
                                    sure - 1);
}

static str lacking_words(arena *a, const struct verdict_trace *t)
{
    switch (t->layer) {
    case LAYER_SCP: return arena_printf(a, "no SCP at %.*s allows it", STR_ARG(level_label(t->level)));
    case LAYER_BOUNDARY: return STR("the permissions boundary does not allow it");
    case LAYER_SESSION: return STR("the session policy does not allow it");
    case LAYER_RESOURCE: return STR("no resource policy allows it");
    case LAYER_IDENTITY: return STR("no identity policy allows it");
    case LAYER_NONE:
    case LAYER_RCP: break;
    }
    return STR("nothing allows it");
}

static str open_words(arena *a, const struct verdict_trace *t)
{
    if (t->residual.len)
        return t->residual;
    if (t->depends_on_count) {
        str words = STR("it turns on ");
        for (size_t i = 0; i < t->depends_on_count; i++)
            words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), i ? ", " : "", STR_ARG(t->depends_on[i]));
        return words;
    }
    for (size_t i = 0; i < t->deny_count; i++)
        if (t->denies[i].matches == TRI_UNKNOWN)
            return arena_printf(a, "%.*s may deny it", STR_ARG(match_words(a, &t->denies[i])));
    for (size_t i = 0; i < t->allow_count; i++)
        if (t->allows[i].matches == TRI_UNKNOWN)
            return arena_printf(a, "only %.*s may allow it", STR_ARG(match_words(a, &t->allows[i])));
    return STR("what is known does not decide it");
}

str explain_summary(arena *a, const struct request *request, const struct verdict_trace *t)
{
    switch (t->decision) {
    case DECISION_EXPLICITLY_DENIED: return denied_words(a, t);
    case DECISION_IMPLICITLY_DENIED: return lacking_words(a, t);
    case DECISION_UNKNOWN: return open_words(a, t);
    case DECISION_ALLOWED: break;
    }
    if (t->decided_by)
        return arena_printf(a, "%.*s allows it, and nothing denies it", STR_ARG(match_words(a, t->decided_by)));
    if (principal_name_of(request->principal).kind == NAMES_ROOT)
        return STR("the root user needs no policy, and nothing denies it");
    return STR("no permission is needed for it");
}

const struct explained_key *explain_keys(arena *a, const struct context_key *keys, size_t count)
{
    if (!keys)
        return NULL;
    struct explained_key *out = NEW_ARRAY(a, struct explained_key, count);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct explained_key){.name = keys[i].name,
                                        .absent = keys[i].state != KEY_PRESENT,
                                        .list = keys[i].multivalued || keys[i].count != 1,
                                        .values = keys[i].values,
                                        .count = keys[i].count};
    return out;
}

/* ---- statements ---- */

struct evidence explain_evidence(arena *a, const struct policy_ref *ref, const struct statement *s,
                                 const struct level *level, const node *at)
{
    struct evidence ev = {.policy = ref->id, .policy_name = ref->name, .statement = -1};
    struct position p;
    if (level) {
        ev.level = level->id;
        ev.level_path = level->path;
    }
    if (s) {
        ev.sid = statement_sid(s);
        ev.statement = statement_index(s);
    }
    if (!at || !ref->policy)
        return ev;
    source_locate(a, policy_source(ref->policy), at, &p);
    ev.file = p.file;
    ev.pointer = p.pointer;
    ev.inner_pointer = p.inner_pointer;
    ev.line = p.line;
    ev.column = p.column;
    ev.end_column = p.end_column;
    ev.excerpt = p.excerpt;
    ev.excerpt_line = p.excerpt_line;
    ev.excerpt_column = p.excerpt_column;
    ev.excerpt_end = p.excerpt_end;
    return ev;
}

/* Whether the decision rests on this one; of an explicit denial on all that deny. */
static bool decides(const struct explaining *x, layer l, const struct level *level, const struct policy_ref *ref,
                    const struct statement *s)
{
    const struct verdict_trace *t = &x->trace;
    const struct match *m = t->decided_by;
    if (!m)
        return false;
    if (t->decision == DECISION_ALLOWED)
        return m->layer == l && m->policy == ref && m->statement == s;
    for (size_t i = 0; i < t->deny_count; i++) {
        const struct match *deny = &t->denies[i];
        if (deny->layer == l && deny->level == level && deny->policy == ref && deny->statement == s)
            return deny->matches == m->matches;
    }
    return false;
}

static void tell_statement(struct explaining *x, struct explained_layer *to, layer l, const struct level *level,
                           const struct policy_ref *ref, const struct statement *s, struct explained_statement *out)
{
    const struct eval *ev = &x->decider.ev;
    struct named named;
    const node *at;
    tri matches = statement_matches(ev, s, layer_document(l), &named);
    if (s->effect == EFFECT_UNKNOWN)
        matches = tri_and(matches, TRI_UNKNOWN);
    str why = statement_why(ev, s, l, matches, &at);
    out->effect = s->effect == EFFECT_ALLOW ? STR("Allow") : s->effect == EFFECT_DENY ? STR("Deny") : STR("?");
    out->matches = matches;
    out->decides = decides(x, l, level, ref, s);
    out->at = explain_evidence(x->arena, ref, s, level, at);
    out->at.text = why;
    to->decides |= out->decides;
    if (s->effect != EFFECT_ALLOW)
        to->denies = tri_or(to->denies, matches);
    if (s->effect != EFFECT_DENY)
        to->allows = tri_or(to->allows, matches);
}

static str unknown_words(const struct explaining *x, layer l, const struct level *level, const struct policy_ref *ref)
{
    str why = x->how->why_unknown ? x->how->why_unknown(x->how->self, l, level, ref) : (str){0};
    if (why.len)
        return why;
    return ref ? STR("its text is not known") : STR("what else is attached is not known");
}

static void tell_policy(struct explaining *x, struct explained_layer *to, layer l, const struct level *level,
                        const struct policy_ref *ref, struct explained_policy *out)
{
    if (ref && ref->policy) {
        const struct policy *p = ref->policy;
        *out = (struct explained_policy){.id = ref->id, .name = ref->name};
        out->statements = NEW_ARRAY(x->arena, struct explained_statement, p->count);
        for (size_t i = 0; i < p->count; i++)
            tell_statement(x, to, l, level, ref, &p->statements[i], &out->statements[out->count++]);
        return;
    }
    *out = (struct explained_policy){.why = unknown_words(x, l, level, ref)};
    if (ref) {
        out->id = ref->id;
        out->name = ref->name;
    }
    to->allows = tri_or(to->allows, TRI_UNKNOWN);
    to->denies = tri_or(to->denies, TRI_UNKNOWN);
}

/* ---- layers ---- */

struct layer_list {
    struct explaining *x;
    VEC(struct explained_layer) items;
};

static struct explained_layer *add_layer(struct layer_list *list, layer l, const struct level *level)
{
    struct explained_layer *to = VEC_PUSH(list->x->arena, &list->items);
    const struct verdict_trace *t = &list->x->trace;
    to->layer = str_from(layer_name(l));
    to->applies = TRI_YES;
    to->allows = to->denies = TRI_NO;
    to->decides = t->decision == DECISION_IMPLICITLY_DENIED && t->layer == l && t->level == level;
    if (level) {
        to->level = level->id;
        to->path = level->path;
    }
    return to;
}

static void tell_set(struct layer_list *list, struct explained_layer *to, layer l, const struct level *level,
                     const struct policy_set *set)
{
    struct explaining *x = list->x;
    to->policies = NEW_ARRAY(x->arena, struct explained_policy, set->count + 1);
    for (size_t i = 0; i < set->count; i++)
        tell_policy(x, to, l, level, &set->items[i], &to->policies[to->count++]);
    if (!set->complete)
        tell_policy(x, to, l, level, NULL, &to->policies[to->count++]);
}

static str not_applied(const struct explaining *x, layer l, size_t count)
{
    const struct principal_name *c = &x->decider.ev.caller;
    str why = x->how->why_not_applied ? x->how->why_not_applied(x->how->self, l) : (str){0};
    if (why.len)
        return why;
    if (!count)
        return STR("none given");
    if (l == LAYER_SCP && (c->kind == NAMES_SERVICE || c->kind == NAMES_OTHER))
        return STR("they restrict principals of an account alone");
    if (c->kind == NAMES_ROLE && arn_is_service_linked(c->resource))
        return STR("service-linked roles are not restricted");
    return l == LAYER_RCP ? STR("they do not cover this action") : STR("they do not apply to this principal");
}

static void tell_levels(struct layer_list *list, layer l, const struct level *levels, size_t count)
{
    struct explaining *x = list->x;
    tri applies = layer_applies(&x->decider, l);
    if (applies == TRI_NO) {
        struct explained_layer *to = add_layer(list, l, NULL);
        to->applies = TRI_NO;
        to->note = not_applied(x, l, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct explained_layer *to = add_layer(list, l, &levels[i]);
        to->applies = applies;
        tell_set(list, to, l, &levels[i], &levels[i].set);
        if (l == LAYER_RCP) {
            to->allows = TRI_YES;
            to->note = STR("RCPFullAWSAccess allows all");
        }
        if (applies == TRI_UNKNOWN)
            to->note = STR("whether it applies is not known");
    }
}

static void tell_own(struct layer_list *list, layer l, const struct policy_set *set, const char *none)
{
    struct explained_layer *to = add_layer(list, l, NULL);
    if (set)
        tell_set(list, to, l, NULL, set);
    else {
        to->applies = l == LAYER_IDENTITY ? TRI_YES : TRI_NO;
        to->note = str_from(none);
    }
}

static void tell_identity(struct layer_list *list)
{
    struct explaining *x = list->x;
    const struct decider *d = &x->decider;
    if (d->is_root) {
        struct explained_layer *to = add_layer(list, LAYER_IDENTITY, NULL);
        to->allows = TRI_YES;
        to->note = STR("the root user needs none");
        to->decides = x->trace.decision == DECISION_ALLOWED && !x->trace.decided_by;
    } else if (d->grant == GRANT_ALONE) {
        struct explained_layer *to = add_layer(list, LAYER_IDENTITY, NULL);
        to->applies = TRI_NO;
        to->note = STR("such a principal has none");
    } else {
        tell_own(list, LAYER_IDENTITY, x->layers->identity, "none");
    }
}

static void tell_resource(struct layer_list *list)
{
    struct explaining *x = list->x;
    const struct policy_ref *ref = x->layers->resource;
    bool lacking = x->trace.decision == DECISION_IMPLICITLY_DENIED && x->trace.layer == LAYER_RESOURCE;
    if (!ref && !lacking)
        return;
    struct explained_layer *to = add_layer(list, LAYER_RESOURCE, NULL);
    if (!ref) {
        to->note = STR("none, and the resource is another account's or needs one");
        return;
    }
    to->policies = NEW_ARRAY(x->arena, struct explained_policy, 1);
    tell_policy(x, to, LAYER_RESOURCE, NULL, ref, &to->policies[to->count++]);
}

static void tell_layers(struct explaining *x)
{
    struct layer_list list = {.x = x};
    const struct layers *l = x->layers;
    tell_levels(&list, LAYER_SCP, l->scps, l->scp_count);
    tell_levels(&list, LAYER_RCP, l->rcps, l->rcp_count);
    tell_own(&list, LAYER_BOUNDARY, l->boundary, "none");
    tell_own(&list, LAYER_SESSION, l->session, "none");
    tell_identity(&list);
    tell_resource(&list);
    x->out->layers = list.items.items;
    x->out->layer_count = list.items.count;
}

/* ---- keys that nobody named ---- */

static void see_conditions(const struct explaining *x, const struct policy_ref *ref, layer l, struct key_list *keys)
{
    const struct eval *ev = &x->decider.ev;
    struct named named;
    for (size_t i = 0; ref->policy && i < ref->policy->count; i++) {
        const struct statement *s = &ref->policy->statements[i];
        if (statement_is_about(ev, s, layer_document(l), &named) == TRI_NO)
            continue;
        for (size_t k = 0; k < s->condition_count; k++) {
            const struct context_key *key;
            if (eval_key(ev, s->conditions[k].key, &key) == KEY_ABSENT && !key)
                key_list_add(keys, s->conditions[k].key);
        }
    }
}

static void see_set(const struct explaining *x, const struct policy_set *set, layer l, struct key_list *keys)
{
    for (size_t i = 0; set && i < set->count; i++)
        see_conditions(x, &set->items[i], l, keys);
}

static void tell_absent(struct explaining *x)
{
    const struct layers *l = x->layers;
    struct key_list keys = {.arena = x->arena};
    for (size_t i = 0; i < l->scp_count; i++)
        see_set(x, &l->scps[i].set, LAYER_SCP, &keys);
    for (size_t i = 0; i < l->rcp_count; i++)
        see_set(x, &l->rcps[i].set, LAYER_RCP, &keys);
    see_set(x, l->boundary, LAYER_BOUNDARY, &keys);
    see_set(x, l->session, LAYER_SESSION, &keys);
    see_set(x, l->identity, LAYER_IDENTITY, &keys);
    if (l->resource)
        see_conditions(x, l->resource, LAYER_RESOURCE, &keys);
    key_list_sort(&keys);
    x->out->absent = keys.keys.items;
    x->out->absent_count = keys.keys.count;
}

/* ---- the whole ---- */

static void tell_decision(struct explaining *x)
{
    const struct verdict_trace *t = &x->trace;
    struct explanation *out = x->out;
    bool known = t->decision != DECISION_UNKNOWN;
    out->decision = str_from(decision_name(t->decision));
    out->allowed = known ? tri_of(t->decision == DECISION_ALLOWED) : TRI_UNKNOWN;
    out->summary = explain_summary(x->arena, x->request, t);
    out->layer = str_from(layer_name(t->layer));
    out->statement = -1;
    if (t->level) {
        out->level = t->level->id;
        out->level_path = t->level->path;
    }
    const struct match *m = t->decided_by;
    if (m && m->policy) {
        out->policy = m->policy->id;
        out->policy_name = m->policy->name;
    }
    if (m && m->statement) {
        out->sid = statement_sid(m->statement);
        out->statement = statement_index(m->statement);
    }
    if (known)
        return;
    out->depends_on = t->depends_on;
    out->depends_on_count = t->depends_on_count;
    out->residual = t->residual;
    out->allowed_when = explain_keys(x->arena, t->allowed_when, t->allowed_when_count);
    out->allowed_when_count = t->allowed_when_count;
    out->denied_when = explain_keys(x->arena, t->denied_when, t->denied_when_count);
    out->denied_when_count = t->denied_when_count;
}

void explain(arena *a, const struct request *request, const struct layers *layers, const struct explain_how *how,
             struct explanation *out)
{
    struct explaining x = {.arena = a, .request = request, .layers = layers, .how = how, .out = out};
    evaluate(a, request, layers, &x.trace);
    decider_open(&x.decider, a, request, layers);
    out->principal = request->principal;
    out->action = request->action;
    out->resource = request->resource;
    tell_decision(&x);
    tell_layers(&x);
    if (how->tells_absent)
        tell_absent(&x);
    explain_changes(&x);
}
