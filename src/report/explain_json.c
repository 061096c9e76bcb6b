/* explain_json.c - "orgexit/explain/1", "orgexit/simulate/1" and "orgexit/who/1". Where simulate --cases has a member,
 * it is called the same here. */
#include "report/explain.h"
#include "report/json_put.h"

static void json_tri(struct json *j, const char *name, tri t)
{
    json_str(j, name, t == TRI_YES ? STR("yes") : t == TRI_NO ? STR("no") : STR("unknown"));
}

static void json_account(struct json *j, str id, str name, str path)
{
    if (!id.len) {
        json_null(j, "account");
        return;
    }
    json_open(j, "account", '{', INLINE);
    json_str(j, "id", id);
    json_str_or_null(j, "name", name);
    json_str_or_null(j, "path", path);
    json_close(j, '}');
}

static void json_statement_name(struct json *j, str sid, int index)
{
    if (sid.len)
        json_str(j, "statement", sid);
    else if (index >= 0)
        json_int(j, "statement", index);
    else
        json_null(j, "statement");
}

static void statement_object(struct json *j, const struct explained_statement *s)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "effect", s->effect);
    json_tri(j, "matches", s->matches);
    json_bool(j, "decides", s->decides);
    json_evidence(j, &s->at);
    json_close(j, '}');
}

