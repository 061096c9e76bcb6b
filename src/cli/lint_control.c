/* lint_control.c - see lint_control.h. */
#include "cli/lint_control.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/work.h"
#include "org/attest.h"
#include "org/snapshot.h"
#include "policy/glob.h"
#include "text/print.h"

/* ---- paths ---- */

str lint_control_path(struct lint_control *c, str path)
{
    char full[PATH_MAX];
    if (!realpath(arena_cstr(c->arena, path), full) || !str_starts(str_from(full), c->base) || !c->base.len)
        return path;
    return arena_printf(c->arena, "%s", full + c->base.len);
}

/* "vendor/" is all below any folder of that name; else a pattern in which "*" may also be a slash. */
static bool path_matches(str pattern, str path)
{
    if (!str_ends(pattern, STR("/")))
        return glob_match(GLOB(pattern), path) == TRI_YES;
    for (size_t i = 0; i + pattern.len <= path.len; i++)
        if ((!i || path.ptr[i - 1] == '/') && str_starts(str_from_index(path, i), pattern))
            return true;
    return false;
}

bool lint_control_excludes(const struct lint_control *c, str path)
{
    for (size_t i = 0; i < c->exclude.count; i++)
        if (path_matches(c->exclude.items[i], path))
            return true;
    return false;
}

policy_kind lint_control_kind(const struct lint_control *c, str path)
{
    policy_kind kind = KIND_UNKNOWN;
    for (size_t i = 0; i < c->types.count && kind == KIND_UNKNOWN; i++)
        if (path_matches(c->types.items[i].path, path))
            kind = c->types.items[i].kind;
    return kind;
}

/* ---- orgexit.yaml ---- */

static bool text_of(const struct lint_control *c, const node *item, const char *key, bool needed, str *out, error *e)
{
    const node *n = node_get(item, key);
    if (!n && !needed)
        return true;
    *out = node_text(n);
    if (!n)
        return source_error(c->config.source, item, e, "\"%s\" is missing", key);
    return (node_is_string(n) && !str_is_blank(*out)) ||
           source_error(c->config.source, n, e, "\"%s\" is %s; expected a text", key,
                        node_is_string(n) ? "empty" : node_kind_name(n));
}

static bool names_of(struct lint_control *c, const node *list, const char *key, struct lint_names *out, error *e)
{
    str *items = NEW_ARRAY(c->arena, str, list ? node_count(list) : 0);
    if (list && !node_is_list(list))
        return source_error(c->config.source, list, e, "\"%s\" is %s; expected a list", key, node_kind_name(list));
    for (NODE_EACH(n, list)) {
        if (!node_is_string(n) || str_is_blank(node_text(n)))
            return source_error(c->config.source, n, e, "an entry of \"%s\" is %s; expected a text", key,
                                node_is_string(n) ? "empty" : node_kind_name(n));
        items[out->count++] = node_text(n);
    }
    out->items = items;
    return true;
}

/* "{{ … }}" to the pattern "*{{ * }}*". */
static bool read_placeholders(struct lint_control *c, const node *list, struct lint_names *out, error *e)
{
    struct lint_names given = {0};
    if (!names_of(c, list, "placeholders", &given, e))
        return false;
    str *items = NEW_ARRAY(c->arena, str, given.count);
    for (size_t i = 0; i < given.count && given.items; i++) {
        str rest = given.items[i];
        size_t dots = str_find(rest, STR("…"));
        if (dots == SIZE_MAX || rest.len <= strlen("…"))
            return source_error(c->config.source, list, e,
                                "a placeholder has \"…\" where its name stands, such as \"{{ … }}\"");
        items[i] = arena_printf(c->arena, "*%.*s*%.*s*", (int)dots, rest.ptr,
                                STR_ARG(str_from_index(rest, dots + strlen("…"))));
    }
    *out = (struct lint_names){items, given.count};
    return true;
}

static size_t check_index(str id)
{
    size_t i = 0;
    while (i < lint_check_count() && !str_is(id, lint_check_id(lint_check_at(i))))
        i++;
    return i;
}

