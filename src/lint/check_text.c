/* check_text.c - whether the text is JSON, UTF-8, a policy document, and small enough. */
#include "lint/run.h"
#include "text/print.h"

enum { LINE_LIMIT = 4096 }; /* bytes of a line that is shown */

/* The line of a text that was read in part: of what was, the closing quotation marks are NULs. */
static str line_of(struct lint *l, uint32_t number)
{
    str rest = {l->source->text, l->source->len};
    str line = str_cut(&rest, '\n');
    for (uint32_t i = 1; i < number && rest.ptr; i++)
        line = str_cut(&rest, '\n');
    char *copy = arena_cstr(l->arena, str_head(line, LINE_LIMIT));
    line.len = line.len < LINE_LIMIT ? line.len : LINE_LIMIT;
    for (size_t i = 0; i < line.len; i++)
        if (copy[i] == '\0')
            copy[i] = '"';
    return (str){copy, line.len};
}

static void report_fault(struct lint *l, const error *e)
{
    struct lint_finding *f = lint_report(l, NULL, "%s", e->message);
    f->line = f->end_line = e->line;
    f->column = e->column;
    f->end_column = e->column ? e->column + 1 : 0;
    if (!e->line || !e->column || e->column > LINE_LIMIT)
        return;
    f->excerpt = line_of(l, e->line);
    f->excerpt_line = e->line;
    f->excerpt_column = e->column;
    f->excerpt_end = f->end_column;
}

static void json_syntax(struct lint *l, const error *e, json_fault fault)
{
    if (fault == JSON_FAULT_SYNTAX)
        report_fault(l, e);
}

static void json_duplicate_key(struct lint *l, const error *e, json_fault fault)
{
    if (fault == JSON_FAULT_DUPLICATE_KEY)
        report_fault(l, e);
}

static void json_too_deep(struct lint *l, const error *e, json_fault fault)
{
    if (fault == JSON_FAULT_DEPTH)
        report_fault(l, e);
}

static void text_encoding(struct lint *l, const error *e, json_fault fault)
{
    if (fault == JSON_FAULT_ENCODING)
        report_fault(l, e);
}

/* IAM and STS quotas, "IAM name requirements": tab, line ends and U+0020 to U+00FF. */
static void check_characters(struct lint *l, const node *n, bool *told)
{
    str texts[2] = {n->json.string ? node_key(n) : (str){0}, node_is_string(n) ? node_text(n) : (str){0}};
    for (int t = 0; t < 2 && !*told; t++)
        for (size_t i = 0; i < texts[t].len; i++)
            if ((unsigned char)texts[t].ptr[i] > 0xC3) { /* U+0100 and above begin with C4 or more */
                *told = true;
                str sign = utf8_head(str_from_index(texts[t], i), 4);
                sign.len = utf8_len((const unsigned char *)sign.ptr, sign.len);
                lint_report(l, n, "IAM takes no \"%.*s\" in a policy: only U+0020 to U+00FF", STR_ARG(sign));
                break;
            }
    for (NODE_EACH(child, n))
        if (!*told)
            check_characters(l, child, told);
}

static void text_character(struct lint *l)
{
    bool told = false;
    check_characters(l, l->document, &told);
}

static void document_shape(struct lint *l)
{
    if (!is_policy_document(l->document))
        lint_report(l, l->document, "this is no policy document: found %s without \"Version\" and \"Statement\"",
                    node_kind_name(l->document));
}

/* AWS Organizations User Guide, "Quotas"; IAM User Guide, "IAM and STS quotas"; as of November 2026. */
static const struct {
    policy_kind kind;
    size_t limit; /* characters */
    bool blanks;  /* white space outside of texts counts too */
    const char *what;
} quotas[] = {
    {KIND_SCP,      10240, true,  "an SCP"          },
    {KIND_RCP,      5120,  true,  "an RCP"          },
    {KIND_IDENTITY, 6144,  false, "a managed policy"},
    {KIND_BOUNDARY, 6144,  false, "a boundary"      },
    {KIND_TRUST,    2048,  false, "a trust policy"  },
};

