"""Outsiders: people who are no members and contribute or declare a use; known by what comes with their first act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from phyle.cooperative.law.kinds import Given
from phyle.cooperative.law.members import Introduction, Member, check_known, use_key
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import Hash, Id, Key, Word
from phyle.errors import Refused

Keeper = Literal["member", "server"]
"""Whoever is no member brings a key, which they or their server keep: no host's word is enough."""
MOST_OPEN = 50
"""Claims of one outsider that nobody has answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Who somebody is, in their first act, whose author is the same `id`: a key, who keeps it, the host on whose word
    they are known, and commitments to their account and the like, as in the introduction of a member."""

    id: Id
    key: Key
    custody: Keeper
    via: Word
    identity: Mapping[Word, Hash] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """An outsider who is known here; the slice's id is what they call themselves, and what they may become a member
    under. `open`: claims that wait for an answer."""

    SLICE: ClassVar[str] = "contributor"

    key: Key
    custody: Keeper
    via: Word
    identity: Mapping[Word, Hash]
    since: int
    entry: int
    open: int = 0


def outsider_of(state: State, given: Given) -> Contributor | Outsider:
    """By whom an act of somebody who is no member must be signed. Refused for somebody who does not say who they are,
    and was never known."""
    known = state.get(Contributor, given.by)
    if known is not None:
        return known
    told: Outsider | None = getattr(given.payload, "outsider", None)
    if told is None:
        raise Refused("You are not known here: say who you are with the first thing that you do.")
    return told


def check_outsider(state: State, given: Given) -> None:
    """Refused unless whoever is new here says who they are in a way that can be checked. Who is known may say it again,
    because they cannot see whether their first act was entered."""
    told: Outsider | None = given.payload.outsider
    if told is None:
        return
    if state.get(Member, given.by) is not None:
        raise Refused("You are known here already, as a member.")
    if told.id != given.by:
        raise Refused("Everyone speaks for themselves.")
    known = state.get(Contributor, given.by)
    if known is not None and (known.key, known.via) != (told.key, told.via):
        raise Refused("Somebody is known here by this id and another key.")
    named = Introduction(member=told.id, key=told.key, custody=told.custody, via=told.via, identity=told.identity)
    check_known(state, named, key=known.key if known is not None else None)


def key_before(state: State, introduction: Introduction) -> Key | None:
    """The key by which somebody contributed who now applies under the same id, None if nobody has it. Refused unless it
    is theirs: else anybody could take over what others are credited with."""
    known = state.get(Contributor, introduction.member)
    if known is not None and introduction.key != known.key:
        raise Refused("Somebody is known here by this id and another key.")
    return known.key if known is not None else None


def contributed(introduction: Introduction, by: str) -> Iterable[Address]:
    """What `key_before` reads."""
    return (("contributor", introduction.member),)


def meet(state: State, given: Given) -> None:
    """Whoever is new here is known from now on."""
    told: Outsider | None = given.payload.outsider
    if told is None or state.get(Contributor, given.by) is not None:
        return
    known = Contributor(
        key=told.key, custody=told.custody, via=told.via, identity=told.identity, since=given.at, entry=given.seq
    )
    state.put(known, given.by)
    use_key(state, given.by, told.key)


def mine(payload: Any, by: str) -> Iterable[Address]:
    """What `check_outsider` reads."""
    told: Outsider | None = getattr(payload, "outsider", None)
    key = (("key", str(told.key)),) if told is not None else ()
    return (("contributor", by), *key)
