/* problem.c - see problem.h. */
#include "report/problem.h"

#include "report/put.h"

static const struct {
    problem_level level;
    const char *quality; /* GitLab, "Code Quality": severity */
} kinds[PROBLEM_KINDS] = {
    [PROBLEM_INPUT] = {LEVEL_ERROR,   "blocker" },
    [PROBLEM_BLOCKER] = {LEVEL_ERROR,   "blocker" },
    [PROBLEM_OPEN_BLOCKER] = {LEVEL_WARNING, "critical"},
    [PROBLEM_WARNING] = {LEVEL_WARNING, "major"   },
    [PROBLEM_OPEN_WARNING] = {LEVEL_NOTE,    "minor"   },
    [PROBLEM_WAIVED] = {LEVEL_NOTE,    "info"    },
    [PROBLEM_ASIDE] = {LEVEL_NOTE,    "info"    },
    [PROBLEM_INFO] = {LEVEL_NOTE,    "info"    },
    [PROBLEM_NOT_READ] = {LEVEL_WARNING, "critical"},
    [PROBLEM_DOCUMENT_ERROR] = {LEVEL_ERROR,   "blocker" },
    [PROBLEM_DOCUMENT_SECURITY] = {LEVEL_WARNING, "critical"},
    [PROBLEM_DOCUMENT_WARNING] = {LEVEL_WARNING, "major"   },
    [PROBLEM_DOCUMENT_SUGGESTION] = {LEVEL_NOTE,    "info"    },
    [PROBLEM_SUPPRESSED] = {LEVEL_NOTE,    "info"    },
};

problem_level problem_level_of(problem_kind kind)
{
    return kinds[kind].level;
}

const char *problem_quality(problem_kind kind)
{
    return kinds[kind].quality;
}

const char *problem_level_name(problem_level l)
{
    static const char *const names[] = {[LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "note"};
    return names[l];
}

static problem_kind kind_of(const struct account_result *account, const struct finding *f)
{
    bool unknown = f->outcome == OUTCOME_UNKNOWN;
    if (f->outcome == OUTCOME_WAIVED)
        return PROBLEM_WAIVED;
    if (!account->counted)
        return PROBLEM_ASIDE;
    switch (f->severity) {
    case SEVERITY_BLOCKER:
        return account->verdict == VERDICT_READY ? PROBLEM_ASIDE : unknown ? PROBLEM_OPEN_BLOCKER : PROBLEM_BLOCKER;
    case SEVERITY_WARNING: return unknown ? PROBLEM_OPEN_WARNING : PROBLEM_WARNING;
    case SEVERITY_INFO: return PROBLEM_INFO;
    }
    return PROBLEM_BLOCKER;
}

/* ---- places ---- */

static bool is_below_snapshot(str file)
{
    return str_starts(file, STR("accounts/")) || str_starts(file, STR("organizations/")) ||
           str_is(file, "capture.json") || str_is(file, "attestations.yaml");
}

static str located(arena *a, const struct check_run *run, str file)
{
    while (str_starts(file, STR("./")))
        file = str_from_index(file, 2);
    if (!file.len)
        file = STR("snapshot");
    if (!run->folder.len || str_is(run->folder, ".") || !is_below_snapshot(file))
        return file;
    return arena_printf(a, "%.*s/%.*s", STR_ARG(run->folder), STR_ARG(file));
}

struct place place_of_file(str file, uint32_t line, uint32_t column)
{
    struct place p = {.file = file, .line = line ? line : 1, .column = line && column ? column : 1};
    p.end_line = p.line;
    p.end_column = p.column + 1;
    return p;
}

struct place place_of_evidence(arena *a, const struct check_run *run, const struct evidence *ev)
{
    struct place p = place_of_file(located(a, run, ev->file), ev->line, ev->column);
    if (ev->line && ev->column && ev->end_column > ev->column)
        p.end_column = ev->end_column;
    return p;
}

/* Where a person would write what is missing. */
static str anchor(arena *a, const struct check_run *run, const struct finding *f)
{
    if (run->input_count == 1) /* the snapshot is one document */
        return run->inputs[0].file;
    for (const struct need *n = f->needs; n < f->needs + f->need_count; n++) {
        if (strcmp(n->kind, "attestation") == 0)
            return STR("attestations.yaml");
        if (strcmp(n->kind, "capture") == 0)
            return arena_printf(a, "%.*s.json", STR_ARG(n->name));
    }
    return STR("capture.json");
}

static struct place place_of(arena *a, const struct check_run *run, const struct finding *f)
{
    const struct evidence *best = NULL;
    for (const struct evidence *ev = f->evidence; ev < f->evidence + f->evidence_count; ev++)
        if (ev->file.len && (!best || (!best->line && ev->line)))
            best = ev;
    return place_of_evidence(a, run, best ? best : &(struct evidence){.file = anchor(a, run, f)});
}

/* ---- fingerprints ---- */

str unique_fingerprint(arena *a, struct map *told, str fingerprint)
{
    void **slot = map_at(a, told, arena_str(a, fingerprint));
    size_t times = (size_t)(uintptr_t)*slot + 1;
    *slot = (void *)(uintptr_t)times;
    return times == 1 ? fingerprint : arena_printf(a, "%.*s-%zu", STR_ARG(fingerprint), times);
}

str run_fingerprint(arena *a, const struct check_run *run, str fingerprint)
{
    if (run->number <= 1)
        return fingerprint;
    return arena_printf(a, "%.*s-s%zu", STR_ARG(fingerprint), run->number); /* an earlier one may have the account */
}

str input_fingerprint(arena *a, str file, str message)
{
    return arena_printf(a, "%016zx", (size_t)str_hash(file) * 31 + (size_t)str_hash(message));
}

/* ---- sentences ---- */

str route_names(arena *a, unsigned routes)
{
    str text = {0};
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            text = arena_printf(a, "%.*s%s%s", STR_ARG(text), text.len ? ", " : "", route_name((route)r));
    return text;
}

/* What comes first decides how it is read: "Cannot tell: ...", unless the message says so itself. */
static str opening(arena *a, const struct check_run *run, const struct account_result *account, const struct finding *f)
{
    str what = {0};
    if (f->waiver)
        what = arena_printf(a, "Waived until %.*s: ", STR_ARG(f->waiver->valid_until));
    else if (f->outcome == OUTCOME_UNKNOWN && !str_starts(f->message, STR("Cannot tell")))
        what = STR("Cannot tell: ");
    str name = account->name.len ? arena_printf(a, " (%.*s)", STR_ARG(account->name)) : (str){0};
    return arena_printf(a, "%s%.*s%.*s%.*s: ", run->assumed_count ? "HYPOTHETICAL: " : "", STR_ARG(what),
                        STR_ARG(account->id), STR_ARG(name));
}

static str closing(arena *a, const struct check_run *run, const struct account_result *account, const struct finding *f)
{
    bool everywhere = (f->routes & run->routes) == run->routes;
    str only = everywhere ? (str){0} : arena_printf(a, " (only for %.*s)", STR_ARG(route_names(a, f->routes)));
    str aside = {0};
    if (f->waiver)
        aside = arena_printf(a, "; waived by %.*s: %.*s", STR_ARG(f->waiver->by), STR_ARG(f->waiver->reason));
    else if (!account->counted)
        aside = STR("; the management account is not counted");
    else if (account->verdict == VERDICT_READY && f->severity == SEVERITY_BLOCKER && account->by_route >= 0)
        aside = arena_printf(a, "; READY by %s all the same", route_name((route)account->by_route));
    return arena_printf(a, "%.*s%.*s", STR_ARG(only), STR_ARG(aside));
}

bool problem_of(arena *a, const struct check_run *run, const struct account_result *account, const struct finding *f,
                struct problem *out)
{
    if (f->outcome == OUTCOME_PASS || f->outcome == OUTCOME_NOT_APPLICABLE)
        return false;
    str first = opening(a, run, account, f), last = closing(a, run, account, f);
    *out = (struct problem){.kind = kind_of(account, f), .rule = f->rule, .place = place_of(a, run, f)};
    out->message = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(first), STR_ARG(f->message), STR_ARG(last));
    return true;
}

