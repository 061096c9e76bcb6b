/* guard.c - claims decided with a snapshot: for each account that one of them is about, once, all of them. */
#include "rules/guard.h"

#include "base/work.h"
#include "iam/explain.h"
#include "rules/check_run.h"
#include "rules/doubts.h"
#include "rules/guard_run.h"

struct guarding_snapshot {
    struct guarding sums;
    struct expectations expect;
    struct check *check;
    size_t *placeless; /* of each claim: accounts of which nobody knows where they stand */
    size_t *managed;   /* of each claim: 1 when the management account stands there and was left out */
    /* Of the account at work: */
    arena *scratch;
    struct account *account;
    struct facts facts;
    doubt_list place, captures; /* of its place in the organization; of its own captures */
};

/* ---- which accounts ---- */

static bool stands_in(const struct org_account *account, const struct claim_place *place)
{
    return str_eq(account->id, place->text) || account_in_ou(account, place->text);
}

static bool names_ou(const struct expected *c)
{
    for (size_t i = 0; i < c->in_count; i++)
        if (!str_is_account_id(c->in[i].text))
            return true;
    return false;
}

/* The management account stands in the root, but leaves no organization, and no SCP restricts it. */
static bool is_management(const struct guarding_snapshot *g, const struct org_account *account)
{
    return str_eq(account->id, g->check->org->management_account);
}

static bool is_meant(const struct guarding_snapshot *g, const struct expected *c, const struct org_account *account)
{
    for (size_t i = 0; i < c->in_count && !is_management(g, account); i++)
        if (stands_in(account, &c->in[i]))
            return true;
    return false;
}

static bool unknown_place(struct guarding_snapshot *g, const struct claim_place *place, error *e)
{
    const struct organization *o = g->check->org;
    arena *a = g->sums.arena;
    VEC(str) known = {0};
    if (str_is_account_id(place->text))
        return source_error(g->expect.source, place->node, e, "the captures do not show account %.*s",
                            STR_ARG(place->text));
    for (size_t i = 0; i < o->unit_count; i++) {
        str name = place->text.ptr[0] == '/' ? o->units[i]->path : o->units[i]->id;
        *VEC_PUSH(a, &known) = name;
        if (str_eq(name, place->text))
            return source_error(g->expect.source, place->node, e,
                                "no account stands in %.*s: a claim on nobody would hold for nothing",
                                STR_ARG(place->text));
    }
    return source_error(g->expect.source, place->node, e, "there is no OU %.*s%.*s", STR_ARG(place->text),
                        STR_ARG(guard_near(a, place->text, known.items, known.count)));
}

/* Each place of a claim must lead to somebody: else it would be true of nobody. */
static bool check_place(struct guarding_snapshot *g, size_t claim, const struct claim_place *place, error *e)
{
    const struct organization *o = g->check->org;
    if (str_eq(place->text, o->management_account))
        return source_error(g->expect.source, place->node, e,
                            "%.*s is the management account: it cannot leave, and no SCP restricts it",
                            STR_ARG(place->text));
    size_t found = 0;
    for (size_t i = 0; i < o->account_count; i++) {
        bool in = stands_in(o->accounts[i], place);
        found += in && !is_management(g, o->accounts[i]);
        g->managed[claim] |= in && is_management(g, o->accounts[i]);
    }
    return found || unknown_place(g, place, e);
}

static bool check_places(struct guarding_snapshot *g, error *e)
{
    const struct organization *o = g->check->org;
    arena *a = g->sums.arena;
    size_t managed = 0;
    for (size_t c = 0; c < g->expect.count; c++) {
        const struct expected *claim = &g->expect.claims[c];
        for (size_t i = 0; i < claim->in_count; i++)
            if (!check_place(g, c, &claim->in[i], e))
                return false;
        for (size_t i = 0; i < o->account_count && names_ou(claim); i++)
            g->placeless[c] +=
                (!o->accounts[i]->parent || !o->accounts[i]->parent->anchored) && !is_meant(g, claim, o->accounts[i]);
        if (g->placeless[c])
            *VEC_PUSH(a, &g->sums.claims[c].doubts) = arena_printf(
                a, "the captures do not show where %zu account%s: of those in question, some may stand there",
                g->placeless[c], g->placeless[c] == 1 ? " stands" : "s stand");
        if (names_ou(claim) && o->list_accounts.state != CAPTURE_WHOLE)
            *VEC_PUSH(a, &g->sums.claims[c].doubts) = arena_printf(
                a, "there may be accounts that the captures do not show: %.*s",
                STR_ARG(o->list_accounts.state == CAPTURE_CUT ? STR("organizations/list-accounts.json was cut off")
                                                              : o->list_accounts.why));
        managed += g->managed[c];
    }
    if (managed)
        *VEC_PUSH(a, &g->sums.notes) =
            arena_printf(a, "the management account %.*s is left out: it cannot leave, and no SCP restricts it",
                         STR_ARG(o->management_account));
    return true;
}

