/* impact_json.c - `json` of impact: the contract is "orgexit/impact/1". */
#include "report/impact.h"
#include "report/json_put.h"

static void put_item(struct json *j, const struct impact_item *i)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "kind", str_from(impact_kind_name(i->kind)));
    json_str(j, "rule", i->rule);
    json_str(j, "certainty", str_from(certainty_name(i->certainty)));
    json_str(j, "severity", str_from(severity_name(i->severity)));
    json_bool(j, "reversible", i->reversible);
    json_str_or_null(j, "change", i->change);
    json_str_or_null(j, "key", i->key);
    json_str(j, "now", i->now);
    json_str(j, "after", i->after);
    json_str_or_null(j, "why", i->why);
    json_open(j, "evidence", '[', STACKED);
    for (const struct evidence *ev = i->evidence; ev < i->evidence + i->evidence_count; ev++) {
        json_open(j, NULL, '{', STACKED);
        json_evidence(j, ev);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_strings(j, "depends_on", i->depends_on, i->depends_on_count);
    json_needs(j, i->needs, i->need_count);
    json_fixes(j, "fix", i->fixes, i->fix_count);
    json_close(j, '}');
}

static void put_account(struct json *j, const struct impact_account *a)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "id", a->id);
    json_str_or_null(j, "name", a->name);
    json_str_or_null(j, "path", a->path);
    if (j->w->run->assumed_count)
        json_bool(j, "hypothetical", true);
    json_str_or_null(j, "note", a->note);
    json_open(j, "counts", '{', INLINE);
    json_number(j, "certain", a->counts[CERTAINTY_CERTAIN]);
    json_number(j, "likely", a->counts[CERTAINTY_LIKELY]);
    json_number(j, "unknown", a->counts[CERTAINTY_UNKNOWN]);
    json_close(j, '}');
    json_open(j, "items", '[', STACKED);
    for (size_t i = 0; i < a->item_count; i++)
        put_item(j, &a->items[i]);
    json_close(j, ']');
    json_errors(j, a->errors, a->error_count);
    json_close(j, '}');
}

static void put_impact(struct report_writer *w, const struct impact *impact, bool full)
{
    struct json j = {.w = w, .first = true};
    (void)full; /* nothing is ever left out here */
    json_open(&j, NULL, '{', STACKED);
    json_run(&j, STR("orgexit/impact/1"), impact->run);
    json_str_or_null(&j, "new_organization", impact->new_org);
    json_strings(&j, "with", impact->with, impact->with_count);
    json_open(&j, "accounts", '[', STACKED);
    for (size_t i = 0; i < impact->account_count; i++)
        put_account(&j, &impact->accounts[i]);
    json_close(&j, ']');
    json_int(&j, "exit", impact->exit_code);
    json_close(&j, '}');
    put(w->out, STR("\n"));
}

const struct impact_format impact_json = {"json", put_impact};
