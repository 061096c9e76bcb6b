/* saved.c - see saved.h. */
#include "report/saved.h"

#include "base/clock.h"
#include "base/file.h"
#include "text/stream.h"

/* The first fault is kept; after it nothing is read any more, and everything is empty. */
struct reading {
    arena *arena;
    const source *source; /* the document, or the line at work */
    error *error;
    bool failed;
};

static void fail_at(struct reading *r, const node *n, const char *name, const char *expected)
{
    if (!r->failed)
        source_error(r->source, n, r->error, "\"%s\" is %s; expected %s", name, node_kind_name(n), expected);
    r->failed = true;
}

/* A member that must be there. NULL: it is not, or something failed before. */
static const node *member(struct reading *r, const node *parent, const char *name)
{
    const node *n = r->failed ? NULL : node_get(parent, name);
    if (!n && !r->failed) {
        source_error(r->source, parent, r->error, "there is no \"%s\": this is no result of orgexit check", name);
        r->failed = true;
    }
    return n;
}

static str text_in(struct reading *r, const node *n, const char *name)
{
    if (n && !node_is_string(n) && !node_is_null(n))
        fail_at(r, n, name, "a text");
    return r->failed || !node_is_string(n) ? (str){0} : node_text(n);
}

static str text_of(struct reading *r, const node *parent, const char *name) /* or null */
{
    return text_in(r, member(r, parent, name), name);
}

static str maybe_text(struct reading *r, const node *parent, const char *name)
{
    return text_in(r, r->failed ? NULL : node_get(parent, name), name);
}

static size_t number_in(struct reading *r, const node *n, const char *name)
{
    str digits = node_is_number(n) ? node_text(n) : (str){0};
    size_t number = 0;
    if (!n)
        return 0;
    for (size_t i = 0; i < digits.len && number <= SIZE_MAX / 10 - 1; i++) {
        if (!ascii_is_digit(digits.ptr[i]))
            digits.len = 0;
        else
            number = number * 10 + (size_t)(digits.ptr[i] - '0');
    }
    if (!digits.len)
        fail_at(r, n, name, "a whole number");
    return number;
}

static size_t number_of(struct reading *r, const node *parent, const char *name)
{
    return number_in(r, member(r, parent, name), name);
}

static uint32_t maybe_number(struct reading *r, const node *parent, const char *name)
{
    size_t n = number_in(r, r->failed ? NULL : node_get(parent, name), name);
    return n < UINT32_MAX ? (uint32_t)n : 0;
}

/* A time, or null. */
static bool time_of(struct reading *r, const node *parent, const char *name, int64_t *out)
{
    const node *n = member(r, parent, name);
    instant t;
    if (!n || node_is_null(n))
        return false;
    if (!node_is_string(n) || !time_from_rfc3339(node_text(n), &t)) {
        fail_at(r, n, name, "a time such as 2026-11-23T00:00:00Z, or null");
        return false;
    }
    *out = t.seconds;
    return true;
}

static const node *list_of(struct reading *r, const node *parent, const char *name)
{
    const node *n = member(r, parent, name);
    if (n && !node_is_list(n))
        fail_at(r, n, name, "a list");
    return r->failed ? NULL : n;
}

static const node *object_of(struct reading *r, const node *parent, const char *name)
{
    const node *n = member(r, parent, name);
    if (n && !node_is_object(n))
        fail_at(r, n, name, "an object");
    return r->failed ? NULL : n;
}

static const str *texts_in(struct reading *r, const node *list, const char *name, size_t *count)
{
    str *texts = NEW_ARRAY(r->arena, str, node_count(list) + 1);
    *count = 0;
    for (NODE_EACH(item, list)) {
        if (!node_is_string(item))
            fail_at(r, item, name, "a list of texts");
        texts[(*count)++] = node_text(item);
    }
    return texts;
}

static const str *texts_of(struct reading *r, const node *parent, const char *name, size_t *count)
{
    return texts_in(r, list_of(r, parent, name), name, count);
}

/* One of some words: its number. */
static int word_of(struct reading *r, const node *n, const char *name, const char *(*word)(int), int count)
{
    for (int i = 0; n && i < count; i++)
        if (str_is(node_text(n), word(i)))
            return i;
    if (n && !r->failed) {
        source_error(r->source, n, r->error, "\"%s\" is \"%.*s\", which orgexit check never says", name,
                     STR_ARG(node_text(n)));
        r->failed = true;
    }
    return 0;
}

