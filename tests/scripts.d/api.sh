# The library through its header alone: the same verdicts and exit code as the program.
set -u
library="$BUILD/liborgexit.a"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() { # NAME, then a command that succeeds
    name=$1; shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL api $name"; fi
}
sanitize=
nm "$library" 2>/dev/null | grep -q __asan_ && sanitize="-fsanitize=address,undefined"
# shellcheck disable=SC2086,SC2046 # words
${CC:-cc} -std=c11 -Wall -Wextra -Werror $sanitize -Isrc -o "$work/example" tests/api/example.c "$library" \
    $(pkg-config --libs libcjson yaml-0.1 libpcre2-8 libcrypto) -pthread || { echo "0 passed, 1 failed"; exit 1; }
"$work/example" samples/acme as-of 2026-11-20T12:00:00Z >"$work/out"
"$ORGEXIT" check samples/acme --as-of 2026-11-20T12:00:00Z --format json >"$work/json"; code=$?
grep -v '^    ' "$work/out" | sed '$d' | sed 's/ by .*//' >"$work/verdicts"
/usr/bin/python3 - "$work/json" >"$work/expected" <<'END'
import json, sys
for a in json.load(open(sys.argv[1]))["accounts"]:
    print(a["id"], a["name"], a["verdict"])
END
check verdicts cmp -s "$work/verdicts" "$work/expected"
check exit-code [ "$(tail -n 1 "$work/out")" = "exit $code" ]
check one-route sh -c "'$work/example' samples/acme as-of 2026-11-20T12:00:00Z route leave/api account 047215908836 | grep -q '^047215908836 robot-museum READY by leave/api'"
check no-snapshot sh -c "'$work/example' no/such/folder | grep -q '^error: no/such/folder: there is no such folder'"
check bad-option sh -c "'$work/example' samples/acme as-off 2026-11-20 | grep -q 'there is no option'"
check bad-time sh -c "'$work/example' samples/acme as-of yesterday | grep -q 'as-of is .yesterday.: this is no date'"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
