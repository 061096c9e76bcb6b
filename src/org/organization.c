/* organization.c - loads the organization's captures: accounts, tree, delegated administrators, trusted services. */
#include "org/organization.h"

#include "org/load.h"

const char *const policy_type_names[POLICY_TYPE_COUNT] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"};
const char *const account_state_names[] = {"PENDING_ACTIVATION", "ACTIVE", "SUSPENDED",
                                           "PENDING_CLOSURE",    "CLOSED", NULL};

struct input_error input_error_from(arena *a, const error *e)
{
    return (struct input_error){.file = arena_str(a, str_from(e->file)),
                                .line = e->line,
                                .column = e->column,
                                .message = arena_str(a, str_from(e->message))};
}

struct org_account *organization_account(const struct organization *o, str id)
{
    return map_get(&o->accounts_by_id, id);
}

bool load_capture(struct load *l, capture_kind kind, str argument, struct capture_doc *out)
{
    struct call c = {.kind = kind, .argument = argument};
    return snapshot_get(l->arena, l->org->snapshot, &c, &l->org->read, NULL, out, l->error);
}

/* ---- one organization, one partition ---- */

static void mixed(struct load *l, const struct capture_doc *doc, const node *n, str why)
{
    struct organization *o = l->org;
    if (o->mixed_why.len)
        return;
    o->one_organization = TRI_UNKNOWN;
    o->mixed_why = why;
    o->mixed_place = (struct place){doc->source, n};
}

void load_check_arn(struct load *l, const struct capture_doc *doc, const node *item, str text)
{
    struct organization *o = l->org;
    struct arn arn;
    if (!text.len || !arn_parse(text, &arn) || !str_is(arn.service, "organizations") || str_is(arn.account, "aws"))
        return;
    if (!o->partition.len)
        o->partition = arn.partition;
    if (!str_eq(arn.partition, o->partition))
        mixed(l, doc, item,
              arena_printf(l->arena, "an ARN is of partition %.*s, others are of %.*s", STR_ARG(arn.partition),
                           STR_ARG(o->partition)));
    if (o->management_account.len && str_is_account_id(arn.account) && !str_eq(arn.account, o->management_account))
        mixed(l, doc, item,
              arena_printf(l->arena, "an ARN names the management account %.*s, describe-organization names %.*s",
                           STR_ARG(arn.account), STR_ARG(o->management_account)));
    str rest = arn.resource;
    (void)str_cut(&rest, '/');
    str id = str_cut(&rest, '/');
    if (str_starts(id, STR("o-")) && o->id.len && !str_eq(id, o->id))
        mixed(l, doc, item,
              arena_printf(l->arena, "an ARN names organization %.*s, describe-organization names %.*s", STR_ARG(id),
                           STR_ARG(o->id)));
}

/* ---- describe-organization ---- */

static bool load_describe(struct load *l)
{
    struct organization *o = l->org;
    struct capture_doc *d = &o->describe;
    if (!load_capture(l, CAPTURE_DESCRIBE_ORGANIZATION, (str){0}, d))
        return false;
    if (d->state == CAPTURE_NONE)
        o->in_use = TRI_NO;
    if (d->state != CAPTURE_WHOLE && d->state != CAPTURE_CUT)
        return true;
    const node *org = node_get(d->root, "Organization");
    if (!member_text(d->source, org, "Id", &o->id, l->error) ||
        !member_text(d->source, org, "Arn", &o->arn, l->error) ||
        !member_text(d->source, org, "MasterAccountId", &o->management_account, l->error) ||
        !member_text(d->source, org, "FeatureSet", &o->feature_set, l->error))
        return false;
    o->in_use = o->id.len ? TRI_YES : TRI_UNKNOWN;
    o->id_place = (struct place){d->source, node_get(org, "Id")};
    o->management_place = (struct place){d->source, node_get(org, "MasterAccountId")};
    o->feature_place = (struct place){d->source, node_get(org, "FeatureSet")};
    if (o->management_account.len && !str_is_account_id(o->management_account))
        return source_error(d->source, o->management_place.node, l->error,
                            "\"MasterAccountId\" is no account id of 12 digits");
    struct arn arn;
    if (!o->partition.len && o->arn.len && arn_parse(o->arn, &arn))
        o->partition = arn.partition;
    load_check_arn(l, d, o->id_place.node, o->arn);
    return true;
}