static const char *verdict_word(int i)
{
    return verdict_name((verdict)i);
}
static const char *outcome_word(int i)
{
    return outcome_name((outcome)i);
}
static const char *severity_word(int i)
{
    return severity_name((severity)i);
}
static const char *route_word(int i)
{
    return route_name((route)i);
}

static int route_in(struct reading *r, const node *n)
{
    return word_of(r, n, "routes", route_word, ROUTE_COUNT);
}

/* ---- findings ---- */

static void read_excerpt(struct reading *r, const node *n, struct evidence *out)
{
    if (!n)
        return;
    out->excerpt = text_of(r, n, "text");
    out->excerpt_line = maybe_number(r, n, "line");
    out->excerpt_column = maybe_number(r, n, "column");
    out->excerpt_end = maybe_number(r, n, "end_column");
}

static void read_evidence(struct reading *r, const node *n, struct evidence *out)
{
    const node *statement = node_get(n, "statement");
    *out = (struct evidence){.file = text_of(r, n, "file"),
                             .pointer = text_of(r, n, "pointer"),
                             .inner_pointer = maybe_text(r, n, "inner_pointer"),
                             .line = maybe_number(r, n, "line"),
                             .column = maybe_number(r, n, "column"),
                             .end_column = maybe_number(r, n, "end_column"),
                             .level = maybe_text(r, n, "level"),
                             .level_path = maybe_text(r, n, "level_path"),
                             .policy = maybe_text(r, n, "policy"),
                             .policy_name = maybe_text(r, n, "policy_name"),
                             .statement = -1,
                             .text = text_of(r, n, "text")};
    if (node_is_string(statement))
        out->sid = node_text(statement);
    else if (statement)
        out->statement = (int)maybe_number(r, n, "statement");
    read_excerpt(r, node_get(n, "excerpt"), out);
}

static const char *need_word(int i)
{
    static const char *const kinds[] = {"attestation", "capture", "context-key", "policy", "option"};
    return kinds[i];
}

static void read_needs(struct reading *r, const node *list, struct finding *out)
{
    struct need *needs = NEW_ARRAY(r->arena, struct need, node_count(list) + 1);
    for (NODE_EACH(n, list))
        needs[out->need_count++] =
            (struct need){.kind = need_word(word_of(r, member(r, n, "kind"), "kind", need_word, 5)),
                          .name = text_of(r, n, "name"),
                          .how = text_of(r, n, "how")};
    out->needs = needs;
}

static void read_fixes(struct reading *r, const node *list, struct finding *out)
{
    struct fix *fixes = NEW_ARRAY(r->arena, struct fix, node_count(list) + 1);
    for (NODE_EACH(n, list)) {
        struct fix *f = &fixes[out->fix_count++];
        const node *command = member(r, n, "command");
        size_t count;
        const str *words = texts_in(r, node_is_list(command) ? command : NULL, "command", &count);
        *f = (struct fix){.text = text_of(r, n, "text")};
        if (count) {
            f->command = NEW_ARRAY(r->arena, str, count);
            memcpy(f->command, words, count * sizeof *words);
            f->command_len = count;
        }
    }
    out->fixes = fixes;
}

static void read_waiver(struct reading *r, const node *n, struct finding *out)
{
    if (!n || node_is_null(n))
        return;
    struct waiver_note *w = NEW(r->arena, struct waiver_note);
    *w = (struct waiver_note){text_of(r, n, "by"), text_of(r, n, "reason"), text_of(r, n, "valid_until")};
    out->waiver = w;
}

