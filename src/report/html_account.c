/* html_account.c - one account: what a row of the table says, the routes, and links to its findings. */
#include <stdlib.h>

#include "base/clock.h"
#include "report/html.h"
#include "report/text.h"

static bool is_failed_blocker(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_FAIL;
}

static bool is_unknown_blocker(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_UNKNOWN;
}

static bool is_failed_warning(const struct finding *f)
{
    return f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_FAIL;
}

static bool is_unknown_warning(const struct finding *f)
{
    return f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_UNKNOWN;
}

static bool is_remark(const struct finding *f)
{
    return f->severity == SEVERITY_INFO && (f->outcome == OUTCOME_FAIL || f->outcome == OUTCOME_UNKNOWN);
}

static bool is_waived(const struct finding *f)
{
    return f->outcome == OUTCOME_WAIVED;
}

static bool is_passed(const struct finding *f)
{
    return f->outcome == OUTCOME_PASS;
}

/* A finding is in the one group that holds it. Of a set, an account has but a link: many accounts have the same. */
static const struct group {
    bool (*holds)(const struct finding *f);
    const char *one, *many;
    enum { WITH_MESSAGE, BY_NAME, AS_SET } how;
} groups[] = {
    {is_failed_blocker,  "blocker failed",  "blockers failed",  WITH_MESSAGE},
    {is_unknown_blocker, "blocker unknown", "blockers unknown", WITH_MESSAGE},
    {is_waived,          "waived",          "waived",           WITH_MESSAGE},
    {is_failed_warning,  "warning",         "warnings",         BY_NAME     },
    {is_unknown_warning, "warning unknown", "warnings unknown", AS_SET      },
    {is_remark,          "remark",          "remarks",          AS_SET      },
    {is_passed,          "passed",          "passed",           AS_SET      },
};

enum { GROUPS = sizeof groups / sizeof *groups };

/* ---- what the report sums up over all accounts ---- */

static void count_ou(struct html *h, const struct account_result *a)
{
    bool is_new;
    size_t at = html_index(h, &h->ou_by_path, a->path, h->ous.count, &is_new);
    if (is_new)
        VEC_PUSH(h->keep, &h->ous)->path = arena_str(h->keep, a->path);
    h->ous.items[at].by_verdict[a->verdict]++;
    h->ous.items[at].accounts++;
}

static void count_signers(struct html *h, const struct account_result *a)
{
    for (const struct attested *t = a->attested; t < a->attested + a->attested_count; t++) {
        bool is_new;
        str key = arena_printf(h->w->scratch, "%.*s%c%.*s", STR_ARG(t->by), 0, STR_ARG(t->date));
        size_t at = html_index(h, &h->signer_by_words, key, h->signers.count, &is_new);
        if (is_new)
            *VEC_PUSH(h->keep, &h->signers) =
                (struct signer){.by = arena_str(h->keep, t->by), .date = arena_str(h->keep, t->date)};
        struct signer *s = &h->signers.items[at];
        s->topics++;
        s->accounts += s->last != h->number;
        s->last = h->number;
    }
}

static void count_waiver(struct html *h, const struct finding *f)
{
    const struct waiver_note *n = f->waiver;
    bool is_new;
    str key = arena_printf(h->w->scratch, "%.*s%c%.*s%c%.*s%c%.*s", STR_ARG(f->rule), 0, STR_ARG(n->by), 0,
                           STR_ARG(n->reason), 0, STR_ARG(n->valid_until));
    size_t at = html_index(h, &h->waiver_by_words, key, h->waivers.count, &is_new);
    if (is_new)
        *VEC_PUSH(h->keep, &h->waivers) = (struct waiver_use){.rule = arena_str(h->keep, f->rule),
                                                              .by = arena_str(h->keep, n->by),
                                                              .reason = arena_str(h->keep, n->reason),
                                                              .valid_until = arena_str(h->keep, n->valid_until)};
    struct waiver_use *use = &h->waivers.items[at];
    use->accounts += use->last != h->number;
    use->last = h->number;
}

