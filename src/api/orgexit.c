/* orgexit.c - the library's face: options by name, a check that the caller pulls account by account. */
#include "orgexit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/version.h"
#include "org/attest.h"
#include "rules/check.h"

struct orgexit {
    arena *run, *account; /* of the whole check; of the account being told */
    struct check_options options;
    VEC(str) accounts, ous;
    VEC(struct context_key) context;
    struct check *check;
    struct check_summary summary;
    size_t next, finding;
    bool done;
    struct account_result result;
    orgexit_account told;
    orgexit_finding told_finding;
    error error;
    char message[1400];
};

const char *orgexit_version(void)
{
    return ORGEXIT_VERSION;
}

int orgexit_abi(void)
{
    return ORGEXIT_ABI;
}

orgexit *orgexit_open(void)
{
    orgexit *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->run = arena_open(0);
    o->account = arena_open(0);
    if (o->run && o->account)
        return o;
    orgexit_close(o);
    return NULL;
}

void orgexit_close(orgexit *o)
{
    if (!o)
        return;
    arena_close(o->account);
    arena_close(o->run);
    free(o);
}

static bool told(orgexit *o, bool ok)
{
    const error *e = &o->error;
    if (e->code == ERR_NONE)
        return ok;
    if (e->file[0] && e->line)
        (void)snprintf(o->message, sizeof o->message, "%s:%u:%u: %s", e->file, e->line, e->column, e->message);
    else
        (void)snprintf(o->message, sizeof o->message, "%s%s%s", e->file, e->file[0] ? ": " : "", e->message);
    return false;
}

const char *orgexit_error(const orgexit *o)
{
    return o->message;
}

/* ---- options ---- */

struct setting {
    orgexit *o;
    const char *option;
    str value;
};

static bool set_time(const struct setting *s, int64_t *out, bool *has)
{
    if (has)
        *has = true;
    return attest_time(s->value, false, out) || error_set(&s->o->error, ERR_USAGE, "%s is \"%.*s\": %s", s->option,
                                                          STR_ARG(s->value), time_trouble(s->value));
}

static bool set_account(const struct setting *s)
{
    if (!str_is_account_id(s->value))
        return error_set(&s->o->error, ERR_USAGE, "account is no account id; expected 12 digits");
    *VEC_PUSH(s->o->run, &s->o->accounts) = s->value;
    return true;
}

static bool set_context(const struct setting *s)
{
    str value = s->value;
    str *kept = NEW(s->o->run, str);
    if (str_find_char(value, '=') == SIZE_MAX)
        return error_set(&s->o->error, ERR_USAGE, "context has no value; expected KEY=VALUE");
    str key = str_cut(&value, '=');
    *kept = value;
    *VEC_PUSH(s->o->run, &s->o->context) = (struct context_key){key, KEY_PRESENT, false, kept, 1};
    return true;
}

static bool set_option(arena *a, void *arg, error *e)
{
    struct setting *s = arg;
    struct check_options *o = &s->o->options;
    str name = str_from(s->option);
    unsigned routes;
    s->value = arena_str(a, s->value);
    if (str_is(name, "as-of"))
        return set_time(s, &o->as_of, NULL);
    if (str_is(name, "captured-at"))
        return set_time(s, &o->captured_at, &o->has_captured_at);
    if (str_is(name, "max-age"))
        return (duration_parse(s->value, &o->max_age) && o->max_age > 0) ||
               error_set(e, ERR_USAGE, "max-age is \"%.*s\", no duration; expected 7d, 12h", STR_ARG(s->value));
    if (str_is(name, "route"))
        return routes_parse(s->value, &routes) ? (o->routes |= routes, true)
                                               : error_set(e, ERR_USAGE, "there is no such route");
    if (str_is(name, "account"))
        return set_account(s);
    if (str_is(name, "context"))
        return set_context(s);
    if (str_is(name, "no-waivers"))
        return o->no_waivers = true;
    const struct {
        const char *name;
        str *text;
    } texts[] = {
        {"profile",      &o->rules.profile},
        {"caller",       &o->caller       },
        {"principal",    &o->principal    },
        {"attestations", &o->attestations }
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_is(name, texts[i].name))
            return *texts[i].text = s->value, true;
    if (!str_is(name, "ou"))
        return error_set(e, ERR_USAGE, "there is no option \"%s\"", s->option);
    *VEC_PUSH(a, &s->o->ous) = s->value;
    return true;
}

