"""Declarations of uses between phyles: offered to the work's home with the signed act, answered with what its ledger
recorded, and told to forks and to whoever declared, so that each keeps its register."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from phyle.commons import agreements, declaring, evidence, repositories, uses, works
from phyle.commons.activities import abroad, agreement_documents, answering, papers
from phyle.commons.activities.agreement_documents import CONTEXT, TYPE, USE
from phyle.commons.agreements import State
from phyle.commons.evidence import Paper
from phyle.commons.repositories import Repository
from phyle.conversation.activities import looking_up
from phyle.cooperative import handing_in
from phyle.cooperative.activities import offering
from phyle.cooperative.activities.offering import ACT, OPENINGS
from phyle.cooperative.handing_in import Judged
from phyle.cooperative.law.acts import act_hash
from phyle.cooperative.law.commons.uses import DeclareUse, NamedUse, Use
from phyle.cooperative.ledger import acts, reading, receipts
from phyle.errors import Malformed, Missing, Refusal, Refused, Unavailable, Unprocessable, Unreachable
from phyle.federation import urls, writing
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.net import Net
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import shapes
from phyle.federation.urls import same_origin
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Become, Body, backoff
from phyle.store.transaction import Store, Tx

DECLARED = "declaration"
"""The kind under which an activity is kept by which somebody here declared a use elsewhere."""
EVIDENCE = "phyle:evidence"
TAKE = "commons.take_declaration"
LARGEST, PATIENCE = 600_000, 8


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Those of the ids that are of declarations from here."""
    return {row["uri"]: DECLARED for row in await tx.rows(agreements.SQL.declarations_by_uri, list(uris))}


# Out


async def declare(
    net: Net, store: Store, person: Actor, address: str, given: Mapping[str, Any], shown: tuple[Paper, ...]
) -> int:
    """Somebody here declares a use of a work of another phyle; its number, once it is on its way. Missing if there is
    no such work; as `papers.checked`. Not in a transaction."""
    home = await _home(net, store, address)
    found = await abroad.asked(net, store, home.uri)
    told = await _located(store, home, found.subject, given)
    async with store.reading() as tx:
        now = await declaring.now(tx)
    payload = await declaring.payload(found.subject, told, shown, now)
    foretold = declaring.guessed(found.subject, told)
    verified = await papers.checked(net, store, person, shown)
    whole = {**payload, "clause": foretold.clause, "table": foretold.table, "outcome": foretold.outcome}
    async with store.transaction() as tx:
        await declaring.count(tx, person)
        await evidence.keep(tx, person.id, shown, verified)
        return await _send(tx, person, home, found.ledger, "declare_use", whole, shown)


async def withdraw(store: Store, person: Actor, id: int) -> int:
    """Somebody here takes back what they declared elsewhere; the number of that. Missing for anybody else."""
    async with store.transaction() as tx:
        known = await agreements.own(tx, person.id, id)
        if known.kind != "declare_use" or known.state == "sent":
            raise Refused("Only what was recorded there can be withdrawn there.")
        payload = {"work": known.payload["work"], "use": known.payload["use"]}
        return await _send(tx, person, await actors.by_id(tx, known.home), known.origin, "withdraw_use", payload, ())


async def _home(net: Net, store: Store, address: str) -> Actor:
    number = await looking_up.actor(net, store, address.strip()) if address.strip() else None
    async with store.reading() as tx:
        home = await actors.by_id(tx, number) if number is not None else None
    if home is None or home.kind != repositories.KIND or home.gone:
        raise Missing("There is no project at that address.")
    if home.local:
        raise Unprocessable("That work is of this phyle: declare its use on its own page.")
    return home


