"""A story that checks itself: every step is also decided on slices alone, and the counters are counted again."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from phyle.cooperative.law.entries import Entry, read_entry
from phyle.cooperative.law.members import Member, elector, electors
from phyle.cooperative.law.phyles import Agenda, Clock, next_item, phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.table import LAW, SLICES
from phyle.cooperative.law.values import read, write
from phyle.errors import Refusal
from tests.cooperative.law.slices import decided, followed
from tests.cooperative.law.stories import Story, replayed


class Checked(Story):
    """As a story; whatever is entered or refused here is entered or refused in the same way by a server."""

    def _enter(self, document: Mapping[str, Any], author: Any, evidence: Mapping[str, str] | None = None) -> Entry:
        self.now += 1
        self.due()
        given = {"received": self.now, "at": self.now, "author": author, "evidence": evidence}
        found, changed = decided(self.state, document, **given)
        if isinstance(found, str):
            with pytest.raises(Refusal, match=re.escape(found)):
                LAW.decide(self.state, document, **given)
        entry = LAW.decide(self.state, document, **given)
        self._absorbed(entry, found, changed)
        self.due()
        return entry

    def due(self) -> None:
        while (item := next_item(self.state)) is not None and item.time <= self.now:
            if item.kind == "tally":
                self.open_sheet(item.id)
            found, changed = followed(self.state, self.now)
            entry = LAW.due(self.state, self.now)
            assert entry is not None
            self._absorbed(entry, found, changed)

    def _absorbed(self, entry: Entry, found: bytes | str, changed: dict[Any, Any]) -> None:
        fork = self.state.fork()
        LAW.check(fork, entry)
        LAW.apply(fork, entry)
        assert fork.changed == changed
        self.leaves.append(LAW.enter(self.state, entry))
        assert self.leaves[-1] == found


def consistent(state: State) -> None:
    """What holds after every entry."""
    here, clock = phyle(state), state.require(Clock)
    if here.charter is not None:
        assert here.electors == len(electors(state))
        assert here.tacit == sum(one.tacit and elector(state, one) for _, one in state.all(Member))
        assert here.phase == "dissolved" or here.phase == ("active" if here.electors >= 3 else "dormant")
    items = (state.get(Agenda) or Agenda()).items
    assert list(items) == sorted(items)
    assert len({item[1:] for item in items}) == len(items)
    for _, member in state.all(Member):
        assert (member.key is None) == (member.custody == "none")
        assert member.last_act <= clock.at


def kept(state: State) -> None:
    """Every slice comes back from its JSON as it was."""
    for (kind, _), value in state.everything():
        assert read(SLICES[kind], write(value)) == value


def prefixes(story: Story) -> None:
    """Every prefix of the ledger is a consistent state, and the whole of it is the state that we have."""
    state = State()
    fork = state.fork()
    fork.kept |= story.state._blobs
    state.absorb(fork)
    for ballot, sheet in story.state._sheets.items():
        state.load_sheet(ballot, sheet)
    for leaf in story.leaves:
        LAW.enter(state, read_entry(leaf))
        consistent(state)
    assert list(state.everything()) == list(story.state.everything())
    assert list(replayed(story).everything()) == list(story.state.everything())
    kept(story.state)
