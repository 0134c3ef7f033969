"""Every route of the API, walked in every role, with whatever anybody may send."""

import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phyle.cooperative.ledger import append
from phyle.identity import tokens
from phyle.web.api import ENDPOINTS, ROUTES
from phyle.web.routes import Route
from tests.instance import Instance
from tests.web.cooperative.living import API, FOR, Living, answered

SLOW = {f"{API}/founding/charter", f"{API}/charter/drafts"}


def path_of(route: Route, part: str = "aaaaaaaaaaaaaaaaaaaaaaaaaa") -> str:
    return re.sub(r"<[^>]+>", quote(part, safe=""), route.path)


async def token(here: Instance, actor: int | None, scopes: str) -> str:
    async with here.store.transaction() as tx:
        return (await tokens.issue(tx, application=None, actor=actor, scopes=scopes)).secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def ask(here: Instance, route: Route, secret: str = "", **options: Any) -> httpx.Response:
    headers = bearer(secret) if secret else {}
    answer = await here.client.request(route.method, path_of(route), headers=headers, **options)
    assert answer.status_code not in (405, 500), f"{route.method} {route.path}: {answer.text}"
    if answer.status_code >= 400:
        assert isinstance(answer.json()["error"], str)
        assert answer.json()["error"]
    return answer


@pytest.mark.threat("F2")
@pytest.mark.threat("F3")
async def test_every_route_lets_in_exactly_whom_it_declares(living: Living) -> None:
    here, (ana, *_) = living.here, await living.founded("ana", "ben", "cleo")
    stranger = await living.person("eve")
    mute = await token(here, ana.account.actor.id, "write:statuses read:statuses follow push")
    reader = await token(here, ana.account.actor.id, "read")
    for route in ROUTES:
        anyone = await ask(here, route)
        assert (anyone.status_code == 401) == (route.who != "anyone"), f"{route.path}: {anyone.text}"
        if not route.scope:
            continue
        assert (await ask(here, route, mute)).status_code == 403, route.path
        read = await ask(here, route, reader)
        if route.scope.startswith("write:"):
            assert read.status_code == 403, route.path
            if route.who == "user" and route.path != f"{API}/applications":
                refused = await ask(here, route, stranger.account.token)
                assert refused.status_code in (400, 403, 404, 422), f"{route.path}: {refused.text}"


@pytest.mark.threat("F3")
async def test_tokens_of_old_clients_reach_everything(living: Living) -> None:
    await living.founded("ana", "ben", "cleo")
    ana = living.people["ana"]
    for scopes in ("read write follow push", "read:phyle write:phyle"):
        secret = await token(living.here, ana.account.actor.id, scopes)
        answered(await living.here.client.get(f"{API}/members/me", headers=bearer(secret)))
        given = {"title": "Bread", "text": "Bread.", "options": [{"label": "Yes", "effects": []}]}
        answer = await living.here.client.post(f"{API}/proposals", headers=bearer(secret), json=given)
        assert answer.status_code == 422
        assert "needs an option with an effect" in answer.json()["error"]


