"""I14: a member's audit over the network sees who everybody is, and names an opening that was changed or hidden."""

import asyncio

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.verdicts import Verdict
from phyle.errors import Refused
from tests.cooperative.activities.machines import owned
from tests.cooperative.activities.test_recovering import published
from tests.cooperative.law.charters import charter
from tests.web.cooperative.living import FOR, Living, Person, living

__all__ = ["living"]
pytestmark = pytest.mark.threat("I14")
PAST = "SET session_replication_role = replica"


@pytest.fixture
async def ana(living: Living) -> Person:
    """A member of a phyle that has decided once, by papers for members alone, and has an applicant."""
    ana, ben, cleo = await living.founded("ana", "ben", "cleo", text=charter().replace('"public"', '"members"'))
    dan = await living.person("dan")
    applied = await dan.post("/applications", identity={"name": "Dan Dee"})
    await ana.post(f"/applications/{applied['payload']['member']}/vouch", statement="We bake together.")
    proposal = await living.resolution(ben)
    ballot = await living.to_ballot(proposal)
    for person in (ana, ben, cleo):
        await person.post(f"/ballots/{ballot}/vote", choice=FOR, reason="It is right.")
    assert await living.decided(proposal) == "executed"
    await published(living.here)
    return ana


async def audited(living: Living, token: str = "") -> Verdict:
    def run() -> Verdict:
        with Remote(living.here.origin, token=token, insecure_local=True) as source:
            return audit(source)

    return await asyncio.to_thread(run)


async def test_members_see_more(living: Living, ana: Person) -> None:
    public, member = await audited(living), await audited(living, ana.account.token)
    assert public.sound, public.findings
    assert member.sound, member.findings
    assert (public.level, member.level) == ("public", "member")
    assert [note.outcome for note in public.notes] == ["members"]
    assert member.notes == ()
    seen = {each.what: (each.verified, each.unverifiable) for each in member.statements}
    assert seen["openings"][0] > 6
    assert seen["sheets of ballots"] == (1, 0)


async def test_a_changed_opening(living: Living, ana: Person) -> None:
    row = (await living.here.fetch("SELECT commitment, seq FROM cooperative.openings WHERE name = 'statement'"))[0]
    change = "value = convert_to('\"We never met.\"', 'UTF8')"
    await owned(living.here, PAST, f"UPDATE cooperative.openings SET {change} WHERE commitment = '{row['commitment']}'")
    found = (await audited(living, ana.account.token)).findings[0]
    assert (found.seq, found.what, found.expected) == (row["seq"], "vouch", row["commitment"])
    assert (await audited(living)).sound, "nobody else can tell"


async def test_a_hidden_opening(living: Living, ana: Person) -> None:
    row = (await living.here.fetch("SELECT commitment, seq FROM cooperative.openings WHERE name = 'actor' LIMIT 1"))[0]
    await owned(living.here, PAST, f"DELETE FROM cooperative.openings WHERE commitment = '{row['commitment']}'")
    found = (await audited(living, ana.account.token)).findings[0]
    assert (found.seq, found.outcome) == (row["seq"], "withheld")


async def test_who_is_no_member_gets_no_openings(living: Living, ana: Person) -> None:
    stranger = await living.person("eve")
    with pytest.raises(Refused, match="not for you"):
        await audited(living, stranger.account.token)
