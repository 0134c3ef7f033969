"""What an instance decides at its first start and keeps for ever: its domain, and the actor of the instance itself."""

import asyncio

from phyle.errors import SettingError
from phyle.identity import actors, keys
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)


async def begin(store: Store) -> None:
    """Records the domains at the first start and makes the service actor. Raises SettingError if they changed: every id
    that was ever given out carries the domain, so another one is another instance."""
    settings = store.settings
    async with store.transaction() as tx:
        await _record(tx, "domain", settings.domain)
        await _record(tx, "account_domain", settings.account_domain)
        begun = await actors.by_name(tx, actors.service_name(settings)) is not None
    if begun:
        return
    rsa, ed25519 = await asyncio.to_thread(keys.new_rsa), keys.new_ed25519()
    async with store.transaction() as tx:
        await tx.run(SQL.alone)
        name = actors.service_name(settings)
        if await actors.by_name(tx, name) is None:
            kind, title = actors.INSTANCE_KIND, settings.title[:500]
            await actors.create(tx, name, kind=kind, display_name=title, rsa=rsa, ed25519=ed25519)


async def _record(tx: Tx, name: str, wanted: str) -> None:
    await tx.run(SQL.record, name, wanted)
    recorded = await tx.value(SQL.recorded, name)
    if recorded != wanted:
        raise SettingError(
            f"This instance was started as {recorded} and is now told to be {wanted}. Addresses that others have "
            f"stored would break. Set PHYLE_{name.upper()}={recorded}, or begin anew with another home or database."
        )
