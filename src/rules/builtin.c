/*
 * builtin.c - the blockers that must have answered before a route may be READY, compiled in: a rule file that lost or
 * misspelt one does not load, and a set that lacks one never gives READY (readiness.md 5; severities of profile full).
 */
#include "rules/load.h"

#define BOTH     (ROUTES_REMOVE | ROUTES_LEAVE)
#define CONSOLE  (ROUTE_BIT(ROUTE_REMOVE_CONSOLE) | ROUTE_BIT(ROUTE_LEAVE_CONSOLE))
#define TRANSFER ROUTE_BIT(ROUTE_TRANSFER)

const struct builtin_blocker builtin_blockers[] = {
    {"account.id-valid",               ROUTES_ALL                    },
    {"org.in-use",                     ROUTES_ALL                    },
    {"account.in-organization",        ROUTES_ALL                    },
    {"account.not-management",         ROUTES_ALL                    },
    {"account.active",                 ROUTES_ALL                    },
    {"account.age",                    ROUTES_ALL                    },
    {"delegated.administrator",        ROUTES_ALL                    },
    {"standalone.customer-agreement",  BOTH                          },
    {"standalone.payment-method",      BOTH                          },
    {"standalone.payment-supported",   BOTH                          },
    {"standalone.contact-information", BOTH                          },
    {"standalone.contact-verified",    BOTH                          },
    {"standalone.phone-verified",      BOTH                          },
    {"standalone.support-plan",        BOTH                          },
    {"perm.caller-account",            ROUTES_ALL                    },
    {"perm.remove",                    ROUTES_REMOVE                 },
    {"perm.leave",                     ROUTES_LEAVE                  },
    {"perm.describe-organization",     CONSOLE                       },
    {"leave.denied-by-scp",            ROUTES_LEAVE                  },
    {"leave.scp-allow-at-every-level", ROUTES_LEAVE | TRANSFER       },
    {"leave.scp-region-deny",          ROUTES_LEAVE | TRANSFER       },
    {"transfer.accept-allowed",        TRANSFER                      },
    {"transfer.leave-denied-hint",     TRANSFER                      },
    {"slr.organizations-deletable",    BOTH                          },
    {"billing.iam-access",             BOTH                          },
    {"access.independent-admin",       BOTH                          },
    {"access.root-recoverable",        ROUTE_BIT(ROUTE_LEAVE_CONSOLE)},
    {"transfer.invitation-open",       TRANSFER                      },
    {"transfer.same-partition",        TRANSFER                      },
    {"evidence.fresh",                 ROUTES_ALL                    },
    {"evidence.one-organization",      ROUTES_ALL                    },
    {"evidence.right-account",         ROUTES_ALL                    },
    {"evidence.no-contradiction",      ROUTES_ALL                    },
};
const size_t builtin_blocker_count = sizeof builtin_blockers / sizeof *builtin_blockers;
