/* request.h - what commands share that ask about one request: its options, its answer. */
#ifndef ORGEXIT_CLI_REQUEST_H
#define ORGEXIT_CLI_REQUEST_H

#include "base/explanation.h"
#include "cli/cli.h"
#include "iam/evaluate.h"

/* --context, --unknown and --absent. A key that AWS documents as multivalued is a set, be it of one value. */
bool context_read(arena *a, const struct arguments *args, const struct context_key **keys, size_t *count, error *e);

/* --action and --resource; out->principal and context are left alone. Empty where not given. */
bool request_read(arena *a, const struct arguments *args, struct request *out, error *e);

/* --account: 12 digits; empty where not given. */
bool account_read(arena *a, const struct arguments *args, str *out, error *e);

/* Adds to the notes what the catalogue has against the action or its resource: else a slip would look like a denial. */
void request_remarks(arena *a, str action, str resource, const str **notes, size_t *count);

/* Print the answer; give its exit code, or -1 with *e. */
int explanation_print(arena *a, const struct arguments *args, const struct explanation *x, error *e);
int people_print(arena *a, const struct arguments *args, const struct explained_people *x, error *e);

/* 0: allowed, 1: denied, 3: unknown. */
int exit_code_of(tri allowed);

#endif
