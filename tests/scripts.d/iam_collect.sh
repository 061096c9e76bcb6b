# The storage of iam-collect as a door in: see the head of tests/iam_collect.py.
exec /usr/bin/python3 tests/iam_collect.py
