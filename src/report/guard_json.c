/* guard_json.c - "orgexit/guard/1". */
#include "report/guard.h"
#include "report/json_put.h"

static str outcome_word(tri holds)
{
    return holds == TRI_YES ? STR("holds") : holds == TRI_NO ? STR("violated") : STR("unknown");
}

static void json_outcomes(struct json *j, const char *name, const char *all, size_t count, size_t held, size_t violated,
                          size_t unknown)
{
    json_open(j, name, '{', INLINE);
    json_number(j, all, count);
    json_number(j, "holds", held);
    json_number(j, "violated", violated);
    json_number(j, "unknown", unknown);
    json_close(j, '}');
}

static void person_object(struct json *j, const struct guard_person *p)
{
    json_open(j, NULL, '{', STACKED);
    json_str_or_null(j, "principal", p->arn);
    json_str(j, "kind", str_from(p->kind));
    json_bool(j, "captured", p->captured);
    json_str(j, "action", p->action);
    json_str(j, "may", p->may == TRI_YES ? STR("yes") : p->may == TRI_NO ? STR("no") : STR("unknown"));
    json_str_or_null(j, "where", p->who);
    json_str_or_null(j, "why", p->why);
    json_keys(j, "context", p->keys, p->key_count);
    json_open(j, "through", '[', STACKED);
    for (size_t i = 0; i < p->through_count; i++) {
        json_open(j, NULL, '{', STACKED);
        json_str(j, "effect", p->through[i].denies ? STR("Deny") : STR("Allow"));
        json_evidence(j, &p->through[i].at);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void case_object(struct json *j, const struct guard_case *c)
{
    json_open(j, NULL, '{', STACKED);
    json_str_or_null(j, "account", c->id);
    json_str_or_null(j, "name", c->name);
    json_str_or_null(j, "path", c->path);
    json_str(j, "outcome", outcome_word(c->holds));
    json_str_or_null(j, "why", c->holds == TRI_YES ? (str){0} : c->why);
    json_open(j, "principals", '[', STACKED);
    for (size_t i = 0; i < c->people.count; i++)
        person_object(j, &c->people.items[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void claim_object(struct json *j, const struct guard_claim *c)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "name", c->name);
    json_str(j, "claim", c->text);
    json_str(j, "file", c->file);
    json_number(j, "line", c->line);
    json_number(j, "column", c->column);
    json_str(j, "outcome", outcome_word(c->holds));
    json_strings(j, "doubts", c->doubts, c->doubt_count);
    json_outcomes(j, "summary", "cases", c->case_count, c->held, c->violated, c->unknown);
    json_open(j, "cases", '[', STACKED);
    for (size_t i = 0; i < c->case_count; i++)
        case_object(j, &c->cases[i]);
    json_close(j, ']');
    json_close(j, '}');
}

void guard_json(struct report_writer *w, const struct guard_result *g)
{
    struct json j = {.w = w, .first = true};
    json_open(&j, NULL, '{', STACKED);
    json_str(&j, "schema", STR("orgexit/guard/1"));
    json_tool(&j, g->version);
    json_str_or_null(&j, "snapshot", g->snapshot);
    json_str_or_null(&j, "policies", g->policies);
    json_str_or_null(&j, "map", g->map);
    json_str(&j, "expect", g->expect);
    json_time(&j, "as_of", true, g->as_of);
    json_open(&j, "claims", '[', STACKED);
    for (size_t i = 0; i < g->claim_count; i++)
        claim_object(&j, &g->claims[i]);
    json_close(&j, ']');
    json_strings(&j, "doubts", g->doubts, g->doubt_count);
    json_strings(&j, "notes", g->notes, g->note_count);
    json_open(&j, "errors", '[', STACKED);
    for (size_t i = 0; i < g->error_count; i++) {
        json_open(&j, NULL, '{', INLINE);
        json_str(&j, "file", g->errors[i].file);
        json_number(&j, "line", g->errors[i].line);
        json_number(&j, "column", g->errors[i].column);
        json_str(&j, "message", g->errors[i].message);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_outcomes(&j, "summary", "claims", g->claim_count, g->held, g->violated, g->unknown);
    json_int(&j, "exit", g->exit_code);
    json_close(&j, '}');
    put(w->out, STR("\n"));
}