static bool unknown_check(struct lint_control *c, const node *at, bool key, str id, error *e)
{
    const char **ids = NEW_ARRAY(c->arena, const char *, lint_check_count());
    for (size_t i = 0; i < lint_check_count(); i++)
        ids[i] = lint_check_id(lint_check_at(i));
    str near = did_you_mean(c->arena, id, ids, lint_check_count());
    return key ? source_error_key(c->config.source, at, e, "there is no check \"%.*s\"%.*s", STR_ARG(id), STR_ARG(near))
               : source_error(c->config.source, at, e, "there is no check \"%.*s\"%.*s", STR_ARG(id), STR_ARG(near));
}

static int severity_of(str name)
{
    for (int s = 0; s < LINT_SEVERITIES; s++)
        if (str_is(name, lint_severity_name((lint_severity)s)))
            return s;
    return str_is(name, "never") ? LINT_SEVERITIES : -1;
}

static bool read_by_check(struct lint_control *c, const node *by_check, const node *on, error *e)
{
    size_t count = lint_check_count();
    int *severities = NEW_ARRAY(c->arena, int, count), *checks = NEW_ARRAY(c->arena, int, count);
    for (size_t i = 0; i < count; i++)
        severities[i] = checks[i] = -1;
    for (NODE_EACH(m, by_check)) {
        size_t i = check_index(node_key(m));
        int s = node_is_string(m) ? severity_of(node_text(m)) : -1;
        if (i == count)
            return unknown_check(c, m, true, node_key(m), e);
        if (s < 0 || s == LINT_SEVERITIES)
            return source_error(c->config.source, m, e,
                                "\"%.*s\" is no severity; expected error, security-warning, warning or suggestion",
                                STR_ARG(node_text(m)));
        if (lint_is_final(node_key(m)) && s != LINT_ERROR)
            return source_error(c->config.source, m, e, "AWS refuses the document: \"%.*s\" stays an error",
                                STR_ARG(node_key(m)));
        severities[i] = s;
    }
    for (NODE_EACH(m, on)) {
        size_t i = check_index(node_key(m));
        if (i == count)
            return unknown_check(c, m, true, node_key(m), e);
        if (!node_is_bool(m))
            return source_error(c->config.source, m, e, "\"%.*s\" is %s; expected true or false", STR_ARG(node_key(m)),
                                node_kind_name(m));
        if (lint_is_final(node_key(m)) && !node_is_true(m))
            return source_error(c->config.source, m, e, "AWS refuses the document: \"%.*s\" can't be off",
                                STR_ARG(node_key(m)));
        checks[i] = node_is_true(m);
    }
    c->severity = severities;
    c->checks = checks;
    return true;
}

static bool read_types(struct lint_control *c, const node *list, error *e)
{
    for (NODE_EACH(item, list)) {
        struct lint_type *t = VEC_PUSH(c->arena, &c->types);
        str kind = {0};
        if (!text_of(c, item, "path", true, &t->path, e) || !text_of(c, item, "type", true, &kind, e))
            return false;
        if (!policy_kind_parse(kind, &t->kind))
            return source_error(c->config.source, node_get(item, "type"), e,
                                "\"%.*s\" is no type; expected identity, boundary, scp, rcp, resource or trust",
                                STR_ARG(kind));
    }
    return true;
}

static bool read_quotas(struct lint_control *c, const node *quota, struct lint_options *options, error *e)
{
    for (NODE_EACH(m, quota)) {
        policy_kind kind;
        str text = node_text(m);
        size_t number = 0;
        if (!policy_kind_parse(node_key(m), &kind))
            return source_error_key(c->config.source, m, e, "\"%.*s\" is no type of policy", STR_ARG(node_key(m)));
        for (size_t i = 0; i < text.len && i < 8; i++)
            number = ascii_is_digit(text.ptr[i]) ? number * 10 + (size_t)(text.ptr[i] - '0') : 0;
        if (!node_is_number(m) || text.len > 7 || !number)
            return source_error(c->config.source, m, e, "a quota is a number of characters, such as 10240");
        options->quota[kind] = number;
    }
    return true;
}