/* ---- accounts ---- */

struct org_account *load_add_account(struct load *l, str id)
{
    void **slot = map_at(l->arena, &l->org->accounts_by_id, id);
    if (!*slot) {
        struct org_account *account = NEW(l->arena, struct org_account);
        account->id = id;
        *slot = account;
        *VEC_PUSH(l->arena, &l->accounts) = account;
    }
    return *slot;
}

/* Fills *out from an item of list-accounts, list-accounts-for-parent or list-delegated-administrators. */
static bool read_account(struct load *l, const struct capture_doc *d, const node *item, struct org_account *out)
{
    const source *s = d->source;
    error *e = l->error;
    if (!node_is_object(item))
        return source_error(s, item, e, "an account is %s; expected an object", node_kind_name(item));
    if (!member_text(s, item, "Id", &out->id, e) || !member_text(s, item, "Arn", &out->arn, e) ||
        !member_text(s, item, "Name", &out->name, e) || !member_text(s, item, "Email", &out->email, e) ||
        !member_text(s, item, "State", &out->state_word, e) || !member_text(s, item, "Status", &out->status_word, e) ||
        !member_text(s, item, "JoinedMethod", &out->joined_method, e) ||
        !member_time(s, item, "JoinedTimestamp", &out->has_joined_at, &out->joined_at, e))
        return false;
    if (!str_is_account_id(out->id))
        return source_error(s, node_get(item, "Id") ? node_get(item, "Id") : item, e,
                            "\"Id\" is no account id of 12 digits");
    struct arn arn;
    if (out->arn.len && arn_parse(out->arn, &arn) && !str_ends(arn.resource, out->id))
        return source_error(s, node_get(item, "Arn"), e, "\"Arn\" and \"Id\" name different accounts");
    out->place = (struct place){s, item};
    load_check_arn(l, d, item, out->arn);
    return true;
}

void load_contradiction(struct load *l, struct org_account *account, struct place at, const char *format, ...)
{
    error here = {0};
    va_list args;
    va_start(args, format);
    str message = arena_vprintf(l->arena, format, args);
    va_end(args);
    source_error(at.source, at.node, &here, "%.*s", STR_ARG(message));
    *VEC_PUSH(l->arena, &account->contradictions) = input_error_from(l->arena, &here);
}

static bool same_joined(const struct org_account *a, const struct org_account *b)
{
    int64_t apart = a->joined_at.seconds - b->joined_at.seconds;
    return !a->has_joined_at || !b->has_joined_at || (apart >= -1 && apart <= 1); /* the CLIs round differently */
}

/* Two captures of one account must tell the same. */
static void compare_accounts(struct load *l, struct org_account *known, const struct org_account *seen)
{
    const struct {
        const char *member;
        str a, b;
    } texts[] = {
        {"Arn",          known->arn,           seen->arn          },
        {"Email",        known->email,         seen->email        },
        {"Name",         known->name,          seen->name         },
        {"JoinedMethod", known->joined_method, seen->joined_method},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].a.len && texts[i].b.len && !str_eq(texts[i].a, texts[i].b))
            load_contradiction(l, known, seen->place,
                               "\"%s\" of account %.*s differs from the one in %.*s: capture both again",
                               texts[i].member, STR_ARG(known->id), STR_ARG(known->place.source->file));
    if (!same_joined(known, seen))
        load_contradiction(l, known, seen->place, "\"JoinedTimestamp\" of account %.*s differs from the one in %.*s",
                           STR_ARG(known->id), STR_ARG(known->place.source->file));
}

/* Two states that differ make the state unknown, no error: it may have changed between the calls. */
static void merge_word(str *known, str *other, str seen)
{
    if (!known->len)
        *known = seen;
    else if (seen.len && !str_eq(*known, seen))
        *other = seen;
}

