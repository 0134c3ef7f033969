"""Which page answers which address: tickets, changes, what is needed, what was offered."""

from phyle.web.pages.commons import merge_requests, needs, releases, tickets
from phyle.web.routes import Route, page

_AT = "/@<name>.git"
_TICKET, _CHANGE = f"{_AT}/tickets/<number>", f"{_AT}/merge-requests/<number>"

ROUTES: tuple[Route, ...] = (
    page("GET", f"{_AT}/tickets", tickets.listing),
    page("POST", f"{_AT}/tickets", tickets.from_post, who="user", holds="nothing"),
    page("GET", f"{_AT}/tickets/new", tickets.new),
    page("POST", f"{_AT}/tickets/new", tickets.begin, who="user", holds="nothing"),
    page("GET", _TICKET, tickets.show),
    page("POST", _TICKET, tickets.act, who="user", holds="nothing"),
    page("GET", f"{_AT}/merge-requests", merge_requests.listing),
    page("POST", f"{_AT}/merge-requests", merge_requests.set_rules, who="user", holds="nothing"),
    page("GET", f"{_AT}/merge-requests/new", merge_requests.new, holds="nothing"),
    page("POST", f"{_AT}/merge-requests/new", merge_requests.begin, who="user", holds="nothing"),
    page("GET", _CHANGE, merge_requests.show, holds="nothing"),
    page("POST", _CHANGE, merge_requests.act, who="user", holds="nothing"),
    page("GET", f"{_AT}/releases", releases.listing),
    page("GET", f"{_AT}/releases/new", releases.new, holds="nothing"),
    page("POST", f"{_AT}/releases/new", releases.publish, who="user", holds="nothing"),
    page("GET", f"{_AT}/releases/<path:tag>", releases.show),
    page("GET", "/commons/needs", needs.listing),
    page("POST", "/commons/needs", needs.claim, who="user", holds="nothing"),
    page("GET", "/commons/offers", needs.offered),
    page("POST", "/commons/offers", needs.handle_offer, who="user", holds="nothing"),
    page("GET", "/commons/offers/new", needs.new),
    page("POST", "/commons/offers/new", needs.offer, who="user", holds="nothing"),
)
