"""Forks across phyles: a repository from elsewhere, or from here, is copied with its whole history, and what it was
forked from is told. Nobody is asked whether they allow it: reading what is public is enough."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from urllib.parse import urlsplit

from phyle.commons import creating, forks, permission, repositories
from phyle.commons.activities import documents, remote
from phyle.commons.activities.remote import MOST_ANCESTORS, Ancestor, RemoteRepository
from phyle.commons.creating import Wanted
from phyle.commons.git import storage
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, Missing, Refusal, Refused, TooMany, Unavailable, Unreachable
from phyle.federation import contexts, people, urls, webfinger, writing
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.net import Net
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import shapes
from phyle.federation.urls import host_of, same_origin
from phyle.federation.vocabulary import PUBLIC
from phyle.identity import actors, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.powers import SELF
from phyle.store.jobs import Become, Body, backoff
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

TOLD = Limit(name="forks-told", most=200, window=timedelta(days=1))
"""How many forks of ours one domain may tell of in a day: each makes us ask it for a document."""
NAMED = Limit(
    name="forks-named",
    most=60,
    window=timedelta(hours=1),
    sentence="You have named many forks within this hour. Please go on later.",
)
FETCH, TELL, VERIFY = "commons.fetch_fork", "commons.tell_fork", "commons.verify_fork"
PATIENCE = 8
MOST_TOLD = 10
"""How many of those that it descends from a fork tells of itself: what lies further back is what others say."""
_MOST_KEPT = 60_000
_OURS = re.compile(r"@?([A-Za-z0-9_]{1,26})(\.git)?")
_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")


async def fork(net: Net, store: Store, person: Actor, source: str, wanted: Wanted) -> Repository:
    """A fork for somebody here of the repository that `source` names: its name here, `@name.git@host`, or its address.
    An empty `wanted.name` stands for the name that it has there. It is there at once, and its objects are on their way.

    Raises Missing (there is none that they may read), Refused (less public than a fork would be), Unreachable, and as
    `creating.create`. Not in a transaction.
    """
    here = await _here(store, person, source)
    if here is not None:
        chain, called, kind = _line_of(store, here), here.name, here.kind
        _check_visibility(here, wanted)
    else:
        there = await _there(net, store, source)
        chain, called, kind = (there.ancestor, *there.chain), there.name, repositories.kind_of(there.kind)
    name = wanted.name.strip() or _NO_NAME.sub("_", called).strip("_")[:26] or "fork"
    described = replace(wanted, name=name, kind=kind, chain=_kept(chain))
    keys = await creating.new_keys()
    async with store.transaction() as tx:
        made = await creating.create_in(tx, person, described, keys)
        await forks.wait(tx, made.id, chain[0].id, chain[0].clone)
        await tx.queue(FETCH, {"repository": made.id})
    await storage.create(store.settings, made.id)
    return made


def _kept(chain: Sequence[Ancestor]) -> list[dict[str, str]]:
    """As many generations as a row holds, whatever addresses others think of."""
    kept, size = [], 0
    for each in chain[:MOST_ANCESTORS]:
        size += sum(len(value) for value in asdict(each).values()) + 60
        if size > _MOST_KEPT:
            break
        kept.append(asdict(each))
    return kept


async def _here(store: Store, person: Actor, source: str) -> Repository | None:
    """The repository of this instance that is meant, if it is one of ours, for who may read it."""
    settings, text = store.settings, source.strip()
    host = text.rpartition("@")[2] if text.count("@") > text.startswith("@") else ""
    own = host in (settings.domain, settings.account_domain)
    plain = text.rpartition("@")[0] if own else text
    page = plain.removeprefix(f"{settings.origin}/") if plain.startswith(f"{settings.origin}/@") else plain
    match = _OURS.fullmatch(page)
    async with store.reading() as tx:
        found = await repositories.named(tx, match[1]) if match else await repositories.at(tx, plain)
        if found is None:
            if match or (urls.safe_link(plain) and urls.is_local(plain, settings.origin)):
                raise Missing("There is no such repository here.")
            return None
        await permission.require(tx, person.id, found, "read")
        return found


def _check_visibility(origin: Repository, wanted: Wanted) -> None:
    order = repositories.NARROWEST
    if order.index(wanted.visibility) > order.index(origin.visibility):
        raise Refused("A fork cannot be read by more people than what it is forked from.")


def _line_of(store: Store, of: Repository) -> tuple[Ancestor, ...]:
    settings = store.settings
    clone = repositories.clone_address(settings, of)
    first = Ancestor(id=repositories.uri(settings, of), name=of.name, clone=clone, page=clone)
    return (
        first,
        *(Ancestor(**{name: str(each[name]) for name in ("id", "name", "clone", "page")}) for each in of.chain),
    )


async def _there(net: Net, store: Store, source: str) -> RemoteRepository:
    """A repository elsewhere, as it says of itself now."""
    address = source.strip()
    if not address.startswith(("https://", "http://")):
        handle = webfinger.read_handle(_dotted(address))
        address = (await webfinger.resolve(net, handle, local_origin=store.settings.origin)).uri
    return remote.read_repository(await remote.described(net, store, address))


def _dotted(handle: str) -> str:
    """`@seeder@coop.org` means the project, too: its repository is the one with `.git`."""
    name, _, host = handle.removeprefix("@").partition("@")
    return f"{name.removesuffix('.git')}.git@{host}"


# What forks of ours say


async def was_created(tx: Tx, arrival: Arrival) -> None:
    """Create of a Repository: if it says that it descends from one of ours, its own server is asked."""
    thing = embedded(arrival.activity.object)
    uri = shapes.id_of(thing) if thing is not None else None
    if thing is None or uri is None:
        return
    if not same_origin(uri, arrival.actor.uri):
        raise Refused("The repository lies on another server than who made it.", cause=f"{uri} by {arrival.actor.uri}")
    if await _ours_among(tx, _named_in(thing)):
        if not await limits.within(tx, TOLD, limits.domain(host_of(uri))):
            raise Refused("Your server has told of too many forks today.", cause=uri)
        await tx.queue(VERIFY, {"uri": uri})


def _named_in(thing: Mapping[str, object]) -> list[str]:
    chain = [each.get("id") for each in shapes.objects(dict(thing), "phyle:chain")]
    named = [thing.get("origin"), thing.get("forkedFrom"), *chain[:MOST_ANCESTORS]]
    return [each for each in named if isinstance(each, str)]


async def _ours_among(tx: Tx, ids: Sequence[str]) -> list[Repository]:
    found = [await repositories.at(tx, id) for id in dict.fromkeys(ids)]
    return [each for each in found if each is not None and each.public]


async def name(tx: Tx, person: Actor, address: str) -> None:
    """Somebody here says that there is a fork at an address: it is asked. Malformed, TooMany."""
    uri = urls.safe_link(address)
    if uri is None:
        raise Malformed("Give the address of the fork, such as https://coop.example/@seeder.git")
    if not await limits.within(tx, NAMED, str(person.id)):
        raise TooMany(NAMED.sentence, retry_after=3600)
    await tx.queue(VERIFY, {"uri": uri})


async def verify(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{uri}`: what the fork's own server says of it. If it says that it descends from ours, it is listed
    there; whether we like that server is not asked."""
    tries = int(body.get("tries", 0)) + 1
    try:
        found = remote.read_repository(await remote.described(net, store, body["uri"]))
    except (Unreachable, Unavailable):
        return _later(VERIFY, body, tries)
    except Refusal as refusal:
        _log.info("%s is no fork: %s", body["uri"], refusal)
        return None
    async with store.transaction() as tx:
        said = [found.forked_from or "", *(each.id for each in found.chain)]
        for ours in await _ours_among(tx, said):
            await forks.tell(tx, ours.id, uri=found.uri, name=found.name, clone=found.clone, verified=True)
    return None


