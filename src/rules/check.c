/* check.c - opens a check: snapshot, organization, rules, attestations, the accounts to judge; then runs it. */
#include "rules/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/version.h"
#include "catalog/catalog.h"
#include "org/assume.h"
#include "rules/check_run.h"
#include "rules/embedded.h"
#include "text/known.h"

enum { KNOWN_LIMIT = 4 * 1024 * 1024 }; /* bytes for each thread: about 3,000 documents */
enum { DEFAULT_MAX_AGE = 7 * DAY, DEFAULT_ATTESTATION_AGE = 90 * DAY, MOST_JOBS = 16, WINDOW = 3 };

/* ---- rules ---- */

/* Of all packs as they were given, be there faults in them or not. */
static void digest_rules(struct check *c)
{
    str all = {0};
    for (size_t i = 0; i < embedded_rule_count; i++)
        all = arena_printf(c->arena, "%.*s%.*s", STR_ARG(all), (int)embedded_rules[i].len, embedded_rules[i].text);
    for (size_t i = 0; i < c->options.pack_count; i++)
        all = arena_printf(c->arena, "%.*s%.*s", STR_ARG(all), (int)c->options.packs[i].source->len,
                           c->options.packs[i].source->text);
    c->run.rules_digest =
        arena_printf(c->arena, "sha256:%.*s", STR_ARG(sha256_hex(c->arena, c->digest, all.ptr, all.len)));
}

static bool load_rules(struct check *c, struct rule_errors *faults, error *e)
{
    const struct pack_input *builtin;
    size_t count, own = c->options.pack_count;
    digest_rules(c);
    if (!ruleset_builtin_packs(c->arena, &builtin, &count, e))
        return false;
    struct pack_input *packs = NEW_ARRAY(c->arena, struct pack_input, count + own);
    memcpy(packs, builtin, count * sizeof *packs);
    if (own)
        memcpy(packs + count, c->options.packs, own * sizeof *packs);
    c->rules = ruleset_load(c->arena, packs, count + own, &c->options.rules, faults);
    if (!c->rules)
        return error_set(e, ERR_INPUT, "the rules have faults");
    bool *varies = NEW_ARRAY(c->arena, bool, ruleset_count(c->rules));
    for (size_t i = 0; i < ruleset_count(c->rules); i++)
        varies[i] = judge_varies(ruleset_rule(c->rules, i));
    c->varies = varies;
    return true;
}

/* ---- attestations and waivers ---- */

/* --attestations FILE */
static fetch_result fetch_file(arena *a, str path, struct fetched *out, error *e)
{
    out->source = NEW(a, source);
    out->source->file = path;
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), path, YAML_LIMIT, &out->source->text, &out->source->len, e)) {
    case READ_DONE: return FETCH_DONE;
    case READ_ABSENT: (void)error_at(e, path, 0, 0, "there is no such file"); break;
    case READ_FAILED: break;
    }
    return FETCH_FAILED;
}

static bool load_attestations(struct check *c, error *e)
{
    const struct check_options *o = &c->options;
    const struct capture_source *from = c->org->snapshot->from;
    struct fetched got = {0};
    c->topics.items = ruleset_topics(c->rules, &c->topics.count);
    fetch_result result = o->attestations.len ? fetch_file(c->arena, o->attestations, &got, e)
                                              : from->fetch_named(from->self, c->arena, "attestations.yaml", &got, e);
    if (result == FETCH_FAILED)
        return false;
    if (result == FETCH_ABSENT) {
        c->attestations = attestations_none(c->arena, from->whole ? from->whole->path : STR("attestations.yaml"));
    } else {
        source *src = got.source;
        const str *listed = map_get(&c->org->snapshot->digests, src->file);
        str digest = listed || o->digests || o->audit ? sha256_hex(c->arena, c->digest, src->text, src->len) : (str){0};
        if (listed && !str_eq(*listed, digest))
            return error_at(e, src->file, 0, 0, "its SHA-256 is not the one that capture.json lists");
        if (!got.root)
            *VEC_PUSH(c->arena, &c->org->read.files) = (struct read_file){src->file, src->len, digest};
        c->attestations = attestations_read(c->arena, src, got.root, &c->topics, o->as_of, e);
    }
    return c->attestations &&
           (!o->config_waivers || waivers_read(c->arena, o->config, o->config_waivers, c->attestations, e));
}

