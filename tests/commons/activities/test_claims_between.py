"""Merged changes credit themselves: the author's claim travels with the change, the maintainer's word follows it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from phyle.settings import Settings
from phyle.store.embedded import Embedded
from tests.commons.activities.phyles import Phyles, get, post, two_phyles
from tests.commons.between import cloned
from tests.instance import Instance
from tests.peer import ACTIVITY
from tests.servers import eventually
from tests.web.commons.works import Working, working


@pytest.fixture
async def phyles(cluster: Embedded, settings: Settings, whole: Instance, tmp_path: Path) -> AsyncIterator[Phyles]:
    async with two_phyles(cluster, settings, whole, tmp_path) as built:
        yield built


async def credited(who: Any, phase: str = "valid", count: int = 1) -> list[dict[str, Any]]:
    """The contributions to `seeder` in this phase, once there are so many."""

    async def there() -> list[dict[str, Any]] | None:
        listed = await get(who, "/repositories/seeder/contributions")
        found = [each for each in listed if each["phase"] == phase]
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = await eventually(there)
    return found


async def test_a_change_from_another_phyle_is_credited_under_two_signatures(phyles: Phyles) -> None:
    await phyles.offered(sow_py="rows = 3\n")
    head = await phyles.at_doras.git("rev-parse", "HEAD")
    ana = phyles.makers.ana
    assert await get(ana, "/repositories/seeder/contributions") == []
    (number,) = [row["id"] for row in await phyles.here.fetch("SELECT id FROM commons.versions")]
    shown = (await phyles.here.client.get(f"/objects/{number}", headers={"Accept": ACTIVITY})).json()
    assert shown["phyle:claim"].keys() == {"act"}  # what opens it is for members, and can be erased
    await post(ana, "/repositories/seeder/merge_requests/1/apply", head=head, method="merge")
    (it,) = await credited(ana)
    assert (it["what"], it["subject"], it["terms"]) == (
        "change",
        head,
        {"dco": True, "licence": "PPL", "mandate": True},
    )
    assert it["account"]["uri"] == phyles.dora.member.actor.uri
    assert it["answerer"]["acct"] == "ana"
    assert it["validated"] > it["entry"]


async def test_whoever_contributes_again_is_the_same(phyles: Phyles) -> None:
    ana = phyles.makers.ana
    for number in (1, 2):
        await phyles.offered(**{f"sow{number}_py": "rows = 3\n"})
        head = await phyles.at_doras.git("rev-parse", "HEAD")
        await post(ana, f"/repositories/seeder/merge_requests/{number}/apply", head=head, method="merge")
        await credited(ana, count=number)
        await phyles.at_doras.git("fetch", "--quiet", "origin")
        await phyles.at_doras.branch("topic", "origin/main")
    assert len({each["by"] for each in await credited(ana, count=2)}) == 1


async def test_a_claim_of_something_else_is_not_entered(phyles: Phyles) -> None:
    await phyles.offered(sow_py="rows = 3\n")
    await phyles.settled()
    head = await phyles.at_doras.git("rev-parse", "HEAD")
    await phyles.here.fetch(
        "UPDATE commons.versions SET terms = terms || '{\"mandate\": false}'"
    )  # as if dora had offered it without a mandate, and signed with one
    ana = phyles.makers.ana
    await post(ana, "/repositories/seeder/merge_requests/1/apply", head=head, method="merge")
    await phyles.settled()
    assert await get(ana, "/repositories/seeder/contributions") == []


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def offered(work: Working, by: Any, place: Path, **more: Any) -> str:
    """A change by somebody of the same phyle; its head."""
    await post(by, "/repositories", name="mine")
    shop = await cloned(work.shop.folder, place, "Bob")
    await shop.branch("topic")
    head = await shop.commit({"sow.py": "rows = 3\n"}, sign_off=True)
    host = by.instance.origin.partition("://")[2]
    for branch in ("main", "topic"):
        await shop.push(f"http://{by.actor.name}:{by.token}@{host}/@mine.git", branch)
    given = {"origin": "mine", "branch": "topic", "title": "Sow more", "sign_off": True, **more}
    await post(by, "/repositories/seeder/merge_requests", **given)
    return head


async def test_a_change_from_the_same_phyle_is_credited_too(work: Working, tmp_path: Path) -> None:
    head = await offered(work, work.bob, tmp_path / "bobs", mandate=True)
    await post(work.ana, "/repositories/seeder/merge_requests/1/apply", head=head, method="squash")
    (it,) = await credited(work.ana)
    assert (it["subject"], it["account"]["acct"], it["answerer"]["acct"]) == (head, "bob", "ana")


async def test_who_applies_their_own_change_waits_for_another_maintainer(work: Working, tmp_path: Path) -> None:
    head = await offered(work, work.ana, tmp_path / "more")
    await post(work.ana, "/repositories/seeder/merge_requests/1/apply", head=head, method="merge")
    (it,) = await credited(work.ana, "claimed")
    assert it["account"]["acct"] == "ana"


async def test_without_a_sign_off_nothing_is_claimed_for_anybody(work: Working, tmp_path: Path) -> None:
    head = await offered(work, work.bob, tmp_path / "bobs", sign_off=False)
    await post(work.ana, "/repositories/seeder/merge_requests/1/apply", head=head, method="merge")
    await work.ana.instance.settled()
    assert await get(work.ana, "/repositories/seeder/contributions") == []
