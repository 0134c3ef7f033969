"""Drawing: how a draw goes from its pool to its seed and to what follows, in consequences that nobody steers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

import orjson

from phyle.cooperative.law import appeals, lots, sortition
from phyle.cooperative.law.draws import (
    Commitment,
    Draw,
    Purpose,
    message,
    partners,
    ranked,
    seed_of_secrets,
    seed_of_signatures,
)
from phyle.cooperative.law.entries import Consequence, write_entry
from phyle.cooperative.law.failing import attempt
from phyle.cooperative.law.kinds import DAY, Item, consequence
from phyle.cooperative.law.phyles import Clock, phyle, schedule
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, write

SIGN_WITHIN, COMMIT_WITHIN, REVEAL_WITHIN = 3 * DAY, 2 * DAY, 2 * DAY
ROUNDS = 2
FEWEST_SECRETS = 2
"""Whoever gave the only secret would have chosen the seed, knowing the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a draw for a purpose draws from, and what follows from it or from its failing."""

    pool: Callable[[State, int, str], tuple[list[str], int]]
    drawn: Callable[[State, int, str, Draw], None]
    void: Callable[[State, int, str, Draw], None]


USES: Mapping[Purpose, Use] = {
    "office": Use(pool=sortition.pool_of_office, drawn=sortition.seat_office, void=sortition.leave_empty),
    "house": Use(pool=sortition.pool_of_house, drawn=sortition.seat_house, void=sortition.leave_empty),
    "jury": Use(pool=appeals.pool_of_jury, drawn=appeals.seat_jury, void=appeals.without_jury),
    "lot": Use(pool=lots.pool_of_lot, drawn=lots.use_lot, void=lots.without_lot),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFixed:
    """The pool is entered before anybody can know the seed: `pool` is a blob with the ids in order, of which `take` are
    drawn. `signed_by`: the partners whose signatures the seed is made of; without any, members commit and reveal."""

    draw: Id
    purpose: Purpose
    about: str
    pool: Hash
    size: int
    take: int
    signed_by: tuple[str, ...] = ()
    beacon: str = ""
    until: int


def due_pool(state: State, at: int, item: Item) -> PoolFixed:
    """Who can be drawn now. An empty pool if that cannot be said."""
    draw = state.require(Draw, item.id)
    found, _ = attempt(lambda: USES[draw.purpose].pool(state, at, draw.about))
    pool, take = found or ([], 0)
    signed_by = tuple(partner.origin for partner in partners(state))
    return PoolFixed(
        draw=Id(item.id),
        purpose=draw.purpose,
        about=draw.about,
        pool=Hash(state.keep(spell(sorted(pool)))),
        size=len(pool),
        take=min(take, len(pool)),
        signed_by=signed_by,
        beacon=draw.beacon,
        until=at + (SIGN_WITHIN if signed_by else COMMIT_WITHIN),
    )


def apply_pool(state: State, at: int, fixed: PoolFixed) -> None:
    """The draw waits for signatures, or for secrets; with nobody to draw from it is void."""
    draw = state.require(Draw, fixed.draw)
    entry = Consequence(
        seq=state.require(Clock).seq,
        at=at,
        rules=phyle(state).rules,
        due=draw.since,
        kind="pool",
        payload=write(fixed),
    )
    draw = replace(
        draw,
        take=fixed.take,
        size=fixed.size,
        pool=fixed.pool,
        entry=Hash(sha256(b"\0" + write_entry(entry)).hexdigest()),
        phase="signing" if fixed.signed_by else "committing",
        partners=partners(state),
        until=fixed.until,
    )
    state.put(draw, fixed.draw)
    if fixed.take:
        schedule(state, fixed.until, "draw", fixed.draw)
    else:
        _void(state, at, fixed.draw, draw)


def _void(state: State, at: int, id: str, draw: Draw) -> None:
    void = replace(draw, phase="void", until=at)
    state.put(void, id)
    USES[draw.purpose].void(state, at, id, void)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What becomes of a draw now: the next phase, which ends at `until`, or the end. `silent`: a blob with those who
    committed to a secret and kept it; in the first round the draw is repeated without them. `missing`: how many they
    are, or the partners who did not sign."""

    draw: Id
    phase: Literal["committing", "revealing", "drawn", "void"]
    round: int
    until: int = 0
    silent: Hash | None = None
    missing: int = 0
    seed: Hash | None = None
    taken: tuple[str, ...] = ()


