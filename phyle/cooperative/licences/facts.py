"""Facts: what a user says of themselves and of a use, in the words that the decision tables ask for."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "individual",
    "sole-producer",
    "worker-cooperative",
    "worker-collective",
    "consumer-cooperative",
    "multi-stakeholder-cooperative",
    "platform-cooperative",
    "non-profit",
    "public-body",
    "private-firm",
]
"""Who uses a work, by legal form. An individual and a sole producer employ nobody unless they say so."""
Purpose = Literal["non-commercial", "commercial"]
Held = Literal["none", "reciprocity", "negotiated"]
"""A licence of one's own, granted by the licensors: for what one contributed, or as it was negotiated."""

KINDS: tuple[Kind, ...] = get_args(Kind)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
HELD: tuple[Held, ...] = get_args(Held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a user says of how they work; None where they said nothing, which is taken at its worst.

    `surplus_to_workers`: all financial gain goes to the worker-owners. `indivisible_reserves`: a part goes into
    reserves that can never be distributed. `outside_investors`: somebody who does not work there has a share of the
    gain. `waged_non_members`: people who own no part of it work for wages. `employees`: anybody works for wages at all,
    owners among them. `profit`: it seeks to make a profit. `social_economy`: an enterprise of the social and solidarity
    economy, by national law or the European Commission's criteria. `wage_portage`: an individual worker who is employed
    through a wage portage entity that works with no freelancers."""

    surplus_to_workers: bool | None = None
    indivisible_reserves: bool | None = None
    outside_investors: bool | None = None
    waged_non_members: bool | None = None
    employees: bool | None = None
    profit: bool | None = None
    social_economy: bool | None = None
    wage_portage: bool | None = None


SAID: tuple[str, ...] = tuple(Said.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a table may ask for. `breach`: the user broke the terms for this work before, and has not been
    permitted to use it again. `grant`: what kind of licence of their own they hold for it."""

    user: Kind
    purpose: Purpose
    said: Said = Said()
    breach: bool = False
    grant: Held = "none"
