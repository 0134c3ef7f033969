"""Everything that the words of a ledger mean, in version 1 of the rules."""

from collections.abc import Mapping

from phyle.cooperative.law import (
    appeals,
    assemblies,
    ballot_opening,
    ballots,
    calendar,
    charges,
    decisions,
    delegations,
    departures,
    drawing,
    early_close,
    elections,
    entering,
    epochs,
    erasure,
    executions,
    founding,
    losses,
    mandates,
    meetings,
    member_keys,
    membership,
    moderations,
    observations,
    operator,
    phyle_keys,
    proposals,
    rebindings,
    register,
    seeds,
    sortition,
    statements,
    stewards,
    tallies,
    tiers,
    withholdings,
)
from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.assembled import Assembly, Attendance, Minutes
from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.calendar import Calendar
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.commons import contributions, licensing, maintaining, uses, works
from phyle.cooperative.law.commons.breaches import Breach
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.holdings import Accepted, Grant
from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.commons.works import Work, WorkAt
from phyle.cooperative.law.delegations import Delegation
from phyle.cooperative.law.draws import Commitment, Draw, Partner
from phyle.cooperative.law.entering import Session
from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.law.kinds import joined
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.law.members import KeyUse, Member
from phyle.cooperative.law.moderations import Moderation
from phyle.cooperative.law.observations import Observed
from phyle.cooperative.law.phyle_keys import Endorsement, KeyPeriod
from phyle.cooperative.law.phyles import Agenda, Clock, Phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.law.register import Inspection
from phyle.cooperative.law.replay import Law
from phyle.cooperative.law.withholdings import Withholding

LAW = Law(
    number=1,
    acts=joined(
        founding.ACTS,
        membership.ACTS,
        charges.ACTS,
        proposals.ACTS,
        statements.ACTS,
        stewards.ACTS,
        elections.ACTS,
        ballots.ACTS,
        early_close.ACTS,
        losses.ACTS,
        delegations.ACTS,
        executions.ACTS,
        seeds.ACTS,
        sortition.ACTS,
        appeals.ACTS,
        assemblies.ACTS,
        moderations.ACTS,
        erasure.ACTS,
        operator.ACTS,
        departures.ACTS,
        member_keys.ACTS,
        rebindings.ACTS,
        register.ACTS,
        entering.ACTS,
        phyle_keys.ACTS,
        epochs.ACTS,
        observations.ACTS,
        withholdings.ACTS,
        works.ACTS,
        maintaining.ACTS,
        licensing.ACTS,
        contributions.ACTS,
        uses.ACTS,
    ),
    consequences=joined(
        founding.CONSEQUENCES,
        membership.CONSEQUENCES,
        departures.CONSEQUENCES,
        rebindings.CONSEQUENCES,
        tiers.CONSEQUENCES,
        withholdings.CONSEQUENCES,
        mandates.CONSEQUENCES,
        ballot_opening.CONSEQUENCES,
        ballots.CONSEQUENCES,
        tallies.CONSEQUENCES,
        decisions.CONSEQUENCES,
        executions.CONSEQUENCES,
        drawing.CONSEQUENCES,
        meetings.CONSEQUENCES,
        calendar.CONSEQUENCES,
        moderations.CONSEQUENCES,
    ),
)

SLICES: Mapping[str, type] = {
    kind.SLICE: kind
    for kind in (
        Accepted,
        Agenda,
        Appeal,
        Assembly,
        Attendance,
        Ballot,
        Body,
        Breach,
        Calendar,
        Charge,
        Clock,
        Commitment,
        Contribution,
        Contributor,
        Delegation,
        Draw,
        Endorsement,
        Grant,
        Inspection,
        KeyPeriod,
        KeyUse,
        Maintainer,
        Mandate,
        Member,
        Minutes,
        Moderation,
        Obligation,
        Observed,
        Paper,
        Partner,
        Phyle,
        Proposal,
        Rebinding,
        Session,
        Signature,
        Use,
        Withholding,
        Work,
        WorkAt,
    )
}
"""What a slice's name means: the dataclass that it is read as."""