def due_draw(state: State, at: int, item: Item) -> Drawn:
    """Signatures, commitments and secrets as they are when all are in, or when the time for them is over."""
    draw = state.require(Draw, item.id)
    id = Id(item.id)
    if draw.phase == "signing":
        return _signed(state, at, id, draw)
    given = {each.partition("/")[2]: it for each, it in state.all(Commitment, f"{item.id}.{draw.round}")}
    if draw.phase == "committing":
        if len(given) >= FEWEST_SECRETS:
            return Drawn(draw=id, phase="revealing", round=draw.round, until=at + REVEAL_WITHIN)
        return (
            _again(state, at, id, draw, []) if draw.round < ROUNDS else Drawn(draw=id, phase="void", round=draw.round)
        )
    silent = [member for member, it in given.items() if it.secret is None]
    secrets = [it.secret for _, it in sorted(given.items()) if it.secret is not None]
    if silent and draw.round < ROUNDS:
        return _again(state, at, id, draw, silent)
    if len(secrets) < FEWEST_SECRETS:
        return Drawn(draw=id, phase="void", round=draw.round, missing=len(silent))
    seed = seed_of_secrets(message(phyle(state).origin, item.id, draw.entry or ""), secrets, draw.output or "")
    return _drawn(state, id, draw, seed, len(silent))


def _signed(state: State, at: int, id: Id, draw: Draw) -> Drawn:
    """A partner that keeps silent makes members commit and reveal instead."""
    signatures = [partner.signature for partner in draw.partners if partner.signature is not None]
    missing = len(draw.partners) - len(signatures)
    if missing:
        return Drawn(draw=id, phase="committing", round=draw.round, until=at + COMMIT_WITHIN, missing=missing)
    return _drawn(state, id, draw, seed_of_signatures([bytes.fromhex(each) for each in signatures]), 0)


def _again(state: State, at: int, id: Id, draw: Draw, silent: list[str]) -> Drawn:
    return Drawn(
        draw=id,
        phase="committing",
        round=draw.round + 1,
        until=at + COMMIT_WITHIN,
        silent=Hash(state.keep(spell(sorted(silent)))),
        missing=len(silent),
    )


def _drawn(state: State, id: Id, draw: Draw, seed: str, missing: int) -> Drawn:
    pool: list[str] = orjson.loads(state.blob(draw.pool or ""))
    return Drawn(
        draw=id,
        phase="drawn",
        round=draw.round,
        missing=missing,
        seed=Hash(seed),
        taken=tuple(ranked(seed, pool)[: draw.take]),
    )


def apply_draw(state: State, at: int, drawn: Drawn) -> None:
    """The draw goes on, or what was drawn follows."""
    draw = replace(
        state.require(Draw, drawn.draw),
        phase=drawn.phase,
        round=drawn.round,
        until=drawn.until or at,
        silent=drawn.silent or state.require(Draw, drawn.draw).silent,
        missing=drawn.missing,
        seed=drawn.seed,
        taken=drawn.taken,
    )
    state.put(draw, drawn.draw)
    if drawn.phase == "drawn":
        USES[draw.purpose].drawn(state, at, drawn.draw, draw)
    elif drawn.phase == "void":
        _void(state, at, drawn.draw, draw)
    else:
        schedule(state, drawn.until, "draw", drawn.draw)


def _needs(item: Item) -> tuple[tuple[str, str], ...]:
    return (("draw", item.id), ("group", "partner/"))


CONSEQUENCES = {
    "pool": consequence(PoolFixed, due_pool, apply_pool, needs=_needs),
    "draw": consequence(Drawn, due_draw, apply_draw, needs=_needs),
}
