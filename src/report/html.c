/* html.c - `html`: check as one self-contained page that an auditor keeps. See html.h for how it is made. */
#include "report/html.h"

#include "base/clock.h"
#include "report/formats.h"

static const char *entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '`': return "&#96;";
    default: return NULL;
    }
}

void put_html(struct file_out *f, str s)
{
    size_t plain = 0;
    for (size_t i = 0; i < s.len;) {
        unsigned char byte = (unsigned char)s.ptr[i];
        const char *written = entity(s.ptr[i]);
        if (!written && byte >= 0x20 && byte < 0x7F) {
            i++;
            continue;
        }
        struct cell cell = written ? (struct cell){.bytes = 1} : cell_at(s, i, false);
        if (!cell.visible) {
            put(f, (str){s.ptr + plain, i - plain});
            put(f, written ? str_from(written) : (str){cell.text, cell.len});
            plain = i + cell.bytes;
        }
        i += cell.bytes;
    }
    put(f, str_from_index(s, plain));
}

void html_own(struct html *h, struct file_out *f, str s)
{
    for (size_t at; h->own.len && (at = str_find(s, h->own)) != SIZE_MAX; s = str_from_index(s, at + h->own.len)) {
        put_html(f, str_head(s, at));
        put(f, STR("<var>ACCOUNT-ID</var>"));
    }
    put_html(f, s);
}

void html_prose(struct html *h, struct file_out *f, str s)
{
    while (s.len) {
        html_own(h, f, str_cut(&s, '\n'));
        put(f, s.len ? STR(" ") : (str){0});
    }
}

size_t html_index(struct html *h, struct map *m, str key, size_t count, bool *is_new)
{
    size_t known = (size_t)(uintptr_t)map_get(m, key);
    *is_new = known == 0;
    if (known)
        return known - 1;
    *map_at(h->keep, m, arena_str(h->keep, key)) = (void *)(uintptr_t)(count + 1);
    return count;
}

str html_routes_words(arena *a, unsigned routes)
{
    str list = {0};
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (routes & ROUTE_BIT(r))
            list = arena_printf(a, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", route_name((route)r));
    return list;
}

void html_time(struct html *h, struct file_out *f, int64_t seconds)
{
    str at = time_format(h->w->scratch, seconds);
    putf(f, "<time datetime=\"%.*s\">%.*s</time>", STR_ARG(at), STR_ARG(at));
}

str html_day(arena *a, int64_t at)
{
    return at % DAY == DAY - 1 ? time_format_date(a, at) : time_format(a, at);
}

const char *html_sign(verdict v)
{
    static const char *const signs[] = {[VERDICT_UNDETERMINED] = "?", [VERDICT_NOT_READY] = "✗", [VERDICT_READY] = "✓"};
    return signs[v];
}

char html_letter(verdict v)
{
    static const char letters[] = {[VERDICT_UNDETERMINED] = 'u', [VERDICT_NOT_READY] = 'n', [VERDICT_READY] = 'r'};
    return letters[v];
}

static void begin(struct report_writer *w, const struct check_run *run)
{
    struct html *h = NEW(w->arena, struct html);
    (void)run;
    h->w = w;
    h->keep = w->arena;
    h->text = file_out_memory(w->arena);
    h->row = file_out_memory(w->arena);
    h->work = file_out_memory(w->arena);
    w->state = h;
}

static void account(struct report_writer *w, const struct account_result *account)
{
    html_account(w->state, account);
}

static void end(struct report_writer *w, const struct check_summary *summary)
{
    html_page(w->state, summary);
}

const struct report_format report_html = {
    .name = "html", .begin = begin, .account = account, .end = end, .audit = true};
