"""The client API's table: every route of every noun."""

from phyle.web.client import (
    accounts,
    instance,
    markers,
    misc,
    notifications,
    oauth,
    polls,
    relations,
    reports,
    search,
    statuses,
    tags,
    timelines,
    writing,
)
from phyle.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *instance.ROUTES,
    *accounts.ROUTES,
    *relations.ROUTES,
    *writing.ROUTES,
    *statuses.ROUTES,
    *polls.ROUTES,
    *timelines.ROUTES,
    *notifications.ROUTES,
    *search.ROUTES,
    *tags.ROUTES,
    *markers.ROUTES,
    *reports.ROUTES,
    *misc.ROUTES,
    *misc.FILTERS,
    *misc.LISTS,
    *misc.MEDIA,
)
