"""The door for people on ordinary servers: in one word, by a direct post, they apply or ask for a link to the booth.

Their server's signature of that post proves who asks. The link is made when it is sent, and kept nowhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Any

import orjson

from phyle.clock import now, wire_time
from phyle.cooperative import acting, entering, people
from phyle.cooperative.activities.admitting import APPLYING, IN, applied, apply_from_elsewhere, write_to
from phyle.cooperative.activities.attesting import as_written, pinned_of, still_pinned
from phyle.cooperative.audit import asking
from phyle.cooperative.audit.asking import APPLY, BOOTH
from phyle.cooperative.audit.evidence import activity_in, verified_request
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.ledger import reading
from phyle.errors import Conflict, Gone, Missing, Refusal, Unproven, Unreachable
from phyle.federation import evidence, peers, signatures, wire, writing
from phyle.federation.contexts import FOR_POSTS
from phyle.federation.delivery import CONTENT_TYPE
from phyle.federation.evidence import Evidence
from phyle.federation.net import Net
from phyle.federation.signatures import Signer
from phyle.identity import actors, keys, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.store.transaction import Store, Tx

LINK = "cooperative.send_link"
LINKS = Limit(name="booth-links", most=10, window=timedelta(hours=1))
"""How often one person is sent a link, or told why not."""
ASKED = Limit(
    name="booth-asked",
    most=4,
    window=timedelta(hours=6),
    sentence="This person was written to several times already. Write to us from there, or try again later.",
)
"""How often somebody is written to because a stranger named them in a form."""
ASKED_THERE = Limit(name="booth-asked-domain", most=60, window=timedelta(hours=1))
ASKED_FROM = Limit(name="booth-address", most=10, window=timedelta(minutes=30))
NOBODY = frozenset({"Group", "Application"})
"""Who is no person, and perhaps answers by itself."""
Resolve = Callable[[str], Awaitable[int | None]]
_ENTER = "/phyle/enter"


# What they write


async def addressed(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of GroupAddressed: who writes to the members' group alone is answered."""
    if body["evidence"] is None:
        return
    try:
        request = await evidence.take(tx, body["evidence"])
    except Missing:
        return
    group = await circle(tx, MEMBERS)
    person = await actors.by_id(tx, body["author"])
    if body["group"] != group.id or person.local or person.gone or person.kind in NOBODY:
        return
    if await limits.within(tx, LINKS, person.uri):
        await _answer(tx, group, person, request)


async def _answer(tx: Tx, group: Actor, person: Actor, request: Evidence) -> None:
    said = _said(tx, request)
    try:
        if said == (BOOTH,):
            await _to_the_booth(tx, person, request)
        elif said[:1] == (APPLY,) and len(said) <= 2:
            await _apply(tx, group, person, request, said[1] if len(said) == 2 else None)
        else:
            raise Conflict(f"This is read by a program. It knows two words: {BOOTH}, to enter, and {APPLY}, to apply.")
    except Refusal as refusal:
        await write_to(tx, group, person, refusal.sentence)


def _said(tx: Tx, request: Evidence) -> tuple[str, ...]:
    try:
        return asking.words(orjson.loads(request.body), tx.store.settings.domain)
    except (Unproven, ValueError):
        return ()


async def _to_the_booth(tx: Tx, person: Actor, request: Evidence) -> None:
    """Raises a Refusal, with what to do, where no link would open anything."""
    member = await people.member_of(tx, person.id)
    if member is None or await acting.standing(tx, member) is None:
        raise Conflict(f"You are no member here. To apply for membership, write the one word {APPLY} to this account.")
    if not await still_pinned(tx, member, person):
        raise Conflict("Your server signs with another key than when you applied. Until it has said so, this is shut.")
    told = as_written(request)
    pinned, received = await pinned_of(tx, person), int(request.received_at.timestamp() * 1000)
    verified_request(told, key=pinned, actor=person.uri, received=received, fresh=True)  # as every audit will
    await entering.confirm(tx, person, told)
    await tx.queue(LINK, {"actor": person.id})


async def _apply(tx: Tx, group: Actor, person: Actor, request: Evidence, klass: str | None) -> None:
    here, member = await reading.phyle(tx), await people.member_of(tx, person.id)
    standing = await acting.standing(tx, member) if member is not None else None
    if here is None or here.phase not in ("active", "dormant"):
        raise Conflict("This phyle is not founded yet, so it cannot take applications.")
    if standing in IN:
        raise Conflict(f"You are a member already. To enter the booth, write the one word {BOOTH}.")
    if standing in APPLYING:
        raise Conflict(f"You have applied already. To see how it stands, write the one word {BOOTH}.")
    if standing is not None and standing not in acting.GONE:
        raise Conflict(f"You cannot apply again: your standing is {standing}.")
    charter = await reading.charter_in_force(tx)
    if klass is not None and klass not in charter.membership.classes:
        raise Conflict(f"There is no class of members called {klass[:40]}.")
    await pinned_of(tx, person)
    await apply_from_elsewhere(tx, person, request, klass)
    how = f"To take part, or to withdraw, answer this post with the one word {BOOTH}: that is where you enter."
    await write_to(tx, group, person, f"{applied(tx, here)} {how}")


