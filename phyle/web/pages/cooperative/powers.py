"""Who can do what: everything that the software can do, with the power that it takes."""

from collections.abc import Mapping

from phyle.powers import NONE, OPERATOR, SELF, Declared, Power
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, framed, sight

_KINDS: Mapping[str, str] = {
    "act": "What members enter in the ledger",
    "consequence": "What the ledger enters by itself when its time has come",
    "effect": "What a decision can bring about",
    "route": "Pages and programs: every address of this server",
    "activity": "What other servers can send",
    "event": "What follows from what happened here",
    "job": "What the server does by itself",
    "scope": "What a program can be allowed to do for somebody",
    "setting": "Settings of the server",
    "command": "Commands on the machine",
}


async def show(asked: Asked) -> Answer:
    """GET /phyle/powers"""
    groups: dict[str, list[Declared]] = {}
    for each in asked.around.powers:
        groups.setdefault(each.kind, []).append(each)
    order = [*(kind for kind in _KINDS if kind in groups), *(kind for kind in groups if kind not in _KINDS)]
    return framed(
        asked,
        "powers",
        await sight(asked),
        part=OVERVIEW,
        groups=[(kind, _KINDS.get(kind, kind), groups[kind]) for kind in order],
        says=in_words,
    )


def in_words(power: Power) -> str:
    """A power as people say it."""
    plain = {NONE: "nobody’s leave", SELF: "one’s own account or membership", OPERATOR: "access to the machine"}
    if power in plain:
        return plain[power]
    kind, _, rest = power.partition("(")
    return f"an office for {rest[:-1]}" if kind == "mandate" else f"a decision of the members ({rest[:-1]})"
