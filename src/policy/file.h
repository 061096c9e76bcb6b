/*
 * file.h - a policy document in a file of its own: as it stands, in JSON or YAML, or as an AWS CLI call prints it
 * (get-policy-version, get-role-policy, get-role, describe-policy, get-bucket-policy and their like).
 */
#ifndef ORGEXIT_POLICY_FILE_H
#define ORGEXIT_POLICY_FILE_H

#include "policy/policy.h"

/* NULL and *e (file, line, column) when it cannot be read or holds no policy document. */
const struct policy *policy_read_file(arena *a, str path, error *e);

/* A document of ours. NULL: it is none. */
const struct policy *policy_read_text(arena *a, str name, str text);

#endif
