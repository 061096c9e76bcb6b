#!/bin/sh
# Makes a C header of tables: scripts/embed-tables.sh FILE.tsv... >HEADER
# A file is one line "# source version date: columns", then rows of columns parted by tabs. Of a-b.tsv are made
# `static const char a_b_source[]`, that line, and `static const uint32_t a_b[][columns]`: where in `static const char
# pool[]` the text of each column begins (it ends with a NUL; 0 is the empty text). Offsets need no relocation.
set -eu
LC_ALL=C awk -F '\t' '
    FNR == 1 {
        if (name != "") print "};"
        name = FILENAME
        sub(/.*\//, "", name); sub(/\.tsv$/, "", name); gsub(/-/, "_", name)
        text = heads = $1
        sub(/.*: /, "", heads)
        columns = gsub(/,/, ",", heads) + 1
        gsub(/[\\"]/, "\\\\&", text)
        print "static const char " name "_source[] = \"" text "\";"
        print "static const uint32_t " name "[][" columns "] = {"
        next
    }
    {
        line = ""
        for (i = 1; i <= columns; i++) {
            if ($i == "") at = 0
            else if ($i in known) at = known[$i]
            else { known[$i] = at = used; texts[++count] = $i; used += length($i) + 1 }
            line = line at ","
        }
        print "{" line "},"
    }
    BEGIN {
        used = 1
        print "/* Made by scripts/embed-tables.sh. Do not edit. */"
    }
    END {
        print "};"
        print "static const char pool[] ="
        print "\"\\0\""
        for (i = 1; i <= count; i++) {
            gsub(/[\\"]/, "\\\\&", texts[i])
            print "\"" texts[i] "\\0\""
        }
        print ";"
    }' "$@"
