"""A paper as a form: what somebody marked becomes the choice that the ledger counts, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.tally.papers import CREDITS, DOTS, HIGHEST_SCORE
from phyle.errors import Unprocessable
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.words import COUNTED

AMOUNTS: Mapping[str, str] = {"score": "score", "dot": "dots", "quadratic": "credits"}
RANKED = ("irv", "stv", "schulze")


def marked(asked: Asked, method: str, options: int) -> dict[str, Any]:
    """The choice that a form holds. Unprocessable, with what to do, for what is no choice yet."""
    if method == "yesno":
        if not asked.text("paper"):
            raise Unprocessable("Choose one of the answers.")
        return {"paper": asked.text("paper")}
    if method == "approval":
        return {"approve": sorted(_whole(asked, text) for text in asked.texts("approve"))}
    if method in RANKED:
        return {"rank": _ranking(_numbers(asked, "place", options), equals=method == "schulze")}
    amounts = _numbers(asked, "amount", options)
    return {AMOUNTS[method]: {str(option): amount for option, amount in amounts.items() if amount}}


def _whole(asked: Asked, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Unprocessable("One of the options is not on this ballot.")
    return int(text)


def _numbers(asked: Asked, name: str, options: int) -> dict[int, int]:
    """The number in the field of each option, where there is one."""
    found = {option: asked.number(f"{name}_{option}") for option in range(options)}
    return {option: number for option, number in found.items() if number is not None}


def _ranking(places: Mapping[int, int], *, equals: bool) -> list[Any]:
    """Options in order: those with 1 first. Options in the same place are equals, where the method knows them."""
    if not places:
        raise Unprocessable("Number at least one option: 1 for the one that you like best.")
    groups: dict[int, list[int]] = {}
    for option, place in places.items():
        groups.setdefault(place, []).append(option)
    ordered = [group for _, group in sorted(groups.items())]
    if not equals and any(len(group) > 1 for group in ordered):
        raise Unprocessable("Two options have the same number; give each a number of its own.")
    return [group[0] if len(group) == 1 else group for group in ordered]


def filled(method: str, choice: Any) -> dict[str, str]:
    """What the fields of the form hold for a choice that was handed in before."""
    choices = choice if isinstance(choice, list) else [choice]
    whole = [each for each in choices if isinstance(each, Mapping)]
    if not whole:
        return {}
    if method == "approval":
        return {f"approve_{option}": "on" for each in whole for option in each.get("approve", ())}
    last = whole[-1]
    if method == "yesno":
        return {"paper": str(last.get("paper", ""))}
    if method in RANKED:
        return _places(last.get("rank", ()))
    return {f"amount_{option}": str(amount) for option, amount in last.get(AMOUNTS.get(method, ""), {}).items()}


def _places(rank: Sequence[Any]) -> dict[str, str]:
    groups = [group if isinstance(group, list) else [group] for group in rank]
    return {f"place_{option}": str(place) for place, group in enumerate(groups, start=1) for option in group}


def typed(asked: Asked, options: int) -> dict[str, str]:
    """What the fields held, to be shown again beside what is wrong with it."""
    approved = {f"approve_{option}": "on" for option in asked.texts("approve")}
    names = [f"{name}_{option}" for name in ("place", "amount") for option in range(options)]
    return {**approved, **{name: asked.text(name) for name in ("paper", *names)}}


def instruction(method: str, params: Mapping[str, int], seats: int) -> str:
    """How to fill in the paper, in a sentence or two."""
    says = {
        "yesno": "Choose one answer.",
        "approval": "Tick every option that you can live with, as many as you like.",
        "score": f"Give each option from 0 to {params.get('max', HIGHEST_SCORE)} points. An empty field is 0.",
        "dot": f"You have {params.get('dots', DOTS)} dots. Share them out as you like; you need not use them all.",
        "irv": "Number the options: 1 for the one that you like best, 2 for the next. You can stop whenever you like.",
        "stv": "Number the options: 1 for the one that you like best, 2 for the next. You can stop whenever you like.",
        "schulze": "Number the options: 1 for the one that you like best, 2 for the next. "
        "Options that are equally good to you can have the same number; those without a number come last.",
        "quadratic": f"You have {params.get('credits', CREDITS)} credits. One vote for an option costs 1 credit, "
        "2 votes cost 4, 3 cost 9, and so on.",
    }
    wins = f" {seats} options will win." if seats > 1 else ""
    return says.get(method, "") + wins


def in_words(choice: Any, labels: Sequence[str]) -> str:
    """What stands on a paper, as people say it."""
    choices = choice if isinstance(choice, list) else [choice]
    return "; ".join(_said(each, labels) for each in choices)


def _said(choice: Any, labels: Sequence[str]) -> str:
    if not isinstance(choice, Mapping) or len(choice) != 1:
        return "not a paper of this ballot"
    ((field, given),) = choice.items()
    if field == "paper":
        return COUNTED.get(str(given), str(given))
    if field == "approve" and isinstance(given, list):
        return ", ".join(_label(option, labels) for option in given) or "nothing"
    if field == "rank" and isinstance(given, list):
        groups = [group if isinstance(group, list) else [group] for group in given]
        return ", then ".join(" = ".join(_label(option, labels) for option in group) for group in groups)
    if isinstance(given, Mapping):
        return ", ".join(f"{_label(option, labels)}: {amount}" for option, amount in given.items()) or "nothing"
    return str(given)


def _label(option: Any, labels: Sequence[str]) -> str:
    number = int(option) if str(option).isdigit() else -1
    return labels[number] if 0 <= number < len(labels) else str(option)
