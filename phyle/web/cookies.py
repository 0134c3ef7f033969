"""Cookies of pages: how they are read, and how they are set."""

from collections.abc import Mapping
from datetime import timedelta

from phyle.identity import sessions
from phyle.settings import Settings

_LONGEST = 8192
_FORM_LIFETIME = timedelta(days=1)


def session_name(settings: Settings) -> str:
    """The cookie that logs in."""
    return _name(settings, "session")


def form_name(settings: Settings) -> str:
    """The cookie that ties forms to a browser before there is a session."""
    return _name(settings, "form")


def read(headers: Mapping[str, str], wanted: str) -> str | None:
    """The value of a cookie, None when it was not sent."""
    header = headers.get("cookie")
    if not header or len(header) > _LONGEST:
        return None
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == wanted:
            return value or None
    return None


def session(settings: Settings, value: str) -> str:
    """A `Set-Cookie` value that logs in; an empty value logs out."""
    lifetime = sessions.LIFETIME if value else timedelta(0)
    return _written(settings, session_name(settings), value, lifetime)


def guest(settings: Settings, value: str, lifetime: timedelta) -> str:
    """A `Set-Cookie` value that lets a guest in, for so long; logging out is the same for all."""
    return _written(settings, session_name(settings), value, lifetime)


def form(settings: Settings, value: str) -> str:
    """A `Set-Cookie` value for `form_name`."""
    return _written(settings, form_name(settings), value, _FORM_LIFETIME)


def _written(settings: Settings, name: str, value: str, lifetime: timedelta) -> str:
    secure = "" if settings.insecure_local else "; Secure"
    return f"{name}={value}; Path=/; Max-Age={int(lifetime.total_seconds())}; HttpOnly; SameSite=Lax{secure}"


def _name(settings: Settings, what: str) -> str:
    """`__Host-` binds a cookie to this very host, over https only (RFC 6265bis, 4.1.3.2). Cookies ignore ports, so on
    this machine the name tells instances apart.
    """
    return f"phyle-{what}-{settings.port}" if settings.insecure_local else f"__Host-phyle-{what}"
