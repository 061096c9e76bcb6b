/* check.c - orgexit check: options to a check, its results to writers, its sums to an exit code. */
#include "rules/check.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/check_options.h"
#include "cli/config.h"
#include "cli/faults.h"
#include "cli/request.h"
#include "cli/writers.h"
#include "org/attest.h"

enum {
    TABLE_FROM = 6,
    PLAIN_WIDTH = 120
}; /* accounts from which on text shows a table; columns of --table in a pipe */

/* ---- options ---- */

static bool read_time(arena *a, const struct arguments *args, option_id id, bool *has, int64_t *out, error *e)
{
    *has = has_option(args, id);
    if (*has && !attest_time(option_text(args, id), false, out))
        return error_set(e, ERR_USAGE, "--%s %.*s: %s", option_table[id].name,
                         STR_ARG(visible(a, option_text(args, id))), time_trouble(option_text(args, id)));
    return true;
}

/* SOURCE_DATE_EPOCH may be left over from a build, and would let old captures pass for fresh. */
static void warn_of_clock(arena *a, int64_t as_of)
{
    int64_t now, apart;
    if (!clock_now(&now))
        return;
    apart = as_of < now ? now - as_of : as_of - now;
    if (apart > DAY)
        fprintf(stderr, "orgexit: warning: SOURCE_DATE_EPOCH is %.*s %s the clock, and ages are counted from it\n",
                STR_ARG(duration_format(a, apart)), as_of < now ? "behind" : "ahead of");
}

static bool read_ids(arena *a, const struct arguments *args, struct check_options *o, error *e)
{
    const struct option_value *given = &args->options[OPTION_ACCOUNT];
    VEC(str) ids = {0};
    for (size_t i = 0; i < given->count; i++)
        *VEC_PUSH(a, &ids) = given->values[i];
    str from = option_text(args, OPTION_ACCOUNTS_FROM);
    if (from.len) {
        char *text;
        size_t len;
        const char *path = str_is(from, "-") ? "/dev/stdin" : arena_cstr(a, from);
        switch (file_read(a, AT_FDCWD, path, from, YAML_LIMIT, &text, &len, e)) {
        case READ_FAILED: return false;
        case READ_ABSENT: return error_at(e, from, 0, 0, "there is no such file");
        case READ_DONE: break;
        }
        str rest = {text, len};
        for (uint32_t line = 1; rest.len; line++) {
            str id = str_cut(&rest, '\n');
            if (id.len && id.ptr[id.len - 1] == '\r')
                id.len--;
            if (!id.len || id.ptr[0] == '#')
                continue;
            if (!str_is_account_id(id))
                return error_at(e, from, line, 1, "\"%.*s\" is no account id; expected 12 digits a line",
                                STR_ARG(visible(a, id)));
            *VEC_PUSH(a, &ids) = id;
        }
        if (!ids.count)
            return error_at(e, from, 0, 0, "nothing to check: the file names no account");
    }
    for (size_t i = 0; i < ids.count; i++)
        if (!str_is_account_id(ids.items[i]))
            return error_set(e, ERR_USAGE, "--account \"%.*s\" is no account id; expected 12 digits",
                             STR_ARG(visible(a, ids.items[i])));
    if (ids.count && has_option(args, OPTION_OU))
        return error_set(e, ERR_USAGE, "--ou and a list of accounts exclude each other");
    o->accounts = ids.items;
    o->account_count = ids.count;
    return true;
}

static bool read_numbers(arena *a, const struct arguments *args, struct check_options *o, error *e)
{
    str age = option_text(args, OPTION_MAX_AGE);
    if (age.len && (!duration_parse(age, &o->max_age) || o->max_age <= 0))
        return error_set(e, ERR_USAGE, "--max-age %.*s: this is no duration; expected a number and a unit: 7d, 12h, 2w",
                         STR_ARG(visible(a, age)));
    return !has_option(args, OPTION_JOBS) || jobs_read(args, &o->jobs, e);
}

static bool read_route_options(arena *a, const struct arguments *args, struct check_options *o, error *e)
{
    const struct option_value *given = &args->options[OPTION_ROUTE];
    static const char *const names[] = {"remove",    "leave",         "remove/api", "remove/console",
                                        "leave/api", "leave/console", "transfer"};
    if (given->count)
        o->routes = 0;
    for (size_t i = 0; i < given->count; i++) {
        unsigned routes;
        if (!routes_parse(given->values[i], &routes))
            return error_set(e, ERR_USAGE,
                             "there is no route \"%.*s\"%.*s (remove, leave, remove/api, remove/console, leave/api, "
                             "leave/console, transfer)",
                             STR_ARG(visible(a, given->values[i])),
                             STR_ARG(did_you_mean(a, given->values[i], names, 7)));
        o->routes |= routes;
    }
    return true;
}

