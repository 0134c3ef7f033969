"""Time travel: the ledger's clock, which lives in the database, is set forward by whoever owns the schema."""

from urllib.parse import urlsplit

import asyncpg

from phyle.store.embedded import Embedded

_CLOCK = """
CREATE OR REPLACE FUNCTION cooperative.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + {offset}, nothing_before)
    FROM cooperative.ledger
$$
"""
DAY = 24 * 3600 * 1000


class Clock:
    """The clock of one test's ledger. `owner`: the address of its database as the role that owns the schema."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.offset = 0

    async def forward(self, *, days: int = 0, milliseconds: int = 0) -> None:
        """Let that much time pass at once. What is due then is entered by the next look."""
        self.offset += days * DAY + milliseconds
        connection = await asyncpg.connect(self.owner)
        try:
            await connection.execute(_CLOCK.format(offset=self.offset))
        finally:
            await connection.close()


class Clocks(Clock):
    """The clocks of several ledgers, which go together."""

    def __init__(self, *clocks: Clock) -> None:
        super().__init__("")
        self.clocks = clocks

    async def forward(self, *, days: int = 0, milliseconds: int = 0) -> None:
        for clock in self.clocks:
            await clock.forward(days=days, milliseconds=milliseconds)


def clock_of(cluster: Embedded, database: str) -> Clock:
    """The clock of a test's database, whose address as the server's role is given."""
    name = urlsplit(database).path.lstrip("/")
    return Clock(cluster.dsn_owner.replace("/phyle?", f"/{name}?"))
