/* json.c - `json` (one document) and `ndjson` (one line for each event) of check: the contract is "orgexit/check/1".
 * Both are written as the accounts come: nothing of an account is kept. */
#include "base/clock.h"
#include "report/formats.h"
#include "report/json_put.h"

#define SCHEMA STR("orgexit/check/1")

static void json_routes(struct json *j, const char *name, unsigned routes)
{
    json_open(j, name, '[', INLINE);
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            json_str(j, NULL, str_from(route_name((route)r)));
    json_close(j, ']');
}

/* The members before "accounts". */
void json_run(struct json *j, str schema, const struct check_run *run)
{
    json_str(j, "schema", schema);
    json_open(j, "tool", '{', INLINE);
    json_str(j, "name", STR("orgexit"));
    json_str(j, "version", run->version);
    json_str(j, "rules", run->rules_digest);
    json_str(j, "facts", run->facts_date);
    json_close(j, '}');
    json_time(j, "as_of", true, run->as_of);
    if (run->as_of_from.len)
        json_str(j, "as_of_from", run->as_of_from);
    if (run->of) { /* a reader sees that a run is missing */
        json_open(j, "snapshot", '{', INLINE);
        json_str(j, "name", run->snapshot);
        json_number(j, "number", run->number);
        json_number(j, "of", run->of);
        json_close(j, '}');
    }
    json_time(j, "captured_at", run->has_captured_at, run->captured_at);
    json_str(j, "profile", run->profile);
    json_open(j, "inputs", '[', STACKED);
    for (size_t i = 0; i < run->input_count; i++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "file", run->inputs[i].file);
        json_number(j, "bytes", run->inputs[i].bytes);
        if (run->inputs[i].sha256.len && !run->inputs[i].unasked)
            json_str(j, "sha256", run->inputs[i].sha256);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_strings(j, "disabled", run->disabled, run->disabled_count);
    json_strings(j, "assumed", run->assumed, run->assumed_count);
    if (run->note_count)
        json_strings(j, "notes", run->notes, run->note_count);
    json_open(j, "organization", '{', INLINE);
    json_str_or_null(j, "id", run->org_id);
    json_str_or_null(j, "management_account", run->management_account);
    json_close(j, '}');
}

static void waiver_member(struct json *j, const struct waiver_note *waiver)
{
    if (!waiver) {
        json_null(j, "waiver");
        return;
    }
    json_open(j, "waiver", '{', INLINE);
    json_str(j, "by", waiver->by);
    json_str(j, "reason", waiver->reason);
    json_str(j, "valid_until", waiver->valid_until);
    json_close(j, '}');
}

static void finding_object(struct json *j, const struct finding *f)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "rule", f->rule);
    json_str(j, "title", f->title);
    json_str(j, "severity", str_from(severity_name(f->severity)));
    json_str(j, "outcome", str_from(outcome_name(f->outcome)));
    json_routes(j, "routes", f->routes);
    json_str(j, "message", f->message);
    if (f->why.len)
        json_str(j, "why", f->why);
    json_str_or_null(j, "predicts", f->predicts);
    json_open(j, "evidence", '[', STACKED);
    for (const struct evidence *ev = f->evidence; ev < f->evidence + f->evidence_count; ev++) {
        json_open(j, NULL, '{', STACKED);
        json_evidence(j, ev);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_strings(j, "depends_on", f->depends_on, f->depends_on_count);
    json_needs(j, f->needs, f->need_count);
    waiver_member(j, f->waiver);
    json_str(j, "fingerprint", str_from(f->fingerprint));
    json_fixes(j, "fix", f->fixes, f->fix_count);
    json_strings(j, "references", f->references, f->reference_count);
    json_close(j, '}');
}

static void ready_members(struct json *j, const struct account_result *a)
{
    json_time(j, "ready_from", a->has_ready_from, a->ready_from);
    if (!a->has_ready_until) {
        json_null(j, "ready_until");
        return;
    }
    json_open(j, "ready_until", '{', INLINE);
    json_time(j, "at", true, a->ready_until);
    json_str(j, "because", a->ready_until_because);
    json_close(j, '}');
}

static void route_members(struct json *j, const struct account_result *a)
{
    unsigned selected = j->w->run->routes;
    json_open(j, "actors", '{', STACKED);
    for (int r = 0; r < ROUTE_COUNT; r++)
        if ((selected & ROUTE_BIT(r)) && a->actors[r].len)
            json_str(j, route_name((route)r), a->actors[r]);
    json_close(j, '}');
    json_open(j, "routes", '{', STACKED);
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (selected & ROUTE_BIT(r))
            json_str(j, route_name((route)r), str_from(verdict_name(a->routes[r])));
    json_close(j, '}');
}

