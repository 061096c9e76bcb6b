/* collect_script.c - orgexit collect --script: the table of captures as a shell script that anybody can read and run.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/collect.h"

static const char head[] =
    "#!/bin/sh\n"
    "# Makes a snapshot for `orgexit check`: AWS CLI calls that read and change nothing, one file a call.\n"
    "#   sh capture.sh DIR                    as a principal of the management account: the organization\n"
    "#   sh capture.sh DIR member ACCOUNT     as a principal of that account: the account\n"
    "# Run it once for the organization, then once for the management account and for each member, each time with the\n"
    "# credentials for it in the environment (AWS_PROFILE=...), all of it within six hours. Printed by orgexit "
    "collect\n"
    "# --script; orgexit collect DIR does the same, faster and with more care.\n"
    "set -u\n"
    "dir=${1:?usage: sh capture.sh DIR [member ACCOUNT]}\n"
    "mode=${2:-organization}\n"
    "account=${3:-}\n"
    "aws=${AWS:-aws}\n"
    "umask 077\n"
    "mkdir -p \"$dir\" || exit 4\n"
    "notes=$dir/.script # what a later run of this script must know\n"
    "mkdir -p \"$notes\" || exit 4\n"
    "\n"
    "# fail PATH CODE MESSAGE: one line of JSON for \"errors\" of capture.json.\n"
    "fail() {\n"
    "    message=$(printf '%s' \"$3\" | tr -d '\\000-\\037\\\\\"' | cut -c 1-300)\n"
    "    printf '{\"call\": \"%s\", \"code\": \"%s\", \"message\": \"%s\"}\\n' \"$1\" \"$2\" \"$message\" >> "
    "\"$notes/errors\"\n"
    "}\n"
    "\n"
    "# capture MEMBER PATH CALL...: keeps the answer only if it has the member that the call always has: the AWS CLI "
    "exits\n"
    "# with 0 and prints nothing for a broken answer. The error code counts only when it is of this very call.\n"
    "capture() {\n"
    "    member=$1 path=$2\n"
    "    shift 2\n"
    "    file=$dir/$path.json\n"
    "    mkdir -p \"${file%/*}\" || exit 4\n"
    "    if [ -e \"$notes/errors\" ]; then\n"
    "        grep -v -F \"{\\\"call\\\": \\\"$path\\\",\" \"$notes/errors\" > \"$notes/errors.new\"\n"
    "        mv \"$notes/errors.new\" \"$notes/errors\" || exit 4\n"
    "    fi\n"
    "    rm -f \"$file\"\n"
    "    if \"$aws\" \"$@\" --output json > \"$file.part\" 2> \"$notes/said\" < /dev/null && grep -q \"^ "
    "*\\\"$member\\\":\" \"$file.part\"; then\n"
    "        mv \"$file.part\" \"$file\" || exit 4\n"
    "        return\n"
    "    fi\n"
    "    rm -f \"$file.part\"\n"
    "    operation=$(printf '%s' \"$2\" | tr -d -)\n"
    "    said=$(grep -i \"An error occurred ([A-Za-z0-9._-]*) when calling the $operation operation\" \"$notes/said\" "
    "| head -n 1)\n"
    "    code=$(printf '%s' \"$said\" | sed -n 's/.*An error occurred (\\([^)]*\\)) when calling.*/\\1/p')\n"
    "    fail \"$path\" \"${code:-CallFailed}\" \"${said:-$(tail -n 1 \"$notes/said\")}\"\n"
    "}\n"
    "\n"
    "# ids FIELD FILE: every value of FIELD in a list.\n"
    "ids() {\n"
    "    [ -f \"$dir/$2.json\" ] && sed -n 's/^ *\"'\"$1\"'\": *\"\\([^\"]*\\)\".*/\\1/p' \"$dir/$2.json\"\n"
    "}\n"
    "\n"
    "now() {\n"
    "    date -u +%Y-%m-%dT%H:%M:%SZ\n"
    "}\n"
    "\n";

static const char tail[] =
    "\n"
    "{\n"
    "    printf '{\"version\": 1, \"captured_at\": \"%s\", \"completed_at\": \"%s\", \"caller\": \"%s\",\\n' \\\n"
    "        \"$(cat \"$notes/started\")\" \"$(now)\" \"$(cat \"$notes/caller\")\"\n"
    "    printf ' \"tool\": \"orgexit --script\", \"errors\": [\\n'\n"
    "    [ -s \"$notes/errors\" ] && sed '$!s/$/,/' \"$notes/errors\"\n"
    "    printf ']}\\n'\n"
    "} > \"$dir/capture.json.part\" && mv \"$dir/capture.json.part\" \"$dir/capture.json\" || exit 4\n"
    "if [ -s \"$notes/errors\" ] && grep -v -E \"$none\" \"$notes/errors\" > \"$notes/failed\"; then\n"
    "    echo 'calls that failed:' >&2\n"
    "    cat \"$notes/failed\" >&2\n"
    "    exit 3\n"
    "fi\n";

/* One row: what it is for, then capture MEMBER PATH aws-words. `argument` is what stands for the argument. */
static void print_call(arena *a, const struct capture *row, const char *indent, const char *argument)
{
    str options = str_from(row->options), filled = {0};
    while (options.len) {
        str word = str_cut(&options, ' ');
        filled = arena_printf(a, "%.*s %s%.*s%s", STR_ARG(filled), str_is(word, "%s") ? "\"" : "",
                              STR_ARG(str_is(word, "%s") ? str_from(argument) : word), str_is(word, "%s") ? "\"" : "");
    }
    printf("%s# %s\n", indent, row->why);
    printf("%scapture %s \"%s%s/%s%s%s\" %s %s%.*s\n", indent, row->member, row->of_account ? "accounts/$account/" : "",
           row->service, row->operation, argument ? "/" : "", argument ? argument : "", row->service, row->operation,
           STR_ARG(filled));
}

