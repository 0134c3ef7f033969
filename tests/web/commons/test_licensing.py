"""Decisions about uses: rulings that overrule the table, breaches, negotiated and reciprocal licences, their terms."""

from pathlib import Path
from typing import Any

import pytest

from tests.cooperative.activities.test_fulfilling import decided
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.commons.test_uses import COOP, FIRM, credential, declared
from tests.web.commons.works import AT, CHANGE, Working, working

DRAFT = f"{AT}/uses/licences"


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def passes(whole: Instance, clock: Clock, work: Working, effect: dict[str, Any]) -> None:
    await decided(whole, clock, [work.ana.actor, work.bob.actor, work.eve.actor], effect)


async def test_the_licensors_overrule_what_was_contested_and_the_declarer_does_not_vote(
    work: Working, whole: Instance, clock: Clock
) -> None:
    facts = {**COOP, "said": {**COOP["said"], "waged_non_members": True}}
    use = await declared(work.bob, facts)
    assert (use["phase"], use["clause"]) == ("contested", "4(c)(i), 4(d)")
    effect = await work.ana.post(
        f"{AT}/uses/{use['id']}/ruling", outcome="recognised", clause="4(c)", text="Two apprentices, for a year."
    )
    assert effect["arguments"]["member"] == use["by"]
    await decided(whole, clock, [work.ana.actor, work.eve.actor], effect)
    shown = (await whole.client.get(f"{AT}/uses/{use['id']}")).json()
    assert (shown["phase"], shown["ruling"], shown["ruled_clause"]) == ("recognised", "recognised", "4(c)")
    assert shown["reason"] == "Two apprentices, for a year."
    objection = await work.eve.ask("POST", f"{AT}/uses/{use['id']}/object", json={"text": "Still."})
    assert objection.status_code == 403


async def test_who_broke_the_terms_is_refused_until_permitted(work: Working, whole: Instance, clock: Clock) -> None:
    boss = await whole.member("boss")
    use = await declared(boss, COOP)
    for outcome, phase in (("breach", "refused"), ("permitted", "recognised")):
        ruled = {"outcome": outcome, "clause": "7(a)", "text": "It was sold."}
        await passes(whole, clock, work, await work.ana.post(f"{AT}/uses/{use['id']}/ruling", **ruled))
        assert (await declared(boss, COOP))["phase"] == phase
    assert (await work.ana.get(f"{AT}/uses/{use['id']}"))["phase"] == "refused"


async def test_a_negotiated_licence_allows_what_the_table_refuses(work: Working, whole: Instance, clock: Clock) -> None:
    boss = await whole.member("boss")
    assert (await declared(boss, FIRM))["phase"] == "refused"
    terms = {"amount": "500.00", "unit": "EUR", "until": "2099-12-31", "territory": "ES", "actions": ["use", "derive"]}
    effect = await work.ana.post(f"{DRAFT}/draft", name=FIRM["name"], **terms)
    await passes(whole, clock, work, effect)
    (grant,) = await boss.get(DRAFT)
    assert (grant["licence"], grant["name"], grant["live"]) == ("negotiated", FIRM["name"], True)
    served = await whole.client.get(f"/commons/licences/{grant['id']}")
    assert served.headers["content-type"].startswith("application/ld+json")
    policy = served.json()
    assert policy["uid"].endswith(f"/commons/licences/{grant['id']}")
    (permission,) = policy["permission"]
    assert (permission["assignee"], permission["action"]) == (FIRM["name"], ["use", "derive"])
    assert permission["duty"][-1]["constraint"][0]["rightOperand"]["@value"] == "500.00"
    seen = await whole.client.get(f"/commons/licences/{grant['id']}", headers={"Accept": "text/html"})
    told = ("They may use it and change it", "In this territory: ES.", "They pay 500.00 EUR.", "name whose it is")
    for words in told:
        assert words in seen.text
    assert f"/uses/declare?grant={grant['id']}" in seen.text
    use = await declared(boss, FIRM, grant=grant["id"], until="2098-01-01")
    assert (use["phase"], use["clause"]) == ("recognised", "the grant")
    for wrong in ({"until": "2100-01-01"}, {"until": None}, {"until": "2098-01-01", "name": "Somebody Else Ltd"}):
        answer = await boss.ask("POST", f"{AT}/uses", json={**FIRM, "grant": grant["id"], **wrong})
        assert answer.status_code == 403, answer.text


async def test_a_licence_for_what_was_contributed_takes_all_mandates(
    work: Working, whole: Instance, clock: Clock
) -> None:
    for mandate in (True, False):
        terms = {**CHANGE["terms"], "mandate": mandate}  # type: ignore[dict-item]  # a dict
        done = await work.bob.post(f"{AT}/contributions", what="change", subject=f"{mandate}", terms=terms)
        await work.ana.post(f"{AT}/contributions/{done['payload']['contribution']}/validate")
        answer = await work.ana.ask("POST", f"{DRAFT}/reciprocity", json={"name": "Casa Nueva"})
        assert answer.status_code == (200 if mandate else 422), answer.text
    assert "gave no mandate" in answer.json()["error"]
    await work.bob.post(f"{AT}/contributions/{done['payload']['contribution']}/withdraw")
    await passes(whole, clock, work, await work.ana.post(f"{DRAFT}/reciprocity", name=FIRM["name"]))
    (grant,) = await work.ana.get(DRAFT)
    assert "contributed" in (await whole.client.get(f"/commons/licences/{grant['id']}")).text
    assert (await declared(work.bob, FIRM, grant=grant["id"]))["phase"] == "recognised"


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "much", "unit": "EUR"}, {"amount": "5"}, {"actions": ["own"]}, {"duties": ["kneel"]}, {"name": ""}],
)
async def test_terms_that_cannot_be_said_are_refused(work: Working, wrong: dict[str, Any]) -> None:
    answer = await work.ana.ask("POST", f"{DRAFT}/draft", json={"name": "Casa Nueva", **wrong})
    assert answer.status_code == 422, answer.text


async def test_an_expired_credential_is_no_evidence(work: Working, whole: Instance, clock: Clock) -> None:
    evidence = [{"what": "credential", "text": await credential(work.bob)}]
    await clock.forward(days=91)
    answer = await work.bob.ask("POST", f"{AT}/uses", json={**COOP, "evidence": evidence})
    assert answer.status_code == 403
    assert "expired" in answer.json()["error"]
