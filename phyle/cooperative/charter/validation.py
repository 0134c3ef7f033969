"""Whether the clauses of a charter together make a law that works: checked before anybody can sign it."""

from collections.abc import Iterator

from phyle.cooperative.charter.clauses import Charter, Sunset
from phyle.cooperative.charter.effective import reverted
from phyle.cooperative.charter.fields import Problems
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, NO_VETO_RULE, Power
from phyle.cooperative.charter.rules import ASSEMBLY
from phyle.cooperative.charter.shapes import shape
from phyle.cooperative.charter.tiers import concentrates

MOST_TIERS, MOST_POWERS = 5, 100
"""What one can still read, and check in seconds."""


def validate(charter: Charter, problems: Problems) -> None:
    """Note everything that is wrong between clauses."""
    _exactly_one(charter, problems)
    _members(charter, problems)
    _offices(charter, problems)
    _entrenchment(charter, problems)
    _names(charter, problems)
    _rights(charter, problems)
    _sunsets(charter, problems)
    for power in every_power(charter):
        _power(charter, power, problems)
        shape(charter, power, problems)
    powers = list(every_power(charter))
    if len(powers) > MOST_POWERS:
        power = powers[MOST_POWERS]
        because = f"a charter gives {MOST_POWERS} powers at the most, one for each effect that a clause names"
        problems.add(power.article, power.line, "there are too many powers", because, "fewer, and a wider default")
    if not problems.found:
        # Only what is sound by itself can be compared exactly.
        _tiers(charter, problems)


def every_power(charter: Charter) -> Iterator[Power]:
    """Those in force, those of tiers and those that sunsets revert to."""
    yield from charter.powers
    for tier in charter.tiers:
        yield from tier.powers
    for sunset in charter.sunsets:
        if isinstance(sunset.reverts, Power):
            yield sunset.reverts


def _exactly_one(charter: Charter, problems: Problems) -> None:
    seen: dict[str, Power] = {}
    for power in charter.powers:
        if power.key in seen:
            because = f"line {seen[power.key].line} says who decides it already, and exactly one clause may"
            what = f"the power over {power.key.removeprefix('power/')} is given twice"
            problems.add(power.article, power.line, what, because, "one clause")
        seen.setdefault(power.key, power)
        if power.effect == DEFAULT and power.scope:
            problems.add(power.article, power.line, "the default has a scope", "it governs the rest", "it without")
    if f"power/{DEFAULT}" not in seen:
        because = "every effect must have a clause that governs it"
        problems.add(0, 1, "the default power is missing", because, f'[[power]] with effect = "{DEFAULT}"')


def _power(charter: Charter, power: Power, problems: Problems) -> None:
    """What every clause of power must keep to, wherever it stands."""

    def wrong(what: str, because: str, write: str) -> None:
        problems.add(power.article, power.line, what, because, write)

    if power.veto and power.notice_days < 1:
        wrong("silence passes without notice", "nobody can object to what they do not know", "notice_days = 7")
    for effect in governed(charter, power):
        if power.veto and effect in NO_VETO_RULE:
            wrong(f"{effect} passes by silence", "this much may not come about unasked", f"a clause for {effect}")
    if power.consent and power.review_days < 1:
        wrong("this consent has no review", "a consent is for now, and is looked at again", "review_days = 180")
    if power.quorum.second is not None and power.second_call_days < 1:
        wrong("the second call has no date", "people must be able to come to it", "second_call_days = 7")
    if power.delegation and not charter.delegation.allowed:
        wrong("delegation = true", "the charter allows none", "[delegation] with allowed = true and a cap")
    if power.protects and (power.effect != "Amend" or not power.scope):
        wrong("protects cannot stand", "only a power to amend with a name protects", 'effect = "Amend", scope = "..."')
    if power.effect == "Amend" and power.scope and not power.protects:
        wrong(f"Amend has the scope {power.scope}", "it must say what it protects", 'protects = ["article/1"]')


def governed(charter: Charter, power: Power) -> Iterator[str]:
    """The effects that a clause governs: its own, or for the default all that have no clause without scope."""
    if power.effect != DEFAULT:
        yield power.effect
        return
    named = {each.effect for each in charter.powers if not each.scope}
    yield from (effect for effect in EFFECTS if effect not in named)


def _members(charter: Charter, problems: Problems) -> None:
    members = charter.membership
    article, line = charter.places.get("membership", (0, 1))
    if members.vouch_cap < members.vouch_min:
        because = "the cap lies below the fewest vouchers"
        problems.add(article, line, "vouch_cap cannot stand", because, f"vouch_cap = {members.vouch_min}")
    if not any(each.vote for each in members.classes.values()):
        article, line = charter.places[f"class/{next(iter(members.classes))}"]
        problems.add(
            article, line, "no class of members votes", "nobody could decide", "vote = true in one [class.NAME]"
        )


