/* config.c - finds and reads orgexit.yaml, and the rule packs that it and --rules name. */
#include "cli/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static const char *const keys[] = {
    "version", "rules",    "profile", "routes",  "fail_on", "max_age", "attestation_max_age",
    "params",  "severity", "disable", "waivers", "lint"};
enum { KEY_COUNT = sizeof keys / sizeof *keys };

static bool exists(arena *a, str folder, const char *name)
{
    struct stat st;
    return stat(arena_printf(a, "%.*s/%s", STR_ARG(folder), name).ptr, &st) == 0;
}

/* The nearest orgexit.yaml from `near` upward, not beyond the folder that holds .git. Empty: none. */
static str search(arena *a, str near)
{
    char full[PATH_MAX];
    if (!realpath(arena_cstr(a, near), full))
        return (str){0};
    str folder = str_from(full);
    while (folder.len > 1) {
        if (exists(a, folder, "orgexit.yaml"))
            return arena_printf(a, "%.*s/orgexit.yaml", STR_ARG(folder));
        if (exists(a, folder, ".git"))
            return (str){0};
        while (folder.len > 1 && folder.ptr[folder.len - 1] != '/')
            folder.len--;
        folder.len -= folder.len > 1;
    }
    return (str){0};
}

str repository_of(arena *a, str near)
{
    char full[PATH_MAX];
    str folder = realpath(arena_cstr(a, near), full) ? arena_printf(a, "%s/", full) : (str){0};
    while (folder.len) {
        if (exists(a, folder, ".git"))
            return folder;
        folder.len--;
        while (folder.len && folder.ptr[folder.len - 1] != '/')
            folder.len--;
    }
    return folder;
}

static bool read_yaml(arena *a, str path, source *s, error *e)
{
    s->file = path;
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), path, YAML_LIMIT, &s->text, &s->len, e)) {
    case READ_ABSENT: return error_at(e, path, 0, 0, "there is no such file");
    case READ_FAILED: return false;
    case READ_DONE: break;
    }
    return yaml_read(a, s, YAML_OURS, e);
}

static bool read_routes(const source *s, const node *list, unsigned *out, error *e)
{
    if (!node_is_list(list) || !node_count(list))
        return source_error(s, list, e, "\"routes\" is %s; expected a list such as [remove, leave/api]",
                            node_is_list(list) ? "empty" : node_kind_name(list));
    for (NODE_EACH(item, list)) {
        unsigned routes;
        if (!routes_parse(node_text(item), &routes))
            return source_error(s, item, e,
                                "unknown route \"%.*s\"; expected remove, leave, a kind such as leave/api, or transfer",
                                STR_ARG(node_text(item)));
        *out |= routes;
    }
    return true;
}

static bool read_age(const source *s, const node *n, int64_t *out, error *e)
{
    if (!node_is_string(n) || !duration_parse(node_text(n), out) || *out <= 0)
        return source_error(s, n, e, "\"%.*s\" is no duration; expected a number and a unit: 7d, 12h, 2w",
                            STR_ARG(node_text(n)));
    return true;
}

/* ---- lint: read by the command of that name; here its keys are checked, so that a misspelt one never passes ---- */

#define CLOSED(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Mappings with keys of their own inside `lint`; `list`: in a list of them. */
static const struct lint_part {
    const char *name;
    bool list;
    const char *const *keys; /* NULL-terminated; NULL: none are prescribed */
} lint_parts[] = {
    {"types",    true,  CLOSED("path", "type")                                                                 },
    {"checks",   false, NULL                                                                                   },
    {"severity", false, NULL                                                                                   },
    {"quota",    false, NULL                                                                                   },
    {"extra",    false, CLOSED("services", "actions", "keys")                                                  },
    {"ignore",   true,  CLOSED("check", "path", "statement", "value", "by", "reason", "valid_until")           },
};

static bool keys_known(arena *a, const source *s, const node *n, const char *const *known, const char *what, error *e)
{
    size_t count = 0;
    while (known && known[count])
        count++;
    if (!node_is_object(n))
        return source_error(s, n, e, "\"%s\" is %s; expected a mapping", what, node_kind_name(n));
    for (NODE_EACH(m, n)) {
        bool found = !known;
        for (size_t i = 0; i < count && !found; i++)
            found = str_is(node_key(m), known[i]);
        if (!found)
            return source_error_key(s, m, e, "unknown key \"%.*s\" in \"%s\"%.*s", STR_ARG(node_key(m)), what,
                                    STR_ARG(did_you_mean(a, node_key(m), known, count)));
    }
    return true;
}

static bool check_lint(arena *a, const source *s, const node *lint, error *e)
{
    static const char *const known[] = {"fail_on", "types",        "checks", "severity", "quota",
                                        "exclude", "placeholders", "extra",  "ignore",   NULL};
    static const char *const lists[] = {"exclude", "placeholders"};
    if (!keys_known(a, s, lint, known, "lint", e))
        return false;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const node *n = node_get(lint, lists[i]);
        if (n && !node_is_list(n))
            return source_error(s, n, e, "\"%s\" is %s; expected a list", lists[i], node_kind_name(n));
    }
    for (size_t i = 0; i < sizeof lint_parts / sizeof *lint_parts; i++) {
        const struct lint_part *part = &lint_parts[i];
        const node *n = node_get(lint, part->name);
        if (n && part->list && !node_is_list(n))
            return source_error(s, n, e, "\"%s\" is %s; expected a list of mappings", part->name, node_kind_name(n));
        if (n && !part->list && !keys_known(a, s, n, part->keys, part->name, e))
            return false;
        for (NODE_EACH(item, part->list ? n : NULL))
            if (!keys_known(a, s, item, part->keys, part->name, e))
                return false;
    }
    return true;
}

