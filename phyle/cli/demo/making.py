"""The second part of the story: the makers have a repository with a history, maintainers, tickets and needs."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from phyle.cli.demo.history import DESCRIPTION, HISTORY, PROJECT, WIKI, WIKI_TITLE
from phyle.cli.demo.people import API, Person, Refusal
from phyle.cli.demo.telling import Telling
from phyle.cli.demo.workshop import Workshop

AT = f"/repositories/{PROJECT}"
_DAY = 86_400_000
_TICKETS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "yusuf",
        "The lid does not close over the new relay",
        {
            "text": "The Finder relay is four millimetres taller than the old one. The lid needs a dome, or the relay "
            "has to lie down.",
            "kind": "bug",
            "skills": ["cad", "3d-printing"],
            "needed": True,
        },
    ),
    (
        "inaki",
        "Traducir el manual al castellano",
        {
            "text": "Son ocho páginas. Puedo revisar la parte eléctrica, pero alguien tiene que escribir.",
            "kind": "translation",
            "skills": ["spanish"],
            "needed": True,
        },
    ),
    (
        "maeve",
        "Defrost runs too long below −7 °C",
        {
            "text": "In dry frost eight minutes are far too many: the coil was dry after two. I have the logs of four "
            "nights.",
            "kind": "bug",
            "skills": ["python"],
        },
    ),
)


async def make(telling: Telling, place: Path) -> None:
    """A repository with a history of weeks, and what belongs to it."""
    greta = telling.people["greta"]

    async def made() -> str:
        given = {"name": PROJECT, "kind": "tools", "description": DESCRIPTION}
        return str((await _once_made(greta, AT, "/repositories", given))["id"])

    await telling.once("the repository", made, f"Greta makes the repository {PROJECT}")
    await telling.once(
        "the history", lambda: _pushed(telling, place), f"She pushes {len(HISTORY)} commits of four people, by git"
    )

    async def written() -> str:
        path = f"{API}{AT}/wiki/{WIKI_TITLE}"
        given = {"text": WIKI, "message": "Eine Anleitung zum Einbau", "sign_off": True}
        return str((await greta.ask("PUT", path, json=given))["commit"])

    await telling.once("the wiki", written, "She writes a page of the wiki")
    await telling.once("the work", lambda: _offered(greta), f"{PROJECT} is offered to the commons under the PPL")
    for name, role in (("inaki", "maintainer"), ("maeve", "maintainer"), ("yusuf", "contributor")):
        await _let_in(telling, name, role)
    await _tickets(telling)


async def _once_made(person: Person, at: str, path: str, given: dict[str, Any]) -> Any:
    """What is there already, or is made now."""
    try:
        return await person.get(at)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
    return await person.post(path, **given)


async def _pushed(telling: Telling, place: Path) -> str:
    """The same commits, however often this begins."""
    folder = place / "greta"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = Workshop(folder=folder)
    await own.git("init", "--quiet", "-b", "main")
    if "today" not in telling.memory:
        telling.memory.keep("today", datetime.now(UTC).date().isoformat())
    today = datetime.fromisoformat(telling.memory["today"]).replace(tzinfo=UTC)
    for step in HISTORY:
        at = today - timedelta(days=step.days) + timedelta(hours=step.hour)
        await own.commit(telling.people[step.who], at, step.message, dict(step.files))
    await own.push(telling.people["greta"], PROJECT, "main")
    return await own.git("rev-parse", "HEAD")


async def _offered(greta: Person) -> str:
    shown = await _once_made(greta, f"{AT}/work", f"{AT}/work", {"licence": "PPL", "mandate": True})
    return str(shown["work"])


async def _let_in(telling: Telling, name: str, role: str) -> None:
    """Greta invites somebody, who accepts."""
    person = telling.people[name]

    async def invited() -> bool:
        waiting = await person.get("/commons/invitations")
        if not waiting:
            await telling.people["greta"].post(f"{AT}/invitations", who=f"@{name}", role=role, words="Come and stay.")
            waiting = await person.get("/commons/invitations")
        for each in waiting:
            if each["state"] == "open":
                await person.post(f"/commons/invitations/{each['id']}/accept")
        return True

    await telling.once(f"{name} is let in", invited, f"{person.full_name} is let in as {role}")


async def _tickets(telling: Telling) -> None:
    for number, (who, title, given) in enumerate(_TICKETS, start=1):
        words = f"{telling.people[who].full_name} opens a ticket: {title}"
        await telling.once(f"ticket {number}", partial(_ticket, telling, who, title, given), words)

    async def claimed() -> bool:
        until = int(time.time() * 1000) + 14 * _DAY
        await telling.people["yusuf"].post(f"{AT}/tickets/1/claim", until=until)
        return True

    async def answered() -> bool:
        words = (
            "Two minutes are enough below minus seven, if the fan runs after. I will change it with the next release."
        )
        await telling.people["greta"].post(f"{AT}/tickets/3/comments", text=words)
        await telling.people["greta"].post(f"{AT}/tickets/3/resolve", reason="SHORTEST is used in dry frost now.")
        return True

    await telling.once("yusuf takes ticket 1", claimed, "Yusuf takes the first, for two weeks")
    await telling.once("ticket 3 is resolved", answered, "Greta answers the third and resolves it")


async def _ticket(telling: Telling, who: str, title: str, given: dict[str, Any]) -> int:
    person = telling.people[who]
    for state in ("open", "resolved"):
        for each in await person.get(f"{AT}/tickets", state=state):
            if each["title"] == title:
                return int(each["number"])
    return int((await person.post(f"{AT}/tickets", title=title, **given))["number"])
