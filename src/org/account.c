/* account.c - loads the captures of one account. */
#include "org/account.h"

#include <stdarg.h>

#include "org/people.h"

const struct account_call account_calls[] = {
    {CAPTURE_GET_CALLER_IDENTITY,               NULL        },
    {CAPTURE_MEMBER_DESCRIBE_ORGANIZATION,      NULL        },
    {CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS, NULL        },
    {CAPTURE_GET_ACCOUNT_SUMMARY,               NULL        },
    {CAPTURE_GET_CONTACT_INFORMATION,           NULL        },
    {CAPTURE_GET_ALTERNATE_CONTACT,             "BILLING"   },
    {CAPTURE_GET_ALTERNATE_CONTACT,             "OPERATIONS"},
    {CAPTURE_GET_ALTERNATE_CONTACT,             "SECURITY"  },
    {CAPTURE_GET_ACCOUNT_INFORMATION,           NULL        },
    {CAPTURE_LIST_HANDSHAKES_FOR_ACCOUNT,       NULL        },
    {CAPTURE_LIST_ORGANIZATIONS_FEATURES,       NULL        },
    {CAPTURE_LIST_DELEGATED_SERVICES,           "ID"        },
    {CAPTURE_LIST_TAGS_FOR_RESOURCE,            "ID"        },
    {CAPTURE_LIST_REGIONS,                      NULL        },
    {CAPTURE_GET_GOVCLOUD_ACCOUNT,              NULL        },
};
const size_t account_call_count = sizeof account_calls / sizeof *account_calls;

const char *const account_document_keys[] = {"Document", "PolicyDocument", "AssumeRolePolicyDocument"};
const size_t account_document_key_count = sizeof account_document_keys / sizeof *account_document_keys;

void people_keep_error(struct people *p, const error *e)
{
    *VEC_PUSH(p->arena, &p->account->errors) = input_error_from(p->arena, e);
}

static void contradiction(struct people *p, const struct capture_doc *d, const node *n, const char *format, ...)
{
    error e = {0};
    va_list args;
    va_start(args, format);
    str message = arena_vprintf(p->arena, format, args);
    va_end(args);
    source_error(d->source, n ? n : d->root, &e, "%.*s", STR_ARG(message));
    people_keep_error(p, &e);
}

/* Gets a capture and reads it with `load`; what is malformed is kept as an error and counts as not captured. */
static void load(struct people *p, capture_kind kind, const char *argument, struct capture_doc *d,
                 bool (*read)(struct people *p, const struct capture_doc *d, error *e))
{
    struct call c = {.kind = kind,
                     .account = p->account->id,
                     .argument = !argument                     ? (str){0}
                                 : strcmp(argument, "ID") == 0 ? p->account->id
                                                               : str_from(argument)};
    error e = {0};
    bool ok = snapshot_get(p->arena, p->account->org->snapshot, &c, p->account->read, p->known, d, &e);
    if (ok && read && (d->state == CAPTURE_WHOLE || d->state == CAPTURE_CUT))
        ok = read(p, d, &e);
    if (ok)
        return;
    error_in_file(&e, arena_printf(p->arena, "%.*s.json", STR_ARG(d->path)));
    people_keep_error(p, &e);
    d->state = CAPTURE_UNKNOWN;
    d->why = arena_printf(p->arena, "%.*s.json could not be read", STR_ARG(d->path));
}

static bool read_identity(struct people *p, const struct capture_doc *d, error *e)
{
    str text;
    struct arn arn;
    if (!member_text(d->source, d->root, "Account", &p->account->identity_account, e) ||
        !member_text(d->source, d->root, "Arn", &text, e))
        return false;
    if (text.len && arn_parse(text, &arn) && !str_eq(arn.account, p->account->identity_account))
        contradiction(p, d, node_get(d->root, "Arn"), "\"Arn\" and \"Account\" name different accounts");
    if (!str_eq(p->account->identity_account, p->account->id))
        contradiction(p, d, node_get(d->root, "Account"),
                      "the file lies in the folder of account %.*s and names account %.*s: captured with another "
                      "account's credentials",
                      STR_ARG(p->account->id), STR_ARG(p->account->identity_account));
    return true;
}