/* Files that capture.json lists and no capture of an account asks for; those of a judged account are checked with it.
 */
static bool check_listed_files(struct check *c, error *e)
{
    const struct snapshot *s = c->org->snapshot;
    if (!snapshot_check_listed(c->arena, s, (str){0}, &c->org->read, e))
        return false;
    for (size_t i = 0; i < s->listed_count; i++) {
        str rest = s->listed[i];
        if (!str_is(str_cut(&rest, '/'), "accounts") || organization_account(c->org, str_cut(&rest, '/')))
            continue;
        return error_at(e, STR("capture.json"), 0, 0,
                        "\"digests\" lists %.*s, of an account of which there are no captures", STR_ARG(s->listed[i]));
    }
    return true;
}

static void note(struct check *c, str text)
{
    str *notes = NEW_ARRAY(c->arena, str, c->run.note_count + 1);
    if (c->run.note_count)
        memcpy(notes, c->run.notes, c->run.note_count * sizeof *notes);
    notes[c->run.note_count++] = text;
    c->run.notes = notes;
}

static str near_rule(struct check *c, str id)
{
    const struct rule *near = NULL;
    size_t best = 4;
    for (size_t i = 0; i < ruleset_count(c->rules); i++) {
        size_t d = str_distance(id, ruleset_rule(c->rules, i)->id, 3);
        if (d < best) {
            best = d;
            near = ruleset_rule(c->rules, i);
        }
    }
    return near ? arena_printf(c->arena, "; did you mean \"%.*s\"?", STR_ARG(near->id)) : (str){0};
}

/* Waivers of rules that are not there, or that nobody may waive, are errors; those without effect are told. */
static bool check_waivers(struct check *c, error *e)
{
    for (size_t i = 0; i < c->attestations->waivers.count; i++) {
        const struct waiver *w = &c->attestations->waivers.items[i];
        const struct rule *r = ruleset_find(c->rules, w->rule);
        if (!r)
            return source_error(w->source, w->rule_node, e,
                                "a waiver of a rule that is not there: \"%.*s\"%.*s (orgexit rules list)",
                                STR_ARG(w->rule), STR_ARG(near_rule(c, w->rule)));
        bool blocks = false;
        for (int on = 0; on < ROUTE_COUNT; on++)
            blocks |= rule_applies(r, (route)on) && rule_severity(r, (route)on) == SEVERITY_BLOCKER;
        if (blocks && !r->waivable)
            return source_error(w->source, w->rule_node, e, "%.*s can't be waived: %s", STR_ARG(w->rule),
                                r->basis == BASIS_REFUSAL ? "AWS itself refuses, and no waiver changes that"
                                                          : "the rule says waivable: false");
        if (w->valid_until < c->options.as_of)
            note(c, arena_printf(c->arena, "the waiver of %.*s by %.*s ended %.*s and has no effect", STR_ARG(w->rule),
                                 STR_ARG(w->by), STR_ARG(w->valid_until_text)));
        else if (w->valid_until - c->options.as_of > 366 * (int64_t)DAY)
            note(c, arena_printf(c->arena, "the waiver of %.*s by %.*s lasts more than a year (until %.*s)",
                                 STR_ARG(w->rule), STR_ARG(w->by), STR_ARG(w->valid_until_text)));
        for (size_t k = 0; k < w->account_count; k++)
            if (!organization_account(c->org, w->accounts[k]))
                note(c, arena_printf(c->arena, "the waiver of %.*s names account %.*s, which is not in the captures",
                                     STR_ARG(w->rule), STR_ARG(w->accounts[k])));
    }
    return true;
}

