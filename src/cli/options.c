/* options.c - the one table of options and commands, and the reader of arguments. Names are never abbreviated. */
#include <unistd.h>

#include "cli/cli.h"

/* clang-format off: one row a line, whatever its neighbours hold */

const struct option_row option_table[OPTION_COUNT] = {
    [OPTION_FORMAT] = {"format",        0,   "FORMAT",      false, NULL,                "what to print: text, json, or what the command says of its formats"},
    [OPTION_OUTPUT] = {"output",        0,   "FORMAT:PATH", true,  NULL,                "also write that format to a file"                           },
    [OPTION_RULES] = {"rules",         0,   "PATH",        true,  NULL,                "a rule pack, or a folder of packs, beside the built-in one" },
    [OPTION_CONFIG] = {"config",        0,   "FILE",        false, NULL,                "read this instead of the nearest orgexit.yaml"              },
    [OPTION_NO_CONFIG] = {"no-config",     0,   NULL,          false, NULL,                "read no orgexit.yaml"                                       },
    [OPTION_ACCOUNT] = {"account",       0,   "ID",          true,  NULL,                "only this account"                                          },
    [OPTION_ACCOUNTS_FROM] = {"accounts-from", 0,   "FILE",        false, NULL,
                       "only the accounts listed in FILE, one id a line (-: standard input)"                                                         },
    [OPTION_OU] = {"ou",            0,   "PATH",        true,  NULL,                "only accounts in this OU or below: /Root/Prod, or its id"   },
    [OPTION_ROUTE] = {"route",         0,   "ROUTE",       true,  NULL,                "remove, leave, one of their kinds (leave/api), or transfer" },
    [OPTION_PROFILE] = {"profile",       0,   "NAME",        false, NULL,                "how rules are ranked: full (default), current"              },
    [OPTION_AS_OF] = {"as-of",         0,   "TIME",        false, NULL,                "judge as of this time: YYYY-MM-DD or RFC 3339"              },
    [OPTION_MAX_AGE] = {"max-age",       0,   "AGE",         false, NULL,                "older captures prove nothing (default 7d)"                  },
    [OPTION_CAPTURED_AT] = {"captured-at",   0,   "TIME",        false, NULL,
                       "when the captures were made, where capture.json does not tell"                                                               },
    [OPTION_CALLER] = {"caller",        0,   "ARN",         false, NULL,                "who removes: a principal of the management account"         },
    [OPTION_PRINCIPAL] = {"principal",     0,   "ARN",         false, NULL,                "who leaves, or calls: a principal of the account"        },
    [OPTION_CONTEXT] = {"context",       0,   "KEY=VALUE",   true,  NULL,                "a condition key that is known of the call"                  },
    [OPTION_ATTESTATIONS] = {"attestations",  0,   "FILE",        false, NULL,
                       "read this instead of the snapshot's attestations.yaml"                                                                       },
    [OPTION_ASSUME] = {"assume", 0, "CHANGE", true, NULL, "judge as if this were done: move:ACCOUNT=OU-PATH, detach:POLICY@TARGET, attach:POLICY@TARGET, policy:POLICY=FILE"},
    [OPTION_ALLOW_HYPOTHETICAL] = {"allow-hypothetical", 0, NULL, false, NULL, "with --assume: exit code 0 where all would be READY"},
    [OPTION_NO_WAIVERS] = {"no-waivers",    0,   NULL,          false, NULL,                "judge as if nothing was waived"                             },
    [OPTION_FAIL_ON] = {"fail-on",       0,   "SEVERITY",    false, "blocker|warning",
                       "what makes the exit code 1: blocker (default) or warning"                                                                    },
    [OPTION_ONLY_PROBLEMS] = {"only-problems", 0,   NULL,          false, NULL,                "leave out what passed"                                      },
    [OPTION_FULL] = {"full",          0,   NULL,          false, NULL,                "text: every account in full, however many there are"        },
    [OPTION_TABLE] = {"table",         0,   NULL,          false, NULL,                "text: a table for people, also in a pipe"                   },
    [OPTION_DIGESTS] = {"digests",       0,   NULL,          false, NULL,                "tell the SHA-256 of every input"                            },
    [OPTION_ORG] = {"org",           0,   "FILE",        false, NULL,                "SNAPSHOT is NDJSON, an account a line (-: standard input); FILE the organization's part"},
    [OPTION_REDACT] = {"redact",        0,   NULL,          false, NULL,                "pseudonyms for ids, names and addresses: a report to show"  },
    [OPTION_JOBS] = {"jobs",          0,   "N",           false, NULL,                "how many at once (default: one for each processor)"         },
    [OPTION_BY] = {"by",            0,   "WHO",         false, NULL,                "who attests it"                                             },
    [OPTION_DATE] = {"date",          0,   "DATE",        false, NULL,                "when it was looked up (default: today)"                     },
    [OPTION_VALID_UNTIL] = {"valid-until",   0,   "DATE",        false, NULL,                "the last day on which it holds"                             },
    [OPTION_EVIDENCE] = {"evidence",      0,   "TEXT",        false, NULL,                "what it rests on: a ticket, the last digits of a card"      },
    [OPTION_SCRIPT] = {"script",        0,   NULL,          false, NULL,                "print a shell script of AWS CLI calls that makes a snapshot"},
    [OPTION_DRY_RUN] = {"dry-run",       0,   NULL,          false, NULL,                "print the AWS CLI calls and make none"                      },
    [OPTION_PRINT_POLICY] =
        {"print-policy",  0,   "SIDE",        false, "management|member",
                       "print the least IAM policy that the calls need: of the management account or of a member"                                    },
    [OPTION_ROLE_NAME] = {"role-name",     0,   "NAME",        false, NULL,
                       "the role to assume in members (default OrganizationAccountAccessRole)"                                                       },
    [OPTION_AWS] = {"aws",           0,   "PATH",        false, NULL,                "the AWS CLI, v1 or v2 (default: aws, found in PATH)"        },
    [OPTION_AWS_ARG] = {"aws-arg",       0,   "ARG",         true,  NULL,                "one more argument for every AWS CLI call"                   },
    [OPTION_IMPACT] = {"impact",        0,   NULL,          false, NULL,
                       "also capture what the warnings about other services read: some 30 calls in each account, more "
                       "in each Region"                                                                                                              },
    [OPTION_REGION] = {"region",        0,   "NAME",        true,  NULL,
                       "with --impact: only this Region (default: all that an account has enabled)"                                                  },
    [OPTION_TIMEOUT] = {"timeout",       0,   "SECONDS",     false, NULL,                "how long one call may take (default 900)"                   },
    [OPTION_CASES] = {"cases",         0,   "FILE",        false, NULL,
                       "decide every case in FILE, one JSON object a line (-: standard input)"                                                       },
    [OPTION_ACTION] = {"action",        0,   "ACTION",      false, NULL,
                       "what is called (default organizations:LeaveOrganization)"                                                                    },
    [OPTION_RESOURCE] = {"resource",      0,   "ARN",         false, NULL,
                       "what it is called on: an ARN, or * for an action without resources (default)"                                                },
    [OPTION_RESOURCE_ACCOUNT] =
        {"resource-account", 0, "ID",         false, NULL,                "whose the resource is, where its ARN does not tell"                       },
    [OPTION_UNKNOWN] = {"unknown",       0,   "KEY",         true,  NULL,                "a condition key of which nothing is known"                 },
    [OPTION_ABSENT] = {"absent",        0,   "KEY",         true,  NULL,                "a condition key that the call does not carry"               },
    [OPTION_SCP] = {"scp",           0,   "[LEVEL=]FILE", true, NULL,
                       "an SCP (FullAWSAccess: AWS's own); levels from the root down, in the order of the options"                                   },
    [OPTION_RCP] = {"rcp",           0,   "[LEVEL=]FILE", true, NULL,                "an RCP; RCPFullAWSAccess is understood"                        },
    [OPTION_BOUNDARY] = {"boundary",      0,   "FILE",        false, NULL,                "the principal's permissions boundary"                     },
    [OPTION_SESSION] = {"session",       0,   "FILE",        true,  NULL,                "a session policy"                                          },
    [OPTION_IDENTITY] = {"identity",      0,   "FILE",        true,  NULL,                "a policy of the principal, or of a group of it"           },
    [OPTION_RESOURCE_POLICY] =
        {"resource-policy", 0, "FILE",        false, NULL,                "the policy of the resource"                                               },
    [OPTION_TRUST] = {"trust",         0,   "FILE",        false, NULL,                "the same for a role: its trust policy"                       },
    [OPTION_WHO] = {"who",           0,   NULL,          false, NULL,                "every principal of the account instead of one"                 },
    [OPTION_ERROR] = {"error",         0,   "TEXT",        false, NULL,
                       "say what this AWS error means: its message, or the error as JSON"                                                            },
    [OPTION_POLICY] = {"policy",        0,   NULL,          false, NULL,                "print the least IAM policy for who makes the call"          },
    [OPTION_WITH] = {"with",          0,   "ID",          true,  NULL,                "an account that leaves together with these"                 },
    [OPTION_NEW_ORG] = {"new-org",       0,   "ORG",         false, NULL,                "the organization that they go to: o-..., else into none"    },
    [OPTION_AFTER] = {"after",         0,   "SNAPSHOT2",   false, NULL,
                      "say what must be true afterwards, from captures made once the accounts have left"                                             },
    [OPTION_TYPE] = {"type",          0,   "KIND",        false, "identity|boundary|scp|rcp|resource|trust",
                       "what the documents are attached to (default: told from content and path)"                                                    },
    [OPTION_LINT_FAIL_ON] = {"fail-on",       0,   "SEVERITY",    false, "error|security-warning|warning|suggestion|never",
                       "exit code 1 from this severity on (default warning)"                                                                         },
    [OPTION_SELECT] = {"select",        0,   "CHECK",       true,  NULL,                "run this check alone; arn-* is a family"                    },
    [OPTION_IGNORE] = {"ignore",        0,   "CHECK",       true,  NULL,                "leave out this check; arn-* is a family"                    },
    [OPTION_LIST_CHECKS] = {"list-checks",   0,   NULL,          false, NULL,                "list the checks with severity and the kinds of policy they apply to"},
    [OPTION_BASELINE] = {"baseline",      0,   "FILE",        false, NULL,                "what this baseline knows does not count"                    },
    [OPTION_WRITE_BASELINE] = {"write-baseline", 0, "FILE", false, NULL, "write what is found as a baseline: from then on only what is new counts"},
    [OPTION_SERVICE] = {"service",       0,   "PREFIX",      false, NULL,                "resource policies are attached to a resource of this service: s3, kms, sqs"},
    [OPTION_OWN_ACCOUNT] = {"own-account",   0,   "ID",          false, NULL,                "the account whose documents these are"                      },
    [OPTION_MANAGEMENT_ACCOUNT] = {"management-account", 0, "ID", false, NULL, "the management account of its organization"},
    [OPTION_EXPECT] = {"expect",        0,   "FILE",        false, NULL,                "the claims: a YAML file (docs/guard.md, orgexit schema expect)"},
    [OPTION_POLICIES] = {"policies",      0,   "DIR",         false, NULL,                "SCPs as files below DIR instead of a snapshot; needs --map"  },
    [OPTION_MAP] = {"map",           0,   "FILE",        false, NULL,                "which of them stand at which OU (orgexit schema guard-map)"         },
    [OPTION_QUIET] = {"quiet",         'q', NULL,          false, NULL,                "no report in text, errors alone"                            },
    [OPTION_VERBOSE] = {"verbose",       'v', NULL,          false, NULL,                "show what passed, and where it rests"                       },
    [OPTION_COLOR] = {"color",         0,   "WHEN",        false, "auto|always|never", "auto (default), always, never"                              },
    [OPTION_ASCII] = {"ascii",         0,   NULL,          false, NULL,                "no other characters than ASCII of our own"                  },
    [OPTION_VERIFY] = {"verify", 0, "SNAPSHOT", false, NULL, "judge SNAPSHOT anew and say where the result no longer holds"},
    [OPTION_MIXED] = {"mixed", 0, NULL, false, NULL, "put results of other versions, rules, routes or times together all the same"},
    [OPTION_MAN] = {"man", 0, NULL, false, NULL, "help COMMAND: as a manual page (mdoc)"},
    [OPTION_HELP] = {"help",          'h', NULL,          false, NULL,                "show this"                                                  },
    [OPTION_VERSION] = {"version",       0,   NULL,          false, NULL,                "show the version"                                           },
};

