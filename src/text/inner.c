/* inner.c - a document inside a string: as it stands, or URL-encoded as IAM gives it (RFC 3986). */
#include "base/file.h"
#include "text/locate.h"

static int hex_digit(char c)
{
    c = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into `to`, which has room for s.len bytes. Gives the place in `s` where it fails, else SIZE_MAX. */
static size_t decode(str s, char *to, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1, low = high >= 0 ? hex_digit(s.ptr[i + 2]) : -1;
            if (low < 0 || (high | low) == 0)
                return i;
            c = (char)(high << 4 | low);
            i += 2;
        }
        to[(*len)++] = c;
    }
    return SIZE_MAX;
}

bool url_decode(arena *a, str s, str *out)
{
    char *text = arena_alloc(a, s.len + 1);
    size_t len;
    if (decode(s, text, &len) != SIZE_MAX || !utf8_valid((str){text, len}))
        return false;
    text[len] = '\0';
    *out = (str){text, len};
    return true;
}

/* What was wrong inside, told for the file on disk. */
static source *inner_error(const source *s, const error *inside, error *e)
{
    struct place p = place_of(s, byte_of(s, inside->line, inside->column));
    error_at(e, p.source->file, p.line, p.column, "the document inside this text (its line %u, column %u): %s",
             inside->line, inside->column, inside->message);
    return NULL;
}

source *source_inner(arena *a, const source *outer, const node *n, error *e)
{
    str text = node_text(n);
    if (!node_is_string(n)) {
        source_error(outer, n, e, "expected a text that holds a document, found %s", node_kind_name(n));
        return NULL;
    }
    if (str_is_blank(text)) {
        source_error(outer, n, e, "this text is empty; expected a document");
        return NULL;
    }
    source *s = NEW(a, source);
    *s = (source){.file = outer->file, .inner = INNER_STRING, .outer = outer, .outer_node = n};
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    s->len = text.len;
    memcpy(s->text, text.ptr, text.len);
    if (text.ptr[0] == '%') {
        size_t failed = decode(text, s->text, &s->len);
        memset(s->text + s->len, 0, text.len - s->len);
        s->inner = INNER_URL;
        if (failed != SIZE_MAX) {
            struct place p = place_of(s, s->len); /* as much as was decoded lies before it */
            error_at(e, p.source->file, p.line, p.column,
                     "found a '%%' that begins no escape of a URL-encoded document; expected %%01 to %%FF");
            return NULL;
        }
    }
    error inside = {0};
    return json_read(a, s, &inside) ? s : inner_error(s, &inside, e);
}
