"""Tickets and changes between two phyles, through their doors alone, with the real git and people of a third server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.between import accepted
from tests.commons.between import Maker, answered, both_settled, cloned, filled, maker
from tests.commons.workshop import Workshop, git
from tests.instance import Instance
from tests.peer import ACTIVITY, PUBLIC, Peer
from tests.servers import eventually

REASON = "Three rows do not fit into the box."


@dataclass
class Two:
    """alice maintains `seeder` on A; bob on B has a fork, and a workshop."""

    alice: Maker
    bob: Maker
    at_bobs: Workshop

    @property
    def seeder(self) -> str:
        """As bob writes it."""
        return f"@seeder.git@{self.alice.instance.origin.partition('://')[2]}"

    async def settled(self) -> None:
        await both_settled(self.alice.instance, self.bob.instance)

    async def pushed(self, branch: str = "topic", **files: str) -> str:
        """bob commits and pushes to his fork, over HTTP; the commit."""
        head = await self.at_bobs.commit({name.replace("_", "."): text for name, text in files.items()}, sign_off=True)
        host = self.bob.instance.origin.partition("://")[2]
        where = f"http://bob:{self.bob.member.token}@{host}/@{self.bob.repository.name}.git"
        await self.at_bobs.push(where, branch, force=True)
        return head

    async def offered(self, **more: Any) -> dict[str, Any]:
        """bob offers his branch, and it has arrived."""
        given = {"repository": self.seeder, "origin": "seeder_too", "branch": "topic", "title": "Sow more", **more}
        made = await self.bob.post("/offers/merge_requests", sign_off=True, **given)
        return await self.stands(made["id"], "sent", "open") if not more.get("wrong") else made

    async def stands(self, offer: str, *but: str) -> dict[str, Any]:
        """The offer as bob sees it, once it is in another state."""

        async def other() -> dict[str, Any] | None:
            (found,) = [each for each in await self.bob.get("/offers") if each["id"] == offer]
            return found if found["state"] != but[0] else None

        found: dict[str, Any] = await eventually(other)
        return found

    async def change(self, number: int = 1) -> Any:
        """The merge request as alice sees it."""
        return await self.alice.get(f"/repositories/seeder/merge_requests/{number}")


@pytest.fixture
async def two(here: Instance, beyond: Instance, tmp_path: Path) -> Two:
    alice, bob = await maker(here, "alice", "seeder"), await maker(beyond, "bob", "seeder_too")
    await filled(alice, tmp_path / "alices")
    at_bobs = await cloned(alice.folder, tmp_path / "bobs", "Bob")
    await at_bobs.push(bob.folder, "main")
    await at_bobs.branch("topic")
    return Two(alice, bob, at_bobs)


async def test_a_ticket_is_opened_from_one_phyle_at_another(two: Two) -> None:
    made = await two.bob.post("/offers/tickets", repository=two.seeder, title="It <b>leaks</b>", text="*Water*")
    known = await two.stands(made["id"], "sent")
    assert known["state"] == "open"
    found = await two.alice.get("/repositories/seeder/tickets/1")
    assert (found["ticket"]["title"], found["ticket"]["text"]) == ("It <b>leaks</b>", "*Water*")
    assert found["ticket"]["author"]["uri"] == two.bob.member.actor.uri
    answer = await two.alice.instance.client.get(known["ticket"], headers={"Accept": ACTIVITY})
    document = answer.json()
    assert document["attributedTo"] == two.bob.member.actor.uri
    assert (document["context"], document["isResolved"]) == (two.alice.uri, False)
    assert (document["summary"], document["source"]["content"]) == ("It &lt;b&gt;leaks&lt;/b&gt;", "*Water*")
    seen = await two.alice.instance.client.get(known["ticket"], headers={"Accept": "text/html"})
    assert seen.headers["location"].endswith("/@seeder.git/tickets/1")
    await two.alice.post("/repositories/seeder/tickets/1/resolve", reason="Sealed")
    assert (await two.stands(made["id"], "open"))["state"] == "resolved"
    await two.alice.post("/repositories/seeder/tickets/1/reopen")
    assert (await two.stands(made["id"], "resolved"))["state"] == "open"
    await two.bob.post(f"/offers/{made['id']}/withdraw")
    await two.settled()
    assert (await two.alice.get("/repositories/seeder/tickets/1"))["ticket"]["state"] == "resolved"


async def test_a_change_goes_from_a_fork_to_its_origin_and_a_third_takes_part(two: Two, there: Peer) -> None:
    await two.pushed(sow_py="rows = 3\nseeds = 2\n")
    known = await two.offered(text="It is *faster*", licence="PPL", mandate=True)
    assert (known["state"], known["reason"]) == ("open", "")
    found = await two.change()
    (version,) = found["versions"]
    assert (version["commits"], version["unsigned"], found["branch"], found["into"]) == (1, [], "topic", "main")
    assert version["terms"] == {"sign_off": True, "licence": "PPL", "mandate": True}
    sent = await two.bob.instance.fetch("SELECT convert_from(body, 'UTF8') AS said FROM federation.sent_activities")
    (offer,) = [said for each in sent if (said := orjson.loads(each["said"]))["type"] == "Offer"]
    (patch,) = offer["object"]["attachment"]["object"]["orderedItems"]
    assert patch["mediaType"] == "application/x-git-patch"
    assert patch["content"].startswith(f"From {version['head']}")
    assert "+rows = 3" in patch["content"]
    await _comments(two, there, "Where do the seeds come from?")

    looked_at = version["head"]
    await two.alice.post(
        "/repositories/seeder/merge_requests/1/reviews", verdict="changes", version=1, text="Four rows, please"
    )
    refused = await two.alice.ask(
        "POST", "/repositories/seeder/merge_requests/1/apply", json={"head": looked_at, "method": "merge"}
    )
    assert refused.status_code == 409
    head = await two.pushed(sow_py="rows = 4\nseeds = 2\n")
    await two.settled()
    found = await two.change()
    assert [(each["number"], each["head"]) for each in found["versions"]] == [(1, looked_at), (2, head)]
    assert found["versions"][1]["terms"]["mandate"] is True
    stale = await two.alice.ask("POST", "/repositories/seeder/merge_requests/1/apply", json={"head": looked_at})
    assert stale.status_code == 409
    applied = await two.alice.post("/repositories/seeder/merge_requests/1/apply", head=head, method="merge")
    assert applied["phase"] == "applied"
    assert (await two.stands(known["id"], "open"))["state"] == "applied"
    said = await git(two.alice.folder, "log", "-1", "--format=%P", "main")
    assert said.split()[1] == head
    await two.settled()
    unknown = await two.bob.instance.fetch("SELECT kind FROM federation.unknown_activities")
    assert "Apply" not in {each["kind"] for each in unknown}  # it is known here what it is about


async def _comments(two: Two, there: Peer, text: str) -> None:
    """Somebody on a third server answers in the thread, as Mastodon does."""
    carla = there.actor("carla")
    ticket = (await two.change())["ticket"]
    (post,) = await two.alice.instance.fetch("SELECT * FROM conversation.posts WHERE id = $1", int(ticket["status"]))
    group = post["audience"]
    note = there.note(
        carla, f"<p>{text}</p>", inReplyTo=post["uri"], cc=[group], tag=[{"type": "Mention", "href": group}]
    )
    await accepted(two.alice.instance, there, there.activity("Create", carla, note))
    comments = (await two.change())["comments"]
    assert [(each["author"]["uri"], each["content"]) for each in comments] == [(carla, f"<p>{text}</p>")]


async def test_a_refusal_has_a_reason_and_a_withdrawal_is_heard(two: Two) -> None:
    await two.pushed(sow_py="rows = 3\nseeds = 2\n")
    first = await two.offered()
    second = await two.offered(title="The same again")
    await two.alice.post("/repositories/seeder/merge_requests/1/refuse", reason=REASON)
    found = await two.stands(first["id"], "open")
    assert (found["state"], found["reason"]) == ("refused", REASON)
    await two.bob.post(f"/offers/{second['id']}/withdraw")
    await two.settled()
    assert (await two.change(2))["phase"] == "withdrawn"
    assert (await two.change(2))["ticket"]["state"] == "resolved"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"into": "nowhere"}, "no branch nowhere"),
        ({"branch": "main"}, "nothing in this branch"),
    ],
)
async def test_what_cannot_be_taken_is_said(two: Two, given: dict[str, str], says: str) -> None:
    await two.pushed(sow_py="rows = 3\nseeds = 2\n")
    known = await two.offered(**given)
    assert known["state"] == "refused"
    assert says in known["reason"]
    assert await two.alice.get("/repositories/seeder/merge_requests") == []


async def test_who_is_invited_from_another_phyle_works_from_there(two: Two) -> None:
    await two.pushed(sow_py="rows = 3\nseeds = 2\n")
    offer = await two.offered()
    ticket = await two.alice.post("/repositories/seeder/tickets", title="It leaks")
    change = (await two.change())["ticket"]["uri"]
    for deed, address in (("resolve", ticket["uri"]), ("apply", change)):
        await two.bob.post("/errands", deed=deed, ticket=address)
    assert {each["state"] for each in await _errands(two)} == {"refused"}
    handle = f"@bob@{two.bob.instance.origin.partition('://')[2]}"
    await two.alice.post("/repositories/seeder/invitations", who=handle, role="maintainer")
    await two.settled()
    (invited,) = await two.bob.get("/commons/invitations")
    await two.bob.post(f"/commons/invitations/{invited['id']}/accept")
    await two.settled()
    await two.bob.post("/errands", deed="changes", ticket=change, text="This is my own.")
    assert "own change" in (await _errands(two))[0]["reason"]
    for deed, address in (("resolve", ticket["uri"]), ("apply", change)):
        await two.bob.post("/errands", deed=deed, ticket=address)
    assert [each["state"] for each in (await _errands(two))[:2]] == ["done", "done"]
    await two.bob.post("/errands", deed="reopen", ticket=ticket["uri"])
    assert (await _errands(two))[0]["state"] == "done"
    assert (await two.alice.get(f"/repositories/seeder/tickets/{ticket['number']}"))["ticket"]["state"] == "open"
    assert (await two.change())["phase"] == "applied"
    assert (await two.stands(offer["id"], "open"))["state"] == "applied"


async def _errands(two: Two) -> list[Any]:
    async def answered_all() -> list[Any] | None:
        found = await two.bob.get("/errands")
        return found if all(each["state"] != "sent" for each in found) else None

    found: list[Any] = await eventually(answered_all)
    return found


async def test_who_follows_the_project_from_mastodon_reads_of_its_tickets(two: Two, there: Peer) -> None:
    carla, a = there.actor("carla"), two.alice.instance
    group = await a.value("SELECT uri FROM identity.actors WHERE id = $1", two.alice.repository.circle)
    await accepted(a, there, there.activity("Follow", carla, group))
    ticket = await two.alice.post("/repositories/seeder/tickets", title="It leaks", text="Everywhere", needed=True)
    await two.alice.post(f"/repositories/seeder/tickets/{ticket['number']}/resolve", reason="Sealed.")
    await a.settled()
    notes = [each["object"] for each in there.of_type("Create") if each["actor"] == group]
    opened, resolved = notes
    assert (opened["type"], opened["phyle:ticket"], opened["name"]) == ("Note", ticket["uri"], "#1 It leaks")
    assert "Everywhere" in opened["content"]
    assert ticket["url"] in opened["content"]
    assert (resolved["inReplyTo"], PUBLIC in resolved["to"]) == (opened["id"], False)  # quiet
    assert "alice resolved this. Sealed." in resolved["content"]


async def test_what_somebody_writes_to_the_project_becomes_a_ticket(two: Two, there: Peer) -> None:
    carla, a = there.actor("carla"), two.alice.instance
    (row,) = await a.fetch("SELECT uri FROM identity.actors WHERE id = $1", two.alice.repository.circle)
    group = row["uri"]
    tag = [{"type": "Mention", "href": group, "name": "@seeder"}]
    note = there.note(carla, "<p>It <em>leaks</em></p><p>since noon</p>", to=[PUBLIC, group], tag=tag)
    await accepted(a, there, there.activity("Create", carla, note))
    post = await a.value("SELECT id FROM conversation.posts WHERE uri = $1", note["id"])
    path = "/repositories/seeder/tickets/from_status"
    bob = await maker(a, "bea", "hers")
    assert (await bob.ask("POST", path, json={"status": str(post)})).status_code == 403
    made = answered(await two.alice.ask("POST", path, json={"status": str(post)}))
    assert (made["author"]["uri"], made["title"], made["text"]) == (carla, "It leaks", "since noon")
    assert (await two.alice.ask("POST", path, json={"status": str(post)})).status_code == 409
    answer = there.note(carla, "<p>Still</p>", inReplyTo=note["id"], to=[PUBLIC], cc=[group], tag=tag)
    await accepted(a, there, there.activity("Create", carla, answer))
    comments = (await two.alice.get("/repositories/seeder/tickets/1"))["comments"]
    assert [each["content"] for each in comments] == ["<p>Still</p>"]
    (told,) = [each for each in there.of_type("Create") if "made a ticket of this" in each["object"]["content"]]
    assert told["object"]["inReplyTo"] == note["id"]


async def test_what_is_needed_on_one_phyle_is_seen_and_claimed_on_the_other(two: Two) -> None:
    opened = await two.alice.post(
        "/repositories/seeder/tickets", title="Paint it", kind="design", skills=["painting"], needed=True
    )
    await two.alice.post("/repositories/seeder/tickets", title="Nothing much")
    await two.bob.post("/offers/tickets", repository=two.seeder, title="Hello")  # so that they know of each other
    await two.settled()

    async def seen() -> list[Any] | None:
        return [each for each in await two.bob.get("/needs", skill="painting") if each["host"]] or None

    (need,) = await eventually(seen)
    assert (need["title"], need["state"], need["called"], need["uri"]) == (
        "Paint it",
        "needed",
        "seeder",
        opened["uri"],
    )
    (mine,) = await two.alice.get("/needs", kind="design")
    assert (mine["host"], mine["uri"]) == ("", opened["uri"])
    await two.bob.post(f"/needs/{need['id']}/claim", until=await _in_days(two, 3))
    await two.settled()
    ticket = (await two.alice.get(f"/repositories/seeder/tickets/{opened['number']}"))["ticket"]
    assert (ticket["need"], ticket["claimed_by"]["uri"]) == ("claimed", two.bob.member.actor.uri)

    async def claimed() -> bool:
        state: str = (await two.bob.get("/needs"))[0]["state"]
        return state == "claimed"

    await eventually(claimed)


async def _in_days(two: Two, days: int) -> int:
    return int(await two.alice.instance.value("SELECT extract(epoch FROM now())::bigint + $1 * 86400", days)) * 1000
