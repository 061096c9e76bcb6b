/* facts_account.c - what the captures say of the account, its people and the organization. */
#include "base/clock.h"
#include "rules/facts_run.h"

static void mark_listed(struct facts *f, struct value *v, const char *member)
{
    const struct org_account *listed = f->account->listed;
    const node *n = listed ? node_get(listed->place.node, member) : NULL;
    if (listed)
        fact_mark_place(f, v, listed->place.source, n ? n : listed->place.node, (str){0});
}

/* ---- run.* ---- */

struct value fact_run_route(struct facts *f, route r)
{
    (void)f;
    return fact_word(str_from(route_name(r)));
}

struct value fact_run_family(struct facts *f, route r)
{
    (void)f;
    str name = str_from(route_name(r));
    return fact_word(str_cut(&name, '/'));
}

struct value fact_run_profile(struct facts *f, route r)
{
    (void)r;
    return fact_text(f->run->profile);
}

struct value fact_run_account_count(struct facts *f, route r)
{
    (void)r;
    return (struct value){.state = VALUE_KNOWN, .type = TYPE_INT, .as.number = (int64_t)f->run->account_count};
}

/* ---- account.*, from the organization's captures ---- */

struct value fact_account_id(struct facts *f, route r)
{
    (void)r;
    return fact_text(f->account->id);
}

struct value fact_account_arn(struct facts *f, route r)
{
    (void)r;
    str arn = facts_account_arn(f);
    return arn.len ? fact_text(arn) : fact_not_captured(f, TYPE_STRING, &f->run->org->describe);
}

struct value fact_account_listed(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct org_account *listed = f->account->listed;
    struct value v;
    if (listed && listed->in_list_accounts)
        v = fact_yes_no(true);
    else if (o->list_accounts.state == CAPTURE_WHOLE)
        v = fact_yes_no(false);
    else
        return fact_not_captured(f, TYPE_BOOL, &o->list_accounts);
    if (v.as.yes)
        mark_listed(f, &v, "Id");
    else
        fact_mark_place(f, &v, o->list_accounts.source, node_get(o->list_accounts.root, "Accounts"),
                        STR("the account is not in this list"));
    return v;
}

static struct value listed_text(struct facts *f, const char *member, str text)
{
    struct value v =
        f->account->listed ? fact_text(text) : fact_not_captured(f, TYPE_STRING, &f->run->org->list_accounts);
    if (v.state == VALUE_KNOWN)
        mark_listed(f, &v, member);
    return v;
}

struct value fact_account_name(struct facts *f, route r)
{
    (void)r;
    return listed_text(f, "Name", f->account->listed ? f->account->listed->name : (str){0});
}

struct value fact_account_email(struct facts *f, route r)
{
    (void)r;
    return listed_text(f, "Email", f->account->listed ? f->account->listed->email : (str){0});
}

struct value fact_account_is_management(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    if (!o->management_account.len)
        return fact_not_captured(f, TYPE_BOOL, &o->describe);
    struct value v = fact_yes_no(str_eq(o->management_account, f->account->id));
    fact_mark_place(f, &v, o->management_place.source, o->management_place.node, STR("the management account"));
    return v;
}

static account_state state_of(str word)
{
    for (size_t i = 0; account_state_names[i]; i++)
        if (str_is(word, account_state_names[i]))
            return (account_state)(STATE_PENDING_ACTIVATION + (int)i);
    return STATE_UNKNOWN;
}

/* What the captures call the state, the first of State, AccountState, Status first. */
struct state_words {
    const char *member;
    str word;
};

static struct value no_state(struct facts *f)
{
    const struct org_account *listed = f->account->listed;
    struct call c = {.kind = CAPTURE_LIST_ACCOUNTS};
    struct capture_doc d = {.call = c, .path = call_path(f->arena, &c)};
    if (!listed)
        return fact_not_captured(f, TYPE_ENUM, &f->run->org->list_accounts);
    struct value v =
        fact_unknown(TYPE_ENUM, STR("neither \"State\" nor \"Status\" was captured: the AWS CLI is too old for State"));
    fact_need(f, &v, fact_capture_need(f, &d));
    return v;
}

/* One that says ACTIVE beside one that does not: unknown. Two that both say something else agree. */
static struct value settle_state(struct facts *f, const struct state_words *words, size_t count)
{
    size_t first = count;
    bool active = false, other = false;
    for (size_t i = count; i-- > 0;) {
        if (!words[i].word.len)
            continue;
        first = i;
        if (state_of(words[i].word) == STATE_UNKNOWN)
            return fact_unknown(TYPE_ENUM,
                                arena_printf(f->arena, "\"%s\" is \"%.*s\", a word that orgexit does not know",
                                             words[i].member, STR_ARG(words[i].word)));
        active |= state_of(words[i].word) == STATE_ACTIVE;
        other |= state_of(words[i].word) != STATE_ACTIVE;
    }
    if (first == count)
        return no_state(f);
    if (active && other)
        return fact_unknown(TYPE_ENUM, STR("one capture says ACTIVE and another does not"));
    return fact_word(words[first].word);
}

