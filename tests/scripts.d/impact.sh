# See the head of tests/impact.py.
exec /usr/bin/python3 tests/impact.py