/* ---- the row ---- */

/* The rule to be mended first, and how many more stand in the way. */
static void put_blockers(struct file_out *f, const struct account_result *a)
{
    const struct finding *first = NULL;
    size_t rules = 0;
    for (const struct finding *g = a->findings; g < a->findings + a->finding_count; g++) {
        bool told = !stands_in_the_way(g);
        for (const struct finding *e = a->findings; !told && e < g; e++)
            told = stands_in_the_way(e) && str_eq(e->rule, g->rule);
        rules += !told;
        if (!told && (!first || (first->outcome == OUTCOME_UNKNOWN && g->outcome == OUTCOME_FAIL)))
            first = g;
    }
    if (a->error_count)
        put(f, STR("✗ input error"));
    else if (first)
        put(f, first->outcome == OUTCOME_FAIL ? STR("✗ ") : STR("? "));
    if (!a->error_count && first)
        put_html(f, first->rule);
    size_t more = a->error_count ? rules : rules ? rules - 1 : 0;
    if (more)
        putf(f, " +%zu", more);
}

static void put_note(struct html *h, struct file_out *f, const struct account_result *a)
{
    if (h->w->run->assumed_count)
        put(f, STR("HYPOTHETICAL "));
    if (!a->counted)
        put(f, STR("management account, not counted "));
    if (a->verdict != VERDICT_READY)
        put_blockers(f, a);
    if (a->verdict == VERDICT_READY && a->has_ready_until)
        putf(f, "until %.*s", STR_ARG(str_head(time_format(h->w->scratch, a->ready_until), 10)));
    if (a->verdict != VERDICT_READY && a->has_ready_from)
        putf(f, " (from %.*s)", STR_ARG(str_head(time_format(h->w->scratch, a->ready_from), 10)));
}

static void put_families(struct html *h, struct file_out *f, const struct account_result *a)
{
    static const char *const names[] = {"remove", "leave", "transfer"};
    bool more = false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        unsigned of = families[i].routes & h->w->run->routes;
        if (!of)
            continue;
        putf(f, "%s%s %s", more ? " " : "", html_sign(family_verdict(a, of)), names[i]);
        more = true;
    }
}

static void put_summary(struct html *h, struct file_out *f, const struct account_result *a)
{
    put(f, STR("<details id=\"a-"));
    put_html(f, a->id);
    putf(f, "\" class=\"%c%s\"><summary><b>%s %s", html_letter(a->verdict), a->counted ? "" : " m",
         html_sign(a->verdict), verdict_name(a->verdict));
    if (a->verdict == VERDICT_READY && a->waived)
        putf(f, " (%u waived)", a->waived);
    put(f, STR("</b> <code>"));
    put_html(f, a->id);
    put(f, STR("</code> <span>"));
    put_html(f, a->name);
    put(f, STR("</span> <span>"));
    put_html(f, a->path);
    put(f, STR("</span> <small>"));
    put_families(h, f, a);
    put(f, STR("</small> <span>"));
    put_note(h, f, a);
    put(f, STR("</span></summary>\n"));
}

/* ---- what is told of it ---- */

static void put_times(struct html *h, struct file_out *f, const struct account_result *a)
{
    if (a->has_ready_until) {
        putf(f, "<p>Ready until %.*s: ", STR_ARG(html_day(h->w->scratch, a->ready_until)));
        if (str_is(a->ready_until_because, "capture age"))
            put(f, STR("the captures are too old then"));
        else
            put_html(f, a->ready_until_because);
        put(f, str_is(a->ready_until_because, "capture age") ? STR(".</p>\n") : STR(" ends.</p>\n"));
    }
    if (a->has_ready_from)
        putf(f, "<p>Ready from %.*s: a wait period is the only thing left.</p>\n",
             STR_ARG(time_format(h->w->scratch, a->ready_from)));
}

