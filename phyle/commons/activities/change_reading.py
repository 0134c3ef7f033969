"""Changes that come from elsewhere: which branch of which repository is offered, up to which commit, on which terms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phyle import canonical
from phyle.commons.activities.offer_documents import CLAIM, TERMS
from phyle.commons.git import names
from phyle.commons.merge_requests import Terms, read_terms
from phyle.errors import Malformed, Unprocessable
from phyle.federation.reading import shapes
from phyle.federation.wire import Document

LARGEST_CLAIM = 60_000
_HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is in a version. `head`: the last commit; "" where only the branch says it."""

    head: str
    terms: Terms
    claim: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteChange:
    """A change as its author offers it: from a branch of the repository with the id `origin` into one of `target`'s."""

    origin: str
    origin_branch: str
    target: str
    target_branch: str
    content: Content


def offers(ticket: Document) -> Iterator[Document]:
    """The Offers among the attachments of a Ticket."""
    return (each for each in shapes.objects(ticket, "attachment") if shapes.type_of(each) == "Offer")


def read_change(ticket: Document) -> RemoteChange:
    """The one change that a Ticket carries. Malformed unless both ends are branches that are named, because commits are
    fetched from where they lie: patches alone are not taken."""
    found = list(offers(ticket))
    if len(found) != 1:
        raise Malformed("A merge request carries exactly one Offer as its `attachment`.")
    origin, origin_branch = _branch(found[0], "origin")
    target, target_branch = _branch(found[0], "target")
    listed = found[0].get("object")
    return RemoteChange(
        origin=origin,
        origin_branch=origin_branch,
        target=target,
        target_branch=target_branch,
        content=read_content(listed if isinstance(listed, dict) else {}),
    )


def read_content(collection: Document) -> Content:
    """What a version says of itself."""
    last = collection.get("target")
    head = last.get("hash") if isinstance(last, Mapping) else None
    if head is not None and not (isinstance(head, str) and _HASH.fullmatch(head)):
        raise Malformed("The `hash` of a version is that of its last commit.")
    claim = collection.get(CLAIM)
    if claim is not None and (not isinstance(claim, Mapping) or len(canonical.dump(dict(claim))) > LARGEST_CLAIM):
        raise Malformed("A claim is one signed act.")
    return Content(head=head or "", terms=read_terms(collection.get(TERMS)), claim=claim)


def _branch(offer: Document, name: str) -> tuple[str, str]:
    said = offer.get(name)
    if not isinstance(said, dict):
        raise Malformed(f"`{name}` is a Branch, with the repository as its `context` and its `ref`.")
    repository = shapes.link(said, "context")
    ref = (shapes.text(said, "ref", 300) or "").removeprefix("/")
    short = ref.removeprefix(names.BRANCHES) if ref.startswith(names.BRANCHES) else shapes.text(said, "name", 300) or ""
    try:
        names.branch(short)
    except Unprocessable as error:
        raise Malformed(error.sentence) from error
    if repository is None:
        raise Malformed(f"The Branch in `{name}` says by `context` in which repository it is.")
    return repository, short
