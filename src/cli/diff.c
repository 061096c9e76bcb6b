/* diff.c - orgexit diff OLD NEW: what changed between two saved results; and report --verify, which makes the newer one
 * itself. */
#include <unistd.h>

#include "cli/check_options.h"
#include "cli/faults.h"
#include "cli/writers.h"
#include "report/compare.h"

static bool print_comparison(arena *a, const struct arguments *args, const struct comparison *c, int exit_code,
                             error *e)
{
    str format = has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    bool json = str_is(format, "json");
    if (!json && !str_is(format, "text"))
        return error_set(e, ERR_USAGE, "there is no format \"%.*s\" of differences; the formats are text, json",
                         STR_ARG(visible(a, format)));
    struct report_writer w = {.arena = a, .scratch = a, .out = file_out_open(a, "-", e)};
    w.style = (struct report_style){.color = t.color, .ascii = t.ascii, .width = t.width};
    if (!w.out)
        return false;
    if (json)
        comparison_json(&w, c, exit_code);
    else
        comparison_text(&w, c);
    return report_close(&w, e);
}

static bool read_one(arena *a, str path, const struct saved_run ***runs, size_t *count, error *e)
{
    struct saved_result result;
    if (!saved_read(a, path, &result, e))
        return false;
    *runs = NEW_ARRAY(a, const struct saved_run *, result.count);
    for (*count = 0; *count < result.count; ++*count)
        (*runs)[*count] = &result.runs[*count];
    return true;
}

int run_diff(arena *a, const struct arguments *args, error *e)
{
    const struct saved_run **was, **is;
    size_t was_count, is_count;
    struct comparison c;
    if (args->operand_count != 2)
        return error_set(e, ERR_USAGE, "expected two results: orgexit diff OLD NEW"), -1;
    if (!read_one(a, args->operands[0], &was, &was_count, e) || !read_one(a, args->operands[1], &is, &is_count, e))
        return -1;
    results_compare(a, was, was_count, is, is_count, &c);
    int code = c.stopped ? EXIT_NOT_READY : EXIT_READY;
    return print_comparison(a, args, &c, code, e) ? code : -1;
}

/* ---- report --verify ---- */

/* Keeps an account of the run at work: what the comparison asks of it. */
struct keeping {
    arena *arena;
    VEC(struct account_result) accounts;
};

static bool keep_account(void *self, const struct account_result *account)
{
    struct keeping *k = self;
    struct account_result *kept = VEC_PUSH(k->arena, &k->accounts);
    struct finding *findings = NEW_ARRAY(k->arena, struct finding, account->finding_count + 1);
    *kept = *account;
    kept->id = arena_str(k->arena, account->id);
    kept->name = arena_str(k->arena, account->name);
    kept->path = arena_str(k->arena, account->path);
    for (size_t i = 0; i < account->finding_count; i++) {
        const struct finding *f = &account->findings[i];
        findings[i] = (struct finding){.rule = arena_str(k->arena, f->rule),
                                       .title = arena_str(k->arena, f->title),
                                       .severity = f->severity,
                                       .outcome = f->outcome,
                                       .routes = f->routes,
                                       .message = arena_str(k->arena, f->message)};
    }
    kept->findings = findings;
    return true;
}

/* Judged as the result was: as of its time, by its profile, on its routes, where no option says otherwise. */
static bool options_of(arena *a, const struct arguments *args, const struct saved_run *old, struct check_options *o,
                       struct config *config, error *e)
{
    if (!check_options_read(a, args, option_text(args, OPTION_VERIFY), o, config, e))
        return false;
    if (!has_option(args, OPTION_AS_OF))
        o->as_of = old->run.as_of;
    if (!has_option(args, OPTION_ROUTE))
        o->routes = old->run.routes;
    if (!has_option(args, OPTION_PROFILE))
        o->rules.profile = old->run.profile;
    o->assumed = old->run.assumed;
    o->assumed_count = old->run.assumed_count;
    for (size_t i = 0; i < old->run.input_count; i++)
        o->digests |= old->run.inputs[i].sha256.len > 0;
    return true;
}

/* Inputs whose bytes are others now; the first is told. */
static size_t count_changed(arena *a, const struct check_run *was, const struct check_run *is, str *first)
{
    struct map now = {0};
    size_t changed = 0;
    for (size_t i = 0; i < is->input_count; i++)
        *map_at(a, &now, is->inputs[i].file) = (void *)(uintptr_t)&is->inputs[i];
    for (size_t i = 0; i < was->input_count; i++) {
        const struct input_file *old = &was->inputs[i], *new = map_get(&now, old->file);
        if (new &&new->bytes == old->bytes && (!old->sha256.len || str_eq(old->sha256, new->sha256)))
            continue;
        if (!changed++)
            *first = old->file;
    }
    return changed;
}

int report_verify(arena *a, const struct arguments *args, const struct saved_run *const *runs, size_t count, error *e)
{
    struct check_options o = {0};
    struct config config = {0};
    struct rule_errors faults = {0};
    struct saved_run new = {0};
    struct keeping k = {.arena = a};
    struct check_sink sink = {&k, keep_account};
    struct comparison c;
    str first = {0};
    if (count != 1)
        return error_set(e, ERR_USAGE, "--verify is of one organization: these are results of %zu", count), -1;
    if (!options_of(a, args, runs[0], &o, &config, e))
        return -1;
    struct check *check = check_open(a, &o, &faults, e);
    if (!check && faults.count) {
        print_faults(a, &faults, terminal_of(args, STDERR_FILENO));
        e->message[0] = '\0';
    }
    if (!check || !check_accounts(check, &sink, &new.summary, e)) {
        error_in_snapshot(a, e, o.snapshot);
        return -1;
    }
    new.run = *check_run_of(check);
    new.run.routes = o.routes;
    new.accounts = k.accounts.items;
    new.count = k.accounts.count;
    const struct saved_run *is[] = {&new};
    results_compare(a, runs, 1, is, 1, &c);
    size_t changed = count_changed(a, &runs[0]->run, &new.run, &first);
    bool same = !c.count && !changed && !c.rules_differ;
    if (!print_comparison(a, args, &c, same ? EXIT_READY : EXIT_NOT_READY, e))
        return -1;
    if (changed)
        return error_set(e, ERR_INPUT, "%zu of the inputs of the result are not what they were; the first is %.*s",
                         changed, STR_ARG(first)),
               -1;
    return same ? EXIT_READY : EXIT_NOT_READY;
}
