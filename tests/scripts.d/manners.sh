# See the head of tests/manners.py.
exec /usr/bin/python3 tests/manners.py
