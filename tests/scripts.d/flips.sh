# See the head of tests/flips.py.
exec /usr/bin/python3 tests/flips.py
