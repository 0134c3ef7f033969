"""The booth for programs of people whose accounts are on ordinary servers: asking, entering by the link, leaving."""

from dataclasses import dataclass
from typing import Literal

from phyle.cooperative import entering
from phyle.cooperative.activities import entering as inviting
from phyle.cooperative.audit.asking import APPLY, BOOTH
from phyle.errors import Refused
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, change


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`account`: as in `@ana@coop.org`. `purpose`: to enter the booth, or to apply for membership."""

    account: str
    purpose: Literal["booth", "apply"] = "booth"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasAsked:
    """The account that was written to, if it is a member's or wants to apply; and the one word that it has to answer to
    `to`, in a direct post, for anything to happen."""

    account: str
    word: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """`link`: what follows `link=` in the address that was sent."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`token`: a bearer token of this API, and of no other, for whoever the link was for; `until`: milliseconds."""

    token: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The session is over."""

    left: bool


async def ask(asked: Asked) -> WasAsked:
    """Ask an account on another server whether it wants to enter the booth, or to apply."""
    name, purpose = asked.text("account", most=400).strip(), APPLY if asked.text("purpose") == APPLY else BOOTH
    person = await inviting.invite(asked.store, asked.resolve_actor, name, purpose, path="", place=asked.address)
    return WasAsked(account=person.acct, word=purpose, to=f"@members@{asked.settings.account_domain}")


async def enter(asked: Asked) -> Session:
    """Use the link that was sent, once. A session in the booth begins, and any other of this person ends."""
    begun = await entering.enter(asked.store, asked.text("link", most=200))
    return Session(token=begun.secret, until=begun.until)


async def leave(asked: Asked) -> Left:
    """Leave the booth: the token opens nothing any more, and the ledger says so."""
    if not asked.viewer.guest:
        raise Refused("Only whoever entered the booth by a link leaves it.")
    async with asked.store.transaction() as tx:
        await entering.leave(tx, asked.me)
    return Left(left=True)


ENDPOINTS: tuple[Endpoint, ...] = (
    change("POST", "/booth/ask", ask, WasAsked, body=Asking, who="anyone"),
    change("POST", "/booth/enter", enter, Session, body=Entering, who="anyone"),
    change("POST", "/booth/leave", leave, Left),
)
