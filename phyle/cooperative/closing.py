"""Closing early: the host shows that nobody who has not voted can change what comes of a ballot, and it closes."""

import contextlib
from collections.abc import Mapping
from typing import Any

from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.early_close import certain
from phyle.cooperative.law.phyles import Agenda
from phyle.cooperative.law.state import SheetWithheld
from phyle.cooperative.ledger import acts, reading, signing
from phyle.errors import Conflict, Refusal
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def look(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: closes what is certain, of the open ballots whose papers the charter makes final."""
    agenda = await reading.get(tx, Agenda)
    now = int(await tx.value(SQL.clock))
    for time, kind, id in agenda.items if agenda is not None else ():
        if kind == "close" and now < time:
            await _close(tx, id, now)


async def _close(tx: Tx, id: str, now: int) -> None:
    ballot = await reading.get(tx, Ballot, id)
    if ballot is None or not ballot.final:
        return
    state = await reading.load(tx)
    try:
        sheet = await reading.knowing(tx, state, lambda: certain(state, id, now))
    except (Refusal, SheetWithheld):  # it stays open
        return
    nonce = signing.once(await signing.origin(tx), "close_early", id, sheet)
    document = await signing.as_host(tx, "close_early", {"ballot": id, "sheet": sheet}, nonce=nonce)
    with contextlib.suppress(Conflict):  # it was handed in already, and will be decided
        await acts.submit_in(tx, document, author="host")
