"""Claims of changes: signed by the author's server when a change is offered, entered with the maintainer's word for it
when it is applied. So every merged change is in the ledger under two signatures, without anybody doing more for it."""

import logging
from collections.abc import Mapping
from typing import Any

from phyle.commons import merge_requests, offers, repositories, tickets, works
from phyle.commons.activities import abroad
from phyle.commons.merge_requests import MergeRequest, Version
from phyle.commons.repositories import Repository
from phyle.cooperative import acting, contributing, handing_in, people
from phyle.cooperative.activities import offering
from phyle.cooperative.law.commons.contributions import CHANGE, Claim, Terms
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.ledger import acts
from phyle.errors import Malformed, Missing, Refusal, Refused, Unavailable, Unreachable
from phyle.federation.net import Net
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Become, Body
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)
_log = logging.getLogger(__name__)

TELL, TELL_RENEWED = "commons.tell_offer", "commons.tell_offer_renewed"
SIGN, SIGN_RENEWED, CREDIT = "commons.sign_offer", "commons.sign_renewed", "commons.credit_change"


async def sign_made(net: Net, store: Store, body: Body) -> Become:
    """Subscriber of OfferMade: a change goes out with its author's claim, if they said that they may give it and its
    project is a work there."""
    await _sign(net, store, body["offer"])
    return Become(job=TELL, body=body)


async def sign_renewed(net: Net, store: Store, body: Body) -> Become:
    """Subscriber of OfferRenewed: so does its new version."""
    await _sign(net, store, body["offer"])
    return Become(job=TELL_RENEWED, body=body)


async def _sign(net: Net, store: Store, id: int) -> None:
    async with store.reading() as tx:
        offer = await offers.get(tx, id)
        target = await offers.target_of(tx, offer)
    if offer.head is None or offer.claim is not None or not offer.terms.sign_off:
        return
    try:
        found = await abroad.asked(net, store, target.uri)
    except Refusal as refusal:
        _log.info("no claim goes with offer %s: %s", id, refusal)
        return
    licence = offer.terms.licence or found.subject.licence
    terms = {"dco": True, "licence": licence, "mandate": offer.terms.mandate}
    given = {"work": found.subject.work, "what": CHANGE, "subject": offer.head, "terms": terms}
    async with store.transaction() as tx:
        signed = await abroad.signed(tx, await actors.by_id(tx, offer.actor), found.ledger, "claim", given)
        await tx.run(SQL.set_claim, offer.id, offer.head, abroad.carried(signed))


# Entered


async def credit(net: Net, store: Store, body: Body) -> None:
    """Subscriber of MergeRequestApplied: the author's claim is entered, and the word of the maintainer who applied it.
    Who applied their own change is validated by another maintainer, who does that by hand."""
    async with store.reading() as tx:
        found = await merge_requests.get(tx, body["ticket"])
        ticket = await tickets.get(tx, body["ticket"])
        version = await merge_requests.version(tx, ticket.id, found.version)
        work = await works.find(tx, await repositories.get(tx, ticket.repository))
        known = await actors.by_ids(tx, [version.made_by, found.decided_by or 0])
    if work is None:
        return
    try:
        claimed = await _claimed(store, known[version.made_by], version, work)
        if claimed is not None and found.decided_by is not None:
            await _validate(store, known[found.decided_by], found, work[0], claimed)
    except (Unavailable, Unreachable):
        raise
    except Refusal as refusal:
        _log.info("the change of ticket %s is not credited: %s", ticket.id, refusal)


async def _claimed(store: Store, author: Actor, version: Version, work: tuple[str, Work]) -> str | None:
    """The contribution that the author claims, entered; None if they do not."""
    if version.claim is not None:
        return await _entered(store, author, version, work)
    if not author.local or not version.terms.sign_off:
        return None
    terms = {**_terms(version, work[1])}
    given = {"work": work[0], "what": CHANGE, "subject": version.head, "terms": terms}
    done = await contributing.contribute(store, author, "claim", given, key=f"change {version.id}")
    return str(done.payload["contribution"])


def _terms(version: Version, work: Work) -> Mapping[str, Any]:
    terms = version.terms
    return {"dco": terms.sign_off, "licence": terms.licence or work.licence, "mandate": terms.mandate}


async def _entered(store: Store, author: Actor, version: Version, work: tuple[str, Work]) -> str:
    """A claim that came with the change, if it is of this change, for this work, by its author, on the same terms."""
    document = (version.claim or {}).get("act")
    if not isinstance(document, Mapping):
        raise Malformed("A claim is one signed act.")
    async with store.transaction() as tx:
        given = await handing_in.judged(tx, document, _openings(version))
        claim = given.payload
        if not isinstance(claim, Claim) or claim.terms is None:
            raise Refused("What came with the change is no claim of it.")
        if not _fits(claim, claim.terms, version, work):
            raise Refused("What came with the change is the claim of something else.")
        await offering.begun(tx, author, given)
        hash = await acts.submit_in(tx, document, author=given.author, openings=given.openings)
    await acts.wait(store, hash)
    return str(claim.contribution)


def _fits(claim: Claim, terms: Terms, version: Version, work: tuple[str, Work]) -> bool:
    """Whether a claim is of this change, on the terms on which it was offered. Where those name no licence, it is one
    under which the work was offered to its author."""
    if (claim.work, claim.what, claim.subject) != (work[0], CHANGE, version.head):
        return False
    offered = version.terms
    licences = {offered.licence} if offered.licence else {each for _, each in work[1].licences}
    return terms.dco and offered.sign_off and terms.mandate == offered.mandate and terms.licence in licences


def _openings(version: Version) -> list[Any]:
    found = (version.claim or {}).get("openings", [])
    return found if isinstance(found, list) else []


async def _validate(store: Store, by: Actor, found: MergeRequest, work: str, contribution: str) -> None:
    """The maintainer who applied it says that it was so, if they maintain the work in the ledger."""
    async with store.reading() as tx:
        member = await people.member_of(tx, by.id) if by.local else None
    if member is None:
        raise Missing("Who applied it is no member here, so a maintainer who is one validates it.")
    given = {"work": work, "contribution": contribution}
    await acting.perform(store, by, "validate", given, key=f"applied {found.ticket}")


async def waiting(tx: Tx, repository: Repository, ticket: int) -> str:
    """Why an applied change of a work is not credited by itself, in a sentence; "" if it is, or is none."""
    found = await merge_requests.get(tx, ticket)
    if found.phase != "applied" or await works.find(tx, repository) is None:
        return ""
    version = await merge_requests.version(tx, ticket, found.version)
    if not version.terms.sign_off:
        return "Its author did not say that they may give it (sign-off), so nothing was claimed for them."
    if version.made_by == found.decided_by:
        return "Who made it also applied it: another maintainer validates the contribution."
    return ""
