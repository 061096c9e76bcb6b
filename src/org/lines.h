/*
 * lines.h - NDJSON, one account a line (formats.md, "Other input kinds"): {"version": 1, "account": "111122223333",
 * "captures": {"iam/get-account-summary": {...}}, "errors": [...], "attestations": {topics}}. A line is a unit of work;
 * the organization's part stands in a document of its own. Only the lines at work are in memory.
 *
 * A stream may be split anywhere and its parts be judged apart, with the same bytes out: so evidence names the account,
 * the capture and the pointer in it (accounts/ID/iam/get-account-summary.json), not the number of the line. Only what
 * is wrong with a line as a whole names the line.
 */
#ifndef ORGEXIT_ORG_LINES_H
#define ORGEXIT_ORG_LINES_H

#include "org/organization.h"
#include "text/stream.h"

/* A line that was read: its captures before the organization's. What it holds lives in the line's arena. */
struct account_line {
    str account;
    const source *source;       /* the line */
    const source *attestations; /* its root: topics; NULL: none */
    struct organization org;    /* as `o`, captures of the account coming from the line */
};

/* False: *e names the line. `s` is what lines_next gave; o: the organization's part. */
bool account_line_read(arena *a, const struct organization *o, source *s, struct account_line *out, error *e);

#endif