static void policy_object(struct json *j, const struct explained_policy *p)
{
    json_open(j, NULL, '{', STACKED);
    json_str_or_null(j, "id", p->id);
    json_str_or_null(j, "name", p->name);
    json_str_or_null(j, "unknown", p->why);
    json_open(j, "statements", '[', STACKED);
    for (size_t i = 0; i < p->count; i++)
        statement_object(j, &p->statements[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void layer_object(struct json *j, const struct explained_layer *l)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "layer", l->layer);
    if (l->level.len || l->path.len) {
        json_str_or_null(j, "level", l->level);
        json_str_or_null(j, "path", l->path);
    }
    json_tri(j, "applies", l->applies);
    json_tri(j, "allows", l->allows);
    json_tri(j, "denies", l->denies);
    json_bool(j, "decides", l->decides);
    json_str_or_null(j, "note", l->note);
    json_open(j, "policies", '[', STACKED);
    for (size_t i = 0; i < l->count; i++)
        policy_object(j, &l->policies[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void step_object(struct json *j, const struct change_step *s)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "kind", str_from(s->kind));
    if (s->layer.len)
        json_str(j, "layer", s->layer);
    if (s->level.len)
        json_str(j, "level", s->level);
    if (s->policy.len)
        json_str(j, "policy", s->policy);
    if (s->at.sid.len || s->at.statement >= 0)
        json_statement_name(j, s->at.sid, s->at.statement);
    if (s->at.line) {
        json_str(j, "file", s->at.file);
        json_str(j, "pointer", s->at.pointer);
        if (s->at.inner_pointer.ptr)
            json_str(j, "inner_pointer", s->at.inner_pointer);
        json_number(j, "line", s->at.line);
        json_number(j, "column", s->at.column);
    }
    if (s->document.len) {
        json_place(j, "document");
        put(j->w->out, s->document);
    }
    if (s->keys)
        json_keys(j, "context", s->keys, s->key_count);
    json_str(j, "text", s->text);
    json_str_or_null(j, "note", s->note);
    if (s->command)
        json_strings(j, "command", s->command, s->command_len);
    else
        json_null(j, "command");
    json_close(j, '}');
}

static void change_object(struct json *j, const struct change *c)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "decision", c->decision);
    json_open(j, "steps", '[', STACKED);
    for (size_t i = 0; i < c->count; i++)
        step_object(j, &c->steps[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void open_members(struct json *j, const struct explanation *x)
{
    json_strings(j, "depends_on", x->depends_on, x->depends_on_count);
    json_str_or_null(j, "residual", x->residual);
    if (x->allowed_when)
        json_keys(j, "allowed_when", x->allowed_when, x->allowed_when_count);
    if (x->denied_when)
        json_keys(j, "denied_when", x->denied_when, x->denied_when_count);
}

void explain_json(struct report_writer *w, const struct explanation *x)
{
    struct json j = {.w = w, .first = true};
    json_open(&j, NULL, '{', STACKED);
    json_str(&j, "schema", str_from(x->schema));
    json_tool(&j, x->version);
    json_str_or_null(&j, "snapshot", x->snapshot);
    json_time(&j, "as_of", x->has_as_of, x->as_of);
    json_strings(&j, "assumed", x->assumed, x->assumed_count);
    json_account(&j, x->account, x->account_name, x->account_path);
    json_open(&j, "request", '{', STACKED);
    json_str(&j, "principal", x->principal);
    json_str(&j, "action", x->action);
    json_str(&j, "resource", x->resource);
    json_close(&j, '}');
    json_str(&j, "decision", x->decision);
    json_str(&j, "summary", x->summary);
    json_str_or_null(&j, "layer", x->layer);
    json_str_or_null(&j, "level", x->level);
    json_str_or_null(&j, "policy", x->policy);
    json_statement_name(&j, x->sid, x->statement);
    if (x->allowed == TRI_UNKNOWN)
        open_members(&j, x);
    json_open(&j, "layers", '[', STACKED);
    for (size_t i = 0; i < x->layer_count; i++)
        layer_object(&j, &x->layers[i]);
    json_close(&j, ']');
    json_strings(&j, "absent", x->absent, x->absent_count);
    json_needs(&j, x->needs, x->need_count);
    json_strings(&j, "doubts", x->doubts, x->doubt_count);
    json_strings(&j, "notes", x->notes, x->note_count);
    json_open(&j, "changes", '[', STACKED);
    for (size_t i = 0; i < x->change_count; i++)
        change_object(&j, &x->changes[i]);
    json_close(&j, ']');
    json_int(&j, "exit", x->exit_code);
    json_close(&j, '}');
    put(w->out, STR("\n"));
}

static void person_object(struct json *j, const struct explained_person *p)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "principal", p->arn);
    json_str(j, "kind", str_from(p->kind));
    json_bool(j, "services_alone", p->of_services_alone);
    json_str(j, "decision", p->decision);
    json_str(j, "summary", p->summary);
    if (p->allowed == TRI_UNKNOWN) {
        json_strings(j, "depends_on", p->depends_on, p->depends_on_count);
        json_str_or_null(j, "residual", p->residual);
    }
    json_str_or_null(j, "note", p->note);
    json_close(j, '}');
}

void people_json(struct report_writer *w, const struct explained_people *x)
{
    struct json j = {.w = w, .first = true};
    json_open(&j, NULL, '{', STACKED);
    json_str(&j, "schema", STR("orgexit/who/1"));
    json_tool(&j, x->version);
    json_str(&j, "snapshot", x->snapshot);
    json_time(&j, "as_of", true, x->as_of);
    json_strings(&j, "assumed", x->assumed, x->assumed_count);
    json_account(&j, x->account, x->account_name, x->account_path);
    json_open(&j, "request", '{', STACKED);
    json_str(&j, "action", x->action);
    json_str(&j, "resource", x->resource);
    json_close(&j, '}');
    json_open(&j, "principals", '[', STACKED);
    for (size_t i = 0; i < x->count; i++)
        person_object(&j, &x->items[i]);
    json_close(&j, ']');
    json_bool(&j, "complete", x->complete);
    json_str_or_null(&j, "incomplete", x->why);
    json_strings(&j, "doubts", x->doubts, x->doubt_count);
    json_strings(&j, "notes", x->notes, x->note_count);
    json_open(&j, "summary", '{', INLINE);
    json_number(&j, "principals", x->count);
    json_number(&j, "allowed", x->allowed);
    json_number(&j, "denied", x->denied);
    json_number(&j, "unknown", x->unknown);
    json_close(&j, '}');
    json_int(&j, "exit", x->exit_code);
    json_close(&j, '}');
    put(w->out, STR("\n"));
}
