# See the head of tests/losses.py.
exec /usr/bin/python3 tests/losses.py
