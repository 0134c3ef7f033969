"""Properties of works, contributions and uses, whatever people do: consistent, replayable, on slices too."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phyle.cooperative.law.commons.breaches import in_breach
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.errors import Refusal
from tests.cooperative.law.checking import Checked, consistent, kept, prefixes
from tests.cooperative.law.clauses import SIMPLE
from tests.cooperative.law.commoning import DCO, WORKERS, claimed, declaration, offered, outsider, told, validated
from tests.cooperative.law.stories import Person

QUICK = settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
NUMBER = st.integers(0, 40)
ANSWERS = ("validate", "refuse_contribution", "withdraw_contribution", "correct_contribution")
USERS: tuple[Mapping[str, Any], ...] = (
    {},
    {"said": {**WORKERS, "waged_non_members": True}},
    {"said": {**WORKERS, "outside_investors": True}},
    {"user": "private-firm", "name": "Profit Ltd", "said": {}},
    {"user": "non-profit", "purpose": "non-commercial", "said": {}},
)


class Commons(RuleBasedStateMachine):
    """People offer, claim, answer, declare, object and rule. What the law refuses changes nothing."""

    @initialize(founders=st.integers(3, 5))
    def found(self, founders: int) -> None:
        self.story = Checked()
        self.people = self.story.founded(SIMPLE, founders=founders)
        self.all = [*self.people, *(outsider(self.story, via=via) for via in ("b.test", "c.test"))]
        offered(self.story, self.people[0], mandate=True)

    def some(self, number: int) -> Person:
        return self.all[number % len(self.all)]

    def work(self, number: int) -> str:
        works = [id for id, _ in self.story.state.all(Work)]
        return works[number % len(works)]

    def keeper(self, work: str, number: int) -> Person:
        """Somebody who maintains the work, or was to."""
        ids = [id.partition("/")[2] for id, each in self.story.state.all(Maintainer, work) if not each.ended]
        those = [each for each in self.all if each.id in ids] or self.all
        return those[number % len(those)]

    def one(self, kind: Any, work: str, number: int) -> str:
        found = [id.partition("/")[2] for id, _ in self.story.state.all(kind, work)] or ["a" * 26]
        return found[number % len(found)]

    def tried(self, act: Callable[[], Any]) -> None:
        before, leaves = list(self.story.state.everything()), len(self.story.leaves)
        try:
            act()
        except Refusal:
            assert len(self.story.leaves) > leaves or list(self.story.state.everything()) == before

    def said(self, by: Person) -> dict[str, Any]:
        """Who is no member says who they are, every time."""
        return {} if by in self.people else {"outsider": told(by)}

    @rule(by=NUMBER)
    def offer(self, by: int) -> None:
        if by > 30:
            self.tried(lambda: offered(self.story, self.some(by)))

    @rule(by=NUMBER, which=NUMBER, whom=NUMBER, kind=st.sampled_from(["invite", "invite", "revoke", "resign"]))
    def maintain(self, by: int, which: int, whom: int, kind: str) -> None:
        work = self.work(which)
        who = self.keeper(work, by) if by % 3 else self.some(by)
        more = {} if kind == "resign" else {"member": self.some(whom).id}
        if kind != "resign" or by > 36:
            self.tried(lambda: self.story.act(who, f"{kind}_maintainer", work=work, **more))

    @rule(by=NUMBER, which=NUMBER, mandate=st.booleans())
    def claim(self, by: int, which: int, mandate: bool) -> None:
        who, terms = self.some(by), {**DCO, "mandate": mandate}
        self.tried(lambda: claimed(self.story, who, self.work(which), terms=terms, **self.said(who)))

    @rule(by=NUMBER, which=NUMBER, keeper=NUMBER)
    def merge(self, by: int, which: int, keeper: int) -> None:
        who, work = self.some(by), self.work(which)
        self.tried(lambda: validated(self.story, who, self.keeper(work, keeper), work, **self.said(who)))

    @rule(by=NUMBER, which=NUMBER, what=NUMBER, kind=st.sampled_from([*ANSWERS, "validate", "validate"]))
    def answer(self, by: int, which: int, what: int, kind: str) -> None:
        work = self.work(which)
        more: dict[str, Any] = {}
        if kind == "refuse_contribution":
            more["text"] = self.story.keep(b"No.")
        elif kind == "correct_contribution":
            more = {"what": "care", "subject": "Tea"}
        id = self.one(Contribution, work, what)
        claim = self.story.state.get(Contribution, f"{work}/{id}")
        author = next((each for each in self.all if claim is not None and each.id == claim.by), self.some(by))
        fitting = self.keeper(work, by) if kind in ANSWERS[:2] else author
        who = fitting if by % 4 else self.some(by)
        self.tried(lambda: self.story.act(who, kind, work=work, contribution=id, **more))

    @rule(by=NUMBER, which=NUMBER, user=st.sampled_from(USERS), lies=st.booleans())
    def declare(self, by: int, which: int, user: Mapping[str, Any], lies: bool) -> None:
        who = self.some(by)
        payload = declaration(self.story, who, self.work(which), **user, **self.said(who))
        if lies:
            payload["outcome"] = "allowed"
        self.tried(lambda: self.story.act(who, "declare_use", **payload))

    @rule(by=NUMBER, which=NUMBER, what=NUMBER, objects=st.booleans())
    def about_use(self, by: int, which: int, what: int, objects: bool) -> None:
        work = self.work(which)
        id = self.one(Use, work, what)
        kind, more = ("object_to_use", {"text": self.story.keep(b"No.")}) if objects else ("withdraw_use", {})
        self.tried(lambda: self.story.act(self.some(by), kind, work=work, use=id, **more))

    @rule(which=NUMBER, what=NUMBER, outcome=st.sampled_from(["recognised", "refused", "breach", "permitted"]))
    def decide(self, which: int, what: int, outcome: str) -> None:
        work = self.work(which)
        id = self.one(Use, work, what)
        found = self.story.state.get(Use, f"{work}/{id}")
        arguments = {"work": work, "use": id, "outcome": outcome, "clause": "4", "text": self.story.keep(b"So.")}
        if found is not None and found.by in {each.id for each in self.people}:
            arguments["member"] = found.by
        effect = {"kind": "Ruling", "arguments": arguments}
        self.tried(lambda: self.carried(effect))

    def carried(self, effect: Mapping[str, Any]) -> None:
        """Proposed, and voted for by all who may."""
        ballot = self.story.to_ballot(self.story.proposed(self.people[0], effect, sponsors=self.people[1:2]))
        for each in self.people:
            self.tried(lambda each=each: self.story.vote(each, ballot, {"paper": "for"}))
        self.story.finished(ballot.partition(".")[0])

    @rule(by=NUMBER)
    def leave(self, by: int) -> None:
        if by > 38 and self.some(by) in self.people[3:]:
            self.tried(lambda: self.story.act(self.some(by), "exit"))

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.story.later(days=days)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "story"):
            consistent(self.story.state)
            kept(self.story.state)

    def teardown(self) -> None:
        if hasattr(self, "story"):
            prefixes(self.story)
            doubly_signed(self.story)
            answered_for(self.story)
        super().teardown()


def doubly_signed(story: Checked) -> None:
    """From the entries alone: what is valid was claimed by one and validated by another who maintained the work."""
    maintainers: dict[str, set[str]] = {}
    left, phases, signed = set[str](), dict[str, str](), dict[str, str]()
    for leaf in story.leaves:
        entry = read_entry(leaf)
        if not isinstance(entry, ActEntry):
            continue
        by, it = entry.act.by, entry.act.payload
        id = f"{it.get('work')}/{it.get('contribution')}"
        match entry.kind:
            case "offer_work":
                maintainers[it["work"]] = {by}
            case "invite_maintainer":
                maintainers[it["work"]].add(it["member"])
            case "revoke_maintainer":
                maintainers[it["work"]].remove(it["member"])
            case "resign_maintainer":
                maintainers[it["work"]].remove(by)
            case "exit":
                left.add(by)
            case "claim" | "correct_contribution":
                phases[id], signed[id] = "claimed", entry.act.proof.verificationMethod
            case "validate":
                assert by in maintainers[it["work"]] - left
                assert signed[id] != entry.act.proof.verificationMethod
                assert phases[id] == "claimed"
                phases[id] = "valid"
            case "refuse_contribution":
                phases[id] = "refused"
            case "withdraw_contribution":
                phases[id] = "withdrawn"
    found = {id: each.phase for work in maintainers for id, each in story.state.all(Contribution, work)}
    assert found == phases


def answered_for(story: Checked) -> None:
    """What waits for an answer is counted for everybody from outside, and nobody in breach has a recognised use."""
    works = [id for id, _ in story.state.all(Work)]
    waiting = [each.by for work in works for _, each in story.state.all(Contribution, work) if each.phase == "claimed"]
    for id, known in story.state.all(Contributor):
        assert known.open == waiting.count(id)
    for work in works:
        for _, use in story.state.all(Use, work):
            assert use.phase in ("refused", "withdrawn") or not in_breach(story.state, work, use.user_id)


TestCommons = Commons.TestCase
TestCommons.settings = QUICK