static const option_id check_options[] = {
    OPTION_ACCOUNT,       OPTION_ACCOUNTS_FROM, OPTION_OU,      OPTION_ROUTE,   OPTION_CALLER,
    OPTION_PRINCIPAL,     OPTION_CONTEXT,       OPTION_AS_OF,   OPTION_MAX_AGE, OPTION_CAPTURED_AT,
    OPTION_ATTESTATIONS,  OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL, OPTION_NO_WAIVERS,    OPTION_RULES,   OPTION_PROFILE, OPTION_CONFIG,
    OPTION_NO_CONFIG,     OPTION_FORMAT,        OPTION_OUTPUT,  OPTION_FULL,    OPTION_TABLE,
    OPTION_ONLY_PROBLEMS, OPTION_FAIL_ON,       OPTION_DIGESTS, OPTION_REDACT, OPTION_ORG, OPTION_JOBS,    OPTION_QUIET,
    OPTION_VERBOSE,       OPTION_COLOR,         OPTION_ASCII,   OPTION_HELP};
static const option_id plan_options[] = {
    OPTION_ACCOUNT,     OPTION_ACCOUNTS_FROM, OPTION_OU,    OPTION_ROUTE,   OPTION_CALLER,
    OPTION_PRINCIPAL,   OPTION_CONTEXT,       OPTION_AS_OF, OPTION_MAX_AGE, OPTION_CAPTURED_AT,
    OPTION_ATTESTATIONS, OPTION_NO_WAIVERS, OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL,   OPTION_RULES, OPTION_PROFILE, OPTION_CONFIG,
    OPTION_NO_CONFIG,   OPTION_FORMAT,        OPTION_OUTPUT, OPTION_FULL,  OPTION_POLICY,  OPTION_AFTER,
    OPTION_COLOR,       OPTION_ASCII,         OPTION_HELP};