/* Keeps what was seen of an account; compares when it was seen before. */
struct org_account *load_see_account(struct load *l, const struct capture_doc *d, const node *item)
{
    struct org_account seen = {0};
    if (!read_account(l, d, item, &seen))
        return NULL;
    struct org_account *account = load_add_account(l, seen.id);
    if (account->place.source) {
        compare_accounts(l, account, &seen);
        merge_word(&account->state_word, &account->other_state, seen.state_word);
        merge_word(&account->status_word, &account->other_status, seen.status_word);
        return account;
    }
    seen.parent = account->parent;
    seen.parent_place = account->parent_place;
    *account = seen;
    return account;
}

static bool load_accounts(struct load *l)
{
    struct capture_doc *d = &l->org->list_accounts;
    if (!load_capture(l, CAPTURE_LIST_ACCOUNTS, (str){0}, d))
        return false;
    for (NODE_EACH(item, node_get(d->root, "Accounts"))) {
        struct org_account *account = load_see_account(l, d, item);
        if (!account)
            return false;
        if (account->in_list_accounts)
            return source_error(d->source, item, l->error, "account %.*s is listed twice", STR_ARG(account->id));
        account->in_list_accounts = true;
    }
    return true;
}

/* ---- what stands beside the tree ---- */

static bool load_delegated_administrators(struct load *l)
{
    struct capture_doc *d = &l->org->delegated_administrators;
    if (!load_capture(l, CAPTURE_LIST_DELEGATED_ADMINISTRATORS, (str){0}, d))
        return false;
    for (NODE_EACH(item, node_get(d->root, "DelegatedAdministrators"))) {
        struct org_account *account = load_see_account(l, d, item);
        if (!account)
            return false;
        account->is_delegated_administrator = true;
        account->delegated = (struct place){d->source, node_get(item, "Id")};
    }
    return true;
}

static bool load_service_access(struct load *l)
{
    struct organization *o = l->org;
    struct capture_doc *d = &o->service_access;
    if (!load_capture(l, CAPTURE_LIST_SERVICE_ACCESS, (str){0}, d))
        return false;
    const node *list = node_get(d->root, "EnabledServicePrincipals");
    o->services = NEW_ARRAY(l->arena, str, node_count(list));
    for (NODE_EACH(item, list))
        if (!member_text(d->source, item, "ServicePrincipal", &o->services[o->service_count++], l->error))
            return false;
    return true;
}

static bool load_creations(struct load *l)
{
    struct organization *o = l->org;
    struct capture_doc *d = &o->create_statuses;
    if (!load_capture(l, CAPTURE_LIST_CREATE_ACCOUNT_STATUS, (str){0}, d))
        return false;
    for (NODE_EACH(item, node_get(d->root, "CreateAccountStatuses"))) {
        struct create_status *c = VEC_PUSH(l->arena, &o->creations);
        c->place = (struct place){d->source, item};
        if (!member_text(d->source, item, "AccountId", &c->account_id, l->error) ||
            !member_text(d->source, item, "State", &c->state, l->error) ||
            !member_text(d->source, item, "FailureReason", &c->failure_reason, l->error))
            return false;
    }
    return true;
}

/* Who is shown to be in the organization and is missing from its whole list of accounts. */
static void check_listed(struct load *l)
{
    if (l->org->list_accounts.state != CAPTURE_WHOLE)
        return;
    for (size_t i = 0; i < l->accounts.count; i++) {
        struct org_account *account = l->accounts.items[i];
        if (!account->in_list_accounts && account->place.source)
            load_contradiction(l, account, account->place,
                               "lists account %.*s, organizations/list-accounts.json does not, though it is whole",
                               STR_ARG(account->id));
    }
}

struct organization *organization_load(arena *a, struct snapshot *s, error *e)
{
    struct organization *o = NEW(a, struct organization);
    struct load l = {.arena = a, .org = o, .error = e};
    o->snapshot = s;
    o->partition = s->partition;
    o->one_organization = TRI_YES;
    if (!load_describe(&l) || !load_accounts(&l) || !load_tree(&l) || !load_delegated_administrators(&l) ||
        !load_service_access(&l) || !load_creations(&l) || !load_attachments(&l))
        return NULL;
    check_listed(&l);
    o->accounts = l.accounts.items;
    o->account_count = l.accounts.count;
    if (!o->id.len)
        o->one_organization = TRI_UNKNOWN;
    return o;
}
