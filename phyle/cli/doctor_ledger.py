"""What `phyle doctor` says about the ledger: whether it goes on, and whether the tables are what it says."""

from collections.abc import AsyncIterator

from phyle.cli.doctor_witnesses import witness_findings
from phyle.cli.findings import Finding
from phyle.cooperative.ledger import append, projections, reading
from phyle.cooperative.ledger.projections import Difference
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.embedded import Doors
from phyle.store.pool import opened
from phyle.store.transaction import Tx

_MOST_NAMED = 50


async def ledger_findings(settings: Settings, doors: Doors, *, repair: bool) -> AsyncIterator[Finding]:
    """Every entry is applied anew, and the result compared with the tables. `repair` makes them what it says."""
    if any(migration.applied_at is None for migration in await migrations.status(doors.dsn_owner)):
        return
    stores = opened(settings, doors.dsn_server, jobs={}, subscriptions={}, size=1)
    async with stores as store, store.transaction() as tx:
        async for finding in _examined(tx, repair=repair):
            yield finding


async def _examined(tx: Tx, *, repair: bool) -> AsyncIterator[Finding]:
    if await reading.phyle(tx) is None and not await reading.size(tx):
        yield Finding(level="ok", topic="ledger", sentence="it has not begun; the first start of the server begins it")
        return
    if (why := await append.stopped(tx)) is not None:
        yield Finding(level="bad", topic="ledger", sentence=f"nothing is entered: {why}")
    built = await projections.rebuild(tx)
    for fault in built.faults:
        yield Finding(level="bad", topic="ledger", sentence=f"{fault}: restore it from a backup or a witness")
    if built.faults:
        return
    yield Finding(
        level="ok", topic="ledger", sentence=f"{built.edge.size} entries, root {built.edge.root().hex()[:16]}…"
    )
    async for finding in witness_findings(tx):
        yield finding
    wrong = await projections.differences(tx, built.state)
    if repair and wrong:
        await projections.repair(tx, wrong)
    for finding in _told(wrong, repaired=repair):
        yield finding


def _told(wrong: list[Difference], *, repaired: bool) -> list[Finding]:
    if not wrong:
        return [Finding(level="ok", topic="projection", sentence="every slice is what the entries say")]
    told = [str(each) + (", repaired" if repaired else "") for each in wrong[:_MOST_NAMED]]
    if len(wrong) > _MOST_NAMED:
        told.append(f"and {len(wrong) - _MOST_NAMED} more")
    if not repaired:
        told.append("phyle doctor --repair makes them what the entries say")
    return [Finding(level="weak" if repaired else "bad", topic="projection", sentence=sentence) for sentence in told]
