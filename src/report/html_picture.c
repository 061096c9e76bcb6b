/* html_picture.c - who is ready, by OU: bars as inline SVG, and the same as numbers. */
#include <stdlib.h>

#include "report/html.h"

enum { ROWS = 24, ROW_HEIGHT = 36, LABEL_SHOWN = 44 };

/* The verdicts from left to right. */
static const verdict order[] = {VERDICT_READY, VERDICT_UNDETERMINED, VERDICT_NOT_READY};
enum { VERDICTS = sizeof order / sizeof *order };

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct ou_count *)a)->path, ((const struct ou_count *)b)->path);
}

static int most_first(const void *a, const void *b)
{
    const struct ou_count *x = a, *y = b;
    return x->accounts != y->accounts ? (x->accounts > y->accounts ? -1 : 1) : str_cmp(x->path, y->path);
}

/* "/Root/Prod/Payments" of depth 2 is "/Root/Prod". */
static str upto(str path, size_t depth)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/' && i && --depth == 0)
            return str_head(path, i);
    return path;
}

static void add(struct ou_count *to, const struct ou_count *from)
{
    for (size_t v = 0; v < VERDICTS; v++)
        to->by_verdict[v] += from->by_verdict[v];
    to->accounts += from->accounts;
}

/* `rows` joined with those above them from `depth` on; how many are left. */
static size_t join(struct ou_count *rows, size_t count, size_t depth)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct ou_count row = rows[i];
        size_t to = 0;
        row.path = upto(row.path, depth);
        while (to < kept && !str_eq(rows[to].path, row.path))
            to++;
        if (to < kept)
            add(&rows[to], &row);
        else
            rows[kept++] = row;
    }
    return kept;
}

/* The rows of the picture: OUs, or where they are too many, those above them; *joined tells. */
static struct ou_count *rows_of(struct html *h, size_t *count, bool *joined)
{
    size_t all = h->ous.count, depth = 0;
    struct ou_count *rows = NEW_ARRAY(h->w->scratch, struct ou_count, all + 1);
    if (all)
        memcpy(rows, h->ous.items, all * sizeof *rows);
    if (all)
        qsort(rows, all, sizeof *rows, by_path);
    for (size_t i = 0, n; i < all; i++) {
        n = 0;
        for (size_t k = 0; k < rows[i].path.len; k++)
            n += rows[i].path.ptr[k] == '/';
        depth = n > depth ? n : depth;
    }
    *count = all;
    for (; *count > ROWS && depth > 2; depth--)
        *count = join(rows, *count, depth - 1);
    *joined = *count < all || *count > ROWS;
    if (*count > ROWS) { /* the largest, and the others together */
        qsort(rows, *count, sizeof *rows, most_first);
        struct ou_count *rest = &rows[ROWS - 1];
        size_t others = *count - (ROWS - 1);
        for (size_t i = ROWS; i < *count; i++)
            add(rest, &rows[i]);
        rest->path = arena_printf(h->w->scratch, "%zu smaller OUs", others);
        *count = ROWS;
    }
    return rows;
}

static str name_of(const struct ou_count *row)
{
    return row->path.len ? row->path : STR("not known where");
}

/* The end of a path tells more than its beginning. */
static void put_label(struct html *h, str path)
{
    size_t points = 0, from = 0;
    for (size_t i = 0; i < path.len; i += cell_at(path, i, false).bytes)
        points++;
    for (; points > LABEL_SHOWN; points--)
        from += cell_at(path, from, false).bytes;
    put(h->w->out, from ? STR("…") : (str){0});
    put_html(h->w->out, str_from_index(path, from));
}

/* `part` of `whole` in tenths of a percent, for an attribute. */
static void put_percent(struct file_out *f, size_t part, size_t whole)
{
    size_t tenths = whole ? (part * 1000 + whole / 2) / whole : 0;
    putf(f, "%zu.%zu%%", tenths / 10, tenths % 10);
}

