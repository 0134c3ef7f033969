"""A phyle on a real database, with a clock that we can turn forward, and people whose keys are in our hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from phyle.cooperative.law.acts import Author, sign
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import Agenda
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import append, inbox, reading, signing
from phyle.cooperative.ledger.acts import Answer, submit
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person, key, name
from tests.store.working import as_owner

CLOCK = Query("SELECT cooperative.clock()")
TURN = Query("UPDATE cooperative.ledger SET nothing_before = $1")
HERE = "localhost:8080"
ORIGIN = f"{HERE}/ledger/1"


async def step(database: str, milliseconds: int) -> None:
    """Step the clock of the database's machine, forward or back: nothing else knows of it."""
    owner = await asyncpg.connect(as_owner(database))
    try:
        await owner.execute(
            f"""
            CREATE OR REPLACE FUNCTION cooperative.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
                SELECT greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + {milliseconds:d},
                                nothing_before)
                FROM cooperative.ledger
            $$
            """
        )
    finally:
        await owner.close()


@dataclass(kw_only=True)
class Phyle:
    """The ledger of a store. Every act is handed in as a door would do it."""

    store: Store
    made: int = 0
    people: list[Person] = field(default_factory=list)

    def new_id(self) -> str:
        self.made += 1
        return name(self.made)

    def person(self, **given: Any) -> Person:
        self.made += 1
        return Person(id=name(self.made), key=key(1000 + self.made), via=HERE, **given)

    async def now(self) -> int:
        async with self.store.reading() as tx:
            return int(await tx.value(CLOCK))

    async def turn(self, *, days: int = 0, milliseconds: int = 0, to: int = 0, drain: bool = True) -> None:
        """Turn the ledger's clock forward, and perhaps let it enter what is due then."""
        async with self.store.transaction() as tx:
            now = int(await tx.value(CLOCK))
            await tx.run(TURN, max(to, now + days * DAY + milliseconds))
        if drain:
            await append.drain(self.store)

    async def document(self, person: Person, kind: str, payload: Any) -> dict[str, Any]:
        at = await self.now()
        return sign(signing.compose(ORIGIN, kind, person.id, payload, at=at), person.key, at=at)

    async def act(
        self, person: Person, kind: str, payload: Any, openings: Sequence[Opening] = (), **more: Any
    ) -> Answer:
        return await submit(
            self.store, await self.document(person, kind, payload), author="server-key", openings=openings, **more
        )

    async def host(self, kind: str, payload: Mapping[str, Any]) -> Answer:
        async with self.store.transaction() as tx:
            document = await signing.as_host(tx, kind, payload)
        return await self.hand_in(document, "host")

    async def hand_in(self, document: Mapping[str, Any], author: Author, openings: Sequence[Opening] = ()) -> Answer:
        return await submit(self.store, document, author=author, openings=openings)

    async def keep(self, data: bytes) -> str:
        async with self.store.transaction() as tx:
            return await keep_blob(tx, data)

    async def founded(self, founders: int = 3, text: str = "") -> list[Person]:
        """With so many founders, under a charter of short times."""
        await begin(self.store)
        hash = await self.keep((text or charter()).encode())
        self.people = [self.person() for _ in range(founders)]
        for each in self.people:
            actor = seal("actor", f"http://{HERE}/actors/{each.id}", audience="members", about=each.id)
            told = {**each.introduction(), "identity": {"actor": actor.commitment}}
            await self.act(each, "sign", {"charter": hash, **told}, [actor])
        founders_named = sorted(each.id for each in self.people)
        await self.act(self.people[0], "found", {"charter": hash, "founders": founders_named})
        return self.people

    async def proposed(self, by: Person, *effects: Mapping[str, Any], **more: Any) -> str:
        id, text = self.new_id(), await self.keep(b"Because it is right.")
        options = more.pop("options", [{"label": "Yes", "effects": list(effects)}])
        await self.act(by, "propose", {"proposal": id, "title": "A proposal", "text": text, "options": options, **more})
        return id

    async def resolution(self, by: Person) -> str:
        """A proposal of words alone."""
        return await self.proposed(by, {"kind": "Resolve", "arguments": {"text": await self.keep(b"We bake bread.")}})

    async def to_ballot(self, proposal: str) -> str:
        """Wait until the ballot is open; its id."""
        while (found := await self.proposal(proposal)).phase == "deliberation":
            await self.turn(to=(await self.agenda())[0][0])
        assert found.phase == "balloting", found
        return f"{proposal}.{found.round}"

    async def paper(self, person: Person, ballot: str, choice: Any) -> tuple[Opening, dict[str, Any]]:
        """A vote that is not handed in yet."""
        sealed = seal("choice", choice, audience="closed", about=ballot)
        payload = {"ballot": ballot, "choice": sealed.commitment}
        return sealed, await self.document(person, "vote", payload)

    async def vote(self, person: Person, ballot: str, choice: Any) -> Answer:
        sealed, document = await self.paper(person, ballot, choice)
        return await submit(self.store, document, author="server-key", openings=[sealed])

    async def finished(self, proposal: str) -> str:
        while (found := await self.proposal(proposal)).phase in ("balloting", "counting", "passed"):
            await self.turn(to=(await self.agenda())[0][0])
        return found.phase

    async def answer(self, hash: str) -> Answer:
        async with self.store.reading() as tx:
            found = await inbox.answer(tx, hash)
        assert found is not None
        return found

    async def decided(self, hash: str) -> bool:
        return (await self.answer(hash)).state != "waiting"

    async def phase(self, proposal: str, phase: str) -> bool:
        return (await self.proposal(proposal)).phase == phase

    async def agenda(self) -> tuple[tuple[int, str, str], ...]:
        async with self.store.reading() as tx:
            return (await reading.get(tx, Agenda) or Agenda()).items

    async def proposal(self, id: str) -> Proposal:
        async with self.store.reading() as tx:
            found = await reading.get(tx, Proposal, id)
        assert found is not None
        return found

    async def kinds(self) -> list[str]:
        """Of all entries, in order."""
        async with self.store.reading() as tx:
            return [row["kind"] for row in await tx.rows(Query("SELECT kind FROM cooperative.entries ORDER BY seq"))]

    async def rows(self, sql: str, *given: Any) -> list[Any]:
        async with self.store.reading() as tx:
            return list(await tx.rows(Query(sql), *given))
