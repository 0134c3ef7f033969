"""Properties of membership, whatever people do: prefixes, replay, slices, counters."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phyle.cooperative.law.epochs import next_origin
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.errors import Refusal
from tests.cooperative.law.charters import charter
from tests.cooperative.law.checking import Checked, consistent, prefixes
from tests.cooperative.law.stories import Person, key

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
        told = {"key": fresh.multikey, "custody": "member", "possession": prove(new, self.story.origin, person.id)}
        if self.attempt(person, "rekey", **told):
            person.key, person.custody = new, "member"

    @rule(number=AUTHOR)
    def represent(self, number: int) -> None:
        person = self.some(number)
        self.story.made += 1
        new = key(7000 + self.story.made)
        named = {"key": Person(id="", key=new).multikey, "custody": "member", "via": "x.test"}
        self.attempt(person, "represent", representative=named, possession=prove(new, self.story.origin, person.id))

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
        kind=st.sampled_from(["Admit", "Confirm", "Suspend", "Reinstate", "Expel", "Rebind", "Amend", "Ratify"]),
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
        if kind == "Ratify":
            here = phyle(self.story.state)
            return {"restart": here.origin} if here.unconfirmed else {"charter": here.charter}
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
    def move(self, number: int) -> None:
        person = self.some(number)
        identity = {"actor": self.story.seal("https://far.test/me"), "pinned": self.story.seal("a key")}
        if self.attempt(person, "move", via="far.test", custody="none", identity=identity):
            person.via, person.custody = "far.test", "none"

    @rule(number=AUTHOR)
    def turn_key(self, number: int) -> None:
        """All who hold the keys endorse a new one."""
        self.story.made += 1
        new, use = key(60_000 + self.story.made), "credential"
        named = Person(id="", key=new).multikey
        for person in self.people[: number % 4]:
            self.attempt(person, "endorse_key", which=use, key=named)
        origin = self.story.origin
        signatures = {"by_old": prove(self.story.host, origin, use, named), "by_new": prove(new, origin, use)}
        try:
            self.story.host_act("rotate_key", which=use, key=named, **signatures)
        except Refusal:
            return
        self.story.host = new

    @rule()
    def begin_again(self) -> None:
        old = {"size": len(self.story.leaves) + 9, "root": "ab" * 32}
        origin = next_origin(self.story.origin)
        self.story.operator_act("restart", origin=origin, old=old, reason=self.story.seal("A fire."))
        self.story.origin = origin

    @rule(number=AUTHOR)
    def withhold(self, number: int) -> None:
        id = self.story.new_id()
        self.story.operator_act("withhold", withholding=id, target=self.story.seal("x"), reason=self.story.seal("y"))
        self.attempt(self.some(number), "uphold", withholding=id)

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
