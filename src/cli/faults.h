/* faults.h - printing the faults of rule packs, and naming files so that a person can open them. */
#ifndef ORGEXIT_CLI_FAULTS_H
#define ORGEXIT_CLI_FAULTS_H

#include "cli/cli.h"
#include "rules/pack.h"

/* On standard error, each with its line and carets (rules.md 3.5). */
void print_faults(arena *a, const struct rule_errors *faults, struct terminal t);

/* Puts the snapshot's folder before the name of a file in it. */
void error_in_snapshot(arena *a, error *e, str snapshot);

#endif
