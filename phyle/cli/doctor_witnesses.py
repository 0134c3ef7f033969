"""What `phyle doctor` says about witnesses: who has seen the newest head of the ledger, and what others show."""

from collections.abc import AsyncIterator

from phyle.cli.findings import Finding
from phyle.cooperative.ledger import checkpoints, partners, witnesses
from phyle.cooperative.ledger.partners import Report
from phyle.store.transaction import Tx


async def witness_findings(tx: Tx) -> AsyncIterator[Finding]:
    """One line about those who cosign our ledger, one for each of them that does not, and one for each ledger that
    showed two histories."""
    newest, found = await checkpoints.newest(tx), await partners.reports(tx)
    yield _summary(newest.size if newest else 0, found)
    for each in found:
        if each.last_error:
            yield Finding(level="weak", topic="witness", sentence=f"{each.host} gave no cosignature: {each.last_error}")
    for row in await witnesses.equivocations(tx):
        sentence = f"{row['origin']} showed two histories; the proof is at /ledger/equivocations"
        yield Finding(level="weak", topic="witness", sentence=sentence)


def _summary(size: int, found: list[Report]) -> Finding:
    if not found:
        sentence = "nobody else has seen this ledger: times and completeness are on this host's word alone"
        return Finding(level="weak", topic="witnesses", sentence=sentence)
    seen = [each.size for each in found if each.cosigned]
    sentence = f"{len(seen)} of {len(found)} have cosigned, up to {max(seen, default=0)} of {size} published entries"
    return Finding(level="ok" if seen else "weak", topic="witnesses", sentence=sentence)
