"""Forms: how plain words become the payload of an act: what is new, what is sealed, what is kept as a blob."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.law.values import EXACT
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.cooperative.ledger.openings import Audience, Opening, seal
from phyle.errors import Unprocessable
from phyle.store.transaction import Tx
from phyle.text import well_formed

LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`fresh`: the member of the payload that gets a new id. `sealed`: members that are given in the open and become
    commitments, each with who may see the opening. `texts`: members that are given as text and become blobs. `about`:
    the member that says what the openings belong to."""

    fresh: str | None = None
    sealed: Mapping[str, Audience] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A payload, and the openings of its commitments."""

    payload: dict[str, Any]
    openings: tuple[Opening, ...]


FORMS: Mapping[str, Form] = {
    "found": Form(),
    "apply": Form(fresh="member", sealed={"statement": "members"}, about="member"),
    "vouch": Form(sealed={"statement": "members"}, about="member"),
    "object": Form(sealed={"reason": "members"}, about="member"),
    "exit": Form(sealed={"claim": "register"}),
    "return": Form(),
    "charge": Form(fresh="charge", sealed={"reasons": "members"}, about="charge"),
    "reply": Form(sealed={"reply": "members"}, about="charge"),
    "propose": Form(fresh="proposal", texts=frozenset({"text"})),
    "sponsor": Form(),
    "revise": Form(texts=frozenset({"text"})),
    "withdraw": Form(),
    "vote": Form(sealed={"choice": "closed", "reason": "closed"}, about="ballot"),
    "explain": Form(sealed={"reason": "closed"}, about="ballot"),
}
"""The acts that people do, each with its form. What is not named here nobody can do through a door."""


def new_id() -> str:
    """A new name for a thing of the ledger."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


async def filled(tx: Tx, kind: str, given: Mapping[str, Any]) -> Filled:
    """The payload of an act from what was given. Unprocessable for what cannot be sealed or kept."""
    form = FORMS[kind]
    payload = {name: value for name, value in given.items() if value is not None}
    if form.fresh is not None:
        payload.setdefault(form.fresh, new_id())
    about = str(payload.get(form.about, ""))
    openings = []
    for name, audience in form.sealed.items():
        if name in payload:
            opening = seal(name, sealable(name, payload[name]), audience=audience, about=about)
            openings.append(opening)
            payload[name] = opening.commitment
    for name in form.texts & payload.keys():
        payload[name] = await keep_blob(tx, text(name, payload[name]).encode())
    return Filled(payload=payload, openings=tuple(openings))


def text(name: str, value: Any) -> str:
    """Text of a bearable length, with newlines alone between its lines. Unprocessable if it is not."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Unprocessable(f"{name} must be text of at most {LONGEST_TEXT} characters.")
    return well_formed(value).replace("\r\n", "\n").replace("\r", "\n")


def sealable(name: str, value: Any) -> Any:
    """A value that has one spelling: no fractions, names in ASCII. Unprocessable if it has none."""
    if isinstance(value, str):
        return text(name, value)
    if isinstance(value, Mapping) and all(isinstance(key, str) and key.isascii() for key in value):
        return {key: sealable(f"{name}.{key}", item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [sealable(name, item) for item in value]
    if value is None or isinstance(value, bool) or (isinstance(value, int) and -EXACT <= value <= EXACT):
        return value
    raise Unprocessable(f"{name} must be made of text, whole numbers, lists and objects.")
