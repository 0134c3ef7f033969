"""Five people found a phyle and live in it, from an unmodified Mastodon client where that can be, else by the API."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mastodon import Mastodon

from phyle.cooperative.activities import noticing
from phyle.cooperative.charter.templates import template
from phyle.cooperative.law.draws import digest_of
from phyle.cooperative.law.kinds import DAY, HOUR
from phyle.cooperative.ledger import append
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.servers import eventually
from tests.web.cooperative.living import FOR, Living, Person

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
NAMES = ("ana", "ben", "cleo", "dora", "emil")
MOST_DAYS = 60


class Phyle(Living):
    """The five, their clients, and a calendar."""

    def client(self, person: Person) -> Mastodon:
        return Mastodon(access_token=person.account.token, api_base_url=self.here.origin, version_check_mode="none")

    async def by_client(self, person: Person, do: Callable[[Mastodon], Any]) -> Any:
        """What the person does in their app."""
        return await asyncio.to_thread(do, self.client(person))

    async def noticed(self) -> None:
        for _ in range(2):
            async with self.here.store.transaction() as tx:
                await noticing.look(tx, {})
            await append.drain(self.here.store)

    async def phase(self, id: str) -> str:
        return str((await self.anyone(f"/proposals/{id}"))["proposal"]["phase"])

    async def until(self, id: str, *phases: str) -> str:
        """Days pass until the proposal is in one of these phases."""
        await self.noticed()
        for _ in range(MOST_DAYS):
            if (phase := await self.phase(id)) in phases:
                return phase
            await self.later(days=1)
        raise AssertionError(f"after {MOST_DAYS} days the proposal is {await self.phase(id)}")

    async def ballot(self, id: str) -> str:
        await self.until(id, "balloting")
        return str((await self.anyone(f"/proposals/{id}"))["proposal"]["ballot"])

    async def polled(self, id: str, voters: list[Person], choice: int = 0) -> None:
        """The voters find the poll in their home, and vote in it."""
        await self.ballot(id)
        await self.here.settled()
        for voter in voters:
            await self.by_client(voter, lambda app: app.poll_vote(_poll(app, id)["id"], [choice]))
        await self.here.settled()

    async def over(self, id: str) -> str:
        return await self.until(id, "executed", "failed", "sent_back", "annulled")

    async def elected(self, by: Person, seats: int, candidates: list[Person], voters: list[Person]) -> None:
        election = {"office": "stewards", "seats": seats}
        done = await by.post(
            "/proposals", title="Stewards", text="Who?", options=[], election=election, seats=seats, method="stv"
        )
        id = done["payload"]["proposal"]
        for candidate in candidates:
            await by.post(f"/proposals/{id}/nominate", member=candidate.member)
            if candidate is not by:
                await candidate.post(f"/proposals/{id}/accept_nomination")
        ballot = await self.ballot(id)
        labels = [option["label"] for option in (await self.anyone(f"/proposals/{id}"))["proposal"]["options"]]
        for voter in voters:
            ranking = [labels.index(candidate.member) for candidate in candidates]
            await voter.post(f"/ballots/{ballot}/vote", choice={"rank": ranking})
        assert await self.over(id) == "executed"

    async def stewards(self) -> set[str]:
        found: set[str] = set()
        for name in NAMES:
            member = self.people[name].member
            mandates = await self.anyone(f"/members/{member}/mandates")
            found |= {member for each in mandates if each["office"] == "stewards" and not each.get("ended")}
        return found


def _poll(app: Mastodon, proposal: str) -> Any:
    agora = app.account_lookup("agora")
    for status in app.account_statuses(agora["id"]):
        if status["poll"] and not status["poll"]["expired"] and proposal in status["content"]:
            return status["poll"]
    raise AssertionError("the poll is not there")


@pytest.fixture
async def five(whole: Instance, clock: Clock) -> Phyle:
    phyle = Phyle(here=whole, clock=clock)
    await phyle.founded(*NAMES, text=template("small-assembly"))
    return phyle


async def amended(five: Phyle, people: list[Person]) -> None:
    text = template("small-assembly").replace("deliberation_days = 5", "deliberation_days = 4")
    draft = await people[0].post("/charter/drafts", text=text)
    amends = (await five.anyone("/phyle"))["charter"]
    amend = {"kind": "Amend", "arguments": {"charter": draft["charter"], "amends": amends}}
    id = await five.proposed(people[0], amend, title="Deliberate a day less")
    await five.polled(id, people)
    assert await five.over(id) == "executed"
    assert (await five.anyone("/phyle"))["charter"] == draft["charter"]


async def assembled(five: Phyle, people: list[Person]) -> None:
    """They meet, resolve something, and approve the minutes that the ledger wrote."""
    opens = (await five.anyone("/phyle"))["now"] + 15 * DAY
    called = await people[0].post(
        "/assemblies", kind="ordinary", title="First", text="Come.", opens=opens, closes=opens + 3 * HOUR
    )
    id = called["payload"]["assembly"]
    point = await five.proposed(people[1], {"kind": "Resolve", "arguments": {}}, title="Bees")
    await people[1].post(f"/assemblies/{id}/agenda", proposal=point)
    await five.noticed()
    await five.later(milliseconds=opens - (await five.anyone("/phyle"))["now"])
    await people[4].post(f"/assemblies/{id}/attend")
    for person in people[:4]:
        await person.post(f"/ballots/{point}.1/vote", choice=FOR)
    for _ in range(3):
        await five.later(days=1)
    held = (await five.anyone(f"/assemblies/{id}"))["assembly"]
    assert (held["came"], held["quorate"]) == (5, True)
    written = await people[0].get(f"/assemblies/{id}")
    assert "Bees" in written["minutes"]
    approve = {"kind": "Resolve", "arguments": {"text": written["minutes_hash"]}}
    approval = await five.proposed(people[0], approve, title="Approve the minutes")
    await five.polled(approval, people)
    assert await five.over(approval) == "executed"
    assert (await five.anyone(f"/assemblies/{id}"))["assembly"]["phase"] == "approved"
    assert await five.over(point) == "executed"


async def deliberated(five: Phyle, person: Person) -> None:
    """A reply from an ordinary client stands in the thread of the proposal."""
    id = await five.proposed(person, {"kind": "Resolve", "arguments": {}}, title="A garden")
    await five.here.settled()

    def reply(app: Mastodon) -> Any:
        agora = app.account_lookup("agora")
        post = next(each for each in app.account_statuses(agora["id"]) if id in each["content"])
        app.status_post("Beans first.", in_reply_to_id=post["id"])
        return app.status_context(post["id"])["descendants"]

    descendants = await five.by_client(person, reply)
    assert any("Beans first" in each["content"] for each in descendants)


async def recalled(five: Phyle, people: list[Person], whom: Person) -> None:
    recall = {"kind": "Recall", "arguments": {"office": "stewards", "member": whom.member}}
    id = await five.proposed(people[0], recall, title="Recall")
    await five.polled(id, [person for person in people if person is not whom])
    assert await five.over(id) == "executed"
    assert whom.member not in await five.stewards()


async def expelled(five: Phyle, people: list[Person], accused: Person) -> None:
    charge = await people[0].post("/charges", member=accused.member, articles="Article 4", reasons="Sold the bread.")
    charge_id = charge["payload"]["charge"]
    await accused.post(f"/charges/{charge_id}/reply", reply="I gave it away.")
    expel = {"kind": "Expel", "arguments": {"member": accused.member, "charge": charge_id}}
    id = await five.proposed(people[0], expel, title="Expel")
    ballot = await five.ballot(id)
    await accused.post(f"/ballots/{ballot}/vote", 403, choice=FOR)
    await five.polled(id, people[:4])
    assert await five.over(id) == "executed"
    assert (await five.anyone(f"/members/{accused.member}"))["standing"] == "expelled"


async def appealed(five: Phyle, people: list[Person], accused: Person) -> None:
    appeal = await accused.post("/appeals", against="expulsion", target=accused.member, text="Bread is for eating.")
    draw = await drawn(five, people[1:3])
    assert draw
    id = (await five.anyone(f"/appeals/{appeal['payload']['appeal']}"))["proposal"]
    ballot = await five.ballot(id)
    for juror in people[1:4]:
        await juror.post(f"/ballots/{ballot}/vote", choice=FOR)
    await five.until(id, "executed", "failed")
    assert (await five.anyone(f"/members/{accused.member}"))["standing"] == "member"


async def drawn(five: Phyle, committers: list[Person]) -> str:
    """The draw that waits is made by commit and reveal; its id."""
    await five.later(milliseconds=1)
    (waiting,) = [each for each in await five.anyone("/draws") if each["phase"] == "committing"]
    held = {person.member: secrets.token_hex(16) for person in committers}
    for person in committers:
        digest = digest_of(waiting["id"], person.member, held[person.member])
        await person.post(f"/draws/{waiting['id']}/commit", digest=digest)
    await five.later(days=2)
    for person in committers:
        await person.post(f"/draws/{waiting['id']}/reveal", secret=held[person.member])
    await five.later(days=1)
    return str(waiting["id"])


async def test_five_people_found_and_live_in_a_phyle(five: Phyle, tmp_path: Path) -> None:
    people = [five.people[name] for name in NAMES]
    await amended(five, people)
    await assembled(five, people)
    await deliberated(five, people[1])
    await five.elected(people[0], 2, [people[1], people[2], people[3]], people)
    assert await five.stewards() == {people[1].member, people[2].member}
    await recalled(five, people, people[2])
    await expelled(five, people, people[4])
    await appealed(five, people, people[4])
    await audited(five, tmp_path, people[0])


async def audited(five: Phyle, folder: Path, member: Person) -> None:
    """Whoever doubts any of it replays it from outside, and a member sees more than a stranger."""
    size = await five.here.value("SELECT count(*) FROM cooperative.entries")

    async def published() -> bool:
        return int((await five.here.client.get("/ledger/checkpoint")).text.splitlines()[1]) >= size

    await eventually(published)
    for token in ((), ("--token", member.account.token)):
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "phyle", "audit", five.here.origin, "--insecure-local", "--json", *token],
            env={**os.environ, "XDG_STATE_HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["sound"]
