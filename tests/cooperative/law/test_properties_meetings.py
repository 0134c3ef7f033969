"""Properties of assemblies, elections, draws and appeals, whatever people do: consistent, replayable, on slices too."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.draws import Commitment, Draw, digest_of, message
from phyle.cooperative.law.kinds import DAY, HOUR
from phyle.cooperative.law.mandates import caretaking, holders
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.moderations import Moderation
from phyle.cooperative.law.phyles import charter as charter_of
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.errors import Refusal
from phyle.identity import multikey
from tests.cooperative.law.checking import Checked, consistent, kept, prefixes
from tests.cooperative.law.clauses import charter
from tests.cooperative.law.stories import ORIGIN, Person, key

QUICK = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
CHARTER = charter(
    '\n[assembly]\nnotice_days = 1\nrequisition = "at least 1/2 of eligible"\nquorum = "at least 1/2 of eligible"\n'
    'second_call_quorum = "at least 1"\nsecond_call_days = 1\nordinary_every_days = 20\n'
)
NUMBER = st.integers(0, 40)
SECRET = "ab" * 16
PARTNER = key(4242)


class Meeting(RuleBasedStateMachine):
    """People meet, stand for office, draw lots, moderate and appeal. What the law refuses changes nothing."""

    @initialize(founders=st.integers(3, 7))
    def found(self, founders: int) -> None:
        self.story = Checked()
        self.people = self.story.founded(CHARTER, founders=founders)

    def some(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def ids(self, kind: Any) -> list[str]:
        return [id for id, _ in self.story.state.all(kind)] or ["a" * 26]

    def one(self, kind: Any, number: int) -> str:
        found = self.ids(kind)
        return found[number % len(found)]

    def tried(self, act: Callable[[], Any]) -> None:
        before, leaves = list(self.story.state.everything()), len(self.story.leaves)
        try:
            act()
        except Refusal:
            assert len(self.story.leaves) > leaves or list(self.story.state.everything()) == before

    def acts(self, by: int, what: str, /, **payload: Any) -> None:
        self.tried(lambda: self.story.act(self.some(by), what, **payload))

    @rule(by=NUMBER, days=st.integers(0, 3), asked=st.booleans())
    def call(self, by: int, days: int, asked: bool) -> None:
        opens = self.story.now + days * DAY + HOUR
        told = {"assembly": self.story.new_id(), "title": "It", "text": self.story.keep(b"Come.")}
        told |= {"opens": opens, "closes": opens + 20 * HOUR}
        self.acts(by, "ask_assembly" if asked else "call_assembly", **told, **({} if asked else {"kind": "ordinary"}))

    @rule(by=NUMBER, which=NUMBER, kind=st.sampled_from(["join_asking", "attend", "cancel_assembly"]))
    def about_assembly(self, by: int, which: int, kind: str) -> None:
        if kind != "cancel_assembly" or which > 35:
            self.acts(by, kind, assembly=self.one(Assembly, which))

    @rule(by=NUMBER, which=NUMBER, what=NUMBER)
    def put_on_agenda(self, by: int, which: int, what: int) -> None:
        self.acts(by, "put_on_agenda", assembly=self.one(Assembly, which), proposal=self.one(Proposal, what))

    @rule(which=NUMBER)
    def notice(self, which: int) -> None:
        evidence = self.story.keep(spell(dict.fromkeys(electors(self.story.state), "told")))
        id = self.one(Assembly, which)
        self.tried(lambda: self.story.host_act("assembly_noticed", assembly=id, evidence=evidence))

    @rule(by=NUMBER, seats=st.integers(1, 2), method=st.sampled_from(["stv", "irv", "approval"]))
    def elect(self, by: int, seats: int, method: str) -> None:
        election = {"office": "stewards", "seats": seats}
        matter = {"title": "It", "text": self.story.keep(b"Because."), "election": election, "seats": seats}
        self.acts(by, "propose", proposal=self.story.new_id(), options=[], method=method, **matter)

    @rule(by=NUMBER, effect=st.sampled_from(["Resolve", "Recall", "Suspend", "Moderate"]), whom=NUMBER)
    def propose(self, by: int, effect: str, whom: int) -> None:
        arguments: dict[str, Any] = {
            "Resolve": {},
            "Recall": {"office": "stewards", "member": self.some(whom).id},
            "Suspend": {"member": self.some(whom).id},
            "Moderate": {"moderation": self.one(Moderation, whom), "action": "confirm"},
        }[effect]
        options = [{"label": "Yes", "effects": [{"kind": effect, "arguments": arguments}]}]
        text = self.story.keep(b"Because.")
        self.acts(by, "propose", proposal=self.story.new_id(), title="It", text=text, options=options)

    @rule(by=NUMBER, which=NUMBER, whom=NUMBER, accepts=st.booleans())
    def nominate(self, by: int, which: int, whom: int, accepts: bool) -> None:
        id = self.one(Proposal, which)
        self.acts(by, "nominate", proposal=id, member=self.some(whom).id)
        if accepts:
            self.acts(whom, "accept_nomination", proposal=id)

    @rule(by=NUMBER, which=NUMBER, first=st.integers(0, 3))
    def vote(self, by: int, which: int, first: int) -> None:
        id = self.one(Proposal, which)
        proposal = self.story.state.get(Proposal, id)
        if proposal is None:
            return
        papers = {"stv": {"rank": [first]}, "irv": {"rank": [first]}, "approval": {"approve": [first]}}
        choice = papers.get(proposal.method, {"paper": ("for", "for", "against", "abstain")[first]})
        self.tried(lambda: self.story.vote(self.some(by), f"{id}.{proposal.round}", choice))

    @rule(which=NUMBER, first=st.integers(0, 3), few=st.integers(0, 7))
    def all_vote(self, which: int, first: int, few: int) -> None:
        for by in range(len(self.people) - few):
            self.vote(by, which, first if by else 0)

    @rule(by=NUMBER, whom=NUMBER, first=st.integers(0, 2))
    def hold_an_election(self, by: int, whom: int, first: int) -> None:
        self.elect(by, 2, "stv")
        last = len(self.ids(Proposal)) - 1
        newest = max(self.story.state.all(Proposal), key=lambda it: it[1].created, default=("", None))[0]
        which = self.ids(Proposal).index(newest) if newest else last
        for candidate in (whom, whom + 1, whom + 2):
            self.nominate(candidate, which, candidate, False)
        self.wait(50)
        which = self.ids(Proposal).index(newest) if newest else last
        self.all_vote(which, first, 0)

    @rule(by=NUMBER, point=NUMBER, come=st.integers(0, 7))
    def hold_an_assembly(self, by: int, point: int, come: int) -> None:
        opens, id = self.story.now + 3 * DAY, self.story.new_id()
        told = {"title": "It", "text": self.story.keep(b"Come."), "opens": opens, "closes": opens + 20 * HOUR}
        self.acts(by, "call_assembly", assembly=id, kind="ordinary", **told)
        self.put_on_agenda(by, self.ids(Assembly).index(id) if id in self.ids(Assembly) else 0, point)
        which = self.ids(Assembly).index(id) if id in self.ids(Assembly) else 0
        self.notice(which)
        self.wait(73)
        for person in range(come):
            self.about_assembly(person, which, "attend")
        self.all_vote(point, 0, 3)

    @rule(by=NUMBER, shows=st.booleans())
    def hold_a_draw(self, by: int, shows: bool) -> None:
        self.draw(by, "scribes")
        for number in range(3):
            for each in range(len(self.ids(Draw))):
                self.give_a_secret(number, each, False)
        self.wait(49)
        for number in range(3 if shows else 2):
            for each in range(len(self.ids(Draw))):
                self.give_a_secret(number, each, True)

    @rule(by=NUMBER, office=st.sampled_from(["scribes", "stewards"]))
    def draw(self, by: int, office: str) -> None:
        self.acts(by, "call_draw", purpose="office", about=office)

    @rule(by=NUMBER, leaves=st.booleans())
    def partner(self, by: int, leaves: bool) -> None:
        named = {"origin": "p.test/ledger/1", "key": multikey.encode(PARTNER.public_key())}
        self.acts(by, "partner", **named, **({"leaves": True} if leaves else {}))

    @rule(which=NUMBER)
    def sign(self, which: int) -> None:
        id = self.one(Draw, which)
        found = self.story.state.get(Draw, id)
        if found is not None and found.entry is not None:
            signature = PARTNER.sign(message(ORIGIN, id, found.entry)).hex()
            sign = {"draw": id, "origin": "p.test/ledger/1", "signature": signature}
            self.tried(lambda: self.story.host_act("sign_draw", **sign))

    @rule(by=NUMBER, which=NUMBER, reveals=st.booleans())
    def give_a_secret(self, by: int, which: int, reveals: bool) -> None:
        id = self.one(Draw, which)
        if reveals:
            self.acts(by, "reveal_secret", draw=id, secret=SECRET)
        else:
            self.acts(by, "commit_secret", draw=id, digest=digest_of(id, self.some(by).id, SECRET))

    @rule(by=NUMBER, which=NUMBER, kind=st.sampled_from(["moderate", "confirm_moderation", "lift_moderation"]))
    def moderate(self, by: int, which: int, kind: str) -> None:
        if kind != "moderate":
            self.acts(by, kind, moderation=self.one(Moderation, which))
            return
        told = {"target": self.story.seal("x"), "action": "hide", "reason": self.story.seal("y")}
        self.acts(by, kind, moderation=self.story.new_id(), **told)

    @rule(by=NUMBER, which=NUMBER, against=st.sampled_from(["decision", "suspension", "moderation"]))
    def appeal(self, by: int, which: int, against: str) -> None:
        targets = {"decision": Proposal, "moderation": Moderation}
        target = self.some(which).id if against == "suspension" else self.one(targets[against], which)
        text = self.story.keep(b"No.")
        self.acts(by, "appeal", appeal=self.story.new_id(), against=against, target=target, text=text)

    @rule(by=NUMBER, leaves=st.booleans())
    def lay_down(self, by: int, leaves: bool) -> None:
        if by > 36 and leaves:
            self.acts(by, "exit")
        elif by > 30:
            self.acts(by, "resign", office="stewards")

    @rule(hours=st.integers(1, 80))
    def wait(self, hours: int) -> None:
        self.story.later(milliseconds=hours * HOUR)

    @invariant()
    def holds(self) -> None:
        state, now = self.story.state, self.story.now
        consistent(state)
        for name, office in charter_of(state).offices.items():
            regular = [id for id in holders(state, name, now) if not caretaking(state, name, id)]
            assert len(regular) <= office.seats
        for _, draw in state.all(Draw):
            assert draw.seed is None or draw.pool is not None
            assert draw.phase != "drawn" or len(draw.taken) == draw.take > 0
        for _, appeal in state.all(Appeal):
            proposal = None if appeal.proposal is None else state.get(Proposal, appeal.proposal)
            assert proposal is None or set(proposal.recused) == set(appeal.parties)
        assert phyle(state).phase in ("active", "dormant")

    def teardown(self) -> None:
        if hasattr(self, "story"):
            prefixes(self.story)
            kept(self.story.state)
            assert all(len(each.digest) == 64 for _, each in self.story.state.all(Commitment))


TestMeeting = Meeting.TestCase
TestMeeting.settings = QUICK
