/*
 * collect.c - orgexit collect: makes a snapshot with the user's own AWS CLI, by calls that read. Here are its options
 * and all that it prints; collect.h says where the rest stands.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/collect.h"

#define DEFAULT_ROLE "OrganizationAccountAccessRole"
enum { MOST_JOBS = 64, DEFAULT_TIMEOUT = 15 * MINUTE, LONGEST_TIMEOUT = 6 * HOUR };

/* ---- options ---- */

/* Options that every call of the AWS CLI takes, and that change neither an answer nor whose it is. No other is passed
 * on:
 * --filter would cut a list, --account-id ask of another account, --region answer in another Region than the file says.
 */
static const char *const harmless[] = {
    "--ca-bundle",    "--cli-binary-format",  "--cli-connect-timeout", "--cli-read-timeout", "--color",
    "--endpoint-url", "--no-cli-auto-prompt", "--no-cli-pager",        "--no-verify-ssl"};

/* What people may look for, and where it is to be had. */
static const struct {
    const char *name, *instead;
} refused[] = {
    {"--profile", "set AWS_PROFILE in the environment instead"       },
    {"--region",  "set AWS_DEFAULT_REGION in the environment instead"},
    {"--debug",   "it prints credentials"                            },
};

static bool check_aws_arg(arena *a, str value, error *e)
{
    str name = str_cut(&value, '='), list = {0};
    if (!str_starts(name, STR("-"))) /* the value of the option before it */
        return true;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (str_is(name, harmless[i]))
            return true;
        list = arena_printf(a, "%.*s%s%s", STR_ARG(list), i ? ", " : "", harmless[i]);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (name.len > 3 && str_starts(str_from(refused[i].name), name))
            return error_set(e, ERR_USAGE, "--aws-arg %.*s: %s", STR_ARG(visible(a, name)), refused[i].instead);
    return error_set(e, ERR_USAGE, "--aws-arg %.*s could change what an answer is, or whose; taken are %.*s",
                     STR_ARG(visible(a, name)), STR_ARG(list));
}

static bool check_aws_args(arena *a, const struct option_value *given, error *e)
{
    for (size_t i = 0; i < given->count; i++)
        if (!check_aws_arg(a, given->values[i], e))
            return false;
    return true;
}

static bool read_number(const struct arguments *args, option_id id, size_t most, size_t *out, error *e)
{
    str text = option_text(args, id);
    size_t n = 0;
    for (size_t i = 0; i < text.len && n <= most; i++)
        n = ascii_is_digit(text.ptr[i]) ? n * 10 + (size_t)(text.ptr[i] - '0') : most + 1;
    if (text.len && (n < 1 || n > most))
        return error_set(e, ERR_USAGE, "--%s must be a number from 1 to %zu", option_table[id].name, most);
    *out = text.len ? n : *out;
    return true;
}

/* IAM API Reference, CreateRole: letters, digits and +=,.@-_; a path before it. */
static bool is_role_name(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(ascii_lower(s.ptr[i]) >= 'a' && ascii_lower(s.ptr[i]) <= 'z') && !ascii_is_digit(s.ptr[i]) &&
            !strchr("+=,.@-_/", s.ptr[i]))
            return false;
    return s.len > 0 && s.len <= 512 && s.ptr[0] != '/';
}

static bool read_ids(arena *a, const struct arguments *args, struct collect_options *o, error *e)
{
    const struct option_value *ids = &args->options[OPTION_ACCOUNT], *regions = &args->options[OPTION_REGION];
    for (size_t i = 0; i < ids->count; i++)
        if (!str_is_account_id(ids->values[i]))
            return error_set(e, ERR_USAGE, "--account %.*s is no account id; expected 12 digits",
                             STR_ARG(visible(a, ids->values[i])));
    for (size_t i = 0; i < regions->count; i++)
        if (!is_region_name(regions->values[i]))
            return error_set(e, ERR_USAGE, "--region %.*s is no Region; expected a name such as eu-central-1",
                             STR_ARG(visible(a, regions->values[i])));
    if (ids->count && has_option(args, OPTION_OU))
        return error_set(e, ERR_USAGE, "--ou and --account do not go together: name accounts, or an OU");
    if (regions->count && !has_option(args, OPTION_IMPACT))
        return error_set(e, ERR_USAGE, "--region is for --impact: without it nothing of a Region is captured");
    o->accounts = ids->values;
    o->account_count = ids->count;
    o->regions = regions->values;
    o->region_count = regions->count;
    o->ous = args->options[OPTION_OU].values;
    o->ou_count = args->options[OPTION_OU].count;
    return true;
}

