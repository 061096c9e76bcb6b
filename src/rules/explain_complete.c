/* explain_complete.c - what only the captures tell: why a policy is not known, commands, whom a change touches. */
#include "policy/arn.h"
#include "rules/explain_run.h"

/* ---- why ---- */

static policy_type type_of(layer l)
{
    return l == LAYER_RCP ? POLICY_RCP : POLICY_SCP;
}

static str why_of_level(const struct asking *k, layer l, const struct level *level)
{
    const struct unit *unit = map_get(&k->org->units_by_id, level->id);
    const struct org_account *account = unit ? NULL : organization_account(k->org, level->id);
    str why = unit ? unit->attached[type_of(l)].why : account ? account->attached[type_of(l)].why : (str){0};
    return why.len ? arena_printf(k->arena, "what else is attached is not known: %.*s", STR_ARG(why)) : why;
}

static str why_unknown(void *self, layer l, const struct level *level, const struct policy_ref *ref)
{
    const struct asking *k = self;
    const struct principal *caller = k->who;
    if (l == LAYER_RESOURCE)
        return STR("no capture shows the policy of the resource (--resource-policy FILE gives it)");
    if (level && !ref)
        return why_of_level(k, l, level);
    if (level) {
        const struct org_policy *p = map_get(&k->org->policies_by_id, ref->id);
        return p && p->why.len ? p->why : STR("its text was not captured");
    }
    if (ref)
        return arena_printf(k->arena, "its text is not in %.*s.json", STR_ARG(k->account->authorization.path));
    if (!caller->captured)
        return caller->why;
    return STR("its policies were not captured whole");
}

static str why_not_applied(void *self, layer l)
{
    const struct asking *k = self;
    const struct principal *caller = k->who;
    if (l == LAYER_SCP && k->org->management_account.len && str_eq(caller->account_id, k->org->management_account))
        return STR("they do not restrict the management account");
    if (caller->entity && str_starts(caller->entity->path, STR("/aws-service-role/")))
        return STR("service-linked roles are not restricted");
    if (k->org->types_enabled[type_of(l)] == TRI_NO)
        return STR("not enabled in the organization");
    return (str){0};
}

struct explain_how asking_how(struct asking *k)
{
    return (struct explain_how){.self = k, .why_unknown = why_unknown, .why_not_applied = why_not_applied};
}

/* ---- needs ---- */

static void add_need(struct asking *k, struct explanation *x, struct need n)
{
    struct need *needs = NEW_ARRAY(k->arena, struct need, x->need_count + 1);
    if (x->need_count)
        memcpy(needs, x->needs, x->need_count * sizeof *needs);
    needs[x->need_count++] = n;
    x->needs = needs;
}

static void add_policy_need(struct asking *k, struct explanation *x, const struct explained_layer *l,
                            const struct explained_policy *p)
{
    if (str_is(l->layer, "resource")) {
        add_need(k, x, (struct need){"option", STR("--resource-policy"), STR("give the policy of the resource")});
    } else if (p->id.len && (str_is(l->layer, "scp") || str_is(l->layer, "rcp"))) {
        struct call c = {.kind = CAPTURE_DESCRIBE_POLICY, .argument = p->id};
        struct capture_doc d = {.call = c, .path = call_path(k->arena, &c)};
        add_need(k, x, fact_capture_need(&k->facts, &d));
    } else if (!str_is(l->layer, "scp") && !str_is(l->layer, "rcp")) {
        add_need(k, x, fact_capture_need(&k->facts, &k->account->authorization));
    }
}

static bool has_need(const struct explanation *x, const char *kind)
{
    for (size_t i = 0; i < x->need_count; i++)
        if (strcmp(x->needs[i].kind, kind) == 0)
            return true;
    return false;
}

static void add_needs(struct asking *k, struct explanation *x)
{
    for (size_t i = 0; i < x->depends_on_count; i++)
        add_need(k, x,
                 (struct need){"context-key", x->depends_on[i],
                               arena_printf(k->arena, "if it is known: --context %.*s=VALUE, or --absent %.*s",
                                            STR_ARG(x->depends_on[i]), STR_ARG(x->depends_on[i]))});
    for (size_t i = 0; i < x->layer_count; i++)
        for (size_t p = 0; p < x->layers[i].count; p++) {
            const struct explained_layer *l = &x->layers[i];
            bool own = !str_is(l->layer, "scp") && !str_is(l->layer, "rcp") && !str_is(l->layer, "resource");
            if (l->policies[p].why.len && !(own && has_need(x, "capture")))
                add_policy_need(k, x, l, &l->policies[p]);
        }
}

/* ---- whom a change touches ---- */

static bool has_attached(const struct attachment *at, str policy)
{
    for (size_t i = 0; i < at->count; i++)
        if (str_eq(at->items[i]->id, policy))
            return true;
    return false;
}