static void put_errors(struct file_out *f, const struct account_result *a)
{
    if (!a->error_count)
        return;
    putf(f, "<h3>%zu input error%s</h3><ul class=\"err\">", a->error_count, a->error_count == 1 ? "" : "s");
    for (const struct input_error *e = a->errors; e < a->errors + a->error_count; e++) {
        put(f, STR("<li><code>"));
        put_html(f, e->file);
        if (e->line)
            putf(f, ":%u:%u", e->line, e->column);
        put(f, STR("</code> "));
        put_html(f, e->message);
        put(f, STR("</li>"));
    }
    put(f, STR("</ul>\n"));
}

/* Each selected route, its verdict and who would act. */
static size_t routes_chunk(struct html *h, const struct account_result *a)
{
    struct file_out *f = h->text;
    put(f, STR("<caption>Routes</caption>"));
    for (int r = 0; r < ROUTE_COUNT; r++) {
        if (!(h->w->run->routes & ROUTE_BIT(r)))
            continue;
        bool decides = a->verdict == VERDICT_READY && a->by_route == r;
        putf(f, "<tr class=\"%c\"><th scope=\"row\">%s</th><td>%s %s</td><td>", html_letter(a->routes[r]),
             route_name((route)r), html_sign(a->routes[r]), verdict_name(a->routes[r]));
        put(f, a->actors[r].len ? STR("by <code>") : STR("by whom is not known"));
        html_own(h, f, a->actors[r]);
        put(f, a->actors[r].len ? STR("</code>") : (str){0});
        put(f, decides ? STR(" ← the verdict</td></tr>") : STR("</td></tr>"));
    }
    return html_chunk(h, CHUNK_ROUTES, NULL);
}

static size_t attested_chunk(struct html *h, const struct account_result *a)
{
    struct file_out *f = h->text;
    put(f, STR("<caption>Attested</caption><tr><th scope=\"col\">Topic</th><th scope=\"col\">Value</th>"
               "<th scope=\"col\">By</th><th scope=\"col\">Date</th><th scope=\"col\">Valid until</th>"
               "<th scope=\"col\">Evidence</th></tr>"));
    for (const struct attested *t = a->attested; t < a->attested + a->attested_count; t++) {
        const str cells[] = {t->value, t->by, t->date, t->valid_until, t->evidence};
        put(f, STR("<tr><th scope=\"row\">"));
        put_html(f, t->topic);
        put(f, STR("</th>"));
        for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
            put(f, STR("<td>"));
            html_own(h, f, cells[i]);
            if (i == 0 && t->more.len) {
                put(f, STR(" ("));
                html_own(h, f, t->more);
                put(f, STR(")"));
            }
            put(f, STR("</td>"));
        }
        put(f, STR("</tr>"));
    }
    return html_chunk(h, CHUNK_ATTESTED, NULL);
}

static size_t group_count(const struct group *g, const struct account_result *a)
{
    size_t count = 0;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        count += g->holds(f);
    return count;
}

static void put_link(struct file_out *f, size_t number, const struct finding *finding)
{
    const char *sign;
    (void)html_outcome(finding, &sign);
    putf(f, "<a href=\"#n%zu\">%s ", number, sign);
    put_html(f, finding->rule);
    put(f, STR("</a>"));
}

/* A set of the findings' numbers, told once for all accounts that have it. */
static size_t set_chunk(struct html *h, const struct group *g, const struct account_result *a, const size_t *numbers)
{
    for (size_t i = 0; i < a->finding_count; i++) {
        if (!g->holds(&a->findings[i]))
            continue;
        put(h->text, STR("<li>"));
        put_link(h->text, numbers[i], &a->findings[i]);
        put(h->text, STR("</li>"));
    }
    return html_chunk(h, CHUNK_SET, NULL);
}

