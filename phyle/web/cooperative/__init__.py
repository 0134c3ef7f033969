"""The JSON API of the cooperative under /api/phyle/v1/: everything that pages and posts can do, for any program."""