struct value fact_account_state(struct facts *f, route r)
{
    (void)r;
    static const struct org_account nobody;
    const struct account *account = f->account;
    const struct org_account *listed = account->listed ? account->listed : &nobody;
    const struct state_words words[] = {
        {"State",        listed->state_word        },
        {"State",        listed->other_state       },
        {"AccountState", account->information_state},
        {"Status",       listed->status_word       },
        {"Status",       listed->other_status      }
    };
    struct value v = settle_state(f, words, sizeof words / sizeof *words);
    mark_listed(f, &v, listed->state_word.len ? "State" : "Status");
    if (capture_at_hand(&account->information) && account->information_state.len)
        fact_mark_place(f, &v, account->information.source, node_get(account->information.root, "AccountState"),
                        (str){0});
    return v;
}

struct value fact_account_joined_method(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    if (!listed)
        return fact_not_captured(f, TYPE_ENUM, &f->run->org->list_accounts);
    bool good = str_is(listed->joined_method, "INVITED") || str_is(listed->joined_method, "CREATED");
    struct value v = good ? fact_word(listed->joined_method)
                          : fact_unknown(TYPE_ENUM, STR("how the account joined was not captured"));
    mark_listed(f, &v, "JoinedMethod");
    return v;
}

struct value fact_account_joined_at(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    if (!listed)
        return fact_not_captured(f, TYPE_TIME, &f->run->org->list_accounts);
    struct value v = listed->has_joined_at ? fact_time(listed->joined_at.seconds)
                                           : fact_unknown(TYPE_TIME, STR("\"JoinedTimestamp\" was not captured"));
    mark_listed(f, &v, "JoinedTimestamp");
    return v;
}

struct value fact_account_created_at(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (!capture_at_hand(&account->information) || !account->has_created_at)
        return fact_not_captured(f, TYPE_TIME, &account->information);
    struct value v = fact_time(account->created_at.seconds);
    fact_mark_place(f, &v, account->information.source, node_get(account->information.root, "AccountCreatedDate"),
                    (str){0});
    return v;
}

/* Since AccountCreatedDate; without it since the account joined, if it was created by the organization. */
struct value fact_account_age(struct facts *f, route r)
{
    struct value created = fact_account_created_at(f, r), joined = fact_account_joined_at(f, r);
    const struct org_account *listed = f->account->listed;
    const struct value *since = &created;
    if (created.state != VALUE_KNOWN) {
        bool was_created = listed && str_is(listed->joined_method, "CREATED");
        if (!was_created || joined.state != VALUE_KNOWN) {
            created.type = TYPE_DURATION;
            return created;
        }
        since = &joined;
    }
    struct value v = fact_duration(f->run->as_of - since->as.number);
    v.marks = since->marks;
    v.mark_count = since->mark_count;
    return v;
}

struct value fact_account_time_in_org(struct facts *f, route r)
{
    struct value joined = fact_account_joined_at(f, r);
    joined.type = TYPE_DURATION;
    if (joined.state == VALUE_KNOWN)
        joined.as.number = f->run->as_of - joined.as.number;
    return joined;
}

struct value fact_account_creation_pending(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    for (size_t i = 0; i < o->creations.count; i++) {
        const struct create_status *c = &o->creations.items[i];
        if (!str_eq(c->account_id, f->account->id) || !str_is(c->state, "IN_PROGRESS"))
            continue;
        struct value v = fact_yes_no(true);
        fact_mark_place(f, &v, c->place.source, c->place.node, STR("the account is still being created"));
        return v;
    }
    return o->create_statuses.state == CAPTURE_WHOLE ? fact_yes_no(false)
                                                     : fact_not_captured(f, TYPE_BOOL, &o->create_statuses);
}

struct value fact_account_creation_failures(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    if (!capture_at_hand(&o->create_statuses))
        return fact_not_captured(f, TYPE_LIST, &o->create_statuses);
    struct element *items = NEW_ARRAY(f->arena, struct element, o->creations.count);
    size_t count = 0;
    for (size_t i = 0; i < o->creations.count; i++) {
        const struct create_status *c = &o->creations.items[i];
        if (str_eq(c->account_id, f->account->id) && c->failure_reason.len)
            items[count++].text = c->failure_reason;
    }
    return fact_list(items, count, o->create_statuses.state == CAPTURE_WHOLE,
                     STR("list-create-account-status was cut off"));
}

