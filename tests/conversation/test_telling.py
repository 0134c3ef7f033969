"""Notifications: listed, filtered, dismissed; reports and markers."""

import pytest

from phyle.conversation import follows, markers, notifications, reactions, reports
from phyle.conversation.paging import Page
from phyle.errors import Missing, Unprocessable
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, says, sends, sql


async def test_notifications_are_filtered_by_kind_and_by_whose_acts(tx: Tx) -> None:
    ana, bea, far = await member(tx, "ana"), await member(tx, "bea"), await elsewhere(tx, "far")
    post = await says(tx, ana)
    await reactions.favourite(tx, far, post.id)
    await reactions.boost(tx, bea, post.id)
    await follows.follow(tx, bea, ana)

    async def kinds(**filters: object) -> list[str]:
        found = await notifications.listing(tx, ana.id, Page(), **filters)  # type: ignore[arg-type]
        return [one.kind for one in found]

    assert await kinds() == ["follow", "reblog", "favourite"]
    assert await kinds(kinds=["follow", "favourite"]) == ["follow", "favourite"]
    assert await kinds(excluded=["follow"]) == ["reblog", "favourite"]
    assert await kinds(kinds=[]) == []
    assert await kinds(actor=bea.id) == ["follow", "reblog"]


async def test_the_same_is_told_once(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    for _ in range(3):
        await notifications.tell(tx, [ana.id, ana.id], "follow", bea.id)
    assert len(await notifications.listing(tx, ana.id, Page())) == 1


async def test_only_members_here_are_told_and_nobody_by_who_is_suspended(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    await says(tx, ana, "@far@far.example")
    assert await sql(tx, "SELECT FROM conversation.notifications") == []
    await sends(tx, far, mentioned=[ana])
    await sql(tx, "UPDATE identity.actors SET suspended_at = now() WHERE id = $1", far.id)
    assert await notifications.listing(tx, ana.id, Page()) == []


async def test_notifications_are_dismissed_one_by_one_or_all(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await says(tx, bea, "@ana one")
    await says(tx, bea, "@ana two")
    latest = (await notifications.listing(tx, ana.id, Page()))[0]
    await notifications.dismiss(tx, ana.id, latest.id)
    with pytest.raises(Missing):
        await notifications.get(tx, ana.id, latest.id)
    assert len(await notifications.listing(tx, ana.id, Page())) == 1
    await notifications.clear(tx, ana.id)
    assert await notifications.listing(tx, ana.id, Page()) == []


async def test_a_report_names_only_posts_of_its_subject(tx: Tx) -> None:
    ana, far, other = await member(tx, "ana"), await elsewhere(tx, "far"), await elsewhere(tx, "other")
    bad, good = await sends(tx, far), await sends(tx, other)
    report = await reports.file(tx, ana, far, posts=[bad.uri, good.uri], comment="spam", category="spam", forward=True)
    assert report is not None
    assert (list(report.posts), report.forwarded) == ([bad.uri], True)
    assert [one.id for one in await reports.waiting(tx)] == [report.id]
    await reports.resolve(tx, report.id)
    assert await reports.waiting(tx) == []
    with pytest.raises(Missing):
        await reports.resolve(tx, report.id)


@pytest.mark.threat("A13")
async def test_a_flag_from_elsewhere_is_kept_once(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    assert await reports.file(tx, far, ana, uri="https://far.example/flag/1")
    assert await reports.file(tx, far, ana, uri="https://far.example/flag/1") is None


@pytest.mark.threat("F19")
async def test_reports_have_limits(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    for comment, category in (("x" * 5_001, "other"), ("x", "revenge")):
        with pytest.raises(Unprocessable):
            await reports.file(tx, ana, far, comment=comment, category=category)
    with pytest.raises(Unprocessable):
        await reports.file(tx, far, ana, uri="https://far.example/" + "x" * 2_048)


async def test_markers_grow_a_version_with_each_change(tx: Tx) -> None:
    ana = await member(tx, "ana")
    assert await markers.read(tx, ana.id, ["home"]) == {}
    await markers.write(tx, ana.id, {"home": 5, "notifications": 7})
    written = await markers.write(tx, ana.id, {"home": 6})
    assert (written["home"].last_read, written["home"].version) == (6, 2)
    found = await markers.read(tx, ana.id, ["home", "notifications"])
    assert {name: marker.last_read for name, marker in found.items()} == {"home": 6, "notifications": 7}
    for wrong in ({"public": 1}, {"home": 2**63}, {"home": -1}):
        with pytest.raises(Unprocessable):
            await markers.write(tx, ana.id, wrong)
