"""The table of this part of the API: every endpoint of the co-operative."""

from phyle.web.cooperative import acts, deciding, elsewhere, institutions, membership, phyle, records
from phyle.web.cooperative.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *phyle.ENDPOINTS,
    *membership.ENDPOINTS,
    *deciding.ENDPOINTS,
    *institutions.ENDPOINTS,
    *records.ENDPOINTS,
    *elsewhere.ENDPOINTS,
    *acts.ENDPOINTS,
)
