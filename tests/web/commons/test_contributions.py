"""Contributions at the API: claimed by anybody, validated by somebody else, listed without sums, taken along."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from phyle.cooperative.ledger import reading
from tests.instance import Instance, Member
from tests.web.commons.works import AT, CHANGE, Working, working

ALL = "/api/phyle/v1/contributions"


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def claimed(by: Member, **more: Any) -> str:
    given = {"what": "documentation", "subject": "README.md", **more}
    return str((await by.post(f"{AT}/contributions", **given))["payload"]["contribution"])


async def test_a_claim_is_validated_by_a_maintainer_who_is_somebody_else(work: Working, whole: Instance) -> None:
    id = await claimed(work.bob, text="A chapter on clay soils.", on="2020-03-01")
    listed = await work.eve.get(f"{AT}/contributions")
    assert [(each["id"], each["phase"], each["account"]["acct"]) for each in listed] == [(id, "claimed", "bob")]
    assert (await work.eve.ask("POST", f"{AT}/contributions/{id}/validate")).status_code == 403
    assert (await work.bob.ask("POST", f"{AT}/contributions/{id}/validate")).status_code == 403
    await work.ana.post(f"{AT}/contributions/{id}/validate", text="I have read it.")
    shown = (await whole.client.get(f"{AT}/contributions/{id}")).json()
    assert (shown["phase"], shown["text"], shown["on"]) == ("valid", "A chapter on clay soils.", "2020-03-01")
    assert shown["account"] is None  # who members are, members see
    async with whole.store.reading() as tx:
        leaves = [await reading.entry(tx, shown[name]) for name in ("entry", "validated")]
    assert [b'"kind":"claim"' in (leaves[0] or b""), b'"kind":"validate"' in (leaves[1] or b"")] == [True, True]


async def test_a_claim_that_is_sent_twice_is_entered_once(work: Working) -> None:
    what = {"what": "documentation", "subject": "README.md"}
    key = {"Idempotency-Key": "once"}
    twice = [(await work.bob.ask("POST", f"{AT}/contributions", json=what, headers=key)).json() for _ in range(2)]
    assert twice[0]["entry"] == twice[1]["entry"]
    assert len(await work.bob.get(f"{AT}/contributions")) == 1


async def test_nobody_validates_themselves_even_as_a_maintainer(work: Working) -> None:
    id = await claimed(work.ana)
    answer = await work.ana.ask("POST", f"{AT}/contributions/{id}/validate")
    assert answer.status_code == 403
    assert "another maintainer" in answer.json()["error"]


async def test_who_is_no_member_is_credited_too(work: Working, whole: Instance) -> None:
    dan = await whole.member("dan")
    id = await claimed(dan, **CHANGE, subject="c0" * 20)
    await work.ana.post(f"{AT}/contributions/{id}/validate")
    (shown,) = await work.ana.get(ALL, account=str(dan.actor.id))
    assert (shown["id"], shown["phase"], shown["terms"]["mandate"]) == (id, "valid", True)
    assert shown["account"]["acct"] == "dan"
    assert await work.ana.get(ALL, account=str(work.bob.actor.id)) == []


async def test_a_refusal_has_a_reason_for_all_and_can_be_answered(work: Working, whole: Instance) -> None:
    id = await claimed(work.bob)
    await work.ana.post(f"{AT}/contributions/{id}/refuse", text="That was eve.")
    shown = (await whole.client.get(f"{AT}/contributions/{id}")).json()
    assert (shown["phase"], shown["reason"]) == ("refused", "That was eve.")
    await work.bob.post(f"{AT}/contributions/{id}/correct", what="translation", subject="README.es.md")
    assert (await work.bob.get(f"{AT}/contributions/{id}"))["phase"] == "claimed"
    assert (await work.eve.ask("POST", f"{AT}/contributions/{id}/withdraw")).status_code == 403
    await work.bob.post(f"{AT}/contributions/{id}/withdraw")
    assert (await work.bob.get(f"{AT}/contributions/{id}"))["phase"] == "withdrawn"


async def test_a_change_comes_with_terms(work: Working) -> None:
    given = {"what": "change", "subject": "c0" * 20}
    assert (await work.bob.ask("POST", f"{AT}/contributions", json=given)).status_code == 403


async def test_of_what_is_no_work_nobody_claims_anything(work: Working) -> None:
    await work.ana.post("/api/phyle/v1/repositories", name="other")
    answer = await work.bob.ask(
        "POST", "/api/phyle/v1/repositories/other/contributions", json={"what": "care", "subject": "x"}
    )
    assert answer.status_code == 404
    assert "offered" in answer.json()["error"]


async def test_lists_are_paged_by_entry(work: Working) -> None:
    ids = [await claimed(work.bob, subject=f"{number}") for number in range(3)]
    for path in (ALL, f"{AT}/contributions"):
        first = await work.bob.get(path, limit=2)
        assert [each["id"] for each in first] == ids[:0:-1]
        (last,) = await work.bob.get(path, limit=2, max_id=first[-1]["entry"])
        assert last["id"] == ids[0]
        assert [each["id"] for each in await work.bob.get(path, limit=1, min_id=last["entry"])] == [ids[1]]


@pytest.mark.threat("G12")
async def test_the_spreadsheet_runs_nothing(work: Working) -> None:
    await claimed(work.bob, subject='=HYPERLINK("http://evil.example")', text="@SUM(1)")
    await claimed(work.bob, subject=" +1", text='plain, "quoted"\nand more')
    answer = await work.ana.ask("GET", f"{AT}/contributions/export", params={"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["subject"] for row in rows] == ["'+1", '\'=HYPERLINK("http://evil.example")']
    assert [row["text"] for row in rows] == ['plain, "quoted"\nand more', "'@SUM(1)"]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["since"]) for row in rows), (
        "no milliseconds"
    )
    taken = await work.ana.get(f"{ALL}/export", account=str(work.bob.actor.id))
    assert len(taken["contributions"]) == 2
    assert not {"total", "score", "rank", "count"} & (set(taken) | set(taken["contributions"][0]))
