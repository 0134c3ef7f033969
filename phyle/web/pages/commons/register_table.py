"""Which page answers which address: contributions, uses, declarations to other phyles, licences that were granted."""

from phyle.web.pages.commons import contributions, declarations, licence, uses
from phyle.web.routes import Route, page

_AT = "/@<name>.git"
_ONE, _USE = f"{_AT}/contributions/<contribution>", f"{_AT}/uses/<use>"

ROUTES: tuple[Route, ...] = (
    page("GET", f"{_AT}/contributions", contributions.listing, holds="nothing"),
    page("POST", f"{_AT}/contributions", contributions.claim, who="user", holds="nothing"),
    page("GET", _ONE, contributions.show, holds="nothing"),
    page("POST", _ONE, contributions.answer, who="user", holds="nothing"),
    page("GET", f"{_AT}/uses", uses.listing, holds="nothing"),
    page("GET", f"{_AT}/uses/declare", uses.new, holds="nothing"),
    page("POST", f"{_AT}/uses/declare", uses.declare, who="user", holds="nothing"),
    page("GET", f"{_AT}/uses/licence", uses.negotiate, holds="nothing"),
    page("POST", f"{_AT}/uses/licence", uses.propose, who="user", holds="nothing"),
    page("GET", _USE, uses.show, holds="nothing"),
    page("POST", _USE, uses.answer, who="user", holds="nothing"),
    page("GET", "/commons/contributions", contributions.everywhere),
    page("GET", "/commons/uses", uses.everywhere),
    page("GET", "/commons/declarations", declarations.show, holds="nothing"),
    page("POST", "/commons/declarations", declarations.declare, who="user", holds="nothing"),
    page("POST", "/commons/declarations/<id>/withdraw", declarations.withdraw, who="user", holds="nothing"),
    page("GET", "/commons/licences/<grant>", licence.show),
)
