"""How far one has read, for all of one's clients."""

from collections.abc import Mapping

from phyle.clock import api_time
from phyle.conversation import markers
from phyle.conversation.markers import TIMELINES, Marker
from phyle.errors import Malformed
from phyle.web.asked import Asked, as_text
from phyle.web.client.entities import Entity
from phyle.web.routes import get, post


async def show(asked: Asked) -> Entity:
    """The markers of `timeline[]`."""
    wanted = [name for name in asked.texts("timeline") if name in TIMELINES]
    return _entities(await markers.read(asked.tx, asked.me.id, wanted))


async def write(asked: Asked) -> Entity:
    """Sets `home[last_read_id]` and `notifications[last_read_id]`."""
    read: dict[str, int] = {}
    for timeline in TIMELINES:
        sent = asked.parameters.get(timeline)
        if isinstance(sent, dict) and "last_read_id" in sent:
            text = as_text("last_read_id", sent["last_read_id"])
            if not (text.isascii() and text.isdigit() and len(text) <= 19):
                raise Malformed("last_read_id must be an id.")
            read[timeline] = int(text)
    return _entities(await markers.write(asked.tx, asked.me.id, read))


def _entities(found: Mapping[str, Marker]) -> Entity:
    return {
        name: {
            "last_read_id": str(marker.last_read),
            "version": marker.version,
            "updated_at": api_time(marker.updated_at),
        }
        for name, marker in found.items()
    }


ROUTES = (
    get("/api/v1/markers", show, who="user", scope="read:statuses"),
    post("/api/v1/markers", write, who="user", scope="write:statuses"),
)
