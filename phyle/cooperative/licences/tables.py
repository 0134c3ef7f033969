"""Decision tables: rows of conditions, each with an outcome, the clauses that it stands on, and a reason in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from phyle.cooperative.licences.facts import KINDS, PURPOSES, Facts, Kind, Purpose

Outcome = Literal["allowed", "allowed-on-declaration", "contested", "needs-negotiation", "refused"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""From the best for the user to the worst."""

YES: frozenset[Any] = frozenset({True})
NO: frozenset[Any] = frozenset({False})
NOT_YES: frozenset[Any] = frozenset({False, None})
NOT_NO: frozenset[Any] = frozenset({True, None})
"""What was said, where what was not said counts as the one or as the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `when`: by the name of a fact, the values with which the row fits. `clauses`: of the licence's text.
    `interpretive`: the text can be read otherwise; this is how it is read here."""

    users: frozenset[Kind]
    purposes: frozenset[Purpose]
    when: Mapping[str, frozenset[Any]]
    outcome: Outcome
    clauses: tuple[str, ...]
    reason: str
    interpretive: bool = False

    def fits(self, facts: Facts) -> bool:
        """Whether it decides these facts, of a user and purpose that it is about."""
        return all(value_of(facts, name) in values for name, values in self.when.items())

    @property
    def clause(self) -> str:
        """The clauses as one line."""
        return ", ".join(self.clauses)


def row(
    outcome: Outcome,
    clauses: Iterable[str],
    reason: str,
    *,
    users: Iterable[Kind] = KINDS,
    purposes: Iterable[Purpose] = PURPOSES,
    interpretive: bool = False,
    **when: frozenset[Any],
) -> Row:
    """A row; for every user and purpose where none is named."""
    return Row(
        users=frozenset(users),
        purposes=frozenset(purposes),
        when=when,
        outcome=outcome,
        clauses=tuple(clauses),
        reason=reason,
        interpretive=interpretive,
    )


def value_of(facts: Facts, name: str) -> Any:
    """The fact of this name: what was said, or `breach` or `grant`."""
    return getattr(facts, name) if name in ("breach", "grant") else getattr(facts.said, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A licence as a decision table; the first row that fits decides. `name` ends with its version: what was decided by
    one version stays decided by it. `text`: where the licence can be read. `worst`: the value of each fact that can
    only make things worse, which is also what is assumed where nothing was said, unless a row says otherwise."""

    name: str
    title: str
    text: str
    rows: tuple[Row, ...]
    worst: Mapping[str, Any] = field(default_factory=dict)
    _about: Mapping[tuple[Kind, Purpose], tuple[Row, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        about = {
            (user, purpose): tuple(each for each in self.rows if user in each.users and purpose in each.purposes)
            for user in KINDS
            for purpose in PURPOSES
        }
        object.__setattr__(self, "_about", about)

    def row(self, facts: Facts) -> Row:
        """The row that decides. ValueError if none fits, which a table never lets happen."""
        for each in self._about[facts.user, facts.purpose]:
            if each.fits(facts):
                return each
        raise ValueError(f"{self.name} decides nothing for {facts}")

    @property
    def asks(self) -> tuple[str, ...]:
        """The facts that any row looks at, in the order of the rows."""
        return tuple(dict.fromkeys(name for each in self.rows for name in each.when))
