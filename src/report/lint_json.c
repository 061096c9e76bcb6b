/* lint_json.c - `json` and `ndjson` of lint. */
#include "base/version.h"
#include "report/lint_formats.h"
#include "report/put.h"

/* ---- json, ndjson (formats.md 5) ---- */

static void member(struct file_out *out, const char *name, str value)
{
    putf(out, ",\"%s\":", name);
    put_json(out, value);
}

static void member_or_null(struct file_out *out, const char *name, str value)
{
    if (value.len)
        member(out, name, value);
    else
        putf(out, ",\"%s\":null", name);
}

static void put_object(struct lint_writer *w, const struct lint_finding *f)
{
    struct file_out *out = w->report.out;
    putf(out, "{\"check\":\"%s\",\"severity\":\"%s\"", f->check, lint_severity_name(f->severity));
    member(out, "message", f->message);
    member(out, "file", f->file);
    member(out, "pointer", f->pointer);
    putf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", f->line, f->column, f->end_line,
         f->end_column);
    member_or_null(out, "policy", f->policy);
    if (f->sid.ptr)
        member(out, "statement", f->sid);
    else if (f->statement >= 0)
        putf(out, ",\"statement\":%d", f->statement);
    else
        put(out, STR(",\"statement\":null"));
    member_or_null(out, "note", f->note);
    member_or_null(out, "fix", f->help);
    member(out, "fingerprint", str_from(f->fingerprint));
    putf(out, ",\"suppressed\":%s", f->suppressed.ptr ? "true" : "false");
    if (f->suppressed.ptr)
        member(out, "suppressed_by", f->suppressed);
    put(out, STR("}"));
}

static void put_sums(struct lint_writer *w, const struct lint_summary *s)
{
    putf(w->report.out, "\"documents\":%zu", s->documents);
    for (int i = LINT_SEVERITIES - 1; i >= 0; i--)
        putf(w->report.out, ",\"%s\":%zu", lint_severity_name((lint_severity)i), s->counts[i]);
    putf(w->report.out, ",\"suppressed\":%zu,\"skipped\":%zu,\"not_read\":%zu,\"exit\":%d}", s->suppressed, s->skipped,
         s->not_read, s->exit_code);
}

/* What could not be read, told behind the findings of the json document. */
struct unread {
    VEC(struct lint_told) items;
};

static void json_begin(struct lint_writer *w)
{
    w->report.state = NEW(w->report.arena, struct unread);
    put(w->report.out,
        STR("{\"schema\":\"orgexit/lint/1\",\"tool\":{\"name\":\"orgexit\",\"version\":\"" ORGEXIT_VERSION
            "\"},\"findings\":["));
}

static void json_file(struct lint_writer *w, const struct lint_told *t)
{
    struct unread *all = w->report.state;
    if (t->unread.len) {
        struct lint_told *kept = VEC_PUSH(w->report.arena, &all->items);
        *kept = *t;
        kept->file = arena_str(w->report.arena, t->file);
        kept->unread = arena_str(w->report.arena, t->unread);
    }
    for (size_t i = 0; i < t->count; i++) {
        if (!lint_is_listed(w, &t->findings[i]))
            continue;
        put(w->report.out, w->told++ ? STR(",\n  ") : STR("\n  "));
        put_object(w, &t->findings[i]);
    }
}

/* Its members behind the first. */
static void put_unread(struct lint_writer *w, const struct lint_told *t)
{
    struct file_out *out = w->report.out;
    put(out, STR("\"file\":"));
    put_json(out, t->file);
    if (t->line)
        putf(out, ",\"line\":%u", t->line);
    if (t->line && t->column)
        putf(out, ",\"column\":%u", t->column);
    member(out, "message", t->unread);
    put(out, STR("}"));
}

static void put_list(struct lint_writer *w, const char *name, bool refused)
{
    const struct unread *all = w->report.state;
    size_t told = 0;
    putf(w->report.out, "\"%s\":[", name);
    for (size_t i = 0; i < all->items.count; i++) {
        if (all->items.items[i].refused != refused)
            continue;
        put(w->report.out, told++ ? STR(",\n  {") : STR("\n  {"));
        put_unread(w, &all->items.items[i]);
    }
    put(w->report.out, told ? STR("\n],") : STR("],"));
}

static void json_end(struct lint_writer *w, const struct lint_summary *s)
{
    put(w->report.out, STR("\n],"));
    put_list(w, "errors", true);
    put_list(w, "not_read", false);
    put(w->report.out, STR("\"summary\":{"));
    put_sums(w, s);
    put(w->report.out, STR("}\n"));
}

static void line_begin(struct lint_writer *w)
{
    (void)w;
}

static void line_file(struct lint_writer *w, const struct lint_told *t)
{
    if (t->unread.len) {
        put(w->report.out, t->refused ? STR("{\"type\":\"error\",") : STR("{\"type\":\"not-read\","));
        put_unread(w, t);
        put(w->report.out, STR("\n"));
    }
    for (size_t i = 0; i < t->count; i++) {
        if (!lint_is_listed(w, &t->findings[i]))
            continue;
        put_object(w, &t->findings[i]);
        put(w->report.out, STR("\n"));
    }
}

static void line_end(struct lint_writer *w, const struct lint_summary *s)
{
    put(w->report.out, STR("{\"type\":\"summary\","));
    put_sums(w, s);
    put(w->report.out, STR("\n"));
}

const struct lint_format lint_json = {"json", json_begin, json_file, json_end};
const struct lint_format lint_ndjson = {"ndjson", line_begin, line_file, line_end};
