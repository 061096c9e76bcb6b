# See the head of tests/saved.py.
exec /usr/bin/python3 tests/saved.py
