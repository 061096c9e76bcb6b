/*
 * impact_rules.c - what the rules find that is no question of policies, and what money and law bring in any case. A
 * rule that fails, or cannot tell, becomes an item; it is asked even where the configuration has disabled it.
 */
#include "rules/impact_run.h"

/* What it means when the rule fails. `sure` is what AWS documents of the effect, not of the facts. */
static const struct rule_row {
    const char *rule;
    impact_kind kind;
    certainty sure;
    bool reversible;
} rule_rows[] = {
    {"impact.stacksets-deleted",         IMPACT_DELETION,   CERTAINTY_LIKELY,  false},
    {"impact.account-tags",              IMPACT_DELETION,   CERTAINTY_CERTAIN, false},
    {"delegated.administrator",          IMPACT_DELETION,   CERTAINTY_LIKELY,  false},
    {"delegated.policy-management",      IMPACT_ACCESS,     CERTAINTY_CERTAIN, true },
    {"impact.ram-consumed",              IMPACT_ACCESS,     CERTAINTY_LIKELY,  true },
    {"impact.ram-owned",                 IMPACT_ACCESS,     CERTAINTY_LIKELY,  true },
    {"impact.service-catalog",           IMPACT_ACCESS,     CERTAINTY_LIKELY,  true },
    {"impact.license-manager",           IMPACT_ACCESS,     CERTAINTY_LIKELY,  true },
    {"impact.marketplace-licences",      IMPACT_ACCESS,     CERTAINTY_LIKELY,  true },
    {"impact.declarative-policy",        IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.backup-policy",             IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.tag-policy",                IMPACT_PROTECTION, CERTAINTY_CERTAIN, true },
    {"impact.ai-opt-out",                IMPACT_PROTECTION, CERTAINTY_CERTAIN, true },
    {"impact.chatbot-policy",            IMPACT_PROTECTION, CERTAINTY_CERTAIN, true },
    {"impact.security-service-policies", IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.control-tower",             IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.config-org-rules",          IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.firewall-manager",          IMPACT_PROTECTION, CERTAINTY_LIKELY,  true },
    {"impact.cloudtrail-org-trail",      IMPACT_VISIBILITY, CERTAINTY_CERTAIN, true },
    {"impact.config-aggregator",         IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true },
    {"impact.delegated-admin-services",  IMPACT_VISIBILITY, CERTAINTY_CERTAIN, true },
    {"impact.ipam",                      IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true },
    {"impact.network-manager",           IMPACT_VISIBILITY, CERTAINTY_LIKELY,  true },
    {"impact.commitments-owned",         IMPACT_MONEY,      CERTAINTY_CERTAIN, true },
    {"billing.transfer-active",          IMPACT_MONEY,      CERTAINTY_LIKELY,  true },
    {"legal.artifact-agreements",        IMPACT_LAW,        CERTAINTY_CERTAIN, true },
    {"legal.created-account-terms",      IMPACT_LAW,        CERTAINTY_LIKELY,  true },
    {"partition.govcloud-pair",          IMPACT_LAW,        CERTAINTY_LIKELY,  true },
    {"partition.china",                  IMPACT_LAW,        CERTAINTY_LIKELY,  true },
};

/* Told by the other parts, or asked of people and no effect of leaving. */
static const char *const other_parts[] = {
    "impact.org-condition-member", "impact.org-condition-others",     "impact.vpc-endpoint-policy",
    "impact.scp-protection-lost",  "impact.trusted-access-inventory", "impact.iac-references",
    "impact.commitments-used",
};

/* What must hold of the captures as a whole for anything to be certain. */
static const char *const evidence_rules[] = {
    "evidence.fresh",
    "evidence.one-organization",
    "evidence.right-account",
    "evidence.no-contradiction",
};

/* A member of any organization. Sources: AWS Organizations User Guide, "Leaving an organization from a member account";
 * AWS Billing User Guide, "Consolidating billing for AWS Organizations" and "Activating user-defined cost allocation
 * tags"; AWS Artifact User Guide, "Managing agreements". The rule tells what to do. */
static const struct always_row {
    const char *rule;
    impact_kind kind;
    certainty sure;
    bool reversible;
    const char *now, *after;
    const char *before; /* what to do; NULL: what the rule says */
} always_rows[] = {
    {"impact.commitments-used",        IMPACT_MONEY, CERTAINTY_CERTAIN, true,
     "the payer's consolidated bill holds the account",                                                                       "consolidated billing ends at the moment of leaving: shared Savings Plans and Reserved Instances and volume tiers "
     "no longer count",                                                                                                                                                       NULL},
    {"billing.credits-and-agreements", IMPACT_MONEY, CERTAINTY_CERTAIN, true,
     "credits, private pricing and tax settings of the payer may apply",                                                      "they end: the account pays list prices, counts its own free tier and needs its own tax registration", NULL},
    {"billing.support-plan-after",     IMPACT_MONEY, CERTAINTY_CERTAIN, true,  "the payer's support plan covers the account",
     "the account has the plan that it chooses itself, Basic if it chooses none",                                                                                                                                                    NULL},
    {"billing.history-exported",       IMPACT_MONEY, CERTAINTY_CERTAIN, false,
     "Cost Explorer shows the account its time in the organization",                                                          "that history is lost to the account; invoices and the Bills page stay",                               NULL},
    {"billing.history-exported",       IMPACT_MONEY, CERTAINTY_CERTAIN, true,
     "cost allocation tags are active in the payer's account",                                                                "they are not in the account's own billing, nor in a new organization, until somebody activates them",
     "List the tags that cost reports use, and activate them again where the account pays: Billing > Cost allocation "
     "tags"                                                                                                                                                                                                                              },
};

static const struct rule_row *find_row(str rule)
{
    static const struct rule_row of_packs = {NULL, IMPACT_ACCESS, CERTAINTY_LIKELY, true};
    for (size_t i = 0; i < sizeof rule_rows / sizeof *rule_rows; i++)
        if (str_is(rule, rule_rows[i].rule))
            return &rule_rows[i];
    for (size_t i = 0; i < sizeof other_parts / sizeof *other_parts; i++)
        if (str_is(rule, other_parts[i]))
            return NULL;
    return str_starts(rule, STR("impact.")) ? &of_packs : NULL; /* of a pack of the user's */
}

static route route_of(const struct impacting *m, const struct rule *r)
{
    int on = m->options->new_org.len ? ROUTE_TRANSFER : ROUTE_REMOVE_API;
    for (int i = 0; i < ROUTE_COUNT && r->ranked_as[on] < 0; i++)
        on = i;
    return (route)on;
}

static void add_fixes(struct impacting *m, struct impact_item *i, const struct rule *r)
{
    i->fixes = judge_fixes(m->arena, m->visit->judge, r, route_of(m, r), &i->fix_count);
    for (size_t k = 0; k < i->fix_count; k++)
        for (size_t w = 0; w < i->fixes[k].command_len; w++)
            if (str_is(i->fixes[k].command[w], "SNAPSHOT"))
                i->fixes[k].command[w] = m->options->check->snapshot;
}

static str without_stop(str s)
{
    return str_ends(s, STR(".")) ? str_head(s, s.len - 1) : s;
}

/* "Cannot tell whether ...: organizations/... was not captured" */
static void split_reason(struct impact_item *i)
{
    size_t at = str_find(i->now, STR(": "));
    i->why = at == SIZE_MAX ? STR("the captures do not tell") : str_from_index(i->now, at + 2);
    i->now = at == SIZE_MAX ? i->now : str_head(i->now, at);
}

static void ask_rule(struct impacting *m, const struct rule *r, const struct rule_row *row)
{
    struct judgement j;
    judge(m->arena, m->visit->judge, r, route_of(m, r), &j);
    if (j.outcome != OUTCOME_FAIL && j.outcome != OUTCOME_UNKNOWN)
        return;
    bool fails = j.outcome == OUTCOME_FAIL;
    struct impact_item *i = impact_add(m, row->kind, r->id, fails ? row->sure : CERTAINTY_UNKNOWN);
    i->severity = rule_severity(r, route_of(m, r));
    i->reversible = row->reversible;
    i->now = without_stop(j.message);
    i->after = without_stop(r->why);
    if (!fails)
        split_reason(i);
    for (size_t k = 0; k < j.mark_count; k++)
        impact_mark(m, i, &j.marks[k]);
    i->needs = j.needs;
    i->need_count = j.need_count;
    i->depends_on = j.depends_on;
    i->depends_on_count = j.depends_on_count;
    add_fixes(m, i, r);
}

static void ask_evidence(struct impacting *m, const struct rule *r)
{
    struct judgement j;
    judge(m->arena, m->visit->judge, r, route_of(m, r), &j);
    if (j.outcome != OUTCOME_FAIL && j.outcome != OUTCOME_UNKNOWN)
        return;
    struct impact_item *i = impact_add(m, IMPACT_ACCESS, r->id, CERTAINTY_UNKNOWN);
    m->doubtful = true;
    i->now = without_stop(j.message);
    i->after = STR("what is told here rests on these captures, so that none of it is certain");
    split_reason(i);
    for (size_t k = 0; k < j.mark_count; k++)
        impact_mark(m, i, &j.marks[k]);
    i->needs = j.needs;
    i->need_count = j.need_count;
    add_fixes(m, i, r);
}

static void tell_always(struct impacting *m, const struct always_row *row)
{
    const struct rule *r = ruleset_find(m->check->rules, str_from(row->rule));
    struct impact_item *i = impact_add(m, row->kind, str_from(row->rule), row->sure);
    i->reversible = row->reversible;
    i->now = str_from(row->now);
    i->after = str_from(row->after);
    if (row->before)
        impact_fix(m, i, str_from(row->before));
    else if (r)
        add_fixes(m, i, r);
}

void impact_rules(struct impacting *m)
{
    for (size_t i = 0; i < ruleset_count(m->check->rules); i++) {
        const struct rule *r = ruleset_rule(m->check->rules, i);
        const struct rule_row *row = find_row(r->id);
        if (row)
            ask_rule(m, r, row);
    }
    for (size_t i = 0; i < sizeof evidence_rules / sizeof *evidence_rules; i++) {
        const struct rule *r = ruleset_find(m->check->rules, str_from(evidence_rules[i]));
        if (r)
            ask_evidence(m, r);
    }
    for (size_t i = 0; i < sizeof always_rows / sizeof *always_rows; i++)
        tell_always(m, &always_rows[i]);
}
