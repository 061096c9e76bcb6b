# See the head of tests/golden.py.
exec /usr/bin/python3 tests/golden.py
