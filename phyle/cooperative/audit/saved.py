"""A verified state, kept so that a long audit can go on where it was, and a later one need not begin again."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from phyle.cooperative.audit.facts import Facts, read_facts, write_facts
from phyle.cooperative.audit.leaves import Leaves
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.table import SLICES
from phyle.cooperative.law.values import read, write
from phyle.cooperative.tree.hashing import WIDTH
from phyle.errors import Malformed

FORMAT = "phyle-audit-state/v1"


@dataclass(slots=True, kw_only=True)
class Saved:
    """What is known after so many entries: the state, the tree and the facts. It is believed: keep it to yourself."""

    state: State
    tree: Leaves
    facts: Facts

    def __bytes__(self) -> bytes:
        slices = [[what, id, write(value)] for (what, id), value in self.state.everything()]
        document = {"format": FORMAT, "size": self.tree.size, "slices": slices, "facts": write_facts(self.facts)}
        body = spell(document) + b"\n" + self.tree.hashes()
        return sha256(body).hexdigest().encode() + b"\n" + body


def begin() -> Saved:
    """Before the first entry."""
    return Saved(state=State(), tree=Leaves(), facts=Facts())


def resumed(data: bytes) -> Saved:
    """A saved state from its bytes. Malformed if it is none, was cut short, or is of another version."""
    digest, _, body = data.partition(b"\n")
    if sha256(body).hexdigest().encode() != digest:
        raise Malformed("The saved state is damaged: audit from the beginning")
    text, _, hashes = body.partition(b"\n")
    document: Any = parse(text)
    if document.get("format") != FORMAT or len(hashes) != document["size"] * WIDTH:
        raise Malformed(f"The saved state is not of the format {FORMAT}: audit from the beginning")
    state = State()
    for what, id, value in document["slices"]:
        if what not in SLICES:
            raise Malformed(f"The saved state has a {what}, which is unknown here: audit from the beginning")
        state.load(what, id, read(SLICES[what], value, what))
    return Saved(state=state, tree=Leaves(hashes), facts=read_facts(document["facts"]))
