/*
 * anyone.h - whether somebody of an account could make a call that nothing but SCPs restricts: whatever users and roles
 * are made there, whatever is attached to them, however they call (IAM User Guide, "aws:PrincipalArn"; Organizations
 * User Guide, "Service control policies").
 */
#ifndef ORGEXIT_IAM_ANYONE_H
#define ORGEXIT_IAM_ANYONE_H

#include "base/guard.h"
#include "iam/evaluate.h"

/* Texts are borrowed. */
struct anyone_asked {
    str action;               /* one that is called on no resource */
    const struct level *scps; /* root first */
    size_t scp_count;
    tri scps_apply;
    str partition;
    str account; /* 12 digits; empty: some account, nobody knows which */
    str example; /* then: one that stands for all of which nothing is said */
    str org_id, org_path;
    tri in_organization;
    int64_t as_of;
    const struct context_key *given; /* what is said of the call; what is known otherwise stands */
    size_t given_count;
    const str *only; /* ARN patterns, as ArnLike has them: nobody else is meant; none: everybody */
    size_t only_count;
    const str *but; /* those who are left out */
    size_t but_count;
};

/*
 * One answer for each kind of principal that could be: root user, users, roles, federated users; NO: it is denied to
 * all of that kind. *may: YES when one of them gets through, NO when nobody does. YES means every account that
 * `account` leaves open.
 *
 * Service-linked roles are left out, which SCPs do not restrict: AWS alone makes and uses them.
 */
void anyone_could(arena *a, const struct anyone_asked *q, struct guard_answers *out, tri *may);

/* A caller whom the SCPs let through in this request: the statements that did, into *out. */
void anyone_through(arena *a, const struct request *request, const struct layers *layers, struct guard_person *out);

/*
 * Whether a request that is not decided is allowed once the caller chooses how to call: with a second factor, from
 * another address, with session tags. YES: *keys of the call. Never NO.
 */
tri caller_can_choose(arena *a, const struct request *request, const struct layers *layers, struct verdict_trace *t,
                      struct context *chosen, const struct context_key **keys, size_t *count);

/* Whether one of the patterns (ArnLike) matches the ARN. */
bool arn_is_among(str arn, const str *patterns, size_t count);

#endif
