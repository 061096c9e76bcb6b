# --redact: nothing of the captures that names somebody survives in any format.
exec /usr/bin/python3 tests/redact.py
