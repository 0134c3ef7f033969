"""Tickets: opened by whoever may comment, sorted by whoever may sort, told where everybody may read."""

from datetime import timedelta

import pytest

from phyle.clock import now
from phyle.commons import handling, repositories, threads, tickets
from phyle.commons.tickets import Words
from phyle.conversation import posts, relations
from phyle.conversation.publishing import Draft, publish
from phyle.errors import Conflict, Missing, Refused, Unprocessable
from phyle.store.transaction import Store, Tx
from tests.commons.projects import grant, people, project
from tests.people import elsewhere, sql


async def _rows(tx: Tx, query: str) -> list[object]:
    return [row[0] for row in await tx._connection.fetch(query)]


async def test_a_ticket_has_a_number_of_its_own_and_a_thread_that_people_follow(store: Store) -> None:
    ana, bob = await people(store, "ana", "bob")
    async with store.transaction() as tx:
        one, other = await project(tx, ana), await project(tx, ana, "other")
        first = await tickets.begin(tx, one, bob, Words(title=" It  leaks ", source="Water\r\neverywhere, @ana #news"))
        second = await tickets.begin(tx, one, ana, Words(title="Paint it", kind="design", skills=["Painting"]))
        elsewhere_first = await tickets.begin(tx, other, bob, Words(title="It is empty"), needed=True)
        assert [first.number, second.number, elsewhere_first.number] == [1, 2, 1]
        assert (first.title, second.skills, elsewhere_first.need) == ("It leaks", ["painting"], "needed")
        assert first.post is not None
        note = await posts.by_id(tx, first.post)
        assert note is not None
        assert note.author == one.circle
        assert await posts.extension(tx, note.id) == {"phyle:ticket": tickets.uri(store.settings, first)}
        assert [mention["acct"] for mention in note.mentions] == ["bob"]  # not ana, whom only the ticket's text names
        assert note.tags == []
        with pytest.raises(Missing):
            await tickets.numbered(tx, other, 2)


async def test_comments_are_answers_by_peoples_own_accounts(store: Store) -> None:
    ana, bob = await people(store, "ana", "bob")
    async with store.transaction() as tx:
        seeder = await project(tx, ana)
        ticket = await tickets.begin(tx, seeder, bob, Words(title="It leaks"))
        said = await threads.comment(tx, ana, ticket.id, ticket.post, "Since when?")
        assert said.post is not None
        await publish(tx, bob, Draft(text="@ana since noon", reply_to=said.post))
        await handling.resolve(tx, ana, seeder, ticket, "Sealed.")
        found = await threads.comments(tx, None, ticket.id, ticket.post, group=seeder.circle)
        assert [(each.author, each.source) for each in found] == [(ana.id, "Since when?"), (bob.id, "@ana since noon")]
        assert "Sealed." in str(await _rows(tx, "SELECT content FROM conversation.posts ORDER BY id DESC LIMIT 1"))


async def test_what_is_private_is_said_to_nobody_else(store: Store) -> None:
    ana, bob = await people(store, "ana", "bob")
    async with store.transaction() as tx:
        hidden = await project(tx, ana, visibility="private")
        with pytest.raises(Missing):
            await tickets.begin(tx, hidden, bob, Words(title="Let me in"))
        await grant(tx, hidden, bob, "contributor")
        ticket = await tickets.begin(tx, hidden, bob, Words(title="It leaks"), needed=True)
        await threads.comment(tx, ana, ticket.id, ticket.post, "Since when?")
        await handling.claim(tx, bob, hidden, ticket, now() + timedelta(days=1))
        await handling.resolve(tx, bob, hidden, ticket)
        assert ticket.post is None
        assert [each.source for each in await threads.comments(tx, bob.id, ticket.id, None, group=0)] == ["Since when?"]
        assert await _rows(tx, "SELECT id FROM conversation.posts") == []


