"""The charter: what it says to people, what it says to the law, its versions, and how two of them differ."""

import asyncio
from functools import lru_cache

from phyle.cooperative import charters, overview
from phyle.cooperative.charters import Section, ShownCharter
from phyle.errors import Missing
from phyle.text.markdown import faithful
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import CHARTER, framed, sight
from phyle.web.pages.cooperative.words import EFFECTS, METHODS, TERMS

DEFAULT = "power/default"
"""The clause that governs what no other does."""


async def show(asked: Asked) -> Answer:
    """GET /phyle/charter"""
    here = await overview.overview(asked.tx)
    if here is None or here.charter is None:
        return redirect("/phyle/founding", status=302)
    versions = await charters.versions(asked.tx)
    return await _page(asked, await charters.in_force(asked.tx), in_force=True, versions=versions)


async def show_version(asked: Asked) -> Answer:
    """GET /phyle/charter/versions/HASH"""
    here = await overview.overview(asked.tx)
    found = await charters.of_hash(asked.tx, asked.args["hash"])
    in_force = here is not None and here.charter == found.hash
    versions = await charters.versions(asked.tx) if here is not None and here.charter is not None else []
    return await _page(asked, found, in_force=in_force, versions=versions)


async def _page(asked: Asked, charter: ShownCharter, *, in_force: bool, versions: list[charters.Version]) -> Answer:
    clauses = {**charter.membership, **charter.assembly}
    alike: dict[str, list[str]] = {}
    for effect, governs in charter.powers.items():
        alike.setdefault(governs.clause, []).append(effect)
    powers = [(effects, charter.powers[effects[0]]) for effects in alike.values()]
    return framed(
        asked,
        "charter",
        await sight(asked),
        part=CHARTER,
        charter=charter,
        powers=sorted(powers, key=lambda pair: pair[1].clause == DEFAULT),
        in_force=in_force,
        versions=versions,
        current=versions[0].hash if versions else "",
        methods=METHODS,
        articles=list(zip(charter.articles, await asyncio.to_thread(_prose, charter.articles), strict=True)),
        effects=EFFECTS,
        terms=[(words, said) for name, words in TERMS.items() if (said := clauses.get(name))],
    )


@lru_cache(maxsize=16)
def _prose(articles: tuple[Section, ...]) -> list[str]:
    """The prose of each article as HTML in which no word that was signed is hidden."""
    return [faithful(each.prose if each.number else _untitled(each.prose)) for each in articles]


def _untitled(preamble: str) -> str:
    """The preamble without the heading of the whole, which the page has already."""
    first, _, rest = preamble.partition("\n")
    return rest.lstrip("\n") if first.startswith("# ") else preamble


async def show_text(asked: Asked) -> Answer:
    """GET /phyle/charter/versions/HASH/text: as it is hashed and signed."""
    found = await charters.of_hash(asked.tx, asked.args["hash"])
    return Answer(body=found.text.encode(), content_type="text/markdown; charset=utf-8")


async def show_difference(asked: Asked) -> Answer:
    """GET /phyle/charter/difference?from=&to="""
    old, new = asked.text("from", most=64), asked.text("to", most=64)
    if not old or not new:
        raise Missing("Choose two versions of the charter to compare.")
    return framed(
        asked,
        "charter_difference",
        await sight(asked),
        part=CHARTER,
        old=old,
        new=new,
        differences=await charters.difference(asked.tx, old, new),
    )
