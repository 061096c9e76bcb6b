/* lint.c - orgexit lint: the files that are named or stand below folders, each looked at on its own. */
#include "lint/lint.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/work.h"
#include "cli/check_options.h"
#include "cli/lint_control.h"
#include "report/lint.h"

enum { FOLDER_DEPTH = 64, WINDOW = 8 };

struct lint_file {
    str path;
    str known;   /* as configuration and fingerprints know it */
    bool named;  /* not found in a folder */
    bool output; /* --output goes there: it holds what an earlier run wrote, or must not be replaced */
};

struct lint_run {
    arena *arena;
    VEC(struct lint_file) files;
    struct map numbers; /* known path, without ./ -> its place in files, from 1 */
    struct lint_options options;
    struct lint_writer **writers; /* --output, and last --format unless --quiet */
    size_t writer_count;
    struct lint_head head;
    struct lint_summary summary;
    struct lint_control control;
    struct lint_findings all; /* for --write-baseline */
    bool keeps;
    int threshold; /* severity from which on the exit code is 1; LINT_SEVERITIES: never */
    bool refused;  /* a text is no policy, or a file cannot be read */
};

/* What a worker makes of a file. */
struct lint_slot {
    struct lint_findings findings;
    lint_result result;
    error error;
};

/* ---- which files ---- */

static bool is_read(str name)
{
    return str_ends(name, STR(".json")) || str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

/* Each once, however often it is named. */
static void add_file(struct lint_run *r, str path, bool named)
{
    str known = lint_control_path(&r->control, path);
    if (!named && lint_control_excludes(&r->control, known))
        return;
    str key = known;
    while (str_starts(key, STR("./")))
        key = str_from_index(key, 2);
    void **slot = map_at(r->arena, &r->numbers, arena_str(r->arena, key));
    size_t number = (size_t)(uintptr_t)*slot;
    if (number) {
        r->files.items[number - 1].named |= named;
        return;
    }
    *VEC_PUSH(r->arena, &r->files) = (struct lint_file){.path = path, .known = known, .named = named};
    *slot = (void *)(uintptr_t)r->files.count;
}

/* Links are not followed: what stands outside of the folder was not named. */
static bool add_folder(struct lint_run *r, str folder, int depth, error *e)
{
    str *names;
    size_t count;
    if (depth > FOLDER_DEPTH)
        return error_at(e, folder, 0, 0, "folders are nested more than %d deep", FOLDER_DEPTH);
    if (file_list(r->arena, AT_FDCWD, arena_cstr(r->arena, folder), folder, &names, &count, e) != READ_DONE)
        return error_at(e, folder, 0, 0, "the folder cannot be read");
    for (size_t i = 0; i < count; i++) {
        bool slash = str_ends(folder, STR("/"));
        str path = arena_printf(r->arena, "%.*s%s%.*s", STR_ARG(folder), slash ? "" : "/", STR_ARG(names[i]));
        struct stat st;
        if (str_starts(names[i], STR(".")) || lstat(path.ptr, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) &&
            !lint_control_excludes(&r->control,
                                   lint_control_path(&r->control, arena_printf(r->arena, "%.*s/", STR_ARG(path)))) &&
            !add_folder(r, path, depth + 1, e))
            return false;
        if (S_ISREG(st.st_mode) && is_read(names[i]))
            add_file(r, path, false);
    }
    return true;
}

static bool add_path(struct lint_run *r, str path, error *e)
{
    struct stat st;
    if (str_is(path, "-")) {
        add_file(r, path, true);
        return true;
    }
    if (stat(arena_cstr(r->arena, path), &st) != 0)
        return error_at(e, path, 0, 0, "there is no such file or folder");
    if (S_ISDIR(st.st_mode))
        return add_folder(r, path, 0, e);
    add_file(r, path, true);
    return true;
}

/* ---- one file ---- */

static void make_slot(arena *a, size_t worker, size_t item, void *slot, void *arg, error *e)
{
    const struct lint_run *r = arg;
    const struct lint_file *file = &r->files.items[item];
    struct lint_slot *s = slot;
    source *text = NEW(a, source);
    struct lint_options options = r->options;
    (void)worker, (void)e;
    text->file = file->path;
    options.named = file->named;
    if (options.kind == KIND_UNKNOWN)
        options.kind = lint_control_kind(&r->control, file->known);
    str path = str_is(file->path, "-") ? STR("/dev/stdin") : file->path;
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), file->path, FILE_LIMIT, &text->text, &text->len, &s->error)) {
    case READ_ABSENT: error_at(&s->error, file->path, 0, 0, "the file is gone"); return;
    case READ_FAILED: return;
    case READ_DONE: break;
    }
    s->result = lint_source(a, text, &options, &s->findings);
}

