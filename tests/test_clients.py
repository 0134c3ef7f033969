"""Unmodified clients from the package index against a running server: `toot` as a command, Mastodon.py as a library."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from mastodon import Mastodon

from tests.servers import Person, Server, eventually, free_port, served
from tests.web.pages.browser import Browser

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


@pytest.fixture(scope="module")
async def people(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Person, Person]]:
    """Ana and Bob, on one server."""
    server = Server(home=tmp_path_factory.mktemp("clients"), port=free_port())
    async with served(server):
        yield server.account("ana"), server.account("bob")


async def code_from_browser(person: Person, address: str) -> str:
    """What a person copies from the page that a client sends them to."""
    async with httpx.AsyncClient(base_url=person.server.origin) as client:
        browser = Browser(client)
        await browser.open(address)
        await browser.press("Log in", login=person.name, password=person.password)
        await browser.press("Allow")
        return next(each["value"] for each in browser.page.all("input") if each.get("id") == "code")


async def at_home(person: Person, status: Any) -> None:
    """Until the post of somebody whom the person follows has come home."""

    async def there() -> bool:
        return any(each["id"] == status["id"] for each in await person.get("/api/v1/timelines/home"))

    await eventually(there)


class Toot:
    """The command, with a configuration of its own."""

    def __init__(self, person: Person, config: Path) -> None:
        self.person = person
        self.environment = {**os.environ, "XDG_CONFIG_HOME": str(config), "BROWSER": "true", "NO_COLOR": "1"}
        self.command = [str(Path(sys.executable).with_name("toot")), "--no-color"]

    async def run(self, *words: str) -> str:
        done = await asyncio.to_thread(
            subprocess.run, [*self.command, *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"toot {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    async def log_in(self) -> None:
        """As a person does: open the address that it prints, and paste the code."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            "login",
            "--instance",
            self.person.server.origin,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout
        assert process.stdin
        printed = ""
        while "default browser" not in printed:
            part = await process.stdout.read(4096)
            assert part, printed
            printed += part.decode()
        address = re.search(r"https?://\S+/oauth/authorize\S*", printed)
        assert address, printed
        process.stdin.write(b"n\n")
        code = await code_from_browser(self.person, address[0])
        process.stdin.write(code.encode() + b"\n")
        rest, _ = await process.communicate()
        assert process.returncode == 0, printed + rest.decode()


async def test_toot(people: tuple[Person, Person], tmp_path: Path) -> None:
    ana, bob = people
    toot = Toot(ana, tmp_path)
    await toot.log_in()
    assert "@ana" in await toot.run("whoami")
    await toot.run("follow", "bob")
    posted = await bob.post("/api/v1/statuses", status="Bob bakes bread, @ana")
    await at_home(ana, posted)

    assert "Bob bakes bread" in await toot.run("timelines", "home")
    await toot.run("reblog", posted["id"])
    await toot.run("favourite", posted["id"])
    await toot.run("bookmark", posted["id"])
    assert "Bob bakes bread" in await toot.run("bookmarks")
    assert "Bob bakes bread" in await toot.run("notifications")
    kinds = {told["type"] for told in await bob.get("/api/v1/notifications")}
    assert kinds >= {"follow", "reblog", "favourite"}

    written = await toot.run(
        "post", "--json", "--visibility", "public", "Ana answers #bread", "--reply-to", posted["id"]
    )
    number = re.search(r'"id": ?"(\d+)"', written)
    assert number
    assert "Ana answers" in await toot.run("thread", posted["id"])
    assert "Ana answers" in await toot.run("timelines", "tag", "bread")
    assert "bob" in await toot.run("search", "bob")
    assert "bob" in await toot.run("following", "ana")
    await toot.run("delete", number[1])
    assert "Ana answers" not in await toot.run("timelines", "home")
    await toot.run("unfollow", "bob")