static void print_rows(arena *a, bool of_account, capture_side side, capture_argument argument, const char *indent,
                       const char *text)
{
    for (int k = 0; k < CAPTURE_COUNT; k++)
        if (row_is_wanted((capture_kind)k, false) && captures[k].of_account == of_account && captures[k].side == side &&
            captures[k].argument == argument)
            print_call(a, &captures[k], indent, text);
}

/* Rows whose arguments stand in the table. */
static void print_worded(arena *a, const char *indent)
{
    for (int k = 0; k < CAPTURE_COUNT; k++) {
        str words = str_from(captures[k].words);
        if (captures[k].argument != ARGUMENT_WORDS || captures[k].of_account || !row_is_wanted((capture_kind)k, false))
            continue;
        while (words.len)
            print_call(a, &captures[k], indent, arena_cstr(a, str_cut(&words, ' ')));
    }
}

static void print_organization(arena *a)
{
    const capture_side own = SIDE_MANAGEMENT;
    printf(
        "if [ \"$mode\" = organization ]; then\n"
        "    caller=$(\"$aws\" sts get-caller-identity --query Arn --output text < /dev/null)\n"
        "    if [ -z \"$caller\" ]; then\n"
        "        echo 'aws sts get-caller-identity failed' >&2\n"
        "        exit 2\n"
        "    fi\n"
        "    if [ ! -e \"$notes/started\" ] && { [ -e \"$dir/organizations\" ] || [ -e \"$dir/accounts\" ]; }; then\n"
        "        echo \"$dir holds captures that this script did not make: name an empty folder\" >&2\n"
        "        exit 2\n"
        "    fi\n"
        "    rm -rf \"$dir/organizations\" \"$dir/accounts\" \"$dir/capture.json\" \"$notes/errors\"\n"
        "    now > \"$notes/started\"\n"
        "    printf '%%s' \"$caller\" > \"$notes/caller\"\n");
    print_rows(a, false, own, ARGUMENT_NONE, "    ", NULL);
    print_worded(a, "    ");
    printf("\n    # The tree: the root, then every OU that is found.\n"
           "    parents=$(ids Id organizations/list-roots)\n"
           "    while [ -n \"$parents\" ]; do\n"
           "        next=\n"
           "        for parent in $parents; do\n");
    print_rows(a, false, own, ARGUMENT_PARENT, "            ", "$parent");
    printf("            next=\"$next $(ids Id \"organizations/list-organizational-units-for-parent/$parent\")\"\n"
           "        done\n"
           "        parents=$(printf '%%s' \"$next\" | tr '\\n' ' ' | sed 's/^ *//; s/ *$//')\n"
           "    done\n"
           "\n    for type in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do\n"
           "        grep -q \"\\\"$type\\\"\" \"$dir/organizations/list-roots.json\" || continue\n");
    print_rows(a, false, own, ARGUMENT_POLICY_TYPE, "        ", "$type");
    printf("        for policy in $(ids Id \"organizations/list-policies/$type\"); do\n");
    print_rows(a, false, own, ARGUMENT_POLICY, "            ", "$policy");
    printf("        done\n"
           "    done\n"
           "\n    for account in $(ids Id organizations/list-accounts); do\n");
    print_rows(a, false, own, ARGUMENT_ACCOUNT, "        ", "$account");
    printf("    done\n");
}

static void print_account(arena *a)
{
    printf("else\n"
           "    if [ -z \"$account\" ] || [ ! -f \"$notes/started\" ]; then\n"
           "        echo 'usage: sh capture.sh DIR, then sh capture.sh DIR member ACCOUNT' >&2\n"
           "        exit 2\n"
           "    fi\n"
           "    management=$(ids MasterAccountId organizations/describe-organization)\n");
    print_rows(a, true, SIDE_BOTH, ARGUMENT_NONE, "    ", NULL);
    printf("    for type in BILLING OPERATIONS SECURITY; do\n");
    print_rows(a, true, SIDE_BOTH, ARGUMENT_CONTACT, "        ", "$type");
    printf("    done\n"
           "    if [ \"$account\" = \"$management\" ]; then\n");
    print_rows(a, true, SIDE_MANAGEMENT, ARGUMENT_NONE, "        ", NULL);
    printf("    else\n");
    print_rows(a, true, SIDE_MEMBER, ARGUMENT_NONE, "        ", NULL);
    printf("    fi\n"
           "fi\n");
}

/* A pattern of the lines of "errors" whose code means that there is none: no failures. */
static void print_none(void)
{
    bool first = true;
    printf("\nnone='");
    for (int k = 0; k < CAPTURE_COUNT; k++) {
        str codes = str_from(captures[k].none);
        while (codes.len && row_is_wanted((capture_kind)k, false)) {
            str code = str_cut(&codes, ' ');
            printf("%s/%s[/\"].*\"code\": \"%.*s\"", first ? "" : "|", captures[k].operation, STR_ARG(code));
            first = false;
        }
    }
    printf("'");
}

void print_collect_script(arena *a)
{
    print_text(str_from(head));
    print_organization(a);
    print_account(a);
    print_none();
    print_text(str_from(tail));
}