/* ---- which accounts ---- */

static bool selected_by_ou(const struct check *c, const struct org_account *account)
{
    for (size_t i = 0; i < c->options.ou_count; i++)
        if (account_in_ou(account, c->options.ous[i]))
            return true;
    return c->options.ou_count == 0;
}

/* Whom the captures do not show cannot be judged: then the run is not "every selected account is READY". */
static void judge_selection(struct check *c)
{
    const struct organization *o = c->org;
    str cut = o->list_accounts.state == CAPTURE_CUT ? STR("organizations/list-accounts.json was cut off")
                                                    : o->list_accounts.why;
    size_t nowhere = 0;
    if (c->named)
        return;
    for (size_t i = 0; i < o->account_count && c->options.ou_count; i++)
        nowhere += !o->accounts[i]->parent || !o->accounts[i]->parent->anchored;
    if (o->list_accounts.state != CAPTURE_WHOLE)
        note(c, arena_printf(c->arena, "%.*s: there may be accounts that are not judged here", STR_ARG(cut)));
    if (nowhere)
        note(c,
             arena_printf(c->arena, "--ou leaves out accounts of which the captures do not show where they stand: %zu",
                          nowhere));
    c->selection_open = nowhere || o->list_accounts.state != CAPTURE_WHOLE;
}

static bool select_accounts(struct check *c, error *e)
{
    const struct check_options *o = &c->options;
    VEC(str) ids = {0};
    for (size_t i = 0; i < o->account_count; i++) {
        bool twice = false;
        for (size_t k = 0; k < ids.count; k++)
            twice |= str_eq(ids.items[k], o->accounts[i]);
        if (!twice)
            *VEC_PUSH(c->arena, &ids) = o->accounts[i];
    }
    c->named = o->account_count > 0;
    for (size_t i = 0; i < c->org->account_count && !c->named; i++)
        if (selected_by_ou(c, c->org->accounts[i]))
            *VEC_PUSH(c->arena, &ids) = c->org->accounts[i]->id;
    c->selected = ids.items;
    c->selected_count = ids.count;
    judge_selection(c);
    size_t counted = 0;
    for (size_t i = 0; i < ids.count; i++)
        counted += c->named || !str_eq(ids.items[i], c->org->management_account);
    if (counted)
        return true;
    if (o->ou_count)
        return error_set(
            e, ERR_INPUT,
            "nothing to check: no account stands in %.*s (--ou takes a path such as /Root/Prod, or an OU's id)",
            STR_ARG(o->ous[0]));
    if (ids.count)
        return error_set(e, ERR_INPUT, "nothing to check: the captures show no account but the management account");
    return error_set(
        e, ERR_INPUT,
        "nothing to check: the captures show no account (%.*s); expected a snapshot (organizations/, "
        "accounts/; orgexit collect DIR makes one) or iam-collect's storage (aws/PARTITION/organizations/)",
        STR_ARG(c->org->list_accounts.why.len ? c->org->list_accounts.why
                                              : STR("organizations/list-accounts.json lists none")));
}

/* ---- what the run begins with ---- */

static void see_input(void *to, str path)
{
    struct check *c = to;
    const struct snapshot *s = c->org->snapshot;
    uint64_t bytes;
    if (snapshot_failure(s, str_head(path, path.len - 5)) || !s->from->size(s->from->self, path.ptr, &bytes))
        return;
    const str *listed = map_get(&s->digests, path);
    *VEC_PUSH(c->arena, &c->org->read.files) = (struct read_file){path, bytes, listed ? *listed : (str){0}};
}

/* The second set: what its folders show. */
static void list_more_inputs(struct check *c, str id)
{
    struct shelf shelf;
    shelf_open(c->arena, c->org->snapshot, id, &shelf);
    shelf_files(c->arena, c->org->snapshot, &shelf, see_input, c);
}

