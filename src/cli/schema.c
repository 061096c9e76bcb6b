/* schema.c - orgexit schema: prints the JSON schema of one of our files. */
#include "cli/cli.h"
#include "rules/embedded.h"
#include "schemas_embedded.h"

#include <stdio.h>

/* "schemas/check-ndjson.schema.json" is called check-ndjson. */
static str schema_name(const struct embedded *s)
{
    str name = str_from(strrchr(s->name, '/') + 1);
    return str_head(name, name.len - strlen(".schema.json"));
}

static int print_names(void)
{
    for (size_t i = 0; i < embedded_schema_count; i++)
        printf("%.*s\n", STR_ARG(schema_name(&embedded_schemas[i])));
    return EXIT_READY;
}

static bool unknown_schema(arena *a, str name, error *e)
{
    const char **names = NEW_ARRAY(a, const char *, embedded_schema_count);
    for (size_t i = 0; i < embedded_schema_count; i++)
        names[i] = arena_cstr(a, schema_name(&embedded_schemas[i]));
    return error_set(e, ERR_USAGE, "there is no schema \"%.*s\"%.*s (orgexit schema lists them)",
                     STR_ARG(visible(a, name)), STR_ARG(did_you_mean(a, name, names, embedded_schema_count)));
}

int run_schema(arena *a, const struct arguments *args, error *e)
{
    if (!args->operand_count)
        return print_names();
    if (args->operand_count > 1)
        return error_set(e, ERR_USAGE, "one schema at a time: orgexit schema NAME"), -1;
    for (size_t i = 0; i < embedded_schema_count; i++) {
        const struct embedded *s = &embedded_schemas[i];
        if (str_eq(schema_name(s), args->operands[0])) {
            (void)print_text((str){s->text, s->len}); /* the end of the program tells what could not be written */
            return EXIT_READY;
        }
    }
    return unknown_schema(a, args->operands[0], e), -1;
}
