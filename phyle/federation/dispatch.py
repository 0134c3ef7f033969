"""Who answers which activity: one table, filled by the slices, read once per activity.

A key is (type, kind). For Create, Update, Offer and Join the kind is the embedded type; for all that refers to
something it is the kind under which *we* keep that ("account", "note", ...), never the type that the wire claims. For
Undo, Accept and Reject it is (type, inner type, kind of the inner object); where only the inner id was sent, (type,
kind of what we keep under that id). For an Announce that carries an activity (FEP-1b12) it is (type, inner type).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phyle.federation.reading import Activity
from phyle.federation.vocabulary import ACTIVITY_TYPES
from phyle.federation.wire import Document
from phyle.identity.actors import Actor
from phyle.powers import Power
from phyle.store.transaction import Tx

Key = tuple[str, ...]
UNKNOWN = "unknown"

_ABOUT_WHAT_IS_EMBEDDED = frozenset({"Create", "Update", "Offer", "Join"})
_ABOUT_AN_ACTIVITY = frozenset({"Undo", "Accept", "Reject", "TentativeAccept", "TentativeReject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An activity whose sender is proven, and what had to be fetched for it.

    `known`: id -> the document that its own server gave, or None where it could not be had. `evidence`: the number of
    the request, where the handler asked for it, and `received_at` when that came.
    """

    activity: Activity
    actor: Actor
    kind: str
    known: Mapping[str, Document | None] = field(default_factory=dict)
    evidence: int | None = None
    received_at: datetime | None = None


Arrive = Callable[[Tx, Arrival], Awaitable[None]]
Needs = Callable[[Activity, Mapping[str, Document | None]], Sequence[str]]
Asks = Callable[[Activity], bool]
Kinds = Callable[[Tx, Sequence[str]], Awaitable[Mapping[str, str]]]


def nothing(_activity: Activity, _known: Mapping[str, Document | None]) -> Sequence[str]:
    """The activity itself says all that its handler needs."""
    return ()


def never(_activity: Activity) -> bool:
    """How it was signed need not be shown to anybody later."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """`needs` is pure and names ids that must be known or fetched before; `arrive` does the rest in one transaction.

    `afresh`: what we know of them may be too old, so they are fetched in any case. `evidence` is pure and says of which
    activities the whole request is kept until the handler has decided. `power`: what it takes of the sender, who is
    proven before: `self` for whatever they do in their own name.
    """

    arrive: Arrive
    power: Power
    needs: Needs = nothing
    afresh: bool = False
    evidence: Asks = never


Table = Mapping[Key, Handler]


def join(*tables: Table) -> dict[Key, Handler]:
    """One table of all slices. The same key twice is a mistake of ours and stops the start."""
    joined: dict[Key, Handler] = {}
    for table in tables:
        if twice := joined.keys() & table.keys():
            raise ValueError(f"two handlers for {sorted(twice)}")
        joined.update(table)
    return joined


class Dispatcher:
    """The table with the slices' answers to the question under which kind we keep an id."""

    def __init__(self, table: Table, kinds: Sequence[Kinds]) -> None:
        self._table = table
        self._kinds = kinds
        self._asking = [(key, handler.evidence) for key, handler in table.items() if handler.evidence is not never]

    def asks(self, activity: Activity) -> bool:
        """May its handler want to keep the request? Said before anything is looked up, so of more than is kept."""
        embedded = activity.type in _ABOUT_WHAT_IS_EMBEDDED and activity.object_type is not None
        return any(
            key[0] == activity.type and (not embedded or key[1] == activity.object_type) and evidence(activity)
            for key, evidence in self._asking
        )

    async def kinds_of(self, tx: Tx, uris: Sequence[str]) -> dict[str, str]:
        """id -> kind, for those that we keep."""
        found: dict[str, str] = {}
        for kinds in self._kinds:
            if missing := [uri for uri in uris if uri not in found]:
                found.update(await kinds(tx, missing))
        return found

    async def find(self, tx: Tx, activity: Activity) -> tuple[Handler, str] | None:
        """The handler and the kind that chose it, or None: then the activity is kept and has no effect."""
        key = await self._key(tx, activity)
        handler = self._table.get(key)
        return (handler, key[-1]) if handler else None

    async def _key(self, tx: Tx, activity: Activity) -> Key:
        if activity.type in _ABOUT_WHAT_IS_EMBEDDED and activity.object_type:
            return (activity.type, activity.object_type)
        if activity.type in _ABOUT_AN_ACTIVITY and activity.inner and activity.inner.type:
            return (activity.type, activity.inner.type, await self._kind(tx, activity.inner.object_id))
        if activity.type == "Announce" and activity.inner and activity.inner.type in ACTIVITY_TYPES:
            return (activity.type, activity.inner.type)
        uri = activity.object_id or next(iter(activity.object_ids), None)
        return (activity.type, await self._kind(tx, uri))

    async def _kind(self, tx: Tx, uri: str | None) -> str:
        if uri is None:
            return UNKNOWN
        return (await self.kinds_of(tx, [uri])).get(uri, UNKNOWN)


def embedded(value: Any) -> Document | None:
    """The object if it came embedded."""
    return value if isinstance(value, dict) else None