static void read_finding(struct reading *r, const node *n, struct finding *out)
{
    const node *evidence = list_of(r, n, "evidence");
    struct evidence *items = NEW_ARRAY(r->arena, struct evidence, node_count(evidence) + 1);
    str fingerprint = text_of(r, n, "fingerprint"), predicts = text_of(r, n, "predicts");
    *out = (struct finding){.rule = text_of(r, n, "rule"),
                            .title = text_of(r, n, "title"),
                            .severity = (severity)word_of(r, member(r, n, "severity"), "severity", severity_word, 3),
                            .outcome = (outcome)word_of(r, member(r, n, "outcome"), "outcome", outcome_word, 5),
                            .message = text_of(r, n, "message"),
                            .why = maybe_text(r, n, "why"),
                            .predicts = predicts,
                            .evidence = items};
    out->unwaived = out->outcome == OUTCOME_WAIVED ? OUTCOME_FAIL : out->outcome;
    for (NODE_EACH(on, list_of(r, n, "routes")))
        out->routes |= ROUTE_BIT(route_in(r, on));
    for (NODE_EACH(ev, evidence))
        read_evidence(r, ev, &items[out->evidence_count++]);
    out->depends_on = texts_of(r, n, "depends_on", &out->depends_on_count);
    out->references = texts_of(r, n, "references", &out->reference_count);
    read_needs(r, list_of(r, n, "needs"), out);
    read_fixes(r, list_of(r, n, "fix"), out);
    read_waiver(r, member(r, n, "waiver"), out);
    if (fingerprint.len < sizeof out->fingerprint)
        memcpy(out->fingerprint, fingerprint.ptr ? fingerprint.ptr : "", fingerprint.len);
}

/* ---- accounts ---- */

static void read_routes(struct reading *r, const node *n, struct account_result *out, unsigned *routes)
{
    for (NODE_EACH(on, object_of(r, n, "routes"))) {
        unsigned bit;
        if (!routes_parse(node_key(on), &bit) || (bit & (bit - 1))) {
            fail_at(r, on, "routes", "the five routes");
            return;
        }
        int at = 0;
        while (ROUTE_BIT(at) != bit)
            at++;
        out->routes[at] = (verdict)word_of(r, on, "routes", verdict_word, 3);
        *routes |= bit;
    }
    const node *actors = object_of(r, n, "actors");
    for (int at = 0; at < ROUTE_COUNT; at++)
        out->actors[at] = maybe_text(r, actors, route_name((route)at));
}

static void read_account(struct reading *r, const node *n, struct account_result *out, unsigned *routes)
{
    const node *findings = list_of(r, n, "findings"), *until = member(r, n, "ready_until");
    const node *counted = node_get(n, "counted"), *outcomes = node_get(n, "outcomes"), *by = member(r, n, "by_route");
    struct finding *items = NEW_ARRAY(r->arena, struct finding, node_count(findings) + 1);
    *out = (struct account_result){.id = text_of(r, n, "id"),
                                   .name = text_of(r, n, "name"),
                                   .path = text_of(r, n, "path"),
                                   .verdict = (verdict)word_of(r, member(r, n, "verdict"), "verdict", verdict_word, 3),
                                   .by_route = by && !node_is_null(by) ? route_in(r, by) : -1,
                                   .waived = (unsigned)number_of(r, n, "waived"),
                                   .counted = !counted || node_is_true(counted),
                                   .findings = items};
    if (!r->failed && !str_is_account_id(out->id))
        fail_at(r, node_get(n, "id"), "id", "12 digits");
    out->has_ready_from = time_of(r, n, "ready_from", &out->ready_from);
    if (node_is_object(until)) {
        out->has_ready_until = time_of(r, until, "at", &out->ready_until);
        out->ready_until_because = text_of(r, until, "because");
    }
    read_routes(r, n, out, routes);
    for (NODE_EACH(f, findings))
        read_finding(r, f, &items[out->finding_count++]);
    if (outcomes) {
        out->passed = (unsigned)number_of(r, outcomes, "pass");
        out->not_applicable = (unsigned)number_of(r, outcomes, "not_applicable");
    }
}

/* ---- the run and its sums ---- */

static void read_inputs(struct reading *r, const node *list, struct check_run *out)
{
    struct input_file *inputs = NEW_ARRAY(r->arena, struct input_file, node_count(list) + 1);
    for (NODE_EACH(n, list))
        inputs[out->input_count++] = (struct input_file){
            .file = text_of(r, n, "file"), .bytes = number_of(r, n, "bytes"), .sha256 = maybe_text(r, n, "sha256")};
    out->inputs = inputs;
}