/* Read for facts alone, after the organization itself (facts_share). */
static const char *const organization_inputs[] = {
    "organizations/describe-resource-policy.json",
    "organizations/list-inbound-responsibility-transfers/BILLING.json",
    "organizations/list-outbound-responsibility-transfers/BILLING.json",
};

static bool is_selected(const struct check *c, str id)
{
    for (size_t i = 0; i < c->selected_count; i++)
        if (str_eq(c->selected[i], id))
            return true;
    return false;
}

/* A source whose captures come from many files lists them itself; a file that cannot be listed is told when read. */
static void list_source_files(struct check *c, str account)
{
    const struct capture_source *from = c->org->snapshot->from;
    error e = {0};
    if (from->files)
        (void)from->files(from->self, c->arena, account, &c->org->read, &e);
}

static void list_account_inputs(struct check *c, str id)
{
    list_source_files(c, id);
    for (size_t i = 0; i < account_call_count; i++) {
        const char *argument = account_calls[i].argument;
        struct call call = {.kind = account_calls[i].kind,
                            .account = id,
                            .argument = !argument                     ? (str){0}
                                        : strcmp(argument, "ID") == 0 ? id
                                                                      : str_from(argument)};
        see_input(c, arena_printf(c->arena, "%.*s.json", STR_ARG(call_path(c->arena, &call))));
    }
    list_more_inputs(c, id);
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct input_file *)a)->file, ((const struct input_file *)b)->file);
}

struct digesting {
    struct check *check;
    struct input_file *file;
    char hex[65];
};

static bool digest_file(arena *a, void *arg, error *e)
{
    struct digesting *d = arg;
    const struct capture_source *from = d->check->org->snapshot->from;
    struct fetched got = {0};
    if (from->fetch_named(from->self, a, arena_cstr(a, d->file->file), &got, e) != FETCH_DONE)
        return error_at(e, d->file->file, 0, 0, "could not be read for its digest");
    str hex = sha256_hex(a, d->check->digest, got.source->text, got.source->len);
    memcpy(d->hex, hex.ptr, hex.len);
    return true;
}

/* Read once more, ahead of the accounts, one at a time: digests stand in the head of the report. */
static bool digest_inputs(struct check *c, struct input_file *files, size_t count, error *e)
{
    arena *scratch = arena_open(0);
    bool ok = scratch || error_set(e, ERR_RESOURCE, "out of memory");
    for (size_t i = 0; ok && i < count; i++) {
        struct digesting d = {.check = c, .file = &files[i]};
        if (files[i].sha256.len)
            continue;
        ok = work_run(scratch, digest_file, &d, e);
        files[i].sha256 = arena_str(c->arena, (str){d.hex, ok ? 64 : 0});
        arena_reset(scratch);
    }
    arena_close(scratch);
    return ok;
}

/* The organization's inputs were read; those of accounts are listed now and read when their turn comes. */
static bool list_inputs(struct check *c, error *e)
{
    bool management = false, with_digests = c->options.digests || c->options.audit;
    list_source_files(c, (str){0});
    for (size_t i = 0; i < c->selected_count && !c->lines; i++) {
        management |= str_eq(c->selected[i], c->org->management_account);
        list_account_inputs(c, c->selected[i]);
    }
    for (size_t i = 0; i < c->org->account_count && c->options.reads_all; i++) {
        str id = c->org->accounts[i]->id;
        management |= str_eq(id, c->org->management_account);
        if (!is_selected(c, id))
            list_account_inputs(c, id);
    }
    if (!management && c->org->management_account.len)
        list_account_inputs(c, c->org->management_account);
    for (size_t i = 2; i < c->facts.shelf_count; i++)
        if (!is_selected(c, c->facts.shelves[i].id))
            list_more_inputs(c, c->facts.shelves[i].id);
    for (size_t i = 0; i < sizeof organization_inputs / sizeof *organization_inputs; i++)
        see_input(c, str_from(organization_inputs[i]));
    const struct snapshot *s = c->org->snapshot;
    if (s->from->whole) {
        struct read_file *whole = VEC_PUSH(c->arena, &c->org->read.files);
        *whole = *s->from->whole;
        whole->sha256 = with_digests ? whole->sha256 : (str){0};
    } else if (s->capture_json)
        *VEC_PUSH(c->arena, &c->org->read.files) =
            (struct read_file){STR("capture.json"), s->capture_json->len, (str){0}};
    size_t count = c->org->read.files.count;
    struct input_file *files = NEW_ARRAY(c->arena, struct input_file, count);
    for (size_t i = 0; i < count; i++) {
        const struct read_file *r = &c->org->read.files.items[i];
        files[i] = (struct input_file){.file = r->path, .bytes = r->bytes, .sha256 = r->sha256};
    }
    qsort(files, count, sizeof *files, by_path);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || !str_eq(files[kept - 1].file, files[i].file))
            files[kept++] = files[i];
    count = kept;
    for (size_t i = 0; i < count; i++)
        files[i].unasked = !c->options.digests && !map_get(&s->digests, files[i].file);
    if (with_digests && !digest_inputs(c, files, count, e))
        return false;
    c->run.inputs = files;
    c->run.input_count = count;
    return true;
}

