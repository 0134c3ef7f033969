"""What governs a decision, in words: its rule, quorum and times, and what each of its denominators counts."""

from dataclasses import dataclass

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.charter.notation import quorum_words, words
from phyle.cooperative.charter.rules import Base

DENOMINATORS: dict[Base, str] = {
    "cast": "cast: papers for, against and block",
    "present": "present: papers cast, and abstentions",
    "eligible": "eligible: all on the roll when the ballot opened, less those whom it is about",
    "active": "active: full members who did something in the ledger within the charter's days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Governing:
    """`clause`: of the charter. `rule` and `quorum` in words; `denominators`: what each share in them is a share of.
    Times in days. `consent`: whether a block is a paper of its own; `veto`: whether silence passes."""

    clause: str
    article: int
    rule: str
    quorum: str
    denominators: tuple[str, ...]
    methods: tuple[str, ...]
    sponsors: int
    notice_days: int
    deliberation_days: int
    ballot_days: int
    ballot_minutes: int
    challenge_days: int
    second_call_days: int
    review_days: int
    final: bool
    delegation: bool
    consent: bool
    veto: bool
    ballots: str


def governing(power: Power) -> Governing:
    """A power of the charter in words."""
    says = f"{words(power.rule)} {quorum_words(power.quorum)}"
    return Governing(
        clause=power.key,
        article=power.article,
        rule=words(power.rule),
        quorum=quorum_words(power.quorum),
        denominators=tuple(text for base, text in DENOMINATORS.items() if _SAID[base] in says),
        methods=power.methods,
        sponsors=power.sponsors,
        notice_days=power.notice_days,
        deliberation_days=power.deliberation_days,
        ballot_days=power.ballot_days,
        ballot_minutes=power.ballot_minutes,
        challenge_days=power.challenge_days,
        second_call_days=power.second_call_days,
        review_days=power.review_days,
        final=power.final and not power.consent,
        delegation=power.delegation,
        consent=power.consent,
        veto=power.veto,
        ballots=power.ballots,
    )


_SAID: dict[Base, str] = {
    "cast": "the papers cast",
    "present": "those present",
    "eligible": "all on the roll",
    "active": "the active members",
}
"""How `notation.words` calls them."""