bool orgexit_set(orgexit *o, const char *option, const char *value)
{
    struct setting s = {o, option, str_from(value ? value : "")};
    return o->error.code == ERR_NONE && told(o, work_run(o->run, set_option, &s, &o->error));
}

/* ---- the check ---- */

static bool open_check(arena *a, void *arg, error *e)
{
    struct setting *s = arg;
    struct check_options *o = &s->o->options;
    struct rule_errors faults = {0};
    o->snapshot = arena_str(a, s->value);
    o->accounts = s->o->accounts.items;
    o->account_count = s->o->accounts.count;
    o->ous = s->o->ous.items;
    o->ou_count = s->o->ous.count;
    o->context = s->o->context.items;
    o->context_count = s->o->context.count;
    o->pass_evidence = true;
    if (!o->as_of && !time_now(&o->as_of, &o->as_of_from))
        return error_set(e, ERR_USAGE, "SOURCE_DATE_EPOCH is no number of seconds");
    s->o->check = check_open(a, o, &faults, e);
    return s->o->check && check_begin(s->o->check, &s->o->summary);
}

bool orgexit_check(orgexit *o, const char *snapshot)
{
    struct setting s = {o, NULL, str_from(snapshot)};
    if (o->check)
        return error_set(&o->error, ERR_USAGE, "a snapshot is open already"), told(o, false);
    return o->error.code == ERR_NONE && told(o, work_run(o->run, open_check, &s, &o->error));
}

static const char *text(arena *a, str s)
{
    return arena_cstr(a, s);
}

static bool next_account(arena *a, void *arg, error *e)
{
    orgexit *o = arg;
    struct account_result *r = &o->result;
    (void)e;
    check_account_at(o->check, a, o->next++, r);
    o->finding = 0;
    o->told = (orgexit_account){.id = text(a, r->id),
                                .name = text(a, r->name),
                                .path = text(a, r->path),
                                .verdict = (orgexit_verdict)r->verdict,
                                .by_route = r->by_route >= 0 ? route_name((route)r->by_route) : NULL,
                                .waived = r->waived,
                                .counted = r->counted};
    for (int i = 0; i < ROUTE_COUNT; i++)
        o->told.routes[i] = (orgexit_verdict)r->routes[i];
    return true;
}

/* Sums grow in the run's arena: both arenas are at work. */
static bool next_in_run(arena *a, void *arg, error *e)
{
    orgexit *o = arg;
    (void)a;
    if (o->next < check_run_of(o->check)->account_count)
        return work_run(o->account, next_account, o, e);
    o->done = true;
    check_finish(o->check);
    return false;
}

const orgexit_account *orgexit_next_account(orgexit *o)
{
    if (o->error.code != ERR_NONE || !o->check || o->done)
        return NULL;
    arena_reset(o->account);
    return told(o, work_run(o->run, next_in_run, o, &o->error)) ? &o->told : NULL;
}

static bool next_finding(arena *a, void *arg, error *e)
{
    orgexit *o = arg;
    const struct finding *f = &o->result.findings[o->finding++];
    const struct evidence *first = f->evidence_count ? &f->evidence[0] : NULL;
    (void)e;
    o->told_finding = (orgexit_finding){.rule = text(a, f->rule),
                                        .title = text(a, f->title),
                                        .severity = severity_name(f->severity),
                                        .outcome = outcome_name(f->outcome),
                                        .message = text(a, f->message),
                                        .file = first ? text(a, first->file) : "",
                                        .pointer = first ? text(a, first->pointer) : "",
                                        .line = first ? first->line : 0,
                                        .column = first ? first->column : 0,
                                        .fingerprint = f->fingerprint};
    return true;
}

const orgexit_finding *orgexit_next_finding(orgexit *o)
{
    if (o->error.code != ERR_NONE || !o->next || o->done || o->finding >= o->result.finding_count)
        return NULL;
    return told(o, work_run(o->account, next_finding, o, &o->error)) ? &o->told_finding : NULL;
}

int orgexit_finish(orgexit *o)
{
    if (o->error.code == ERR_RESOURCE)
        return 4;
    return o->done && o->error.code == ERR_NONE ? o->summary.exit_code : 2;
}
