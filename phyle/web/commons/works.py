"""A repository as a work of the ledger, at the API: offered, and its maintainers kept in step."""

from collections.abc import Sequence
from dataclasses import dataclass

from phyle.commons import showing, works
from phyle.commons.works import Offered
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ
from phyle.web.cooperative.endpoints import WRITE as ACT
from phyle.web.cooperative.endpoints import Endpoint, change, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """`licence`: an SPDX expression. `mandate`: whether who offers it lets the phyle grant licences of it."""

    licence: str
    mandate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relicensing:
    """`licence`: an SPDX expression. `mandate`: of whoever offered the work, whether the phyle may grant licences of
    it; as it is, if nothing is said."""

    licence: str
    mandate: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkShown:
    """A work of the ledger. `mandate`: whether whoever offered it lets the phyle grant licences of it. `missing`:
    members who maintain it by a grant and not in the ledger; `extra`: who maintains it in the ledger and holds no
    grant. `said`: what the law refused of the last step."""

    work: str
    licence: str
    mandate: bool
    since: int
    missing: list[Account]
    extra: list[str]
    said: list[str]


async def show(asked: Asked, viewer: Sight) -> WorkShown:
    """The work that a repository is in the ledger, and whether its grants say the same as the ledger."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return await _shown(asked.tx, await works.offered(asked.tx, found))


async def offer(asked: Asked) -> WorkShown:
    """Offer a public repository that one maintains as a work of the phyle, in its ledger."""
    async with asked.store.reading() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
    licence = asked.text("licence", most=300)
    await works.offer(asked.store, asked.me, found, licence=licence, mandate=asked.flag("mandate"))
    async with asked.store.reading() as tx:
        return await _shown(tx, await works.offered(tx, found))


async def relicense(asked: Asked) -> WorkShown:
    """Offer a work under another licence from now on, as a maintainer; whoever has it under the one before keeps
    that."""
    async with asked.store.reading() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
    mandate = None if asked.parameters.get("mandate") in (None, "") else asked.flag("mandate")
    await works.relicense(asked.store, asked.me, found, licence=asked.text("licence", most=300), mandate=mandate)
    async with asked.store.reading() as tx:
        return await _shown(tx, await works.offered(tx, found))


async def step(asked: Asked) -> WorkShown:
    """Make the ledger say who maintains the work as the grants say it, by acts of one's own."""
    async with asked.store.reading() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
    said = await works.step(asked.store, asked.me, found)
    async with asked.store.reading() as tx:
        return await _shown(tx, await works.offered(tx, found), said)


async def _shown(tx: Tx, found: Offered | None, said: Sequence[str] = ()) -> WorkShown:
    if found is None:
        raise Missing("This repository has not been offered as a work.")
    return WorkShown(
        work=found.id,
        licence=found.work.licence,
        mandate=found.work.mandate,
        since=found.work.since,
        missing=[each for _, each in found.missing],
        extra=[member for member, _ in found.extra],
        said=list(said),
    )


_OF = "/repositories/<name>/work"

ENDPOINTS: tuple[Endpoint, ...] = (
    get(_OF, show, WorkShown, scope=READ),
    change("POST", _OF, offer, WorkShown, enters=("offer_work",), body=Offering, scope=ACT),
    change("POST", f"{_OF}/licence", relicense, WorkShown, enters=("relicense_work",), body=Relicensing, scope=ACT),
    change("POST", f"{_OF}/step", step, WorkShown, enters=("invite_maintainer", "revoke_maintainer"), scope=ACT),
)
