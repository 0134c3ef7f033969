"""The well-known addresses: WebFinger, host-meta, NodeInfo. Anyone may ask."""

from html import escape
from typing import Any

import phyle
from phyle.errors import Malformed, Missing
from phyle.federation import nodeinfo, webfinger
from phyle.federation.media_types import JRD
from phyle.federation.webfinger import Handle
from phyle.identity import actors, faces
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.web.actors import check_there
from phyle.web.answers import Answer, json
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

SQL = queries(__file__)


async def finger(asked: Asked) -> Answer:
    """WebFinger for `acct:name@domain`, for the address of an actor or its page, and for the bare origin."""
    settings = asked.settings
    resource = asked.text("resource")
    if not resource:
        raise Malformed("Which account? Ask with ?resource=acct:name@domain.")
    domains = (settings.account_domain, settings.domain)
    what = webfinger.read_resource(resource, origin=settings.origin, domains=domains)
    actor = await _found(asked.tx, what) if what else None
    if actor is None or not actor.local:
        raise Missing("There is no such account here.")
    check_there(actor)
    description = webfinger.describe(
        Handle(name=actor.name, host=settings.account_domain),
        actor_uri=actor.uri,
        page_url=actor.url,
        origin=settings.origin,
    )
    return Answer(body=json(description).body, content_type=JRD)


async def _found(tx: Tx, what: webfinger.Asked) -> Actor | None:
    if what.kind == "origin":
        return await actors.service(tx)
    if what.kind == "account":
        return await actors.by_name(tx, what.value)
    page = what.value.partition("/@")[2]
    return await actors.by_name(tx, page) if page else await actors.by_uri(tx, what.value)


async def host_meta(asked: Asked) -> Answer:
    """RFC 6415, for those who still look here first."""
    template = escape(f"{asked.settings.origin}/.well-known/webfinger?resource={{uri}}")
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n</XRD>\n'
    )
    return Answer(body=xml.encode(), content_type="application/xrd+xml; charset=utf-8")


async def host_meta_json(asked: Asked) -> Any:
    """The same as JSON."""
    template = f"{asked.settings.origin}/.well-known/webfinger?resource={{uri}}"
    return {"links": [{"rel": "lrdd", "template": template}]}


async def nodeinfo_links(asked: Asked) -> Any:
    """Where NodeInfo is."""
    return nodeinfo.links(asked.settings.origin)


async def nodeinfo_2(asked: Asked) -> Answer:
    """NodeInfo 2.0 or 2.1."""
    asked_for = asked.args["version"]
    if asked_for not in ("2.0", "2.1"):
        raise Missing("This server speaks NodeInfo 2.0 and 2.1.")
    version: nodeinfo.Version = "2.0" if asked_for == "2.0" else "2.1"
    (row,) = await asked.tx.rows(SQL.usage)
    usage = nodeinfo.Usage(**row)
    face = await faces.face(asked.tx)
    description = nodeinfo.describe(
        version,
        release=phyle.__version__,
        source=asked.settings.source,
        usage=usage,
        open_registrations=face.registration == "open",
        title=face.title,
        description=face.description,
    )
    return Answer(body=json(description).body, content_type=nodeinfo.content_type(version))


ROUTES: tuple[Route, ...] = (
    public("GET", "/.well-known/webfinger", finger),
    public("GET", "/.well-known/host-meta", host_meta),
    public("GET", "/.well-known/host-meta.json", host_meta_json),
    public("GET", "/.well-known/nodeinfo", nodeinfo_links),
    public("GET", "/nodeinfo/<version>", nodeinfo_2),
)
