/*
 * shift.h - whether a statement that answers otherwise in a scene (reference.h) also changes what is decided: requests
 * that it is about are thought up and decided twice, with the organization's keys as they are today and as they are
 * afterwards. Another statement may allow, or deny, the same all the while.
 */
#ifndef ORGEXIT_IAM_SHIFT_H
#define ORGEXIT_IAM_SHIFT_H

#include "iam/evaluate.h"
#include "iam/reference.h"

struct shift_question {
    const struct org_reference *reference; /* its change is known */
    const struct org_scene *scene;
    const struct layers *layers; /* what the decision is made from; the statement stands in it */
    str principal;               /* the caller's ARN, or a service's name */
    bool thought_up;             /* he is one of many (shift_caller): aws:PrincipalArn is not known */
    str resource;                /* that the policy is of, where the statement names none */
    str resource_account; /* 12 digits, for whose policies grant; empty: that of the resource's ARN, or the caller's */
    str owner;            /* what aws:ResourceAccount is; empty: not known */
    str not_owner;        /* what it is not; empty: it may be anything */
};

struct shift {
    tri shows;             /* YES: some request is decided otherwise; NO: none that the statement is about */
    str action, resource;  /* YES: of that request */
    const str *depends_on; /* YES: keys that it must carry besides, as the policies ask; none: it is so for certain */
    size_t depends_on_count;
};

/* Somebody of the account (empty: an AWS service) whom the statement's Principal may cover; empty: it covers none. */
str shift_caller(arena *a, const struct statement *s, str partition, str account);

/* Memory of `a`. At most SHIFT_REQUESTS requests; where that leaves some out, `shows` is not NO. */
enum { SHIFT_REQUESTS = 64 };
void shift_of(arena *a, const struct shift_question *q, struct shift *out);

#endif
