"""Properties of membership, whatever people do: prefixes, replay, slices, counters; what a few cannot do to many."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import Member, electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.law.rebindings import Rebinding
from phyle.errors import Refusal
from tests.cooperative.law.charters import charter
from tests.cooperative.law.checking import Checked, consistent, prefixes
from tests.cooperative.law.stories import ORIGIN, Person, Story, key

TERMS = """probation_days = 10
voucher_period_days = 20
newcomers_per_voucher = 3
rebind_vouchers = 2
rebind_delay_days = 5
reply_days = 3
active_days = 40
lapse_days = 60"""
CHARTER = charter(
    membership=TERMS,
    articles="""
## Article 4. Classes

```toml
[class.member]

[class.friend]
vote = false

[class.organisation]
principal = "organisation"
```
""",
)
OTHER = CHARTER.replace("[class.friend]\nvote = false", "[class.friend]\nvote = true")

AUTHOR = st.integers(0, 30)
QUICK = settings(max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


class Life(RuleBasedStateMachine):
    """People do what comes to their minds. What the law refuses changes nothing."""

    @initialize(founders=st.integers(3, 7))
    def found(self, founders: int) -> None:
        self.story = Checked()
        self.people = self.story.founded(CHARTER, founders=founders)
        self.rebindings: list[tuple[Person, Person]] = []
        self.charges: list[tuple[str, str]] = []

    def some(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def standing(self, number: int, *standings: str) -> Person:
        """Somebody of such a standing, if there is anybody, else anybody."""
        fitting = [each for each in self.people if self.story.member(each).standing in standings] or self.people
        return fitting[number % len(fitting)]

    def attempt(self, person: Person, kind: str, /, **payload: Any) -> bool:
        before = len(self.story.leaves)
        try:
            self.story.act(person, kind, **payload)
        except Refusal:
            due = [leaf for leaf in self.story.leaves[before:] if b'"act":' in leaf]
            assert not due
            return False
        return True

    @rule(klass=st.sampled_from(["member", "member", "friend", "organisation"]), far=st.booleans())
    def apply(self, klass: str, far: bool) -> None:
        newcomer = self.story.person(via="far.test", custody="none") if far else self.story.person()
        if self.attempt(newcomer, "apply", **newcomer.introduction(klass)):
            self.people.append(newcomer)

    @rule(number=AUTHOR, other=AUTHOR)
    def vouch(self, number: int, other: int) -> None:
        self.attempt(self.some(number), "vouch", member=self.some(other).id)

    @rule(other=AUTHOR, vouchers=st.integers(2, 7), days=st.sampled_from([0, 11]))
    def vouch_together(self, other: int, vouchers: int, days: int) -> None:
        newcomer = self.standing(other, "applicant", "probation")
        for voucher in self.people[:vouchers]:
            self.attempt(voucher, "vouch", member=newcomer.id)
        self.story.later(days=days)

    @rule(number=AUTHOR, other=AUTHOR)
    def oppose(self, number: int, other: int) -> None:
        self.attempt(self.some(number), "object", member=self.some(other).id, reason=self.story.seal("no"))

    @rule(number=AUTHOR, other=AUTHOR, kind=st.sampled_from(["withdraw_objection", "vouch"]))
    def reconsider(self, number: int, other: int, kind: str) -> None:
        self.attempt(self.some(number), kind, member=self.some(other).id)

    @rule(number=AUTHOR, kind=st.sampled_from(["exit", "return", "apply_again"]))
    def come_and_go(self, number: int, kind: str) -> None:
        self.attempt(self.some(number), kind)

    @rule(number=AUTHOR)
    def rekey(self, number: int) -> None:
        person = self.some(number)
        self.story.made += 1
        new = key(5000 + self.story.made)
        fresh = Person(id=person.id, key=new, via=person.via, custody="member")
        told = {"key": fresh.multikey, "custody": "member", "possession": prove(new, ORIGIN, person.id)}
        if self.attempt(person, "rekey", **told):
            person.key, person.custody = new, "member"

    @rule(number=AUTHOR)
    def represent(self, number: int) -> None:
        person = self.some(number)
        self.story.made += 1
        new = key(7000 + self.story.made)
        named = {"key": Person(id="", key=new).multikey, "custody": "member", "via": "x.test"}
        self.attempt(person, "represent", representative=named, possession=prove(new, ORIGIN, person.id))

    @rule(number=AUTHOR, vouchers=st.integers(0, 5), objector=st.none() | AUTHOR, days=st.integers(0, 6))
    def rebind(self, number: int, vouchers: int, objector: int | None, days: int) -> None:
        self.story.made += 1
        person = self.some(number)
        asking = Person(id=self.story.new_id(), key=key(9000 + self.story.made))
        if not self.attempt(asking, "rebind", old=person.id, **asking.introduction()):
            return
        self.rebindings.append((asking, person))
        for voucher in self.people[:vouchers]:
            self.attempt(voucher, "vouch_rebinding", rebinding=asking.id)
        if objector is not None:
            reason = self.story.seal("no")
            self.attempt(self.some(objector), "object_rebinding", rebinding=asking.id, reason=reason)
        self.story.later(days=days)

    @rule(number=AUTHOR, other=AUTHOR, days=st.integers(0, 4))
    def charge(self, number: int, other: int, days: int) -> None:
        id, member = self.story.new_id(), self.some(other).id
        payload = {"charge": id, "member": member, "articles": "All", "reasons": self.story.seal("x")}
        if self.attempt(self.some(number), "charge", **payload):
            self.charges.append((id, member))
        self.story.later(days=days)

    @rule(
        number=AUTHOR,
        other=AUTHOR,
        kind=st.sampled_from(["Admit", "Confirm", "Suspend", "Reinstate", "Expel", "Rebind", "Amend"]),
        answer=st.sampled_from(["for", "for", "against"]),
    )
    def decide(self, number: int, other: int, kind: str, answer: str) -> None:
        id, text = self.story.new_id(), self.story.keep(b"Why not.")
        options = [{"label": "Yes", "effects": [{"kind": kind, "arguments": self.arguments(kind, other)}]}]
        told = {"proposal": id, "title": "A proposal", "text": text, "options": options}
        author = self.standing(number, "member")
        if self.attempt(author, "propose", **told) and self.story.proposal(id).phase == "deliberation":
            ballot = self.story.to_ballot(id)
            for voter in self.people:
                self.attempt(voter, "vote", ballot=ballot, choice=self.story.seal({"paper": answer}))
            self.story.finished(id)
            self.rebound()

    def arguments(self, kind: str, other: int) -> dict[str, Any]:
        if kind == "Expel" and self.charges:
            charge, member = self.charges[-1]
            return {"member": member, "charge": charge}
        if kind == "Rebind" and self.rebindings:
            asking, person = self.rebindings[-1]
            return {"member": person.id, "rebinding": asking.id}
        if kind == "Amend":
            now = phyle(self.story.state).charter
            texts = [self.story.keep(text.encode()) for text in (CHARTER, OTHER)]
            return {"amends": now, "charter": next(text for text in texts if text != now)}
        about = {"Admit": "applicant", "Confirm": "probation", "Suspend": "member", "Reinstate": "suspended"}
        member = self.standing(other, about.get(kind, "member")).id
        return {"member": member, "until": self.story.now + 30 * DAY} if kind == "Suspend" else {"member": member}

    def rebound(self) -> None:
        """Whoever is known by a new key acts by it."""
        for asking, person in self.rebindings:
            if self.story.member(person).key == asking.multikey:
                person.key, person.custody, person.via = asking.key, asking.custody, asking.via

    @rule(days=st.sampled_from([0, 1, 5, 11, 11, 35]))
    def wait(self, days: int) -> None:
        self.story.later(days=days)
        self.rebound()

    @rule(number=AUTHOR)
    def speak(self, number: int) -> None:
        self.attempt(self.some(number), "amend_identity", identity={"name": self.story.seal("me")})

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "story"):
            consistent(self.story.state)

    def teardown(self) -> None:
        if hasattr(self, "story"):
            prefixes(self.story)


TestLife = Life.TestCase
TestLife.settings = QUICK


FEW = charter(
    rule="more than 1/2 of eligible",
    membership=TERMS.replace("per_voucher = 3", "per_voucher = 30"),
    articles="""
