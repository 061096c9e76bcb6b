/*
 * sarif.c - `sarif` of check: SARIF 2.1.0 (OASIS standard) with the members and within the limits of GitHub code
 * scanning
 * ("SARIF support for code scanning"). Passed rules are left out: GitHub would show them as alerts.
 */
#include "report/formats.h"
#include "report/json_put.h"
#include "report/problem.h"

enum {
    RESULTS = 25000,    /* of a run; GitHub refuses more, and shows 5,000 */
    RELATED = 100,      /* places of a result that it shows */
    TITLE_BYTES = 1000, /* of the descriptions of a rule: it takes 1,024 characters */
    LEVELS = LEVEL_NOTE + 1
};

struct rule {
    str id, title, why;
    problem_level level;
    const str *references;
    size_t reference_count;
};

/* Errors are written as they come. Warnings and notes wait: they are what is left out of too many. */
struct sarif {
    struct json j;
    VEC(struct rule) rules; /* of the run; a result names its place among them */
    struct map numbers;     /* rule id -> its place, from 1 */
    struct map told;        /* fingerprints of the account */
    struct file_out *page;
    VEC(str) waiting[LEVELS];
    size_t written, count[LEVELS];
};

/* A message string (section 3.11): brackets would be a link, braces a place-holder. */
static str message_text(arena *a, str s)
{
    char *out = arena_alloc(a, 2 * s.len + 1), *to = out;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '{' || c == '}')
            *to++ = c;
        else if (c == '[' || c == ']' || c == '\\')
            *to++ = '\\';
        *to++ = c;
    }
    return (str){out, (size_t)(to - out)};
}

static void put_message(struct json *j, const char *name, str text)
{
    json_open(j, name, '{', INLINE);
    json_str(j, "text", message_text(j->w->scratch, text));
    json_close(j, '}');
}

/* A relative URI reference (RFC 3986), or one of a file where the path is absolute. */
static str uri_of(arena *a, str path)
{
    static const char hex[] = "0123456789ABCDEF", plain[] = "-._~/";
    char *out = arena_alloc(a, 3 * path.len + 1), *to = out;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i], lower = ascii_lower(c);
        if ((lower >= 'a' && lower <= 'z') || ascii_is_digit(c) || (c && strchr(plain, c))) {
            *to++ = c;
        } else {
            *to++ = '%';
            *to++ = hex[(unsigned char)c >> 4];
            *to++ = hex[(unsigned char)c & 15];
        }
    }
    str uri = {out, (size_t)(to - out)};
    while (str_starts(uri, STR("../")))
        uri = str_from_index(uri, 3);
    return str_starts(uri, STR("/")) ? arena_printf(a, "file://%.*s", STR_ARG(uri)) : uri;
}

static void put_place(struct json *j, const struct place *p)
{
    json_open(j, "physicalLocation", '{', INLINE);
    json_open(j, "artifactLocation", '{', INLINE);
    json_str(j, "uri", uri_of(j->w->scratch, p->file));
    json_close(j, '}');
    json_open(j, "region", '{', INLINE);
    json_number(j, "startLine", p->line);
    json_number(j, "startColumn", p->column);
    json_number(j, "endLine", p->line);
    json_number(j, "endColumn", p->end_column);
    json_close(j, '}');
    json_close(j, '}');
}

static void put_locations(struct json *j, const struct place *p)
{
    json_open(j, "locations", '[', INLINE);
    json_open(j, NULL, '{', INLINE);
    put_place(j, p);
    json_close(j, '}');
    json_close(j, ']');
}

