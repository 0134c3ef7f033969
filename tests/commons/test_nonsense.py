"""Whatever is typed into tickets, changes, releases, offers and errands: a sentence, and never a fault of ours."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from phyle.web.commons import errands, merge_requests, needs, offers, releases, tickets
from phyle.web.pages.commons import ticket_table
from tests.commons.between import cloned, filled, maker
from tests.instance import Instance
from tests.peer import Peer

ENDPOINTS = [
    each for module in (tickets, merge_requests, releases, offers, needs, errands) for each in module.ENDPOINTS
]
PAGES = ticket_table.ROUTES
NAMES = ("seeder", "nothing", "a%00b", "%2e%2e", "x" * 300, "😀")
NUMBERS = ("1", "2", "0", "-1", "99999999999", "9" * 19, "9" * 40, "x", "1.5")
TAGS = ("v1", "--help", "a/b", "%00", "x" * 400)
VALUES: tuple[Any, ...] = (
    "",
    "x",
    "\u0000",
    "\ud83d",
    "😀" * 3000,
    -1,
    0,
    1,
    2**63,
    2**200,
    1.5,
    None,
    True,
    [],
    ["a", None, {}],
    {"a": {"b": []}},
    "--output=/tmp/x",
    "refs/heads/main",
    "main",
    "topic",
    "0" * 40,
    "approve",
    "apply",
    "https://localhost:1/x",
    "@a.git@b.invalid",
)
FIELDS = [
    *("title", "text", "kind", "skills", "needed", "until", "who", "reason", "status", "branch", "origin", "into"),
    *("sign_off", "licence", "mandate", "version", "verdict", "head", "method", "message", "tag", "at", "repository"),
    *("ticket", "deed", "state", "skill", "max_id", "limit", "below"),
]


@pytest.mark.threat("C1")
async def test_no_nonsense_is_a_fault_of_ours(here: Instance, tmp_path: Path) -> None:
    chance = random.Random(7)
    ana = await maker(here, "ana", "seeder")
    await filled(ana, tmp_path / "anas")
    work = await cloned(ana.folder, tmp_path / "work", "Ana")
    await work.branch("topic")
    await work.commit({"sow.py": "rows = 3\n"})
    await work.push(ana.folder, "topic")
    await ana.post("/repositories/seeder/tickets", title="It leaks")
    await ana.post("/repositories/seeder/merge_requests", title="More", branch="topic")
    places = {"<name>": NAMES, "<number>": NUMBERS, "<id>": NUMBERS, "<path:tag>": TAGS}
    seen: set[int] = set()
    for endpoint in ENDPOINTS:
        for _ in range(12):
            path = endpoint.route.path
            for place, choices in places.items():
                path = path.replace(place, chance.choices(choices, [10] + [1] * (len(choices) - 1))[0])
            given = {name: chance.choice(VALUES) for name in chance.sample(FIELDS, 8)}
            body = {} if endpoint.route.method == "GET" else {"content": _json(given)}
            query = {"params": {name: str(value)[:50] for name, value in given.items() if value != "\ud83d"}}
            headers = {"Content-Type": "application/json"}
            more = query if endpoint.route.method == "GET" else {**body, "headers": headers}
            answer = await ana.member.ask(endpoint.route.method, path, **more)
            assert answer.status_code < 500, f"{endpoint.route.method} {path} {given}: {answer.text}"
            seen.add(answer.status_code)
    assert {200, 404, 422} <= seen
    for route in PAGES:
        for _ in range(6):
            path = route.path
            for place, choices in places.items():
                path = path.replace(place, chance.choices(choices, [10] + [1] * (len(choices) - 1))[0])
            typed = {name: str(chance.choice(VALUES[:3] + VALUES[5:]))[:50] for name in chance.sample(FIELDS, 4)}
            answer = await here.client.request(route.method, path, params=typed, headers={"Accept": "text/html"})
            assert answer.status_code < 500, f"{route.method} {path} {typed}: {answer.text[:500]}"


@pytest.mark.threat("C1")
async def test_no_nonsense_from_elsewhere_is_a_fault_of_ours(here: Instance, there: Peer, tmp_path: Path) -> None:
    chance = random.Random(8)
    ana = await maker(here, "ana", "seeder")
    await filled(ana, tmp_path / "anas")
    ticket = await ana.post("/repositories/seeder/tickets", title="It leaks")
    mallory = there.actor("mallory")
    things: list[Any] = [ana.uri, ticket["uri"], mallory, "", [], {}, None, 7, "x", ana.member.actor.uri, "\u202e"]
    nested = [{"type": kind} for kind in ("Ticket", "Offer", "Branch", "OrderedCollection", "Resolve", "Assign")]
    names = "object target attributedTo summary content source attachment origin context ref hash capability endTime"
    for _ in range(150):
        kind = chance.choice(
            ["Offer", "Add", "Apply", "Resolve", "Assign", "Undo", "Update", "Create", "Accept", "Reject"]
        )
        activity = there.activity(kind, mallory, _drawn(chance, things, nested, names.split(), 4), target=ana.uri)
        activity |= {name: _drawn(chance, things, nested, names.split(), 2) for name in chance.sample(names.split(), 2)}
        answer = await there.send(here.inbox, activity)
        assert answer.status_code < 500, answer.text
    await here.settled(deliveries=False)
    assert await here.fetch("SELECT name, last_error FROM store.jobs WHERE attempts > 0 OR failed_at IS NOT NULL") == []
    assert await here.value("SELECT count(*) FROM commons.tickets WHERE state = 'open'") >= 1


def _drawn(chance: random.Random, things: list[Any], nested: list[Any], names: list[str], depth: int) -> Any:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(things)
    found = dict(chance.choice(nested))
    return found | {name: _drawn(chance, things, nested, names, depth - 1) for name in chance.sample(names, 3)}


def _json(given: dict[str, Any]) -> bytes:
    return json.dumps(given).encode()