struct value fact_account_is_delegated_administrator(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct org_account *listed = f->account->listed;
    const struct capture_doc *d = &f->account->delegated_services;
    const node *services = node_get(d->root, "DelegatedServices");
    bool in_list = listed && listed->is_delegated_administrator;
    if (in_list ||
        node_count(services)) { /* either speaks against the account; that they disagree is told as an error */
        struct value v = fact_yes_no(true);
        if (in_list)
            fact_mark_place(f, &v, listed->delegated.source, listed->delegated.node,
                            STR("the account is a delegated administrator"));
        if (capture_at_hand(d))
            fact_mark_place(f, &v, d->source, services, STR("for these services"));
        return v;
    }
    if (o->delegated_administrators.state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_BOOL, &o->delegated_administrators);
    struct value v = fact_yes_no(false);
    fact_mark_place(f, &v, o->delegated_administrators.source,
                    node_get(o->delegated_administrators.root, "DelegatedAdministrators"), (str){0});
    return v;
}

struct value fact_account_delegated_services(struct facts *f, route r)
{
    (void)r;
    const struct capture_doc *d = &f->account->delegated_services;
    if (d->state == CAPTURE_NONE)
        return fact_list(NULL, 0, true, (str){0});
    if (!capture_at_hand(d))
        return fact_not_captured(f, TYPE_LIST, d);
    const node *list = node_get(d->root, "DelegatedServices");
    struct element *items = NEW_ARRAY(f->arena, struct element, node_count(list));
    size_t count = 0;
    for (NODE_EACH(item, list))
        items[count++].text = node_text(node_get(item, "ServicePrincipal"));
    return fact_list(items, count, d->state == CAPTURE_WHOLE, STR("the list of delegated services was cut off"));
}

static struct value place_unknown(struct facts *f, value_type type)
{
    struct value v = fact_unknown(type, STR("where the account stands in the organization was not captured"));
    struct call c = {.kind = CAPTURE_LIST_PARENTS, .argument = f->account->id};
    struct capture_doc d = {.call = c, .path = call_path(f->arena, &c)};
    fact_need(f, &v, fact_capture_need(f, &d));
    return v;
}

struct value fact_account_parent_id(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    return listed && listed->parent ? fact_text(listed->parent->id) : place_unknown(f, TYPE_STRING);
}

struct value fact_account_path(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    return listed && listed->parent && listed->parent->anchored ? fact_text(listed->parent->path)
                                                                : place_unknown(f, TYPE_STRING);
}

struct value fact_account_path_ids(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    size_t count;
    bool known;
    const struct unit **chain = unit_chain(f->arena, listed ? listed->parent : NULL, &count, &known);
    if (!known)
        return place_unknown(f, TYPE_LIST);
    struct element *items = NEW_ARRAY(f->arena, struct element, count);
    for (size_t i = 0; i < count; i++)
        items[i].text = chain[i]->id;
    return fact_list(items, count, true, (str){0});
}

/* ---- account.*, its people ---- */

static struct value no_people(struct facts *f, value_type type)
{
    const struct account *account = f->account;
    struct value v = account->authorization.state == CAPTURE_WHOLE
                         ? fact_unknown(type, account->people_why)
                         : fact_not_captured(f, type, &account->authorization);
    v.reason = account->people_why.len ? account->people_why : v.reason;
    if (!v.need_count)
        fact_need(f, &v,
                  fact_capture_need(f, account->summary.state == CAPTURE_UNKNOWN ? &account->summary
                                                                                 : &account->authorization));
    return v;
}

/* iam:CreateRole on "*" by identity policies and boundary: who can do that can make himself anything. */
static tri decide_admin(struct facts *f, const struct entity *e, bool afterwards)
{
    struct principal p = {.known = true,
                          .arn = e->arn,
                          .account_id = f->account->id,
                          .captured = true,
                          .account = f->account,
                          .entity = e};
    struct question q = {.who = &p,
                         .action = STR("iam:CreateRole"),
                         .resource = STR("*"),
                         .resource_known = true,
                         .afterwards = afterwards};
    return facts_allowed(f, &q);
}

/* Asked for the same people by several fields: settled once for each. */
tri facts_is_admin(struct facts *f, const struct entity *e)
{
    const struct account *account = f->account;
    bool user = e->kind == ENTITY_USER;
    size_t index = user ? (size_t)(e - account->users) : account->user_count + (size_t)(e - account->roles);
    if (!f->admins)
        f->admins = NEW_ARRAY(f->arena, struct admin_answer, account->user_count + account->role_count);
    struct admin_answer *answer = &f->admins[index];
    if (!answer->known)
        *answer = (struct admin_answer){true, decide_admin(f, e, false)};
    return answer->is_admin;
}

