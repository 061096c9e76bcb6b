/* config.h - orgexit.yaml: found from the first input upward to the folder that holds .git (formats.md 4). */
#ifndef ORGEXIT_CLI_CONFIG_H
#define ORGEXIT_CLI_CONFIG_H

#include "cli/cli.h"
#include "rules/pack.h"

struct config {
    const source *source; /* NULL: there is none */
    str folder;           /* that it stands in: its paths are relative to it */
    const node *rules, *params, *severity, *disable, *waivers;
    const node *lint; /* its keys are known ones; its values are read by the command of that name */
    str profile;
    unsigned routes; /* 0: not told */
    bool fail_on_warning;
    int64_t max_age, attestation_max_age; /* seconds, 0: not told */
};

/* False: *e. `near` is the first input. */
bool config_read(arena *a, const struct arguments *args, str near, struct config *out, error *e);

/* The nearest folder from `near` upward that holds .git, with its slash; empty: there is none. */
str repository_of(arena *a, str near);

/* The packs of --rules and of the configuration: files, and the *.yaml of folders but *.test.yaml. */
bool packs_read(arena *a, const struct arguments *args, const struct config *config, const struct pack_input **out,
                size_t *count, error *e);

#endif