static void read_run(struct reading *r, const node *n, struct check_run *out)
{
    const node *tool = object_of(r, n, "tool"), *organization = object_of(r, n, "organization");
    const node *snapshot = node_get(n, "snapshot"), *notes = node_get(n, "notes");
    str schema = text_of(r, n, "schema");
    if (!r->failed && !str_is(schema, "orgexit/check/1")) {
        source_error(r->source, node_get(n, "schema"), r->error,
                     "the schema is \"%.*s\"; expected \"orgexit/check/1\": a result of orgexit check",
                     STR_ARG(schema));
        r->failed = true;
    }
    *out = (struct check_run){.version = text_of(r, tool, "version"),
                              .rules_digest = text_of(r, tool, "rules"),
                              .facts_date = text_of(r, tool, "facts"),
                              .snapshot = r->source->file,
                              .saved = true,
                              .as_of_from = maybe_text(r, n, "as_of_from"),
                              .profile = text_of(r, n, "profile"),
                              .org_id = text_of(r, organization, "id"),
                              .management_account = text_of(r, organization, "management_account")};
    if (!time_of(r, n, "as_of", &out->as_of) && !r->failed)
        fail_at(r, node_get(n, "as_of"), "as_of", "a time");
    out->has_captured_at = time_of(r, n, "captured_at", &out->captured_at);
    out->disabled = texts_of(r, n, "disabled", &out->disabled_count);
    out->assumed = texts_of(r, n, "assumed", &out->assumed_count);
    read_inputs(r, list_of(r, n, "inputs"), out);
    if (notes)
        out->notes = texts_of(r, n, "notes", &out->note_count);
    if (snapshot) {
        out->snapshot = text_of(r, snapshot, "name");
        out->number = number_of(r, snapshot, "number");
        out->of = number_of(r, snapshot, "of");
    }
}

static void read_error(struct reading *r, const node *n, struct input_error *out)
{
    *out = (struct input_error){.file = text_of(r, n, "file"),
                                .line = maybe_number(r, n, "line"),
                                .column = maybe_number(r, n, "column"),
                                .message = text_of(r, n, "message")};
}

static void read_causes(struct reading *r, const node *list, struct check_summary *out)
{
    struct cause *causes = NEW_ARRAY(r->arena, struct cause, node_count(list) + 1);
    for (NODE_EACH(n, list))
        causes[out->cause_count++] =
            (struct cause){.text = text_of(r, n, "text"),
                           .rule = text_of(r, n, "rule"),
                           .outcome = (outcome)word_of(r, member(r, n, "outcome"), "outcome", outcome_word, 5),
                           .accounts = number_of(r, n, "accounts"),
                           .freed = number_of(r, n, "frees")};
    out->causes = causes;
}

static void read_summary(struct reading *r, const node *n, const node *exit, struct check_summary *out)
{
    const node *by_rule = list_of(r, n, "by_rule"), *causes = node_get(n, "causes");
    struct rule_count *rules = NEW_ARRAY(r->arena, struct rule_count, node_count(by_rule) + 1);
    *out = (struct check_summary){.accounts = number_of(r, n, "accounts"),
                                  .ready = number_of(r, n, "ready"),
                                  .not_ready = number_of(r, n, "not_ready"),
                                  .undetermined = number_of(r, n, "undetermined"),
                                  .by_rule = rules};
    for (NODE_EACH(item, by_rule))
        rules[out->by_rule_count++] = (struct rule_count){.rule = text_of(r, item, "rule"),
                                                          .pass = number_of(r, item, "pass"),
                                                          .fail = number_of(r, item, "fail"),
                                                          .unknown = number_of(r, item, "unknown"),
                                                          .not_applicable = number_of(r, item, "not_applicable"),
                                                          .waived = number_of(r, item, "waived")};
    if (node_is_list(causes))
        read_causes(r, causes, out);
    out->exit_code = (int)number_in(r, exit, "exit");
    if (!r->failed && (!exit || out->exit_code > 4))
        fail_at(r, exit ? exit : n, "exit", "an exit code");
}

/* ---- one run, whole ---- */

struct run_parts {
    struct saved_run *run;
    VEC(struct account_result) accounts;
    VEC(struct input_error) errors;
};

static void give_errors(struct reading *r, struct account_result *account, const struct run_parts *p)
{
    str folder = arena_printf(r->arena, "accounts/%.*s/", STR_ARG(account->id));
    struct input_error *own = NEW_ARRAY(r->arena, struct input_error, p->errors.count + 1);
    for (size_t i = 0; i < p->errors.count; i++)
        if (str_starts(p->errors.items[i].file, folder))
            own[account->error_count++] = p->errors.items[i];
    account->errors = own;
}