/* ---- one principal of the account ---- */

typedef VEC(struct guard_person) person_list;

static struct facts_request *request_of(struct guarding_snapshot *g, const struct principal *caller, str action,
                                        const struct expected *c)
{
    struct facts_request *asked = NEW(g->scratch, struct facts_request);
    struct question q = {.who = caller,
                         .action = action,
                         .resource = STR("*"),
                         .resource_known = true,
                         .scps = true,
                         .given = c->with,
                         .given_count = c->with_count};
    facts_request(&g->facts, &q, asked);
    asked->request.context = &asked->context;
    return asked;
}

static const char *kind_of(const struct principal *caller)
{
    if (!caller->entity)
        return "root user";
    if (caller->entity->kind == ENTITY_USER)
        return "user";
    return str_starts(caller->entity->path, STR("/aws-service-role/")) ? "service-linked role" : "role";
}

/* What is decided of a principal that is there. `chooses`: it may call in whatever way helps it. */
static struct guard_person ask_captured(struct guarding_snapshot *g, const struct principal *caller, str action,
                                        const struct expected *c, bool chooses)
{
    struct facts_request *asked = request_of(g, caller, action, c);
    struct guard_person p = {.arn = caller->arn, .kind = kind_of(caller), .captured = true, .action = action};
    struct verdict_trace t, again;
    struct context chosen;
    const struct context_key *keys = NULL;
    size_t count = 0;
    evaluate(g->scratch, &asked->request, &asked->layers, &t);
    if (t.decision == DECISION_UNKNOWN) {
        p.why = facts_why_open(&g->facts, &t, action);
        again = t;
        if (!chooses ||
            caller_can_choose(g->scratch, &asked->request, &asked->layers, &again, &chosen, &keys, &count) != TRI_YES)
            return p;
        t = again;
        asked->request.context = &chosen;
        p.keys = explain_keys(g->scratch, keys, count);
        p.key_count = count;
    }
    p.may = tri_of(t.decision == DECISION_ALLOWED);
    p.why = explain_summary(g->scratch, &asked->request, &t);
    if (p.may == TRI_YES)
        anyone_through(g->scratch, &asked->request, &asked->layers, &p);
    p.who = (str){0};
    return p;
}

typedef void each_principal(struct guarding_snapshot *g, const struct principal *caller, void *to);

static void visit_everybody(struct guarding_snapshot *g, each_principal *fn, void *to)
{
    struct principal root = facts_root(&g->facts);
    fn(g, &root, to);
    for (size_t i = 0; i < g->account->role_count + g->account->user_count; i++) {
        bool role = i < g->account->role_count;
        const struct entity *e = role ? &g->account->roles[i] : &g->account->users[i - g->account->role_count];
        struct principal caller = facts_principal(&g->facts, g->account, e->arn);
        fn(g, &caller, to);
    }
}

/* ---- no principal may ---- */

struct asking_all {
    const struct expected *claim;
    str action;
    bool linked_alone; /* the SCPs keep out all others */
    person_list people;
    tri may;
};

/* Of the users and roles that are there: who may, today. The root user was among those who could be. */
static void ask_person(struct guarding_snapshot *g, const struct principal *caller, void *to)
{
    struct asking_all *ask = to;
    const struct expected *c = ask->claim;
    bool linked = caller->entity && str_starts(caller->entity->path, STR("/aws-service-role/"));
    if (!caller->entity || arn_is_among(caller->arn, c->but, c->but_count) || (ask->linked_alone && !linked))
        return;
    struct guard_person p = ask_captured(g, caller, ask->action, c, true);
    if (p.may == TRI_NO || (p.may == TRI_UNKNOWN && ask->may == TRI_YES))
        return;
    *VEC_PUSH(g->scratch, &ask->people) = p;
    ask->may = tri_or(ask->may, p.may);
}