async def test_what_each_role_can_do_and_see(living: Living) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    dan, eve = await living.person("dan"), await living.person("eve")
    dan.member = (await dan.post("/applications", identity={"name": "Dan Dee", "address": "A street"}))["payload"][
        "member"
    ]
    assert (await living.anyone(f"/members/{dan.member}"))["account"] is None
    assert (await eve.get(f"/members/{dan.member}"))["account"] is None
    assert (await dan.get(f"/members/{dan.member}"))["account"]["acct"] == "dan"
    assert (await dan.get(f"/members/{ana.member}"))["account"] is None
    assert (await ana.get(f"/members/{dan.member}"))["account"]["acct"] == "dan"
    # an applicant proposes nothing; who is on probation speaks and does not vote
    bread = {"kind": "Resolve", "arguments": {"text": "Bread."}}
    offer: dict[str, Any] = {"title": "Bread", "text": "Bread.", "options": [{"label": "Yes", "effects": [bread]}]}
    await dan.post("/proposals", 403, **offer)
    await ana.post(f"/applications/{dan.member}/vouch")
    await ben.post(f"/applications/{dan.member}/vouch")
    await living.later()
    proposal = (await dan.post("/proposals", **offer))["payload"]["proposal"]
    await ana.post(f"/proposals/{proposal}/sponsor")
    ballot = await living.to_ballot(proposal)
    await dan.post(f"/ballots/{ballot}/vote", 403, choice=FOR)
    assert (await dan.get(f"/ballots/{ballot}"))["ballot"]["mine"]["on_roll"] is False
    # stewards moderate, others do not
    await dan.post("/moderations", 403, target="x", action="hide", reason="y")
    await ana.post("/moderations", target="spam.example", action="block", reason="y")
    assert (await dan.get("/moderations"))[0]["reason"] == "y"
    assert (await eve.get("/moderations"))[0]["reason"] is None
    # openings are for members; the register for those who say what for
    await eve.get("/ledger/openings", 403)
    assert (await dan.get("/ledger/openings"))["opened"]
    await ben.get("/register", 403)
    await eve.get("/register", 403)
    await ben.post("/register/inspections", purpose="To write to all.")
    rows = {row["member"]: row for row in (await ben.get("/register"))["rows"]}
    assert rows[dan.member]["told"]["address"] == "A street"
    await ben.get("/register", 403, as_of=5)
    await ana.get("/register", 403)
    csv = await ben.ask("GET", "/register.csv")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert "A street" in csv.text


