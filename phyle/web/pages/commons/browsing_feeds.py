"""Feeds (Atom, RFC 4287): the latest commits of a branch, and the latest tags."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from phyle.clock import wire_time
from phyle.commons import releases as published
from phyle.commons.browsing import history, places
from phyle.commons.browsing.naming import address, honest, words
from phyle.commons.git import refs
from phyle.commons.repositories import Repository
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import base, folder, opened, permitted

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NO_XML = dict.fromkeys([0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], "\ufffd")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """`path` of its page, which also names it for good."""

    path: str
    title: str
    author: str
    at: datetime | None
    text: str


async def commits(asked: Asked) -> Answer:
    """GET /@NAME.git/feed.atom: the latest commits of the default branch, or of `ref`."""
    repository = await opened(asked)
    git, ref = folder(asked, repository), asked.text("ref", most=250)
    place = await places.tip(git, ref) if ref else await places.first(git, repository.default_branch)
    steps = (await history.log(git, place)).steps if place is not None else ()
    entries = [
        _Entry(
            path=f"/commit/{commit.oid}",
            title=commit.subject,
            author=commit.author.name,
            at=commit.committer.at,
            text=commit.message,
        )
        for commit in (step.commit for step in steps)
    ]
    branch = place.ref if place is not None else repository.default_branch
    return _feed(asked, repository, f"{repository.name}: commits of {words(branch)}", "feed.atom", entries)


async def releases(asked: Asked) -> Answer:
    """GET /@NAME.git/releases.atom: the latest releases."""
    repository = await permitted(asked.tx, asked)
    entries = [
        _Entry(
            path=f"/releases/{address(each.tag.encode())}",
            title=each.title or each.tag,
            author=repository.name,
            at=each.at,
            text=each.source,
        )
        for each in await published.of(asked.tx, repository, limit=30)
    ]
    return _feed(asked, repository, f"{repository.name}: releases", "releases.atom", entries)


async def tags(asked: Asked) -> Answer:
    """GET /@NAME.git/tags.atom: the latest tags."""
    repository = await opened(asked)
    found = await refs.listing(folder(asked, repository), "refs/tags/", most=30)
    entries = [
        _Entry(
            path=f"/tree/{address(each.short.encode())}",
            title=each.short,
            author=repository.name,
            at=each.at,
            text=each.subject,
        )
        for each in found
    ]
    return _feed(asked, repository, f"{repository.name}: tags", "tags.atom", entries)


def _feed(asked: Asked, repository: Repository, title: str, name: str, entries: Iterable[_Entry]) -> Answer:
    origin, listed = asked.settings.origin, list(entries)
    root = Element("feed", xmlns=_ATOM)
    _texts(root, title=title, id=f"{origin}{base(repository)}/{name}")
    updated = max((each.at for each in listed if each.at), default=repository.created_at)
    _texts(root, updated=wire_time(updated))
    SubElement(root, "link", rel="self", href=f"{origin}{base(repository)}/{name}")
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{origin}{base(repository)}")
    for each in listed:
        where = f"{origin}{base(repository)}{each.path}"
        entry = SubElement(root, "entry")
        _texts(entry, title=each.title, id=where, updated=wire_time(each.at or _NEVER))
        _texts(SubElement(entry, "author"), name=each.author or "Somebody")
        SubElement(entry, "link", rel="alternate", type="text/html", href=where)
        _texts(entry, content=each.text[:10_000])
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    cached = "no-cache" if repository.public else "private, no-store"
    headers = {"Cache-Control": cached, "Vary": "Cookie"}
    return Answer(body=body, content_type="application/atom+xml; charset=utf-8", headers=headers)


def _texts(parent: Element, **given: str) -> None:
    """Elements that hold text and nothing else, which XML can hold (XML 1.0, 2.2)."""
    for name, text in given.items():
        SubElement(parent, name).text = honest(text)[0].translate(_NO_XML)
