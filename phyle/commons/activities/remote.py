"""Repositories elsewhere: what their own server says of them, read and bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from phyle.errors import Malformed, Missing, Refused
from phyle.federation import fetch, people, urls
from phyle.federation.net import Net
from phyle.federation.reading import read_actor, shapes
from phyle.federation.wire import Document
from phyle.identity.actors import Actor
from phyle.store.transaction import Store

KIND = "Repository"
MOST_ANCESTORS = 50
"""How many generations of forks are kept; real chains have three."""
_LONGEST_NAME = 200
_KINDS = ("software", "design", "knowledge", "seeds", "tools")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """One repository that a fork descends from: its id, what it is called, where it is cloned from and shown."""

    id: str
    name: str
    clone: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRepository:
    """A repository as its own server describes it. `clone`: an address that git takes; `forked_from`: ids, nearest
    first; `group`: whom people follow; `kind` is one of ours, `software` where nothing is said."""

    uri: str
    name: str
    description: str
    clone: str
    page: str
    branch: str
    kind: str
    group: str | None
    forked_from: str | None
    chain: tuple[Ancestor, ...]
    tickets_at: str
    patches_at: str

    @property
    def ancestor(self) -> Ancestor:
        """As the parent of a fork."""
        return Ancestor(id=self.uri, name=self.name, clone=self.clone, page=self.page)


def read_repository(document: Document) -> RemoteRepository:
    """The ForgeFed Repository that `document` holds.

    Raises Malformed for what is no repository, or says no address from which it can be cloned. An id that lies on
    another server than the address to clone from is nothing unusual: many forges keep git apart.
    """
    uri = shapes.id_of(document)
    if uri is None or KIND not in shapes.types(document):
        raise Malformed("There is no repository at this address.")
    clone = next((each for each in _texts(document, "cloneUri") if cloneable(each)), None)
    if clone is None:
        raise Malformed("This repository does not say from where it can be cloned.", cause=uri)
    name = (shapes.natural(document, "name") or "").strip() or urlsplit(uri).path.rpartition("/")[2]
    return RemoteRepository(
        uri=uri,
        name=name[:_LONGEST_NAME],
        description=(shapes.natural(document, "summary", 20_000) or ""),
        clone=clone,
        page=shapes.page(document) or uri,
        branch=(shapes.text(document, "mainBranch", 200) or ""),
        kind=_kind(document),
        group=shapes.link(document, "phyle:group"),
        forked_from=shapes.link(document, "origin") or shapes.link(document, "forkedFrom"),
        chain=tuple(_chain(document)),
        tickets_at=shapes.link(document, "ticketsTrackedBy") or uri,
        patches_at=shapes.link(document, "sendPatchesTo") or uri,
    )


def cloneable(address: str) -> bool:
    """Whether git may be given this address at all; the guard has the last word on where it leads."""
    parts = urlsplit(address)
    fits = len(address) <= urls.LONGEST and address.isascii() and address.isprintable() and " " not in address
    return fits and parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None


def _texts(document: Document, name: str) -> list[str]:
    return [each for each in shapes.listed(document, name) if isinstance(each, str)]


def _kind(document: Document) -> str:
    said = document.get("phyle:kind")
    return said if isinstance(said, str) and said in _KINDS else "software"


def _chain(document: Document) -> list[Ancestor]:
    """What it says that it descends from; hearsay beyond the first, and kept as such."""
    found = []
    for each in shapes.listed(document, "phyle:chain")[:MOST_ANCESTORS]:
        if not isinstance(each, Mapping):
            continue
        values = {name: each.get(name) for name in ("id", "name", "clone", "page")}
        id, name, clone, page = (value if isinstance(value, str) else "" for value in values.values())
        if urls.safe_link(id) and cloneable(clone):
            shown = page if urls.safe_link(page) else id
            found.append(Ancestor(id=id, name=name[:_LONGEST_NAME], clone=clone, page=shown))
    return found


async def fetched(net: Net, store: Store, address: str) -> tuple[RemoteRepository, Actor]:
    """The repository at an address, asked for now; its actor is kept. Raises Missing, Malformed, Refused (blocked),
    Unreachable. Never in a transaction."""
    if urls.is_local(address, store.settings.origin):
        raise Refused("That repository is of this instance.")
    document = await described(net, store, address)
    found = read_repository(document)
    remote = read_actor(document)
    async with store.transaction() as tx:
        actor = await people.save(tx, remote)
    if actor.gone:
        raise Missing("That repository is not here any more.")
    return found, actor


async def described(net: Net, store: Store, address: str) -> Document:
    """The document of a repository elsewhere, whoever keeps it: reading what is public takes no agreement, so a block
    of its server says nothing here. Nothing of it is kept."""
    signer = await people.service_signer(store)
    found = await fetch.document(net, address, signer=signer, local_origin=store.settings.origin)
    return found.body
