/* explain.c - orgexit explain: how a decision was reached in a snapshot, who else may, or what an AWS error means. */
#include "cli/explain.h"

#include <unistd.h>

#include "cli/check_options.h"
#include "cli/faults.h"
#include "cli/simulate.h"
#include "report/explain.h"

struct question {
    struct check_options check;
    struct config config;
    struct request request;
    struct layers given; /* by files: what no capture holds */
    struct explain_options options;
};

/* Layers that the snapshot tells. */
static bool refuse_layers(const struct arguments *args, error *e)
{
    static const option_id refused[] = {OPTION_SCP,   OPTION_RCP,     OPTION_IDENTITY,        OPTION_BOUNDARY,
                                        OPTION_TRUST, OPTION_UNKNOWN, OPTION_RESOURCE_ACCOUNT};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (has_option(args, refused[i]))
            return error_set(e, ERR_USAGE, "--%s and a snapshot exclude each other: the snapshot tells",
                             option_table[refused[i]].name);
    return true;
}

/* Options that whoever asks again must give again. */
static void repeat_options(arena *a, const struct arguments *args, struct explain_options *o)
{
    static const option_id repeated[] = {OPTION_AS_OF,   OPTION_MAX_AGE,         OPTION_CAPTURED_AT,
                                         OPTION_CONFIG,  OPTION_CONTEXT,         OPTION_ABSENT,
                                         OPTION_SESSION, OPTION_RESOURCE_POLICY, OPTION_ASSUME};
    VEC(str) words = {0};
    for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++)
        for (size_t k = 0; k < args->options[repeated[i]].count; k++) {
            *VEC_PUSH(a, &words) = arena_printf(a, "--%s", option_table[repeated[i]].name);
            *VEC_PUSH(a, &words) = args->options[repeated[i]].values[k];
        }
    o->repeat = words.items;
    o->repeat_count = words.count;
}

static bool read_question(arena *a, const struct arguments *args, const char *command, struct question *q, error *e)
{
    str account;
    if (args->operand_count != 1)
        return error_set(e, ERR_USAGE, "%s: orgexit %s SNAPSHOT --account ID",
                         args->operand_count ? "more than one snapshot was named" : "no snapshot was named", command);
    if (!account_read(a, args, &account, e) || !refuse_layers(args, e))
        return false;
    if (!account.len)
        return error_set(e, ERR_USAGE, "of which account? --account ID");
    if (!check_options_read(a, args, args->operands[0], &q->check, &q->config, e) ||
        !request_read(a, args, &q->request, e) || !layers_read(a, args, &q->given, e))
        return false;
    str principal = option_text(args, OPTION_PRINCIPAL), caller = option_text(args, OPTION_CALLER);
    q->options = (struct explain_options){.check = &q->check,
                                          .command = str_from(command),
                                          .account = account,
                                          .principal = principal.len ? principal : caller,
                                          .action = q->request.action,
                                          .resource = q->request.resource,
                                          .session = q->given.session,
                                          .resource_policy = q->given.resource};
    repeat_options(a, args, &q->options);
    return true;
}

int explain_one(arena *a, const struct arguments *args, const char *command, const char *schema, error *e)
{
    struct question q = {0};
    struct explanation x = {.schema = schema};
    if (!read_question(a, args, command, &q, e))
        return -1;
    if (!explain_request(a, &q.options, &x, e)) {
        error_in_snapshot(a, e, q.check.snapshot);
        return -1;
    }
    request_remarks(a, x.action, x.resource, &x.notes, &x.note_count);
    x.exit_code = x.doubt_count ? EXIT_UNDETERMINED : exit_code_of(x.allowed);
    return explanation_print(a, args, &x, e);
}

/* 0: somebody may; 1: nobody may; 3: nobody is known to, somebody might; or the captures are in doubt. */
static int code_of_people(const struct explained_people *x)
{
    if (x->doubt_count)
        return EXIT_UNDETERMINED;
    return x->allowed ? EXIT_READY : x->unknown || !x->complete ? EXIT_UNDETERMINED : EXIT_NOT_READY;
}

static int explain_who(arena *a, const struct arguments *args, error *e)
{
    struct question q = {0};
    struct explained_people x;
    if (has_option(args, OPTION_PRINCIPAL) || has_option(args, OPTION_CALLER))
        return error_set(e, ERR_USAGE, "--who shows every principal; --principal names one: give one of the two"), -1;
    if (!read_question(a, args, "explain", &q, e))
        return -1;
    if (!explain_people(a, &q.options, &x, e)) {
        error_in_snapshot(a, e, q.check.snapshot);
        return -1;
    }
    request_remarks(a, x.action, x.resource, &x.notes, &x.note_count);
    x.exit_code = code_of_people(&x);
    return people_print(a, args, &x, e);
}

int run_explain(arena *a, const struct arguments *args, error *e)
{
    if (has_option(args, OPTION_ERROR))
        return explain_error(a, args, e);
    return has_option(args, OPTION_WHO) ? explain_who(a, args, e)
                                        : explain_one(a, args, "explain", "orgexit/explain/1", e);
}