struct value fact_account_users(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (!capture_at_hand(&account->authorization))
        return no_people(f, TYPE_LIST);
    struct element *items = NEW_ARRAY(f->arena, struct element, account->user_count);
    for (size_t i = 0; i < account->user_count; i++) {
        const struct entity *e = &account->users[i];
        struct value *members = NEW_ARRAY(f->arena, struct value, 4); /* user.name, .arn, .path, .is_admin */
        members[0] = fact_text(e->name);
        members[1] = fact_text(e->arn);
        members[2] = fact_text(e->path);
        members[3] =
            fact_tri(f, facts_is_admin(f, e), STR("what the user may do depends on more than the captures show"));
        items[i] = (struct element){.text = e->name, .members = members};
    }
    return fact_list(items, account->user_count, account->users_complete, account->people_why);
}

static struct mark *entity_mark(struct facts *f, const struct entity *e, str text)
{
    return facts_mark_at(f, &f->account->authorization, e->node, text);
}

struct value fact_account_roles(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (!capture_at_hand(&account->authorization))
        return no_people(f, TYPE_LIST);
    struct element *items = NEW_ARRAY(f->arena, struct element, account->role_count);
    for (size_t i = 0; i < account->role_count; i++) {
        const struct entity *e = &account->roles[i];
        /* role.name, .arn, .path, .is_admin, .service_linked, .trusts_management, .trusts_members, .trust_needs_org */
        struct value *members = NEW_ARRAY(f->arena, struct value, 8);
        str why = STR("the trust policy does not tell");
        members[0] = fact_text(e->name);
        members[1] = fact_text(e->arn);
        members[2] = fact_text(e->path);
        members[3] =
            fact_tri(f, facts_is_admin(f, e), STR("what the role may do depends on more than the captures show"));
        members[4] = fact_yes_no(str_starts(e->path, STR("/aws-service-role/")));
        members[5] = fact_tri(f, facts_role_trusts(f, e, f->run->org->management_account), why);
        members[6] = fact_tri(f, facts_role_trusts_members(f, e), why);
        members[7] = fact_tri(f, facts_trust_needs_org(f, e), why);
        items[i] = (struct element){.text = e->name,
                                    .members = members,
                                    .mark = entity_mark(f, e, arena_printf(f->arena, "role %.*s", STR_ARG(e->name)))};
    }
    return fact_list(items, account->role_count, account->roles_complete, account->people_why);
}

struct value fact_account_independent_admins(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (!capture_at_hand(&account->authorization))
        return no_people(f, TYPE_LIST);
    size_t count = 0;
    struct element *items = NEW_ARRAY(f->arena, struct element, account->role_count + account->user_count);
    bool complete = account->users_complete && account->roles_complete;
    str why = account->people_why;
    for (size_t i = 0; i < account->user_count + account->role_count; i++) {
        bool user = i < account->user_count;
        const struct entity *e = user ? &account->users[i] : &account->roles[i - account->user_count];
        tri independent = decide_admin(f, e, true); /* policies may ask for the organization that is gone by then */
        if (independent != TRI_NO && !user)
            independent = tri_and(independent, facts_can_enter(f, e, ENTRY_AFTERWARDS));
        if (independent == TRI_YES)
            items[count++] = (struct element){
                .text = e->arn,
                .mark = entity_mark(f, e, arena_printf(f->arena, "%.*s is an administrator", STR_ARG(e->name)))};
        if (independent != TRI_UNKNOWN)
            continue;
        complete = false;
        why = why.len ? why
                      : arena_printf(f->arena, "whether %.*s is an administrator that stays is not known",
                                     STR_ARG(e->name));
    }
    struct value v = fact_list(items, count, complete, why);
    if (!count && account->authorization.source)
        fact_mark_place(f, &v, account->authorization.source, account->authorization.root,
                        STR("no user or role that stays is an administrator"));
    return v;
}

static const char organizations_role[] = "AWSServiceRoleForOrganizations";

struct value fact_account_has_organizations_role(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    for (size_t i = 0; i < account->role_count; i++) {
        if (!str_is(account->roles[i].name, organizations_role))
            continue;
        struct value v = fact_yes_no(true);
        fact_mark(f, &v, *entity_mark(f, &account->roles[i], STR("the service-linked role of Organizations")));
        return v;
    }
    if (!account->roles_complete)
        return no_people(f, TYPE_BOOL);
    struct value v = fact_yes_no(false);
    fact_mark_place(f, &v, account->authorization.source, node_get(account->authorization.root, "RoleDetailList"),
                    STR("no service-linked role of Organizations"));
    return v;
}

