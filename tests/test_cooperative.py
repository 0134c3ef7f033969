"""Two phyles: somebody of one becomes a member of the other, votes from home, and can verify all that happens there."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from phyle.cli.commands import main
from phyle.cli.doctor_ledger import ledger_findings
from phyle.cooperative import acting
from phyle.cooperative.ledger import append
from phyle.cooperative.ledger.beginning import begin
from phyle.identity import tokens
from phyle.identity.actors import Actor
from phyle.store.embedded import Doors
from tests.cooperative.activities.machines import owned
from tests.cooperative.activities.quickly import QUICK, admit_now
from tests.cooperative.activities.test_doors import founders, group, member_of
from tests.cooperative.activities.test_joining import asked, clocks, state_of
from tests.cooperative.founding import pass_time, proposal, propose, vote
from tests.cooperative.travelling import Clock
from tests.instance import Instance, Member
from tests.servers import eventually

__all__ = ["clocks"]
PAST = "SET session_replication_role = replica"


async def audited(whole: Instance, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """What the operator of the other instance hears when they verify this one, and with which status."""
    given = ["audit", whole.origin, "--insecure-local", *words]
    status = await asyncio.to_thread(main, given)
    return status, capsys.readouterr().out


async def changed(whole: Instance, table: str, column: str, where: str, change: str) -> str:
    """One thing is changed behind the server's back; the statement that puts it right."""
    before = (await whole.value(f"SELECT {column} FROM cooperative.{table} WHERE {where}")).hex()
    await owned(whole, PAST, f"UPDATE cooperative.{table} SET {column} = {change} WHERE {where}")
    return f"UPDATE cooperative.{table} SET {column} = '\\x{before}' WHERE {where}"


async def diagnosed(whole: Instance, *, repair: bool = False) -> list[str]:
    """What the doctor says of the tables."""
    server = whole.store.wakes._dsn
    doors = Doors(dsn_owner=server.replace("phyle_server@", "phyle_owner@"), dsn_server=server)
    found = [each async for each in ledger_findings(whole.store.settings, doors, repair=repair)]
    return [each.sentence for each in found if each.topic == "projection"]


async def vouched_and_decided(whole: Instance, by: Sequence[Actor], member: str) -> None:
    for each in by[:2]:
        await acting.perform(whole.store, each, "vouch", {"member": member})
    await append.drain(whole.store)
    _, known = await member_of(whole, await actor_of(whole, member))
    assert known.standing == "probation"
    await admit_now(whole, by, member)


async def actor_of(whole: Instance, member: str) -> str:
    query = "SELECT a.uri FROM cooperative.people p JOIN identity.actors a ON a.id = p.actor WHERE p.member = $1"
    return str(await whole.value(query, member))


async def polled(bob: Member, choice: str) -> None:
    """Bob sees the question of the ballot at home, and answers it there, as in any client."""

    async def question() -> dict[str, Any] | None:
        home = await bob.get("/api/v1/timelines/home")
        return next((status["poll"] for status in home if status["poll"] and not status["poll"]["expired"]), None)

    poll = await eventually(question)
    titles = [option["title"] for option in poll["options"]]
    await bob.post(f"/api/v1/polls/{poll['id']}/votes", choices=[titles.index(choice)])


async def test_a_member_elsewhere_votes_from_home_and_verifies_the_phyle(
    whole: Instance,
    beyond: Instance,
    clocks: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "auditor"))
    await begin(beyond.store)
    by = await founders(whole, QUICK)
    bob, member = await asked(whole, beyond)
    await vouched_and_decided(whole, by, member)
    assert (await state_of(bob, "admitted"))["credential"]
    agora = await bob.get("/api/v2/search", q=await group(whole, "agora"), type="accounts", resolve="true")
    await bob.post(f"/api/v1/accounts/{agora['accounts'][0]['id']}/follow")
    await beyond.settled()
    await whole.settled()

    name = {"kind": "PublicFace", "arguments": {"what": "name", "value": "Two towns"}}
    id = await propose(whole.store, by[0], name)
    await polled(bob, "Agree")
    await beyond.settled()
    await whole.settled()
    await vote(whole.store, by[0], f"{id}.1", "against")
    await vote(whole.store, by[1], f"{id}.1")
    await pass_time(whole.store, clocks, days=3)
    assert (await proposal(whole.store, id)).phase == "executed"  # two against one: bob's vote decided
    await whole.settled()
    assert (await whole.client.get("/api/v2/instance")).json()["title"] == "Two towns"
    assert member.encode() in await whole.value("SELECT data FROM cooperative.sheets WHERE ballot = $1", f"{id}.1")

    await verified(whole, capsys, f"{id}.1", by[0])


async def verified(whole: Instance, capsys: pytest.CaptureFixture[str], ballot: str, by: Actor) -> None:
    """All holds; whatever is changed is named; what is put right holds again."""

    async def covered() -> bool:
        query = "SELECT (SELECT max(size) FROM cooperative.checkpoints) = (SELECT count(*) FROM cooperative.entries)"
        return bool(await whole.value(query))

    await eventually(covered)
    status, said = await audited(whole, capsys)
    assert status == 0, said
    async with whole.store.transaction() as tx:
        issued = await tokens.issue(tx, application=None, actor=by.id, scopes="read")
    status, said = await audited(whole, capsys, "--token", issued.secret)
    assert (status, "unverifiable" in said) == (0, False), said
    seq = await whole.value("SELECT max(seq) FROM cooperative.entries WHERE kind = 'vote'")
    leaf = "convert_to(replace(convert_from(leaf, 'UTF8'), '\"nonce\":\"', '\"nonce\":\"0'), 'UTF8')"
    paper = "convert_to(replace(convert_from(data, 'UTF8'), '\"against\"', '\"abstain\"'), 'UTF8')"
    for table, column, where, change, named in (
        ("entries", "leaf", f"seq = {seq}", leaf, f"entry {seq}"),
        ("entries", "hash", "seq = 4", "set_byte(hash, 7, get_byte(hash, 7) # 1)", "entry 4"),
        ("sheets", "data", f"ballot = '{ballot}'", paper, "tally"),
    ):
        right = await changed(whole, table, column, where, change)
        status, said = await audited(whole, capsys)
        assert (status, named in said) == (1, True), said
        await owned(whole, PAST, right)
    assert (await audited(whole, capsys))[0] == 0

    await owned(whole, "UPDATE cooperative.slices SET value = jsonb_set(value, '{electors}', '9') WHERE kind = 'phyle'")
    assert any("phyle" in sentence and "9" in sentence for sentence in await diagnosed(whole))
    assert all("repaired" in sentence for sentence in await diagnosed(whole, repair=True))
    assert await diagnosed(whole) == ["every slice is what the entries say"]
