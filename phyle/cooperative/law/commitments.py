"""Commitments: what stands in the ledger for a value that may later be erased."""

import hmac
from hashlib import sha256
from typing import Any

from phyle.cooperative.law.spelling import spell

SALT_BYTES = 16


def commit(value: Any, salt: str) -> str:
    """HMAC-SHA256 of the value's canonical JSON under a salt of 16 bytes in hex; the result in hex."""
    return hmac.new(bytes.fromhex(salt), spell(value), sha256).hexdigest()


def opens(commitment: str, value: Any, salt: str) -> bool:
    """Whether value and salt are what was committed to."""
    try:
        return len(salt) == 2 * SALT_BYTES and hmac.compare_digest(commit(value, salt), commitment)
    except (ValueError, TypeError):
        return False