void html_bars(struct file_out *f, const size_t *by_verdict, size_t whole, size_t y, size_t height)
{
    size_t before = 0;
    for (size_t i = 0; i < VERDICTS; i++) {
        size_t n = by_verdict[order[i]];
        if (!n)
            continue;
        putf(f, "<rect class=\"%c\" x=\"", html_letter(order[i]));
        put_percent(f, before, whole);
        putf(f, "\" y=\"%zu\" width=\"", y);
        put_percent(f, n, whole);
        putf(f, "\" height=\"%zu\"/>", height);
        before += n;
    }
}

static void put_counts(struct file_out *f, const struct ou_count *row)
{
    static const char *const words[] = {
        [VERDICT_UNDETERMINED] = "undetermined", [VERDICT_NOT_READY] = "not ready", [VERDICT_READY] = "ready"};
    bool more = false;
    for (size_t i = 0; i < VERDICTS; i++) {
        size_t n = row->by_verdict[order[i]];
        if (!n)
            continue;
        putf(f, "%s%s %zu %s", more ? "  " : "", html_sign(order[i]), n, words[order[i]]);
        more = true;
    }
}

static void put_svg(struct html *h, const struct ou_count *rows, size_t count)
{
    struct file_out *f = h->w->out;
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most = rows[i].accounts > most ? rows[i].accounts : most;
    putf(f,
         "<svg class=\"ous\" role=\"img\" aria-labelledby=\"ou-title ou-desc\" width=\"100%%\" height=\"%zu\">"
         "<title id=\"ou-title\">Verdicts by organizational unit</title><desc id=\"ou-desc\">",
         count * ROW_HEIGHT);
    for (size_t i = 0; i < count; i++) {
        put_html(f, name_of(&rows[i]));
        put(f, STR(": "));
        put_counts(f, &rows[i]);
        put(f, i + 1 < count ? STR("; ") : STR("."));
    }
    put(f, STR("</desc>\n"));
    for (size_t i = 0; i < count; i++) {
        putf(f, "<text x=\"0\" y=\"%zu\">", i * ROW_HEIGHT + 13);
        put_label(h, name_of(&rows[i]));
        putf(f, "</text><text x=\"100%%\" y=\"%zu\" text-anchor=\"end\" class=\"k\">", i * ROW_HEIGHT + 13);
        put_counts(f, &rows[i]);
        put(f, STR("</text>"));
        html_bars(f, rows[i].by_verdict, most, i * ROW_HEIGHT + 18, 10);
        put(f, STR("\n"));
    }
    put(f, STR("</svg>\n"));
}

void html_picture(struct html *h)
{
    struct file_out *f = h->w->out;
    size_t count;
    bool joined;
    struct ou_count *rows = rows_of(h, &count, &joined);
    if (!count)
        return;
    put(f, STR("<section id=\"ous\" aria-labelledby=\"h-ous\"><h2 id=\"h-ous\">By organizational unit</h2>\n"));
    put_svg(h, rows, count);
    if (joined)
        putf(f, "<p class=\"hint\">%zu OUs hold accounts; here they are joined to those above them.</p>\n",
             h->ous.count);
    put(f, STR("<details><summary>The same as numbers</summary><table><caption>Accounts by organizational "
               "unit</caption><thead><tr><th scope=\"col\">OU</th><th scope=\"col\">Ready</th>"
               "<th scope=\"col\">Undetermined</th><th scope=\"col\">Not ready</th></tr></thead><tbody>\n"));
    for (size_t i = 0; i < count; i++) {
        put(f, STR("<tr><th scope=\"row\">"));
        put_html(f, name_of(&rows[i]));
        put(f, STR("</th>"));
        for (size_t v = 0; v < VERDICTS; v++)
            putf(f, "<td>%zu</td>", rows[i].by_verdict[order[v]]);
        put(f, STR("</tr>\n"));
    }
    put(f, STR("</tbody></table></details></section>\n"));
}
