"""What the operator did at the command line becomes entries, once each, with subject and reason for all to read."""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative.ledger import signing
from phyle.cooperative.ledger.acts import submit_in
from phyle.cooperative.ledger.openings import seal
from phyle.errors import Conflict
from phyle.identity import operator_acts
from phyle.identity.operator_acts import OperatorAct
from phyle.store.transaction import Tx

_PAGE = 100


async def enter_job(tx: Tx, body: Mapping[str, Any]) -> None:
    """Local job of the event that the operator did something."""
    act = await operator_acts.by_id(tx, body["act"])
    if act is not None:
        await _enter(tx, act)


async def enter_earlier(tx: Tx) -> None:
    """All that was done before the ledger began, in order."""
    acts: list[OperatorAct] = []
    while page := await operator_acts.listing(tx, before=acts[-1].id if acts else None, limit=_PAGE):
        acts += page
    for act in reversed(acts):
        await _enter(tx, act)


async def _enter(tx: Tx, act: OperatorAct) -> None:
    subject = seal("subject", act.subject, audience="public")
    reason = seal("reason", act.reason, audience="public")
    payload = {"what": act.kind, "subject": subject.commitment, "reason": reason.commitment}
    nonce = signing.once(await signing.origin(tx), "operator", str(act.id))
    document = await signing.as_operator(tx, "operator", payload, nonce=nonce)
    try:
        await submit_in(tx, document, author="operator", openings=[subject, reason])
    except Conflict:  # it has been entered
        return