static str context_words(arena *a, const struct context_key *k)
{
    str words = arena_printf(a, "every decision: %.*s is", STR_ARG(k->name));
    for (size_t i = 0; i < k->count; i++)
        words = arena_printf(a, "%.*s%s \"%.*s\"", STR_ARG(words), i ? "," : "", STR_ARG(k->values[i]));
    return arena_printf(a, "%.*s, by --context", STR_ARG(words));
}

/* All that lets a blocker pass which else would not: of the rules, of how long evidence holds, of what was said of the
 * call. */
static void tell_weakened(struct check *c)
{
    const struct check_options *o = &c->options;
    const struct {
        int64_t is, usual;
        const char *words;
    } ages[] = {
        {o->max_age,             DEFAULT_MAX_AGE,         "max_age: captures hold"                },
        {o->attestation_max_age, DEFAULT_ATTESTATION_AGE, "attestation_max_age: attestations hold"}
    };
    size_t count;
    const str *rules = ruleset_weakened(c->rules, &count);
    VEC(str) all = {0};
    for (size_t i = 0; i < count; i++)
        *VEC_PUSH(c->arena, &all) = rules[i];
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
        if (ages[i].is > ages[i].usual)
            *VEC_PUSH(c->arena, &all) = arena_printf(c->arena, "%s %.*s instead of %.*s", ages[i].words,
                                                     STR_ARG(duration_format(c->arena, ages[i].is)),
                                                     STR_ARG(duration_format(c->arena, ages[i].usual)));
    for (size_t i = 0; i < o->context_count; i++)
        *VEC_PUSH(c->arena, &all) = context_words(c->arena, &o->context[i]);
    c->run.disabled = all.items;
    c->run.disabled_count = all.count;
}

/* A Deny that looks as if it denied: one note for a policy. */
static void note_strange_text(struct check *c, const struct org_policy *p)
{
    for (size_t i = 0; p->policy && i < p->policy->count; i++) {
        str text = statement_strange_text(&p->policy->statements[i]);
        if (!text.ptr)
            continue;
        note(c,
             arena_printf(c->arena,
                          "%.*s (%.*s): \"%.*s\" holds a blank or another character that no name has; AWS is believed "
                          "to match nothing with it, which is hardly meant",
                          STR_ARG(p->name), STR_ARG(p->id), STR_ARG(text)));
        return;
    }
}

/* What is known before anything is read. */
static void tell_program(struct check *c)
{
    struct check_run *run = &c->run;
    run->version = STR(ORGEXIT_VERSION);
    run->facts_date = catalog_date();
    run->snapshot = c->options.snapshot;
    run->as_of = c->options.as_of;
    run->as_of_from = str_from(time_origin_name(c->options.as_of_from));
    run->routes = c->options.routes;
    run->assumed = c->options.assumed;
    run->assumed_count = c->options.assumed_count;
    run->attested_told = c->options.audit;
    if (c->options.as_of_from == TIME_ENVIRONMENT)
        note(c, STR("the time is the one of SOURCE_DATE_EPOCH, not of the clock: captures and attestations are only as "
                    "fresh as it says"));
}

