"""The table of the commons' part of the API."""

from phyle.web.commons import browsing, forks, grants, merge_requests, needs, offers, repositories, tickets, works
from phyle.web.cooperative.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *repositories.ENDPOINTS,
    *grants.ENDPOINTS,
    *forks.ENDPOINTS,
    *browsing.ENDPOINTS,
    *tickets.ENDPOINTS,
    *merge_requests.ENDPOINTS,
    *offers.ENDPOINTS,
    *needs.ENDPOINTS,
    *works.ENDPOINTS,
)
