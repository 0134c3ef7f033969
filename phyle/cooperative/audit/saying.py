"""What the activity behind an attested act must say for the act to be its author's and not the host's."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.audit import asking
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.entries import ActEntry
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.errors import Unproven

TYPES: Mapping[str, frozenset[str]] = {
    "apply": frozenset({"Follow", "Join", "Create"}),
    "apply_again": frozenset({"Follow", "Join", "Create"}),
    "enter_booth": frozenset({"Create"}),
    "exit": frozenset({"Undo", "Leave"}),
    "vote": frozenset({"Create"}),
    "explain": frozenset({"Create"}),
    "move": frozenset({"Move"}),
    "pin": frozenset({"Update"}),
}
"""By which activities somebody on a server without ledger keys does what."""
WRITTEN = frozenset({"apply", "apply_again", "enter_booth"})
"""What a post asks for, where it was a Create."""
LONGEST = 50
"""Characters of an option in a native poll."""
WORDS: Mapping[str, str] = {"Agree": "for", "Abstain": "abstain", "Disagree": "against", "Block": "block"}
"""What the options of a native poll mean in a yes or no decision."""


def compare(state: State, entry: ActEntry, activity: Mapping[str, Any], choice: Any) -> None:
    """Unproven unless the activity says what the act does. `choice`: the paper, None if it cannot be opened."""
    kind = activity.get("type")
    if not isinstance(kind, str) or kind not in TYPES.get(entry.kind, ()):
        raise Unproven(f"It is {kind or 'nothing known'}, which is not how a member does this.")
    if kind == "Create" and entry.kind in WRITTEN:
        asking.compare(entry.kind, entry.act.payload, activity, phyle(state).host)
    if entry.kind == "vote":
        words = _words(activity.get("object"))
        if choice is not None and not _means(words, choice, _labels(state, entry.act.payload["ballot"])):
            raise Unproven(f"It says {words!r}, which is not what was counted.")


def _words(note: Any) -> str:
    """The option that a poll vote names (as Mastodon sends it: a Note with a name and without content)."""
    name = note.get("name") if isinstance(note, Mapping) and note.get("type") == "Note" else None
    if not isinstance(name, str):
        raise Unproven("It is no vote in a poll.")
    return name


def _means(words: str, choice: Any, labels: Sequence[str]) -> bool:
    if not isinstance(choice, Mapping):
        return False
    if "paper" in choice:
        return bool(WORDS.get(words) == choice["paper"])
    chosen = choice.get("approve", [])
    return any(label[:LONGEST] == words for place, label in enumerate(labels) if place in chosen)


def _labels(state: State, ballot: str) -> list[str]:
    held = state.get(Ballot, ballot)
    proposal = state.get(Proposal, held.proposal) if held is not None else None
    return [option.label for option in proposal.options] if proposal is not None else []
