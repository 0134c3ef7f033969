"""The instance that a command works on, whether its server runs or not, under the name that it was begun with."""

import argparse
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cli import arguments
from phyle.errors import SettingError
from phyle.identity import actors, beginning
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.embedded_place import has_database
from phyle.store.pool import opened
from phyle.store.transaction import Store

_FLAGS = ("port", "domain", "insecure_local")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """For a command that may be the first one in a new home, and so decides the name of the instance."""
    parser.add_argument("--port", metavar="N", help="the port that the instance will listen on (PHYLE_PORT, 8080)")
    parser.add_argument("--domain", metavar="HOST", help="the name the world will know (PHYLE_DOMAIN, localhost:PORT)")
    parser.add_argument(
        "--insecure-local", action="store_true", default=None, help="plain http, on this machine (PHYLE_INSECURE_LOCAL)"
    )


@contextlib.asynccontextmanager
async def instance(settings: Settings, given: argparse.Namespace) -> AsyncIterator[Store]:
    """Its store, migrated and begun.

    Only a command with the flags of `add_flags` begins a new one. Raises SettingError when there is none yet, which is
    most often a mistyped home, and when flags contradict the name that it was begun with.
    """
    may_begin = hasattr(given, "domain")
    if not may_begin and not settings.database_url and not has_database(settings.home):
        raise _none(settings)
    async with arguments.database(settings) as doors:
        await migrations.migrate(doors.dsn_owner, progress=arguments.progress)
        listen = settings.database_listen_url
        async with opened(
            settings, doors.dsn_server, listen_dsn=listen, jobs=JOBS, subscriptions=SUBSCRIPTIONS, size=2
        ) as store:
            if not may_begin and not await _recorded(store):
                raise _none(settings)
            if all(getattr(given, flag, None) is None for flag in _FLAGS):
                store.settings = await _as_begun(store)
            await beginning.begin(store)
            yield store


def _none(settings: Settings) -> SettingError:
    place = "the database that PHYLE_DATABASE_URL names" if settings.database_url else settings.home
    return SettingError(f"There is no instance in {place} yet. Begin it with `phyle up`, or name another with --home.")


async def _recorded(store: Store) -> bool:
    async with store.reading() as tx:
        return await tx.value(beginning.SQL.recorded, "domain") is not None


async def _as_begun(store: Store) -> Settings:
    """Who names no domain means the one that there is: its ids are what the command has to write."""
    async with store.reading() as tx:
        domain = await tx.value(beginning.SQL.recorded, "domain")
        account_domain = await tx.value(beginning.SQL.recorded, "account_domain")
        if domain is None or account_domain is None:
            return store.settings
        begun = replace(store.settings, domain=domain, account_domain=account_domain)
        service = await actors.by_name(tx, actors.service_name(begun))
    return replace(begun, insecure_local=service.uri.startswith("http://")) if service else begun
