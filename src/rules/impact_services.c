/*
 * impact_services.c - what happens to a member that departs, for each service with trusted access. Sources: AWS
 * Organizations User Guide, "Using AWS Organizations with other AWS services" and its page for each service; AWS Cloud
 * Operations Blog, "Moving an organization member account to another organization"; trusted access does not prove
 * that the account uses the service, so that a row says `certain` only of what holds for every member.
 */
#include "rules/impact_run.h"

#define VIEW(principal, what)                                                                                          \
    {                                                                                                                  \
        principal ".amazonaws.com", IMPACT_VISIBILITY, CERTAINTY_LIKELY, true,                                         \
            "the organization's view in " what " no longer covers the account"                                         \
    }
#define MEMBER(principal, what)                                                                                        \
    {                                                                                                                  \
        principal ".amazonaws.com", IMPACT_VISIBILITY, CERTAINTY_LIKELY, true,                                         \
            "the account is no longer a member in " what                                                               \
            ": its administrator loses sight of it, and what stays enabled is the account's own to look after"         \
    }

/* clang-format off: one row a line */
static const struct service {
    const char *principal;
    impact_kind kind;
    certainty sure;
    bool reversible;
    const char *after;
} services[] = {
    {"member.org.stacksets.cloudformation.amazonaws.com", IMPACT_DELETION,   CERTAINTY_LIKELY,  false,
     "service-managed StackSets delete their stacks in the account, unless they are told to retain them"                                    },
    {"stacksets.cloudformation.amazonaws.com",            IMPACT_DELETION,   CERTAINTY_LIKELY,  false,
     "service-managed StackSets delete their stacks in the account, unless they are told to retain them"                                    },
    {"sso.amazonaws.com",                                 IMPACT_DELETION,   CERTAINTY_LIKELY,  false,
     "assignments of IAM Identity Center and the roles AWSReservedSSO_* are taken away; its users can no longer sign "
     "in"                                                                                                                                   },
    {"ram.amazonaws.com",                                 IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "resource shares with the organization or an OU end for the account, unless they are retained"                                         },
    {"cloudtrail.amazonaws.com",                          IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the organization's trail no longer records the account; what was recorded stays in the owner's bucket"                                },
    {"config.amazonaws.com",                              IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the account drops out of the organization's Config aggregators"                                                                       },
    {"config-multiaccountsetup.amazonaws.com",            IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "Config rules (OrgConfigRule-*) and conformance packs (OrgConformsPack-*) of the organization are removed from "
     "the account"                                                                                                                          },
    MEMBER("guardduty", "GuardDuty"),
    MEMBER("malware-protection.guardduty", "GuardDuty Malware Protection"),
    MEMBER("securityhub", "Security Hub, with its central configuration"),
    MEMBER("macie", "Macie"),
    MEMBER("inspector2", "Inspector"),
    MEMBER("detective", "Detective"),
    MEMBER("auditmanager", "Audit Manager"),
    MEMBER("securitylake", "Security Lake"),
    {"access-analyzer.amazonaws.com",                     IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the zone of trust of organization analyzers shrinks: former siblings become external findings, here and there"                        },
    {"fms.amazonaws.com",                                 IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "Firewall Manager policies no longer apply; whether what they made (FMManaged*) stays depends on each policy's "
     "clean-up setting"                                                                                                                     },
    {"controltower.amazonaws.com",                        IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "Control Tower no longer governs the account; unless it is unmanaged before, drift and the role "
     "AWSControlTowerExecution stay behind"                                                                                                 },
    {"servicecatalog.amazonaws.com",                      IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "portfolios shared with the organization vanish: products can no longer be launched or updated"                                        },
    {"backup.amazonaws.com",                              IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "backup plans that come from a BACKUP_POLICY stop, and copies to accounts of the organization fail"                                    },
    {"tagpolicies.tag.amazonaws.com",                     IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,  "tag policies are no longer enforced"},
    {"account.amazonaws.com",                             IMPACT_VISIBILITY, CERTAINTY_CERTAIN, true,
     "the former management account can no longer change contacts, e-mail address and Regions of the account"                               },
    {"iam.amazonaws.com",                                 IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "root access is no longer managed centrally: nobody can use sts:AssumeRoot, and the root user may have no "
     "credentials"                                                                                                                          },
    VIEW("health", "AWS Health"),
    VIEW("reporting.trustedadvisor", "Trusted Advisor"),
    VIEW("compute-optimizer", "Compute Optimizer"),
    {"cost-optimization-hub.bcm.amazonaws.com",           IMPACT_MONEY,      CERTAINTY_LIKELY,  true,
     "the organization's Cost Optimization Hub no longer covers the account"                                                                },
    VIEW("storage-lens.s3", "S3 Storage Lens"),
    VIEW("resource-explorer-2", "Resource Explorer"),
    VIEW("ssm", "Systems Manager (Explorer, OpsCenter, resource data sync)"),
    {"ssm-quicksetup.amazonaws.com",                      IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "what Systems Manager Quick Setup keeps configured in the account is no longer kept, or is taken away"                                 },
    {"license-manager.amazonaws.com",                     IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "licences and licence configurations shared through the organization end"                                                              },
    {"license-manager.member-account.amazonaws.com",      IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "licences and licence configurations shared through the organization end"                                                              },
    VIEW("ipam", "VPC IPAM"),
    VIEW("networkmanager", "Network Manager"),
    VIEW("reachabilityanalyzer.networkinsights", "Reachability Analyzer"),
    VIEW("devops-guru", "DevOps Guru"),
    {"servicequotas.amazonaws.com",                       IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the organization's quota template no longer reaches the account; quotas that were raised stay"                                        },
    {"aws-artifact-account-sync.amazonaws.com",           IMPACT_LAW,        CERTAINTY_LIKELY,  true,
     "agreements that the organization accepted in Artifact no longer cover the account"                                                    },
    VIEW("notifications", "User Notifications"),
    {"notifications.amazon.com",                          IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the organization's view in User Notifications no longer covers the account"                                                           },
    VIEW("observabilityadmin", "CloudWatch telemetry configuration"),
    VIEW("wellarchitected", "the Well-Architected Tool"),
    {"license-management.marketplace.amazonaws.com",      IMPACT_ACCESS,     CERTAINTY_LIKELY,  true,
     "AWS Marketplace licences that the payer shares by grants end"                                                                         },
    {"private-marketplace.marketplace.amazonaws.com",     IMPACT_PROTECTION, CERTAINTY_LIKELY,  true,
     "the organization's Private Marketplace no longer limits what the account may subscribe to"                                            },
    {"billing-cost-management.amazonaws.com",             IMPACT_MONEY,      CERTAINTY_LIKELY,  true,
     "cost management views of the organization no longer cover the account"                                                                },
    {"eks.amazonaws.com",                                 IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true,
     "the organization's EKS dashboard no longer covers the account"                                                                        },
};
/* clang-format on */

static const struct service *find_service(str principal)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_is(principal, services[i].principal))
            return &services[i];
    return NULL;
}

static void tell_service(struct impacting *m, str principal, const node *at)
{
    static const struct service unheard_of = {NULL, IMPACT_VISIBILITY, CERTAINTY_UNKNOWN, true,
                                              "what ends with this service is not known here"};
    const struct service *s = find_service(principal);
    const struct capture_doc *d = &m->check->org->service_access;
    bool known = s != NULL;
    s = known ? s : &unheard_of;
    struct impact_item *i = impact_add(m, s->kind, STR("impact.trusted-access-inventory"), s->sure);
    i->reversible = s->reversible;
    i->now = arena_printf(m->arena, "%.*s has trusted access in the organization", STR_ARG(principal));
    i->after = str_from(s->after);
    if (!known)
        i->why = arena_printf(m->arena, "orgexit has no row for %.*s", STR_ARG(principal));
    struct mark place = MARK_NONE;
    place.source = d->source;
    place.node = at;
    place.text = i->now;
    impact_mark(m, i, &place);
    impact_fix(m, i,
               known ? STR("See whether the account uses it, and take over what it needs before leaving")
                     : STR("Read what the service's guide says of members that leave"));
}

void impact_services(struct impacting *m)
{
    const struct capture_doc *d = &m->check->org->service_access;
    struct gaps gaps = {.impacting = m};
    for (NODE_EACH(item, node_get(d->root, "EnabledServicePrincipals"))) {
        const node *principal = node_get(item, "ServicePrincipal");
        tell_service(m, node_text(principal), principal);
    }
    if (d->state == CAPTURE_CUT)
        gaps_add(&gaps, d, (str){0}, arena_printf(m->arena, "%.*s.json was cut off", STR_ARG(d->path)));
    else if (d->state == CAPTURE_UNKNOWN)
        gaps_add(&gaps, d, (str){0}, d->why);
    gaps_tell(m, &gaps, IMPACT_VISIBILITY, "impact.trusted-access-inventory",
              STR("services with trusted access that were not captured may act for the account"));
}
