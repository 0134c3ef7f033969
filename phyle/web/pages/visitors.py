"""Sending people on: to the log-in and back again, to addresses here and elsewhere."""

from urllib.parse import urlencode

from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.forgery import FIELD

SIGN_IN = "/auth/sign_in"
_LONGEST = 8_000


def after(asked: Asked) -> str:
    """Where the form wants to go afterwards (`next`), if that is a path of ours; else the front page.

    `//evil.example` and `/\\evil.example` are hosts to a browser, not paths.
    """
    path = asked.text("next", most=_LONGEST)
    harmless = all("!" <= letter <= "~" for letter in path) and "\\" not in path
    return path if path.startswith("/") and not path.startswith("//") and harmless else "/"


def here(asked: Asked, *, without: str = "") -> str:
    """The path and query of this request, as parameters of a GET; without the one of that name."""
    pairs = [
        (name, value)
        for name, value in asked.parameters.items()
        if isinstance(value, str) and name not in (without, FIELD, "decision")
    ]
    return to(asked.path, **dict(pairs))


def first_log_in(asked: Asked, *, without: str = "") -> Answer:
    """To the log-in, and from there back to this request, if that can be written into an address."""
    back = here(asked, without=without)
    return redirect(to(SIGN_IN, next=back) if len(back) <= _LONGEST else SIGN_IN)


def to(path: str, /, **parameters: str) -> str:
    """A path of ours with a query."""
    return f"{path}?{urlencode(parameters)}" if parameters else path
