/* key.c - see key.h. */
#include "policy/key.h"

static const struct global_key keys[] = {
    {"aws:AssumedRoot",                  OPERAND_STRING, KEY_HAS_ONE},
    {"aws:CalledVia",                    OPERAND_STRING, KEY_HAS_SET},
    {"aws:CalledViaFirst",               OPERAND_STRING, KEY_HAS_ONE},
    {"aws:CalledViaLast",                OPERAND_STRING, KEY_HAS_ONE},
    {"aws:ChatbotSourceArn",             OPERAND_ARN,    KEY_HAS_ONE},
    {"aws:CurrentTime",                  OPERAND_DATE,   KEY_HAS_ONE},
    {"aws:Ec2InstanceSourcePrivateIPv4", OPERAND_IP,     KEY_HAS_ONE},
    {"aws:Ec2InstanceSourceVpc",         OPERAND_STRING, KEY_HAS_ONE},
    {"aws:EpochTime",                    OPERAND_DATE,   KEY_HAS_ONE},
    {"aws:FederatedProvider",            OPERAND_STRING, KEY_HAS_ONE},
    {"aws:MultiFactorAuthAge",           OPERAND_NUMBER, KEY_HAS_ONE},
    {"aws:MultiFactorAuthPresent",       OPERAND_BOOL,   KEY_HAS_ONE},
    {"aws:PrincipalAccount",             OPERAND_STRING, KEY_HAS_ONE},
    {"aws:PrincipalArn",                 OPERAND_ARN,    KEY_HAS_ONE},
    {"aws:PrincipalIsAWSService",        OPERAND_BOOL,   KEY_HAS_ONE},
    {"aws:PrincipalOrgID",               OPERAND_STRING, KEY_HAS_ONE},
    {"aws:PrincipalOrgPaths",            OPERAND_STRING, KEY_HAS_SET},
    {"aws:PrincipalServiceName",         OPERAND_STRING, KEY_HAS_ONE},
    {"aws:PrincipalServiceNamesList",    OPERAND_STRING, KEY_HAS_SET},
    {"aws:PrincipalTag/",                OPERAND_STRING, KEY_HAS_ONE},
    {"aws:PrincipalType",                OPERAND_STRING, KEY_HAS_ONE},
    {"aws:RequestTag/",                  OPERAND_STRING, KEY_HAS_ONE},
    {"aws:RequestedRegion",              OPERAND_STRING, KEY_HAS_ONE},
    {"aws:ResourceAccount",              OPERAND_STRING, KEY_HAS_ONE},
    {"aws:ResourceOrgID",                OPERAND_STRING, KEY_HAS_ONE},
    {"aws:ResourceOrgPaths",             OPERAND_STRING, KEY_HAS_SET},
    {"aws:ResourceTag/",                 OPERAND_STRING, KEY_HAS_ONE},
    {"aws:SecureTransport",              OPERAND_BOOL,   KEY_HAS_ONE},
    {"aws:SourceAccount",                OPERAND_STRING, KEY_HAS_ONE},
    {"aws:SourceArn",                    OPERAND_ARN,    KEY_HAS_ONE},
    {"aws:SourceIdentity",               OPERAND_STRING, KEY_HAS_ONE},
    {"aws:SourceIp",                     OPERAND_IP,     KEY_HAS_ONE},
    {"aws:SourceOrgID",                  OPERAND_STRING, KEY_HAS_ONE},
    {"aws:SourceOrgPaths",               OPERAND_STRING, KEY_HAS_SET},
    {"aws:SourceVpc",                    OPERAND_STRING, KEY_HAS_ONE},
    {"aws:SourceVpcArn",                 OPERAND_ARN,    KEY_HAS_ONE},
    {"aws:SourceVpce",                   OPERAND_STRING, KEY_HAS_ONE},
    {"aws:TagKeys",                      OPERAND_STRING, KEY_HAS_SET},
    {"aws:TokenIssueTime",               OPERAND_DATE,   KEY_HAS_ONE},
    {"aws:UserAgent",                    OPERAND_STRING, KEY_HAS_ONE},
    {"aws:ViaAWSService",                OPERAND_BOOL,   KEY_HAS_ONE},
    {"aws:VpcSourceIp",                  OPERAND_IP,     KEY_HAS_ONE},
    {"aws:VpceAccount",                  OPERAND_STRING, KEY_HAS_ONE},
    {"aws:VpceOrgID",                    OPERAND_STRING, KEY_HAS_ONE},
    {"aws:VpceOrgPaths",                 OPERAND_STRING, KEY_HAS_SET},
    {"aws:referer",                      OPERAND_STRING, KEY_HAS_ONE},
    {"aws:userid",                       OPERAND_STRING, KEY_HAS_ONE},
    {"aws:username",                     OPERAND_STRING, KEY_HAS_ONE},
};

const struct global_key *global_key_find(str name)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        str known = str_from(keys[i].name);
        bool family = str_ends(known, STR("/"));
        if (str_eq_nocase(known, family ? str_head(name, known.len) : name) && (!family || name.len > known.len))
            return &keys[i];
    }
    return NULL;
}
