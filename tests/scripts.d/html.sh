# The html report, read back without a browser; `make test-web` looks at it with one.
exec /usr/bin/python3 tests/page.py