/* Text that could not be read as a policy: its checks end the run with code 2. */
static bool is_refusal(const struct lint_finding *f)
{
    static const char *const checks[] = {"json-syntax", "json-duplicate-key", "json-too-deep", "text-encoding",
                                         "document-shape"};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (strcmp(f->check, checks[i]) == 0)
            return true;
    return false;
}

/* What the baseline says of a finding outlives the slot. */
static void keep(struct lint_run *r, const struct lint_finding *f)
{
    struct lint_finding *kept = VEC_PUSH(r->arena, &r->all);
    *kept = *f;
    kept->file = arena_printf(r->arena, "%.*s", STR_ARG(lint_control_path(&r->control, f->file)));
    kept->message = arena_printf(r->arena, "%.*s", STR_ARG(f->message));
}

static void write_told(struct lint_run *r, const struct lint_told *t)
{
    for (size_t i = 0; i < r->writer_count; i++)
        lint_writer_file(r->writers[i], t);
}

static bool is_writing(const struct lint_run *r)
{
    for (size_t i = 0; i < r->writer_count; i++)
        if (lint_writer_failed(r->writers[i]))
            return false;
    return true;
}

/* `file`: whose findings they are. */
static void tell(struct lint_run *r, str file, const struct lint_finding *findings, size_t count, size_t documents)
{
    for (const struct lint_finding *f = findings; f < findings + count; f++) {
        if (f->suppressed.ptr)
            r->summary.suppressed++;
        else
            r->summary.counts[f->severity]++;
        r->refused |= is_refusal(f);
        if (r->keeps)
            keep(r, f);
    }
    write_told(r, &(struct lint_told){.file = file, .documents = documents, .findings = findings, .count = count});
}

/* Nothing is known of it: exit code 2 or 3, and every format says so. */
static void tell_unread(struct lint_run *r, str file, const error *why, bool refused)
{
    r->refused |= refused;
    r->summary.errors += refused;
    write_told(r, &(struct lint_told){.file = file,
                                      .unread = str_from(why->message),
                                      .refused = refused,
                                      .line = why->line,
                                      .column = why->column});
}

/* Templates are for later: until then nobody may take them for looked at. */
static bool emit_not_read(struct lint_run *r, const struct lint_file *file)
{
    error e = {0};
    error_at(&e, file->path, 0, 0,
             file->named
                 ? "this is a template or a plan, of which lint reads no policies; name the documents themselves"
                 : "this is a template or a plan: what its policies do is not known (exit code 3); name the "
                   "documents themselves, or leave it out by lint.exclude in orgexit.yaml");
    if (file->named || !r->summary.not_read++) /* one is told here, all are counted */
        print_error(&e, (str){0});
    tell_unread(r, file->path, &e, file->named);
    return is_writing(r);
}

static bool emit_slot(size_t item, void *slot, const error *failed, void *arg, error *e)
{
    struct lint_run *r = arg;
    struct lint_slot *s = slot;
    if (failed && failed->code != ERR_NONE)
        s->error = *failed;
    if (s->error.code != ERR_NONE) {
        print_error(&s->error, (str){0});
        tell_unread(r, r->files.items[item].path, &s->error, true);
        return is_writing(r);
    }
    if (r->files.items[item].output)
        return s->result == LINT_NO_POLICY || error_set(e, ERR_USAGE, "--output would replace %.*s, which lint reads",
                                                        STR_ARG(visible(r->arena, r->files.items[item].path)));
    switch (s->result) {
    case LINT_NO_POLICY: r->summary.skipped++; return true;
    case LINT_NOT_READ: return emit_not_read(r, &r->files.items[item]);
    case LINT_DONE: break;
    }
    r->summary.documents += s->findings.documents;
    lint_control_apply(&r->control, r->files.items[item].known, &s->findings);
    if (s->findings.left_out)
        fprintf(stderr, "orgexit: %.*s: %zu more findings of the same checks are left out\n",
                STR_ARG(visible(r->arena, r->files.items[item].path)), s->findings.left_out);
    tell(r, r->files.items[item].path, s->findings.items, s->findings.count, s->findings.documents);
    return is_writing(r);
}

/* ---- options ---- */