static bool read_options(arena *a, const struct arguments *args, struct collect_options *o, error *e)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = processors < 1           ? 1
                  : processors > MOST_JOBS ? MOST_JOBS
                                           : (size_t)processors,
           timeout = DEFAULT_TIMEOUT;
    if (!read_ids(a, args, o, e) || !read_number(args, OPTION_JOBS, MOST_JOBS, &jobs, e) ||
        !read_number(args, OPTION_TIMEOUT, LONGEST_TIMEOUT, &timeout, e) ||
        !check_aws_args(a, &args->options[OPTION_AWS_ARG], e))
        return false;
    o->folder = args->operand_count ? args->operands[0] : (str){0};
    while (o->folder.len > 1 && o->folder.ptr[o->folder.len - 1] == '/')
        o->folder.len--;
    o->aws = has_option(args, OPTION_AWS) ? arena_cstr(a, option_text(args, OPTION_AWS)) : "aws";
    o->aws_args = args->options[OPTION_AWS_ARG].values;
    o->aws_arg_count = args->options[OPTION_AWS_ARG].count;
    o->role = has_option(args, OPTION_ROLE_NAME) ? option_text(args, OPTION_ROLE_NAME) : STR(DEFAULT_ROLE);
    o->impact = has_option(args, OPTION_IMPACT);
    o->jobs = jobs;
    o->timeout = (int)timeout;
    if (!is_role_name(o->role))
        return error_set(e, ERR_USAGE, "--role-name %.*s is no name of an IAM role", STR_ARG(visible(a, o->role)));
    return true;
}

/* ---- --dry-run ---- */

static str placeholder(arena *a, const struct capture *row)
{
    const char *listed = row->listed_as ? row->listed_as : captures[row->listed_by].member;
    switch (row->argument) {
    case ARGUMENT_NONE:
    case ARGUMENT_CHILD:
    case ARGUMENT_TARGET_TYPE: break;
    case ARGUMENT_PARENT: return STR("PARENT_ID");
    case ARGUMENT_POLICY_TYPE: return STR("POLICY_TYPE");
    case ARGUMENT_POLICY: return STR("POLICY_ID");
    case ARGUMENT_ACCOUNT: return STR("ACCOUNT_ID");
    case ARGUMENT_CONTACT: return STR("CONTACT_TYPE");
    case ARGUMENT_WORDS:
        return str_find_char(str_from(row->words), ' ') == SIZE_MAX ? str_from(row->words) : STR("EACH_TYPE");
    case ARGUMENT_LISTED: return arena_str(a, str_from(listed));
    case ARGUMENT_LISTED_ACCOUNT: return arena_printf(a, "%s,ACCOUNT_ID", listed);
    }
    return (str){0};
}

static void print_command(arena *a, const struct collect_options *o, str words, const char *why)
{
    printf("%.*s%.*s --output json", STR_ARG(arena_shell_word(a, str_from(o->aws))), STR_ARG(words));
    for (size_t i = 0; i < o->aws_arg_count; i++)
        printf(" %.*s", STR_ARG(arena_shell_word(a, o->aws_args[i])));
    printf("   # %s\n", why);
}

static void print_row(arena *a, const struct collect_options *o, capture_kind kind)
{
    const struct capture *row = &captures[kind];
    struct call c = {kind, row->of_account ? STR("ACCOUNT_ID") : (str){0}, row->regional ? STR("REGION") : (str){0},
                     placeholder(a, row)};
    print_command(a, o, str_from_index(call_command(a, &c), 3), row->why);
}

static void print_rows(arena *a, const struct collect_options *o, bool of_account, bool management)
{
    for (int k = 0; k < CAPTURE_COUNT; k++)
        if (row_is_wanted((capture_kind)k, o->impact) && captures[k].of_account == of_account &&
            (!of_account || (captures[k].side == SIDE_MANAGEMENT) == management))
            print_row(a, o, (capture_kind)k);
}

