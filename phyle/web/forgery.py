"""Forms are answered only if they came from our own pages (cross-site request forgery).

Another site can make a browser send a cookie, but can neither read it nor set one under a `__Host-` name; so every form
carries a proof that its page knew the cookie.
"""

import hashlib
import hmac
import secrets

from phyle.errors import Refused
from phyle.web import cookies
from phyle.web.asked import Asked

FIELD = "form_proof"
"""The name of the hidden field that every form carries."""

_FOREIGN = "This form is too old or came from another site. Please go back, reload the page and try again."


def proof(asked: Asked) -> str:
    """The value of the hidden field FIELD. Sets a cookie with the answer where this browser has none yet."""
    secret = asked.cookie or asked.form_cookie
    if secret is None:
        secret = asked.form_cookie = secrets.token_urlsafe(24)
        asked.new_cookies.append(cookies.form(asked.settings, secret))
    return _proof(secret, secrets.token_hex(8).encode()).decode()


def check(asked: Asked) -> None:
    """Raises Refused unless the browser says that the form came from here, and the form carries its proof."""
    origin = asked.headers.get("origin")
    site = asked.headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != asked.settings.origin) or site not in ("same-origin", "none"):
        words = f"{_FOREIGN} This instance is at {asked.settings.origin}."
        raise Refused(words, cause=f"origin {origin!r}, sec-fetch-site {site!r}")
    given = asked.text(FIELD, most=200).encode()  # bytes, because texts are compared in constant time only as ASCII
    known = [secret for secret in (asked.cookie, asked.form_cookie) if secret]
    if not any(hmac.compare_digest(_proof(secret, given.partition(b".")[0]), given) for secret in known):
        raise Refused(_FOREIGN, cause="the proof of the form does not fit the cookie")


def _proof(secret: str, nonce: bytes) -> bytes:
    """Another in every page, so that compressing the page tells nothing about it."""
    return nonce + b"." + hashlib.sha256(b"form %b %b" % (nonce, secret.encode())).hexdigest().encode()
