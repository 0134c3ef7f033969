"""Actors: people, groups and services, here and on other servers, in one table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import itemgetter
from typing import Any

from phyle.errors import Conflict, Missing
from phyle.identity import keys
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import fold

SQL = queries(__file__)

INSTANCE_KIND = "Application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One row of `identity.actors`. `host` is '' for those of this instance; `summary` is HTML that is safe to show."""

    id: ActorId
    uri: str
    kind: str
    name: str
    host: str
    local: bool
    display_name: str
    summary: str
    note: str
    url: str
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    avatar_url: str | None
    header_url: str | None
    fields: Sequence[Mapping[str, Any]]
    emojis: Sequence[Mapping[str, Any]]
    locked: bool
    discoverable: bool
    indexable: bool
    also_known_as: Sequence[str]
    moved_to: str | None
    created_at: datetime
    fetched_at: datetime
    suspended_at: datetime | None
    deleted_at: datetime | None
    followers_count: int
    following_count: int
    posts_count: int
    last_post_at: datetime | None

    @property
    def acct(self) -> str:
        """`ana` here, `ana@coop.org` elsewhere: how the client API names people."""
        return f"{self.name}@{self.host}" if self.host else self.name

    @property
    def gone(self) -> bool:
        """Suspended or deleted: nothing of theirs is shown and nothing of theirs takes effect."""
        return self.suspended_at is not None or self.deleted_at is not None

    @property
    def hidden(self) -> bool:
        """A group or repository of this instance that is not for everybody, or is suspended: nobody hears of it. Of
        people who are suspended it is said."""
        return self.local and self.suspended_at is not None and self.kind in ("Group", "Repository")


_COLUMNS = tuple(field.name for field in fields(Actor))
_PLACES = tuple(getattr(Actor, name).__set__ for name in _COLUMNS)
_values = itemgetter(*_COLUMNS)


def from_row(row: Record) -> Actor:
    """The value of a row that has all columns of `identity.actors`. Written slot by slot, a third of what calling the
    class costs: a home has forty of them."""
    actor = object.__new__(Actor)
    for place, value in zip(_PLACES, _values(row), strict=True):
        place(actor, value)
    return actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key with its owner, as PEM; `private` only for actors of this instance."""

    id: str
    kind: str
    public: str
    private: str | None
    actor: ActorId
    owner: str
    local: bool
    owner_gone: bool


async def by_id(tx: Tx, actor: int) -> Actor:
    """Raises Missing."""
    row = await tx.row(SQL.by_id, actor)
    if row is None:
        raise Missing
    return from_row(row)


async def by_ids(tx: Tx, numbers: Iterable[int]) -> dict[int, Actor]:
    """Those that exist, by id."""
    wanted = list(set(numbers))
    if not wanted:
        return {}
    return {row["id"]: from_row(row) for row in await tx.rows(SQL.by_ids, wanted)}


async def by_uri(tx: Tx, uri: str) -> Actor | None:
    """The actor with this id on the wire, if we know it."""
    row = await tx.row(SQL.by_uri, uri)
    return from_row(row) if row else None


async def by_uris(tx: Tx, uris: Iterable[str]) -> dict[str, Actor]:
    """Those that we know, by their id on the wire."""
    wanted = list(set(uris))
    if not wanted:
        return {}
    return {row["uri"]: from_row(row) for row in await tx.rows(SQL.by_uris, wanted)}


async def by_name(tx: Tx, name: str, host: str = "") -> Actor | None:
    """`by_name(tx, "ana")` is ours, `by_name(tx, "ana", "coop.org")` a known one elsewhere. Case does not matter."""
    row = await tx.row(SQL.by_name, fold(name), fold(host))
    return from_row(row) if row else None


async def by_names(tx: Tx, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Actor]:
    """Those that we know among `(name, host)`, by folded pair; host '' is ours."""
    wanted = [(fold(name), fold(host)) for name, host in names]
    if not wanted:
        return {}
    rows = await tx.rows(SQL.by_names, [name for name, _ in wanted], [host for _, host in wanted])
    return {(row["folded_name"], row["host"]): from_row(row) for row in rows}


async def search(tx: Tx, words: str, *, limit: int, offset: int = 0) -> list[Actor]:
    """Known actors whose name begins with the words (`ana`, `ana@co`)."""
    name, _, host = fold(words).strip().lstrip("@").partition("@")
    if not name:
        return []
    escape = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})
    rows = await tx.rows(SQL.search, name, host.translate(escape), limit, offset)
    return [from_row(row) for row in rows]


async def create(tx: Tx, name: str, *, kind: str = "Person", display_name: str = "", rsa: str, ed25519: str) -> Actor:
    """A new actor of this instance with its two keys (private PEMs, made beforehand in a thread). Raises Conflict if
    the name is taken: people, groups and projects share one namespace."""
    origin = tx.store.settings.origin
    number = tx.new_id()
    uri = f"{origin}/actors/{number}"
    shared = f"{origin}/inbox"
    page = f"{origin}/@{name}"
    rows = await tx.change(
        SQL.insert_local, number, uri, kind, name, fold(name), display_name, page, shared, kind != INSTANCE_KIND
    )
    if not rows:
        raise Conflict(f"The name {name} is taken.")
    await tx.run(SQL.save_key, f"{uri}#main-key", number, "rsa", keys.public_pem(keys.private_key(rsa)), rsa)
    await tx.run(
        SQL.save_key, f"{uri}#ed25519-key", number, "ed25519", keys.public_pem(keys.private_key(ed25519)), ed25519
    )
    return from_row(rows[0])


def service_name(settings: Settings) -> str:
    """What the actor of the instance itself is called: its host, which nobody else can be called."""
    return settings.domain.partition(":")[0]


async def service(tx: Tx) -> Actor:
    """The actor of the instance itself, which signs what no person does. It is made at the first start."""
    actor = await by_name(tx, service_name(tx.store.settings))
    if actor is None or actor.kind != INSTANCE_KIND:
        raise Missing("This instance has no service actor yet.", cause=tx.store.settings.domain)
    return actor


async def key(tx: Tx, key_id: str) -> Key | None:
    """The stored key with this id."""
    row = await tx.row(SQL.key, key_id)
    if row is None:
        return None
    gone = row["suspended_at"] is not None or row["deleted_at"] is not None
    return Key(
        id=row["id"],
        kind=row["kind"],
        public=row["public"],
        private=row["private"],
        actor=row["actor"],
        owner=row["owner"],
        local=row["local"],
        owner_gone=gone,
    )


async def private_pem(tx: Tx, actor: Actor, kind: str = "rsa") -> str:
    """The private key of an actor of this instance, as PEM."""
    for row in await tx.rows(SQL.keys_of, actor.id):
        if row["kind"] == kind and row["private"]:
            pem: str = row["private"]
            return pem
    raise Missing("This actor has no such key here.", cause=f"{actor.uri} {kind}")


async def public_keys(tx: Tx, actor: Actor) -> dict[str, tuple[str, str]]:
    """kind -> (key id, public key as stored)."""
    return {row["kind"]: (row["id"], row["public"]) for row in await tx.rows(SQL.keys_of, actor.id)}