static const option_id impact_options[] = {
    OPTION_ACCOUNT,     OPTION_ACCOUNTS_FROM, OPTION_OU,    OPTION_WITH,    OPTION_NEW_ORG,
    OPTION_AS_OF, OPTION_MAX_AGE, OPTION_CAPTURED_AT, OPTION_ATTESTATIONS, OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL,
    OPTION_RULES, OPTION_PROFILE, OPTION_CONFIG, OPTION_NO_CONFIG,   OPTION_FORMAT, OPTION_OUTPUT, OPTION_FULL, OPTION_COLOR,
    OPTION_ASCII,         OPTION_HELP};
static const option_id rules_options[] = {OPTION_RULES,  OPTION_PROFILE, OPTION_CONFIG, OPTION_NO_CONFIG,
                                          OPTION_FORMAT, OPTION_COLOR,   OPTION_HELP};
static const option_id collect_options[] = {OPTION_ACCOUNT, OPTION_OU,      OPTION_ROLE_NAME,    OPTION_AWS,
                                            OPTION_AWS_ARG, OPTION_IMPACT,  OPTION_REGION,       OPTION_JOBS,
                                            OPTION_TIMEOUT, OPTION_DRY_RUN, OPTION_PRINT_POLICY, OPTION_SCRIPT,
                                            OPTION_QUIET,   OPTION_ASCII,   OPTION_HELP};
