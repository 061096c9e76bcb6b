/*
 * attest.c - orgexit attest: writes into attestations.yaml what no API tells, and keeps what people wrote there. What
 * is missing is what the check of the same snapshot, with the same options, says it needs.
 */
#include "cli/attest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/replace.h"
#include "cli/faults.h"

enum { TRIES = 100 }; /* of writing, while others write too */

/* ---- the file ---- */

struct attestations *attest_read_file(struct attest_run *r)
{
    source *s = NEW(r->arena, source);
    s->file = r->path;
    switch (file_read(r->arena, r->folder, r->name, r->path, YAML_LIMIT, &s->text, &s->len, r->error)) {
    case READ_FAILED: return NULL;
    case READ_ABSENT: return attestations_none(r->arena, r->path);
    case READ_DONE: break;
    }
    return attestations_read(r->arena, s, NULL, &r->extra, r->as_of, r->error);
}

static bool print_only(struct attest_run *r, str text)
{
    return print_text(text) && flush_output(r->error);
}

bool attest_change_file(struct attest_run *r, attest_plan *plan, void *arg)
{
    for (int i = 0; i < TRIES; i++) {
        struct attest_changes changes = {0};
        struct attestations *old = attest_read_file(r);
        str before = old && old->source ? (str){old->source->text, old->source->len} : (str){0}, after;
        if (!old || !plan(r, old, arg, &changes))
            return false;
        if (!changes.count && !before.ptr)
            return true; /* nothing to say: no file for it */
        if (!attest_edit(r->arena, old, &r->extra, r->as_of, changes.items, changes.count, &after, r->error))
            return false;
        if (r->prints)
            return print_only(r, after);
        if (before.ptr && str_eq(before, after))
            return true;
        switch (file_replace(r->arena, r->folder, r->name, r->path, before, after, r->error)) {
        case REPLACE_FAILED: return false;
        case REPLACE_DONE: return true;
        case REPLACE_CHANGED: break;
        }
    }
    error_set(r->error, ERR_OUTPUT, "is being changed by others all the time: run again");
    return error_in_file(r->error, r->path);
}

/* ---- topics ---- */

size_t attest_topic_count(const struct attest_run *r)
{
    return topic_count + r->extra.count;
}

const struct topic *attest_topic(const struct attest_run *r, size_t i)
{
    return i < topic_count ? &topic_table[i] : &r->extra.items[i - topic_count];
}

static size_t topic_index(const struct attest_run *r, const char *name)
{
    size_t i = 0;
    while (i < attest_topic_count(r) && strcmp(attest_topic(r, i)->name, name) != 0)
        i++;
    return i;
}

const struct topic *attest_find_topic(struct attest_run *r, str name, str *why)
{
    size_t count = attest_topic_count(r);
    const char **names = NEW_ARRAY(r->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = attest_topic(r, i)->name;
        if (str_is(name, names[i]))
            return attest_topic(r, i);
    }
    *why = arena_printf(r->arena, "there is no topic \"%.*s\"%.*s", STR_ARG(visible(r->arena, name)),
                        STR_ARG(did_you_mean(r->arena, name, names, count)));
    return NULL;
}

/* ---- accounts ---- */

/* Whatever its age, a whole list of accounts tells a mistyped id. */
static bool read_accounts(struct attest_run *r)
{
    static const struct call call = {.kind = CAPTURE_LIST_ACCOUNTS};
    struct snapshot_options options = {.as_of = r->as_of, .max_age = DAY};
    struct capture_doc list = {0};
    const struct capture_source *from = capture_source_open(r->arena, arena_cstr(r->arena, r->snapshot), r->error);
    struct snapshot *s = from ? snapshot_open(r->arena, from, &options, r->error) : NULL;
    if (s)
        s->stale = false;
    if (!s || !snapshot_get(r->arena, s, &call, NULL, NULL, &list, r->error)) {
        error_in_snapshot(r->arena, r->error, r->snapshot);
        return false;
    }
    if (list.state != CAPTURE_WHOLE)
        return true;
    const node *accounts = node_get(list.root, "Accounts");
    r->accounts = NEW_ARRAY(r->arena, const char *, node_count(accounts) + 1);
    for (NODE_EACH(item, accounts))
        r->accounts[r->account_count++] = arena_cstr(r->arena, node_text(node_get(item, "Id")));
    return true;
}

