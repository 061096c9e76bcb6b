/* sarif.c - `sarif` of check. Passed rules are left out: GitHub would show them as alerts. */
#include "report/formats.h"
#include "report/sarif_log.h"

enum { RELATED = 100 }; /* places of a result that GitHub shows */

struct sarif {
    struct sarif_log *log;
    struct map told; /* fingerprints of the account */
};

/* A result of an account. */
struct told {
    const struct account_result *account;
    const struct finding *finding;
};

/* All places with what each shows: for a decision of policies, the levels from the root down. */
static void put_related(struct json *j, const struct finding *f)
{
    if (!f->evidence_count)
        return;
    json_open(j, "relatedLocations", '[', STACKED);
    for (size_t i = 0; i < f->evidence_count && i < RELATED; i++) {
        const struct evidence *ev = &f->evidence[i];
        struct place p = place_of_evidence(j->w->scratch, j->w->run, ev);
        json_open(j, NULL, '{', INLINE);
        json_number(j, "id", i + 1);
        sarif_place(j, &p);
        sarif_message(j, "message", ev->text.len ? ev->text : STR("evidence"));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_waiver(struct json *j, const struct waiver_note *waiver)
{
    str why = arena_printf(j->w->scratch, "%.*s (by %.*s, until %.*s)", STR_ARG(waiver->reason), STR_ARG(waiver->by),
                           STR_ARG(waiver->valid_until));
    sarif_suppression(j, "external", why);
}

static void put_result_properties(struct json *j, const struct account_result *a, const struct finding *f)
{
    json_open(j, "properties", '{', INLINE);
    json_str(j, "account", a->id);
    json_str_or_null(j, "name", a->name);
    json_str_or_null(j, "path", a->path);
    json_str(j, "severity", str_from(severity_name(f->severity)));
    json_str(j, "outcome", str_from(outcome_name(f->outcome)));
    json_open(j, "routes", '[', INLINE);
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (f->routes & ROUTE_BIT(r))
            json_str(j, NULL, str_from(route_name((route)r)));
    json_close(j, ']');
    json_close(j, '}');
}

static void put_more(struct json *j, const void *arg)
{
    const struct told *t = arg;
    put_related(j, t->finding);
    if (t->finding->waiver)
        put_waiver(j, t->finding->waiver);
    put_result_properties(j, t->account, t->finding);
}

static void add_result(struct report_writer *w, const struct problem *p, const struct sarif_rule *rule, str fingerprint,
                       const struct told *told)
{
    struct sarif *s = w->state;
    str print = unique_fingerprint(w->scratch, &s->told, run_fingerprint(w->scratch, w->run, fingerprint));
    sarif_add(s->log,
              &(struct sarif_result){
                  .problem = p, .rule = rule, .fingerprint = print, .more = told ? put_more : NULL, .arg = told});
}

static problem_level level_of_severity(severity s)
{
    return s == SEVERITY_BLOCKER ? LEVEL_ERROR : s == SEVERITY_WARNING ? LEVEL_WARNING : LEVEL_NOTE;
}

/* ---- the run ---- */

static void put_notifications(struct json *j, const void *arg)
{
    const struct check_summary *summary = arg;
    const struct check_run *run = j->w->run;
    arena *a = j->w->scratch;
    for (size_t i = 0; i < summary->error_count; i++) {
        struct problem p = problem_of_input(a, run, &summary->errors[i]);
        sarif_notify(j, "error", p.message, &p.place);
    }
    for (size_t i = 0; i < run->assumed_count; i++)
        sarif_notify(j, "warning", arena_printf(a, "HYPOTHETICAL, assumed: %.*s", STR_ARG(run->assumed[i])), NULL);
    for (size_t i = 0; i < run->disabled_count; i++)
        sarif_notify(j, "warning", arena_printf(a, "weakened: %.*s", STR_ARG(run->disabled[i])), NULL);
    for (size_t i = 0; i < run->note_count; i++)
        sarif_notify(j, "note", run->notes[i], NULL);
    sarif_notify(j, "note", summary_text(a, run, summary), NULL);
}

/* Runs of one upload must differ in it, else the last takes the place of the others. */
static str automation_id(arena *a, const struct check_run *run)
{
    str kind = run->assumed_count ? STR("check-assumed") : STR("check");
    if (!run->of)
        return arena_printf(a, "orgexit/%.*s/", STR_ARG(kind));
    str of = run->org_id.len ? run->org_id : arena_printf(a, "snapshot-%zu", run->number);
    return arena_printf(a, "orgexit/%.*s/%.*s/", STR_ARG(kind), STR_ARG(of));
}

static void put_run_properties(struct json *j, const void *arg)
{
    const struct check_summary *summary = arg;
    const struct check_run *run = j->w->run;
    json_str_or_null(j, "organization", run->org_id);
    json_time(j, "asOf", true, run->as_of);
    json_time(j, "capturedAt", run->has_captured_at, run->captured_at);
    json_str(j, "rules", run->rules_digest);
    json_number(j, "accounts", summary->accounts);
    json_number(j, "ready", summary->ready);
    json_number(j, "notReady", summary->not_ready);
    json_number(j, "undetermined", summary->undetermined);
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct sarif *s = w->state;
    (void)run;
    if (!s) {
        w->state = s = NEW(w->arena, struct sarif);
        s->log = sarif_begin(w);
    }
    sarif_run(s->log);
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct sarif *s = w->state;
    struct problem p;
    s->told = (struct map){0};
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++) {
        if (!problem_of(w->scratch, w->run, a, f, &p))
            continue;
        struct sarif_rule rule = {.id = f->rule,
                                  .title = f->title,
                                  .why = f->why,
                                  .level = level_of_severity(f->severity),
                                  .tag = "readiness",
                                  .explained = true,
                                  .references = f->references,
                                  .reference_count = f->reference_count};
        add_result(w, &p, &rule, str_from(f->fingerprint), &(struct told){a, f});
    }
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct sarif *s = w->state;
    static const char why[] = "No verdict rests on a file that could not be read.";
    s->told = (struct map){0};
    for (const struct input_error *e = summary->errors; e < summary->errors + summary->error_count; e++) {
        struct problem p = problem_of_input(w->scratch, w->run, e);
        struct sarif_rule rule = {
            .id = INPUT_RULE, .title = STR("Every input can be read"), .why = str_from(why), .tag = "readiness"};
        add_result(w, &p, &rule, input_fingerprint(w->scratch, e->file, e->message), NULL);
    }
    sarif_run_end(s->log, &(struct sarif_end){.version = w->run->version,
                                              .automation_id = automation_id(w->scratch, w->run),
                                              .successful = summary->error_count == 0,
                                              .exit_code = summary->exit_code,
                                              .notifications = put_notifications,
                                              .properties = put_run_properties,
                                              .arg = summary});
    if (!w->run->of)
        sarif_end(s->log);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    struct sarif *s = w->state;
    (void)t;
    sarif_end(s->log);
}

const struct report_format report_sarif = {
    .name = "sarif", .begin = begin, .account = account, .end = end, .total = total, .several = true};
