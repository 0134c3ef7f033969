"""Attesting: acts of people whose servers know no ledger keys, in our words, over the request that they signed."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.audit.evidence import written
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.values import Word
from phyle.cooperative.ledger import acts, reading, signing
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.cooperative.ledger.openings import opened as openings_of
from phyle.errors import Missing
from phyle.federation import evidence
from phyle.federation.evidence import Evidence
from phyle.identity import actors, keys, multikey
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


async def attest(
    tx: Tx, member: str, kind: str, payload: Mapping[str, Any], openings: Sequence[Opening], *, request: int
) -> str:
    """Hand in an act that a request asked for; its hash. `request`: the number under which it was kept, which moves
    into the ledger's openings for members to verify. It counts as received when the request came."""
    return await attest_by(tx, member, kind, payload, openings, request=await evidence.take(tx, request))


async def attest_by(
    tx: Tx, member: str, kind: str, payload: Mapping[str, Any], openings: Sequence[Opening], *, request: Evidence
) -> str:
    """As `attest`, by a request that was taken already."""
    proof = seal("request", as_written(request), audience="members", about=member)
    document = await signing.attested(tx, member, kind, payload)
    received = int(request.received_at.timestamp() * 1000)
    return await acts.submit_in(tx, document, author="attested", evidence=[proof], openings=openings, received=received)


def as_written(request: Evidence) -> dict[str, Any]:
    """A request as an opening holds it."""
    return written(
        method=request.method,
        target=request.target,
        scheme=request.scheme,
        headers=request.headers,
        body=request.body,
    )


async def pinned_of(tx: Tx, actor: Actor) -> dict[str, str]:
    """The key that signs the requests of an account now. Missing if it has none."""
    found = (await actors.public_keys(tx, actor)).get("rsa")
    if found is None:
        raise Missing("The account has no key that its requests could be verified with.", cause=actor.uri)
    return {"id": found[0], "publicKeyMultibase": multikey.encode(keys.public_key(found[1]))}


async def identity_of(tx: Tx, actor: Actor, member: str) -> tuple[Opening, ...]:
    """Openings of an account: its address, and the key of its server by which its requests can be verified later."""
    pinned = await pinned_of(tx, actor)
    return (
        seal("actor", actor.uri, audience="members", about=member),
        seal("pinned", pinned, audience="members", about=member),
    )


async def still_pinned(tx: Tx, member: str, actor: Actor) -> bool:
    """Whether the requests of a member's account are signed with the key that the ledger knows. With another one they
    prove nothing: until the ledger knows that, too, nothing can be attested."""
    found = await reading.get(tx, Member, member)
    commitment = found.identity.get(Word("pinned")) if found is not None else None
    if commitment is None:
        return True
    known = (await openings_of(tx, [commitment], audiences=("members", "register"))).get(commitment)
    try:
        now = await pinned_of(tx, actor)
    except Missing:
        return False
    return known is None or known.value["publicKeyMultibase"] == now["publicKeyMultibase"]


async def unneeded(tx: Tx, request: int | None) -> None:
    """A request that nothing was attested with is kept no longer: what is on its way holds up the ledger."""
    if request is not None:
        with contextlib.suppress(Missing):
            await evidence.take(tx, request)