static const option_id lint_options[] = {OPTION_TYPE,   OPTION_LINT_FAIL_ON, OPTION_SELECT, OPTION_IGNORE,
                                         OPTION_BASELINE, OPTION_WRITE_BASELINE, OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_SERVICE, OPTION_OWN_ACCOUNT, OPTION_MANAGEMENT_ACCOUNT, OPTION_AS_OF,
                                         OPTION_FORMAT, OPTION_OUTPUT, OPTION_ONLY_PROBLEMS, OPTION_JOBS, OPTION_QUIET, OPTION_COLOR,
                                         OPTION_ASCII,  OPTION_LIST_CHECKS,  OPTION_HELP};
static const option_id simulate_options[] = {
    OPTION_ACCOUNT, OPTION_PRINCIPAL, OPTION_ACTION, OPTION_RESOURCE, OPTION_RESOURCE_ACCOUNT, OPTION_CONTEXT, OPTION_UNKNOWN,
    OPTION_ABSENT, OPTION_SCP, OPTION_RCP, OPTION_BOUNDARY, OPTION_SESSION, OPTION_IDENTITY, OPTION_RESOURCE_POLICY,
    OPTION_TRUST, OPTION_CASES, OPTION_JOBS, OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL, OPTION_AS_OF, OPTION_MAX_AGE,
    OPTION_CAPTURED_AT, OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_FORMAT, OPTION_VERBOSE, OPTION_COLOR, OPTION_ASCII,
    OPTION_HELP};
