"""Paging as Mastodon's clients know it: what they ask with, and the absolute `Link` header that they follow."""

from urllib.parse import quote, urlencode

from phyle.web.answers import Listing

_CURSORS = frozenset({"max_id", "since_id", "min_id"})


def link(listing: Listing, *, address: str, query: list[tuple[str, str]]) -> str:
    """The value of `Link` (RFC 8288), "" when there is nothing to page from. `address`: absolute, without query.

    A short page is not the end, so `next` is always there; neither link repeats what this page held.
    """
    kept = [(name, value) for name, value in query if name not in _CURSORS]
    where = quote(address, safe="/:@%[]")
    parts = []
    if listing.oldest is not None:
        parts.append(f'<{where}?{urlencode([*kept, ("max_id", listing.oldest)])}>; rel="next"')
    if listing.newest is not None:
        parts.append(f'<{where}?{urlencode([*kept, (listing.upward, listing.newest)])}>; rel="prev"')
    return ", ".join(parts)
