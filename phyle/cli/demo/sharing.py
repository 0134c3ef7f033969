"""The third part of the story: the house forks what the makers made, changes it, and offers the change back."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from phyle.cli.demo.history import LEGIONELLA, NIGHT, PROJECT, marked
from phyle.cli.demo.making import AT
from phyle.cli.demo.people import Person, until
from phyle.cli.demo.telling import Telling
from phyle.cli.demo.workshop import Workshop

MERGED, REVIEWED = "Heat the tank through once a week", "Lower the flow at night"
_WHY = {
    MERGED: "DVGW W 551 asks for it as soon as the tank holds more than 400 litres. Ours holds 800.",
    REVIEWED: "Four degrees less from ten to five save us nine euros a night. It is untested below zero.",
}


async def share(telling: Telling, place: Path) -> None:
    """A fork; a change that is reviewed, changed and applied; another that is in review; and a release of it all."""
    await telling.once("the fork", lambda: _forked(telling), "Bruno forks it at the house, history and all")
    own = Workshop(folder=place / "bruno")
    too_hot = _by_bruno(LEGIONELLA.replace("60.0", "70.0"))
    await _offered(telling, own, "legionella", MERGED, {"firmware/legionella.py": too_hot})
    first = await telling.once("the first merge request", lambda: _number(telling, MERGED))
    await _discussed(telling, first)
    await _revised(telling, own, first)
    await _offered(telling, own, "night", REVIEWED, {"firmware/night.py": _by_bruno(NIGHT)})
    second = await telling.once("the second merge request", lambda: _number(telling, REVIEWED))

    async def reviewed() -> bool:
        words = "Below zero the floor needs six hours to come back. Could it lower less, the colder it is?"
        await telling.people["inaki"].post(
            f"{AT}/merge_requests/{second}/reviews", verdict="changes", version=1, text=words
        )
        return True

    words = f"Iñaki asks for a change in “{REVIEWED}”; it stays in review"
    await telling.once("the second is reviewed", reviewed, words)
    await telling.once("the release", lambda: _released(telling), "Maeve publishes the release v1.0")


def _by_bruno(text: str) -> str:
    return marked("Bruno Keller", text)


async def _forked(telling: Telling) -> str:
    bruno = telling.people["bruno"]
    known = {each["name"]: each for each in await bruno.get("/repositories")}
    if PROJECT not in known:
        origin = f"{telling.makers.origin}/@{PROJECT}.git"
        await bruno.post("/forks", origin=origin, description="Our heating, forked from the makers.")

    async def fetched() -> bool:
        return bool((await bruno.get(f"{AT}/progress"))["state"] == "done")

    await until(fetched, "the fork has all objects")
    return PROJECT


async def _offered(telling: Telling, own: Workshop, branch: str, title: str, files: dict[str, str | bytes]) -> None:
    """Bruno pushes a branch to the fork of the house, and offers it to the makers."""
    bruno = telling.people["bruno"]

    async def pushed() -> bool:
        if not (own.folder / ".git").exists():
            shutil.rmtree(own.folder, ignore_errors=True)
            await Workshop(folder=own.folder.parent).git(
                "clone", "--quiet", f"{telling.housing.origin}/@{PROJECT}.git", own.folder.name
            )
        await own.git("checkout", "--quiet", "-B", branch, "origin/main")
        await own.commit(bruno, _ago(telling, 2), title, files)
        await own.push(bruno, PROJECT, branch)
        return True

    await telling.once(f"{branch} is pushed", pushed)

    async def offered() -> bool:
        given: dict[str, Any] = {
            "repository": f"@{PROJECT}.git@{telling.makers.host}",
            "origin": PROJECT,
            "branch": branch,
            "title": title,
            "text": _WHY[title],
            "sign_off": True,
            "licence": "PPL",
            "mandate": True,
        }
        if title not in {each["title"] for each in await bruno.get("/offers")}:
            await bruno.post("/offers/merge_requests", **given)

        async def taken() -> bool:
            states = [each["state"] for each in await bruno.get("/offers") if each["title"] == title]
            return states != ["sent"]

        await until(taken, f"the makers take the merge request {title!r}")
        return True

    await telling.once(f"{branch} is offered", offered, f"Bruno offers “{title}” to the makers")


def _ago(telling: Telling, days: int) -> datetime:
    return datetime.fromisoformat(telling.memory["today"]).replace(tzinfo=UTC, hour=20) - timedelta(days=days)


async def _number(telling: Telling, title: str) -> int:
    """The number of a merge request at the makers."""
    greta = telling.people["greta"]
    listed = [each for state in ("open", "resolved") for each in await greta.get(f"{AT}/merge_requests", state=state)]
    return next(int(each["number"]) for each in listed if each["title"] == title)


async def _discussed(telling: Telling, number: int) -> None:
    """Carmen of the house answers in the thread, from her own server; Greta asks for a change."""
    greta, carmen = telling.people["greta"], telling.people["carmen"]

    async def commented() -> bool:
        shown = await greta.get(f"{AT}/merge_requests/{number}")
        words = "En el patio lo probamos tres martes seguidos: el agua llega a 60 grados a las cuatro y nadie lo nota."
        await reply(carmen, greta, shown["ticket"]["status"], words, key="carmen comments")
        return True

    async def asked() -> bool:
        words = "Seventy degrees scald. The sheet asks for sixty, and the pump is happier with it, too."
        await greta.post(f"{AT}/merge_requests/{number}/reviews", verdict="changes", version=1, text=words)
        return True

    await telling.once("carmen comments", commented, "Carmen answers in the thread, from the house's server")
    await telling.once("greta asks for a change", asked, "Greta asks for a change")


async def reply(who: Person, there: Person, status: str, words: str, *, key: str) -> None:
    """Somebody answers a post of the other phyle by their own account, as in any app."""
    post = await there.ask("GET", f"/api/v1/statuses/{status}")

    async def found() -> Any:
        query = {"q": post["uri"], "resolve": "true", "type": "statuses"}
        return (await who.ask("GET", "/api/v2/search", params=query))["statuses"]

    (known, *_) = await until(found, f"{who.full_name} finds {post['uri']}")
    given = {"status": f"{there_handle(post)} {words}", "in_reply_to_id": known["id"], "visibility": "public"}
    await who.ask("POST", "/api/v1/statuses", key=key, json=given)


def there_handle(post: dict[str, Any]) -> str:
    """The author of a post, as one mentions them from elsewhere."""
    host = str(post["uri"]).split("/")[2]
    return f"@{post['account']['username']}@{host}"


async def _revised(telling: Telling, own: Workshop, number: int) -> None:
    """Bruno pushes again, which the makers hear of by themselves; Maeve applies what she looked at."""
    bruno, maeve = telling.people["bruno"], telling.people["maeve"]

    async def pushed() -> str:
        await own.git("checkout", "--quiet", "legionella")
        if "70.0" in (own.folder / "firmware" / "legionella.py").read_text():
            await own.commit(
                bruno, _ago(telling, 1), "Sixty degrees are enough", {"firmware/legionella.py": _by_bruno(LEGIONELLA)}
            )
        await own.push(bruno, PROJECT, "legionella")
        return await own.git("rev-parse", "HEAD")

    head = await telling.once("bruno pushes again", pushed, "Bruno pushes again")

    async def applied() -> bool:
        async def heard() -> Any:
            shown = await maeve.get(f"{AT}/merge_requests/{number}")
            return shown if shown["phase"] == "applied" or shown["versions"][-1]["head"] == head else None

        shown = await until(heard, "the makers hear of the second version")
        if shown["phase"] != "applied":
            await maeve.post(f"{AT}/merge_requests/{number}/apply", head=head, method="merge")
        return True

    await telling.once("maeve applies it", applied, "Maeve applies it, with a merge commit")

    async def credited() -> bool:
        found = await maeve.get(f"{AT}/contributions")
        return any(each["what"] == "change" and each["phase"] == "valid" for each in found)

    async def seen() -> bool:
        return bool(await until(credited, "Bruno is credited"))

    await telling.once("bruno is credited", seen, "The makers' ledger has it: claimed by Bruno, validated by Maeve")


async def _released(telling: Telling) -> str:
    maeve = telling.people["maeve"]
    for each in await maeve.get(f"{AT}/releases"):
        if each["tag"] == "v1.0":
            return str(each["url"])
    text = "Two winters in a workshop, and since last week in a house with sixty-four flats.\n\n- the weekly heating "
    text += "through, by Bruno Keller of Lindenhof\n- defrosting by weather\n- walls of three millimetres"
    made = await maeve.post(f"{AT}/releases", tag="v1.0", title="Warm enough for others", text=text)
    return str(made["url"])
