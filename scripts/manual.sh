#!/bin/sh
# A page of docs/ as a manual page of section 5, in mdoc: scripts/manual.sh NAME DATE < docs/NAME.md
# Knows what our pages use: headings, paragraphs, lists, tables, blocks of code, `code`, links.
set -eu
name=$1 date=$2
awk -v name="$name" -v date="$date" '
function plain(s) {                      # our marks taken off, and what mdoc would take for more than text
    while (match(s, /\[[^]]*\]\([^)]*\)/)) {
        link = substr(s, RSTART, RLENGTH)
        text = substr(link, 2, index(link, "](") - 2)
        s = substr(s, 1, RSTART - 1) text substr(s, RSTART + RLENGTH)
    }
    gsub(/`/, "", s)
    gsub(/\*\*/, "", s)
    return safe(s)
}
function safe(s) {
    gsub(/\\/, "\\e", s)
    if (s ~ /^[.\x27]/) s = "\\&" s
    return s
}
function leave() {                       # ends what is open
    if (state == "code") print ".Ed"
    if (state == "list" || state == "table") print ".El"
    state = ""
}
function enter(to, how) {
    if (state == to) return
    leave()
    print how
    state = to
}
BEGIN { print ".Dd " date "\n.Dt ORGEXIT-" toupper(name) " 5\n.Os" }
/^```/ { if (fenced) { fenced = 0; leave() } else { fenced = 1; enter("code", ".Bd -literal") } next }
fenced { print safe($0); next }
/^# / { print ".Sh NAME\n.Nm orgexit-" name "\n.Nd " plain(substr($0, 3)) "\n.Sh DESCRIPTION"; next }
/^## / { leave(); print ".Sh " toupper(plain(substr($0, 4))); next }
/^### / { leave(); print ".Ss " plain(substr($0, 5)); next }
/^    / { if (state == "list") { print plain(substr($0, 5)); next } enter("code", ".Bd -literal"); print safe(substr($0, 5)); next }
/^\|[- |]*\|$/ { next }
/^\|/ {
    enter("table", ".Bl -tag -width Ds")
    row = substr($0, 2, length($0) - 2)
    gsub(/\\\|/, "\001", row)
    cells = split(row, cell, / *\| */)
    for (i = 1; i <= cells; i++) { gsub(/\001/, "|", cell[i]); sub(/^ +/, "", cell[i]); sub(/ +$/, "", cell[i]) }
    if (cell[1] == "" ) next
    print ".It " plain(cell[1])
    for (i = 2; i <= cells; i++) if (cell[i] != "") print plain(cell[i])
    next
}
/^- / { enter("list", ".Bl -bullet"); print ".It\n" plain(substr($0, 3)); next }
/^  / && state == "list" { print plain(substr($0, 3)); next }
/^$/ { pending = 1; if (state != "") leave(); next }
{ leave(); if (pending) print ".Pp"; pending = 0; print plain($0) }
END { leave(); print ".Sh SEE ALSO\n.Xr orgexit 1" }
' | awk '
# No .Pp beside a heading or a block: mdoc does that by itself.
{ line[NR] = $0 }
END {
    for (i = 1; i <= NR; i++)
        if (!(line[i] == ".Pp" && (line[i - 1] ~ /^\.(Sh|Ss|Ed|El)/ || line[i + 1] ~ /^\.(Sh|Ss|Bd|Bl)/))) print line[i]
}'
