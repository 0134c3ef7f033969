"""The one normaliser of addresses: what is compared, blocked and looked up always passes through here.

Scheme, host and port are brought to one spelling. Path and query are opaque to us: their owner compares them byte for
byte, so they are handed back as they came.
"""

import ipaddress
import re
from functools import lru_cache

import idna

from phyle.errors import Malformed

LONGEST = 2048

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
# White space, control characters and backslashes are read differently by different parsers.
_AMBIGUOUS = re.compile(r"[\s\x00-\x20\x7f-\xa0\\]")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{0,5}))?")
_ASCII_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_HOST = 253


@lru_cache(maxsize=2048)
def normal(url: str, *, fragment: bool = False) -> str:
    """`url` (absolute, http or https) with scheme and host in one spelling (RFC 3986 §6.2, IDNA 2008).

    Lower case, punycode, no default port, no trailing dot, `/` for an empty path; the fragment is dropped unless asked
    for. Raises `Malformed` for anything else: other schemes, user names, white space, backslashes, impossible hosts.
    """
    scheme, host, rest, mark = _split(url)
    return f"{scheme}://{host}{rest}{mark if fragment else ''}"


@lru_cache(maxsize=2048)
def origin_of(url: str) -> str:
    """`scheme://host[:port]` of `url`, normal. Raises `Malformed` as `normal` does."""
    scheme, host, _, _ = _split(url)
    return f"{scheme}://{host}"


@lru_cache(maxsize=2048)
def host_of(url: str) -> str:
    """`host` or `host:port` of `url`, normal. Raises `Malformed` as `normal` does."""
    return _split(url)[1]


def same_origin(one: str, other: str) -> bool:
    """Do both have the same scheme, host and port? What is not an http address has no origin."""
    try:
        return origin_of(one) == origin_of(other)
    except Malformed:
        return False


def same_address(one: str, other: str) -> bool:
    """Do both name the same document, fragments included? What is not an http address equals itself only."""
    if one == other:
        return True
    try:
        return normal(one, fragment=True) == normal(other, fragment=True)
    except Malformed:
        return False


def is_local(url: str, origin: str) -> bool:
    """Does `url` lie on our own `origin`?"""
    return same_origin(url, origin)


def safe_link(url: object) -> str | None:
    """`url` if a person may follow it: absolute http or https, fragment kept; None for all else (B18)."""
    if not isinstance(url, str):
        return None
    try:
        return normal(url.strip(" \t\r\n").replace(" ", "%20"), fragment=True)
    except Malformed:
        return None


@lru_cache(maxsize=2048)
def normal_host(name: str) -> str:
    """A bare `host` or `host:port` (as in WebFinger addresses and block lists), normal. Raises `Malformed`."""
    if _AMBIGUOUS.search(name) or any(mark in name for mark in "/?#"):
        raise Malformed(f"{_shown(name)} is not the name of a host.")
    return _authority(name, "", name)


def _split(url: str) -> tuple[str, str, str, str]:
    if len(url) > LONGEST:
        raise Malformed(f"{_shown(url)} is longer than the {LONGEST} characters an address may have.")
    match = _URL.fullmatch(url)
    if match is None or _AMBIGUOUS.search(url):
        raise Malformed(f"{_shown(url)} is not an absolute http or https address.")
    scheme, authority, path, query, mark = match.groups("")
    scheme = scheme.lower()
    host = _authority(authority, _DEFAULT_PORTS[scheme], url)
    if len(host) > len(authority) and len(url) - len(authority) + len(host) >= LONGEST:  # punycode is longer
        raise Malformed(f"{_shown(url)} is longer in ASCII than the {LONGEST} characters an address may have.")
    return scheme, host, (path or "/") + query, mark


def _authority(authority: str, default_port: str, url: str) -> str:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise Malformed(f"{_shown(url)} has no plain host: user names and encoded characters are not accepted.")
    host = _host(match[1], url)
    port = (match[2] or "").lstrip("0")
    if not port and match[2]:
        raise Malformed(f"{_shown(url)} names port 0.")
    if port and int(port) > 65535:
        raise Malformed(f"{_shown(url)} names a port above 65535.")
    return host if port in ("", default_port) else f"{host}:{port}"


def _host(name: str, url: str) -> str:
    if name.startswith("["):
        return _address_6(name[1:-1], url)
    host = name.lower().removesuffix(".") if name.isascii() else _punycode(name, url)
    if len(host) > _LONGEST_HOST or not _ASCII_HOST.fullmatch(host):
        raise Malformed(f"{_shown(url)} has a host that cannot exist.")
    if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        _check_address_4(host, url)
    return host


def _punycode(name: str, url: str) -> str:
    try:
        return idna.encode(name.removesuffix("."), uts46=True, transitional=False).decode().lower().removesuffix(".")
    except idna.IDNAError as error:
        raise Malformed(f"{_shown(url)} has a host that cannot exist.", cause=str(error)) from error


def _address_6(text: str, url: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError as error:
        raise Malformed(f"{_shown(url)} has a host that is no IPv6 address.") from error


def _check_address_4(text: str, url: str) -> None:
    # `0x7f.1` and `2130706433` are addresses to some resolvers and names to others.
    try:
        ipaddress.IPv4Address(text)
    except ValueError as error:
        raise Malformed(f"{_shown(url)} has a host that is no plain IPv4 address.") from error


def _shown(url: str) -> str:
    return ascii(url[:200])
