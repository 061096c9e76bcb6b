/* config_show.c - orgexit config show: every setting that a check here would have, and where it comes from. */
#include <stdio.h>

#include "cli/check_options.h"
#include "text/print.h"

struct setting {
    str key;
    str value;  /* JSON on one line, which is YAML too */
    str origin; /* "default", "--profile", "orgexit.yaml:3" */
};

struct settings {
    arena *arena;
    const struct arguments *args;
    const struct config *config;
    VEC(struct setting) items;
};

static void add(struct settings *s, str key, str value, str origin)
{
    *VEC_PUSH(s->arena, &s->items) = (struct setting){key, value, origin};
}

static str place_of(struct settings *s, const source *from, const node *n)
{
    uint32_t line, column;
    source_line_column(from, n->at, &line, &column);
    return arena_printf(s->arena, "%.*s:%u", STR_ARG(from->file), line);
}

static const node *configured(const struct settings *s, const char *key)
{
    return s->config->source ? node_get(s->config->source->root, key) : NULL;
}

/* Option before file before default. */
static void add_scalar(struct settings *s, const char *key, option_id option, const char *otherwise)
{
    const node *n = configured(s, key);
    if (option != OPTION_COUNT && has_option(s->args, option))
        add(s, str_from(key), json_quote(s->arena, option_text(s->args, option)),
            arena_printf(s->arena, "--%s", option_table[option].name));
    else if (n)
        add(s, str_from(key), node_print(s->arena, n), place_of(s, s->config->source, n));
    else
        add(s, str_from(key), json_quote(s->arena, str_from(otherwise)), STR("default"));
}

static void add_item(struct settings *s, str *list, str value)
{
    *list = arena_printf(s->arena, "%.*s%s%.*s", STR_ARG(*list), list->len > 1 ? ", " : "", STR_ARG(value));
}

static str list_of_option(struct settings *s, option_id option)
{
    str list = STR("[");
    for (size_t i = 0; i < s->args->options[option].count; i++)
        add_item(s, &list, json_quote(s->arena, s->args->options[option].values[i]));
    return arena_printf(s->arena, "%.*s]", STR_ARG(list));
}

static void add_routes(struct settings *s)
{
    const node *n = configured(s, "routes");
    if (has_option(s->args, OPTION_ROUTE))
        add(s, STR("routes"), list_of_option(s, OPTION_ROUTE), STR("--route"));
    else if (n)
        add(s, STR("routes"), node_print(s->arena, n), place_of(s, s->config->source, n));
    else
        add(s, STR("routes"), STR("[\"remove\", \"leave\"]"), STR("default"));
}

/* Packs add up: each with its own origin. */
static void add_packs(struct settings *s)
{
    for (NODE_EACH(item, configured(s, "rules")))
        add(s, STR("rules[]"), node_print(s->arena, item), place_of(s, s->config->source, item));
    for (size_t i = 0; i < s->args->options[OPTION_RULES].count; i++)
        add(s, STR("rules[]"), json_quote(s->arena, s->args->options[OPTION_RULES].values[i]), STR("--rules"));
}

static void add_params(struct settings *s, const struct ruleset *rs)
{
    size_t count;
    const struct param *params = ruleset_params(rs, &count);
    for (size_t i = 0; i < count; i++) {
        const struct param *p = &params[i];
        const node *own = p->from_config ? node_get(s->config->params, arena_cstr(s->arena, p->name)) : NULL;
        const node *value = own ? own : node_get(p->node, "default");
        add(s, arena_printf(s->arena, "params.%.*s", STR_ARG(p->name)), node_print(s->arena, value),
            own ? place_of(s, s->config->source, own) : place_of(s, p->source, value));
    }
}

static void add_members(struct settings *s, const char *key)
{
    const node *parent = configured(s, key);
    for (NODE_EACH(m, parent)) {
        str name = node_is_list(parent) ? arena_printf(s->arena, "%s[]", key)
                                        : arena_printf(s->arena, "%s.%.*s", key, STR_ARG(node_key(m)));
        add(s, name, node_print(s->arena, m), place_of(s, s->config->source, m));
    }
}

