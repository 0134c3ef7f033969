"""`phyle doctor`: what would keep this instance from working, each with what to do about it."""

import argparse
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import asyncpg

from phyle import clock
from phyle.cli import arguments
from phyle.cli.doctor_git import git_findings
from phyle.cli.doctor_ledger import ledger_findings
from phyle.cli.findings import Finding
from phyle.cli.up import check_port
from phyle.errors import Refusal, SettingError
from phyle.powers import OPERATOR
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.embedded import Doors
from phyle.store.embedded_place import Lock, has_database, locate
from phyle.store.sql import queries

SQL = queries(__file__)

_LITTLE, _TOO_LITTLE = 2 << 30, 200 << 20  # bytes of free disk
_SKEW = timedelta(seconds=30)  # peers refuse signatures of a clock that is much further away
_BEHIND = timedelta(minutes=10)


def register(commands: arguments.Commands) -> None:
    """Adds the command."""
    parser = arguments.add(commands, "doctor", _doctor, OPERATOR, says="Check what this instance needs to work.")
    parser.add_argument("--repair", action="store_true", help="make what is derived from the ledger what it says")


async def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    bad = 0
    async for finding in findings(settings, repair=given.repair):
        print(f"{finding.level:<5} {finding.topic:<11} {finding.sentence}", flush=True)
        bad += finding.level == "bad"
    return 1 if bad else 0


async def findings(settings: Settings, *, repair: bool = False) -> AsyncGenerator[Finding, None]:
    """Every check, in the order in which their causes depend on each other. `repair` changes the database."""
    yield Finding(level="ok", topic="settings", sentence=f"{settings.origin}, home {settings.home}")
    yield _port(settings)
    yield _proxies(settings)
    if not settings.database_url and not has_database(settings.home):
        sentence = f"there is none in {settings.home} yet: begin it with `phyle up`, or name another home with --home"
        yield Finding(level="bad", topic="instance", sentence=sentence)
        return
    try:
        yield _disk(settings)
        async with arguments.database(settings) as doors:
            async for finding in _database(settings, doors):
                yield finding
            async for finding in ledger_findings(settings, doors, repair=repair):
                yield finding
            async for finding in git_findings(settings, doors):
                yield finding
    except (Refusal, SettingError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        known = isinstance(error, Refusal | SettingError) or not settings.database_url
        sentence = f"{error or type(error).__name__}{'' if known else ': check PHYLE_DATABASE_URL'}"
        yield Finding(level="bad", topic="database", sentence=sentence)


def _port(settings: Settings) -> Finding:
    try:
        check_port(settings)
    except Refusal as error:
        if (server := _server(settings.home)) is not None:
            return Finding(level="ok", topic="port", sentence=f"{settings.port}, served by process {server}")
        return Finding(level="bad", topic="port", sentence=error.sentence)
    return Finding(level="ok", topic="port", sentence=f"{settings.port} is free")


def _proxies(settings: Settings) -> Finding:
    """TLS is a proxy's work, so where there is TLS there is a proxy: unless it is believed, all who come through it are
    one to the limits, and one of them alone can use those up."""
    if settings.trusted_proxies:
        believed = ", ".join(map(str, settings.trusted_proxies))
        return Finding(level="ok", topic="proxies", sentence=f"believed about where requests come from: {believed}")
    if settings.insecure_local or not settings.limits:
        return Finding(level="ok", topic="proxies", sentence="none is believed")
    sentence = "trusted_proxies names none: all who come through a proxy count as one and share one limit on requests"
    return Finding(level="weak", topic="proxies", sentence=f"{sentence}, log-ins and sign-ups")


def _server(home: Path) -> int | None:
    """The process that serves this home, if one does."""
    lock = Lock(home, "command")
    if not home.is_dir() or lock.take():
        lock.release()
        return None
    holder = lock.holder()
    return holder[0] if holder and holder[1] == "server" else None


def _disk(settings: Settings) -> Finding:
    place = settings.home if settings.database_url else locate(settings.home).folder
    free = shutil.disk_usage(place if place.exists() else place.parent).free
    level: Literal["ok", "weak", "bad"] = "bad" if free < _TOO_LITTLE else "weak" if free < _LITTLE else "ok"
    return Finding(level=level, topic="disk", sentence=f"{free / 1e9:.1f} GB free in {place}")


async def _database(settings: Settings, doors: Doors) -> AsyncIterator[Finding]:
    owner = await _asked(doors.dsn_owner, SQL.about)
    server = await _asked(doors.dsn_server, SQL.about)
    for finding in _about(settings, owner, server):
        yield finding
    waiting = [m.name for m in await migrations.status(doors.dsn_owner) if m.applied_at is None]
    if waiting:
        sentence = f"{', '.join(waiting)} not applied: phyle database migrate"
        yield Finding(level="bad", topic="migrations", sentence=sentence)
        return
    yield Finding(level="ok", topic="migrations", sentence="all applied")
    yield _name(settings, await _asked(doors.dsn_server, SQL.name))
    yield _jobs(await _asked(doors.dsn_server, SQL.jobs))


def _name(settings: Settings, recorded: Any) -> Finding:
    if recorded is None or recorded["domain"] == settings.domain:
        return Finding(level="ok", topic="name", sentence=settings.domain)
    first = recorded["domain"]
    sentence = f"the instance was begun as {first}, the settings say {settings.domain}: set PHYLE_DOMAIN={first}"
    return Finding(level="bad", topic="name", sentence=sentence)


async def _asked(dsn: str, query: str) -> Any:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchrow(query)
    finally:
        await connection.close()


def _about(settings: Settings, owner: Any, server: Any) -> Iterator[Finding]:
    kind = "PHYLE_DATABASE_URL" if settings.database_url else "our own"
    old = server["major"] < migrations.OLDEST_POSTGRESQL
    sentence = f"PostgreSQL {server['version']} ({kind}), {server['bytes'] / 1e6:.0f} MB"
    more = f": {migrations.OLDEST_POSTGRESQL} or later is needed" if old else ""
    yield Finding(level="bad" if old else "ok", topic="database", sentence=sentence + more)
    if not server["safe"]:
        sentence = "fsync or synchronous_commit is off: what was accepted is lost when the machine stops"
        yield Finding(level="bad", topic="durability", sentence=sentence)
    yield _roles(owner["role"], server["role"])
    skew = abs(server["clock"] - clock.now())
    if skew > _SKEW:
        sentence = f"the database's clock is {skew.total_seconds():.0f} s away from ours: set both by NTP"
        yield Finding(level="bad", topic="clock", sentence=sentence)
    else:
        yield Finding(level="ok", topic="clock", sentence=f"{clock.wire_time(clock.now())}, as the database's")


def _roles(owner: str, server: str) -> Finding:
    if owner == server:
        sentence = f"the server is {server}, who owns the tables and could change what is append-only: set "
        return Finding(level="weak", topic="roles", sentence=sentence + "PHYLE_DATABASE_OWNER_URL to another role")
    return Finding(level="ok", topic="roles", sentence=f"the server is {server}, the owner {owner}")


def _jobs(row: Any) -> Finding:
    if row["failed"]:
        return Finding(
            level="weak", topic="jobs", sentence=f"{row['failed']} given up (phyle jobs list), the last: {row['error']}"
        )
    if row["behind"] and row["behind"] > _BEHIND:
        return Finding(level="weak", topic="jobs", sentence=f"{row['due']} are due, the oldest since {row['behind']}")
    return Finding(level="ok", topic="jobs", sentence=f"{row['due']} are due, none given up")
