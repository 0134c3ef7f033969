"""Timelines: home, everyone's, and those of a hashtag."""

from collections.abc import Sequence

from phyle.conversation import timelines, views
from phyle.web.answers import Listing
from phyle.web.asked import Asked
from phyle.web.client.pages import between, listed
from phyle.web.client.status_entities import statuses
from phyle.web.routes import get

_MOST_TAGS = 4


async def home(asked: Asked) -> Listing:
    """What those whom one follows wrote and boosted."""
    me = asked.me
    shown = await views.home(asked.tx, me.id, between(asked))
    return listed(statuses(shown, me.id, asked.settings.origin), [view.post.id for view in shown])


async def public(asked: Asked) -> Listing:
    """Public posts of everyone that is known here, of this instance, or of the others."""
    ids = await timelines.public(
        asked.tx,
        asked.viewer.actor_id,
        between(asked),
        local=asked.flag("local"),
        remote=asked.flag("remote"),
        only_media=asked.flag("only_media"),
    )
    return await _shown(asked, ids)


async def tag(asked: Asked) -> Listing:
    """Public posts with a hashtag, `any` of some more, `all` of some, `none` of some."""
    ids = await timelines.tag(
        asked.tx,
        asked.viewer.actor_id,
        between(asked),
        [asked.args["tag"], *asked.texts("any")[:_MOST_TAGS]],
        every=asked.texts("all")[:_MOST_TAGS],
        none=asked.texts("none")[:_MOST_TAGS],
        local=asked.flag("local"),
        remote=asked.flag("remote"),
        only_media=asked.flag("only_media"),
    )
    return await _shown(asked, ids)


async def _shown(asked: Asked, ids: Sequence[int]) -> Listing:
    viewer = asked.viewer.actor_id
    shown = await views.of_ids(asked.tx, viewer, ids)
    return listed(statuses(shown, viewer, asked.settings.origin), ids)


ROUTES = (
    get("/api/v1/timelines/home", home, who="user", scope="read:statuses", hot=True),
    get("/api/v1/timelines/public", public, who="anyone", scope="read:statuses", hot=True),
    get("/api/v1/timelines/tag/<tag>", tag, who="anyone", scope="read:statuses"),
)
