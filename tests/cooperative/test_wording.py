"""What an option would do, in a sentence."""

from phyle.cooperative import wording
from phyle.cooperative.law.proposed import Effect, Option
from phyle.cooperative.law.values import Line

BEN = "w27linb2pn6cbm25uvrsieydia"


def _option(label: str, *effects: Effect) -> Option:
    return Option(label=Line(label), effects=effects)


def test_a_candidate_is_called_by_name_and_once() -> None:
    elected = _option(BEN, Effect(kind="Appoint", arguments={"member": BEN, "office": "board"}))
    assert wording.option(elected, {BEN: "@ben"}) == "@ben holds the office board."
    assert wording.option(elected, {}) == "member w27lin holds the office board."


def test_other_options_keep_their_label() -> None:
    admitted = _option("Yes", Effect(kind="Admit", arguments={"member": BEN}))
    assert wording.option(admitted, {BEN: "@ben"}) == "Yes: @ben becomes a member."
    assert wording.option(_option("Green", Effect(kind="Resolve", arguments={})), {}).startswith("Green: The phyle")
    assert wording.option(_option("Everything stays as it is"), {}) == "Everything stays as it is: Nothing changes."
