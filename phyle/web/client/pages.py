"""The pages of lists: what is asked for, and by which ids the next requests go on."""

from collections.abc import Sequence
from typing import Any

from phyle.conversation import paging
from phyle.web.answers import Listing
from phyle.web.asked import Asked


def between(asked: Asked, *, default: int = paging.DEFAULT, most: int = paging.MOST) -> paging.Page:
    """The page that `limit`, `max_id`, `since_id` and `min_id` name. Malformed when one of them is no number."""
    return paging.page(
        limit=asked.number("limit"),
        max_id=asked.number("max_id"),
        since_id=asked.number("since_id"),
        min_id=asked.number("min_id"),
        default=default,
        most=most,
    )


def listed(items: Sequence[Any], cursors: Sequence[int], *, upward: str = "min_id") -> Listing:
    """Items with the ids they were found by, which are more than the items when some are not shown to the viewer."""
    if not cursors:
        return Listing(items=items)
    return Listing(items=items, newest=max(cursors), oldest=min(cursors), upward=upward)
