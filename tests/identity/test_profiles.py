"""What people say of themselves."""

import pytest

from phyle.errors import Unprocessable
from phyle.identity import accounts, actors, profiles
from phyle.identity.profiles import Change, ProfileChanged
from phyle.powers import NONE
from phyle.store.jobs import local, told
from phyle.store.transaction import Store
from tests.newcomers import newcomer


async def changed(store: Store, wanted: Change) -> actors.Actor:
    account = await newcomer(store)
    async with store.transaction() as tx:
        return await profiles.change(tx, account.actor, wanted)


async def test_what_is_typed_becomes_html_and_is_kept(store: Store) -> None:
    actor = await changed(store, Change(display_name=" Ana ", note="I <b>grow</b> #Leeks\n\nhttps://leek.example"))
    assert (actor.display_name, actor.note) == ("Ana", "I <b>grow</b> #Leeks\n\nhttps://leek.example")
    assert "&lt;b&gt;grow" in actor.summary
    assert f'href="{store.settings.origin}/tags/' in actor.summary
    assert 'href="https://leek.example"' in actor.summary


async def test_what_is_not_sent_stays(store: Store) -> None:
    actor = await changed(store, Change(display_name="Ana", note="x", locked=True, bot=True))
    async with store.transaction() as tx:
        again = await profiles.change(tx, actor, Change(discoverable=False))
    assert (again.display_name, again.note, again.locked, again.kind, again.discoverable) == (
        "Ana",
        "x",
        True,
        "Service",
        False,
    )
    async with store.transaction() as tx:
        assert (await profiles.change(tx, again, Change(bot=False, note=""))).kind == "Person"


async def test_fields_are_links_without_paragraphs_and_half_empty_ones_are_left_out(store: Store) -> None:
    fields = [("Site", "https://leek.example/?a=1&b=2"), ("", "x"), ("x", " "), ("Pronouns", '<i>"they"')]
    actor = await changed(store, Change(fields=fields))
    assert [field["name"] for field in actor.fields] == ["Site", "Pronouns"]
    site, pronouns = actor.fields
    assert site["value"].startswith("<a ")
    assert (site["typed"], site["verified_at"]) == ("https://leek.example/?a=1&b=2", None)
    assert "<i>" not in pronouns["value"]
    assert "<p>" not in pronouns["value"]


async def test_a_value_that_stays_the_same_stays_verified(store: Store) -> None:
    account = await newcomer(store)
    verified = [{"name": "a", "value": "b", "typed": "b", "verified_at": "2026-01-01T00:00:00.000Z"}]
    async with store.transaction() as tx:
        actor = await profiles.change(tx, account.actor, Change())
        await tx.run(actors.SQL.update_profile, actor.id, "", "", "", verified, False, True, False, "Person", [])
        actor = await actors.by_id(tx, actor.id)
        same = await profiles.change(tx, actor, Change(fields=[("a", "b")]))
        other = await profiles.change(tx, actor, Change(fields=[("a", "c")]))
    assert same.fields[0]["verified_at"] == "2026-01-01T00:00:00.000Z"
    assert other.fields[0]["verified_at"] is None


@pytest.mark.threat("F19")
@pytest.mark.parametrize(
    "wanted",
    [
        Change(display_name="x" * (profiles.LONGEST_NAME + 1)),
        Change(note="x" * (profiles.LONGEST_NOTE + 1)),
        Change(fields=[("a", "b")] * (profiles.MOST_FIELDS + 1)),
        Change(fields=[("x" * (profiles.LONGEST_FIELD + 1), "b")]),
        Change(fields=[("a", "x" * (profiles.LONGEST_FIELD + 1))]),
    ],
)
async def test_everything_has_a_limit(store: Store, wanted: Change) -> None:
    with pytest.raises(Unprocessable):
        await changed(store, wanted)


async def test_everyone_who_listens_hears_of_it(store: Store) -> None:
    async def listen(_tx: object, _body: dict[str, int]) -> None: ...

    store.jobs = {**store.jobs, "listen": local(listen, NONE)}
    store.subscriptions = {ProfileChanged: told(NONE, "listen")}
    actor = await changed(store, Change(display_name="Ana"))
    async with store.reading() as tx:
        waiting = await tx._connection.fetch("SELECT body FROM store.jobs WHERE name = 'listen'")
        assert (await accounts.by_actor(tx, actor.id)).actor.display_name == "Ana"
    assert [row["body"] for row in waiting] == [{"actor": actor.id}]
