"""Entries: what is handed in is entered once, in order, with all that follows, or refused with the law's own words."""

import asyncio
import time
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from phyle.cooperative.law.acts import act_hash, sign
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.table import LAW
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.acts import Answer, submit, submit_in, wait
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.deciding import OURS
from phyle.cooperative.ledger.openings import seal
from phyle.cooperative.ledger.sheets import sheet
from phyle.errors import Conflict, Malformed, Refusal, Refused, TooLarge, Unavailable, Unprocessable, Unproven
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle
from tests.servers import eventually


@pytest.fixture
def phyle(store: Store) -> Phyle:
    return Phyle(store=store)


async def test_a_ledger_begins_once_however_often_it_is_told_to(phyle: Phyle) -> None:
    await asyncio.gather(*(begin(phyle.store) for _ in range(5)))
    assert await phyle.kinds() == ["begin"]
    async with phyle.store.reading() as tx:
        here = await reading.phyle(tx)
    assert here is not None
    assert (here.origin, here.phase) == ("localhost:8080/ledger/1", "gathering")


async def test_three_found_and_decide_and_it_is_executed(phyle: Phyle) -> None:
    founders = await phyle.founded()
    proposal = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(proposal)
    for each in founders:
        await phyle.vote(each, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    async with phyle.store.reading() as tx:
        shown = await sheet(tx, ballot)
    assert shown is not None
    assert shown.audience == "public"
    assert shown.data.count(b'"paper":"for"') == 3
    assert (await phyle.kinds())[-7:] == ["vote", "vote", "vote", "close", "tally", "decide", "execute"]


async def test_the_same_act_has_the_same_answer_and_one_entry(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    act = await phyle.document(person, "exit", {})
    answers = await asyncio.gather(*(submit(phyle.store, act, author="server-key") for _ in range(50)))
    assert len(set(answers)) == 1
    assert (await phyle.kinds()).count("exit") == 1


async def test_a_refusal_is_the_laws_and_is_remembered(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    act = await phyle.document(person, "return", {})
    for _ in range(2):
        with pytest.raises(Refused, match="lapsed"):
            await submit(phyle.store, act, author="server-key")
    assert "return" not in await phyle.kinds()


async def test_a_nonce_is_good_for_one_act_but_a_forgery_does_not_use_it_up(phyle: Phyle) -> None:
    person, other = (await phyle.founded())[:2]
    act = await phyle.document(person, "exit", {})
    forged = {**act, "proof": (await phyle.document(other, "exit", {}))["proof"]}
    with pytest.raises(Unproven):
        await submit(phyle.store, forged, author="server-key")
    await submit(phyle.store, act, author="server-key")
    with pytest.raises(Conflict):
        await submit(phyle.store, {**act, "expires": act["expires"] + 1}, author="server-key")


async def test_what_is_no_act_or_opens_nothing_is_refused_before_it_is_kept(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    act = await phyle.document(person, "exit", {})
    with pytest.raises(Malformed):
        await submit(phyle.store, {**act, "nonce": "x"}, author="server-key")
    with pytest.raises(Malformed, match="opening"):
        await submit(phyle.store, act, author="server-key", openings=[seal("claim", "all of it")])
    assert await phyle.rows("SELECT id FROM cooperative.acts WHERE state <> 'entered'") == []


async def test_openings_go_with_a_refused_act(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    sealed = seal("reason", "No.")
    with pytest.raises(Refused):
        await phyle.act(person, "object", {"member": phyle.new_id(), "reason": sealed.commitment}, [sealed])
    assert await phyle.rows("SELECT * FROM cooperative.openings WHERE commitment = $1", sealed.commitment) == []


async def test_a_vote_that_could_never_be_counted_is_not_taken(phyle: Phyle) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    _, document = await phyle.paper(founders[0], ballot, {"paper": "for"})
    with pytest.raises(Unprocessable, match="counted"):
        await submit(phyle.store, document, author="server-key")
    huge, document = await phyle.paper(founders[0], ballot, {"paper": "x" * 5000})
    with pytest.raises(TooLarge):
        await submit(phyle.store, document, author="server-key", openings=[huge])
    assert "vote" not in await phyle.kinds()


async def test_a_choice_is_kept_closed_whatever_who_hands_it_in_says(phyle: Phyle) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    sealed, document = await phyle.paper(founders[0], ballot, {"paper": "for"})
    shown = replace(sealed, audience="public", about="")
    await submit(phyle.store, document, author="server-key", openings=[shown])
    rows = await phyle.rows("SELECT audience, about FROM cooperative.openings WHERE commitment = $1", sealed.commitment)
    assert [tuple(row) for row in rows] == [("closed", ballot)]


async def test_an_opening_does_not_go_with_another_act_that_is_refused(phyle: Phyle) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    sealed, document = await phyle.paper(founders[0], ballot, {"paper": "for"})
    forged = {**document, "nonce": "f" * 32}
    async with phyle.store.transaction() as tx:
        for each in (forged, document):
            await submit_in(tx, each, author="server-key", openings=[sealed])
    await append.drain(phyle.store)
    rows = await phyle.rows("SELECT seq FROM cooperative.openings WHERE commitment = $1", sealed.commitment)
    assert len(rows) == 1
    assert rows[0]["seq"]
    assert (await phyle.kinds())[-1] == "vote"


async def test_fifty_parallel_papers_of_one_member_are_one_ballot(phyle: Phyle) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    await asyncio.gather(*(phyle.vote(founders[0], ballot, {"paper": "for"}) for _ in range(50)))
    papers = await phyle.rows("SELECT id FROM cooperative.slices WHERE kind = 'paper'")
    assert [row["id"] for row in papers] == [f"{ballot}/{founders[0].id}"]
    async with phyle.store.reading() as tx:
        member = await reading.get(tx, Member, founders[0].id)
    assert member is not None
    assert member.last_act


async def test_where_papers_are_final_one_of_fifty_is_entered(phyle: Phyle) -> None:
    founders = await phyle.founded(text=charter(more="final = true"))
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    votes = (phyle.vote(founders[0], ballot, {"paper": "for"}) for _ in range(50))
    done = await asyncio.gather(*votes, return_exceptions=True)
    assert sum(isinstance(each, Refused) for each in done) == 49
    assert (await phyle.kinds()).count("vote") == 1


async def test_acts_that_waited_when_a_process_ended_are_entered_by_the_next(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    act = await phyle.document(person, "exit", {})
    async with phyle.store.transaction() as tx:
        hash = await submit_in(tx, act, author="server-key")
    running = asyncio.create_task(append.of(phyle.store).run())
    await eventually(lambda: phyle.decided(hash))
    running.cancel()
    assert (await phyle.answer(hash)).seq == (await wait(phyle.store, hash)).seq


@pytest.mark.threat("I4")
async def test_what_comes_late_through_another_door_is_dated_behind_what_is_entered(phyle: Phyle) -> None:
    """A door that says when it received something has to say so in time; else it came when it became known."""
    founders = await phyle.founded()
    proposal = await phyle.resolution(founders[0])
    await phyle.to_ballot(proposal)
    late = await phyle.document(founders[1], "exit", {})
    async with phyle.store.transaction() as tx:
        before = await tx.value(Query("SELECT nothing_before FROM cooperative.ledger"))
        hash = await submit_in(tx, late, author="server-key", received=before - 1000)
    answer = await wait(phyle.store, hash)
    assert answer.state == "entered"
    assert answer.received == before


async def test_what_is_due_is_entered_within_a_second_of_its_time_without_anybody_asking(phyle: Phyle) -> None:
    founders = await phyle.founded()
    proposal = await phyle.resolution(founders[0])
    due = (await phyle.agenda())[0][0]
    running = asyncio.create_task(append.of(phyle.store).run())
    await phyle.turn(to=due, drain=False)
    began = time.monotonic()
    await eventually(lambda: phyle.phase(proposal, "balloting"))
    running.cancel()
    assert time.monotonic() - began < 3  # a second, on a machine that does other things too


async def test_an_error_of_ours_in_an_act_refuses_it_and_nothing_else(
    phyle: Phyle, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await phyle.founded()
    before = await phyle.rows("SELECT kind, id, value FROM cooperative.slices ORDER BY kind, id")

    def broken(state: Any, given: Any) -> NoReturn:
        state.put(replace(state.require(Member, given.by), standing="expelled"), given.by)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(LAW.acts, "exit", replace(LAW.acts["exit"], apply=broken))
        with pytest.raises(Refusal) as refused:
            await phyle.act(people[0], "exit", {})
    assert (refused.value.status, refused.value.sentence) == (500, OURS)
    assert await phyle.rows("SELECT kind, id, value FROM cooperative.slices ORDER BY kind, id") == before
    await phyle.act(people[0], "exit", {})


async def test_a_consequence_that_cannot_be_computed_stops_the_ledger_and_skips_nothing(
    phyle: Phyle, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await phyle.founded()
    await phyle.resolution(people[0])

    def broken(*_: Any) -> NoReturn:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(LAW.consequences, "open", replace(LAW.consequences["open"], due=broken))
        await phyle.turn(to=(await phyle.agenda())[0][0])
        async with phyle.store.reading() as tx:
            assert "open" in (await append.stopped(tx) or "")
        act = await phyle.document(people[1], "exit", {})
        with pytest.raises(Unavailable, match="stands still"):
            await submit(phyle.store, act, author="server-key")
    async with phyle.store.transaction() as tx:
        await append.resume(tx)
    await submit(phyle.store, act, author="server-key")
    assert (await phyle.kinds())[-2:] == ["open", "exit"]


async def test_a_ledger_that_was_stopped_keeps_what_comes(phyle: Phyle) -> None:
    person = (await phyle.founded())[0]
    async with phyle.store.transaction() as tx:
        await append.stop(tx, "It is behind its own checkpoint.")
    act = await phyle.document(person, "exit", {})
    with pytest.raises(Unavailable, match="behind"):
        await submit(phyle.store, act, author="server-key")
    async with phyle.store.transaction() as tx:
        await append.resume(tx)
    assert (await submit(phyle.store, act, author="server-key")).state == "entered"


async def test_an_act_whose_signer_saw_another_ledger_is_refused(phyle: Phyle) -> None:
    """Entered, it would accuse an honest host of showing two ledgers."""
    person = (await phyle.founded())[0]
    async with phyle.store.reading() as tx:
        head = await reading.head(tx)
    told = await phyle.document(person, "exit", {})
    bare = {name: value for name, value in told.items() if name != "proof"}
    for size, root in ((head.size, "00" * 32), (head.size + 9, head.root.hex())):
        false = sign({**bare, "head": {"size": size, "root": root}}, person.key, at=bare["expires"] - DAY)
        with pytest.raises(Refused, match="never had"):
            await submit(phyle.store, false, author="server-key")
    true = {**bare, "nonce": "ab" * 16, "head": {"size": head.size, "root": head.root.hex()}}
    await submit(phyle.store, sign(true, person.key, at=bare["expires"] - DAY), author="server-key")
    assert (await phyle.kinds())[-1] == "exit"


async def test_an_act_that_the_database_does_not_hold_keeps_nobody_waiting(
    phyle: Phyle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the law overlooks, such as a NUL, is refused; what waits beside it is entered."""
    first, second, third = await phyle.founded()
    poisoned = await phyle.document(first, "exit", {})
    beside = [await phyle.document(each, "exit", {}) for each in (second, third)]
    written = append.write

    async def write(tx: Any, batch: Any, edge: Any) -> Any:
        if any(entry.act is not None and entry.act.hash == act_hash(poisoned) for entry in batch.entries):
            await tx.run(Query("SELECT $1::text"), "\0")
        return await written(tx, batch, edge)

    monkeypatch.setattr(append, "write", write)
    answers = await asyncio.gather(
        *(submit(phyle.store, act, author="server-key") for act in (poisoned, *beside)), return_exceptions=True
    )
    assert isinstance(answers[0], Refusal)
    assert answers[0].sentence == OURS
    assert [answer.state for answer in answers[1:] if isinstance(answer, Answer)] == ["entered", "entered"]
    assert (await phyle.kinds()).count("exit") == 2
