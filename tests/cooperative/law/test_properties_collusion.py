"""What a few cannot do to many by vouching alone, whatever they try (docs/membership.md has the proof)."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from phyle.cooperative.law.members import Member, electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.law.rebindings import Rebinding
from phyle.errors import Refusal
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Person, Story, key

TERMS = """probation_days = 10
voucher_period_days = 20
newcomers_per_voucher = 30
rebind_vouchers = 2
rebind_delay_days = 5
active_days = 40
lapse_days = 60"""
FEW = charter(
    rule="more than 1/2 of eligible",
    membership=TERMS,
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
