"""What other phyles read of tickets: what is needed here, and what is open in a repository."""

from phyle.commons import permission, repositories, tickets
from phyle.commons.activities import documents
from phyle.commons.activities.needs import PATH, collection
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Wanted
from phyle.web.actors import document
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

MOST = 200


async def everything(asked: Asked) -> Answer:
    """What is needed here."""
    return document(await collection(asked.tx, f"{asked.settings.origin}{PATH}"))


async def needs(asked: Asked) -> Answer:
    """What is needed in one repository."""
    found = await _readable(asked)
    return document(await collection(asked.tx, f"{repositories.uri(asked.settings, found)}/needs", found))


async def open_tickets(asked: Asked) -> Answer:
    """The open tickets and merge requests of a repository, the newest first, by their ids."""
    found = await _readable(asked)
    both = [await tickets.listing(asked.tx, found, Wanted(merges=merges, limit=MOST)) for merges in (False, True)]
    listed = [*both[0], *both[1]]
    listed.sort(key=lambda each: -each.number)
    total = sum([await tickets.count_open(asked.tx, found, merges=merges) for merges in (False, True)])
    uri = f"{repositories.uri(asked.settings, found)}/tickets"
    items = [tickets.uri(asked.settings, each) for each in listed[:MOST]]
    return document(documents.collection(uri, items, total=total))


async def _readable(asked: Asked) -> Repository:
    """A repository that everybody may read: nobody logs in at these addresses."""
    found = await repositories.get(asked.tx, asked.id("number"))
    await permission.require(asked.tx, None, found, "read")
    return found


ROUTES: tuple[Route, ...] = (
    public("GET", PATH, everything),
    public("GET", "/actors/<number>/needs", needs),
    public("GET", "/actors/<number>/tickets", open_tickets),
)
