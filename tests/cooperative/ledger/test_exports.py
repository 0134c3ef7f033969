"""The exported file: whole, in order, for whom it is meant, continued where it broke off, and it audits."""

import os
from pathlib import Path

import pytest

from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.state import OpenedVote, State
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import write
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.exports import Level, export
from phyle.cooperative.tree import archive, hashing
from phyle.cooperative.tree.archive import Section
from phyle.cooperative.tree.bundles import entries_of
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.notes import Note
from phyle.errors import Conflict
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle

PUBLIC, MEMBERS = Level(public=True), Level(public=False)


@pytest.fixture
async def phyle(store: Store) -> Phyle:
    """After a decision with three papers."""
    store.settings.home.mkdir(exist_ok=True)
    phyle = Phyle(store=store)
    await decided(phyle)
    return phyle


async def decided(phyle: Phyle, text: str = "") -> str:
    founders = await phyle.founded(text=text)
    proposal = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(proposal)
    for each in founders:
        await phyle.vote(each, ballot, {"paper": "for"})
    await phyle.finished(proposal)
    return ballot


def sections(path: Path) -> list[Section]:
    with path.open("rb") as stream:
        return list(archive.sections(stream))


def replayed(parts: list[Section]) -> State:
    """The state that the file alone gives."""
    state = State()
    for part in parts:
        if part.kind == "blob":
            assert hashing.sha256(part.data).hexdigest() == part.name
            state.load_blob(part.name, part.data)
        elif part.kind == "sheet":
            rows = (OpenedVote(member=member, value=value, salt=salt) for member, value, salt in parse(part.data))
            state.load_sheet(part.name, tuple(rows))
        elif part.kind == "entries":
            for leaf in entries_of(part.data):
                LAW.enter(state, read_entry(leaf))
    return state


async def test_the_file_alone_gives_the_same_state_and_root(phyle: Phyle, tmp_path: Path) -> None:
    size = await export(phyle.store, tmp_path / "ledger", PUBLIC)
    parts = sections(tmp_path / "ledger")
    async with phyle.store.reading() as tx:
        rows, head = await tx.rows(reading.SQL.everything), await reading.head(tx)
    kept = {(row["kind"], row["id"]): row["value"] for row in rows}
    assert {address: parse(spell(write(value))) for address, value in replayed(parts).everything()} == kept
    note = next(part for part in parts if part.kind == "checkpoint")
    checkpoint = Checkpoint.read(Note.read(note.data).text)
    assert (checkpoint.size, checkpoint.root) == (size, head.root)
    assert parts[0].kind == "about"
    assert parts[-1] == Section("end", str(size), b"")


async def test_only_a_members_file_has_openings(phyle: Phyle, tmp_path: Path) -> None:
    await export(phyle.store, tmp_path / "public", PUBLIC)
    await export(phyle.store, tmp_path / "members", MEMBERS)
    public, members = sections(tmp_path / "public"), sections(tmp_path / "members")
    assert "openings" not in {part.kind for part in public}
    assert b"/actors/" not in b"".join(part.data for part in public)
    names = [row[1] for part in members if part.kind == "openings" for row in parse(part.data)["opened"]]
    assert sorted(names) == ["actor"] * 3 + ["choice"] * 3


async def test_papers_for_members_alone_are_in_no_public_file(store: Store, tmp_path: Path) -> None:
    store.settings.home.mkdir(exist_ok=True)
    phyle = Phyle(store=store)
    ballot = await decided(phyle, charter().replace('ballots = "public"', 'ballots = "members"'))
    await export(store, tmp_path / "public", PUBLIC)
    await export(store, tmp_path / "members", MEMBERS)
    assert "sheet" not in {part.kind for part in sections(tmp_path / "public")}
    assert [part.name for part in sections(tmp_path / "members") if part.kind == "sheet"] == [ballot]


async def test_an_open_ballots_papers_are_in_no_file(store: Store, tmp_path: Path) -> None:
    store.settings.home.mkdir(exist_ok=True)
    phyle = Phyle(store=store)
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    await phyle.vote(founders[0], ballot, {"paper": "block"})
    await export(store, tmp_path / "members", MEMBERS)
    parts = sections(tmp_path / "members")
    assert b"block" not in b"".join(part.data for part in parts if part.kind in ("openings", "sheet"))
    assert [len(parse(part.data)["closed"]) for part in parts if part.kind == "openings"] == [1]


async def test_an_export_that_broke_off_anywhere_is_continued_to_the_same_file(phyle: Phyle, tmp_path: Path) -> None:
    for _ in range(100):
        await phyle.keep(os.urandom(8))
    ballot = await phyle.to_ballot(await phyle.resolution(phyle.people[0]))
    for place in range(300):
        await phyle.vote(phyle.people[place % 3], ballot, {"paper": "for"})
    await export(phyle.store, tmp_path / "whole", MEMBERS)
    whole = (tmp_path / "whole").read_bytes()
    for cut in (15, 16, 100, len(whole) // 3, len(whole) - 700, len(whole) - 1):
        (tmp_path / "broken").write_bytes(whole[:cut])
        await export(phyle.store, tmp_path / "broken", MEMBERS)
        assert (tmp_path / "broken").read_bytes() == whole


async def test_another_file_is_not_written_over(phyle: Phyle, tmp_path: Path) -> None:
    await export(phyle.store, tmp_path / "public", PUBLIC)
    (tmp_path / "letter").write_text("Dear mother,")
    for name, level in (("public", PUBLIC), ("public", MEMBERS), ("letter", PUBLIC)):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(Conflict):
            await export(phyle.store, tmp_path / name, level)
        assert (tmp_path / name).read_bytes() == before
