"""HTTP signatures as the fediverse has written them since 2017: draft-cavage-http-signatures-12, small and strict."""

import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from phyle.errors import Unproven
from phyle.federation.claims import Claim, Request

ALGORITHMS = frozenset({"rsa-sha256", "hs2019", "rsa-v1_5-sha256", "ed25519"})
LONGEST_HEADER = 8192
MOST_COVERED = 64
PADDING, HASH = PKCS1v15(), SHA256()

# Possessive quantifiers: what is read is never given back, so hostile input costs one pass.
PARAMETER = re.compile(r'[ \t]*+([A-Za-z]++)[ \t]*+=[ \t]*+(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|(\d{1,15}+))[ \t]*+(,|$)')
ESCAPE = re.compile(r"\\(.)")
INSTANT = re.compile(r"[0-9]{1,11}")


def sign(key_id: str, key: RSAPrivateKey, method: str, target: str, headers: Mapping[str, str]) -> str:
    """The value of a Signature header (RSA-SHA256) over the request target and all `headers`, in their order.

    Header names may be of any case. hs2019 is newer, but older servers refuse it and none refuses rsa-sha256.
    """
    lines = [f"(request-target): {method.lower()} {target}"]
    names = ["(request-target)"]
    for name, value in headers.items():
        lower = name.lower()
        names.append(lower)
        lines.append(f"{lower}: {value}")
    signature = key.sign("\n".join(lines).encode("latin-1"), PADDING, HASH)
    text = b2a_base64(signature, newline=False).decode("ascii")
    return f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="{text}"'
