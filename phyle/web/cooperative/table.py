"""The table of this part of the API: every endpoint of the co-operative."""

from dataclasses import replace

from phyle.cooperative.forms import FORMS
from phyle.web.cooperative import acts, deciding, elsewhere, entering, institutions, membership, phyle, records
from phyle.web.cooperative.endpoints import BASE, Endpoint

_ENDPOINTS: tuple[Endpoint, ...] = (
    *phyle.ENDPOINTS,
    *membership.ENDPOINTS,
    *deciding.ENDPOINTS,
    *institutions.ENDPOINTS,
    *records.ENDPOINTS,
    *elsewhere.ENDPOINTS,
    *entering.ENDPOINTS,
    *acts.ENDPOINTS,
)
_WITH_AN_ACCOUNT = (f"{BASE}/founding", f"{BASE}/elsewhere")


def _for_guests(endpoint: Endpoint) -> Endpoint:
    """Guests do what members do; but whoever becomes known by a key, here or elsewhere, has an account here."""
    route = endpoint.route
    keyed = route.path.startswith(_WITH_AN_ACCOUNT) or route.path == f"{BASE}/acts"
    introduces = endpoint.act in FORMS and FORMS[endpoint.act].introduces
    return replace(endpoint, route=replace(route, guests=not keyed and not introduces))


ENDPOINTS: tuple[Endpoint, ...] = tuple(_for_guests(each) for each in _ENDPOINTS)
