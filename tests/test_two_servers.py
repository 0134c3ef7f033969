"""Two whole servers, each a process with a database of its own, talking over real sockets."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Person, Server, eventually, free_port, served


@pytest.fixture(scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Person, Person]]:
    """Ana on one server, Bob on another."""
    folder: Path = tmp_path_factory.mktemp("two")
    one, other = (Server(home=folder / name, port=free_port()) for name in ("one", "other"))
    async with served(one, other):
        yield one.account("ana"), other.account("bob")


async def _follow(who: Person, whom: Person) -> Any:
    account = await who.find(whom.address)
    await who.post(f"/api/v1/accounts/{account['id']}/follow")
    return account


async def _following(who: Person, account: Any) -> bool:
    (relation,) = await who.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
    return bool(relation["following"])


async def _at_home(who: Person, text: str) -> Any:
    home = await who.get("/api/v1/timelines/home", limit=40)
    return next((status for status in home if text in status["content"]), None)


@pytest.mark.parametrize("turned", [False, True], ids=["from one to the other", "and back"])
async def test_they_follow_post_reply_boost_favourite_edit_and_delete(two: tuple[Person, Person], turned: bool) -> None:
    ana, bob = two[::-1] if turned else two
    bobs_account = await _follow(ana, bob)
    await eventually(lambda: _following(ana, bobs_account))

    posted = await bob.post("/api/v1/statuses", status=f"Bread from {bob.name} #bakery")
    seen = await eventually(lambda: _at_home(ana, f"Bread from {bob.name}"))
    assert seen["account"]["acct"] == bob.address
    assert seen["tags"][0]["name"] == "bakery"
    assert seen["uri"] == posted["uri"]

    await ana.post("/api/v1/statuses", status=f"@{bob.address} I take two", in_reply_to_id=seen["id"])
    await ana.post(f"/api/v1/statuses/{seen['id']}/reblog")
    await ana.post(f"/api/v1/statuses/{seen['id']}/favourite")
    for kind in ("mention", "reblog", "favourite", "follow"):
        (told, *_) = await eventually(partial(bob.get, "/api/v1/notifications", **{"types[]": kind}))
        assert told["account"]["acct"] == ana.address
    context = await bob.get(f"/api/v1/statuses/{posted['id']}/context")
    assert "I take two" in context["descendants"][0]["content"]

    await bob.ask("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "Rolls instead"})
    await eventually(lambda: _at_home(ana, "Rolls instead"))
    await bob.ask("DELETE", f"/api/v1/statuses/{posted['id']}")

    async def gone() -> bool:
        return await _at_home(ana, "Rolls instead") is None

    await eventually(gone)


async def test_a_locked_account_decides_who_follows(two: tuple[Person, Person]) -> None:
    ana, bob = two
    await bob.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    account = await ana.find(bob.address)
    await ana.post(f"/api/v1/accounts/{account['id']}/unfollow")
    await ana.post(f"/api/v1/accounts/{account['id']}/follow")
    (asking,) = await eventually(lambda: bob.get("/api/v1/follow_requests"))
    assert not await _following(ana, account)
    await bob.post(f"/api/v1/follow_requests/{asking['id']}/authorize")
    await eventually(lambda: _following(ana, account))
    await bob.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": False})


async def test_unfollow_and_block_are_heard_on_the_other_side(two: tuple[Person, Person]) -> None:
    ana, bob = two
    account = await _follow(ana, bob)
    await eventually(lambda: _following(ana, account))
    await ana.post(f"/api/v1/accounts/{account['id']}/unfollow")

    async def followed(member: Person = bob) -> bool:
        me = await member.get("/api/v1/accounts/verify_credentials")
        return not any(a["acct"] == ana.address for a in await member.get(f"/api/v1/accounts/{me['id']}/followers"))

    await eventually(followed)

    await _follow(ana, bob)
    await eventually(lambda: _following(ana, account))
    anas_account = await bob.find(ana.address)
    await bob.post(f"/api/v1/accounts/{anas_account['id']}/block")

    async def parted() -> bool:
        (relation,) = await ana.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
        return not relation["following"] and bool(relation["blocked_by"])

    await eventually(parted)
