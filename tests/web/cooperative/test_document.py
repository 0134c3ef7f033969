"""The document of the API says what is so: every route, and the shape of every answer of a phyle that has lived."""

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from phyle.cooperative.forms import FORMS
from phyle.cooperative.law.naming import BLOBS, COMMITMENTS, OTHERS
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import Hash
from phyle.cooperative.ledger import checkpoints
from phyle.web.api import ENDPOINTS, ROUTES
from phyle.web.cooperative import table as cooperative
from phyle.web.cooperative.openapi import SCOPES, document
from phyle.web.routes import checked
from tests.instance import Instance, Member
from tests.web.cooperative.living import API, FOR, Living
from tests.web.cooperative.schemas import faults

ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| (\w+) \| ((?:`\w+`(?:, )?)*) ?\|", re.MULTILINE)
PART = re.compile(r"<(?:path:)?(\w+)>")
PATHS = {r"\{rest\}", r"\{title\}", r"\{tag\}"}
"""Parts of an address that hold slashes."""
BY_A_LINK = {"enter_booth", "leave_booth"}
"""What guests do at doors of its own."""
KEPT_IN_STEP = {"invite_maintainer", "revoke_maintainer", "resign_maintainer"}
"""What follows in the ledger, for members who let it, when they give or end a grant."""
ASKING = [
    f"{API}/repositories/<name>/uses/licences/draft",
    f"{API}/repositories/<name>/uses/licences/reciprocity",
    f"{API}/repositories/<name>/uses/<use>/ruling",
    f"{API}/repositories/<name>/uses/outlook",
]
"""What is asked by POST, because it says more than an address holds, and only reads."""
PEOPLE = {name: kind for name, kind in LAW.acts.items() if kind.by & {"member", "newcomer"} and name not in BY_A_LINK}


def test_every_route_is_in_the_document() -> None:
    found = document(ENDPOINTS, "https://a.example")
    described = {(method.upper(), path) for path, item in found["paths"].items() for method in item}
    routes = {(route.method, PART.sub(r"{\1}", route.path)) for route in ROUTES}
    assert described == routes - {("GET", f"{API}/openapi.json")}
    ids = [item["operationId"] for path in found["paths"].values() for item in path.values()]
    assert len(set(ids)) == len(ids)
    references = set(re.findall(r"#/components/schemas/([\w.]+)", str(found)))
    assert references <= found["components"]["schemas"].keys()


def test_the_page_for_people_names_every_route() -> None:
    page = (Path(__file__).parents[3] / "docs" / "phyle-api.md").read_text(encoding="utf-8")
    written = {(*row[:3], tuple(re.findall(r"\w+", row[3]))) for row in ROW.findall(page)}
    table = {
        (each.route.method, PART.sub(r":\1", each.route.path.removeprefix(API)), each.route.who, each.enters)
        for each in ENDPOINTS
    }
    assert written == table


def test_the_table_can_be_served() -> None:
    assert len(checked(ROUTES)) == len(ROUTES)
    assert all(route.scope in (*SCOPES, "") for route in ROUTES)
    assert all(not route.scope.startswith("write:") for route in ROUTES if route.method == "GET")
    assert [each.path for each in ROUTES if each.method != "GET" and not each.scope.startswith("write:")] == ASKING


def test_every_act_of_people_has_a_form_and_a_route() -> None:
    assert PEOPLE.keys() == FORMS.keys() & LAW.acts.keys()
    routed = {name: endpoint.route for endpoint in ENDPOINTS for name in endpoint.enters}
    assert routed.keys() == PEOPLE.keys()
    for name, route in routed.items():
        assert route.power == LAW.acts[name].power or route.power == "self", name
        assert route.who == "user", name
    scopes = {endpoint.route.scope for endpoint in ENDPOINTS if set(endpoint.enters) - KEPT_IN_STEP}
    assert scopes == {"write:phyle"}


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_every_hash_of_a_payload_is_sealed_kept_or_named(name: str) -> None:
    form, payload = FORMS[name], PEOPLE[name].payload
    members = get_type_hints(payload)
    for member in [member for member, hint in members.items() if Hash in (hint, *get_args(hint))]:
        assert member in {*form.sealed, *form.named, *form.texts, *form.hashes}, f"{name}.{member}"
        assert (member in BLOBS) == (member in form.texts | form.hashes) or member in OTHERS
        assert (member in COMMITMENTS) == (member in form.sealed or member in form.named)
    everything = set(form.sealed) | form.texts | {each.partition(".")[0] for each in form.named} | form.hashes
    assert everything <= members.keys(), name
    assert form.fresh is None or form.fresh in members


