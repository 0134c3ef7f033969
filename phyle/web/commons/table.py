"""The table of the commons' part of the API."""

from phyle.web.cooperative.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
