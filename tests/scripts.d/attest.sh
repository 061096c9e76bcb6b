# See the head of tests/attest.py.
exec /usr/bin/python3 tests/attest.py
