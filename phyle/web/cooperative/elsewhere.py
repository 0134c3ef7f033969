"""Memberships in other phyles: asking for them, acting there, leaving."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative import elsewhere
from phyle.cooperative.activities import joining
from phyle.cooperative.elsewhere import Elsewhere, SentAct
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, change, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """`group`: the host of a phyle, or the group of its members: `@members@coop.org`, or an address."""

    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActElsewhere:
    """`phyle`: the origin of its ledger; `kind` and `payload`: of the act, as for acts here."""

    phyle: str
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An act that is on its way: its hash. What became of it, `GET /elsewhere/acts` says later."""

    act: str
    phyle: str
    kind: str


async def list_elsewhere(asked: Asked, viewer: Sight) -> list[Elsewhere]:
    """One's memberships in other phyles, with the credentials that those gave."""
    return await elsewhere.mine(asked.tx, asked.me.id)


async def list_sent(asked: Asked, viewer: Sight) -> list[SentAct]:
    """What one sent to other phyles, and what became of it, as far as they have said."""
    return await elsewhere.sent(asked.tx, asked.me.id)


async def join(asked: Asked) -> Elsewhere:
    """Ask another phyle for a membership. This instance makes a key for it and keeps it."""
    link = await asked.around.join_phyle(asked.me, asked.text("group", most=2048))
    async with asked.store.reading() as tx:
        found = await elsewhere.mine(tx, asked.me.id)
    return next(each for each in found if (each.phyle, each.member) == (link.origin, link.member))


async def act(asked: Asked) -> Sent:
    """An act in another phyle, signed by the key of one's membership there, and sent to it."""
    payload = asked.parameters.get("payload", {})
    if not isinstance(payload, Mapping):
        raise Malformed("payload must be an object.")
    phyle, kind = asked.text("phyle", most=300), asked.text("kind", most=64)
    async with asked.store.transaction() as tx:
        hash = await joining.perform(tx, asked.me, phyle, kind, payload)
    return Sent(act=hash, phyle=phyle, kind=kind)


ENDPOINTS: tuple[Endpoint, ...] = (
    get("/elsewhere", list_elsewhere, list[Elsewhere], who="user"),
    get("/elsewhere/acts", list_sent, list[SentAct], who="user"),
    change("POST", "/elsewhere/join", join, Elsewhere, body=Joining),
    change("POST", "/elsewhere/acts", act, Sent, body=ActElsewhere),
)