static struct question deletion_by(struct facts *f, const struct principal *p)
{
    return (struct question){.who = p,
                             .action = STR("iam:DeleteServiceLinkedRole"),
                             .resource = facts_organizations_role(f),
                             .resource_known = true,
                             .scps = true,
                             .everything = true};
}

static void mark_denies(struct facts *f, struct value *v, const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->deny_count; i++)
        fact_mark(f, v, facts_match_mark(f, &t->denies[i], STR("iam:DeleteServiceLinkedRole")));
}

/* At least one principal of the account, root user included, that no SCP and no boundary stops. */
struct value fact_account_organizations_role_deletable(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (!account->roles_complete || !account->users_complete)
        return no_people(f, TYPE_BOOL);
    struct principal p = facts_root(f);
    struct question q = deletion_by(f, &p);
    tri deletable = facts_allowed(f, &q);
    for (size_t i = 0; i < account->role_count + account->user_count && deletable != TRI_YES; i++) {
        bool role = i < account->role_count;
        const struct entity *e = role ? &account->roles[i] : &account->users[i - account->role_count];
        p = (struct principal){
            .known = true, .arn = e->arn, .account_id = account->id, .captured = true, .account = account, .entity = e};
        tri may = facts_allowed(f, &q);
        if (may != TRI_NO && role)
            may = tri_and(may, facts_can_enter(f, e, ENTRY_TODAY));
        deletable = tri_or(deletable, may);
    }
    if (deletable == TRI_YES)
        return fact_yes_no(true);
    p = facts_root(f);
    struct value of_root_alone = facts_can(f, &q); /* tells best what stands against it, or would settle it */
    if ((of_root_alone.state == VALUE_UNKNOWN) == (deletable == TRI_UNKNOWN))
        return of_root_alone;
    const struct verdict_trace *of_root = facts_decide(f, &q);
    struct value v =
        fact_tri(f, deletable,
                 deletable == TRI_UNKNOWN ? facts_why_open(f, of_root, STR("iam:DeleteServiceLinkedRole")) : (str){0});
    if (deletable == TRI_UNKNOWN)
        facts_tell_keys(f, &v, of_root);
    mark_denies(f, &v, of_root);
    return v;
}

static struct value summary_flag(struct facts *f, bool has, int64_t number, const char *member)
{
    const struct capture_doc *d = &f->account->summary;
    if (!capture_at_hand(d))
        return fact_not_captured(f, TYPE_BOOL, d);
    if (!has)
        return fact_unknown(TYPE_BOOL, arena_printf(f->arena, "get-account-summary does not show %s", member));
    struct value v = fact_yes_no(number > 0);
    fact_mark_place(f, &v, d->source, node_get(node_get(d->root, "SummaryMap"), member), (str){0});
    return v;
}

struct value fact_account_root_password(struct facts *f, route r)
{
    (void)r;
    return summary_flag(f, f->account->has_password_flag, f->account->password_present, "AccountPasswordPresent");
}

/* A capture against an attestation (readiness.md 5.7). False where nothing is said against the other: never unknown. */
struct value fact_account_root_contradicted(struct facts *f, route r)
{
    struct value password = fact_account_root_password(f, r);
    const struct value *attested = facts_field(f, "attested.root_access", r);
    bool both = password.state == VALUE_KNOWN && attested->state == VALUE_KNOWN;
    struct value v = fact_yes_no(both && password.as.yes != attested->as.yes);
    for (size_t i = 0; v.as.yes && i < password.mark_count; i++)
        fact_mark(f, &v, password.marks[i]);
    for (size_t i = 0; v.as.yes && i < attested->mark_count; i++)
        fact_mark(f, &v, attested->marks[i]);
    return v;
}

struct value fact_account_root_mfa(struct facts *f, route r)
{
    (void)r;
    return summary_flag(f, f->account->has_mfa_flag, f->account->mfa_enabled, "AccountMFAEnabled");
}

struct value fact_account_root_keys(struct facts *f, route r)
{
    (void)r;
    return summary_flag(f, f->account->has_keys_flag, f->account->keys_present, "AccountAccessKeysPresent");
}

/* ---- contact.*, alternate_contact.* ---- */

struct value facts_contact_of(struct facts *f, const struct account *of, str text, const char *member)
{
    const struct capture_doc *d = &of->contact_doc;
    if (d->state == CAPTURE_NONE)
        return fact_absent(TYPE_STRING);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_STRING, d);
    const node *info = node_get(d->root, "ContactInformation"), *at = node_get(info, member);
    struct value v = fact_text(text);
    fact_mark_place(f, &v, d->source, at ? at : info,
                    text.ptr ? (str){0} : arena_printf(f->arena, "no %s here", member));
    return v;
}

