"""Properties of decisions, whatever people do: replay, dropped consequences, recounts, early closes, lent votes."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from phyle.cooperative.charter import rules
from phyle.cooperative.law import ballot_opening, decisions, executions, tallies
from phyle.cooperative.law.ballots import Paper, ids_of
from phyle.cooperative.law.entries import Consequence, Entry, read_entry
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.proposed import OVER, Proposal
from phyle.cooperative.law.sheets import sheet_hash
from phyle.cooperative.law.state import State
from phyle.cooperative.law.table import LAW
from phyle.errors import Refusal, Refused
from tests.cooperative.law.checking import Checked, consistent, kept, prefixes
from tests.cooperative.law.clauses import DELEGATING, FINAL, charter, power
from tests.cooperative.law.stories import Person, Story

MANY = settings(deadline=None, suppress_health_check=list(HealthCheck))
QUICK = settings(MANY, max_examples=15, stateful_step_count=30)
CHARTER = charter(
    power(
        "Resolve",
        '{ any = ["no standing objection", "at least 2/3 of cast"] }',
        quorum='"at least 2"',
        override="none",
        second_call_quorum="at least 1",
        second_call_days=2,
        review_days=30,
        deliberation_days=1,
        ballot_days=2,
        challenge_days=1,
        delegation=True,
        methods=["yesno", "approval"],
    ),
    "\n[delegation]\nallowed = true\ncap = 2\n",
)
NUMBER = st.integers(0, 40)
ANSWERS = ("for", "against", "abstain", "block")


class Deciding(RuleBasedStateMachine):
    """People propose, vote, lend, challenge, appeal and go. What the law refuses changes nothing."""

    @initialize(founders=st.integers(3, 6))
    def found(self, founders: int) -> None:
        self.story = Checked()
        self.people = self.story.founded(CHARTER, founders=founders)
        self.proposals: list[str] = []
        self.votes: dict[tuple[str, str], list[tuple[str, Any, bool]]] = {}

    def some(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def one(self, number: int) -> str:
        assume(self.proposals)
        return self.proposals[number % len(self.proposals)]

    def tried(self, act: Callable[[], Any]) -> bool:
        before = list(self.story.state.everything())
        leaves = len(self.story.leaves)
        try:
            act()
        except Refusal:
            assert len(self.story.leaves) > leaves or list(self.story.state.everything()) == before
            return False
        return True

    def propose(self, by: int, **matter: Any) -> None:
        id = self.story.new_id()
        text = self.story.keep(b"Because.")
        if self.tried(lambda: self.story.act(self.some(by), "propose", proposal=id, title="It", text=text, **matter)):
            self.proposals.append(id)

    @rule(by=NUMBER, many=st.booleans())
    def resolve(self, by: int, many: bool) -> None:
        effects = [{"kind": "Resolve", "arguments": {}}]
        options: list[dict[str, Any]] = [{"label": "A", "effects": effects}]
        options += [{"label": "B", "effects": effects}, {"label": "Stay"}] if many else []
        self.propose(by, options=options, method="approval" if many else "yesno")

    @rule(by=NUMBER, which=NUMBER)
    def challenge(self, by: int, which: int) -> None:
        effect = {"kind": "Annul", "arguments": {"proposal": self.one(which)}}
        self.propose(by, options=[{"label": "Annul", "effects": [effect]}])

    @rule(by=NUMBER, whom=NUMBER)
    def suspend(self, by: int, whom: int) -> None:
        effect = {"kind": "Suspend", "arguments": {"member": self.some(whom).id}}
        self.propose(by, options=[{"label": "Suspend", "effects": [effect]}])

    @rule(by=NUMBER, which=NUMBER)
    def withdraw(self, by: int, which: int) -> None:
        self.tried(lambda: self.story.act(self.some(by), "withdraw", proposal=self.one(which)))

    @rule(by=NUMBER, which=NUMBER, answer=st.sampled_from(ANSWERS), reason=st.booleans(), poll=st.booleans())
    def vote(self, by: int, which: int, answer: str, reason: bool, poll: bool) -> None:
        id = self.one(which)
        proposal, person = self.story.proposal(id), self.some(by)
        ballot = f"{id}.{proposal.round}"
        choice: dict[str, Any] = {"paper": answer}
        if proposal.method == "approval":
            choice = {"approve": [ANSWERS.index(answer) % 3]}
        if self.tried(lambda: self.story.vote(person, ballot, choice, reason=reason, poll=poll)):
            self.votes.setdefault((ballot, person.id), []).append(("poll" if poll else "booth", choice, reason))

    @rule(by=NUMBER, to=NUMBER, scope=st.sampled_from(["", "Resolve"]))
    def lend(self, by: int, to: int, scope: str) -> None:
        self.tried(lambda: self.story.act(self.some(by), "delegate", to=self.some(to).id, scope=scope))

    @rule(by=NUMBER, scope=st.sampled_from(["", "Resolve"]))
    def take_back(self, by: int, scope: str) -> None:
        self.tried(lambda: self.story.act(self.some(by), "revoke_delegation", scope=scope))

    @rule(by=NUMBER, which=NUMBER)
    def appeal(self, by: int, which: int) -> None:
        text = self.story.keep(b"No.")
        told = {"appeal": self.story.new_id(), "against": "decision", "target": self.one(which), "text": text}
        self.tried(lambda: self.story.act(self.some(by), "appeal", **told))

    @rule(by=NUMBER)
    def leave(self, by: int) -> None:
        if len(self.people) > 3 and by > 35:
            self.tried(lambda: self.story.act(self.some(by), "exit"))

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.story.later(milliseconds=hours * DAY // 24)

    @invariant()
    def holds(self) -> None:
        consistent(self.story.state)
        for _, proposal in self.story.state.all(Proposal):
            assert not (proposal.phase in OVER and proposal.stayed_by)
            assert proposal.phase != "stayed" or proposal.stayed_by

    def teardown(self) -> None:
        if not hasattr(self, "story"):
            return
        prefixes(self.story)
        kept(self.story.state)
        for id in self.proposals:
            for round in range(1, self.story.proposal(id).round + 1):
                self.recounted(id, f"{id}.{round}")

    def recounted(self, id: str, ballot: str) -> None:
        """The count is what somebody gets who only knows what everybody said, and when."""
        held = self.story.ballot(ballot)
        if held.phase != "counted" or self.story.proposal(id).appeal:
            return
        said = {member: votes for (of, member), votes in self.votes.items() if of == ballot}
        own = {member: last_word(votes) for member, votes in said.items()}
        lent = self.lent(ballot)
        papers = [*own.values(), *(own[voter] for voter in lent.values())]
        assert len(papers) <= held.rolls[0].eligible
        count = held.counts[0]
        if self.story.proposal(id).method == "approval":
            assert count.for_ == len(papers)
            return
        answers = [paper["paper"] for paper in papers]
        assert [count.for_, count.against, count.abstain, count.block] == [answers.count(each) for each in ANSWERS]

    def lent(self, ballot: str) -> dict[str, str]:
        closed = [e.payload for e in map(read_entry, self.story.leaves) if e.kind == "close"]
        delegations = next(p for p in closed if p["ballot"] == ballot).get("delegations")
        return {} if delegations is None else orjson.loads(self.story.state.blob(delegations))


def last_word(votes: list[tuple[str, Any, bool]]) -> Any:
    """What one member's paper says in the end: the last from the booth, else the first by poll, or all approvals."""
    booth = [choice for how, choice, _ in votes if how == "booth"]
    poll = [choice for how, choice, _ in votes if how == "poll"]
    choice = booth[-1] if booth else poll[0]
    if not booth and "approve" in choice:
        return {"approve": sorted({option for each in poll for option in each["approve"]})}
    if choice == {"paper": "block"} and not any(reason for _, _, reason in votes):
        return {"paper": "against"}
    return choice


