/*
 * trust.h - whom a role's trust policy lets in (IAM User Guide, "Roles terms and concepts", "Principal").
 *
 * A policy is asked about somebody of one account, or somebody for whom one identity provider vouches: it lets him in
 * when one such caller can be thought of who is let in. What a caller has in hand (an external id, MFA, his address)
 * he is taken to bring; what he does not (a VPC, the organization of the resource) stays unknown. A caller of another
 * account is taken to be allowed sts:AssumeRole at home.
 */
#ifndef ORGEXIT_IAM_TRUST_H
#define ORGEXIT_IAM_TRUST_H

#include "iam/evaluate.h"

/* Whom the policy may be about. Each once, borrowed from it. */
struct trust_names {
    const str *accounts; /* that a principal, aws:PrincipalAccount or aws:PrincipalArn names */
    size_t account_count;
    const str *providers; /* accounts.google.com, arn:aws:iam::111122223333:saml-provider/x */
    size_t provider_count;
    bool anyone; /* accounts that stand nowhere in it may be let in: "*", NotPrincipal, what is not understood */
};
struct trust_names trust_names_of(arena *a, const struct policy *p);

struct trust_question {
    const struct policy *policy;
    str role; /* its ARN */
    str partition;
    int64_t as_of;                     /* seconds since 1970, UTC */
    const struct policy_set *anything; /* allows everything: the caller's own policies */
};

/* Zeroed: somebody of an account that the policy does not name, of whose organization nothing is known. */
struct trust_caller {
    str account;         /* 12 digits */
    str provider;        /* or a provider's name: account is empty then */
    tri in_organization; /* YES: in `organization`; NO: in another one, or in none */
    str organization;
    str org_path; /* "o-.../r-.../ou-.../"; empty: not known */
};
tri trust_admits(arena *a, const struct trust_question *q, const struct trust_caller *c);

/* Whether a caller can see to it himself that the key has the value that is asked for. */
bool trust_caller_brings(str key);

/* Whether sts:TagSession is allowed to somebody. */
tri trust_allows_tag_session(arena *a, const struct policy *p);

#endif