/* ---- results ---- */

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
        put_place(j, &p);
        put_message(j, "message", ev->text.len ? ev->text : STR("evidence"));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_suppression(struct json *j, const struct waiver_note *waiver)
{
    str why = arena_printf(j->w->scratch, "%.*s (by %.*s, until %.*s)", STR_ARG(waiver->reason), STR_ARG(waiver->by),
                           STR_ARG(waiver->valid_until));
    json_open(j, "suppressions", '[', INLINE);
    json_open(j, NULL, '{', INLINE);
    json_str(j, "kind", STR("external"));
    json_str(j, "status", STR("accepted"));
    json_str(j, "justification", why);
    json_close(j, '}');
    json_close(j, ']');
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

/* `f` NULL: an input. */
static void put_result(struct json *j, const struct problem *p, size_t rule, str fingerprint,
                       const struct account_result *a, const struct finding *f)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "ruleId", p->rule);
    json_number(j, "ruleIndex", rule);
    json_str(j, "level", str_from(problem_level_name(problem_level_of(p->kind))));
    put_message(j, "message", p->message);
    put_locations(j, &p->place);
    if (f)
        put_related(j, f);
    json_open(j, "partialFingerprints", '{', INLINE);
    json_str(j, "primaryLocationLineHash", arena_printf(j->w->scratch, "%.*s:1", STR_ARG(fingerprint)));
    json_str(j, "orgexit/v1", fingerprint);
    json_close(j, '}');
    if (f && f->waiver)
        put_suppression(j, f->waiver);
    if (f)
        put_result_properties(j, a, f);
    json_close(j, '}');
}

/* Writes the result now, or keeps it as it will be written, with the comma that parts it from the one before. */
static void add_result(struct report_writer *w, const struct problem *p, size_t rule, str fingerprint,
                       const struct account_result *a, const struct finding *f)
{
    struct sarif *s = w->state;
    problem_level level = problem_level_of(p->kind);
    str print = unique_fingerprint(w, &s->told, fingerprint);
    size_t waiting = s->waiting[level].count;
    s->count[level]++;
    if (level == LEVEL_ERROR && s->written < RESULTS) {
        put_result(&s->j, p, rule, print, a, f);
        s->written++;
    } else if (level != LEVEL_ERROR && waiting < RESULTS) {
        struct json page = {.w = w, .depth = s->j.depth};
        struct file_out *out = w->out;
        w->out = s->page;
        put_result(&page, p, rule, print, a, f);
        w->out = out;
        *VEC_PUSH(w->arena, &s->waiting[level]) = arena_str(w->arena, file_out_take(s->page));
    }
}

static void put_waiting(struct report_writer *w)
{
    struct sarif *s = w->state;
    for (int level = 0; level < LEVELS; level++)
        for (size_t i = 0; i < s->waiting[level].count && s->written < RESULTS; i++, s->written++) {
            put(w->out, str_from_index(s->waiting[level].items[i], s->j.first ? 1 : 0));
            s->j.first = false;
        }
}

/* ---- rules ---- */

static size_t rule_number(struct report_writer *w, const struct rule *rule)
{
    struct sarif *s = w->state;
    size_t known = (size_t)(uintptr_t)map_get(&s->numbers, rule->id);
    if (known)
        return known - 1;
    struct rule *own = VEC_PUSH(w->arena, &s->rules);
    str *references = NEW_ARRAY(w->arena, str, rule->reference_count);
    *own = *rule;
    own->id = arena_str(w->arena, rule->id);
    own->title = arena_str(w->arena, rule->title);
    own->why = arena_str(w->arena, rule->why);
    for (size_t i = 0; i < rule->reference_count; i++)
        references[i] = arena_str(w->arena, rule->references[i]);
    own->references = references;
    *map_at(w->arena, &s->numbers, own->id) = (void *)(uintptr_t)s->rules.count;
    return s->rules.count - 1;
}

static problem_level level_of_severity(severity s)
{
    return s == SEVERITY_BLOCKER ? LEVEL_ERROR : s == SEVERITY_WARNING ? LEVEL_WARNING : LEVEL_NOTE;
}

