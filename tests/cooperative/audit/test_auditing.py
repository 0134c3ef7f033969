"""An honest ledger is verified whole; the verdict says how far it rests on whom."""

from phyle.cooperative.audit.auditing import audit
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import remembered


def test_an_honest_ledger_is_verified_whole() -> None:
    story = decided()
    found = audit(remembered(story))
    assert found.findings == ()
    assert found.entries == found.size == len(story.leaves)
    assert [decision.passed for decision in found.decisions] == [True]
    print("\n".join(found.lines()))