static bool select_checks(struct lint_run *r, const struct arguments *args, error *e)
{
    const struct option_value *select = &args->options[OPTION_SELECT], *ignore = &args->options[OPTION_IGNORE];
    const struct option_value *both[] = {select, ignore};
    size_t count = lint_check_count();
    bool *active = NEW_ARRAY(r->arena, bool, count);
    const str all = STR("*");
    const char **ids = NEW_ARRAY(r->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = lint_check_id(lint_check_at(i));
    for (int b = 0; b < 2; b++)
        for (size_t k = 0; k < both[b]->count; k++) {
            bool any = false;
            for (size_t i = 0; i < count; i++)
                any |= lint_check_is_selected(lint_check_at(i), &both[b]->values[k], 1, NULL, 0);
            if (!any)
                return error_set(e, ERR_USAGE, "there is no check \"%.*s\"%.*s (orgexit lint --list-checks)",
                                 STR_ARG(visible(r->arena, both[b]->values[k])),
                                 STR_ARG(did_you_mean(r->arena, both[b]->values[k], ids, count)));
        }
    for (size_t i = 0; i < count; i++) {
        const struct lint_check *c = lint_check_at(i);
        active[i] = lint_check_is_selected(c, select->values, select->count, ignore->values, ignore->count);
        int told = r->control.checks && !select->count ? r->control.checks[i] : -1;
        if (told >= 0)
            active[i] = told && lint_check_is_selected(c, &all, 1, ignore->values, ignore->count);
    }
    r->options.active = active;
    return true;
}

static int threshold_of(const struct arguments *args, const struct lint_control *control)
{
    if (control->threshold >= 0 && !has_option(args, OPTION_LINT_FAIL_ON))
        return control->threshold;
    str name = has_option(args, OPTION_LINT_FAIL_ON) ? option_text(args, OPTION_LINT_FAIL_ON) : STR("warning");
    for (int s = 0; s < LINT_SEVERITIES; s++)
        if (str_is(name, lint_severity_name((lint_severity)s)))
            return s;
    return LINT_SEVERITIES;
}

static int list_checks(void)
{
    for (size_t i = 0; i < lint_check_count(); i++) {
        const struct lint_check *c = lint_check_at(i);
        printf("%-34s %-17s ", lint_check_id(c), lint_severity_name(lint_check_severity(c)));
        bool first = true, all = true;
        for (int k = KIND_IDENTITY; k < KIND_COUNT; k++)
            all &= (lint_check_kinds(c) & KIND_BIT(k)) != 0;
        for (int k = KIND_IDENTITY; k < KIND_COUNT && !all; k++)
            if (lint_check_kinds(c) & KIND_BIT(k)) {
                printf("%s%s", first ? "" : ",", policy_kind_name((policy_kind)k));
                first = false;
            }
        printf("%s  %s%s\n", all ? "all" : "", lint_check_title(c),
               lint_check_is_off(c) ? " (off unless selected)" : "");
    }
    return EXIT_READY;
}

/* What the documents do not tell: --as-of, --service, --own-account, --management-account. */
static bool read_options(struct lint_run *r, const struct arguments *args, error *e)
{
    struct lint_options *o = &r->options;
    time_origin from;
    if (!as_of_read(r->arena, args, &o->as_of, &from, e))
        return false;
    o->service = option_text(args, OPTION_SERVICE);
    o->account = option_text(args, OPTION_OWN_ACCOUNT);
    o->management_account = option_text(args, OPTION_MANAGEMENT_ACCOUNT);
    const str accounts[] = {o->account, o->management_account};
    for (size_t i = 0; i < 2; i++)
        if (accounts[i].len && !str_is_account_id(accounts[i]))
            return error_set(e, ERR_USAGE, "--%s is no account id; expected 12 digits",
                             i ? "management-account" : "own-account");
    if (has_option(args, OPTION_SERVICE) && !lint_is_service(o->service))
        return error_set(e, ERR_USAGE,
                         "--service: there is no service \"%.*s\"; expected the prefix of its actions, such as s3",
                         STR_ARG(visible(r->arena, o->service)));
    return true;
}

/* ---- the run ---- */

static int exit_code_of(const struct lint_run *r)
{
    if (r->refused)
        return EXIT_INPUT;
    for (int s = r->threshold; s < LINT_SEVERITIES; s++)
        if (r->summary.counts[s])
            return EXIT_NOT_READY;
    return r->summary.not_read ? EXIT_UNDETERMINED : EXIT_READY;
}

static bool open_writer(struct lint_run *r, str format, const char *path, struct report_style style, error *e)
{
    struct lint_writer *w = lint_writer_open(r->arena, format, path, style, e);
    if (w)
        r->writers[r->writer_count++] = w;
    return w != NULL;
}

static bool open_outputs(struct lint_run *r, const struct arguments *args, struct report_style style, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    for (size_t i = 0; i < given->count; i++) {
        str path = given->values[i], format = str_cut(&path, ':');
        if (!path.len || str_is(path, "-"))
            return error_set(e, ERR_USAGE,
                             "--output \"%.*s\" names no file; expected FORMAT:PATH, such as sarif:lint.sarif",
                             STR_ARG(visible(r->arena, given->values[i])));
        if (!outputs_differ(r->arena, args, i, path, e) ||
            !open_writer(r, format, arena_cstr(r->arena, path), style, e))
            return false;
    }
    str baseline = option_text(args, OPTION_WRITE_BASELINE);
    return !baseline.len || outputs_differ(r->arena, args, given->count, baseline, e);
}

static bool open_writers(struct lint_run *r, const struct arguments *args, error *e)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    bool only_problems = has_option(args, OPTION_ONLY_PROBLEMS);
    struct report_style plain = {.piped = true, .only_problems = only_problems}, style = plain;
    style.color = t.color;
    style.ascii = t.ascii;
    style.width = t.width;
    style.piped = !t.is_terminal;
    r->writers = NEW_ARRAY(r->arena, struct lint_writer *, args->options[OPTION_OUTPUT].count + 1);
    if (!open_outputs(r, args, plain, e))
        return false;
    if (has_option(args, OPTION_QUIET) && !has_option(args, OPTION_FORMAT))
        return true;
    str format = has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
    return open_writer(r, format, "-", style, e);
}

