"""Hashtags."""

from urllib.parse import quote

from phyle.errors import Missing
from phyle.text import hashtags_in, normal_hashtag
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity
from phyle.web.client.misc import not_yet
from phyle.web.routes import get, post


def tag(name: str, origin: str) -> Entity:
    """Tag. How often it was used is not told."""
    return {
        "id": name,
        "name": name,
        "url": f"{origin}/tags/{quote(name, safe='')}",
        "history": [],
        "following": False,
        "featuring": False,
    }


async def show(asked: Asked) -> Entity:
    """One hashtag, whether or not anyone ever used it."""
    name = asked.args["name"].removeprefix("#")
    if not hashtags_in(f"#{name}"):
        raise Missing
    return tag(normal_hashtag(name), asked.settings.origin)


ROUTES = (
    get("/api/v1/tags/<name>", show, who="anyone", scope="", holds="nothing"),
    post("/api/v1/tags/<name>/follow", not_yet, who="user", scope="write:follows"),
    post("/api/v1/tags/<name>/unfollow", not_yet, who="user", scope="write:follows"),
)
