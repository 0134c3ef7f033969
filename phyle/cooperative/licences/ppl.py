"""The Peer Production License as a decision table, version PPL/1. It never is legal advice; docs/licences.md explains.

The text (SPDX id PPL) is by Kleiner and Magyar, derived from CC BY-NC-SA 3.0. Contribution appears in none of its
clauses, and it has no share-alike for adaptations.
"""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative.licences.facts import Kind
from phyle.cooperative.licences.tables import NOT_NO, NOT_YES, YES, Table, row

ALONE: tuple[Kind, ...] = ("individual", "sole-producer")
WORKERS: tuple[Kind, ...] = ("worker-cooperative", "worker-collective")
OTHERS: tuple[Kind, ...] = (
    "consumer-cooperative",
    "multi-stakeholder-cooperative",
    "platform-cooperative",
    "non-profit",
    "public-body",
)
FIRM: tuple[Kind, ...] = ("private-firm",)

WORST: Mapping[str, Any] = {
    "surplus_to_workers": False,
    "indivisible_reserves": True,
    "outside_investors": True,
    "waged_non_members": True,
    "employees": True,
    "profit": True,
    "breach": True,
    "grant": "none",
}

_ROWS = (
    row(
        "refused",
        ["1(g)", "7(a)"],
        "Whoever broke the terms for this work has no licence any more, until the licensors expressly permit it.",
        breach=YES,
    ),
    row(
        "allowed",
        ["the grant"],
        "The licensors granted a licence of its own for this; it allows what its terms say.",
        grant=frozenset({"reciprocity", "negotiated"}),
    ),
    # 4(d): privately owned and managed, for profit, from the labour of employees: any use
    row(
        "refused",
        ["4(d)", "8(d)", "8(e)"],
        "A privately owned business that seeks profit from the labour of employees is permitted no use at all; only a "
        "licence that is negotiated with the licensors and signed can allow it.",
        users=FIRM,
        employees=NOT_NO,
        profit=NOT_NO,
    ),
    row(
        "refused",
        ["4(d)", "8(d)", "8(e)"],
        "Whoever owns a business alone and seeks profit from the labour of employees is permitted no use at all; only "
        "a licence that is negotiated with the licensors and signed can allow it.",
        users=ALONE,
        employees=YES,
        profit=NOT_NO,
    ),
    # 4(b): what is not for commercial advantage
    row("allowed", ["3", "4(b)"], "Use that is not for commercial advantage is free.", purposes=["non-commercial"]),
    # 4(c): for commercial purposes
    row(
        "needs-negotiation",
        ["4(c)(i)"],
        "People work for wages here who own no part of it, so it is not worker-owned.",
        users=ALONE,
        purposes=["commercial"],
        employees=YES,
    ),
    row(
        "allowed-on-declaration",
        ["3", "4(c)(i)", "4(c)(ii)"],
        "Whoever works alone owns the business and has all of its surplus. The text speaks of businesses and "
        "collectives that are worker-owned; that one person is one is how it is read here.",
        users=ALONE,
        purposes=["commercial"],
        interpretive=True,
    ),
    row(
        "needs-negotiation",
        ["4(c)(ii)"],
        "Not all of the surplus is distributed among the worker-owners where others have a share of it.",
        users=WORKERS,
        purposes=["commercial"],
        outside_investors=NOT_NO,
    ),
    row(
        "needs-negotiation",
        ["4(c)(ii)"],
        "Not all of the surplus is distributed among the worker-owners where a part goes into indivisible reserves.",
        users=WORKERS,
        purposes=["commercial"],
        indivisible_reserves=NOT_NO,
    ),
    row(
        "needs-negotiation",
        ["4(c)(ii)"],
        "Commercial use takes that all financial gain, surplus, profits and benefits are distributed among the "
        "worker-owners.",
        users=WORKERS,
        purposes=["commercial"],
        surplus_to_workers=NOT_YES,
    ),
    row(
        "contested",
        ["4(c)(i)", "4(d)"],
        "It is worker-owned, and yet people work for wages in it who own no part of it: the licensors rule.",
        users=WORKERS,
        purposes=["commercial"],
        interpretive=True,
        waged_non_members=NOT_NO,
    ),
    row(
        "allowed",
        ["4(c)(i)", "4(c)(ii)"],
        "It is worker-owned, and all of its surplus is distributed among the worker-owners.",
        users=WORKERS,
        purposes=["commercial"],
    ),
    row(
        "needs-negotiation",
        ["4(b)", "4(c)(i)"],
        "Commercial use is for what its workers own; this is owned by others, or by nobody.",
        users=OTHERS,
        purposes=["commercial"],
    ),
    row(
        "needs-negotiation",
        ["4(b)", "4(c)(i)"],
        "Commercial use is for what its workers own; this is privately owned.",
        users=FIRM,
        purposes=["commercial"],
    ),
)

PPL = Table(
    name="PPL/1",
    title="Peer Production License",
    text="https://spdx.org/licenses/PPL.html",
    rows=_ROWS,
    worst=WORST,
)
IDS = frozenset({"PPL", "LicenseRef-PPL", "LicenseRef-Peer-Production-License"})
"""How it is called: older lists of SPDX do not know PPL, so people wrote a reference of their own."""
