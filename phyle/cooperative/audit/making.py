"""What people made and use in common, by the ledger, and how those are known who say so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.audit.standing import Share, known_by
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.commons.uses import Use, phase_at
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`contributions` and `uses`: how many by what they are. `authors`: how those are known who contributed, confirmed
    or declared something. `resting`: valid contributions by each host that could have made both signatures alone. The
    outcome of every use was computed again when its entry was judged."""

    works: int
    contributions: Mapping[str, int]
    uses: Mapping[str, int]
    authors: tuple[Share, ...]
    resting: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        authors = [{"name": each.name, "part": each.part, "whole": each.whole} for each in self.authors]
        counted = {name: dict(getattr(self, name)) for name in ("contributions", "uses", "resting")}
        return {"works": self.works, **counted, "authors": authors}

    def lines(self) -> Iterator[str]:
        """What people read of it."""
        valid, recognised = self.contributions.get("valid", 0), self.uses.get("recognised", 0)
        yield (
            f"commons   works: {self.works}; contributions: {sum(self.contributions.values())}, {valid} of them valid; "
            f"uses: {sum(self.uses.values())}, {recognised} of them recognised"
        )
        if self.authors:
            yield f"          their authors are known by {', '.join(map(str, self.authors))}"
        for host, number in self.resting.items():
            yield f"          {number} of {valid} valid contributions rest on {host} alone, for both signatures"


def made(state: State, at: int) -> Made | None:
    """What there is at a time (milliseconds); None if no work was ever offered."""
    works = [id for id, _ in state.all(Work)]
    if not works:
        return None
    contributions = [each for work in works for _, each in state.all(Contribution, work)]
    uses = [each for work in works for _, each in state.all(Use, work)]
    known = _Known(state)
    authors = {str(each.by) for each in contributions} | {str(each.by) for each in uses}
    authors |= {str(each.answered_by) for each in contributions if each.answered_by is not None}
    ways = Counter(map(known.way, authors))
    return Made(
        works=len(works),
        contributions=_counted(each.phase for each in contributions),
        uses=_counted(phase_at(each, at) for each in uses),
        authors=tuple(Share(name=name, part=ways[name], whole=len(authors)) for name in sorted(ways)),
        resting=_counted(host for each in contributions for host in known.alone(each)),
    )


class _Known:
    """How authors are known: members by their membership, others by the key of their first act."""

    def __init__(self, state: State) -> None:
        self._members, self._others = dict(state.all(Member)), dict(state.all(Contributor))
        self._here = phyle(state).host

    def way(self, id: str) -> str:
        """In words."""
        member, other = self._members.get(id), self._others.get(id)
        if member is not None:
            return known_by(member)
        if other is None:
            return "nothing"
        return "member-key from outside" if other.custody == "member" else f"server-key {other.via} from outside"

    def alone(self, contribution: Contribution) -> frozenset[str]:
        """The hosts each of which could have made both signatures of a valid contribution."""
        if contribution.phase != "valid" or contribution.answered_by is None:
            return frozenset()
        return self._makers(contribution.by) & self._makers(contribution.answered_by)

    def _makers(self, id: str) -> frozenset[str]:
        """The hosts that can sign for somebody: nobody but themselves, who keeps their key, or who attests them."""
        found = self._members.get(id) or self._others.get(id)
        if found is None or found.custody == "member":
            return frozenset()
        return frozenset({found.via} if found.custody == "server" else {found.via, self._here})


def _counted(names: Iterable[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(names).items()))
