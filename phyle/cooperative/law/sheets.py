"""Sheets: the opened papers of a ballot, compared with the commitments that were handed in."""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative.law.ballots import handed_in
from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import OpenedVote, Sheet, State
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused


def sheet_hash(sheet: Sheet) -> Hash:
    """What the tally names of a sheet: the hash of its rows, each a member, the value and the salt."""
    return Hash(digest([[row.member, row.value, row.salt] for row in sheet]))


def choices(state: State, ballot: str, method: str, sheet: Sheet) -> dict[str, Any]:
    """By member, what they chose: every counted commitment opened once. Approvals by poll are put together. Refused if
    the sheet is not what was handed in."""
    rows: dict[str, list[OpenedVote]] = {}
    for row in sheet:
        rows.setdefault(row.member, []).append(row)
    chosen: dict[str, Any] = {}
    for member, paper in handed_in(state, ballot).items():
        opened = rows.pop(member, [])
        if len(opened) != len(paper.counted) or not all(
            opens(commitment, row.value, row.salt) for commitment, row in zip(paper.counted, opened, strict=True)
        ):
            raise Refused("The opened papers are not what was voted.", cause=member)
        chosen[member] = opened[0].value if len(opened) == 1 else _together(method, [row.value for row in opened])
    if rows:
        raise Refused("The sheet has papers that nobody handed in.", cause=next(iter(rows)))
    return chosen


def _together(method: str, values: list[Any]) -> Any:
    """Several choices by poll: for approval the union of those that can be read, else the first."""
    if method != "approval":
        return values[0]
    lists = [value.get("approve") for value in values if isinstance(value, Mapping)]
    options = {option for each in lists if isinstance(each, list) for option in each if type(option) is int}
    return {"approve": sorted(options)}