async def _located(store: Store, home: Actor, of: declaring.Subject, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """With commit and licence text from a fork that is here, where they were not given."""
    async with store.reading() as tx:
        numbers = await agreements.forks_here(tx, home.uri)
        found = await repositories.by_ids(tx, numbers[:1])
    if given.get("commit") and given.get("licence_text"):
        return given
    for fork in found.values():
        return await declaring.located(store, fork, of, given)
    return given


async def _send(
    tx: Tx, person: Actor, home: Actor, ledger: str, kind: str, payload: Mapping[str, Any], shown: Sequence[Paper]
) -> int:
    signed = await abroad.signed(tx, person, ledger, kind, payload)
    uri = answering.new_uri(tx)
    said: Mapping[str, Any] = signed.document["payload"]
    commitment = {"type": "Commitment", "receiver": person.uri}
    commitment |= agreement_documents.committed(home.uri, adaptation=bool(said.get("adaptation")))
    thing: Document = {"type": TYPE, "stipulates": commitment}
    activity = writing.activity("Offer", person, thing, uri=uri, to=[home.uri], context=CONTEXT)
    carried = abroad.carried(signed)
    activity |= {"target": home.uri, ACT: carried["act"], OPENINGS: carried["openings"]}
    if shown:
        activity[EVIDENCE] = [{"what": each.what, "text": each.body} for each in shown if each.body is not None]
    act = act_hash(signed.document)
    id = await agreements.declared(tx, uri, person, home, origin=ledger, act=act, kind=kind, payload=said)
    await send(tx, person, activity, order_key=f"{person.uri} {home.uri}", inboxes=[inbox_of(home, shared=False)])
    return id


# In: at the work's home


async def offered(tx: Tx, arrival: Arrival) -> None:
    """Offer of an Agreement to a repository here: looked at by a job, because credentials are asked about."""
    raw = arrival.activity.raw
    repository = await repositories.at(tx, arrival.activity.target)
    if repository is None or not repository.public or arrival.actor.local or arrival.activity.id is None:
        return

    async def begun() -> None:
        await declaring.count(tx, arrival.actor)
        document = raw.get(ACT)
        if not isinstance(document, Mapping) or document.get("kind") not in ("declare_use", "withdraw_use"):
            raise Malformed(f"A declaration carries the signed act as {ACT}.")
        body = {
            "activity": arrival.activity.id,
            "actor": arrival.actor.id,
            "repository": repository.id,
            "act": dict(document),
            "openings": _list(raw, OPENINGS),
            "evidence": _list(raw, EVIDENCE),
        }
        if len(orjson.dumps(body)) > LARGEST:
            raise Unprocessable("The declaration is too long: name longer documents by their hash.")
        await tx.queue(TAKE, body)

    await answering.answered(tx, arrival, repository, begun, accepts=False)


def _list(raw: Document, name: str) -> list[Any]:
    value = raw.get(name, [])
    return value if isinstance(value, list) else [value]


async def take(net: Net, store: Store, body: Body) -> Become | None:
    """Network job: enters what was offered, and answers: Accept with what was recorded; TentativeAccept where the
    licensors have the last word; Reject, with clause and reason, where the work's terms refuse it, or the law does."""
    async with store.reading() as tx:
        repository = await repositories.get(tx, body["repository"])
        person = await actors.by_id(tx, body["actor"])
    try:
        hash, place = await _entered(net, store, repository, person, body)
    except Unavailable:
        raise
    except Refusal as refusal:
        tries = int(body.get("tries", 0)) + 1
        if isinstance(refusal, Unreachable) and tries < PATIENCE:  # whoever issued a credential may come back
            return Become(job=TAKE, body={**body, "tries": tries}, after=backoff(2 * tries))
        async with store.transaction() as tx:
            await answering.respond(tx, "Reject", repository, person, body["activity"], summary=refusal.sentence)
        return None
    async with store.transaction() as tx:
        await _answer(tx, repository, person, body["activity"], hash, place)
    return None


async def _entered(net: Net, store: Store, of: Repository, person: Actor, body: Body) -> tuple[str, str]:
    """The hash of the act and the place of the use, once it is in the ledger."""
    shown = evidence.read(body["evidence"])
    verified = await papers.checked(net, store, person, shown)
    async with store.transaction() as tx:
        given = await handing_in.judged(tx, body["act"], body["openings"])
        place = await _about(tx, of, given, shown)
        await offering.begun(tx, person, given)
        await evidence.keep(tx, person.id, shown, verified)
        hash = await acts.submit_in(tx, body["act"], author=given.author, openings=given.openings)
    await acts.wait(store, hash)
    return hash, place


async def _about(tx: Tx, of: Repository, given: Judged, shown: Sequence[Paper]) -> str:
    """The place of the use. Refused for a declaration about another work than the repository, or with evidence that it
    does not name."""
    work, it = await works.find(tx, of), given.payload
    if not isinstance(it, DeclareUse | NamedUse) or work is None or it.work != work[0]:
        raise Refused("This declaration is about another work than it was sent to.")
    if isinstance(it, DeclareUse):
        named = {(each.what, each.digest) for each in it.evidence}
        if any((each.what, each.digest) not in named for each in shown):
            raise Refused("The declaration comes with documents that it does not name.")
    return f"{it.work}/{it.use}"


_ANSWERS: Mapping[str, str] = {"recognised": "Accept", "withdrawn": "Accept", "refused": "Reject"}


async def _answer(tx: Tx, repository: Repository, person: Actor, activity: str, hash: str, place: str) -> None:
    use = await reading.get(tx, Use, place)
    if use is None:
        raise Missing
    who = await actors.by_id(tx, repository.id)
    kind = _ANSWERS.get(use.phase, "TentativeAccept")
    uri = answering.new_uri(tx)
    document = writing.activity(kind, who, activity, uri=uri, to=[person.uri], context=CONTEXT)
    recorded = await agreement_documents.agreement(tx, repository, place) or {}
    document |= {
        "result": writing.bare(recorded),
        "summary": uses.says(use.outcome, use.clause),
        "phyle:receipt": await receipts.receipt(tx, hash),
    }
    await send(tx, who, document, order_key=activity, inboxes=[inbox_of(person, shared=False)])


# In: where it was declared


async def answered(tx: Tx, arrival: Arrival) -> None:
    """What the work's home says to a declaration from here; nobody else can say it."""
    activity = arrival.activity
    about = activity.inner.id if activity.inner is not None else activity.object_id
    known = await agreements.by_activity(tx, about or "")
    if known is None or about is None:
        return
    if known.home != arrival.actor.id:
        raise Refused("Only the work's home answers a declaration.", cause=arrival.actor.uri)
    result = embedded(activity.raw.get("result"))
    uri = shapes.id_of(result) if result is not None else None
    if uri is not None and not same_origin(uri, arrival.actor.uri):
        raise Refused("A repository records uses on its own server.", cause=uri)
    state: State = "refused" if activity.type == "Reject" else "recorded"
    receipt = activity.raw.get("phyle:receipt")
    reason = shapes.natural(activity.raw, "summary", agreements.LONGEST_REASON) or ""
    signed = dict(receipt) if isinstance(receipt, Mapping) else None
    await agreements.answered(tx, about, state, reason=reason, agreement=uri, receipt=signed)
    if result is not None and uri is not None:
        await _keep(tx, arrival.actor, uri, result)


async def updated(tx: Tx, arrival: Arrival) -> None:
    """The home of a work tells how a use of it is now. Kept where a fork of the work is, and where it was declared."""
    thing = embedded(arrival.activity.object)
    uri = shapes.id_of(thing) if thing is not None else None
    if thing is None or uri is None:
        return
    if not same_origin(uri, arrival.actor.uri):
        raise Refused("Only the work's home tells of its uses.", cause=uri)
    if await agreements.concerns(tx, arrival.actor.uri, uri):
        await _keep(tx, arrival.actor, uri, thing)


async def _keep(tx: Tx, home: Actor, uri: str, document: Document) -> None:
    """Only a repository tells of uses, and only of its own work."""
    told = document.get(USE)
    if home.kind != repositories.KIND or shapes.link(document, "context") != home.uri or not isinstance(told, Mapping):
        raise Refused("A repository tells of uses of its own work.", cause=uri)
    phase, name = told.get("phase"), told.get("name")
    if not isinstance(phase, str) or len(phase) > 40 or len(orjson.dumps(document)) > 60_000:
        raise Malformed("This agreement does not say how the use stands.")
    page = document.get("url")
    safe = page if isinstance(page, str) and urls.safe_link(page) and same_origin(page, home.uri) else uri
    kept = {**document, "url": safe}
    called = name[:300] if isinstance(name, str) else ""
    await agreements.keep(tx, home, uri=uri, repository=home.uri, name=called, phase=phase, document=kept)


INBOUND: dict[Key, Handler] = {
    ("Offer", TYPE): Handler(arrive=offered, power=SELF),
    ("Create", TYPE): Handler(arrive=updated, power=SELF),
    ("Update", TYPE): Handler(arrive=updated, power=SELF),
    **{(kind, DECLARED): Handler(arrive=answered, power=SELF) for kind in ("Accept", "TentativeAccept", "Reject")},
}
