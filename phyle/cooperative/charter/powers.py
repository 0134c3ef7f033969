"""Power clauses: by which rule, method, notice and times one effect comes about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from typing import Literal

from phyle.cooperative.charter.rules import (
    All,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weighted,
    about_blocks,
    found,
    parts,
)
from phyle.errors import Unprocessable

EFFECTS = (
    "Resolve",
    "Admit",
    "Confirm",
    "Suspend",
    "Reinstate",
    "Expel",
    "Appoint",
    "Recall",
    "Amend",
    "Rules",
    "PublicFace",
    "Moderate",
    "AcceptItem",
    "Grant",
    "Ruling",
    "Transfer",
    "Ratify",
    "Denounce",
    "Rotate",
    "Rebind",
    "Rehost",
    "Annul",
    "Dissolve",
)
"""Everything that a decision can bring about. The set is closed."""

METHODS = ("yesno", "approval", "score", "dot", "irv", "stv", "schulze", "quadratic")

MANY_OPTIONS = frozenset(("Resolve", "Appoint", "PublicFace", "AcceptItem", "Grant", "Transfer"))
"""Effects that may be decided among several options; all others are a plain yes or no."""

NO_VETO_RULE = frozenset(("Amend", "Expel", "Appoint", "Transfer", "Dissolve"))
"""Effects that never come about by silence."""

DEFAULT = "default"
Ballots = Literal["public", "members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Exactly one governs an effect. Days are whole days of 24 hours, 0 where there is none. `ballot_minutes`: not 0
    where people decide in one sitting; then `ballot_days` do not count. `review_days`: after these a decision is looked
    at again. `sponsors`: members who stand behind a proposal, its author among them. `final`: papers cannot be changed.
    `protects`, for Amend only: the articles and clauses that it entrenches."""

    effect: str
    scope: str = ""
    rule: Rule
    quorum: Quorum
    methods: tuple[str, ...] = ("yesno",)
    notice_days: int = 0
    deliberation_days: int = 0
    ballot_days: int = 1
    ballot_minutes: int = 0
    challenge_days: int = 0
    second_call_days: int = 0
    review_days: int = 0
    sponsors: int = 1
    final: bool = False
    delegation: bool = False
    ballots: Ballots = "members"
    protects: tuple[str, ...] = ()
    article: int = field(default=0, compare=False)
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """How this clause is called where another speaks of it."""
        return f"power/{self.effect}/{self.scope}" if self.scope else f"power/{self.effect}"

    @property
    def ballot_lasts(self) -> int:
        """For how many minutes a ballot is open."""
        return self.ballot_minutes or max(1, self.ballot_days) * 24 * 60

    @property
    def consent(self) -> bool:
        """Whether a block is a paper of its own in this rule."""
        return about_blocks(self.rule)

    @property
    def override(self) -> Rule | None:
        """The rule that overcomes a standing objection, None where nothing does."""
        return _override(self.rule)

    @property
    def veto(self) -> bool:
        """Whether silence passes. It then needs proof that every elector had notice."""
        return found(self.rule, lambda rule: isinstance(rule, PassUnlessVeto))

    @property
    def counts_active(self) -> bool:
        """Whether it matters for the rule or a quorum how many members are active."""
        return _active(self.quorum) or found(self.rule, _of_active)

    def same(self, other: "Power") -> bool:
        """Whether both say the same, whatever they say it of."""
        return replace(self, effect="", scope="") == replace(other, effect="", scope="")


def _of_active(rule: Rule) -> bool:
    match rule:
        case Share() | PassUnlessVeto():
            return rule.of == "active"
        case House():
            return _active(rule.quorum)
        case Weighted():
            return any(_active(house.quorum) for house in rule.houses)
        case _:
            return False


def _active(quorum: Quorum) -> bool:
    return any(of == "active" for _, of in quorum.shares) or (quorum.second is not None and _active(quorum.second))


def _override(rule: Rule) -> Rule | None:
    if isinstance(rule, NoStandingObjection):
        return rule.override
    return next((found for found in map(_override, parts(rule)) if found is not None), None)


def all_of(powers: Sequence[Power]) -> Power:
    """What governs a proposal with several effects: all of their rules and quorums, the longest times, the earliest
    review, the methods that all allow, and of every other liberty only what all of them give. Unprocessable if there is
    no power, or no method that all of them allow."""
    if not powers:
        raise Unprocessable("A proposal without effects has nothing to decide.")
    return reduce(_joined, powers)


def _joined(first: Power, second: Power) -> Power:
    if first.same(second):
        return first
    methods = tuple(method for method in first.methods if method in second.methods)
    if not methods:
        raise Unprocessable(
            f"{first.effect} and {second.effect} have no method of voting in common; put them to separate decisions."
        )
    longer = max(first, second, key=lambda power: power.ballot_lasts)
    reviews = [days for days in (first.review_days, second.review_days) if days]
    return Power(
        effect="+".join(dict.fromkeys([*first.effect.split("+"), second.effect])),
        rule=_both(first.rule, second.rule),
        quorum=quorum_of_all((first.quorum, second.quorum)),
        methods=methods,
        notice_days=max(first.notice_days, second.notice_days),
        deliberation_days=max(first.deliberation_days, second.deliberation_days),
        ballot_days=longer.ballot_days,
        ballot_minutes=longer.ballot_minutes,
        challenge_days=max(first.challenge_days, second.challenge_days),
        second_call_days=max(first.second_call_days, second.second_call_days),
        review_days=min(reviews, default=0),
        sponsors=max(first.sponsors, second.sponsors),
        final=first.final and second.final,
        delegation=first.delegation and second.delegation,
        ballots="public" if first.ballots == second.ballots == "public" else "members",
        article=first.article,
        line=first.line,
    )


def _both(first: Rule, second: Rule) -> Rule:
    rules = dict.fromkeys(chain(_conjuncts(first), _conjuncts(second)))
    return next(iter(rules)) if len(rules) == 1 else All(rules=tuple(rules))


def _conjuncts(rule: Rule) -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, All) else (rule,)


def quorum_of_all(quorums: Iterable[Quorum]) -> Quorum:
    """The quorum that is met exactly when each of these is, at the first call and at the second."""
    quorums = tuple(quorums)
    seconds = tuple(quorum.called(True) for quorum in quorums)
    called_twice = any(quorum.second is not None for quorum in quorums)
    return replace(_quorum(quorums), second=_quorum(seconds) if called_twice else None)


def _quorum(quorums: tuple[Quorum, ...]) -> Quorum:
    shares = dict.fromkeys(chain.from_iterable(quorum.shares for quorum in quorums))
    return Quorum(
        at_least=max(quorum.at_least for quorum in quorums),
        capped=all(quorum.capped for quorum in quorums),
        shares=tuple(shares),
    )
