/* request.c - see request.h. */
#include "cli/request.h"

#include <unistd.h>

#include "catalog/catalog.h"
#include "policy/key.h"
#include "report/explain.h"
#include "text/source.h"

struct keys {
    arena *arena;
    struct context_key *items;
    size_t count;
    error *error;
};

static struct context_key *key_named(struct keys *k, str name)
{
    for (size_t i = 0; i < k->count; i++)
        if (str_eq_nocase(k->items[i].name, name))
            return &k->items[i];
    return NULL;
}

/* A name near to a known one is taken for a mistake: it would be looked up in vain, and everything stay as it was. */
static bool is_spelt(struct keys *k, option_id option, str name)
{
    struct catalog_key known;
    str near = catalog_key_find(name, &known) ? (str){0} : catalog_key_near(k->arena, name);
    return !near.len ||
           error_set(k->error, ERR_USAGE, "--%s: AWS has no condition key \"%.*s\"; did you mean %.*s?",
                     option_table[option].name, STR_ARG(visible(k->arena, name)), STR_ARG(visible(k->arena, near)));
}

/* KEY=VALUE; several values of one key make it multivalued. */
static bool add_value(struct keys *k, str given)
{
    str value = given;
    bool has = str_find_char(value, '=') != SIZE_MAX;
    str name = str_cut(&value, '=');
    if (!has || !name.len)
        return error_set(k->error, ERR_USAGE, "--context \"%.*s\" has no value; expected KEY=VALUE",
                         STR_ARG(visible(k->arena, given)));
    if (!is_spelt(k, OPTION_CONTEXT, name))
        return false;
    struct global_key known;
    bool is_set = global_key_find(name, &known) && known.values == KEY_HAS_SET;
    struct context_key *key = key_named(k, name);
    if (!key) {
        key = &k->items[k->count++];
        *key = (struct context_key){.name = name, .state = KEY_PRESENT};
    }
    str *values = NEW_ARRAY(k->arena, str, key->count + 1);
    if (key->count)
        memcpy(values, key->values, key->count * sizeof *values);
    values[key->count++] = value;
    key->values = values;
    key->multivalued = key->count > 1 || is_set;
    return true;
}

static bool add_names(struct keys *k, const struct arguments *args, option_id option, key_state state)
{
    const struct option_value *given = &args->options[option];
    for (size_t i = 0; i < given->count; i++) {
        if (!is_spelt(k, option, given->values[i]))
            return false;
        if (key_named(k, given->values[i]))
            return error_set(k->error, ERR_USAGE, "--%s %.*s: something else is said of that key as well",
                             option_table[option].name, STR_ARG(visible(k->arena, given->values[i])));
        k->items[k->count++] = (struct context_key){.name = given->values[i], .state = state};
    }
    return true;
}

bool context_read(arena *a, const struct arguments *args, const struct context_key **keys, size_t *count, error *e)
{
    const struct option_value *given = &args->options[OPTION_CONTEXT];
    size_t room = given->count + args->options[OPTION_UNKNOWN].count + args->options[OPTION_ABSENT].count;
    struct keys k = {.arena = a, .items = NEW_ARRAY(a, struct context_key, room), .error = e};
    for (size_t i = 0; i < given->count; i++)
        if (!add_value(&k, given->values[i]))
            return false;
    if (!add_names(&k, args, OPTION_UNKNOWN, KEY_UNKNOWN) || !add_names(&k, args, OPTION_ABSENT, KEY_ABSENT))
        return false;
    *keys = k.items;
    *count = k.count;
    return true;
}

bool request_read(arena *a, const struct arguments *args, struct request *out, error *e)
{
    str action = option_text(args, OPTION_ACTION), resource = option_text(args, OPTION_RESOURCE), name = action;
    str service = str_cut(&name, ':');
    if (action.len && (!service.len || !name.len))
        return error_set(e, ERR_USAGE, "--action \"%.*s\" is no action; expected SERVICE:ACTION, such as %s",
                         STR_ARG(visible(a, action)), "organizations:LeaveOrganization");
    if (str_find_char(action, '*') != SIZE_MAX || str_find_char(action, '?') != SIZE_MAX)
        return error_set(e, ERR_USAGE, "--action \"%.*s\" is a pattern; a request has one action",
                         STR_ARG(visible(a, action)));
    if (!utf8_valid(action) || !utf8_valid(resource) || !utf8_valid(option_text(args, OPTION_PRINCIPAL)))
        return error_set(e, ERR_USAGE, "an option holds bytes that are no UTF-8");
    out->action = action;
    out->resource = resource;
    return true;
}

bool account_read(arena *a, const struct arguments *args, str *out, error *e)
{
    const struct option_value *given = &args->options[OPTION_ACCOUNT];
    if (given->count > 1)
        return error_set(e, ERR_USAGE, "--account was given twice; one request is of one account");
    *out = option_text(args, OPTION_ACCOUNT);
    return !given->count || str_is_account_id(*out) ||
           error_set(e, ERR_USAGE, "--account \"%.*s\" is no account id; expected 12 digits",
                     STR_ARG(visible(a, *out)));
}

static void remark(arena *a, str text, const str **notes, size_t *count)
{
    str *all = NEW_ARRAY(a, str, *count + 1);
    if (*count)
        memcpy(all, *notes, *count * sizeof *all);
    all[(*count)++] = text;
    *notes = all;
}

void request_remarks(arena *a, str action, str resource, const str **notes, size_t *count)
{
    uint32_t known = catalog_action_find(action);
    if (known == CATALOG_NONE) {
        str near = catalog_action_near(a, action);
        str hint = near.len ? arena_printf(a, "; did you mean %.*s?", STR_ARG(near)) : (str){0};
        remark(a,
               arena_printf(a, "AWS had no action %.*s on %.*s%.*s", STR_ARG(action), STR_ARG(catalog_date()),
                            STR_ARG(hint)),
               notes, count);
        return;
    }
    str types = catalog_action_types(known);
    bool everything = str_is(resource, "*");
    if (!types.len && !everything)
        remark(a,
               arena_printf(a, "%.*s has no resources of its own: AWS decides it on *, whatever --resource names",
                            STR_ARG(action)),
               notes, count);
    else if (types.len && everything)
        remark(a,
               arena_printf(a,
                            "%.*s is called on a resource (%.*s): on * only statements about every resource "
                            "count; name it with --resource",
                            STR_ARG(action), STR_ARG(types)),
               notes, count);
}

int exit_code_of(tri allowed)
{
    return allowed == TRI_YES ? EXIT_READY : allowed == TRI_NO ? EXIT_NOT_READY : EXIT_UNDETERMINED;
}

static struct report_style style_of(const struct arguments *args)
{
    struct terminal t = terminal_of(args, STDOUT_FILENO);
    return (struct report_style){.color = t.color,
                                 .ascii = t.ascii,
                                 .verbose = has_option(args, OPTION_VERBOSE),
                                 .width = t.width,
                                 .piped = !t.is_terminal};
}

static str format_of(const struct arguments *args)
{
    return has_option(args, OPTION_FORMAT) ? option_text(args, OPTION_FORMAT) : STR("text");
}

int explanation_print(arena *a, const struct arguments *args, const struct explanation *x, error *e)
{
    return explain_write(a, format_of(args), "-", style_of(args), x, e) ? x->exit_code : -1;
}

int people_print(arena *a, const struct arguments *args, const struct explained_people *x, error *e)
{
    return people_write(a, format_of(args), "-", style_of(args), x, e) ? x->exit_code : -1;
}
