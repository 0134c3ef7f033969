"""Capabilities: what a Grant must say for a privileged activity to be done on the strength of it (ForgeFed, direct
grants)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.clock import now
from phyle.commons import grants, held, permission, repositories
from phyle.commons.grants import Grant, Role
from phyle.commons.permission import Action
from phyle.commons.repositories import Repository
from phyle.errors import Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A Grant as it is shown. `context`: the resource, `actor`: who gave it, `target`: to whom; ids on the wire."""

    type: str
    actor: str
    context: str
    target: str
    role: Role | None
    allows: str
    delegates: str | None
    starts: datetime | None
    ends: datetime | None
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be done with it: by whom, to which resource, what, when."""

    sender: str
    resource: str
    action: Action
    at: datetime


_CONDITIONS: tuple[tuple[str, Callable[[Shown, Asked], bool]], ...] = (
    ("What is shown is no Grant.", lambda it, asked: it.type == "Grant"),
    ("The Grant is for another resource.", lambda it, asked: it.context == asked.resource),
    ("The Grant was given to somebody else.", lambda it, asked: it.target == asked.sender),
    ("The Grant was not given by what it is for.", lambda it, asked: it.actor == asked.resource),
    ("The Grant does not hold yet.", lambda it, asked: it.starts is None or it.starts <= asked.at),
    ("The Grant is over.", lambda it, asked: it.ends is None or asked.at < it.ends),
    ("The Grant was revoked.", lambda it, asked: not it.revoked),
    ("The Grant only passes on another one; direct ones are needed here.", lambda it, asked: it.delegates is None),
    ("The Grant is not one to act by.", lambda it, asked: it.allows == "invoke"),
    ("The role of the Grant is not enough for this.", lambda it, asked: _enough(it.role, asked.action)),
)


def check(it: Shown, asked: Asked) -> None:
    """Refused, with the first condition that it fails: type, resource, holder, giver, time, revocation, delegation,
    use, role (ForgeFed, validating a Grant, without its chains)."""
    for sentence, holds in _CONDITIONS:
        if not holds(it, asked):
            raise Refused(sentence, cause=f"{asked.sender} for {asked.action} on {asked.resource}")


def _enough(role: Role | None, action: Action) -> bool:
    return role is not None and permission.covers(role, action)


async def invoked(tx: Tx, sender: Actor, repository: Repository, capability: Any, action: Action) -> Grant:
    """The grant that a privileged activity of `sender` carries, if it is live and enough for this. Refused, Missing.

    The Grant alone is not enough: whoever is suspended here, or may not even read the repository, may not do it either.
    """
    settings = tx.store.settings
    number = grants.number_of(settings, capability if isinstance(capability, str) else None)
    given = await grants.find(tx, number) if number is not None else None
    if given is None:
        raise Refused("This takes a Grant of the repository as its `capability`.", cause=f"{sender.uri}: {capability}")
    asked = Asked(sender=sender.uri, resource=repositories.uri(settings, repository), action=action, at=now())
    check(await _as_given(tx, given), asked)
    await permission.require(tx, sender.id, repository, action)
    return given


async def _as_given(tx: Tx, given: Grant) -> Shown:
    """A grant of ours, as its document says it."""
    known = await actors.by_ids(tx, [given.repository, given.holder])
    resource = known[given.repository].uri
    return Shown(
        type="Grant",
        actor=resource,
        context=resource,
        target=known[given.holder].uri,
        role=given.role,
        allows="invoke",
        delegates=None,
        starts=given.since,
        ends=given.until,
        revoked=given.revoked_at is not None,
    )


async def shown(tx: Tx, holder: ActorId, repository: Actor) -> str | None:
    """The id of the Grant by which somebody acts in a repository, here or elsewhere; None if they hold none."""
    if repository.local:
        given = await grants.held(tx, repository.id, holder)
        return None if given is None else grants.uri(tx.store.settings, given.id)
    found = await held.of(tx, holder, repository.id)
    return None if found is None else found.uri