static void put_group(struct html *h, struct file_out *f, const struct group *g, const struct account_result *a,
                      const size_t *numbers)
{
    size_t count = group_count(g, a);
    const char *words = count == 1 ? g->one : g->many;
    if (!count)
        return;
    if (g->how == AS_SET) {
        putf(f, ", <a href=\"#n%zu\">%zu %s</a>", set_chunk(h, g, a, numbers), count, words);
        return;
    }
    putf(f, "<h3>%zu %s</h3><ul class=\"f\">", count, words);
    for (size_t i = 0; i < a->finding_count; i++) {
        if (!g->holds(&a->findings[i]))
            continue;
        put(f, STR("<li>"));
        put_link(f, numbers[i], &a->findings[i]);
        put(f, STR(" "));
        if (g->how == WITH_MESSAGE)
            put_html(f, a->findings[i].message);
        put(f, STR("</li>"));
    }
    put(f, STR("</ul>\n"));
}

/* One line of links: what is the same for many accounts. */
static void put_sets(struct html *h, struct file_out *f, const struct account_result *a, const size_t *numbers)
{
    putf(f, "<p class=\"more\"><a href=\"#n%zu\">routes</a>", routes_chunk(h, a));
    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].how == AS_SET && (groups[i].holds != is_passed || !h->w->style.only_problems))
            put_group(h, f, &groups[i], a, numbers);
    if (h->w->style.only_problems)
        putf(f, ", %u passed", a->passed);
    if (a->attested_count)
        putf(f, ", <a href=\"#n%zu\">%zu attested</a>", attested_chunk(h, a), a->attested_count);
    putf(f, ", %u not applicable</p>\n", a->not_applicable);
}

void html_account(struct html *h, const struct account_result *a)
{
    struct file_out *f = h->row;
    size_t *numbers = NEW_ARRAY(h->w->scratch, size_t, a->finding_count);
    h->own = a->id;
    h->number++;
    if (a->counted)
        count_ou(h, a);
    count_signers(h, a);
    put_summary(h, f, a);
    put_times(h, f, a);
    put_errors(f, a);
    for (size_t i = 0; i < a->finding_count; i++) {
        const struct finding *g = &a->findings[i];
        bool told = g->outcome != OUTCOME_NOT_APPLICABLE && !(g->outcome == OUTCOME_PASS && h->w->style.only_problems);
        numbers[i] = told ? html_finding(h, g) : 0;
        if (g->waiver)
            count_waiver(h, g);
    }
    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].how != AS_SET)
            put_group(h, f, &groups[i], a, numbers);
    put_sets(h, f, a, numbers);

    struct html_account *kept = VEC_PUSH(h->keep, &h->accounts);
    struct placed *placed = NEW_ARRAY(h->keep, struct placed, h->placed.count);
    if (h->placed.count)
        memcpy(placed, h->placed.items, h->placed.count * sizeof *placed);
    *kept = (struct html_account){.id = arena_str(h->keep, a->id),
                                  .html = arena_str(h->keep, file_out_take(f)),
                                  .verdict = a->verdict,
                                  .counted = a->counted,
                                  .placed = placed,
                                  .placed_count = h->placed.count};
    h->placed.count = 0;
    h->own = (str){0};
}

/* ---- all of them ---- */

static int rank(const struct html_account *a)
{
    static const int ranks[] = {[VERDICT_NOT_READY] = 0, [VERDICT_UNDETERMINED] = 1, [VERDICT_READY] = 2};
    return a->counted ? ranks[a->verdict] : 3;
}

static int worst_first(const void *x, const void *y)
{
    const struct html_account *a = x, *b = y;
    return rank(a) != rank(b) ? rank(a) - rank(b) : str_cmp(a->id, b->id);
}