async def lived(living: Living) -> dict[str, str]:
    """A phyle with something of most kinds; ids by what they are in the addresses."""
    ana, ben, cleo = await living.founded("ana", "ben", "cleo")
    dan = await living.person("dan")
    dan.member = (await dan.post("/applications", identity={"name": "Dan"}))["payload"]["member"]
    await ana.post(f"/applications/{dan.member}/vouch", statement="I know them.")
    proposal = await living.resolution(ana, title="Bread")
    await ben.post(f"/proposals/{proposal}/declare_interest", interest="I sell bread.")
    charge = await ana.post("/charges", member=cleo.member, articles="Article 1", reasons="Because.")
    await cleo.post(f"/charges/{charge['payload']['charge']}/reply", reply="No.")
    moderation = await ana.post("/moderations", target="spam.example", action="block", reason="Unlawful.")
    appeal = await cleo.post(
        "/appeals", against="moderation", target=moderation["payload"]["moderation"], text="It was lawful."
    )
    ballot = await living.to_ballot(proposal)
    vote = await ana.post(f"/ballots/{ballot}/vote", choice=FOR, reason="Bread is good.")
    await cleo.post(f"/ballots/{ballot}/vote", choice=FOR)
    assert await living.decided(proposal) == "executed"
    async with living.here.store.transaction() as tx:
        await checkpoints.publish(tx)
    await ana.post("/register/inspections", purpose="To send invitations.")
    decision = (await living.anyone("/decisions"))[0]
    charter = (await living.anyone("/phyle"))["charter"]
    draw = (await living.anyone("/draws"))[:1]
    return {
        "member": dan.member,
        "proposal": proposal,
        "ballot": ballot,
        "charge": charge["payload"]["charge"],
        "appeal": appeal["payload"]["appeal"],
        "seq": str(decision["entry"]),
        "hash": vote["act"],
        "charter": charter,
        "draw": draw[0]["id"] if draw else "",
    }


def address(path: str, ids: dict[str, str]) -> str | None:
    """The address of something that there is, None if there is nothing of that kind."""
    named = {
        "/members/<id>": ids["member"],
        "/members/<id>/mandates": ids["member"],
        "/applications/<id>": ids["member"],
        "/proposals/<id>": ids["proposal"],
        "/ballots/<id>": ids["ballot"],
        "/ballots/<id>/papers": ids["ballot"],
        "/ledger/ballots/<ballot>": ids["ballot"],
        "/decisions/<seq>": ids["seq"],
        "/ledger/entries/<seq>": ids["seq"],
        "/charges/<id>": ids["charge"],
        "/appeals/<id>": ids["appeal"],
        "/receipts/<hash>": ids["hash"],
        "/charter/versions/<hash>": ids["charter"],
        "/charter/templates/<name>": "small-assembly",
        "/draws/<id>": ids["draw"],
    }
    if path == "/charter/difference":
        return f"{path}?from={ids['charter']}&to={ids['charter']}"
    if path == "/ledger/moment":
        return f"{path}?at={2**45}"
    if "<" not in path:
        return path
    value = named.get(path)
    return re.sub(r"<\w+>", value, path) if value else None


async def test_every_answer_is_as_the_document_says(living: Living) -> None:
    ids = await lived(living)
    found = await living.anyone("/openapi.json")
    ana = living.people["ana"]
    seen = 0
    for endpoint in cooperative.ENDPOINTS:
        path = address(endpoint.route.path.removeprefix(API), ids) if endpoint.route.method == "GET" else None
        if path is None:
            continue
        for asker in (ana, None):
            if asker is not None or endpoint.route.who == "anyone":
                await fits(living.here, asker and asker.account, path, found, endpoint.media)
                seen += 1
    assert seen > 90


async def fits(here: Instance, asker: Member | None, path: str, found: Any, media: str) -> None:
    """What is answered there, to somebody or to anybody, is what the document `found` says."""
    answer = await (asker.ask("GET", f"{API}{path}") if asker is not None else here.client.get(f"{API}{path}"))
    assert answer.status_code == 200, f"{path}: {answer.text}"
    assert answer.headers["content-type"].startswith(media)
    template = next(each for each in found["paths"] if re.fullmatch(_pattern(each), f"{API}{path.partition('?')[0]}"))
    schema = found["paths"][template]["get"]["responses"]["200"]["content"][media]["schema"]
    if media == "application/json":
        assert list(faults(answer.json(), schema, found, path)) == []


def _pattern(template: str) -> str:
    return re.sub(r"\\\{\w+\\\}", lambda part: ".+" if part[0] in PATHS else "[^/]+", re.escape(template))
