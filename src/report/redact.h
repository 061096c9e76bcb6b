/*
 * redact.h - a report that can be shown to strangers: account, organization, OU and policy ids, ARNs, names and mail
 * addresses become pseudonyms, the same one wherever the same text stood, numbered in the order in which they are met;
 * excerpts, digests and what people wrote in waivers are left out. Formats stay what they are: an account id has still
 * twelve digits.
 *
 * What has a shape (ids, ARNs, addresses) is found by it; names are known from the captures (private_words). What AWS
 * itself names (its managed policies, service principals, service-linked roles) stays.
 */
#ifndef ORGEXIT_REPORT_REDACT_H
#define ORGEXIT_REPORT_REDACT_H

#include "base/arena.h"
#include "base/result.h"

struct redaction;
struct redaction *redact_open(arena *a);

/* Copies in `a`; what need not be hidden is borrowed. `account` must come after its run. */
const struct check_run *redact_run(struct redaction *r, arena *a, const struct check_run *run);
const struct account_result *redact_account(struct redaction *r, arena *a, const struct account_result *account);
const struct check_summary *redact_summary(struct redaction *r, arena *a, const struct check_summary *summary);

/* One text, as the others do it. */
str redact_text(struct redaction *r, arena *a, str text);

#endif
