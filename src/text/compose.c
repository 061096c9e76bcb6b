/* compose.c - see compose.h. */
#include "text/compose.h"

#include "base/file.h"
#include "text/print.h"

bool kept_file_read(arena *a, source *s, struct kept_file *out, error *e)
{
    size_t mark = s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *out = (struct kept_file){s, arena_str(a, (str){s->text + mark, s->len - mark})};
    return json_read(a, s, e);
}

static size_t mark_of(const struct kept_file *f)
{
    return f->source->len - f->raw.len;
}

static void put(struct composer *c, str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(c->arena, &c->text) = s.ptr[i];
}

static void begin(struct composer *c, const struct kept_file *f, size_t at, size_t len, bool quoted)
{
    *VEC_PUSH(c->arena, &c->parts) = (struct source_part){c->text.count, len, f->source, at, quoted};
}

void compose_text(struct composer *c, const char *text)
{
    put(c, str_from(text));
}

void compose_mark(struct composer *c, const struct kept_file *f, const node *n)
{
    begin(c, f, n->at, 0, false);
}

void compose_string(struct composer *c, const struct kept_file *f, const node *n)
{
    str quoted = json_quote(c->arena, node_text(n));
    bool same = str_starts(str_from_index(f->raw, n->at - mark_of(f)), quoted);
    begin(c, f, n->at, same ? quoted.len : 0, false);
    put(c, quoted);
}

void compose_made(struct composer *c, const struct kept_file *f, const node *n, str s)
{
    compose_mark(c, f, n);
    put(c, json_quote(c->arena, s));
}

void compose_file(struct composer *c, const struct kept_file *f)
{
    begin(c, f, mark_of(f), f->raw.len, false);
    put(c, f->raw);
}

void compose_quoted(struct composer *c, const struct kept_file *f)
{
    begin(c, f, mark_of(f), 0, true);
    put(c, json_quote(c->arena, f->raw));
}

source *compose_end(struct composer *c, str file)
{
    source *s = NEW(c->arena, source);
    s->file = file;
    s->len = c->text.count;
    s->text = arena_alloc_zero(c->arena, s->len + FILE_TAIL);
    memcpy(s->text, c->text.items, s->len);
    s->parts = c->parts.items;
    s->part_count = c->parts.count;
    return s;
}
