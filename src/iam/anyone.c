/*
 * anyone.c - see anyone.h. "Whoever that could be" is one evaluation in which the keys of the principal are not known
 * and an identity policy of our own allows everything, but denies those who are not meant: what is denied then is
 * denied to all. Who gets through is shown by one of them, decided anew with all that follows from that ARN.
 */
#include "iam/anyone.h"

#include "iam/decide.h"
#include "iam/explain_run.h"
#include "iam/model.h"
#include "policy/file.h"
#include "text/print.h"

enum { NAME_MAX_LENGTH = 64, PATH_MAX_LENGTH = 512, ROUNDS = 4 };

static const str anybody = STR("Anybody");

/* The kinds of principal whose calls SCPs restrict, as aws:PrincipalArn names them. */
typedef enum { KIND_ROOT, KIND_USER, KIND_ROLE, KIND_FEDERATED, KIND_COUNT } caller_kind;
static const struct {
    const char *name, *service, *resource; /* `resource`: what stands before the name */
} kinds[KIND_COUNT] = {
    [KIND_ROOT] = {"root user",      "iam", "root"           },
    [KIND_USER] = {"user",           "iam", "user/"          },
    [KIND_ROLE] = {"role",           "iam", "role/"          },
    [KIND_FEDERATED] = {"federated user", "sts", "federated-user/"},
};

struct asking_anyone {
    arena *arena;
    const struct anyone_asked *q;
    str account; /* of the callers; empty: it matters, and nobody knows it */
    caller_kind kind;
    struct layers layers;     /* the SCPs, and our identity policy */
    struct verdict_trace all; /* of the whole kind */
};

/* ---- whom a pattern means ---- */

bool arn_is_among(str arn, const str *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (glob_match_arn(GLOB(patterns[i]), arn) == TRI_YES)
            return true;
    return false;
}

static str account_of(const struct asking_anyone *k)
{
    return k->account.len ? k->account : k->q->example;
}

static str arn_of(const struct asking_anyone *k, str name)
{
    return arena_printf(k->arena, "arn:%.*s:%s::%.*s:%s%.*s", STR_ARG(k->q->partition), kinds[k->kind].service,
                        STR_ARG(account_of(k)), kinds[k->kind].resource,
                        STR_ARG(k->kind == KIND_ROOT ? (str){0} : name));
}

/* Everybody is of one partition: said so, the pattern is the same text as in most SCPs, and counts once. */
static str in_partition(const struct asking_anyone *k, str pattern)
{
    str any = STR("arn:*:");
    return str_starts(pattern, any) ? arena_printf(k->arena, "arn:%.*s:%.*s", STR_ARG(k->q->partition),
                                                   STR_ARG(str_from_index(pattern, any.len)))
                                    : pattern;
}

static str quoted_list(const struct asking_anyone *k, const str *items, size_t count)
{
    str list = {0};
    for (size_t i = 0; i < count; i++)
        list = arena_printf(k->arena, "%.*s%s%.*s", STR_ARG(list), i ? "," : "",
                            STR_ARG(json_quote(k->arena, in_partition(k, items[i]))));
    return list;
}

static str deny_words(const struct asking_anyone *k, const char *operator, const str * patterns, size_t count)
{
    return arena_printf(k->arena,
                        ",{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"%s\":"
                        "{\"aws:PrincipalArn\":[%.*s]}}}",
                        operator, STR_ARG(quoted_list(k, patterns, count)));
}

/*
 * Everything, but to nobody outside the kind. Names are not empty and hold no colon, no path has an empty beginning
 * (IAM User Guide, "IAM identifiers"): "*:root" as StringLike has it means no user. Of 2008, when policies had no
 * variables: a pattern is what it is.
 */
