/* json_put.c - see json_put.h. */
#include "report/json_put.h"

#include "base/clock.h"
#include "report/put.h"

static void new_line(struct json *j)
{
    put(j->w->out, STR("\n"));
    put_spaces(j->w->out, (size_t)j->depth * 2);
}

/* Before every value: comma, place, and its name. NULL: an element of a list. */
void json_place(struct json *j, const char *name)
{
    bool one_line = j->lines || j->inline_depth;
    if (!j->first)
        put(j->w->out, STR(","));
    if (!one_line && j->depth)
        new_line(j);
    else if (!j->first && !j->lines)
        put(j->w->out, STR(" "));
    j->first = false;
    if (!name)
        return;
    put(j->w->out, STR("\""));
    put(j->w->out, str_from(name));
    put(j->w->out, j->lines ? STR("\":") : STR("\": "));
}

void json_open(struct json *j, const char *name, char bracket, layout l)
{
    json_place(j, name);
    file_out_put(j->w->out, &bracket, 1);
    j->depth++;
    if (l == INLINE && !j->inline_depth)
        j->inline_depth = j->depth;
    j->first = true;
}

void json_close(struct json *j, char bracket)
{
    bool one_line = j->lines || j->inline_depth || j->first;
    j->depth--;
    if (j->inline_depth > j->depth)
        j->inline_depth = 0;
    if (!one_line)
        new_line(j);
    file_out_put(j->w->out, &bracket, 1);
    j->first = false;
}

void json_str(struct json *j, const char *name, str s)
{
    json_place(j, name);
    put_json(j->w->out, s);
}

void json_null(struct json *j, const char *name)
{
    json_place(j, name);
    put(j->w->out, STR("null"));
}

void json_str_or_null(struct json *j, const char *name, str s)
{
    if (s.len)
        json_str(j, name, s);
    else
        json_null(j, name);
}

void json_number(struct json *j, const char *name, size_t n)
{
    json_place(j, name);
    putf(j->w->out, "%zu", n);
}

void json_int(struct json *j, const char *name, int n)
{
    json_place(j, name);
    putf(j->w->out, "%d", n);
}

void json_time(struct json *j, const char *name, bool known, int64_t seconds)
{
    json_str_or_null(j, name, known ? time_format(j->w->scratch, seconds) : (str){0});
}

void json_strings(struct json *j, const char *name, const str *items, size_t count)
{
    json_open(j, name, '[', INLINE);
    for (size_t i = 0; i < count; i++)
        json_str(j, NULL, items[i]);
    json_close(j, ']');
}

/* The line a person reads, which may stand in a document inside a string of the file. */
static void excerpt_member(struct json *j, const struct evidence *ev)
{
    json_open(j, "excerpt", '{', INLINE);
    json_str(j, "text", ev->excerpt);
    json_number(j, "line", ev->excerpt_line);
    json_number(j, "column", ev->excerpt_column);
    json_number(j, "end_column", ev->excerpt_end);
    json_close(j, '}');
}

void json_evidence(struct json *j, const struct evidence *ev)
{
    json_str(j, "file", ev->file);
    json_str(j, "pointer", ev->pointer);
    if (ev->inner_pointer.ptr)
        json_str(j, "inner_pointer", ev->inner_pointer);
    if (ev->line) {
        json_number(j, "line", ev->line);
        if (ev->column)
            json_number(j, "column", ev->column);
        if (ev->column && ev->end_column)
            json_number(j, "end_column", ev->end_column);
    }
    if (ev->level.len)
        json_str(j, "level", ev->level);
    if (ev->level_path.len)
        json_str(j, "level_path", ev->level_path);
    if (ev->policy.len)
        json_str(j, "policy", ev->policy);
    if (ev->policy_name.len)
        json_str(j, "policy_name", ev->policy_name);
    if (ev->sid.len)
        json_str(j, "statement", ev->sid);
    else if (ev->statement >= 0)
        json_int(j, "statement", ev->statement);
    json_str(j, "text", ev->text);
    if (ev->excerpt.ptr)
        excerpt_member(j, ev);
}

void json_needs(struct json *j, const struct need *needs, size_t count)
{
    json_open(j, "needs", '[', STACKED);
    for (const struct need *n = needs; n < needs + count; n++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "kind", str_from(n->kind));
        json_str(j, "name", n->name);
        json_str(j, "how", n->how);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void json_bool(struct json *j, const char *name, bool yes)
{
    json_place(j, name);
    put(j->w->out, yes ? STR("true") : STR("false"));
}

void json_raw(struct json *j, const char *name, str json)
{
    json_place(j, name);
    put(j->w->out, json);
}

void json_command(struct json *j, const char *name, const str *words, size_t count)
{
    if (count)
        json_strings(j, name, words, count);
    else
        json_null(j, name);
}

void json_fixes(struct json *j, const char *name, const struct fix *fixes, size_t count)
{
    json_open(j, name, '[', STACKED);
    for (const struct fix *x = fixes; x < fixes + count; x++) {
        json_open(j, NULL, '{', STACKED);
        json_str(j, "text", x->text);
        json_command(j, "command", x->command, x->command_len);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void json_errors(struct json *j, const struct input_error *errors, size_t count)
{
    json_open(j, "errors", '[', STACKED);
    for (const struct input_error *e = errors; e < errors + count; e++) {
        json_open(j, NULL, '{', INLINE);
        json_str(j, "file", e->file);
        if (e->line)
            json_number(j, "line", e->line);
        if (e->line && e->column)
            json_number(j, "column", e->column);
        json_str(j, "message", e->message);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void json_tool(struct json *j, str version)
{
    json_open(j, "tool", '{', INLINE);
    json_str(j, "name", STR("orgexit"));
    json_str(j, "version", version);
    json_close(j, '}');
}

void json_keys(struct json *j, const char *name, const struct explained_key *keys, size_t count)
{
    json_open(j, name, '{', INLINE);
    for (size_t i = 0; i < count; i++) {
        json_place(j, NULL);
        put_json(j->w->out, keys[i].name);
        put(j->w->out, STR(": "));
        j->first = true;
        if (keys[i].absent)
            json_null(j, NULL);
        else if (keys[i].list)
            json_strings(j, NULL, keys[i].values, keys[i].count);
        else
            json_str(j, NULL, keys[i].values[0]);
    }
    json_close(j, '}');
}
