"""`phyle database`: bring the schema up to this release, and say how far it is."""

import argparse

from phyle.cli import arguments
from phyle.powers import OPERATOR
from phyle.settings import Settings
from phyle.store import migrations


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "database", says="The schema of the database.")
    arguments.add(
        group, "migrate", _migrate, OPERATOR, says="Bring the schema up to this release (`phyle up` does it too)."
    )
    arguments.add(group, "status", _status, OPERATOR, says="Every migration, and when it was applied.")


async def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    async with arguments.database(settings) as doors:
        applied = await migrations.migrate(doors.dsn_owner, progress=arguments.progress)
    print(f"{len(applied)} applied" if applied else "nothing to do")
    return 0


async def _status(settings: Settings, _: argparse.Namespace) -> int:
    async with arguments.database(settings) as doors:
        for migration in await migrations.status(doors.dsn_owner):
            when = f"{migration.applied_at:%Y-%m-%d %H:%M:%S} UTC" if migration.applied_at else "not yet applied"
            print(f"{migration.number:04d}  {migration.name:<24} {when}")
    return 0
