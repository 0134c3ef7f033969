"""Uses at the API: foretold, declared with evidence, objected to, withdrawn; by the clauses, and in the registers."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.instance import Instance, Member
from tests.servers import eventually
from tests.web.commons.works import AT, Working, working

ALL = "/api/phyle/v1/uses"
COOP: dict[str, Any] = {
    "user": "worker-cooperative",
    "purpose": "commercial",
    "name": "Casa Nueva Housing Co-operative",
    "seat": "Bilbao",
    "said": {
        "surplus_to_workers": True,
        "indivisible_reserves": False,
        "outside_investors": False,
        "waged_non_members": False,
    },
}
FIRM: dict[str, Any] = {
    "user": "private-firm",
    "purpose": "commercial",
    "name": "Rent & Sons Ltd",
    "said": {"employees": True, "profit": True},
}
STATUTES = "Article 1. All surplus is shared among those who work here."


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def declared(by: Member, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    done = await by.post(f"{AT}/uses", **{**facts, **more})
    found: dict[str, Any] = await by.get(f"{AT}/uses/{done['payload']['use']}")
    return found


async def credential(of: Member) -> dict[str, Any]:
    """Once a checkpoint covers the entry that made them a member."""

    async def covered() -> dict[str, Any] | None:
        answer = await of.ask("GET", "/api/phyle/v1/members/me/credential")
        return answer.json() if answer.status_code == 200 else None

    found: dict[str, Any] = await eventually(covered)
    return found


async def test_a_co_operatives_commercial_use_is_recognised_and_a_firms_refused(work: Working, whole: Instance) -> None:
    foretold = await work.bob.post(f"{AT}/uses/outlook", **COOP)
    assert (foretold["outcome"], foretold["clause"], foretold["unsaid"]) == ("allowed", "4(c)(i), 4(c)(ii)", [])
    use = await declared(work.bob, COOP, evidence=[{"what": "statutes", "text": STATUTES}])
    assert (use["phase"], use["outcome"], use["table"]) == ("recognised", "allowed", "PPL/1")
    assert use["says"] == "allowed on the declared facts, 4(c)(i), 4(c)(ii)"
    assert use["commit"] == await work.shop.git("rev-parse", "HEAD")
    assert use["licence_text"] == sha256(b"Created by the workers.\n").hexdigest()
    assert use["evidence"][0]["digest"] == sha256(STATUTES.encode()).hexdigest()
    firm = await declared(await whole.member("boss"), FIRM)
    assert (firm["phase"], firm["clause"]) == ("refused", "4(d), 8(d), 8(e)")
    listed = (await whole.client.get(ALL)).json()
    assert [each["id"] for each in listed] == [firm["id"], use["id"]]
    assert listed[1]["evidence"][0]["text"] == STATUTES
    mine = (await whole.client.get(ALL, params={"user": COOP["name"]})).json()
    assert [each["id"] for each in mine] == [use["id"]]


async def test_what_is_not_said_is_asked_for_and_taken_at_its_worst(work: Working) -> None:
    bare = {name: value for name, value in COOP.items() if name != "said"}
    foretold = await work.bob.post(f"{AT}/uses/outlook", **bare)
    assert foretold["outcome"] == "needs-negotiation"
    assert set(foretold["unsaid"]) >= {"outside_investors", "indivisible_reserves"}
    use = await declared(work.bob, bare)
    assert (use["phase"], use["outcome"]) == ("declared", "needs-negotiation")


async def test_a_person_declares_for_themselves_and_stays_erasable(work: Working, whole: Instance) -> None:
    facts = {"user": "individual", "purpose": "non-commercial", "person": "Bob Builder"}
    use = await declared(work.bob, facts)
    assert (use["phase"], use["person"]) == ("recognised", "Bob Builder")
    assert (await whole.client.get(f"{AT}/uses/{use['id']}")).json()["person"] is None
    assert (await work.bob.ask("POST", f"{AT}/uses", json={**facts, "name": "Bob"})).status_code == 403


async def test_a_member_objects_for_a_reason_and_then_it_is_contested(work: Working, whole: Instance) -> None:
    use = await declared(work.bob, COOP)
    boss = await whole.member("boss")
    reason = {"text": "They have tenants who work for wages."}
    assert (await boss.ask("POST", f"{AT}/uses/{use['id']}/object", json=reason)).status_code == 403
    assert (await work.bob.ask("POST", f"{AT}/uses/{use['id']}/object", json=reason)).status_code == 403
    await work.eve.post(f"{AT}/uses/{use['id']}/object", **reason)
    shown = (await whole.client.get(f"{AT}/uses/{use['id']}")).json()
    assert (shown["phase"], shown["objections"][0]["text"]) == ("contested", reason["text"])


async def test_only_who_declared_withdraws(work: Working) -> None:
    use = await declared(work.bob, COOP)
    assert (await work.ana.ask("POST", f"{AT}/uses/{use['id']}/withdraw")).status_code == 403
    await work.bob.post(f"{AT}/uses/{use['id']}/withdraw")
    assert (await work.ana.get(f"{AT}/uses/{use['id']}"))["phase"] == "withdrawn"


async def test_a_use_is_over_when_its_time_is(work: Working) -> None:
    use = await declared(work.bob, COOP, since="2020-01-01", until="2020-12-31")
    assert use["phase"] == "expired"


async def test_a_credential_is_ones_own_and_holds(work: Working) -> None:
    mine = await credential(work.bob)
    evidence = [{"what": "credential", "text": mine}]
    use = await declared(work.bob, COOP, evidence=evidence)
    assert use["evidence"][0]["verified"]["klass"] == "member"
    answer = await work.eve.ask("POST", f"{AT}/uses", json={**COOP, "evidence": evidence})
    assert answer.status_code == 403
    assert "somebody else's" in answer.json()["error"]
    for wrong in ({**mine, "issuer": "https://evil.example/actors/1"}, {**mine, "validUntil": "2099-01-01T00:00:00Z"}):
        answer = await work.bob.ask(
            "POST", f"{AT}/uses", json={**COOP, "evidence": [{"what": "credential", "text": wrong}]}
        )
        assert answer.status_code in (400, 401), answer.text
    assert len(await work.bob.get(f"{AT}/uses")) == 1


async def test_who_has_left_shows_their_credential_in_vain(work: Working) -> None:
    mine = await credential(work.bob)
    await work.bob.post("/api/phyle/v1/members/me/exit")
    answer = await work.bob.ask("POST", f"{AT}/uses", json={**COOP, "evidence": [{"what": "credential", "text": mine}]})
    assert answer.status_code == 403
    assert "holds no more" in answer.json()["error"]


@pytest.mark.parametrize(
    "wrong", [{"licence": "MIT"}, {"grant": "a" * 26}, {"commit": "no-such-branch"}, {"user": "king"}]
)
async def test_what_cannot_be_is_refused_before_anything_is_entered(work: Working, wrong: dict[str, Any]) -> None:
    answer = await work.bob.ask("POST", f"{AT}/uses", json={**COOP, **wrong})
    assert answer.status_code in (400, 403, 404, 422), answer.text
    assert await work.bob.get(f"{AT}/uses") == []


async def test_evidence_is_taken_back_by_who_gave_it(work: Working, whole: Instance) -> None:
    use = await declared(work.bob, COOP, evidence=[{"what": "statutes", "text": STATUTES}])
    digest = use["evidence"][0]["digest"]
    assert (await work.eve.ask("DELETE", f"/api/phyle/v1/evidence/{digest}")).status_code == 404
    assert (await work.bob.ask("DELETE", f"/api/phyle/v1/evidence/{digest}")).status_code == 200
    (shown,) = (await whole.client.get(f"{AT}/uses/{use['id']}")).json()["evidence"]
    assert (shown["digest"], shown["text"]) == (digest, None)