bool attest_has_account(struct attest_run *r, str account, str *why)
{
    for (size_t i = 0; i < r->account_count; i++)
        if (str_is(account, r->accounts[i]))
            return true;
    if (!r->accounts)
        return true;
    *why = arena_printf(r->arena, "account %.*s is not in the organization%.*s", STR_ARG(account),
                        STR_ARG(did_you_mean(r->arena, account, r->accounts, r->account_count)));
    return false;
}

bool attest_is_placeholder(str word)
{
    static const char *const words[] = {"YOU", "WHO", "VALUE", "VALUE,VALUE", "CASE-NUMBER", "TEXT"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return true;
    return false;
}

/* ---- what the check needs ---- */

struct judging {
    struct attest_run *run;
    struct attest_accounts *out;
};

static bool keep_needs(void *self, const struct account_result *account)
{
    struct judging *j = self;
    struct attest_run *r = j->run;
    if (!account->counted)
        return true;
    struct attest_account *kept = VEC_PUSH(r->arena, j->out);
    *kept = (struct attest_account){arena_str(r->arena, account->id), arena_str(r->arena, account->name),
                                    NEW_ARRAY(r->arena, bool, attest_topic_count(r))};
    for (const struct finding *f = account->findings; f < account->findings + account->finding_count; f++) {
        if (f->severity != SEVERITY_BLOCKER || f->outcome != OUTCOME_UNKNOWN)
            continue;
        for (size_t i = 0; i < f->need_count; i++) {
            size_t topic =
                strcmp(f->needs[i].kind, "attestation") == 0 ? topic_index(r, f->needs[i].name.ptr) : SIZE_MAX;
            if (topic < attest_topic_count(r))
                kept->needs[topic] = true;
        }
    }
    return true;
}

static void mark_asked(struct attest_run *r, unsigned routes, bool *asked)
{
    for (size_t i = 0; i < ruleset_count(r->rules); i++) {
        const struct rule *rule = ruleset_rule(r->rules, i);
        bool blocks = false;
        for (int on = 0; on < ROUTE_COUNT && !rule->disabled; on++)
            blocks |= (routes & ROUTE_BIT(on)) && rule_applies(rule, (route)on) &&
                      rule_severity(rule, (route)on) == SEVERITY_BLOCKER;
        for (size_t k = 0; blocks && k < rule->read_count; k++)
            if (rule->reads[k]->topic)
                asked[topic_index(r, rule->reads[k]->topic->name)] = true;
    }
}

bool attest_judge(struct attest_run *r, struct attest_accounts *out)
{
    struct check_options o = {0};
    struct config config;
    struct rule_errors faults = {0};
    struct check_summary summary = {0};
    if (!check_options_read(r->arena, r->args, r->snapshot, &o, &config, r->error))
        return false;
    struct check *c = check_open(r->arena, &o, &faults, r->error);
    if (!c && faults.count) {
        print_faults(r->arena, &faults, terminal_of(r->args, STDERR_FILENO));
        r->error->message[0] = '\0';
        return false;
    }
    if (!c) {
        error_in_snapshot(r->arena, r->error, r->snapshot);
        return false;
    }
    r->rules = check_rules(c);
    r->extra.items = ruleset_topics(r->rules, &r->extra.count);
    out->asked = NEW_ARRAY(r->arena, bool, attest_topic_count(r) + 1);
    mark_asked(r, check_run_of(c)->routes, out->asked);
    struct judging j = {r, out};
    struct check_sink sink = {&j, keep_needs};
    return check_accounts(c, &sink, &summary, r->error);
}

str attest_trouble(struct attest_run *r, const struct attestations *old, str account, const struct topic *topic)
{
    const struct attestation *was = attestation_of(old, account, topic);
    if (!was)
        return (str){0};
    if (was->has_valid_until)
        return was->valid_until < r->as_of ? arena_printf(r->arena, "ended %.*s", STR_ARG(was->valid_until_text))
                                           : (str){0};
    if (strcmp(topic->name, "payment_method") == 0 && was->yes)
        return STR("has no valid_until");
    return STR("is too old");
}

/* ---- init ---- */

struct init {
    struct attest_accounts accounts;
    size_t entries, needy; /* missing; accounts that miss some */
};

static bool plan_init(struct attest_run *r, const struct attestations *old, void *arg, struct attest_changes *out)
{
    struct init *init = arg;
    init->entries = init->needy = 0;
    for (size_t i = 0; i < init->accounts.count; i++) {
        const struct attest_account *account = &init->accounts.items[i];
        size_t before = out->count;
        for (size_t k = 0; k < attest_topic_count(r); k++) {
            if (!account->needs[k])
                continue;
            const struct topic *topic = attest_topic(r, k);
            str trouble = attest_trouble(r, old, account->id, topic);
            *VEC_PUSH(r->arena, out) = (struct attest_change){
                .account = account->id,
                .name = account->name,
                .topic = topic,
                .deed = ATTEST_OFFER,
                .remark = trouble.len
                              ? arena_printf(r->arena, "the entry above %.*s, put this in its place", STR_ARG(trouble))
                              : (str){0}};
        }
        init->entries += out->count - before;
        init->needy += out->count > before;
    }
    return true;
}

static const char *plural(size_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static int run_init(struct attest_run *r)
{
    struct init init = {0};
    if (!attest_judge(r, &init.accounts) || !attest_change_file(r, plan_init, &init))
        return -1;
    if (r->prints)
        return EXIT_READY;
    if (!init.entries)
        printf("Nothing is missing.\n");
    else
        printf("%.*s: %zu %s of %zu %s to be filled in.\n", STR_ARG(visible(r->arena, r->path)), init.entries,
               plural(init.entries, "entry", "entries"), init.needy, plural(init.needy, "account", "accounts"));
    return EXIT_READY;
}

/* ---- set ---- */

struct set {
    str account;
    size_t count;
    const struct topic **topics;
    struct attest_words *words;
    struct attest_entry *entries;
};

static const char *const option_of_field[ATTEST_FIELD_COUNT] = {
    [ATTEST_BY] = "--by",
    [ATTEST_DATE] = "--date",
    [ATTEST_VALID_UNTIL] = "--valid-until",
    [ATTEST_EVIDENCE] = "--evidence",
};

/* "payment_method.kind=card": a part of an entry that is set beside it. */
static bool read_part(struct attest_run *r, struct set *s, const struct topic *topic, str part, str value)
{
    attest_field f = str_is(part, "kind")        ? ATTEST_KIND
                     : str_is(part, "supported") ? ATTEST_SUPPORTED
                                                 : ATTEST_FIELD_COUNT;
    if (f == ATTEST_FIELD_COUNT || strcmp(topic->name, "payment_method") != 0)
        return error_set(r->error, ERR_USAGE, "%s has no part \"%.*s\"; payment_method alone has some: kind, supported",
                         topic->name, STR_ARG(visible(r->arena, part)));
    for (size_t i = 0; i < s->count; i++)
        if (s->topics[i] == topic) {
            s->words[i].field[f] = value;
            return true;
        }
    return error_set(r->error, ERR_USAGE,
                     "payment_method.%.*s is set beside payment_method: give payment_method=true before it",
                     STR_ARG(part));
}

static bool read_assignment(struct attest_run *r, struct set *s, str given)
{
    str value = given, why;
    bool has = str_find_char(given, '=') != SIZE_MAX;
    str part = str_cut(&value, '='), name = str_cut(&part, '.');
    if (!has || !value.len)
        return error_set(r->error, ERR_USAGE, "\"%.*s\" sets nothing; expected TOPIC=VALUE",
                         STR_ARG(visible(r->arena, given)));
    if (attest_is_placeholder(value))
        return error_set(r->error, ERR_USAGE, "put the value in place of %.*s", STR_ARG(value));
    const struct topic *topic = attest_find_topic(r, name, &why);
    if (!topic)
        return error_set(r->error, ERR_USAGE, "%.*s", STR_ARG(why));
    if (part.ptr)
        return read_part(r, s, topic, part, value);
    for (size_t i = 0; i < s->count; i++)
        if (s->topics[i] == topic)
            return error_set(r->error, ERR_USAGE, "%s is set twice", topic->name);
    s->topics[s->count] = topic;
    s->words[s->count++].field[ATTEST_VALUE] = value;
    return true;
}

/* What all topics of one command share: who, when, how long, on what evidence. */
static bool read_signature(struct attest_run *r, str *out)
{
    static const option_id options[ATTEST_FIELD_COUNT] = {[ATTEST_BY] = OPTION_BY,
                                                          [ATTEST_DATE] = OPTION_DATE,
                                                          [ATTEST_VALID_UNTIL] = OPTION_VALID_UNTIL,
                                                          [ATTEST_EVIDENCE] = OPTION_EVIDENCE};
    for (size_t f = 0; f < ATTEST_FIELD_COUNT; f++) {
        out[f] = option_of_field[f] ? option_text(r->args, options[f]) : (str){0};
        if (attest_is_placeholder(out[f]))
            return error_set(r->error, ERR_USAGE, "%s is %.*s: put your own words in its place", option_of_field[f],
                             STR_ARG(out[f]));
    }
    if (!out[ATTEST_BY].len)
        return error_set(r->error, ERR_USAGE, "who attests it? --by WHO");
    if (!out[ATTEST_DATE].len)
        out[ATTEST_DATE] = time_format_date(r->arena, r->as_of);
    return true;
}

static bool blame(struct attest_run *r, const struct topic *topic, attest_field fault, str given, str why)
{
    const char *option = option_of_field[fault];
    str shown = visible(r->arena, given);
    if (option)
        return error_set(r->error, ERR_USAGE, "%s%s%.*s: %.*s", option, shown.len ? " " : "", STR_ARG(shown),
                         STR_ARG(visible(r->arena, why)));
    return error_set(r->error, ERR_USAGE, "%s=%.*s: %.*s", topic->name, STR_ARG(shown),
                     STR_ARG(visible(r->arena, why)));
}

static bool make_entries(struct attest_run *r, struct set *s)
{
    str shared[ATTEST_FIELD_COUNT];
    if (!read_signature(r, shared))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        attest_field fault;
        str why;
        for (size_t f = 0; f < ATTEST_FIELD_COUNT; f++)
            if (shared[f].len)
                s->words[i].field[f] = shared[f];
        if (!attest_entry_make(r->arena, s->topics[i], &s->words[i], r->as_of, &s->entries[i], &fault, &why))
            return blame(r, s->topics[i], fault, s->words[i].field[fault], why);
    }
    return true;
}

static bool plan_set(struct attest_run *r, const struct attestations *old, void *arg, struct attest_changes *out)
{
    const struct set *s = arg;
    (void)old;
    for (size_t i = 0; i < s->count; i++)
        *VEC_PUSH(r->arena, out) = (struct attest_change){
            .account = s->account, .topic = s->topics[i], .deed = ATTEST_SET, .entry = &s->entries[i]};
    return true;
}

static int run_set(struct attest_run *r)
{
    const struct arguments *args = r->args;
    size_t given = args->operand_count - 3;
    struct set s = {.account = args->operands[2],
                    .topics = NEW_ARRAY(r->arena, const struct topic *, given),
                    .words = NEW_ARRAY(r->arena, struct attest_words, given),
                    .entries = NEW_ARRAY(r->arena, struct attest_entry, given)};
    if (!str_is_account_id(s.account))
        return error_set(r->error, ERR_USAGE, "\"%.*s\" is no account id; expected 12 digits",
                         STR_ARG(visible(r->arena, s.account))),
               -1;
    str why;
    if (!attest_has_account(r, s.account, &why))
        return error_set(r->error, ERR_USAGE, "%.*s", STR_ARG(why)), -1;
    for (size_t i = 0; i < given; i++)
        if (!read_assignment(r, &s, args->operands[3 + i]))
            return -1;
    return make_entries(r, &s) && attest_change_file(r, plan_set, &s) ? EXIT_READY : -1;
}

/* ---- the command ---- */

typedef enum { DEED_INIT, DEED_SET, DEED_EXPORT, DEED_IMPORT } deed;

static const struct {
    const char *name;
    size_t least, most; /* operands */
    bool knows_rules;   /* through the check that it runs */
    const char *usage;
} deeds[] = {
    [DEED_INIT] = {"init",   2, 2,        true,  "SNAPSHOT"                                },
    [DEED_SET] = {"set",    4, SIZE_MAX, false, "SNAPSHOT ACCOUNT TOPIC=VALUE... --by WHO"},
    [DEED_EXPORT] = {"export", 2, 2,        true,  "SNAPSHOT --format csv"                   },
    [DEED_IMPORT] = {"import", 3, 3,        false, "SNAPSHOT --format csv FILE|-"            },
};
enum { DEED_COUNT = sizeof deeds / sizeof *deeds };

static void close_folder(void *what)
{
    close(*(int *)what);
}

/* The folder of the file is opened once; below it no symbolic link is followed. */
static bool open_folder(struct attest_run *r)
{
    str path = option_text(r->args, OPTION_ATTESTATIONS);
    if (!path.len)
        path = arena_printf(r->arena, "%.*s/attestations.yaml", STR_ARG(r->snapshot));
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    str folder = slash > 1 ? str_head(path, slash - 1) : slash ? STR("/") : STR(".");
    int *fd = NEW(r->arena, int);
    r->path = path;
    r->name = arena_cstr(r->arena, str_from_index(path, slash));
    r->folder = *fd = open(arena_cstr(r->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->folder < 0 && errno == ENOTDIR)
        return error_at(
            r->error, folder, 0, 0,
            "is one document, and no attestations are written into it: name their file with --attestations FILE");
    if (r->folder < 0)
        return error_at(r->error, folder, 0, 0, "the folder could not be opened: %s", strerror(errno));
    arena_defer(r->arena, close_folder, fd);
    return r->name[0] || error_at(r->error, path, 0, 0, "is a folder; expected a file");
}

static bool read_format(struct attest_run *r, deed d)
{
    const struct option_value *output = &r->args->options[OPTION_OUTPUT];
    str format = option_text(r->args, OPTION_FORMAT);
    if (format.len && (!str_is(format, "csv") || d == DEED_INIT || d == DEED_SET))
        return error_set(r->error, ERR_USAGE, "attest %s: --format csv is for export and import alone", deeds[d].name);
    if (output->count > 1)
        return error_set(r->error, ERR_USAGE, "--output was given twice");
    r->prints = output->count && str_is(output->values[0], "-");
    if (output->count && !r->prints && d != DEED_EXPORT)
        return error_set(r->error, ERR_USAGE,
                         "attest %s changes attestations.yaml; with --output - it prints what it would write",
                         deeds[d].name);
    return true;
}

static bool open_run(struct attest_run *r, deed d)
{
    str as_of = option_text(r->args, OPTION_AS_OF);
    r->snapshot = r->args->operands[1];
    while (r->snapshot.len > 1 && r->snapshot.ptr[r->snapshot.len - 1] == '/')
        r->snapshot.len--;
    if (as_of.len && !attest_time(as_of, false, &r->as_of))
        return error_set(r->error, ERR_USAGE, "--as-of %.*s: %s", STR_ARG(visible(r->arena, as_of)),
                         time_trouble(as_of));
    if (!as_of.len && !time_now(&r->as_of, NULL))
        return error_set(r->error, ERR_USAGE, "SOURCE_DATE_EPOCH is no number of seconds");
    if (!read_format(r, d) || !open_folder(r))
        return false;
    if (deeds[d].knows_rules)
        return true;
    r->rules = rules_read(r->arena, r->args, r->snapshot, r->error);
    if (r->rules)
        r->extra.items = ruleset_topics(r->rules, &r->extra.count);
    return r->rules != NULL && read_accounts(r);
}

int run_attest(arena *a, const struct arguments *args, error *e)
{
    struct attest_run r = {.arena = a, .args = args, .error = e};
    int d = 0;
    while (d < DEED_COUNT && !(args->operand_count && str_is(args->operands[0], deeds[d].name)))
        d++;
    if (d == DEED_COUNT)
        return error_set(e, ERR_USAGE, "attest what? init, set, export or import (orgexit help attest)"), -1;
    if (args->operand_count < deeds[d].least || args->operand_count > deeds[d].most)
        return error_set(e, ERR_USAGE, "expected: orgexit attest %s %s", deeds[d].name, deeds[d].usage), -1;
    if (!open_run(&r, (deed)d))
        return -1;
    switch ((deed)d) {
    case DEED_INIT: return run_init(&r);
    case DEED_SET: return run_set(&r);
    case DEED_EXPORT: return attest_export(&r);
    case DEED_IMPORT: return attest_import(&r, args->operands[2]);
    }
    return -1;
}
