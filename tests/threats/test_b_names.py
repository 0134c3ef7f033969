"""Attacks on names: a host speaks for the names that end in it, and for no actor of another host."""

from collections.abc import AsyncIterator

import pytest

from phyle.federation import people
from phyle.identity import actors
from phyle.store.jobs import Become
from tests.between import met
from tests.instance import Instance
from tests.peer import ACTIVITY, Peer, peer


@pytest.fixture
async def good() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


@pytest.fixture
async def evil() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


def finger(host: Peer, name: str, subject: str, uri: str) -> None:
    """`host` says of `name` that it is called `subject` and is the actor `uri`."""
    host.documents[f"/.well-known/webfinger?resource=acct:{name}@{host.host}"] = {
        "subject": f"acct:{subject}",
        "links": [{"rel": "self", "type": ACTIVITY, "href": uri}],
    }


async def called(here: Instance, uri: str) -> str:
    async with here.store.reading() as tx:
        actor = await actors.by_uri(tx, uri)
    assert actor is not None
    return actor.acct


@pytest.mark.threat("B14")
@pytest.mark.parametrize("known", [True, False])
async def test_a_host_cannot_rename_the_actor_of_another(
    here: Instance, good: Peer, evil: Peer, *, known: bool
) -> None:
    ana, alice = await here.member("ana"), good.actor("alice")
    if known:
        await met(here, alice)
    finger(evil, "alice", f"alice@{evil.host}", alice)
    finger(evil, "other", f"other@{evil.host}", alice)
    for name in ("alice", "other"):
        found = await ana.get("/api/v2/search", q=f"@{name}@{evil.host}", resolve="true", type="accounts")
        assert [each["acct"] for each in found["accounts"]] == [f"alice@{good.host}"]
    await here.settled()
    assert await called(here, alice) == f"alice@{good.host}"


@pytest.mark.threat("B14")
async def test_a_name_that_is_confirmed_is_the_name_that_is_shown(here: Instance, good: Peer, evil: Peer) -> None:
    """`good` lends one name to an actor of `evil`: not whatever that actor calls itself."""
    mallory = evil.actor("admin")
    for host, name in ((evil, "admin"), (good, "mallory")):
        finger(host, name, f"mallory@{good.host}", mallory)
    await met(here, mallory)
    await here.settled()
    assert await called(here, mallory) == f"admin@{evil.host}"
    await people.resolve(here.net, here.store, "mallory", good.host)
    assert await called(here, mallory) == f"admin@{evil.host}"


@pytest.mark.threat("B14")
async def test_a_host_may_lend_its_name_to_the_same_name_elsewhere(here: Instance, good: Peer, evil: Peer) -> None:
    web, plain = good, evil
    alice = web.actor("alice")
    for host in (web, plain):
        finger(host, "alice", f"alice@{plain.host}", alice)
    found = await people.resolve(here.net, here.store, "alice", plain.host)
    assert (found.uri, found.acct) == (alice, f"alice@{plain.host}")


async def test_a_host_that_is_away_is_asked_again_for_a_name_and_not_for_ever(here: Instance, good: Peer) -> None:
    uri = good.actor("bob")
    bob = await met(here, uri)
    good.documents[f"/.well-known/webfinger?resource=acct:bob@{good.host}"] = 503
    body, asked = {"actor": bob.id}, 0
    while (become := await people.confirm_name(here.net, here.store, body)) is not None:
        assert isinstance(become, Become)
        assert (become.job, become.after.total_seconds() > 1) == ("federation.confirm_name", True)
        body, asked = dict(become.body), asked + 1
    assert asked == people.PATIENCE - 1