static const option_id attest_options[] = {
    OPTION_BY,      OPTION_DATE,          OPTION_VALID_UNTIL, OPTION_EVIDENCE,    OPTION_FORMAT,       OPTION_OUTPUT,
    OPTION_ACCOUNT, OPTION_ACCOUNTS_FROM, OPTION_OU,          OPTION_ROUTE,       OPTION_CALLER,       OPTION_PRINCIPAL,
    OPTION_CONTEXT, OPTION_AS_OF,         OPTION_MAX_AGE,     OPTION_CAPTURED_AT, OPTION_ATTESTATIONS, OPTION_RULES,
    OPTION_PROFILE, OPTION_CONFIG,        OPTION_NO_CONFIG,   OPTION_JOBS,        OPTION_HELP};
static const option_id explain_options[] = {
    OPTION_ACCOUNT, OPTION_ACTION, OPTION_PRINCIPAL, OPTION_CALLER, OPTION_WHO, OPTION_RESOURCE, OPTION_CONTEXT, OPTION_ABSENT,
    OPTION_RESOURCE_POLICY, OPTION_SESSION, OPTION_ASSUME, OPTION_ALLOW_HYPOTHETICAL, OPTION_AS_OF, OPTION_MAX_AGE,
    OPTION_CAPTURED_AT, OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_ERROR, OPTION_FORMAT, OPTION_VERBOSE, OPTION_COLOR,
    OPTION_ASCII, OPTION_HELP};
static const option_id report_options[] = {
    OPTION_FORMAT, OPTION_OUTPUT, OPTION_VERIFY, OPTION_MIXED, OPTION_FULL, OPTION_TABLE, OPTION_ONLY_PROBLEMS, OPTION_REDACT,
    OPTION_ACCOUNT, OPTION_ACCOUNTS_FROM, OPTION_OU, OPTION_CALLER, OPTION_PRINCIPAL, OPTION_CONTEXT, OPTION_AS_OF, OPTION_MAX_AGE,
    OPTION_CAPTURED_AT, OPTION_ATTESTATIONS, OPTION_NO_WAIVERS, OPTION_RULES, OPTION_PROFILE, OPTION_ROUTE, OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_JOBS, OPTION_QUIET,
    OPTION_VERBOSE, OPTION_COLOR, OPTION_ASCII, OPTION_HELP};
static const option_id diff_options[] = {OPTION_FORMAT, OPTION_COLOR, OPTION_ASCII, OPTION_HELP};
static const option_id guard_options[] = {OPTION_EXPECT, OPTION_POLICIES, OPTION_MAP, OPTION_AS_OF, OPTION_MAX_AGE, OPTION_CAPTURED_AT,
                                          OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_FORMAT, OPTION_VERBOSE, OPTION_COLOR, OPTION_ASCII, OPTION_HELP};
static const option_id config_options[] = {OPTION_ROUTE, OPTION_PROFILE, OPTION_FAIL_ON, OPTION_MAX_AGE, OPTION_RULES, OPTION_CONFIG,
                                           OPTION_NO_CONFIG, OPTION_FORMAT, OPTION_HELP};
static const option_id help_options[] = {OPTION_MAN, OPTION_HELP};
static const option_id plain_options[] = {OPTION_HELP};

#define OPTIONS(list) list, sizeof(list) / sizeof *(list)

