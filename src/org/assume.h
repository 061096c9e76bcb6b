/*
 * assume.h - what-if: changes to an organization that was loaded, before anybody is judged (formats.md 4, --assume).
 *
 *   move:ACCOUNT=OU            the account stands in that OU: a path such as /Root/Exit, or an id
 *   detach:POLICY@TARGET       POLICY by id or by a name that only one has; TARGET is a path, an OU's, root's or
 * account's id attach:POLICY@TARGET policy:POLICY=FILE         the policy's text is FILE's
 */
#ifndef ORGEXIT_ORG_ASSUME_H
#define ORGEXIT_ORG_ASSUME_H

#include "org/organization.h"

/* Applies `change` to *o, in `a`. What AWS would refuse (the last SCP of a target, another's policy text) is refused.
 * False: *e, ERR_USAGE, or ERR_INPUT where FILE is no policy. */
bool organization_assume(arena *a, struct organization *o, str change, error *e);

#endif