static bool read_member(arena *a, const source *s, const node *m, struct config *out, error *e)
{
    str key = node_key(m);
    if (str_is(key, "version")) {
        if (!node_is_number(m) || !str_is(node_text(m), "1"))
            return source_error(s, m, e, "\"version\" must be 1");
    } else if (str_is(key, "rules")) {
        if (!node_is_list(m))
            return source_error(s, m, e, "\"rules\" is %s; expected a list of paths", node_kind_name(m));
        out->rules = m;
    } else if (str_is(key, "profile")) {
        if (!node_is_string(m))
            return source_error(s, m, e, "\"profile\" is %s; expected a name", node_kind_name(m));
        out->profile = node_text(m);
    } else if (str_is(key, "routes")) {
        return read_routes(s, m, &out->routes, e);
    } else if (str_is(key, "fail_on")) {
        out->fail_on_warning = str_is(node_text(m), "warning");
        if (!out->fail_on_warning && !str_is(node_text(m), "blocker"))
            return source_error(s, m, e, "\"fail_on\" is \"%.*s\"; expected blocker or warning", STR_ARG(node_text(m)));
    } else if (str_is(key, "max_age")) {
        return read_age(s, m, &out->max_age, e);
    } else if (str_is(key, "attestation_max_age")) {
        return read_age(s, m, &out->attestation_max_age, e);
    } else if (str_is(key, "params")) {
        out->params = m;
    } else if (str_is(key, "severity")) {
        out->severity = m;
    } else if (str_is(key, "disable")) {
        out->disable = m;
    } else if (str_is(key, "waivers")) {
        out->waivers = m;
    } else if (str_is(key, "lint")) {
        out->lint = m;
        return check_lint(a, s, m, e);
    } else {
        return source_error_key(s, m, e, "unknown key \"%.*s\"%.*s", STR_ARG(key),
                                STR_ARG(did_you_mean(a, key, keys, KEY_COUNT)));
    }
    return true;
}

bool config_read(arena *a, const struct arguments *args, str near, struct config *out, error *e)
{
    *out = (struct config){0};
    str path = option_text(args, OPTION_CONFIG);
    if (path.len && has_option(args, OPTION_NO_CONFIG))
        return error_set(e, ERR_USAGE, "--config and --no-config exclude each other");
    const char *by_environment = getenv("ORGEXIT_CONFIG");
    if (has_option(args, OPTION_NO_CONFIG))
        return true;
    if (!path.len && by_environment && *by_environment)
        path = str_from(by_environment);
    if (!path.len)
        path = search(a, near);
    if (!path.len)
        return true;
    source *s = NEW(a, source);
    if (!read_yaml(a, path, s, e))
        return false;
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    out->source = s;
    out->folder = slash ? str_head(path, slash) : STR("./");
    if (!node_is_object(s->root))
        return source_error(s, s->root, e, "the configuration is %s; expected a mapping", node_kind_name(s->root));
    if (!node_get(s->root, "version"))
        return source_error(s, s->root, e, "no \"version\": expected version: 1");
    for (NODE_EACH(m, s->root))
        if (!read_member(a, s, m, out, e))
            return false;
    return true;
}

/* ---- packs ---- */

struct reading {
    arena *arena;
    VEC(struct pack_input) packs;
    error *error;
};

static bool read_pack(struct reading *r, str path)
{
    source *s = NEW(r->arena, source);
    if (!read_yaml(r->arena, path, s, r->error))
        return false;
    VEC_PUSH(r->arena, &r->packs)->source = s;
    return true;
}

/* A pack, or every pack of a folder. */
static bool read_packs(struct reading *r, str path)
{
    str *names;
    size_t count, before = r->packs.count;
    struct stat st;
    if (stat(arena_cstr(r->arena, path), &st) != 0 || !S_ISDIR(st.st_mode))
        return read_pack(r, path);
    if (file_list(r->arena, AT_FDCWD, arena_cstr(r->arena, path), path, &names, &count, r->error) != READ_DONE)
        return error_at(r->error, path, 0, 0, "the folder of rule packs could not be read");
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".yaml")) || str_ends(names[i], STR(".test.yaml")))
            continue;
        if (!read_pack(r, arena_printf(r->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]))))
            return false;
    }
    return r->packs.count > before || error_at(r->error, path, 0, 0, "the folder holds no rule pack (*.yaml)");
}

bool packs_read(arena *a, const struct arguments *args, const struct config *config, const struct pack_input **out,
                size_t *count, error *e)
{
    struct reading r = {.arena = a, .error = e};
    for (NODE_EACH(item, config->rules)) {
        str path = node_text(item);
        if (!node_is_string(item) || !path.len)
            return source_error(config->source, item, e, "a rule pack is %s; expected a path", node_kind_name(item));
        if (path.ptr[0] != '/')
            path = arena_printf(a, "%.*s%.*s", STR_ARG(config->folder), STR_ARG(path));
        if (access(arena_cstr(a, path), F_OK) != 0)
            return source_error(config->source, item, e, "there is no rule pack \"%.*s\" (%s)",
                                STR_ARG(node_text(item)), strerror(errno));
        if (!read_packs(&r, path))
            return false;
    }
    const struct option_value *given = &args->options[OPTION_RULES];
    for (size_t i = 0; i < given->count; i++)
        if (!read_packs(&r, given->values[i]))
            return false;
    *out = r.packs.items;
    *count = r.packs.count;
    return true;
}