static void tell_run(struct check *c)
{
    const struct snapshot *s = c->org->snapshot;
    struct check_run *run = &c->run;
    tell_program(c);
    run->has_captured_at = s->has_captured_at;
    run->captured_at = s->captured_at;
    run->profile = ruleset_profile(c->rules);
    tell_weakened(c);
    run->org_id = c->org->id;
    run->management_account = c->org->management_account;
    run->account_count = c->selected_count;
    for (size_t i = 0; i < c->org->policy_count; i++)
        note_strange_text(c, c->org->policies[i]);
    int64_t age = c->options.as_of - s->captured_at;
    if (s->fresh == TRI_YES && age > DAY)
        note(c, arena_printf(c->arena, "the captures are %.*s old: capture again before acting on a verdict",
                             STR_ARG(duration_format(c->arena, age))));
}

/* ---- the management account's caller ---- */

static void load_management(struct check *c)
{
    if (!c->org->management_account.len)
        return;
    struct account *m = account_load(c->arena, c->org, c->org->management_account, NULL);
    c->facts.management = m;
}

static void fill_defaults(struct check_options *o)
{
    if (!o->max_age)
        o->max_age = DEFAULT_MAX_AGE;
    if (!o->attestation_max_age)
        o->attestation_max_age = DEFAULT_ATTESTATION_AGE;
    if (!o->routes)
        o->routes = ROUTES_REMOVE | ROUTES_LEAVE;
    if (!o->jobs) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        o->jobs = processors < 1 ? 1 : processors > MOST_JOBS ? MOST_JOBS : (size_t)processors;
    }
}

static bool route_has_blockers(struct check *c, error *e)
{
    for (int r = 0; r < ROUTE_COUNT; r++) {
        size_t count;
        if (!(c->options.routes & ROUTE_BIT(r)))
            continue;
        (void)ruleset_blockers(c->rules, (route)r, &count);
        if (!count)
            return error_set(e, ERR_INPUT,
                             "no blocker applies to the route %s: nothing could say that an account is ready",
                             route_name((route)r));
    }
    return true;
}

static bool assume_changes(struct check *c, error *e)
{
    for (size_t i = 0; i < c->options.assumed_count; i++)
        if (!organization_assume(c->arena, c->org, c->options.assumed[i], e))
            return false;
    return true;
}

/* Accounts then come line by line. */
static bool open_lines(struct check *c, error *e)
{
    if (!c->org->snapshot->from->whole)
        return error_at(e, c->options.snapshot, 0, 0,
                        "is a folder; with accounts a line, the organization's part is one document");
    for (size_t i = 0; i < c->selected_count; i++)
        *map_at(c->arena, &c->wanted, c->selected[i]) = c;
    c->lines = lines_open(c->arena, arena_cstr(c->arena, c->options.lines), e);
    return c->lines != NULL;
}

