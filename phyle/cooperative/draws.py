"""Draws as anybody can run them again: the pool, the seed with what it is made of, and the ranking in figures."""

from dataclasses import dataclass

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals
from phyle.cooperative.law.draws import Commitment, Draw, Partner, Signatory, explained, message
from phyle.cooperative.ledger import acts, reading, signatories, signing
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.errors import Missing, Unprocessable
from phyle.store.transaction import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What a member added to the seed: the digest, and the secret once it is revealed."""

    member: str
    digest: str
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a phyle that was asked to sign has not, as far as we know."""

    origin: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSummary:
    """A draw in a list: what for, about what, how many of how many; `taken`: who was drawn, in order."""

    id: str
    purpose: str
    about: str
    phase: str
    since: int
    until: int
    take: int
    size: int
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDetails:
    """A draw whole. `message`: what partners sign. `troubles`: why partners have not signed yet. `seed` in hex.
    `missing`: how many kept their secrets, or did not sign. `ranking`: the whole pool in the order of
    SHA-256(seed || id), in figures; those drawn are marked."""

    draw: DrawSummary
    pool: tuple[str, ...]
    pool_hash: str | None
    entry: str | None
    message: str | None
    partners: tuple[Signatory, ...]
    troubles: tuple[Trouble, ...]
    round: int
    secrets: tuple[Secret, ...]
    silent: tuple[str, ...]
    missing: int
    seed: str | None
    ranking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPartner:
    """Another phyle that signs draws: its origin, its key, since when it is named."""

    origin: str
    key: str
    since: int


async def draws(tx: Tx, page: Page) -> tuple[list[DrawSummary], list[int]]:
    """A page of draws, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Draw, page)
    return [_summary(each.id, each.value) for each in held], [each.began for each in held]


async def draw(tx: Tx, id: str) -> DrawDetails:
    """One of them, with all that it takes to run it again. Missing."""
    found = await reading.get(tx, Draw, id)
    if found is None:
        raise Missing("There is no such draw.")
    pool = await _ids(tx, found.pool)
    given = await reading.group(tx, Commitment, f"{id}.{found.round}")
    origin, troubles = await signing.origin(tx), await signatories.troubles(tx, id)
    return DrawDetails(
        draw=_summary(id, found),
        pool=pool,
        pool_hash=found.pool,
        entry=found.entry,
        message=message(origin, id, found.entry).decode() if found.entry else None,
        partners=found.partners,
        troubles=tuple(Trouble(origin=each, sentence=why) for each, why in troubles.items()),
        round=found.round,
        secrets=tuple(
            Secret(member=key.partition("/")[2], digest=it.digest, secret=it.secret) for key, it in given.items()
        ),
        silent=await _ids(tx, found.silent),
        missing=found.missing,
        seed=found.seed,
        ranking=explained(found.seed, pool, found.take) if found.seed and pool else "",
    )


async def bring_beacon(store: Store, id: str, output: str, evidence: bytes) -> None:
    """The host enters what the beacon said that a draw named. `output` in hex, 32 bytes; `evidence`: from which anybody
    can see that it did; it is kept, and served beside the ledger. Raises as the law does. Not within a transaction.
    """
    if not evidence:
        raise Unprocessable("The evidence is empty: give what the beacon published, with its signature.")
    async with store.transaction() as tx:
        payload = {"draw": id, "output": output, "evidence": await keep_blob(tx, evidence)}
        document = await signing.as_host(tx, "beacon", payload)
    await acts.submit(store, document, author="host")


async def _ids(tx: Tx, hash: str | None) -> tuple[str, ...]:
    return tuple(orjson.loads(await proposals.text(tx, hash) or "[]"))


def _summary(id: str, it: Draw) -> DrawSummary:
    return DrawSummary(
        id=id,
        purpose=it.purpose,
        about=it.about,
        phase=it.phase,
        since=it.since,
        until=it.until,
        take=it.take,
        size=it.size,
        taken=it.taken,
    )


async def partners(tx: Tx) -> list[NamedPartner]:
    """The phyles that are named to sign draws."""
    found = await reading.group(tx, Partner)
    return [NamedPartner(origin=it.origin, key=key, since=it.since) for key, it in found.items()]
