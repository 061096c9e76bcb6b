/*
 * facts.h - the functions behind the field catalogue: one for each fact that is read so far.
 *
 * To read a new field: add its name here, put the function into its row of fields.c, and write
 *     struct value fact_NAME(struct facts *f, route r)
 * in a src/rules/facts_*.c. A function states a fact and says, where it is unknown, why (`reason`) and what would
 * settle it (`needs`); it knows no threshold, no severity and no rule. Texts and marks live as long as `f`. reason one
 * clause without a full stop: "organizations/list-accounts was not captured" lists     of records: element.members has
 * the values of the element fields, in the order of the catalogue (field_member_index), element.text a short name for
 * messages ("DenyLeave of p-1 at /Root/Prod"), element.mark its place. A cut-off list is VALUE_KNOWN with complete =
 * false by_route  only fields marked so in the catalogue are asked for every route Fields with `topic` (attested.*)
 * have no function of their own: the fact source answers them from the account's attestations by f->topic and f->part,
 * so that a pack's topic needs no C. A field whose `get` is NULL and that has no topic is unknown, "orgexit does not
 * read this yet".
 */
#ifndef ORGEXIT_RULES_FACTS_H
#define ORGEXIT_RULES_FACTS_H

#include "rules/value.h"

#define FACTS(F)                                                                                                       \
    F(run_route)                                                                                                       \
    F(run_family)                                                                                                      \
    F(run_profile)                                                                                                     \
    F(run_account_count)                                                                                               \
    F(actor_arn)                                                                                                       \
    F(actor_is_root)                                                                                                   \
    F(actor_in_right_account)                                                                                          \
    F(actor_identity_allows)                                                                                           \
    F(actor_allow_covers_star)                                                                                         \
    F(actor_scp_denies)                                                                                                \
    F(actor_scp_region_denies)                                                                                         \
    F(actor_scp_closed_levels)                                                                                         \
    F(account_id)                                                                                                      \
    F(account_arn)                                                                                                     \
    F(account_listed)                                                                                                  \
    F(account_name)                                                                                                    \
    F(account_email)                                                                                                   \
    F(account_is_management)                                                                                           \
    F(account_state)                                                                                                   \
    F(account_joined_method)                                                                                           \
    F(account_joined_at)                                                                                               \
    F(account_created_at)                                                                                              \
    F(account_age)                                                                                                     \
    F(account_time_in_org)                                                                                             \
    F(account_creation_pending)                                                                                        \
    F(account_creation_failures)                                                                                       \
    F(account_is_delegated_administrator)                                                                              \
    F(account_delegated_services)                                                                                      \
    F(account_parent_id)                                                                                               \
    F(account_path)                                                                                                    \
    F(account_path_ids)                                                                                                \
    F(account_users)                                                                                                   \
    F(account_roles)                                                                                                   \
    F(account_independent_admins)                                                                                      \
    F(account_has_organizations_role)                                                                                  \
    F(account_organizations_role_deletable)                                                                            \
    F(account_root_password)                                                                                           \
    F(account_root_contradicted)                                                                                       \
    F(account_root_mfa)                                                                                                \
    F(account_root_keys)                                                                                               \
    F(contact_full_name)                                                                                               \
    F(contact_address_line1)                                                                                           \
    F(contact_city)                                                                                                    \
    F(contact_state_or_region)                                                                                         \
    F(contact_postal_code)                                                                                             \
    F(contact_country_code)                                                                                            \
    F(contact_phone_number)                                                                                            \
    F(org_in_use)                                                                                                      \
    F(org_id)                                                                                                          \
    F(org_management_account)                                                                                          \
    F(org_partition)                                                                                                   \
    F(org_feature_set)                                                                                                 \
    F(org_scps_enabled)                                                                                                \
    F(org_central_root)                                                                                                \
    F(invitation_open)                                                                                                 \
    F(invitation_same_partition)                                                                                       \
    F(invitation_arn)                                                                                                  \
    F(invitation_organization)                                                                                         \
    F(invitation_time_left)                                                                                            \
    F(account_tags)                                                                                                    \
    F(account_policies_in_effect)                                                                                      \
    F(account_stack_instances)                                                                                         \
    F(account_permission_sets)                                                                                         \
    F(alternate_contact_billing)                                                                                       \
    F(alternate_contact_operations)                                                                                    \
    F(alternate_contact_security)                                                                                      \
    F(org_service_access)                                                                                              \
    F(org_unreviewed_services)                                                                                         \
    F(org_resource_policy_names_account)                                                                               \
    F(org_billing_transfers)                                                                                           \
    F(effective_declarative_ec2)                                                                                       \
    F(effective_backup)                                                                                                \
    F(effective_tag)                                                                                                   \
    F(effective_ai_opt_out)                                                                                            \
    F(effective_chatbot)                                                                                               \
    F(effective_security_services)                                                                                     \
    F(ram_consumed)                                                                                                    \
    F(ram_owned)                                                                                                       \
    F(service_administrators)                                                                                          \
    F(service_firewall_manager)                                                                                        \
    F(service_ipam)                                                                                                    \
    F(service_network_manager)                                                                                         \
    F(service_license_manager)                                                                                         \
    F(service_marketplace)                                                                                             \
    F(service_config_aggregators)                                                                                      \
    F(service_config_org_rules)                                                                                        \
    F(service_own_trails)                                                                                              \
    F(service_portfolios)                                                                                              \
    F(service_control_tower_baselines)                                                                                 \
    F(billing_commitments)                                                                                             \
    F(billing_tax_inheritance)                                                                                         \
    F(legal_organization_agreements)                                                                                   \
    F(partition_govcloud_account)                                                                                      \
    F(management_contact_full_name)                                                                                    \
    F(management_contact_address_line1)                                                                                \
    F(management_contact_city)                                                                                         \
    F(management_contact_state_or_region)                                                                              \
    F(management_contact_postal_code)                                                                                  \
    F(management_contact_country_code)                                                                                 \
    F(management_contact_phone_number)                                                                                 \
    F(references_own)                                                                                                  \
    F(references_others)                                                                                               \
    F(references_endpoints)                                                                                            \
    F(capture_fresh)                                                                                                   \
    F(capture_finished)                                                                                                \
    F(capture_one_organization)                                                                                        \
    F(capture_right_account)                                                                                           \
    F(capture_consistent)                                                                                              \
    F(capture_complete)                                                                                                \
    F(capture_age)                                                                                                     \
    F(capture_state_known)

#define FACT_DECLARE(name) struct value fact_##name(struct facts *f, route r);
FACTS(FACT_DECLARE)
#undef FACT_DECLARE

#endif
