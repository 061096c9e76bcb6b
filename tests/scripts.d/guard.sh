# See the heads of tests/guard.py and tests/guard_random.py.
/usr/bin/python3 tests/guard.py; table=$?
/usr/bin/python3 tests/guard_random.py; trees=$?
exit $((table + trees))