static struct anyone_asked ask_anyone(struct guarding_snapshot *g, const struct expected *c, str action)
{
    struct principal root = facts_root(&g->facts);
    const struct facts_request *asked = request_of(g, &root, action, c);
    const struct context_key *paths = context_find(&asked->context, STR("aws:PrincipalOrgPaths"));
    const struct organization *o = g->check->org;
    return (struct anyone_asked){.action = action,
                                 .scps = asked->layers.scps,
                                 .scp_count = asked->layers.scp_count,
                                 .scps_apply = asked->layers.scps_apply,
                                 .partition = facts_partition(&g->facts),
                                 .account = g->account->id,
                                 .org_id = o->id,
                                 .org_path = paths && paths->state == KEY_PRESENT ? paths->values[0] : (str){0},
                                 .in_organization = o->in_use,
                                 .as_of = g->check->options.as_of};
}

/* First everybody who could be: when all of them are denied, it does not matter who is there. */
static void ask_nobody(struct guarding_snapshot *g, const struct expected *c, str action, struct guard_case *out,
                       person_list *people)
{
    struct anyone_asked q = ask_anyone(g, c, action);
    struct asking_all ask = {.claim = c, .action = action};
    struct guard_answers could;
    q.but = c->but;
    q.but_count = c->but_count;
    anyone_could(g->scratch, &q, &could, &ask.may);
    for (size_t i = 0; i < could.count; i++)
        if (could.items[i].may == ask.may && ask.may != TRI_NO) {
            struct guard_person *p = VEC_PUSH(g->scratch, people);
            *p = could.items[i];
            if (q.scps_apply == TRI_NO && p->may == TRI_YES)
                p->why = STR("SCPs are not enabled in the organization");
        }
    ask.linked_alone = ask.may == TRI_NO;
    if (!g->captures.count)
        visit_everybody(g, ask_person, &ask);
    for (size_t i = 0; i < ask.people.count; i++)
        if (ask.people.items[i].may == ask.may)
            *VEC_PUSH(g->scratch, people) = ask.people.items[i];
    out->holds = tri_and(out->holds, tri_not(ask.may));
}

/* ---- a principal can, or cannot ---- */

struct asking_some {
    const struct expected *claim;
    str action;
    person_list people;
    size_t found;
    tri all; /* of those found: whether what is claimed is so of each */
};

static void ask_one(struct guarding_snapshot *g, const struct principal *caller, void *to)
{
    struct asking_some *ask = to;
    const struct expected *c = ask->claim;
    if (!arn_is_among(caller->arn, &c->pattern, 1))
        return;
    ask->found++;
    struct guard_person p = ask_captured(g, caller, ask->action, c, c->kind == CLAIM_CANNOT);
    if (g->captures.count && caller->entity) { /* of whom its policies are, nothing proves */
        p.may = TRI_UNKNOWN;
        p.why = g->captures.items[0];
    }
    tri so = c->kind == CLAIM_CAN ? p.may : tri_not(p.may);
    ask->all = tri_and(ask->all, so);
    if (so != TRI_YES)
        *VEC_PUSH(g->scratch, &ask->people) = p;
}

/* Nobody of that name is seen. Who cannot, need not be there: the SCPs may keep out whoever is made under that name. */
static void ask_absent(struct guarding_snapshot *g, const struct expected *c, str action, struct guard_case *out)
{
    const struct account *account = g->account;
    bool whole = account->roles_complete && account->users_complete && !g->captures.count;
    struct anyone_asked q = ask_anyone(g, c, action);
    struct guard_answers could;
    tri may;
    q.only = &c->pattern;
    q.only_count = 1;
    anyone_could(g->scratch, &q, &could, &may);
    if (may == TRI_NO) { /* whoever is made under that name */
        out->holds = tri_and(out->holds, c->kind == CLAIM_CANNOT ? TRI_YES : TRI_NO);
        out->why = c->kind == CLAIM_CAN ? STR("no such principal is seen, and the SCPs would deny it") : out->why;
        return;
    }
    out->holds = tri_and(out->holds, c->kind == CLAIM_CAN && whole ? TRI_NO : TRI_UNKNOWN);
    if (whole)
        out->why = arena_printf(g->scratch, "the account has no such principal%s",
                                c->kind == CLAIM_CANNOT ? ", and the SCPs would let through one that is made" : "");
    else
        out->why = arena_printf(g->scratch, "no such principal is seen, but there may be one: %.*s",
                                STR_ARG(g->captures.count ? g->captures.items[0] : account->people_why));
}

