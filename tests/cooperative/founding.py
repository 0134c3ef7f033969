"""Three people with accounts here found a phyle: where the stories of doors and pages begin."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative import acting
from phyle.cooperative.acting import Done
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock


async def found(store: Store, people: Sequence[Actor], text: str | None = None) -> None:
    """They sign the same charter, and the first declares the phyle founded."""
    async with store.transaction() as tx:
        hash = await keep_blob(tx, (text or charter()).encode())
    signed = [await acting.introduce(store, person, "sign", {"charter": hash}) for person in people]
    founders = sorted(done.payload["member"] for done in signed)
    await acting.perform(store, people[0], "found", {"charter": hash, "founders": founders})


async def propose(store: Store, person: Actor, *effects: Mapping[str, Any], **more: Any) -> str:
    """A yes or no proposal with these effects; its id."""
    given = {
        "title": "A proposal",
        "text": "Because it is right.",
        "options": [{"label": "Yes", "effects": list(effects)}],
        **more,
    }
    return str((await acting.perform(store, person, "propose", given)).payload["proposal"])


async def vote(store: Store, person: Actor, ballot: str, answer: str = "for") -> Done:
    """A paper from the booth."""
    return await acting.perform(store, person, "vote", {"ballot": ballot, "choice": {"paper": answer}})


async def pass_time(store: Store, clock: Clock, *, days: int) -> None:
    """So many days pass, one after the other, with what is due in each."""
    for _ in range(days):
        await clock.forward(days=1)
        await append.drain(store)


async def proposal(store: Store, id: str) -> Proposal:
    """The proposal as it stands."""
    async with store.reading() as tx:
        found = await reading.get(tx, Proposal, id)
    assert found is not None
    return found
