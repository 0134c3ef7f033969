"""The versions of the rules: an old ledger is judged for ever by the rules that it was written under."""

from collections.abc import Mapping

from phyle.cooperative.law import table
from phyle.cooperative.law.replay import Law
from phyle.errors import Refused

LAWS: Mapping[int, Law] = {table.LAW.number: table.LAW}
NEWEST = max(LAWS)


def law(number: int) -> Law:
    """One version. Refused if this package is too old to know it."""
    try:
        return LAWS[number]
    except KeyError:
        raise Refused(f"This entry was made by version {number} of the rules, which is unknown here.") from None
