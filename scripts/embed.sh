#!/bin/sh
# Makes a C header of text files: scripts/embed.sh ARRAY COUNT FILE... >HEADER
# The header defines `const struct embedded ARRAY[]` and `const size_t COUNT`; who includes it declares the struct first.
# POSIX sh, od and awk only. Bytes are written as numbers: compilers need not take long string literals.
set -eu
array=$1 count=$2
shift 2
printf '/* Made by scripts/embed.sh. Do not edit. */\n'
n=0
for file; do
    printf 'static const char %s_%d[] = {\n' "$array" "$n"
    od -An -v -tu1 "$file" | awk '{ line = ""
        for (i = 1; i <= NF; i++) line = line ($i < 128 ? $i : $i - 256) ","
        print line }'
    printf '0};\n'
    n=$((n + 1))
done
printf 'const struct embedded %s[] = {\n' "$array"
n=0
for file; do
    printf '    {"%s", %s_%d, sizeof %s_%d - 1},\n' "$file" "$array" "$n" "$array" "$n"
    n=$((n + 1))
done
printf '};\nconst size_t %s = %d;\n' "$count" "$n"