static const struct policy_set *everything_but(const struct asking_anyone *k)
{
    arena *a = k->arena;
    const struct anyone_asked *q = k->q;
    str account = k->account.len ? k->account : STR("*"), partition = q->partition;
    str kind = arena_printf(a, "arn:%.*s:%s::%.*s:%s%s", STR_ARG(partition), kinds[k->kind].service, STR_ARG(account),
                            kinds[k->kind].resource, k->kind == KIND_ROOT ? "" : "?*");
    str never[] = {STR("arn:*:iam::*:role/aws-service-role/*"), STR("arn:*:*::*:*/"), STR("arn:*:*::*:role//*"),
                   STR("arn:*:*::*:user//*"), STR("arn:*:*::*:*:root")};
    str text = arena_printf(a,
                            "{\"Version\":\"2008-10-17\",\"Statement\":["
                            "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}%.*s%.*s%.*s%.*s]}",
                            STR_ARG(deny_words(k, "ArnNotLike", &kind, 1)),
                            STR_ARG(deny_words(k, "ArnLike", never, sizeof never / sizeof *never)),
                            STR_ARG(q->but_count ? deny_words(k, "ArnLike", q->but, q->but_count) : (str){0}),
                            STR_ARG(q->only_count ? deny_words(k, "ArnNotLike", q->only, q->only_count) : (str){0}));
    struct policy_ref *ref = NEW(a, struct policy_ref);
    struct policy_set *set = NEW(a, struct policy_set);
    *ref = (struct policy_ref){.policy = policy_read_text(a, STR("(everything)"), text), .id = STR("(everything)")};
    *set = (struct policy_set){ref, 1, true}; /* were the text none, its policy would be NULL: nothing is known then */
    return set;
}

/* ---- what is known of a caller ---- */

/* `arn` empty: of any caller of the kind. */
static struct context context_for(const struct asking_anyone *k, str arn)
{
    const struct anyone_asked *q = k->q;
    struct principal_name named = principal_name_of(arn);
    str rest = q->action;
    struct caller c = {.arn = arn,
                       .account = arn.len ? named.account : k->account,
                       .name = k->kind == KIND_USER ? named.name : (str){0},
                       .is_root = k->kind == KIND_ROOT,
                       .is_role = k->kind == KIND_ROLE,
                       .is_federated = k->kind == KIND_FEDERATED,
                       .tags_certain = k->kind == KIND_ROOT ? TRI_YES : TRI_UNKNOWN, /* the root user has none */
                       .in_organization = q->in_organization,
                       .org_id = q->org_id,
                       .org_path = q->org_path};
    struct context_facts facts = {.caller = &c,
                                  .partition = q->partition,
                                  .as_of = q->as_of,
                                  .service = str_cut(&rest, ':'),
                                  .given = q->given,
                                  .given_count = q->given_count};
    return context_fill(k->arena, &facts);
}

/* A federated user is what the user was who asked for the session: the root user of a request would need no policy. */
static struct request request_for(const struct asking_anyone *k, const struct context *c)
{
    return (struct request){.principal =
                                k->kind == KIND_FEDERATED
                                    ? arena_printf(k->arena, "arn:%.*s:iam::%.*s:user/%.*s", STR_ARG(k->q->partition),
                                                   STR_ARG(account_of(k)), STR_ARG(anybody))
                                    : arn_of(k, anybody),
                            .action = k->q->action,
                            .resource = STR("*"),
                            .context = c};
}

/* ---- what a caller chooses ---- */

/* Keys of the session and of the way to call, and tags, which whoever makes a principal or a session gives to it. Not
 * among them: what is so of the account and the organization, and unique ids, which nobody picks. */
static bool is_chosen(str key)
{
    static const char *const chosen[] = {"aws:MultiFactorAuthPresent",
                                         "aws:MultiFactorAuthAge",
                                         "aws:SourceIp",
                                         "aws:VpcSourceIp",
                                         "aws:SourceVpc",
                                         "aws:SourceVpce",
                                         "aws:UserAgent",
                                         "aws:Referer",
                                         "aws:TokenIssueTime",
                                         "aws:SourceIdentity",
                                         "aws:FederatedProvider"};
    str tag = STR("aws:PrincipalTag/");
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
        if (str_eq_nocase(key, str_from(chosen[i])))
            return true;
    return key.len > tag.len && str_eq_nocase(str_head(key, tag.len), tag);
}

