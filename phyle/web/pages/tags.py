"""The public posts with a hashtag."""

from phyle.conversation import timelines, views
from phyle.conversation.paging import Page
from phyle.errors import Missing
from phyle.text import hashtags_in, normal_hashtag
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cards import cards
from phyle.web.pages.rendering import page

_POSTS = 20
_LONGEST = 200


async def show(asked: Asked) -> Answer:
    """GET /tags/NAME"""
    name = asked.args["name"]
    if len(name) > _LONGEST or hashtags_in(f"#{name}") != [name]:
        raise Missing("There is no such hashtag.")
    viewer = asked.viewer.actor_id
    ids = await timelines.tag(asked.tx, viewer, Page(limit=_POSTS, max_id=asked.number("max_id")), [name])
    found = await views.of_ids(asked.tx, viewer, ids)
    return page(
        asked,
        "tag.html",
        tag=name,
        normal=normal_hashtag(name),
        posts=cards(found, asked.settings),
        older=ids[-1] if len(ids) == _POSTS else None,
    )
