"""What one phyle makes, another changes and uses: forked, merged, credited, declared, and verified by anybody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from phyle.cli.commands import main
from phyle.cooperative.law.acts import verify
from phyle.settings import Settings
from phyle.store.embedded import Embedded
from tests.between import accepted
from tests.commons.workshop import Workshop, git, workshop
from tests.conftest import fresh
from tests.cooperative.law.charters import charter
from tests.instance import Instance, instance
from tests.peer import Peer
from tests.servers import eventually
from tests.web.cooperative.living import Person, answered

API = "/api/phyle/v1"
HEADER = "# SPDX-FileCopyrightText: 2026 Alice\n# SPDX-License-Identifier: PPL\n"
FILES = {
    "README.md": "# Seeder\n\nA seed drill for one person and one bed.\n",
    "sow.py": f"{HEADER}rows = 1\n",
    "LICENSES/PPL.txt": "The text of the Peer Production License.\n",
    "REUSE.toml": 'version = 1\n\n[[annotations]]\npath = "README.md"\nSPDX-FileCopyrightText = "2026 Alice"\n'
    'SPDX-License-Identifier = "PPL"\n',
}
WORKERS = {
    "surplus_to_workers": True,
    "indivisible_reserves": False,
    "outside_investors": False,
    "waged_non_members": False,
}
COOP: dict[str, Any] = {
    "user": "worker-cooperative",
    "name": "Hauskollektiv Lindenhof eG",
    "seat": "Leipzig",
    "said": WORKERS,
}
FIRM: dict[str, Any] = {
    "user": "private-firm",
    "name": "Kessel & Sohn GmbH",
    "seat": "Kassel",
    "said": {"employees": True, "profit": True},
}
OUTCOMES = {
    COOP["name"]: ("recognised", "4(c)(i), 4(c)(ii)"),
    FIRM["name"]: ("refused", "4(d), 8(d), 8(e)"),
}
STATUTES = "Article 7. All surplus is distributed among the members who work, and nothing else is done with it."


@dataclass
class Phyle:
    """An instance whose ledger is founded, and its people by name."""

    here: Instance
    people: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    @property
    def host(self) -> str:
        return self.here.origin.partition("://")[2]

    async def anyone(self, path: str, **params: Any) -> Any:
        return answered(await self.here.client.get(f"{API}{path}", params=params))

    async def newcomer(self, name: str) -> Person:
        self.people[name] = Person(await self.here.member(name))
        return self.people[name]

    def address(self, name: str, repository: str) -> str:
        """Where somebody pushes to, over HTTP."""
        return f"http://{name}:{self[name].account.token}@{self.host}/@{repository}.git"


async def founded(here: Instance, *names: str) -> Phyle:
    phyle = Phyle(here, {})
    people = [await phyle.newcomer(name) for name in names]
    hash = (await people[0].post("/founding/charter", text=charter()))["charter"]
    for each in people:
        each.member = (await each.post("/founding/sign", charter=hash))["payload"]["member"]
    await people[0].post("/founding/found", charter=hash)
    return phyle


@pytest.fixture
async def makers(whole: Instance) -> Phyle:
    return await founded(whole, "alice", "ana", "abel")


@pytest.fixture
async def housing(cluster: Embedded, settings: Settings, tmp_path: Path) -> AsyncIterator[Phyle]:
    own = replace(settings, home=tmp_path / "housing")
    async with fresh(cluster) as address, instance(own, address, whole=True) as built:
        yield await founded(built, "bob", "bea", "ben")


@dataclass
class Story:
    """Phyle A, phyle B, a third server, and what is where."""

    a: Phyle
    b: Phyle
    third: Peer
    place: Path

    @property
    def alice(self) -> Person:
        return self.a["alice"]

    @property
    def bob(self) -> Person:
        return self.b["bob"]

    async def change(self) -> Any:
        """The merge request as alice sees it."""
        return await self.alice.get("/repositories/seeder/merge_requests/1")

    async def pushed(self) -> None:
        """alice pushes a repository to A, and offers it as a work under the PPL."""
        await self.alice.post("/repositories", name="seeder", kind="tools", description="A seed drill")
        own = await workshop(self.place / "alices", "Alice")
        await own.commit(FILES, "Sow one row", sign_off=True)
        await own.push(self.a.address("alice", "seeder"), "main")
        await self.alice.post("/repositories/seeder/work", licence="PPL")

    async def forked(self) -> Workshop:
        """bob on B forks it, with one action, and has a clone of his fork."""
        await self.bob.post("/forks", origin=f"{self.a.here.origin}/@seeder.git")

        async def fetched() -> bool:
            progress = await self.bob.get("/repositories/seeder/progress")
            assert progress["state"] != "failed", progress
            return bool(progress["state"] == "done")

        await eventually(fetched)
        await git(self.place, "clone", "--quiet", f"{self.b.here.origin}/@seeder.git", "bobs")
        return Workshop(self.place / "bobs", "Bob")

    async def bob_pushes(self, bobs: Workshop, rows: int) -> str:
        head = await bobs.commit({"sow.py": f"{HEADER}rows = {rows}\n"}, f"Sow {rows} rows", sign_off=True)
        await bobs.push(self.b.address("bob", "seeder"), "rows")
        return head

    async def offered(self) -> None:
        """bob opens a merge request to A."""
        given: dict[str, Any] = {
            "repository": f"@seeder.git@{self.a.host}",
            "origin": "seeder",
            "branch": "rows",
            "title": "Sow three rows",
            "text": "Our beds are *wide*.",
            "sign_off": True,
            "licence": "PPL",
            "mandate": True,
        }
        await self.bob.post("/offers/merge_requests", **given)
        await eventually(lambda: self.stands("open"))

    async def stands(self, state: str) -> bool:
        """Whether bob knows that his offer is in this state."""
        (offer,) = await self.bob.get("/offers")
        assert offer["state"] in ("sent", "open", state), offer
        return bool(offer["state"] == state)

    async def third_comments(self) -> None:
        """A member on a third server answers in the thread, as Mastodon does."""
        carla = self.third.actor("carla")
        status = (await self.change())["ticket"]["status"]
        thread = await self.alice.account.get(f"/api/v1/statuses/{status}")
        group = answered(await self.a.here.client.get(thread["uri"], headers={"Accept": "application/activity+json"}))[
            "attributedTo"
        ]
        mention = [{"type": "Mention", "href": group}]
        note = self.third.note(carla, "<p>Does it turn?</p>", inReplyTo=thread["uri"], cc=[group], tag=mention)
        await accepted(self.a.here, self.third, self.third.activity("Create", carla, note))
        comments = (await self.change())["comments"]
        assert [(each["author"]["uri"], each["content"]) for each in comments] == [(carla, "<p>Does it turn?</p>")]

    async def reviewed_and_applied(self, bobs: Workshop) -> str:
        """alice asks for a change, bob pushes again, alice applies what she looked at; bob's commit."""
        at = "/repositories/seeder/merge_requests/1"
        await self.alice.post(f"{at}/reviews", verdict="changes", version=1, text="Two would do, the frame is narrow.")
        head = await self.bob_pushes(bobs, 2)

        async def renewed() -> bool:
            return bool((await self.change())["versions"][-1]["head"] == head)

        await eventually(renewed)
        applied = await self.alice.post(f"{at}/apply", head=head, method="merge")
        assert applied["phase"] == "applied"
        await eventually(lambda: self.stands("applied"))
        await git(self.place / "alices", "pull", "--quiet", f"{self.a.here.origin}/@seeder.git", "main")
        assert (self.place / "alices" / "sow.py").read_text() == f"{HEADER}rows = 2\n"
        return head

    async def credited(self, head: str) -> None:
        """The contribution is in A's ledger with both signatures: bob's claim, and alice's word for it."""

        async def found() -> Any:
            return [each for each in await self.a.anyone("/repositories/seeder/contributions") if each["validated"]]

        (contribution,) = await eventually(found)
        assert (contribution["what"], contribution["phase"]) == ("change", "valid")
        assert contribution["terms"] == {"dco": True, "licence": "PPL", "mandate": True}
        claim, word = [await self.act(contribution[name]) for name in ("entry", "validated")]
        assert (claim["kind"], word["kind"], word["by"]) == ("claim", "validate", self.alice.member)
        assert claim["payload"]["subject"] == head
        outsider = claim["payload"]["outsider"]
        assert (outsider["id"], outsider["via"]) == (contribution["by"], self.b.host)
        signing = await self.a.anyone("/ledger/entries", kind="sign")
        keys = {each["by"]: each["entry"]["act"]["payload"]["key"] for each in signing}
        verify(claim, outsider["key"])
        verify(word, keys[self.alice.member])

    async def act(self, seq: int) -> Any:
        """An act as it stands in A's ledger."""
        return (await self.a.anyone(f"/ledger/entries/{seq}"))["entry"]["entry"]["act"]

    async def declared(self, by: Person, state: str, **facts: Any) -> Any:
        """Somebody on B declares a commercial use to A, which answers."""
        work = f"@seeder.git@{self.a.host}"
        made = await by.post("/declarations", work=work, purpose="commercial", territory="Spain", **facts)

        async def answered_there() -> Any:
            (found,) = [each for each in await by.get("/declarations") if each["id"] == made["id"]]
            assert found["state"] in ("sent", state), found
            return found if found["state"] == state else None

        return await eventually(answered_there)

    async def used(self) -> None:
        """B's co-operative declares with its statutes and a credential: recognised under 4(c). A private firm: refused
        under 4(d)."""
        evidence = [{"what": "statutes", "text": STATUTES}, {"what": "credential", "text": await self.credential()}]
        told = await self.declared(self.bob, "recorded", **COOP, evidence=evidence)
        assert told["receipt"]["state"] == "entered"
        told = await self.declared(await self.b.newcomer("boss"), "refused", **FIRM)
        assert "4(d)" in told["reason"]

    async def credential(self) -> Any:
        """Of bob's membership in B, once a checkpoint covers it."""

        async def covered() -> Any:
            answer = await self.bob.ask("GET", "/members/me/credential")
            return answer.json() if answer.status_code == 200 else None

        return await eventually(covered)

    async def registered(self) -> None:
        """Both registers, and the fork's, show what was declared and what became of it."""
        here = await self.alice.get("/repositories/seeder/uses")
        assert {each["name"]: (each["phase"], each["clause"]) for each in here} == OUTCOMES
        (coop,) = [each for each in here if each["name"] == COOP["name"]]
        papers = {each["what"]: each for each in coop["evidence"]}
        assert papers["statutes"]["text"] == STATUTES
        assert papers["credential"]["verified"]["phyle"] == f"{self.b.host}/ledger/1"
        for path in ("/uses/elsewhere", "/repositories/seeder/uses/line"):

            async def told(path: str = path) -> bool:
                found = await self.b.anyone(path)
                return {each["name"]: (each["phase"], each["use"]["clause"]) for each in found} == OUTCOMES

            await eventually(told)


