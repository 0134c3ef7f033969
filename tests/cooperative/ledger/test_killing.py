"""`kill -9` while entries are made: each batch is there whole or not at all, and what was answered is never lost."""

import asyncio
import random
import subprocess
import sys
from typing import Any

import asyncpg
import pytest

from phyle.cooperative.ledger import append, projections
from phyle.cooperative.ledger.acts import Answer, submit
from phyle.cooperative.ledger.openings import Opening
from phyle.errors import Unavailable
from phyle.store.transaction import Store
from tests.cooperative.ledger.phyles import Phyle

CHANCE = random.Random(9)


async def voted_until_killed(database: str, ballot: str, *, answers: int) -> list[str]:
    """What a process that votes had been answered when it was killed."""
    words = [sys.executable, "-m", "tests.cooperative.ledger.voter", database, ballot]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            answered = [await process.stdout.readline() for _ in range(answers)]
        await asyncio.sleep(CHANCE.uniform(0, 0.05))
    finally:
        process.kill()
        rest = await process.stdout.read()
        await process.wait()
    return [line.decode().strip() for line in (*answered, *rest.splitlines()) if len(line.strip()) == 64]


@pytest.mark.threat("I4")
async def test_a_process_that_is_killed_leaves_all_or_nothing(store: Store, database: str) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    for _ in range(4):
        answered = await voted_until_killed(database, ballot, answers=CHANCE.randrange(1, 120))
        assert answered
        found = await phyle.rows("SELECT hash, state FROM cooperative.acts WHERE hash = ANY($1)", answered)
        assert {row["hash"] for row in found if row["state"] == "entered"} == set(answered)
        await whole(phyle)
    await append.drain(store)
    assert await phyle.rows("SELECT 1 FROM cooperative.acts WHERE state = 'waiting'") == []
    await whole(phyle)


@pytest.mark.threat("I4")
async def test_a_count_and_an_execution_that_are_killed_leave_all_or_nothing(store: Store, database: str) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded(40)
    renaming = {"kind": "PublicFace", "arguments": {"what": "name", "value": "The bakers"}}
    proposal = await phyle.proposed(founders[0], renaming)
    ballot = await phyle.to_ballot(proposal)
    await asyncio.gather(*(phyle.vote(each, ballot, {"paper": "for"}) for each in founders))
    for _ in range(3):  # the close and the count, the execution, and what follows it
        due = (await phyle.agenda())[0][0]
        await phyle.turn(to=due, drain=False)
        for _ in range(2):
            await killed_while_entering(database)
            await whole(phyle)
        await append.drain(store)
    assert (await phyle.proposal(proposal)).phase == "executed"
    kinds = await phyle.kinds()
    assert [kinds.count(kind) for kind in ("close", "tally", "decide", "execute")] == [1, 1, 1, 1]
    assert len(await phyle.rows("SELECT 1 FROM cooperative.obligations")) == 1
    counts = await phyle.rows("SELECT value -> 'counts' -> 0 AS one FROM cooperative.slices WHERE kind = 'ballot'")
    assert counts[0]["one"]["for_"] == 40


async def killed_while_entering(database: str) -> None:
    words = [sys.executable, "-m", "tests.cooperative.ledger.counter", database]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            await process.stdout.readline()
        await asyncio.sleep(CHANCE.uniform(0, 0.06))
    finally:
        if process.returncode is None:
            process.kill()
        await process.stdout.read()
        await process.wait()


async def whole(phyle: Phyle) -> None:
    """Entries, hashes, slices, answers and openings agree."""
    async with phyle.store.transaction() as tx:
        built = await projections.rebuild(tx)
        assert built.faults == []
        assert await projections.differences(tx, built.state) == []
    entries = await phyle.rows("SELECT count(*) AS n FROM cooperative.entries")
    assert entries[0]["n"] == built.edge.size
    lost = await phyle.rows(
        """
        SELECT a.hash FROM cooperative.acts a
        LEFT JOIN cooperative.entries e ON e.seq = a.seq
        WHERE a.state = 'entered' AND coalesce(position(convert_to(a.nonce, 'UTF8') IN e.leaf), 0) = 0
        """
    )
    assert lost == []
    unopened = await phyle.rows(
        """
        SELECT a.hash FROM cooperative.acts a LEFT JOIN cooperative.openings o ON o.act = a.hash
        WHERE a.state = 'entered' AND (convert_from(a.document, 'UTF8')::jsonb ->> 'kind') = 'vote'
          AND o.seq IS DISTINCT FROM a.seq
        """
    )
    assert unopened == []


async def test_sessions_that_end_at_any_moment_lose_nothing(store: Store, database: str) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    papers = [await phyle.paper(founders[place % 3], ballot, {"paper": "for"}) for place in range(120)]
    running = asyncio.create_task(append.of(store).run())
    cutting = asyncio.create_task(cut(database))
    try:
        async with asyncio.timeout(60):
            answers = await asyncio.gather(*(until_answered(store, *each) for each in papers))
    finally:
        cutting.cancel()
        running.cancel()
    assert len({answer.seq for answer in answers}) == len(papers)
    assert (await phyle.kinds()).count("vote") == len(papers)
    await whole(phyle)


async def until_answered(store: Store, sealed: Opening, document: dict[str, Any]) -> Answer:
    """As a client does that is told to try again."""
    while True:
        try:
            return await submit(store, document, author="server-key", openings=[sealed])
        except Unavailable:
            await asyncio.sleep(CHANCE.uniform(0, 0.2))


async def cut(database: str) -> None:
    """End some of the server's sessions, again and again."""
    connection = await asyncpg.connect(database.replace("phyle_server@", "postgres@"))
    try:
        for _ in range(12):
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'phyle_server' AND datname = current_database() AND random() < 0.5"
            )
            await asyncio.sleep(CHANCE.uniform(0.01, 0.1))
    finally:
        await connection.close()
