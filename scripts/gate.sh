#!/bin/sh
# What the GitHub action runs: COMMAND (check, lint, guard) on TARGET, as annotations; also SARIF to a file, a summary of
# the job, the exit code as an output. All input comes by the environment and is never made part of a command's text.
#
#   COMMAND      check, lint or guard (check)
#   TARGET       one path a line (check, guard: snapshot; lint: policies)
#   FAIL_ON      the least severity that fails; empty: the command's own
#   SARIF        also write SARIF to this file; empty: none
#   EXPECT       guard: the file with the claims
#   BASELINE     lint: what this file knows does not count
#   ORGEXIT      the program (orgexit)
set -uf
orgexit=${ORGEXIT:-orgexit} command=${COMMAND:-check} target=${TARGET:-}

# finish CODE: tells it the runner too. What cannot be told is code 4.
finish() {
    code=$1
    if [ -n "${GITHUB_OUTPUT:-}" ]; then
        echo "exit-code=$code" >>"$GITHUB_OUTPUT" || code=4
    fi
    exit "$code"
}

case $command in
check | guard) target=${target:-snapshot} ;;
lint) target=${target:-policies} ;;
*)
    echo "gate.sh: COMMAND is not check, lint or guard" >&2
    finish 2
    ;;
esac
work=$(mktemp -d) || finish 4
trap 'rm -rf "$work"' EXIT

set -- "$command"
if [ "$command" = guard ]; then
    [ -z "${EXPECT:-}" ] || set -- "$@" "--expect=$EXPECT"
else
    set -- "$@" --format github --output "markdown:$work/summary.md"
fi
# GitHub cannot be told that a finding is settled: what is ignored or in the baseline would be an alert.
[ "$command" != lint ] || set -- "$@" --only-problems
[ -z "${FAIL_ON:-}" ] || set -- "$@" "--fail-on=$FAIL_ON"
[ -z "${SARIF:-}" ] || set -- "$@" --output "sarif:$SARIF"
[ -z "${BASELINE:-}" ] || set -- "$@" "--baseline=$BASELINE"
set -- "$@" --
IFS='
'
# shellcheck disable=SC2086 # a path a line
set -- "$@" $target
unset IFS

# Claims are text: as a block of code, in which nothing means more than itself.
if [ "$command" = guard ]; then
    "$orgexit" "$@" >"$work/text"
    code=$?
    cat "$work/text" || code=4
    { echo "## Claims" && echo && head -c 900000 "$work/text" | sed 's/^/    /'; } >"$work/summary.md" || code=4
else
    "$orgexit" "$@"
    code=$?
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$work/summary.md" ]; then
    cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY" || code=4 # it holds at most the 1 MiB that GitHub takes of a step
fi
finish "$code"
