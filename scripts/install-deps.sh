#!/bin/sh
# Installs what building and testing orgexit needs and this machine lacks, with the system's package manager; with sudo
# only if it asks for no password. Otherwise prints the line to run and exits 2. `install-deps.sh build`: what building
# alone needs.
set -u
only=${1:-}

have_lib() { command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1" 2>/dev/null; }
have_cmd() { command -v "$1" >/dev/null 2>&1; }
have_module() { [ -x /usr/bin/python3 ] && /usr/bin/python3 -c "import $1" >/dev/null 2>&1; }

# for | what | test | apt | dnf | apk | brew
missing=$(while read -r use kind name apt dnf apk brew; do
    [ -z "$only" ] || [ "$use" = "$only" ] || continue
    case $kind in
    cmd) have_cmd "$name" ;;
    lib) have_lib "$name" ;;
    module) have_module "$name" ;;
    esac || echo "$apt $dnf $apk $brew"
done <<END
build cmd cc gcc gcc gcc gcc
build cmd ar binutils binutils binutils binutils
build cmd pkg-config pkg-config pkgconf pkgconf pkg-config
build lib yaml-0.1 libyaml-dev libyaml-devel yaml-dev libyaml
build lib libcjson libcjson-dev cjson-devel cjson-dev cjson
build lib libpcre2-8 libpcre2-dev pcre2-devel pcre2-dev pcre2
build lib libcrypto libssl-dev openssl-devel openssl-dev openssl@3
test lib cmocka libcmocka-dev libcmocka-devel cmocka-dev cmocka
test cmd /usr/bin/python3 python3 python3 python3 python3
test cmd mandoc mandoc mandoc mandoc mandoc
test module yaml python3-yaml python3-pyyaml py3-yaml -
test module html5lib python3-html5lib python3-html5lib py3-html5lib -
test cmd xmllint libxml2-utils libxml2 libxml2-utils libxml2
test cmd cmark-gfm cmark-gfm - - cmark-gfm
test module jsonschema python3-jsonschema python3-jsonschema py3-jsonschema -
test cmd parallel parallel parallel parallel parallel
END
)
if [ -e /usr/include/stdio.h ] || have_cmd brew; then :; else
    missing="$missing
libc6-dev glibc-devel musl-dev -"
fi
missing=$(echo "$missing" | sed '/^$/d')
[ -n "$missing" ] || exit 0

column() { echo "$missing" | awk -v n="$1" '$n != "-" { printf "%s ", $n }'; }
if have_cmd apt-get; then
    install="apt-get install -y --no-install-recommends $(column 1)"
    before="apt-get update"
elif have_cmd dnf; then
    install="dnf install -y $(column 2)"
    before=true
elif have_cmd apk; then
    install="apk add $(column 3)"
    before=true
elif have_cmd brew; then
    install="brew install $(column 4)"
    before=true
else
    echo "missing: $(column 1)- install these with your package manager" >&2
    exit 2
fi

sudo=
if [ "$(id -u)" -ne 0 ] && ! have_cmd brew; then
    if have_cmd sudo && sudo -n true 2>/dev/null; then
        sudo="sudo -n"
    else
        echo "orgexit needs packages that are not installed. Run:" >&2
        echo "    sudo sh -c '$before && $install'" >&2
        exit 2
    fi
fi
echo "installing: $install" >&2
log=$(mktemp)
if DEBIAN_FRONTEND=noninteractive $sudo sh -c "$before && $install" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
else
    tail -n 20 "$log" >&2
    echo "the packages could not be installed; the whole log is $log. Run by hand:" >&2
    echo "    $install" >&2
    exit 2
fi
