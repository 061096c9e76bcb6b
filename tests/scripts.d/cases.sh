# simulate --cases: the tables of tests/iam and, where it is at hand, the corpus of real SCPs; the same bytes on any
# number of threads, through a pipe too; what is malformed is told and stops nothing.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() { # NAME, then a command that succeeds
    name=$1; shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL cases $name"; fi
}
for table in tests/iam/*.ndjson "$ORGEXIT_CORPUS/leave-cases.ndjson"; do
    [ -f "$table" ] || continue
    grep -q '"request"' "$table" || continue
    "$ORGEXIT" simulate --cases "$table" --jobs 1 >"$work/one"; code=$?
    wanted=0
    [ "$(basename "$table")" = not-understood.ndjson ] && wanted=2 # holds malformed lines on purpose
    check "$(basename "$table")" [ $code -eq $wanted ]
    for jobs in 2 7; do
        "$ORGEXIT" simulate --cases - --jobs $jobs <"$table" >"$work/many"
        check "$(basename "$table") --jobs $jobs" cmp -s "$work/one" "$work/many"
    done
done
case='"request":{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"*","context":{}},"policies":{"identity":[]}'
printf '{"name":"a",%s,"expect":"Allowed"}\nnonsense\n{"name":"c",%s,"expect":"ImplicitlyDenied"}' "$case" "$case" >"$work/mixed"
"$ORGEXIT" simulate --cases "$work/mixed" >"$work/out"; code=$?
check malformed-exit [ $code -eq 2 ]
check malformed-goes-on grep -q '"name":"c","decision":"ImplicitlyDenied","match":true' "$work/out"
check malformed-line grep -q '"error":"' "$work/out"
check summary [ "$(tail -n 1 "$work/out")" = '{"type":"summary","cases":3,"matched":1}' ]
sed 2d "$work/mixed" >"$work/unmatched"
"$ORGEXIT" simulate --cases "$work/unmatched" >/dev/null; code=$?
check unmatched-exit [ $code -eq 1 ]
"$ORGEXIT" simulate --cases "$work/mixed" >/dev/full 2>/dev/null; code=$?
check full-disk [ $code -eq 4 ]
"$ORGEXIT" simulate --cases "$work/absent" >/dev/null 2>&1; code=$?
check no-file [ $code -eq 2 ]
: | "$ORGEXIT" simulate --cases - >"$work/out"; code=$?
check empty [ "$code $(cat "$work/out")" = '0 {"type":"summary","cases":0,"matched":0}' ]
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
