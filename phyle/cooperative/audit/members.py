"""The member level: who the people of the ledger are, and the signed requests behind what was attested for them."""

from typing import Any

from phyle.cooperative.audit import saying
from phyle.cooperative.audit.asked import Course
from phyle.cooperative.audit.evidence import verified_request
from phyle.cooperative.audit.findings import Finding, false, withheld
from phyle.cooperative.audit.sources import Opened, Openings
from phyle.cooperative.audit.watching import Watching
from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.entries import ActEntry, Entry
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.naming import commitments_of
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.errors import Refusal, Unproven

SHEETS = frozenset({"choice"})
"""Commitments that are opened by the sheet of their ballot alone."""
SHEETED = frozenset({"vote"})
PINNED = frozenset({"actor", "pinned"})
"""Openings that later evidence is compared with."""

EMERGENCIES = frozenset({"moderate", "withhold"})
"""What one person does at once, until others confirm it."""


class Members:
    """Compares openings with their commitments, entry by entry, before each is applied."""

    def __init__(self, course: Course, watching: Watching) -> None:
        self._course, self._facts, self._watching = course, course.verified.facts, watching
        self._openings: Openings | None = None
        self._looked = -1
        self._pinned: dict[str, Opened] = {}
        self._requests: dict[str, int] = {}

    def bundle(self, first: int, count: int) -> None:
        """The openings of the entries that come next."""
        self._openings = self._course.source.openings(first, count)
        self._course.member = self._openings is not None

    def look(self, state: State, entry: Entry) -> Finding | None:
        """The openings of one entry: each that is given must be what the entry commits to, and none may be missing.

        Looked at once, however often the entry is judged until all that it needs is fetched."""
        if not isinstance(entry, ActEntry) or entry.seq == self._looked:
            return None
        self._looked = entry.seq
        if self._openings is None and entry.kind in SHEETED:
            return None
        commitments = commitments_of(entry.act.payload, entry.evidence)
        if self._openings is None:
            self._facts.unopened += len(commitments)
            return None
        for commitment, name in commitments.items():
            found = self._opened(entry, commitment, name, self._openings)
            if found is not None:
                return found
        return self._evidence(state, entry) if entry.author == "attested" else None

    def _opened(self, entry: ActEntry, commitment: str, name: str, given: Openings) -> Finding | None:
        opened = given.opened.get(commitment)
        if opened is None:
            if name in SHEETS or commitment in given.closed:
                return None
            if commitment in given.erased:
                self._facts.unopened += 1
                self._facts.absent[commitment] = (entry.seq, "opening")
                return None
            return withheld(entry.seq, entry.kind, f"The opening {name} is withheld, though members may see it.")
        if not opens(commitment, opened.value, opened.salt):
            return false(
                entry.seq, entry.kind, f"The opening {name} is not what the entry commits to.", expected=commitment
            )
        self._facts.opened += 1
        if entry.kind in EMERGENCIES and name == "target":
            self._facts.targets[commitment] = (entry.seq, digest(str(opened.value).strip().lower()))
        if name in PINNED or name == "request":
            self._pinned[commitment] = opened
        return None

    def _once(self, entry: ActEntry, request: Any, activity: Any) -> None:
        """Unproven if the same request is behind another act: the host would have used it twice. The same post may come
        in two requests, signed anew because an answer got lost; it asks for one thing nevertheless."""
        post = [activity.get("id")] if entry.kind in saying.WRITTEN else []
        for each in (request, *post):
            first = self._requests.setdefault(digest(each), entry.seq)
            if first != entry.seq:
                raise Unproven(f"It is behind entry {first} already.")

    def _evidence(self, state: State, entry: ActEntry) -> Finding | None:
        """The request that an attested act was made by, against the key that was pinned for its sender."""
        member = state.get(Member, entry.act.by)
        identity = dict(member.identity if member is not None else entry.act.payload.get("identity", {}))
        request = self._pinned.pop(entry.evidence.get("request", ""), None)
        actor, pinned = (self._pinned.get(identity.get(name, "")) for name in ("actor", "pinned"))
        if request is None or actor is None or pinned is None:
            return None
        choice = self._openings.opened.get(entry.act.payload.get("choice", "")) if self._openings is not None else None
        try:
            activity = verified_request(
                request.value,
                key=pinned.value,
                actor=actor.value,
                received=entry.received,
                fresh=entry.kind == "enter_booth",
            )
            saying.compare(state, entry, activity, choice.value if choice is not None else None)
            self._once(entry, request.value, activity)
        except Refusal as error:
            sentence = f"The request behind it does not prove that its author did this. {error.sentence}"
            return false(entry.seq, entry.kind, sentence)
        self._facts.requests += 1
        self._facts.confirmed += entry.kind == "enter_booth"
        self._watching.proven.add(entry.hash)
        return None
