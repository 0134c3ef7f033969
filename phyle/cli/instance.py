"""The instance that a command works on, whether its server runs or not, under the name that it was begun with."""

import argparse
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cli import arguments
from phyle.identity import actors, beginning
from phyle.settings import Settings
from phyle.store import migrations
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
    """Its store, migrated and begun. Raises SettingError when flags contradict the name that it was begun with."""
    async with arguments.database(settings) as doors:
        await migrations.migrate(doors.dsn_owner, progress=arguments.progress)
        listen = settings.database_listen_url
        async with opened(
            settings, doors.dsn_server, listen_dsn=listen, jobs=JOBS, subscriptions=SUBSCRIPTIONS, size=2
        ) as store:
            if all(getattr(given, flag, None) is None for flag in _FLAGS):
                store.settings = await _as_begun(store)
            await beginning.begin(store)
            yield store


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
