# See the head of tests/promises.py.
exec /usr/bin/python3 tests/promises.py
