"""What the clauses of power say, and those that change them by themselves: tiers and sunsets."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar, cast

from phyle.cooperative.charter import forms
from phyle.cooperative.charter.clauses import Delegation, Office, Sunset, Tier
from phyle.cooperative.charter.fields import Fields
from phyle.cooperative.charter.notation import Wrong, rule_of
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, MANY_OPTIONS, METHODS, Ballots, Power
from phyle.cooperative.charter.rules import ONE_PRESENT, Rule, Share, about_blocks

PLACEHOLDER = Power(effect=DEFAULT, rule=Share(num=1, den=1, strict=False, of="eligible"), quorum=ONE_PRESENT)
"""What stands in for a default that cannot be read, so that the rest of the text can be."""

Changed = TypeVar("Changed")

_SCOPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")

_DAYS = (
    ("notice_days", 0),
    ("deliberation_days", 0),
    ("ballot_days", 1),
    ("challenge_days", 0),
    ("second_call_days", 0),
    ("review_days", 0),
)
_MOST_MINUTES = 7 * 24 * 60
_MUST_IN_DEFAULT = ("notice_days", "deliberation_days", "ballot_days", "challenge_days")


def powers(clauses: Sequence[Fields]) -> tuple[Power, ...]:
    """All `[[power]]` clauses. What a clause does not say it takes from the default, but for rule and quorum."""
    defaults = [fields for fields in clauses if _is_default(fields)]
    usual = power_clauses(defaults[0], PLACEHOLDER, complete=True)[0] if defaults else PLACEHOLDER
    others = [fields for fields in clauses if fields not in defaults[:1]]
    read = [power for fields in others for power in power_clauses(fields, usual)]
    return (usual, *read) if defaults else tuple(read)


def _is_default(fields: Fields) -> bool:
    return fields.clause.body.get("effect") == DEFAULT


def power_clauses(fields: Fields, usual: Power, *, capped: bool = False, complete: bool = False) -> tuple[Power, ...]:
    """The powers of one `[[power]]` clause, one for each effect that it names. What is not written is as `usual`, but
    for `review_days`, which come with consent; `complete`: it must be written, because nothing stands behind it."""
    effects = _effects(fields)
    rule = _rule(fields, capped)
    usual = usual if about_blocks(rule) else replace(usual, review_days=0)
    sitting = fields.has("ballot_minutes")
    must = {key for key in _MUST_IN_DEFAULT if complete and not (sitting and key == "ballot_days")}
    days = {key: fields.whole(key, None if key in must else getattr(usual, key), least) for key, least in _DAYS}
    power = Power(
        effect=DEFAULT,
        scope=_scope(fields),
        rule=rule,
        quorum=fields.quorum("quorum", "second_call_quorum", capped=capped),
        methods=fields.words("methods", usual.methods),
        sponsors=fields.whole("sponsors", usual.sponsors, 1, 1000),
        final=fields.flag("final", usual.final),
        delegation=fields.flag("delegation", usual.delegation),
        ballots=_ballots(fields, None if complete else usual.ballots),
        protects=fields.words("protects"),
        ballot_minutes=_minutes(fields, usual),
        article=fields.article,
        line=fields.line(),
        **days,
    )
    _check_methods(fields, power, effects)
    fields.close()
    return tuple(replace(power, effect=effect, methods=_methods(fields, power, effect)) for effect in effects)


def _minutes(fields: Fields, usual: Power) -> int:
    """How long a ballot lasts where it is not days; whoever says days means days."""
    if not fields.has("ballot_minutes"):
        return 0 if fields.has("ballot_days") else usual.ballot_minutes
    if fields.has("ballot_days"):
        fields.wrong("ballot_minutes", "a ballot lasts days or minutes, not both", "one of the two lines")
    return fields.whole("ballot_minutes", None, 1, _MOST_MINUTES)


def _scope(fields: Fields) -> str:
    scope = fields.text("scope", "", 100)
    if scope and not _SCOPE.fullmatch(scope):
        fields.wrong("scope", "a scope is a name, or a name below a name", 'scope = "agora" or scope = "agora/news"')
    return scope


def _effects(fields: Fields) -> tuple[str, ...]:
    effects = fields.words("effect")
    if not effects:
        fields.wrong("effect", "a power is a power to something", f'effect = "{DEFAULT}" or one of {_listed()}')
    unknown = [effect for effect in effects if effect not in (*EFFECTS, DEFAULT)]
    for effect in unknown:
        fields.wrong("effect", f"there is no effect {effect}", f"one of {_listed()}")
    if DEFAULT in effects and len(effects) > 1:
        fields.wrong("effect", "the default governs what no other clause names", f'effect = "{DEFAULT}" alone')
    return tuple(effect for effect in effects if effect not in unknown) or (EFFECTS[0],)


def _listed() -> str:
    return ", ".join(EFFECTS)


def _rule(fields: Fields, capped: bool) -> Rule:
    rule = fields.rule("rule", PLACEHOLDER.rule, _override(fields), capped=capped)
    if about_blocks(rule) and not fields.has("override") and fields.has("rule"):
        fields.wrong("override", "a charter that lets one member object says what overcomes it", 'override = "none"')
    if fields.has("override") and not about_blocks(rule):
        fields.wrong("override", "the rule asks for no consent that could be overridden", "the clause without it")
    return rule


def _override(fields: Fields) -> Rule | None:
    written = fields.raw("override")
    if written is None or written == "none":
        return None
    try:
        rule = rule_of(written)
    except Wrong as wrong:
        fields.wrong("override", wrong.because, f'override = "none", or {wrong.write}')
        return None
    if about_blocks(rule):
        fields.wrong("override", "what overcomes an objection cannot wait for objections", 'override = "none"')
        return None
    return rule


def _ballots(fields: Fields, usual: Ballots | None) -> Ballots:
    if fields.clause.body.get("ballots") in ("secret", "sealed"):
        because = "there are no secret ballots yet, and running them open would break the promise"
        fields.raw("ballots")
        fields.wrong("ballots", because, 'ballots = "members" or ballots = "public"')
        return "members"
    return cast(Ballots, fields.choice("ballots", ("public", "members"), usual))


def _check_methods(fields: Fields, power: Power, effects: tuple[str, ...]) -> None:
    for method in power.methods:
        if method not in METHODS:
            fields.wrong("methods", f"there is no method {method}", f"some of these: {', '.join(METHODS)}")
    if not power.methods:
        fields.wrong("methods", "a decision needs a way of voting", 'methods = ["yesno"]')
    for effect in effects:
        if fields.has("methods") and effect not in (*MANY_OPTIONS, DEFAULT) and power.methods != ("yesno",):
            fields.wrong("methods", f"{effect} is a plain yes or no", 'methods = ["yesno"]')
    if DEFAULT in effects and power.methods and "yesno" not in power.methods:
        fields.wrong("methods", "the default also governs what is a plain yes or no", 'methods = ["yesno", ...]')


def _methods(fields: Fields, power: Power, effect: str) -> tuple[str, ...]:
    return power.methods if effect in (*MANY_OPTIONS, DEFAULT) else ("yesno",)


def tier(fields: Fields, usual: Power, offices: Mapping[str, Office]) -> Tier:
    """`[[tier]]`, with `[[tier.power]]`, `[tier.office.NAME]`, `[tier.jury]` and `[tier.delegation]`."""
    numbers = {key: fields.whole(key, 0, 1, 1_000_000) for key in ("members", "days", "treaties")}
    if sum(fields.has(key) for key in numbers) != 1:
        fields.wrong("members", "a tier is reached by members, days or treaties", "exactly one of the three")
    changed = [power for inner in fields.inner("power") for power in power_clauses(inner, usual, capped=True)]
    read = Tier(
        name=name(fields),
        powers=tuple(changed),
        offices=_tier_offices(fields, offices),
        jury=_one(fields, "jury", forms.jury),
        delegation=_one(fields, "delegation", forms.delegation),
        article=fields.article,
        line=fields.line(),
        **numbers,
    )
    if not (read.powers or read.offices or read.jury or read.delegation):
        fields.wrong("power", "a tier that changes nothing is none", "[[tier.power]] with what changes")
    return read


def name(fields: Fields) -> str:
    """The name of a tier or sunset: lower-case letters, digits and hyphens."""
    written = fields.text("name", most=60)
    if written and not _NAME.fullmatch(written):
        fields.wrong("name", "it is named in the ledger", 'name = "lower-case-words"')
    return written


def _tier_offices(fields: Fields, offices: Mapping[str, Office]) -> Mapping[str, Office]:
    read: dict[str, Office] = {}
    for group in fields.inner("office"):
        for key in group.clause.body:
            for inner in group.inner(key):
                read[key] = forms.office(inner, offices.get(key, Office()))
                inner.close()
    return read


def _one(fields: Fields, key: str, form: Callable[[Fields], Changed]) -> Changed | None:
    inner = fields.inner(key)
    if not inner:
        return None
    read = form(inner[0])
    inner[0].close()
    return read


def sunset(fields: Fields, usual: Power) -> Sunset:
    """`[[sunset]]`: a clause, a metric, a time, and `[sunset.reverts]` or `reverts = "nothing"`."""
    clause = fields.text("clause", most=200)
    kind, _, rest = clause.partition("/")
    if kind not in ("power", "office", "delegation") or (kind == "delegation") != (not rest):
        because = "only a power, an office or delegation can be tried for a time"
        fields.wrong("clause", because, '"power/EFFECT", "power/EFFECT/SCOPE", "office/NAME" or "delegation"')
    return Sunset(
        name=name(fields),
        clause=clause,
        metric=fields.text("metric"),
        expires_days=fields.whole("expires_days", 0, 1),
        expires=_expires(fields),
        reverts=_reverts(fields, kind, rest, usual),
        article=fields.article,
        line=fields.line(),
    )


def _expires(fields: Fields) -> int:
    """The end of the day that is written, in milliseconds; 0 where days are counted instead."""
    written = fields.raw("expires")
    if (written is None) != fields.has("expires_days"):
        fields.wrong("expires_days", "an experiment ends", "either expires_days = 365 or expires = 2030-12-31")
    if written is None:
        return 0
    if isinstance(written, datetime) or not isinstance(written, date) or written.year < 2000:
        fields.wrong("expires", "it is a day", "expires = 2030-12-31")
        return 0
    return (int(datetime(written.year, written.month, written.day, tzinfo=UTC).timestamp()) + 86_400) * 1000


def _reverts(fields: Fields, kind: str, rest: str, usual: Power) -> Power | Office | Delegation | None:
    if fields.clause.body.get("reverts") == "nothing":
        fields.raw("reverts")
        return None
    inner = fields.inner("reverts")
    if len(inner) != 1:
        fields.wrong("reverts", "an experiment says what follows it", '[sunset.reverts], or reverts = "nothing"')
        return None
    if kind == "power":
        return _reverts_to_power(inner[0], rest, usual)
    read = forms.office(inner[0]) if kind == "office" else forms.delegation(inner[0])
    inner[0].close()
    return read


def _reverts_to_power(inner: Fields, rest: str, usual: Power) -> Power:
    effect, _, scope = rest.partition("/")
    body = {**inner.clause.body, "effect": effect, **({"scope": scope} if scope else {})}
    return power_clauses(Fields(inner.problems, inner.article, replace(inner.clause, body=body)), usual)[0]
