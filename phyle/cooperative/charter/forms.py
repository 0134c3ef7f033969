"""What the simple clauses of a charter say: who it is, members, offices, assembly, rights."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, cast

from phyle.cooperative.charter.clauses import (
    SCOPES,
    Assembly,
    Delegation,
    Header,
    Jury,
    MemberClass,
    Membership,
    Moderation,
    Office,
    OutsideHouse,
    Reciprocal,
    Right,
)
from phyle.cooperative.charter.fields import Fields
from phyle.cooperative.charter.notation import Wrong, rule_of
from phyle.cooperative.charter.powers import EFFECTS
from phyle.cooperative.charter.rules import Share

LARGEST = 2**53 - 1
_OF_A_WORK = re.compile(r"commons/[A-Za-z0-9_]{1,26}")


def header(fields: Fields) -> Header:
    """`[charter]`."""
    return Header(
        legal_name=fields.text("legal_name", most=200),
        form=fields.text("form", most=200),
        seat=fields.text("seat", most=200),
        register=fields.text("register", most=200),
        prevails=cast(
            Literal["statutes", "charter"],
            fields.choice(
                "prevails", ("statutes", "charter"), why="a reader must know which holds where the two differ"
            ),
        ),
        electronic_assemblies=fields.flag("electronic_assemblies", None),
    )


def usual_membership(classes: Mapping[str, MemberClass]) -> Membership:
    """What holds of membership where the charter has no such clause."""
    return Membership(classes=classes) if classes else Membership()


def membership(fields: Fields, classes: Mapping[str, MemberClass]) -> Membership:
    """`[membership]`."""
    usual = usual_membership(classes)
    two = "one voucher would let one member fill the register"
    days = {
        key: fields.whole(key, getattr(usual, key), least)
        for key, least in (
            ("active_days", 1),
            ("probation_days", 1),
            ("voucher_period_days", 1),
            ("lapse_days", 0),
            ("rebind_delay_days", 1),
            ("reply_days", 1),
            ("appeal_days", 1),
            ("retention_days", 0),
        )
    }
    return Membership(
        vouch_min=fields.whole("vouch_min", usual.vouch_min, 2, 1000, two),
        vouch_cap=fields.whole("vouch_cap", usual.vouch_cap, 2, 1000, two),
        newcomers_per_voucher=fields.whole("newcomers_per_voucher", usual.newcomers_per_voucher, 1, 1000),
        rebind_vouchers=fields.whole("rebind_vouchers", usual.rebind_vouchers, 2, 1000, two),
        classes=usual.classes,
        **days,
    )


def member_class(fields: Fields) -> MemberClass:
    """`[class.NAME]`."""
    return MemberClass(
        vote=fields.flag("vote", True),
        vouch=fields.flag("vouch", True),
        voice=fields.flag("voice", True),
        principal=cast(
            Literal["person", "organisation"], fields.choice("principal", ("person", "organisation"), "person")
        ),
    )


def office(fields: Fields, usual: Office | None = None) -> Office:
    """`[office.NAME]`. With `usual`, as in tiers, everything that is not written stays."""
    here = usual or Office()
    scope = fields.words("scope", here.scope)
    for name in scope:
        if name not in SCOPES and not _OF_A_WORK.fullmatch(name):
            fields.wrong("scope", f"there is no scope {name}", f"some of these: {', '.join(SCOPES)}, commons/NAME")
    by = fields.choice("by", ("election", "sortition", "decision"), here.by if usual else None)
    return Office(
        scope=scope,
        seats=fields.whole("seats", here.seats, 1, 1000),
        term_days=fields.whole("term_days", here.term_days if usual else None, 1, 3660, "every mandate ends"),
        by=cast(Literal["election", "sortition", "decision"], by),
        incompatible=fields.words("incompatible", here.incompatible),
        consecutive_terms=fields.whole("consecutive_terms", here.consecutive_terms, 0, 100),
        caretaker_days=fields.whole("caretaker_days", here.caretaker_days, 0, 365),
    )


def house(fields: Fields) -> OutsideHouse:
    """`[house.NAME]`."""
    by = fields.choice("by", ("sortition", "delegation"), "sortition")
    return OutsideHouse(
        seats=fields.whole("seats", None, 1, 1000),
        by=cast(Literal["sortition", "delegation"], by),
        of=fields.text("of"),
        term_days=fields.whole("term_days", 365, 1, 3660),
    )


def assembly(fields: Fields) -> Assembly:
    """`[assembly]`."""
    usual = Assembly()
    return Assembly(
        notice_days=fields.whole("notice_days", usual.notice_days, 1),
        requisition=_requisition(fields, usual.requisition),
        quorum=fields.quorum("quorum", "second_call_quorum"),
        second_call_days=fields.whole("second_call_days", usual.second_call_days, 0),
        ordinary_every_days=fields.whole("ordinary_every_days", usual.ordinary_every_days, 1, 3660),
    )


def _requisition(fields: Fields, usual: Share) -> Share:
    try:
        rule = rule_of(fields.raw("requisition"))
    except Wrong as wrong:
        fields.wrong("requisition", wrong.because, '"at least 1/5 of eligible"')
        return usual
    if isinstance(rule, Share) and rule.of == "eligible":
        return rule
    fields.wrong("requisition", "it is a share of all members", '"at least 1/5 of eligible"')
    return usual


def jury(fields: Fields, least: int = 3) -> Jury:
    """`[jury]`."""
    return Jury(size=fields.whole("size", None, least, 1000, f"a jury has at least {least}"))


def delegation(fields: Fields) -> Delegation:
    """`[delegation]`."""
    usual = Delegation()
    scopes = fields.words("scopes", usual.scopes)
    for name in scopes:
        if name not in EFFECTS:
            fields.wrong("scopes", f"there is no effect {name}", f"some of these: {', '.join(EFFECTS)}")
    return Delegation(
        allowed=fields.flag("allowed", None),
        cap=fields.whole("cap", usual.cap, 1, 100, "a cap on what one delegate holds is mandatory"),
        scopes=scopes,
    )


def moderation(fields: Fields) -> Moderation:
    """`[moderation]`."""
    why = "what one steward does alone lapses within a week at the latest"
    return Moderation(provisional_hours=fields.whole("provisional_hours", None, 1, 168, why))


def right(fields: Fields) -> Right:
    """`[[right]]`."""
    of = fields.choice("of", ("everyone", "probation", "members"))
    return Right(
        name=fields.text("name", most=100),
        of=cast(Literal["everyone", "probation", "members"], of),
        says=fields.text("says"),
    )


def reciprocal(fields: Fields) -> Reciprocal:
    """`[[reciprocal]]`. Only what is granted can be asked in return: a condition that something is not granted would
    leave no answer that all charters agree on."""
    return Reciprocal(grants=fields.text("grants"), to=fields.text("to"), if_granted=fields.text("if_granted"))


def kept(fields: Fields) -> Mapping[str, Any]:
    """`[fund.NAME]`, `[licence.NAME]`: kept as they are written, for the parts of the law that read them."""
    body = {key: fields.raw(key) for key in fields.clause.body}
    for key, value in body.items():
        if not _exact(value):
            fields.wrong(key, "the law counts in whole numbers, and shares are written as text", f'{key} = "1/3"')
    return body


def _exact(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_exact(each) for each in value.values())
    if isinstance(value, list):
        return all(_exact(each) for each in value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return isinstance(value, str | date) and not isinstance(value, datetime)
