"""The audit: whether every entry of a ledger follows and none is missing, from its bytes alone."""
