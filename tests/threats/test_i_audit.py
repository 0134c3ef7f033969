"""I14: whatever is changed in a live ledger behind the server's back is named by an audit over the network."""

import asyncio
import json
from pathlib import Path

import pytest

from phyle.cli.commands import main
from phyle.cooperative.activities import observing
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.ledger import checkpoints
from phyle.cooperative.ledger.beginning import begin
from tests.cooperative.activities.machines import owned
from tests.cooperative.activities.test_recovering import acquainted, published
from tests.cooperative.ledger import phyles
from tests.cooperative.ledger.phyles import Phyle
from tests.instance import Instance

pytestmark = pytest.mark.threat("I14")
PAST = "SET session_replication_role = replica"


@pytest.fixture
async def phyle(here: Instance, monkeypatch: pytest.MonkeyPatch) -> Phyle:
    """Three people, and one decision of theirs."""
    host = here.store.settings.domain
    monkeypatch.setattr(phyles, "HERE", host)
    monkeypatch.setattr(phyles, "ORIGIN", f"{host}/ledger/1")
    found = Phyle(store=here.store)
    founders = await found.founded()
    proposal = await found.resolution(founders[0])
    ballot = await found.to_ballot(proposal)
    for each in founders:
        await found.vote(each, ballot, {"paper": "for"})
    assert await found.finished(proposal) == "executed"
    await published(here)
    return found


async def audited(here: Instance, path: str = "/ledger/") -> Verdict:
    def run() -> Verdict:
        with Remote(f"{here.origin}{path}", insecure_local=True) as source:
            return audit(source)

    return await asyncio.to_thread(run)


async def seq_of(here: Instance, kind: str) -> int:
    return int(await here.value("SELECT max(seq) FROM cooperative.entries WHERE kind = $1", kind))


async def test_an_honest_instance(here: Instance, phyle: Phyle) -> None:
    found = await audited(here)
    assert found.sound, found.findings
    assert found.self_attested
    assert found.rests_on == (here.store.settings.domain,)
    assert found.entries == await here.value("SELECT count(*) FROM cooperative.entries")


async def test_one_byte_of_an_entry(here: Instance, phyle: Phyle) -> None:
    seq = await seq_of(here, "vote")
    leaf = "convert_to(replace(convert_from(leaf, 'UTF8'), '\"nonce\":\"', '\"nonce\":\"0'), 'UTF8')"
    await owned(here, PAST, f"UPDATE cooperative.entries SET leaf = {leaf} WHERE seq = {seq}")
    found = (await audited(here)).findings[0]
    assert (found.seq, found.outcome) == (seq, "false")
    assert "changed" in found.sentence


async def test_one_byte_of_a_tile(here: Instance, phyle: Phyle) -> None:
    await owned(
        here, PAST, "UPDATE cooperative.entries SET hash = set_byte(hash, 7, get_byte(hash, 7) # 1) WHERE seq = 4"
    )
    found = (await audited(here)).findings[0]
    assert (found.seq, found.what) == (4, "tile")


async def test_one_byte_of_an_opened_paper(here: Instance, phyle: Phyle) -> None:
    paper = "convert_to(replace(convert_from(data, 'UTF8'), '\"for\"', '\"against\"'), 'UTF8')"
    await owned(here, PAST, f"UPDATE cooperative.sheets SET data = {paper}")
    found = (await audited(here)).findings[0]
    assert (found.seq, found.what) == (await seq_of(here, "tally"), "tally")


async def test_one_byte_of_a_blob(here: Instance, phyle: Phyle) -> None:
    charter = await here.value("SELECT hash FROM cooperative.blobs ORDER BY seq LIMIT 1")
    await owned(here, PAST, f"UPDATE cooperative.blobs SET data = data || '\\x0a' WHERE hash = '{charter}'")
    found = (await audited(here)).findings[0]
    assert found.seq is not None
    assert found.expected == charter


async def test_a_deleted_entry(here: Instance, phyle: Phyle) -> None:
    seq = await seq_of(here, "tally")
    await owned(here, PAST, f"DELETE FROM cooperative.entries WHERE seq = {seq}")
    assert not (await audited(here)).sound


async def test_a_head_that_is_taken_back(
    here: Instance, phyle: Phyle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an auditor remembers binds the ledger: it cannot show fewer entries later."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "auditor"))
    words = ["audit", here.origin, "--insecure-local", "--json"]
    assert await asyncio.to_thread(main, words) == 0
    origin, size = json.loads(capsys.readouterr().out)["origin"], await seq_of(here, "execute")
    await owned(here, PAST, f"DELETE FROM cooperative.checkpoints WHERE size > {size - 1}")
    assert await asyncio.to_thread(main, words) == 1
    assert origin.endswith("/ledger/1")


async def test_the_copy_that_another_phyle_keeps(here: Instance, beyond: Instance, phyle: Phyle) -> None:
    """Who asks the witness gets the same ledger, with the time at which it was seen."""
    await begin(beyond.store)
    await acquainted(here, beyond)
    await observing.observe(beyond.net, beyond.store, {"origin": f"{here.store.settings.domain}/ledger/1"})
    async with here.store.reading() as tx:
        head = await checkpoints.newest(tx)
    assert head is not None
    name = await beyond.value("SELECT hash FROM cooperative.logs")
    found = await audited(beyond, f"/ledger/witnessed/{name}")
    assert found.sound, found.findings
    assert found.origin == head.checkpoint.origin
    assert found.cosigners == (f"{beyond.store.settings.domain}/witness",)
