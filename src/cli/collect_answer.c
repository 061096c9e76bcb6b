/*
 * collect_answer.c - what came of a call. The exit code of the AWS CLI proves nothing: a cut-off answer, an HTML page
 * or a full disk end with 0 and nothing printed. What counts is JSON with the member that the call always has; and for
 * a failure the code in "An error occurred (CODE) when calling the OPERATION operation" (the same line in v1 and v2).
 */
#include <stdio.h>

#include "cli/collect.h"

/* What the CLI itself says, for failures that never reached AWS. */
static const struct {
    const char *said, *code;
    int again;
} cli_words[] = {
    {"nvalid choice",              CODE_UNKNOWN_OPERATION, 0},
    {"Unknown options",            CODE_UNKNOWN_OPERATION, 0},
    {"nable to locate credential", "NoCredentials",        0},
    {"must specify a region",      "NoRegion",             0},
    {"config profile",             "NoProfile",            0},
    {"oken has expired",           "ExpiredToken",         0},
    {"onnect to the endpoint",     "NotConnected",         1},
    {"timeout on endpoint",        "NotConnected",         1},
    {"onnection was closed",       "NotConnected",         1},
    {"nable to parse response",    "BrokenAnswer",         1},
};

/* Codes of AWS that pass: throttling (the CLI has tried again itself before), and its own trouble. */
static const struct {
    const char *part;
    int again;
} passing[] = {
    {"Throttl",              4},
    {"TooManyRequests",      4},
    {"RequestLimitExceeded", 4},
    {"SlowDown",             4},
    {"ServiceUnavail",       2},
    {"InternalFailure",      2},
    {"InternalServer",       2},
    {"InternalError",        2},
    {"ServiceException",     2},
    {"RequestTimeout",       2},
    {"500",                  2},
    {"502",                  2},
    {"503",                  2},
    {"504",                  2},
};

static void failed(struct answer *out, str code, str message, bool ours, int again)
{
    *out = (struct answer){.code = code, .message = message, .ours = ours, .again = again, .doc = out->doc};
}

static bool is_code(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(ascii_lower(s.ptr[i]) >= 'a' && ascii_lower(s.ptr[i]) <= 'z') && !ascii_is_digit(s.ptr[i]) &&
            !strchr("._-", s.ptr[i]))
            return false;
    return s.len > 0 && s.len <= 128;
}

/* "ListAWSServiceAccess..." is what the CLI spells "list-aws-service-access-...". */
static bool same_operation(str aws, str cli)
{
    size_t at = 0;
    for (size_t i = 0; i < cli.len; i++)
        if (cli.ptr[i] != '-' && (at >= aws.len || ascii_lower(aws.ptr[at++]) != cli.ptr[i]))
            return false;
    return at == aws.len;
}

/* The last line with something in it; our credentials can't be there, and what is long is cut. */
static str last_line(str text)
{
    str line = {0};
    while (text.len) {
        str next = str_cut(&text, '\n');
        if (!str_is_blank(next))
            line = next;
    }
    while (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
        line = str_from_index(line, 1);
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' '))
        line.len--;
    return utf8_head(line, 300);
}

/* "An error occurred (CODE) when calling the OPERATION operation[ (...)]: MESSAGE". False: no such line. */
static bool read_aws_error(str err, const char *operation, struct answer *out)
{
    static const str head = {"An error occurred (", 19}, middle = {" when calling the ", 18};
    size_t at = str_find(err, head);
    str rest = str_from_index(err, at == SIZE_MAX ? err.len : at + head.len);
    str code = str_cut(&rest, ')');
    if (!is_code(code) || !str_starts(rest, middle))
        return false;
    rest = str_from_index(rest, middle.len);
    str line = str_cut(&rest, '\n'), name = str_cut(&line, ' '), message = line;
    (void)str_cut(&message, ':');
    while (message.len && message.ptr[0] == ' ')
        message = str_from_index(message, 1);
    message = last_line(message);
    /* Of another operation (AssumeRole, GetRoleCredentials) it says nothing of this call, and never "none". */
    if (!same_operation(name, str_from(operation))) {
        failed(out, STR("CredentialsFailed"), message, true, 0);
        return true;
    }
    int again = 0;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (str_find(code, str_from(passing[i].part)) != SIZE_MAX)
            again = passing[i].again;
    failed(out, code, message, false, again);
    return true;
}

