# sarif, junit, markdown, csv, github, gitlab, html, ndjson of lint, read back by other programs' readers.
exec /usr/bin/python3 tests/lint_formats.py