static void count_routes(const struct account_result *account, unsigned routes, struct check_summary *sum)
{
    for (int on = 0; on < ROUTE_COUNT; on++) {
        if (!account->counted || !(routes & ROUTE_BIT(on)))
            continue;
        sum->route_ready[on] += account->routes[on] == VERDICT_READY;
        sum->route_not_ready[on] += account->routes[on] == VERDICT_NOT_READY;
        sum->route_undetermined[on] += account->routes[on] == VERDICT_UNDETERMINED;
    }
}

/* What the accounts say against the sums: they must bear them out, and the exit code. */
static bool bears_out(const struct run_parts *p, const struct check_summary *sum)
{
    size_t of[VERDICT_READY + 1] = {0}, counted = 0;
    for (size_t i = 0; i < p->accounts.count; i++) {
        counted += p->accounts.items[i].counted;
        of[p->accounts.items[i].verdict] += p->accounts.items[i].counted;
    }
    for (size_t i = 0; i < p->accounts.count; i++) {
        const struct account_result *r = &p->accounts.items[i];
        if (r->verdict == VERDICT_READY && (r->by_route < 0 || r->routes[r->by_route] != VERDICT_READY))
            return false;
    }
    if (counted != sum->accounts || of[VERDICT_READY] != sum->ready || of[VERDICT_NOT_READY] != sum->not_ready ||
        of[VERDICT_UNDETERMINED] != sum->undetermined)
        return false;
    return sum->exit_code != 0 || (counted && of[VERDICT_READY] == counted && !p->errors.count);
}

static bool finish_run(struct reading *r, struct run_parts *p, unsigned routes, const node *summary)
{
    struct saved_run *run = p->run;
    if (r->failed)
        return false;
    if (!bears_out(p, &run->summary)) {
        source_error(r->source, summary, r->error,
                     "the summary is not that of the accounts before it: the result was cut off or changed");
        return !(r->failed = true);
    }
    for (size_t i = 0; i < p->accounts.count; i++) {
        give_errors(r, &p->accounts.items[i], p);
        count_routes(&p->accounts.items[i], routes, &run->summary);
    }
    run->run.routes = routes;
    run->run.account_count = p->accounts.count;
    run->accounts = p->accounts.items;
    run->count = p->accounts.count;
    run->summary.errors = p->errors.items;
    run->summary.error_count = p->errors.count;
    return true;
}

static bool read_document(arena *a, source *s, struct saved_result *out, error *e)
{
    struct reading r = {.arena = a, .source = s, .error = e};
    struct saved_run *run = NEW(a, struct saved_run);
    struct run_parts p = {.run = run};
    unsigned routes = 0;
    if (!json_read(a, s, e))
        return false;
    if (!node_is_object(s->root))
        return source_error(s, s->root, e, "this is %s; expected a result of orgexit check", node_kind_name(s->root));
    read_run(&r, s->root, &run->run);
    for (NODE_EACH(n, list_of(&r, s->root, "accounts")))
        read_account(&r, n, VEC_PUSH(a, &p.accounts), &routes);
    for (NODE_EACH(n, list_of(&r, s->root, "errors")))
        read_error(&r, n, VEC_PUSH(a, &p.errors));
    const node *summary = object_of(&r, s->root, "summary");
    read_summary(&r, summary, member(&r, s->root, "exit"), &run->summary);
    *out = (struct saved_result){s->file, run, 1};
    return finish_run(&r, &p, routes, summary);
}

/* ---- ndjson ---- */

struct stream {
    struct reading reading;
    VEC(struct saved_run) runs;
    struct run_parts parts;
    unsigned routes;
    bool open; /* a run has begun and its summary has not come */
};

static bool out_of_place(struct stream *t, const char *type)
{
    t->reading.failed = true;
    return source_error(t->reading.source, t->reading.source->root, t->reading.error,
                        t->open ? "a line \"%s\" before the summary of the run: part of the stream is missing"
                                : "a line \"%s\" outside a run: part of the stream is missing",
                        type);
}

