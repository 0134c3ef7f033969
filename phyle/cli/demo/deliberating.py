"""The fourth part of the story: what both phyles decide, by which methods, and what the others say to it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from phyle.cli.demo.deciding import decided
from phyle.cli.demo.founding import FOUNDERS
from phyle.cli.demo.history import PROJECT
from phyle.cli.demo.people import until
from phyle.cli.demo.sharing import reply
from phyle.cli.demo.telling import Telling

OPEN = "What we call ourselves"
_RESOLVE: dict[str, Any] = {"kind": "Resolve", "arguments": {}}


async def deliberate(telling: Telling) -> None:
    """Side by side, since each takes its minute."""
    await asyncio.gather(_commons(telling), _tools(telling), _stewards(telling), _common_room(telling))


async def _commons(telling: Telling) -> None:
    """By consent, yes or no; Hannah of the house takes part in the deliberation, without a vote."""
    accept = {
        "kind": "AcceptItem",
        "arguments": {"item": PROJECT, "kind": "repository", "text": "The controller, with all that belongs to it."},
    }
    by = "greta"
    step = "warmwerk is a commons"
    proposal = {
        "title": f"{PROJECT} belongs to all of us",
        "text": "From then on nobody makes it private, renames or deletes it, not even I. Whoever maintains it does so "
        "in our name, and the licences that the text does not give, we give together.",
        "options": [{"label": "Yes", "effects": [accept]}],
    }
    papers = {"greta": {"paper": "for"}, "inaki": {"paper": "abstain"}, "maeve": {"paper": "for"}}
    id = await decided(telling, step, proposal, by, papers)
    words = "From the house that wants to heat with it: thank you. We were about to ask whom to ask."
    await _answered(telling, "hannah", by, id, words)


async def _tools(telling: Telling) -> None:
    """By approval: whatever most can live with."""
    proposal = {
        "title": "What we buy from the fair's takings",
        "text": "There are 640 euros. One of these, not two.",
        "method": "approval",
        "options": [
            {"label": "An oscilloscope with four channels", "effects": [_RESOLVE]},
            {"label": "A second printer, with a heated chamber", "effects": [_RESOLVE]},
            {"label": "A thermal camera to lend out", "effects": [_RESOLVE]},
            {"label": "Nothing: keep it for the roof"},
        ],
    }
    papers = {
        "greta": {"approve": [0, 2]},
        "inaki": {"approve": [2]},
        "maeve": {"approve": [1, 2]},
    }
    await decided(telling, "tools", proposal, "inaki", papers)


async def _stewards(telling: Telling) -> None:
    """By single transferable vote: two stewards of three who stand."""
    proposal = {
        "title": "Two stewards for half a year",
        "text": "They keep the keys and the register. Whoever stands has said so here.",
        "options": [],
        "election": {"office": "stewards", "seats": 2},
        "seats": 2,
        "method": "stv",
    }
    rankings = {
        "greta": ("maeve", "inaki"),
        "inaki": ("maeve", "greta", "inaki"),
        "maeve": ("inaki", "maeve"),
    }

    def papers(shown: Mapping[str, Any]) -> dict[str, Any]:
        standing = [option["label"] for option in shown["options"]]
        chosen = {}
        for voter, wished in rankings.items():
            members = [telling.people[each].member for each in wished]
            chosen[voter] = {"rank": [standing.index(each) for each in members if each in standing]}
        return chosen

    await decided(telling, "stewards", proposal, "inaki", papers, candidates=("greta", "inaki", "maeve"))


async def _common_room(telling: Telling) -> None:
    """By Schulze's method, against leaving it as it is; Greta of the makers answers with what she knows."""
    proposal = {
        "title": "How we heat the common room",
        "text": "The gas heater is from 1987. The insurance pays for half of whatever replaces it before May.",
        "method": "schulze",
        "options": [
            {"label": "An air-to-water heat pump with warmwerk", "effects": [_RESOLVE]},
            {"label": "District heating, if the street gets it", "effects": [_RESOLVE]},
            {"label": "Infrared panels under the ceiling", "effects": [_RESOLVE]},
            {"label": "Leave it as it is"},
        ],
    }
    papers = {
        "carmen": {"rank": [0, 1, 3, 2]},
        "tobias": {"rank": [0, [1, 2], 3]},
        "hannah": {"rank": [1, 0, 3]},
    }
    id = await decided(telling, "common room", proposal, "tobias", papers)
    words = "With 40 m² and that outer wall, take the small one and oversize the radiators. We lend you the camera."
    await _answered(telling, "greta", "tobias", id, words)


async def _answered(telling: Telling, who: str, member: str, id: str, words: str) -> None:
    """Somebody of the other phyle answers the proposal's post."""
    person, there = telling.people[who], telling.people[member]

    async def answered() -> bool:
        async def posted() -> Any:
            return (await there.get(f"/proposals/{id}"))["proposal"]["status"]

        status = await until(posted, f"the post of {id}")
        await reply(person, there, status, words, key=f"{who} answers {id}")
        return True

    said = f"{person.full_name} answers from the other phyle"
    await telling.once(f"{who} answers a proposal", answered, said)


async def open_one(telling: Telling) -> None:
    """A ballot that is open for a week: whoever visits votes in it as Yusuf."""
    options = [
        {"label": name, "effects": [{"kind": "PublicFace", "arguments": {"what": "name", "value": name}}]}
        for name in ("Offene Werkstatt", "Taller Abierto", "The Open Bench")
    ]
    proposal = {
        "title": OPEN,
        "text": "Half of us cannot pronounce our own name. This is open for a week, so that everybody hears of it.",
        "method": "schulze",
        "options": [*options, {"label": "Leave it as it is"}],
    }
    made = await telling.act("the name: proposed", "maeve", "/proposals", f"Proposed: {OPEN}", **proposal)
    id = made["proposal"]

    async def open_() -> str:
        async def ballot() -> str:
            return str((await telling.people["maeve"].get(f"/proposals/{id}"))["proposal"]["ballot"] or "")

        return str(await until(ballot, "the ballot that stays open"))

    ballot = await telling.once("the name: ballot", open_, "Its ballot is open for a week, for you to vote in")
    for voter, ranking in (("maeve", [2, 1, 0, 3]), (FOUNDERS["makers"][0], [0, 3, 1])):
        await telling.try_act(
            voter, f"/ballots/{ballot}/vote", key=f"the name: {voter} votes", choice={"rank": ranking}
        )
