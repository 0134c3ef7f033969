"""Where a code may be sent: only to an address that the application registered, compared as it is written."""

import re
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from phyle.identity.oauth_errors import InvalidRequest

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The code is shown to the person, who types it into a program without a browser."""

LONGEST, MOST = 2000, 50
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_PRINTABLE = re.compile(r"[!-~]+")
_RUNS_IN_THE_PAGE = frozenset({"data", "javascript", "vbscript"})


def read(sent: str | Iterable[str]) -> tuple[str, ...]:
    """The addresses of a registration: an array, or one text with an address per line (or between spaces).

    Raises InvalidRequest.
    """
    lines = [sent] if isinstance(sent, str) else list(sent)
    uris = tuple(dict.fromkeys(uri for line in lines for uri in line.split()))
    if not uris:
        raise InvalidRequest("redirect_uris can't be blank.")
    if len(uris) > MOST:
        raise InvalidRequest(f"An application has at most {MOST} redirect_uris.")
    for uri in uris:
        check(uri)
    return uris


def check(uri: str) -> None:
    """Raises InvalidRequest unless it is an absolute address without fragment (RFC 6749, 3.1.2) of any scheme but those
    that a browser would run as part of our page."""
    scheme, colon, rest = uri.partition(":")
    shown = repr(uri[:80])
    if len(uri) > LONGEST or not _PRINTABLE.fullmatch(uri):
        raise InvalidRequest(f"The redirect_uri {shown} is too long or has characters that must be percent-encoded.")
    if not colon or not rest or not _SCHEME.fullmatch(scheme):
        raise InvalidRequest(f"The redirect_uri {shown} must be absolute, with a scheme.")
    if scheme.lower() in _RUNS_IN_THE_PAGE:
        raise InvalidRequest(f"The redirect_uri {shown} has a scheme that is not allowed.")
    if "#" in uri:
        raise InvalidRequest(f"The redirect_uri {shown} must not have a fragment.")
    if scheme.lower() in ("http", "https") and not _has_host(uri):
        raise InvalidRequest(f"The redirect_uri {shown} names no host.")


def _has_host(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and parts.port != 0 and "\\" not in uri
    except ValueError:
        return False


def chosen(asked: str, registered: Iterable[str]) -> str:
    """The address asked for, if it is a registered one to the letter (RFC 9700, 2.1). Raises InvalidRequest."""
    if asked not in tuple(registered):
        raise InvalidRequest("The redirect_uri is not one that the application registered.")
    return asked


def answer(uri: str, **parameters: str | None) -> str:
    """The address with the parameters of the answer; a query that it has already is kept (RFC 6749, 3.1.2)."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{query}"
