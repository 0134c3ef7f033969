"""People of a repository as they are shown: who holds what, who is invited or asks, what waits for a majority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.commons import granting, grants, held, motions, repositories
from phyle.commons.granting import Outcome
from phyle.commons.grants import Grant, Role
from phyle.commons.held import Held
from phyle.commons.invitations import Invitation, State, What
from phyle.commons.motions import Motion
from phyle.commons.repositories import Rule
from phyle.cooperative.seeing import Account, account
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation (`invite`), or a question to be let in (`join`)."""

    id: str
    what: What
    repository: Account
    person: Account
    invited_by: Account | None
    role: Role
    words: str
    state: State
    made_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a majority of the maintainers may want: that somebody is given a role, or loses it, or another rule. `votes`
    of `maintainers` are for it."""

    id: str
    what: motions.What
    holder: Account | None
    role: Role | None
    rule: Rule | None
    moved_by: Account
    reason: str
    state: str
    moved_at: datetime
    votes: int
    maintainers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of it: an invitation that waits for an answer, a motion that waits for a majority; or it is done."""

    done: bool
    invitation: Invited | None
    motion: Moved | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A role that one holds. `grant`: the id of the Grant, which is shown as a capability."""

    grant: str
    repository: Account
    role: Role
    since: datetime
    until: datetime | None


async def invited(tx: Tx, found: Sequence[Invitation]) -> list[Invited]:
    """Invitations with the accounts that they are about."""
    wanted = [number for each in found for number in (each.repository, each.person, each.invited_by or 0)]
    known = {number: account(actor) for number, actor in (await actors.by_ids(tx, wanted)).items()}
    return [
        Invited(
            id=str(each.id),
            what=each.what,
            repository=known[each.repository],
            person=known[each.person],
            invited_by=known.get(each.invited_by or 0),
            role=each.role,
            words=each.words,
            state=each.state,
            made_at=each.made_at,
            answered_at=each.answered_at,
        )
        for each in found
    ]


async def moved(tx: Tx, motion: Motion) -> Moved:
    """A motion with the accounts that it is about."""
    known = await actors.by_ids(tx, [motion.holder or 0, motion.moved_by])
    return Moved(
        id=str(motion.id),
        what=motion.what,
        holder=account(known[motion.holder]) if motion.holder in known else None,
        role=motion.role,
        rule=motion.rule,
        moved_by=account(known[motion.moved_by]),
        reason=motion.reason,
        state=motion.state,
        moved_at=motion.moved_at,
        votes=motion.votes,
        maintainers=await grants.maintainers(tx, motion.repository),
    )


async def came(tx: Tx, outcome: Outcome) -> Came:
    """What came of something, as it is shown."""
    found = [outcome.invitation] if outcome.invitation is not None else []
    return Came(
        done=outcome.done,
        invitation=next(iter(await invited(tx, found)), None),
        motion=await moved(tx, outcome.motion) if outcome.motion is not None else None,
    )


async def mine(tx: Tx, person: Actor) -> list[Mine]:
    """What somebody holds, here and elsewhere."""
    ours, theirs = await grants.by_holder(tx, person.id), await held.mine(tx, person.id)
    known = await actors.by_ids(tx, [*(each.repository for each in ours), *(each.repository for each in theirs)])
    listed: list[tuple[str, Grant | Held]] = [(grants.uri(tx.store.settings, each.id), each) for each in ours]
    listed += [(each.uri, each) for each in theirs]
    return [
        Mine(grant=uri, repository=account(known[it.repository]), role=it.role, since=it.since, until=it.until)
        for uri, it in listed
    ]


async def left(tx: Tx, person: Actor, repository: Actor) -> None:
    """Give back what one holds, wherever the repository is."""
    here = (await repositories.by_ids(tx, [repository.id])).get(repository.id)
    if here is not None:
        await granting.leave(tx, person, here)
    else:
        await held.leave(tx, person.id, repository.id)