async def test_mastodon_py(people: tuple[Person, Person]) -> None:
    ana, bob = people
    origin = ana.server.origin

    async def call(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(work, *args, **kwargs)

    client_id, secret = await call(Mastodon.create_app, "A library", api_base_url=origin, scopes=["read", "write"])
    library = await call(Mastodon, client_id=client_id, client_secret=secret, api_base_url=origin)
    address = await call(library.auth_request_url, redirect_uris=OUT_OF_BAND, scopes=["read", "write"], allow_http=True)
    code = await code_from_browser(ana, address)
    await call(library.log_in, code=code, redirect_uri=OUT_OF_BAND, scopes=["read", "write"], allow_http=True)

    me = await call(library.account_verify_credentials)
    assert me.username == "ana"
    bobs = await call(library.account_lookup, "bob")
    relation = await call(library.account_follow, bobs.id)
    assert relation.following

    posted = await call(
        library.status_post, "Written by a library, @bob", visibility="unlisted", idempotency_key="once"
    )
    again = await call(library.status_post, "Written by a library, @bob", visibility="unlisted", idempotency_key="once")
    assert again.id == posted.id
    assert [mention.username for mention in posted.mentions] == ["bob"]
    told = await bob.get("/api/v1/notifications")
    assert told[0]["type"] == "mention"
    assert told[0]["status"]["id"] == str(posted.id)

    from_bob = await bob.post("/api/v1/statuses", status="For the library to like")
    await at_home(ana, from_bob)
    home = await call(library.timeline_home)
    assert [str(status.id) for status in home[:2]] == [from_bob["id"], str(posted.id)]
    assert (await call(library.status_favourite, from_bob["id"])).favourited
    assert (await call(library.status_reblog, from_bob["id"])).reblogged
    edited = await call(library.status_update, posted.id, "Edited by a library, @bob")
    assert "Edited" in edited.content
    assert len(await call(library.status_history, posted.id)) == 2
    assert (await call(library.status_context, posted.id)).ancestors == []
    answer = await bob.post("/api/v1/statuses", status="@ana thank you", in_reply_to_id=str(posted.id))
    notifications = await call(library.notifications)
    assert notifications[0].type == "mention"
    assert str(notifications[0].status.id) == answer["id"]
    await call(library.status_delete, posted.id)
    with pytest.raises(Exception, match="404"):
        await call(library.status, posted.id)
    assert (await call(library.instance)).domain == ana.server.domain
    await call(library.revoke_access_token, allow_http=True)
    with pytest.raises(Exception, match=r"401|revoked|invalid"):
        await call(library.account_verify_credentials)


async def test_polls_with_mastodon_py(people: tuple[Person, Person]) -> None:

    async def call(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(work, *args, **kwargs)

    anas, bobs = (Mastodon(access_token=each.token, api_base_url=each.server.origin) for each in people)
    offered = (await call(anas.instance)).configuration.polls
    assert (offered.max_options, offered.max_characters_per_option, offered.min_expiration) == (4, 50, 300)
    asked = await call(anas.make_poll, ["Bread", "Soup", "Cake"], 300, multiple=True, hide_totals=True)
    posted = await call(anas.status_post, "Lunch?", poll=asked)
    assert [option.title for option in posted.poll.options] == ["Bread", "Soup", "Cake"]
    assert (posted.poll.multiple, posted.poll.expired, posted.poll.voted) == (True, False, True)
    voted = await call(bobs.poll_vote, posted.poll.id, [0, 2])
    assert (voted.voted, voted.own_votes, voted.voters_count) == (True, [0, 2], 1)
    assert [option.votes_count for option in voted.options] == [None, None, None]
    with pytest.raises(Exception, match="already voted"):
        await call(bobs.poll_vote, posted.poll.id, [0])
    with pytest.raises(Exception, match="own poll"):
        await call(anas.poll_vote, posted.poll.id, [0])
    edited = await call(anas.status_update, posted.id, "Lunch, friends?", poll=asked)
    assert ("friends" in edited.content, edited.poll.voters_count) == (True, 1)
    other = await call(anas.make_poll, ["Nothing", "Soup"], 300)
    with pytest.raises(Exception, match="cannot be changed"):
        await call(anas.status_update, posted.id, "Lunch, friends?", poll=other)
    seen = await call(bobs.poll, posted.poll.id)
    assert (seen.own_votes, seen.voters_count) == ([0, 2], 1)
