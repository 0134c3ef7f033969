"""What a real instance exports is verified from the file alone, for everybody and for members."""

import asyncio
from pathlib import Path

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.files import Archive
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.ledger.exports import Level, export
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle

PUBLIC, MEMBERS = Level(public=True), Level(public=False)


async def decided(store: Store, ballots: str = "public") -> Phyle:
    """After a decision with three papers."""
    store.settings.home.mkdir(exist_ok=True)
    phyle = Phyle(store=store)
    founders = await phyle.founded(text=charter().replace('ballots = "public"', f'ballots = "{ballots}"'))
    proposal = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(proposal)
    for each in founders:
        await phyle.vote(each, ballot, {"paper": "for"})
    await phyle.finished(proposal)
    return phyle


async def audited(phyle: Phyle, folder: Path, level: Level) -> Verdict:
    file = folder / level.name
    await export(phyle.store, file, level)

    def run() -> Verdict:
        with Archive(file) as source:
            return audit(source)

    return await asyncio.to_thread(run)


@pytest.mark.parametrize("level", [PUBLIC, MEMBERS])
async def test_an_export_is_verified(store: Store, tmp_path: Path, level: Level) -> None:
    found = await audited(await decided(store), tmp_path, level)
    assert found.sound, found.findings
    assert found.level == ("public" if level.public else "member")
    assert [decision.passed for decision in found.decisions] == [True]


async def test_papers_for_members_are_unseen_by_others(store: Store, tmp_path: Path) -> None:
    phyle = await decided(store, ballots="members")
    public = await audited(phyle, tmp_path, PUBLIC)
    assert public.sound, public.findings
    assert [note.outcome for note in public.notes] == ["members"]
    assert public.decisions[0].uncounted
    members = await audited(phyle, tmp_path, MEMBERS)
    assert members.sound, members.findings
    assert members.notes == ()
    assert members.rests_on == ("localhost:8080",)
