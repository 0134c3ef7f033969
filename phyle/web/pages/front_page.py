"""The front page: what this phyle is, and what is being said here."""

from phyle.conversation import timelines, views
from phyle.conversation.paging import Page
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cards import cards
from phyle.web.pages.rendering import page

_POSTS = 20


async def show(asked: Asked) -> Answer:
    """GET /"""
    viewer = asked.viewer.actor_id
    ids = await timelines.public(asked.tx, viewer, Page(limit=_POSTS, max_id=asked.number("max_id")), local=True)
    found = await views.of_ids(asked.tx, viewer, ids)
    return page(
        asked, "front_page.html", posts=cards(found, asked.settings), older=ids[-1] if len(ids) == _POSTS else None
    )
