"""Permission: the one place that says who may do what in a repository, whichever door they come through."""

from typing import Literal, assert_never

from phyle.commons import grants
from phyle.commons.repositories import Repository
from phyle.cooperative import people, seeing
from phyle.cooperative.law.commons.holdings import Accepted
from phyle.cooperative.law.mandates import holds
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.ledger import reading
from phyle.errors import Missing, Refused
from phyle.identity import actors
from phyle.ids import ActorId
from phyle.store.transaction import Tx

Action = Literal["read", "comment", "triage", "review", "push", "push-protected", "maintain"]
Standing = Literal["nobody", "reader", "contributor", "maintainer"]

_NEEDED: dict[Action, Standing] = {
    "read": "reader",
    "comment": "reader",
    "triage": "contributor",
    "review": "contributor",
    "push": "contributor",
    "push-protected": "maintainer",
    "maintain": "maintainer",
}
_ORDER: tuple[Standing, ...] = ("nobody", "reader", "contributor", "maintainer")
_CHANGES: frozenset[Action] = frozenset({"push", "push-protected"})
NONE = "There is no such repository here."
"""What is said to whoever may not know that there is one: the same as where there is none."""
ITEM = "repository"
"""The kind of item under which a phyle takes a project into its commons."""
SCOPE = "commons"
"""The scope of mandates whose holders maintain what the phyle took in; `commons/NAME` is that of one project."""


async def require(tx: Tx, viewer: int | None, repository: Repository, action: Action) -> None:
    """Missing for whoever may not even read it; Refused, with what it takes, for whoever may not do this."""
    standing = await standing_of(tx, viewer, repository)
    if standing == "nobody":
        raise Missing(NONE)
    if action in _CHANGES and repository.archived_at is not None:
        raise Refused("This repository is archived: nothing in it is changed any more. Fork it to go on.")
    if _ORDER.index(standing) < _ORDER.index(_NEEDED[action]):
        raise Refused(_sentence(_NEEDED[action], action), cause=f"{viewer} is {standing} of {repository.id}")


async def allowed(tx: Tx, viewer: int | None, repository: Repository, action: Action) -> bool:
    """The same as a question."""
    try:
        await require(tx, viewer, repository, action)
    except (Missing, Refused):
        return False
    return True


def covers(role: grants.Role, action: Action) -> bool:
    """Whether a role is enough for an action, by itself."""
    return _ORDER.index(role) >= _ORDER.index(_NEEDED[action])


async def standing_of(tx: Tx, viewer: int | None, repository: Repository) -> Standing:
    """What somebody is to a repository: by a live grant, by a mandate over what is the phyle's, or as a reader."""
    if viewer is not None:
        actor = (await actors.by_ids(tx, [viewer])).get(ActorId(viewer))
        if actor is None or actor.gone:
            return "nobody" if not repository.public else "reader"
        if (role := await grants.role(tx, repository.id, viewer)) == "maintainer":
            return "maintainer"
        if await mandated(tx, viewer, repository):
            return "maintainer"
        if role is not None:
            return role
    match repository.visibility:
        case "public":
            return "reader"
        case "members":
            return "reader" if viewer is not None and (await seeing.sight(tx, viewer)).inside else "nobody"
        case "private":
            return "nobody"
        case never:
            assert_never(never)


async def is_commons(tx: Tx, repository: Repository) -> bool:
    """Whether the phyle took the project into its commons by a decision."""
    found = await reading.get(tx, Accepted, digest(repository.name))
    return found is not None and found.kind == ITEM


async def mandated(tx: Tx, viewer: int, repository: Repository) -> bool:
    """Whether somebody maintains it by a mandate: over what is the phyle's, its mandates hold."""
    member = await people.member_of(tx, viewer)
    here = await reading.get(tx, Phyle) if member is not None else None
    if member is None or here is None or here.charter is None or not await is_commons(tx, repository):
        return False
    now, state = await seeing.at(tx), await reading.load(tx)
    scopes = (SCOPE, f"{SCOPE}/{repository.name}")
    return await reading.knowing(tx, state, lambda: any(holds(state, member, scope, now) for scope in scopes))


def _sentence(needed: Standing, action: Action) -> str:
    if action == "push":
        return "Only contributors and maintainers push here. Fork it, and offer your change as a merge request."
    if action == "push-protected":
        return "This branch is protected: only maintainers write it. Push another one, and offer it as a merge request."
    return f"This takes a grant as {needed} of this repository, and you hold none."
