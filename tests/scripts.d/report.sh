# What the writers wrote for invented runs, read back by independent readers.
exec /usr/bin/python3 tests/report/validate.py
