/* lint_control.h - what the owners of the policies say of findings: orgexit.yaml, baselines, fingerprints. */
#ifndef ORGEXIT_CLI_LINT_CONTROL_H
#define ORGEXIT_CLI_LINT_CONTROL_H

#include "cli/config.h"
#include "lint/lint.h"

/* One of lint.ignore in orgexit.yaml. */
struct lint_ignore {
    const node *at;
    str check, path, value, by, reason, until;
    str statement;            /* a Sid, or an index from 0; ptr NULL: any */
    bool expired, used, seen; /* seen: a file was looked at that it speaks of */
};

struct lint_type {
    str path;
    policy_kind kind;
};

struct lint_known { /* an entry of a baseline */
    str fingerprint, file;
    bool used, seen; /* seen: its file was looked at */
};

struct lint_control {
    arena *arena, *scratch; /* scratch: of one file */
    struct config config;
    str base;            /* the folder that paths are relative to, with its slash; empty: the working directory */
    int threshold;       /* of lint.fail_on; -1: not told */
    const int *severity; /* of each check; -1: its own */
    const int *checks;   /* of each check: 1 on, 0 off, -1 not told */
    struct lint_names exclude;
    VEC(struct lint_type) types;
    VEC(struct lint_ignore) ignore;
    VEC(struct lint_known) known;
    str baseline; /* its file; empty: none */
};

/* False: *e, with the place in orgexit.yaml or the baseline. Quotas, added names and placeholders go to *options. */
bool lint_control_read(arena *a, const struct arguments *args, str near, struct lint_control *out,
                       struct lint_options *options, error *e);

/* The path as globs and fingerprints know it: below the folder of orgexit.yaml, or of .git. */
str lint_control_path(struct lint_control *c, str path);
bool lint_control_excludes(const struct lint_control *c, str path);
policy_kind lint_control_kind(const struct lint_control *c, str path); /* KIND_UNKNOWN: not told */

/* Severity, fingerprint and suppression of the findings about one file. `path`: of lint_control_path. */
void lint_control_apply(struct lint_control *c, str path, struct lint_findings *findings);

/* Entries of lint.ignore that have expired, or that no finding met, and of the baseline: as findings. */
void lint_control_unused(struct lint_control *c, struct lint_findings *out);

/* --write-baseline: all that was found and may be suppressed. Entries are lines, sorted. */
bool lint_baseline_write(arena *a, str path, const struct lint_findings *found, error *e);

#endif
