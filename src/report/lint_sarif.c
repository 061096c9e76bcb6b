/* lint_sarif.c - `sarif` of lint: a result for each finding, suppressed ones as such. */
#include "base/version.h"
#include "report/lint_problem.h"
#include "report/sarif_log.h"

struct sarif {
    struct sarif_log *log;
    struct map told;  /* fingerprints of the run: a file may have been named twice */
    struct map rules; /* id -> its lint_rule */
    VEC(struct problem) unread;
};

static void begin(struct lint_writer *w)
{
    struct sarif *s = NEW(w->report.arena, struct sarif);
    w->report.state = s;
    for (size_t i = 0; i < w->head->rule_count; i++) {
        const struct lint_rule *r = &w->head->rules[i];
        *map_at(w->report.arena, &s->rules, str_from(r->id)) = (void *)(uintptr_t)r;
    }
    s->log = sarif_begin(&w->report);
    sarif_run(s->log);
}

static void put_more(struct json *j, const void *arg)
{
    const struct lint_finding *f = arg;
    if (f->suppressed.ptr)
        sarif_suppression(j, f->in_source ? "inSource" : "external", f->suppressed);
    json_open(j, "properties", '{', INLINE);
    json_str(j, "severity", str_from(lint_severity_name(f->severity)));
    json_str(j, "pointer", f->pointer);
    json_str_or_null(j, "policy", f->policy);
    if (f->sid.ptr)
        json_str(j, "statement", f->sid);
    else if (f->statement >= 0)
        json_int(j, "statement", f->statement);
    json_close(j, '}');
}

static void put_finding(struct lint_writer *w, const struct lint_finding *f)
{
    struct sarif *s = w->report.state;
    struct problem p = lint_problem(w, f);
    const struct lint_rule *r = map_get(&s->rules, p.rule);
    struct sarif_rule rule = {.id = p.rule, .title = p.rule, .tag = "policy", .level = lint_level(f->severity)};
    if (r) {
        rule.title = str_from(r->title);
        rule.why = str_from(r->why);
        rule.fix = str_from(r->fix);
        rule.level = lint_level(r->severity);
        rule.explained = true;
        rule.security = r->severity == LINT_SECURITY_WARNING ? "7.0" : NULL; /* the least of GitHub's "high" */
    }
    sarif_add(s->log, &(struct sarif_result){
                          .problem = &p,
                          .rule = &rule,
                          .fingerprint = unique_fingerprint(w->report.arena, &s->told, str_from(f->fingerprint)),
                          .more = put_more,
                          .arg = f});
}

static void put_unread(struct lint_writer *w, const struct lint_told *t)
{
    struct sarif *s = w->report.state;
    arena *a = w->report.arena;
    struct problem p = lint_unread(w, t);
    struct sarif_rule rule = {.id = p.rule, .tag = "policy", .level = problem_level_of(p.kind)};
    rule.title = t->refused ? STR("Every input can be read") : STR("Every file can be looked at");
    rule.why = t->refused ? STR("Nothing is known of a file that could not be read.")
                          : STR("What the policies of a template or plan do is not known: it is not read.");
    str print = unique_fingerprint(a, &s->told, input_fingerprint(w->report.scratch, p.place.file, p.message));
    sarif_add(s->log, &(struct sarif_result){.problem = &p, .rule = &rule, .fingerprint = print});
    struct problem *kept = VEC_PUSH(a, &s->unread);
    *kept = p;
    kept->message = arena_str(a, p.message);
    kept->place.file = arena_str(a, p.place.file);
}

static void file(struct lint_writer *w, const struct lint_told *t)
{
    if (t->unread.len)
        put_unread(w, t);
    for (const struct lint_finding *f = t->findings; f < t->findings + t->count; f++)
        if (lint_is_listed(w, f))
            put_finding(w, f);
}

struct told {
    const struct sarif *sarif;
    const struct lint_summary *summary;
};

static void put_notifications(struct json *j, const void *arg)
{
    const struct told *t = arg;
    arena *a = j->w->scratch;
    for (size_t i = 0; i < t->sarif->unread.count; i++) {
        const struct problem *p = &t->sarif->unread.items[i];
        sarif_notify(j, problem_level_name(problem_level_of(p->kind)), p->message, &p->place);
    }
    sarif_notify(j, "note", arena_printf(a, "%.*s; exit %d", STR_ARG(lint_sums(a, t->summary)), t->summary->exit_code),
                 NULL);
}

static void put_properties(struct json *j, const void *arg)
{
    const struct lint_summary *s = ((const struct told *)arg)->summary;
    json_number(j, "documents", s->documents);
    for (int i = LINT_SEVERITIES - 1; i >= 0; i--)
        json_number(j, lint_severity_name((lint_severity)i), s->counts[i]);
    json_number(j, "suppressed", s->suppressed);
    json_number(j, "notRead", s->not_read);
    json_number(j, "errors", s->errors);
}

static void end(struct lint_writer *w, const struct lint_summary *summary)
{
    struct sarif *s = w->report.state;
    struct told told = {s, summary};
    sarif_run_end(s->log, &(struct sarif_end){.version = STR(ORGEXIT_VERSION),
                                              .automation_id = STR("orgexit/lint/"),
                                              .successful = summary->exit_code != 2 && !summary->not_read,
                                              .exit_code = summary->exit_code,
                                              .notifications = put_notifications,
                                              .properties = put_properties,
                                              .arg = &told});
    sarif_end(s->log);
}

const struct lint_format lint_sarif = {"sarif", begin, file, end};
