"""Which page answers which address below `/@NAME.git` for those who look."""

from phyle.web.commons.turns import costly
from phyle.web.pages.commons import (
    browsing,
    browsing_edit,
    browsing_feeds,
    browsing_files,
    browsing_history,
    browsing_licences,
    browsing_search,
    browsing_wiki,
)
from phyle.web.routes import Route, page

_AT = "/@<name>.git"

ROUTES: tuple[Route, ...] = (
    page("GET", "/commons", browsing_search.listing),
    page("GET", _AT, browsing.show, holds="nothing"),
    page("GET", f"{_AT}/tree/<path:rest>", browsing.tree, holds="nothing"),
    page("GET", f"{_AT}/blob/<path:rest>", browsing.blob, holds="nothing"),
    page("GET", f"{_AT}/edit/<path:rest>", browsing_edit.show, holds="nothing"),
    page("POST", f"{_AT}/edit/<path:rest>", browsing_edit.write, who="user", holds="nothing"),
    page("GET", f"{_AT}/branches", browsing.branches, holds="nothing"),
    page("GET", f"{_AT}/tags", browsing.branches, holds="nothing"),
    page("GET", f"{_AT}/raw/<path:rest>", browsing_files.raw, holds="nothing"),
    page("GET", f"{_AT}/picture/<path:rest>", costly(browsing_files.picture), holds="nothing"),
    page("GET", f"{_AT}/archive/<path:rest>", browsing_files.archive, holds="nothing"),
    page("GET", f"{_AT}/patch/<path:rest>", costly(browsing_files.patch), holds="nothing"),
    page("GET", f"{_AT}/commits", costly(browsing_history.commits), holds="nothing"),
    page("GET", f"{_AT}/commits/<path:rest>", costly(browsing_history.commits), holds="nothing"),
    page("GET", f"{_AT}/commit/<commit>", costly(browsing_history.commit), holds="nothing"),
    page("GET", f"{_AT}/compare", costly(browsing_history.compare), holds="nothing"),
    page("GET", f"{_AT}/compare/<path:rest>", costly(browsing_history.compare), holds="nothing"),
    page("GET", f"{_AT}/blame/<path:rest>", costly(browsing_history.blame), holds="nothing"),
    page("GET", f"{_AT}/search", costly(browsing_search.search), holds="nothing"),
    page("GET", f"{_AT}/licences", costly(browsing_licences.show), holds="nothing"),
    page("GET", f"{_AT}/licences/<path:rest>", costly(browsing_licences.show), holds="nothing"),
    page("GET", f"{_AT}/wiki", browsing_wiki.show, holds="nothing"),
    page("GET", f"{_AT}/wiki/<path:page>", browsing_wiki.show, holds="nothing"),
    page("POST", f"{_AT}/wiki/<path:page>", browsing_wiki.write, who="user", holds="nothing"),
    page("GET", f"{_AT}/feed.atom", browsing_feeds.commits, holds="nothing"),
    page("GET", f"{_AT}/releases.atom", browsing_feeds.releases),
    page("GET", f"{_AT}/tags.atom", browsing_feeds.tags, holds="nothing"),
)
