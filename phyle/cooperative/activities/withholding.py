"""Withholding: the operator takes a post from sight at once, as a public entry that lapses unless it is confirmed."""

from phyle.cooperative.activities.moderating import found, refuse_again
from phyle.cooperative.forms import new_id
from phyle.cooperative.ledger import acts, signing
from phyle.cooperative.ledger.openings import seal
from phyle.errors import Unprocessable
from phyle.store.transaction import Store

LONGEST_REASON = 2000


async def withhold(store: Store, post: str, reason: str) -> str:
    """Withhold a post, named by its address or number; the id by which it can be shown again. Missing if there is no
    such post here; Refused if it was withheld or hidden not long ago, and nobody confirmed it; Unprocessable without a
    reason."""
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Unprocessable(f"Give a reason of at most {LONGEST_REASON} characters: it will be shown publicly.")
    id = new_id()
    target = seal("target", post.strip(), audience="members", about=id)
    why = seal("reason", reason.strip(), audience="public", about=id)
    async with store.transaction() as tx:
        await refuse_again(tx, await found(tx, post, "hide"))
        payload = {"withholding": id, "target": target.commitment, "reason": why.commitment}
        document = await signing.as_operator(tx, "withhold", payload)
    await acts.submit(store, document, author="operator", openings=[target, why])
    return id


async def release(store: Store, withholding: str) -> None:
    """Show again what was withheld. Raises the Refusal of the law."""
    async with store.transaction() as tx:
        document = await signing.as_operator(tx, "release", {"withholding": withholding})
    await acts.submit(store, document, author="operator")
