"""Which page of the commons answers which address."""

from phyle.web.routes import Route

ROUTES: tuple[Route, ...] = ()