struct problem problem_of_input(arena *a, const struct check_run *run, const struct input_error *e)
{
    struct evidence ev = {.file = e->file.len ? e->file : run->snapshot, .line = e->line, .column = e->column};
    return (struct problem){.kind = PROBLEM_INPUT,
                            .rule = INPUT_RULE,
                            .message = arena_printf(a, "No verdict rests on this file: %.*s", STR_ARG(e->message)),
                            .place = place_of_evidence(a, run, &ev)};
}

str fix_text(struct report_writer *w, struct file_out *page, const struct fix *x)
{
    for (size_t i = 0; i < x->command_len; i++)
        if (!shell_can_show(x->command[i], false))
            return x->text;
    put(page, x->text);
    for (size_t i = 0; i < x->command_len; i++) {
        put(page, STR(" "));
        put_shell(page, x->command[i]);
    }
    return arena_str(w->scratch, file_out_take(page));
}

static str counts_text(arena *a, size_t accounts, size_t ready, size_t not_ready, size_t undetermined)
{
    return arena_printf(a, "%zu account%s: %zu ready, %zu not ready, %zu undetermined", accounts,
                        accounts == 1 ? "" : "s", ready, not_ready, undetermined);
}

str summary_text(arena *a, const struct check_run *run, const struct check_summary *s)
{
    str counts = counts_text(a, s->accounts, s->ready, s->not_ready, s->undetermined), errors = {0};
    if (s->error_count)
        errors = arena_printf(a, "; %zu input error%s", s->error_count, s->error_count == 1 ? "" : "s");
    return arena_printf(a, "%s%.*s%.*s; exit %d", run->assumed_count ? "HYPOTHETICAL: " : "", STR_ARG(counts),
                        STR_ARG(errors), s->exit_code);
}

str total_text(arena *a, const struct check_total *t)
{
    str counts = counts_text(a, t->accounts, t->ready, t->not_ready, t->undetermined), unread = {0};
    if (t->unreadable)
        unread = arena_printf(a, " (%zu could not be read)", t->unreadable);
    return arena_printf(a, "%zu snapshot%s%.*s, %.*s; exit %d", t->snapshots, t->snapshots == 1 ? "" : "s",
                        STR_ARG(unread), STR_ARG(counts), t->exit_code);
}
