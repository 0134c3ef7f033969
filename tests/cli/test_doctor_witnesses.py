"""What the doctor says about witnesses."""

from phyle.cli.doctor_witnesses import witness_findings
from phyle.cooperative.ledger import partners, witnesses
from phyle.cooperative.tree.equivocation import equivocation
from phyle.store.transaction import Store
from tests.cooperative.tree.signers import LOG, ORIGIN, WITNESS, head
from tests.cooperative.tree.trees import leaves


async def told(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as tx:
        return [(finding.level, finding.sentence) async for finding in witness_findings(tx)]


async def test_without_witnesses_all_is_on_the_hosts_word(store: Store) -> None:
    ((level, sentence),) = await told(store)
    assert level == "weak"
    assert "on this host's word alone" in sentence


async def test_who_cosigns_and_who_does_not(store: Store) -> None:
    async with store.transaction() as tx:
        for host in ("b.example", "c.example"):
            await partners.invite(tx, host)
            await partners.introduced(tx, host, WITNESS.public)
        await partners.cosigned(tx, "b.example", 7)
        await partners.failed(tx, "c.example", "c.example could not be reached.")
    summary, other = await told(store)
    assert summary == ("ok", "1 of 2 have cosigned, up to 7 of 0 published entries")
    assert other == ("weak", "c.example gave no cosignature: c.example could not be reached.")


async def test_who_showed_two_histories(store: Store) -> None:
    found = equivocation(head(leaves(5)), head(leaves(5, salt="other")), {})
    assert found is not None
    async with store.transaction() as tx:
        log = await witnesses.watch(tx, origin=ORIGIN, host="a.example", keys=[LOG.public])
        await witnesses.convict(tx, log, found)
    assert (await told(store))[-1] == (
        "weak",
        f"{ORIGIN} showed two histories; the proof is at /ledger/equivocations",
    )
