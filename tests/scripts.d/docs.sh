# The documentation shows real output.
exec /usr/bin/python3 tests/docs.py
