"""The table of this API: every endpoint, and the document that describes them."""

from phyle.web.cooperative import acts, deciding, membership, phyle
from phyle.web.cooperative.endpoints import Endpoint
from phyle.web.routes import Route

ENDPOINTS: tuple[Endpoint, ...] = (
    *phyle.ENDPOINTS,
    *membership.ENDPOINTS,
    *deciding.ENDPOINTS,
    *acts.ENDPOINTS,
)
ROUTES: tuple[Route, ...] = tuple(endpoint.route for endpoint in ENDPOINTS)
