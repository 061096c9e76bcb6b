/* text_section.c - one account: the verdict and who it rests on, then its findings, the worst first. */
#include "base/clock.h"
#include "report/flow.h"
#include "report/text.h"

/* "READY (2 waived)" */
static str verdict_words(struct text *t, const struct account_result *a)
{
    str word = str_from(verdict_name(a->verdict));
    if (a->verdict != VERDICT_READY || !a->waived)
        return word;
    return arena_printf(t->w->scratch, "%.*s (%u waived)", STR_ARG(word), a->waived);
}

static void put_title(struct text *t, const struct account_result *a)
{
    const struct look *look = verdict_look(a->verdict);
    str words = verdict_words(t, a);
    put_sign(t, look);
    put_paint(t->w, PAINT_BOLD);
    put_painted(t->w, look->paint, words);
    put(t->w->out, STR("  "));
    struct flow f = flow_at(t->w, sign_columns(t) + words.len + 2, sign_columns(t) + 2);
    flow_word(&f, (str){0}, a->id, (str){0});
    if (a->name.len)
        flow_word(&f, STR("\""), a->name, STR("\""));
    if (a->path.len) {
        flow_words(&f, "in");
        flow_text(&f, a->path);
    }
    if (t->w->run->assumed_count)
        flow_words(&f, "(HYPOTHETICAL)");
    if (!a->counted)
        flow_words(&f, "(management account, not counted)");
    flow_end(&f);
}

static str until_words(struct text *t, const struct account_result *a)
{
    arena *s = t->w->scratch;
    if (str_is(a->ready_until_because, "capture age"))
        return STR("the captures are too old then");
    return arena_printf(s, "%.*s ends", STR_ARG(a->ready_until_because));
}

static void put_ready_times(struct text *t, const struct account_result *a)
{
    size_t indent = sign_columns(t);
    if (a->has_ready_until) {
        put_spaces(t->w->out, indent);
        struct flow f = flow_at(t->w, indent, indent + 2);
        flow_words(&f, "ready until");
        flow_word(&f, (str){0}, text_until(t, a->ready_until), STR(":"));
        flow_text(&f, until_words(t, a));
        flow_end(&f);
    }
    if (a->has_ready_from) {
        put_spaces(t->w->out, indent);
        struct flow f = flow_at(t->w, indent, indent + 2);
        flow_words(&f, "ready from");
        flow_word(&f, (str){0}, time_format(t->w->scratch, a->ready_from), STR(":"));
        flow_words(&f, "a wait period is the only thing left");
        flow_end(&f);
    }
}

enum { ROUTE_COLUMNS = 16, VERDICT_COLUMNS = 14 }; /* "remove/console", "UNDETERMINED" and two blanks */

/* What would be done as whom, and whether it may be. */
static void put_route(struct text *t, const struct account_result *a, route r)
{
    size_t indent = sign_columns(t);
    const char *name = route_name(r), *word = verdict_name(a->routes[r]);
    put_spaces(t->w->out, indent);
    put_sign(t, verdict_look(a->routes[r]));
    putf(t->w->out, "%-*s", ROUTE_COLUMNS, name);
    put_painted(t->w, verdict_look(a->routes[r])->paint, str_from(word));
    put_spaces(t->w->out, VERDICT_COLUMNS - strlen(word));
    size_t column = indent + sign_columns(t) + ROUTE_COLUMNS + VERDICT_COLUMNS;
    struct flow f = flow_at(t->w, column, indent + sign_columns(t) + 2);
    if (a->actors[r].len)
        flow_word(&f, STR("by "), a->actors[r], (str){0});
    else
        flow_word(&f, STR("by whom is not known"), (str){0}, (str){0});
    if (a->verdict == VERDICT_READY && a->by_route == (int)r)
        flow_words(&f, t->w->style.ascii ? "<- the verdict" : "← the verdict");
    flow_end(&f);
}

static void put_routes(struct text *t, const struct account_result *a)
{
    put(t->w->out, STR("\n"));
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (t->w->run->routes & ROUTE_BIT(r))
            put_route(t, a, (route)r);
}

static void put_account_errors(struct text *t, const struct account_result *a)
{
    if (!a->error_count)
        return;
    put(t->w->out, STR("\n"));
    put_spaces(t->w->out, sign_columns(t));
    put_painted(t->w, PAINT_BOLD, text_count(t, a->error_count, "input error\n", "input errors\n"));
    for (size_t i = 0; i < a->error_count; i++)
        text_error(t, sign_columns(t), &a->errors[i]);
}

static bool is_failed_blocker(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_FAIL;
}

static bool is_unknown_blocker(const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_UNKNOWN;
}

