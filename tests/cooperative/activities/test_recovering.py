"""A phyle is restored from an old backup: it enters nothing until its witness has given back what it lost."""

import pytest

from phyle.cooperative.activities import observing, recovering, witnessing
from phyle.cooperative.ledger import append, checkpoints, heads, partners, reading, standing, witness_keys
from phyle.cooperative.ledger.acts import submit_in
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.tree.checkpoints import Head
from phyle.errors import Unavailable
from phyle.store.sql import Query
from tests.cooperative.activities.machines import Backup, owned
from tests.cooperative.ledger import phyles
from tests.cooperative.ledger.phyles import Phyle
from tests.instance import Instance
from tests.servers import eventually

SLICES = Query("SELECT kind, id, value FROM cooperative.slices ORDER BY kind, id")


@pytest.fixture
def phyle(here: Instance, monkeypatch: pytest.MonkeyPatch) -> Phyle:
    """The phyle of an instance, whatever its port."""
    host = here.store.settings.domain
    monkeypatch.setattr(phyles, "HERE", host)
    monkeypatch.setattr(phyles, "ORIGIN", f"{host}/ledger/1")
    return Phyle(store=here.store)


async def published(here: Instance) -> Head:
    async with here.store.transaction() as tx:
        await checkpoints.publish(tx)
        head = await checkpoints.newest(tx)
    assert head is not None
    return head


async def acquainted(here: Instance, beyond: Instance) -> None:
    """The other watches this ledger, and this one knows it as a witness."""
    await standing.begin(here.store)
    await standing.begin(beyond.store)
    for one, other in ((here, beyond), (beyond, here)):
        async with one.store.transaction() as tx:
            await partners.invite(tx, other.store.settings.domain)
        await witnessing.introduce(one.net, one.store, other.store.settings.domain)


async def copied(here: Instance, beyond: Instance) -> None:
    await observing.observe(beyond.net, beyond.store, {"origin": f"{here.store.settings.domain}/ledger/1"})
    (log,) = await beyond.fetch("SELECT size, mirrored, blobs, last_error FROM cooperative.logs")
    assert log["size"] == log["mirrored"] == log["blobs"]
    assert log["last_error"] is None


async def stopped(here: Instance) -> str | None:
    async with here.store.reading() as tx:
        return await append.stopped(tx)


async def slices(here: Instance) -> list[tuple[object, ...]]:
    async with here.store.reading() as tx:
        return [tuple(row) for row in await tx.rows(SLICES)]


async def went_on(here: Instance) -> bool:
    return await stopped(here) is None


@pytest.mark.parametrize("with_file", [True, False], ids=["file kept", "file as old as the database"])
async def test_lost_entries_are_fetched_back(
    here: Instance, beyond: Instance, phyle: Phyle, *, with_file: bool
) -> None:
    await begin(beyond.store)
    founders = await phyle.founded()
    proposal = await phyle.resolution(founders[0])
    old = await published(here)
    await acquainted(here, beyond)
    backup = await Backup.taken(here)
    ballot = await phyle.to_ballot(proposal)
    for each in founders:
        await phyle.vote(each, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    head, state = await published(here), await slices(here)
    await copied(here, beyond)
    await backup.restored(here)
    if not with_file:
        heads.keep(here.store.settings.home, old.note)
    async with here.store.transaction() as tx:
        key = await witness_keys.public(tx)
    await standing.begin(here.store)
    assert await stopped(here) is not None
    await witnessing.confirm(here.net, here.store, {})
    await eventually(lambda: went_on(here))
    async with here.store.transaction() as tx:
        assert (await reading.head(tx)).root == head.root
        assert await witness_keys.public(tx) != key
    assert await slices(here) == state
    assert (await published(here)).note.text == head.note.text
    async with here.store.reading() as tx:
        shown = await tx.rows(Query("SELECT ballot FROM cooperative.sheets"))
    assert [row["ballot"] for row in shown] == [ballot]
    another = await phyle.resolution(founders[1])
    assert (await phyle.proposal(another)).phase == "deliberation"


async def test_while_it_is_behind_acts_wait(here: Instance, phyle: Phyle) -> None:
    founders = await phyle.founded()
    await published(here)
    async with here.store.transaction() as tx:
        await append.stop(tx, "some entries are lost")
    document = await phyle.document(founders[0], "exit", {})
    async with here.store.transaction() as tx:
        hash = await submit_in(tx, document, author="server-key")
    with pytest.raises(Unavailable):
        await phyle.resolution(founders[0])
    assert (await phyle.answer(hash)).state == "waiting"


async def test_a_copy_that_does_not_continue_ours_gives_nothing(here: Instance, beyond: Instance, phyle: Phyle) -> None:
    await begin(beyond.store)
    founders = await phyle.founded()
    await published(here)
    await acquainted(here, beyond)
    await phyle.resolution(founders[0])
    await published(here)
    await copied(here, beyond)
    size = (await published(here)).size
    await owned(
        here,
        "ALTER TABLE cooperative.entries DISABLE TRIGGER USER",
        f"UPDATE cooperative.entries SET hash = sha256('x') WHERE seq = {size - 1}",
    )
    async with here.store.transaction() as tx:
        await standing.behind(tx, "changed")
    again = await recovering.recover(here.net, here.store, {})
    assert again is not None
    assert again.job == standing.RECOVER
    assert "first" in (await stopped(here) or "") or await stopped(here) == "changed"
