"""Bearer secrets: tokens, codes and cookies are 256 random bits, and only their SHA-256 is stored.

A fast hash suffices, since nobody can guess 256 bits; and who reads the database cannot use what is in it.
"""

import hashlib
import secrets

LONGEST = 200  # characters of a secret that a stranger sends; ours have 43


def new() -> str:
    """A new secret, 43 characters that need no quoting in URLs, headers and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored instead of the secret, and looked up."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
