"""Minutes: what the ledger says of an assembly, as text for people; the same text from the same ledger, everywhere."""

from datetime import UTC, datetime

import orjson

from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.ballots import Ballot, ballot_id
from phyle.cooperative.law.matters import all_effects
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State

_KINDS = {"ordinary": "Ordinary assembly", "extraordinary": "Extraordinary assembly"}


def minutes_of(state: State, id: str, assembly: Assembly) -> str:
    """Markdown. People stand in it by their ids, so that what a name opens to can be erased and the minutes stay."""
    lines = [
        f"# {_KINDS[assembly.kind]}: {assembly.title}",
        "",
        f"Assembly {id}, {'second call' if assembly.second_call else 'first call'}.",
        "",
        f"- Called: {_time(assembly.called)} by {_callers(assembly)}",
        f"- Notice given: {_time(assembly.noticed)} (evidence {assembly.notice})",
        f"- Open from {_time(assembly.opens)} to {_time(assembly.closes)}",
        f"- On the roll: {assembly.eligible} (roll {assembly.roll})",
        f"- There: {assembly.came}",
        f"- Quorum: {'met' if assembly.quorate else 'not met'}",
        "",
        "## There were",
        "",
        *(f"- {member}" for member in _there(state, assembly)),
        "",
        "## Agenda",
        "",
    ]
    for number, proposal in enumerate(assembly.agenda, start=1):
        lines += _point(state, number, proposal, state.require(Proposal, proposal))
    return "\n".join(lines).rstrip("\n") + "\n"


def _time(at: int) -> str:
    """Milliseconds as a time in UTC, to the second."""
    return f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _callers(assembly: Assembly) -> str:
    return ", ".join(assembly.asked_by) or assembly.by


def _there(state: State, assembly: Assembly) -> list[str]:
    if assembly.present is None:
        return []
    found: list[str] = orjson.loads(state.blob(assembly.present))
    return found


def _point(state: State, number: int, id: str, proposal: Proposal) -> list[str]:
    """One point of the agenda: what was proposed, how it was voted on and what became of it."""
    kinds = ", ".join(dict.fromkeys(effect.kind for effect in all_effects(proposal)))
    lines = [f"### {number}. {proposal.title}", "", f"Proposal {id} by {proposal.by} ({kinds}; {proposal.method})."]
    ballot = state.get(Ballot, ballot_id(id, proposal.round))
    if ballot is None:
        return [*lines, "", "It was not voted on.", ""]
    lines += ["", f"- Papers: {ballot.papers} (sheet {ballot.sheet})"]
    for count in ballot.counts:
        if proposal.method == "yesno":
            figures = f"for {count.for_}, against {count.against}, abstain {count.abstain}, block {count.block}"
        else:
            figures = f"{count.for_} valid papers"
        lines.append(f"- {count.body}: {figures}")
    won = [proposal.options[place].label for place in ballot.winners]
    lines += [f"- Chosen by the count: {', '.join(won)}"] if won else []
    return [*lines, f"- State: {_STATES.get(proposal.phase, proposal.phase)}", ""]


_STATES = {
    "deliberation": "not passed; it is voted on again",
    "balloting": "the ballot is open",
    "counting": "being counted",
    "drawing": "tied; a lot is drawn",
    "passed": "passed; it can still be challenged",
    "stayed": "passed; it is challenged",
    "executed": "passed and executed",
    "sent_back": "sent back: an effect is impossible",
    "failed": "not passed",
    "withdrawn": "withdrawn",
    "annulled": "annulled",
}