static str snapshot_name(str operand)
{
    while (operand.len > 1 && operand.ptr[operand.len - 1] == '/')
        operand.len--;
    return operand;
}

bool as_of_read(arena *a, const struct arguments *args, int64_t *as_of, time_origin *from, error *e)
{
    bool given;
    time_origin origin = (time_origin){0};
    if (!read_time(a, args, OPTION_AS_OF, &given, as_of, e))
        return false;
    if (!given && !time_now(as_of, &origin))
        return error_set(e, ERR_USAGE, "SOURCE_DATE_EPOCH is no number of seconds");
    if (origin == TIME_ENVIRONMENT)
        warn_of_clock(a, *as_of);
    if (from)
        *from = origin;
    return true;
}

bool check_options_read(arena *a, const struct arguments *args, str snapshot, struct check_options *o,
                        struct config *config, error *e)
{
    o->snapshot = snapshot_name(snapshot);
    if (str_is(snapshot, "-") && !has_option(args, OPTION_ORG))
        return error_set(e, ERR_USAGE, "- is NDJSON, an account a line; --org FILE names the organization's part");
    if (has_option(args, OPTION_ORG)) {
        if (str_is(snapshot, "-") && str_is(option_text(args, OPTION_ACCOUNTS_FROM), "-"))
            return error_set(e, ERR_USAGE, "standard input can't be the accounts and a list of accounts both");
        o->lines = snapshot;
        o->snapshot = snapshot_name(option_text(args, OPTION_ORG));
    }
    o->only_problems = has_option(args, OPTION_ONLY_PROBLEMS);
    if (!read_time(a, args, OPTION_CAPTURED_AT, &o->has_captured_at, &o->captured_at, e) ||
        !as_of_read(a, args, &o->as_of, &o->as_of_from, e))
        return false;
    if (!config_read(a, args, o->snapshot, config, e))
        return false;
    o->routes = config->routes;
    o->max_age = config->max_age;
    o->attestation_max_age = config->attestation_max_age;
    if (!read_ids(a, args, o, e) || !context_read(a, args, &o->context, &o->context_count, e) ||
        !read_numbers(a, args, o, e) || !read_route_options(a, args, o, e) ||
        !packs_read(a, args, config, &o->packs, &o->pack_count, e))
        return false;
    o->caller = option_text(args, OPTION_CALLER);
    o->principal = option_text(args, OPTION_PRINCIPAL);
    o->attestations = option_text(args, OPTION_ATTESTATIONS);
    o->ous = args->options[OPTION_OU].values;
    o->ou_count = args->options[OPTION_OU].count;
    o->rules = (struct rules_options){.profile = has_option(args, OPTION_PROFILE) ? option_text(args, OPTION_PROFILE)
                                                                                  : config->profile,
                                      .config = config->source,
                                      .params = config->params,
                                      .severity = config->severity,
                                      .disable = config->disable};
    o->config = config->source;
    o->config_waivers = config->waivers;
    o->no_waivers = has_option(args, OPTION_NO_WAIVERS);
    o->assumed = args->options[OPTION_ASSUME].values;
    o->assumed_count = args->options[OPTION_ASSUME].count;
    o->allow_hypothetical = has_option(args, OPTION_ALLOW_HYPOTHETICAL);
    if (o->allow_hypothetical && !o->assumed_count)
        return error_set(e, ERR_USAGE, "--allow-hypothetical goes with --assume");
    o->digests = has_option(args, OPTION_DIGESTS);
    o->fail_on_warning = has_option(args, OPTION_FAIL_ON) ? str_is(option_text(args, OPTION_FAIL_ON), "warning")
                                                          : config->fail_on_warning;
    return true;
}

/* ---- outputs ---- */

/* Where a path will stand: its folder resolved, its name as given. NULL: no such folder. */
static const char *resolved(arena *a, str path)
{
    char full[PATH_MAX];
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    str folder = slash > 1 ? str_head(path, slash - 1) : slash ? STR("/") : STR(".");
    if (!realpath(arena_cstr(a, folder), full))
        return NULL;
    return arena_printf(a, "%s/%.*s", full, STR_ARG(str_from_index(path, slash))).ptr;
}

