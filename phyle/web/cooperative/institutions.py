"""Offices, assemblies, draws, disputes, what stewards and the operator did, and the register."""

from phyle.conversation.paging import Page
from phyle.cooperative import assemblies, disputes, draws, interventions, offices, register
from phyle.cooperative.assemblies import AssemblyDetails, AssemblySummary, Ordinary
from phyle.cooperative.disputes import ShownAppeal, ShownCharge, ShownRebinding
from phyle.cooperative.draws import DrawDetails, DrawSummary, NamedPartner
from phyle.cooperative.interventions import OperatorAct, ShownModeration, ShownWithholding
from phyle.cooperative.offices import OfficeNow
from phyle.cooperative.register import Register
from phyle.cooperative.seeing import Sight
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, get, pages

CSV = "text/csv"


async def list_offices(asked: Asked, viewer: Sight) -> list[OfficeNow]:
    """The offices of the charter in force, with all who hold or held them."""
    return await offices.offices(asked.tx, viewer)


async def list_assemblies(asked: Asked, viewer: Sight, page: Page) -> tuple[list[AssemblySummary], list[int]]:
    """Assemblies, the newest first."""
    return await assemblies.assemblies(asked.tx, page)


async def show_ordinary(asked: Asked, viewer: Sight) -> Ordinary:
    """Whether the ordinary assembly is overdue, so that any full member can call it."""
    return await assemblies.ordinary(asked.tx)


async def show_assembly(asked: Asked, viewer: Sight) -> AssemblyDetails:
    """An assembly: the invitation, the agenda, who is there, and its minutes in Markdown."""
    return await assemblies.assembly(asked.tx, viewer, asked.args["id"])


async def list_draws(asked: Asked, viewer: Sight, page: Page) -> tuple[list[DrawSummary], list[int]]:
    """Draws, the newest first."""
    return await draws.draws(asked.tx, page)


async def show_draw(asked: Asked, viewer: Sight) -> DrawDetails:
    """A draw with all that it takes to run it again."""
    return await draws.draw(asked.tx, asked.args["id"])


async def list_partners(asked: Asked, viewer: Sight) -> list[NamedPartner]:
    """The phyles that are named to sign draws."""
    return await draws.partners(asked.tx)


async def list_charges(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownCharge], list[int]]:
    """Charges, the newest first; with reasons and replies for members."""
    return await disputes.charges(asked.tx, viewer, page)


async def show_charge(asked: Asked, viewer: Sight) -> ShownCharge:
    """One charge."""
    return await disputes.charge(asked.tx, viewer, asked.args["id"])


async def list_appeals(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownAppeal], list[int]]:
    """Appeals, the newest first."""
    return await disputes.appeals(asked.tx, page)


async def show_appeal(asked: Asked, viewer: Sight) -> ShownAppeal:
    """One appeal."""
    return await disputes.appeal(asked.tx, asked.args["id"])


async def list_rebindings(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownRebinding], list[int]]:
    """Requests to be known by a new key, the newest first."""
    return await disputes.rebindings(asked.tx, page)


async def show_rebinding(asked: Asked, viewer: Sight) -> ShownRebinding:
    """One such request."""
    return await disputes.rebinding(asked.tx, asked.args["id"])


async def list_moderations(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownModeration], list[int]]:
    """What stewards moderated and decisions ordered, the newest first."""
    return await interventions.moderations(asked.tx, viewer, page)


async def list_withholdings(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownWithholding], list[int]]:
    """What the operator withholds or withheld, the newest first."""
    return await interventions.withholdings(asked.tx, viewer, page)


async def list_operator_acts(asked: Asked, viewer: Sight, page: Page) -> tuple[list[OperatorAct], list[int]]:
    """What was done with access to the machine, the newest first."""
    return await interventions.operator(asked.tx, page)


async def show_register(asked: Asked, viewer: Sight) -> Register:
    """The register of members, now or as it stood after an entry."""
    return await register.register(asked.tx, viewer, as_of=asked.number("as_of"))


async def show_register_as_csv(asked: Asked, viewer: Sight) -> Answer:
    """The register of members as a table."""
    found = await show_register(asked, viewer)
    headers = {"Content-Disposition": 'attachment; filename="register.csv"'}
    return Answer(body=register.as_csv(found).encode(), content_type=f"{CSV}; charset=utf-8", headers=headers)


_AS_OF = {"as_of": "The index of an entry: the register as it stood after it."}

ENDPOINTS: tuple[Endpoint, ...] = (
    get("/offices", list_offices, list[OfficeNow]),
    pages("/assemblies", list_assemblies, list[AssemblySummary]),
    get("/assemblies/ordinary", show_ordinary, Ordinary),
    get("/assemblies/<id>", show_assembly, AssemblyDetails),
    pages("/draws", list_draws, list[DrawSummary]),
    get("/draws/<id>", show_draw, DrawDetails),
    get("/partners", list_partners, list[NamedPartner]),
    pages("/charges", list_charges, list[ShownCharge]),
    get("/charges/<id>", show_charge, ShownCharge),
    pages("/appeals", list_appeals, list[ShownAppeal]),
    get("/appeals/<id>", show_appeal, ShownAppeal),
    pages("/rebindings", list_rebindings, list[ShownRebinding]),
    get("/rebindings/<id>", show_rebinding, ShownRebinding),
    pages("/moderations", list_moderations, list[ShownModeration]),
    pages("/withholdings", list_withholdings, list[ShownWithholding]),
    pages("/operator_acts", list_operator_acts, list[OperatorAct]),
    get("/register", show_register, Register, who="user", query=_AS_OF),
    get("/register.csv", show_register_as_csv, str, who="user", query=_AS_OF, media=CSV),
)
