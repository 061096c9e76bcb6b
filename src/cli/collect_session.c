/*
 * collect_session.c - one run of collect: which calls, in which order, with whose credentials. Members' credentials
 * live in the environment of the children that use them, and nowhere else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/work.h"
#include "cli/collect.h"
#include "org/organization.h"

extern char **environ;

enum { RENEW_AFTER = 45 * 60 * 1000 }; /* ms; a chained session lasts an hour (IAM User Guide, "role chaining") */
enum { CALLS_OF_A_MEMBER = 11 };       /* roughly, for the time that is left */
#define SESSION_NAME "orgexit"

typedef enum { ROLE_NONE, ROLE_ASKED, ROLE_HELD, ROLE_FAILED } role_state;

/* An account whose own captures are made. */
struct member {
    str id;
    role_state role;
    bool own; /* the caller's account: no role */
    char *const *env;
    str secrets[2];    /* in `env`: they must not be in a message */
    int64_t since;     /* ms; of `env` */
    str code, message; /* ROLE_FAILED */
};

typedef enum { STEP_CAPTURE, STEP_ROLE, STEP_VERSION, STEP_IDENTITY } step_kind;
typedef enum { STEP_WAITS, STEP_RUNS, STEP_DONE } step_state;

struct step {
    size_t index; /* among the steps */
    step_kind kind;
    step_state state;
    struct call call; /* STEP_CAPTURE */
    str path;
    struct member *member; /* whose credentials; NULL: the caller's */
    int tries;
    bool renewed;       /* its credentials were asked for anew once */
    int64_t not_before; /* ms */
};

struct session {
    arena *arena;
    const struct collect_options *options;
    struct collect_state *state;
    struct collect_scope scope;
    struct store *store;
    struct held_signals signals;
    char *const *own_env;
    str own_arn, own_account, partition; /* of the first get-caller-identity */
    str arn_now;                         /* of the last one */
    VEC(struct step *) steps;
    size_t first;    /* every step before it is done */
    struct map seen; /* path -> step */
    VEC(str) accounts;
    struct map accounts_seen;
    struct member *members;
    size_t member_count, members_begun;
    void (*tick)(void *to, const struct collect_state *state, int64_t now);
    void *to;
    error *error;
};

/* ---- words and environments ---- */

static const char *const own_words[] = {"AWS_PAGER=", "AWS_CLI_AUTO_PROMPT=off", "PYTHONUTF8=1",
                                        "PYTHONIOENCODING=utf-8"};
static const char *const own_names[] = {"AWS_PAGER", "AWS_CLI_AUTO_PROMPT", "PYTHONUTF8", "PYTHONIOENCODING"};

/* What could give a child other credentials than those that are meant for it. AWS_PROFILE stays for its Region: the
 * keys of the environment come before a profile's (AWS CLI User Guide, "Configuration and credential precedence"). */