struct check *check_open(arena *a, const struct check_options *options, struct rule_errors *faults, error *e)
{
    struct check *c = NEW(a, struct check);
    c->arena = a;
    c->digest = digest_open(a);
    c->options = *options;
    fill_defaults(&c->options);
    const struct check_options *o = &c->options;
    struct snapshot_options how = {.as_of = o->as_of,
                                   .max_age = o->max_age,
                                   .has_captured_at = o->has_captured_at,
                                   .captured_at = o->captured_at,
                                   .digests = o->digests || o->audit};
    if (!load_rules(c, faults, e))
        return NULL;
    const struct capture_source *from = o->from ? o->from : capture_source_open(a, arena_cstr(a, o->snapshot), e);
    struct snapshot *s = from ? snapshot_open(a, from, &how, e) : NULL;
    c->org = s ? organization_load(a, s, e) : NULL;
    if (!c->org || !assume_changes(c, e) || !load_attestations(c, e) || !check_listed_files(c, e) ||
        !check_waivers(c, e) || !route_has_blockers(c, e) || !select_accounts(c, e))
        return NULL;
    c->facts.org = c->org;
    c->facts.attestations = c->attestations;
    c->facts.caller = o->caller.len ? o->caller : s->caller;
    c->facts.principal = o->principal;
    c->facts.given = o->context;
    c->facts.given_count = o->context_count;
    c->facts.as_of = o->as_of;
    c->facts.attestation_max_age = o->attestation_max_age;
    c->facts.profile = ruleset_profile(c->rules);
    c->facts.account_count = c->selected_count;
    c->facts.named = c->named;
    c->facts.snapshot = o->snapshot;
    load_management(c);
    if (!facts_share(a, &c->facts, e))
        return NULL;
    if (o->lines.len && !open_lines(c, e))
        return NULL;
    if (!list_inputs(c, e))
        return NULL;
    tell_run(c);
    if (o->private_words)
        private_of_run(c);
    return c;
}

void check_failure(arena *a, const struct check_options *options, const struct rule_errors *faults, const error *e,
                   struct check_run *run, struct check_summary *summary)
{
    struct check c = {.arena = a, .digest = digest_open(a), .options = *options};
    size_t count = faults->count ? faults->count : 1;
    struct input_error *errors = NEW_ARRAY(a, struct input_error, count);
    fill_defaults(&c.options);
    digest_rules(&c);
    tell_program(&c);
    c.run.profile = str_is(options->rules.profile, "current") ? options->rules.profile : STR("full");
    errors[0] = input_error_from(a, e);
    for (size_t i = 0; i < faults->count; i++) {
        const struct rule_error *f = &faults->items[i];
        errors[i] = (struct input_error){f->file, f->line, f->column, f->message};
    }
    *run = c.run;
    *summary = (struct check_summary){.errors = errors, .error_count = count, .exit_code = 2};
}

const struct check_run *check_run_of(const struct check *c)
{
    return &c->run;
}

const struct ruleset *check_rules(const struct check *c)
{
    return c->rules;
}

/* ---- the accounts ---- */

struct running {
    struct check *check;
    const struct check_sink *sink;
    struct known_store **known; /* one for each thread */
};

static struct known_store *open_known(void)
{
    return known_open(account_document_keys, account_document_key_count, KNOWN_LIMIT);
}

static void make(arena *a, size_t worker, size_t item, void *slot, void *arg, error *e)
{
    const struct running *r = arg;
    (void)e;
    if (!r->known[worker])
        r->known[worker] = open_known(); /* without memory for it all is read, as ever */
    if (r->check->lines)
        check_judge_line(r->check, a, r->known[worker], slot);
    else
        check_judge_account(r->check, a, r->known[worker], r->check->selected[item], slot);
}

static bool take_line(arena *a, size_t item, void *slot, void *arg, error *e)
{
    const struct running *r = arg;
    (void)item;
    struct account_slot *s = slot;
    s->line = lines_next(r->check->lines, a, e);
    return s->line != NULL;
}

/* In the order of the lines, so that the second one is to blame whatever thread was quicker. */
static bool is_second_line(struct check *c, struct account_slot *slot)
{
    void **seen = map_at(c->arena, &c->line_seen, arena_str(c->arena, slot->result.id));
    uintptr_t first = (uintptr_t)*seen, line = slot->line->lines_above + 1;
    if (!first) {
        *seen = (void *)line;
        return false;
    }
    struct input_error *told = NEW(c->arena, struct input_error);
    *told = (struct input_error){.file = arena_str(c->arena, slot->line->file), .line = (uint32_t)line, .column = 1};
    told->message =
        arena_printf(c->arena, "account %.*s stands in line %zu already", STR_ARG(slot->result.id), (size_t)first);
    *slot = (struct account_slot){
        .line = slot->line, .result = {.errors = told, .error_count = 1}
    };
    return true;
}

