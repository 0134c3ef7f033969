"""Forms: how plain words become the payload of an act: what is new, what is sealed, what is kept as a blob."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative import abilities
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.values import EXACT
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.cooperative.ledger.openings import Audience, Opening, seal
from phyle.errors import Unprocessable
from phyle.store.transaction import Tx
from phyle.text import well_formed

LONGEST_TEXT = 200_000
MOST_NAMED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`fresh`: the member of the payload that gets a new id. `sealed`: members that are given in the open and become
    commitments, each with who may see the opening; those with dots lie within others. `named`: members that are an
    object of such values by name, for the register. `texts`: members that are given as text and become blobs.
    `hashes`: members that name by its hash what is here already. `about`: the member that says what the openings
    belong to. `introduces`: somebody becomes known by it, with a key of their own. `effects`: it holds effects."""

    fresh: str | None = None
    sealed: Mapping[str, Audience] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    hashes: frozenset[str] = frozenset()
    about: str = ""
    introduces: bool = False
    effects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A payload, and the openings of its commitments."""

    payload: dict[str, Any]
    openings: tuple[Opening, ...]


_IDENTITY = frozenset({"identity"})
_TEXT = frozenset({"text"})
_OUTSIDER = frozenset({"outsider.identity"})

FORMS: Mapping[str, Form] = {
    # The founding
    "sign": Form(fresh="member", named=_IDENTITY, hashes=frozenset({"charter"}), about="member", introduces=True),
    "found": Form(hashes=frozenset({"charter"})),
    # Coming, resting and leaving
    "apply": Form(fresh="member", named=_IDENTITY, about="member", introduces=True),
    "apply_again": Form(),
    "vouch": Form(sealed={"statement": "members"}, about="member"),
    "object": Form(sealed={"reason": "members"}, about="member"),
    "withdraw_objection": Form(),
    "exit": Form(sealed={"claim": "register"}),
    "return": Form(),
    # Keys of members, and who acts for them
    "rekey": Form(),
    "move": Form(named=_IDENTITY),
    "pin": Form(sealed={"pinned": "register"}),
    "represent": Form(named=frozenset({"representative.identity"})),
    "rebind": Form(fresh="member", named=_IDENTITY, about="member", introduces=True),
    "vouch_rebinding": Form(),
    "object_rebinding": Form(sealed={"reason": "members"}, about="rebinding"),
    # The register
    "amend_identity": Form(named=_IDENTITY),
    "enter_register": Form(named=_IDENTITY, about="member"),
    "inspect": Form(sealed={"purpose": "members"}),
    # Charges and appeals
    "charge": Form(fresh="charge", sealed={"reasons": "members"}, about="charge"),
    "reply": Form(sealed={"reply": "members"}, about="charge"),
    "withdraw_charge": Form(),
    "appeal": Form(fresh="appeal", texts=_TEXT),
    # Proposals and elections
    "propose": Form(fresh="proposal", texts=_TEXT, effects=True),
    "sponsor": Form(),
    "revise": Form(texts=_TEXT, effects=True),
    "withdraw": Form(),
    "nominate": Form(),
    "accept_nomination": Form(),
    "decline_nomination": Form(),
    "resign": Form(),
    "declare_interest": Form(sealed={"interest": "members"}, about="proposal"),
    "outcome": Form(texts=_TEXT),
    # Ballots and delegation
    "vote": Form(sealed={"choice": "closed", "reason": "closed"}, about="ballot"),
    "explain": Form(sealed={"reason": "closed"}, about="ballot"),
    "delegate": Form(),
    "revoke_delegation": Form(),
    # Assemblies
    "call_assembly": Form(fresh="assembly", texts=_TEXT),
    "ask_assembly": Form(fresh="assembly", texts=_TEXT),
    "join_asking": Form(),
    "put_on_agenda": Form(),
    "cancel_assembly": Form(),
    "attend": Form(),
    # Draws
    "call_draw": Form(),
    "partner": Form(),
    "sign_draw": Form(),
    "commit_secret": Form(hashes=frozenset({"digest"})),
    "reveal_secret": Form(),
    # Mandates
    "endorse_key": Form(),
    "accept_item": Form(texts=_TEXT),
    "change_face": Form(),
    "uphold": Form(),
    "moderate": Form(fresh="moderation", sealed={"target": "members", "reason": "members"}, about="moderation"),
    "confirm_moderation": Form(),
    "lift_moderation": Form(),
    # Works, contributions and uses
    "offer_work": Form(fresh="work"),
    "relicense_work": Form(),
    "invite_maintainer": Form(),
    "revoke_maintainer": Form(),
    "resign_maintainer": Form(),
    "claim": Form(fresh="contribution", texts=_TEXT, named=_OUTSIDER),
    "validate": Form(texts=_TEXT),
    "refuse_contribution": Form(texts=_TEXT),
    "correct_contribution": Form(texts=_TEXT),
    "withdraw_contribution": Form(),
    "declare_use": Form(
        fresh="use", sealed={"person": "members"}, named=_OUTSIDER, hashes=frozenset({"licence_text"}), about="use"
    ),
    "object_to_use": Form(texts=_TEXT),
    "withdraw_use": Form(),
}
"""The acts that people do, each with its form. What is not named here nobody can do through a door."""

EFFECTS: Mapping[str, Form] = {
    "Resolve": Form(texts=_TEXT),
    "Amend": Form(texts=frozenset({"charter"}), hashes=frozenset({"amends"})),
    "Ratify": Form(hashes=frozenset({"charter"})),
    "Denounce": Form(hashes=frozenset({"treaty"})),
    "Moderate": Form(fresh="moderation", sealed={"target": "members", "reason": "members"}, about="moderation"),
    "AcceptItem": Form(texts=_TEXT),
    "Grant": Form(fresh="grant", texts=_TEXT),
    "Ruling": Form(texts=_TEXT),
}
"""The same for the arguments of effects. A text may also be named by its hash."""


def new_id() -> str:
    """A new name for a thing of the ledger."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


