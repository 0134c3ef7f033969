"""The table of this API: every endpoint, and the document that describes them."""

from phyle.web.answers import Answer, json
from phyle.web.asked import Asked
from phyle.web.cooperative import acts, deciding, elsewhere, institutions, membership, phyle, records
from phyle.web.cooperative.endpoints import BASE, Endpoint
from phyle.web.cooperative.openapi import document
from phyle.web.routes import Route, get

ENDPOINTS: tuple[Endpoint, ...] = (
    *phyle.ENDPOINTS,
    *membership.ENDPOINTS,
    *deciding.ENDPOINTS,
    *institutions.ENDPOINTS,
    *records.ENDPOINTS,
    *elsewhere.ENDPOINTS,
    *acts.ENDPOINTS,
)


async def show_document(asked: Asked) -> Answer:
    """This API, described in OpenAPI 3.1."""
    return json(document(ENDPOINTS, asked.settings.origin), headers={"Cache-Control": "public, max-age=3600"})


ROUTES: tuple[Route, ...] = (
    *(endpoint.route for endpoint in ENDPOINTS),
    get(f"{BASE}/openapi.json", show_document, who="anyone", scope="", holds="nothing"),
)
