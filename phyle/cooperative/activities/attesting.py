"""Attesting: acts of people whose servers know no ledger keys, in our words, over the request that they signed."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.audit.evidence import written
from phyle.cooperative.ledger import acts, signing
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.errors import Missing
from phyle.federation import evidence
from phyle.store.transaction import Tx


async def attest(
    tx: Tx, member: str, kind: str, payload: Mapping[str, Any], openings: Sequence[Opening], *, request: int
) -> str:
    """Hand in an act that a request asked for; its hash. `request`: the number under which it was kept, which moves
    into the ledger's openings for members to verify. It counts as received when the request came."""
    kept = await evidence.take(tx, request)
    told = written(method=kept.method, target=kept.target, scheme=kept.scheme, headers=kept.headers, body=kept.body)
    proof = seal("request", told, audience="members", about=member)
    document = await signing.attested(tx, member, kind, payload)
    received = int(kept.received_at.timestamp() * 1000)
    return await acts.submit_in(tx, document, author="attested", evidence=[proof], openings=openings, received=received)


async def unneeded(tx: Tx, request: int | None) -> None:
    """A request that nothing was attested with is kept no longer: what is on its way holds up the ledger."""
    if request is not None:
        with contextlib.suppress(Missing):
            await evidence.take(tx, request)
