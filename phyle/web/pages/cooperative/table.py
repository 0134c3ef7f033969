"""Which page of the cooperative answers which address."""

from phyle.web.pages.cooperative import (
    booth,
    charter,
    decisions,
    founding,
    joining,
    members,
    membership,
    overview,
    proposals,
    proposing,
)
from phyle.web.routes import Handler, Route, page


def _form(path: str, handler: Handler) -> Route:
    """A form of somebody who is logged in. The act is entered after other transactions, so none is open meanwhile."""
    return page("POST", path, handler, who="user", holds="nothing")


ROUTES: tuple[Route, ...] = (
    page("GET", "/phyle", overview.show),
    page("GET", "/phyle/founding", founding.show),
    page("GET", "/phyle/founding/write", founding.write),
    _form("/phyle/founding/write", founding.keep),
    _form("/phyle/founding/sign", founding.sign),
    _form("/phyle/founding/found", founding.found),
    page("GET", "/phyle/charter", charter.show),
    page("GET", "/phyle/charter/difference", charter.show_difference),
    page("GET", "/phyle/charter/versions/<hash>", charter.show_version),
    page("GET", "/phyle/charter/versions/<hash>/text", charter.show_text),
    page("GET", "/phyle/join", joining.show),
    _form("/phyle/join", joining.apply),
    page("GET", "/phyle/members", members.show),
    page("GET", "/phyle/members/<id>", members.show_one),
    _form("/phyle/members/<id>/vouch", members.vouch),
    _form("/phyle/members/<id>/object", members.object_to),
    _form("/phyle/members/<id>/withdraw_objection", members.withdraw_objection),
    page("GET", "/phyle/membership", membership.show),
    page("GET", "/phyle/membership/data", membership.export),
    _form("/phyle/membership/exit", membership.leave),
    _form("/phyle/membership/return", membership.come_back),
    _form("/phyle/membership/identity", membership.tell),
    _form("/phyle/membership/resign", membership.resign),
    _form("/phyle/membership/lend", membership.lend),
    _form("/phyle/membership/take_back", membership.take_back),
    page("GET", "/phyle/proposals", proposals.show),
    page("GET", "/phyle/proposals/new", proposing.show),
    _form("/phyle/proposals/new", proposing.propose),
    page("GET", "/phyle/proposals/<id>", proposals.show_one),
    page("GET", "/phyle/proposals/<id>/revise", proposals.revising),
    _form("/phyle/proposals/<id>/revise", proposals.revise),
    _form("/phyle/proposals/<id>/sponsor", proposals.sponsor),
    _form("/phyle/proposals/<id>/withdraw", proposals.withdraw),
    _form("/phyle/proposals/<id>/nominate", proposals.nominate),
    _form("/phyle/proposals/<id>/accept", proposals.accept),
    _form("/phyle/proposals/<id>/decline", proposals.decline),
    _form("/phyle/proposals/<id>/declare", proposals.declare),
    _form("/phyle/proposals/<id>/outcome", proposals.tell_outcome),
    page("GET", "/phyle/booth/<id>", booth.show),
    _form("/phyle/booth/<id>", booth.vote),
    _form("/phyle/booth/<id>/explain", booth.explain),
    page("GET", "/phyle/decisions", decisions.show),
    page("GET", "/phyle/decisions/<id>", decisions.show_one),
)