static bool read_own_organization(struct people *p, const struct capture_doc *d, error *e)
{
    str id, management;
    const node *org = node_get(d->root, "Organization");
    const struct organization *o = p->account->org;
    if (!member_text(d->source, org, "Id", &id, e) || !member_text(d->source, org, "MasterAccountId", &management, e))
        return false;
    if (management.len && o->management_account.len && !str_eq(management, o->management_account))
        contradiction(
            p, d, node_get(org, "MasterAccountId"),
            "the member sees the management account %.*s, organizations/describe-organization.json names %.*s",
            STR_ARG(management), STR_ARG(o->management_account));
    if (id.len && p->account->org->id.len && !str_eq(id, p->account->org->id))
        contradiction(p, d, node_get(org, "Id"), "the member sees organization %.*s, the management account %.*s",
                      STR_ARG(id), STR_ARG(p->account->org->id));
    return true;
}

static bool read_summary(struct people *p, const struct capture_doc *d, error *e)
{
    struct account *account = p->account;
    const node *map = node_get(d->root, "SummaryMap");
    return member_int(d->source, map, "AccountPasswordPresent", &account->has_password_flag, &account->password_present,
                      e) &&
           member_int(d->source, map, "AccountMFAEnabled", &account->has_mfa_flag, &account->mfa_enabled, e) &&
           member_int(d->source, map, "AccountAccessKeysPresent", &account->has_keys_flag, &account->keys_present, e);
}

static bool read_contact(struct people *p, const struct capture_doc *d, error *e)
{
    struct contact *c = &p->account->contact;
    const struct {
        const char *member;
        str *out;
    } parts[] = {
        {"FullName",      &c->full_name      },
        {"AddressLine1",  &c->address_line1  },
        {"City",          &c->city           },
        {"StateOrRegion", &c->state_or_region},
        {"PostalCode",    &c->postal_code    },
        {"CountryCode",   &c->country_code   },
        {"PhoneNumber",   &c->phone_number   }
    };
    const node *info = node_get(d->root, "ContactInformation");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!member_text(d->source, info, parts[i].member, parts[i].out, e))
            return false;
    return true;
}

static bool read_information(struct people *p, const struct capture_doc *d, error *e)
{
    struct account *account = p->account;
    str id;
    if (!member_text(d->source, d->root, "AccountId", &id, e) ||
        !member_text(d->source, d->root, "AccountState", &account->information_state, e) ||
        !member_time(d->source, d->root, "AccountCreatedDate", &account->has_created_at, &account->created_at, e))
        return false;
    if (!str_eq(id, account->id))
        contradiction(p, d, node_get(d->root, "AccountId"),
                      "the file lies in the folder of account %.*s and names %.*s", STR_ARG(account->id), STR_ARG(id));
    return true;
}

static bool read_tags(struct people *p, const struct capture_doc *d, error *e)
{
    (void)p;
    for (NODE_EACH(item, node_get(d->root, "Tags"))) {
        str key, value;
        if (!member_text(d->source, item, "Key", &key, e) || !member_text(d->source, item, "Value", &value, e))
            return false;
        if (!key.len)
            return source_error(d->source, item, e, "a tag without \"Key\"");
    }
    return true;
}

static bool read_handshakes(struct people *p, const struct capture_doc *d, error *e)
{
    (void)p;
    for (NODE_EACH(item, node_get(d->root, "Handshakes")))
        if (!node_is_object(item))
            return source_error(d->source, item, e, "a handshake is %s; expected an object", node_kind_name(item));
    return true;
}

/* The two witnesses of a delegated administrator must agree (readiness.md 5.1). */
static void compare_delegation(struct people *p)
{
    const struct account *account = p->account;
    const struct organization *o = account->org;
    const struct capture_doc *d = &account->delegated_services;
    bool listed = account->listed && account->listed->is_delegated_administrator;
    size_t services = node_count(node_get(d->root, "DelegatedServices"));
    if (d->state == CAPTURE_NONE && listed) {
        error e = {0};
        source_error(d->error_source, d->error_node, &e,
                     "says that account %.*s is no delegated administrator; "
                     "organizations/list-delegated-administrators.json lists it",
                     STR_ARG(account->id));
        people_keep_error(p, &e);
    } else if (d->state == CAPTURE_WHOLE && services == 0 && listed) {
        contradiction(p, d, NULL,
                      "shows no service for account %.*s, which organizations/list-delegated-administrators.json lists",
                      STR_ARG(account->id));
    } else if (services > 0 && !listed && o->delegated_administrators.state == CAPTURE_WHOLE) {
        contradiction(
            p, d, NULL,
            "shows services for account %.*s, which organizations/list-delegated-administrators.json does not list",
            STR_ARG(account->id));
    }
}