static bool is_given(const struct context_key *keys, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(keys[i].name, name))
            return true;
    return false;
}

/* The context with those keys instead of what is not known of them. */
static struct context context_with(arena *a, const struct context *c, const struct context_key *keys, size_t count)
{
    struct context with = *c;
    struct context_key *all = NEW_ARRAY(a, struct context_key, c->count + count);
    with.count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (!is_given(keys, count, c->keys[i].name))
            all[with.count++] = c->keys[i];
    for (size_t i = 0; i < count; i++)
        all[with.count++] = keys[i];
    with.keys = all;
    return with;
}

tri caller_can_choose(arena *a, const struct request *request, const struct layers *layers, struct verdict_trace *t,
                      struct context *chosen, const struct context_key **keys, size_t *count)
{
    VEC(struct context_key) given = {0};
    *chosen = *request->context;
    for (int round = 0; round < ROUNDS; round++) {
        size_t before = given.count;
        for (size_t i = 0; t->allowed_when && i < t->allowed_when_count; i++)
            if (is_chosen(t->allowed_when[i].name) && !is_given(given.items, given.count, t->allowed_when[i].name))
                *VEC_PUSH(a, &given) = t->allowed_when[i];
        if (given.count == before)
            return TRI_UNKNOWN;
        *chosen = context_with(a, request->context, given.items, given.count);
        struct request with = *request;
        with.context = chosen;
        evaluate(a, &with, layers, t);
        *keys = given.items;
        *count = given.count;
        if (t->decision != DECISION_UNKNOWN)
            return t->decision == DECISION_ALLOWED ? TRI_YES : TRI_UNKNOWN;
    }
    return TRI_UNKNOWN;
}

/* ---- who lets through ---- */

typedef VEC(struct guard_statement) statement_list;

struct telling {
    arena *arena;
    const struct eval *ev;
    statement_list through;
    str who; /* conditions on the principal or the call that keep a Deny away */
};

static str open_condition_words(struct telling *t, const struct condition *c)
{
    const struct context_key *key;
    if (c->op->type == OPERAND_NULL)
        return arena_printf(t->arena, "%.*s is %s", STR_ARG(c->key),
                            eval_key(t->ev, c->key, &key) == KEY_ABSENT ? "absent" : "present");
    return condition_words(t->arena, c, c->key, false);
}

/* What is known of every caller of the account says nothing about who gets through. */
static bool tells_who(str key)
{
    static const char *const who[] = {"aws:PrincipalArn", "aws:PrincipalType", "aws:username", "aws:userid"};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        if (str_eq_nocase(key, str_from(who[i])))
            return true;
    return is_chosen(key);
}

static void add_exemption(struct telling *t, const struct statement *s)
{
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (!c->op || c->odd || !tells_who(c->key) || condition_holds(t->ev, s->version, c) != TRI_NO)
            continue;
        str words = open_condition_words(t, c);
        if (str_find(t->who, words) != SIZE_MAX)
            continue;
        t->who = t->who.len ? arena_printf(t->arena, "%.*s and %.*s", STR_ARG(t->who), STR_ARG(words)) : words;
    }
}

static void add_through(struct telling *t, const struct level *level, const struct policy_ref *ref,
                        const struct statement *s, tri matches)
{
    const node *at;
    str why = statement_why(t->ev, s, LAYER_SCP, matches, &at);
    struct guard_statement *out = VEC_PUSH(t->arena, &t->through);
    out->denies = s->effect == EFFECT_DENY;
    out->at = explain_evidence(t->arena, ref, s, level, at);
    out->at.text = why;
}

