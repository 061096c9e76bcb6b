/* lint.c - see lint.h. */
#include "report/lint.h"

#include "base/version.h"
#include "base/work.h"
#include "report/excerpt.h"
#include "report/put.h"

struct lint_format {
    const char *name;
    void (*begin)(struct lint_writer *w);
    void (*finding)(struct lint_writer *w, const struct lint_finding *f);
    void (*end)(struct lint_writer *w, const struct lint_summary *s);
};

struct lint_writer {
    struct report_writer report; /* output and style, for the parts that all writers share */
    const struct lint_format *format;
    size_t told;
};

/* ---- text ---- */

static const paint paints[LINT_SEVERITIES] = {PAINT_CYAN, PAINT_YELLOW, PAINT_RED, PAINT_RED};

static size_t digits(uint32_t n)
{
    size_t count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

static void text_begin(struct lint_writer *w)
{
    (void)w;
}

static void put_remark(struct lint_writer *w, size_t indent, const char *label, str text)
{
    if (!text.len)
        return;
    struct report_writer *r = &w->report;
    put_spaces(r->out, indent);
    put(r->out, STR("= "));
    put_painted(r, PAINT_BOLD, str_from(label));
    put(r->out, STR(": "));
    size_t column = indent + 2 + strlen(label) + 2;
    struct flow f = flow_at(r, column, column);
    flow_prose(&f, text);
    flow_end(&f);
}

/* One line, that nothing is hidden silently; what the baseline knows is in the sums alone. */
static void text_suppressed(struct lint_writer *w, const struct lint_finding *f)
{
    struct report_writer *r = &w->report;
    if (f->in_baseline)
        return;
    if (w->told++)
        put(r->out, STR("\n"));
    put_terminal(r->out, f->file, r->style.ascii);
    putf(r->out, ":%u: %s is ignored: ", f->line, f->check);
    put_terminal(r->out, f->suppressed, r->style.ascii);
    put(r->out, STR("\n"));
}

static void text_finding(struct lint_writer *w, const struct lint_finding *f)
{
    struct report_writer *r = &w->report;
    if (f->suppressed.ptr) {
        text_suppressed(w, f);
        return;
    }
    size_t indent = digits(f->excerpt_line ? f->excerpt_line : f->line ? f->line : 1);
    if (w->told++)
        put(r->out, STR("\n"));
    put_painted(r, paints[f->severity], arena_printf(r->scratch, "%s[%s]", lint_severity_name(f->severity), f->check));
    put(r->out, STR(": "));
    put_terminal(r->out, f->message, r->style.ascii);
    put(r->out, STR("\n"));
    put_spaces(r->out, indent);
    put_painted(r, PAINT_CYAN, STR("--> "));
    put_terminal(r->out, f->file, r->style.ascii);
    if (f->line)
        putf(r->out, ":%u:%u", f->line, f->column);
    put(r->out, STR("\n"));
    if (f->excerpt.ptr && f->line) {
        struct evidence ev = {.excerpt = f->excerpt,
                              .excerpt_line = f->excerpt_line,
                              .excerpt_column = f->excerpt_column,
                              .excerpt_end = f->excerpt_end};
        (void)put_excerpt(r, 0, &ev);
    }
    put_remark(w, indent + 1, "note", f->note);
    put_remark(w, indent + 1, "help", f->help);
    arena_reset(r->scratch);
}

static void put_count(struct lint_writer *w, size_t count, const char *one, const char *many)
{
    putf(w->report.out, ", %zu %s", count, count == 1 ? one : many);
}

static void text_end(struct lint_writer *w, const struct lint_summary *s)
{
    struct file_out *out = w->report.out;
    if (w->told)
        put(out, STR("\n"));
    putf(out, "%zu %s", s->documents, s->documents == 1 ? "document" : "documents");
    put_count(w, s->counts[LINT_ERROR], "error", "errors");
    put_count(w, s->counts[LINT_SECURITY_WARNING], "security warning", "security warnings");
    put_count(w, s->counts[LINT_WARNING], "warning", "warnings");
    put_count(w, s->counts[LINT_SUGGESTION], "suggestion", "suggestions");
    if (s->suppressed)
        putf(out, ", %zu suppressed", s->suppressed);
    if (s->skipped)
        putf(out, "; %zu %s no policy", s->skipped, s->skipped == 1 ? "file holds" : "files hold");
    if (s->not_read)
        putf(out, "; %zu %s not read", s->not_read,
             s->not_read == 1 ? "template or plan was" : "templates or plans were");
    put(out, STR("\n"));
}

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

static void json_begin(struct lint_writer *w)
{
    put(w->report.out,
        STR("{\"schema\":\"orgexit/lint/1\",\"tool\":{\"name\":\"orgexit\",\"version\":\"" ORGEXIT_VERSION
            "\"},\"findings\":["));
}

static void json_finding(struct lint_writer *w, const struct lint_finding *f)
{
    put(w->report.out, w->told++ ? STR(",\n  ") : STR("\n  "));
    put_object(w, f);
}

static void json_end(struct lint_writer *w, const struct lint_summary *s)
{
    put(w->report.out, STR("\n],\"summary\":{"));
    put_sums(w, s);
    put(w->report.out, STR("}\n"));
}

static void line_finding(struct lint_writer *w, const struct lint_finding *f)
{
    put_object(w, f);
    put(w->report.out, STR("\n"));
}

static void line_end(struct lint_writer *w, const struct lint_summary *s)
{
    put(w->report.out, STR("{\"type\":\"summary\","));
    put_sums(w, s);
    put(w->report.out, STR("\n"));
}

/* ---- the formats, and the life of a writer ---- */

static const struct lint_format formats[] = {
    {"text",   text_begin, text_finding, text_end},
    {"json",   json_begin, json_finding, json_end},
    {"ndjson", text_begin, line_finding, line_end},
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

str lint_format_names(arena *a)
{
    str names = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        names = arena_printf(a, "%.*s%s%s", STR_ARG(names), i ? ", " : "", formats[i].name);
    return names;
}

struct lint_writer *lint_writer_open(arena *a, str format, const char *path, struct report_style style, error *e)
{
    const struct lint_format *found = NULL;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_is(format, formats[i].name))
            found = &formats[i];
    if (!found) {
        error_set(e, ERR_USAGE, "lint has no format \"%.*s\"; its formats are %.*s", STR_ARG(format),
                  STR_ARG(lint_format_names(a)));
        return NULL;
    }
    struct lint_writer *w = NEW(a, struct lint_writer);
    w->format = found;
    struct file_out *out = file_out_open(a, path, e);
    w->report = (struct report_writer){.arena = a, .scratch = work_scratch(a), .out = out, .style = style};
    return out ? w : NULL;
}

void lint_writer_begin(struct lint_writer *w)
{
    w->format->begin(w);
}

void lint_writer_finding(struct lint_writer *w, const struct lint_finding *f)
{
    w->format->finding(w, f);
}

void lint_writer_end(struct lint_writer *w, const struct lint_summary *summary)
{
    w->format->end(w, summary);
}

bool lint_writer_failed(const struct lint_writer *w)
{
    return file_out_failed(w->report.out);
}

bool lint_writer_close(struct lint_writer *w, error *e)
{
    return file_out_end(w->report.out, e);
}
