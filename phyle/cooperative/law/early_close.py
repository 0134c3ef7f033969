"""Early close: a ballot whose outcome nothing can change any more may be closed before its time, never otherwise."""

from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.charter.rules import ASSEMBLY, possible_outcomes
from phyle.cooperative.law.ballots import Ballot, BodyCount, about_ballot, ids_of
from phyle.cooperative.law.decisions import asked, quorum_met
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.phyles import charter_as_of, schedule, unschedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.sheets import choices, sheet_hash
from phyle.cooperative.law.state import State
from phyle.cooperative.law.tallies import count_of, is_valid
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseEarly:
    """The host shows that the outcome is certain. `sheet`: the hash of the papers so far, which are final, opened."""

    ballot: str
    sheet: Hash


def _check_close(state: State, given: Given) -> None:
    close: CloseEarly = given.payload
    if certain(state, close.ballot, given.at) != close.sheet:
        raise Refused("This is not the sheet of the papers so far.")


def certain(state: State, id: str, at: int) -> Hash:
    """The hash of the papers so far, if they leave one outcome. Refused if it cannot close early, or not yet."""
    ballot = state.require(Ballot, id)
    proposal = state.require(Proposal, ballot.proposal)
    if ballot.phase != "open" or at >= ballot.closes:
        raise Refused("The ballot is closed.")
    if proposal.assembly is not None:
        raise Refused("A ballot of an assembly closes with it.")
    if not ballot.final or proposal.method != "yesno":
        raise Refused("Only a yes or no ballot whose papers the charter makes final can close early.")
    sheet = state.sheet(id)
    power = power_over(state, charter_as_of(state, ballot.frozen), proposal)
    if outcome(state, ballot, proposal, power, choices(state, id, "yesno", sheet)) is None:
        raise Refused("The outcome still depends on those who have not voted.")
    return sheet_hash(sheet)


def outcome(state: State, ballot: Ballot, proposal: Proposal, power: Power, chosen: dict[str, Any]) -> bool | None:
    """How the ballot ends whatever the rest of the roll does, None while that is open. Lent votes are open until the
    close, when their owners can still use or revoke them. Where too few could come, a second call is open too."""
    counts: list[BodyCount] = []
    outstanding: dict[str, int] = {}
    for roll in ballot.rolls:
        on_roll = ids_of(state, roll.roll)
        mine = [choice for member, choice in chosen.items() if member in on_roll]
        good = [_plain(choice) for choice in mine if is_valid("yesno", (), choice, {})]
        counts.append(count_of(roll.body, "yesno", good))
        outstanding[roll.body] = roll.eligible - len(mine)
    so_far = tuple(counts)
    found = possible_outcomes(
        power.rule,
        asked(proposal, ballot, so_far),
        {**outstanding, ASSEMBLY: outstanding[proposal.body]},
        power.quorum,
        second_call=proposal.second_call,
    )
    if found is False and power.quorum.second is not None and not proposal.second_call:
        return False if quorum_met(proposal, replace(ballot, counts=so_far), power) else None
    return found


def _plain(choice: Any) -> Any:
    """Without consent a block is a paper against, with a reason or without one."""
    return {"paper": "against"} if choice == {"paper": "block"} else choice


def _close(state: State, given: Given) -> None:
    id = given.payload.ballot
    ballot = state.require(Ballot, id)
    state.put(replace(ballot, closes=given.at), id)
    state.put(replace(state.require(Proposal, ballot.proposal), until=given.at), ballot.proposal)
    unschedule(state, "close", id)
    schedule(state, given.at, "close", id)


ACTS = {"close_early": act(CloseEarly, _check_close, _close, by=["host"], power=SELF, needs=about_ballot)}
