"""Which papers each method takes, and why it does not take the others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from phyle.cooperative.tally.values import Paper

ANSWERS = ("for", "against", "abstain", "block")
HIGHEST_SCORE = 5
DOTS = 10
CREDITS = 100

Params = Mapping[str, Any]


def valid(method: str, options: Sequence[str], paper: Any, params: Params | None = None) -> str | None:
    """Why this paper cannot be counted, in a sentence; None if it can.

    The shapes, where options are named by their index from 0: yesno `{"paper": "for"}`; approval `{"approve": [0, 2]}`;
    irv and stv `{"rank": [2, 0]}`, preferred first; schulze the same, and equals as `{"rank": [[0, 2], 1]}`;
    score `{"score": {"0": 5}}`; dot `{"dots": {"0": 3}}`; quadratic `{"credits": {"0": 3}}`: three votes, nine credits.
    """
    field, check = _CHECKS[method]
    if not isinstance(paper, Mapping) or set(paper) != {field}:
        return f'A paper of this ballot is {{"{field}": ...}} and nothing else'
    return check(paper[field], len(options), params or {})


def _answer(given: Any, _: int, __: Params) -> str | None:
    return None if given in ANSWERS else f"The answer is one of {', '.join(ANSWERS)}"


def _approvals(given: Any, options: int, _: Params) -> str | None:
    if not isinstance(given, list | tuple):
        return "Approvals are a list of options"
    return _distinct(given, options)


def _order(given: Any, options: int, _: Params) -> str | None:
    if not isinstance(given, list | tuple) or not given:
        return "A ranking is a list of options, at least one"
    return _distinct(given, options)


def _weak_order(given: Any, options: int, _: Params) -> str | None:
    if not isinstance(given, list | tuple) or not given:
        return "A ranking is a list of options, at least one"
    groups = [group if isinstance(group, list | tuple) else [group] for group in given]
    if not all(groups):
        return "A group of equals has at least one option"
    return _distinct([option for group in groups for option in group], options)


def _distinct(given: Sequence[Any], options: int) -> str | None:
    if not all(type(option) is int and 0 <= option < options for option in given):
        return f"Options are whole numbers from 0 to {options - 1}"
    return None if len(set(given)) == len(given) else "An option is named twice"


def _amounts(given: Any, options: int) -> str | None:
    if not isinstance(given, Mapping):
        return "Amounts are an object with options as its names"
    if not set(given) <= {str(option) for option in range(options)}:
        return f"Options are whole numbers from 0 to {options - 1}, as text"
    if not all(type(amount) is int and amount >= 0 for amount in given.values()):
        return "Amounts are whole numbers, none below 0"
    return None


def _scores(given: Any, options: int, params: Params) -> str | None:
    highest = params.get("max", HIGHEST_SCORE)
    if (why := _amounts(given, options)) is not None:
        return why
    return None if all(score <= highest for score in given.values()) else f"A score is at most {highest}"


def _dots(given: Any, options: int, params: Params) -> str | None:
    budget = params.get("dots", DOTS)
    if (why := _amounts(given, options)) is not None:
        return why
    return None if (spent := sum(given.values())) <= budget else f"There are {budget} dots to give, not {spent}"


def _votes(given: Any, options: int, params: Params) -> str | None:
    budget = params.get("credits", CREDITS)
    if (why := _amounts(given, options)) is not None:
        return why
    spent = sum(votes * votes for votes in given.values())
    return None if spent <= budget else f"These votes cost {spent} credits, of which there are {budget}"


_CHECKS: dict[str, tuple[str, Callable[[Any, int, Params], str | None]]] = {
    "yesno": ("paper", _answer),
    "approval": ("approve", _approvals),
    "score": ("score", _scores),
    "dot": ("dots", _dots),
    "quadratic": ("credits", _votes),
    "irv": ("rank", _order),
    "stv": ("rank", _order),
    "schulze": ("rank", _weak_order),
}


def read(method: str, paper: Paper) -> Any:
    """What stands on a valid paper."""
    return paper[_CHECKS[method][0]]
