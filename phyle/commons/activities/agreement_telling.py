"""Uses of works here, told: to whoever follows the project, to all forks, and to whoever declared them."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson

from phyle.commons import agreements, declaring, following, forks, repositories, uses, works
from phyle.commons.activities import agreement_documents, answering
from phyle.commons.activities.agreement_documents import CONTEXT, USE
from phyle.commons.repositories import Repository
from phyle.conversation import paging, publishing
from phyle.conversation.publishing import Draft
from phyle.cooperative import people
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.ledger import reading
from phyle.errors import Refusal
from phyle.federation import people as others
from phyle.federation import urls, writing
from phyle.federation.net import Net
from phyle.federation.outgoing import inbox_of, send
from phyle.identity import actors, limits
from phyle.identity.limits import Limit
from phyle.store.jobs import Body
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

TELL, CATCH_UP = "commons.tell_use", "commons.tell_fork_uses"
KINDS = frozenset({"declare_use", "object_to_use", "withdraw_use", "execute"})
"""Entries after which a use may be told anew."""
POSTED = Limit(name="uses-posted", most=10, window=timedelta(days=1))
"""How many declarations a project's group speaks of in a day; all of them are in the register."""
MOST_CAUGHT_UP = 200
"""Uses, the newest, that a new fork is told of."""


async def entered(tx: Tx, body: Body) -> None:
    """Subscriber of Entered: whoever keeps a register of a work hears what became of its uses."""
    if body["kind"] not in KINDS:
        return
    for seq in body["seqs"]:
        leaf = await reading.entry(tx, seq)
        entry = orjson.loads(leaf) if leaf is not None else {}
        payload = entry["act"]["payload"] if "act" in entry else entry.get("payload", {})
        for work, use in _concerned(body["kind"], payload):
            await tx.queue(TELL, {"work": work, "use": use})
            if body["kind"] == "declare_use":
                await _post(tx, work, use)


async def _post(tx: Tx, work: str, use: str) -> None:
    """Who follows the project reads what was declared; not more often than people bear."""
    repository, found = await _repository(tx, work), await reading.get(tx, Use, f"{work}/{use}")
    if repository is None or found is None or not repository.public:
        return
    if not await limits.within(tx, POSTED, str(repository.id)):
        return
    number = await agreements.number(tx, repository, f"{work}/{use}")
    who = following.plain(found.name) if found.name is not None else "Somebody"
    page = f"{declaring.address(tx.store, repository)}/{use}"
    text = f"{who} declared a {found.purpose} use: {uses.says(found.outcome, found.clause)}. {page}"
    draft = Draft(text=text, extension={USE: agreements.uri(tx.store.settings, number)})
    await publishing.publish_as(tx, await actors.by_id(tx, repository.circle), draft)


def _concerned(kind: str, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    if kind != "execute":
        return [(payload["work"], payload["use"])]
    ruled = [each["arguments"] for each in payload.get("effects", ()) if each.get("kind") == "Ruling"]
    return [(each["work"], each["use"]) for each in ruled]


async def forked(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryForked: a new fork hears of all uses that there are."""
    found = await works.find(tx, await repositories.get(tx, body["repository"]))
    if found is not None:
        await tx.queue(CATCH_UP, {"work": found[0], "fork": body["fork"]})


async def catch_up(net: Net, store: Store, body: Body) -> None:
    """Network job `{work, fork}`: Update of the newest Agreements to one fork alone."""
    number = None if urls.is_local(body["fork"], store.settings.origin) else await _fork(net, store, body["fork"])
    if number is None:
        return
    async with store.transaction() as tx:
        repository, fork = await _repository(tx, body["work"]), await actors.by_id(tx, number)
        if repository is None or not repository.public:
            return
        who = await actors.by_id(tx, repository.id)
        for place in reversed(
            list(await uses.of(tx, body["work"], paging.page(limit=MOST_CAUGHT_UP, most=MOST_CAUGHT_UP)))
        ):
            document = writing.bare(await agreement_documents.agreement(tx, repository, place) or {})
            uri = answering.new_uri(tx)
            activity = writing.activity("Update", who, document, uri=uri, to=[fork.uri], context=CONTEXT)
            await send(tx, who, activity, order_key=document["id"], inboxes=[inbox_of(fork, shared=False)])


async def tell(net: Net, store: Store, body: Body) -> None:
    """Network job `{work, use}`: Update of the Agreement to followers, to all forks, and to whoever declared. A breach
    ends all uses of a user, so those are told, too."""
    async with store.reading() as tx:
        repository = await _repository(tx, body["work"])
        first = await reading.get(tx, Use, f"{body['work']}/{body['use']}")
        known = await forks.of(tx, repository.id) if repository is not None else []
    if repository is None or first is None or not repository.public:
        return
    told = [await _fork(net, store, each.uri) for each in known if not urls.is_local(each.uri, store.settings.origin)]
    async with store.transaction() as tx:
        same = {f"{body['work']}/{body['use']}": first}
        if first.ruling is not None:
            found = await reading.group(tx, Use, body["work"])
            same |= {place: each for place, each in found.items() if each.user_id == first.user_id}
        for place in same:
            await _tell(tx, repository, place, [number for number in told if number is not None])


async def _repository(tx: Tx, work: str) -> Repository | None:
    """The repository here that a work is."""
    found = await reading.get(tx, Work, work)
    name = (found.at if found is not None else "").removeprefix(f"{tx.store.settings.origin}/@")
    repository = await repositories.named(tx, name) if name and "/" not in name else None
    match = await works.find(tx, repository) if repository is not None else None
    return repository if match is not None and match[0] == work else None


async def _fork(net: Net, store: Store, uri: str) -> int | None:
    try:
        return (await others.fetch_actor(net, store, uri)).id
    except Refusal as refusal:
        _log.info("%s hears nothing of uses: %s", uri, refusal)
        return None


async def _tell(tx: Tx, repository: Repository, place: str, told: Sequence[int]) -> None:
    use = await reading.get(tx, Use, place)
    if use is None:
        return
    document = await agreement_documents.agreement(tx, repository, place)
    if document is None or not await agreements.changed(tx, place, use):
        return
    declarer = await people.actor_of(tx, use.by)
    concerned = [*told, declarer]
    await answering.publish(
        tx, "Update", repository, document, concerned=concerned, order_key=document["id"], context=CONTEXT
    )
