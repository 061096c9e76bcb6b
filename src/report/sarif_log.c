/* sarif_log.c - see sarif_log.h. */
#include "report/sarif_log.h"

enum {
    RESULTS = 25000,    /* of a run; GitHub refuses more, and shows 5,000 */
    TITLE_BYTES = 1000, /* of the descriptions of a rule: it takes 1,024 characters */
    LEVELS = LEVEL_NOTE + 1
};

/* Errors are written as they come. Warnings and notes wait: they are what is left out of too many. */
struct sarif_log {
    struct json j;
    VEC(struct sarif_rule) rules; /* of the run; a result names its place among them */
    struct map numbers;           /* rule id -> its place, from 1 */
    struct file_out *page;
    VEC(str) waiting[LEVELS];
    size_t written, count;
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

void sarif_message(struct json *j, const char *name, str text)
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

void sarif_place(struct json *j, const struct place *p)
{
    json_open(j, "physicalLocation", '{', INLINE);
    json_open(j, "artifactLocation", '{', INLINE);
    json_str(j, "uri", uri_of(j->w->scratch, p->file));
    json_close(j, '}');
    json_open(j, "region", '{', INLINE);
    json_number(j, "startLine", p->line);
    json_number(j, "startColumn", p->column);
    json_number(j, "endLine", p->end_line);
    json_number(j, "endColumn", p->end_column);
    json_close(j, '}');
    json_close(j, '}');
}

static void put_locations(struct json *j, const struct place *p)
{
    json_open(j, "locations", '[', INLINE);
    json_open(j, NULL, '{', INLINE);
    sarif_place(j, p);
    json_close(j, '}');
    json_close(j, ']');
}

void sarif_suppression(struct json *j, const char *kind, str justification)
{
    json_open(j, "suppressions", '[', INLINE);
    json_open(j, NULL, '{', INLINE);
    json_str(j, "kind", str_from(kind));
    json_str(j, "status", STR("accepted"));
    json_str(j, "justification", justification);
    json_close(j, '}');
    json_close(j, ']');
}

void sarif_notify(struct json *j, const char *level, str text, const struct place *place)
{
    json_open(j, NULL, '{', INLINE);
    json_str(j, "level", str_from(level));
    sarif_message(j, "message", text);
    if (place)
        put_locations(j, place);
    json_close(j, '}');
}

/* ---- results ---- */

static void put_result(struct json *j, const struct sarif_result *r, size_t rule)
{
    const struct problem *p = r->problem;
    str text =
        p->more.len ? arena_printf(j->w->scratch, "%.*s\n%.*s", STR_ARG(p->message), STR_ARG(p->more)) : p->message;
    json_open(j, NULL, '{', STACKED);
    json_str(j, "ruleId", p->rule);
    json_number(j, "ruleIndex", rule);
    json_str(j, "level", str_from(problem_level_name(problem_level_of(p->kind))));
    sarif_message(j, "message", text);
    put_locations(j, &p->place);
    json_open(j, "partialFingerprints", '{', INLINE);
    json_str(j, "primaryLocationLineHash", arena_printf(j->w->scratch, "%.*s:1", STR_ARG(r->fingerprint)));
    json_str(j, "orgexit/v1", r->fingerprint);
    json_close(j, '}');
    if (r->more)
        r->more(j, r->arg);
    json_close(j, '}');
}

static size_t rule_number(struct sarif_log *s, const struct sarif_rule *rule)
{
    arena *a = s->j.w->arena;
    size_t known = (size_t)(uintptr_t)map_get(&s->numbers, rule->id);
    if (known)
        return known - 1;
    struct sarif_rule *own = VEC_PUSH(a, &s->rules);
    str *references = NEW_ARRAY(a, str, rule->reference_count);
    *own = *rule;
    own->id = arena_str(a, rule->id);
    own->title = arena_str(a, rule->title);
    own->why = arena_str(a, rule->why);
    own->fix = arena_str(a, rule->fix);
    for (size_t i = 0; i < rule->reference_count; i++)
        references[i] = arena_str(a, rule->references[i]);
    own->references = references;
    *map_at(a, &s->numbers, own->id) = (void *)(uintptr_t)s->rules.count;
    return s->rules.count - 1;
}

/* Writes the result now, or keeps it as it will be written, with the comma that parts it from the one before. */
void sarif_add(struct sarif_log *s, const struct sarif_result *r)
{
    struct report_writer *w = s->j.w;
    problem_level level = problem_level_of(r->problem->kind);
    size_t rule = rule_number(s, r->rule);
    s->count++;
    if (level == LEVEL_ERROR && s->written < RESULTS) {
        put_result(&s->j, r, rule);
        s->written++;
    } else if (level != LEVEL_ERROR && s->waiting[level].count < RESULTS) {
        struct json page = {.w = w, .depth = s->j.depth};
        struct file_out *out = w->out;
        w->out = s->page;
        put_result(&page, r, rule);
        w->out = out;
        *VEC_PUSH(w->arena, &s->waiting[level]) = arena_str(w->arena, file_out_take(s->page));
    }
}

static void put_waiting(struct sarif_log *s)
{
    for (int level = 0; level < LEVELS; level++)
        for (size_t i = 0; i < s->waiting[level].count && s->written < RESULTS; i++, s->written++) {
            put(s->j.w->out, str_from_index(s->waiting[level].items[i], s->j.first ? 1 : 0));
            s->j.first = false;
        }
}

/* ---- rules ---- */

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

static void put_rule(struct json *j, const struct sarif_rule *rule)
{
    static const char *const kinds[] = {
        [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "recommendation"};
    arena *a = j->w->scratch;
    str title = description(a, rule->title, rule->id), why = description(a, rule->why, title), help = why;
    if (rule->fix.len)
        help = arena_printf(a, "%.*s\nWhat to do: %.*s", STR_ARG(help), STR_ARG(rule->fix));
    for (size_t i = 0; i < rule->reference_count; i++)
        help = arena_printf(a, "%.*s\nSee %.*s", STR_ARG(help), STR_ARG(rule->references[i]));
    if (rule->explained)
        help = arena_printf(a, "%.*s\nMore: orgexit rules explain %.*s", STR_ARG(help), STR_ARG(rule->id));
    json_open(j, NULL, '{', STACKED);
    json_str(j, "id", rule->id);
    sarif_message(j, "shortDescription", title);
    sarif_message(j, "fullDescription", why);
    sarif_message(j, "help", help);
    json_open(j, "defaultConfiguration", '{', INLINE);
    json_str(j, "level", str_from(problem_level_name(rule->level)));
    json_close(j, '}');
    json_open(j, "properties", '{', INLINE);
    json_strings(j, "tags", (const str[]){str_from(rule->tag), STR("security")}, rule->security ? 2 : 1);
    json_str(j, "precision", STR("high"));
    json_str(j, "problem.severity", str_from(kinds[rule->level]));
    if (rule->security)
        json_str(j, "security-severity", str_from(rule->security));
    json_close(j, '}');
    json_close(j, '}');
}

static void put_tool(struct sarif_log *s, str version)
{
    struct json *j = &s->j;
    json_open(j, "tool", '{', STACKED);
    json_open(j, "driver", '{', STACKED);
    json_str(j, "name", STR("orgexit"));
    json_str(j, "semanticVersion", version);
    json_str(j, "version", version);
    json_open(j, "rules", '[', STACKED);
    for (size_t i = 0; i < s->rules.count; i++)
        put_rule(j, &s->rules.items[i]);
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, '}');
}

/* ---- the log ---- */

struct sarif_log *sarif_begin(struct report_writer *w)
{
    struct sarif_log *s = NEW(w->arena, struct sarif_log);
    s->j = (struct json){.w = w, .first = true};
    s->page = file_out_memory(w->arena);
    json_open(&s->j, NULL, '{', STACKED);
    json_str(&s->j, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    json_str(&s->j, "version", STR("2.1.0"));
    json_open(&s->j, "runs", '[', STACKED);
    return s;
}

void sarif_run(struct sarif_log *s)
{
    *s = (struct sarif_log){.j = s->j, .page = s->page};
    json_open(&s->j, NULL, '{', STACKED);
    json_open(&s->j, "results", '[', STACKED);
}

static void put_invocation(struct sarif_log *s, const struct sarif_end *end)
{
    struct json *j = &s->j;
    json_open(j, "invocations", '[', STACKED);
    json_open(j, NULL, '{', STACKED);
    json_bool(j, "executionSuccessful", end->successful);
    json_int(j, "exitCode", end->exit_code);
    json_open(j, "toolExecutionNotifications", '[', STACKED);
    if (s->count > s->written)
        sarif_notify(j, "warning",
                     arena_printf(j->w->scratch, "%zu of %zu results are left out, the least severe: a run can hold %d",
                                  s->count - s->written, s->count, RESULTS),
                     NULL);
    end->notifications(j, end->arg);
    json_close(j, ']');
    json_close(j, '}');
    json_close(j, ']');
}

void sarif_run_end(struct sarif_log *s, const struct sarif_end *end)
{
    struct json *j = &s->j;
    put_waiting(s);
    json_close(j, ']');
    put_tool(s, end->version);
    json_str(j, "columnKind", STR("unicodeCodePoints"));
    json_open(j, "automationDetails", '{', INLINE);
    json_str(j, "id", end->automation_id);
    json_close(j, '}');
    put_invocation(s, end);
    json_open(j, "properties", '{', INLINE);
    end->properties(j, end->arg);
    json_close(j, '}');
    json_close(j, '}');
}

void sarif_end(struct sarif_log *s)
{
    json_close(&s->j, ']');
    json_close(&s->j, '}');
    put(s->j.w->out, STR("\n"));
}
