# See the head of tests/schemas.py.
exec /usr/bin/python3 tests/schemas.py