static void print_calls(arena *a, const struct collect_options *o)
{
    printf("# With your own credentials: who you are (again at the end), then the organization.\n");
    print_command(a, o, STR(" sts get-caller-identity"), "who captures");
    print_rows(a, o, false, true);
    printf("\n# In the management account alone, with your own credentials when they are its own.\n");
    print_rows(a, o, true, true);
    printf("\n# In each account; in your own without the role.\n");
    print_command(
        a, o,
        arena_printf(a, " sts assume-role --role-arn arn:aws:iam::ACCOUNT_ID:role/%.*s --role-session-name orgexit",
                     STR_ARG(o->role)),
        "credentials for the calls below, in their environment alone");
    print_rows(a, o, true, false);
}

/* ---- --print-policy ---- */

static bool is_of_side(capture_kind kind, bool impact, bool management)
{
    const struct capture *row = &captures[kind];
    if (!row->action || !row_is_wanted(kind, impact))
        return false;
    switch (row->side) {
    case SIDE_MANAGEMENT: return management;
    case SIDE_MEMBER: return !management;
    case SIDE_BOTH: break;
    }
    return true;
}

static bool is_first_with_action(capture_kind kind, bool impact, bool management)
{
    for (int k = 0; k < (int)kind; k++)
        if (is_of_side((capture_kind)k, impact, management) && strcmp(captures[k].action, captures[kind].action) == 0)
            return false;
    return true;
}

/* The least that the calls need, from the table that drives them. */
static void print_policy(const struct collect_options *o, bool management)
{
    bool first = true;
    printf(
        "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Sid\": \"OrgexitReads\",\n"
        "            \"Effect\": \"Allow\",\n            \"Action\": [");
    for (int k = 0; k < CAPTURE_COUNT; k++) {
        if (!is_of_side((capture_kind)k, o->impact, management) ||
            !is_first_with_action((capture_kind)k, o->impact, management))
            continue;
        printf("%s\n                \"%s\"", first ? "" : ",", captures[k].action);
        first = false;
    }
    printf("\n            ],\n            \"Resource\": \"*\"\n        }");
    if (management)
        printf(",\n        {\n            \"Sid\": \"OrgexitEntersMembers\",\n            \"Effect\": \"Allow\",\n"
               "            \"Action\": \"sts:AssumeRole\",\n            \"Resource\": \"arn:*:iam::*:role/%.*s\",\n"
               "            \"Condition\": {\"StringEquals\": {\"aws:ResourceOrgID\": \"${aws:PrincipalOrgID}\"}}\n    "
               "    }",
               STR_ARG(o->role));
    printf("\n    ]\n}\n");
}

/* ---- progress ---- */

struct told {
    arena *arena;
    struct progress line;
};

static void show_progress(void *to, const struct collect_state *state, int64_t now)
{
    enum { ENOUGH = 10 };
    struct told *t = to;
    int64_t passed = now - t->line.began;
    if (!progress_line(&t->line, "collecting", state->done, state->expected))
        return;
    size_t left = state->expected > state->done ? state->expected - state->done : 0;
    if (state->failed.count)
        fprintf(stderr, "  %zu failed", state->failed.count);
    size_t asked = state->done > state->kept ? state->done - state->kept : 0;
    if (asked >= ENOUGH && left) {
        int64_t seconds = passed / 1000 * (int64_t)left / (int64_t)asked;
        str time = duration_format(t->arena, seconds < 60 ? seconds : (seconds + 30) / 60 * 60);
        fprintf(stderr, "  about %.*s left", STR_ARG(time));
    }
    progress_end();
}

/* ---- the end ---- */

static void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "orgexit: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
}

/* What the installed CLI is too old for, by name: its users can do something about it. */
static void warn_of_old_cli(const struct collect_state *s)
{
    size_t unknown = 0;
    for (size_t i = 0; i < s->failed.count; i++)
        unknown += str_is(s->failed.items[i].code, CODE_UNKNOWN_OPERATION);
    if (s->without_any)
        warn("%.*s shows neither State nor Status of %zu accounts: whether they are active stays unknown; "
             "collect again with a newer AWS CLI",
             STR_ARG(s->tool), s->without_any);
    else if (s->without_state)
        warn("%.*s does not show the State of accounts, only the older Status, which AWS has retired; use a newer AWS "
             "CLI",
             STR_ARG(s->tool));
    if (unknown)
        warn("%.*s does not know the call of %zu captures; a newer AWS CLI does", STR_ARG(s->tool), unknown);
}