static str one_line(arena *a, str s)
{
    char *out = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        out[i] = s.ptr[i] == '\n' || s.ptr[i] == '\t' ? ' ' : s.ptr[i];
    while (s.len && s.ptr[s.len - 1] == '\n')
        s.len--;
    return (str){out, s.len};
}

/* Whole code points of at most TITLE_BYTES; never empty. */
static str description(arena *a, str s, str otherwise)
{
    s = one_line(a, s.len ? s : otherwise);
    if (s.len <= TITLE_BYTES)
        return s;
    size_t len = TITLE_BYTES;
    while (len && ((unsigned char)s.ptr[len] & 0xC0) == 0x80)
        len--;
    return arena_printf(a, "%.*s…", STR_ARG(str_head(s, len)));
}

static void put_rule(struct json *j, const struct rule *rule)
{
    static const char *const kinds[] = {
        [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "recommendation"};
    arena *a = j->w->scratch;
    str title = description(a, rule->title, rule->id), why = description(a, rule->why, title), help = why;
    for (size_t i = 0; i < rule->reference_count; i++)
        help = arena_printf(a, "%.*s\nSee %.*s", STR_ARG(help), STR_ARG(rule->references[i]));
    if (!str_eq(rule->id, INPUT_RULE))
        help = arena_printf(a, "%.*s\nMore: orgexit rules explain %.*s", STR_ARG(help), STR_ARG(rule->id));
    json_open(j, NULL, '{', STACKED);
    json_str(j, "id", rule->id);
    put_message(j, "shortDescription", title);
    put_message(j, "fullDescription", why);
    put_message(j, "help", help);
    json_open(j, "defaultConfiguration", '{', INLINE);
    json_str(j, "level", str_from(problem_level_name(rule->level)));
    json_close(j, '}');
    json_open(j, "properties", '{', INLINE);
    json_strings(j, "tags", (const str[]){STR("readiness")}, 1);
    json_str(j, "precision", STR("high"));
    json_str(j, "problem.severity", str_from(kinds[rule->level]));
    json_close(j, '}');
    json_close(j, '}');
}

static void put_tool(struct json *j)
{
    struct sarif *s = j->w->state;
    json_open(j, "tool", '{', STACKED);
    json_open(j, "driver", '{', STACKED);
    json_str(j, "name", STR("orgexit"));
    json_str(j, "semanticVersion", j->w->run->version);
    json_str(j, "version", j->w->run->version);
    json_open(j, "rules", '[', STACKED);
    for (size_t i = 0; i < s->rules.count; i++)
        put_rule(j, &s->rules.items[i]);
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, '}');
}

/* ---- the run ---- */

static void put_notification(struct json *j, const char *level, str text, const struct place *place)
{
    json_open(j, NULL, '{', INLINE);
    json_str(j, "level", str_from(level));
    put_message(j, "message", text);
    if (place)
        put_locations(j, place);
    json_close(j, '}');
}