const struct command commands[] = {
    {"check",    "SNAPSHOT...",                                                                                              "say of every account whether it is ready to leave, and what stands in the way",
     "SNAPSHOT is a folder of AWS CLI output (orgexit collect DIR makes one), with attestations.yaml\n"
     "beside it for what no API tells, or all of it as one document, JSON or YAML (orgexit schema\n"
     "snapshot). Several are organizations of their own: one report follows the other, and the worst exit\n"
     "code holds (json alone holds one). With --org, SNAPSHOT\n"
     "is NDJSON, an account a line, - being standard input (docs/scale.md).\n"
     "Formats: text, json, ndjson, sarif, junit, markdown, csv, github, gitlab, html (docs/formats.md).\n",                                                                                                                                                                       OPTIONS(check_options),    run_check    },
    {"plan",     "SNAPSHOT",
     "the runbook for accounts that are to leave: the steps still needed, who does them, where, and how to check",
     "Name the accounts with --account, --ou or --accounts-from. Without --route the best one is taken: the fewest other\n"
     "accounts touched, then the fewest steps. Formats: text, markdown (a task list for an issue), json.\n"
     "Exit codes\n"
     "  0  there is a way for every account\n"
     "  1  for one at least there is none (the management account, a closed account); with --after: something is not so\n"
     "  2  wrong usage, or an input that could not be read\n"
     "  3  with --after: nothing is wrong, but something is not known\n"
     "  4  it could not be written, or memory ran out\n",
     OPTIONS(plan_options), run_plan},
    {"impact",   "SNAPSHOT",
     "what stops working, or becomes possible, once accounts have left, and what to do before",
     "Name the accounts with --account, --ou or --accounts-from. Policies, here and in the other accounts, are decided\n"
     "with the organization's keys as they are today and as they are afterwards. docs/impact.md tells more.\n"
     "Formats: text, json.\n\n"
     "Exit codes\n"
     "  0  it was told, whatever it is\n"
     "  1  with --assume, and without --allow-hypothetical\n"
     "  2  wrong usage, or an input that could not be read\n"
     "  4  it could not be written, or memory ran out\n",
     OPTIONS(impact_options), run_impact},
    {"rules",    "list | explain ID | fields [PREFIX] | test [PACK...]",
     "show the rules, one rule in full, the facts that rules can ask for; run the rules' tests",                                                                                                           NULL,
     OPTIONS(rules_options),                                                                                                                                                                                                                run_rules    },
    {"collect",  "DIR",
     "make a snapshot in DIR with your AWS CLI: calls that read, of the organization and each account",                                                                                                    "The organization is read with your own credentials (of the management account or a delegated administrator),\n"
     "members with a role that you assume in them. A run that was stopped goes on where it was. docs/collect.md\n"
     "tells more.\n\n"
     "Exit codes\n"
     "  0  every call was answered, be it with \"there is none\"\n"
     "  2  wrong usage, no AWS CLI or no credentials\n"
     "  3  a call failed (capture.json names it), or it was stopped\n"
     "  4  DIR could not be written, or memory ran out\n",                                                OPTIONS(collect_options),  run_collect  },
    {"lint",     "PATH...|-",  "find in policy documents what AWS would refuse, what does not do what it says, what bears on leaving",
     "PATH is a policy document in JSON or YAML, what an AWS CLI call printed, or a folder: every *.json, *.yaml and *.yml\n"
     "below it is read, one that holds no policy is passed over. -: standard input. `orgexit rules explain CHECK` tells why a check is there; docs/lint.md lists them.\n"
     "Formats: text, json, ndjson, sarif, junit, markdown, csv, github, gitlab, html; --output writes more of them to files.\n\n"
     "Exit codes\n"
     "  0  no finding at or above --fail-on\n"
     "  1  at least one\n"
     "  2  wrong usage, a file that cannot be read, or a text that is no policy\n"
     "  3  none, but a folder holds templates or plans, which are not read\n"
     "  4  the output could not be written, or memory ran out\n", OPTIONS(lint_options), run_lint},
    {"simulate", "--principal ARN [--scp LEVEL=FILE...] ... | SNAPSHOT --account ID ... | --cases FILE|-",                                                                                        "decide IAM requests as AWS would, in three values",                             "Policies come from files, each option a layer; docs/simulate.md tells more. A key that is not named is absent.\n\n"
     "Exit codes\n"
     "  0  the request is allowed; --cases: every case matched\n"
     "  1  it is denied; a case did not match\n"
     "  2  wrong usage, or an input that is missing or malformed\n"
     "  3  it is not known\n"
     "  4  output could not be written, or memory ran out\n", OPTIONS(simulate_options),
     run_simulate                                                                                                                                                                                                                                        },
    {"attest",   "init SNAPSHOT | set SNAPSHOT ACCOUNT TOPIC=VALUE... --by WHO | export SNAPSHOT | import SNAPSHOT FILE",
     "write into attestations.yaml what no API tells and people have looked up",                                                                                                                           "init    adds a line, commented out, for every entry that a blocker needs and that is missing or has ended\n"
     "set     adds or replaces entries of one account; payment_method needs --valid-until\n"
     "export  prints a table (csv) with a line for each account and topic, for the owners to fill in\n"
     "import  takes the table back (FILE, or - for standard input); with an error in one line it changes nothing\n"
     "What people wrote stays as it is, byte for byte. --output - prints the new file instead of writing it.\n",                 OPTIONS(attest_options),   run_attest   },
    {"explain", "SNAPSHOT --account ID [--action A] [--principal ARN | --who] | --error TEXT",
     "show how a decision was reached, from the root down, and what would change it; or what an AWS error means",
     "Without --action it is asked who may make the account leave (organizations:LeaveOrganization), without --principal\n"
     "it is asked for who would do it. --who shows every principal of the account. docs/explain.md tells more.\n\n"
     "Exit codes\n"
     "  0  it is allowed; --who: to somebody; --error: the error is known\n"
     "  1  it is denied; to everybody; the error is not known\n"
     "  2  wrong usage, or an input that is missing or malformed\n"
     "  3  it is not known\n"
     "  4  output could not be written, or memory ran out\n",
     OPTIONS(explain_options), run_explain},
    {"report",   "RESULT...", "tell saved results again, in any format; several of one organization as one",
     "RESULT is what check --format json or ndjson printed (-: standard input). One that was cut off, or whose sums are not\n"
     "those of its accounts, is refused, and so are results of other rules or times unless --mixed is given.\n"
     "With --verify, SNAPSHOT is judged as the result was; give the options again that check was given.\n"
     "Exit codes\n"
     "  0  every account is READY; --verify: the result still holds\n"
     "  1  one at least is NOT READY; --verify: a verdict, a finding or the rules are others now\n"
     "  2  wrong usage, or a result that is cut off or malformed; --verify: inputs are not what they were\n"
     "  3  none is NOT READY, one at least is UNDETERMINED\n"
     "  4  output could not be written, or memory ran out\n",
     OPTIONS(report_options), run_report},
    {"diff",     "OLD NEW", "say what changed between two saved results, and by which finding",
     "OLD and NEW are what check --format json or ndjson printed.\n"
     "Exit codes\n"
     "  0  no account stopped being READY\n"
     "  1  one at least did\n"
     "  2  wrong usage, or a result that is cut off or malformed\n"
     "  4  output could not be written, or memory ran out\n",
     OPTIONS(diff_options), run_diff},
    {"guard", "SNAPSHOT --expect FILE | --policies DIR --map FILE --expect FILE",
     "hold claims against an organization: who may make an account leave, and who may not",
     "FILE holds claims such as \"in /Root/Prod no principal but role/BreakGlass may leave\", for those who are there and for\n"
     "every user and role that there could be. A violation tells the statement that lets it through, who is meant, and an\n"
     "example. With --policies, SCPs alone decide. docs/guard.md tells more.\n\n"
     "Exit codes\n"
     "  0  every claim holds\n"
     "  1  at least one is violated\n"
     "  2  wrong usage, or an input that is missing or malformed; a claim about no account\n"
     "  3  none is violated, but of one at least it is not known\n"
     "  4  output could not be written, or memory ran out\n",
     OPTIONS(guard_options), run_guard},
    {"config",   "show [SNAPSHOT]", "show every setting of a check here, and where each comes from", NULL, OPTIONS(config_options), run_config},
    {"schema",   "[NAME]",  "print the JSON schema of one of our files; without NAME, list them", NULL, OPTIONS(plain_options), run_schema},
    {"completion", "bash | zsh | fish", "print what your shell needs to complete commands and options",
     "bash: orgexit completion bash > ~/.local/share/bash-completion/completions/orgexit\n"
     "zsh:  orgexit completion zsh > \"${fpath[1]}/_orgexit\"\n"
     "fish: orgexit completion fish > ~/.config/fish/completions/orgexit.fish\n"
     "make install puts them in place.\n",
     OPTIONS(plain_options), run_completion},
    {"help",     "[COMMAND]",                                                                                             "show how a command is used",                                                    NULL, OPTIONS(help_options),     run_help     },
};
const size_t command_count = sizeof commands / sizeof *commands;

