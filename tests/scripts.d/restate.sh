# See the head of tests/restate.py.
exec /usr/bin/python3 tests/restate.py
