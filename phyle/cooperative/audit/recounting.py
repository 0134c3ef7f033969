"""Counting a decision again without the ballots that one host alone could have made: how far it rests on whom."""

from collections.abc import Mapping

from phyle.cooperative.audit.facts import Hand, Recount, Rested
from phyle.cooperative.law import versions
from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.law.entries import Consequence
from phyle.cooperative.law.kinds import Item
from phyle.cooperative.law.losses import LOST
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import NotLoaded, Sheet, SheetWithheld, State
from phyle.errors import Refusal


class Without(State):
    """A state as it would be, had some members not voted in a ballot."""

    __slots__ = ("_less", "_whose")

    def __init__(self, state: State, ballot: str, members: frozenset[str]) -> None:
        super().__init__(below=state)
        self._whose, self._less = ballot, members
        for member in members:
            self.drop(Paper, f"{ballot}/{member}")

    def sheet(self, ballot: str) -> Sheet:
        """The opened papers of all others."""
        every = super().sheet(ballot)
        return tuple(row for row in every if row.member not in self._less) if ballot == self._whose else every


def rested(state: State, entry: Consequence, papers: Mapping[str, Hand]) -> Rested:
    """A decision, on the state before it was entered. NotLoaded if the opened papers are not loaded."""
    id = entry.payload["proposal"]
    here, proposal = phyle(state).host, state.require(Proposal, id)
    hosts = {} if _lost(state, entry) else hosts_of(papers, here)
    found = [(host, _recounted(state, entry, own)) for host, own in sorted(hosts.items())]
    found += [(here, "other")] if _lost(state, entry) else []
    return Rested(
        seq=entry.seq,
        proposal=id,
        title=proposal.title,
        passed=entry.payload["passed"],
        hosts=tuple(host for host, outcome in found if outcome == "other"),
        uncounted=any(outcome == "unknown" for _, outcome in found),
    )


def _lost(state: State, entry: Consequence) -> bool:
    """Whether the phyle's own host says that it has lost the papers, so that it alone decided."""
    ballot = state.get(Ballot, entry.payload["ballot"])
    return ballot is not None and ballot.fault == LOST


def hosts_of(papers: Mapping[str, Hand], here: str) -> dict[str, frozenset[str]]:
    """By host, whose papers it alone could have made: with the keys that it keeps for its people, and as their word.
    The phyle's own host could also have made up what it attests, unless the request was verified."""
    found: dict[str, set[str]] = {}
    for member, hand in papers.items():
        if hand.author == "member-key":
            continue
        found.setdefault(hand.via, set()).add(member)
        if hand.author == "attested" and not hand.proven:
            found.setdefault(here, set()).add(member)
    return {host: frozenset(members) for host, members in found.items()}


def _recounted(state: State, entry: Consequence, less: frozenset[str]) -> Recount:
    """Whether the decision would be the same. What cannot be counted without them rests on them."""
    law, ballot = versions.law(entry.rules), entry.payload["ballot"]
    fork = Without(state, ballot, less)
    try:
        tally = law.consequences["tally"]
        counted = tally.due(fork, entry.at, Item(time=entry.due, kind="tally", id=ballot))
        tally.apply(fork, entry.at, counted)
        item = Item(time=entry.due, kind="decide", id=entry.payload["proposal"])
        again = law.consequences["decide"].due(fork, entry.at, item)
    except NotLoaded:
        raise
    except SheetWithheld:
        return "unknown"
    except (Refusal, LookupError, ValueError, ArithmeticError):
        return "other"
    same = (again.passed, list(again.winners)) == (entry.payload["passed"], entry.payload.get("winners", []))
    return "same" if same and not counted.needs_lot else "other"