@pytest.fixture
def story(makers: Phyle, housing: Phyle, there: Peer, tmp_path: Path) -> Story:
    return Story(makers, housing, there, tmp_path)


async def audited(phyle: Phyle, capsys: pytest.CaptureFixture[str]) -> str:
    """What anybody hears who verifies the phyle from outside; it must accept."""

    async def covered() -> bool:
        query = "SELECT (SELECT max(size) FROM cooperative.checkpoints) = (SELECT count(*) FROM cooperative.entries)"
        return bool(await phyle.here.value(query))

    await eventually(covered)
    status = await asyncio.to_thread(main, ["audit", phyle.here.origin, "--insecure-local"])
    said = capsys.readouterr().out
    assert status == 0, said
    return said


async def test_what_one_phyle_makes_another_changes_and_uses(
    story: Story, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "auditor"))
    await story.pushed()
    bobs = await story.forked()
    await bobs.branch("rows")
    await story.bob_pushes(bobs, 3)
    await story.offered()
    await story.third_comments()
    head = await story.reviewed_and_applied(bobs)
    await story.credited(head)
    await story.used()
    await story.registered()
    said = await audited(story.a, capsys)
    assert "works: 1; contributions: 1, 1 of them valid; uses: 2, 1 of them recognised" in said
    await audited(story.b, capsys)
