"""Programs that know only names and passwords, such as git: the password is a token, and guesses are counted."""

import base64
import binascii
from datetime import timedelta

from phyle.errors import TooMany, Unproven
from phyle.identity import actors, limits, viewer
from phyle.identity.limits import Limit, place
from phyle.identity.viewer import Viewer
from phyle.store.transaction import Store, Tx
from phyle.text import well_formed

_SENTENCE = "Too many wrong passwords. Please try again later."
GUESSES_OF_NAME = Limit(name="basic-name", most=20, window=timedelta(minutes=15), sentence=_SENTENCE)
GUESSES_FROM_ADDRESS = Limit(name="basic-address", most=60, window=timedelta(minutes=15), sentence=_SENTENCE)
_WRONG = (
    "That is no password for programs. Make one under Settings, Access, and use it with any user name; the password of "
    "your account does not work here."
)


def credentials(authorization: str) -> tuple[str, str]:
    """Name and secret of a Basic header (RFC 7617), '' and the token of a Bearer header. Raises Unproven."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    if scheme.lower() != "basic":
        raise Unproven(_WRONG, cause="neither Basic nor Bearer")
    try:
        name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Unproven(_WRONG, cause="a Basic header that cannot be read") from None
    return name[:100], secret


async def proven(store: Store, authorization: str, address: str) -> Viewer:
    """Whoever the header proves: the same viewer, with the same scopes, as with a Bearer token anywhere else.

    Not inside a transaction. Raises Unproven, Refused (see `viewer_of`), TooMany after too many wrong ones: from that
    address, or with that name if it is somebody's here. The right one passes whatever others guessed under its name:
    nobody guesses a token, so the count of a name must not lock out whose it is.
    """
    name, secret = credentials(authorization)
    targets = [(GUESSES_FROM_ADDRESS, place(address))]
    try:
        async with store.reading() as tx:
            await _check(tx, targets)
            return await viewer.by_token(tx, secret)
    except Unproven as wrong:
        async with store.reading() as tx:
            if name and (somebody := await actors.by_name(tx, well_formed(name))) is not None:
                targets.append((GUESSES_OF_NAME, str(somebody.id)))
                await _check(tx, targets[1:])
        for limit, whom in targets:
            await limits.count(store, limit, whom)
        raise Unproven(_WRONG, cause=wrong.sentence) from None


async def _check(tx: Tx, targets: list[tuple[Limit, str]]) -> None:
    for limit, whom in targets:
        if await limits.is_spent(tx, limit, whom):
            raise TooMany(limit.sentence, cause=limit.name, retry_after=int(limit.window.total_seconds()))