static void warn_of_failures(arena *a, const struct collect_state *s)
{
    enum { SHOWN = 12 };
    size_t shown = 0;
    for (size_t i = 0; i < s->failed.count && shown < SHOWN; i++, shown++) {
        const struct failed_row *f = &s->failed.items[i];
        warn("%.*s: %.*s%s%.*s", STR_ARG(visible(a, f->path)), STR_ARG(visible(a, f->code)), f->message.len ? ": " : "",
             STR_ARG(visible(a, f->message)));
    }
    if (s->failed.count > shown)
        warn("and %zu more failed calls: all stand in capture.json", s->failed.count - shown);
    for (size_t i = 0; i < s->cut.count; i++)
        warn("%.*s: the AWS CLI gives only the first page of this list", STR_ARG(visible(a, s->cut.items[i])));
}

static void warn_of_end(arena *a, const struct collect_state *s)
{
    if (s->stopped)
        warn("stopped; the same command goes on where it was, within six hours of its beginning");
    if (s->changed_caller.len)
        warn("you were %.*s at the beginning and %.*s at the end: the snapshot is not completed, collect it again",
             STR_ARG(visible(a, s->caller)), STR_ARG(visible(a, s->changed_caller)));
    if (s->end_error.len)
        warn("who you are could not be asked again at the end (%.*s): the snapshot is not completed; the same command "
             "goes on where it was",
             STR_ARG(visible(a, s->end_error)));
    if (s->completed && s->took > KEEP_FOR)
        warn("collecting took more than six hours: such captures do not belong together and prove nothing; "
             "raise --jobs, or choose fewer accounts with --account or --ou");
}

static int end_of(arena *a, const struct arguments *args, const struct collect_options *o,
                  const struct collect_state *s)
{
    bool whole = s->completed && !s->failed.count && !s->cut.count && s->took <= KEEP_FOR;
    warn_of_failures(a, s);
    warn_of_old_cli(s);
    warn_of_end(a, s);
    if (has_option(args, OPTION_QUIET))
        return whole ? EXIT_READY : EXIT_UNDETERMINED;
    printf("%.*s: %zu capture%s", STR_ARG(visible(a, o->folder)), s->captured + s->kept,
           s->captured + s->kept == 1 ? "" : "s");
    if (s->kept)
        printf(" (%zu of them kept from the run before)", s->kept);
    printf(" of the organization and %zu account%s, %s", s->members, s->members == 1 ? "" : "s",
           s->completed ? "completed" : "not completed");
    if (s->failed.count)
        printf("; %zu call%s failed", s->failed.count, s->failed.count == 1 ? "" : "s");
    printf("\n");
    return whole ? EXIT_READY : EXIT_UNDETERMINED;
}

static int collect(arena *a, const struct arguments *args, const struct collect_options *o, error *e)
{
    struct collect_state *state = NEW(a, struct collect_state);
    struct told told = {a, progress_begin(args)};
    bool ok = collect_run(a, o, state, show_progress, &told, e);
    progress_clear(&told.line);
    if (!ok) {
        warn_of_failures(a, state);
        return -1;
    }
    return end_of(a, args, o, state);
}

int run_collect(arena *a, const struct arguments *args, error *e)
{
    struct collect_options o = {0};
    if (!read_options(a, args, &o, e))
        return -1;
    if (has_option(args, OPTION_SCRIPT) + has_option(args, OPTION_DRY_RUN) + has_option(args, OPTION_PRINT_POLICY) > 1)
        return error_set(e, ERR_USAGE, "--script, --dry-run and --print-policy do not go together"), -1;
    if (args->operand_count > 1)
        return error_set(e, ERR_USAGE, "expected one folder: orgexit collect DIR"), -1;
    if (has_option(args, OPTION_SCRIPT))
        return print_collect_script(a), EXIT_READY;
    if (has_option(args, OPTION_PRINT_POLICY))
        return print_policy(&o, str_is(option_text(args, OPTION_PRINT_POLICY), "management")), EXIT_READY;
    if (has_option(args, OPTION_DRY_RUN))
        return print_calls(a, &o), EXIT_READY;
    if (!args->operand_count)
        return error_set(e, ERR_USAGE, "where to? orgexit collect DIR"), -1;
    return collect(a, args, &o, e);
}