str did_you_mean(arena *a, str word, const char *const *known, size_t count)
{
    size_t limit = word.len / 3 > 1 ? word.len / 3 : 1, best = limit + 1;
    const char *near = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = str_distance(word, str_from(known[i]), limit);
        if (d < best) {
            best = d;
            near = known[i];
        }
    }
    return near ? arena_printf(a, "; did you mean \"%s\"?", near) : (str){0};
}

struct parsing {
    arena *arena;
    struct arguments *out;
    int argc, at;
    char **argv;
    error *error;
};

static bool unknown_option(struct parsing *p, str name)
{
    const struct command *c = p->out->command;
    const char *names[OPTION_COUNT];
    for (size_t i = 0; i < c->option_count; i++)
        names[i] = option_table[c->options[i]].name;
    str hint = did_you_mean(p->arena, name, names, c->option_count);
    return error_set(p->error, ERR_USAGE, "%s has no option --%.*s%.*s (orgexit help %s)", c->name,
                     STR_ARG(visible(p->arena, name)), STR_ARG(hint), c->name);
}

static bool allowed_word(const struct option_row *row, str value)
{
    str words = str_from(row->words);
    while (words.len)
        if (str_eq(str_cut(&words, '|'), value))
            return true;
    return row->words == NULL;
}

