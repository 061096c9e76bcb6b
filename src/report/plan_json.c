/* plan_json.c - `json` of plan: the contract is "orgexit/plan/1". */
#include "report/json_put.h"
#include "report/plan.h"
#include "report/put.h"

static void numbers(struct json *j, const char *name, const unsigned *items, size_t count)
{
    json_open(j, name, '[', INLINE);
    for (size_t i = 0; i < count; i++)
        json_number(j, NULL, items[i]);
    json_close(j, ']');
}

static void form(struct json *j, const struct plan_step *s)
{
    if (!s->form_count)
        return;
    json_open(j, "form", '{', STACKED);
    for (size_t i = 0; i < s->form_count; i++) {
        json_place(j, NULL);
        put_json(j->w->out, s->form[i].name);
        put(j->w->out, STR(": "));
        put_json(j->w->out, s->form[i].value);
    }
    json_close(j, '}');
}

static void lift(struct json *j, const struct plan_lift *l)
{
    if (!l)
        return;
    json_open(j, "lifts", '{', INLINE);
    json_str_or_null(j, "policy", l->policy);
    json_str_or_null(j, "policy_name", l->policy_name);
    json_str_or_null(j, "statement", l->statement);
    json_str(j, "level", l->level);
    json_str(j, "level_path", l->level_path);
    json_number(j, "other_accounts", l->other_accounts);
    json_close(j, '}');
}

static void permissions(struct json *j, const struct plan_step *s)
{
    json_open(j, "permissions", '[', STACKED);
    for (const struct plan_permission *p = s->permissions; p < s->permissions + s->permission_count; p++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "action", p->action);
        json_str(j, "resource", p->resource);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void changes(struct json *j, const struct plan_step *s)
{
    json_open(j, "changes", '[', STACKED);
    for (const struct plan_change *c = s->changes; c < s->changes + s->change_count; c++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "file", c->file);
        json_raw(j, "at", c->at);
        json_raw(j, "to", c->to);
        if (c->if_there)
            json_bool(j, "if_there", true);
        if (c->unless_there)
            json_bool(j, "unless_there", true);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void step(struct json *j, const struct plan_step *s)
{
    json_open(j, NULL, '{', STACKED);
    json_number(j, "n", s->n);
    json_str(j, "id", s->id);
    json_str(j, "phase", str_from(plan_phase_name(s->phase)));
    json_str(j, "actor", str_from(plan_actor_name(s->actor)));
    json_strings(j, "rules", s->rules, s->rule_count);
    json_str(j, "text", s->text);
    json_str_or_null(j, "console", s->console);
    json_command(j, "command", s->command, s->command_len);
    form(j, s);
    json_str(j, "expect", s->expect);
    json_command(j, "verify", s->verify, s->verify_len);
    json_bool(j, "reversible", s->reversible);
    json_str(j, "state", str_from(step_state_name(s->state)));
    json_bool(j, "required", s->required);
    numbers(j, "after", s->after, s->after_count);
    json_time(j, "not_before", s->has_not_before, s->not_before);
    lift(j, s->lift);
    json_fixes(j, "more", s->more, s->more_count);
    permissions(j, s);
    changes(j, s);
    json_strings(j, "shared", s->shared, s->shared_count);
    json_close(j, '}');
}

static void account(struct json *j, const struct plan_account *a)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "id", a->id);
    json_str_or_null(j, "name", a->name);
    json_str_or_null(j, "path", a->path);
    if (j->w->run->assumed_count)
        json_bool(j, "hypothetical", true);
    json_str_or_null(j, "route", a->route >= 0 ? str_from(route_name((route)a->route)) : (str){0});
    json_str_or_null(j, "actor", a->actor);
    json_str(j, "verdict", str_from(verdict_name(a->now)));
    json_str_or_null(j, "then", a->no_way.len ? (str){0} : str_from(verdict_name(a->then)));
    if (a->no_way.len) {
        json_open(j, "no_way", '{', STACKED);
        json_str(j, "rule", a->no_way_rule);
        json_str(j, "text", a->no_way);
        json_close(j, '}');
    } else {
        json_null(j, "no_way");
    }
    json_strings(j, "open", a->open, a->open_count);
    json_time(j, "not_before", a->has_not_before, a->not_before);
    json_place(j, "wave");
    if (a->wave)
        putf(j->w->out, "%u", a->wave);
    else
        put(j->w->out, STR("null"));
    json_open(j, "steps", '[', STACKED);
    for (size_t i = 0; i < a->step_count; i++)
        step(j, &a->steps[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static struct json *begin(struct report_writer *w, str schema)
{
    struct json *j = NEW(w->arena, struct json);
    *j = (struct json){.w = w, .first = true};
    json_open(j, NULL, '{', STACKED);
    json_run(j, schema, w->run);
    return j;
}

static void end(struct json *j, int exit_code)
{
    json_int(j, "exit", exit_code);
    json_close(j, '}');
    put(j->w->out, STR("\n"));
}

static void put_plan(struct report_writer *w, const struct plan *plan)
{
    struct json *j = begin(w, STR("orgexit/plan/1"));
    json_number(j, "waves", plan->waves);
    json_open(j, "accounts", '[', STACKED);
    for (size_t i = 0; i < plan->account_count; i++)
        account(j, &plan->accounts[i]);
    json_close(j, ']');
    json_errors(j, plan->errors, plan->error_count);
    end(j, plan->exit_code);
}

static void put_after(struct report_writer *w, const struct after_plan *after)
{
    struct json *j = begin(w, STR("orgexit/plan-after/1"));
    json_open(j, "accounts", '[', STACKED);
    for (const struct after_account *a = after->accounts; a < after->accounts + after->account_count; a++) {
        json_open(j, NULL, '{', STACKED);
        json_str(j, "id", a->id);
        json_str_or_null(j, "name", a->name);
        json_open(j, "items", '[', STACKED);
        for (const struct after_item *i = a->items; i < a->items + a->item_count; i++) {
            json_open(j, NULL, '{', INLINE);
            json_str(j, "step", i->step);
            json_str(j, "text", i->text);
            json_str(j, "outcome", str_from(outcome_name(i->outcome)));
            json_close(j, '}');
        }
        json_close(j, ']');
        json_errors(j, a->errors, a->error_count);
        json_close(j, '}');
    }
    json_close(j, ']');
    end(j, after->exit_code);
}

const struct plan_format plan_json = {"json", put_plan, put_after};