## Article 4. Classes

```toml
[class.member]

[class.organisation]
principal = "organisation"
```
""",
)


class Attack:
    """Some of the electors collude: they vouch for people who do not exist, and for each other's claims to what others
    hold. Whatever they made up votes as they do, and vouches as soon as it can. The others do nothing but say now and
    then that they are there; if they watch, they object."""

    def __init__(self, electors: int, colluders: int, *, watched: bool) -> None:
        self.story = Story()
        self.people = self.story.founded(FEW, founders=electors)
        self.colluders, self.honest = self.people[:colluders], self.people[colluders:]
        self.watched = watched
        self.puppets: list[Person] = []
        self.claims: dict[str, Person] = {}
        self.keys: dict[str, Person] = {each.id: each for each in self.colluders}

    @property
    def theirs(self) -> list[Person]:
        """All whom the colluders speak for, and who can vote."""
        voting = set(electors(self.story.state))
        for id, asking in self.claims.items():
            claim = self.story.state.require(Rebinding, id)
            if claim.phase == "done" and self.story.state.require(Member, claim.old).key == asking.multikey:
                self.keys[claim.old] = Person(id=claim.old, key=asking.key)
        return [each for id, each in self.keys.items() if id in voting]

    def attempt(self, person: Person, kind: str, /, **payload: Any) -> bool:
        try:
            self.story.act(person, kind, **payload)
        except Refusal:
            return False
        return True

    def campaign(self, number: int, klass: str = "member") -> None:
        """So many newcomers, vouched for by all."""
        for _ in range(number):
            puppet = self.story.person()
            if self.attempt(puppet, "apply", **puppet.introduction(klass)):
                self.puppets.append(puppet)
                self.keys[puppet.id] = puppet
        self.vouch()
        self.wait(11)
        self.vouch()

    def vouch(self) -> None:
        for puppet in self.puppets:
            if self.story.member(puppet).standing in ("applicant", "probation"):
                for each in self.theirs:
                    self.attempt(each, "vouch", member=puppet.id)

    def organisations(self, number: int) -> None:
        """The same with organisations, which name whom they vote by when all are in."""
        self.campaign(number, "organisation")
        for puppet in self.puppets:
            named = Person(id=puppet.id, key=key(40_000 + self.story.made))
            told = {"key": named.multikey, "custody": "member", "via": "x.test"}
            self.attempt(puppet, "represent", representative=told, possession=prove(named.key, ORIGIN, puppet.id))

    def claim(self, number: int) -> None:
        """Claims to what others hold; and whoever lapsed is taken back."""
        for victim in (*self.honest, *self.colluders, *self.puppets)[number % 3 :: 2]:
            asking = Person(id=self.story.new_id(), key=key(20_000 + self.story.made))
            if self.attempt(asking, "rebind", old=victim.id, **asking.introduction()):
                self.claims[asking.id] = asking
                for each in self.theirs:
                    self.attempt(each, "vouch_rebinding", rebinding=asking.id)
        self.wait(6)
        for each in {**self.keys, **{one.id: one for one in self.theirs}}.values():
            self.attempt(each, "return")

    def shuffle(self, number: int) -> None:
        """Some of theirs leave and come back, so as to be counted otherwise."""
        for each in self.theirs[: number % 3]:
            self.attempt(each, "exit")
        for each in self.keys.values():
            self.attempt(each, "apply_again")
        self.vouch()

    def wait(self, days: int) -> None:
        """Time passes. Those who watch look at whom none of them knows, and at claims to what is theirs."""
        while days > 0:
            for each in self.honest:
                self.attempt(each, "amend_identity", identity={"name": self.story.seal("here")})
            if self.watched:
                self.watch()
            self.story.later(days=min(days, 25))
            days -= 25

    def watch(self) -> None:
        mine = {each.id for each in self.honest}
        for id in self.keys:
            if not mine & set(self.story.state.require(Member, id).vouchers):
                self.attempt(self.honest[0], "object", member=id, reason=self.story.seal("unknown to me"))
        for id in self.claims:
            self.attempt(self.honest[0], "object_rebinding", rebinding=id, reason=self.story.seal("unknown to me"))

    @property
    def majority(self) -> bool:
        return 2 * len(self.theirs) > phyle(self.story.state).electors


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["campaign", "campaign", "claim", "organisations", "shuffle", "wait"]), st.integers(1, 9)
    ),
    max_size=8,
)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def run(attack: Attack, moves: list[tuple[str, int]]) -> None:
    for name, number in moves:
        getattr(attack, name)(number)
        assert not attack.majority
    attack.campaign(3)
    assert not attack.majority


@SLOW
@given(total=st.integers(3, 11), fewer=st.integers(0, 2), moves=MOVES)
@example(total=7, fewer=0, moves=[("campaign", 4), ("claim", 3), ("claim", 4), ("organisations", 3)])
@example(total=11, fewer=1, moves=[("claim", 1), ("claim", 2), ("campaign", 9)])
def test_colluders_below_the_threshold_gain_no_majority_while_one_other_member_looks(
    total: int, fewer: int, moves: list[tuple[str, int]]
) -> None:
    """As many as half of the electors: one fewer than the ordinary decision takes."""
    run(Attack(total, max(0, total // 2 - fewer), watched=True), moves)


@SLOW
@given(total=st.integers(3, 16), fewer=st.integers(0, 2), moves=MOVES)
@example(total=12, fewer=0, moves=[("claim", 1), ("claim", 2), ("campaign", 9), ("claim", 1)])
@example(total=15, fewer=0, moves=[("organisations", 9), ("campaign", 9), ("claim", 1)])
@example(total=15, fewer=0, moves=[("campaign", 5), ("wait", 190), ("campaign", 5), ("claim", 1), ("shuffle", 2)])
def test_a_third_of_the_electors_gains_no_majority_even_if_nobody_ever_looks(
    total: int, fewer: int, moves: list[tuple[str, int]]
) -> None:
    run(Attack(total, max(0, total // 3 - fewer), watched=False), moves)


def test_the_attack_is_a_real_one() -> None:
    """Six of fifteen, whom nobody watches, bring in as many as there is room for, and have a majority by theft."""
    attack = Attack(15, 6, watched=False)
    attack.campaign(9)
    assert phyle(attack.story.state).tacit == len(attack.theirs) - 6 == 3
    other = Attack(15, 6, watched=False)
    other.claim(0)
    assert phyle(other.story.state).tacit == 2
    assert len(other.theirs) == 8
    assert other.majority
