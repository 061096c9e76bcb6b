/* text_end.c - what follows the accounts: errors, causes instead of accounts, the sums, and what to do next. */
#include <stdlib.h>

#include "base/clock.h"
#include "report/text.h"

enum { CAUSES_SHOWN = 10 };

static void put_heading(struct text *t, const char *words)
{
    put_painted(t->w, PAINT_BOLD, str_from(words));
    put(t->w->out, STR("\n"));
}

static void put_errors(struct text *t, const struct check_summary *s)
{
    if (!s->error_count)
        return;
    put_paint(t->w, PAINT_BOLD);
    str count = text_count(t, s->error_count, "input error", "input errors");
    put_painted(t->w, PAINT_RED, count);
    put(t->w->out, STR(": no verdict rests on these files\n"));
    for (size_t i = 0; i < s->error_count; i++)
        text_error(t, 0, &s->errors[i]);
    put(t->w->out, STR("\n"));
}

static int by_freed(const void *a, const void *b)
{
    const struct cause *x = *(const struct cause *const *)a, *y = *(const struct cause *const *)b;
    if (x->freed != y->freed)
        return x->freed > y->freed ? -1 : 1;
    if (x->accounts != y->accounts)
        return x->accounts > y->accounts ? -1 : 1;
    int order = str_cmp(x->rule, y->rule);
    return order ? order : str_cmp(x->text, y->text);
}

const struct cause **causes_sorted(arena *a, const struct check_summary *s)
{
    const struct cause **sorted = NEW_ARRAY(a, const struct cause *, s->cause_count);
    for (size_t i = 0; i < s->cause_count; i++)
        sorted[i] = &s->causes[i];
    if (s->cause_count)
        qsort(sorted, s->cause_count, sizeof *sorted, by_freed);
    return sorted;
}

/* "✗ SCP DenyLeave (p-1) at /Root/Prod — blocks 31 accounts, for 12 it is the only thing left" */
static void put_cause(struct text *t, const struct cause *c)
{
    bool unknown = c->outcome == OUTCOME_UNKNOWN;
    put_sign(t, unknown ? verdict_look(VERDICT_UNDETERMINED) : &error_look);
    struct flow f = flow_at(t->w, sign_columns(t), sign_columns(t) + 2);
    flow_text(&f, c->text);
    flow_words(&f, t->w->style.ascii ? "-" : "—");
    flow_words(&f, unknown ? "open for" : "blocks");
    str comma = c->freed ? STR(",") : (str){0};
    flow_words(&f, arena_printf(t->w->scratch, "%zu", c->accounts).ptr);
    flow_word(&f, (str){0}, c->accounts == 1 ? STR("account") : STR("accounts"), comma);
    if (c->freed && c->freed == c->accounts)
        flow_words(&f, "the only thing left");
    else if (c->freed)
        flow_words(&f, arena_printf(t->w->scratch, "for %zu it is the only thing left", c->freed).ptr);
    flow_end(&f);
}

static void put_causes(struct text *t, const struct check_summary *s)
{
    if (!s->cause_count || s->accounts < 2)
        return;
    size_t shown = t->w->style.verbose || s->cause_count <= CAUSES_SHOWN + 1 ? s->cause_count : CAUSES_SHOWN;
    const struct cause **sorted = causes_sorted(t->w->scratch, s);
    put_painted(t->w, PAINT_BOLD, STR("What stands in the way"));
    put_painted(t->w, PAINT_FAINT, STR(" (first what alone would free most accounts)\n"));
    for (size_t i = 0; i < shown; i++)
        put_cause(t, sorted[i]);
    if (shown < s->cause_count) {
        put_spaces(t->w->out, sign_columns(t));
        putf(t->w->out, "and %zu more (--verbose)\n", s->cause_count - shown);
    }
    put(t->w->out, STR("\n"));
}