static void put_notifications(struct json *j, const struct check_summary *summary)
{
    const struct sarif *s = j->w->state;
    const struct check_run *run = j->w->run;
    arena *a = j->w->scratch;
    size_t all = s->count[LEVEL_ERROR] + s->count[LEVEL_WARNING] + s->count[LEVEL_NOTE];
    json_open(j, "toolExecutionNotifications", '[', STACKED);
    for (size_t i = 0; i < summary->error_count; i++) {
        struct problem p = problem_of_input(a, run, &summary->errors[i]);
        put_notification(j, "error", p.message, &p.place);
    }
    for (size_t i = 0; i < run->assumed_count; i++)
        put_notification(j, "warning", arena_printf(a, "HYPOTHETICAL, assumed: %.*s", STR_ARG(run->assumed[i])), NULL);
    for (size_t i = 0; i < run->disabled_count; i++)
        put_notification(j, "warning", arena_printf(a, "weakened: %.*s", STR_ARG(run->disabled[i])), NULL);
    for (size_t i = 0; i < run->note_count; i++)
        put_notification(j, "note", run->notes[i], NULL);
    if (all > s->written)
        put_notification(j, "warning",
                         arena_printf(a, "%zu of %zu results are left out, the least severe: a run can hold %d",
                                      all - s->written, all, RESULTS),
                         NULL);
    put_notification(j, "note", summary_text(a, run, summary), NULL);
    json_close(j, ']');
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

static void put_run_properties(struct json *j, const struct check_summary *summary)
{
    const struct check_run *run = j->w->run;
    json_open(j, "properties", '{', INLINE);
    json_str_or_null(j, "organization", run->org_id);
    json_time(j, "asOf", true, run->as_of);
    json_time(j, "capturedAt", run->has_captured_at, run->captured_at);
    json_str(j, "rules", run->rules_digest);
    json_number(j, "accounts", summary->accounts);
    json_number(j, "ready", summary->ready);
    json_number(j, "notReady", summary->not_ready);
    json_number(j, "undetermined", summary->undetermined);
    json_close(j, '}');
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct sarif *s = w->state;
    (void)run;
    if (!s) {
        w->state = s = NEW(w->arena, struct sarif);
        s->j = (struct json){.w = w, .first = true};
        s->page = file_out_memory(w->arena);
        json_open(&s->j, NULL, '{', STACKED);
        json_str(&s->j, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
        json_str(&s->j, "version", STR("2.1.0"));
        json_open(&s->j, "runs", '[', STACKED);
    }
    *s = (struct sarif){.j = s->j, .page = s->page};
    json_open(&s->j, NULL, '{', STACKED);
    json_open(&s->j, "results", '[', STACKED);
}

static void account(struct report_writer *w, const struct account_result *a)
{
    struct sarif *s = w->state;
    struct problem p;
    s->told = (struct map){0};
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++) {
        if (!problem_of(w->scratch, w->run, a, f, &p))
            continue;
        size_t number = rule_number(w, &(struct rule){.id = f->rule,
                                                      .title = f->title,
                                                      .why = f->why,
                                                      .level = level_of_severity(f->severity),
                                                      .references = f->references,
                                                      .reference_count = f->reference_count});
        add_result(w, &p, number, str_from(f->fingerprint), a, f);
    }
}

static void put_close(struct json *j)
{
    json_close(j, ']');
    json_close(j, '}');
    put(j->w->out, STR("\n"));
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    struct sarif *s = w->state;
    struct json *j = &s->j;
    s->told = (struct map){0};
    for (const struct input_error *e = summary->errors; e < summary->errors + summary->error_count; e++) {
        struct problem p = problem_of_input(w->scratch, w->run, e);
        size_t number =
            rule_number(w, &(struct rule){.id = INPUT_RULE,
                                          .title = STR("Every input can be read"),
                                          .why = STR("No verdict rests on a file that could not be read.")});
        add_result(w, &p, number, input_fingerprint(w->scratch, e), NULL, NULL);
    }
    put_waiting(w);
    json_close(j, ']');
    put_tool(j);
    json_str(j, "columnKind", STR("unicodeCodePoints"));
    json_open(j, "automationDetails", '{', INLINE);
    json_str(j, "id", automation_id(w->scratch, w->run));
    json_close(j, '}');
    json_open(j, "invocations", '[', STACKED);
    json_open(j, NULL, '{', STACKED);
    json_bool(j, "executionSuccessful", summary->error_count == 0);
    json_int(j, "exitCode", summary->exit_code);
    put_notifications(j, summary);
    json_close(j, '}');
    json_close(j, ']');
    put_run_properties(j, summary);
    json_close(j, '}');
    if (!w->run->of)
        put_close(j);
}

static void total(struct report_writer *w, const struct check_total *t)
{
    struct sarif *s = w->state;
    (void)t;
    put_close(&s->j);
}

const struct report_format report_sarif = {
    .name = "sarif", .begin = begin, .account = account, .end = end, .total = total, .several = true};