/* An output must not stand in the snapshot, nor two of them at one place. */
bool output_place_check(arena *a, const struct arguments *args, size_t index, str path, error *e)
{
    char folder[PATH_MAX];
    const char *place = resolved(a, path);
    if (!place)
        return true; /* report_open says so */
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!realpath(arena_cstr(a, args->operands[i]), folder))
            continue;
        str inside = arena_printf(a, "%s/", folder);
        if (str_starts(str_from(place), inside))
            return error_set(e, ERR_USAGE, "--output %.*s lies inside the snapshot; write it elsewhere",
                             STR_ARG(visible(a, path)));
    }
    return outputs_differ(a, args, index, path, e);
}

bool outputs_differ(arena *a, const struct arguments *args, size_t index, str path, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    const char *place = resolved(a, path);
    for (size_t i = 0; place && i < index; i++) {
        str other = given->values[i];
        (void)str_cut(&other, ':');
        const char *there = resolved(a, other);
        if (there && strcmp(there, place) == 0)
            return error_set(e, ERR_USAGE, "two outputs go to %.*s", STR_ARG(visible(a, path)));
    }
    return true;
}

bool outputs_check(arena *a, const struct arguments *args, bool (*knows)(arena *a, str format, error *e),
                   const char *example, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    for (size_t i = 0; i < given->count; i++) {
        str path = given->values[i];
        str format = str_cut(&path, ':');
        if (!path.len || str_is(path, "-"))
            return error_set(e, ERR_USAGE, "--output \"%.*s\" names no file; expected FORMAT:PATH, such as %s",
                             STR_ARG(visible(a, given->values[i])), example);
        if (!knows(a, format, e) || !output_place_check(a, args, i, path, e))
            return false;
    }
    return true;
}

static bool open_writer(struct writers *w, str format, const char *path, struct report_style style)
{
    struct report_writer *r = report_open(w->arena, format, path, style, w->error);
    if (r)
        w->items[w->count++] = r;
    return r != NULL;
}

bool open_writers(struct writers *w, const struct arguments *args, const struct check_options *o)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    struct report_style style = {.color = t.color,
                                 .ascii = t.ascii,
                                 .verbose = has_option(args, OPTION_VERBOSE),
                                 .only_problems = o->only_problems,
                                 .width = t.width,
                                 .piped = !t.is_terminal};
    if (has_option(args, OPTION_TABLE) && !t.is_terminal) {
        style.width = PLAIN_WIDTH;
        style.piped = false;
    }
    struct report_style plain = style;
    plain.color = plain.ascii = false; /* a file looks the same whatever the terminal is */
    plain.piped = true;
    plain.width = 0;
    str format = has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
    w->items = NEW_ARRAY(w->arena, struct report_writer *, given->count + 1);
    for (size_t i = 0; i < given->count; i++) {
        str path = given->values[i];
        bool has = str_find_char(path, ':') != SIZE_MAX;
        str name = str_cut(&path, ':');
        if (!has || !path.len)
            return error_set(w->error, ERR_USAGE,
                             "--output \"%.*s\" names no file; expected FORMAT:PATH, such as json:result.json",
                             STR_ARG(visible(w->arena, given->values[i])));
        if (str_is(path, "-"))
            return error_set(w->error, ERR_USAGE, "--output writes files; --format %.*s prints to standard output",
                             STR_ARG(visible(w->arena, name)));
        if (!output_place_check(w->arena, args, i, path, w->error) ||
            !open_writer(w, name, arena_cstr(w->arena, path), plain))
            return false;
    }
    bool silent = has_option(args, OPTION_QUIET) && !has_option(args, OPTION_FORMAT);
    if (silent)
        return true;
    if (!open_writer(w, format, "-", style))
        return false;
    w->printed = w->items[w->count - 1];
    return true;
}

static bool is_file(const struct stat *out, const char *path)
{
    struct stat in;
    return stat(path, &in) == 0 && in.st_dev == out->st_dev && in.st_ino == out->st_ino;
}

/* The input that the output would be written over: one outside the snapshot, or one inside by a hard link. NULL: none.
 */
