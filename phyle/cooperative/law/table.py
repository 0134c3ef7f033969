"""Everything that the words of a ledger mean, in version 1 of the rules."""

from collections.abc import Mapping

from phyle.cooperative.law import (
    ballots,
    charges,
    erasure,
    executions,
    founding,
    mandates,
    membership,
    operator,
    proposals,
    tallies,
)
from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.law.kinds import joined
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Agenda, Clock, Phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.replay import Law

LAW = Law(
    number=1,
    acts=joined(
        founding.ACTS,
        membership.ACTS,
        charges.ACTS,
        proposals.ACTS,
        ballots.ACTS,
        executions.ACTS,
        erasure.ACTS,
        operator.ACTS,
    ),
    consequences=joined(
        founding.CONSEQUENCES,
        membership.CONSEQUENCES,
        mandates.CONSEQUENCES,
        ballots.CONSEQUENCES,
        tallies.CONSEQUENCES,
        executions.CONSEQUENCES,
    ),
)

SLICES: Mapping[str, type] = {
    kind.SLICE: kind
    for kind in (
        Agenda,
        Ballot,
        Body,
        Charge,
        Clock,
        Mandate,
        Member,
        Obligation,
        Paper,
        Phyle,
        Proposal,
        Signature,
    )
}
"""What a slice's name means: the dataclass that it is read as."""
