"""The page of an account: who they are and what they wrote."""

from phyle.commons import permission, repositories
from phyle.conversation import groups, timelines, views
from phyle.conversation.paging import Page
from phyle.errors import Malformed, Missing
from phyle.federation.urls import safe_link
from phyle.identity import actors
from phyle.identity.actors import INSTANCE_KIND, Actor
from phyle.store.transaction import Tx
from phyle.text import fold, plain, shorten
from phyle.web import actors as documents
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.opening import base
from phyle.web.negotiation import wants_activity, wants_html
from phyle.web.pages.cards import cards, fields, person, summary
from phyle.web.pages.rendering import page

_POSTS = 20
_LONGEST_NAME = 600


async def show(asked: Asked) -> Answer:
    """GET /@NAME. Servers get the actor's document; for `/@NAME@HOST` everyone is sent to where that actor lives."""
    actor = await named(asked.tx, asked.args["name"])
    if not actor.local:
        return away(actor.url, actor.uri)
    if for_servers(asked) and actor.suspended_at is None:
        return await documents.answer_for(asked, actor)
    documents.check_there(actor)
    viewer, replies = asked.viewer.actor_id, asked.flag("replies")
    part = Page(limit=_POSTS, max_id=asked.number("max_id"))
    ids = await timelines.account(asked.tx, viewer, actor.id, part, exclude_replies=not replies)
    found = await views.of_ids(asked.tx, viewer, ids)
    return page(
        asked,
        "profile.html",
        actor=actor,
        person=person(actor, asked.settings),
        header=safe_link(actor.header_url) or "/static/header.png",
        note=summary(actor),
        told=shorten(plain(actor.summary), 200),
        fields=fields(actor),
        posts=cards(found, asked.settings),
        replies=replies,
        moved=await _moved(asked, actor),
        project=await _project(asked, actor),
        older=ids[-1] if len(ids) == _POSTS else None,
    )


async def _moved(asked: Asked, actor: Actor) -> tuple[str, str] | None:
    """Where an account is now: an address that a person may follow, and how to call it."""
    if not actor.moved_to:
        return None
    target = await actors.by_uri(asked.tx, actor.moved_to)
    address = (target and safe_link(target.url)) or safe_link(actor.moved_to)
    return (address, person(target, asked.settings).handle if target else address) if address else None


async def _project(asked: Asked, actor: Actor) -> str | None:
    """Where the repository is whose group this is, for those who may read it."""
    repository = await repositories.of_circle(asked.tx, actor.id) if actor.kind == groups.KIND else None
    if repository is None or not await permission.allowed(asked.tx, asked.viewer.actor_id, repository, "read"):
        return None
    return base(repository)


async def named(tx: Tx, acct: str) -> Actor:
    """The actor that `ana` or `ana@coop.org` means, if we know them. Raises Missing."""
    name, _, host = acct.partition("@")
    ours = {fold(tx.store.settings.domain), fold(tx.store.settings.account_domain)}
    actor = await actors.by_name(tx, name, "" if fold(host) in ours else host) if len(acct) <= _LONGEST_NAME else None
    if actor is None or actor.kind == INSTANCE_KIND:
        raise Missing(f"There is nobody here by the name of @{acct[:100]}.")
    return actor


def for_servers(asked: Asked) -> bool:
    """Whether the document is wanted and not the page. Where both would do it is the page, as at the document's own
    address, so that the two never send anyone in a circle."""
    accept = asked.headers.get("accept", "")
    return wants_activity(accept) and not wants_html(accept)


def away(*addresses: str | None) -> Answer:
    """To the first of these addresses on another server to which a person may be sent. Raises Missing."""
    for address in addresses:
        if link := safe_link(address):
            try:
                return redirect(link.encode("ascii").decode(), status=302)
            except UnicodeEncodeError:
                raise Malformed("The address of this page elsewhere cannot be used.") from None
    raise Missing
