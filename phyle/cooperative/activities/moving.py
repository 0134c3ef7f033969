"""Moving: a membership goes with its account (FEP-7628), and the ledger learns by which key a server signs now."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from phyle.cooperative import acting, elsewhere, people, rebound
from phyle.cooperative.activities import joining
from phyle.cooperative.activities.admitting import APPLYING, IN
from phyle.cooperative.activities.attesting import attest, identity_of, pinned_of, unneeded
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.possession import prove
from phyle.cooperative.ledger import acts, reading, rotating, signing
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.identity import actors, multikey
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


async def moved(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of ActorMoved: the request that said so makes the new account that of the member."""
    former, target = await actors.by_id(tx, body["former"]), await actors.by_id(tx, body["target"])
    member = await _goes(tx, former, target)
    found = await reading.get(tx, Member, member) if member is not None else None
    if member is not None and found is not None and await rebound.names(tx, found, target):
        await rebound.follow(tx, member, former, target)  # the key of the membership has said so already
    elif member is not None and found is not None and found.custody == "none" and body["evidence"] is not None:
        payload, opened = await _payload(tx, member, target, kept_here=False)
        await attest(tx, member, "move", payload, opened, request=body["evidence"])
        await rebound.follow(tx, member, former, target)
    await unneeded(tx, body["evidence"])


async def moved_away(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of AccountMoved: somebody here is somebody else now, and says so with the key of their membership."""
    former, target = await actors.by_id(tx, body["actor"]), await actors.by_uri(tx, body["target"])
    member = await _goes(tx, former, target) if target is not None else None
    if member is not None and target is not None:
        payload, opened = await _payload(tx, member, target, kept_here=True)
        document = await signing.as_member(tx, member, "move", payload)
        await acts.submit_in(tx, document, author="server-key", openings=opened)
        await rebound.follow(tx, member, former, target)
    for link in await elsewhere.live(tx, former.id) if target is not None else ():
        if target is not None:
            await joining.move(tx, former, link, target)


async def _goes(tx: Tx, former: Actor, target: Actor) -> str | None:
    """The membership that goes along; None if there is none, or if the new account has one of its own."""
    member, other = await people.member_of(tx, former.id), await people.member_of(tx, target.id)
    if member is None or await acting.standing(tx, member) not in (*IN, *APPLYING):
        return None
    own = await acting.standing(tx, other) if other is not None else None
    return member if own is None else None


async def _payload(tx: Tx, member: str, target: Actor, *, kept_here: bool) -> tuple[dict[str, Any], Sequence[Opening]]:
    """What the act says. `kept_here`: the membership has a key of its own already, which a new one follows."""
    if not target.local:
        opened: Sequence[Opening] = await identity_of(tx, target, member)
        key: dict[str, str] = {"custody": "none"}
    else:
        opened = (seal("actor", target.uri, audience="members", about=member),)
        key = {"custody": "server", **await _new_key(tx, member, target, kept_here=kept_here)}
    identity = {opening.name: opening.commitment for opening in opened}
    return {"via": urlsplit(target.uri).netloc.lower(), "identity": identity, **key}, opened


async def _new_key(tx: Tx, member: str, target: Actor, *, kept_here: bool) -> dict[str, str]:
    if kept_here:
        made = await rotating.prepare_member(tx, member)
        return {"key": made["key"], "possession": made["proof"]}
    origin = await signing.origin(tx)
    public = await signing.new_member_key(tx, origin, member, target.id)
    secret = multikey.decode_secret(await tx.value(signing.SQL.member_secret, origin, member))
    return {"key": public, "possession": prove(secret, origin, member)}


async def repinned(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of KeysChanged: what their server signs with the new key is theirs, by the word of the old one."""
    actor = await actors.by_id(tx, body["actor"])
    member = await people.member_of(tx, actor.id)
    found = await reading.get(tx, Member, member) if member is not None else None
    signs = "rsa" in await actors.public_keys(tx, actor)
    if member and found and signs and found.custody == "none" and found.standing in (*IN, *APPLYING):
        opening = seal("pinned", await pinned_of(tx, actor), audience="members", about=member)
        await attest(tx, member, "pin", {"pinned": opening.commitment}, [opening], request=body["evidence"])
    await unneeded(tx, body["evidence"])