static void load_alternates(struct people *p)
{
    static const char *const types[] = {"BILLING", "OPERATIONS", "SECURITY"};
    struct account *account = p->account;
    for (size_t i = 0; i < 3; i++) {
        struct capture_doc *d = &account->alternate[i];
        error e = {0};
        load(p, CAPTURE_GET_ALTERNATE_CONTACT, types[i], d, NULL);
        if (d->root && !member_text(d->source, node_get(d->root, "AlternateContact"), "EmailAddress",
                                    &account->alternate_email[i], &e))
            people_keep_error(p, &e);
    }
}

/* Of its files that nothing above reads, too: one that was changed or lost says what happened to the snapshot. */
static void check_digests(struct people *p)
{
    error e = {0};
    str folder = arena_printf(p->arena, "accounts/%.*s/", STR_ARG(p->account->id));
    if (!snapshot_check_listed(p->arena, p->account->org->snapshot, folder, p->account->read, &e))
        people_keep_error(p, &e);
}

struct account *account_load(arena *a, const struct organization *o, str id, struct known_store *known)
{
    struct account *account = NEW(a, struct account);
    struct people p = {.arena = a, .account = account, .known = known};
    account->org = o;
    account->id = id;
    account->listed = organization_account(o, id);
    account->read = NEW(a, struct read_list);
    for (size_t i = 0; account->listed && i < account->listed->contradictions.count; i++)
        *VEC_PUSH(a, &account->errors) = account->listed->contradictions.items[i];

    load(&p, CAPTURE_GET_CALLER_IDENTITY, NULL, &account->identity, read_identity);
    load(&p, CAPTURE_MEMBER_DESCRIBE_ORGANIZATION, NULL, &account->own_organization, read_own_organization);
    load(&p, CAPTURE_GET_ACCOUNT_SUMMARY, NULL, &account->summary, read_summary);
    load(&p, CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS, NULL, &account->authorization, people_load);
    people_settle(&p);
    load(&p, CAPTURE_GET_CONTACT_INFORMATION, NULL, &account->contact_doc, read_contact);
    load(&p, CAPTURE_GET_ACCOUNT_INFORMATION, NULL, &account->information, read_information);
    load(&p, CAPTURE_LIST_HANDSHAKES_FOR_ACCOUNT, NULL, &account->handshakes, read_handshakes);
    load(&p, CAPTURE_LIST_ORGANIZATIONS_FEATURES, NULL, &account->features, NULL);
    load(&p, CAPTURE_LIST_DELEGATED_SERVICES, "ID", &account->delegated_services, NULL);
    load(&p, CAPTURE_LIST_TAGS_FOR_RESOURCE, "ID", &account->tags, read_tags);
    load_alternates(&p);
    compare_delegation(&p);
    if (!account->errors.count)
        check_digests(&p);
    return account;
}

/* "assumed-role/NAME/SESSION" stands for the role NAME of its account (formats.md 2). */
const struct entity *account_find_entity(const struct account *account, str text)
{
    struct arn arn;
    if (!arn_parse(text, &arn) || !str_eq(arn.account, account->id))
        return NULL;
    str session = arn.resource;
    if (str_is(arn.service, "sts") && str_is(str_cut(&session, '/'), "assumed-role")) {
        str name = str_cut(&session, '/');
        for (size_t i = 0; i < account->role_count; i++)
            if (str_eq(account->roles[i].name, name))
                return &account->roles[i];
        return NULL;
    }
    for (size_t i = 0; i < account->role_count; i++)
        if (str_eq(account->roles[i].arn, text))
            return &account->roles[i];
    for (size_t i = 0; i < account->user_count; i++)
        if (str_eq(account->users[i].arn, text))
            return &account->users[i];
    return NULL;
}
