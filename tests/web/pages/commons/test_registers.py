"""Contributions and uses by links and forms alone: claimed, validated, foretold, declared, objected to, negotiated."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.instance import Instance
from tests.web.commons.test_uses import STATUTES
from tests.web.commons.works import Working, working
from tests.web.pages.commons.looking import Look, browsers


@pytest.fixture
async def look(whole: Instance) -> AsyncIterator[Look]:
    async with browsers(whole) as found:
        yield found


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def test_a_contribution_is_claimed_and_validated_by_forms(work: Working, look: Look) -> None:
    his, hers = await look("bob"), await look("ana")
    await his.open("/@seeder.git/contributions")
    await his.press("Claim it", 400, what="care", subject="The first harvest", on="yesterday")
    assert his.page.value("subject") == "The first harvest"
    await his.press("Claim it", on="2020-05-01", text="I <b>watered</b> it.")
    assert "in the ledger" in his.page.words
    await hers.open("/@seeder.git/contributions")
    (path,) = [each for each in hers.page.links.values() if "/contributions/" in each and "export" not in each]
    await hers.open(path)
    assert "I <b>watered</b> it." in hers.page.words
    await hers.press("Validate it")
    assert "valid" in hers.page.words
    await his.open(path)
    await his.press("Withdraw it")
    assert "withdrawn" in his.page.words
    await hers.open("/commons/contributions")
    assert "The first harvest" in hers.page.words


async def test_a_use_is_foretold_declared_and_objected_to_by_forms(work: Working, look: Look) -> None:
    his, hers, stranger = await look("bob"), await look("eve"), await look()
    await stranger.open("/@seeder.git/uses/declare")
    assert stranger.path.startswith("/auth/sign_in?next=")
    await his.open("/@seeder.git/uses/declare")
    facts: Any = {
        "user": "worker-cooperative",
        "name": "Casa Nueva",
        "purpose": "commercial",
        "said[surplus_to_workers]": "yes",
    }
    await his.press("See what follows", **facts)
    assert "Needs a licence of its own" in his.page.words
    assert "Does anybody have a share" in his.page.words
    no: Any = {f"said[{name}]": "no" for name in ("indivisible_reserves", "outside_investors", "waged_non_members")}
    await his.press("Declare it", **no, statutes=STATUTES)
    assert "recognised" in his.page.words
    assert "4(c)(i), 4(c)(ii)" in his.page.words
    assert STATUTES in his.page.words
    path = his.path.partition("?")[0]
    await hers.open(path)
    await hers.press("Object to it", text="Who are their tenants?")
    assert "contested" in hers.page.words
    assert "Who are their tenants?" in hers.page.words
    ruling = hers.page.links["Propose a ruling"]
    await hers.open(ruling)
    assert hers.page.value("use") == path.rpartition("/")[2]
    for listed in ("/@seeder.git/uses", "/commons/uses", "/commons/uses?user=casa+nueva"):
        await stranger.open(listed)
        assert "Casa Nueva" in stranger.page.words


async def test_a_licence_of_its_own_becomes_a_proposal(work: Working, look: Look) -> None:
    hers = await look("ana")
    await hers.open("/@seeder.git/uses/licence")
    await hers.press("Go on to the proposal", 422, name="Rent & Sons Ltd", amount="a lot", unit="EUR")
    await hers.press("Go on to the proposal", name="Rent & Sons Ltd", amount="500.00", unit="EUR", until="2099-01-01")
    assert hers.path.startswith("/phyle/proposals/new?kind=grant")
    terms = hers.page.value("terms")
    assert '"compensate"' in terms
    assert hers.page.value("name") == "Rent & Sons Ltd"


async def test_what_is_no_work_says_so(work: Working, look: Look) -> None:
    await work.bob.post("/api/phyle/v1/repositories", name="other")
    his = await look("bob")
    for part in ("uses", "contributions"):
        await his.open(f"/@other.git/{part}")
        assert "has not been offered as a work" in his.page.words
    await his.open("/commons/declarations")
    await his.press("Declare it", 404, work="@nothing@nowhere.example", user="individual", person="Bob")
