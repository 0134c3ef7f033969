"""A server killed with -9 while it applies a change: the branch is old or new, and the change is what the branch is."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from phyle.commons import applying, merge_requests, pushes, tickets
from phyle.store.transaction import Store
from tests.commons.test_merge_requests import Stage, stage
from tests.commons.workshop import git
from tests.people import sql

__all__ = ["stage"]

_WRAPPER = """#!/bin/sh
case " $* " in
*" update-ref "*) {before} kill -9 $(cat {pid}); sleep 5 ;;
*) exec {git} "$@" ;;
esac
"""


async def _killed(stage: Stage, database: str, place: Path, ticket: tickets.Ticket, *, after: bool) -> None:
    """Applies in a process that dies when git writes the branch, before or right after it has."""
    bin_, pid = place / "bin", place / "pid"
    bin_.mkdir()
    real = shutil.which("git") or ""
    wrapper = bin_ / "git"
    wrapper.write_text(_WRAPPER.format(before=f'{real} "$@";' if after else "", pid=pid, git=real))
    wrapper.chmod(0o755)
    words = (str(stage.ana.id), str(stage.seeder.id), str(ticket.id), await stage.head(ticket))
    home = str(stage.store.settings.home)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.commons.applier",
        database,
        home,
        *words,
        env={**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}"},
    )
    pid.write_text(str(process.pid))
    assert await asyncio.wait_for(process.wait(), 60) == -9


async def _phase(store: Store, ticket: tickets.Ticket) -> tuple[str, bool]:
    async with store.transaction() as tx:
        await applying.recover(tx, {})
        found = await merge_requests.get(tx, ticket.id)
        return found.phase, found.applying is not None


@pytest.mark.parametrize("after", [True, False], ids=["after the branch was written", "before it"])
async def test_killed_in_between(stage: Stage, database: str, tmp_path: Path, after: bool) -> None:
    ticket, before = await stage.offer(), await stage.main()
    await _killed(stage, database, tmp_path, ticket, after=after)
    assert (await stage.main() != before) is after
    if after:
        assert await _phase(stage.store, ticket) == ("applied", False)
    else:
        assert await _phase(stage.store, ticket) == ("open", True)  # somebody could still be at it
        async with stage.store.transaction() as tx:
            old = """UPDATE commons.merge_requests SET applying = applying || '{"at": "2025-01-01T00:00:00Z"}'"""
            await sql(tx, old)
        assert await _phase(stage.store, ticket) == ("open", False)
    async with stage.store.transaction() as tx:
        await pushes.recover(tx, {})
        done = await pushes.of(tx, stage.seeder.id)
    assert len([each for each in done if each.pusher == stage.ana.id and each.changes]) == int(after)
    await git(stage.folder, "fsck", "--strict")
    if not after:
        assert (await stage.apply(ticket)).phase == "applied"
    assert await git(stage.folder, "rev-list", "--count", "--merges", "main") == "1"