async def filled(tx: Tx, kind: str, given: Mapping[str, Any]) -> Filled:
    """The payload of an act from what was given. Unprocessable for what cannot be sealed, kept or carried out."""
    abilities.check_act(kind, given)
    form, openings = FORMS[kind], list[Opening]()
    payload = _sealed(form, {name: value for name, value in given.items() if value is not None}, openings)
    for name in form.texts & payload.keys():
        payload[name] = await kept(tx, name, payload[name])
    if form.effects:
        payload = await _with_effects(tx, payload, openings)
    return Filled(payload=payload, openings=tuple(openings))


def _sealed(form: Form, given: Mapping[str, Any], openings: list[Opening]) -> dict[str, Any]:
    """What was given, with a new id where one is needed, and with commitments to what is sealed."""
    payload = dict(given)
    if form.fresh is not None:
        payload.setdefault(form.fresh, new_id())
    about = str(payload.get(form.about, ""))
    for name, audience in form.sealed.items():
        if name in payload:
            opening = seal(name, sealable(name, payload[name]), audience=audience, about=about[:64])
            openings.append(opening)
            payload[name] = opening.commitment
    for path in form.named:
        payload = _seal_named(payload, path.split("."), about, openings)
    return payload


def _seal_named(payload: Mapping[str, Any], path: list[str], about: str, openings: list[Opening]) -> dict[str, Any]:
    """The payload with the values of the object at a path sealed, if it is there."""
    name, *rest = path
    inner = payload.get(name)
    if not isinstance(inner, Mapping):
        return dict(payload)
    if rest:
        return {**payload, name: _seal_named(inner, rest, about, openings)}
    sealed = [seal(each, value, audience=_who(each), about=about[:64]) for each, value in told(inner).items()]
    openings += sealed
    return {**payload, name: {opening.name: opening.commitment for opening in sealed}}


def _who(name: str) -> Audience:
    return "members" if name == "actor" else "register"


def told(given: Mapping[str, Any]) -> dict[str, str]:
    """What somebody tells about themselves, by name. Unprocessable for names or values of another shape."""
    found = {name: text(name, value).strip() for name, value in sorted(given.items()) if value not in (None, "")}
    if len(found) > MOST_NAMED or not all(name.isascii() and name.isidentifier() for name in found):
        raise Unprocessable(f"What is told about oneself has short names in ASCII, {MOST_NAMED} at most, and is text.")
    return {name: value for name, value in found.items() if value}


# Effects, whose arguments may be texts


async def _with_effects(tx: Tx, payload: Mapping[str, Any], openings: list[Opening]) -> dict[str, Any]:
    """The payload with what its effects give as text kept as blobs, or sealed."""
    changed = dict(payload)
    if "effects" in payload:
        changed["effects"] = await _effects(tx, payload["effects"], openings)
    options = payload.get("options")
    if isinstance(options, list | tuple):
        changed["options"] = [
            {**option, "effects": await _effects(tx, option["effects"], openings)}
            if isinstance(option, Mapping) and "effects" in option
            else option
            for option in options
        ]
    return changed


async def _effects(tx: Tx, given: Any, openings: list[Opening]) -> Any:
    return [await _effect(tx, each, openings) for each in given] if isinstance(given, list | tuple) else given


async def _effect(tx: Tx, given: Any, openings: list[Opening]) -> Any:
    if not isinstance(given, Mapping) or not isinstance(given.get("arguments"), Mapping):
        return given
    form = EFFECTS.get(str(given.get("kind")), Form())
    held = {name: given["arguments"][name] for name in form.sealed if is_hash(given["arguments"].get(name))}
    bare = {name: value for name, value in given["arguments"].items() if name not in held}
    arguments = {**_sealed(form, bare, openings), **held}  # what a revision leaves as it was is sealed already
    for name in form.texts & arguments.keys():
        if arguments[name] is not None and not is_hash(arguments[name]):
            arguments[name] = await kept(tx, name, arguments[name])
    if given.get("kind") == "Amend" and "amends" not in arguments:
        here = await reading.get(tx, Phyle)
        arguments["amends"] = here.charter if here is not None else None
    return {**given, "arguments": arguments}


def is_hash(value: Any) -> bool:
    """Whether it is a SHA-256 in hex rather than a text."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


# Values


async def kept(tx: Tx, name: str, value: Any) -> str:
    """The hash of a text that is kept as a blob from now on."""
    return await keep_blob(tx, text(name, value).encode())


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
