"""Keys of members: a new key in place of the old, a server's key pinned anew, a move, and who acts for an organisation.

Each is signed by the key that it replaces, and whoever brings a key shows that they hold it. What takes none of this is
rebinding, where the old key is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.members import OVER, Custody, Member, Representative, check_key, own, settle, use_key
from phyle.cooperative.law.membership import check_room
from phyle.cooperative.law.phyles import charter, phyle
from phyle.cooperative.law.possession import check
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Key, Word
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekey:
    """A member's new key. `possession`: the new key's signature that it belongs to this membership."""

    key: Key
    custody: Custody
    possession: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A member's account is another one now (FEP-7628), perhaps on another host: the membership goes with it.
    `identity`: commitments to what changed, the account at least."""

    via: Word
    custody: Custody
    key: Key | None = None
    possession: str = ""
    identity: Mapping[Word, Hash]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The server of a member signs requests with this key from now on. It is committed to, so that whoever may see the
    register can verify the requests behind what is attested."""

    pinned: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Represent:
    """An organisation says who acts and votes for it, or that nobody does."""

    representative: Representative | None = None
    possession: str = ""


def _present(state: State, given: Given) -> Member:
    member = own(state, given)
    if member.standing in OVER:
        raise Refused("You are no member here any more.")
    return member


def _check_possession(state: State, given: Given, key: Key | None, possession: str) -> None:
    if key is not None:
        check(possession, key, phyle(state).origin, given.by, key)


def _check_rekey(state: State, given: Given) -> None:
    rekey: Rekey = given.payload
    member = _present(state, given)
    if member.key is None or rekey.custody == "none":
        raise Refused("A key takes the place of a key; a move to or from a server without ledger keys is another act.")
    check_key(state, rekey.key, rekey.custody, member.via)
    _check_possession(state, given, rekey.key, rekey.possession)


def _rekey(state: State, given: Given) -> None:
    rekey: Rekey = given.payload
    settle(state, given.by, replace(own(state, given), key=rekey.key, custody=rekey.custody), given.at)
    use_key(state, given.by, rekey.key)


def _check_move(state: State, given: Given) -> None:
    move: Move = given.payload
    _present(state, given)
    if "actor" not in move.identity:
        raise Refused("A move must commit to the account that it goes to.")
    if move.custody == "none" and "pinned" not in move.identity:
        raise Refused("Whose server knows no ledger keys is known by its public key, which must be committed to.")
    check_key(state, move.key, move.custody, move.via)
    _check_possession(state, given, move.key, move.possession)


def _move(state: State, given: Given) -> None:
    move: Move = given.payload
    member = own(state, given)
    identity = {name: hash for name, hash in member.identity.items() if name != "pinned"} | dict(move.identity)
    moved = replace(member, via=move.via, custody=move.custody, key=move.key, identity=identity)
    settle(state, given.by, moved, given.at)
    use_key(state, given.by, move.key)


def _check_pin(state: State, given: Given) -> None:
    member = _present(state, given)
    if member.custody == "member" or member.via == phyle(state).host:
        raise Refused("Nothing is attested for you, so your server's key is of no account here.")


def _pin(state: State, given: Given) -> None:
    member = own(state, given)
    state.put(replace(member, identity={**member.identity, Word("pinned"): given.payload.pinned}), given.by)


def _check_represent(state: State, given: Given) -> None:
    represent: Represent = given.payload
    member = _present(state, given)
    if charter(state).membership.classes[member.klass].principal != "organisation":
        raise Refused("Persons act for themselves.")
    named = represent.representative
    if named is None:
        return
    if named.since:
        raise Refused("The ledger says since when somebody acts for you.")
    if named.custody == "none" and "pinned" not in named.identity:
        raise Refused("Whose server knows no ledger keys is known by its public key, which must be committed to.")
    check_key(state, named.key, named.custody, named.via)
    check_room(state, member, replace(member, representative=named))
    _check_possession(state, given, named.key, represent.possession)


def _represent(state: State, given: Given) -> None:
    named = given.payload.representative
    if named is not None:
        named = replace(named, since=given.at)
        use_key(state, given.by, named.key)
    settle(state, given.by, replace(own(state, given), representative=named), given.at)


def _key(payload: Rekey | Move) -> tuple[tuple[str, str], ...]:
    return (("key", str(payload.key)),) if payload.key is not None else ()


def _key_of_representative(payload: Represent) -> tuple[tuple[str, str], ...]:
    named = payload.representative
    return (("key", str(named.key)),) if named is not None and named.key is not None else ()


ACTS = {
    "rekey": act(Rekey, _check_rekey, _rekey, power=SELF, needs=_key, own=True),
    "move": act(Move, _check_move, _move, power=SELF, needs=_key, own=True),
    "pin": act(Pin, _check_pin, _pin, power=SELF, own=True),
    "represent": act(Represent, _check_represent, _represent, power=SELF, needs=_key_of_representative, own=True),
}