static const char *input_at(arena *a, const struct arguments *args, const struct check_run *run,
                            const struct check_options *o, const struct config *config, const struct stat *out)
{
    static const option_id files[] = {OPTION_ATTESTATIONS, OPTION_ACCOUNTS_FROM, OPTION_ORG};
    VEC(const char *) names = {0};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (has_option(args, files[i]))
            *VEC_PUSH(a, &names) = arena_cstr(a, option_text(args, files[i]));
    if (o->lines.len)
        *VEC_PUSH(a, &names) = arena_cstr(a, o->lines);
    if (config->source)
        *VEC_PUSH(a, &names) = arena_cstr(a, config->source->file);
    for (size_t i = 0; i < o->pack_count; i++)
        *VEC_PUSH(a, &names) = arena_cstr(a, o->packs[i].source->file);
    for (size_t k = 0; run && out->st_nlink > 1 && k < run->input_count; k++)
        *VEC_PUSH(a, &names) = arena_printf(a, "%.*s/%.*s", STR_ARG(run->snapshot), STR_ARG(run->inputs[k].file)).ptr;
    for (size_t i = 0; i < names.count; i++)
        if (is_file(out, names.items[i]))
            return names.items[i];
    return NULL;
}

bool output_inputs_check(arena *a, const struct arguments *args, const struct check_run *run,
                         const struct check_options *o, const struct config *config, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    for (size_t i = 0; i < given->count; i++) {
        struct stat out;
        str path = given->values[i];
        (void)str_cut(&path, ':');
        if (stat(arena_cstr(a, path), &out) != 0 || !S_ISREG(out.st_mode))
            continue;
        const char *input = input_at(a, args, run, o, config, &out);
        if (input)
            return error_set(e, ERR_USAGE, "--output %.*s is the same file as the input %s", STR_ARG(visible(a, path)),
                             input);
    }
    return true;
}

/* ---- the run ---- */

/* Notes which snapshot had the account first. */
static void note_account(struct writers *w, str id)
{
    void **slot = map_at(w->arena, &w->seen, arena_str(w->arena, id));
    size_t first = (size_t)(uintptr_t)*slot;
    if (!first) {
        *slot = (void *)(uintptr_t)w->snapshot;
    } else if (w->repeated[first - 1].count++ == 0) {
        (void)snprintf(w->repeated[first - 1].first, sizeof w->repeated->first, "%.*s", STR_ARG(id));
    }
}

/* Where text goes to the terminal, the accounts are progress enough. */
static void tell_progress(struct writers *w, const struct account_result *account)
{
    w->done++;
    w->of[account->verdict] += account->counted;
    if (isatty(STDOUT_FILENO) == 1 || !progress_line(&w->progress, "checking", w->done, w->expected))
        return;
    fprintf(stderr, "  %zu not ready, %zu undetermined", w->of[VERDICT_NOT_READY], w->of[VERDICT_UNDETERMINED]);
    progress_end();
}

bool tell_account(void *self, const struct account_result *account)
{
    struct writers *w = self;
    bool failed = false;
    if (w->repeated)
        note_account(w, account->id);
    tell_progress(w, account);
    if (w->redaction) {
        arena_reset(w->scratch);
        account = redact_account(w->redaction, w->scratch, account);
    }
    for (size_t i = 0; i < w->count; i++) {
        report_account(w->items[i], account);
        failed |= report_failed(w->items[i]);
    }
    return !failed;
}

static bool wants_audit(const struct writers *w)
{
    bool wanted = false;
    for (size_t i = 0; i < w->count; i++)
        wanted |= w->items[i]->format->audit;
    return wanted;
}

void close_writers(struct writers *w, bool whole, error *e)
{
    error failed = {0};
    for (size_t i = 0; i < w->count; i++)
        if (whole || report_failed(w->items[i]))
            (void)report_close(w->items[i], &failed);
    if (failed.code == ERR_NONE)
        return;
    if (e->code != ERR_NONE)
        print_error(e, (str){0}); /* both are told; the code is that of the output */
    *e = failed;
}

void begin_writers(struct writers *w, const struct arguments *args, const struct check_run *run, bool several)
{
    bool many = several || run->account_count >= TABLE_FROM;
    for (size_t i = 0; i < w->count; i++) {
        w->items[i]->style.table = has_option(args, OPTION_TABLE) ||
                                   (many && !has_option(args, OPTION_FULL) && !has_option(args, OPTION_VERBOSE));
        report_begin(w->items[i], run);
    }
}