#define CONTACT(field, member)                                                                                         \
    struct value fact_contact_##field(struct facts *f, route r)                                                        \
    {                                                                                                                  \
        (void)r;                                                                                                       \
        return facts_contact_of(f, f->account, f->account->contact.field, member);                                     \
    }
CONTACT(full_name, "FullName")
CONTACT(address_line1, "AddressLine1")
CONTACT(city, "City")
CONTACT(state_or_region, "StateOrRegion")
CONTACT(postal_code, "PostalCode")
CONTACT(country_code, "CountryCode")
CONTACT(phone_number, "PhoneNumber")

/* ---- org.* ---- */

struct value fact_org_in_use(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    if (o->in_use == TRI_UNKNOWN)
        return fact_not_captured(f, TYPE_BOOL, &o->describe);
    struct value v = fact_yes_no(o->in_use == TRI_YES);
    if (o->in_use == TRI_YES)
        fact_mark_place(f, &v, o->id_place.source, o->id_place.node, (str){0});
    else
        fact_mark_place(f, &v, o->describe.error_source, o->describe.error_node,
                        STR("AWS says that there is no organization"));
    return v;
}

static struct value org_text(struct facts *f, str text, struct place place)
{
    if (!text.len)
        return fact_not_captured(f, TYPE_STRING, &f->run->org->describe);
    struct value v = fact_text(text);
    fact_mark_place(f, &v, place.source, place.node, (str){0});
    return v;
}

struct value fact_org_id(struct facts *f, route r)
{
    (void)r;
    return org_text(f, f->run->org->id, f->run->org->id_place);
}

struct value fact_org_management_account(struct facts *f, route r)
{
    (void)r;
    return org_text(f, f->run->org->management_account, f->run->org->management_place);
}

struct value fact_org_partition(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    return o->partition.len ? fact_text(o->partition) : fact_not_captured(f, TYPE_STRING, &o->describe);
}

struct value fact_org_feature_set(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    struct value v = org_text(f, o->feature_set, o->feature_place);
    v.type = TYPE_ENUM;
    if (v.state == VALUE_KNOWN && !str_is(o->feature_set, "ALL") && !str_is(o->feature_set, "CONSOLIDATED_BILLING"))
        return fact_unknown(TYPE_ENUM,
                            arena_printf(f->arena, "\"FeatureSet\" is \"%.*s\", a word that orgexit does not know",
                                         STR_ARG(o->feature_set)));
    return v;
}

struct value fact_org_scps_enabled(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    tri enabled = o->types_enabled[POLICY_SCP];
    if (enabled == TRI_UNKNOWN && o->roots.state == CAPTURE_UNKNOWN)
        return fact_not_captured(f, TYPE_BOOL, &o->roots);
    struct value v = fact_tri(f, enabled, STR("list-roots shows neither that SCPs are enabled nor that they are not"));
    fact_mark_place(f, &v, o->types_place.source, o->types_place.node, (str){0});
    return v;
}

/* iam list-organizations-features of the management account. */
struct value fact_org_central_root(struct facts *f, route r)
{
    (void)r;
    const struct account *m = f->run->management;
    if (!m)
        return fact_not_captured(f, TYPE_BOOL, &f->run->org->describe);
    const struct capture_doc *d = &m->features;
    if (d->state == CAPTURE_NONE)
        return fact_yes_no(false);
    if (d->state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_BOOL, d);
    const node *list = node_get(d->root, "EnabledFeatures");
    bool on = false;
    for (NODE_EACH(item, list))
        on |= str_is(node_text(item), "RootCredentialsManagement");
    struct value v = fact_yes_no(on);
    fact_mark_place(f, &v, d->source, list, (str){0});
    return v;
}

/* ---- invitation.* ---- */

struct invitation {
    const node *node;
    str arn, organization;
    int64_t expires;
};

/* An invitation may name the account by its e-mail address; by its id it must be this one. */
static bool is_for_another(struct facts *f, const node *handshake)
{
    for (NODE_EACH(party, node_get(handshake, "Parties")))
        if (str_is(node_text(node_get(party, "Type")), "ACCOUNT") &&
            !str_eq(node_text(node_get(party, "Id")), f->account->id))
            return true;
    return false;
}

/* INVITE, OPEN, not yet expired, from another organization: the one that is attested to be the target, if one is.
 * TRI_UNKNOWN: not captured or cut off without one. */
