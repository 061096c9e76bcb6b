# Shards of NDJSON give the account lines of a single run: see the head of tests/shards.py.
exec /usr/bin/python3 tests/shards.py