static const char *const credential_names[] = {"AWS_ACCESS_KEY_ID",
                                               "AWS_SECRET_ACCESS_KEY",
                                               "AWS_SESSION_TOKEN",
                                               "AWS_SECURITY_TOKEN",
                                               "AWS_CREDENTIAL_EXPIRATION",
                                               "AWS_ROLE_ARN",
                                               "AWS_WEB_IDENTITY_TOKEN_FILE",
                                               "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                               "AWS_CONTAINER_CREDENTIALS_FULL_URI"};

static bool is_named(const char *entry, const char *const *names, size_t count)
{
    str name = str_from(entry);
    name = str_cut(&name, '=');
    for (size_t i = 0; i < count; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* Our environment with ours of the CLI; `keys` (three, or NULL) in place of every other credential. */
static char *const *environment(arena *a, char *const *keys)
{
    VEC(char *) env = {0};
    for (char **p = environ; *p; p++)
        if (!is_named(*p, own_names, sizeof own_names / sizeof *own_names) &&
            !(keys && is_named(*p, credential_names, sizeof credential_names / sizeof *credential_names)))
            *VEC_PUSH(a, &env) = *p;
    for (size_t i = 0; i < sizeof own_words / sizeof *own_words; i++)
        *VEC_PUSH(a, &env) = arena_cstr(a, str_from(own_words[i]));
    for (size_t i = 0; keys && i < 3; i++)
        *VEC_PUSH(a, &env) = keys[i];
    *VEC_PUSH(a, &env) = NULL;
    return env.items;
}

static char *const *words_of(struct session *s, const str *words, size_t count, bool plain)
{
    VEC(char *) argv = {0};
    arena *a = s->arena;
    *VEC_PUSH(a, &argv) = arena_cstr(a, str_from(s->options->aws));
    for (size_t i = 0; i < count; i++)
        *VEC_PUSH(a, &argv) = arena_cstr(a, words[i]);
    if (!plain) {
        *VEC_PUSH(a, &argv) = arena_cstr(a, STR("--output"));
        *VEC_PUSH(a, &argv) = arena_cstr(a, STR("json"));
        for (size_t i = 0; i < s->options->aws_arg_count; i++)
            *VEC_PUSH(a, &argv) = arena_cstr(a, s->options->aws_args[i]);
    }
    *VEC_PUSH(a, &argv) = NULL;
    return argv.items;
}

static char *const *argv_of(struct session *s, const struct step *step)
{
    const str version[] = {STR("--version")}, identity[] = {STR("sts"), STR("get-caller-identity")};
    size_t count;
    switch (step->kind) {
    case STEP_VERSION: return words_of(s, version, 1, true);
    case STEP_IDENTITY: return words_of(s, identity, 2, false);
    case STEP_CAPTURE: break;
    case STEP_ROLE: {
        const str role[] = {STR("sts"),
                            STR("assume-role"),
                            STR("--role-arn"),
                            arena_printf(s->arena, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(s->partition),
                                         STR_ARG(step->member->id), STR_ARG(s->options->role)),
                            STR("--role-session-name"),
                            STR(SESSION_NAME)};
        return words_of(s, role, sizeof role / sizeof *role, false);
    }
    }
    const str *words = call_words(s->arena, &step->call, &count);
    return words_of(s, words, count, false);
}

/* ---- the list of steps ---- */

static struct step *add_step(struct session *s, step_kind kind, struct member *member)
{
    struct step *step = NEW(s->arena, struct step);
    step->index = s->steps.count;
    step->kind = kind;
    step->member = member;
    *VEC_PUSH(s->arena, &s->steps) = step;
    return step;
}

struct adding {
    struct session *session;
    struct member *member;
};

static void add_capture(void *to, const struct call *c)
{
    const struct adding *d = to;
    struct session *s = d->session;
    bool needs = strstr(captures[c->kind].options, "%s") != NULL;
    if (needs && !c->argument.len)
        return; /* an item without its name: check says so of the list that has it */
    struct call kept = {c->kind, arena_str(s->arena, c->account), arena_str(s->arena, c->region),
                        arena_str(s->arena, c->argument)};
    str path = call_path(s->arena, &kept);
    void **slot = map_at(s->arena, &s->seen, path);
    if (*slot)
        return;
    struct step *step = add_step(s, STEP_CAPTURE, d->member);
    *slot = step;
    step->call = kept;
    step->path = path;
}

/* An argument that the CLI would take for something else, or a name that no file can have. */
static bool is_usable(const struct step *step)
{
    str rest = step->path, argument = step->call.argument;
    enum { NAME_LIMIT = 240 }; /* bytes; 255 with what is written behind it */
    while (rest.len)
        if (str_cut(&rest, '/').len > NAME_LIMIT)
            return false;
    return !str_starts(argument, STR("-")) && !str_starts(argument, STR("file:")) &&
           !str_starts(argument, STR("fileb:")) &&
           (captures[step->call.kind].argument != ARGUMENT_ACCOUNT || str_is_account_id(argument));
}

static void note_account(struct session *s, str id)
{
    if (!str_is_account_id(id))
        return;
    id = arena_str(s->arena, id);
    void **slot = map_at(s->arena, &s->accounts_seen, id);
    if (*slot)
        return;
    *slot = s;
    *VEC_PUSH(s->arena, &s->accounts) = id;
}

/* ---- what an answer shows ---- */

static void note_roots(struct session *s, const node *answer)
{
    VEC(str) types = {0};
    for (NODE_EACH(root, node_get(answer, "Roots")))
        for (NODE_EACH(type, node_get(root, "PolicyTypes")))
            *VEC_PUSH(s->arena, &types) = arena_str(s->arena, node_text(node_get(type, "Type")));
    s->scope.types = types.items;
    s->scope.type_count = types.count;
    s->scope.types_known = true;
}

static void note_accounts(struct session *s, const struct call *c, const node *answer)
{
    for (NODE_EACH(item, node_get(answer, "Accounts"))) {
        note_account(s, node_text(node_get(item, "Id")));
        bool state = node_get(item, "State") != NULL, status = node_get(item, "Status") != NULL;
        s->state->without_state += c->kind == CAPTURE_LIST_ACCOUNTS && !state;
        s->state->without_any += c->kind == CAPTURE_LIST_ACCOUNTS && !state && !status;
    }
}

static void follow(struct session *s, const struct step *step, const struct capture_doc *doc)
{
    struct adding d = {s, step->member};
    if (step->call.kind == CAPTURE_LIST_ROOTS)
        note_roots(s, doc->root);
    if (step->call.kind == CAPTURE_LIST_ACCOUNTS || step->call.kind == CAPTURE_LIST_ACCOUNTS_FOR_PARENT)
        note_accounts(s, &step->call, doc->root);
    if (step->call.kind == CAPTURE_DESCRIBE_ORGANIZATION)
        s->scope.management =
            arena_str(s->arena, node_text(node_get(node_get(doc->root, "Organization"), "MasterAccountId")));
    if (doc->state == CAPTURE_CUT)
        *VEC_PUSH(s->arena, &s->state->cut) = step->path;
    calls_follow(s->arena, &s->scope, &step->call, doc->root, add_capture, &d);
}

static void finish_step(struct session *s, struct step *step)
{
    step->state = STEP_DONE;
    s->state->done += step->kind == STEP_CAPTURE;
}

/* With who they are, the calls of an account begin. */
static void begin_calls(struct session *s, const struct step *step)
{
    struct adding own = {s, step->member}, about = {s, NULL};
    if (step->call.kind != CAPTURE_GET_CALLER_IDENTITY || !step->member)
        return;
    calls_begin(s->arena, &s->scope, step->member->id, add_capture, &own);
    calls_about(s->arena, &s->scope, step->member->id, add_capture, &about);
}

/* A CLI, or what wraps it, may say anything on standard error. */
static bool tells_secret(const struct member *m, str message)
{
    str own[2] = {str_from(getenv("AWS_SECRET_ACCESS_KEY")), str_from(getenv("AWS_SESSION_TOKEN"))};
    for (size_t i = 0; i < 2; i++)
        if ((own[i].len && str_find(message, own[i]) != SIZE_MAX) ||
            (m && m->secrets[i].len && str_find(message, m->secrets[i]) != SIZE_MAX))
            return true;
    return false;
}

static bool fail_step(struct session *s, struct step *step, str code, str message, bool none, error *e)
{
    if (tells_secret(step->member, message))
        message = STR("the AWS CLI printed credentials; they are left out");
    if (!none)
        *VEC_PUSH(s->arena, &s->state->failed) =
            (struct failed_row){step->path, arena_str(s->arena, code), arena_str(s->arena, message)};
    finish_step(s, step);
    bool ok = store_fail(s->store, step->path, code, message, e);
    begin_calls(s, step);
    return ok;
}

/* Captures made with another account's credentials prove nothing of this one. */
static bool is_wrong_account(const struct step *step, const struct capture_doc *doc)
{
    return step->call.kind == CAPTURE_GET_CALLER_IDENTITY && step->member &&
           !str_eq(node_text(node_get(doc->root, "Account")), step->member->id);
}

static void give_up_member(struct member *m, str code, str message)
{
    m->role = ROLE_FAILED;
    m->code = code;
    m->message = message;
}

static bool fail_wrong(struct session *s, struct step *step, const struct capture_doc *doc, error *e)
{
    str message = arena_printf(s->arena, "the credentials are of account %.*s",
                               STR_ARG(utf8_head(node_text(node_get(doc->root, "Account")), 40)));
    give_up_member(step->member, STR(CODE_WRONG_ACCOUNT), message);
    return fail_step(s, step, step->member->code, message, false, e);
}

static bool keep_step(struct session *s, arena *a, struct step *step, const struct capture_doc *doc, str bytes,
                      error *e)
{
    if (is_wrong_account(step, doc))
        return fail_wrong(s, step, doc, e);
    if (!store_keep(a, s->store, step->path, bytes, e))
        return false;
    s->state->captured++;
    finish_step(s, step);
    follow(s, step, doc);
    begin_calls(s, step);
    return true;
}

struct taking {
    struct session *session;
    struct step *step;
    bool taken;
};

static bool take_whole(arena *a, void *arg, error *e)
{
    struct taking *t = arg;
    struct session *s = t->session;
    struct step *step = t->step;
    source *src = NEW(a, source);
    struct capture_doc doc = {.call = step->call, .path = step->path};
    error unreadable = {0};
    (void)e;
    src->file = step->path;
    if (store_read(a, s->store, step->path, &src->text, &src->len, &unreadable) != READ_DONE ||
        !capture_read(a, src, &doc, &unreadable) || (doc.state != CAPTURE_WHOLE && doc.state != CAPTURE_CUT) ||
        is_wrong_account(step, &doc))
        return true;
    t->taken = true;
    s->state->kept++;
    finish_step(s, step);
    follow(s, step, &doc);
    begin_calls(s, step);
    return true;
}

/* What an earlier run has captured is read instead of asked for; false: it must be asked for. */
static bool take_kept(struct session *s, struct step *step, error *e)
{
    struct taking t = {s, step, false};
    arena *a = store_holds(s->store, step->path) ? arena_open(0) : NULL;
    if (a)
        (void)work_run(a, take_whole, &t, e);
    arena_close(a);
    return t.taken;
}

/* ---- giving the next child ---- */

static struct member *next_member(struct session *s)
{
    if (s->members_begun == s->member_count)
        return NULL;
    struct member *m = &s->members[s->members_begun++];
    struct adding d = {s, m};
    struct call identity = {.kind = CAPTURE_GET_CALLER_IDENTITY, .account = m->id};
    add_capture(&d, &identity);
    s->state->members++;
    return m;
}

static void run_step(struct session *s, struct step *step, struct child_job *out)
{
    step->state = STEP_RUNS;
    bool role = step->kind == STEP_CAPTURE && step->member && !step->member->own;
    *out = (struct child_job){.item = step->index,
                              .argv = argv_of(s, step),
                              .envp = role ? step->member->env : s->own_env,
                              .secret = step->kind == STEP_ROLE};
}

/* Whether a step can start now; where it needs a role first, *instead is the step that asks for it. */
static bool is_ready(struct session *s, struct step *step, int64_t now, struct step **instead, error *e)
{
    struct member *m = step->member;
    *instead = step;
    if (step->state != STEP_WAITS || step->not_before > now)
        return false;
    if (step->kind != STEP_CAPTURE)
        return true;
    if (take_kept(s, step, e) || e->code != ERR_NONE)
        return false;
    if (!is_usable(step)) {
        (void)fail_step(s, step, STR(CODE_UNUSABLE),
                        STR("the AWS CLI would take the argument for something else, or no file can be named so"),
                        false, e);
        return false;
    }
    if (!m || m->own)
        return true;
    switch (m->role) {
    case ROLE_FAILED: (void)fail_step(s, step, m->code, m->message, false, e); return false;
    case ROLE_ASKED: return false;
    case ROLE_HELD:
        if (now - m->since < RENEW_AFTER)
            return true;
        break;
    case ROLE_NONE: break;
    }
    m->role = ROLE_ASKED;
    *instead = add_step(s, STEP_ROLE, m);
    return true;
}

static next_child next_step(void *arg, struct child_job *out, int64_t now, error *e)
{
    struct session *s = arg;
    bool waits = false;
    do {
        for (size_t i = s->first; i < s->steps.count; i++) {
            struct step *step = s->steps.items[i], *instead;
            if (is_ready(s, step, now, &instead, e)) {
                run_step(s, instead, out);
                return NEXT_RUN;
            }
            if (e->code != ERR_NONE)
                return NEXT_FAILED;
            if (step->state == STEP_DONE)
                s->first += i == s->first;
            else
                waits = true;
        }
    } while (next_member(s));
    return waits ? NEXT_WAIT : NEXT_DONE;
}

/* ---- taking what came of it ---- */

/* Another try after 1, 2, 4, 8 seconds; not all at the same moment. */
static bool tries_again(struct step *step, const struct answer *n, size_t item)
{
    if (step->tries >= n->again)
        return false;
    step->not_before = clock_ms() + (1000 << (step->tries < 3 ? step->tries : 3)) + (int64_t)(item % 4) * 100;
    step->tries++;
    step->state = STEP_WAITS;
    return true;
}

/* "NAME=value"; NULL: the answer has none. */
static char *credential(arena *a, const char *name, const node *credentials, const char *member)
{
    str value = node_text(node_get(credentials, member));
    return value.len ? arena_cstr(a, arena_printf(a, "%s=%.*s", name, STR_ARG(value))) : NULL;
}

static void take_role(struct session *s, struct step *step, const struct answer *n)
{
    struct member *m = step->member;
    const node *credentials = node_get(n->doc.root, "Credentials");
    char *keys[] = {credential(s->arena, "AWS_ACCESS_KEY_ID", credentials, "AccessKeyId"),
                    credential(s->arena, "AWS_SECRET_ACCESS_KEY", credentials, "SecretAccessKey"),
                    credential(s->arena, "AWS_SESSION_TOKEN", credentials, "SessionToken")};
    step->state = STEP_DONE;
    if (!n->answered) {
        give_up_member(m, STR(CODE_ROLE),
                       arena_printf(s->arena, "sts assume-role: %.*s: %.*s", STR_ARG(n->code), STR_ARG(n->message)));
        return;
    }
    if (!keys[0] || !keys[1] || !keys[2]) {
        give_up_member(m, STR(CODE_ROLE), STR("sts assume-role: the answer lacks a part of the credentials"));
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        m->secrets[i] = str_from(keys[i + 1]);
        (void)str_cut(&m->secrets[i], '=');
    }
    m->env = environment(s->arena, keys);
    m->since = clock_ms();
    m->role = ROLE_HELD;
}

static bool take_version(struct session *s, struct step *step, const struct child_result *r, error *e)
{
    str text = str_is_blank(r->out) ? r->err : r->out; /* an old v1 prints it on standard error */
    str line = str_cut(&text, '\n'), word = str_cut(&line, ' ');
    step->state = STEP_DONE;
    if (r->end != CHILD_ENDED || r->code != 0 || !str_starts(word, STR("aws-cli/")) || !utf8_valid(word))
        return error_set(e, ERR_INPUT, "%s --version does not answer like an AWS CLI: is it one? (--aws PATH)",
                         s->options->aws);
    s->state->tool = arena_str(s->arena, utf8_head(word, 60));
    return true;
}

static bool take_identity(struct session *s, struct step *step, const struct answer *n, error *e)
{
    str arn = node_text(node_get(n->doc.root, "Arn")), account = node_text(node_get(n->doc.root, "Account"));
    bool last = s->own_arn.len > 0;
    struct arn parts;
    step->state = STEP_DONE;
    s->arn_now = (str){0};
    if (!n->answered && last) {
        s->state->end_error = arena_printf(s->arena, "%.*s: %.*s", STR_ARG(n->code), STR_ARG(n->message));
        return true;
    }
    if (!n->answered)
        return error_set(e, ERR_INPUT, "aws sts get-caller-identity failed with %.*s: %.*s", STR_ARG(n->code),
                         STR_ARG(n->message));
    if (!arn_parse(arn, &parts) || !str_is_account_id(account) || !str_eq(parts.account, account))
        return error_set(e, ERR_INPUT, "aws sts get-caller-identity tells no account and ARN that fit");
    s->arn_now = arena_str(s->arena, arn);
    if (last)
        return true;
    s->own_arn = s->state->caller = s->arn_now;
    s->own_account = arena_str(s->arena, account);
    s->partition = arena_str(s->arena, parts.partition);
    return true;
}

static bool is_expired(str code)
{
    return str_starts(code, STR("ExpiredToken")) || str_is(code, "RequestExpired");
}

static bool take_capture(struct session *s, arena *a, struct step *step, const struct child_result *r, error *e)
{
    struct answer n;
    answer_read(a, &step->call, r, &n);
    if (n.answered)
        return keep_step(s, a, step, &n.doc, r->out, e);
    if (tries_again(step, &n, r->item))
        return true;
    struct member *m = step->member;
    if (m && !m->own && is_expired(n.code) && !step->renewed) {
        m->role = m->role == ROLE_HELD ? ROLE_NONE : m->role;
        step->renewed = true;
        step->state = STEP_WAITS;
        return true;
    }
    return fail_step(s, step, n.code, n.message, !n.ours && capture_code_is_none(step->call.kind, n.code), e);
}

static bool take_result(void *arg, arena *a, const struct child_result *r, error *e)
{
    struct session *s = arg;
    struct step *step = s->steps.items[r->item];
    struct answer n;
    switch (step->kind) {
    case STEP_VERSION: return take_version(s, step, r, e);
    case STEP_CAPTURE: return take_capture(s, a, step, r, e);
    case STEP_IDENTITY:
        answer_read_plain(a, "get-caller-identity", "Arn", r, &n);
        return !n.answered && tries_again(step, &n, r->item) ? true : take_identity(s, step, &n, e);
    case STEP_ROLE:
        answer_read_plain(a, "assume-role", "Credentials", r, &n);
        if (n.answered || !tries_again(step, &n, r->item))
            take_role(s, step, &n);
        return true;
    }
    return false;
}

static void tick(void *arg, int64_t now)
{
    struct session *s = arg;
    size_t left = s->members ? s->member_count - s->members_begun : s->accounts.count;
    s->state->expected = s->seen.count + left * CALLS_OF_A_MEMBER;
    s->tick(s->to, s->state, now);
}

/* ---- phases ---- */

static run_result run_phase(struct session *s, error *e)
{
    struct runner r = {s->options->jobs, s->options->timeout, &s->signals, s, next_step, take_result, tick};
    run_result result = children_run(s->arena, &r, e);
    s->state->stopped = result == RUN_STOPPED;
    return result;
}

static bool is_chosen(const struct session *s, const struct organization *org, str id)
{
    const struct collect_options *o = s->options;
    const struct org_account *account = org ? organization_account(org, id) : NULL;
    for (size_t i = 0; i < o->account_count; i++)
        if (str_eq(o->accounts[i], id))
            return true;
    for (size_t i = 0; account && i < o->ou_count; i++)
        if (account_in_ou(account, o->ous[i]))
            return true;
    return o->account_count == 0 && o->ou_count == 0;
}

/* The tree as check would see it: what --ou means is known there. */
static bool load_tree_of(struct session *s, const struct organization **org, error *e)
{
    struct snapshot_options options = {.as_of = store_captured_at(s->store), .max_age = DAY};
    *org = NULL;
    if (s->options->ou_count == 0)
        return true;
    const struct capture_source *from =
        store_sync(s->store, e) ? folder_source_open(s->arena, s->options->folder.ptr, e) : NULL;
    struct snapshot *snapshot = from ? snapshot_open(s->arena, from, &options, e) : NULL;
    *org = snapshot ? organization_load(s->arena, snapshot, e) : NULL;
    return *org != NULL;
}

static void add_member(struct session *s, str id)
{
    for (size_t i = 0; i < s->member_count; i++)
        if (str_eq(s->members[i].id, id))
            return;
    s->members[s->member_count++] = (struct member){.id = id, .own = str_eq(id, s->own_account)};
}

/* Every account that was asked for must be there: a mistyped id must not end as a snapshot without it. */
static bool check_given(const struct session *s, size_t chosen, error *e)
{
    const struct collect_options *o = s->options;
    for (size_t i = 0; i < o->account_count; i++)
        if (!map_get(&s->accounts_seen, o->accounts[i]))
            return error_set(e, ERR_INPUT, "--account %.*s: the organization shows no such account",
                             STR_ARG(o->accounts[i]));
    if (o->ou_count && !chosen)
        return error_set(e, ERR_INPUT, "no account stands in --ou %.*s (a path such as /Root/Prod, or an OU's id)",
                         STR_ARG(o->ous[0]));
    return true;
}

/* The chosen accounts, and always the one that removes: what its principals may do stands in its captures. */
static bool choose_members(struct session *s, error *e)
{
    const struct organization *org;
    VEC(str) chosen = {0};
    note_account(s, s->own_account);
    if (!load_tree_of(s, &org, e))
        return false;
    for (size_t i = 0; i < s->accounts.count; i++)
        if (is_chosen(s, org, s->accounts.items[i]))
            *VEC_PUSH(s->arena, &chosen) = s->accounts.items[i];
    if (!check_given(s, chosen.count, e))
        return false;
    s->scope.accounts = chosen.items;
    s->scope.account_count = chosen.count;
    s->members = NEW_ARRAY(s->arena, struct member, chosen.count + 2);
    if (str_is_account_id(s->scope.management))
        add_member(s, s->scope.management);
    else
        add_member(s, s->own_account);
    for (size_t i = 0; i < chosen.count; i++)
        add_member(s, chosen.items[i]);
    return true;
}

/* The machine's own clock, whatever SOURCE_DATE_EPOCH says: a capture is as old as it is. */
static int64_t now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec;
}

static bool begin_store(struct session *s, error *e)
{
    struct store_run run = {
        .caller = s->own_arn, .partition = s->partition, .tool = s->state->tool, .now = now_seconds()};
    s->store = store_open(s->arena, s->options->folder, e);
    return s->store && store_begin(s->store, &run, e);
}

static bool end_store(struct session *s, error *e)
{
    int64_t now = now_seconds();
    s->state->took = now - store_captured_at(s->store);
    if (!same_principal(s->own_arn, s->arn_now)) {
        s->state->changed_caller = s->arn_now; /* empty where there is an end_error */
        return store_sync(s->store, e);
    }
    s->state->completed = store_finish(s->store, now, e);
    return s->state->completed;
}

/* Whoever learns that it was stopped, or that it failed, finds in capture.json how far it got. */
static bool run_phases(struct session *s, error *e)
{
    struct adding organization = {s, NULL};
    (void)add_step(s, STEP_VERSION, NULL);
    (void)add_step(s, STEP_IDENTITY, NULL);
    if (run_phase(s, e) != RUN_DONE || !begin_store(s, e))
        return false;
    calls_begin(s->arena, &s->scope, (str){0}, add_capture, &organization);
    if (run_phase(s, e) != RUN_DONE || !choose_members(s, e) || run_phase(s, e) != RUN_DONE)
        return false;
    (void)add_step(s, STEP_IDENTITY, NULL);
    return run_phase(s, e) == RUN_DONE && end_store(s, e);
}

bool collect_run(arena *a, const struct collect_options *o, struct collect_state *state,
                 void (*show)(void *to, const struct collect_state *state, int64_t now), void *to, error *e)
{
    struct session *s = NEW(a, struct session);
    struct rlimit no_core = {0, 0};
    *s = (struct session){.arena = a, .options = o, .state = state, .tick = show, .to = to, .error = e};
    s->scope.impact = o->impact;
    s->scope.regions = o->regions;
    s->scope.region_count = o->region_count;
    s->own_env = environment(a, NULL);
    umask(077);
    setrlimit(RLIMIT_CORE, &no_core); /* credentials in memory must not end on disk */
    signals_hold(&s->signals);
    bool ok = run_phases(s, e);
    error later = {0};
    if (s->store && !state->completed)
        (void)store_sync(s->store, e->code == ERR_NONE ? e : &later);
    return ok || (state->stopped && e->code == ERR_NONE);
}