/* Denies of the action that a condition keeps away, and the first Allow of the level. */
static void tell_level(struct telling *t, const struct level *level, bool denies)
{
    struct named named;
    for (size_t p = 0; p < level->set.count; p++) {
        const struct policy *policy = level->set.items[p].policy;
        for (size_t i = 0; policy && i < policy->count; i++) {
            const struct statement *s = &policy->statements[i];
            if (denies != (s->effect == EFFECT_DENY) || s->effect == EFFECT_UNKNOWN ||
                statement_is_about(t->ev, s, DOCUMENT_SCP, &named) == TRI_NO)
                continue;
            tri matches = statement_matches(t->ev, s, DOCUMENT_SCP, &named);
            if (matches != (denies ? TRI_NO : TRI_YES))
                continue;
            add_through(t, level, &level->set.items[p], s, matches);
            if (!denies)
                return;
            add_exemption(t, s);
        }
    }
}

void anyone_through(arena *a, const struct request *request, const struct layers *layers, struct guard_person *out)
{
    struct decider d;
    decider_open(&d, a, request, layers);
    struct telling t = {.arena = a, .ev = &d.ev};
    for (int denies = 1; denies >= 0 && d.scps != TRI_NO; denies--)
        for (size_t i = 0; i < layers->scp_count; i++)
            tell_level(&t, &layers->scps[i], denies == 1);
    out->through = t.through.items;
    out->through_count = t.through.count;
    out->who = t.who;
}

/* ---- one who gets through ---- */

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii_is_digit(c) || (c && strchr("+=,.@_-", c));
}

/* Whether IAM would take the name and the path (IAM and AWS STS quotas; IAM User Guide, "IAM identifiers"). */
static bool can_be(const struct asking_anyone *k, str arn)
{
    struct principal_name p = principal_name_of(arn);
    str head = str_from(kinds[k->kind].resource);
    if (!str_is_account_id(p.account) || !str_starts(p.resource, head) ||
        (k->kind == KIND_ROOT) != (p.kind == NAMES_ROOT))
        return false;
    if (k->kind == KIND_ROOT)
        return true;
    str path = str_head(str_from_index(p.resource, head.len - 1), p.resource.len - head.len + 1 - p.name.len);
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] < '!' || path.ptr[i] > '~')
            return false;
    for (size_t i = 0; i < p.name.len; i++)
        if (!is_name_character(p.name.ptr[i]))
            return false;
    return p.name.len && p.name.len <= NAME_MAX_LENGTH && path.len <= PATH_MAX_LENGTH;
}

/* Whether that one gets through; tells it in *out. */
static bool try_arn(const struct asking_anyone *k, str arn, struct guard_person *out)
{
    struct verdict_trace t;
    const struct context_key *keys = NULL;
    size_t count = 0;
    if (!can_be(k, arn))
        return false;
    struct context context = context_for(k, arn), chosen = context;
    struct request request = request_for(k, &context);
    if (k->kind != KIND_FEDERATED)
        request.principal = arn;
    evaluate(k->arena, &request, &k->layers, &t);
    if (t.decision == DECISION_UNKNOWN &&
        caller_can_choose(k->arena, &request, &k->layers, &t, &chosen, &keys, &count) != TRI_YES)
        return false;
    if (t.decision != DECISION_ALLOWED)
        return false;
    *out = (struct guard_person){.arn = arn, .kind = kinds[k->kind].name, .may = TRI_YES, .action = k->q->action};
    out->keys = explain_keys(k->arena, keys, count);
    out->key_count = count;
    request.context = &chosen;
    anyone_through(k->arena, &request, &k->layers, out);
    return true;
}

/* The pattern with "*" for ${aws:PrincipalAccount}, which is the account of whoever calls. */
static str of_own_account(arena *a, str pattern)
{
    str variable = STR("${aws:PrincipalAccount}");
    size_t at = str_find(pattern, variable);
    return at == SIZE_MAX ? pattern
                          : arena_printf(a, "%.*s*%.*s", STR_ARG(str_head(pattern, at)),
                                         STR_ARG(str_from_index(pattern, at + variable.len)));
}

