# See the head of tests/verdicts.py.
exec /usr/bin/python3 tests/verdicts.py
