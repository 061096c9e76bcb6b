/*
 * topic.h - what a person can attest about an account (formats.md 3): one list, from which the reader of attestations,
 * the fields attested.TOPIC and the template of `attest init` all come. A rule pack may add topics of its own.
 */
#ifndef ORGEXIT_ORG_TOPIC_H
#define ORGEXIT_ORG_TOPIC_H

#include <stddef.h>

#include "base/str.h"

typedef enum { TOPIC_BOOL, TOPIC_WORD, TOPIC_TEXT, TOPIC_LIST } topic_kind;

struct topic {
    const char *name;
    topic_kind kind;
    const char *const *words; /* of TOPIC_WORD: NULL-terminated */
    const char *doc;          /* what to look at before attesting it, one line */
};

/* T(name, kind, words, doc). Words of support_plan: AWS Support plans a stand-alone account can have. */
#define TOPICS(T)                                                                                                      \
    T(iam_billing_access, BOOL, NULL,                                                                                  \
      "as root: Account > IAM user and role access to Billing information says Activated")                             \
    T(customer_agreement, BOOL, NULL, "the AWS Customer Agreement was accepted for this account on its sign-up page")  \
    T(support_plan, WORD, topic_support_plans, "the plan chosen for the account when it stands alone: Support Center") \
    T(contact_verified, BOOL, NULL, "the sign-up page asks for no contact information or verification any more")       \
    T(phone_verified, BOOL, NULL, "the sign-up page's call or text message was answered for this phone number")        \
    T(payment_method, BOOL, NULL, "Billing > Payment preferences shows a current default method; give valid_until")    \
    T(support_case, BOOL, NULL, "AWS Support confirmed that the account is prepared; the case's number in evidence")   \
    T(root_access, BOOL, NULL, "someone signed in as the root user of the account")                                    \
    T(root_email_access, BOOL, NULL, "someone reads the mailbox of the root user's e-mail address")                    \
    T(root_recovery_allowed, BOOL, NULL, "IAM > Root access management: password recovery is allowed for the account") \
    T(root_mfa_holder, TEXT, NULL, "who holds the MFA device of the root user")                                        \
    T(billing_exported, BOOL, NULL, "the cost data of the time in the organization was exported")                      \
    T(discount_sharing_reviewed, BOOL, NULL, "the loss of shared Reserved Instances and Savings Plans was looked at")  \
    T(credits_reviewed, BOOL, NULL, "the loss of credits and private pricing was looked at")                           \
    T(tax_reviewed, BOOL, NULL, "the account's own tax registration was looked at")                                    \
    T(legal_reviewed, BOOL, NULL, "agreements that hold through the organization alone were looked at")                \
    T(iac_cleaned, BOOL, NULL, "landing-zone tools and Terraform no longer name the account")                          \
    T(reviewed_services, LIST, NULL, "service principals with trusted access whose end was looked at")                 \
    T(target_ready, BOOL, NULL, "the target organization has quota, policies and a verified e-mail address")           \
    T(target_organization, TEXT, NULL, "the id (o-...) of the organization that the account moves to")

extern const char *const topic_support_plans[]; /* NULL-terminated */
extern const struct topic topic_table[];
extern const size_t topic_count;

const struct topic *topic_find(str name); /* NULL: none of the built-in ones */

#endif
