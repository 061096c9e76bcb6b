#!/bin/sh
# Runs every test and sums up: the last line is "N passed, N failed". CASE=name runs that golden case alone.
# Each test program ends with such a line, or with cmocka's.
set -u
build=${BUILD:-build}
cd "$(dirname "$0")/.." || exit 2
case $build in /*) ;; *) build="$PWD/$build" ;; esac
export ORGEXIT="$build/orgexit" BUILD="$build"
: "${ORGEXIT_CORPUS:=$PWD/../shared/corpus}"
export ORGEXIT_CORPUS
python=/usr/bin/python3
passed=0 failed=0

# run NAME COMMAND...: shows the output of what failed, counts what it says.
run() {
    name=$1; shift
    log="$build/tests/$name.log"
    mkdir -p "$build/tests"
    "$@" >"$log" 2>&1
    code=$?
    ok=$(sed -n -e 's/^\([0-9][0-9]*\) passed, [0-9][0-9]* failed.*/\1/p' -e 's/^\[  PASSED  \] \([0-9][0-9]*\) test.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
    bad=$(sed -n -e 's/^[0-9][0-9]* passed, \([0-9][0-9]*\) failed.*/\1/p' -e 's/^\[  FAILED  \] \([0-9][0-9]*\) test.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$code" -ne 0 ] || [ "$ok" -gt 0 ] || { bad=1; echo "$name: ran no test"; }
    if [ "$bad" -gt 0 ]; then
        echo "---- $name"
        tail -n 60 "$log"
    fi
    printf '%-24s %6d passed, %d failed\n' "$name" "$ok" "$bad"
    passed=$((passed + ok)) failed=$((failed + bad))
}

if [ -n "${CASE:-}" ]; then
    run golden $python tests/golden.py
elif [ -n "${ACCEPT:-}" ]; then
    run golden $python tests/golden.py
    [ -x "$build/tests/report_test" ] && run report "$build/tests/report_test"
else
    for t in "$build"/tests/*_test; do
        run "$(basename "$t" _test)" "$t"
    done
    for t in "$build"/tests/*_replay; do
        name=$(basename "$t" _replay)
        run "$name-replay" "$t" tests/fuzz/corpus/"$name"
    done
    for t in tests/scripts.d/*; do
        run "$(basename "$t" | sed 's/\.[a-z]*$//')" sh "$t"
    done
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
