"""The charter as values: header, articles and typed clauses, and which clause governs what."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, MANY_OPTIONS, Power, all_of
from phyle.cooperative.charter.rules import ONE_PRESENT, Quorum, Share
from phyle.errors import Unprocessable

__all__ = ["EFFECTS", "Charter", "Power"]

SCOPES: Mapping[str, tuple[str, ...]] = {
    "moderation": ("Moderate",),
    "items": ("AcceptItem",),
    "face": ("PublicFace",),
    "keys": ("Rotate",),
    "register": (),
    "assembly": (),
    "treasury": (),
    "audit": (),
    "commons": (),
}
"""What an office can be for, and the effects that its holder can bring about without a ballot (`keys`: two holders).
`commons`: to maintain the works that the phyle took into its commons; `commons/NAME`: one of them."""

HOLDERS_NEEDED: Mapping[str, int] = {"keys": 2}
"""Mandates that act only together, by scope; every other acts alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who speaks. `register`: the number in the register of companies or associations, or "unincorporated".
    `prevails`: which of the statutes and this charter holds where they differ."""

    legal_name: str
    form: str
    seat: str
    register: str
    prevails: Literal["statutes", "charter"]
    electronic_assemblies: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One typed clause as it was written: its table (`power`, `office.stewards`; `many`: one of an array),
    what it says, and where it and each of its fields stand."""

    table: str
    body: Mapping[str, Any]
    many: bool = False
    line: int = field(default=0, compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article: prose and clauses in the order in which they are written, and the `text` itself."""

    number: int
    title: str
    parts: tuple[str | tuple[Clause, ...], ...]
    line: int = field(default=0, compare=False)
    text: str = field(default="", compare=False, repr=False)

    @property
    def prose(self) -> str:
        """What it says to people."""
        return "\n\n".join(part for part in self.parts if isinstance(part, str))

    def same(self, other: "Article") -> bool:
        """Whether both are written in the same words, comments among the clauses included; spaces do not count."""
        return self == other and "".join(self.text.split()) == "".join(other.text.split())

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What it says to the law."""
        return tuple(clause for part in self.parts if not isinstance(part, str) for clause in part)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberClass:
    """The rights of a class of members. Weight is one for each principal who votes, never more."""

    vote: bool = True
    vouch: bool = True
    voice: bool = True
    principal: Literal["person", "organisation"] = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How people come, stay and go. Times in days. `newcomers_per_voucher` in each `voucher_period_days`."""

    vouch_cap: int = 3
    vouch_min: int = 2
    active_days: int = 90
    probation_days: int = 60
    newcomers_per_voucher: int = 3
    voucher_period_days: int = 90
    lapse_days: int = 365
    rebind_vouchers: int = 3
    rebind_delay_days: int = 14
    reply_days: int = 14
    appeal_days: int = 21
    retention_days: int = 365
    classes: Mapping[str, MemberClass] = field(default_factory=lambda: {"member": MemberClass()})

    def vouchers_needed(self, active: int) -> int:
        """How many must vouch for a newcomer among so many active members."""
        return min(self.vouch_cap, max(self.vouch_min, active // 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office that persons hold for a term. `consecutive_terms`: how often in a row, 0 for any number."""

    scope: tuple[str, ...] = ()
    seats: int = 1
    term_days: int = 365
    by: Literal["election", "sortition", "decision"] = "election"
    incompatible: tuple[str, ...] = ()
    consecutive_terms: int = 0
    caretaker_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHouse:
    """A house of people without a vote of their own, drawn or sent for a term, whose papers count where a rule names
    it. `of`: whose house it is, a class of members that does not vote (`class/NAME`), or `partners`, which other phyles
    lend."""

    seats: int
    by: Literal["sortition", "delegation"] = "sortition"
    of: str = ""
    term_days: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """How the assembly is called. `requisition`: the share of members who can have one called."""

    notice_days: int = 14
    requisition: Share = field(default_factory=lambda: Share(num=1, den=5, strict=False, of="eligible"))
    quorum: Quorum = ONE_PRESENT
    second_call_days: int = 7
    ordinary_every_days: int = 365

    @property
    def second_call_quorum(self) -> Quorum:
        """The quorum of a second call."""
        return self.quorum.called(True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jury:
    """How many are drawn; never fewer than three."""

    size: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Whether a vote may be delegated, how many papers one delegate may hold besides their own, and for which effects
    (all where none is named)."""

    allowed: bool = False
    cap: int = 2
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """For how many hours what one steward does in an emergency holds unless it is confirmed."""

    provisional_hours: int = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right, and whose it is."""

    name: str
    of: Literal["everyone", "probation", "members"]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What changes once, for good, when the members, days or treaties have become so many (exactly one is not 0)."""

    name: str
    members: int = 0
    days: int = 0
    treaties: int = 0
    powers: tuple[Power, ...] = ()
    offices: Mapping[str, Office] = field(default_factory=dict)
    jury: Jury | None = None
    delegation: Delegation | None = None
    article: int = field(default=0, compare=False)
    line: int = field(default=0, compare=False)

    @property
    def metric(self) -> Literal["members", "days", "treaties"]:
        """What it is reached by."""
        return "members" if self.members else "days" if self.days else "treaties"

    @property
    def threshold(self) -> int:
        """How many of these."""
        return self.members or self.days or self.treaties


@dataclass(frozen=True, slots=True, kw_only=True)
class Sunset:
    """An experiment: `clause` holds for `expires_days` after it came into force, or until `expires` (milliseconds),
    judged by `metric`, and then reverts to another clause of its kind, or (None) to the more general one."""

    name: str
    clause: str
    metric: str
    expires_days: int = 0
    expires: int = 0
    reverts: Power | Office | Delegation | None = None
    article: int = field(default=0, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocal:
    """What is granted to whoever grants it to us. Until treaties exist it grants nothing."""

    grants: str
    to: str
    if_granted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingSunset:
    """In every charter, and in no text's power: the founders' mandates end and the charter is ratified anew once the
    electors are so many times the founders, or after so many months."""

    times_founders: int = 2
    months: int = 12


FOUNDING_SUNSET = FoundingSunset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """A charter. `text` is what was signed, with newlines alone between its lines; the rest is what it says. `written`:
    the charter before its tiers and sunsets, if any of them changed what it says."""

    text: str = field(repr=False)
    header: Header
    articles: tuple[Article, ...]
    membership: Membership
    powers: tuple[Power, ...]
    offices: Mapping[str, Office]
    houses: Mapping[str, OutsideHouse]
    assembly: Assembly
    jury: Jury
    delegation: Delegation
    moderation: Moderation
    rights: tuple[Right, ...]
    tiers: tuple[Tier, ...]
    sunsets: tuple[Sunset, ...]
    reciprocal: tuple[Reciprocal, ...]
    funds: Mapping[str, Mapping[str, Any]]
    licences: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, tuple[int, int]] = field(repr=False, compare=False, default_factory=dict)
    founding: FoundingSunset = FOUNDING_SUNSET
    written: "Charter | None" = field(default=None, repr=False, compare=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def power(self, effect_kind: str, scope: str = "") -> Power:
        """The one clause that governs an effect: the most specific. Unprocessable for an effect that does not exist.

        A clause for the scope `a` also governs `a/b`, unless there is one for `a/b`. What has no many options
        is decided by yes or no, whatever methods the default allows.
        """
        if effect_kind not in EFFECTS:
            raise Unprocessable(f"There is no effect {effect_kind!r}.")
        fitting = [power for power in self.powers if power.effect == effect_kind and within(scope, power.scope)]
        if not fitting:
            fitting = [power for power in self.powers if power.effect == DEFAULT]
        if not fitting:
            raise Unprocessable(f"The charter says nothing about {effect_kind}.")
        power = max(fitting, key=lambda power: len(power.scope))
        return power if effect_kind in MANY_OPTIONS else replace(power, methods=("yesno",))

    def all_of(self, powers: Sequence[Power]) -> Power:
        """What governs a proposal with several effects."""
        return all_of(powers)

    def tiers_at(self, electors: int, days: int = 0, treaties: int = 0) -> tuple[str, ...]:
        """The tiers that these numbers reach, by name, in the order of the text."""
        return tuple(
            tier.name
            for tier in self.tiers
            if 0 < tier.members <= electors or 0 < tier.days <= days or 0 < tier.treaties <= treaties
        )

    def article(self, number: int) -> Article | None:
        """The article of this number."""
        return next((article for article in self.articles if article.number == number), None)


def within(scope: str, wider: str) -> bool:
    """Whether a scope lies in a wider one."""
    return wider in ("", scope) or scope.startswith(f"{wider}/")


def holders_of(offices: Mapping[str, Office], effect: str) -> Iterable[tuple[str, int]]:
    """The offices whose holders can bring an effect about without a ballot, and how many of them it takes."""
    for name, office in offices.items():
        for scope in office.scope:
            if effect in SCOPES.get(scope, ()):
                yield name, HOLDERS_NEEDED.get(scope, 1)
