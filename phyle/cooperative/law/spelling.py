"""The one spelling of whatever is hashed or signed here: RFC 8785, for documents without fractions."""

from hashlib import sha256
from typing import Any

import orjson

from phyle.errors import Malformed

LONGEST_ENTRY = 65_535
"""Bytes of an entry: tlog-tiles writes the length in 16 bits."""


def spell(value: Any) -> bytes:
    """The canonical bytes. For values that `law.values` wrote or read: names in ASCII and integers within 2^53-1, where
    sorting by bytes and by UTF-16 are the same, and no number has two spellings."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def parse(data: bytes) -> Any:
    """JSON from its canonical bytes. Malformed if it is spelt in any other way, so no two byte strings say the same."""
    try:
        value = orjson.loads(data)
        same = spell(value) == data
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as error:
        raise Malformed("This is not JSON", cause=str(error)) from error
    if not same:
        raise Malformed("This is JSON, but not in its canonical spelling (RFC 8785)")
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return sha256(spell(value)).hexdigest()
