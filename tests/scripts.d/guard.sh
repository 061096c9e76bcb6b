# See the head of tests/guard.py.
exec /usr/bin/python3 tests/guard.py