TestDeciding = Deciding.TestCase
TestDeciding.settings = QUICK


# Dropped consequences


def _whole_story() -> Story:
    story = Story()
    people = story.founded(CHARTER, 4)
    story.act(people[1], "delegate", to=people[0].id)
    first = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    story.decided(first, people[:3])
    options = [{"label": "A", "effects": [{"kind": "Resolve", "arguments": {}}]}, {"label": "Stay"}]
    second = story.proposed(people[1], options=options, method="approval")
    story.vote(people[0], story.to_ballot(second), {"approve": [0, 1]})
    story.later(days=40)
    return story


STORY = _whole_story()
FOLLOWING = [at for at, leaf in enumerate(STORY.leaves) if isinstance(read_entry(leaf), Consequence)]


def _fresh() -> State:
    state = State()
    fork = state.fork()
    fork.kept |= STORY.state._blobs
    state.absorb(fork)
    for ballot, sheet in STORY.state._sheets.items():
        state.load_sheet(ballot, sheet)
    return state


def _moved(entry: Entry) -> Entry:
    return replace(entry, seq=entry.seq - 1)


@pytest.mark.parametrize("dropped", FOLLOWING, ids=lambda at: f"{at}-{read_entry(STORY.leaves[at]).kind}")
def test_a_dropped_consequence_is_found_and_named(dropped):
    kind = read_entry(STORY.leaves[dropped]).kind
    state = _fresh()
    for leaf in STORY.leaves[:dropped]:
        LAW.enter(state, read_entry(leaf))
    if dropped + 1 == len(STORY.leaves):
        missing = LAW.due(state, read_entry(STORY.leaves[dropped]).at)
        assert missing is not None
        assert missing.kind == kind
        return
    with pytest.raises(Refused, match=rf"\b{kind}\b"):
        LAW.enter(state, _moved(read_entry(STORY.leaves[dropped + 1])))