static tri open_invitation(struct facts *f, struct invitation *out)
{
    const struct capture_doc *d = &f->account->handshakes;
    const struct value *target = facts_field(f, "attested.target_organization", ROUTE_TRANSFER);
    if (!capture_at_hand(d))
        return TRI_UNKNOWN;
    for (NODE_EACH(item, node_get(d->root, "Handshakes"))) {
        const node *expires = node_get(item, "ExpirationTimestamp");
        instant t;
        if (!str_is(node_text(node_get(item, "Action")), "INVITE") ||
            !str_is(node_text(node_get(item, "State")), "OPEN") || !expires || !time_from_cli(node_text(expires), &t) ||
            t.seconds <= f->run->as_of || is_for_another(f, item))
            continue;
        for (NODE_EACH(party, node_get(item, "Parties"))) {
            str id = node_text(node_get(party, "Id"));
            if (!str_is(node_text(node_get(party, "Type")), "ORGANIZATION"))
                continue;
            str own = str_from_index(f->run->org->id, 2), bare = str_starts(id, STR("o-")) ? str_from_index(id, 2) : id;
            bool wanted = target->state != VALUE_KNOWN || str_eq(bare, str_from_index(target->as.text, 2));
            if (!id.len || str_eq(bare, own) || !wanted)
                continue;
            *out = (struct invitation){item, node_text(node_get(item, "Arn")),
                                       arena_printf(f->arena, "o-%.*s", STR_ARG(bare)), t.seconds};
            return TRI_YES;
        }
    }
    return d->state == CAPTURE_WHOLE ? TRI_NO : TRI_UNKNOWN;
}

struct value fact_invitation_open(struct facts *f, route r)
{
    struct invitation i = {0};
    (void)r;
    tri open = open_invitation(f, &i);
    if (open == TRI_UNKNOWN)
        return fact_not_captured(f, TYPE_BOOL, &f->account->handshakes);
    struct value v = fact_yes_no(open == TRI_YES);
    const struct value *target = facts_field(f, "attested.target_organization", r);
    str of = target->state == VALUE_KNOWN ? target->as.text : STR("another organization");
    fact_mark_place(f, &v, f->account->handshakes.source, i.node,
                    open == TRI_YES ? STR("an open invitation")
                                    : arena_printf(f->arena, "no open invitation of %.*s", STR_ARG(of)));
    for (size_t k = 0; target->state == VALUE_KNOWN && k < target->mark_count; k++)
        fact_mark(f, &v, target->marks[k]);
    return v;
}

struct value fact_invitation_arn(struct facts *f, route r)
{
    struct invitation i = {0};
    (void)r;
    switch (open_invitation(f, &i)) {
    case TRI_UNKNOWN: return fact_not_captured(f, TYPE_STRING, &f->account->handshakes);
    case TRI_NO: return fact_absent(TYPE_STRING);
    case TRI_YES: break;
    }
    return i.arn.len ? fact_text(i.arn) : fact_unknown(TYPE_STRING, STR("the invitation has no \"Arn\""));
}

struct value fact_invitation_same_partition(struct facts *f, route r)
{
    struct value arn = fact_invitation_arn(f, r);
    struct arn parts;
    arn.type = TYPE_BOOL;
    if (arn.state != VALUE_KNOWN)
        return arn;
    if (!arn_parse(arn.as.text, &parts) || !f->run->org->partition.len)
        return fact_unknown(TYPE_BOOL, STR("the partition is not known"));
    return fact_yes_no(str_eq(parts.partition, f->run->org->partition));
}

struct value fact_invitation_organization(struct facts *f, route r)
{
    struct invitation i = {0};
    struct value arn = fact_invitation_arn(f, r);
    if (arn.state != VALUE_KNOWN)
        return arn;
    (void)open_invitation(f, &i);
    return fact_text(i.organization);
}

struct value fact_invitation_time_left(struct facts *f, route r)
{
    struct invitation i = {0};
    struct value arn = fact_invitation_arn(f, r);
    arn.type = TYPE_DURATION;
    if (arn.state == VALUE_ABSENT || (arn.state == VALUE_UNKNOWN && open_invitation(f, &i) != TRI_YES))
        return arn;
    (void)open_invitation(f, &i);
    return fact_duration(i.expires - f->run->as_of);
}

/* ---- capture.*: true or unknown ---- */

static struct value true_or_unknown(struct facts *f, bool good, str why)
{
    (void)f;
    return good ? fact_yes_no(true) : fact_unknown(TYPE_BOOL, why);
}