static void ask_somebody(struct guarding_snapshot *g, const struct expected *c, str action, struct guard_case *out,
                         person_list *people)
{
    const struct account *account = g->account;
    bool whole = account->roles_complete && account->users_complete && !g->captures.count;
    struct asking_some ask = {.claim = c, .action = action, .all = TRI_YES};
    visit_everybody(g, ask_one, &ask);
    for (size_t i = 0; i < ask.people.count; i++)
        *VEC_PUSH(g->scratch, people) = ask.people.items[i];
    if (!ask.found) {
        ask_absent(g, c, action, out);
        return;
    }
    if (c->wild && !whole && ask.all == TRI_YES) {
        ask.all = TRI_UNKNOWN;
        out->why = arena_printf(g->scratch, "there may be others whom it means: %.*s",
                                STR_ARG(g->captures.count ? g->captures.items[0] : account->people_why));
    }
    out->holds = tri_and(out->holds, ask.all);
}

/* ---- one account ---- */

static void keep_errors(struct guarding_snapshot *g)
{
    arena *a = g->sums.arena;
    for (size_t i = 0; i < g->account->errors.count; i++) {
        const struct input_error *from = &g->account->errors.items[i];
        *VEC_PUSH(a, &g->sums.errors) =
            (struct input_error){arena_str(a, from->file), from->line, from->column, arena_str(a, from->message)};
    }
}

static void decide_claim(struct guarding_snapshot *g, size_t at)
{
    const struct expected *c = &g->expect.claims[at];
    const struct org_account *listed = g->account->listed;
    struct guard_case out = {.id = g->account->id, .holds = TRI_YES};
    person_list people = {0};
    if (listed) {
        out.name = listed->name;
        out.path = listed->parent ? listed->parent->path : (str){0};
    }
    if (g->account->errors.count) {
        out.holds = TRI_UNKNOWN;
        out.why = STR("its captures could not be read");
    }
    for (size_t i = 0; i < c->action_count && !g->account->errors.count; i++)
        if (c->kind == CLAIM_NOBODY_MAY)
            ask_nobody(g, c, c->actions[i], &out, &people);
        else
            ask_somebody(g, c, c->actions[i], &out, &people);
    if (g->place.count && out.holds == TRI_YES) {
        out.holds = TRI_UNKNOWN;
        out.why = g->place.items[0];
    }
    out.people = (struct guard_answers){people.items, people.count};
    guarding_add(&g->sums, at, &out);
}

static void decide_account(struct guarding_snapshot *g, const struct org_account *listed)
{
    bool meant = false;
    for (size_t c = 0; c < g->expect.count; c++)
        meant |= is_meant(g, &g->expect.claims[c], listed);
    if (!meant)
        return;
    arena_reset(g->scratch);
    g->account = account_load(g->scratch, g->check->org, listed->id, NULL);
    g->place = g->captures = (doubt_list){0};
    facts_open(&g->facts, g->scratch, &g->check->facts, g->account);
    doubts_of_place(g->scratch, g->account, &g->place);
    doubts_of_captures(g->scratch, g->account, &g->captures);
    keep_errors(g);
    for (size_t c = 0; c < g->expect.count; c++)
        if (is_meant(g, &g->expect.claims[c], listed))
            decide_claim(g, c);
}

/* All facts are those that check would have: of the same captures. */
static struct check *open_check(arena *a, const struct check_options *check, error *e)
{
    struct check_options plain = *check;
    struct rule_errors faults = {0};
    plain.packs = NULL; /* rules are not asked */
    plain.pack_count = 0;
    plain.rules = (struct rules_options){0};
    plain.config_waivers = NULL;
    return check_open(a, &plain, &faults, e);
}

bool guard_snapshot(arena *a, const struct check_options *check, str expect, struct guard_result *out, error *e)
{
    struct guarding_snapshot g = {.scratch = work_scratch(a)};
    *out = (struct guard_result){.snapshot = check->snapshot, .expect = expect, .as_of = check->as_of};
    if (!expectations_read(a, expect, &g.expect, e))
        return false;
    guarding_open(&g.sums, a, &g.expect);
    g.placeless = NEW_ARRAY(a, size_t, g.expect.count);
    g.managed = NEW_ARRAY(a, size_t, g.expect.count);
    g.check = open_check(a, check, e);
    if (!g.check || !check_places(&g, e))
        return false;
    doubt_list doubts = {0};
    doubts_of_organization(a, g.check->org, &doubts);
    for (size_t i = 0; i < doubts.count; i++)
        *VEC_PUSH(a, &g.sums.doubts) = doubts.items[i];
    for (size_t i = 0; i < g.check->org->account_count; i++)
        decide_account(&g, g.check->org->accounts[i]);
    guarding_close(&g.sums, out);
    return true;
}
