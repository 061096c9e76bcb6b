/* simulate_files.c - orgexit simulate with policies from files: one request, decided and explained. */
#include "base/version.h"
#include "cli/simulate.h"
#include "iam/explain.h"
#include "policy/arn.h"
#include "policy/file.h"

struct reading {
    arena *arena;
    const struct arguments *args;
    error *error;
};

/* ---- policies ---- */

/* FILE, or the name of AWS's own policy that allows all. */
static bool read_policy(struct reading *r, str file, struct policy_ref *out)
{
    static const char all[] = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": "
                              "\"*\", \"Resource\": \"*\"}]}";
    bool aws_own = str_is(file, "FullAWSAccess") || str_is(file, "p-FullAWSAccess");
    out->id = aws_own ? STR("p-FullAWSAccess") : file;
    out->name = aws_own ? STR("FullAWSAccess") : (str){0};
    out->policy = aws_own ? policy_read_text(r->arena, STR("(FullAWSAccess)"), str_from(all))
                          : policy_read_file(r->arena, file, r->error);
    return out->policy != NULL;
}

static bool read_set(struct reading *r, option_id option, const struct policy_set **out)
{
    const struct option_value *given = &r->args->options[option];
    if (!given->count)
        return true;
    struct policy_set *set = NEW(r->arena, struct policy_set);
    struct policy_ref *refs = NEW_ARRAY(r->arena, struct policy_ref, given->count);
    *set = (struct policy_set){refs, given->count, true};
    for (size_t i = 0; i < given->count; i++)
        if (!read_policy(r, given->values[i], &refs[i]))
            return false;
    *out = set;
    return true;
}

static struct level *level_named(struct level *levels, size_t *count, str name)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(levels[i].id, name))
            return &levels[i];
    levels[*count] = (struct level){.id = name, .set.complete = true};
    return &levels[(*count)++];
}

/* [LEVEL=]FILE, levels in the order in which they are first named; files without a level stand at one of their own. */
static bool read_levels(struct reading *r, option_id option, const struct level **out, size_t *count)
{
    const struct option_value *given = &r->args->options[option];
    struct level *levels = NEW_ARRAY(r->arena, struct level, given->count);
    struct policy_ref *refs = NEW_ARRAY(r->arena, struct policy_ref, given->count * given->count);
    for (size_t i = 0; i < given->count; i++) {
        str file = given->values[i], name = STR("one level");
        if (str_find_char(file, '=') != SIZE_MAX)
            name = str_cut(&file, '=');
        if (!name.len || !file.len)
            return error_set(r->error, ERR_USAGE, "--%s \"%.*s\"; expected FILE or LEVEL=FILE, such as /Root=scp.json",
                             option_table[option].name, STR_ARG(visible(r->arena, given->values[i])));
        struct level *level = level_named(levels, count, name);
        struct policy_ref *own = refs + (size_t)(level - levels) * given->count;
        if (!read_policy(r, file, &own[level->set.count++]))
            return false;
        level->set.items = own;
    }
    *out = levels;
    return true;
}

static bool read_resource_policy(struct reading *r, struct layers *l)
{
    bool policy = has_option(r->args, OPTION_RESOURCE_POLICY), trust = has_option(r->args, OPTION_TRUST);
    if (policy && trust)
        return error_set(r->error, ERR_USAGE, "--trust is the resource policy of a role: give one of the two");
    if (!policy && !trust)
        return true;
    struct policy_ref *ref = NEW(r->arena, struct policy_ref);
    l->resource = ref;
    return read_policy(r, option_text(r->args, trust ? OPTION_TRUST : OPTION_RESOURCE_POLICY), ref);
}

bool layers_read(arena *a, const struct arguments *args, struct layers *out, error *e)
{
    struct reading r = {a, args, e};
    if (!read_levels(&r, OPTION_SCP, &out->scps, &out->scp_count) ||
        !read_levels(&r, OPTION_RCP, &out->rcps, &out->rcp_count) || !read_set(&r, OPTION_IDENTITY, &out->identity) ||
        !read_set(&r, OPTION_BOUNDARY, &out->boundary) || !read_set(&r, OPTION_SESSION, &out->session) ||
        !read_resource_policy(&r, out))
        return false;
    out->scps_apply = tri_of(out->scp_count > 0);
    out->rcps_apply = tri_of(out->rcp_count > 0);
    return true;
}