void end_writers(struct writers *w, const struct check_summary *summary)
{
    for (size_t i = 0; i < w->count; i++)
        report_end(w->items[i], summary);
}

static bool wants_pass_evidence(const struct arguments *args)
{
    str format = option_text(args, OPTION_FORMAT);
    return has_option(args, OPTION_VERBOSE) || has_option(args, OPTION_OUTPUT) ||
           (format.len && !str_is(format, "text"));
}

/* Where a folder stands as seen from the working folder, for reports whose readers begin there: "snapshots/acme", ".";
 * empty: elsewhere. Links are followed, as those readers know files by their own names. */
static str folder_below(arena *a, str path)
{
    char here[PATH_MAX], there[PATH_MAX];
    struct stat st;
    if (!realpath(".", here) || !realpath(arena_cstr(a, path), there) || stat(there, &st) != 0 || !S_ISDIR(st.st_mode))
        return (str){0};
    str rest = str_from(there), prefix = str_from(here);
    if (str_eq(rest, prefix))
        return STR(".");
    prefix = str_is(prefix, "/") ? prefix : arena_printf(a, "%s/", here);
    return str_starts(rest, prefix) ? arena_str(a, str_from_index(rest, prefix.len)) : (str){0};
}

/* As the reports show it: which of several, and without what is private. */
static const struct check_run *shown_run(struct writers *w, const struct arguments *args, const struct check_run *run,
                                         size_t number)
{
    struct check_run *shown = NEW(w->arena, struct check_run);
    *shown = *run;
    shown->folder = folder_below(w->arena, run->snapshot);
    shown->of = args->operand_count > 1 ? args->operand_count : 0;
    shown->number = shown->of ? number : 0;
    return w->redaction ? redact_run(w->redaction, w->arena, shown) : shown;
}

static const struct check_summary *shown_summary(struct writers *w, const struct check_summary *summary)
{
    return w->redaction ? redact_summary(w->redaction, w->arena, summary) : summary;
}

/* An input that leaves no verdict for anybody: formats that programs read say so too. Text on standard output does not,
 * the error being on the terminal already; a file does, lest the one of an earlier run be taken for this one's. False:
 * nothing was told. */
static bool tell_failure(struct writers *w, const struct arguments *args, const struct check_options *o,
                         const struct config *config, const struct rule_errors *faults, size_t number, const error *e)
{
    error refused = {0};
    struct check_run run;
    struct check_summary summary;
    if (e->code != ERR_INPUT || !output_inputs_check(w->arena, args, NULL, o, config, &refused))
        return false;
    check_failure(w->arena, o, faults, e, &run, &summary);
    for (size_t i = 0; i < w->count; i++) {
        if (w->items[i] == w->printed && w->items[i]->format == report_format_find(STR("text")))
            continue;
        report_begin(w->items[i], shown_run(w, args, &run, number));
        report_end(w->items[i], shown_summary(w, &summary));
    }
    return true;
}

/* Judges one snapshot into the writers. False: *e; *whole tells whether what was written is worth keeping. */
static bool check_one(struct writers *w, const struct arguments *args, const struct check_options *o,
                      const struct config *config, size_t number, struct check_summary *summary, bool *whole, error *e)
{
    struct rule_errors faults = {0};
    size_t several = args->operand_count > 1 ? args->operand_count : 0;
    struct check *c = check_open(w->arena, o, &faults, e);
    if (!c) {
        *whole = tell_failure(w, args, o, config, &faults, number, e);
        if (faults.count) {
            print_faults(w->arena, &faults, terminal_of(args, STDERR_FILENO));
            e->message[0] = '\0';
        } else {
            error_in_snapshot(w->arena, e, o->snapshot);
        }
        return false;
    }
    if (!output_inputs_check(w->arena, args, check_run_of(c), o, config, e))
        return false;
    w->snapshot = number;
    const struct check_run *run = check_run_of(c), *shown = shown_run(w, args, run, number);
    begin_writers(w, args, shown, several > 0);
    struct check_sink sink = {w, tell_account};
    w->done = 0;
    w->expected = run->account_count;
    *whole = check_accounts(c, &sink, summary, e) || e->code == ERR_RESOURCE;
    progress_clear(&w->progress);
    if (*whole)
        end_writers(w, shown_summary(w, summary));
    return e->code == ERR_NONE;
}

/* ---- several snapshots: each an organization and a run of its own ---- */

