/* plan.c - the table of plan formats, and what they have in common. */
#include "report/plan.h"

static const struct plan_format *const formats[] = {&plan_text, &plan_markdown, &plan_json};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

static const struct plan_format *find_format(str name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}

bool report_plan_knows(arena *a, str format, error *e)
{
    str names = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        names = arena_printf(a, "%.*s%s%s", STR_ARG(names), i ? ", " : "", formats[i]->name);
    return find_format(format) || error_set(e, ERR_USAGE, "there is no format \"%.*s\" of plans; the formats are %.*s",
                                            STR_ARG(format), STR_ARG(names));
}

static struct report_writer *open_writer(arena *a, str format, const char *path, struct report_style style, error *e)
{
    if (!report_plan_knows(a, format, e))
        return NULL;
    struct file_out *out = file_out_open(a, path, e);
    if (!out)
        return NULL;
    struct report_writer *w = NEW(a, struct report_writer);
    *w = (struct report_writer){.arena = a, .scratch = a, .out = out, .style = style};
    return w;
}

bool report_plan(arena *a, str format, const char *path, struct report_style style, const struct plan *plan, error *e)
{
    struct report_writer *w = open_writer(a, format, path, style, e);
    if (!w)
        return false;
    w->run = plan->run;
    find_format(format)->plan(w, plan);
    return report_close(w, e);
}

bool report_after(arena *a, str format, const char *path, struct report_style style, const struct after_plan *after,
                  error *e)
{
    struct report_writer *w = open_writer(a, format, path, style, e);
    if (!w)
        return false;
    w->run = after->run;
    find_format(format)->after(w, after);
    return report_close(w, e);
}

/* ---- shared ---- */

str plan_who(arena *a, const struct plan_step *s, const struct plan *plan, const struct plan_account *account)
{
    switch (s->actor) {
    case ACTOR_MANAGEMENT: return arena_printf(a, "management account %.*s", STR_ARG(plan->run->management_account));
    case ACTOR_MEMBER: return arena_printf(a, "member account %.*s", STR_ARG(account->id));
    case ACTOR_ROOT: return arena_printf(a, "root of %.*s", STR_ARG(account->id));
    case ACTOR_SUPPORT: return STR("AWS Support");
    case ACTOR_PERSON: break;
    }
    return STR("you");
}

str plan_letter(arena *a, const struct plan_step *s)
{
    unsigned n = s->group - 1;
    if (!s->group)
        return (str){0};
    return n < 26 ? arena_printf(a, "%c", (char)('A' + n)) : arena_printf(a, "%c%u", (char)('A' + n % 26), n / 26);
}

str plan_sentence(arena *a, const struct plan_account *account)
{
    if (account->no_way.len)
        return STR("there is no way");
    if (account->now == VERDICT_READY)
        return STR("READY now");
    if (account->then == VERDICT_READY)
        return arena_printf(a, "now %s, READY once the steps are done", verdict_name(account->now));
    return arena_printf(a, "now %s, and still %s once the steps are done", verdict_name(account->now),
                        verdict_name(account->then));
}