@pytest.mark.parametrize("changed", FOLLOWING, ids=lambda at: f"{at}-{read_entry(STORY.leaves[at]).kind}")
def test_a_consequence_that_says_something_else_is_refused(changed):
    entry = read_entry(STORY.leaves[changed])
    state = _fresh()
    for leaf in STORY.leaves[:changed]:
        LAW.enter(state, read_entry(leaf))
    assert isinstance(entry, Consequence)
    payload = dict(entry.payload)
    name = sorted(payload)[-1]
    payload[name] = not payload[name] if isinstance(payload[name], bool) else "x"
    with pytest.raises(Refusal):
        LAW.enter(state, replace(entry, payload=payload))
    with pytest.raises(Refusal):
        LAW.enter(state, replace(entry, due=entry.due - 1))


# Early close

SHARES = ("more than 1/2", "at least 2/3", "at least 1/3", "at least 1/1")


@given(
    rule=st.one_of(
        st.builds(
            lambda share, of: f'"{share} of {of}"', st.sampled_from(SHARES), st.sampled_from(["cast", "eligible"])
        ),
        st.sampled_from(['"at least 2"', '{ all = ["at least 2", "more than 1/2 of cast"] }']),
        st.sampled_from(['{ any = ["at least 3", "at least 2/3 of eligible"] }']),
    ),
    quorum=st.sampled_from(['"at least 1"', '"at least 3"', '"at least 1/2 of eligible"']),
    second=st.booleans(),
    answers=st.lists(st.sampled_from([*ANSWERS, None]), min_size=5, max_size=5),
    first=st.integers(1, 5),
)
@settings(MANY, max_examples=60)
def test_an_early_close_never_changes_an_outcome(rule, quorum, second, answers, first):
    more = {"second_call_quorum": "at least 1", "second_call_days": 3} if second else {}
    times = {"deliberation_days": 1, "ballot_days": 2, "challenge_days": 1}
    story = Story()
    people = story.founded(charter(power("Resolve", rule, quorum, final=True, **times, **more)), 5)
    id = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(id)
    _cast(story, ballot, people[:first], answers[:first])
    early = copy.deepcopy(story)
    early.open_sheet(ballot)
    try:
        early.host_act("close_early", ballot=ballot, sheet=sheet_hash(early.state.sheet(ballot)))
    except Refused:
        return
    _cast(story, ballot, people[first:], answers[first:])
    story.later(days=2)
    assert _outcome(early, ballot) == _outcome(story, ballot)


def _cast(story: Story, ballot: str, people: list[Person], answers: list[str | None]) -> None:
    for person, answer in zip(people, answers, strict=True):
        if answer is not None:
            story.vote(person, ballot, {"paper": answer}, reason=True)


def _outcome(story: Story, ballot: str) -> tuple[bool, bool]:
    decided = [e.payload for e in map(read_entry, story.leaves) if e.kind == "decide"]
    found = next(payload for payload in decided if payload["ballot"] == ballot)
    return found["passed"], bool(found.get("again"))


# Delegation