struct value fact_capture_fresh(struct facts *f, route r)
{
    (void)r;
    const struct snapshot *s = f->run->org->snapshot;
    struct value v = true_or_unknown(f, s->fresh == TRI_YES, s->stale_why);
    fact_mark_place(f, &v, s->capture_json, s->captured_at_node, (str){0});
    if (!s->has_captured_at)
        fact_need(
            f, &v,
            (struct need){"option", STR("--captured-at"), STR("give --captured-at TIME: when the captures were made")});
    else if (s->fresh != TRI_YES)
        fact_need(f, &v, (struct need){"capture", STR("capture.json"), STR("capture again: orgexit collect DIR")});
    return v;
}

struct value fact_capture_finished(struct facts *f, route r)
{
    (void)r;
    const struct snapshot *s = f->run->org->snapshot;
    str why = s->capture_json && !s->has_completed_at
                  ? STR("capture.json has no \"completed_at\": capturing was stopped before its end")
                  : s->stale_why;
    struct value v = true_or_unknown(f, s->finished == TRI_YES, why);
    fact_mark_place(f, &v, s->capture_json, s->completed_at_node, (str){0});
    return v;
}

struct value fact_capture_one_organization(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct capture_doc *own = &f->account->own_organization;
    if (!o->id.len)
        return fact_not_captured(f, TYPE_BOOL, &o->describe);
    if (own->state == CAPTURE_NONE) {
        struct value v = fact_unknown(TYPE_BOOL, STR("the member sees no organization any more"));
        fact_mark_place(f, &v, own->error_source, own->error_node, (str){0});
        return v;
    }
    str seen = node_text(node_get(node_get(own->root, "Organization"), "Id"));
    if (seen.len && !str_eq(seen, o->id))
        return fact_unknown(TYPE_BOOL, arena_printf(f->arena, "the member sees organization %.*s", STR_ARG(seen)));
    struct value v = true_or_unknown(f, o->one_organization == TRI_YES, o->mixed_why);
    if (o->mixed_why.len)
        fact_mark_place(f, &v, o->mixed_place.source, o->mixed_place.node, o->mixed_why);
    else
        fact_mark_place(f, &v, o->id_place.source, o->id_place.node, (str){0});
    return v;
}

struct value fact_capture_right_account(struct facts *f, route r)
{
    (void)r;
    const struct account *account = f->account;
    if (account->identity.state != CAPTURE_WHOLE)
        return fact_not_captured(f, TYPE_BOOL, &account->identity);
    struct value v = true_or_unknown(
        f, str_eq(account->identity_account, account->id),
        arena_printf(f->arena, "the captures were made in account %.*s", STR_ARG(account->identity_account)));
    fact_mark_place(f, &v, account->identity.source, node_get(account->identity.root, "Account"), (str){0});
    return v;
}

struct value fact_capture_consistent(struct facts *f, route r)
{
    (void)r;
    if (!f->account->errors.count)
        return fact_yes_no(true);
    const struct input_error *first = &f->account->errors.items[0];
    struct mark m = MARK_NONE;
    struct value v = fact_unknown(TYPE_BOOL, arena_printf(f->arena, "%.*s:%u:%u: %.*s", STR_ARG(first->file),
                                                          first->line, first->column, STR_ARG(first->message)));
    m.file = first->file;
    m.text = first->message;
    fact_mark(f, &v, m);
    return v;
}

struct value fact_capture_complete(struct facts *f, route r)
{
    (void)r;
    const struct organization *o = f->run->org;
    const struct account *account = f->account;
    const struct capture_doc *docs[] = {&o->describe,         &o->roots,
                                        &o->list_accounts,    &o->delegated_administrators,
                                        &account->identity,   &account->authorization,
                                        &account->summary,    &account->contact_doc,
                                        &account->information};
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
        if (docs[i]->state == CAPTURE_CUT || (docs[i]->state == CAPTURE_UNKNOWN && docs[i]->code.len))
            return fact_not_captured(f, TYPE_BOOL, docs[i]);
    return fact_yes_no(true);
}

struct value fact_capture_age(struct facts *f, route r)
{
    (void)r;
    const struct snapshot *s = f->run->org->snapshot;
    if (!s->has_captured_at)
        return fact_unknown(TYPE_DURATION, s->stale_why);
    struct value v = fact_duration(f->run->as_of - s->captured_at);
    fact_mark_place(f, &v, s->capture_json, s->captured_at_node, (str){0});
    return v;
}

struct value fact_capture_state_known(struct facts *f, route r)
{
    (void)r;
    const struct org_account *listed = f->account->listed;
    if (!listed)
        return fact_not_captured(f, TYPE_BOOL, &f->run->org->list_accounts);
    bool shown = listed->state_word.len || listed->status_word.len;
    if (!shown && !listed->email.len && !listed->name.len) /* no AWS CLI, however old, shows ids alone */
        return fact_unknown(TYPE_BOOL, STR("nothing but the id of the account was captured"));
    return fact_yes_no(shown);
}