/* Accounts that an earlier snapshot had too, by that snapshot. */
static void tell_repeated(struct writers *w, const struct arguments *args)
{
    for (size_t k = 0; k + 1 < w->snapshot; k++) {
        if (!w->repeated[k].count)
            continue;
        fprintf(stderr, "orgexit: note: %zu account%s of %s %s in %s too, and judged by the captures of each: %s%s\n",
                w->repeated[k].count, w->repeated[k].count == 1 ? "" : "s",
                visible(w->arena, args->operands[w->snapshot - 1]).ptr, w->repeated[k].count == 1 ? "is" : "are",
                visible(w->arena, args->operands[k]).ptr, w->repeated[k].first, w->repeated[k].count == 1 ? "" : ", …");
        w->repeated[k].count = 0;
    }
}

static bool can_be_several(const struct writers *w, const struct arguments *args, error *e)
{
    static const option_id alone[] = {OPTION_ACCOUNT, OPTION_ACCOUNTS_FROM, OPTION_ASSUME, OPTION_CALLER,
                                      OPTION_PRINCIPAL};
    for (size_t i = 0; i < w->count; i++)
        if (!w->items[i]->format->several)
            return error_set(e, ERR_USAGE,
                             "the format %s holds one snapshot: use ndjson or text, or check them one after the other",
                             w->items[i]->format->name);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (has_option(args, alone[i]))
            return error_set(e, ERR_USAGE, "--%s is of one organization: name one snapshot",
                             option_table[alone[i]].name);
    return true;
}

static int check_several(struct writers *w, const struct arguments *args, struct check_options *o,
                         const struct config *config, error *e)
{
    struct check_total total = {.snapshots = args->operand_count};
    bool whole = true;
    w->repeated = NEW_ARRAY(w->arena, struct repeated, args->operand_count);
    for (size_t i = 0; whole && e->code == ERR_NONE && i < args->operand_count; i++) {
        struct check_summary summary = {0};
        error own = {0};
        o->snapshot = snapshot_name(args->operands[i]);
        (void)check_one(w, args, o, config, i + 1, &summary, &whole, &own);
        tell_repeated(w, args);
        if (!own.file[0])
            error_in_file(&own, o->snapshot);
        if (own.code == ERR_INPUT) { /* no verdict from this one; the others are judged all the same */
            print_error(&own, (str){0});
            total.unreadable++;
            whole = true;
        } else if (own.code != ERR_NONE) {
            *e = own;
        }
        total.accounts += summary.accounts;
        total.ready += summary.ready;
        total.not_ready += summary.not_ready;
        total.undetermined += summary.undetermined;
        total.exit_code = worse_exit(total.exit_code, own.code == ERR_INPUT ? EXIT_INPUT : summary.exit_code);
    }
    for (size_t i = 0; whole && i < w->count; i++)
        report_total(w->items[i], &total);
    close_writers(w, whole, e);
    return e->code == ERR_NONE ? total.exit_code : -1;
}

int run_check(arena *a, const struct arguments *args, error *e)
{
    struct check_options o = {0};
    struct config config = {0};
    struct check_summary summary = {0};
    bool whole = false;
    if (!args->operand_count)
        return error_set(e, ERR_USAGE, "no snapshot was named: orgexit check SNAPSHOT"), -1;
    bool is_read = check_options_read(a, args, args->operands[0], &o, &config, e);
    if (!is_read && e->code != ERR_INPUT)
        return -1;
    o.pass_evidence = wants_pass_evidence(args);
    o.private_words = has_option(args, OPTION_REDACT);
    error unopened = {0};
    struct writers w = {.arena = a, .error = is_read ? e : &unopened, .progress = progress_begin(args)};
    if (o.private_words) {
        w.redaction = redact_open(a);
        w.scratch = work_scratch(a);
    }
    if (!open_writers(&w, args, &o)) {
        if (is_read)
            return -1;
        print_error(e, (str){0});
        *e = unopened;
        return -1;
    }
    w.error = e;
    o.audit = wants_audit(&w);
    if (is_read && args->operand_count > 1)
        return can_be_several(&w, args, e) ? check_several(&w, args, &o, &config, e) : -1;
    if (is_read)
        (void)check_one(&w, args, &o, &config, 1, &summary, &whole, e);
    else
        whole = tell_failure(&w, args, &o, &config, &(struct rule_errors){0}, 1, e);
    close_writers(&w, whole, e);
    return e->code == ERR_NONE ? summary.exit_code : -1;
}
