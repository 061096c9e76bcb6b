# sarif, junit, markdown, csv, github, gitlab of check, read back by other programs' readers.
exec /usr/bin/python3 tests/formats.py
