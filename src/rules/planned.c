/* planned.c - rules of the catalogue that no pack has yet: a waiver of one is told, not refused. */
#include "rules/check_run.h"

static const char *const planned[] = {
    "account.alternate-contacts",
    "billing.credits-and-agreements",
    "billing.history-exported",
    "billing.support-plan-after",
    "billing.transfer-active",
    "delegated.policy-management",
    "impact.account-tags",
    "impact.ai-opt-out",
    "impact.backup-policy",
    "impact.chatbot-policy",
    "impact.cloudtrail-org-trail",
    "impact.commitments-owned",
    "impact.commitments-used",
    "impact.config-aggregator",
    "impact.config-org-rules",
    "impact.control-tower",
    "impact.declarative-policy",
    "impact.delegated-admin-services",
    "impact.firewall-manager",
    "impact.iac-references",
    "impact.ipam",
    "impact.license-manager",
    "impact.marketplace-licences",
    "impact.network-manager",
    "impact.org-condition-member",
    "impact.org-condition-others",
    "impact.ram-consumed",
    "impact.ram-owned",
    "impact.scp-protection-lost",
    "impact.security-service-policies",
    "impact.service-catalog",
    "impact.stacksets-deleted",
    "impact.tag-policy",
    "impact.trusted-access-inventory",
    "impact.vpc-endpoint-policy",
    "legal.artifact-agreements",
    "legal.created-account-terms",
    "management.contact-information",
    "partition.china",
    "partition.govcloud-pair",
};

bool rule_is_planned(str id)
{
    for (size_t i = 0; i < sizeof planned / sizeof *planned; i++)
        if (str_is(id, planned[i]))
            return true;
    return false;
}
