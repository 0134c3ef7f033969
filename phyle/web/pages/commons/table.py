"""Which page of the commons answers which address."""

from phyle.web.pages.commons import browsing_table, keeping_table, register_table, ticket_table
from phyle.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *browsing_table.ROUTES,
    *keeping_table.ROUTES,
    *ticket_table.ROUTES,
    *register_table.ROUTES,
)
