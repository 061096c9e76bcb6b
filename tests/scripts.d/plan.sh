# See the head of tests/plan.py.
exec /usr/bin/python3 tests/plan.py