static bool is_open(const struct finding *f)
{
    return f->outcome == OUTCOME_FAIL || f->outcome == OUTCOME_UNKNOWN;
}

static bool is_failed_warning(const struct finding *f)
{
    return f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_FAIL;
}

static bool is_unknown_warning(const struct finding *f)
{
    return f->severity == SEVERITY_WARNING && f->outcome == OUTCOME_UNKNOWN;
}

static bool is_info(const struct finding *f)
{
    return f->severity == SEVERITY_INFO && is_open(f);
}

static bool is_waived(const struct finding *f)
{
    return f->outcome == OUTCOME_WAIVED;
}

static bool is_passed(const struct finding *f)
{
    return f->outcome == OUTCOME_PASS;
}

/* How many unknown blockers are told in full: what failed comes first, and more than some have one cause, as a rule. */
static size_t unknown_in_full(const struct account_result *a)
{
    return a->verdict == VERDICT_NOT_READY ? 4 : 10;
}

/* A finding is in the one group that holds it. For an account that is READY, blockers only close its other routes. */
static const struct group {
    bool (*holds)(const struct finding *f);
    const char *one, *many, *when_ready;
    bool full, only_verbose, brief; /* brief: ids alone unless verbose, for what is many and stops nobody */
} groups[] = {
    {is_failed_blocker,  "blocker failed",  "blockers failed",  "on other routes", true,  false, false},
    {is_unknown_blocker, "blocker unknown", "blockers unknown", "on other routes", true,  false, false},
    {is_waived,          "waived",          "waived",           NULL,              false, false, false},
    {is_failed_warning,  "warning",         "warnings",         NULL,              false, false, false},
    {is_unknown_warning, "warning unknown", "warnings unknown", NULL,              false, false, true },
    {is_info,            "remark",          "remarks",          NULL,              false, true,  false},
    {is_passed,          "passed",          "passed",           NULL,              false, true,  false},
};

static size_t group_count(const struct group *g, const struct account_result *a)
{
    size_t count = 0;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        count += g->holds(f);
    return count;
}

static void put_ids(struct text *t, const struct group *g, const struct account_result *a)
{
    put_spaces(t->w->out, sign_columns(t));
    struct flow line = flow_at(t->w, sign_columns(t), sign_columns(t) + 2);
    flow_words(&line, "?");
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++)
        if (g->holds(f))
            flow_text(&line, f->rule);
    flow_words(&line, "(--verbose tells why)");
    flow_end(&line);
}

static void put_group(struct text *t, const struct group *g, const struct account_result *a)
{
    bool verbose = t->w->style.verbose, ready = a->verdict == VERDICT_READY;
    size_t count = group_count(g, a);
    if (!count || (g->only_verbose && !verbose) || (g->holds == is_passed && t->w->style.only_problems))
        return;
    put(t->w->out, STR("\n"));
    put_spaces(t->w->out, sign_columns(t));
    put_painted(t->w, PAINT_BOLD, text_count(t, count, g->one, g->many));
    bool unknown = g->holds == is_unknown_blocker;
    bool brief =
        !verbose && (g->brief || (unknown && !a->counted)); /* the management account stays, whatever is known */
    bool many = unknown && !ready && !verbose && !brief && count > unknown_in_full(a);
    if (ready && g->when_ready)
        putf(t->w->out, " %s", g->when_ready);
    if (many)
        put(t->w->out, STR(" (--verbose tells more of each)"));
    put(t->w->out, STR("\n"));
    if (brief) {
        put_ids(t, g, a);
        return;
    }
    bool full = (g->full && !ready && !many && a->counted) || (verbose && g->holds != is_passed);
    bool more = false;
    for (const struct finding *f = a->findings; f < a->findings + a->finding_count; f++) {
        if (!g->holds(f))
            continue;
        if (more && full)
            put(t->w->out, STR("\n"));
        (full ? text_finding_full : text_finding_short)(t, f);
        more = true;
    }
}

static void put_counts(struct text *t, const struct account_result *a)
{
    put(t->w->out, STR("\n"));
    put_spaces(t->w->out, sign_columns(t));
    put_paint(t->w, PAINT_FAINT);
    putf(t->w->out, "%u passed, %u not applicable", a->passed, a->not_applicable);
    put_paint(t->w, PAINT_NONE);
    put(t->w->out, STR("\n\n"));
}

void text_section(struct text *t, const struct account_result *a)
{
    put_title(t, a);
    put_ready_times(t, a);
    if (a->verdict == VERDICT_READY && t->w->style.only_problems)
        return;
    if (a->counted)
        put_routes(t, a);
    put_account_errors(t, a);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        put_group(t, &groups[i], a);
    put_counts(t, a);
}