def _offices(charter: Charter, problems: Problems) -> None:
    for name, office in charter.offices.items():
        article, line = charter.places[f"office/{name}"]
        for other in office.incompatible:
            if other not in charter.offices or other == name:
                because = f"{other} is no other office"
                problems.add(article, line, f"office.{name} cannot stand", because, "the name of another office")
    for name in (ASSEMBLY, *charter.offices):
        if name in charter.houses:
            article, line = charter.places[f"house/{name}"]
            problems.add(article, line, f"house.{name} cannot stand", "another body has this name", "another name")
    for name, house in charter.houses.items():
        kind, _, of = house.of.partition("/")
        member_class = charter.membership.classes.get(of) if kind == "class" else None
        if house.of != "partners" and (member_class is None or member_class.vote):
            article, line = charter.places[f"house/{name}"]
            because = "whoever votes as a member cannot sit in it as well"
            write = 'of = "partners", or "class/NAME" of a class without vote'
            problems.add(article, line, f"house.{name} is of {house.of}", because, write)
    for power in charter.powers:
        body = power.scope.partition("/")[0]
        if power.effect in ("Appoint", "Recall") and body and body not in (*charter.offices, *charter.houses):
            because = f"there is no office {body}"
            problems.add(power.article, power.line, f"{power.key} cannot stand", because, "an office of this charter")


KINDS = (
    *("header", "article", "membership", "class", "power", "office", "house", "assembly", "jury", "delegation"),
    *("moderation", "right", "tier", "sunset", "reciprocal", "fund", "licence"),
)
"""What an entrenched rule can protect: all of a kind, or one of them (`article/3`, `power/Expel`, `office/board`)."""


def things(charter: Charter) -> Iterator[str]:
    """Everything in this charter that can be protected."""
    yield from KINDS
    yield from (f"article/{article.number}" for article in charter.articles if article.number)
    yield from (f"class/{name}" for name in charter.membership.classes)
    yield from (f"power/{effect}" for effect in EFFECTS)
    yield from (power.key for power in charter.powers)
    for kind, names in (
        ("office", charter.offices),
        ("house", charter.houses),
        ("fund", charter.funds),
        ("licence", charter.licences),
    ):
        yield from (f"{kind}/{name}" for name in names)
    yield from (f"right/{right.name}" for right in charter.rights)
    yield from (f"tier/{tier.name}" for tier in charter.tiers)
    yield from (f"sunset/{sunset.name}" for sunset in charter.sunsets)


def _entrenchment(charter: Charter, problems: Problems) -> None:
    known = set(things(charter))
    for power in charter.powers:
        for thing in power.protects:
            if thing not in known:
                write = '"article/1", "power/Expel", "membership" or another of: ' + ", ".join(KINDS)
                what = f"{power.key} protects {thing}"
                problems.add(power.article, power.line, what, "there is no such thing in this charter", write)


def _names(charter: Charter, problems: Problems) -> None:
    for kind in (charter.tiers, charter.sunsets):
        seen: set[str] = set()
        for each in kind:
            if each.name in seen or each.name == "founding":
                because = "another has this name" if each.name in seen else "the founding sunset is in every charter"
                problems.add(each.article, each.line, f"the name {each.name} cannot stand", because, "another name")
            seen.add(each.name)


def _rights(charter: Charter, problems: Problems) -> None:
    names = [right.name for right in charter.rights]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        article, line = charter.places["right"]
        problems.add(article, line, f"the right {name} is given twice", "an amendment must be able to name it", "one")


def _sunsets(charter: Charter, problems: Problems) -> None:
    clauses = {power.key for power in charter.powers} | {f"office/{name}" for name in charter.offices} | {"delegation"}
    for sunset in charter.sunsets:
        if sunset.clause not in clauses:
            because = "an experiment is a clause of this charter"
            problems.add(
                sunset.article, sunset.line, f"{sunset.clause} cannot expire", because, "a clause that is in it"
            )
        elif sunset.reverts is None and sunset.clause == f"power/{DEFAULT}":
            because = "without a default some effects would have no rule"
            problems.add(sunset.article, sunset.line, "the default expires", because, "[sunset.reverts] with a rule")
        else:
            _after(charter, sunset, problems)


def _after(charter: Charter, sunset: Sunset, problems: Problems) -> None:
    """What no rule may come to when an experiment is over, whatever tiers were reached."""
    if sunset.clause.startswith("office/"):
        after = reverted(charter, sunset)
        for power in every_power(charter):
            shape(after, power, problems)
    effect = sunset.clause.removeprefix("power/")
    silent = [power for power in every_power(charter) if power.effect == DEFAULT and power.veto]
    if sunset.reverts is None and effect in NO_VETO_RULE and silent:
        because = f"{effect} would then pass by silence, as line {silent[0].line} says"
        problems.add(sunset.article, sunset.line, f"{sunset.clause} cannot expire", because, "[sunset.reverts]")


def _tiers(charter: Charter, problems: Problems) -> None:
    if len(charter.tiers) > MOST_TIERS:
        tier = charter.tiers[MOST_TIERS]
        because = f"what {MOST_TIERS} tiers and more do together cannot be checked"
        problems.add(tier.article, tier.line, "there are too many tiers", because, "fewer")
        return
    reached: dict[str, int] = {}
    for tier in charter.tiers:
        if tier.threshold < reached.get(tier.metric, 0):
            because = "a tier that is reached earlier stands before it"
            problems.add(tier.article, tier.line, f"tier {tier.name} cannot stand here", because, "it further up")
            return
        reached[tier.metric] = tier.threshold
    for tier, because, write in concentrates(charter):
        problems.add(tier.article, tier.line, f"tier {tier.name} cannot stand", because, write)
