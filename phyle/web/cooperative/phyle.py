"""The phyle: where it stands, how it is being founded, what is due, and its charter."""

import asyncio
from dataclasses import dataclass
from typing import Any

from phyle.cooperative import agenda, charters, overview
from phyle.cooperative.agenda import Due
from phyle.cooperative.charter.differences import Difference
from phyle.cooperative.charters import Draft, ShownCharter, Template, Version
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.ledger import reading
from phyle.cooperative.overview import Gathering, Overview
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed, Missing
from phyle.powers import Declared
from phyle.web.asked import Asked
from phyle.web.cooperative.deeds import Entered, act
from phyle.web.cooperative.endpoints import Endpoint, change, get


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCharter:
    """The text of a charter: Markdown articles with clauses in TOML."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFounding:
    """Which charter the phyle is founded under, by its hash; by all who signed it."""

    charter: str


async def show(asked: Asked, viewer: Sight) -> Overview:
    """Where the phyle stands."""
    found = await overview.overview(asked.tx)
    if found is None:
        raise Missing("The ledger of this phyle has not begun.")
    return found


async def show_founding(asked: Asked, viewer: Sight) -> Gathering:
    """Who has signed which charter, while the phyle gathers."""
    return await overview.gathering(asked.tx, viewer, asked.viewer.actor_id)


async def show_agenda(asked: Asked, viewer: Sight) -> list[Due]:
    """What is due when, the next first."""
    return await agenda.agenda(asked.tx)


async def show_powers(asked: Asked, viewer: Sight) -> list[Declared]:
    """What everything takes that can be done here: routes, commands, activities, events, jobs, acts, effects, scopes
    and settings, each with its power."""
    return list(asked.around.powers)


async def show_charter(asked: Asked, viewer: Sight) -> ShownCharter:
    """The charter in force, with its tiers and experiments as they stand."""
    return await charters.in_force(asked.tx)


async def show_versions(asked: Asked, viewer: Sight) -> list[Version]:
    """Every charter that was in force, the newest first."""
    return await charters.versions(asked.tx)


async def show_version(asked: Asked, viewer: Sight) -> ShownCharter:
    """A charter that was signed, proposed or kept here as a draft, as written."""
    return await charters.of_hash(asked.tx, asked.args["hash"])


async def show_difference(asked: Asked, viewer: Sight) -> tuple[Difference, ...]:
    """Everything in which two charters differ, in sentences."""
    old, new = asked.text("from"), asked.text("to")
    if not old or not new:
        raise Malformed("from and to must name two charters by their hashes.")
    return await charters.difference(asked.tx, old, new)


async def show_templates(asked: Asked, viewer: Sight) -> list[Template]:
    """Charters to begin with, the simplest first."""
    return charters.templates()


async def show_template(asked: Asked, viewer: Sight) -> Template:
    """One charter to begin with."""
    return charters.template(asked.args["name"])


async def keep_charter(asked: Asked) -> Draft:
    """Keep a charter as a draft that can be signed or proposed; refused with every problem, its article and line."""
    data = await asyncio.to_thread(charters.checked, asked.text("text", most=400_000))
    async with asked.store.transaction() as tx:
        return await charters.keep(tx, data)


async def found(asked: Asked) -> Entered:
    """Enter the act `found`: all who have signed this charter found the phyle."""
    charter = asked.text("charter")
    async with asked.store.reading() as tx:
        signed = await reading.group(tx, Signature)
    founders = sorted(id for id, it in signed.items() if it.charter == charter)
    return await act(asked, "found", {"charter": charter, "founders": founders})


def _endpoints() -> tuple[Endpoint, ...]:
    between: dict[str, Any] = {"from": "The hash of the older charter.", "to": "The hash of the newer one."}
    return (
        get("/phyle", show, Overview),
        get("/agenda", show_agenda, list[Due]),
        get("/powers", show_powers, list[Declared]),
        get("/founding", show_founding, Gathering),
        change("POST", "/founding/charter", keep_charter, Draft, body=GivenCharter),
        change("POST", "/founding/found", found, Entered, act="found", body=GivenFounding),
        get("/charter", show_charter, ShownCharter),
        get("/charter/versions", show_versions, list[Version]),
        get("/charter/versions/<hash>", show_version, ShownCharter),
        get("/charter/difference", show_difference, list[Difference], query=between),
        get("/charter/templates", show_templates, list[Template]),
        get("/charter/templates/<name>", show_template, Template),
        change("POST", "/charter/drafts", keep_charter, Draft, body=GivenCharter),
    )


ENDPOINTS = _endpoints()
