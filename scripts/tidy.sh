#!/bin/sh
# Static checks: scripts/tidy.sh OUR_FLAGS LIBRARY_FLAGS. Ends with code 1 if one of them finds anything.
set -u
cd "$(dirname "$0")/.." || exit 2
ours=$1 libraries=$2
bad=0
say() { echo "$1"; bad=1; }

# ---- the floors: each may include only those below it ----
order="base text catalog policy org iam rules lint report api cli"
rank() { n=0; for f in $order; do n=$((n + 1)); [ "$f" = "$1" ] && { echo $n; return; }; done; echo 0; }
for file in src/*/*.[ch]; do
    floor=$(basename "$(dirname "$file")")
    own=$(rank "$floor")
    [ "$own" -gt 0 ] || say "$file: is on no floor of \"$order\""
    for other in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
        [ "$(rank "$other")" -le "$own" ] || say "$file: includes $other/, which is not below $floor/"
    done
done
# report prints what base/ holds and needs nothing of the floors that make it; rules and lint do not know each other.
grep -n '#include "\(rules\|lint\|iam\|org\|policy\)/' src/report/*.[ch] && say "report includes a floor that it must not know"
grep -n '#include "lint/' src/rules/*.[ch] 2>/dev/null && say "rules includes lint"
grep -n '#include "rules/' src/lint/*.[ch] && say "lint includes rules"

# ---- banned: unsafe, dependent on the locale, or another way out ----
banned='\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|strtod|strtol|strtoul|system|popen|setlocale|mktime|localtime|strptime|alloca|inet_aton|fnmatch|cJSON_GetObjectItem|cJSON_HasObjectItem|cJSON_GetErrorPtr|cJSON_Parse[A-Za-z]*)[[:space:]]*\('
grep -nE "$banned" src/*/*.[ch] && say "a banned function is called"
grep -nE '\b(printf|puts|putchar|fprintf|exit|_exit|abort)[[:space:]]*\(' src/base src/text src/policy src/org src/catalog src/iam src/rules src/lint src/report src/api -r \
    --include='*.c' | grep -v 'abort(); /\* an arena used outside a unit of work' && say "something below src/cli prints or exits"
grep -nE '^(static )?(struct [a-z_]+|[a-z_0-9]+) \*?[a-z_]+( = .*)?;$' src/*/*.c | grep -v const && say "a global variable that is not constant"

# ---- layout ----
if command -v clang-format >/dev/null; then
    for file in src/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch]; do
        clang-format --dry-run -Werror "$file" >/dev/null 2>&1
        # Version 14 dies on some tables (status 139); that says nothing about the file.
        [ $? -eq 1 ] && say "$file is not laid out: run make format"
    done
else
    say "clang-format is missing"
fi

# ---- clang-tidy ----
if command -v clang-tidy >/dev/null; then
    # shellcheck disable=SC2086 # the flags are words
    printf '%s\n' src/*/*.c | xargs -P "$(nproc)" -n 4 sh -c 'ours=$1 libraries=$2; shift 2; clang-tidy --quiet "$@" -- $ours $libraries' sh \
        "$(echo "$ours" | sed "s/-MMD -MP//")" "$libraries" 2>/dev/null | grep -E '(error|warning):' | sort -u | head -n 60 | grep . && say "clang-tidy found something"
else
    say "clang-tidy is missing"
fi
command -v shellcheck >/dev/null && { shellcheck -S warning -s sh scripts/*.sh tests/run.sh tests/scripts.d/*.sh || say "shellcheck found something"; }
[ $bad -eq 0 ] && echo "tidy: nothing found"
exit $bad