async def test_who_opened_it_settles_it_and_strangers_do_not(store: Store) -> None:
    ana, bob, eve = await people(store, "ana", "bob", "eve")
    async with store.transaction() as tx:
        seeder = await project(tx, ana)
        ticket = await tickets.begin(tx, seeder, bob, Words(title="It leaks"))
        with pytest.raises(Refused, match="contributor"):
            await handling.resolve(tx, eve, seeder, ticket)
        with pytest.raises(Refused):
            await handling.edit(tx, eve, seeder, ticket, Words(title="It does not"))
        with pytest.raises(Refused):
            await handling.assign(tx, bob, seeder, ticket, bob)
        settled = await handling.resolve(tx, bob, seeder, ticket)
        assert (settled.state, settled.resolved_by) == ("resolved", bob.id)
        with pytest.raises(Conflict):
            await handling.claim(tx, eve, seeder, ticket, now() + timedelta(days=1))
        again = await handling.reopen(tx, ana, seeder, ticket)
        assert (again.state, again.resolved_at) == ("open", None)
        whats = [each.what for each in await tickets.changes(tx, ticket)]
        assert whats == ["resolved", "reopened"]


async def test_a_claim_runs_out_and_is_open_to_all_again(store: Store) -> None:
    ana, bob, eve = await people(store, "ana", "bob", "eve")
    async with store.transaction() as tx:
        seeder = await project(tx, ana)
        ticket = await tickets.begin(tx, seeder, ana, Words(title="Paint it"), needed=True)
        claimed = await handling.claim(tx, bob, seeder, ticket, now() + timedelta(days=3))
        assert (claimed.need, claimed.claimed_by) == ("claimed", bob.id)
        with pytest.raises(Conflict):
            await handling.claim(tx, eve, seeder, ticket, now() + timedelta(days=1))
        with pytest.raises(Refused):
            await handling.give_back(tx, eve, seeder, ticket)
        assert await tickets.overdue(tx) == []
        await sql(tx, "UPDATE commons.tickets SET claimed_until = now() - interval '1 second'")
        assert await tickets.overdue(tx) == [ticket.id]
        await handling.run_out(tx, seeder, ticket)
        assert (await tickets.get(tx, ticket.id)).need == "stale"
        assert (await handling.claim(tx, eve, seeder, ticket, now() + timedelta(days=1))).claimed_by == eve.id
        done = await handling.resolve(tx, ana, seeder, ticket)
        assert (done.need, done.claimed_by) == ("done", eve.id)


async def test_people_of_other_servers_open_tickets_but_not_those_who_are_kept_out(store: Store) -> None:
    (ana,) = await people(store, "ana")
    async with store.transaction() as tx:
        seeder = await project(tx, ana)
        far = await elsewhere(tx, "far")
        ticket = await tickets.begin(tx, seeder, far, Words(title="Hello"), offer="https://far.example/1")
        assert await tickets.of_offer(tx, "https://far.example/1") == ticket
        with pytest.raises(Conflict):
            await tickets.begin(tx, seeder, far, Words(title="Hello"), offer="https://far.example/1")
        await relations.block(tx, await threads.circle(tx, seeder), far)
        with pytest.raises(Refused):
            await tickets.begin(tx, seeder, far, Words(title="Hello again"))


async def test_what_is_archived_gets_no_new_tickets(store: Store) -> None:
    (ana,) = await people(store, "ana")
    async with store.transaction() as tx:
        old = await repositories.change(tx, await project(tx, ana), repositories.Change(archived=True))
        with pytest.raises(Refused, match="archived"):
            await tickets.begin(tx, old, ana, Words(title="It leaks"))


@pytest.mark.parametrize(
    "words",
    [
        Words(title=""),
        Words(title="x" * 201),
        Words(title="x", source="x" * 50_001),
        Words(title="x", kind="nonsense"),
        Words(title="x", skills=["two words"]),
        Words(title="x", skills=[str(number) for number in range(11)]),
    ],
)
def test_words_that_cannot_be_kept_are_refused(words: Words) -> None:
    with pytest.raises(Unprocessable):
        tickets.checked(words)
