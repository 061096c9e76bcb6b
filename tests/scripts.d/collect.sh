# See the head of tests/collect/run.py. The real AWS CLI takes part: as root this installs Debian's when there is none.
if [ ! -x /usr/bin/aws ] && [ ! -x /usr/local/bin/aws ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends awscli; } >/dev/null 2>&1 </dev/null
fi
exec /usr/bin/python3 tests/collect/run.py
