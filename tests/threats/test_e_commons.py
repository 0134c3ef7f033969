"""E7. Repositories that not everybody may read are nowhere: by every route, for every role, also what was public."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phyle.web.api import ROUTES as API_ROUTES
from phyle.web.client.table import ROUTES as CLIENT_ROUTES
from phyle.web.commons import forge
from phyle.web.pages.table import ROUTES as PAGE_ROUTES
from phyle.web.routes import Route
from tests.between import accepted
from tests.commons.between import Maker, cloned, filled, maker
from tests.commons.git.cloning import granted, made
from tests.instance import Instance, Member
from tests.peer import Peer
from tests.web.pages.commons.looking import browsers

SECRET, TRACE = "quitte", "mispel"
"""What is asked for, and what is in every answer that tells of the repository."""
BOTH = f"{SECRET} {TRACE}"
FILLED = {
    **dict.fromkeys(("grant", "invitation", "yes", "number", "until", "at", "tag", "head", "commit"), "1"),
    **dict.fromkeys(("title", "text", "reason", "name", "act", "step", "message", "words"), "words"),
    "licence": "MIT",
    "what": "review",
    "subject": "x",
    "user": "individual",
    "purpose": "non-commercial",
    "verdict": "comment",
    "method": "merge",
    "role": "contributor",
    "who": "@ana",
    "origin": "nobody",
    "branch": "main",
    "target_branch": "main",
    "visibility": "public",
    "content": "x",
    "person": "Cleo",
}
"""Something for every field, so that no form is refused for what it lacks."""
AT = r"(/api/phyle/v1/repositories/<name>|/@<name>\.git)(/|$)"
JSON, HTML = {"Accept": "application/activity+json"}, {"Accept": "text/html"}
ROUTES: tuple[Route, ...] = (*API_ROUTES, *PAGE_ROUTES, *CLIENT_ROUTES, *forge.ROUTES)
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class Hidden:
    """ana's repository with a ticket (1), a change (2), a release and a wiki, which mallory's server follows; bob's
    fork of it; cleo, who has no part in it."""

    here: Instance
    ana: Maker
    bob: Maker
    cleo: Member
    commit: str
    addresses: list[str]

    def filled(self, route: Route) -> list[str]:
        """The addresses that a route can have about it."""
        rests = [f"main/{SECRET}.md", "main", self.commit, f"main...{SECRET}_topic", "v1", "main.tar.gz"]
        values = {
            "name": [f"{SECRET}_too" if "<host>" in route.path else self.ana.repository.name],
            "number": ["1", "2", str(self.ana.repository.id), str(self.ana.repository.circle)],
            "rest": rests,
            "tag": ["v1"],
            "page": [SECRET],
            "commit": [self.commit],
            "hash": [self.commit],
            "ref": ["main"],
        }
        found = [route.path]
        for name in _ARGUMENT.findall(route.path):
            parts = [path.partition(_ARGUMENT.search(path)[0]) for path in found]  # type: ignore[index]  # it is there
            found = [f"{before}{value}{after}" for before, _, after in parts for value in values.get(name, ["1"])]
        return found


@pytest.fixture
async def hidden(here: Instance, there: Peer, tmp_path: Path) -> Hidden:
    ana = await maker(here, "ana", f"{TRACE}_one")
    work = await filled(ana, tmp_path / "anas")
    commit = await work.commit({f"{SECRET}.md": f"# {SECRET} {TRACE}\n", f"wiki/{SECRET}.md": BOTH}, BOTH)
    host = here.origin.partition("://")[2]
    target = f"http://ana:{ana.member.token}@{host}/@{ana.repository.name}.git"
    await work.push(target, "main")
    mallory = there.actor("mallory")
    for actor in (ana.repository.id, ana.repository.circle):
        await accepted(here, there, there.activity("Follow", mallory, f"{here.origin}/actors/{actor}"))
    bob = await maker(here, "bob", f"{TRACE}_two")
    fork = await cloned(ana.folder, tmp_path / "bobs", "Bob")
    await fork.branch(f"{SECRET}_topic")
    await fork.commit({"sow.py": f"{SECRET} = {TRACE}\n"}, BOTH)
    for branch in ("main", f"{SECRET}_topic"):
        await fork.push(bob.folder, branch)
    at = f"/repositories/{ana.repository.name}"
    await ana.post(f"{at}/tickets", title=BOTH, text=BOTH, needed=True, skills=[SECRET])
    await bob.post(f"{at}/merge_requests", title=BOTH, origin=bob.repository.name, branch=f"{SECRET}_topic")
    await ana.post(f"{at}/releases", tag="v1", at="main", title=BOTH, text=BOTH)
    await ana.post(f"{at}/tickets/1/comments", text="A word in ana's own name")
    await here.settled()
    said = (
        "SELECT uri FROM federation.sent_activities WHERE sender IN ($1, $2)"  # what people said is theirs, and stays
    )
    addresses = [row["uri"] for row in await here.fetch(said, ana.repository.id, ana.repository.circle)]
    assert len(addresses) > 5
    tables = ("tickets", "versions", "releases", "grants", "pushes")
    rows = await here.fetch(" UNION ".join(f"SELECT id FROM commons.{each}" for each in tables))
    addresses += [f"{here.origin}/{kind}/{row['id']}" for row in rows for kind in ("objects", "activities")]
    hidden = Hidden(here, ana, bob, await here.member("cleo"), commit, addresses)
    for each in (ana, bob):
        answer = await each.ask("PATCH", f"/repositories/{each.repository.name}", json={"visibility": "private"})
        assert answer.status_code == 200, answer.text
    await here.settled()
    return hidden


@pytest.mark.threat("E7")
async def test_what_was_public_and_is_not_any_more_is_at_no_address(hidden: Hidden) -> None:
    leaks = []
    for address in hidden.addresses:
        for headers in (JSON, HTML):
            answer = await hidden.here.client.get(address, headers=headers)
            if TRACE in answer.text or answer.status_code == 500:
                leaks.append((address, answer.status_code, answer.text[-900:]))
    assert not leaks, leaks


@pytest.mark.threat("E7")
async def test_no_route_tells_of_it(hidden: Hidden) -> None:
    leaks: list[Any] = []
    name = hidden.ana.repository.name
    async with browsers(hidden.here) as look:
        client = (await look("cleo")).client
        for route in (each for each in ROUTES if each.method == "GET" and "streaming" not in each.path):
            for path in hidden.filled(route):
                for query in ("", f"?q={SECRET}&path={SECRET}.md&resolve=false&base=main&head={SECRET}_topic"):
                    answers = (
                        await hidden.here.client.get(path + query, headers=HTML),
                        await hidden.here.client.get(path + query, headers=JSON),
                        await hidden.cleo.ask("GET", path + query),
                        await client.get(path + query, headers=HTML),
                    )
                    for answer in answers:
                        told = f"{answer.text} {answer.headers}"
                        told = told.replace(name, "") if name in path else told
                        at = told.find(TRACE)
                        shown = "/@<name>.git" in route.path and answer.status_code not in (404, 303)
                        if answer.status_code == 500 or at >= 0 or shown:
                            leaks.append((path + query, answer.status_code, told[max(0, at - 150) : at + 80]))
    assert not leaks, "\n".join(map(str, leaks[:40]))


@pytest.mark.threat("E7")
@pytest.mark.threat("H8")
async def test_a_fork_is_no_way_out(here: Instance) -> None:
    """Whoever may read what is private forks it, and may not open the fork afterwards."""
    ana, bob = await here.member("ana"), await here.member("bob")
    origin = await made(here.store, ana.actor, "kernel", "private")
    await granted(here.store, origin, bob.actor, "contributor")
    at = "/api/phyle/v1"
    assert (await bob.ask("POST", f"{at}/forks", json={"origin": "kernel", "name": "seed"})).status_code == 403
    await bob.post(f"{at}/forks", origin="kernel", name="seed", visibility="private")
    for wanted in ("public", "members"):
        assert (await bob.ask("PATCH", f"{at}/repositories/seed", json={"visibility": wanted})).status_code == 403
    await ana.ask("PATCH", f"{at}/repositories/kernel", json={"visibility": "members"})
    assert (await bob.ask("PATCH", f"{at}/repositories/seed", json={"visibility": "public"})).status_code == 403
    assert (await bob.ask("PATCH", f"{at}/repositories/seed", json={"visibility": "members"})).status_code == 200
    await ana.ask("PATCH", f"{at}/repositories/kernel", json={"visibility": "public"})
    assert (await bob.ask("PATCH", f"{at}/repositories/seed", json={"visibility": "public"})).status_code == 200


@pytest.mark.threat("E7")
async def test_what_is_hidden_answers_like_what_is_not_there(here: Instance) -> None:
    """Every way to do something in a repository: to a stranger, one that is hidden and none at all are the same."""
    ana, cleo = await here.member("ana"), await here.member("cleo")
    hidden = await made(here.store, ana.actor, "hidden", "private")
    other: list[str] = []
    async with browsers(here) as look:
        browser = await look("cleo")
        await browser.open("/commons/new")
        proof = browser.page.form.values["form_proof"]
        for route in (each for each in ROUTES if re.match(AT, each.path)):
            answers = []
            for name in (hidden.name, "nobody"):
                path = _ARGUMENT.sub("1", route.path.replace("<name>", name))
                if route.door == "api":
                    answer = await cleo.ask(route.method, path, json=None if route.method == "GET" else FILLED)
                else:
                    form = None if route.method == "GET" else {**FILLED, "form_proof": proof}
                    answer = await browser.client.request(route.method, path, data=form)
                said = re.sub(r"[0-9a-f]{16}\.[0-9a-f]{64}", "", answer.text).replace(name, "")
                answers.append((answer.status_code, said))
            if answers[0] != answers[1] or answers[0][0] < 400:
                other.append(f"{route.method} {route.path}: {answers[0]} {answers[1]}"[:600])
    assert not other, "\n".join(other)
