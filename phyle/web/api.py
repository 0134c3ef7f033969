"""Phyle's own API: the endpoints of the co-operative and of the commons, and the document that describes them."""

from phyle.web.answers import Answer, json
from phyle.web.asked import Asked
from phyle.web.commons import table as commons
from phyle.web.cooperative import table as cooperative
from phyle.web.cooperative.endpoints import BASE, Endpoint
from phyle.web.cooperative.openapi import document
from phyle.web.routes import Route, get

ENDPOINTS: tuple[Endpoint, ...] = (*cooperative.ENDPOINTS, *commons.ENDPOINTS)


async def show_document(asked: Asked) -> Answer:
    """This API, described in OpenAPI 3.1."""
    return json(document(ENDPOINTS, asked.settings.origin), headers={"Cache-Control": "public, max-age=3600"})


ROUTES: tuple[Route, ...] = (
    *(endpoint.route for endpoint in ENDPOINTS),
    get(f"{BASE}/openapi.json", show_document, who="anyone", scope="", holds="nothing"),
)