async def test_the_register_as_of_an_entry(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    before = (await living.anyone("/ledger"))["entries"] - 1
    then = (await living.anyone(f"/ledger/entries/{before}"))["entry"]["at"]
    await living.anyone("/ledger/moment", 404, at=1)
    assert await living.anyone("/ledger/moment", at=then) == {"entry": before, "at": then}
    await living.later(milliseconds=5)
    dan = await living.person("dan")
    await dan.post("/applications", identity={"name": "Dan Dee"})
    assert (await living.anyone("/ledger/moment", at=then + 1))["entry"] == before
    await ana.post("/register/inspections", purpose="History.", as_of=before)
    found = await ana.get("/register", as_of=before)
    assert len(found["rows"]) == 3
    await ana.post("/register/inspections", purpose="Now.")
    assert len((await ana.get("/register"))["rows"]) == 4


@pytest.mark.threat("F11")
def test_nothing_is_changed_by_get() -> None:
    assert all(route.holds in ("reading", "nothing") for route in ROUTES if route.method == "GET")
    asking = [route for route in ROUTES if route.method != "GET" and not route.scope.startswith("write:")]
    assert all(route.holds == "reading" for route in asking)


TEXT = st.text(st.characters(), max_size=12)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
WRITES = [each for each in ENDPOINTS if each.route.method != "GET" and each.route.path not in SLOW]
FIELDS = (
    *("act", "action", "against", "articles", "as_of", "ballot", "charter", "choice", "closes", "custody", "digest"),
    *(
        "effects",
        "election",
        "founders",
        "identity",
        "interest",
        "key",
        "kind",
        "klass",
        "member",
        "method",
        "openings",
    ),
    *(
        "openings",
        "opens",
        "params",
        "pinned",
        "possession",
        "purpose",
        "reason",
        "reasons",
        "reply",
        "representative",
        "scope",
    ),
    *("seats", "secret", "statement", "target", "text", "texts", "title", "to", "via", "which", "options", "office"),
)
QUERIES = ("max_id", "min_id", "limit", "phase[]", "standing[]", "as_of", "from", "to", "kind", "first", "count")


@pytest.mark.parametrize("hostile", ["\0", "\u202e\ufeff\ud7ff\U0010ffff", "%ff' OR 1=1", "9" * 30])
async def test_no_address_makes_it_fail(living: Living, hostile: str) -> None:
    await living.founded("ana", "ben", "cleo")
    ana = living.people["ana"]
    for route in ROUTES:
        address = path_of(route, hostile)
        params = dict.fromkeys(
            ("max_id", "min_id", "limit", "phase[]", "standing[]", "as_of", "from", "to", "kind"), hostile
        )
        for asker in (ana.account.token, ""):
            answer = await living.here.client.request(
                route.method,
                address,
                params=params if route.method == "GET" else {},
                headers=bearer(asker) if asker else {},
            )
            assert answer.status_code < 500, f"{route.method} {address}: {answer.text}"


async def test_nothing_that_is_sent_makes_it_fail(living: Living) -> None:
    """Whatever stands in whichever field, the answer is a sentence, and the ledger goes on."""
    ana, *_ = await living.founded("ana", "ben", "cleo")
    proposal = await living.resolution(ana)
    ballot = await living.to_ballot(proposal)
    ids = {"proposals": proposal, "ballots": ballot, "members": ana.member}
    examples: list[tuple[Any, dict[str, Any]]] = []

    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(WRITES), st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
    def collect(endpoint: Any, body: dict[str, Any]) -> None:
        examples.append((endpoint, body))

    collect()
    for endpoint, body in examples:
        topic = endpoint.route.path.removeprefix(f"{API}/").partition("/")[0]
        path = path_of(endpoint.route, ids.get(topic, "aaaaaaaaaaaaaaaaaaaaaaaaaa"))
        sent = json.dumps(body).encode()  # which can say more than UTF-8: surrogates
        as_json = {"Content-Type": "application/json"}
        answer = await ana.account.ask(endpoint.route.method, path, content=sent, headers=as_json)
        assert answer.status_code < 500, f"{path} {body!r}: {answer.text}"
        if endpoint.act in ("exit", "rekey") and answer.status_code == 200:
            break
    async with living.here.store.reading() as tx:
        assert await append.stopped(tx) is None
    answered(await living.people["ben"].ask("POST", f"/ballots/{ballot}/vote", json={"choice": FOR}))


@pytest.mark.parametrize(
    "odd",
    [
        {"scope": "a\0b"},
        {"scope": "\ud800"},
        {"scope": "x" * 70_000},
        {"params": {"\0": 1}},
        {"title": "\u2028"},
        {"seats": 10**30},
        {"seats": True},
        {"options": [{"label": "Yes", "effects": [{"kind": "Resolve", "arguments": {"text": "\0"}}]}]},
        {"options": [{"label": "Yes", "effects": [{"kind": "Resolve", "arguments": {"text": "\ud800"}}]}] * 65},
        {"options": [{"label": "Yes", "effects": [{"kind": "AcceptItem", "arguments": {"item": "x/0", "kind": "y"}}]}]},
        {"options": [{"label": "Yes", "effects": [{"kind": "Amend", "arguments": {"charter": "no charter"}}]}]},
        {"options": [{"label": "Yes", "effects": [{"kind": "Grant", "arguments": {"licence": "\0", "text": "x"}}]}]},
        {"proposal": "a/b"},
        {"proposal": "A" * 26},
    ],
    ids=repr,
)
async def test_an_odd_proposal_is_taken_or_refused_and_the_ledger_goes_on(living: Living, odd: dict[str, Any]) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    bread = {"kind": "Resolve", "arguments": {"text": "Bread."}}
    offer = {"title": "Bread", "text": "Bread.", "options": [{"label": "Yes", "effects": [bread]}], **odd}
    body = json.dumps(offer).encode()
    answer = await ana.ask("POST", "/proposals", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text
    for _ in range(4):
        await living.later(days=2)
    async with living.here.store.reading() as tx:
        assert await append.stopped(tx) is None
    await living.resolution(ben)
