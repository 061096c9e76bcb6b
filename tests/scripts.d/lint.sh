# See the head of tests/lint.py.
exec /usr/bin/python3 tests/lint.py