/* An account that did not fit into memory is undetermined, and the run ends with code 4. */
static void failed_account(struct check *c, size_t item, const error *failed, struct account_slot *slot)
{
    struct input_error *told = NEW(c->arena, struct input_error);
    str line = slot->line ? arena_printf(c->arena, "%.*s:%u", STR_ARG(slot->line->file), slot->line->lines_above + 1)
                          : (str){0};
    *slot = (struct account_slot){0};
    *told = (struct input_error){.file = line, .message = arena_str(c->arena, str_from(failed->message))};
    slot->result = (struct account_result){.id = c->lines ? (str){0} : c->selected[item],
                                           .by_route = -1,
                                           .counted = true,
                                           .errors = told,
                                           .error_count = 1};
}

struct emitting {
    struct running *run;
    size_t item;
    struct account_slot *slot;
    const error *failed;
};

static bool emit_one(arena *a, void *arg, error *e)
{
    struct emitting *m = arg;
    struct check *c = m->run->check;
    (void)a;
    if (m->failed) {
        failed_account(c, m->item, m->failed, m->slot);
        error_set(e, ERR_RESOURCE, c->lines ? "line %.*s: %s" : "account %.*s: %s",
                  STR_ARG(c->lines ? arena_printf(c->arena, "%zu", m->item + 1) : c->selected[m->item]),
                  m->failed->message);
    } else if (c->lines && m->slot->result.id.len) {
        (void)is_second_line(c, m->slot);
    }
    if (m->slot->skipped)
        return true;
    c->line_told = true;
    sums_add(c, m->slot);
    if (!m->slot->result.id.len)
        return true; /* the error of a line that is of no account: told with the sums */
    return m->run->sink->account(m->run->sink->self, &m->slot->result);
}

/* A unit of work of its own: running out of memory here must not jump over the pool's threads. */
static bool emit(size_t item, void *made, const error *failed, void *arg, error *e)
{
    struct emitting m = {arg, item, made, failed};
    return work_run(m.run->check->arena, emit_one, &m, e);
}

bool check_accounts(struct check *c, const struct check_sink *sink, struct check_summary *summary, error *e)
{
    struct running running = {c, sink, NEW_ARRAY(c->arena, struct known_store *, c->options.jobs)};
    struct pool pool = {.jobs = c->options.jobs,
                        .window = WINDOW,
                        .count = c->selected_count,
                        .slot_size = sizeof(struct account_slot),
                        .arena_limit = c->options.memory_limit,
                        .arg = &running,
                        .take = c->lines ? take_line : NULL,
                        .make = make,
                        .emit = emit};
    if (!sums_open(c, summary))
        return false;
    bool ok = pool_run(&pool, e);
    if (ok && c->lines && !c->line_told)
        ok = error_at(e, c->options.lines, 0, 0, "nothing to check: no line is of a selected account");
    sums_close(c);
    for (size_t i = 0; i < c->options.jobs; i++)
        known_close(running.known[i]);
    if (e->code == ERR_RESOURCE)
        summary->exit_code = 4;
    return ok;
}

static void close_known(void *what)
{
    known_close(what);
}

bool check_begin(struct check *c, struct check_summary *summary)
{
    c->known = open_known();
    arena_defer(c->arena, close_known, c->known);
    return sums_open(c, summary);
}

void check_account_at(struct check *c, arena *a, size_t i, struct account_result *out)
{
    struct account_slot slot = {0};
    check_judge_account(c, a, c->known, c->selected[i], &slot);
    sums_add(c, &slot);
    *out = slot.result;
}

void check_visit_account(struct check *c, arena *a, size_t i, visit_fn *visit, void *self)
{
    struct account_slot slot = {0};
    c->visit = visit;
    c->visitor = self;
    check_judge_account(c, a, NULL, c->selected[i], &slot);
    c->visit = NULL;
}

void check_finish(struct check *c)
{
    sums_close(c);
}