/* A text that the pattern matches. */
static str without_wildcards(arena *a, str pattern)
{
    str text = {0};
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        text = c == '*'   ? arena_printf(a, "%.*sExample", STR_ARG(text))
               : c == '?' ? arena_printf(a, "%.*sx", STR_ARG(text))
                          : arena_printf(a, "%.*s%c", STR_ARG(text), c);
    }
    return text;
}

/* Whom in our account a value of a condition on `key` may mean. Of a user's name it does not tell the path. */
static bool try_value(const struct asking_anyone *k, str key, str value, struct guard_person *out)
{
    arena *a = k->arena;
    str head = str_from(kinds[k->kind].resource), resource = arn_part(of_own_account(a, value), ARN_RESOURCE);
    if (k->kind == KIND_USER && str_eq_nocase(key, STR("aws:username"))) {
        str name = without_wildcards(a, value);
        return try_arn(k, arn_of(k, name), out) ||
               try_arn(k, arn_of(k, arena_printf(a, "Example/%.*s", STR_ARG(name))), out);
    }
    return str_eq_nocase(key, STR("aws:PrincipalArn")) && str_starts(resource, head) &&
           try_arn(k, arn_of(k, without_wildcards(a, str_from_index(resource, head.len))), out);
}

static bool try_patterns(const struct asking_anyone *k, const struct statement *s, struct guard_person *out)
{
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
            if (try_value(k, c->key, value_text(v), out))
                return true;
    }
    return false;
}

/* ---- an account that nobody knows ---- */

static bool is_principal_key(str key)
{
    return str_eq_nocase(key, STR("aws:PrincipalArn"));
}

/* The pattern of an ARN that says nothing of the account. */
static bool is_of_any_account(str pattern)
{
    struct arn_parts parts;
    bool digits = false, whole = arn_split(pattern, &parts);
    str account = whole ? parts.at[ARN_ACCOUNT] : (str){0}, rest = whole ? parts.at[ARN_RESOURCE] : pattern;
    for (size_t i = 0; i < pattern.len && !whole; i++)
        digits |= ascii_is_digit(pattern.ptr[i]);
    return !digits && str_find(rest, STR("${")) == SIZE_MAX && (!whole || str_is(account, "*"));
}

/* Whether the condition may tell accounts apart. */
static bool tells_accounts(arena *a, const struct condition *c)
{
    static const char *const keys[] = {"aws:PrincipalAccount", "aws:userid", "aws:PrincipalOrgPaths"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq_nocase(c->key, str_from(keys[i])))
            return true;
    bool of_arn = is_principal_key(c->key), any = true;
    for (const node *v = values_first(c->node); v; v = values_next(c->node, v))
        any &= of_arn ? is_of_any_account(of_own_account(a, value_text(v)))
                      : str_find(value_text(v), STR("${")) == SIZE_MAX;
    return !any;
}

typedef bool each_fn(const struct asking_anyone *k, const struct statement *s, struct guard_person *out);

/* Statements of all SCPs, until `fn` says yes. */
static bool each_statement(const struct asking_anyone *k, each_fn *fn, struct guard_person *out)
{
    for (size_t l = 0; l < k->q->scp_count; l++)
        for (size_t p = 0; p < k->q->scps[l].set.count; p++) {
            const struct policy *policy = k->q->scps[l].set.items[p].policy;
            for (size_t i = 0; policy && i < policy->count; i++)
                if (fn(k, &policy->statements[i], out))
                    return true;
        }
    return false;
}

static bool statement_tells_accounts(const struct asking_anyone *k, const struct statement *s, struct guard_person *out)
{
    (void)out;
    for (size_t i = 0; i < s->condition_count; i++)
        if (tells_accounts(k->arena, &s->conditions[i]))
            return true;
    return false;
}

/* ---- a kind ---- */

static str unknown_policy_words(arena *a, const struct verdict_trace *t)
{
    for (size_t i = 0; i < t->deny_count; i++) {
        const struct match *m = &t->denies[i];
        if (m->statement || m->matches != TRI_UNKNOWN)
            continue;
        str where = m->level ? level_label(m->level) : STR("the account");
        return m->policy ? arena_printf(a, "the text of SCP %.*s at %.*s is not known",
                                        STR_ARG(policy_label(m->policy)), STR_ARG(where))
                         : arena_printf(a, "what else is attached to %.*s is not known", STR_ARG(where));
    }
    return (str){0};
}