/* ---- what looks right and is not ---- */

static void json_bom(struct lint *l)
{
    if (str_starts((str){l->source->text, l->source->len}, STR("\xEF\xBB\xBF")))
        lint_report(l, l->document, "a byte-order mark stands before the text");
}

static uint32_t code_point(str sign)
{
    const unsigned char *p = (const unsigned char *)sign.ptr;
    uint32_t c = sign.len == 1 ? p[0] : p[0] & (0xFFu >> (sign.len + 1));
    for (size_t i = 1; i < sign.len; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

/* No width, another direction of writing, or a blank that is none: from first to last. */
static bool is_invisible(str sign)
{
    static const uint32_t ranges[][2] = {
        {0xA0,   0xA0  },
        {0xAD,   0xAD  },
        {0x200B, 0x200F},
        {0x202A, 0x202E},
        {0x2060, 0x2060},
        {0x2066, 0x2069},
        {0xFEFF, 0xFEFF}
    };
    uint32_t c = code_point(sign);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

/* The first sign that no such name holds; empty: none. `plain`: the name is of ASCII alone. */
static str strange_sign(str text, bool plain)
{
    for (size_t i = 0; i < text.len;) {
        size_t len = utf8_len((const unsigned char *)text.ptr + i, text.len - i);
        str sign = {text.ptr + i, len ? len : 1};
        if (len > 1 && (plain || is_invisible(sign)))
            return sign;
        i += sign.len;
    }
    return (str){0};
}

static void tell_sign(struct lint_finding *f, struct lint *l, str sign)
{
    f->help = arena_printf(l->arena, "write it with ASCII letters; here stands \"%.*s\"", STR_ARG(sign));
}

static void invisible_action(struct lint *l, const struct lint_statement *s, const struct lint_action *a)
{
    str sign = strange_sign(a->text, true);
    (void)s;
    if (sign.len)
        tell_sign(lint_report(l, a->node, "the action holds a character that only looks like another, or like none"), l,
                  sign);
}

static void invisible_resource(struct lint *l, const struct lint_statement *s, const struct lint_resource *r)
{
    str sign = strange_sign(r->text, false);
    (void)s;
    if (sign.len)
        tell_sign(lint_report(l, r->node, "the ARN holds a character that cannot be seen"), l, sign);
}

static void invisible_key(struct lint *l, const struct lint_statement *s, const struct lint_condition *c)
{
    str sign = strange_sign(str_head(c->key, str_find_char(c->key, '/')), true);
    (void)s;
    if (sign.len)
        tell_sign(lint_report_key(l, c->node, "the key holds a character that only looks like another, or like none"),
                  l, sign);
}

/* ---- size ---- */

/* The closing quotation mark of a text that was read is a NUL by now. */
static bool is_quote(char c)
{
    return c == '"' || c == '\0';
}

static size_t length_of(const char *text, size_t len, bool blanks)
{
    size_t count = 0;
    bool inside = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (((unsigned char)c & 0xC0) != 0x80 && (inside || blanks || !blank))
            count++;
        if (inside && c == '\\') {
            i++;
            count++;
        } else if (is_quote(c)) {
            inside = !inside;
        }
    }
    return count;
}

/* Of YAML, and of an object in a capture, what is sent is not known: as short as it can be. */
static size_t policy_length(const struct lint *l, bool blanks)
{
    if (l->document == l->source->root && !l->source->yaml)
        return length_of(l->source->text, l->source->len, blanks);
    str text = node_print(l->arena, l->document);
    return length_of(text.ptr, text.len, blanks);
}

/* The length and the quota of a document of this kind. False: it has none. */
static bool size_of(const struct lint *l, size_t *len, size_t *limit, const char **what)
{
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++)
        if (quotas[i].kind == l->kind) {
            *len = policy_length(l, quotas[i].blanks);
            *limit = l->options->quota[l->kind] ? l->options->quota[l->kind] : quotas[i].limit;
            *what = quotas[i].what;
            return true;
        }
    return false;
}

static void policy_size(struct lint *l)
{
    size_t len, limit;
    const char *what;
    if (!size_of(l, &len, &limit, &what) || len <= limit)
        return;
    struct lint_finding *f = lint_report(l, l->document, "%zu characters; %s may have %zu", len, what, limit);
    if (l->kind == KIND_TRUST)
        f->severity = LINT_WARNING; /* the quota can be raised */
}

static void policy_size_near(struct lint *l)
{
    size_t len, limit;
    const char *what;
    if (!size_of(l, &len, &limit, &what) || len > limit || len * 10 < limit * 9)
        return;
    size_t blanks = len - policy_length(l, false);
    struct lint_finding *f =
        lint_report(l, l->document, "%zu of the %zu characters that %s may have", len, limit, what);
    if (blanks)
        f->help = arena_printf(l->arena, "without white space it has %zu", len - blanks);
}

/* clang-format off */
static const struct lint_check rows[] = {
    {"json-syntax", LINT_ERROR, KINDS_ALL,
     "The text is not JSON",
     "AWS takes one JSON value (RFC 8259): no comments, no trailing comma, nothing behind it.",
     "correct the place that is shown",
     .text = json_syntax},
    {"json-duplicate-key", LINT_ERROR, KINDS_ALL,
     "The same member twice in one object",
     "Most readers keep the last one: a reviewer and AWS may read different policies.",
     "keep one of them, or make one list of both",
     .text = json_duplicate_key},
    {"json-too-deep", LINT_ERROR, KINDS_ALL,
     "Nested more than 64 deep",
     "A policy needs six levels.",
     "this is hardly a policy: correct the nesting",
     .text = json_too_deep},
    {"text-encoding", LINT_ERROR, KINDS_ALL,
     "The text is not UTF-8",
     "AWS takes UTF-8 only.",
     "write the file as UTF-8",
     .text = text_encoding},
    {"text-character", LINT_ERROR, KIND_BIT(KIND_IDENTITY) | KIND_BIT(KIND_BOUNDARY) | KIND_BIT(KIND_TRUST),
     "A character that IAM refuses in a policy",
     "IAM takes tab, line ends and the characters U+0020 to U+00FF in policy documents.",
     "write it with other characters",
     .document = text_character},
    {"document-shape", LINT_ERROR, KINDS_ALL,
     "JSON that is no policy document",
     "A policy is an object with \"Version\" and \"Statement\".",
     "name the policy document itself",
     .document = document_shape},
    {"json-bom", LINT_WARNING, KINDS_ALL,
     "A byte-order mark before the text",
     "Some tools and services refuse it; UTF-8 needs none.",
     "write the file without it",
     .document = json_bom},
    {"text-invisible", LINT_WARNING, KINDS_ALL,
     "A character that cannot be seen, or looks like another",
     "The name looks right and never matches.",
     "write it with ASCII letters",
     .silences = "action-format", .action = invisible_action, .resource = invisible_resource,
     .condition = invisible_key},
    {"suppression-unused", LINT_WARNING, KINDS_ALL,
     "Something is ignored that does not occur, or no longer may be",
     "An entry of lint.ignore, or a comment, that meets nothing hides what comes next.",
     "delete it; where it has expired: look at the finding again, and prolong it or repair the policy",
     .off = false /* told by what suppresses, not by a document */},
    {"policy-size-near", LINT_SUGGESTION, KINDS_ALL & ~KIND_BIT(KIND_RESOURCE),
     "Nearly as long as AWS takes",
     "The next statement may not fit.",
     "merge statements, or split the policy",
     .document = policy_size_near},
    {"policy-size", LINT_ERROR, KINDS_ALL & ~KIND_BIT(KIND_RESOURCE),
     "Longer than AWS takes",
     "AWS refuses a longer policy. White space counts in SCPs and RCPs; in IAM policies it does not, outside of texts.",
     "leave out white space, merge statements, or split the policy",
     .document = policy_size},
};
/* clang-format on */
const struct check_table text_checks = {rows, sizeof rows / sizeof *rows};
