"""People with an account here found a phyle, admit somebody and decide, by plain words that become signed acts."""

from phyle.cooperative import acting
from phyle.cooperative.acting import Done
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.identity.actors import Actor
from phyle.store.embedded import Embedded
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import clock_of
from tests.people import member as account


async def _people(store: Store, *names: str) -> list[Actor]:
    async with store.transaction() as tx:
        return [await account(tx, name) for name in names]


async def _founded(store: Store, people: list[Actor]) -> None:
    await begin(store)
    async with store.transaction() as tx:
        text = await keep_blob(tx, charter().encode())
    signed = [await acting.introduce(store, person, "sign", {"charter": text}) for person in people]
    founders = sorted(done.payload["member"] for done in signed)
    await acting.perform(store, people[0], "found", {"charter": text, "founders": founders})


async def _member(store: Store, done: Done) -> Member:
    async with store.reading() as tx:
        found = await reading.get(tx, Member, done.payload["member"])
    assert found is not None
    return found


async def test_a_life_on_a_real_database(store: Store, cluster: Embedded, database: str) -> None:
    clock = clock_of(cluster, database)
    ana, ben, cleo, dan = await _people(store, "ana", "ben", "cleo", "dan")
    await _founded(store, [ana, ben, cleo])
    applied = await acting.introduce(store, dan, "apply", {"identity": {"name": "Dan"}})
    assert (await _member(store, applied)).standing == "applicant"
    admit = {"kind": "Admit", "arguments": {"member": applied.payload["member"]}}
    proposed = await acting.perform(
        store,
        ana,
        "propose",
        {"title": "Admit Dan", "text": "He helps.", "options": [{"label": "Yes", "effects": [admit]}]},
    )
    await clock.forward(days=1)
    await append.drain(store)
    ballot = f"{proposed.payload['proposal']}.1"
    for person in (ana, ben, cleo):
        await acting.perform(store, person, "vote", {"ballot": ballot, "choice": {"paper": "for"}})
    await clock.forward(days=2)
    await append.drain(store)
    await clock.forward(days=1)
    await append.drain(store)
    async with store.reading() as tx:
        proposal = await reading.get(tx, Proposal, proposed.payload["proposal"])
    assert proposal is not None
    assert proposal.phase == "executed"
    assert (await _member(store, applied)).standing == "member"