static void account_members(struct json *j, const struct account_result *a)
{
    json_str(j, "id", a->id);
    json_str_or_null(j, "name", a->name);
    json_str_or_null(j, "path", a->path);
    json_str(j, "verdict", str_from(verdict_name(a->verdict)));
    json_str_or_null(j, "by_route",
                     a->verdict == VERDICT_READY && a->by_route >= 0 ? str_from(route_name((route)a->by_route))
                                                                     : (str){0});
    json_number(j, "waived", a->waived);
    if (j->w->run->assumed_count) {
        json_place(j, "hypothetical");
        put(j->w->out, STR("true"));
    }
    if (!a->counted) {
        json_place(j, "counted");
        put(j->w->out, STR("false"));
    }
    ready_members(j, a);
    route_members(j, a);
    json_open(j, "outcomes", '{', INLINE);
    json_number(j, "pass", a->passed);
    json_number(j, "not_applicable", a->not_applicable);
    json_close(j, '}');
    json_open(j, "findings", '[', STACKED);
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (finding_is_listed(f, &j->w->style))
            finding_object(j, f);
    json_close(j, ']');
}

static void error_members(struct json *j, const struct input_error *e)
{
    json_str(j, "file", e->file);
    if (e->line)
        json_number(j, "line", e->line);
    if (e->line && e->column)
        json_number(j, "column", e->column);
    json_str(j, "message", e->message);
}

static void cause_members(struct json *j, const struct check_summary *s)
{
    json_open(j, "causes", '[', STACKED);
    for (const struct cause *c = s->causes; c < s->causes + s->cause_count; c++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "text", c->text);
        json_str(j, "rule", c->rule);
        json_str(j, "outcome", str_from(outcome_name(c->outcome)));
        json_number(j, "accounts", c->accounts);
        json_number(j, "frees", c->freed);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void summary_members(struct json *j, const struct check_summary *s)
{
    json_number(j, "accounts", s->accounts);
    json_number(j, "ready", s->ready);
    json_number(j, "not_ready", s->not_ready);
    json_number(j, "undetermined", s->undetermined);
    json_open(j, "by_rule", '[', STACKED);
    for (const struct rule_count *r = s->by_rule; r < s->by_rule + s->by_rule_count; r++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "rule", r->rule);
        json_number(j, "pass", r->pass);
        json_number(j, "fail", r->fail);
        json_number(j, "unknown", r->unknown);
        json_number(j, "not_applicable", r->not_applicable);
        json_number(j, "waived", r->waived);
        json_close(j, '}');
    }
    json_close(j, ']');
    cause_members(j, s);
}

static struct json *json_state(struct report_writer *w, bool lines)
{
    struct json *j = NEW(w->arena, struct json);
    *j = (struct json){.w = w, .lines = lines, .first = true};
    w->state = j;
    return j;
}

static void document_begin(struct report_writer *w, const struct check_run *run)
{
    struct json *j = json_state(w, false);
    json_open(j, NULL, '{', STACKED);
    json_run(j, SCHEMA, run);
    json_open(j, "accounts", '[', STACKED);
}

static void document_account(struct report_writer *w, const struct account_result *account)
{
    struct json *j = w->state;
    json_open(j, NULL, '{', STACKED);
    account_members(j, account);
    json_close(j, '}');
}

static void document_end(struct report_writer *w, const struct check_summary *summary)
{
    struct json *j = w->state;
    json_close(j, ']');
    json_open(j, "errors", '[', STACKED);
    for (size_t i = 0; i < summary->error_count; i++) {
        json_open(j, NULL, '{', INLINE);
        error_members(j, &summary->errors[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, "summary", '{', STACKED);
    summary_members(j, summary);
    json_close(j, '}');
    json_int(j, "exit", summary->exit_code);
    json_close(j, '}');
    put(w->out, STR("\n"));
}

static void line_open(struct json *j, str type)
{
    j->first = true;
    json_open(j, NULL, '{', INLINE);
    json_str(j, "type", type);
}

static void line_close(struct json *j)
{
    json_close(j, '}');
    put(j->w->out, STR("\n"));
}

/* An account's errors have their lines behind the account; the summary has them again, beside those of no account. */
static void error_lines(struct json *j, const struct input_error *errors, size_t count)
{
    for (const struct input_error *e = errors; e < errors + count; e++) {
        str key =
            arena_printf(j->w->arena, "%.*s:%u:%u:%.*s", STR_ARG(e->file), e->line, e->column, STR_ARG(e->message));
        void **told = map_at(j->w->arena, &j->told, key);
        if (*told)
            continue;
        *told = j;
        line_open(j, STR("error"));
        error_members(j, e);
        line_close(j);
    }
}

static void lines_begin(struct report_writer *w, const struct check_run *run)
{
    struct json *j = json_state(w, true);
    line_open(j, STR("run"));
    json_run(j, SCHEMA, run);
    line_close(j);
}

static void lines_account(struct report_writer *w, const struct account_result *account)
{
    struct json *j = w->state;
    line_open(j, STR("account"));
    account_members(j, account);
    line_close(j);
    error_lines(j, account->errors, account->error_count);
}

static void lines_end(struct report_writer *w, const struct check_summary *summary)
{
    struct json *j = w->state;
    error_lines(j, summary->errors, summary->error_count);
    line_open(j, STR("summary"));
    summary_members(j, summary);
    json_int(j, "exit", summary->exit_code);
    line_close(j);
}

const struct report_format report_json = {
    .name = "json", .begin = document_begin, .account = document_account, .end = document_end};
const struct report_format report_ndjson = {
    .name = "ndjson", .begin = lines_begin, .account = lines_account, .end = lines_end, .several = true};