def _later(job: str, body: Body, tries: int) -> Become | None:
    if tries >= PATIENCE:
        return None
    return Become(job=job, body={**body, "tries": tries}, after=backoff(2 * tries))


INBOUND: dict[Key, Handler] = {("Create", "Repository"): Handler(arrive=was_created, power=SELF)}


# What our forks say


async def tell(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{repository}`: Create of a fork that is public, by itself, to all that it descends from. It speaks
    for itself, and not its maker, because whom somebody refuses to hear there does not matter."""
    async with store.reading() as tx:
        made = await repositories.get(tx, body["repository"])
        if not made.public:
            return None
    tries, missed = int(body.get("tries", 0)) + 1, False
    told: list[Actor] = []
    for each in made.chain[:MOST_TOLD]:
        async with store.transaction() as tx:
            ours = await repositories.at(tx, each["id"])
            if ours is not None and ours.public:
                await forks.tell(tx, ours.id, verified=True, **_as_fork(store, made))
        if ours is None and not urls.is_local(each["id"], store.settings.origin):
            try:
                told.append(await people.fetch_actor(net, store, each["id"]))
            except (Unreachable, Unavailable):
                missed = True
            except Refusal as refusal:
                _log.info("%s hears nothing of its fork: %s", each["id"], refusal)
    async with store.transaction() as tx:
        await _say(tx, await repositories.get(tx, made.id), told)
    return _later(TELL, body, tries) if missed else None


def _as_fork(store: Store, made: Repository) -> dict[str, str]:
    settings = store.settings
    clone = repositories.clone_address(settings, made)
    return {"uri": repositories.uri(settings, made), "name": made.name, "clone": clone}


async def _say(tx: Tx, made: Repository, told: Sequence[Actor]) -> None:
    who = await actors.by_id(tx, made.id)
    maker = await actors.by_id(tx, made.created_by)
    document = {**writing.bare(await documents.repository(tx, made)), "attributedTo": maker.uri}
    inboxes = [inbox_of(each, shared=False) for each in told if not each.local]
    if not inboxes:
        return
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    to, context = [PUBLIC, *(each.uri for each in told)], contexts.FOR_FORGE_ACTORS
    activity = writing.activity("Create", who, document, uri=uri, to=to, context=context)
    await send(tx, who, {**activity, "origin": made.origin}, order_key=who.uri, inboxes=inboxes)


async def tell_changed(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryChanged: a fork that became public tells of itself now."""
    try:
        changed = await repositories.get(tx, body["repository"])
    except Missing:
        return
    copy = await forks.copy(tx, changed.id)
    if changed.public and changed.chain and copy is not None and copy.state == "done" and not copy.told:
        await forks.note_told(tx, changed.id)
        await tx.queue(TELL, {"repository": changed.id})


def host_shown(address: str) -> str:
    """The host of an address, for a sentence."""
    return urlsplit(address).netloc[:100]
