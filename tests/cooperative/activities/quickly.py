"""Admission without waiting: the ledger's clock must not run away from what other servers sign meanwhile."""

from collections.abc import Sequence

from phyle.cooperative import closing
from phyle.cooperative.law.ballots import ballot_id
from phyle.identity.actors import Actor
from tests.between import accepted, received
from tests.cooperative.activities.test_doors import group, member_of
from tests.cooperative.founding import proposal, propose, vote
from tests.cooperative.law.charters import charter
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually

AT_ONCE = """
## Article 4. Quickly

```toml
[[power]]
effect = ["Admit", "Confirm"]
rule = "more than 1/2 of eligible"
quorum = "at least 1"
notice_days = 0
deliberation_days = 0
ballot_days = 1
challenge_days = 0
methods = ["yesno"]
final = true
```
"""
QUICK = charter(articles=AT_ONCE).replace("deliberation_days = 1", "deliberation_days = 0")
"""Nothing is waited for but the ballots, so that what is signed by other servers keeps the ledger's time."""


async def phase(whole: Instance, id: str, wanted: str) -> bool:
    """Whether a proposal is in a phase."""
    return (await proposal(whole.store, id)).phase == wanted


async def admit_now(whole: Instance, by: Sequence[Actor], member: str) -> None:
    """By a decision that closes as soon as it is clear."""
    admit = await propose(whole.store, by[0], {"kind": "Admit", "arguments": {"member": member}})
    await eventually(lambda: phase(whole, admit, "balloting"))
    for each in by:
        await vote(whole.store, each, ballot_id(admit, 1))
    async with whole.store.transaction() as tx:
        await closing.look(tx, {})
    await eventually(lambda: phase(whole, admit, "executed"))


async def follower(whole: Instance, there: Peer, by: Sequence[Actor]) -> tuple[str, str]:
    """Zed there asks to follow the members' group, and is admitted: actor and member id."""
    zed = there.actor("zed")
    await accepted(whole, there, there.activity("Follow", zed, await group(whole, "members")))
    member, _ = await member_of(whole, zed)
    await admit_now(whole, by, member)
    await received(there, "Accept")
    return zed, member
