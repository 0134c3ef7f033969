"""Who can do what: everything that the software can do, with the power that it takes."""

import re
from collections.abc import Mapping

from phyle.powers import NONE, OPERATOR, SELF, Declared, Power
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, framed, sight
from phyle.web.pages.cooperative.happenings import ENTRIES
from phyle.web.pages.cooperative.words import EFFECTS
from phyle.web.pages.words import SCOPES

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
_CALLED: Mapping[str, Mapping[str, str]] = {
    "act": ENTRIES,
    "consequence": ENTRIES,
    "effect": EFFECTS,
    "scope": SCOPES,
}
_CAPITAL = re.compile("(?<!^)[A-Z]")


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
        called=in_words_of,
    )


def in_words_of(each: Declared) -> str:
    """What something that can be done is called; "" where its name says that: addresses, commands, activities."""
    known = _CALLED.get(each.kind, {}).get(each.name)
    if known is not None:
        return known
    if each.kind == "event":
        return _CAPITAL.sub(lambda found: f" {found[0].lower()}", each.name)
    if each.kind not in ("act", "consequence", "job", "setting"):
        return ""
    part, _, rest = each.name.rpartition(".")
    return f"{part}: {rest}".removeprefix(": ").replace("_", " ").capitalize()


def in_words(power: Power) -> str:
    """A power as people say it."""
    plain = {NONE: "nobody’s leave", SELF: "one’s own account or membership", OPERATOR: "access to the machine"}
    if power in plain:
        return plain[power]
    kind, _, rest = power.partition("(")
    return f"an office for {rest[:-1]}" if kind == "mandate" else f"a decision of the members ({rest[:-1]})"
