# See the head of tests/rules.py.
exec /usr/bin/python3 tests/rules.py
