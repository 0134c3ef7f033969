"""Which page answers which address for those who keep repositories: making, forking, people, settings."""

from phyle.web.pages.commons import forks, mine, new, people, settling
from phyle.web.routes import Handler, Route, page

_AT = "/@<name>.git"


def _form(path: str, handler: Handler) -> Route:
    """A form of somebody who is logged in. It opens what it needs itself."""
    return page("POST", path, handler, who="user", holds="nothing")


ROUTES: tuple[Route, ...] = (
    page("GET", "/commons/new", new.show, holds="nothing"),
    _form("/commons/new", new.make),
    page("GET", "/commons/fork", new.show_fork, holds="nothing"),
    _form("/commons/fork", new.fork),
    page("GET", "/commons/mine", mine.show, holds="nothing"),
    _form("/commons/mine/answer", mine.answer),
    _form("/commons/mine/ask", mine.ask),
    _form("/commons/mine/leave", mine.leave),
    page("GET", f"{_AT}/people", people.show, holds="nothing"),
    _form(f"{_AT}/people/invite", people.invite),
    _form(f"{_AT}/people/ask", people.ask),
    _form(f"{_AT}/people/answer", people.answer),
    _form(f"{_AT}/people/revoke", people.revoke),
    _form(f"{_AT}/people/second", people.second),
    page("GET", f"{_AT}/settings", settling.show, holds="nothing"),
    _form(f"{_AT}/settings", settling.save),
    _form(f"{_AT}/settings/delete", settling.delete),
    _form(f"{_AT}/settings/work", settling.offer),
    _form(f"{_AT}/settings/work/licence", settling.relicense),
    _form(f"{_AT}/settings/work/step", settling.step),
    page("GET", f"{_AT}/forks", forks.show, holds="nothing"),
    page("GET", f"{_AT}/forks/obligations", forks.show_obligations, holds="nothing"),
    _form(f"{_AT}/forks/name", forks.name),
    _form(f"{_AT}/forks/update", forks.update),
)
