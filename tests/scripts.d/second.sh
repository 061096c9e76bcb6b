# See the head of tests/second.py.
exec /usr/bin/python3 tests/second.py