/* "12 35:5 13 36:7,40:1": the number of a chunk, and the places that it has with this account. */
static void put_places(struct html *h, struct file_out *f, const struct html_account *a)
{
    bool any = false;
    for (const struct placed *p = a->placed; p < a->placed + a->placed_count; p++) {
        if (!h->chunks.items[p->chunk - 1].differs)
            continue;
        putf(f, "%s%zu", any ? " " : "<p class=\"at\">", p->chunk);
        for (size_t i = 0; i < p->place_count; i++)
            putf(f, "%s%u:%u", i ? "," : " ", p->places[i].line, p->places[i].column);
        any = true;
    }
    put(f, any ? STR("</p></details>\n") : STR("</details>\n"));
}

void html_put_accounts(struct html *h)
{
    struct file_out *f = h->w->out;
    if (h->accounts.count)
        qsort(h->accounts.items, h->accounts.count, sizeof *h->accounts.items, worst_first);
    for (size_t i = 0; i < h->accounts.count; i++) {
        put(f, h->accounts.items[i].html);
        put_places(h, f, &h->accounts.items[i]);
    }
}

/* ---- what they have in common ---- */

static void put_chunk_text(struct file_out *f, const struct chunk *c)
{
    str html = c->html;
    const struct place *at = c->first;
    for (size_t mark; (mark = str_find_char(html, PLACE_MARK[0])) != SIZE_MAX; at++) {
        put(f, str_head(html, mark));
        if (c->differs)
            put(f, STR("<var class=\"at\">:LINE</var>"));
        else
            putf(f, at->column ? ":%u:%u" : ":%u", at->line, at->column);
        html = str_from_index(html, mark + 1);
    }
    put(f, html);
}

static void put_finding_chunk(struct file_out *f, const struct rule_text *r, size_t number, const struct chunk *c)
{
    const struct finding looked = {.outcome = c->outcome, .severity = c->severity};
    const char *sign, *class = html_outcome(&looked, &sign);
    putf(f, "<article id=\"n%zu\" class=\"%s\" data-rule=\"", number, class);
    put_html(f, r->id);
    put(f, STR("\">"));
    put_chunk_text(f, c);
    putf(f, "<p class=\"nr\">%zu account%s, finding %zu</p></article>\n", c->accounts, c->accounts == 1 ? "" : "s",
         number);
}

static void put_plain_chunks(struct html *h, chunk_kind kind, const char *title, const char *element, const char *class)
{
    struct file_out *f = h->w->out;
    bool any = false;
    for (size_t i = 0; i < h->chunks.count; i++) {
        const struct chunk *c = &h->chunks.items[i];
        if (c->kind != kind)
            continue;
        if (!any)
            putf(f, "<section><h3>%s</h3>\n", title);
        any = true;
        putf(f, "<%s id=\"n%zu\" class=\"%s\">", element, i + 1, class);
        put_chunk_text(f, c);
        putf(f, "</%s>\n", element);
    }
    put(f, any ? STR("</section>\n") : (str){0});
}

void html_put_chunks(struct html *h)
{
    struct file_out *f = h->w->out;
    for (size_t r = 0; r < h->rules.count; r++) {
        put(f, STR("<section id=\"r-"));
        put_html(f, h->rules.items[r].id);
        put(f, STR("\">"));
        put(f, h->rules.items[r].html);
        put(f, STR("\n"));
        for (size_t i = 0; i < h->chunks.count; i++)
            if (h->chunks.items[i].kind == CHUNK_FINDING && h->chunks.items[i].rule == r)
                put_finding_chunk(f, &h->rules.items[r], i + 1, &h->chunks.items[i]);
        put(f, STR("</section>\n"));
    }
    put_plain_chunks(h, CHUNK_SET, "Sets of findings", "ul", "set");
    put_plain_chunks(h, CHUNK_ROUTES, "Routes, and who acts", "table", "routes");
    put_plain_chunks(h, CHUNK_ATTESTED, "Attestations", "table", "attested");
}
