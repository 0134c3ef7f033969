"""Settling a repository: what its maintainers change of it, and what nobody changes of what is the phyle's."""

from collections.abc import Sequence

from phyle.commons import granting, permission, repositories
from phyle.commons.git import names
from phyle.commons.granting import Outcome
from phyle.commons.repositories import NARROWEST, Change, Repository, Visibility
from phyle.errors import Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

MOST_PATTERNS = 50


async def settle(tx: Tx, by: Actor, repository: Repository, change: Change) -> tuple[Repository, Outcome]:
    """Change what is given; the repository afterwards, and what came of another `rule`, which may wait for a majority.

    Refused for who does not maintain it, and for hiding what is the phyle's; Unprocessable for patterns that are none.
    """
    await permission.require(tx, by.id, repository, "maintain")
    if change.visibility not in (None, "public") and await permission.is_commons(tx, repository):
        raise Refused("This repository is a commons of the phyle: nobody makes it less public.")
    if change.visibility not in (None, "public", repository.visibility) and repository.public:
        await _check_nobody_far(tx, repository)
    if change.visibility not in (None, repository.visibility):
        await _check_origin(tx, by, repository, change.visibility)
    if change.protected is not None:
        _check_patterns(change.protected)
    outcome = Outcome(done=True)
    if change.rule is not None and change.rule != repository.rule:
        outcome = await granting.change_rule(tx, by, repository, change.rule)
    rest = Change(
        description=change.description,
        visibility=change.visibility,
        protected=change.protected,
        archived=change.archived,
        default_branch=change.default_branch,
    )
    if rest != Change():
        repository = await repositories.change(tx, repository, rest)
    return await repositories.get(tx, repository.id), outcome


async def _check_nobody_far(tx: Tx, repository: Repository) -> None:
    if await tx.value(repositories.SQL.held_far, repository.id):
        raise Refused(
            "People of other instances hold grants in it, who could not even see it any more. Revoke those first."
        )


async def _check_origin(tx: Tx, by: Actor, repository: Repository, wanted: Visibility) -> None:
    """Of what may not be read by all, a fork is no way out; but for who could open the origin itself."""
    origin = await repositories.at(tx, repository.origin)
    if origin is None or await permission.allowed(tx, by.id, origin, "maintain"):
        return
    if NARROWEST.index(wanted) > max(NARROWEST.index(each.visibility) for each in (origin, repository)):
        raise Refused("A fork cannot be read by more people than what it is forked from.")


def _check_patterns(patterns: Sequence[str]) -> None:
    if len(patterns) > MOST_PATTERNS:
        raise Unprocessable(f"At most {MOST_PATTERNS} patterns of branches can be protected.")
    for pattern in patterns:
        names.branch(pattern.replace("*", "x"))
