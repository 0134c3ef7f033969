"""A repository as a work in the ledger: offered there by who maintains it, and its maintainers kept in step.

Grants say who may do what in a repository, at once and anywhere; the ledger says who validates contributions to the
work, in public and for good. Whoever gives or takes a grant does the same in the ledger, as far as its law lets them;
where only one was done, the pages say so, and any maintainer there can do the other.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.commons import grants, permission, repositories
from phyle.commons.grants import Grant
from phyle.commons.repositories import Repository
from phyle.cooperative import acting, people
from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.law.commons.maintaining import PRESENT
from phyle.cooperative.law.commons.works import Work, WorkAt
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.ledger import reading
from phyle.cooperative.licences.spelling import normalised
from phyle.cooperative.seeing import Account, account
from phyle.errors import Missing, Refusal, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Body
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

STEP = "commons.step_work"
_NO_WORK = "This repository has not been offered as a work."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A repository that is a work of the ledger. `missing`: members who maintain it by a grant and not in the ledger;
    `extra`: who maintains it in the ledger and holds no grant, by their membership."""

    id: str
    work: Work
    missing: Sequence[tuple[str, Account]]
    extra: Sequence[tuple[str, Account | None]]

    @property
    def in_step(self) -> bool:
        """Whether both name the same people, as far as they are members."""
        return not self.missing and not self.extra


async def find(tx: Tx, repository: Repository) -> tuple[str, Work] | None:
    """The work that lies at the repository's address, with its id; None if nobody has offered it whose it is to offer:
    any member can name any address in the ledger."""
    at = await reading.get(tx, WorkAt, digest(repositories.clone_address(tx.store.settings, repository)))
    id = await _rightful(tx, repository, at.offers) if at is not None else None
    found = await reading.get(tx, Work, id) if id is not None else None
    return None if id is None or found is None else (id, found)


async def _rightful(tx: Tx, repository: Repository, offers: Sequence[tuple[str, str]]) -> str | None:
    """The work offered by who maintains the repository or did once; of what is the phyle's, else by a mandate over it,
    or by anybody, because the phyle can still say who maintains it."""
    accounts = await people.actors_of(tx, [by for _, by in offers])
    for work, by in offers:
        if by in accounts and await grants.maintained(tx, repository.id, accounts[by]):
            return work
    if not await permission.is_commons(tx, repository):
        return None
    for work, by in offers:
        if by in accounts and await permission.mandated(tx, accounts[by], repository):
            return work
    return offers[0][0] if offers else None


async def offered(tx: Tx, repository: Repository) -> Offered | None:
    """The work, and where grants and ledger say different things."""
    found = await find(tx, repository)
    if found is None:
        return None
    id, work = found
    listed = await reading.group(tx, Maintainer, id)
    there = {place.rpartition("/")[2] for place, each in listed.items() if not each.ended}
    held = [each.holder for each in await grants.of(tx, repository.id) if each.role == "maintainer"]
    known = await actors.by_ids(tx, held)
    here: dict[str, Actor] = {}
    for holder in held:
        member = await people.member_of(tx, holder)
        standing = await reading.get(tx, Member, member) if member is not None else None
        if member is not None and standing is not None and standing.standing in PRESENT:
            here[member] = known[holder]
    accounts = await people.actors_of(tx, sorted(there - here.keys()))
    others = await actors.by_ids(tx, accounts.values())
    return Offered(
        id=id,
        work=work,
        missing=[(member, account(actor)) for member, actor in here.items() if member not in there],
        extra=[
            (member, account(others[accounts[member]]) if member in accounts else None)
            for member in sorted(there - here.keys())
        ],
    )


async def offer(store: Store, person: Actor, repository: Repository, *, licence: str, mandate: bool) -> str:
    """A member offers a public repository that they maintain as a work of the phyle; the work's id. Raises the law's
    refusals; Unprocessable for what is no SPDX expression. Not in a transaction."""
    expression = normalised(licence)
    async with store.reading() as tx:
        await permission.require(tx, person.id, repository, "maintain")
    if not repository.public:
        raise Refused("What is offered to the commons, everybody may read: make it public first.")
    given: dict[str, Any] = {
        "name": repository.name,
        "kind": repository.kind,
        "at": repositories.clone_address(store.settings, repository),
        "licence": expression,
        "mandate": mandate,
    }
    if repository.chain:
        given["origin"] = repository.chain[0]["clone"][:300]
    done = await acting.perform(store, person, "offer_work", given)
    return str(done.payload["work"])


async def relicense(store: Store, by: Actor, repository: Repository, *, licence: str, mandate: bool | None) -> None:
    """A maintainer offers a work under another licence from now on: an SPDX expression. `mandate`: of whoever offered
    it, whether the phyle may grant licences of it; None: as it is. Raises the law's refusals; Unprocessable for what is
    no SPDX expression; Missing if it is no work. Not in a transaction."""
    expression = normalised(licence)
    async with store.reading() as tx:
        await permission.require(tx, by.id, repository, "maintain")
        found = await find(tx, repository)
    if found is None:
        raise Missing(_NO_WORK)
    given: dict[str, Any] = {"work": found[0], "licence": expression}
    await acting.perform(store, by, "relicense_work", given if mandate is None else {**given, "mandate": mandate})


async def step(store: Store, by: Actor, repository: Repository) -> Sequence[str]:
    """Do in the ledger what the grants say, as `by`, who maintains the work there; the sentences of what was refused.
    Missing if it is no work. Not in a transaction."""
    async with store.reading() as tx:
        await permission.require(tx, by.id, repository, "maintain")
        now = await offered(tx, repository)
    if now is None:
        raise Missing(_NO_WORK)
    acts = [("invite_maintainer", member) for member, _ in now.missing]
    acts += [("revoke_maintainer", member) for member, _ in now.extra]
    said = [await _acted(store, by, kind, {"work": now.id, "member": member}) for kind, member in acts]
    return [each for each in said if each]


async def step_job(_net: object, store: Store, body: Body) -> None:
    """Network job `{grant}`, after a grant was given or ended: whoever did that does the same in the ledger, if both
    are members and the law lets them."""
    async with store.reading() as tx:
        grant = await grants.find(tx, body["grant"])
        if grant is None or grant.role != "maintainer":
            return
        repository = (await repositories.by_ids(tx, [grant.repository])).get(grant.repository)
        now = await offered(tx, repository) if repository is not None else None
        holder = await people.member_of(tx, grant.holder)
        by = (await actors.by_ids(tx, [_who(grant) or 0])).get(_who(grant) or 0)
        if now is None or holder is None or by is None or await people.member_of(tx, by.id) is None:
            return
    if any(member == holder for member, _ in now.missing):
        await _acted(store, by, "invite_maintainer", {"work": now.id, "member": holder})
    elif any(member == holder for member, _ in now.extra) and by.id == grant.holder:
        await _acted(store, by, "resign_maintainer", {"work": now.id})
    elif any(member == holder for member, _ in now.extra):
        await _acted(store, by, "revoke_maintainer", {"work": now.id, "member": holder})


def _who(grant: Grant) -> int | None:
    return grant.given_by if grant.revoked_at is None else grant.revoked_by


async def _acted(store: Store, by: Actor, kind: str, given: Mapping[str, Any]) -> str:
    try:
        await acting.perform(store, by, kind, given)
    except Refusal as refusal:
        _log.info("%s of %s is only half done: %s", kind, given["work"], refusal)
        return refusal.sentence
    return ""