static void collect_settings(struct settings *s, const struct ruleset *rs)
{
    static const char *const parts[] = {"severity", "disable", "waivers", "lint"};
    add_scalar(s, "profile", OPTION_PROFILE, "full");
    add_routes(s);
    add_scalar(s, "fail_on", OPTION_FAIL_ON, "blocker");
    add_scalar(s, "max_age", OPTION_MAX_AGE, "7d");
    add_scalar(s, "attestation_max_age", OPTION_COUNT, "90d");
    add_packs(s);
    add_params(s, rs);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add_members(s, parts[i]);
}

/* ---- printing ---- */

static void print_settings(struct settings *s, const struct ruleset *rs)
{
    size_t width = 0, count;
    const str *weakened = ruleset_weakened(rs, &count);
    for (size_t i = 0; i < s->items.count; i++) {
        size_t len = s->items.items[i].key.len + s->items.items[i].value.len;
        width = len > width && len <= 60 ? len : width;
    }
    if (s->config->source)
        printf("# %.*s\n", STR_ARG(visible(s->arena, s->config->source->file)));
    else
        printf("# no orgexit.yaml was found\n");
    for (size_t i = 0; i < s->items.count; i++) {
        const struct setting *t = &s->items.items[i];
        size_t len = t->key.len + t->value.len;
        printf("%.*s: %.*s%*s  # %.*s\n", STR_ARG(visible(s->arena, t->key)), STR_ARG(t->value),
               (int)(len < width ? width - len : 0), "", STR_ARG(visible(s->arena, t->origin)));
    }
    for (size_t i = 0; i < count; i++)
        printf("# weakened: %.*s\n", STR_ARG(visible(s->arena, weakened[i])));
}

static void print_json(struct settings *s, const struct ruleset *rs)
{
    size_t count;
    const str *weakened = ruleset_weakened(rs, &count);
    str file = s->config->source ? json_quote(s->arena, s->config->source->file) : STR("null");
    printf("{\n  \"schema\": \"orgexit/config/1\",\n  \"file\": %.*s,\n  \"settings\": [", STR_ARG(file));
    for (size_t i = 0; i < s->items.count; i++) {
        const struct setting *t = &s->items.items[i];
        str key = json_quote(s->arena, t->key), origin = json_quote(s->arena, t->origin);
        printf("%s\n    {\"key\": %.*s, \"value\": %.*s, \"origin\": %.*s}", i ? "," : "", STR_ARG(key),
               STR_ARG(t->value), STR_ARG(origin));
    }
    printf("\n  ],\n  \"weakened\": [");
    for (size_t i = 0; i < count; i++) {
        str text = json_quote(s->arena, weakened[i]);
        printf("%s%.*s", i ? ", " : "", STR_ARG(text));
    }
    printf("]\n}\n");
}

/* Settings are checked as a check does before it begins, so that a bad one is told here too. */
int run_config(arena *a, const struct arguments *args, error *e)
{
    str format = has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
    bool json = str_is(format, "json");
    if (!args->operand_count || !str_is(args->operands[0], "show") || args->operand_count > 2)
        return error_set(e, ERR_USAGE, "expected: orgexit config show [SNAPSHOT]"), -1;
    if (!json && !str_is(format, "text"))
        return error_set(e, ERR_USAGE, "config show has no format \"%.*s\"; the formats are text, json",
                         STR_ARG(visible(a, format))),
               -1;
    struct config config;
    struct check_options options = {0};
    str near = args->operand_count > 1 ? args->operands[1] : STR(".");
    const struct ruleset *rs;
    if (!check_options_read(a, args, near, &options, &config, e) || !(rs = rules_read(a, args, near, e)))
        return -1;
    struct settings s = {.arena = a, .args = args, .config = &config};
    collect_settings(&s, rs);
    if (json)
        print_json(&s, rs);
    else
        print_settings(&s, rs);
    return EXIT_READY;
}
