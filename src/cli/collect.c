/* collect.c - orgexit collect --script: the table of captures as a shell script that anybody can read and run. */
#include <stdio.h>

#include "cli/cli.h"
#include "org/captures.h"

static const char head[] =
    "#!/bin/sh\n"
    "# Makes a snapshot for `orgexit check`: AWS CLI calls that read and change nothing, one file a call.\n"
    "#   sh capture.sh DIR                    as a principal of the management account: the organization\n"
    "#   sh capture.sh DIR member ACCOUNT     as a principal of that account: the account\n"
    "# Run it once for the management account (both ways) and once for each member, with that account's credentials\n"
    "# in the environment (AWS_PROFILE=...). A call that fails is told at the end, and must be written into\n"
    "# capture.json under \"errors\" as {\"call\": ..., \"code\": ...}: a file that is missing only means \"not "
    "known\".\n"
    "set -u\n"
    "dir=${1:?usage: sh capture.sh DIR [member ACCOUNT]}\n"
    "mode=${2:-organization}\n"
    "aws=${AWS:-aws}\n"
    "failed=\n"
    "umask 077\n"
    "\n"
    "# capture PATH CALL...: keeps the answer only if there is one (the AWS CLI exits 0 with no output for a broken "
    "one).\n"
    "capture() {\n"
    "    path=$1; shift\n"
    "    mkdir -p \"$dir/$(dirname \"$path\")\"\n"
    "    if \"$aws\" \"$@\" --output json > \"$dir/$path.json.part\" 2> \"$dir/.error\" && [ -s "
    "\"$dir/$path.json.part\" ]; then\n"
    "        mv \"$dir/$path.json.part\" \"$dir/$path.json\"\n"
    "    else\n"
    "        rm -f \"$dir/$path.json.part\"\n"
    "        failed=\"$failed\n  $path: $(tr '\\n' ' ' < \"$dir/.error\")\"\n"
    "    fi\n"
    "    rm -f \"$dir/.error\"\n"
    "}\n"
    "\n"
    "# ids MEMBER FIELD FILE: every value of FIELD in that list.\n"
    "ids() {\n"
    "    [ -f \"$dir/$3.json\" ] && sed -n 's/^ *\"'\"$2\"'\": *\"\\([^\"]*\\)\".*/\\1/p' \"$dir/$3.json\"\n"
    "}\n"
    "\n";

static const char tail[] = "\n"
                           "if [ -n \"$failed\" ]; then\n"
                           "    printf 'calls that failed:%s\\n' \"$failed\" >&2\n"
                           "    exit 3\n"
                           "fi\n";

/* One row: capture PATH aws-words, indented. `argument` is what stands for the argument in path and call. */
static void print_call(arena *a, const struct capture *row, const char *indent, const char *argument)
{
    str options = str_from(row->options);
    size_t hole = str_find(options, STR("%s"));
    str before = str_head(options, hole), after = hole == SIZE_MAX ? (str){0} : str_from_index(options, hole + 2);
    str filled =
        hole == SIZE_MAX ? before : arena_printf(a, "%.*s\"%s\"%.*s", STR_ARG(before), argument, STR_ARG(after));
    printf("%s# %s\n", indent, row->why);
    printf("%scapture %s%s/%s%s%s%s %s %s%s%.*s\n", indent, row->of_account ? "\"accounts/$account/" : "\"",
           row->service, row->operation, argument ? "/" : "", argument ? argument : "", "\"", row->service,
           row->operation, filled.len ? " " : "", STR_ARG(filled));
}

static void print_rows(arena *a, bool of_account, capture_argument argument, const char *indent, const char *text)
{
    for (size_t i = 0; i < CAPTURE_COUNT; i++)
        if (captures[i].of_account == of_account && captures[i].argument == argument && !captures[i].regional)
            print_call(a, &captures[i], indent, text);
}

static void print_organization(arena *a)
{
    printf("if [ \"$mode\" = organization ]; then\n"
           "    started=$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ)\n"
           "    caller=$(\"$aws\" sts get-caller-identity --query Arn --output text)\n");
    print_rows(a, false, ARGUMENT_NONE, "    ", NULL);
    printf("\n    # The tree: the root, then every OU that is found.\n"
           "    parents=$(ids Roots Id organizations/list-roots)\n"
           "    while [ -n \"$parents\" ]; do\n"
           "        next=\n"
           "        for parent in $parents; do\n");
    print_rows(a, false, ARGUMENT_PARENT, "            ", "$parent");
    printf("            next=\"$next $(ids OrganizationalUnits Id "
           "\"organizations/list-organizational-units-for-parent/$parent\")\"\n"
           "        done\n"
           "        parents=$(echo $next)\n"
           "    done\n"
           "\n    for type in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do\n"
           "        grep -q \"\\\"$type\\\"\" \"$dir/organizations/list-roots.json\" || continue\n");
    print_rows(a, false, ARGUMENT_POLICY_TYPE, "        ", "$type");
    printf("        for policy in $(ids Policies Id \"organizations/list-policies/$type\"); do\n");
    print_rows(a, false, ARGUMENT_POLICY, "            ", "$policy");
    printf("        done\n"
           "    done\n"
           "\n    for account in $(ids Accounts Id organizations/list-accounts); do\n");
    print_rows(a, false, ARGUMENT_ACCOUNT, "        ", "$account");
    printf("    done\n"
           "    printf '{\"version\": 1, \"captured_at\": \"%%s\", \"completed_at\": \"%%s\", \"caller\": \"%%s\",\\n "
           "\"tool\": \"by script\", \"errors\": []}\\n' \\\n"
           "        \"$started\" \"$(date -u +%%Y-%%m-%%dT%%H:%%M:%%SZ)\" \"$caller\" > \"$dir/capture.json\"\n"
           "else\n"
           "    account=${3:?usage: sh capture.sh DIR member ACCOUNT}\n");
}

int run_collect(arena *a, const struct arguments *args, error *e)
{
    if (!has_option(args, OPTION_SCRIPT) || args->operand_count)
        return error_set(e, ERR_USAGE, "collect knows --script so far: orgexit collect --script > capture.sh"), -1;
    print_text(str_from(head));
    print_organization(a);
    print_rows(a, true, ARGUMENT_NONE, "    ", NULL);
    printf("    for type in BILLING OPERATIONS SECURITY; do\n");
    print_rows(a, true, ARGUMENT_CONTACT, "        ", "$type");
    printf("    done\n"
           "fi\n");
    print_text(str_from(tail));
    return EXIT_READY;
}