static bool keep_option(struct parsing *p, option_id id, bool has_value, str value)
{
    const struct option_row *row = &option_table[id];
    struct option_value *o = &p->out->options[id];
    if (row->argument && !has_value) {
        if (p->at >= p->argc)
            return error_set(p->error, ERR_USAGE, "--%s needs a value: --%s %s", row->name, row->name, row->argument);
        value = str_from(p->argv[p->at++]);
    } else if (!row->argument && has_value) {
        return error_set(p->error, ERR_USAGE, "--%s takes no value", row->name);
    }
    if (row->argument && !value.len)
        return error_set(p->error, ERR_USAGE, "--%s was given an empty value; expected %s", row->name, row->argument);
    if (row->words && !allowed_word(row, value))
        return error_set(p->error, ERR_USAGE, "--%s is \"%.*s\"; expected one of %s", row->name,
                         STR_ARG(visible(p->arena, value)), row->words);
    if (o->count && !row->repeatable)
        return error_set(p->error, ERR_USAGE, "--%s was given twice", row->name);
    str *values = NEW_ARRAY(p->arena, str, o->count + 1);
    if (o->count)
        memcpy(values, o->values, o->count * sizeof *values);
    values[o->count++] = value;
    o->values = values;
    return true;
}

static bool read_long(struct parsing *p, str text)
{
    const struct command *c = p->out->command;
    bool has_value = str_find_char(text, '=') != SIZE_MAX;
    str name = str_cut(&text, '=');
    for (size_t i = 0; i < c->option_count; i++)
        if (str_is(name, option_table[c->options[i]].name))
            return keep_option(p, c->options[i], has_value, text);
    return unknown_option(p, name);
}

static bool read_letter(struct parsing *p, const char *text)
{
    const struct command *c = p->out->command;
    for (size_t i = 0; i < c->option_count && text[1] == '\0'; i++)
        if (option_table[c->options[i]].letter == text[0])
            return keep_option(p, c->options[i], false, (str){0});
    return error_set(p->error, ERR_USAGE, "%s has no option -%.*s (orgexit help %s)", c->name,
                     STR_ARG(visible(p->arena, str_from(text))), c->name);
}

bool arguments_read(arena *a, const struct command *c, int argc, char **argv, struct arguments *out, error *e)
{
    struct parsing p = {.arena = a, .out = out, .argc = argc, .argv = argv, .error = e};
    VEC(str) operands = {0};
    *out = (struct arguments){.command = c};
    bool only_operands = false;
    while (p.at < argc) {
        const char *text = argv[p.at++];
        bool ok = true;
        if (only_operands || text[0] != '-' || text[1] == '\0')
            *VEC_PUSH(a, &operands) = str_from(text);
        else if (strcmp(text, "--") == 0)
            only_operands = true;
        else
            ok = text[1] == '-' ? read_long(&p, str_from(text + 2)) : read_letter(&p, text + 1);
        if (!ok)
            return false;
    }
    out->operands = operands.items;
    out->operand_count = operands.count;
    return true;
}

enum { MOST_JOBS = 16 };

bool jobs_read(const struct arguments *args, size_t *jobs, error *e)
{
    str text = option_text(args, OPTION_JOBS);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = processors < 1 ? 1 : processors > MOST_JOBS ? MOST_JOBS : (size_t)processors;
    if (text.len)
        *jobs = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.ptr[i]) || *jobs > 256)
            return error_set(e, ERR_USAGE, "--jobs is no number of threads; expected 1 to 256");
        *jobs = *jobs * 10 + (size_t)(text.ptr[i] - '0');
    }
    return (*jobs >= 1 && *jobs <= 256) || error_set(e, ERR_USAGE, "--jobs is out of range; expected 1 to 256");
}
