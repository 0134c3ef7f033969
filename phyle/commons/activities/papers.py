"""Papers behind a declaration that other phyles issued: credentials are verified before anything is entered."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson

from phyle.commons.evidence import CREDENTIAL, Paper
from phyle.cooperative.activities.remote import Remote
from phyle.cooperative.audit.memory import Keys, read_keys
from phyle.cooperative.law import credentials
from phyle.cooperative.law.credentials import Verified
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import reading, signing
from phyle.errors import Malformed, Missing, Refusal, Refused, Unavailable, Unproven, Unreachable
from phyle.federation.net import Net
from phyle.federation.urls import normal_host
from phyle.identity import multikey
from phyle.identity.actors import Actor
from phyle.store.transaction import Store

SMALL = 1 << 16


async def checked(net: Net, store: Store, person: Actor, papers: Iterable[Paper]) -> Mapping[str, Mapping[str, Any]]:
    """What each credential says, by its digest, if it holds, is this person's, and its phyle does not say that it holds
    no more. Malformed, Unproven, Refused, Unreachable. Not in a transaction."""
    return {each.digest: await _checked(net, store, person, each) for each in papers if each.what == CREDENTIAL}


async def _checked(net: Net, store: Store, person: Actor, paper: Paper) -> Mapping[str, Any]:
    document = paper.document
    host = normal_host(_origin(document).partition("/")[0])
    async with store.reading() as tx:
        at: int = await tx.value(signing.SQL.clock)
        own = await _own_keys(tx, _origin(document))
    keys = own or read_keys(await Remote.at(net, host).speaks_by())
    verified = _verified(document, keys, at=at)
    if verified.subject.id != person.uri:
        raise Refused("This credential is somebody else's: everyone shows their own.", cause=verified.subject.id)
    standing = await _standing_here(store, verified) if own else await _standing(net, host, verified.subject.member)
    if standing not in ("", "member"):
        raise Refused(f"Its phyle says that the credential holds no more: the member's standing is {standing}.")
    subject = verified.subject
    return {
        "member": subject.member,
        "phyle": subject.phyle,
        "klass": subject.klass,
        "since": subject.since,
        "until": verified.until,
        "entry": verified.index,
        "asked": bool(standing),
    }


def _origin(document: Mapping[str, Any]) -> str:
    subject = document.get("credentialSubject")
    origin = subject.get("phyle:ledger") if isinstance(subject, Mapping) else None
    if not isinstance(origin, str) or len(origin) > 300:
        raise Malformed("This is no credential of a membership: it names no ledger.")
    return origin


async def _own_keys(tx: Any, origin: str) -> Keys | None:
    """Our own, if it is our ledger."""
    here = await reading.phyle(tx) if origin == await signing.origin(tx) else None
    if here is None:
        return None
    ours = await signing.keys(tx)
    log, credential = multikey.encode(ours.log.public_key()), multikey.encode(ours.credential.public_key())
    return read_keys({"log": [log], "credential": [credential]})


def _verified(document: Mapping[str, Any], keys: Keys, *, at: int) -> Verified:
    named = credentials.proven_by(document)
    if named not in keys.credential:
        raise Unproven("The credential is signed by a key that its phyle never named.", cause=named)
    refusal: Refusal = Unproven("The phyle names no keys.")
    for log in reversed(keys.log):
        try:
            return credentials.verify(document, credential_key=named, log_key=log, at=at)
        except Unproven as error:
            refusal = error
    raise refusal


async def _standing_here(store: Store, verified: Verified) -> str:
    async with store.reading() as tx:
        found = await reading.get(tx, Member, verified.subject.member)
    return found.standing if found is not None else "gone"


async def _standing(net: Net, host: str, member: str) -> str:
    """What the phyle says of a member now; "" if it does not answer: then the credential holds as of its checkpoint."""
    address = net.address(host, f"/api/phyle/v1/members/{member}")
    try:
        fetched = await net.get(address, accept="application/json", limit=SMALL, redirects=0)
    except (Unreachable, Unavailable, Missing):
        return ""
    if fetched.status == HTTPStatus.NOT_FOUND:
        return "gone"
    if fetched.status != HTTPStatus.OK:
        return ""
    try:
        found = orjson.loads(fetched.body)
    except orjson.JSONDecodeError:
        return ""
    standing = found.get("standing") if isinstance(found, dict) else None
    return standing[:40] if isinstance(standing, str) else ""