static size_t columns_of(size_t n)
{
    size_t count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

static void put_sum(struct text *t, verdict v, size_t n, size_t columns, const char *word)
{
    put(t->w->out, STR("   "));
    put_sign(t, verdict_look(v));
    putf(t->w->out, "%*zu %s", (int)columns, n, word);
}

static void put_sums(struct text *t, const struct check_summary *s)
{
    if (s->accounts < 2)
        return;
    put_heading(t, "By route");
    for (int r = 0; r < ROUTE_COUNT; r++) {
        if (!(t->w->run->routes & ROUTE_BIT(r)))
            continue;
        size_t columns = columns_of(s->accounts);
        put_spaces(t->w->out, sign_columns(t));
        putf(t->w->out, "%-14s", route_name((route)r));
        put_sum(t, VERDICT_READY, s->route_ready[r], columns, "ready");
        put_sum(t, VERDICT_NOT_READY, s->route_not_ready[r], columns, "not ready");
        put_sum(t, VERDICT_UNDETERMINED, s->route_undetermined[r], columns, "undetermined");
        put(t->w->out, STR("\n"));
    }
    put(t->w->out, STR("\n"));
}

/* A command to go on with, and what it is good for. */
static void put_next(struct text *t, bool *begun, const str *command, size_t count, const char *good_for)
{
    if (!*begun)
        put_heading(t, "Next");
    *begun = true;
    put_spaces(t->w->out, sign_columns(t));
    for (size_t i = 0; i < count; i++) {
        put(t->w->out, i ? STR(" ") : (str){0});
        put_shell(t->w->out, shell_can_show(command[i], t->w->style.ascii) ? command[i] : STR("SNAPSHOT"));
    }
    put(t->w->out, STR("\n"));
    size_t indent = sign_columns(t) + 4;
    put_spaces(t->w->out, indent);
    struct flow f = flow_at(t->w, indent, indent);
    put_paint(t->w, PAINT_FAINT);
    flow_words(&f, good_for);
    put_paint(t->w, PAINT_NONE);
    flow_end(&f);
}

static void put_next_steps(struct text *t)
{
    const struct row *first = t->rows.count ? &t->rows.items[0] : NULL;
    str snapshot = t->w->run->saved ? STR("SNAPSHOT") : t->w->run->snapshot;
    bool begun = false;
    if (first && first->counted && first->verdict != VERDICT_READY)
        put_next(t, &begun, (const str[]){STR("orgexit"), STR("check"), snapshot, STR("--account"), first->id}, 5,
                 "one account in full: where it stands in the files, why, and how to mend it");
    if (t->wants_attestation)
        put_next(t, &begun,
                 (const str[]){STR("orgexit"), STR("attest"), STR("set"), snapshot, STR("ACCOUNT"), STR("TOPIC=VALUE"),
                               STR("--by"), STR("YOU")},
                 8, "write down what people have looked up: each unknown above names its topic");
    if (t->wants_capture)
        put_next(t, &begun, (const str[]){STR("orgexit"), STR("collect"), STR("DIR")}, 3,
                 "captures that are missing, cut off or too old leave accounts undetermined: this makes them");
    if (begun)
        put(t->w->out, STR("\n"));
}

static void put_count(struct text *t, size_t n, verdict v, const char *word, const char *after)
{
    if (n)
        put_paint(t->w, verdict_look(v)->paint);
    putf(t->w->out, "%zu %s", n, word);
    if (n)
        put_paint(t->w, PAINT_NONE);
    put(t->w->out, str_from(after));
}

static void put_counts(struct text *t, size_t accounts, size_t ready, size_t not_ready, size_t undetermined)
{
    put(t->w->out, text_count(t, accounts, "account", "accounts"));
    put(t->w->out, STR(": "));
    put_count(t, ready, VERDICT_READY, "ready", ", ");
    put_count(t, not_ready, VERDICT_NOT_READY, "not ready", ", ");
    put_count(t, undetermined, VERDICT_UNDETERMINED, "undetermined", "");
}

static void put_last_line(struct text *t, const struct check_summary *s)
{
    struct file_out *out = t->w->out;
    if (t->w->run->assumed_count)
        put(out, STR("HYPOTHETICAL: "));
    put_counts(t, s->accounts, s->ready, s->not_ready, s->undetermined);
    if (s->error_count)
        putf(out, "; %zu input error%s", s->error_count, s->error_count == 1 ? "" : "s");
    putf(out, "; exit %d\n", s->exit_code);
}

void text_end_for_people(struct text *t, const struct check_summary *s)
{
    if (t->hidden) {
        put_spaces(t->w->out, sign_columns(t));
        put(t->w->out, text_count(t, t->hidden, "account", "accounts"));
        put(t->w->out, STR(" READY, not shown (--only-problems)\n\n"));
    }
    put_errors(t, s);
    put_causes(t, s);
    put_sums(t, s);
    put_next_steps(t);
    put_last_line(t, s);
}

static void put_remark(struct text *t, const char *label, str text)
{
    putf(t->w->out, "# %s: ", label);
    put_terminal(t->w->out, text, t->w->style.ascii);
    put(t->w->out, STR("\n"));
}

/* Ahead of the rows of one of several snapshots. */
void text_snapshot_remark(struct text *t)
{
    if (t->w->run->of)
        put_remark(t, t->w->run->saved ? "result" : "snapshot", t->w->run->snapshot);
}

/* Behind the rows, in lines that begin with '#': what a program must not miss, the sums among it. */
void text_end_for_programs(struct text *t, const struct check_summary *s)
{
    const struct check_run *run = t->w->run;
    for (size_t i = 0; i < run->assumed_count; i++)
        put_remark(t, "HYPOTHETICAL, assumed", run->assumed[i]);
    for (size_t i = 0; i < run->disabled_count; i++)
        put_remark(t, "weakened", run->disabled[i]);
    for (size_t i = 0; i < run->note_count; i++)
        put_remark(t, "note", run->notes[i]);
    for (const struct input_error *e = s->errors; e < s->errors + s->error_count; e++) {
        put(t->w->out, STR("# input error: "));
        struct flow f = flow_at(t->w, 0, 0);
        text_place(&f, e->file, e->line, e->column, STR(":"));
        flow_text(&f, e->message);
        flow_end(&f);
    }
    put(t->w->out, STR("# "));
    put_last_line(t, s);
}

void text_last(struct text *t, const struct check_total *total, bool for_programs)
{
    struct file_out *out = t->w->out;
    put(out, for_programs ? STR("# ") : STR("\n"));
    put(out, text_count(t, total->snapshots, "snapshot", "snapshots"));
    if (total->unreadable)
        putf(out, " (%zu could not be read)", total->unreadable);
    put(out, STR(", "));
    put_counts(t, total->accounts, total->ready, total->not_ready, total->undetermined);
    putf(out, "; exit %d\n", total->exit_code);
}