/* Why neither all of the kind are denied, nor one was found who gets through. */
static str why_open(const struct asking_anyone *k)
{
    const struct verdict_trace *t = &k->all;
    str policy = unknown_policy_words(k->arena, t), keys = {0};
    if (policy.len)
        return policy;
    for (size_t i = 0; i < t->depends_on_count; i++)
        if (!is_principal_key(t->depends_on[i]))
            keys = arena_printf(k->arena, "%.*s%s%.*s", STR_ARG(keys), keys.len ? ", " : "", STR_ARG(t->depends_on[i]));
    if (k->q->scps_apply == TRI_UNKNOWN)
        return STR("whether SCPs apply is not known");
    if (keys.len)
        return arena_printf(k->arena, "the SCPs turn on %.*s", STR_ARG(keys));
    return STR("the SCPs let through nobody who was tried, and do not keep out all whom they could mean");
}

/* The witness of the model: a text that need not look like an ARN that anybody has. */
static bool try_witness(const struct asking_anyone *k, struct guard_person *out)
{
    for (size_t i = 0; k->all.allowed_when && i < k->all.allowed_when_count; i++) {
        const struct context_key *key = &k->all.allowed_when[i];
        if (is_principal_key(key->name) && key->count == 1 && try_arn(k, key->values[0], out))
            return true;
    }
    return false;
}

/* Tells who of the kind gets through, that nobody does, or that it is not known. */
static void ask_kind(struct asking_anyone *k, struct guard_person *out)
{
    struct context context = context_for(k, k->kind == KIND_ROOT && k->account.len ? arn_of(k, anybody) : (str){0});
    struct request request = request_for(k, &context);
    k->layers = (struct layers){.scps = k->q->scps,
                                .scp_count = k->q->scp_count,
                                .scps_apply = k->q->scps_apply,
                                .rcps_apply = TRI_NO,
                                .identity = everything_but(k)};
    evaluate(k->arena, &request, &k->layers, &k->all);
    *out = (struct guard_person){.kind = kinds[k->kind].name, .action = k->q->action};
    if (k->all.decision == DECISION_EXPLICITLY_DENIED || k->all.decision == DECISION_IMPLICITLY_DENIED) {
        out->may = TRI_NO;
        out->why = explain_summary(k->arena, &request, &k->all);
        return;
    }
    bool found = try_arn(k, arn_of(k, anybody), out) || each_statement(k, try_patterns, out) || try_witness(k, out);
    if (!found)
        out->why = why_open(k);
    if (found && k->kind == KIND_FEDERATED) { /* whether AWS compares its ARN as we do is not known */
        out->may = TRI_UNKNOWN;
        out->why = STR("only the session of a federated user (sts:GetFederationToken) would get through");
    }
    if (found && !k->account.len) {
        out->may = TRI_UNKNOWN;
        out->why = STR("the SCPs tell accounts apart, and which accounts are meant is not known");
    }
}

void anyone_could(arena *a, const struct anyone_asked *q, struct guard_answers *out, tri *may)
{
    VEC(struct guard_person) people = {0};
    *may = TRI_NO;
    for (caller_kind kind = KIND_ROOT; kind < KIND_COUNT; kind++) {
        struct asking_anyone k = {.arena = a, .q = q, .kind = kind, .account = q->account};
        if (!q->account.len && !each_statement(&k, statement_tells_accounts, NULL))
            k.account = q->example; /* it stands for all of them */
        struct guard_person p = {0};
        ask_kind(&k, &p);
        if (kind == KIND_FEDERATED && *may != TRI_NO) /* users and roles say it better */
            continue;
        *VEC_PUSH(a, &people) = p;
        *may = tri_or(*may, p.may);
    }
    *out = (struct guard_answers){people.items, people.count};
}