static bool any_check_matches(str pattern)
{
    for (size_t i = 0; i < lint_check_count(); i++)
        if (glob_match(GLOB(pattern), str_from(lint_check_id(lint_check_at(i)))) == TRI_YES)
            return true;
    return false;
}

static bool read_ignore(struct lint_control *c, const node *item, int64_t as_of, error *e)
{
    struct lint_ignore *g = VEC_PUSH(c->arena, &c->ignore);
    const node *statement = node_get(item, "statement");
    int64_t end;
    g->at = item;
    if (!text_of(c, item, "check", true, &g->check, e) || !text_of(c, item, "path", false, &g->path, e) ||
        !text_of(c, item, "value", false, &g->value, e) || !text_of(c, item, "by", true, &g->by, e) ||
        !text_of(c, item, "reason", true, &g->reason, e) || !text_of(c, item, "valid_until", true, &g->until, e))
        return false;
    if (statement && !node_is_string(statement) && !node_is_number(statement))
        return source_error(c->config.source, statement, e, "\"statement\" is %s; expected a Sid, or an index from 0",
                            node_kind_name(statement));
    g->statement = statement ? node_text(statement) : (str){0};
    if (!any_check_matches(g->check))
        return unknown_check(c, node_get(item, "check"), false, g->check, e);
    if (lint_is_final(g->check))
        return source_error(c->config.source, node_get(item, "check"), e,
                            "\"%.*s\" can't be ignored: AWS refuses the document", STR_ARG(g->check));
    if (!attest_time(g->until, true, &end))
        return source_error(c->config.source, node_get(item, "valid_until"), e,
                            "\"%.*s\" is no date; expected YYYY-MM-DD", STR_ARG(g->until));
    g->expired = end < as_of;
    return true;
}

static bool read_lint(struct lint_control *c, const node *lint, struct lint_options *o, error *e)
{
    const node *extra = node_get(lint, "extra"), *fail_on = node_get(lint, "fail_on");
    c->threshold = fail_on ? severity_of(node_text(fail_on)) : -1;
    if (fail_on && c->threshold < 0)
        return source_error(c->config.source, fail_on, e,
                            "\"fail_on\" is \"%.*s\"; expected error, security-warning, warning, suggestion or never",
                            STR_ARG(node_text(fail_on)));
    for (NODE_EACH(item, node_get(lint, "ignore")))
        if (!read_ignore(c, item, o->as_of, e))
            return false;
    return read_by_check(c, node_get(lint, "severity"), node_get(lint, "checks"), e) &&
           read_types(c, node_get(lint, "types"), e) && read_quotas(c, node_get(lint, "quota"), o, e) &&
           names_of(c, node_get(lint, "exclude"), "exclude", &c->exclude, e) &&
           read_placeholders(c, node_get(lint, "placeholders"), &o->placeholders, e) &&
           names_of(c, node_get(extra, "services"), "services", &o->services, e) &&
           names_of(c, node_get(extra, "actions"), "actions", &o->actions, e) &&
           names_of(c, node_get(extra, "keys"), "keys", &o->keys, e);
}

/* ---- baselines ---- */

#define BASELINE_SCHEMA "orgexit/lint-baseline/1"

static bool read_baseline(struct lint_control *c, str path, error *e)
{
    source *s = NEW(c->arena, source);
    s->file = path;
    switch (file_read(c->arena, AT_FDCWD, arena_cstr(c->arena, path), path, FILE_LIMIT, &s->text, &s->len, e)) {
    case READ_ABSENT: return error_at(e, path, 0, 0, "there is no such baseline; --write-baseline makes one");
    case READ_FAILED: return false;
    case READ_DONE: break;
    }
    if (!json_read(c->arena, s, e))
        return false;
    const node *schema = node_get(s->root, "schema"), *findings = node_get(s->root, "findings");
    if (!str_is(node_text(schema), BASELINE_SCHEMA) || !node_is_list(findings))
        return source_error(s, s->root, e, "this is no baseline of orgexit lint (\"schema\": \"" BASELINE_SCHEMA "\")");
    for (NODE_EACH(item, findings)) {
        str print = node_text(node_get(item, "fingerprint")), file = node_text(node_get(item, "file"));
        if (print.len != 16)
            return source_error(s, item, e, "an entry without its fingerprint of 16 hexadecimal digits");
        *VEC_PUSH(c->arena, &c->known) = (struct lint_known){.fingerprint = print, .file = file};
    }
    c->baseline = path;
    return true;
}