# The form on our pages


async def invite(store: Store, resolve: Resolve, name: str, purpose: str, *, path: str, place: str) -> Actor:
    """Somebody says in a form that an account elsewhere is theirs: it is asked whether they want to enter the booth, or
    to apply. Nothing follows unless it answers. `resolve` finds the account of a name, at its own server if need be;
    `place`: the network address that the form came from. The account.

    Conflict for an account here, Missing if there is none, TooMany if it was asked often, before anybody else is asked
    for anything. Whether it is a member's is told to nobody but it."""
    await limits.count(store, ASKED_FROM, limits.place(place))
    number = await resolve(name) if "@" in name or "://" in name else None
    if number is None:
        raise Missing("No such account was found. Write it as in @ana@coop.example, or try again later.")
    async with store.reading() as tx:
        person = await actors.by_id(tx, number)
        if person.local:
            raise Conflict("That account is here: log in with it.")
        await peers.refuse_blocked(tx, person.uri)
    await limits.count(store, ASKED_THERE, limits.domain(person.host))
    await limits.count(store, ASKED, person.uri)
    async with store.transaction() as tx:
        member = await people.member_of(tx, person.id)
        if person.gone or person.kind in NOBODY or (member is None and purpose == BOOTH):
            return person
        await entering.wish(tx, person, path)
        await write_to(tx, await circle(tx, MEMBERS), person, _question(tx, purpose))
    return person


def _question(tx: Tx, purpose: str) -> str:
    """Short: some servers show no more."""
    would = "enter the booth of" if purpose == BOOTH else "apply for membership of"
    return (
        f"Somebody wants to {would} {tx.store.settings.domain} with your account. If it is you, answer this post with "
        f"the one word {purpose}. If not, do nothing: nothing happens."
    )


# The link


async def send_link(net: Net, store: Store, body: Mapping[str, Any]) -> None:
    """Network job `{actor}`: a new link, straight to the inbox of whoever asked for it. It lies in no queue, so nobody
    who reads the database can use it. Unreachable, to be tried again with another one."""
    try:
        async with store.transaction() as tx:
            person, group = await actors.by_id(tx, body["actor"]), await circle(tx, MEMBERS)
            await peers.refuse_blocked(tx, person.inbox)
            request = await entering.asked_by(tx, person.id)
            secret = await entering.new_link(tx, person.id)
            pem = await actors.private_pem(tx, group)
            document = _letter(tx, group, person, secret, request or {})
    except Gone:
        return
    content = wire.dump(document)
    signer = Signer(key_id=f"{group.uri}#main-key", key=keys.rsa(pem))
    headers = signatures.sign(
        signer, method="POST", url=person.inbox, now=now(), body=content, headers={"Content-Type": CONTENT_TYPE}
    )
    answer = await net.post(person.inbox, headers=headers, body=content)
    if not 200 <= answer.status < 300:
        raise Unreachable("The link could not be sent.", cause=f"{person.inbox} answered {answer.status}")


def _letter(tx: Tx, group: Actor, person: Actor, secret: str, request: Mapping[str, Any]) -> wire.Document:
    """A direct post that is nowhere but there."""
    origin, minutes = tx.store.settings.origin, int(entering.LINK_LASTS.total_seconds()) // 60
    link = escape(f"{origin}{_ENTER}?link={secret}")
    content = (
        f'<p><a href="{escape(person.url or person.uri)}" class="u-url mention">@{escape(person.acct)}</a> '
        f'Here you enter the booth: <a href="{link}">{link}</a></p><p>The link works once, for {minutes} minutes. '
        f"Your server can read it, too. Give it to nobody; if you did not ask for it, do nothing.</p>"
    )
    note = {
        "id": f"{origin}/objects/{tx.new_id()}",
        "type": "Note",
        "attributedTo": group.uri,
        "content": content,
        "published": wire_time(now()),
        "to": [person.uri],
        "cc": [],
        "tag": [{"type": "Mention", "href": person.uri, "name": f"@{person.acct}"}],
        **_in_reply(request),
    }
    uri = f"{origin}/activities/{tx.new_id()}"
    return writing.activity("Create", group, note, uri=uri, to=[person.uri], context=FOR_POSTS)


def _in_reply(request: Mapping[str, Any]) -> dict[str, str]:
    """To the post that asked, so that both are read together."""
    activity = activity_in(request)
    thing = activity.get("object")
    asked = thing.get("id") if isinstance(thing, Mapping) else None
    return {"inReplyTo": asked} if isinstance(asked, str) else {}