static bool read_line(struct stream *t, source *line)
{
    struct reading *r = &t->reading;
    const node *n = line->root;
    r->source = line;
    str type = text_of(r, n, "type");
    if (str_is(type, "run")) {
        if (t->open)
            return out_of_place(t, "run");
        t->open = true;
        t->routes = 0;
        t->parts = (struct run_parts){.run = VEC_PUSH(r->arena, &t->runs)};
        read_run(r, n, &t->parts.run->run);
    } else if (r->failed) {
        return false;
    } else if (!t->open) {
        return out_of_place(t, arena_cstr(r->arena, utf8_head(type, 40)));
    } else if (str_is(type, "account")) {
        read_account(r, n, VEC_PUSH(r->arena, &t->parts.accounts), &t->routes);
    } else if (str_is(type, "error")) {
        read_error(r, n, VEC_PUSH(r->arena, &t->parts.errors));
    } else if (str_is(type, "summary")) {
        read_summary(r, n, member(r, n, "exit"), &t->parts.run->summary);
        t->open = false;
        return finish_run(r, &t->parts, t->routes, n);
    } else {
        return source_error(line, node_get(n, "type"), r->error,
                            "the type is \"%.*s\"; expected run, account, error or summary",
                            STR_ARG(utf8_head(type, 40)));
    }
    return !r->failed;
}

static bool ends_whole(const struct stream *t, str file, error *e)
{
    if (t->open)
        return error_at(e, file, 0, 0, "the stream was cut off: its last line is no summary");
    for (size_t i = 0; i < t->runs.count; i++) {
        const struct check_run *run = &t->runs.items[i].run;
        if (!run->of)
            continue; /* a whole result of its own: streams of shards may be put behind each other */
        if (run->of != t->runs.count || run->number != i + 1)
            return error_at(e, file, 0, 0, "the stream was cut off: run %zu of %zu is missing", i + 1, run->of);
    }
    return true;
}

static bool read_stream(arena *a, struct line_reader *lines, source *first, struct saved_result *out, error *e)
{
    struct stream t = {
        .reading = {.arena = a, .error = e}
    };
    str file = first->file;
    for (source *line = first; line; line = lines_next(lines, a, e)) {
        if (line != first && !json_read(a, line, e))
            return false;
        if (!read_line(&t, line))
            return false;
    }
    if (e->code != ERR_NONE || !ends_whole(&t, file, e))
        return false;
    *out = (struct saved_result){file, t.runs.items, t.runs.count};
    return true;
}

/* ---- which of the two ---- */

static source *copy_of(arena *a, const source *s)
{
    source *copy = NEW(a, source);
    *copy = *s;
    copy->text = arena_alloc_zero(a, s->len + FILE_TAIL);
    memcpy(copy->text, s->text, s->len);
    return copy;
}

/* A document over several lines, put together again. */
static source *whole_of(arena *a, struct line_reader *lines, const source *first, error *e)
{
    VEC(const source *) parts = {0};
    size_t len = 0;
    for (const source *line = first; line; line = lines_next(lines, a, e)) {
        *VEC_PUSH(a, &parts) = line;
        len += line->len + 1;
        if (len > FILE_LIMIT)
            return error_at(e, first->file, 0, 0, "is larger than %d MiB; ndjson may be", FILE_LIMIT >> 20), NULL;
    }
    source *s = NEW(a, source);
    *s = (source){.file = first->file, .text = arena_alloc_zero(a, len + FILE_TAIL)};
    for (size_t i = 0; i < parts.count; i++) {
        memcpy(s->text + s->len, parts.items[i]->text, parts.items[i]->len);
        s->len += parts.items[i]->len;
        s->text[s->len++] = '\n';
    }
    return e->code == ERR_NONE ? s : NULL;
}

bool saved_read(arena *a, str path, struct saved_result *out, error *e)
{
    error ignored = {0};
    struct line_reader *lines = lines_open(a, arena_cstr(a, path), e);
    source *first = lines ? lines_next(lines, a, e) : NULL;
    if (!first)
        return e->code != ERR_NONE ? false : error_at(e, path, 0, 0, "is empty; expected a result of orgexit check");
    source *line = copy_of(a, first);
    if (json_read(a, line, &ignored) && node_get(line->root, "type"))
        return read_stream(a, lines, line, out, e);
    source *whole = whole_of(a, lines, first, e);
    return whole && read_document(a, whole, out, e);
}
