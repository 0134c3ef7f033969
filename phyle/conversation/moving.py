"""Moving to another account, and saying that one has moved here (FEP-7628)."""

from dataclasses import dataclass

from phyle.conversation import follows
from phyle.errors import Missing, Refused, Unprocessable
from phyle.identity import actors, profiles
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

MOST_ALIASES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMoved:
    """A member here is now the actor `target` (its id on the wire)."""

    actor: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMoved:
    """Somebody elsewhere is now the actor `target`, as both say. `evidence`: the request that said so, kept for who
    needs to show it; who hears of this takes or drops it."""

    former: int
    target: int
    evidence: int | None


async def set_aliases(tx: Tx, actor: Actor, aliases: list[str]) -> Actor:
    """Which other accounts are the same person: the first half of moving here. Raises Unprocessable."""
    if len(aliases) > MOST_ALIASES:
        raise Unprocessable(f"At most {MOST_ALIASES} other accounts can be named.")
    return await profiles.change(tx, actor, profiles.Change(aliases=aliases))


async def add_alias(tx: Tx, actor: Actor, other: Actor) -> Actor:
    """`other` is the same person. Raises Unprocessable."""
    if other.id == actor.id:
        raise Unprocessable("This is the account that you are using.")
    return await set_aliases(tx, actor, list(dict.fromkeys([*actor.also_known_as, other.uri])))


async def drop_alias(tx: Tx, actor: Actor, uri: str) -> Actor:
    """The account with this id on the wire is not said to be the same person any more."""
    return await set_aliases(tx, actor, [alias for alias in actor.also_known_as if alias != uri])


async def move(tx: Tx, actor: Actor, target: Actor) -> None:
    """A member leaves for `target`, which must name this account in its `alsoKnownAs`. Followers are told; those here
    follow along. Raises Refused."""
    if target.id == actor.id or target.gone:
        raise Refused("An account moves to another one that is there.")
    if target.moved_to:
        raise Refused("The new account has moved away itself; move to where it is now.", cause=target.moved_to)
    if actor.uri not in target.also_known_as:
        raise Refused("The new account does not name this one yet: add it there under its other accounts first.")
    await moved(tx, actor, target)
    await tx.emit(profiles.ProfileChanged(actor=actor.id))
    await tx.emit(AccountMoved(actor=actor.id, target=target.uri))


async def come_back(tx: Tx, actor: Actor) -> None:
    """A member is here again. Whoever followed along stays where they are now."""
    await tx.run(actors.SQL.set_moved, actor.id, None)
    await tx.emit(profiles.ProfileChanged(actor=actor.id))


async def moved(tx: Tx, former: Actor, target: Actor) -> None:
    """`former` is `target` now, as both say: whoever here follows it follows along."""
    await tx.run(actors.SQL.set_moved, former.id, target.uri)
    await _follow_along(tx, former, target)


async def _follow_along(tx: Tx, former: Actor, target: Actor) -> None:
    """The members here who follow `former` follow `target` instead, but for those who may not, because one of the two
    blocks the other: their follow stays as it is."""
    for number in await follows.followers_here(tx, former.id):
        follower = await actors.by_id(tx, number)
        if follower.id == target.id:
            continue
        try:
            await follows.follow(tx, follower, target)
        except (Missing, Refused):  # found before anything was written
            continue
        await follows.unfollow(tx, follower, former)