static void read_failure(arena *a, const char *operation, const struct child_result *r, struct answer *out)
{
    str said = last_line(r->err);
    if (read_aws_error(r->err, operation, out))
        return;
    for (size_t i = 0; i < sizeof cli_words / sizeof *cli_words; i++)
        if (str_find(r->err, str_from(cli_words[i].said)) != SIZE_MAX) {
            bool unknown = strcmp(cli_words[i].code, CODE_UNKNOWN_OPERATION) == 0;
            failed(out, str_from(cli_words[i].code),
                   unknown ? STR("this AWS CLI does not know the call: a newer one does") : said, true,
                   cli_words[i].again);
            return;
        }
    failed(out, STR("CallFailed"),
           said.len ? said : arena_printf(a, "the AWS CLI ended with code %d and said nothing", r->code), true, 0);
}

/* Whether there is something to read at all. */
static bool has_output(arena *a, const char *operation, const struct child_result *r, struct answer *out)
{
    switch (r->end) {
    case CHILD_TIMED_OUT:
        failed(out, STR("TimedOut"), STR("no answer within the time of --timeout"), true, 0);
        return false;
    case CHILD_TOO_LARGE: failed(out, STR("AnswerTooLarge"), STR("more than 256 MiB"), true, 0); return false;
    case CHILD_FAILED:
        failed(out, STR("CallFailed"), arena_printf(a, "the AWS CLI was ended by signal %d", r->code), true, 1);
        return false;
    case CHILD_ENDED: break;
    }
    if (r->code != 0) {
        read_failure(a, operation, r, out);
        return false;
    }
    if (!str_is_blank(r->out))
        return true;
    if (str_is_blank(r->err))
        failed(out, STR("EmptyAnswer"), STR("the AWS CLI printed nothing: the answer was cut off or is no JSON"), true,
               1);
    else
        read_failure(a, operation, r, out);
    return false;
}

/* A source of a copy: json_read ends texts in place, and the file must be what was printed. */
static source *copy_of(arena *a, const struct child_result *r, str name)
{
    source *s = NEW(a, source);
    s->file = name;
    s->text = arena_alloc_zero(a, r->out.len + FILE_TAIL);
    memcpy(s->text, r->out.ptr, r->out.len);
    s->len = r->out.len;
    return s;
}

static void broken(arena *a, struct answer *out, const error *e)
{
    str message = arena_printf(a, "line %u, column %u: %s", e->line, e->column, e->message);
    failed(out, STR("BrokenAnswer"), utf8_head(message, 300), true, 1);
}

void answer_read(arena *a, const struct call *c, const struct child_result *r, struct answer *out)
{
    error e = {0};
    *out = (struct answer){
        .doc = {.call = *c, .path = call_path(a, c)}
    };
    if (!has_output(a, captures[c->kind].operation, r, out))
        return;
    source *s = copy_of(a, r, arena_printf(a, "%.*s.json", STR_ARG(out->doc.path)));
    if (!capture_read(a, s, &out->doc, &e))
        broken(a, out, &e);
    else if (out->doc.state == CAPTURE_UNKNOWN)
        failed(out, STR("BrokenAnswer"), arena_printf(a, "the answer has no \"%s\"", captures[c->kind].member), true,
               1);
    else
        out->answered = true;
}

void answer_read_plain(arena *a, const char *operation, const char *member, const struct child_result *r,
                       struct answer *out)
{
    error e = {0};
    *out = (struct answer){0};
    if (!has_output(a, operation, r, out))
        return;
    source *s = copy_of(a, r, str_from(operation));
    if (!json_read(a, s, &e))
        failed(out, STR("BrokenAnswer"), STR("the answer is no JSON"), true, 1);
    else if (!node_get(s->root, member))
        failed(out, STR("BrokenAnswer"), arena_printf(a, "the answer has no \"%s\"", member), true, 1);
    else {
        out->answered = true;
        out->doc.root = s->root;
        out->doc.source = s;
    }
}
