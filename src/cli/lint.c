/* lint.c - orgexit lint: the files that are named or stand below folders, each looked at on its own. */
#include "lint/lint.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/work.h"
#include "cli/check_options.h"
#include "cli/lint_control.h"
#include "report/lint.h"

enum { FOLDER_DEPTH = 64, WINDOW = 8 };

struct lint_file {
    str path;
    str known;  /* as configuration and fingerprints know it */
    bool named; /* not found in a folder */
};

struct lint_run {
    arena *arena;
    VEC(struct lint_file) files;
    struct lint_options options;
    struct lint_writer *writer; /* NULL: --quiet */
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

static void add_file(struct lint_run *r, str path, bool named)
{
    str known = lint_control_path(&r->control, path);
    if (named || !lint_control_excludes(&r->control, known))
        *VEC_PUSH(r->arena, &r->files) = (struct lint_file){path, known, named};
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

static void tell(struct lint_run *r, const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *f = &findings->items[i];
        if (f->suppressed.ptr)
            r->summary.suppressed++;
        else
            r->summary.counts[f->severity]++;
        r->refused |= is_refusal(f);
        if (r->writer)
            lint_writer_finding(r->writer, f);
        if (r->keeps)
            keep(r, f);
    }
}

/* Templates are for later: until then nobody may take them for looked at. */
static bool emit_not_read(struct lint_run *r, const struct lint_file *file)
{
    error e = {0};
    if (!file->named && r->summary.not_read++)
        return true; /* one is told, all are counted */
    error_at(&e, file->path, 0, 0,
             file->named
                 ? "this is a template or a plan, of which lint reads no policies; name the documents themselves"
                 : "this is a template or a plan: what its policies do is not known (exit code 3); name the "
                   "documents themselves, or leave it out by lint.exclude in orgexit.yaml");
    print_error(&e, (str){0});
    r->refused |= file->named;
    return true;
}

static bool emit_slot(size_t item, void *slot, const error *failed, void *arg, error *e)
{
    struct lint_run *r = arg;
    struct lint_slot *s = slot;
    if (failed && failed->code != ERR_NONE)
        s->error = *failed;
    if (s->error.code != ERR_NONE) {
        print_error(&s->error, (str){0});
        r->refused = true;
        return true;
    }
    (void)e;
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
    tell(r, &s->findings);
    return !r->writer || !lint_writer_failed(r->writer);
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

static bool open_writer(struct lint_run *r, const struct arguments *args, error *e)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    struct report_style style = {.color = t.color, .ascii = t.ascii, .width = t.width, .piped = !t.is_terminal};
    str format = has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
    if (has_option(args, OPTION_QUIET) && !has_option(args, OPTION_FORMAT))
        return true;
    r->writer = lint_writer_open(r->arena, format, "-", style, e);
    return r->writer != NULL;
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
    tell(r, &unused);
}

int run_lint(arena *a, const struct arguments *args, error *e)
{
    struct lint_run r = {.arena = a, .keeps = has_option(args, OPTION_WRITE_BASELINE)};
    size_t jobs = 0;
    if (has_option(args, OPTION_LIST_CHECKS))
        return list_checks();
    if (!args->operand_count)
        return error_set(e, ERR_USAGE, "nothing was named: orgexit lint PATH... (a policy document, or a folder)"), -1;
    if (has_option(args, OPTION_TYPE) && !policy_kind_parse(option_text(args, OPTION_TYPE), &r.options.kind))
        return -1;
    if (!jobs_read(args, &jobs, e) || !read_options(&r, args, e) ||
        !lint_control_read(a, args, near_of(args->operands[0]), &r.control, &r.options, e) ||
        !select_checks(&r, args, e))
        return -1;
    r.threshold = threshold_of(args, &r.control);
    for (size_t i = 0; i < args->operand_count; i++)
        if (!add_path(&r, args->operands[i], e))
            return -1;
    if (!open_writer(&r, args, e))
        return -1;
    if (r.writer)
        lint_writer_begin(r.writer);
    struct pool pool = {.jobs = jobs,
                        .window = WINDOW,
                        .count = r.files.count,
                        .slot_size = sizeof(struct lint_slot),
                        .arg = &r,
                        .make = make_slot,
                        .emit = emit_slot};
    if (pool_run(&pool, e))
        tell_rest(&r);
    if (!r.summary.documents && !r.refused && e->code == ERR_NONE)
        error_set(e, ERR_INPUT,
                  "no policy document was found: %zu files hold none, %zu templates or plans were not read",
                  r.summary.skipped, r.summary.not_read);
    r.summary.exit_code = exit_code_of(&r);
    if (r.writer && e->code == ERR_NONE)
        lint_writer_end(r.writer, &r.summary);
    if (r.writer)
        (void)lint_writer_close(r.writer, e);
    if (r.keeps && e->code == ERR_NONE)
        (void)lint_baseline_write(a, option_text(args, OPTION_WRITE_BASELINE), &r.all, e);
    return e->code == ERR_NONE ? r.summary.exit_code : -1;
}
