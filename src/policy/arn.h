/* arn.h - ARNs taken apart, and what kind of caller an ARN names (IAM User Guide, "IAM identifiers", "Principal"). */
#ifndef ORGEXIT_POLICY_ARN_H
#define ORGEXIT_POLICY_ARN_H

#include "base/str.h"

/* arn:partition:service:region:account:resource; the resource is the whole rest, colons included. */
enum { ARN_PREFIX, ARN_PARTITION, ARN_SERVICE, ARN_REGION, ARN_ACCOUNT, ARN_RESOURCE, ARN_PARTS };

struct arn_parts {
    str at[ARN_PARTS];
};
bool arn_split(str text, struct arn_parts *out); /* false: fewer than five colons; *out is then of no use */
bool arn_has_parts(str text);
str arn_part(str text, int part); /* empty when there are fewer */

typedef enum {
    NAMES_OTHER,          /* anything else: a provider's name, a unique id, "*" */
    NAMES_ROOT,           /* arn:P:iam::A:root, or the 12 digits alone */
    NAMES_USER,           /* arn:P:iam::A:user/PATH/NAME */
    NAMES_ROLE,           /* arn:P:iam::A:role/PATH/NAME */
    NAMES_SESSION,        /* arn:P:sts::A:assumed-role/NAME/SESSION */
    NAMES_FEDERATED_USER, /* arn:P:sts::A:federated-user/NAME */
    NAMES_SERVICE         /* ec2.amazonaws.com */
} principal_kind;

/* What a text that names a principal says. Texts are borrowed from it. */
struct principal_name {
    principal_kind kind;
    str text;
    str partition, account, resource; /* empty: it names none */
    str name;                         /* of the user or role, without the path */
};
struct principal_name principal_name_of(str text);

/* The resource part of a role's ARN whose path says that an AWS service made it and alone uses it. */
bool arn_is_service_linked(str resource);

#endif
