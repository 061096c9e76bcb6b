#!/bin/sh
# Installs what `make test-web` needs beside install-deps.sh: a browser, its driver, Selenium, a reader of PDF. Debian only;
# elsewhere it says what is missing and ends with code 2.
set -u

missing=
need() { [ -x "$1" ] || missing="$missing $2"; }
need /usr/bin/chromium chromium
need /usr/bin/chromedriver chromium-driver
need /usr/bin/pdftotext poppler-utils
/usr/bin/python3 -c "import selenium" 2>/dev/null || missing="$missing python3-selenium"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
fc-list 2>/dev/null | grep -q . || missing="$missing fonts-dejavu-core"
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "make test-web needs, by the names that Debian gives them:$missing" >&2
    exit 2
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo="sudo -n"
    else
        echo "make test-web needs packages that are not installed. Run:" >&2
        echo "    sudo sh -c 'apt-get update && $install'" >&2
        exit 2
    fi
fi
echo "installing:$missing" >&2
log=$(mktemp)
if DEBIAN_FRONTEND=noninteractive $sudo sh -c "apt-get update && $install" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
else
    tail -n 20 "$log" >&2
    echo "the packages could not be installed; the whole log is $log. Run by hand:" >&2
    echo "    $install" >&2
    exit 2
fi
