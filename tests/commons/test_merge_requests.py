"""Merge requests: offered in versions, reviewed, applied exactly once or refused with a reason; with the real git."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from phyle.commons import applying, examining, grants, merge_requests, proposing, repositories, reviews, tickets
from phyle.commons.applying import Wish
from phyle.commons.git import merging, refs
from phyle.commons.merge_requests import Rules, Terms
from phyle.commons.proposing import Proposal
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket, Words
from phyle.errors import Conflict, Missing, Refused, TooLarge, Unprocessable
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.commons.projects import grant, people, project
from tests.commons.workshop import Workshop, git, opened, workshop
from tests.people import sql


@dataclass
class Stage:
    """Ana maintains `seeder`, of which bob has a fork; and their workshops."""

    store: Store
    ana: Actor
    bob: Actor
    seeder: Repository
    fork: Repository
    at_anas: Workshop
    at_bobs: Workshop
    folder: Path
    forked: Path

    async def offer(self, branch: str = "topic", **how: object) -> Ticket:
        await self.at_bobs.push(self.forked, branch)
        given = {"terms": Terms(sign_off=True), "words": Words(title="Sow more"), "target_branch": "main", **how}
        proposal = Proposal(origin=self.fork, branch=branch, **given)  # type: ignore[arg-type]  # as the caller says
        return await proposing.propose(self.store, self.bob, self.seeder, proposal)

    async def head(self, ticket: Ticket) -> str:
        async with self.store.reading() as tx:
            found = await merge_requests.get(tx, ticket.id)
            return (await merge_requests.version(tx, ticket.id, found.version)).head

    async def main(self) -> str:
        return (await refs.oids(self.folder, ["refs/heads/main"]))["refs/heads/main"]

    async def apply(self, ticket: Ticket, **how: object) -> merge_requests.MergeRequest:
        wish = Wish(head=await self.head(ticket), **how)  # type: ignore[arg-type]  # as the caller says
        return await applying.apply(self.store, self.ana, self.seeder, ticket, wish)


@pytest.fixture
async def stage(store: Store, tmp_path: Path) -> Stage:
    ana, bob = await people(store, "ana", "bob")
    async with store.transaction() as tx:
        seeder, fork = await project(tx, ana), await project(tx, bob, "seeder_of_bob")
    folder, forked = await opened(store, seeder), await opened(store, fork)
    at_anas = await workshop(tmp_path / "anas")
    await at_anas.push(folder, "main")
    await git(tmp_path, "clone", "--quiet", str(folder), "bobs")
    at_bobs = Workshop(tmp_path / "bobs", "Bob")
    await at_bobs.push(forked, "main")
    await at_bobs.branch("topic")
    await at_bobs.commit({"sow.py": "rows = 3\nseeds = 2\n"}, "Sow three rows", sign_off=True)
    return Stage(store, ana, bob, seeder, fork, at_anas, at_bobs, folder, forked)


async def test_a_change_is_offered_with_all_its_objects(stage: Stage) -> None:
    ticket = await stage.offer()
    async with stage.store.reading() as tx:
        found, (version,) = await merge_requests.get(tx, ticket.id), await merge_requests.versions(tx, ticket.id)
    assert (found.phase, version.commits, version.unsigned, version.base) == ("open", 1, [], await stage.main())
    held = await refs.oids(stage.folder, ["refs/merge-requests/1/1"])
    assert held == {"refs/merge-requests/1/1": version.head}
    assert not (stage.folder / "objects" / "info" / "alternates").exists()
    await git(stage.folder, "fsck", "--strict", "--connectivity-only")


@pytest.mark.parametrize("method", ["fast-forward", "merge", "squash"])
async def test_it_is_applied_in_each_way_and_credit_is_kept(stage: Stage, method: str) -> None:
    cleo = Workshop(stage.at_bobs.folder, "Cleo")
    await cleo.commit({"water.py": "litres = 1\n"}, "Water them", sign_off=True)
    ticket = await stage.offer()
    before = await stage.main()
    done = await stage.apply(ticket, method=method)
    after = await stage.main()
    assert (done.phase, done.method, done.applied_as) == ("applied", method, after)
    said = await git(stage.folder, "log", "-1", "--format=%an|%cn|%P|%B", after)
    if method == "fast-forward":
        assert said.startswith("Cleo|Cleo|")
    elif method == "merge":
        assert said.startswith(f"ana|ana|{before} {await stage.head(ticket)}|Merge topic (#1): Sow more")
    else:
        assert said.startswith(f"Cleo|ana|{before}|Sow more (#1)")
        assert "Co-authored-by: Bob <bob@example.org>" in said
        assert "Signed-off-by: Cleo <cleo@example.org>" in said
        assert "Sow three rows" in said
    async with stage.store.reading() as tx:
        settled = await tickets.get(tx, ticket.id)
        assert (settled.state, settled.resolved_by) == ("resolved", stage.ana.id)
    with pytest.raises(Conflict):
        await stage.apply(ticket)
    assert await stage.main() == after


async def test_conflicts_are_told_exactly_and_nothing_is_written(stage: Stage) -> None:
    ticket = await stage.offer()
    await stage.at_anas.commit({"sow.py": "rows = 7\nseeds = 2\n"}, "Seven rows")
    await stage.at_anas.push(stage.folder, "main")
    before = await stage.main()
    async with stage.store.reading() as tx:
        found, (version,) = await merge_requests.get(tx, ticket.id), await merge_requests.versions(tx, ticket.id)
    seen = await applying.mergeability(stage.store, stage.seeder, found, version)
    assert (seen.clean, seen.forward, seen.behind, seen.total) == (False, False, 1, 1)
    assert seen.conflicts[0].path == "sow.py"
    assert seen.conflicts[0].lines == ((("rows = 7",), ("rows = 3",)),)
    for method in ("merge", "squash"):
        with pytest.raises(Conflict, match=r"both sides changed sow\.py"):
            await stage.apply(ticket, method=method)
    with pytest.raises(Unprocessable, match="fast-forward"):
        await stage.apply(ticket, method="fast-forward")
    assert await stage.main() == before


async def test_only_maintainers_apply_and_only_what_they_have_looked_at(stage: Stage) -> None:
    (cleo,) = await people(stage.store, "cleo")
    async with stage.store.transaction() as tx:
        await grant(tx, stage.seeder, cleo, "contributor")
    ticket = await stage.offer()
    looked_at = Wish(head=await stage.head(ticket))
    for who in (cleo, stage.bob):
        with pytest.raises(Refused):
            await applying.apply(stage.store, who, stage.seeder, ticket, looked_at)
    await stage.at_bobs.commit({"sow.py": "rows = 4\nseeds = 2\n"}, "Four rows", sign_off=True)
    await stage.at_bobs.push(stage.forked, "topic")
    second = await proposing.renew(stage.store, ticket, Terms(sign_off=True))
    assert second is not None
    assert second.number == 2
    assert await proposing.renew(stage.store, ticket, Terms(sign_off=True)) is None
    assert await proposing.renew(stage.store, ticket, Terms()) is None, "who says nothing takes nothing back"
    third = await proposing.renew(stage.store, ticket, Terms(sign_off=True, mandate=True))
    assert third is not None
    assert third.terms.mandate, "the same commits on other terms"
    with pytest.raises(Conflict, match="newer version"):
        await applying.apply(stage.store, stage.ana, stage.seeder, ticket, looked_at)
    with pytest.raises(Missing):
        await applying.apply(stage.store, stage.bob, stage.fork, ticket, Wish(head=second.head))
    assert (await stage.apply(ticket)).phase == "applied"


async def test_asked_for_changes_hold_up_the_version_and_an_approval_decides(stage: Stage) -> None:
    (cleo,) = await people(stage.store, "cleo")
    ticket = await stage.offer()

    async def reviewed(who: Actor, verdict: str, source: str = "", version: int = 1) -> reviews.Review:
        async with stage.store.transaction() as tx:
            return await reviews.give(tx, who, stage.seeder, ticket, version=version, verdict=verdict, source=source)

    with pytest.raises(Refused):
        await reviewed(cleo, "approve")
    async with stage.store.transaction() as tx:
        await grant(tx, stage.seeder, stage.bob, "contributor")
    with pytest.raises(Refused, match="own change"):
        await reviewed(stage.bob, "approve")
    with pytest.raises(Unprocessable):
        await reviewed(stage.ana, "changes")
    await reviewed(cleo, "comment", "I like it")
    await reviewed(stage.ana, "changes", "Not so many rows")
    with pytest.raises(Conflict, match="asked for changes"):
        await stage.apply(ticket)
    with pytest.raises(Conflict, match="newer"):
        await reviewed(stage.ana, "approve", version=2)
    await reviewed(stage.ana, "approve")
    await stage.apply(ticket)
    async with stage.store.reading() as tx:
        found = await reviews.of(tx, ticket.id)
    assert [(each.verdict, each.decided) for each in found] == [
        ("comment", False),
        ("changes", False),
        ("approve", True),
    ]


async def test_refused_with_a_public_reason_or_withdrawn_by_its_author(stage: Stage) -> None:
    first, second = await stage.offer(), await stage.offer()
    async with stage.store.transaction() as tx:
        with pytest.raises(Refused):
            await merge_requests.refuse(tx, stage.bob, stage.seeder, first, "Because")
        with pytest.raises(Unprocessable):
            await merge_requests.refuse(tx, stage.ana, stage.seeder, first, "  ")
        refused = await merge_requests.refuse(tx, stage.ana, stage.seeder, first, "Three rows do not fit.")
        assert (refused.phase, refused.reason) == ("refused", "Three rows do not fit.")
        with pytest.raises(Missing):
            await merge_requests.withdraw(tx, stage.ana, stage.seeder, second)
        assert (await merge_requests.withdraw(tx, stage.bob, stage.seeder, second)).phase == "withdrawn"
    for ticket in (first, second):
        with pytest.raises(Conflict):
            await stage.apply(ticket)
        with pytest.raises(Conflict):
            await proposing.renew(stage.store, ticket, Terms())


async def test_what_a_project_asks_of_those_who_give(stage: Stage) -> None:
    await stage.at_bobs.commit({"more.py": "x = 1\n"}, "Not signed off")
    async with stage.store.transaction() as tx:
        await merge_requests.set_rules(tx, stage.ana, stage.seeder, Rules(sign_off=True, licence="PPL"))
    with pytest.raises(Unprocessable, match="sign-off"):
        await stage.offer(terms=Terms())
    with pytest.raises(Unprocessable, match="under PPL"):
        await stage.offer(terms=Terms(sign_off=True, licence="MIT"))
    ticket = await stage.offer(terms=Terms(sign_off=True, licence="PPL", mandate=True))
    async with stage.store.reading() as tx:
        (version,) = await merge_requests.versions(tx, ticket.id)
    assert version.terms == Terms(sign_off=True, licence="PPL", mandate=True)
    assert len(version.unsigned) == 1
    with pytest.raises(Refused, match="signed-off"):
        await stage.apply(ticket)
    await stage.at_bobs.git("commit", "--quiet", "--amend", "--signoff", "--no-edit")
    await stage.at_bobs.push(stage.forked, "topic", force=True)
    await proposing.renew(stage.store, ticket, version.terms)
    assert (await stage.apply(ticket)).phase == "applied"


async def test_two_apply_at_once_and_it_is_applied_once(stage: Stage) -> None:
    ticket = await stage.offer()
    outcomes = await asyncio.gather(*(stage.apply(ticket) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, merge_requests.MergeRequest) for each in outcomes) == 1
    assert all(isinstance(each, Conflict | merge_requests.MergeRequest) for each in outcomes)
    assert await git(stage.folder, "rev-list", "--count", "--merges", "main") == "1"


async def test_a_killed_server_finds_out_what_it_had_done(stage: Stage) -> None:
    ticket, other = await stage.offer(), await stage.offer()
    before, head = await stage.main(), await stage.head(ticket)
    plan = {"old": before, "new": head, "by": stage.ana.id, "method": "fast-forward", "version": 1}
    async with stage.store.transaction() as tx:
        for each, at in ((ticket, "2025-01-01T00:00:00Z"), (other, "2999-01-01T00:00:00Z")):
            await merge_requests.set_applying(tx, each.id, {**plan, "at": at})
    with pytest.raises(Conflict, match="right now"):
        await stage.apply(other)
    async with stage.store.transaction() as tx:  # killed before the branch was written; and one that is still at it
        await applying.recover(tx, {})
        assert (await merge_requests.get(tx, ticket.id)).applying is None
        assert (await merge_requests.get(tx, other.id)).applying is not None
    await refs.update(stage.folder, "refs/heads/main", new=head, old=before)
    async with stage.store.transaction() as tx:  # killed after it
        await applying.recover(tx, {})
        found = await merge_requests.get(tx, other.id)
        assert (found.phase, found.applied_as, found.decided_by) == ("applied", head, stage.ana.id)


async def test_what_was_about_to_be_written_and_is_lost_holds_up_nobody(stage: Stage) -> None:
    ticket = await stage.offer()
    lost = {"old": await stage.main(), "new": "c0" * 20, "by": stage.ana.id, "method": "merge", "version": 1}
    async with stage.store.transaction() as tx:
        await merge_requests.set_applying(tx, ticket.id, {**lost, "at": "2025-01-01T00:00:00Z"})
    async with stage.store.transaction() as tx:
        await applying.recover(tx, {})
    async with stage.store.transaction() as tx:
        assert (await merge_requests.refuse(tx, stage.ana, stage.seeder, ticket, "No")).phase == "refused"


async def test_who_merges_at_home_and_pushes_has_applied_it(stage: Stage) -> None:
    ticket = await stage.offer()
    await stage.at_anas.git("fetch", "--quiet", str(stage.folder), "refs/merge-requests/1/1")
    await stage.at_anas.git("merge", "--quiet", "--no-ff", "-m", "Take it", "FETCH_HEAD")
    await stage.at_anas.push(stage.folder, "main")
    tip = await stage.main()
    assert await applying.found_in(stage.store, stage.ana, stage.seeder, ticket, tip)
    assert not await applying.found_in(stage.store, stage.ana, stage.seeder, ticket, tip)
    async with stage.store.reading() as tx:
        found = await merge_requests.get(tx, ticket.id)
    assert (found.phase, found.applied_as, found.decided_by) == ("applied", tip, stage.ana.id)


async def test_what_is_no_change_of_the_project_is_refused(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="nothing"):
        await stage.offer("main")
    stranger = await workshop(tmp_path / "strange", "Bob")
    await stranger.commit({"x": "y"}, "Another world")
    await stranger.git("checkout", "--quiet", "--orphan", "alien")
    await stranger.commit({"z": "z"}, "Alone")
    await stranger.push(stage.forked, "alien", force=True)
    proposal = Proposal(words=Words(title="x"), origin=stage.fork, branch="alien", target_branch="main", terms=Terms())
    with pytest.raises(Unprocessable, match="in common"):
        await proposing.propose(stage.store, stage.bob, stage.seeder, proposal)
    for wrong in ("nowhere", "--output=/tmp/x", "../x", "a b"):
        with pytest.raises((Missing, Unprocessable)):
            await stage.offer(target_branch=wrong)


async def test_nothing_leaves_a_private_repository_by_a_reader(stage: Stage) -> None:
    (cleo,) = await people(stage.store, "cleo")
    await stage.at_bobs.push(stage.forked, "topic")
    async with stage.store.transaction() as tx:
        await sql(tx, "UPDATE commons.repositories SET visibility = 'private' WHERE id = $1", stage.fork.id)
    async with stage.store.reading() as tx:
        from_private = Proposal(
            words=Words(title="x"),
            origin=await repositories.get(tx, stage.fork.id),
            branch="topic",
            target_branch="main",
            terms=Terms(),
        )
    with pytest.raises(Missing):
        await proposing.propose(stage.store, cleo, stage.seeder, from_private)
    assert (await proposing.propose(stage.store, stage.bob, stage.seeder, from_private)).number == 1


async def test_changes_of_others_leave_room_for_those_who_maintain(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = "".join(random.Random(1).choices("abcdefghij0123456789", k=300_000))
    await stage.at_bobs.commit({"large.txt": noise})
    monkeypatch.setattr(examining, "MOST", 50_000)
    with pytest.raises(TooLarge, match="may bring"):
        await stage.offer()
    monkeypatch.setattr(examining, "MOST", 1 << 20)
    monkeypatch.setattr(examining, "SHARE", 1)
    with pytest.raises(TooLarge, match="no room"):
        await stage.offer()
    monkeypatch.setattr(examining, "SHARE", 1 << 30)
    assert (await stage.offer()).number == 1
    await git(stage.folder, "fsck", "--strict")


@pytest.mark.threat("H10")
async def test_what_is_revoked_while_it_is_merged_is_not_written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, before = await stage.offer(), await stage.main()
    commit = merging.commit

    async def slow(*given: object) -> str:
        async with stage.store.transaction() as tx:
            held = await grants.held(tx, stage.seeder.id, stage.ana.id)
            assert held is not None
            await grants.revoke(tx, held.id, revoked_by=None)
        return await commit(*given)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(merging, "commit", slow)
    with pytest.raises(Refused):
        await stage.apply(ticket)
    assert await stage.main() == before
    async with stage.store.reading() as tx:
        found = await merge_requests.get(tx, ticket.id)
    assert (found.phase, found.applying) == ("open", None)
