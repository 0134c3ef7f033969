"""Whom a form means: members to choose from, and the membership behind what was chosen or typed."""

from dataclasses import dataclass

from phyle.conversation.paging import Page
from phyle.cooperative import members, people
from phyle.cooperative.seeing import Sight
from phyle.cooperative.wording import who
from phyle.errors import Unprocessable
from phyle.identity import actors
from phyle.store.transaction import Tx

MOST = 300
"""Members among whom one can choose in a list; beyond that one types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A member that can be chosen."""

    id: str
    name: str
    standing: str


async def among(tx: Tx, viewer: Sight, *standings: str) -> list[Choice]:
    """Members of these standings, by name; none if there are too many for a list."""
    found, _ = await members.members(tx, viewer, Page(limit=MOST + 1), standings=standings)
    if len(found) > MOST:
        return []
    named = {each.id: f"@{each.account.acct}" for each in found if each.account is not None}
    choices = [Choice(id=each.id, name=who(each.id, named), standing=each.standing) for each in found]
    return sorted(choices, key=lambda choice: choice.name)


async def meant(tx: Tx, viewer: Sight, given: str) -> str:
    """The membership of whoever was chosen by id or typed as a handle. Unprocessable if there is none, or if it is not
    for the viewer to know whose membership it is."""
    given = given.strip()
    if given.startswith("@") or "@" in given:
        name, _, host = given.removeprefix("@").partition("@")
        ours = host in ("", tx.store.settings.domain, tx.store.settings.account_domain)
        actor = await actors.by_name(tx, name, "" if ours else host)
        member = None if actor is None or not viewer.inside else await people.member_of(tx, actor.id)
        if member is None:
            raise Unprocessable(f"Nobody called {given[:100]} is known to this phyle.")
        return member
    if not given:
        raise Unprocessable("Choose a person.")
    return given
