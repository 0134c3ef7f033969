"""The face of the instance: its name, its description and who may register; settings are only how it begins."""

from dataclasses import dataclass
from typing import get_args

from phyle.errors import Unprocessable
from phyle.settings import Registration, Settings
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

LONGEST = 5000
_REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How the instance shows itself."""

    title: str
    description: str
    registration: Registration


async def face(tx: Tx) -> Face:
    """As the phyle has it; before its founding, as the settings say."""
    settings = tx.store.settings
    kept: dict[str, str] = {row["name"]: row["value"] for row in await tx.rows(SQL.face)}
    return Face(
        title=kept.get("name", settings.title),
        description=kept.get("description", settings.description),
        registration=registration(kept.get("registrations", settings.registration)),
    )


async def put(tx: Tx, name: str, value: str) -> None:
    """One thing of the face is this from now on. Unprocessable if it cannot be."""
    if len(value) > LONGEST:
        raise Unprocessable(f"The {name} of an instance has at most {LONGEST} characters.")
    if name == "registrations":
        registration(value)
    elif name == "name" and not value.strip():
        raise Unprocessable("An instance has a name.")
    await tx.run(SQL.put, name, value)


async def settle(tx: Tx, settings: Settings) -> None:
    """What the settings say now is what holds until it is decided otherwise, whatever they say later."""
    for name, value in (
        ("name", settings.title),
        ("description", settings.description),
        ("registrations", settings.registration),
    ):
        await tx.run(SQL.begin, name, value)


def registration(word: str) -> Registration:
    """Who may register. Unprocessable for another word."""
    for known in _REGISTRATIONS:
        if word == known:
            return known
    raise Unprocessable(f"Registrations are one of {', '.join(_REGISTRATIONS)}.")
