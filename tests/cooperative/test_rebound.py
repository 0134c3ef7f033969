"""Somebody whose account is gone comes back under another one, on the word of members."""

from tests.cooperative.law.charters import charter
from tests.servers import eventually
from tests.web.cooperative.living import FOR, Living, living

__all__ = ["living"]

TERMS = "probation_days = 10\nrebind_vouchers = 2\nrebind_delay_days = 1"


async def test_a_membership_comes_to_the_new_account(living: Living) -> None:
    ana, ben, cleo = await living.founded("ana", "ben", "cleo", text=charter(membership=TERMS))
    again = await living.person("again")
    asked = await again.post("/rebindings", old=ana.member)
    rebinding = asked["payload"]["member"]
    await again.get("/members/me", 404)
    for voucher in (ben, cleo):
        await voucher.post(f"/rebindings/{rebinding}/vouch")
    assert (await living.anyone("/rebindings"))[0]["vouchers"] == [ben.member, cleo.member]
    await living.later(days=1)

    async def theirs() -> bool:
        answer = await again.ask("GET", "/members/me")
        return answer.status_code == 200 and answer.json()["membership"]["id"] == ana.member

    if (await living.anyone(f"/rebindings/{rebinding}"))["phase"] == "waiting":  # one of three is too many by vouching
        effect = {"kind": "Rebind", "arguments": {"member": ana.member, "rebinding": rebinding}}
        proposal = await living.proposed(ben, effect)
        ballot = await living.to_ballot(proposal)
        for voter in (ben, cleo):
            await voter.post(f"/ballots/{ballot}/vote", choice=FOR)
        assert await living.decided(proposal) == "executed"
    await eventually(theirs)
    await again.post("/members/me/identity", identity={"name": "Ana, again"})
    await ana.get("/members/me", 404)
    await ana.post("/members/me/identity", 403, identity={"name": "Not Ana"})