/* Whether what is attached to `level`, or (level empty) what is attached anywhere of `policy`, reaches the account. */
static bool is_reached(const struct org_account *account, policy_type type, str level, str policy)
{
    bool reached = level.len ? str_eq(account->id, level) : has_attached(&account->attached[type], policy);
    for (const struct unit *u = account->parent; u && !reached; u = u->parent)
        reached = level.len ? str_eq(u->id, level) : has_attached(&u->attached[type], policy);
    return reached;
}

static void note_reach(struct asking *k, struct change_step *s)
{
    policy_type type = str_is(s->layer, "rcp") ? POLICY_RCP : POLICY_SCP;
    size_t count = 0;
    bool document = strcmp(s->kind, "remove-statement") == 0;
    if (!document && !s->level.len)
        return;
    for (size_t i = 0; i < k->org->account_count; i++)
        count += is_reached(k->org->accounts[i], type, document ? (str){0} : s->level, s->policy);
    if (count > 1)
        s->note = arena_printf(k->arena, "this reaches %zu accounts", count);
}

/* ---- commands ---- */

typedef VEC(str) words;

static void word(struct asking *k, words *w, str text)
{
    *VEC_PUSH(k->arena, w) = text;
}

static void option(struct asking *k, words *w, const char *name, str value)
{
    word(k, w, str_from(name));
    word(k, w, value);
}

static void organizations_command(struct asking *k, const struct change_step *s, words *w)
{
    word(k, w, STR("aws"));
    word(k, w, STR("organizations"));
    word(k, w, str_from(s->kind)); /* attach-policy, detach-policy */
    option(k, w, "--policy-id", s->policy);
    option(k, w, "--target-id", s->level);
}

static void identity_command(struct asking *k, const struct change_step *s, words *w)
{
    const struct entity *e = k->who->entity;
    bool role = e && e->kind == ENTITY_ROLE, detach = strcmp(s->kind, "detach-policy") == 0;
    bool managed = str_starts(s->policy, STR("arn:")); /* an inline policy has a name alone */
    if (!e)
        return;
    word(k, w, STR("aws"));
    word(k, w, STR("iam"));
    word(k, w,
         detach && managed ? (role ? STR("detach-role-policy") : STR("detach-user-policy"))
         : detach          ? (role ? STR("delete-role-policy") : STR("delete-user-policy"))
                           : (role ? STR("put-role-policy") : STR("put-user-policy")));
    option(k, w, role ? "--role-name" : "--user-name", e->name);
    if (detach) {
        option(k, w, managed ? "--policy-arn" : "--policy-name", s->policy);
        return;
    }
    option(k, w, "--policy-name", STR("orgexit-change"));
    option(k, w, "--policy-document", s->document);
}

/* The same question, the call being known. A set of one value or none cannot be said by options. */
static void ask_again(struct asking *k, const struct change_step *s, words *w)
{
    const struct explain_options *o = k->options;
    const struct check_options *c = o->check;
    word(k, w, STR("orgexit"));
    word(k, w, o->command);
    word(k, w, c->snapshot);
    option(k, w, "--account", o->account);
    option(k, w, "--action", k->action);
    option(k, w, "--principal", k->who->arn);
    if (o->resource.len)
        option(k, w, "--resource", o->resource);
    for (size_t i = 0; i < o->repeat_count; i++)
        word(k, w, o->repeat[i]);
    for (size_t i = 0; i < s->key_count; i++) {
        const struct explained_key *key = &s->keys[i];
        if (key->absent)
            option(k, w, "--absent", key->name);
        for (size_t v = 0; v < key->count; v++)
            option(k, w, "--context", arena_printf(k->arena, "%.*s=%.*s", STR_ARG(key->name), STR_ARG(key->values[v])));
    }
}

static void complete_step(struct asking *k, struct change_step *s)
{
    words w = {0};
    bool of_level = str_is(s->layer, "scp") || str_is(s->layer, "rcp");
    bool moves = strcmp(s->kind, "attach-policy") == 0 || strcmp(s->kind, "detach-policy") == 0;
    if (of_level)
        note_reach(k, s);
    if (of_level && moves)
        organizations_command(k, s, &w);
    else if (str_is(s->layer, "identity") && (moves || strcmp(s->kind, "add-policy") == 0))
        identity_command(k, s, &w);
    else if (s->keys)
        ask_again(k, s, &w);
    s->command = w.count ? w.items : NULL;
    s->command_len = w.count;
}

void asking_complete(struct asking *k, struct explanation *x)
{
    if (x->allowed == TRI_UNKNOWN)
        add_needs(k, x);
    for (size_t i = 0; i < x->change_count; i++)
        for (size_t s = 0; s < x->changes[i].count; s++)
            complete_step(k, &x->changes[i].steps[s]);
}
