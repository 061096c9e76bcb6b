# The tests that stand beside the built-in rules.
exec "$ORGEXIT" rules test rules
