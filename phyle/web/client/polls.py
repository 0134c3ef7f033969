"""Polls: what is asked and how it stands, and voting."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from phyle.clock import now
from phyle.conversation import polls, posts, views
from phyle.conversation.polls import PollDraft
from phyle.conversation.posts import Post
from phyle.errors import Malformed, Missing, Unprocessable
from phyle.web.asked import Asked, as_text
from phyle.web.client import status_entities
from phyle.web.client.entities import Entity
from phyle.web.routes import get, post

SHORTEST, LONGEST = 300, 2_629_746
"""Seconds that a member's poll may be open: five minutes, a month."""
_MOST = 20


async def show(asked: Asked) -> Entity:
    """The poll of a post, whose id is the poll's."""
    return await _shown(asked, asked.id())


async def vote(asked: Asked) -> Entity:
    """One or more of the options, by their places."""
    voted = await posts.get(asked.tx, asked.me.id, asked.id())
    await polls.vote(asked.tx, asked.me, voted, _choices(asked))
    return await _shown(asked, voted.id)


async def _shown(asked: Asked, number: int) -> Entity:
    viewer = asked.viewer.actor_id
    view = await views.of_id(asked.tx, viewer, number)
    if view.post.poll is None:
        raise Missing
    return status_entities.poll(view.post, viewer, view.choices)


def _choices(asked: Asked) -> list[int]:
    typed = [text.strip() for text in asked.texts("choices", most=_MOST)]
    if not typed or not all(text.isascii() and text.isdigit() and len(text) < 5 for text in typed):
        raise Unprocessable("choices must name options by their places, from 0.")
    return [int(text) for text in typed]


def wanted(asked: Asked) -> PollDraft | None:
    """The poll that a new post is to have: `poll[options][]`, `poll[expires_in]`, `poll[multiple]`,
    `poll[hide_totals]`.

    Raises Malformed, Unprocessable.
    """
    given = asked.parameters.get("poll")
    if not given:
        return None
    if not isinstance(given, dict):
        raise Malformed("poll must be an object.")
    expires_in = as_text("poll[expires_in]", given.get("expires_in"), most=20).strip()
    if not (expires_in.isascii() and expires_in.isdigit()) or not SHORTEST <= int(expires_in) <= LONGEST:
        raise Unprocessable(f"Validation failed: Poll must be open for {SHORTEST} to {LONGEST} seconds")
    return PollDraft(
        options=options(given),
        ends_at=now() + timedelta(seconds=int(expires_in)),
        multiple=_flag(given, "multiple"),
        hidden=_flag(given, "hide_totals"),
    )


def refuse_other(asked: Asked, edited: Post) -> None:
    """Clients send the poll along with an edit; it cannot become another one. Raises Unprocessable."""
    given = asked.parameters.get("poll")
    if not given:
        return
    before = [option["title"] for option in edited.poll["options"]] if edited.poll else []
    if not isinstance(given, dict) or options(given) != before:
        raise Unprocessable("A poll cannot be changed once it is there. Delete the post and write it again.")


def options(given: Mapping[str, Any]) -> list[str]:
    """What can be chosen, as typed."""
    value = given.get("options")
    values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value or ""]
    if len(values) > _MOST:
        raise Unprocessable(f"Validation failed: Poll must have two to {polls.MOST_OPTIONS} options")
    return [as_text("poll[options]", each).strip() for each in values]


def _flag(given: Mapping[str, Any], name: str) -> bool:
    return as_text(f"poll[{name}]", given.get(name), most=10).lower() in ("1", "t", "true", "on", "yes")


ROUTES = (
    get("/api/v1/polls/<id>", show, who="anyone", scope="read:statuses"),
    post("/api/v1/polls/<id>/votes", vote, who="user", scope="write:statuses"),
)