static int by_print(const void *a, const void *b)
{
    return str_cmp(((const struct lint_known *)a)->fingerprint, ((const struct lint_known *)b)->fingerprint);
}

static int by_file(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    int order = str_cmp(x->file, y->file);
    order = order ? order : strcmp(x->check, y->check);
    return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

bool lint_baseline_write(arena *a, str path, const struct lint_findings *found, error *e)
{
    struct file_out *out = file_out_open(a, arena_cstr(a, path), e);
    if (!out)
        return false;
    struct lint_finding *sorted = NEW_ARRAY(a, struct lint_finding, found->count);
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        if (!lint_is_final(str_from(found->items[i].check)) &&
            !str_is(str_from(found->items[i].check), "suppression-unused"))
            sorted[count++] = found->items[i];
    if (count)
        qsort(sorted, count, sizeof *sorted, by_file);
    str text = STR("{\"schema\": \"" BASELINE_SCHEMA "\", \"findings\": [");
    file_out_put(out, text.ptr, text.len);
    for (size_t i = 0; i < count; i++) {
        text = arena_printf(a, "%s\n  {\"fingerprint\": \"%s\", \"check\": \"%s\", \"file\": %.*s, \"message\": %.*s}",
                            i ? "," : "", sorted[i].fingerprint, sorted[i].check,
                            STR_ARG(json_quote(a, sorted[i].file)), STR_ARG(json_quote(a, sorted[i].message)));
        file_out_put(out, text.ptr, text.len);
    }
    file_out_put(out, "\n]}\n", 4);
    return file_out_end(out, e);
}

/* ---- the findings ---- */

static str finding_key(arena *a, str path, const struct lint_finding *f, unsigned number)
{
    str where = f->sid.len ? f->sid : f->content;
    return arena_printf(a, "%s%c%.*s%c%.*s%c%.*s%c%.*s%c%u", f->check, 0, STR_ARG(path), 0, STR_ARG(f->policy), 0,
                        STR_ARG(where), 0, STR_ARG(f->value), 0, number);
}

/* Equal ones are told apart by a running number. */
static void make_fingerprints(struct lint_control *c, str path, struct lint_findings *findings)
{
    struct map seen = {0};
    arena *a = c->scratch;
    arena_reset(a);
    for (size_t i = 0; i < findings->count; i++) {
        struct lint_finding *f = &findings->items[i];
        void **value = map_at(a, &seen, finding_key(a, path, f, 0));
        unsigned *number = *value ? *value : NEW(a, unsigned);
        *value = number;
        str key = finding_key(a, path, f, (*number)++), hex = sha256_hex(a, NULL, key.ptr, key.len);
        memcpy(f->fingerprint, hex.ptr, 16);
        f->fingerprint[16] = '\0';
    }
}

static bool meets(const struct lint_ignore *g, const struct lint_finding *f)
{
    char index[16];
    (void)snprintf(index, sizeof index, "%d", f->statement);
    bool statement = !g->statement.ptr || (f->sid.ptr ? str_eq(g->statement, f->sid) : str_is(g->statement, index));
    return statement && glob_match(GLOB(g->check), str_from(f->check)) == TRI_YES &&
           (!g->value.ptr || glob_match(GLOB(g->value), f->value) == TRI_YES);
}

/* In orgexit.yaml, told as the paths of policies are known. */
static struct position place_of_entry(const struct lint_control *c, const struct lint_ignore *g)
{
    struct position at;
    source_locate(c->arena, c->config.source, g->at, &at);
    if (c->base.len && str_starts(at.file, c->base))
        at.file = str_from_index(at.file, c->base.len);
    return at;
}

static void ignore(struct lint_control *c, struct lint_ignore *g, struct lint_findings *findings)
{
    g->seen = true;
    for (size_t i = 0; i < findings->count; i++) {
        struct lint_finding *f = &findings->items[i];
        if (lint_is_final(str_from(f->check)) || !meets(g, f))
            continue;
        g->used = true;
        if (f->suppressed.ptr || g->expired)
            continue;
        struct position at = place_of_entry(c, g);
        f->suppressed = arena_printf(c->arena, "%.*s:%u: %.*s (%.*s, until %.*s)", STR_ARG(at.file), at.line,
                                     STR_ARG(g->reason), STR_ARG(g->by), STR_ARG(g->until));
    }
}

static void know(struct lint_control *c, struct lint_finding *f)
{
    struct lint_known wanted = {.fingerprint = str_from(f->fingerprint)}, *known = NULL;
    if (c->known.count && !lint_is_final(str_from(f->check)))
        known = bsearch(&wanted, c->known.items, c->known.count, sizeof wanted, by_print);
    if (!known)
        return;
    known->used = true;
    f->in_baseline = !f->suppressed.ptr;
    if (!f->suppressed.ptr)
        f->suppressed = arena_printf(c->arena, "in the baseline %.*s", STR_ARG(c->baseline));
}

void lint_control_apply(struct lint_control *c, str path, struct lint_findings *findings)
{
    make_fingerprints(c, path, findings);
    for (size_t i = 0; i < c->known.count; i++)
        c->known.items[i].seen |= str_eq(c->known.items[i].file, path);
    for (size_t i = 0; i < findings->count; i++) {
        struct lint_finding *f = &findings->items[i];
        int told = c->severity ? c->severity[check_index(str_from(f->check))] : -1;
        if (told >= 0)
            f->severity = (lint_severity)told;
        know(c, f);
    }
    for (size_t i = 0; i < c->ignore.count; i++)
        if (!c->ignore.items[i].path.ptr || path_matches(c->ignore.items[i].path, path))
            ignore(c, &c->ignore.items[i], findings);
}

/* ---- what is of no use any more ---- */

static void tell_unused(struct lint_control *c, const struct lint_ignore *g, struct lint_findings *out)
{
    struct position at = place_of_entry(c, g);
    str message = g->expired
                      ? arena_printf(c->arena, "this entry of lint.ignore has expired on %.*s", STR_ARG(g->until))
                      : arena_printf(c->arena, "no finding of %.*s meets this entry of lint.ignore", STR_ARG(g->check));
    *VEC_PUSH(c->arena, out) = lint_unused(at.file, &at, message);
}

void lint_control_unused(struct lint_control *c, struct lint_findings *out)
{
    size_t gone = 0;
    for (size_t i = 0; i < c->ignore.count; i++) {
        const struct lint_ignore *g = &c->ignore.items[i];
        if (g->seen && (!g->used || g->expired))
            tell_unused(c, g, out);
    }
    for (size_t i = 0; i < c->known.count; i++)
        gone += c->known.items[i].seen && !c->known.items[i].used;
    struct position at = {0};
    if (!gone)
        return;
    *VEC_PUSH(c->arena, out) = lint_unused(
        c->baseline, &at,
        arena_printf(c->arena, "%zu of the baseline's entries no longer occur: --write-baseline leaves them out",
                     gone));
    out->items[out->count - 1].severity = LINT_SUGGESTION;
}

/* ---- all of it ---- */

bool lint_control_read(arena *a, const struct arguments *args, str near, struct lint_control *out,
                       struct lint_options *options, error *e)
{
    char full[PATH_MAX];
    *out = (struct lint_control){.arena = a, .scratch = work_scratch(a), .threshold = -1};
    if (!config_read(a, args, near, &out->config, e))
        return false;
    str folder = out->config.source ? out->config.folder : (str){0};
    out->base = repository_of(a, near);
    if (folder.len && realpath(arena_cstr(a, folder), full))
        out->base = arena_printf(a, "%s/", full);
    if (out->config.lint && !read_lint(out, out->config.lint, options, e))
        return false;
    if (has_option(args, OPTION_BASELINE) && !read_baseline(out, option_text(args, OPTION_BASELINE), e))
        return false;
    if (out->known.count)
        qsort(out->known.items, out->known.count, sizeof *out->known.items, by_print);
    return true;
}
