# Random requests: the evaluator against a naive one, and its properties. IAM_CASES, IAM_SEED: how many, and from where.
set -u
decide="$BUILD/tests/decide"
sanitize=
nm "$BUILD/liborgexit.a" 2>/dev/null | grep -q __asan_ && sanitize="-fsanitize=address,undefined"
mkdir -p "$BUILD/tests"
# shellcheck disable=SC2046,SC2086 # words
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $sanitize -O2 -Isrc -o "$decide" tests/iam/decide.c \
    "$BUILD/liborgexit.a" $(pkg-config --libs libcjson yaml-0.1 libpcre2-8 libcrypto) -pthread || { echo "0 passed, 1 failed"; exit 1; }
exec /usr/bin/python3 tests/iam/compare.py "$decide" "${IAM_CASES:-20000}" ${IAM_SEED:-}