@given(
    lends=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    votes=st.lists(st.sampled_from(["for", "against", None]), min_size=7, max_size=7),
    revokes=st.sets(st.integers(0, 6)),
)
@settings(MANY, max_examples=60)
@pytest.mark.threat("I12")
def test_lent_votes_are_conserved(lends, votes, revokes):
    story = Story()
    people = story.founded(DELEGATING, 7)
    graph: dict[int, int] = {}
    for by, to in lends:
        try:
            story.act(people[by], "delegate", to=people[to].id)
        except Refused:
            assert by == to or _root({**graph, by: to}, by) is None or _most({**graph, by: to}) > 2
        else:
            graph[by] = to
            assert _most(graph) <= 2
    id = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(id)
    _cast(story, ballot, people, votes)
    for by in revokes & graph.keys():
        story.act(people[by], "revoke_delegation")
        del graph[by]
    story.later(days=3)
    expected = [_answer(graph, votes, member) for member in range(7)]
    count = story.ballot(ballot).counts[0]
    assert (count.for_, count.against) == (expected.count("for"), expected.count("against"))


def _root(graph: dict[int, int], member: int) -> int | None:
    seen: set[int] = set()
    while member in graph:
        if member in seen:
            return None
        seen.add(member)
        member = graph[member]
    return member


def _most(graph: dict[int, int]) -> int:
    roots = [_root(graph, member) for member in graph]
    return max((roots.count(root) for root in set(roots)), default=0)


def _answer(graph: dict[int, int], votes: list[str | None], member: int) -> str | None:
    while votes[member] is None and member in graph:
        member = graph[member]
    return votes[member]


# Fail closed

PLACES = (
    (ballot_opening, "power_over"),
    (ballot_opening, "concerned"),
    (tallies, "tally"),
    (tallies, "ids_of"),
    (decisions, "power_over"),
    (decisions, "verdict_on"),
    (rules, "_judged"),
    (rules, "_quorum"),
    (executions, "execute"),
    (executions, "effects_won"),
)
ERRORS = (ZeroDivisionError, KeyError, RecursionError, AssertionError, TypeError, OverflowError, UnicodeDecodeError)


@given(place=st.sampled_from(PLACES), error=st.sampled_from(ERRORS), answer=st.sampled_from(["for", "against"]))
@settings(MANY, max_examples=60)
def test_whatever_goes_wrong_inside_nothing_passes_and_the_ledger_goes_on(place, error, answer):
    story = Story()
    people = story.founded(FINAL, 3)
    effect = {"kind": "PublicFace", "arguments": {"what": "name", "value": "x"}}
    id = story.proposed(people[0], effect)

    def broken(*_: object, **__: object) -> Any:
        raise error("utf-8", b"", 0, 1, "x") if error is UnicodeDecodeError else error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*place, broken)
        while story.proposal(id).phase not in OVER:
            if story.proposal(id).phase == "balloting" and not story.ballot(f"{id}.1").papers:
                story.vote(people[0], f"{id}.1", {"paper": answer})
            story.later(days=1)
    assert phyle(story.state).face == ()
    assert story.proposal(id).phase in ("failed", "sent_back")
    assert story.decided(story.proposed(people[0], effect), people) == "executed"


@given(
    choices=st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["paper", "approve", "rank", "score", "0", "1"]), inner, max_size=2)
            ),
            max_leaves=6,
        ),
        min_size=3,
        max_size=3,
    ),
    method=st.sampled_from(["yesno", "approval", "score", "dot", "irv", "stv", "schulze", "quadratic"]),
)
@settings(MANY, max_examples=80)
def test_no_paper_stops_a_count(choices, method):
    story = Story()
    people = story.founded(charter(), 4)
    effects = [{"kind": "Resolve", "arguments": {}}]
    options = [{"label": "A", "effects": effects}, *([{"label": "Stay"}] if method != "yesno" else [])]
    id = story.proposed(people[0], options=options, method=method)
    ballot = story.to_ballot(id)
    for person, choice in zip(people, choices, strict=False):
        story.vote(person, ballot, choice)
    story.vote(people[3], ballot, {"paper": "for"} if method == "yesno" else {"rank": [0]})
    story.later(days=3)
    assert story.ballot(ballot).phase == "counted" or story.proposal(id).phase == "drawing"
    assert not story.ballot(ballot).fault
    assert all(story.state.get(Paper, f"{ballot}/{person.id}") for person in people)
    assert ids_of(story.state, story.ballot(ballot).rolls[0].roll) == {person.id for person in people}
