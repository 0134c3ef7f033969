"""The table of the commons' part of the API."""

from phyle.web.commons import (
    agreements,
    browsing,
    contributions,
    errands,
    forks,
    grants,
    licensing,
    merge_requests,
    needs,
    offers,
    releases,
    repositories,
    tickets,
    uses,
    works,
)
from phyle.web.cooperative.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *repositories.ENDPOINTS,
    *grants.ENDPOINTS,
    *forks.ENDPOINTS,
    *browsing.ENDPOINTS,
    *tickets.ENDPOINTS,
    *merge_requests.ENDPOINTS,
    *offers.ENDPOINTS,
    *errands.ENDPOINTS,
    *releases.ENDPOINTS,
    *needs.ENDPOINTS,
    *works.ENDPOINTS,
    *contributions.ENDPOINTS,
    *licensing.ENDPOINTS,
    *agreements.ENDPOINTS,
    *uses.ENDPOINTS,
)
