"""The CoopCycle (Coopyleft) licence as a decision table, version Coopyleft/1; how it is read is said row by row.

Its text is the GNU AGPL's but for article 3, which reserves commercial use: to enterprises of the social and solidarity
economy (3, 1°) with a co-operative model in which workers are employees (3, 2°). SPDX knows no id for it.
"""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative.licences.facts import Kind
from phyle.cooperative.licences.ppl import ALONE, FIRM
from phyle.cooperative.licences.tables import NOT_NO, NOT_YES, YES, Table, row

COOPERATIVES: tuple[Kind, ...] = ("worker-cooperative",)
IN_A_WAY: tuple[Kind, ...] = (
    "worker-collective",
    "consumer-cooperative",
    "multi-stakeholder-cooperative",
    "platform-cooperative",
)
NO_COOPERATIVES: tuple[Kind, ...] = ("non-profit", "public-body")

WORST: Mapping[str, Any] = {
    "social_economy": False,
    "employees": False,
    "wage_portage": False,
    "profit": True,
    "breach": True,
    "grant": "none",
}

_NEITHER = "Commercial use is reserved to co-operatives of the social and solidarity economy."

_ROWS = (
    row(
        "refused",
        ["10"],
        "A violation ends the licence. It comes back when the violation ends, if the licensors do not end it for good; "
        "here they say so when it has.",
        breach=YES,
    ),
    row(
        "allowed",
        ["7(c)", "the grant"],
        "The licensors granted a licence of its own for this; it allows what its terms say.",
        grant=frozenset({"reciprocity", "negotiated"}),
    ),
    # 3: any use by an entity whose purpose is to make profits is commercial
    row(
        "refused",
        ["3"],
        f"{_NEITHER} Any use by an entity whose purpose is to make profits counts as commercial.",
        users=FIRM,
        social_economy=NOT_YES,
        profit=NOT_NO,
    ),
    row(
        "needs-negotiation",
        ["3(2°)"],
        "It is an enterprise of the social economy, but no co-operative; that its purpose is to make profits makes any "
        "use of it commercial.",
        users=FIRM,
        social_economy=YES,
        profit=NOT_NO,
    ),
    row("allowed", ["3", "4"], "All but commercial use is granted to everybody.", purposes=["non-commercial"]),
    row("needs-negotiation", ["3(2°)"], f"{_NEITHER} This is privately owned.", users=FIRM, purposes=["commercial"]),
    row(
        "needs-negotiation",
        ["3(1°)"],
        f"{_NEITHER} By national law or the Commission's criteria of 25 October 2011 it is no such enterprise, or it "
        "was not said that it is.",
        users=(*COOPERATIVES, *IN_A_WAY, *NO_COOPERATIVES),
        purposes=["commercial"],
        social_economy=NOT_YES,
    ),
    row(
        "needs-negotiation",
        ["3(2°)"],
        "In the co-operative model that the licence asks for workers are employees; here they are not, or it was not "
        "said that they are.",
        users=(*COOPERATIVES, *IN_A_WAY),
        purposes=["commercial"],
        employees=NOT_YES,
    ),
    row(
        "allowed",
        ["3(1°)", "3(2°)"],
        "It is an enterprise of the social and solidarity economy, and a co-operative whose workers are employees.",
        users=COOPERATIVES,
        purposes=["commercial"],
    ),
    row(
        "allowed-on-declaration",
        ["3(1°)", "3(2°)"],
        "Its workers are employees, and it is of the social and solidarity economy. That “a co-operative model” takes "
        "in this form, in which others than the workers are members too, or which has no legal form, is how it is read "
        "here.",
        users=IN_A_WAY,
        purposes=["commercial"],
        interpretive=True,
    ),
    row(
        "needs-negotiation",
        ["3(2°)"],
        "It may be of the social and solidarity economy, but it is no co-operative.",
        users=NO_COOPERATIVES,
        purposes=["commercial"],
    ),
    row(
        "allowed-on-declaration",
        ["3(1°)", "3(exception)"],
        "A worker who is employed through wage portage need not be a co-operative. That the entity, and not the "
        "worker, must be of the social and solidarity economy is how it is read here.",
        users=ALONE,
        purposes=["commercial"],
        interpretive=True,
        wage_portage=YES,
        social_economy=YES,
    ),
    row(
        "needs-negotiation",
        ["3(2°)"],
        f"{_NEITHER} Individuals come under its exception only through wage portage.",
        users=ALONE,
        purposes=["commercial"],
    ),
)

COOPYLEFT = Table(
    name="Coopyleft/1",
    title="CoopCycle License (Coopyleft)",
    text="https://github.com/coopcycle/coopcycle-web/blob/master/LICENSE",
    rows=_ROWS,
    worst=WORST,
)
IDS = frozenset(
    {"LicenseRef-Coopyleft", "LicenseRef-CoopCycle", "LicenseRef-coopyleft", "LicenseRef-CoopCycle-License"}
)