/* ---- the request ---- */

/* --principal, else the root user of --account. */
static bool read_principal(struct reading *r, struct request *q)
{
    str account;
    if (!account_read(r->arena, r->args, &account, r->error))
        return false;
    q->principal = option_text(r->args, OPTION_PRINCIPAL);
    if (!q->principal.len && !account.len)
        return error_set(r->error, ERR_USAGE, "who calls? --principal ARN, or --account ID for its root user");
    if (!q->principal.len)
        q->principal = arena_printf(r->arena, "arn:aws:iam::%.*s:root", STR_ARG(account));
    struct principal_name named = principal_name_of(q->principal);
    str owner = named.account;
    if (named.kind == NAMES_OTHER && !arn_has_parts(q->principal) && str_find_char(q->principal, '.') == SIZE_MAX)
        return error_set(r->error, ERR_USAGE, "--principal \"%.*s\" is no ARN and no service; expected one such as %s",
                         STR_ARG(visible(r->arena, q->principal)), "arn:aws:iam::111122223333:role/Exit");
    if (account.len && owner.len && !str_eq(owner, account))
        return error_set(r->error, ERR_USAGE, "--principal is of account %.*s, --account is %.*s", STR_ARG(owner),
                         STR_ARG(account));
    return true;
}

static bool read_request(struct reading *r, struct request *q)
{
    str owner = option_text(r->args, OPTION_RESOURCE_ACCOUNT);
    if (!request_read(r->arena, r->args, q, r->error) || !read_principal(r, q))
        return false;
    if (owner.len && !str_is_account_id(owner))
        return error_set(r->error, ERR_USAGE, "--resource-account \"%.*s\" is no account id; expected 12 digits",
                         STR_ARG(visible(r->arena, owner)));
    q->resource_account = owner;
    if (!q->action.len)
        q->action = STR("organizations:LeaveOrganization");
    if (!q->resource.len)
        q->resource = STR("*");
    bool role = str_starts(arn_part(q->resource, ARN_RESOURCE), STR("role/"));
    if (has_option(r->args, OPTION_TRUST) && !role)
        return error_set(r->error, ERR_USAGE, "--trust is the trust policy of a role: name it with --resource ARN");
    return true;
}

/* Options that say something of a snapshot alone. */
static bool refuse_snapshot_options(const struct arguments *args, error *e)
{
    static const option_id refused[] = {OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL, OPTION_AS_OF,      OPTION_MAX_AGE,
                                        OPTION_CONFIG, OPTION_NO_CONFIG,          OPTION_CAPTURED_AT};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (has_option(args, refused[i]))
            return error_set(e, ERR_USAGE, "--%s goes with a snapshot: orgexit simulate SNAPSHOT --account ID",
                             option_table[refused[i]].name);
    return true;
}

int simulate_files(arena *a, const struct arguments *args, error *e)
{
    struct reading r = {a, args, e};
    struct request request = {0};
    struct context context;
    struct layers layers = {0};
    const struct context_key *keys;
    size_t count;
    if (!refuse_snapshot_options(args, e) || !read_request(&r, &request) || !context_read(a, args, &keys, &count, e) ||
        !layers_read(a, args, &layers, e))
        return -1;
    context = context_of_principal(a, request.principal, keys, count);
    request.context = &context;
    struct explain_how how = {.tells_absent = true};
    struct explanation x = {.schema = "orgexit/simulate/1", .version = STR(ORGEXIT_VERSION)};
    explain(a, &request, &layers, &how, &x);
    x.exit_code = exit_code_of(x.allowed);
    request_remarks(a, x.action, x.resource, &x.notes, &x.note_count);
    return explanation_print(a, args, &x, e);
}
