"""Members and applications, and what is about oneself."""

from collections.abc import Mapping
from typing import Any

from phyle.conversation.paging import Page
from phyle.cooperative import credentials, members, mine
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.members import Application, Membership
from phyle.cooperative.mine import Mine
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, get, pages


async def list_members(asked: Asked, viewer: Sight, page: Page) -> tuple[list[Membership], list[int]]:
    """Memberships, those who applied last first; with accounts for members alone."""
    standings = asked.texts("standing")
    if not set(standings) <= set(members.EVERYBODY):
        raise Malformed(f"standing must be one of {', '.join(members.EVERYBODY)}.")
    return await members.members(asked.tx, viewer, page, standings=standings)


async def show_member(asked: Asked, viewer: Sight) -> Membership:
    """One membership."""
    return await members.member(asked.tx, viewer, asked.args["id"])


async def show_mandates(asked: Asked, viewer: Sight) -> list[Mandate]:
    """The offices that a member holds or held."""
    await members.member(asked.tx, viewer, asked.args["id"])
    return list((await members.mandates_of(asked.tx, asked.args["id"])).values())


async def list_applications(asked: Asked, viewer: Sight, page: Page) -> tuple[list[Application], list[int]]:
    """Who waits to become a member, and what each still lacks, in sentences."""
    return await members.applications(asked.tx, viewer, page)


async def show_application(asked: Asked, viewer: Sight) -> Application:
    """One of those who wait."""
    return await members.application(asked.tx, viewer, asked.args["id"])


async def show_mine(asked: Asked, viewer: Sight) -> Mine:
    """One's own membership: standing, what one can do, and what waits for one."""
    return await mine.mine(asked.tx, viewer)


async def show_credential(asked: Asked, viewer: Sight) -> Mapping[str, Any]:
    """One's credential of membership, to be shown to others: it holds for 90 days and can be verified offline."""
    return await credentials.issue(asked.tx, viewer.member)


async def export_mine(asked: Asked, viewer: Sight) -> mine.Export:
    """All that the phyle holds about oneself: memberships, openings, acts with their receipts."""
    return await mine.export(asked.tx, viewer)


ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/members", list_members, list[Membership], query={"standing[]": "Only these standings."}),
    get("/members/me", show_mine, Mine, who="user"),
    get("/members/me/credential", show_credential, dict[str, Any], who="user"),
    get("/members/me/export", export_mine, mine.Export, who="user"),
    get("/members/<id>", show_member, Membership),
    get("/members/<id>/mandates", show_mandates, list[Mandate]),
    pages("/applications", list_applications, list[Application]),
    get("/applications/<id>", show_application, Application),
)