static bool is_same_file(const char *path, str other, arena *a)
{
    struct stat one, two;
    return other.len && stat(path, &one) == 0 && S_ISREG(one.st_mode) && stat(arena_cstr(a, other), &two) == 0 &&
           one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* No output may stand where an input does. What an earlier run left in a folder that is read is no input. */
static bool spare_inputs(struct lint_run *r, const struct arguments *args, error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    const str others[] = {option_text(args, OPTION_BASELINE),
                          r->control.config.source ? r->control.config.source->file : (str){0}};
    for (size_t i = 0; i < given->count; i++) {
        str text = given->values[i];
        (void)str_cut(&text, ':');
        const char *path = arena_cstr(r->arena, text);
        str taken = {0};
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            if (is_same_file(path, others[k], r->arena))
                taken = others[k];
        for (struct lint_file *f = r->files.items; f && f < r->files.items + r->files.count; f++) {
            bool same = is_same_file(path, f->path, r->arena);
            f->output |= same;
            if (same && f->named)
                taken = f->path;
        }
        if (taken.len)
            return error_set(e, ERR_USAGE, "--output %.*s is the same file as the input %.*s",
                             STR_ARG(visible(r->arena, text)), STR_ARG(visible(r->arena, taken)));
    }
    return true;
}

/* A run that failed before all inputs were known writes over none of them: not over what was named, nor the culprit. */
static bool would_replace(const struct lint_run *r, const struct arguments *args, const error *e)
{
    const struct option_value *given = &args->options[OPTION_OUTPUT];
    bool any = false;
    for (size_t i = 0; i < given->count; i++) {
        str text = given->values[i];
        (void)str_cut(&text, ':');
        const char *path = arena_cstr(r->arena, text);
        any |= is_same_file(path, str_from(e->file), r->arena);
        for (size_t k = 0; k < args->operand_count; k++)
            any |= is_same_file(path, args->operands[k], r->arena);
    }
    return any;
}

/* What a report says of checks and places. */
static void make_head(struct lint_run *r)
{
    char here[PATH_MAX];
    size_t count = lint_check_count();
    struct lint_rule *rules = NEW_ARRAY(r->arena, struct lint_rule, count);
    for (size_t i = 0; i < count; i++) {
        const struct lint_check *c = lint_check_at(i);
        rules[i] = (struct lint_rule){.id = lint_check_id(c),
                                      .title = lint_check_title(c),
                                      .why = lint_check_why(c),
                                      .fix = lint_check_fix(c),
                                      .severity = lint_check_severity(c)};
    }
    r->head =
        (struct lint_head){.rules = rules, .rule_count = count, .threshold = r->threshold, .as_of = r->options.as_of};
    if (realpath(".", here))
        r->head.folder = strcmp(here, "/") == 0 ? STR("/") : arena_printf(r->arena, "%s/", here);
}

/* Where orgexit.yaml is looked for from: what standard input holds stands nowhere. */
static str near_of(str operand)
{
    return str_is(operand, "-") ? STR(".") : operand;
}

/* After the last file: what suppresses nothing. */
static void tell_rest(struct lint_run *r)
{
    struct lint_findings unused = {0};
    size_t i = 0;
    while (i < lint_check_count() && strcmp(lint_check_id(lint_check_at(i)), "suppression-unused") != 0)
        i++;
    if (r->options.active[i])
        lint_control_unused(&r->control, &unused);
    lint_control_apply(&r->control, (str){0}, &unused);
    for (size_t from = 0, to = 0; from < unused.count; from = to) {
        while (to < unused.count && str_eq(unused.items[to].file, unused.items[from].file))
            to++;
        tell(r, unused.items[from].file, unused.items + from, to - from, 0);
    }
}

/* Options, orgexit.yaml, and which files. */
static bool read_all(struct lint_run *r, const struct arguments *args, size_t *jobs, error *e)
{
    if (has_option(args, OPTION_TYPE) && !policy_kind_parse(option_text(args, OPTION_TYPE), &r->options.kind))
        return false;
    if (!jobs_read(args, jobs, e) || !read_options(r, args, e) ||
        !lint_control_read(r->arena, args, near_of(args->operands[0]), &r->control, &r->options, e) ||
        !select_checks(r, args, e))
        return false;
    r->threshold = threshold_of(args, &r->control);
    for (size_t i = 0; i < args->operand_count; i++)
        if (!add_path(r, args->operands[i], e))
            return false;
    return spare_inputs(r, args, e);
}

static void look_at_all(struct lint_run *r, size_t jobs, error *e)
{
    struct pool pool = {.jobs = jobs,
                        .window = WINDOW,
                        .count = r->files.count,
                        .slot_size = sizeof(struct lint_slot),
                        .arg = r,
                        .make = make_slot,
                        .emit = emit_slot};
    if (pool_run(&pool, e))
        tell_rest(r);
    if (!r->summary.documents && !r->refused && e->code == ERR_NONE && is_writing(r))
        error_set(e, ERR_INPUT,
                  "no policy document was found: %zu files hold none, %zu templates or plans were not read",
                  r->summary.skipped, r->summary.not_read);
}

/* What leaves the run without a result is told by every report, lest that of an earlier run be taken for this one's. */
static void tell_failure(struct lint_run *r, const struct arguments *args, error *e)
{
    print_error(e, (str){0});
    tell_unread(r, e->file[0] ? str_from(e->file) : args->operands[0], e, true);
    *e = (error){0};
}

static void close_writers(struct lint_run *r, bool failed, error *e)
{
    error unwritten = {0};
    bool whole = e->code == ERR_NONE;
    for (size_t i = 0; i < r->writer_count; i++) {
        bool silent = failed && lint_writer_is_terse(r->writers[i]); /* the error was told beside it */
        if (whole && !silent)
            lint_writer_end(r->writers[i], &r->summary);
        if (whole || lint_writer_failed(r->writers[i]))
            (void)lint_writer_close(r->writers[i], &unwritten);
    }
    if (unwritten.code == ERR_NONE)
        return;
    if (e->code != ERR_NONE)
        print_error(e, (str){0}); /* both are told; the code is that of the output */
    *e = unwritten;
}

int run_lint(arena *a, const struct arguments *args, error *e)
{
    struct lint_run r = {.arena = a, .keeps = has_option(args, OPTION_WRITE_BASELINE), .threshold = LINT_SEVERITIES};
    size_t jobs = 0;
    error unopened = {0};
    if (has_option(args, OPTION_LIST_CHECKS))
        return list_checks();
    if (!args->operand_count)
        return error_set(e, ERR_USAGE, "nothing was named: orgexit lint PATH... (a policy document, or a folder)"), -1;
    bool is_read = read_all(&r, args, &jobs, e);
    if (!is_read && (e->code != ERR_INPUT || would_replace(&r, args, e)))
        return -1;
    if (!open_writers(&r, args, &unopened)) {
        if (!is_read)
            print_error(e, (str){0});
        *e = unopened;
        return -1;
    }
    make_head(&r);
    for (size_t i = 0; i < r.writer_count; i++)
        lint_writer_begin(r.writers[i], &r.head);
    if (is_read)
        look_at_all(&r, jobs, e);
    bool failed = e->code == ERR_INPUT;
    if (failed)
        tell_failure(&r, args, e);
    r.summary.exit_code = exit_code_of(&r);
    close_writers(&r, failed, e);
    if (r.keeps && !failed && e->code == ERR_NONE)
        (void)lint_baseline_write(a, option_text(args, OPTION_WRITE_BASELINE), &r.all, e);
    return e->code == ERR_NONE ? r.summary.exit_code : -1;
}
